// Counts how much the mid of one market moves in each hour of the day, for the desk, which learns
// from all markets of a series.
//
// In: the mid of others once a minute, and how fast evenly coming information would move it. Out:
// totals by UTC hour since the engine began. Decides nothing.

import type { HoursReport } from '../vocabulary/hours.ts'
import type { Millis } from '../vocabulary/units.ts'

export const HOURS = 24
const HOUR_MS: Millis = 3_600_000

/** A minute leaves out what flickers, and no interval reaches far into the next hour. */
export const LOOK_MS: Millis = 60_000
/** After a longer hole nobody knows in which hour the mid has moved, ms. */
const LONGEST_MS: Millis = 120_000
/**
 * One move counts as no more than this many times what evenly coming information brings. Far out:
 * news of 10 c counts whole a day before the outcome. Most of the variance is such news, and to cut
 * it off would teach a calm that is not there.
 */
export const MOST_PACE = 1000
/** Beyond these mids, cents, half a tick is many times the variance that is left. */
const LOWEST_MID = 5
const HIGHEST_MID = 95

/** The UTC hour of a moment. */
export const hourOf = (at: Millis): number => {
  const hour = Math.floor(at / HOUR_MS) % HOURS
  return hour < 0 ? hour + HOURS : hour
}

export class HoursSeen {
  /** When the mid is wanted next, epoch ms. */
  #due: Millis = 0
  #since: Millis | null = null
  #at: Millis = 0
  #mid = Number.NaN
  /** Cents^2 per second of evenly coming information at the last look; NaN where none counts. */
  #natural = Number.NaN
  readonly #moved = new Float64Array(HOURS)
  readonly #watched = new Float64Array(HOURS)

  /** Whether a look is due: once a minute, and after a clock that has stepped back. */
  isDue(at: Millis): boolean {
    return at >= this.#due || at < this.#due - LOOK_MS
  }

  /**
   * @param mid cents; NaN while the book cannot be seen
   * @param natural what evenly coming information would bring now, cents^2 per second; NaN where
   * that is not known
   */
  look(mid: number, natural: number, at: Millis): void {
    this.#due = (Math.floor(at / LOOK_MS) + 1) * LOOK_MS
    this.#since ??= at
    const usable = mid >= LOWEST_MID && mid <= HIGHEST_MID && natural > 0
    const expected = (natural + this.#natural) / 2
    const gone = at - this.#at
    if (usable && expected > 0 && gone > 0 && gone <= LONGEST_MS) {
      const seconds = gone / 1000
      const hour = hourOf(this.#at)
      const moved = (mid - this.#mid) ** 2 / expected
      this.#moved[hour]! += Math.min(moved, MOST_PACE * seconds)
      this.#watched[hour]! += seconds
    }
    this.#at = at
    this.#mid = mid
    this.#natural = usable ? natural : Number.NaN
  }

  /** null before anything was seen. */
  get report(): HoursReport | null {
    if (this.#since === null) return null
    const totals: [number, number, number][] = []
    for (let hour = 0; hour < HOURS; hour++) {
      const watched = this.#watched[hour]!
      if (watched > 0) totals.push([hour, Math.round(this.#moved[hour]!), Math.round(watched)])
    }
    return totals.length === 0 ? null : { since: this.#since, totals }
  }
}
