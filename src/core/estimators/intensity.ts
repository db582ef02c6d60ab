// Estimates how far takers reach and how often they come: lambda(d) = A exp(-k d) aggressive orders
// per second reach d cents from the fair price.
//
// Prints of one taker within 50 ms are one aggressive order that went as deep as its deepest print.
// Only orders that reach the touch are seen, dmin from the fair price. On a grid of ticks the
// distance beyond it is geometric: a continuous distance would overstate k by half (k = 0.7).
//
// A is the number of orders over the time in which they could be seen: a second at a touch dmin
// away counts as exp(-k dmin) seconds at the fair price (the Poisson maximum-likelihood estimate).
// Counting each order as exp(k dmin) instead is the same at a constant touch, but then one order
// while the book is wide outweighs thousands: it gave 6539 orders a second where 7 came.

import type { Millis, Side } from '../vocabulary/units.ts'
import { secondsBetween } from './order-flow.ts'

const MERGE: Millis = 50
/** The weight of a new order is one in so many, and more before that many have come. */
const ORDERS = 50
/** The prior of k weighs as much as this many orders. */
const PRIOR_ORDERS = 20
/** k assumed where the caller has no better prior, 1/cent. */
const PRIOR_K = 0.7
const LEAST_K = 0.1
/** Times the tick: no more than 1 taker in 148 goes a tick beyond the touch. */
const MOST_K_TICKS = 5

/** Half-life of counts, 1800 s. */
const COUNT_RATE = Math.LN2 / 1800
const LEAST_ARRIVALS = 1e-4
const MOST_ARRIVALS = 100

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)

/** The takers of one side. */
class Takers {
  /** Faded count, as of `#at`. */
  #count = 0
  #at: Millis = 0
  /** When the order that prints may still join began, its depth, and its weight in the means. */
  openedAt: Millis = Number.NEGATIVE_INFINITY
  deepest = 0
  weight = 0

  add(at: Millis): void {
    this.#count = this.count(at) + 1
    this.#at = Math.max(this.#at, at)
  }

  /** Orders, faded to `at`. */
  count(at: Millis): number {
    return this.#count * Math.exp(-COUNT_RATE * secondsBetween(this.#at, at))
  }
}

/**
 * k (both sides pooled) and A (each side) from the tape. Source: Avellaneda and Stoikov (2008),
 * section 2.4, for the form; the geometric maximum-likelihood estimate is 1/(1 + mean) for the
 * chance of stopping at each tick.
 */
export class Intensity {
  readonly #sellers = new Takers()
  readonly #buyers = new Takers()
  #started = false
  #first: Millis = 0
  /** Faded seconds of watching, each times exp(-k dmin), to `#seenAt`; the touch is at `#dmin`. */
  #exposure = 0
  #dmin = 0
  #seenAt: Millis = 0
  #k = 0
  /** The prior that `#k` was computed with; NaN where it must be computed again. */
  #kPrior = Number.NaN
  /** Average of D - dmin, and of the tick, in cents. */
  #excess = 0
  #tick = 0
  /** Aggressive orders seen, both sides. */
  count = 0

