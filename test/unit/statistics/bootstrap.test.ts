// Drawing blocks and reading quantiles: what all resampling in the project stands on.

import { describe, expect, it } from 'vitest'
import { drawBlocks, quantileOf, ratioReplicates } from '../../../src/statistics/bootstrap.ts'

describe('blocks', () => {
  it('fill the count, the last one cut, and stay inside unless they wrap', () => {
    for (const [wraps, last] of [
      [false, 6],
      [true, 9],
    ] as const) {
      const drawn: [number, number][] = []
      // A generator that always answers just below one takes the last start.
      drawBlocks(
        10,
        { size: 4, wraps },
        () => 0.999,
        (start, length) => drawn.push([start, length]),
      )
      expect(drawn).toEqual([
        [last, 4],
        [last, 4],
        [last, 2],
      ])
    }
  })

  it('draw a value and its weight together', () => {
    const values = [2, 8, 3]
    const rule = { size: 1, draws: 200, seed: 7 }
    for (const ratio of ratioReplicates(values, [1, 4, 1.5], rule)) expect(ratio).toBeCloseTo(2, 12)
    expect(ratioReplicates([], [], rule)).toHaveLength(0)
  })
})

describe('a quantile', () => {
  it('is one of the draws, by nearest rank', () => {
    const sorted = Array.from({ length: 2000 }, (_, index) => index)
    expect(quantileOf(sorted, (1 - 0.9) / 2)).toBe(99)
    expect(quantileOf(sorted, 0.95)).toBe(1899)
    expect(quantileOf(sorted, 0)).toBe(0)
    expect(quantileOf([], 0.5)).toBeNaN()
  })
})
