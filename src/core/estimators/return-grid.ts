// Squared moves of the mid over equal intervals, faded: one sampling interval of the volatility.
//
// Sampling leaves out what goes to and fro within an interval (half ticks that come in pairs, a
// touch that flickers), which counting each move would take for variance. Squared moves are kept in
// cents^2, and in units of what the outcome leaves (`shapeAt`), plain and times the moment of the
// move: so the time of the outcome may be named, or change, when the variance is asked for.

import { pdf, quantile } from './normal.ts'

/** Beyond this p the normal density says nothing useful about a market at a fraction of a cent. */
const EDGE = 0.001

/**
 * 1e4 x pdf(quantile(p))^2 at a mid in cents: the variance per unit of remaining time, in cents^2,
 * of a price that ends at 0 or 100 and to which information comes evenly.
 */
export const shapeAt = (mid: number): number => {
  const p = Math.min(Math.max(mid / 100, EDGE), 1 - EDGE)
  const density = pdf(quantile(p))
  return 1e4 * density * density
}

/** Sums over the intervals that have ended by some moment, each fading with one half-life. */
export class FadedSums {
  /** Squared moves, cents^2. */
  squares = 0
  /** Squared moves over `shapeAt`, and the same times the second in which each ended. */
  natural = 0
  dated = 0
  /** Effective seconds of observation. */
  seconds = 0
}

export class ReturnGrid {
  readonly seconds: number
  /** Of the last minutes, and of the last hours. */
  readonly short = new FadedSums()
  readonly long = new FadedSums()
  /** What was seen so many seconds ago counts 1/e in the short sums, and in the long. */
  readonly shortFade: number
  readonly longFade: number
  readonly #shortFade: number
  readonly #longFade: number
  #last = 0
  /** When the interval under way ends, seconds after the beginning. */
  #due: number

  /** @param halfLives seconds, of the short and the long sums */
  constructor(seconds: number, halfLives: { readonly short: number; readonly long: number }) {
    this.seconds = seconds
    this.#due = seconds
    this.shortFade = halfLives.short / Math.LN2
    this.longFade = halfLives.long / Math.LN2
    this.#shortFade = 2 ** (-seconds / halfLives.short)
    this.#longFade = 2 ** (-seconds / halfLives.long)
  }

  /** Begins with a mid in cents. */
  start(mid: number): void {
    this.#last = mid
  }

  /** Ends the intervals that are over at `now`; the mid was `mid` when the first of them ended. */
  advance(mid: number, now: number): void {
    if (now < this.#due) return
    this.shortAt(mid, now, this.short)
    this.longAt(mid, now, this.long)
    this.#due += this.#ended(now) * this.seconds
    this.#last = mid
  }

  /** Fills `out` with the short sums as they stand at `now`; changes nothing else. */
  shortAt(mid: number, now: number, out: FadedSums): void {
    this.#sumsAt(this.short, this.#shortFade, mid, now, out)
  }

  longAt(mid: number, now: number, out: FadedSums): void {
    this.#sumsAt(this.long, this.#longFade, mid, now, out)
  }

  #ended(now: number): number {
    return now < this.#due ? 0 : Math.floor((now - this.#due) / this.seconds) + 1
  }

  #sumsAt(sums: FadedSums, fadeOfOne: number, mid: number, now: number, out: FadedSums): void {
    const ended = this.#ended(now)
    // The whole move fell into the first interval, and the others were quiet.
    const quiet = ended <= 1 ? 1 : fadeOfOne ** (ended - 1)
    const fade = ended === 0 ? 1 : quiet * fadeOfOne
    const move = ended === 0 ? 0 : mid - this.#last
    const square = move * move
    const natural = square === 0 ? 0 : square / shapeAt((mid + this.#last) / 2)
    const most = this.seconds / (1 - fadeOfOne)
    out.squares = sums.squares * fade + square * quiet
    out.natural = sums.natural * fade + natural * quiet
    out.dated = sums.dated * fade + natural * this.#due * quiet
    out.seconds = most + (sums.seconds - most) * fade
  }
}
