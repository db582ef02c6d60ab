// Reads times as other venues write them, and keeps the two clocks of a value: changed and
// confirmed.
//
// In: stamps and readings. Out: epoch ms, NaN where a time cannot be read. The clocks of two venues
// are never compared. A stamp from the future counts as now, and is counted. A ticker names the
// start of a game in New York's local time, which the zone database turns into UTC.

import type { Millis } from '../../core/vocabulary/units.ts'

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)$/

/**
 * ISO 8601 with any number of fraction digits, or the same with a blank and a two-digit offset
 * ('2026-04-05 15:10:00+00'), as epoch ms. NaN for anything else, a missing zone included.
 */
export const instantOf = (text: unknown): Millis => {
  const found = typeof text === 'string' ? INSTANT.exec(text) : null
  if (found === null) return Number.NaN
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = found
  const [d, h, m, s] = [Number(day), Number(hour), Number(minute), Number(second)]
  if (h > 23 || m > 59 || s > 60) return Number.NaN
  const midnight = Date.UTC(Number(year), Number(month) - 1, d)
  if (new Date(midnight).getUTCDate() !== d) return Number.NaN
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return midnight + ((h * 60 + m) * 60 + s) * 1000 + millis - offsetOf(zone)
}

const offsetOf = (zone: string): number => {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone[0] === '-' ? -minutes : minutes) * 60_000
}

const NEW_YORK = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** New York's wall clock at an instant, written as if it were UTC. */
const wallClock = (at: Millis): Millis => {
  const part = new Map(NEW_YORK.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(
    part.get('year')!,
    part.get('month')! - 1,
    part.get('day')!,
    part.get('hour')!,
    part.get('minute')!,
    part.get('second')!,
  )
}

/** The instant of a wall-clock time in New York. Of an hour that happens twice, the first. */
export const easternInstant = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
): Millis => {
  const wall = Date.UTC(year, month - 1, day, hour, minute)
  // Daylight time is four hours behind; standard time five. The first guess that fits is the
  // answer.
  const daylight = wall + 4 * 3_600_000
  return wallClock(daylight) === wall ? daylight : wall + 5 * 3_600_000
}

/** The date in New York at an instant, 'YYYY-MM-DD'. */
export const easternDate = (at: Millis): string =>
  new Date(wallClock(at)).toISOString().slice(0, 10)

/** A source's two clocks. Feed it every reading; it knows when the value last changed. */
export class SourceClock {
  changedAt: Millis = Number.NaN
  confirmedAt: Millis = Number.NaN
  /** How many stamps lay in the future and counted as now. */
  futureStamps = 0
  #value = ''

  /**
   * A reading with everything that identifies it as `value`. `stamp` is the venue's own word for
   * when it checked the value (a scrape clock: it advances although the price stands still); NaN
   * when it has none. `receivedAt` is our clock.
   */
  read(value: string, stamp: Millis, receivedAt: Millis): void {
    if (stamp > receivedAt) this.futureStamps++
    const confirmed = Number.isNaN(stamp) ? receivedAt : Math.min(stamp, receivedAt)
    if (value !== this.#value || Number.isNaN(this.changedAt)) {
      this.#value = value
      this.changedAt = receivedAt
    }
    // An older answer that comes late does not make a newer one older, unless our own clock went
    // back.
    this.confirmedAt =
      this.confirmedAt > confirmed && this.confirmedAt <= receivedAt ? this.confirmedAt : confirmed
  }
}
