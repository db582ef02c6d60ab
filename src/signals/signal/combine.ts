// Pools several external values into one: drops outliers, wants a quorum, and averages log-odds.
//
// The pool is the geometric one: a precision-weighted mean of log-odds, which treats YES and NO
// alike, as a mean of probabilities does not (Satopaa et al., 2014). Three values can outvote one;
// two that disagree leave nothing; one alone is allowed, with half of the cap.

import { median, medianAbsoluteDeviation } from 'simple-statistics'
import type { Millis } from '../../core/vocabulary/units.ts'
import { weightOf } from '../common/freshness.ts'
import { logit, sigmoid } from '../common/odds.ts'
import type { ExternalValue } from '../common/types.ts'

/** Weight and log-odds of one value that counts. */
export interface Vote {
  readonly p: number
  readonly weight: number
}

export interface Pool {
  /** Pooled probability of YES; null when nothing counts or the two left disagree. */
  readonly p: number | null
  /** Sum of the weights behind `p`; 0 when it is null. */
  readonly weight: number
  readonly used: number
  readonly outliers: number
  readonly disagree: boolean
}

export const EMPTY_POOL: Pool = { p: null, weight: 0, used: 0, outliers: 0, disagree: false }

const DISAGREE_CENTS = 4
const OUTLIER_FLOOR = 0.2
/** Turns a median absolute deviation into a standard deviation of a normal. */
const MAD_TO_SIGMA = 1.4826
const EPSILON = 1e-9

/** Log-odds further than `threshold` from the median are outliers: max(0.20, 3 x 1.4826 x MAD). */
export const outlierRule = (logits: number[]): { median: number; threshold: number } => ({
  median: median(logits),
  threshold: Math.max(OUTLIER_FLOOR, 3 * MAD_TO_SIGMA * medianAbsoluteDeviation(logits)),
})

/** The pool of votes; those of weight 0, or with a probability outside (0, 1), are absent. */
export const poolVotes = (votes: readonly Vote[]): Pool => {
  let kept = votes.filter(({ p, weight }) => weight > 0 && p > 0 && p < 1)
  let outliers = 0
  if (kept.length >= 3) {
    const rule = outlierRule(kept.map(({ p }) => logit(p)))
    const inside = kept.filter(({ p }) => Math.abs(logit(p) - rule.median) <= rule.threshold)
    outliers = kept.length - inside.length
    kept = inside
  }
  const used = kept.length
  if (used === 0) return { ...EMPTY_POOL, outliers }
  if (used === 2 && 100 * Math.abs(kept[0]!.p - kept[1]!.p) > DISAGREE_CENTS + EPSILON) {
    return { p: null, weight: 0, used, outliers, disagree: true }
  }
  let weight = 0
  let total = 0
  for (const vote of kept) {
    weight += vote.weight
    total += vote.weight * logit(vote.p)
  }
  return { p: sigmoid(total / weight), weight, used, outliers, disagree: false }
}

/** The pool of live values at `now`, each weighted by its precision and its freshness. */
export const poolValues = (values: readonly ExternalValue[], now: Millis): Pool =>
  poolVotes(values.map((value) => ({ p: value.pYes, weight: weightOf(value, now) })))
