// From an external probability to cents of skew, with every case in which that is exactly zero.
//
// The skew is the move of our venue's price that we expect while we hold what we trade: a gap of five
// cents that closes over six hours is worth a tenth of a cent to a holder of two minutes. It is
// capped, it needs a licence, and it fades by itself when nobody refreshes it.

import type { Millis } from '../../core/vocabulary/units.ts'
import { logit, sigmoid } from '../common/odds.ts'
import type { AlphaMode, LicenceLevel, SkewDecision, ZeroReason } from '../common/types.ts'
import type { Pool } from './combine.ts'
import type { ExternalSkew } from './external-skew.ts'

/** Precision of our venue's own price: a sigma of 0.04 in logit units. */
export const KALSHI_PRECISION = 625
/** No licence and no mapping goes beyond this many cents. */
export const CAP_NEVER_EXCEEDED = 3
const SHORTEST_HORIZON_S = 10
const LONGEST_HORIZON_S = 3600

/** A holding time as the skew takes it: inside 10..3600 seconds; NaN stays NaN. */
export const horizonOf = (seconds: number): number =>
  Math.min(Math.max(seconds, SHORTEST_HORIZON_S), LONGEST_HORIZON_S)

/** The share of a gap that our venue closes during the horizon: 1 - exp(-H/tau), both in seconds. */
export const closingShare = (horizonSeconds: number, tauSeconds: number): number =>
  1 - Math.exp(-horizonOf(horizonSeconds) / tauSeconds)

/** The gain on the gap: closing share times how much the sources weigh against our venue. */
export const gainOf = (
  horizonSeconds: number,
  tauSeconds: number,
  weight: number,
  kalshiPrecision: number = KALSHI_PRECISION,
): number => (closingShare(horizonSeconds, tauSeconds) * weight) / (weight + kalshiPrecision)

/** gain x x, held inside +-cap. Cents. */
export const skewOf = (gain: number, x: number, capCents: number): number =>
  Math.min(Math.max(gain * x, -capCents), capCents) + 0

const LOWEST_POSTERIOR = 0.01

/**
 * The same skew in log-odds: lambda of the way from our price to the posterior of both prices, each
 * with its precision. Cents, held inside +-cap; 0 without a source. `fair` in cents, taken inside
 * 1..99; `pExt` in (0, 1); `weight` and `kalshiPrecision` in 1/logit^2.
 *
 * Not used for quotes. The linear form is: it takes off the basis, which is measured in cents, and its
 * gain is a slope in cents, so that one can be learned in its place and judged by the size of beta.
 * Here is no room for either. The two agree within one percent near 50; near 5 and 95 this one is a
 * tenth larger, where a mistake about the basis is largest too.
 */
export const posteriorSkewOf = (
  pExt: number | null,
  weight: number,
  fair: number,
  lambda: number,
  kalshiPrecision: number,
  capCents: number,
): number => {
  if (pExt === null || !(weight > 0)) return 0
  const own = Math.min(Math.max(fair / 100, LOWEST_POSTERIOR), 1 - LOWEST_POSTERIOR)
  const total = kalshiPrecision + weight
  const posterior = sigmoid((kalshiPrecision * logit(own) + weight * logit(pExt)) / total)
  return skewOf(lambda, 100 * (posterior - own), capCents)
}

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
  /** Expected holding time of a unit of inventory, seconds; taken inside 10..3600. */
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
  // A market's close that cannot be read is taken as near.
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

const FADE_HALF_LIFE: Millis = 60_000
const DEAD_AFTER: Millis = 180_000
const FUTURE_TOLERANCE: Millis = 1000

/**
 * What is left of a skew decided at `decidedAt`: half after a minute, 0 after three, and 0 when the
 * clock was set back by more than a second, because then its age is unknown.
 */
export const faded = (alpha: number, decidedAt: Millis, now: Millis): number => {
  const age = now - decidedAt
  if (!(age <= DEAD_AFTER) || age < -FUTURE_TOLERANCE) return 0
  return alpha * 2 ** (-Math.max(age, 0) / FADE_HALF_LIFE)
}

/** The latest decision of each ticker, as the source of skew that the engine asks. */
export class SkewBoard implements ExternalSkew {
  readonly #latest = new Map<string, { alpha: number; at: Millis }>()

  /** Replaces the ticker's decision; a zero replaces too and is never smoothed. */
  set(ticker: string, decision: SkewDecision): void {
    const held = this.#latest.get(ticker)
    if (held === undefined) {
      this.#latest.set(ticker, { alpha: decision.alpha, at: decision.at })
      return
    }
    held.alpha = decision.alpha
    held.at = decision.at
  }

  /** Forgets a ticker: its skew is 0 from now on. */
  drop(ticker: string): void {
    this.#latest.delete(ticker)
  }

  cents(ticker: string, at: Millis): number {
    const held = this.#latest.get(ticker)
    return held === undefined ? 0 : faded(held.alpha, held.at, at)
  }
}
