// Order-flow imbalance at the best level and over several, the share of it that the price has
// lately followed, and the size of an ordinary trade.
//
// Every accumulator halves each half-life, so an update costs one or two exponentials and allocates
// nothing. Times are milliseconds, prices and sizes as in the book; results are contracts and
// ticks. A time that runs backwards counts as no time passed: the exchange's clock is not ours.

import { CONTRACT, type Millis, PRICE_ONE, type Price, type Quantity } from '../vocabulary/units.ts'

/** Seconds from one event to a later one, never negative. */
export const secondsBetween = (from: Millis, to: Millis): number => Math.max(0, to - from) / 1000

/** Half-life of flow and depth, 10 s; of the share of flow followed, 3600 s. */
const FLOW_RATE = Math.LN2 / 10
const LEARNING_RATE = Math.LN2 / 3600
/** No flow moves the fair price by more than this many ticks. */
const MOST_TICKS = 0.5
/** exp(-1/2): each level weighs this much of the one before it. */
const RANK_FADE = Math.exp(-0.5)

const clip = (value: number, most: number): number => Math.min(Math.max(value, -most), most)

/** One level of both sides as last seen, and the contribution of its latest change. */
class Level {
  #bid: Price = 0
  #bidSize: Quantity = 0
  #ask: Price = PRICE_ONE
  #askSize: Quantity = 0
  /** The e of the paper. */
  change: Quantity = 0
  /** (Qb + Qa) / 2. */
  depth: Quantity = 0

