// Each estimator hears what concerns it, and the same contracts are not heard twice.

import { describe, expect, it } from 'vitest'
import type { Top } from '../../../../src/core/book/book.ts'
import { Estimators } from '../../../../src/core/estimators/estimators.ts'
import { FLOW_PRIORS } from '../../../../src/core/orders/queue-position.ts'
import { T0 } from '../../../helpers/core.ts'

const TOP: Top = { bid: 4400, bidSize: 5000, ask: 4600, askSize: 5000 }
const top = (changes: Partial<Top> = {}): Top => ({ ...TOP, ...changes })

const seen = (...tops: readonly Top[]): Estimators => {
  const learnt = new Estimators()
  for (const [index, next] of tops.entries()) learnt.onTop(next, 100, T0 + 1000 * index)
  return learnt
}

describe('the estimators', () => {
  it('hear the best prices: flow, volatility and how often the mid moves', () => {
    const learnt = seen(TOP, top({ bidSize: 6000 }), top({ bid: 4500 }))
    expect(learnt.flow.lastChange).toBe(5000)
    expect(learnt.volatility.explain(T0 + 2000).squares).toBeGreaterThan(0)
    const quiet = seen(TOP, TOP, TOP)
    expect(learnt.rates.moveRate(T0 + 2000)).toBeGreaterThan(quiet.rates.moveRate(T0 + 2000))
  })

  it('hear no mid where a side of the book is empty', () => {
    const learnt = seen(top({ bid: 0, bidSize: 0 }))
    expect(learnt.midBefore(T0)).toBeNaN()
    expect(learnt.onTop(top({ ask: 10_000, askSize: 0 }), 100, T0)).toBe(false)
    expect(learnt.midBefore(T0)).toBeNaN()
  })

  it('tell a jump from a move', () => {
    const learnt = seen(TOP)
    expect(learnt.onTop(top({ bid: 4500, ask: 4700 }), 100, T0 + 500)).toBe(false)
    expect(learnt.onTop(top({ bid: 5300, ask: 5500 }), 100, T0 + 600)).toBe(true)
    expect(learnt.volatility.jumps).toBe(1)
  })

  it('hear trades: their size, their side and how deep they went from the mid before them', () => {
    const learnt = seen(TOP)
    learnt.onTrade('ask', 4400, 300, 100, T0 + 10)
    learnt.onTrade('bid', 4600, 500, 100, T0 + 2000)
    learnt.onTrade('bid', 4600, 700, 100, T0 + 4000)
    expect(learnt.tradeSize.count).toBe(3)
    expect(learnt.intensity.count).toBeGreaterThanOrEqual(2)
    expect(learnt.rates.meanTrade).toBeCloseTo((3 + 5 + 7 + 5 * FLOW_PRIORS.meanTrade) / 8, 1)
  })

  it('measure a trade from the mid before the change that it made, in either order', () => {
    const learnt = seen(TOP)
    expect(learnt.midBefore(T0 + 500)).toBe(45)
    learnt.onTop(top({ bid: 4200 }), 100, T0 + 1000)
    expect(learnt.midBefore(T0 + 1050)).toBe(45)
    // Two steps of one sweep are one event.
    learnt.onTop(top({ bid: 4000 }), 100, T0 + 1080)
    expect(learnt.midBefore(T0 + 1090)).toBe(45)
    expect(learnt.midBefore(T0 + 5000)).toBe(43)
  })

  it('count what leaves the best level as canceled', () => {
    const still = seen(TOP, TOP)
    const less = seen(TOP, top({ bidSize: 2500 }))
    const more = seen(TOP, top({ bidSize: 7500 }))
    const rate = (learnt: Estimators): number => learnt.rates.cancelRate(T0 + 1000)
    expect(rate(less)).toBeGreaterThan(rate(still))
    expect(rate(more)).toBe(rate(still))
    // A level that is gone altogether shows another price, of which nothing is known.
    expect(rate(seen(TOP, top({ bid: 4300, bidSize: 10 })))).toBe(rate(still))
  })

  it('do not count as canceled what has traded there', () => {
    const learnt = seen(TOP)
    learnt.onTrade('ask', 4400, 2500, 100, T0 + 900)
    learnt.onTop(top({ bidSize: 2500 }), 100, T0 + 1000)
    expect(learnt.rates.cancelRate(T0 + 1000)).toBeCloseTo(
      seen(TOP, TOP).rates.cancelRate(T0 + 1000),
      12,
    )
    // Long ago, on the other side or at another price, it explains nothing.
    for (const [taker, price, at] of [
      ['ask', 4400, T0 - 5000],
      ['bid', 4400, T0 + 900],
      ['ask', 4300, T0 + 900],
    ] as const) {
      const other = seen(TOP)
      other.onTrade(taker, price, 2500, 100, at)
      other.onTop(top({ bidSize: 2500 }), 100, T0 + 1000)
      expect(other.rates.cancelRate(T0 + 1000)).toBeGreaterThan(learnt.rates.cancelRate(T0 + 1000))
    }
  })

  it('take the book after a gap for a new one: no flow, no cancels', () => {
    const learnt = seen(TOP)
    learnt.gap()
    learnt.onTop(top({ bidSize: 100 }), 100, T0 + 1000)
    expect(learnt.flow.imbalance(T0 + 1000)).toBe(0)
    expect(learnt.rates.cancelRate(T0 + 1000)).toBe(seen(TOP, TOP).rates.cancelRate(T0 + 1000))
  })

  it('take no notice of a clock that steps back', () => {
    const learnt = seen(TOP, top({ bid: 4500 }))
    learnt.onTop(top({ bidSize: 10 }), 100, T0 - 60_000)
    learnt.onTrade('ask', 4400, 100, 100, T0 - 60_000)
    expect(learnt.rates.cancelRate(T0 + 2000)).toBeGreaterThan(0)
    expect(Number.isFinite(learnt.volatility.sigma2(T0 + 2000, 45, 3600, true))).toBe(true)
  })
})
