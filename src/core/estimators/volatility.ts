// Estimates how much the mid moves: a variance rate, jumps included, over the time that a position
// is held.
//
// The mid of a real market moves in half ticks that come in pairs, and flickers without going
// anywhere, so the variance of 5 s and of 300 s are different numbers. Moves are squared over
// intervals of several lengths side by side, and the one nearest the holding time is believed.
// Where the time of the outcome is known, moves are measured by what that outcome leaves to be
// learnt, which grows without bound for a contract near 50 c and vanishes for one near 0 or 100.

import { HourPace } from '../hours/factors.ts'
import type { Millis } from '../vocabulary/units.ts'
import { secondsBetween } from './order-flow.ts'
import { FadedSums, ReturnGrid, shapeAt } from './return-grid.ts'

/** Sampling intervals, seconds; the first divides the others. */
const GRIDS = [1, 5, 30, 120, 600] as const
/** An interval is believed once so many of its length have been seen. */
const ENOUGH_INTERVALS = 20
/** The prior weighs as much as a minute and two intervals... */
const PRIOR_SECONDS = 60
const PRIOR_INTERVALS = 2
/** ...and, where the event time is known, is that of the market itself, once hours are seen. */
const EVEN_SECONDS = 300
/** Half-lives of squared moves: 300 s and an hour, or so many intervals where that is longer. */
const SHORT = { seconds: 300, intervals: 20 }
const LONG = { seconds: 3600, intervals: 60 }
const halfLivesOf = (seconds: number) => ({
  short: Math.max(SHORT.seconds, SHORT.intervals * seconds),
  long: Math.max(LONG.seconds, LONG.intervals * seconds),
})
/** The outcome is never expected sooner than this, seconds. */
const SHORTEST_TAU = 5
const FLOOR = 1e-6
const JUMP_TICKS = 3
const JUMP_SIGMAS = 5
/** Held this long where the caller does not know, seconds. */
export const USUAL_HOLDING = 30

interface VolatilityParts {
  /** The interval believed, and the effective seconds of watching, both in seconds. */
  readonly grid: number
  readonly window: number
  /** Cents^2 per second as seen, without the prior. */
  readonly seen: number
  /**
   * How fast information comes, 1 being evenly until the outcome; null where its time is unknown.
   */
  readonly clock: number | null
}

/** sum r^2 tau / shape in seconds, for an outcome `tau` seconds after `now`. */
const clocked = ({ natural, dated }: FadedSums, now: number, tau: number): number =>
  Math.max((now + Math.max(tau, 0)) * natural - dated, SHORTEST_TAU * natural)

/**
 * Variance rate of the mid in cents^2 per second.
 *
 * A known time of the outcome makes a clock of it: c = (sum r^2 tau / shape + W0 c0) / (sum dt +
 * W0) and sigma^2 = c shape / tau, where a price that learns evenly until its outcome has c = 1;
 * c0 is the same over hours, drawn to 1. An unknown one leaves (sum r^2 + W0 prior) / (sum dt +
 * W0), the prior being what evenly coming information would make of the time to the latest close.
 *
 * Chosen by the Gaussian score of moves over 10, 60 and 300 s on every recording that holds a mid
 * (docs/volatility.md, `npm run calibrate -- --score`). Alternation (Large 2011), which this
 * replaces, assumes that a mid moves by whole ticks and bounces: it read a quarter of the variance
 * of Bitcoin markets and two to five times that of weather.
 */
export class Volatility {
  #first: Millis = 0
  #started = false
  #mid = 0
  /** When the mid last moved; jumps are measured against the time since. */
  #movedAt: Millis = 0
  /** Seconds after the beginning when the shortest interval ends. */
  #due: number = GRIDS[0]
  readonly #grids = GRIDS.map((seconds) => new ReturnGrid(seconds, halfLivesOf(seconds)))
  readonly #short = new FadedSums()
  readonly #long = new FadedSums()
  #shapeMid = Number.NaN
  #shape = 0
  /** What the desk has learnt of the series, hour by hour: nothing until it has spoken. */
  readonly hours = new HourPace()
  /** Moves so large that they are news and not noise. */
  jumps = 0