  /**
   * Begins to watch, unless it has begun: time without trades counts from here. Otherwise the first
   * trade begins it, and the quiet before that trade does not count.
   */
  start(at: Millis): void {
    if (this.#started) return
    this.#started = true
    this.#first = at
    this.#seenAt = at
  }

  /** The touch is now `dminCents` from the fair price; takers that stop short are not seen. */
  onTouch(dminCents: number, at: Millis): void {
    this.start(at)
    this.#exposure = this.#exposureAt(at, this.k(PRIOR_K))
    this.#seenAt = Math.max(this.#seenAt, at)
    this.#dmin = Math.max(dminCents, 0)
  }

  /**
   * One print. `taker` is 'ask' for a seller, who reaches bids. `distanceCents` is its distance
   * from the fair price just before, toward the taker's loss; `dminCents` half the touch spread
   * then, the least distance that could be seen; `tickCents` the tick there. Prints within 50 ms of
   * the first one of the same taker side join its order.
   */
  onTrade(
    taker: Side,
    distanceCents: number,
    dminCents: number,
    tickCents: number,
    at: Millis,
  ): void {
    this.start(at)
    this.#kPrior = Number.NaN
    const dmin = Math.max(dminCents, 0)
    const beyond = Math.max(distanceCents - dmin, 0)
    const takers = taker === 'ask' ? this.#sellers : this.#buyers
    if (takers.openedAt > Number.NEGATIVE_INFINITY && at - takers.openedAt <= MERGE) {
      // The result is as if the order had been entered with its present depth at once.
      if (beyond > takers.deepest) {
        this.#excess += takers.weight * (beyond - takers.deepest)
        takers.deepest = beyond
      }
      return
    }
    this.count++
    const weight = 1 / Math.min(this.count, ORDERS)
    this.#sellers.weight *= 1 - weight
    this.#buyers.weight *= 1 - weight
    takers.weight = weight
    takers.openedAt = at
    takers.deepest = beyond
    takers.add(at)
    this.#excess += weight * (beyond - this.#excess)
    this.#tick += weight * (tickCents - this.#tick)
  }

  /**
   * Decay of reach in 1/cent, at least 0.1 and at most 5 a tick: ln(1 + T/m)/T for a mean m beyond
   * the touch that counts the prior's own mean T/(exp(k0 T) - 1) as 20 orders. `prior` is k0,
   * 1/cent, > 0; it is the result before the first order.
   */
  k(prior: number): number {
    // Read at every change of the touch, but it changes only with a trade.
    if (prior !== this.#kPrior) {
      this.#kPrior = prior
      this.#k = this.#estimateK(prior)
    }
    return this.#k
  }

  #estimateK(prior: number): number {
    if (this.count === 0) return Math.max(prior, LEAST_K)
    const tick = this.#tick
    const expected = tick / Math.expm1(prior * tick)
    const mean = (this.count * this.#excess + PRIOR_ORDERS * expected) / (this.count + PRIOR_ORDERS)
    return clamp(Math.log1p(tick / mean) / tick, LEAST_K, MOST_K_TICKS / tick)
  }

  /**
   * A in orders per second, within 1e-4..100: 'bid' for sellers, who reach our bid, 'ask' for
   * buyers. (n + 1)/(E + 1/A0): the prior A0 weighs as much as the one order that it expects in the
   * time 1/A0. `k` in 1/cent is the decay that the caller works with.
   */
  arrivals(side: Side, prior: number, at: Millis, k: number = this.k(PRIOR_K)): number {
    const seen = this.#takersAt(side).count(at)
    const wait = 1 / Math.max(prior, LEAST_ARRIVALS)
    return clamp((seen + 1) / (this.#exposureAt(at, k) + wait), LEAST_ARRIVALS, MOST_ARRIVALS)
  }

  /** Aggressive orders per second on that side, as seen; 0 before any time has passed. */
  rate(side: Side, at: Millis): number {
    const window = this.window(at)
    return window > 0 ? this.#takersAt(side).count(at) / window : 0
  }

  /** Effective seconds of watching. */
  window(at: Millis): number {
    if (!this.#started) return 0
    return (1 - Math.exp(-COUNT_RATE * secondsBetween(this.#first, at))) / COUNT_RATE
  }

  #takersAt(side: Side): Takers {
    return side === 'bid' ? this.#sellers : this.#buyers
  }

  // Time before the last touch was weighted with the k of that time; only the last touch is open.
  #exposureAt(at: Millis, k: number): number {
    if (!this.#started) return 0
    const fade = Math.exp(-COUNT_RATE * secondsBetween(this.#seenAt, at))
    return this.#exposure * fade + (Math.exp(-k * this.#dmin) * (1 - fade)) / COUNT_RATE
  }
}
