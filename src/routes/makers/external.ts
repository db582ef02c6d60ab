// External prices: which of them could be mapped to a ticker, the operator's acknowledgement of a
// mapping, and licences.
//
// A proposal is for a person to read; nothing here activates one. A licence is judged by the shadow
// log and by nothing else, and each judgement uses up a look.

import * as v from 'valibot'
import type { LicenceEvidence } from '../../signals/licence/evidence.ts'
import type { LicenceRecord } from '../../signals/licence/review.ts'
import type { SkillStatistics } from '../../signals/licence/statistics.ts'
import type { Proposal } from '../../signals/matching/propose.ts'
import { FEEDS, feedsOf, REGIMES, SOURCE_SETS } from '../../signals/signal/signal-update.ts'
import { ApiError, answerResponse, reach } from '../answer.ts'
import type { Handler } from '../deps.ts'
import { field, NO_KEYS, readBody, readQuery, readTicker } from '../request.ts'
import { existing } from './register.ts'

const SERIES_SHAPE = /^[A-Z0-9]{1,40}$/

const CANDIDATES = v.strictObject({
  source: field(v.optional(v.picklist(FEEDS), 'polymarket'), `one of ${FEEDS.join(', ')}`),
})

const LICENCE = v.strictObject({
  ticker: v.optional(v.unknown()),
  series: v.optional(v.unknown()),
  source: field(
    v.optional(v.picklist(SOURCE_SETS), 'polymarket'),
    `one of ${SOURCE_SETS.join(', ')}`,
  ),
  regime: field(v.nullish(v.picklist(REGIMES), 'before'), `one of ${REGIMES.join(', ')}`),
})

const isoOf = (at: number): string | null =>
  Number.isFinite(at) && at > 0 ? new Date(at).toISOString() : null

/** As the "alpha" block of PUT takes it. */
const pasted = ({ source, score, ambiguous, reasons }: Proposal) => {
  const { expiresAt, ...rest } = source
  const expires = isoOf(expiresAt)
  return {
    source: { ...rest, ...(expires === null ? {} : { expires }) },
    score,
    ambiguous,
    reasons,
  }
}

/** GET /tickers/{ticker}/alpha/candidates?source= */
export const getCandidates: Handler = async (c) => {
  const ticker = readTicker(c)
  const { source: feed } = readQuery(c, CANDIDATES)
  const found = await reach(
    'maker-unreachable',
    `The feed ${feed} did not answer`,
    c.var.deps.oracle(feed).candidates(feed, ticker),
  )
  if (!found.ok) return answerResponse(c, found)
  const { refusal, candidates } = found.value
  return c.json({ ticker, source: feed, refusal, candidates: candidates.map(pasted) })
}

/** POST /tickers/{ticker}/alpha/acknowledge */
export const acknowledgeMapping: Handler = async (c) => {
  const ticker = readTicker(c)
  await readBody(c, NO_KEYS)
  const failed = `Whether maker ${ticker} took the acknowledgement is unknown`
  const call = c.var.deps.maker(ticker).acknowledge()
  return answerResponse(c, existing(ticker, await reach('maker-unreachable', failed, call)))
}

/** Rounded for people; null for what is no number. */
const round = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toFixed(6)) : null

const roundOrNull = (value: number | null): number | null => (value === null ? null : round(value))

const shownStatistics = (it: SkillStatistics) => ({
  observations: it.observations,
  clusters: it.clusters,
  mean_d: round(it.meanD),
  standard_error: round(it.standardError),
  t: round(it.t),
  beta: round(it.beta),
  lower_bound: round(it.bootstrap.q0167),
  upper_bound: round(it.bootstrap.q95),
})

const shownEvidence = (it: LicenceEvidence) => ({
  fills_pushed: it.fillsPushed,
  fills_other: it.fillsOther,
  markout_difference: roundOrNull(it.markoutDifference),
  markout_t: roundOrNull(it.markoutT),
  games: it.games,
  score_gain: roundOrNull(it.scoreGain),
  score_upper_95: roundOrNull(it.scoreUpper95),
  gain: roundOrNull(it.gain),
  gain_pairs: it.gainPairs,
})

const shown = ({
  set,
  series,
  regime,
  state,
  from,
  judgedAt,
  verdict,
  evidence,
}: LicenceRecord) => ({
  source: set,
  series,
  regime,
  level: state.level,
  granted_at: state.level > 0 ? isoOf(state.grantedAt) : null,
  ended: state.ended,
  looks_used: state.looksUsed,
  gain: state.gain ?? null,
  counts_from: isoOf(from),
  judged_at: isoOf(judgedAt),
  verdict:
    verdict === null
      ? null
      : {
          licensed: verdict.licensed,
          revoke: verdict.revoke,
          reasons: verdict.reasons,
          statistics: shownStatistics(verdict.statistics),
        },
  evidence: evidence == null ? null : shownEvidence(evidence),
})

/** GET /licence */
export const getLicences: Handler = async (c) => {
  const all = await Promise.all(
    FEEDS.map((feed) =>
      reach(
        'maker-unreachable',
        `The feed ${feed} did not answer`,
        c.var.deps.oracle(feed).licences(feed),
      ),
    ),
  )
  return c.json({ licences: all.flat().map(shown) })
}

/** POST /licence */
export const postLicence: Handler = async (c) => {
  const body = await readBody(c, LICENCE)
  const { source: set, regime } = body
  const [feed] = feedsOf(set)
  const given = body.series ?? (typeof body.ticker === 'string' ? body.ticker.split('-')[0] : null)
  const both = body.series !== undefined && body.ticker !== undefined
  if (both || typeof given !== 'string' || !SERIES_SHAPE.test(given)) {
    throw new ApiError(
      422,
      'parameters',
      'Refused body: wanted a ticker, or a series, and not both',
    )
  }
  const judged = await reach(
    'maker-unreachable',
    `Whether the look at ${given} was taken is unknown: see GET /licence`,
    c.var.deps.oracle(feed).judge(set, given, regime),
  )
  return judged.ok ? c.json(shown(judged.value)) : answerResponse(c, judged)
}
