// What the top of the book has been doing: order-flow imbalance and volatility, both as a handful of
// numbers that fade with time.
//
// Every accumulator halves each half-life, so an update costs one or two exponentials and nothing is
// stored or allocated. Times are milliseconds, formulas seconds, prices cents. A time that runs
// backwards counts as no time at all: the exchange's clock is not ours.

import { pdf, quantile } from './normal.ts'
import { CONTRACT, type Millis, PRICE_ONE, type Price, type Quantity } from './units.ts'

/** Seconds from one event to a later one, never negative. */
const secondsBetween = (from: Millis, to: Millis): number => Math.max(0, to - from) / 1000

const OFI_RATE = Math.LN2 / 10

/**
 * Order-flow imbalance at the best level: contracts that arrived at the bid or left the ask, minus
 * the reverse, with a half-life of 10 seconds.
 * Source: Cont, Kukanov, Stoikov, "The price impact of order book events" (2014).
 */
export class OrderFlow {
  #bidPrice: Price = 0
  #bidQuantity: Quantity = 0
  #askPrice: Price = PRICE_ONE
  #askQuantity: Quantity = 0
  #started = false
  #sum = 0
  #at: Millis = 0
  /** What the latest update contributed; the e of the paper. */
  lastChange: Quantity = 0

  /**
   * The best level of both sides, at each change of it. A side without a quantity is missing: its
   * price counts as the bound (0 for bids, 10000 for asks) with size 0, whatever `price` says.
   * The first update after a reset only sets the starting point.
   */
  update(
    bidPrice: Price,
    bidQuantity: Quantity,
    askPrice: Price,
    askQuantity: Quantity,
    at: Millis,
  ): void {
    const hasBid = bidQuantity > 0 && bidPrice > 0
    const hasAsk = askQuantity > 0 && askPrice < PRICE_ONE
    const pb = hasBid ? bidPrice : 0
    const qb = hasBid ? bidQuantity : 0
    const pa = hasAsk ? askPrice : PRICE_ONE
    const qa = hasAsk ? askQuantity : 0
    if (this.#started) {
      let change = 0
      if (pb >= this.#bidPrice) change += qb
      if (pb <= this.#bidPrice) change -= this.#bidQuantity
      if (pa <= this.#askPrice) change -= qa
      if (pa >= this.#askPrice) change += this.#askQuantity
      this.lastChange = change
      this.#sum = this.#sum * this.#decayTo(at) + change
    }
    this.#started = true
    this.#at = Math.max(this.#at, at)
    this.#bidPrice = pb
    this.#bidQuantity = qb
    this.#askPrice = pa
    this.#askQuantity = qa
  }

  /** The imbalance as it has faded by `at`, in contracts; positive where buyers press. */
  imbalance(at: Millis): number {
    return (this.#sum * this.#decayTo(at)) / CONTRACT
  }

  /** Forgets everything: after a gap the next book is not a change of the last one. */
  reset(): void {
    this.#started = false
    this.#sum = 0
    this.#at = 0
    this.lastChange = 0
  }

  #decayTo(at: Millis): number {
    return Math.exp(-OFI_RATE * secondsBetween(this.#at, at))
  }
}

/** Half-life of squared moves, 900 s; of alternation and continuation counts, 3600 s. */
const MOVE_RATE = Math.LN2 / 900
const COUNT_RATE = Math.LN2 / 3600
/** The prior weighs as much as this many seconds of observation. */
const PRIOR_SECONDS = 300
const PRIOR_FACTOR = 0.1
const CAP_FACTOR = 4
const SHORTEST_TAU = 60
const FLOOR = 1e-6
/** Beyond this p the normal density says nothing useful about a market at a fraction of a cent. */
const EDGE = 0.001
const JUMP_TICKS = 3
const JUMP_SIGMAS = 5

/** Squared moves in cents^2, counts of moves, and the effective seconds they were seen in. */
export interface VolatilityParts {
  readonly squares: number
  readonly continued: number
  readonly alternated: number
  readonly ratio: number
  readonly window: number
}

/**
 * Variance rate of the mid in cents^2 per second.
 *
 * A mid that moves in whole ticks bounces: naive realised variance comes out up to 4.5 times too
 * high however it is sampled. So squared moves are scaled by the ratio of continuations (a move in
 * the same direction as the last) to alternations, which needs no sampling clock and no sizes.
 * Source: Large, "Estimating quadratic variation when quoted prices change by a constant increment"
 * (2011). Shrunk toward a prior, because a quiet market shows a dozen moves in two hours.
 */
export class Volatility {
  #first: Millis = 0
  #started = false
  #mid = 0
  /** When the mid last moved; jumps are measured against the time since. */
  #movedAt: Millis = 0
  #squares = 0
  #continued = 0
  #alternated = 0
  #direction = 0
  #shapeMid = Number.NaN
  #shape = 0
  /** Moves so large that they were news rather than noise. */
  jumps = 0

  /**
   * The mid in cents, at each change of the top of the book (an unchanged mid costs nothing).
   * `tickCents` is the tick at that price. A move of at least 3 ticks and of 5 standard deviations
   * counts as a jump and enters as 3 ticks: news happens once, and must not widen quotes for an
   * hour.
   */
  onMid(mid: number, at: Millis, tickCents: number): void {
    if (!this.#started) {
      this.#started = true
      this.#first = at
      this.#movedAt = at
      this.#mid = mid
      return
    }
    const move = mid - this.#mid
    if (move === 0) return
    const dt = secondsBetween(this.#movedAt, at)
    const threeTicks = JUMP_TICKS * tickCents
    let square = move * move
    // Compared as squares, against the estimate before this move and without the prior, whose
    // horizon is not known here; dividing by W + W0 keeps it tame in the first minutes.
    const sigma2 = (this.#ratio(dt) * this.#squaresAt(dt)) / (this.#window(at) + PRIOR_SECONDS)
    if (square >= threeTicks * threeTicks && square >= JUMP_SIGMAS * JUMP_SIGMAS * sigma2 * dt) {
      this.jumps++
      square = threeTicks * threeTicks
    }
    this.#squares = this.#squaresAt(dt) + square
    const fade = Math.exp(-COUNT_RATE * dt)
    this.#continued *= fade
    this.#alternated *= fade
    const direction = move > 0 ? 1 : -1
    if (this.#direction === direction) this.#continued++
    else if (this.#direction !== 0) this.#alternated++
    this.#direction = direction
    this.#mid = mid
    this.#movedAt = Math.max(this.#movedAt, at)
  }

  /**
   * The estimate to quote with, in cents^2 per second, > 0.
   * `tauSeconds` is the time until the outcome is expected. Only where that is a real event time
   * (`eventTimeKnown`), and not merely the latest possible close, is the estimate capped at four
   * times what would carry the price to 0 or 100 by then.
   */
  sigma2(at: Millis, mid: number, tauSeconds: number, eventTimeKnown: boolean): number {
    const tau = Math.max(tauSeconds, SHORTEST_TAU)
    const natural = this.#shapeAt(mid) / tau
    const prior = PRIOR_FACTOR * natural
    const dt = secondsBetween(this.#movedAt, at)
    const total = this.#ratio(dt) * this.#squaresAt(dt) + PRIOR_SECONDS * prior
    const estimate = Math.max(total / (this.#window(at) + PRIOR_SECONDS), prior, FLOOR)
    return eventTimeKnown ? Math.min(estimate, CAP_FACTOR * natural) : estimate
  }

  /** The alternation estimate alone, without prior, floor or cap; 0 before any time has passed. */
  realised(at: Millis): number {
    const window = this.#window(at)
    if (window === 0) return 0
    const dt = secondsBetween(this.#movedAt, at)
    return (this.#ratio(dt) * this.#squaresAt(dt)) / window
  }

  /** What `realised` is made of, as faded by `at`: for people and tests. */
  explain(at: Millis): VolatilityParts {
    const dt = secondsBetween(this.#movedAt, at)
    const fade = Math.exp(-COUNT_RATE * dt)
    return {
      squares: this.#squaresAt(dt),
      continued: this.#continued * fade,
      alternated: this.#alternated * fade,
      ratio: this.#ratio(dt),
      window: this.#window(at),
    }
  }

  /** Forgets everything. A gap in the feed is no reason: the move across it is a real one. */
  reset(): void {
    this.#started = false
    this.#squares = 0
    this.#continued = 0
    this.#alternated = 0
    this.#direction = 0
    this.jumps = 0
  }

  /** Sum of squared moves as it has faded dt seconds after the last one, cents^2. */
  #squaresAt(dt: number): number {
    return this.#squares === 0 ? 0 : this.#squares * Math.exp(-MOVE_RATE * dt)
  }

  /** Continuations per alternation, at most 3, starting from a prior of one to two. */
  #ratio(dt: number): number {
    const fade = Math.exp(-COUNT_RATE * dt)
    return Math.min(3, (this.#continued * fade + 1) / (this.#alternated * fade + 2))
  }

  /** Effective seconds of observation: rises from 0 to half-life/ln 2. */
  #window(at: Millis): number {
    if (!this.#started) return 0
    return (1 - Math.exp(-MOVE_RATE * secondsBetween(this.#first, at))) / MOVE_RATE
  }

  /** 1e4 x pdf(quantile(p))^2, kept for the last mid because it rarely changes between calls. */
  #shapeAt(mid: number): number {
    if (mid !== this.#shapeMid) {
      const p = Math.min(Math.max(mid / 100, EDGE), 1 - EDGE)
      const density = pdf(quantile(p))
      this.#shapeMid = mid
      this.#shape = 1e4 * density * density
    }
    return this.#shape
  }
}
