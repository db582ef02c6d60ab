// The grid of legal prices: the three structures Kalshi has, rounding outward to them, and the laws of
// rounding on any grid.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINEAR_CENT, PriceGrid, type PriceRange } from '../../../../src/core/vocabulary/market.ts'

const DECI: PriceRange[] = [{ start: 0, end: 10_000, step: 10 }]
/** A tenth of a cent below 10 c and above 90 c, a cent between. */
const TAPERED: PriceRange[] = [
  { start: 0, end: 1000, step: 10 },
  { start: 1000, end: 9000, step: 100 },
  { start: 9000, end: 10_000, step: 10 },
]

const linear = new PriceGrid(LINEAR_CENT)
const deci = new PriceGrid(DECI)
const tapered = new PriceGrid(TAPERED)

describe('a grid of whole cents', () => {
  it('runs from 1 to 99 cents: a contract at 0 or 100 is not a trade', () => {
    expect(linear.lowest).toBe(100)
    expect(linear.highest).toBe(9900)
    expect(linear.isLegal(0)).toBe(false)
    expect(linear.isLegal(10_000)).toBe(false)
    expect(linear.isLegal(100)).toBe(true)
    expect(linear.isLegal(150)).toBe(false)
  })

  it('rounds down and up to the next legal price, and keeps a legal one', () => {
    expect(linear.floor(4840.15)).toBe(4800)
    expect(linear.ceil(5159.85)).toBe(5200)
    expect(linear.floor(4800)).toBe(4800)
    expect(linear.ceil(4800)).toBe(4800)
  })

  it('says that there is no price beyond the ends', () => {
    expect(linear.floor(99.9)).toBe(0)
    expect(linear.floor(-31_159.85)).toBe(0)
    expect(linear.floor(0)).toBe(0)
    expect(linear.ceil(9900.5)).toBe(10_000)
    expect(linear.ceil(41_159)).toBe(10_000)
    expect(linear.ceil(10_000)).toBe(10_000)
  })

  it('rounds inward from outside', () => {
    expect(linear.floor(10_000)).toBe(9900)
    expect(linear.floor(99_999)).toBe(9900)
    expect(linear.ceil(0)).toBe(100)
    expect(linear.ceil(-5)).toBe(100)
  })

  it('turns what is not a number into no price', () => {
    expect(linear.floor(Number.NaN)).toBe(0)
    expect(linear.ceil(Number.NaN)).toBe(10_000)
    expect(linear.floor(Number.NEGATIVE_INFINITY)).toBe(0)
    expect(linear.ceil(Number.POSITIVE_INFINITY)).toBe(10_000)
  })

  it('steps to the neighbours, and out at the ends', () => {
    expect(linear.up(4800)).toBe(4900)
    expect(linear.down(4800)).toBe(4700)
    expect(linear.up(4850)).toBe(4900)
    expect(linear.down(4850)).toBe(4800)
    expect(linear.up(9900)).toBe(10_000)
    expect(linear.up(10_000)).toBe(10_000)
    expect(linear.down(100)).toBe(0)
    expect(linear.down(0)).toBe(0)
    expect(linear.up(0)).toBe(100)
    expect(linear.down(10_000)).toBe(9900)
  })

  it('has a tick of one cent everywhere, ends included', () => {
    for (const price of [0, 1, 100, 5000, 9900, 9999, 10_000]) {
      expect(linear.tickAt(price)).toBe(100)
    }
  })
})

describe('a grid of tenths of a cent', () => {
  it('is not led a tick astray by floating noise', () => {
    // 48.3 - 0.1 is 48.199999999999996, and (2.3 - 0.1) x 100 is 219.99999999999997.
    const noisy = (2.3 - 0.1) * 100
    expect(noisy).toBeLessThan(220)
    expect(deci.floor(noisy)).toBe(220)
    expect(deci.floor((48.3 - 0.1) * 100)).toBe(4820)
    expect(deci.floor(4819.999999999)).toBe(4820)
    expect(deci.ceil(4820.000000001)).toBe(4820)
    expect(deci.ceil((0.1 + 0.2) * 100)).toBe(30)
    expect(deci.floor(0.2 * 100 - 0.1 * 100)).toBe(10)
  })

  it('does move a tick for a real difference', () => {
    expect(deci.floor(4819.99)).toBe(4810)
    expect(deci.ceil(30.01)).toBe(40)
  })

  it('runs from 0.1 to 99.9 cents', () => {
    expect(deci.lowest).toBe(10)
    expect(deci.highest).toBe(9990)
    expect(deci.tickAt(9990)).toBe(10)
  })
})

