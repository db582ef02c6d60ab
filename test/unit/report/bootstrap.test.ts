// Intervals of markouts: the fast way against a plain one, and how often they hold the truth.

import { describe, expect, it } from 'vitest'
import { blockInterval, blockLength, FEWEST } from '../../../src/report/measures/bootstrap.ts'
import { mulberry32 } from '../../../src/statistics/random.ts'

/** Draws every number by itself, into a list, and sorts with the language's own sort. */
const plainly = (
  values: readonly number[],
  weights: readonly number[],
  block: number,
  draws: number,
  seed: number,
): [number, number] => {
  const dice = mulberry32(seed)
  const means: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const picked: number[] = []
    while (picked.length < values.length) {
      const start = Math.floor(dice() * (values.length - block + 1))
      for (let i = 0; i < block && picked.length < values.length; i++) picked.push(start + i)
    }
    const weight = picked.reduce((sum, i) => sum + weights[i]!, 0)
    means.push(picked.reduce((sum, i) => sum + values[i]! * weights[i]!, 0) / weight)
  }
  means.sort((a, b) => a - b)
  return [means[draws / 20 - 1]!, means[draws - draws / 20 - 1]!]
}

/** A sum of two dice twice over, so that neighbours share some: mean 0. */
const series = (n: number, lag: number, dice: () => number): number[] => {
  const noise = Array.from({ length: n + lag }, () => dice() + dice() + dice() - 1.5)
  return Array.from({ length: n }, (_, i) => {
    let sum = 0
    for (let j = 0; j <= lag; j++) sum += noise[i + j]!
    return sum
  })
}

/** Share of 400 series whose interval holds the true mean of 0. */
const coverage = (lag: number, block: number): number => {
  const dice = mulberry32(77)
  let held = 0
  for (let i = 0; i < 400; i++) {
    const values = series(250, lag, dice)
    const weights = values.map(() => 1 + Math.floor(dice() * 3))
    const found = blockInterval(values, weights, { block, draws: 400, seed: i })!
    if (found.low <= 0 && found.high >= 0) held++
  }
  return held / 400
}

describe('a block bootstrap', () => {
  it.each([1, 4, 7])('in blocks of %i equals one done the plain way', (block) => {
    const dice = mulberry32(5)
    const values = series(60, 3, dice)
    const weights = values.map(() => 100 * (1 + Math.floor(dice() * 9)))
    const { low, high } = blockInterval(values, weights, { block, draws: 500, seed: 9 })!
    const [from, to] = plainly(values, weights, block, 500, 9)
    expect(low).toBeCloseTo(from, 10)
    expect(high).toBeCloseTo(to, 10)
  })

  it('gives the same interval for the same fills', () => {
    const values = series(100, 2, mulberry32(3))
    const weights = values.map(() => 1)
    const once = blockInterval(values, weights, { block: 5 })
    expect(blockInterval(values, weights, { block: 5 })).toEqual(once)
    expect(once!.low).toBeLessThan(once!.high)
  })

  it('says nothing about a handful', () => {
    const few = Array.from({ length: FEWEST - 1 }, () => 1)
    expect(blockInterval(few, few, { block: 1 })).toBeNull()
    expect(blockInterval([...few, 1], [...few, 1], { block: 1 })).toMatchObject({ low: 1, high: 1 })
  })

  it('of 90 % holds the truth about nine times in ten, where numbers are independent', () => {
    const share = coverage(0, 1)
    expect(share).toBeGreaterThan(0.85)
    expect(share).toBeLessThan(0.95)
  })

  it('holds it nearly as often where neighbours hang together, which single draws do not', () => {
    const [blocks, singles] = [coverage(7, 20), coverage(7, 1)]
    console.log(`Coverage of dependent series: ${blocks} in blocks of 20, ${singles} one by one`)
    expect(blocks).toBeGreaterThan(0.8)
    expect(singles).toBeLessThan(0.6)
  })

  it('takes blocks of the fills of one horizon, within a cube root and a fifth', () => {
    expect(blockLength(1000, 3600, 1)).toBe(10)
    expect(blockLength(1000, 3600, 60)).toBe(17)
    expect(blockLength(1000, 3600, 300)).toBe(84)
    expect(blockLength(40, 60, 300)).toBe(8)
    expect(blockLength(3, 60, 5)).toBe(1)
  })
})
