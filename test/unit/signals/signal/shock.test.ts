// The shock rule, which can only cancel, and the drills of sources that misbehave.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pulls, Shock } from '../../../../src/signals/signal/shock.ts'

const NOW = 1_790_000_000_000
const CPI = join('../shared/oracle-data', 'cpi-shock-2026-07-14/fed-decision-one-minute.csv.gz')

/** A source that has said these probabilities, each so many ms after the start. */
const having = (readings: Readonly<Record<number, number>>): Shock => {
  const shock = new Shock()
  for (const [ms, p] of Object.entries(readings)) shock.reading(p, NOW + Number(ms))
  return shock
}

describe('shock', () => {
  it('is a move of 4 cents inside a minute, in either direction', () => {
    for (const [to, side] of [
      [0.54, 'ask'],
      [0.46, 'bid'],
    ] as const) {
      const state = having({ 0: 0.5, 59000: to }).state(NOW + 59_000)
      expect(state).toMatchObject({ pull: side, holding: true, reason: 'jump' })
      expect(state.until).toBe(NOW + 119_000)
      expect(Math.abs(state.cents)).toBeCloseTo(4, 9)
    }
  })

  it('is not a move of less, nor the same move in small steps over three minutes', () => {
    expect(having({ 0: 0.5, 30000: 0.539 }).state(NOW + 30_000).holding).toBe(false)
    const slow = new Shock()
    for (let s = 0; s <= 180; s++) slow.reading(0.5 + s * 0.0005, NOW + s * 1000)
    expect(slow.state(NOW + 180_000).holding).toBe(false)
  })

  it('sees a move away from what stood when the minute began', () => {
    expect(having({ 0: 0.5, 100000: 0.55 }).state(NOW + 100_000).pull).toBe('ask')
    expect(having({ 0: 0.5, 200000: 0.55 }).state(NOW + 200_000).pull).toBeNull()
  })

  it('holds a minute, and then waits for two readings that agree', () => {
    const shock = having({ 0: 0.5, 1000: 0.6 })
    const end = NOW + 61_000
    const holding = (p: number, ms: number): boolean => {
      shock.reading(p, end + ms)
      return shock.state(end + ms).holding
    }
    expect(shock.state(end - 1).pull).toBe('ask')
    expect(shock.state(end)).toMatchObject({ pull: null, holding: true })
    expect([holding(0.6, 0), holding(0.6, 999), holding(0.625, 1000)]).toEqual([true, true, true])
    shock.reading(0.63, end + 2000)
    expect(shock.state(end + 2000)).toMatchObject({ holding: false, reason: '', until: 0 })
  })

  it('pulls both sides when a second jump goes the other way', () => {
    const shock = having({ 0: 0.5, 1000: 0.6, 2000: 0.5 })
    expect(shock.state(NOW + 2000)).toMatchObject({ pull: 'both', until: NOW + 62_000 })
  })

  it('comes from a suspended sportsbook, and lasts while it is suspended', () => {
    const shock = new Shock()
    shock.suspended(true, NOW)
    expect(shock.state(NOW).pull).toBe('both')
    for (let s = 0; s < 90; s++) shock.reading(0.5, NOW + s * 1000)
    expect(shock.state(NOW + 90_000).holding).toBe(true)
    shock.suspended(false, NOW + 91_000)
    shock.reading(0.5, NOW + 92_000)
    shock.reading(0.5, NOW + 93_000)
    expect(shock.state(NOW + 93_000).holding).toBe(false)
  })

  it('comes from a book that loses a side for more than two seconds', () => {
    const shock = new Shock()
    shock.oneSided(true, NOW)
    expect(shock.state(NOW + 2000).pull).toBeNull()
    expect(shock.state(NOW + 2001)).toMatchObject({ pull: 'both', reason: 'one-sided' })
    const brief = new Shock()
    brief.oneSided(true, NOW)
    brief.oneSided(false, NOW + 1500)
    expect(brief.state(NOW + 5000).pull).toBeNull()
  })

  it('does not measure a source that returns by what it said before it was lost', () => {
    const shock = having({ 0: 0.5 })
    shock.lost(NOW + 1000)
    shock.reading(0.6, NOW + 2000)
    expect(shock.state(NOW + 2000).holding).toBe(false)
  })

  it('keeps its memory and its verdict at ten thousand readings a second', () => {
    const shock = new Shock()
    for (let i = 0; i < 10_000; i++) shock.reading(0.5 + (i % 2) * 0.001, NOW + i / 10)
    expect(shock.state(NOW + 1000).holding).toBe(false)
    shock.reading(0.45, NOW + 1001)
    expect(shock.state(NOW + 1001).pull).toBe('bid')
  })

  it('survives a clock that jumps an hour either way', () => {
    const shock = having({ 0: 0.5, 1000: 0.6, 3600000: 0.6 })
    shock.reading(0.6, NOW + 2000)
    const { until } = shock.state(NOW + 2000)
    expect(until).toBeLessThanOrEqual(NOW + 62_000)
    shock.reading(0.6, NOW + 70_000)
    shock.reading(0.6, NOW + 72_000)
    expect(shock.state(NOW + 72_000).holding).toBe(false)
    shock.reading(0.7, NOW + 73_000)
    expect(shock.state(NOW + 73_000).pull).toBe('ask')
  })

  it('ignores what is no probability', () => {
    const shock = having({ 0: 0.5 })
    for (const bad of [Number.NaN, 0, 1, -1, 5]) shock.reading(bad, NOW + 1000)
    expect(shock.state(NOW + 1000).holding).toBe(false)
  })

  it('concerns the sides it names', () => {
    expect([pulls('both', 'bid'), pulls('both', 'ask'), pulls('bid', 'bid')]).not.toContain(false)
    expect([pulls('bid', 'ask'), pulls(null, 'ask')]).toEqual([false, false])
  })
})

describe.skipIf(!existsSync(CPI))('inflation release of 14 July 2026 (recording at hand)', () => {
  const run = (ticker: string): { at: string; pull: string | null; cents: number }[] => {
    const shock = new Shock()
    const rows = gunzipSync(readFileSync(CPI))
      .toString()
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','))
      .filter((fields) => fields[1] === ticker)
      .sort((a, b) => Date.parse(a[0]!) - Date.parse(b[0]!))
    return rows.flatMap(([time = '', , , , bid = '', ask = '']) => {
      if (bid === '' || ask === '') return []
      const at = Date.parse(time)
      shock.reading((Number(bid) + Number(ask)) / 2, at)
      const { pull, cents } = shock.state(at)
      return [{ at: time.slice(11, 19), pull, cents }]
    })
  }

  it('shocks upward by 10.0 cents at 12:30:13 where rates stay', () => {
    const steps = run('KXFEDDECISION-26JUL-H0')
    const first = steps.find(({ pull }) => pull !== null)
    expect(first).toMatchObject({ at: '12:30:13', pull: 'ask' })
    expect(first!.cents).toBeCloseTo(10, 6)
  })

  it('shocks downward by 11.4 cents at the same tick where they rise', () => {
    const first = run('KXFEDDECISION-26JUL-H25').find(({ pull }) => pull !== null)
    expect(first).toMatchObject({ at: '12:30:13', pull: 'bid' })
    // From the highest of the last minute: 29.45 when it began, 18.05 after the release.
    expect(first!.cents).toBeCloseTo(-11.4, 6)
  })
})