describe('a tapered grid', () => {
  it('rounds across the borders with the step of each side', () => {
    expect(tapered.floor(995)).toBe(990)
    expect(tapered.ceil(1015)).toBe(1100)
    expect(tapered.floor(8980)).toBe(8900)
    expect(tapered.ceil(9020)).toBe(9020)
    expect(tapered.ceil(8980)).toBe(9000)
    expect(tapered.floor(1099)).toBe(1000)
  })

  it('steps from one side of a border to the other', () => {
    expect(tapered.up(990)).toBe(1000)
    expect(tapered.up(1000)).toBe(1100)
    expect(tapered.down(1000)).toBe(990)
    expect(tapered.down(1100)).toBe(1000)
    expect(tapered.up(8900)).toBe(9000)
    expect(tapered.up(9000)).toBe(9010)
    expect(tapered.down(9010)).toBe(9000)
    expect(tapered.down(9000)).toBe(8900)
  })

  it('has the tick of the way up', () => {
    expect(tapered.tickAt(500)).toBe(10)
    expect(tapered.tickAt(990)).toBe(10)
    expect(tapered.tickAt(1000)).toBe(100)
    expect(tapered.tickAt(5000)).toBe(100)
    expect(tapered.tickAt(8900)).toBe(100)
    expect(tapered.tickAt(9000)).toBe(10)
    expect(tapered.tickAt(9990)).toBe(10)
  })

  it('allows a price of either neighbour and nothing between', () => {
    expect(tapered.isLegal(1010)).toBe(false)
    expect(tapered.isLegal(990)).toBe(true)
    expect(tapered.isLegal(9010)).toBe(true)
    expect(tapered.isLegal(8990)).toBe(false)
  })
})

describe('any grid', () => {
  it('rounds to the nearest legal price on the side asked for', () => {
    const grids = fc.constantFrom(linear, deci, tapered)
    fc.assert(
      fc.property(grids, fc.double({ min: 0.001, max: 9999.999, noNaN: true }), (grid, units) => {
        const below = grid.floor(units)
        const above = grid.ceil(units)
        expect(below).toBeLessThanOrEqual(units + 1e-6)
        expect(above).toBeGreaterThanOrEqual(units - 1e-6)
        expect(below === 0 || grid.isLegal(below)).toBe(true)
        expect(above === 10_000 || grid.isLegal(above)).toBe(true)
        // Nothing legal lies strictly between the two.
        if (below < above) expect(grid.up(below)).toBe(above)
        if (below < above) expect(grid.down(above)).toBe(below)
        expect(grid.floor(below)).toBe(below)
        expect(grid.ceil(above)).toBe(above)
      }),
      { seed: 20_261_171, numRuns: 1000 },
    )
  })

  it('walks through exactly its legal prices', () => {
    for (const [grid, size] of [
      [linear, 99],
      [deci, 999],
      [tapered, 99 + 1 + 80 + 99],
    ] as const) {
      let steps = 0
      for (let price = grid.lowest; price < 10_000; price = grid.up(price)) {
        expect(grid.isLegal(price)).toBe(true)
        steps++
      }
      expect(steps).toBe(size)
    }
  })
})

describe('ranges that make no grid', () => {
  it.each([
    ['a step of zero', [{ start: 0, end: 100, step: 0 }], 'Price range refused'],
    ['a step backwards', [{ start: 0, end: 100, step: -1 }], 'Price range refused'],
    ['a step that is no number', [{ start: 0, end: 100, step: Number.NaN }], 'Price range refused'],
    ['an end before the start', [{ start: 100, end: 0, step: 1 }], 'Price range refused'],
    ['no range', [], 'no legal price'],
    ['only the bounds', [{ start: 0, end: 10_000, step: 10_000 }], 'no legal price'],
  ])('are refused: %s', (_, ranges, message) => {
    expect(() => new PriceGrid(ranges)).toThrow(RangeError)
    expect(() => new PriceGrid(ranges)).toThrow(message)
  })

  it('need only one price to be good', () => {
    const grid = new PriceGrid([{ start: 5000, end: 5000, step: 100 }])
    expect(grid.lowest).toBe(5000)
    expect(grid.highest).toBe(5000)
    expect(grid.up(5000)).toBe(10_000)
  })
})

describe('tick at a price that is not legal itself', () => {
  it('is the distance between the legal prices around it', () => {
    const cents = new PriceGrid(LINEAR_CENT)
    expect(cents.tickAt(4950)).toBe(100)
    expect(cents.tickAt(4999)).toBe(100)
    expect(cents.tickAt(9999)).toBe(100)
    expect(cents.tickAt(1)).toBe(100)
    const tapered = new PriceGrid([
      { start: 0, end: 1000, step: 10 },
      { start: 1000, end: 10_000, step: 100 },
    ])
    expect(tapered.tickAt(995)).toBe(10)
    expect(tapered.tickAt(1050)).toBe(100)
  })
})
