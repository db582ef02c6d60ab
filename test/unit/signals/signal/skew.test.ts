// From pool to skew: the worked cases, and each way in which the skew is exactly zero.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshness } from '../../../../src/signals/common/freshness.ts'
import { EMPTY_POOL, type Pool, poolVotes } from '../../../../src/signals/signal/combine.ts'
import {
  closingShare,
  decideSkew,
  gainOf,
  horizonOf,
  LearnedGain,
  type SkewInput,
  skewOf,
} from '../../../../src/signals/signal/skew.ts'

const NOW = 1_790_000_000_000

/** p, sigma, age, half-life and largest age in seconds. */
type Source = readonly [number, number, number, number, number]

const pooled = (...sources: Source[]): Pool =>
  poolVotes(
    sources.map(([p, sigma, age, half, max]) => ({
      p,
      weight: freshness(age * 1000, half * 1000, max * 1000) / (sigma * sigma),
    })),
  )

describe('gain', () => {
  it('is the table of horizons and closing times for one source', () => {
    const weight = 1 / 0.06 ** 2
    const table: [number, number[]][] = [
      [1800, [0.0101, 0.0198, 0.0472, 0.0872, 0.1945, 0.2661]],
      [3600, [0.0051, 0.0101, 0.0246, 0.0472, 0.1211, 0.1945]],
      [7200, [0.0026, 0.0051, 0.0126, 0.0246, 0.0681, 0.1211]],
      [14_400, [0.0013, 0.0026, 0.0063, 0.0126, 0.0362, 0.0681]],
    ]
    const horizons = [60, 120, 300, 600, 1800, 3600]
    for (const [tau, row] of table) {
      row.forEach((wanted, i) => {
        expect(gainOf(horizons[i]!, tau, weight)).toBeCloseTo(wanted, 4)
      })
    }
    expect(closingShare(1, 600)).toBe(closingShare(10, 600))
    expect(closingShare(9999, 600)).toBe(closingShare(3600, 600))
    expect([1, 10, 77, 3600, 9999].map(horizonOf)).toEqual([10, 10, 77, 3600, 3600])
  })

  it('is drawn to the formula by what it has not learned', () => {
    const learned = new LearnedGain()
    const x = [2, -1, 3, 0.5, -2.5, 1]
    const d = [0.5, 0, 1, -0.5, -1, 0.5]
    x.forEach((value, i) => {
      learned.add(value, d[i]!)
    })
    expect(learned.gain(0.05)).toBeCloseTo(0.07562077, 8)
    expect(learned.gain(0.05, 0)).toBeCloseTo(0.31395349, 8)
    learned.add(100, 100)
    expect(learned.gain(0.05)).toBe(0.5)
    learned.add(100, -1000)
    expect(learned.gain(0.05)).toBe(0)
    expect(new LearnedGain().gain(0.07, 0)).toBe(0.07)
  })
})

