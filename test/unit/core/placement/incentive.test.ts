// The incentive programme: the golden amount in both of its readings, the reference price over
// small books, and what no book can do.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bookScore,
  incentiveValue,
  referencePrice,
  rewardRate,
  type SideLevels,
  scoreOf,
} from '../../../../src/core/placement/incentive.ts'
import type { Programme } from '../../../../src/core/vocabulary/events.ts'

const T0 = 1_790_000_000_000
const DAY = 86_400_000
const programme: Programme = {
  startAt: T0,
  endAt: T0 + DAY,
  rewardDollars: 100,
  discount: 0.5,
  targetQuantity: 4000,
}

const levels = (prices: number[], sizes: number[], count = prices.length): SideLevels => ({
  prices,
  sizes,
  count,
})
/** Half the weight a tick, and 1,000 contracts. */
const TERMS = { targetQuantity: 1000, discount: 0.5 }

describe('the pool', () => {
  it('of $100 a day is .0579 cents per second on each side', () => {
    expect(rewardRate(programme, T0)).toBeCloseTo(10_000 / 86_400 / 2, 12)
  })

  it('runs from its start to just before its end', () => {
    expect(rewardRate(programme, T0 - 1)).toBe(0)
    expect(rewardRate(programme, T0 + DAY - 1)).toBeGreaterThan(0)
    expect(rewardRate(programme, T0 + DAY)).toBe(0)
    expect(rewardRate({ ...programme, endAt: T0 }, T0)).toBe(0)
  })
})

describe('the value of an order', () => {
  it('is .00579 c/s for 200 of 4,000 contracts shown on both sides', () => {
    // .00579 divides the WHOLE pool by one total of 4,000: what a maker on both sides earns
    // together. Per side it is half of that.
    const side = incentiveValue(programme, T0, 200, 0, 3800)
    expect(2 * side).toBeCloseTo(0.005787, 6)
    expect(2 * side * 3600).toBeCloseTo(20.83, 2)
    expect(side).toBeCloseTo(0.002894, 6)
  })

  it('falls by the discount with each tick, against the same others', () => {
    // 200 x .5 = 100 of 3,900
    expect(incentiveValue(programme, T0, 200, 1, 3800)).toBeCloseTo(
      rewardRate(programme, T0) * (100 / 3900),
      12,
    )
    expect([scoreOf(200, 2, 0.5), scoreOf(200, -3, 0.5), scoreOf(-1, 0, 0.5)]).toEqual([50, 200, 0])
  })

  it('is the whole side for whoever is alone, and nothing for who shows nothing', () => {
    expect(incentiveValue(programme, T0, 1, 3, 0)).toBeCloseTo(rewardRate(programme, T0), 12)
    expect(incentiveValue(programme, T0, 0, 0, 0)).toBe(0)
    expect(incentiveValue(programme, T0 + DAY, 200, 0, 3800)).toBe(0)
  })

  it('grows with size and never passes the side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.integer({ min: 0, max: 5 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (contracts, ticks, others) => {
          const value = incentiveValue(programme, T0, contracts, ticks, others)
          expect(value).toBeLessThanOrEqual(rewardRate(programme, T0) + 1e-12)
          expect(
            incentiveValue(programme, T0, contracts * 2, ticks, others),
          ).toBeGreaterThanOrEqual(value - 1e-12)
        },
      ),
      { seed: 20_261_203 },
    )
  })
})

describe('the reference price', () => {
  it('is the best price where a fifth of the target stands there', () => {
    expect(referencePrice(levels([4900, 4800], [200, 900]), 1000)).toBe(4900)
  })

  it('lies deeper where the best levels are thin', () => {
    expect(referencePrice(levels([4900, 4800, 4700], [50, 149, 900]), 1000)).toBe(4700)
    expect(referencePrice(levels([4900, 4800, 4700], [50, 150, 900]), 1000)).toBe(4800)
    // Offers are the same, best first upward.
    expect(referencePrice(levels([5100, 5200], [10, 500]), 1000)).toBe(5200)
  })

  it('is the deepest level of a book thinner than that, and none of an empty one', () => {
    expect(referencePrice(levels([4900, 4800], [10, 20]), 1000)).toBe(4800)
    expect(referencePrice(levels([], []), 1000)).toBe(0)
    expect(referencePrice(levels([4900, 4800, 4700], [10, 20, 900], 2), 1000)).toBe(4800)
  })
})

describe('the score of a side', () => {
  it('counts in full down to the reference and discounts beyond it', () => {
    // Reference 4800 (50 + 150 = a fifth of 1000): 50 + 150 + 300 x .5 + 100 x .25
    expect(
      bookScore(levels([4900, 4800, 4700, 4600], [50, 150, 300, 100]), TERMS, 100),
    ).toBeCloseTo(375, 12)
  })

  it('counts only size that helps to reach the target', () => {
    // 1000 wanted: 200 at the reference, 500 a tick away, and 300 of the 900 two ticks away.
    expect(
      bookScore(levels([4900, 4800, 4700, 4600], [200, 500, 900, 50]), TERMS, 100),
    ).toBeCloseTo(200 + 250 + 75, 12)
  })

  it('measures distance in ticks over empty levels, and alike on both sides', () => {
    expect(bookScore(levels([4900, 4600], [200, 100]), TERMS, 100)).toBeCloseTo(200 + 12.5, 12)
    expect(bookScore(levels([5100, 5400], [200, 100]), TERMS, 100)).toBeCloseTo(200 + 12.5, 12)
    expect(bookScore(levels([], []), TERMS, 100)).toBe(0)
  })
})
