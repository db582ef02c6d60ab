// Markouts: small tables by hand, the moment at which a fill matures, and what the verdict needs.

import { describe, expect, it } from 'vitest'
import {
  type MarkoutSnapshot,
  Markouts,
  markoutStep,
  RING,
} from '../../../../src/core/estimators/markouts.ts'

const T0 = 1_790_000_000_000
const at = (seconds: number): number => T0 + seconds * 1000

/** Fills of a side that have reached a horizon. */
const matured = (markouts: Markouts, side: 'bid' | 'ask', horizon: 5 | 30 | 300): number =>
  markouts.snapshot()[side].matured[[5, 30, 300].indexOf(horizon)] ?? Number.NaN

/** `count` fills of 50 contracts a second apart, each `edge` c good, then `drift` c later on. */
const run = (count: number, edge: number, drift: number): Markouts => {
  const markouts = new Markouts()
  for (let i = 0; i < count; i++) markouts.onFill('bid', 50 - edge, 50, 50, T0 + i)
  markouts.onFair(50 + drift, at(20))
  markouts.onFair(50 + drift, at(400))
  return markouts
}

describe('markouts', () => {
  it('move a tenth of the way for 50 contracts, and 0.2/6 of it for ten', () => {
    expect(markoutStep(0, -2, 50)).toBeCloseTo(-0.2, 12)
    expect(markoutStep(1, -2, 10)).toBeCloseTo(1 - 3 * (0.2 / 6), 12)
  })

  it('follow a bought fill through 5, 30 and 300 seconds', () => {
    const markouts = new Markouts()
    markouts.onFill('bid', 48, 50, 50, T0)
    markouts.onFair(49, at(4))
    markouts.onFair(47, at(20))
    markouts.onFair(52, at(299))
    markouts.onFair(60, at(301))
    // 49 held at 5 s, 47 at 30 s, 52 at 300 s: each a tenth of -1, -3, +2.
    expect(markouts.average('bid', 5)).toBeCloseTo(-0.1, 12)
    expect(markouts.average('bid', 30)).toBeCloseTo(-0.3, 12)
    expect(markouts.average('bid', 300)).toBeCloseTo(0.2, 12)
    expect(markouts.edge('bid')).toBeCloseTo(0.2, 12)
    expect(markouts.average('ask', 30)).toBe(0)
  })

  it('are adverse for a sale when the fair value rises', () => {
    const markouts = new Markouts()
    markouts.onFill('ask', 52, 50, 50, T0)
    markouts.onFair(54, at(30))
    expect(markouts.average('ask', 30)).toBeCloseTo(-0.4, 12)
    expect(markouts.adverse('ask')).toBeCloseTo(0.4, 12)
    expect(markouts.edge('ask')).toBeCloseTo(0.2, 12)
    expect(markouts.adverse('bid')).toBe(0)
  })

  it('mature at the fair value that held when they were due, not at a later one', () => {
    const markouts = new Markouts()
    markouts.onFill('bid', 49, 50, 50, T0)
    markouts.onFair(20, T0 + 5001)
    expect([markouts.average('bid', 5), matured(markouts, 'bid', 5)]).toEqual([0, 1])
    const exact = new Markouts()
    exact.onFill('bid', 49, 50, 50, T0)
    exact.onFair(20, T0 + 5000)
    expect(exact.average('bid', 5)).toBeCloseTo(-3, 12)
  })

  it('wait until they are due', () => {
    const markouts = new Markouts()
    markouts.onFill('bid', 49, 50, 10, T0)
    markouts.onFill('ask', 51, 50, 10, at(2))
    markouts.onFair(50, at(5) - 1)
    expect(matured(markouts, 'bid', 5)).toBe(0)
    markouts.onFair(50, at(5))
    expect([matured(markouts, 'bid', 5), matured(markouts, 'ask', 5)]).toEqual([1, 0])
    markouts.onFair(50, at(8))
    markouts.onFair(50, at(1000))
    expect(matured(markouts, 'ask', 300)).toBe(1)
  })

  it('cost nothing when favourable, and at most the cap', () => {
    expect(run(1, 1, 5).adverse('bid')).toBe(0)
    expect(run(200, 1, -9).adverse('bid')).toBe(3)
    expect(run(200, 1, -9).adverse('bid', 1)).toBe(1)
  })

  it('of both sides together are their average by what has matured: a trend costs nothing', () => {
    const markouts = new Markouts()
    expect(markouts.adverseOfBoth()).toBe(0)
    for (let i = 0; i < 3; i++) markouts.onFill('bid', 50, 50, 50, at(0))
    markouts.onFill('ask', 50, 50, 50, at(0))
    markouts.onFair(46, at(10))
    markouts.onFair(46, at(40))
    const [bid, ask] = [markouts.average('bid', 30), markouts.average('ask', 30)]
    expect(bid).toBeLessThan(0)
    expect(ask).toBeGreaterThan(0)
    // Four fills of 4 c either way: believed by n/(n + (s/0.5)^2).
    const mean = (3 * bid + ask) / 4
    const believed = 4 / (4 + (16 - mean * mean) / 0.25)
    expect(markouts.adverseOfBoth(9)).toBeCloseTo(-mean * believed, 12)
    expect(markouts.adverseOfBoth(0.01)).toBe(0.01)
    const trend = new Markouts()
    trend.onFill('bid', 50, 50, 50, at(0))
    trend.onFill('ask', 50, 50, 50, at(0))
    trend.onFair(46, at(10))
    trend.onFair(46, at(40))
    expect(trend.adverseOfBoth()).toBe(0)
    expect(trend.adverse('bid')).toBeGreaterThan(0)
  })

  it('are believed the less, the fewer and the more scattered they are', () => {
    // A fill of 50 every 40 s; after each the fair value falls by the next of `moves`.
    const fallen = (count: number, ...moves: number[]): Markouts => {
      const markouts = new Markouts()
      for (let i = 0; i < count; i++) {
        markouts.onFill('bid', 50, 50, 50, at(40 * i))
        markouts.onFair(50 + moves[i % moves.length]!, at(40 * i + 20))
        markouts.onFair(50, at(40 * i + 39))
      }
      return markouts
    }
    const steady = fallen(60, -1)
    const scattered = fallen(60, -7, 5)
    // The average of the last ones may lie on either side; what it is believed by does not.
    const share = (markouts: Markouts): number =>
      markouts.adverseOfBoth(9) / -markouts.average('bid', 30)
    expect(share(steady)).toBeGreaterThan(0.95)
    expect(share(scattered)).toBeLessThan(0.35)
    expect(share(fallen(12, -3, -1))).toBeLessThan(share(fallen(200, -3, -1)))
  })

  it('treat a clock that steps back as no time passed', () => {
    const markouts = new Markouts()
    markouts.onFill('bid', 49, 50, 50, at(10))
    markouts.onFill('bid', 49, 50, 50, at(0))
    markouts.onFair(40, at(14))
    expect(matured(markouts, 'bid', 5)).toBe(0)
    markouts.onFair(40, at(15))
    expect(matured(markouts, 'bid', 5)).toBe(2)
    const fresh = new Markouts()
    fresh.onFair(50, at(10))
    fresh.onFill('bid', 49, 50, 50, at(0))
    fresh.onFair(50, at(15) - 1)
    expect(matured(fresh, 'bid', 5)).toBe(0)
    fresh.onFair(50, at(15))
    expect(matured(fresh, 'bid', 5)).toBe(1)
  })

  it('keep the last fair value known when a new one is not a number', () => {
    const markouts = new Markouts()
    markouts.onFill('bid', 49, 50, 50, T0)
    markouts.onFair(Number.NaN, at(6))
    expect(markouts.average('bid', 5)).toBe(0)
    markouts.onFair(40, at(31))
    expect(markouts.average('bid', 30)).toBe(0)
    markouts.onFill('bid', 49, Number.NaN, 50, at(7))
    markouts.onFill('bid', 49, 50, 0, at(7))
    expect(markouts.fills('bid')).toBe(1)
  })

  it('drop the oldest when more are pending than there is room for', () => {
    const markouts = new Markouts()
    for (let i = 0; i <= RING; i++) markouts.onFill('bid', 49, 50, 1, T0 + i)
    markouts.onFair(50, at(1000))
    expect([matured(markouts, 'bid', 300), markouts.fills('bid')]).toEqual([RING, RING + 1])
  })

  it('come back from plain JSON as they were, without pending fills', () => {
    const before = run(40, 1, -3)
    before.onFill('ask', 52, 47, 10, at(500))
    const text = JSON.stringify(before.snapshot())
    const after = new Markouts()
    expect(after.restore(JSON.parse(text) as MarkoutSnapshot)).toBe(true)
    expect(after.snapshot()).toEqual(before.snapshot())
    expect(after.results.snapshot()).toEqual(before.results.snapshot())
    // A snapshot is a copy: what happens later does not reach back into it.
    const kept = after.snapshot()
    after.onFill('bid', 40, 47, 50, at(600))
    after.onFair(47, at(2000))
    expect(kept).toEqual(JSON.parse(text))
  })

  it('come back from a snapshot that is older than the blocks', () => {
    const { bid, ask } = run(40, 1, -3).snapshot()
    const after = new Markouts()
    expect(after.restore({ bid, ask })).toBe(true)
    expect([after.fills('bid'), after.results.blocks]).toEqual([40, 0])
  })

  it('refuse a snapshot that is not all numbers, and stay as they were', () => {
    const good = run(40, 1, -3).snapshot()
    const broken: unknown[] = [
      null,
      {},
      { bid: good.bid },
      { bid: good.bid, ask: null },
      { bid: { ...good.bid, averages: [0, Number.NaN, 0] }, ask: good.ask },
      { bid: good.bid, ask: { ...good.ask, matured: [1, 2] } },
      { bid: { ...good.bid, edge: '1' }, ask: good.ask },
      { ...good, blocks: null },
      { ...good, blocks: { values: [1, Number.NaN], held: 0 } },
      { ...good, blocks: { values: [1] } },
    ]
    for (const snapshot of broken) {
      const markouts = run(30, 1, -3)
      expect(markouts.restore(snapshot as MarkoutSnapshot)).toBe(false)
      expect(markouts.snapshot()).toEqual(run(30, 1, -3).snapshot())
    }
  })
})
