// What the desk learns of the hours of a series, from reports that may be lost, repeated or false.

import { describe, expect, it } from 'vitest'
import {
  factorsOf,
  type HoursLearnt,
  learn,
  nothingLearnt,
  seriesOf,
} from '../../../../src/core/hours/learnt.ts'
import type { HoursReport } from '../../../../src/core/vocabulary/hours.ts'

const DAY = 86_400_000
const AT = Date.parse('2026-11-02T00:00:00Z')
const report = (totals: HoursReport['totals'], since = AT - DAY): HoursReport => ({ since, totals })
const told = (totals: HoursReport['totals'], at = AT, from = nothingLearnt()): HoursLearnt =>
  learn(from, 'KXA-1', report(totals), at)

/** A market watched for `days` days, which moves `moved` in hour 14 and `else_` in all others. */
const watched = (days: number, moved: number, others: number): HoursLearnt => {
  let state = nothingLearnt()
  for (let day = 1; day <= days; day++) {
    const totals = Array.from(
      { length: 24 },
      (_, hour) => [hour, 3600 * day * (hour === 14 ? moved : others), 3600 * day] as const,
    )
    state = learn(state, 'KXA-1', { since: AT, totals }, AT + day * DAY)
  }
  return state
}

describe('the hours of a series', () => {
  it('are unknown where nothing was told', () => {
    expect(factorsOf(nothingLearnt(), 'KXA-1', AT)).toBeNull()
    expect(factorsOf(told([[14, 10, 60]]), 'KXB-1', AT)).toBeNull()
    expect(seriesOf('KXHIGHNY-25DEC14-B34.5')).toBe('KXHIGHNY')
    expect(factorsOf(told([[14, 10, 60]]), 'KXA-2-X', AT)).not.toBeNull()
  })

  it('differ from 1 only where much was seen', () => {
    const little = factorsOf(told([[14, 43_200, 3600]]), 'KXA-1', AT)!
    expect(little.overall).toBeCloseTo((43_200 + 432_000) / (3600 + 432_000), 2)
    expect(little.byHour[14]).toBeGreaterThan(1.3)
    expect(little.byHour[14]).toBeLessThan(1.6)
    expect(little.byHour[13]).toBe(1)
    const much = factorsOf(watched(30, 6, 0.5), 'KXA-1', AT)!
    expect(much.overall).toBeGreaterThan(0.73)
    expect(much.overall).toBeLessThan(0.8)
    expect(much.overall * much.byHour[14]!).toBeGreaterThan(2.5)
    expect(much.byHour[13]).toBeLessThan(0.85)
  })

  it('never leave their bounds', () => {
    const wild = factorsOf(watched(60, 100, 0), 'KXA-1', AT)!
    expect(wild.byHour[14]).toBe(4)
    expect(wild.byHour[13]).toBeGreaterThanOrEqual(0.25)
    expect(factorsOf(watched(60, 100, 100), 'KXA-1', AT)!.overall).toBe(8)
    // Sixty days without a move, faded: a calm that is still doubted.
    const calm = factorsOf(watched(60, 0, 0), 'KXA-1', AT)!.overall
    expect(calm).toBeGreaterThanOrEqual(0.125)
    expect(calm).toBeLessThan(0.25)
  })

  it('count a report once, whether its answer was lost or it came twice', () => {
    const once = told([[14, 600, 600]])
    const twice = told([[14, 600, 600]], AT, once)
    expect(twice.series).toEqual(once.series)
    const lost = told([[14, 900, 900]], AT, nothingLearnt())
    expect(told([[14, 900, 900]], AT, once).series).toEqual(lost.series)
  })

  it('take no report back, and none of an engine before the last', () => {
    const state = told([[14, 600, 600]])
    expect(told([[14, 500, 600]], AT, state)).toBe(state)
    expect(learn(state, 'KXA-1', report([[14, 700, 700]], AT - 2 * DAY), AT)).toBe(state)
  })

  it('add what a new engine has seen', () => {
    const state = learn(told([[14, 600, 600]]), 'KXA-1', report([[14, 60, 60]], AT - 120_000), AT)
    expect(state.series.KXA!.watched[14]).toBe(660)
    expect(state.series.KXA!.moved[14]).toBe(660)
  })

  it('believe nothing that cannot be', () => {
    for (const row of [
      [24, 1, 1],
      [-1, 1, 1],
      [1.5, 1, 1],
      [1, -1, 1],
      [1, Number.NaN, 1],
      [1, 1, Number.POSITIVE_INFINITY],
      [1, 70_000, 60],
    ] as const) {
      expect(told([row])).toEqual(nothingLearnt())
    }
    const short = report([[1, 500, 500]], AT - 60_000)
    expect(learn(nothingLearnt(), 'KXA-1', short, AT)).toEqual(nothingLearnt())
  })

  it('count markets that are watched together as one', () => {
    const first = told([[14, 600, 600]])
    const both = learn(first, 'KXA-2', report([[14, 600, 600]]), AT + 1000)
    expect(both.series.KXA!.watched[14]).toBeCloseTo(600 + 300, 1)
    const later = learn(first, 'KXA-2', report([[14, 600, 600]]), AT + 601_000)
    expect(later.series.KXA!.watched[14]).toBeCloseTo(1200, 0)
  })

  it('fade to a half in three weeks', () => {
    const state = learn(told([[14, 600, 600]]), 'KXA-2', report([[3, 1, 1]]), AT + 21 * DAY)
    expect(state.series.KXA!.watched[14]).toBeCloseTo(300, 6)
    const busy = told([[14, 80_000, 80]])
    const overall = (days: number) => factorsOf(busy, 'KXA-1', AT + days * DAY)!.overall
    expect(overall(21) - 1).toBeCloseTo((overall(0) - 1) / 2, 2)
    expect(overall(900)).toBe(1)
  })

  it('are kept of the newest series and markets alone', () => {
    let state = nothingLearnt()
    for (let index = 0; index < 200; index++) {
      state = learn(state, `KX${index}-1`, report([[14, 600, 600]]), AT + index * 1000)
    }
    expect(Object.keys(state.series)).toHaveLength(60)
    expect(Object.keys(state.told)).toHaveLength(120)
    expect(factorsOf(state, 'KX199-1', AT)).not.toBeNull()
    expect(factorsOf(state, 'KX0-1', AT)).toBeNull()
    // Each save of the desk writes all of it; a value may be 2 MB.
    expect(JSON.stringify(state).length).toBeLessThan(100_000)
  })
})
