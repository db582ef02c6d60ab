// The grid of legal prices: the three structures Kalshi has, rounding outward to them, and the laws
// of rounding on any grid.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINEAR_CENT, PriceGrid, type PriceRange } from '../../../../src/core/vocabulary/market.ts'
import { answers as answersOf } from '../../../helpers/tables.ts'

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

/** Checks what a grid makes of each price: price → answer. */
const answers = (
  grid: PriceGrid,
  method: 'floor' | 'ceil' | 'up' | 'down' | 'tickAt' | 'isLegal',
  table: Readonly<Record<string, number | boolean>>,
): void => answersOf((price) => grid[method](price), table)

describe('a grid of whole cents', () => {
  it('runs from 1 to 99 cents: a contract at 0 or 100 is not a trade', () => {
    expect([linear.lowest, linear.highest]).toEqual([100, 9900])
    answers(linear, 'isLegal', { 0: false, 10000: false, 100: true, 150: false })
  })

  it('rounds down and up to the next legal price, and keeps a legal one', () => {
    answers(linear, 'floor', { 4840.15: 4800, 4800: 4800 })
    answers(linear, 'ceil', { 5159.85: 5200, 4800: 4800 })
  })

  it('says that there is no price beyond the ends', () => {
    answers(linear, 'floor', { 99.9: 0, '-31159.85': 0, 0: 0 })
    answers(linear, 'ceil', { 9900.5: 10_000, 41159: 10_000, 10000: 10_000 })
  })

  it('rounds inward from outside', () => {
    answers(linear, 'floor', { 10000: 9900, 99999: 9900 })
    answers(linear, 'ceil', { 0: 100, '-5': 100 })
  })

  it('turns what is not a number into no price', () => {
    answers(linear, 'floor', { NaN: 0, '-Infinity': 0 })
    answers(linear, 'ceil', { NaN: 10_000, Infinity: 10_000 })
  })

  it('steps to the neighbours, and out at the ends', () => {
    answers(linear, 'up', { 4800: 4900, 4850: 4900, 9900: 10_000, 10000: 10_000, 0: 100 })
    answers(linear, 'down', { 4800: 4700, 4850: 4800, 100: 0, 0: 0, 10000: 9900 })
  })

  it('has a tick of one cent everywhere, ends included', () => {
    const ticks = { 0: 100, 1: 100, 100: 100, 5000: 100, 9900: 100, 9999: 100, 10000: 100 }
    answers(linear, 'tickAt', ticks)
  })
})

describe('a grid of tenths of a cent', () => {
  it('is not led a tick astray by floating noise', () => {
    // 48.3 - 0.1 is 48.199999999999996, and (2.3 - 0.1) x 100 is 219.99999999999997.
    const noisy = (2.3 - 0.1) * 100
    expect(noisy).toBeLessThan(220)
    const down = [noisy, (48.3 - 0.1) * 100, 4819.999999999, 0.2 * 100 - 0.1 * 100]
    expect(down.map((units) => deci.floor(units))).toEqual([220, 4820, 4820, 10])
    const up = [4820.000000001, (0.1 + 0.2) * 100]
    expect(up.map((units) => deci.ceil(units))).toEqual([4820, 30])
  })

  it('does move a tick for a real difference', () => {
    expect([deci.floor(4819.99), deci.ceil(30.01)]).toEqual([4810, 40])
  })

  it('runs from 0.1 to 99.9 cents', () => {
    expect([deci.lowest, deci.highest, deci.tickAt(9990)]).toEqual([10, 9990, 10])
  })
})

describe('a tapered grid', () => {
  it('rounds across the borders with the step of each side', () => {
    answers(tapered, 'floor', { 995: 990, 8980: 8900, 1099: 1000 })
    answers(tapered, 'ceil', { 1015: 1100, 9020: 9020, 8980: 9000 })
  })

  it('steps from one side of a border to the other', () => {
    answers(tapered, 'up', { 990: 1000, 1000: 1100, 8900: 9000, 9000: 9010 })
    answers(tapered, 'down', { 1000: 990, 1100: 1000, 9010: 9000, 9000: 8900 })
  })

  it('has the tick of the way up', () => {
    const ticks = { 500: 10, 990: 10, 1000: 100, 5000: 100, 8900: 100, 9000: 10, 9990: 10 }
    answers(tapered, 'tickAt', ticks)
  })

  it('allows a price of either neighbour and nothing between', () => {
    answers(tapered, 'isLegal', { 1010: false, 990: true, 9010: true, 8990: false })
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
    expect([grid.lowest, grid.highest, grid.up(5000)]).toEqual([5000, 5000, 10_000])
  })
})

describe('tick at a price that is not legal itself', () => {
  it('is the distance between the legal prices around it', () => {
    answers(linear, 'tickAt', { 4950: 100, 4999: 100, 9999: 100, 1: 100 })
    answers(tapered, 'tickAt', { 995: 10, 1050: 100 })
  })
})
