// What the desk has learnt of each series: how much its markets move in each hour of the day.
//
// Pure: a report in, a new state out, plain JSON throughout. Two markets of one series move
// together, so at any moment all that are watched count as one. What was seen fades within weeks,
// and counts little until there is much of it: see `factorsOf`.

import type { HourFactors, HoursReport } from '../vocabulary/hours.ts'
import type { Millis } from '../vocabulary/units.ts'
import { HOURS, LOOK_MS, MOST_PACE } from './seen.ts'

interface SeriesHours {
  readonly at: Millis
  /** Seconds of variance and of watching, by UTC hour, faded to `at`. */
  readonly moved: readonly number[]
  readonly watched: readonly number[]
}

interface Told extends HoursReport {
  readonly at: Millis
}

export interface HoursLearnt {
  readonly series: Readonly<Record<string, SeriesHours>>
  /** The last report of each ticker. */
  readonly told: Readonly<Record<string, Told>>
}

export const nothingLearnt = (): HoursLearnt => ({ series: {}, told: {} })

/** What was seen counts half after this long. */
const HALF_LIFE_MS: Millis = 21 * 86_400_000
/** A market that has told something within this long is watched now. */
const WATCHED_MS: Millis = 600_000
/** The oldest are forgotten beyond these. */
const MOST_SERIES = 60
const MOST_TOLD = 120
/**
 * 1 counts as much as so many seconds of the series: five days for all hours together, and twenty
 * hours of the same hour of the day, which are twenty days. A quarter of either made the score of
 * sparse markets worse (docs/volatility.md): the day before an event is calmer than the day itself.
 */
const OVERALL_PRIOR = 432_000
const HOUR_PRIOR = 72_000
/** No factor leaves these. */
export const MOST_OVERALL = 8
export const MOST_HOUR = 4

/** Markets of one series begin with its name. */
export const seriesOf = (ticker: string): string => ticker.split('-')[0] ?? ticker

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value)

/** Whether a report can be true: reports come from other objects, perhaps of another version. */
const isCredible = ({ since, totals }: HoursReport, at: Millis): boolean => {
  const most = Math.max(0, at - since) / 1000 + LOOK_MS / 1000
  let seconds = 0
  for (const [hour, moved, watched] of totals) {
    if (!Number.isInteger(hour) || hour < 0 || hour >= HOURS) return false
    if (!isCount(moved) || !isCount(watched) || moved > MOST_PACE * watched + 1) return false
    seconds += watched
  }
  return seconds <= most
}

/** What a report adds to the one before, by hour; null where it is older, or takes back some. */
const addedBy = (report: HoursReport, before: Told | undefined) => {
  const moved = new Array<number>(HOURS).fill(0)
  const watched = new Array<number>(HOURS).fill(0)
  for (const [hour, variance, seconds] of report.totals) {
    moved[hour]! += variance
    watched[hour]! += seconds
  }
  if (before !== undefined && report.since < before.since) return null
  if (before !== undefined && report.since === before.since) {
    for (const [hour, variance, seconds] of before.totals) {
      moved[hour]! -= variance
      watched[hour]! -= seconds
    }
  }
  const grows = moved.every((sum) => sum >= 0) && watched.every((sum) => sum >= 0)
  return grows ? { moved, watched } : null
}

const newestOf = <Dated extends { readonly at: Millis }>(
  all: Readonly<Record<string, Dated>>,
  most: number,
): Readonly<Record<string, Dated>> => {
  const entries = Object.entries(all)
  if (entries.length <= most) return all
  return Object.fromEntries(entries.sort(([, a], [, b]) => b.at - a.at).slice(0, most))
}

/** What is left at `at` of what was seen. */
const fadeOf = ({ at: then }: SeriesHours, at: Millis): number =>
  2 ** (-Math.max(0, at - then) / HALF_LIFE_MS)

/**
 * Learns from what the maker of a ticker has seen. One that cannot be true, that came before, or
 * that is older than the last changes nothing: then the state itself is returned.
 * @param at epoch ms
 */
export const learn = (
  state: HoursLearnt,
  ticker: string,
  report: HoursReport,
  at: Millis,
): HoursLearnt => {
  if (!isCredible(report, at)) return state
  const before = state.told[ticker]
  const added = addedBy(report, before)
  if (added === null) return state
  const told = newestOf({ ...state.told, [ticker]: { ...report, at } }, MOST_TOLD)
  const name = seriesOf(ticker)
  const isWatched = ([other, { at: then }]: [string, Told]): boolean =>
    seriesOf(other) === name && Math.abs(at - then) <= WATCHED_MS
  const share = 1 / Math.max(1, Object.entries(told).filter(isWatched).length)
  const known = state.series[name]
  const fade = known === undefined ? 0 : fadeOf(known, at)
  const sum = (old: readonly number[] | undefined, more: readonly number[]): number[] =>
    more.map((value, hour) => (old?.[hour] ?? 0) * fade + value * share)
  const hours = {
    at: Math.max(at, known?.at ?? 0),
    moved: sum(known?.moved, added.moved),
    watched: sum(known?.watched, added.watched),
  }
  return { series: newestOf({ ...state.series, [name]: hours }, MOST_SERIES), told }
}

const bounded = (value: number, most: number): number =>
  Number(Math.min(Math.max(value, 1 / most), most).toPrecision(3))

/**
 * The factors of a series at epoch ms, drawn to 1 by how little was seen: `overall` between 1/8 and
 * 8, each hour between 1/4 and 4. null where nothing was seen.
 */
export const factorsOf = (state: HoursLearnt, ticker: string, at: Millis): HourFactors | null => {
  const hours = state.series[seriesOf(ticker)]
  if (hours === undefined) return null
  const fade = fadeOf(hours, at)
  const total = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) * fade
  const all = (total(hours.moved) + OVERALL_PRIOR) / (total(hours.watched) + OVERALL_PRIOR)
  const overall = bounded(all, MOST_OVERALL)
  const byHour = hours.watched.map((watched, hour) => {
    const moved = (hours.moved[hour]! * fade) / overall
    return bounded((moved + HOUR_PRIOR) / (watched * fade + HOUR_PRIOR), MOST_HOUR)
  })
  return { overall, byHour }
}
