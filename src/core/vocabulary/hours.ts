// How much the markets of one series move, hour by hour: what makers have seen, and what the desk
// makes of it. UTC hours, 0 to 23.

import type { Millis } from './units.ts'

/**
 * Variance in units of what evenly coming information would bring: 1 where the mid moves as if the
 * outcome were learnt evenly until it is known.
 */
export interface HourFactors {
  /** Over all hours. */
  readonly overall: number
  /** Of each UTC hour, 24 of them, in units of `overall`. */
  readonly byHour: readonly number[]
}

/**
 * What one engine has seen since it began. Totals and no differences, so that an answer that is
 * lost loses nothing, and one that comes twice counts once.
 */
export interface HoursReport {
  /** Epoch ms of the first look; names the engine, for another one begins later. */
  readonly since: Millis
  /** Of each hour in which anything was seen: hour, seconds of variance, seconds of watching. */
  readonly totals: readonly (readonly [hour: number, moved: number, watched: number])[]
}
