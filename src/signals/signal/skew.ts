// Turns an external probability into cents of skew, and names every case in which it is exactly
// zero.
//
// The skew is the move of our venue's price that we expect while we hold what we trade: a gap of
// five cents that closes over six hours is worth a tenth of a cent to a holder of two minutes. It
// is capped, and it needs a licence.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { AlphaMode, LicenceLevel, SkewDecision, ZeroReason } from '../common/types.ts'
import type { Pool } from './combine.ts'

/** Precision of our venue's own price: a sigma of 0.04 in logit units. */
const KALSHI_PRECISION = 625
/** No licence and no mapping goes beyond this many cents. */
const CAP_NEVER_EXCEEDED = 3
const SHORTEST_HORIZON_S = 10
const LONGEST_HORIZON_S = 3600

/** A holding time clamped to 10..3600 seconds; NaN stays NaN. */
export const horizonOf = (seconds: number): number =>
  Math.min(Math.max(seconds, SHORTEST_HORIZON_S), LONGEST_HORIZON_S)

/**
 * The share of a gap that our venue closes during the horizon: 1 - exp(-H/tau), both in seconds.
 */
export const closingShare = (horizonSeconds: number, tauSeconds: number): number =>
  1 - Math.exp(-horizonOf(horizonSeconds) / tauSeconds)

/** The gain on the gap: closing share times how much the sources weigh against our venue. */
export const gainOf = (
  horizonSeconds: number,
  tauSeconds: number,
  weight: number,
  kalshiPrecision: number = KALSHI_PRECISION,
): number => (closingShare(horizonSeconds, tauSeconds) * weight) / (weight + kalshiPrecision)

/**
 * gain x x, held inside +-cap. Cents.
 *
 * Linear in cents, and not a posterior of both prices in log-odds: it takes off the basis, which is
 * measured in cents, and its gain is a slope in cents, so that a learned gain can take its place
 * and be judged by the size of beta. The two forms agree within one percent near 50; near 5 and 95
 * the one in log-odds is a tenth larger, where a mistake about the basis is largest too.
 */
export const skewOf = (gain: number, x: number, capCents: number): number =>
  Math.min(Math.max(gain * x, -capCents), capCents) + 0

const SHRINKAGE = 200
const HIGHEST_GAIN = 0.5

/**
 * The gain learned from what happened: a ridge regression of our venue's later move on x, drawn to
 * the formula's gain. `x` and `move` in cents, the move taken after a lag of one decision.
 */
export class LearnedGain {
  count = 0
  #products = 0
  #squares = 0

  add(x: number, move: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(move)) return
    this.count++
    this.#products += x * move
    this.#squares += x * x
  }

  /** 0..0.5; `prior` where nothing was learned. */
  gain(prior: number, shrinkage: number = SHRINKAGE): number {
    const bottom = this.#squares + shrinkage
    const learned = bottom > 0 ? (this.#products + shrinkage * prior) / bottom : prior
    return Math.min(Math.max(learned, 0), HIGHEST_GAIN)
  }
}

/** Everything a decision depends on. Cents unless said; null where there is none. */
export interface SkewInput {
  readonly at: Millis
  readonly mode: AlphaMode
  readonly licence: LicenceLevel
  /** The operator's kill. */
  readonly killed: boolean
  /** Every check of the mapping holds. */
  readonly mapped: boolean
  /** A shock is being held. */
  readonly shocked: boolean
  readonly pool: Pool
  /** The engine's own value before any skew. */
  readonly fair: number
  readonly kalshiBid: number | null
  readonly kalshiAsk: number | null
  readonly basis: { readonly value: number; readonly ready: boolean; readonly overCap: boolean }
  /** When the game starts; null where nothing starts. */
  readonly startAt: Millis | null
  readonly inPlay: boolean
  /** When our venue's market closes. */
  readonly closeAt: Millis
  /** Expected holding time of a unit of inventory, seconds; clamped to 10..3600. */
  readonly horizonSeconds: number
  readonly tauSeconds: number
  /** The operator's own cap for this ticker. */
  readonly maxCents: number
  /** The learned gain, once there is one; null for the formula's. */
  readonly learnedGain: number | null
}

const WIDEST_KALSHI = 6
const BEFORE_START: Millis = 60_000
const BEFORE_CLOSE: Millis = 600_000
const LOWEST_P = 0.02
const EPSILON = 1e-9

/** The first hard zero that does not depend on the licence; '' when there is none. */
const zeroOf = (input: SkewInput): ZeroReason => {
  const { at, pool, kalshiBid: bid, kalshiAsk: ask } = input
  if (input.killed) return 'killed'
  if (!input.mapped) return 'mapping'
  if (input.shocked) return 'shock'
  if (pool.disagree) return 'disagree'
  if (pool.p === null || !(pool.weight > 0)) return 'no-source'
  if (!(pool.p >= LOWEST_P && pool.p <= 1 - LOWEST_P)) return 'extreme'
  if (bid === null || ask === null || !(ask > bid)) return 'kalshi-one-sided'
  if (ask - bid > WIDEST_KALSHI + EPSILON) return 'kalshi-wide'
  if (input.startAt !== null && at >= input.startAt - BEFORE_START) {
    if (!input.inPlay || at < input.startAt) return 'started'
  }
  // A close that cannot be read counts as near.
  if (!(at < input.closeAt - BEFORE_CLOSE)) return 'closing'
  if (input.basis.overCap) return 'basis-cap'
  if (!input.basis.ready) return 'basis-warming'
  return ''
}

/** The decision for one ticker at one moment. Anything that is not a number makes it zero. */
export const decideSkew = (input: SkewInput): SkewDecision => {
  const { at, pool, fair, maxCents } = input
  const pExt = pool.p
  const gap = pExt === null ? 0 : 100 * pExt - fair
  const x = pExt === null ? 0 : gap - input.basis.value
  const formula = gainOf(input.horizonSeconds, input.tauSeconds, pool.weight)
  const gain = input.licence > 0 ? (input.learnedGain ?? formula) : formula
  // One source alone gets half.
  const part = pool.used === 1 ? 0.5 : 1
  const capFor = (level: number): number =>
    part * Math.max(0, Math.min(level, maxCents, CAP_NEVER_EXCEEDED))
  const capCents = capFor(input.licence)
  let shadowReason = zeroOf(input)
  if (shadowReason === '' && !Number.isFinite(gain * x + maxCents)) shadowReason = 'unreadable'
  const reason: ZeroReason = input.killed
    ? 'killed'
    : input.mode !== 'live'
      ? 'mode'
      : input.licence === 0
        ? 'unlicensed'
        : shadowReason
  return {
    at,
    alpha: reason === '' ? skewOf(gain, x, capCents) : 0,
    shadow: shadowReason === '' ? skewOf(gain, x, capFor(1)) : 0,
    reason,
    shadowReason,
    pExt,
    weight: pool.weight,
    gap,
    x,
    gain,
    formula,
    capCents,
  }
}
