// Estimates how much the mid moves: a variance rate of ordinary moves, and one of jumps.
//
// Every accumulator halves each half-life, so a move costs one or two exponentials and nothing is
// stored or allocated. Times are milliseconds, formulas seconds, prices cents. A time that runs
// backwards counts as no time passed: the exchange's clock is not ours.

import type { Millis } from '../vocabulary/units.ts'
import { pdf, quantile } from './normal.ts'
import { secondsBetween } from './order-flow.ts'

/** Half-life of squared moves, 900 s; of alternation and continuation counts, 3600 s. */
const MOVE_RATE = Math.LN2 / 900
const COUNT_RATE = Math.LN2 / 3600
/** The prior weighs as much as this many seconds of observation. */
const PRIOR_SECONDS = 300
const PRIOR_FACTOR = 0.1
const CAP_FACTOR = 4
const SHORTEST_TAU = 60
/**
 * The cap looks a day ahead at most, seconds. It is meant for the end, when ticks are noise and the
 * outcome is near (without it a maker earns 7 % less in the last two hours). A month ahead it would
 * assume that information comes evenly, and hold the estimate at a quarter of the truth on a busy
 * day: profit over its deviation was 10.1 with it and 11.1 without, 5.5 and 7.3 where prices jump.
 */
const CAP_TAU = 86_400
const FLOOR = 1e-6
/** Beyond this p the normal density says nothing useful about a market at a fraction of a cent. */
const EDGE = 0.001
const JUMP_TICKS = 3
const JUMP_SIGMAS = 5
const JUMP_RATE = COUNT_RATE
/**
 * The least time over which jumps are spread, seconds: one jump in the first minute is one an hour
 * and not sixty. Until the effective window has grown past it (after 1.7 hours) the estimate is too
 * low in a market with regular jumps; from then on it has no bias. A prior of this many seconds
 * without a jump would be 41 % too low for ever.
 */
const JUMP_SECONDS = 3600

/** Squared moves in cents^2, counts of moves, and the effective seconds they were seen in. */
interface VolatilityParts {
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
 *
 * The prior is a weight and not a floor. Weighing 300 s against an effective 1298 at most, it never
 * counts for less than 0.19 of itself; as a floor it came to 53 times the truth five minutes before
 * the close of a calm market (11 now), and cost a maker 4 % of its profit over the last two hours
 * (328 against 341 cents a session, 600 sessions). Where information comes evenly until the close
 * the truth is ten times the prior, and results with and without the floor are the same.
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
  /** Moves so large that they are news and not noise. */
  jumps = 0
  /** Squared jumps beyond the part that entered as ordinary moves, cents^2, faded to `#movedAt`. */
  #excess = 0

  /**
   * The mid in cents, at each change of the top of the book (an unchanged mid costs nothing).
   * `tickCents` is the tick at that price. A move of at least 3 ticks and of 5 standard deviations
   * counts as a jump and enters as 3 ticks: news happens once, and must not widen quotes for an
   * hour. The rest of its square goes to `jumpVariance`. Returns whether this move was a jump.
   */
  onMid(mid: number, at: Millis, tickCents: number): boolean {
    if (!this.#started) {
      this.#started = true
      this.#first = at
      this.#movedAt = at
      this.#mid = mid
      return false
    }
    const move = mid - this.#mid
    if (move === 0) return false
    const dt = secondsBetween(this.#movedAt, at)
    const threeTicks = JUMP_TICKS * tickCents
    let square = move * move
    // Compared as squares, against the estimate before this move and without the prior, whose
    // horizon is not known here; dividing by W + W0 keeps it tame in the first minutes.
    const sigma2 = (this.#ratio(dt) * this.#squaresAt(dt)) / (this.#window(at) + PRIOR_SECONDS)
    const most = threeTicks * threeTicks
    const jumped = square >= most && square >= JUMP_SIGMAS * JUMP_SIGMAS * sigma2 * dt
    this.#excess *= Math.exp(-JUMP_RATE * dt)
    if (jumped) {
      this.jumps++
      this.#excess += square - most
      square = most
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
    return jumped
  }

  /**
   * The estimate of ordinary moves, in cents^2 per second, > 0.
   * `tauSeconds` is the time until the outcome is expected. Only where that is a real event time
   * (`eventTimeKnown`), and not merely the latest possible close, is the estimate capped at four
   * times what would carry the price to 0 or 100 by then, or within a day where it is further off.
   */
  sigma2(at: Millis, mid: number, tauSeconds: number, eventTimeKnown: boolean): number {
    const tau = Math.max(tauSeconds, SHORTEST_TAU)
    const natural = this.#shapeAt(mid) / tau
    const dt = secondsBetween(this.#movedAt, at)
    const total = this.#ratio(dt) * this.#squaresAt(dt) + PRIOR_SECONDS * PRIOR_FACTOR * natural
    const estimate = Math.max(total / (this.#window(at) + PRIOR_SECONDS), FLOOR)
    return eventTimeKnown ? Math.min(estimate, this.#cap(mid, tau)) : estimate
  }

  /**
   * Variance rate of jumps: their number per second times the mean of their squares, as far as they
   * were more than the 3 ticks that `sigma2` has. Cents^2 per second, >= 0, half-life an hour.
   */
  jumpVariance(at: Millis): number {
    if (this.#excess === 0) return 0
    const window = (1 - Math.exp(-JUMP_RATE * secondsBetween(this.#first, at))) / JUMP_RATE
    const faded = this.#excess * Math.exp(-JUMP_RATE * secondsBetween(this.#movedAt, at))
    return faded / Math.max(window, JUMP_SECONDS)
  }

  /**
   * Ordinary moves and jumps together: what inventory is exposed to. Arguments and cap as for
   * `sigma2`, so that jumps too cannot promise more than the outcome still holds.
   */
  total(at: Millis, mid: number, tauSeconds: number, eventTimeKnown: boolean): number {
    const sum = this.sigma2(at, mid, tauSeconds, eventTimeKnown) + this.jumpVariance(at)
    return eventTimeKnown ? Math.min(sum, this.#cap(mid, tauSeconds)) : sum
  }

  /** The parts of the estimate without prior and cap, faded to `at`: for people and tests. */
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

  /** Sum of squared moves, faded to dt seconds after the last one, cents^2. */
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

  /** Cents^2 per second that no estimate exceeds where the time of the outcome is known. */
  #cap(mid: number, tau: number): number {
    return (CAP_FACTOR * this.#shapeAt(mid)) / Math.min(Math.max(tau, SHORTEST_TAU), CAP_TAU)
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
