// What a maker counts of its mid, hour by hour.

import { describe, expect, it } from 'vitest'
import { HoursSeen, hourOf, LOOK_MS } from '../../../../src/core/hours/seen.ts'

const MIDNIGHT = Date.parse('2026-11-02T00:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Looks once a minute from `from` at mids that take turns. */
const looked = (mids: readonly number[], from: number, natural = 0.01, seen = new HoursSeen()) => {
  for (const [minute, mid] of mids.entries()) seen.look(mid, natural, from + minute * MINUTE)
  return seen
}

describe('the hours a maker has seen', () => {
  it('hold squared moves over what evenly coming information brings, and seconds', () => {
    const seen = looked([50, 51, 51, 49], MIDNIGHT + 14 * HOUR)
    expect(seen.report).toEqual({ since: MIDNIGHT + 14 * HOUR, totals: [[14, 500, 180]] })
  })

  it('are those in which the moves began', () => {
    const seen = looked([50, 51, 53], MIDNIGHT + 15 * HOUR - MINUTE)
    expect(seen.report?.totals).toEqual([
      [14, 100, 60],
      [15, 400, 60],
    ])
  })

  it('leave out holes, mids near the ends, and books that nobody can see', () => {
    const seen = new HoursSeen()
    seen.look(50, 0.01, MIDNIGHT)
    seen.look(60, 0.01, MIDNIGHT + 3 * MINUTE)
    seen.look(4, 0.01, MIDNIGHT + 4 * MINUTE)
    seen.look(60, 0.01, MIDNIGHT + 5 * MINUTE)
    seen.look(Number.NaN, Number.NaN, MIDNIGHT + 6 * MINUTE)
    seen.look(50, 0.01, MIDNIGHT + 7 * MINUTE)
    seen.look(50, Number.NaN, MIDNIGHT + 8 * MINUTE)
    seen.look(50, 0.01, MIDNIGHT + 7 * MINUTE)
    expect(seen.report).toBeNull()
  })

  it('count a leap as no more than a thousand times its time', () => {
    expect(looked([20, 80], MIDNIGHT, 0.05).report?.totals).toEqual([[0, 60_000, 60]])
    expect(looked([40, 50], MIDNIGHT).report?.totals).toEqual([[0, 10_000, 60]])
  })

  it('want a look each minute, and at once after a clock that went back', () => {
    const seen = new HoursSeen()
    expect(seen.isDue(MIDNIGHT)).toBe(true)
    seen.look(50, 0.01, MIDNIGHT + 30_000)
    expect(seen.isDue(MIDNIGHT + 59_999)).toBe(false)
    expect(seen.isDue(MIDNIGHT + LOOK_MS)).toBe(true)
    expect(seen.isDue(MIDNIGHT - 1)).toBe(true)
  })

  it('are those of UTC', () => {
    expect(hourOf(MIDNIGHT + 24 * HOUR - 1)).toBe(23)
    expect(hourOf(-1)).toBe(23)
  })
})
