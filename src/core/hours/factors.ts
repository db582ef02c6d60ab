// How the factors of a series, as the desk has learnt them, change the variance that is expected.
//
// In: what the desk says, which is made safe here, and never trusted to be right. Out: two factors,
// both 1 until the desk has spoken: one for the prior, and one for what was seen in earlier hours.

import type { HourFactors } from '../vocabulary/hours.ts'
import type { Millis } from '../vocabulary/units.ts'
import { MOST_HOUR, MOST_OVERALL } from './learnt.ts'
import { HOURS, hourOf } from './seen.ts'

const HOUR_SECONDS = 3600
/** Variance seen is carried over into other hours by no more than this, and no less than 1 over. */
const MOST_CARRIED = 4

const bounded = (value: number, most: number): number => Math.min(Math.max(value, 1 / most), most)

const isFactor = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value > 0

export class HourPace {
  #overall = 1
  #byHour: readonly number[] | null = null

  /** Replaces what was heard before; what cannot be read counts as nothing learnt. */
  hear({ overall, byHour }: HourFactors): void {
    this.#byHour = null
    this.#overall = 1
    if (!isFactor(overall) || !Array.isArray(byHour)) return
    if (byHour.length !== HOURS || !byHour.every(isFactor)) return
    this.#overall = bounded(overall, MOST_OVERALL)
    this.#byHour = byHour.map((factor) => bounded(factor, MOST_HOUR))
  }

  /** False until the desk has spoken: then both factors are 1. */
  get isKnown(): boolean {
    return this.#byHour !== null
  }

  /**
   * What evenly coming information is multiplied by over the next `holding` seconds, which may
   * reach into the next hour.
   */
  ahead(at: Millis, holding: number): number {
    return this.#byHour === null ? 1 : this.#overall * this.#hourAhead(this.#byHour, at, holding)
  }

  /**
   * What variance seen is multiplied by to get that of the next `holding` seconds, 1/4 to 4: the
   * hour ahead over the hours that it was seen in.
   * @param age seconds since watching began
   * @param fade what was seen so many seconds ago counts 1/e
   */
  carried(at: Millis, holding: number, age: number, fade: number): number {
    if (this.#byHour === null || !(age > 0)) return 1
    const seen = this.#hourSeen(this.#byHour, at, age, fade)
    return bounded(this.#hourAhead(this.#byHour, at, holding) / seen, MOST_CARRIED)
  }

  #hourAhead(byHour: readonly number[], at: Millis, holding: number): number {
    const hour = hourOf(at)
    const now = byHour[hour]!
    const left = HOUR_SECONDS - secondsInto(at)
    if (!(holding > left)) return now
    const later = Math.min((holding - left) / holding, 1)
    return now + later * (byHour[(hour + 1) % HOURS]! - now)
  }

  /** The mean factor of the time seen, each second with what its age leaves of its weight. */
  #hourSeen(byHour: readonly number[], at: Millis, age: number, fade: number): number {
    let hour = hourOf(at)
    let sum = 0
    let weights = 0
    let until = 1
    for (let begun = secondsInto(at); ; begun += HOUR_SECONDS) {
      const from = Math.exp(-Math.min(begun, age) / fade)
      sum += (until - from) * byHour[hour]!
      weights += until - from
      if (begun >= age || begun >= HOURS * HOUR_SECONDS) break
      until = from
      hour = (hour + HOURS - 1) % HOURS
    }
    return weights > 0 ? sum / weights : byHour[hourOf(at)]!
  }
}

const secondsInto = (at: Millis): number => {
  const seconds = (at / 1000) % HOUR_SECONDS
  return seconds < 0 ? seconds + HOUR_SECONDS : seconds
}
