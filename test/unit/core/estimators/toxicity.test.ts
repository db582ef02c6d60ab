// Toxicity: the golden bucket by hand, what splitting must not change, and the laws of any flow.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fadeToward, scoreOfBucket, Toxicity } from '../../../../src/core/estimators/toxicity.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const bucketsAfter = (toxicity: Toxicity, side: 'bid' | 'ask', size: number): number => {
  toxicity.onTrade(side, size)
  return toxicity.buckets
}

describe('toxicity', () => {
  it('goes a tenth of the way to each new score', () => {
    expect(fadeToward(0.3, 0.6)).toBeCloseTo(0.33, 12)
  })

  it('scores a bucket of 30 bought, 10 sold, 10 bought by its effective number of trades', () => {
    // An imbalance of .6; n = 50^2 / (900 + 100 + 100) = 2.2727; z = .6 x 1.50756 / .8 = 1.130668
    expect(scoreOfBucket(40, 10, 1100)).toBeCloseTo(1.130668, 6)
    const toxicity = new Toxicity()
    toxicity.onTrade('bid', 30)
    toxicity.onTrade('ask', 10)
    expect(toxicity.value).toBe(1)
    toxicity.onTrade('bid', 10)
    expect(toxicity).toMatchObject({ buckets: 1, value: expect.closeTo(1.0130668, 6) })
  })

  it('does not care which side presses', () => {
    expect(scoreOfBucket(10, 40, 1100)).toBe(scoreOfBucket(40, 10, 1100))
  })

  it('splits a trade larger than the rest of the bucket over the next ones', () => {
    // 20 sold, then 180 bought: one bucket of 20/30, three of 50 by a single trade, none left over.
    const toxicity = new Toxicity()
    toxicity.onTrade('ask', 20)
    toxicity.onTrade('bid', 180)
    expect(toxicity.buckets).toBe(4)
    let value = fadeToward(1, scoreOfBucket(30, 20, 400 + 900))
    for (let bucket = 0; bucket < 3; bucket++) value = fadeToward(value, 1.25)
    expect(toxicity.value).toBeCloseTo(value, 12)
    expect([bucketsAfter(toxicity, 'ask', 49), bucketsAfter(toxicity, 'ask', 1)]).toEqual([4, 5])
  })

  it('ends where the same trade in bucket-sized pieces would, however large', () => {
    const once = new Toxicity()
    const pieces = new Toxicity()
    once.onTrade('bid', 1_000_020)
    for (let bucket = 0; bucket < 20_000; bucket++) pieces.onTrade('bid', 50)
    expect(once.buckets).toBe(20_000)
    expect(once.value).toBeCloseTo(pieces.value, 9)
    expect(once.value).toBeCloseTo(1.25, 9)
  })

  it('widens from 1.5 on, by half of the excess, and at most doubles', () => {
    const toxicity = new Toxicity()
    expect(toxicity.multiplier()).toBe(1)
    // 50 separate purchases of one: X = 1, n = 50, z = 8.84 in each bucket.
    const read = (): number => toxicity.value
    while (read() < 2.5) for (let i = 0; i < 50; i++) toxicity.onTrade('bid', 1)
    expect(toxicity.multiplier()).toBeCloseTo(1 + 0.5 * (read() - 1.5), 12)
    expect(toxicity.multiplier(0)).toBe(1)
    while (read() < 4) for (let i = 0; i < 50; i++) toxicity.onTrade('bid', 1)
    expect(toxicity.multiplier()).toBe(2)
  })

  it('hovers about 1 where each trade is a fair coin', () => {
    const dice = mulberry32(20_261_201)
    const toxicity = new Toxicity()
    let sum = 0
    for (let i = 0; i < 100_000; i++) {
      toxicity.onTrade(dice() < 0.5 ? 'bid' : 'ask', 1)
      sum += toxicity.value / 100_000
    }
    expect(sum).toBeGreaterThan(0.93)
    expect(sum).toBeLessThan(1.07)
  })

  it('ignores anything that is not a trade', () => {
    const toxicity = new Toxicity()
    for (const size of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) toxicity.onTrade('bid', size)
    expect(bucketsAfter(toxicity, 'bid', 49)).toBe(0)
  })

  it('completes a bucket for each 50 contracts of any flow, and stays finite', () => {
    const trade = fc.record({ buys: fc.boolean(), size: fc.integer({ min: 1, max: 500 }) })
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 60 }), (trades) => {
        const toxicity = new Toxicity()
        let total = 0
        for (const { buys, size } of trades) {
          toxicity.onTrade(buys ? 'bid' : 'ask', size)
          total += size
          expect(toxicity.value).toBeGreaterThanOrEqual(0)
          expect(toxicity.multiplier()).toBeLessThanOrEqual(2)
        }
        expect(toxicity.buckets).toBe(Math.floor(total / 50))
      }),
      { seed: 20_261_202 },
    )
  })
})
