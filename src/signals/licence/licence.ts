// Decides whether a set of sources may move our quotes, and when it may no longer.
//
// In: observations and evidence. Out: a verdict, and the state after it. The rule is fixed before
// any data is seen: at most three looks, each at its own number of games, so strict that all three
// together err one time in twenty. A used look is gone, whatever it nearly showed. Revoking needs
// no look.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { LicenceReason, LicenceState } from '../common/licence-state.ts'
import type { LicenceLevel } from '../common/types.ts'
import type { Observation } from './observations.ts'
import { type ScoreStatistics, type SkillStatistics, skill } from './statistics.ts'

/** Games at which a look may be taken. */
const LOOKS: readonly number[] = [60, 120, 240]
const LOWEST_BETA = 0.3
const HIGHEST_BETA = 3
/** Games on which harm is judged. */
const RECENT_CLUSTERS = 60
const DAY: Millis = 86_400_000
/** Fills on the side that the skew pushed: worse by this many cents, with t below -2, is harm. */
const MARKOUT_CENTS = 0.3
const MARKOUT_T = -2
/**
 * Results below which scores say nothing. A bootstrap of few games is too sure of itself. It is
 * meant to veto one forecast in twenty that is as good as our venue's mid; simulated, it vetoes one
 * in four of two games, one in ten of ten, one in fourteen of twenty, one in seventeen of sixty.
 */
export const LEAST_RESULTS = 20

export interface LicenceVerdict {
  /** The evidence is enough for a grant at this look. */
  readonly licensed: boolean
  /** A licence that exists must end at once. */
  readonly revoke: boolean
  /** Everything that stood against it; empty exactly when licensed. */
  readonly reasons: readonly LicenceReason[]
  /** The look that was taken (0, 1, 2), or -1 when none was. */
  readonly look: number
  readonly statistics: SkillStatistics
  /** Statistics of the last 60 clusters, on which revocation is judged. */
  readonly recent: SkillStatistics
}

/** How fills fared by side: `difference` in cents of pushed minus other side, and its t. */
export interface MarkoutComparison {
  readonly difference: number
  readonly t: number
}

/** Of what is in order of time: all that belongs to the last 60 clusters. */
export const recentOf = <T extends { readonly cluster: string }>(
  all: readonly T[],
): readonly T[] => {
  const wanted = new Set<string>()
  for (let i = all.length - 1; i >= 0 && wanted.size < RECENT_CLUSTERS; i--) {
    wanted.add(all[i]!.cluster)
  }
  return all.filter(({ cluster }) => wanted.has(cluster))
}

/**
 * Judges observations in order of time. `looksUsed` says how many of the looks are gone. A verdict
 * with `look` >= 0 has used that look and every earlier one; give the number back next time.
 */
export const judge = (
  observations: readonly Observation[],
  looksUsed: number,
  evidence: { readonly scores?: ScoreStatistics; readonly markout?: MarkoutComparison } = {},
): LicenceVerdict => {
  const statistics = skill(observations)
  const recent = statistics.clusters <= RECENT_CLUSTERS ? statistics : skill(recentOf(observations))
  const reasons: LicenceReason[] = []
  const reached = LOOKS.filter((wanted) => statistics.clusters >= wanted).length - 1
  const look = reached >= looksUsed ? reached : -1
  if (statistics.observations === 0) reasons.push('no-observations')
  else if (reached < 0) reasons.push('too-few-clusters')
  else if (look < 0) reasons.push('look-already-used')
  if (!(statistics.bootstrap.q0167 > 0)) reasons.push('bound-includes-zero')
  if (statistics.beta < 0) reasons.push('wrong-sign')
  else if (!(statistics.beta >= LOWEST_BETA && statistics.beta <= HIGHEST_BETA)) {
    reasons.push('beta-out-of-range')
  }
  const veto = evidence.scores
  if (veto !== undefined && veto.games >= LEAST_RESULTS && veto.upper95 < 0) {
    reasons.push('scores-veto')
  }
  const harmful = recent.clusters >= 2 && recent.bootstrap.q95 < 0
  if (harmful) reasons.push('harmful')
  const markout = evidence.markout
  const worse =
    markout !== undefined && markout.difference < -MARKOUT_CENTS && markout.t < MARKOUT_T
  if (worse) reasons.push('markout-worse')
  return {
    licensed: reasons.length === 0,
    revoke: harmful || worse || reasons.includes('scores-veto'),
    reasons,
    look,
    statistics,
    recent,
  }
}

/** A licence that ended; its looks stay used, and what it had learned goes with it. */
const end = (state: LicenceState, ended: LicenceReason): LicenceState =>
  state.level === 0 ? state : { ...state, level: 0, ended, gain: null }

/** The reasons that end a licence by themselves, the plainest harm first. */
const ENDING: readonly LicenceReason[] = ['markout-worse', 'harmful', 'scores-veto']

/**
 * The state after a verdict at `at`. The second grant must come from observations that the first
 * one did not see: the caller starts a new window, with `looksUsed` 0 again, by `nextWindow`.
 */
export const afterVerdict = (
  state: LicenceState,
  verdict: LicenceVerdict,
  at: Millis,
): LicenceState => {
  const looksUsed = Math.max(state.looksUsed, verdict.look + 1)
  const looked = { ...state, looksUsed }
  if (verdict.revoke) {
    return end(looked, ENDING.find((each) => verdict.reasons.includes(each)) ?? 'harmful')
  }
  if (!verdict.licensed) return looked
  const level: LicenceLevel = state.level === 0 ? 1 : 2
  return { ...looked, level, grantedAt: at, ended: '' }
}

/** Opens a second, independent window after a grant. Only a licence that stands can have one. */
export const nextWindow = (state: LicenceState): LicenceState =>
  state.level === 0 ? state : { ...state, looksUsed: 0 }

/** A mapping check failed: twice within a day ends the licence. */
export const afterFailedCheck = (state: LicenceState, at: Millis): LicenceState => {
  const failedChecks = [...state.failedChecks.filter((each) => at - each < DAY), at]
  const counted = { ...state, failedChecks }
  return failedChecks.length >= 2 ? end(counted, 'mapping-failed-twice') : counted
}
