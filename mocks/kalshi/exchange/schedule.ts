// Finds the weekly pause: every Thursday from 03:00 to 05:00 New York time, also across changes
// between summer and winter time.

import type { Millis } from '../../../src/core/vocabulary/units.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FROM_HOUR = 3
const UNTIL_HOUR = 5

export interface Pause {
  readonly start: Millis
  readonly end: Millis
}

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

/** The offset of New York time from UTC at that time, in ms (negative). */
const offsetAt = (at: Millis): Millis => {
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const local = Date.UTC(
    get('year'),
    get('month') - 1,
    get('day'),
    get('hour'),
    get('minute'),
    get('second'),
  )
  return local - Math.floor(at / 1000) * 1000
}

/** The current pause at `at`, else the next one. */
export const thursdayPause = (at: Millis): Pause => {
  const day = Math.floor((at + offsetAt(at)) / DAY)
  // Day 0, 1970-01-01, was a Thursday.
  const ahead = (7 - (day % 7)) % 7
  for (const days of [ahead, ahead + 7]) {
    const local = (day + days) * DAY + FROM_HOUR * HOUR
    // Clocks change on Sundays, so the offset of that morning is the offset of the whole pause.
    const start = local - offsetAt(local - offsetAt(at))
    const end = start + (UNTIL_HOUR - FROM_HOUR) * HOUR
    if (end > at) return { start, end }
  }
  throw new Error(`Timetable failed: no Thursday found after ${at}`)
}
