// Which factors are worth a step of the engine: those that differ from what it was told last.

import type { HourFactors } from '../vocabulary/hours.ts'

/** A factor that has changed by less than this share changes no price. */
const LEAST_CHANGE = 0.05

const differs = (now: number, before: number): boolean =>
  Math.abs(now - before) > LEAST_CHANGE * before

/** @param before what the engine was told last; null where it was told nothing, which is 1 */
export const isHoursNews = (before: HourFactors | null, now: HourFactors): boolean =>
  differs(now.overall, before?.overall ?? 1) ||
  now.byHour.some((factor, hour) => differs(factor, before?.byHour[hour] ?? 1))
