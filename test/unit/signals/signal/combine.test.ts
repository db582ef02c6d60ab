// What a value still counts, how values become one, and what of a gap is no signal.

import { describe, expect, it } from 'vitest'
import { freshness, Liveness, StandstillWatch } from '../../../../src/signals/common/freshness.ts'
import { logit } from '../../../../src/signals/common/odds.ts'
import type { ExternalValue } from '../../../../src/signals/common/types.ts'
import { Basis } from '../../../../src/signals/signal/basis.ts'
import {
  EMPTY_POOL,
  outlierRule,
  poolValues,
  poolVotes,
} from '../../../../src/signals/signal/combine.ts'
import { close } from '../../../helpers/tables.ts'

const NOW = 1_790_000_000_000

describe('freshness', () => {
  it('halves with every half-life and ends at the largest age', () => {
    const at = (age: number): number => freshness(age, 60_000, 180_000)
    expect([0, 60_000, 120_000, 180_000].map(at)).toEqual([1, 0.5, 0.25, 0.125])
    expect(at(30_000)).toBeCloseTo(Math.SQRT1_2, 12)
    expect([at(180_001), at(Number.NaN)]).toEqual([0, 0])
  })

  it('takes a little backward time as none and a lot as unknown age', () => {
    expect(freshness(-500, 60_000, 180_000)).toBe(1)
    expect(freshness(-3_600_000, 60_000, 180_000)).toBe(0)
  })

  it('of a connection lasts 20 s after any sign of life and ends at once with it', () => {
    const line = new Liveness()
    expect(line.alive(NOW)).toBe(false)
    line.received(NOW)
    expect([line.alive(NOW + 20_000), line.alive(NOW + 20_001)]).toEqual([true, false])
    line.received(NOW + 30_000)
    line.lost()
    expect(line.alive(NOW + 30_000)).toBe(false)
  })

  it('is denied to a book that sleeps while our venue moves, until it changes', () => {
    const sleeper = new StandstillWatch()
    const minute = 60_000
    expect(sleeper.isStandingStill(0.29, 28, NOW)).toBe(false)
    expect(sleeper.isStandingStill(0.29, 15, NOW + 29 * minute)).toBe(false)
    expect(sleeper.isStandingStill(0.29, 28, NOW + 30 * minute)).toBe(true)
    expect(sleeper.isStandingStill(0.3, 28, NOW + 31 * minute)).toBe(false)
    expect(sleeper.isStandingStill(0.3, 29.9, NOW + 90 * minute)).toBe(false)
  })
})

describe('pool', () => {
  it('drops the one that two outvote', () => {
    const nearOnes = [0.52, 0.53, 0.61]
    const farOnes = [0.9, 0.91, 0.97]
    const near = outlierRule(nearOnes.map(logit))
    expect(near).toMatchObject(close(6, { median: 0.120144 }))
    expect(near.threshold).toBeCloseTo(0.2, 12)
    const far = outlierRule(farOnes.map(logit))
    expect(far.median).toBeCloseTo(2.313635, 6)
    expect(far).toMatchObject(close(5, { threshold: 0.51777 }))
    for (const ps of [nearOnes, farOnes]) {
      const pool = poolVotes(ps.map((p) => ({ p, weight: 100 })))
      expect(pool).toMatchObject({ used: 2, outliers: 1, disagree: false })
      expect(pool.p).toBeLessThan(ps[1]!)
    }
  })

  it('is nothing when two are more than 4 cents apart, and something at 4', () => {
    const pooled = (weight: number, ...ps: number[]) => poolVotes(ps.map((p) => ({ p, weight })))
    expect(pooled(100, 0.5, 0.56)).toMatchObject({ p: null, weight: 0, disagree: true })
    expect(pooled(1, 0.3, 0.34).disagree).toBe(false)
  })

  it('does not see a value of weight 0 or without a probability', () => {
    const one = poolVotes([{ p: 0.4, weight: 5 }])
    const unseen = [Number.NaN, 1].map((p) => ({ p, weight: 5 }))
    const votes = [{ p: 0.9, weight: 0 }, { p: 0.4, weight: 5 }, ...unseen]
    expect(poolVotes(votes)).toEqual(one)
    expect(poolVotes([])).toEqual(EMPTY_POOL)
  })

  it('weighs values by kind: a Polymarket value counts at 20 s and not 1 ms later', () => {
    const value: ExternalValue = {
      ...{ source: 'polymarket', kind: 'polymarket', key: 'k', raw: {} },
      ...{ pYes: 0.6, sigma: 0.06, changedAt: NOW, confirmedAt: NOW },
    }
    expect(poolValues([value], NOW).weight).toBeCloseTo(277.777778, 6)
    expect(poolValues([value], NOW + 20_000).used).toBe(1)
    expect(poolValues([value], NOW + 20_001)).toEqual(EMPTY_POOL)
  })
})

describe('basis', () => {
  it('follows the gap with a half-life of a day', () => {
    const basis = new Basis()
    const rows = [
      [0, 2, 0, 2],
      [600, 2.5, 0.5, 2.00240098],
      [1200, 1, -1.00240098, 1.99758749],
      [4800, 4, 2.00241251, 2.05459229],
      [26_400, 3, 0.94540771, 2.20501005],
    ] as const
    for (const [seconds, gap, x, after] of rows) {
      expect(basis.observe(gap, NOW + seconds * 1000)).toBeCloseTo(x, 8)
      expect(basis.value).toBeCloseTo(after, 8)
    }
    expect(basis.ready).toBe(false)
    const copy = new Basis(basis.state())
    expect(copy.observe(1, NOW + 30_000_000)).toBe(basis.observe(1, NOW + 30_000_000))
  })

  it('is ready after eight observations over half an hour, not before', () => {
    const quick = new Basis()
    for (let i = 0; i < 20; i++) quick.observe(1, NOW + i * 1000)
    expect(quick.ready).toBe(false)
    const slow = new Basis()
    for (let i = 0; i < 7; i++) slow.observe(1, NOW + i * 300_000)
    expect(slow.ready).toBe(false)
    slow.observe(1, NOW + 7 * 300_000)
    expect(slow.ready).toBe(true)
  })

  it('learns nothing from a time that runs backwards, and knows when it is too large', () => {
    const basis = new Basis()
    basis.observe(5, NOW)
    expect(basis.overCap).toBe(true)
    basis.observe(1, NOW - 86_400_000)
    expect(basis.value).toBe(5)
  })
})
