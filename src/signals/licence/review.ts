// Reviews one licence: the rows of one set of sources, one series and one regime since the last
// grant.
//
// In: a record and rows. Out: a verdict and the next record. The entry is the row after the
// decision, the exit half an hour later (five minutes in play): what a maker could have had. Rows
// behind a grant are used up, so the next one needs new ones. A learned gain stays until more is
// learned, or the licence ends.

import type { Millis } from '../../core/vocabulary/units.ts'
import { type LicenceState, UNLICENSED } from '../common/licence-state.ts'
import type { Regime, SourceSet } from '../signal/signal-update.ts'
import { gather, type LicenceEvidence } from './evidence.ts'
import { afterVerdict, judge, type LicenceVerdict, nextWindow } from './licence.ts'
import { BEFORE_START, IN_PLAY, observe } from './observations.ts'
import { isLook, type ShadowLine, seriesOf } from './shadow-log.ts'

/** What is kept of one (set of sources, series, regime). Plain data. */
export interface LicenceRecord {
  readonly set: SourceSet
  readonly series: string
  readonly regime: Regime
  readonly state: LicenceState
  /** Only later rows count; 0 for all. */
  readonly from: Millis
  /** When it was last judged; 0 for never. */
  readonly judgedAt: Millis
  readonly verdict: LicenceVerdict | null
  /** What the last verdict was shown; null before the first. */
  readonly evidence: LicenceEvidence | null
}

/** A verdict and what it was shown besides the skill of the skew. */
export interface ReviewVerdict extends LicenceVerdict {
  readonly evidence: LicenceEvidence
}

export const newRecord = (
  set: SourceSet,
  series: string,
  regime: Regime = 'before',
): LicenceRecord => ({
  set,
  series,
  regime,
  state: UNLICENSED,
  from: 0,
  judgedAt: 0,
  verdict: null,
  evidence: null,
})

/**
 * The verdict over rows of a record's own set, series and regime; others among them are left out.
 */
export const verdictOf = (record: LicenceRecord, rows: readonly ShadowLine[]): ReviewVerdict => {
  const inPlay = record.regime === 'play'
  const own = rows.filter(
    ({ set, ticker, at, event, regime }) =>
      set === record.set &&
      seriesOf(ticker) === record.series &&
      at > record.from &&
      // Results score what was said before the start, and only that.
      (event === 'result' ? !inPlay : regime === record.regime),
  )
  const { scores, markout, evidence } = gather(own)
  const rule = inPlay ? IN_PLAY : BEFORE_START
  const verdict = judge(observe(own.filter(isLook), rule), record.state.looksUsed, {
    scores,
    ...(markout === null ? {} : { markout }),
  })
  return { ...verdict, evidence }
}

/** The record after a verdict at `at`. A grant and a revocation open a new window. */
export const afterReview = (
  record: LicenceRecord,
  { evidence, ...verdict }: ReviewVerdict,
  at: Millis,
): LicenceRecord => {
  const before = record.state
  const state = withGain(afterVerdict(before, verdict, at), evidence.gain)
  const judged = { ...record, judgedAt: at, verdict, evidence }
  if (verdict.licensed && state.level > 0) return { ...judged, state: nextWindow(state), from: at }
  if (before.level > 0 && state.level === 0) {
    return { ...judged, state: { ...state, looksUsed: 0 }, from: at }
  }
  return { ...judged, state }
}

/** A new window has too few rows at first: what was learned before stands until it has enough. */
const withGain = (state: LicenceState, learned: number | null): LicenceState =>
  state.level === 0 || learned === null ? state : { ...state, gain: learned }
