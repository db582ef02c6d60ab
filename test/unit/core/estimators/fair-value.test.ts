// Mid and weighted mid, in cents.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microCents, midCents } from '../../../../src/core/estimators/fair-value.ts'

describe('mid', () => {
  it('is halfway, to half of the finest tick', () => {
    expect(midCents(4900, 5100)).toBe(50)
    expect(midCents(4900, 5000)).toBe(49.5)
    expect(midCents(4830, 4840)).toBe(48.35)
    expect(midCents(1, 2)).toBe(0.015)
  })
})

describe('weighted mid', () => {
  it('of 49 x 100 against 51 x 80 is 50.1111', () => {
    expect(microCents(4900, 10_000, 5100, 8000)).toBeCloseTo(50.1111, 4)
    expect(microCents(4900, 10_000, 5100, 8000)).toBeCloseTo(9020 / 180, 12)
  })

  it('is the mid where nothing is offered on either side', () => {
    expect(microCents(4900, 0, 5100, 0)).toBe(50)
  })

  it('goes to the ask as the ask empties', () => {
    expect(microCents(4900, 10_000, 5100, 0)).toBe(51)
  })

  it('stays between bid and ask, and above the mid exactly when bids are larger', () => {
    const size = fc.integer({ min: 1, max: 100_000_000 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9998 }),
        fc.integer({ min: 1, max: 500 }),
        size,
        size,
        (bid, spread, bidSize, askSize) => {
          const ask = Math.min(9999, bid + spread)
          const micro = microCents(bid, bidSize, ask, askSize)
          expect(micro).toBeGreaterThanOrEqual(bid / 100 - 1e-9)
          expect(micro).toBeLessThanOrEqual(ask / 100 + 1e-9)
          const lean = micro - midCents(bid, ask)
          if (Math.abs(lean) > 1e-9) expect(Math.sign(lean)).toBe(Math.sign(bidSize - askSize))
        },
      ),
      { seed: 20_261_121 },
    )
  })
})
