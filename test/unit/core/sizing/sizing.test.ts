// The largest position by each limit, and the size shown as the position grows.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Caps, capsOf, ladderMultiple, sizeFor } from '../../../../src/core/sizing/sizing.ts'

const LIMITS = { maxPosition: 500, dollarsAtRisk: 50, settlementSd: 40 }
const capsAt = (p: number, limits = LIMITS): Caps => {
  const out = { long: -1, short: -1 }
  capsOf(p, limits, out)
  return out
}
const whole = ({ long, short }: Caps): number[] => [Math.floor(long), Math.floor(short)]

describe('with 500 contracts, $50 at risk and $40 of deviation', () => {
  it.each([
    [0.5, 80, 80],
    [0.05, 183, 52],
    [0.95, 52, 183],
  ])('at a price of %d at most %d are held long and %d short', (p, long, short) => {
    expect(whole(capsAt(p))).toEqual([long, short])
  })

  it('each limit binds where it is the tightest', () => {
    expect(capsAt(0.5, { ...LIMITS, maxPosition: 7 })).toEqual({ long: 7, short: 7 })
    expect(capsAt(0.8, { ...LIMITS, dollarsAtRisk: 4 }).long).toBeCloseTo(5, 10)
    expect(capsAt(0.8, { ...LIMITS, dollarsAtRisk: 4 }).short).toBeCloseTo(20, 10)
    expect(capsAt(0.8, { ...LIMITS, settlementSd: 4 })).toEqual({ long: 10, short: 10 })
  })

  it('mirrors: long at p is short at 1 - p', () => {
    for (let cents = 1; cents < 100; cents++) {
      expect(capsAt(cents / 100).long).toBeCloseTo(capsAt(1 - cents / 100).short, 8)
    }
  })

  it('at 0 and 1 and beyond counts what is left of the limits, and nothing at no price', () => {
    expect([capsAt(0), capsAt(1.2)]).toEqual([
      { long: 500, short: 50 },
      { long: 50, short: 500 },
    ])
    expect(capsAt(0, { ...LIMITS, dollarsAtRisk: 0 })).toEqual({ long: 500, short: 0 })
    expect(capsAt(Number.NaN)).toEqual({ long: 0, short: 0 })
  })
})

describe('the size of a quote of 10 with a cap of 80', () => {
  const shown = Object.entries({ 0: 10, 20: 6, 40: 4, 75: 2, 79: 1, 80: 0, 200: 0 })
  it.each(shown)('holding %s on the side that adds to it is %d', (held, size) => {
    expect(sizeFor('bid', Number(held), 80, 10, 1.5)).toBe(size)
    expect(sizeFor('ask', -Number(held), 80, 10, 1.5)).toBe(size)
  })

  it('is whole on the side that reduces, however much is held', () => {
    for (const held of [1, 40, 80, 500]) {
      expect(sizeFor('ask', held, 80, 10, 1.5)).toBe(10)
      expect(sizeFor('bid', -held, 80, 10, 1.5)).toBe(10)
    }
  })

  it('reduces to nothing but not beyond where nothing may be held', () => {
    expect([3, 0].map((held) => sizeFor('ask', held, 0, 10, 1.5))).toEqual([3, 0])
    expect(sizeFor('bid', 0, Number.NaN, 10, 1.5)).toBe(0)
  })

  it('rounds down, to whole contracts from a lot of 1 on and to hundredths below', () => {
    expect([3, 0.5].map((lot) => sizeFor('bid', 20, 80, lot, 1.5))).toEqual([2, 0.34])
    expect(sizeFor('bid', 0, 80, 0.29, 1.5)).toBe(0.29)
    expect(sizeFor('bid', 0, 52.63, 100, 1.5)).toBe(52)
  })

  it('leaves a lot whole that cannot be divided, while there is room for it', () => {
    expect([20, 79, 79.5].map((held) => sizeFor('bid', held, 80, 1, 1.5))).toEqual([1, 1, 0])
    expect(sizeFor('ask', -79, 80, 1, 1.5)).toBe(1)
  })

  it('keeps the lot with eta 0, up to the cap', () => {
    expect([60, 75].map((held) => sizeFor('bid', held, 80, 10, 0))).toEqual([10, 5])
  })
})

describe('any size', () => {
  const held = fc.double({ min: -300, max: 300, noNaN: true })
  const cap = fc.double({ min: 0.01, max: 200, noNaN: true })
  const lot = fc.constantFrom(0.01, 0.5, 1, 10, 250)

  it('never takes the position beyond the cap, and the sides mirror', () => {
    fc.assert(
      fc.property(held, cap, lot, (q, most, each) => {
        const size = sizeFor('bid', q, most, each, 1.5)
        if (size > 0) expect(q + size).toBeLessThanOrEqual(most + 1e-9)
        expect(size).toBeLessThanOrEqual(each)
        expect(sizeFor('ask', -q, most, each, 1.5)).toBe(size)
      }),
      { seed: 20_261_203, numRuns: 1000 },
    )
  })

  it('never grows as more is held', () => {
    fc.assert(
      fc.property(held, held, cap, lot, (one, other, most, each) => {
        const less = sizeFor('bid', Math.min(one, other), most, each, 1.5)
        expect(sizeFor('bid', Math.max(one, other), most, each, 1.5)).toBeLessThanOrEqual(less)
      }),
      { seed: 20_261_204, numRuns: 1000 },
    )
  })
})

describe('the ladder', () => {
  it('shows 1, 1 and 2 lots from the touch outward and nothing beyond', () => {
    expect([0, 1, 2, 3, -1].map(ladderMultiple)).toEqual([1, 1, 2, 0, 0])
  })
})