describe('skew', () => {
  /** Of the pool: p and weight; then gain, gap x and the skew. */
  type Worked = [p: number | null, weight: number, gain: number, x: number, alpha: number]
  interface Case {
    readonly fair?: number
    readonly sources: Source[]
    readonly tau?: number
    readonly horizon?: number
    readonly basis?: number
    readonly precision?: number
    readonly cap?: number
    readonly wanted: Worked
  }
  /** One source, sure to 6 cents, that has just said p or did so `age` seconds ago. */
  const one = (p: number, age = 0): Source => [p, 0.06, age, 60, 180]
  /** Another one that is less sure and lasts longer. */
  const other = (p: number, age: number): Source => [p, 0.08, age, 120, 300]
  const cases: Record<string, Case> = {
    P1: { sources: [one(0.55)], wanted: [0.55, 277.777778, 0.05577515, 5, 0.27887576] },
    P2: {
      sources: [one(0.53, 10), other(0.545, 45)],
      wanted: [0.534919, 367.957087, 0.06717239, 3.491896, 0.23455902],
    },
    P3: {
      sources: [one(0.53, 10), other(0.6, 301)],
      wanted: [0.53, 247.471866, 0.05141603, 3, 0.15424809],
    },
    P4: {
      ...{ fair: 92, sources: [one(0.95, 5), other(0.94, 20)] },
      wanted: [0.946725, 401.390234, 0.07088893, 2.672491, 0.18944999],
    },
    P5: {
      ...{ fair: 40, sources: [[0.6, 0.04, 0, 60, 180]] },
      ...{ tau: 60, horizon: 600, precision: 100, cap: 3 },
      wanted: [0.6, 625, 0.86202983, 20, 3],
    },
    P6: {
      sources: [one(0.47, 10), other(0.455, 45)],
      wanted: [0.465081, 367.957087, 0.06717239, -3.491896, -0.23455902],
    },
    P7: { sources: [one(0.53, 181)], wanted: [null, 0, 0, 0, 0] },
    P8: {
      ...{ sources: [one(0.55)], tau: 7200, horizon: 1800, basis: 2 },
      wanted: [0.55, 277.777778, 0.0680613, 3, 0.20418389],
    },
    P9: {
      ...{ sources: [one(0.51)], tau: 7200, horizon: 1800, basis: 2.5 },
      wanted: [0.51, 277.777778, 0.0680613, -1.5, -0.10209195],
    },
  }
  it.each(Object.entries(cases))('is the worked case %s', (_, { sources, wanted, ...given }) => {
    const { fair = 50, tau = 600, horizon = 120, basis = 0, precision, cap = 1 } = given
    const pool = pooled(...sources)
    const [p, weight, gain, x, alpha] = wanted
    if (p === null) expect(pool.p).toBeNull()
    else expect(pool.p).toBeCloseTo(p, 6)
    expect(pool.weight).toBeCloseTo(weight, 6)
    const gotGain = gainOf(horizon, tau, pool.weight, precision)
    expect(gotGain).toBeCloseTo(gain, 8)
    const gotX = pool.p === null ? 0 : 100 * pool.p - fair - basis
    expect(gotX).toBeCloseTo(x, 6)
    expect(skewOf(gotGain, gotX, cap)).toBeCloseTo(alpha, 8)
  })

  const input = (change: Partial<SkewInput> = {}): SkewInput => ({
    at: NOW,
    mode: 'live',
    licence: 1,
    killed: false,
    mapped: true,
    shocked: false,
    pool: pooled(one(0.53, 10), other(0.545, 45)),
    fair: 50,
    kalshiBid: 49,
    kalshiAsk: 51,
    basis: { value: 0, ready: true, overCap: false },
    startAt: NOW + 3_600_000,
    inPlay: false,
    closeAt: NOW + 86_400_000,
    horizonSeconds: 120,
    tauSeconds: 600,
    maxCents: 1,
    learnedGain: null,
    ...change,
  })

  it('of a whole decision is the worked case', () => {
    const decision = decideSkew(input())
    expect(decision).toMatchObject({ reason: '', alpha: expect.closeTo(0.23455902, 8) })
    expect(decision.shadow).toBe(decision.alpha)
    expect(decision.gap).toBeCloseTo(3.491896, 6)
  })

  it('takes a learned gain with a licence only, and always names the formula’s', () => {
    const formula = decideSkew(input()).gain
    expect(formula).toBeCloseTo(0.06717239, 8)
    const learned = decideSkew(input({ learnedGain: 0.1 }))
    expect(learned).toMatchObject({ gain: 0.1, formula })
    expect(learned.alpha).toBeCloseTo(0.3491896, 6)
    const without = decideSkew(input({ learnedGain: 0.1, licence: 0 }))
    expect(without).toMatchObject({ gain: formula, formula, alpha: 0 })
    // Stored before gains were learned, a licence has none.
    const old = input({ learnedGain: undefined as unknown as null })
    expect(decideSkew(old)).toMatchObject({ gain: formula, reason: '' })
  })

  const zeros: [string, Partial<SkewInput>][] = [
    ['killed', { killed: true }],
    ['mode', { mode: 'shadow' }],
    ['mode', { mode: 'off' }],
    ['unlicensed', { licence: 0 }],
    ['mapping', { mapped: false }],
    ['shock', { shocked: true }],
    ['no-source', { pool: EMPTY_POOL }],
    ['disagree', { pool: { ...EMPTY_POOL, used: 2, disagree: true } }],
    ['extreme', { pool: { p: 0.981, weight: 500, used: 2, outliers: 0, disagree: false } }],
    ['extreme', { pool: { p: 0.019, weight: 500, used: 2, outliers: 0, disagree: false } }],
    ['kalshi-one-sided', { kalshiBid: null }],
    ['kalshi-one-sided', { kalshiAsk: null }],
    ['kalshi-wide', { kalshiBid: 46, kalshiAsk: 52.1 }],
    ['started', { startAt: NOW + 60_000 }],
    ['started', { startAt: NOW - 1 }],
    ['started', { startAt: NOW + 1, inPlay: true }],
    ['closing', { closeAt: NOW + 600_000 }],
    ['closing', { closeAt: Number.NaN }],
    ['basis-warming', { basis: { value: 0, ready: false, overCap: false } }],
    ['basis-cap', { basis: { value: 4.1, ready: true, overCap: true } }],
    ['unreadable', { fair: Number.NaN }],
    ['unreadable', { horizonSeconds: Number.NaN }],
    ['unreadable', { maxCents: Number.NaN }],
  ]
  for (const [reason, change] of zeros) {
    it(`is exactly zero for ${reason} (${JSON.stringify(change)})`, () => {
      const decision = decideSkew(input(change))
      expect(decision.reason).toBe(reason)
      expect(decision.alpha).toBe(0)
      const onlyPermission = reason === 'mode' || reason === 'unlicensed'
      expect(decision.shadow !== 0).toBe(onlyPermission)
    })
  }

  it('stands at each limit, one step before the zero', () => {
    const standing: Partial<SkewInput>[] = [
      { kalshiBid: 46, kalshiAsk: 52 },
      { startAt: NOW + 60_001 },
      { startAt: null },
      { startAt: NOW, inPlay: true },
      { closeAt: NOW + 600_001 },
    ]
    for (const change of standing) expect(decideSkew(input(change)).alpha).not.toBe(0)
  })

  it('is capped by the licence, the operator and never above 3, halved for one source', () => {
    const single = pooled(one(0.6))
    const two = pooled(one(0.6), one(0.6))
    const cap = (change: Partial<SkewInput>): number =>
      decideSkew(input({ learnedGain: 0.5, fair: 40, maxCents: 9, ...change })).alpha
    expect([cap({ pool: two }), cap({ pool: single })]).toEqual([1, 0.5])
    expect(cap({ pool: two, licence: 2 })).toBe(2)
    expect(cap({ pool: two, licence: 2, maxCents: 0.25 })).toBe(0.25)
    expect([cap({ pool: two, maxCents: 0 }), cap({ pool: two, maxCents: -1 })]).toEqual([0, 0])
  })

  it('is antisymmetric: the other side of everything is the negative', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (p, off) => {
          const fair = 100 * p + off
          const at = (q: number, value: number): number =>
            decideSkew(input({ pool: pooled(one(q)), fair: value })).alpha
          expect(at(1 - p, 100 - fair)).toBeCloseTo(-at(p, fair), 9)
        },
      ),
      { seed: 20_261_124 },
    )
  })
})
