// What the factors of a series do to the variance that is expected, and what no factor may do.

import { describe, expect, it } from 'vitest'
import { HourPace } from '../../../../src/core/hours/factors.ts'
import { isHoursNews } from '../../../../src/core/hours/news.ts'

const MIDNIGHT = Date.parse('2026-11-02T00:00:00Z')
const at = (hour: number, seconds = 0): number => MIDNIGHT + 1000 * (3600 * hour + seconds)
const FADE = 600
const LONG_AGO = 86_400

const paceOf = (factors: Readonly<Record<number, number>>, overall = 1): HourPace => {
  const pace = new HourPace()
  pace.hear({ overall, byHour: Array.from({ length: 24 }, (_, hour) => factors[hour] ?? 1) })
  return pace
}

describe('the pace of an hour', () => {
  it('is 1 until the desk has spoken', () => {
    const pace = new HourPace()
    expect(pace.isKnown).toBe(false)
    expect(pace.ahead(at(14), 30)).toBe(1)
    expect(pace.carried(at(14), 30, LONG_AGO, FADE)).toBe(1)
  })

  it('is that of the series times that of the hour', () => {
    expect(paceOf({ 14: 3 }, 0.5).ahead(at(14, 60), 30)).toBe(1.5)
    expect(paceOf({ 14: 3 }, 0.5).ahead(at(15, 60), 30)).toBe(0.5)
  })

  it('passes into the next hour as the time held does', () => {
    const pace = paceOf({ 0: 2, 23: 4 })
    expect(pace.ahead(at(23, 3600 - 30), 30)).toBe(4)
    expect(pace.ahead(at(23, 3600 - 15), 30)).toBe(3)
    expect(pace.ahead(at(24), 30)).toBe(2)
  })

  it('carries what was seen over into the next hour, and less as that hour is seen', () => {
    const pace = paceOf({ 14: 3 })
    expect(pace.carried(at(14), 30, LONG_AGO, FADE)).toBeCloseTo(3, 2)
    const later = pace.carried(at(14, 600), 30, LONG_AGO, FADE)
    const share = Math.exp(-1)
    expect(later).toBeCloseTo(3 / (3 * (1 - share) + share), 2)
    expect(pace.carried(at(14, 3540), 30, LONG_AGO, FADE)).toBeCloseTo(1, 2)
    expect(pace.carried(at(15), 30, LONG_AGO, FADE)).toBeCloseTo(1 / 3, 2)
  })

  it('carries nothing over from hours that were not watched', () => {
    expect(paceOf({ 14: 3 }).carried(at(14, 60), 30, 60, FADE)).toBe(1)
    expect(paceOf({ 14: 3 }).carried(at(14, 60), 30, 0, FADE)).toBe(1)
  })

  it('carries over fourfold at most, and no less than a quarter', () => {
    const pace = paceOf({ 13: 0.25, 14: 4 })
    expect(pace.carried(at(14), 30, LONG_AGO, FADE)).toBe(4)
    expect(paceOf({ 13: 4, 14: 0.25 }).carried(at(14), 30, LONG_AGO, FADE)).toBe(0.25)
  })

  it('is bounded, whatever the desk says', () => {
    const pace = paceOf({ 14: 1e9, 15: 1e-9 }, 1e9)
    expect(pace.ahead(at(14), 30)).toBe(32)
    expect(pace.ahead(at(15), 30)).toBe(2)
    expect(paceOf({}, 1e-9).ahead(at(15), 30)).toBe(0.125)
  })

  it.each([
    { overall: Number.NaN, byHour: new Array(24).fill(2) },
    { overall: 2, byHour: new Array(23).fill(2) },
    { overall: 2, byHour: [...new Array(23).fill(2), 0] },
    { overall: 2, byHour: [...new Array(23).fill(2), Number.POSITIVE_INFINITY] },
    { overall: 2, byHour: undefined as unknown as number[] },
  ])('is 1 again after what cannot be read: %j', (factors) => {
    const pace = paceOf({ 14: 3 })
    pace.hear(factors)
    expect(pace.isKnown).toBe(false)
    expect(pace.ahead(at(14), 30)).toBe(1)
  })
})

describe('factors', () => {
  const flat = { overall: 1, byHour: new Array(24).fill(1) }

  it('are no news where nothing was learnt, or little has changed', () => {
    expect(isHoursNews(null, flat)).toBe(false)
    expect(isHoursNews(flat, { ...flat, overall: 1.04 })).toBe(false)
  })

  it('are news where one of them has changed', () => {
    expect(isHoursNews(null, { ...flat, overall: 1.1 })).toBe(true)
    expect(isHoursNews(flat, { ...flat, byHour: flat.byHour.with(7, 0.9) })).toBe(true)
    expect(isHoursNews({ ...flat, overall: 2 }, flat)).toBe(true)
  })
})
