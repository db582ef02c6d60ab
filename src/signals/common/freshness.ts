// Says how much an external value still counts: by its age, its connection, and whether it stands
// still.
//
// In: values and our clock. Out: weights, 0 beyond the largest age; nothing is remembered past it.
// The weight halves with every half-life. A connection that still answers keeps a quiet book fresh,
// but a book that stands still while our venue moves is abandoned, not wise.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { ExternalValue, SourceKind } from './types.ts'

export interface SourceLimits {
  /** Base standard deviation, logit units. */
  readonly sigma: number
  readonly halfLife: Millis
  readonly maxAge: Millis
  /** Seconds in which our venue would close the gap to such a source: a starting guess. */
  readonly tauSeconds: number
}

/** Starting values by kind of source; the sigmas want replacing by measured ones. */
export const SOURCE_LIMITS: Readonly<Record<SourceKind, SourceLimits>> = {
  polymarket: { sigma: 0.06, halfLife: 60_000, maxAge: 20_000, tauSeconds: 7200 },
  sportsbook: { sigma: 0.08, halfLife: 120_000, maxAge: 300_000, tauSeconds: 3600 },
  exchange: { sigma: 0.06, halfLife: 60_000, maxAge: 180_000, tauSeconds: 3600 },
  research: { sigma: 0.15, halfLife: 300_000, maxAge: 900_000, tauSeconds: 3600 },
}

/** A stamp further ahead of us than this was made by another clock: its age is unknown. */
const FUTURE_TOLERANCE: Millis = 1000

/**
 * 2^(-age/halfLife), and exactly 0 beyond `maxAge` (at it, it still counts). An age below zero
 * counts as 0, but one below minus a second as unknown: the clock was set back, and only a new
 * confirmation can say how old the value is.
 */
export const freshness = (age: Millis, halfLife: Millis, maxAge: Millis): number => {
  if (!(age <= maxAge) || age < -FUTURE_TOLERANCE) return 0
  return 2 ** (-Math.max(age, 0) / halfLife)
}

/** Precision of a value at `now`, 1/logit^2; 0 when it no longer counts. */
export const weightOf = (value: ExternalValue, now: Millis): number => {
  const { halfLife, maxAge } = SOURCE_LIMITS[value.kind]
  return freshness(now - value.confirmedAt, halfLife, maxAge) / (value.sigma * value.sigma)
}

/** A connection is believed alive for this long after its last frame or reply to our ping. */
export const SILENCE_LIMIT: Millis = 20_000

/** Whether a connection still answers. */
export class Liveness {
  /** Our clock at the last sign of life; NaN when the connection is down. */
  lastAlive: Millis = Number.NaN

  /** Any frame, or the answer to our ping. */
  received(at: Millis): void {
    this.lastAlive = at
  }

  /** Closed or failed: dead at once. */
  lost(): void {
    this.lastAlive = Number.NaN
  }

  alive(now: Millis): boolean {
    const silence = now - this.lastAlive
    return silence <= SILENCE_LIMIT && silence >= -FUTURE_TOLERANCE
  }
}

const STILL_AFTER: Millis = 30 * 60_000
const STILL_MOVE_CENTS = 2
const EPSILON = 1e-9

/** Notices an external value that stands still while our venue's mid walks away. */
export class StandstillWatch {
  #value = Number.NaN
  #since: Millis = Number.NaN
  #mid = Number.NaN
  #moved = false

  /**
   * One look at both: the external probability and our venue's mid in cents.
   * Answers true while the external value is to be left out (30 minutes unchanged, 2 cents moved).
   */
  isStandingStill(pYes: number, kalshiMid: number, at: Millis): boolean {
    if (pYes !== this.#value || at < this.#since) {
      this.#value = pYes
      this.#since = at
      this.#mid = kalshiMid
      this.#moved = false
    }
    if (Math.abs(kalshiMid - this.#mid) >= STILL_MOVE_CENTS - EPSILON) this.#moved = true
    return this.#moved && at - this.#since >= STILL_AFTER
  }
}