  /** Both sizes are capped now and not when stored: a new cap is not a flow. */
  update(bid: Price, bidSize: Quantity, ask: Price, askSize: Quantity, cap: Quantity): void {
    const hasBid = bidSize > 0 && bid > 0
    const hasAsk = askSize > 0 && ask < PRICE_ONE
    const pb = hasBid ? bid : 0
    const qb = hasBid ? bidSize : 0
    const pa = hasAsk ? ask : PRICE_ONE
    const qa = hasAsk ? askSize : 0
    const bids = Math.min(qb, cap)
    const asks = Math.min(qa, cap)
    let change = 0
    if (pb >= this.#bid) change += bids
    if (pb <= this.#bid) change -= Math.min(this.#bidSize, cap)
    if (pa <= this.#ask) change -= asks
    if (pa >= this.#ask) change += Math.min(this.#askSize, cap)
    this.change = change
    this.depth = (bids + asks) / 2
    this.#bid = pb
    this.#bidSize = qb
    this.#ask = pa
    this.#askSize = qa
  }
}

/** The decayed sum of changes and the average depth, common to both kinds of flow. */
class Pressure {
  protected cap: Quantity = Number.POSITIVE_INFINITY
  #started = false
  #sum = 0
  /** Average depth up to `#at`, and the depth that has stood since. */
  #depth = 0
  #standing = 0
  #at: Millis = 0
  /** The contribution of the latest update; the e of the paper. */
  lastChange: Quantity = 0

  /**
   * No resting size counts for more than this many contracts; 0 = no cap. Much of a book of event
   * contracts is walls that never trade; 20 median trades is a sensible cap.
   */
  setSizeCap(contracts: number): void {
    this.cap = contracts > 0 ? contracts * CONTRACT : Number.POSITIVE_INFINITY
  }

  /** Enters a change; the first one after a reset is only the starting point. */
  protected enter(change: Quantity, standing: Quantity, at: Millis): void {
    if (this.#started) {
      const fade = this.#fadeTo(at)
      this.lastChange = change
      this.#sum = this.#sum * fade + change
      this.#depth = this.#depth * fade + this.#standing * (1 - fade)
    } else this.#depth = standing
    this.#started = true
    this.#standing = standing
    this.#at = Math.max(this.#at, at)
  }

  /** The imbalance, faded to `at`, in contracts; positive where buyers press. */
  imbalance(at: Millis): number {
    return (this.#sum * this.#fadeTo(at)) / CONTRACT
  }

  /** Contracts on one side, the mean of both, averaged over time with a half-life of 10 s; >= 0. */
  depth(at: Millis): number {
    const fade = this.#fadeTo(at)
    return (this.#depth * fade + this.#standing * (1 - fade)) / CONTRACT
  }

  /**
   * Ticks that the fair price is expected to follow the flow: theta x OFI / 2D, within half a tick
   * either way; 0 where there is no depth. `theta` is the share followed (see `FlowResponse`).
   */
  impact(at: Millis, theta: number): number {
    const depth = this.depth(at)
    return depth > 0 ? clip((theta * this.imbalance(at)) / (2 * depth), MOST_TICKS) : 0
  }

  /** Forgets all but the cap: after a gap the next book is not a change of the last one. */
  reset(): void {
    this.#started = false
    this.#sum = 0
    this.#depth = 0
    this.#standing = 0
    this.#at = 0
    this.lastChange = 0
  }

  #fadeTo(at: Millis): number {
    return Math.exp(-FLOW_RATE * secondsBetween(this.#at, at))
  }
}

/**
 * Order-flow imbalance at the best level: contracts that arrived at the bid or left the ask, minus
 * the reverse, with a half-life of 10 seconds.
 * Source: Cont, Kukanov, Stoikov, "The price impact of order book events" (2014).
 */
export class OrderFlow extends Pressure {
  readonly #best = new Level()

  /**
   * The best level of both sides, at each change of it. A side without a quantity is missing: its
   * price counts as the bound (0 for bids, 10000 for asks) with size 0, whatever its price.
   * The first update after a reset only sets the starting point.
   */
  update(
    bidPrice: Price,
    bidQuantity: Quantity,
    askPrice: Price,
    askQuantity: Quantity,
    at: Millis,
  ): void {
    const best = this.#best
    best.update(bidPrice, bidQuantity, askPrice, askQuantity, this.cap)
    this.enter(best.change, best.depth, at)
  }
}

/** The levels of one side, best first; a level without a size is missing. */
interface DepthSide {
  readonly prices: Float64Array
  readonly sizes: Float64Array
}

/**
 * The same over several levels by rank. Level m = 0..4 weighs exp(-m/2), scaled so that the weights
 * of the levels in use add up to 1: with one level it is `OrderFlow`.
 * Source: Xu, Gould, Howison, "Multi-level order-flow imbalance in a limit order book" (2018).
 */
export class DepthFlow extends Pressure {
  readonly #levels: readonly Level[] = Array.from({ length: 5 }, () => new Level())

  /**
   * The best `levels` (1..5, the same at every call) of both sides, at each change of any of them.
   * Missing levels and the first update are treated as in `OrderFlow`.
   */
  update(levels: number, bids: DepthSide, asks: DepthSide, at: Millis): void {
    const used = Math.min(levels, this.#levels.length)
    let change = 0
    let standing = 0
    let weights = 0
    let weight = 1
    for (let m = 0; m < used; m++) {
      const level = this.#levels[m]!
      level.update(bids.prices[m]!, bids.sizes[m]!, asks.prices[m]!, asks.sizes[m]!, this.cap)
      change += weight * level.change
      standing += weight * level.depth
      weights += weight
      weight *= RANK_FADE
    }
    if (weights > 0) this.enter(change / weights, standing / weights, at)
  }
}

/**
 * The median size of recent trades, without keeping any: on a log scale, the estimate steps toward
 * each trade by 2/n, and by 1 % once n has passed 200, whatever the distance. So a whale moves it
 * no further than anyone, and it follows the market; about 10 % of noise remains.
 * Source: Robbins and Monro (1951), with the sign of the error as in Ma, Muthukrishnan, Sandler,
 * "Frugal streaming for estimating quantiles" (2013).
 */
export class TradeSize {
  #log = 0
  /** Trades seen. */
  count = 0

  /** One trade, in contracts; anything not positive and finite is not a trade. */
  onTrade(contracts: number): void {
    if (!(contracts > 0) || contracts === Number.POSITIVE_INFINITY) return
    const log = Math.log(contracts)
    this.count++
    if (this.count === 1) this.#log = log
    else {
      const gap = log - this.#log
      // Never past the trade itself, so equal sizes are met exactly.
      this.#log += clip(gap, Math.max(2 / this.count, 0.01))
    }
  }

  /** Contracts; 0 before the first trade. */
  get median(): number {
    return this.count === 0 ? 0 : Math.exp(this.#log)
  }
}

/** Pending pairs are at least a second apart and 10 s old when used: 11 at most, plus spares. */
const RING = 16
const HORIZON: Millis = 10_000
const SPACING: Millis = 1000
/** The prior of the share followed. */
const PRIOR_THETA = 0.25
/**
 * Weight of that prior: as much as 200 pairs at x = 1/2. With ten-second moves of half a tick, ten
 * of them overlapping, theta has a standard error of about 0.2 by then.
 */
const PRIOR_SQUARES = 50
/** |x| is clipped here: with the prior share it already moves the fair price the most. */
const MOST_X = MOST_TICKS / PRIOR_THETA

/**
 * Estimates theta, the share of OFI / 2D that the mid follows within the next 10 s: a regression
 * through the origin of the move in ticks on x = OFI / 2D, with a half-life of an hour, shrunk
 * toward a prior of 0.25. The published relation is contemporaneous; its predictive part is small
 * and may be negative, so it is measured and not bounded.
 */
export class FlowResponse {
  readonly #x = new Float64Array(RING)
  readonly #mid = new Float64Array(RING)
  readonly #due = new Float64Array(RING)
  #head = 0
  #pending = 0
  #pushedAt = Number.NEGATIVE_INFINITY
  #lastMid = Number.NaN
  #products = 0
  #squares = 0
  #at: Millis = 0

  /**
   * The mid in cents, its tick, and x = OFI / 2D just after, at each change of the top of the book.
   * Every pair is added once and used once: one step per event, averaged over events.
   */
  onMid(mid: number, tickCents: number, x: number, at: Millis): void {
    // The last mid was the mid at every due time that has passed since the last event.
    while (this.#pending > 0 && this.#due[this.#head]! <= at) {
      const due = this.#due[this.#head]!
      const then = due === at ? mid : this.#lastMid
      this.#learn(this.#x[this.#head]!, (then - this.#mid[this.#head]!) / tickCents, due)
      this.#head = (this.#head + 1) % RING
      this.#pending--
    }
    this.#lastMid = mid
    if (!Number.isFinite(x) || !Number.isFinite(mid) || this.#pending === RING) return
    if (at - this.#pushedAt < SPACING) return
    const tail = (this.#head + this.#pending) % RING
    this.#x[tail] = clip(x, MOST_X)
    this.#mid[tail] = mid
    this.#due[tail] = at + HORIZON
    this.#pending++
    this.#pushedAt = at
  }

  /** The share followed; 0.25 until there is data. */
  get theta(): number {
    return (this.#products + PRIOR_THETA * PRIOR_SQUARES) / (this.#squares + PRIOR_SQUARES)
  }

  /** Drops pending pairs: across a gap no move is known. Keeps the estimate. */
  drop(): void {
    this.#pending = 0
    this.#pushedAt = Number.NEGATIVE_INFINITY
    this.#lastMid = Number.NaN
  }

  #learn(x: number, y: number, at: Millis): void {
    if (!Number.isFinite(y)) return
    const fade = Math.exp(-LEARNING_RATE * secondsBetween(this.#at, at))
    this.#products = this.#products * fade + x * y
    this.#squares = this.#squares * fade + x * x
    this.#at = Math.max(this.#at, at)
  }
}
