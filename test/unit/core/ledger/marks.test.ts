// What closing a position into a book brings: the levels walked, the fee, and what is missing.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidate, worstCase } from '../../../../src/core/ledger/marks.ts'
import { modelFee } from '../../../../src/core/vocabulary/fees.ts'
import { PRICE_ONE } from '../../../../src/core/vocabulary/units.ts'

const BIDS = [
  [4400, 300],
  [4200, 500],
] as const
const ASKS = [
  [4600, 300],
  [5000, 500],
] as const
const FREE = 0

describe('the liquidation value', () => {
  it('of a long is what the bids pay, level by level', () => {
    expect(liquidate(BIDS, 400, FREE)).toEqual({
      ...{ filled: 400, missing: 0, worst: 4200, fee: 0 },
      ...{ turnover: 300 * 4400 + 100 * 4200, value: 300 * 4400 + 100 * 4200 },
    })
  })

  it('of a short is what the asks cost', () => {
    const { value, worst } = liquidate(ASKS, -400, FREE)
    expect([value, worst]).toEqual([-(300 * 4600 + 100 * 5000), 5000])
  })

  it('counts what the book lacks as worth nothing to a long, and as a dollar owed by a short', () => {
    expect(liquidate(BIDS, 1000, FREE)).toMatchObject({ filled: 800, missing: 200 })
    expect(liquidate(BIDS, 1000, FREE).value).toBe(300 * 4400 + 500 * 4200)
    expect(liquidate([], 1000, FREE)).toMatchObject({ value: 0, worst: null, missing: 1000 })
    expect(liquidate(ASKS, -1000, FREE).value).toBe(-(300 * 4600 + 500 * 5000 + 200 * PRICE_ONE))
    expect(liquidate([], -1000, FREE).value).toBe(-1000 * PRICE_ONE)
  })

  it("takes off the taker's fee of every level, rounded as the exchange rounds", () => {
    // 1 contract at 52 cents: 0.07 x 0.52 x 0.48 = 1.7472 cents, charged as 1.75.
    const { fee, value } = liquidate([[5200, 100]], 100, 70_000)
    expect([fee, value]).toEqual([17_500, 520_000 - 17_500])
    // 4 contracts of one order: the dust of the first level counts for the second.
    const both = liquidate(BIDS, 400, 70_000)
    const model = modelFee(70_000, 300, 4400) + modelFee(70_000, 100, 4200)
    expect(both.fee - model).toBeGreaterThanOrEqual(0)
    expect(both.fee - model).toBeLessThan(100)
    expect(both.value).toBe(both.turnover - both.fee)
  })

  it('stops at the limit', () => {
    expect(liquidate(BIDS, 400, FREE, 4300)).toMatchObject({ filled: 300, missing: 100 })
    expect(liquidate(ASKS, -400, FREE, 4900)).toMatchObject({ filled: 300, missing: 100 })
    expect(liquidate(ASKS, -400, FREE, 5000)).toMatchObject({ filled: 400, missing: 0 })
  })

  it('of nothing is nothing', () => {
    expect(liquidate(BIDS, 0, FREE)).toEqual({
      ...{ filled: 0, missing: 0, worst: null, fee: 0, turnover: 0, value: 0 },
    })
  })

  it('is never better than marking at the best price, and never worse than the worst outcome', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 500 }))
    const held = fc.integer({ min: -2000, max: 2000 })
    fc.assert(
      fc.property(fc.array(level, { maxLength: 6 }), held, (levels, position) => {
        const sign = position > 0 ? -1 : 1
        const sorted = levels.toSorted((a, b) => sign * (a[0] - b[0]))
        const { value, filled, missing, fee } = liquidate(sorted, position, 70_000)
        expect(filled + missing).toBe(Math.abs(position))
        const best = sorted[0]?.[0] ?? (position > 0 ? 0 : PRICE_ONE)
        expect(value).toBeLessThanOrEqual(position * best)
        expect(value + fee).toBeGreaterThanOrEqual(worstCase(position, 0))
      }),
    )
  })
})
