// Each estimator gets the events that concern it, and no contracts are counted twice.

import { describe, expect, it } from 'vitest'
import type { Top } from '../../../../src/core/book/book.ts'
import { Estimators } from '../../../../src/core/estimators/estimators.ts'
import { QUEUE_RATE_PRIORS } from '../../../../src/core/estimators/queue-rates.ts'
import { T0 } from '../../../helpers/core.ts'

const TOP: Top = { bid: 4400, bidSize: 5000, ask: 4600, askSize: 5000 }
const top = (changes: Partial<Top> = {}): Top => ({ ...TOP, ...changes })

const seen = (...tops: readonly Top[]): Estimators => {
  const estimators = new Estimators()
  for (const [index, next] of tops.entries()) estimators.onTop(next, 100, T0 + 1000 * index)
  return estimators
}

describe('the estimators', () => {
  it('use the best prices: flow, volatility and how often the mid moves', () => {
    const estimators = seen(TOP, top({ bidSize: 6000 }), top({ bid: 4500 }))
    expect(estimators.flow.lastChange).toBe(5000)
    expect(estimators.volatility.explain(T0 + 3000, 3600, false).seen).toBeGreaterThan(0)
    const quiet = seen(TOP, TOP, TOP)
    expect(estimators.rates.moveRate(T0 + 2000)).toBeGreaterThan(quiet.rates.moveRate(T0 + 2000))
  })

  it('see no mid where a side of the book is empty', () => {
    const estimators = seen(top({ bid: 0, bidSize: 0 }))
    expect(estimators.midBeforeEvent(T0)).toBeNaN()
    expect(estimators.onTop(top({ ask: 10_000, askSize: 0 }), 100, T0)).toBe(false)
    expect(estimators.midBeforeEvent(T0)).toBeNaN()
  })

  it('tell a jump from a move', () => {
    const estimators = seen(TOP)
    expect(estimators.onTop(top({ bid: 4500, ask: 4700 }), 100, T0 + 500)).toBe(false)
    expect(estimators.onTop(top({ bid: 5300, ask: 5500 }), 100, T0 + 600)).toBe(true)
    expect(estimators.volatility.jumps).toBe(1)
  })

  it('use trades: size, side and distance from the mid before them', () => {
    const estimators = seen(TOP)
    estimators.onTrade('ask', 4400, 300, 100, T0 + 10)
    estimators.onTrade('bid', 4600, 500, 100, T0 + 2000)
    estimators.onTrade('bid', 4600, 700, 100, T0 + 4000)
    expect(estimators.tradeSize.count).toBe(3)
    expect(estimators.intensity.count).toBeGreaterThanOrEqual(2)
    expect(estimators.rates.meanTrade).toBeCloseTo(
      (3 + 5 + 7 + 5 * QUEUE_RATE_PRIORS.meanTrade) / 8,
      1,
    )
  })

  it('measure a trade from the mid before the change that it made, in either order', () => {
    const estimators = seen(TOP)
    expect(estimators.midBeforeEvent(T0 + 500)).toBe(45)
    estimators.onTop(top({ bid: 4200 }), 100, T0 + 1000)
    expect(estimators.midBeforeEvent(T0 + 1050)).toBe(45)
    // Two steps of one sweep are one event.
    estimators.onTop(top({ bid: 4000 }), 100, T0 + 1080)
    expect(estimators.midBeforeEvent(T0 + 1090)).toBe(45)
    expect(estimators.midBeforeEvent(T0 + 5000)).toBe(43)
  })

  it('count what leaves the best level as canceled', () => {
    const still = seen(TOP, TOP)
    const less = seen(TOP, top({ bidSize: 2500 }))
    const more = seen(TOP, top({ bidSize: 7500 }))
    const rate = (estimators: Estimators): number => estimators.rates.cancelRate(T0 + 1000)
    expect(rate(less)).toBeGreaterThan(rate(still))
    expect(rate(more)).toBe(rate(still))
    // A level that is gone altogether shows another price, of which nothing is known.
    expect(rate(seen(TOP, top({ bid: 4300, bidSize: 10 })))).toBe(rate(still))
  })

  it('do not count as canceled what has traded there', () => {
    const estimators = seen(TOP)
    estimators.onTrade('ask', 4400, 2500, 100, T0 + 900)
    estimators.onTop(top({ bidSize: 2500 }), 100, T0 + 1000)
    expect(estimators.rates.cancelRate(T0 + 1000)).toBeCloseTo(
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
      expect(other.rates.cancelRate(T0 + 1000)).toBeGreaterThan(
        estimators.rates.cancelRate(T0 + 1000),
      )
    }
  })

  it('treat the book after a gap as a new one: no flow, no cancels', () => {
    const estimators = seen(TOP)
    estimators.gap()
    estimators.onTop(top({ bidSize: 100 }), 100, T0 + 1000)
    expect(estimators.flow.imbalance(T0 + 1000)).toBe(0)
    expect(estimators.rates.cancelRate(T0 + 1000)).toBe(seen(TOP, TOP).rates.cancelRate(T0 + 1000))
  })

  it('ignore a clock that steps back', () => {
    const estimators = seen(TOP, top({ bid: 4500 }))
    estimators.onTop(top({ bidSize: 10 }), 100, T0 - 60_000)
    estimators.onTrade('ask', 4400, 100, 100, T0 - 60_000)
    expect(estimators.rates.cancelRate(T0 + 2000)).toBeGreaterThan(0)
    expect(Number.isFinite(estimators.volatility.total(T0 + 2000, 45, 3600, true))).toBe(true)
  })
})
