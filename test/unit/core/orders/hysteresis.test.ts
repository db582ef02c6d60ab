// When an order keeps its place in the queue: the table of one bid, its mirror, and the tolerance.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { awayTolerance, staysAsk, staysBid } from '../../../../src/core/orders/hysteresis.ts'

describe('a bid resting at 48 with a tick of 1, .9 away and .5 toward', () => {
  it.each([
    [46, false],
    [47.05, false],
    [47.1, true],
    [47.2, true],
    [48, true],
    [49.4, true],
    [49.5, false],
    [52, false],
    [Number.NaN, false],
  ])('at a wanted price of %d stays: %s', (raw, stays) => {
    expect(staysBid(48, raw, 1, 0.9, 0.5)).toBe(stays)
  })

  it('says the same in Price units', () => {
    expect(staysBid(4800, 4710, 100, 90, 50)).toBe(true)
    expect(staysBid(4800, 4705, 100, 90, 50)).toBe(false)
    expect(staysBid(4800, 4950, 100, 90, 50)).toBe(false)
  })
})

describe('an ask', () => {
  it('stays while the wanted price is little higher, or not much more than a tick lower', () => {
    expect(staysAsk(52, 52.8, 1, 0.9, 0.5)).toBe(true)
    expect(staysAsk(52, 52.95, 1, 0.9, 0.5)).toBe(false)
    expect(staysAsk(52, 50.6, 1, 0.9, 0.5)).toBe(true)
    expect(staysAsk(52, 50.5, 1, 0.9, 0.5)).toBe(false)
  })

  it('at 100 - b does what a bid at b does', () => {
    const cents = fc.integer({ min: 1, max: 9999 }).map((hundredths) => hundredths / 100)
    const near = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100)
    const part = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100)
    fc.assert(
      fc.property(cents, near, fc.constantFrom(0.1, 1), part, part, (b, by, tick, away, toward) => {
        const bid = staysBid(b, b + by, tick, away, toward)
        expect(staysAsk(100 - b, 100 - (b + by), tick, away, toward)).toBe(bid)
      }),
      { seed: 20_261_201, numRuns: 2000 },
    )
  })
})

describe('the tolerance away from the market', () => {
  it('is what the half-spread has above break-even, from a quarter of a tick to a tick', () => {
    expect(awayTolerance(1.64, 0.74, 1)).toBeCloseTo(0.9, 12)
    expect(awayTolerance(0.8, 0.74, 1)).toBe(0.25)
    expect(awayTolerance(0.5, 0.74, 1)).toBe(0.25)
    expect(awayTolerance(5, 0.74, 1)).toBe(1)
    expect(awayTolerance(5, 0.74, 0.1)).toBe(0.1)
  })
})
