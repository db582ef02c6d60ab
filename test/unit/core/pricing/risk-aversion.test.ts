// gamma from a position limit, and how long a lot is held.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullModel } from '../../../../src/core/pricing/full-model.ts'
import {
  emptyPricing,
  emptyQuoteInput,
  type QuoteInput,
} from '../../../../src/core/pricing/quoting.ts'
import {
  gammaFor,
  gammaOfLimit,
  type RiskSetting,
  unwindSeconds,
} from '../../../../src/core/pricing/risk-aversion.ts'

const EXAMPLE: RiskSetting = { k: 0.7, maxPosition: 100, arrivals: 0.02, lot: 10, sigma2: 0.0025 }

describe('gamma from a limit of 100 contracts', () => {
  it('is .03363 before it is bounded, and .02 (times a lot of 10: .2) after', () => {
    expect(gammaOfLimit(EXAMPLE)).toBeCloseTo(0.03363, 5)
    expect(gammaFor(EXAMPLE)).toBeCloseTo(0.02, 12)
  })

  it('skews by 1/k at half the limit', () => {
    const gamma = gammaOfLimit(EXAMPLE)
    const { k, arrivals, lot, sigma2 } = EXAMPLE
    const borne = Math.sqrt((Math.E * sigma2) / (2 * k * arrivals * gamma * lot))
    expect(borne).toBeCloseTo(0.8495, 4)
    expect(50 * gamma * borne).toBeCloseTo(1 / k, 10)
  })

  it('is left alone inside the bounds, and quarters when the limit doubles', () => {
    const wide = { ...EXAMPLE, maxPosition: 300 }
    expect(gammaFor(wide)).toBe(gammaOfLimit(wide))
    expect(gammaFor({ ...wide, maxPosition: 600 })).toBeCloseTo(gammaFor(wide) / 4, 12)
  })

  it('takes the upper bound without noise, the lower one without fills, .05 without both', () => {
    expect(gammaFor({ ...EXAMPLE, sigma2: 0 }) * 10).toBeCloseTo(0.2, 12)
    expect(gammaFor({ ...EXAMPLE, arrivals: 0 }) * 10).toBeCloseTo(0.005, 12)
    expect(gammaFor({ ...EXAMPLE, sigma2: 0, arrivals: 0 }) * 10).toBeCloseTo(0.05, 12)
  })

  it('times the lot never leaves .005 to .2', () => {
    const any = (least: number, most: number) =>
      fc.double({ min: least, max: most, noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(
        fc.record({
          k: any(0.01, 100),
          maxPosition: any(0.01, 1e6),
          arrivals: any(0, 10),
          lot: any(0.01, 1e4),
          sigma2: any(0, 100),
        }),
        (setting) => {
          const g = gammaFor(setting) * setting.lot
          expect(g).toBeGreaterThanOrEqual(0.005 * (1 - 1e-12))
          expect(g).toBeLessThanOrEqual(0.2 * (1 + 1e-12))
        },
      ),
      { seed: 20_261_202, numRuns: 1000 },
    )
  })
})

describe('the time to unwind a lot', () => {
  it.each([
    ['slow', 0.5, 0.005, 0.017, 6284],
    ['on the day of the event', 0.7, 0.02, 0.05, 897],
    ['live', 0.7, 0.1, 0.3, 67],
  ])('in a market that is %s (k %d, A %d, sigma %d) is %d s', (_, k, arrivals, sigma, seconds) => {
    expect(unwindSeconds(k, arrivals, 0.05, sigma ** 2)).toBeCloseTo(seconds, -0.31)
  })

  it('is the one that the full model uses far from the close', () => {
    const input: QuoteInput = {
      ...emptyQuoteInput(),
      fair: 50,
      gamma: 0.005,
      k: 0.7,
      sigma2: 0.0025,
      horizon: 300,
      lot: 10,
      timeLeft: 1e7,
      arrivals: 0.02,
      settlementShare: 0,
      maxSkew: 10,
      maxInventoryWidth: 5,
    }
    const out = emptyPricing()
    fullModel.price(input, out)
    const borne = (2 * out.volatilityPart) / 0.05
    expect(borne / 0.0025).toBeCloseTo(unwindSeconds(0.7, 0.02, 0.05, 0.0025), 6)
  })

  it('stays between 30 s and 6 h, and is 6 h where nothing fills or moves', () => {
    expect(unwindSeconds(5, 2, 0.2, 100)).toBe(30)
    expect(unwindSeconds(0.7, 0, 0.05, 0.0025)).toBe(21_600)
    expect(unwindSeconds(0.7, 0.02, 0.05, 0)).toBe(21_600)
    expect(unwindSeconds(Number.POSITIVE_INFINITY, 0.02, 0.05, 0.01)).toBe(21_600)
  })

  it('keeps its digits for a tiny gamma: C tends to e / (2 k A g)', () => {
    const limit = Math.sqrt(Math.E / (2 * 0.7 * 0.02 * 1e-9 * 1000))
    expect(unwindSeconds(0.7, 0.02, 1e-9, 1000) / limit).toBeCloseTo(1, 7)
  })
})
