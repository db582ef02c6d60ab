// Measures how one-sided public trades are: volume in buckets of equal size, and in each the excess
// of buying over selling, compared with what chance alone leaves.
//
// About 1 means that buyers and sellers balance; 2 or more means that somebody knows something, or
// believes so. Kalshi prints carry the taker's side, so nothing is guessed. Much of what such a
// measure forecasts is mechanical (Andersen, Bondarenko 2014): the markouts of our own fills
// (markouts.ts) are the primary guard, and this one only widens a little.

import type { Side } from '../vocabulary/units.ts'

/** Contracts of a bucket. */
const BUCKET = 50
const WEIGHT = 0.1
/** E|N(0,1)| = sqrt(2/pi) as the source rounds it, so that balanced flow gives about 1. */
const EXPECTED_ABSOLUTE = 0.8
/** What a bucket filled by a single trade scores: X = 1, one effective trade. */
const SINGLE_SCORE = 1 / EXPECTED_ABSOLUTE
/** Below 1.5 nothing widens; beyond 1.5 + 2 nothing widens further. */
const QUIET = 1.5
const RANGE = 2

/** One step of the moving average: a tenth of the way from `average` to `score`. */
export const fadeToward = (average: number, score: number): number =>
  average + WEIGHT * (score - average)

/**
 * z = X sqrt(n) / 0.80 of a full bucket, with X = |bought - sold| / 50, 0..1, and
 * n = (sum v)^2 / sum v^2, the effective number of trades in it: about 1 where the sides of the
 * trades are fair coins. `squares` is sum v^2, > 0; all in contracts.
 * Source: the order imbalance of Easley, Lopez de Prado, O'Hara (2012), put in units of its own
 * standard deviation.
 */
export const scoreOfBucket = (bought: number, sold: number, squares: number): number => {
  const total = bought + sold
  const imbalance = Math.abs(bought - sold) / BUCKET
  return (imbalance * Math.sqrt((total * total) / squares)) / EXPECTED_ABSOLUTE
}

/** The running measure for one market. It has no clock: it moves with volume alone. */
export class Toxicity {
  #bought = 0
  #sold = 0
  #squares = 0
  #value = 1
  /** Buckets completed. */
  buckets = 0

  /**
   * A public trade. `taker` is the side of the YES book on which the taker bought ('bid') or sold
   * ('ask'). A trade larger than the rest of the bucket is split over as many as it fills, at the
   * same cost however many. Anything but a positive finite number of contracts is ignored.
   */
  onTrade(taker: Side, contracts: number): void {
    if (!(contracts > 0) || !Number.isFinite(contracts)) return
    let rest = contracts
    const room = BUCKET - this.#bought - this.#sold
    if (rest < room) {
      this.#add(taker, rest)
      return
    }
    this.#add(taker, room)
    this.#close()
    rest -= room
    const whole = Math.floor(rest / BUCKET)
    if (whole > 0) {
      // `whole` steps of the average at once: each such bucket holds one trade.
      this.#value = SINGLE_SCORE + (this.#value - SINGLE_SCORE) * (1 - WEIGHT) ** whole
      this.buckets += whole
      rest -= whole * BUCKET
    }
    if (rest > 0) this.#add(taker, rest)
  }

  /** The moving average of bucket scores, >= 0; 1 before the first bucket is full. */
  get value(): number {
    return this.#value
  }

  /** What to multiply the half-spread by: 1 + weight x (value - 1.5 kept within 0..2). */
  multiplier(weight = 0.5): number {
    return 1 + weight * Math.min(RANGE, Math.max(0, this.#value - QUIET))
  }

  #add(taker: Side, contracts: number): void {
    if (taker === 'bid') this.#bought += contracts
    else this.#sold += contracts
    this.#squares += contracts * contracts
  }

  #close(): void {
    const score = scoreOfBucket(this.#bought, this.#sold, this.#squares)
    this.#value = fadeToward(this.#value, score)
    this.#bought = 0
    this.#sold = 0
    this.#squares = 0
    this.buckets++
  }
}
