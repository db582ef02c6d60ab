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

const EXAMPLE: RiskSetting = {
  k: 0.7,
  maxPosition: 100,
  arrivals: 0.02,
  lot: 10,
  sigma2: 0.0025,
  tick: 1,
}

/** Cents by which one lot held shifts the quotes, far from the close. */
const skewOf = (setting: RiskSetting, gamma: number): number => {
  const { k, arrivals, lot, sigma2 } = setting
  const unwind = Math.min(
    Math.max(Math.sqrt(Math.E / (2 * k * arrivals * gamma * lot * sigma2)), 3),
    21_600,
  )
  return gamma * lot * sigma2 * unwind
}

describe('gamma from a limit of 100 contracts in lots of 10', () => {
  it('skews by 9/(2 k N^2) = .0643 c a lot, whatever the volatility and the takers', () => {
    expect(gammaOfLimit(EXAMPLE)).toBeCloseTo(0.00170276, 8)
    for (const sigma2 of [1e-4, 0.0025, 0.1, 4]) {
      for (const arrivals of [0, 0.001, 0.02, 1, 50]) {
        const setting = { ...EXAMPLE, sigma2, arrivals }
        expect(skewOf(setting, gammaOfLimit(setting))).toBeCloseTo(4.5 / (0.7 * 100), 10)
      }
    }
  })

  it('holds a position whose deviation is a third of the limit', () => {
    // Fills at rates exp(-k s q) and exp(k s q) of one lot: a birth and death chain, solved exactly.
    const { k } = EXAMPLE
    const skew = skewOf(EXAMPLE, gammaOfLimit(EXAMPLE))
    let weight = 1
    let sum = 1
    let squares = 0
    for (let q = 1; q <= 40; q++) {
      weight *= Math.exp(-k * skew * (2 * q - 1))
      sum += 2 * weight
      squares += 2 * weight * q * q
    }
    expect(Math.sqrt(squares / sum) / (10 / 3)).toBeCloseTo(1, 3)
  })

  it('lets k count no more than 1 a tick', () => {
    const wide = { ...EXAMPLE, k: 1 }
    const quick = { ...EXAMPLE, k: 5 }
    expect(skewOf(quick, gammaOfLimit(quick))).toBeCloseTo(skewOf(wide, gammaOfLimit(wide)), 10)
    const fine = { ...quick, tick: 0.1 }
    expect(skewOf(fine, gammaOfLimit(fine))).toBeCloseTo(4.5 / (5 * 100), 10)
  })

  it('is left alone inside the bounds, and falls as the limit rises', () => {
    expect(gammaFor(EXAMPLE)).toBe(gammaOfLimit(EXAMPLE))
    expect(gammaFor({ ...EXAMPLE, maxPosition: 200 })).toBeCloseTo(gammaFor(EXAMPLE) / 16, 12)
  })

  it('takes the upper bound without noise', () => {
    expect(gammaFor({ ...EXAMPLE, sigma2: 0 }) * 10).toBeCloseTo(0.2, 12)
    expect(gammaFor({ ...EXAMPLE, sigma2: 0, k: Number.POSITIVE_INFINITY }) * 10).toBeCloseTo(0.2)
  })

  it('times the lot never leaves .001 to .2', () => {
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
          tick: any(0.1, 1),
        }),
        (setting) => {
          const g = gammaFor(setting) * setting.lot
          expect(g).toBeGreaterThanOrEqual(0.001 * (1 - 1e-12))
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

  it('stays between 3 s and 6 h, and is 6 h where nothing fills or moves', () => {
    expect(unwindSeconds(5, 2, 0.2, 100)).toBe(3)
    expect(unwindSeconds(0.7, 0, 0.05, 0.0025)).toBe(21_600)
    expect(unwindSeconds(0.7, 0.02, 0.05, 0)).toBe(21_600)
    expect(unwindSeconds(Number.POSITIVE_INFINITY, 0.02, 0.05, 0.01)).toBe(21_600)
  })

  it('keeps its digits for a tiny gamma: C tends to e / (2 k A g)', () => {
    const limit = Math.sqrt(Math.E / (2 * 0.7 * 0.02 * 1e-9 * 1000))
    expect(unwindSeconds(0.7, 0.02, 1e-9, 1000) / limit).toBeCloseTo(1, 7)
  })
})