  /**
   * The mid in cents, at each change of the top of the book (an unchanged mid costs nothing).
   * `tickCents` is the tick at that price. Returns whether this move was a jump: at least 3 ticks
   * and 5 standard deviations.
   */
  onMid(mid: number, at: Millis, tickCents: number): boolean {
    if (!this.#started) {
      this.#started = true
      this.#first = at
      this.#movedAt = at
      this.#mid = mid
      for (const grid of this.#grids) grid.start(mid)
      return false
    }
    const move = mid - this.#mid
    if (move === 0) return false
    const now = this.#secondsAt(at)
    if (now >= this.#due) {
      for (let index = 0; index < GRIDS.length; index++) this.#grids[index]!.advance(this.#mid, now)
      this.#due = (Math.floor(now / GRIDS[0]) + 1) * GRIDS[0]
    }
    const jumped = Math.abs(move) >= JUMP_TICKS * tickCents && this.#isNews(move, at, now)
    if (jumped) this.jumps++
    this.#mid = mid
    this.#movedAt = Math.max(this.#movedAt, at)
    return jumped
  }

  /**
   * Cents^2 per second, > 0, jumps included: what inventory is exposed to.
   * `tauSeconds` is the time until the outcome is expected; `eventTimeKnown` says whether that is
   * a real event time, and not merely the latest possible close. `holdingSeconds` is how long a
   * position is held: the variance is that of moves over about as long.
   */
  total(
    at: Millis,
    mid: number,
    tauSeconds: number,
    eventTimeKnown: boolean,
    holdingSeconds = USUAL_HOLDING,
  ): number {
    const now = this.#secondsAt(at)
    const grid = this.#choose(now, holdingSeconds)
    grid.shortAt(this.#mid, now, this.#short)
    const weight = PRIOR_SECONDS + PRIOR_INTERVALS * grid.seconds
    const natural = this.#shapeAt(mid) / Math.max(tauSeconds, SHORTEST_TAU)
    const pace = this.hours.ahead(at, holdingSeconds)
    let { squares: seen } = this.#short
    let prior = natural * pace
    if (eventTimeKnown) {
      grid.longAt(this.#mid, now, this.#long)
      const carried = this.hours.carried(at, holdingSeconds, now, grid.longFade)
      const ever = clocked(this.#long, now, tauSeconds) * carried
      prior = natural * ((ever + EVEN_SECONDS * pace) / (this.#long.seconds + EVEN_SECONDS))
      seen = natural * clocked(this.#short, now, tauSeconds)
    }
    seen *= this.hours.carried(at, holdingSeconds, now, grid.shortFade)
    return Math.max((seen + weight * prior) / (this.#short.seconds + weight), FLOOR)
  }

  /** The parts of the estimate without its prior: for people and tests. Arguments of `total`. */
  explain(
    at: Millis,
    tauSeconds: number,
    eventTimeKnown: boolean,
    holdingSeconds = USUAL_HOLDING,
  ): VolatilityParts {
    const now = this.#secondsAt(at)
    const grid = this.#choose(now, holdingSeconds)
    grid.shortAt(this.#mid, now, this.#short)
    const { squares, seconds: window } = this.#short
    const seen = window > 0 ? squares / window : 0
    const isTimed = eventTimeKnown && window > 0
    const clock = isTimed ? clocked(this.#short, now, tauSeconds) / window : null
    return { grid: grid.seconds, window, seen, clock }
  }

  /** Seconds since the beginning; a clock that steps back stands still. */
  #secondsAt(at: Millis): number {
    return this.#started ? secondsBetween(this.#first, Math.max(at, this.#movedAt)) : 0
  }

  /** The interval nearest the holding time, by ratio, of those seen often enough. */
  #choose(now: number, holding: number): ReturnGrid {
    let chosen = 0
    // Nearest by ratio is the longest whose geometric mean with the one before is below `holding`.
    for (let index = 1; index < GRIDS.length; index++) {
      if (holding * holding <= GRIDS[index]! * GRIDS[index - 1]!) break
      if (now < ENOUGH_INTERVALS * GRIDS[index]!) break
      chosen = index
    }
    return this.#grids[chosen]!
  }

  /** Against the moves of a second and the time since the last move, without the prior. */
  #isNews(move: number, at: Millis, now: number): boolean {
    const dt = secondsBetween(this.#movedAt, at)
    this.#grids[0]!.shortAt(this.#mid, now, this.#short)
    // Dividing by W + W0 keeps it tame in the first minutes.
    const sigma2 = this.#short.squares / (this.#short.seconds + PRIOR_SECONDS)
    return move * move >= JUMP_SIGMAS * JUMP_SIGMAS * sigma2 * dt
  }

  /** Kept for the last mid because it rarely changes between calls. */
  #shapeAt(mid: number): number {
    if (mid !== this.#shapeMid) {
      this.#shapeMid = mid
      this.#shape = shapeAt(mid)
    }
    return this.#shape
  }
}
