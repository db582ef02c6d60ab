// Fees: the published formula and tables, one fee the exchange really charged, and the laws that
// the rounding must keep whatever the fills are.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DIRECT_PRECISION,
  FeeAccumulator,
  feePerContractCents,
  modelFee,
} from '../../../../src/core/vocabulary/fees.ts'

/** Balance grid of an account held through a broker: $0.01. */
const CENT_PRECISION = 10_000

const MAKER = 17_500
const TAKER = 70_000

const coefficient = fc.constantFrom(0, MAKER, 35_000, TAKER, 12_345)
const quantity = fc.integer({ min: 1, max: 10_000_000 })
const price = fc.integer({ min: 1, max: 9999 })

describe('model fee', () => {
  it('charges a taker of one contract at 52 cents $0.017472', () => {
    expect(modelFee(TAKER, 100, 5200)).toBe(17_472)
  })

  it('rounds up to the next millionth of a dollar, never down', () => {
    // 0.0175 x 0.01 x 0.0001 x 0.9999 = 1.7e-8 dollars
    expect(modelFee(MAKER, 1, 1)).toBe(1)
    // 0.07 x 0.01 x 0.25 = 0.000175 exactly
    expect(modelFee(TAKER, 1, 5000)).toBe(175)
    // 0.07 x 0.01 x 0.33 x 0.67 = 0.00015477
    expect(modelFee(TAKER, 1, 3300)).toBe(155)
  })

  it('is nothing where the coefficient is nothing', () => {
    expect(modelFee(0, 100_000, 5000)).toBe(0)
  })

  it('equals the exact rational number rounded up, for sizes on both sides of 2^53', () => {
    fc.assert(
      fc.property(coefficient, quantity, price, (c, q, p) => {
        const top = BigInt(c) * BigInt(q) * BigInt(p) * BigInt(10_000 - p)
        const whole = top / 10n ** 10n
        const wanted = top % 10n ** 10n === 0n ? whole : whole + 1n
        expect(modelFee(c, q, p)).toBe(Number(wanted))
      }),
      { seed: 20_261_101, numRuns: 500 },
    )
  })

  it('costs the same on the yes and on the no side', () => {
    fc.assert(
      fc.property(coefficient, quantity, price, (c, q, p) => {
        expect(modelFee(c, q, p)).toBe(modelFee(c, q, 10_000 - p))
      }),
      { seed: 20_261_102 },
    )
  })
})

describe('fee per contract for quoting', () => {
  const table = [
    // A fee is the same at p and at 100 - p.
    [[50], 0.4375, 1.75],
    [[40, 60], 0.42, 1.68],
    [[25, 75], 0.3281, 1.3125],
    [[10, 90], 0.1575, 0.63],
    [[5, 95], 0.0831, 0.3325],
    [[2, 98], 0.0343, 0.1372],
    [[1, 99], 0.0173, 0.0693],
  ] as const
  it.each(
    table.flatMap(([prices, maker, taker]) =>
      prices.map((cents) => [cents, maker, taker] as const),
    ),
  )('at %d cents is %d for makers and %d for takers', (cents, maker, taker) => {
    expect(Math.abs(feePerContractCents(MAKER, cents) - maker)).toBeLessThan(0.00005 + 1e-12)
    expect(Math.abs(feePerContractCents(TAKER, cents) - taker)).toBeLessThan(0.00005 + 1e-12)
  })
})

describe('fee rounding', () => {
  it('turns the recorded taker fill of one contract at 52 cents into exactly $0.017500', () => {
    expect(new FeeAccumulator().charge(-520_000, modelFee(TAKER, 100, 5200))).toBe(17_500)
  })

  const perContract = [
    [DIRECT_PRECISION, 50, { 1: 0.44, 5: 0.438, 10: 0.438, 50: 0.4376, 100: 0.4375 }],
    [CENT_PRECISION, 50, { 1: 1, 5: 0.6, 10: 0.5, 50: 0.44, 100: 0.44 }],
    [CENT_PRECISION, 10, { 1: 1, 5: 0.2, 10: 0.2, 50: 0.16, 100: 0.16 }],
  ] as const
  it.each(
    perContract.flatMap(([step, cents, fees]) =>
      Object.entries(fees).map(
        ([contracts, each]) => [step, cents, Number(contracts), each] as const,
      ),
    ),
  )(
    'on a grid of %d, a maker at %d cents pays for %d contracts %d cents each',
    (step, cents, contracts, each) => {
      const units = contracts * 100
      const fee = modelFee(MAKER, units, cents * 100)
      const net = new FeeAccumulator(step).charge(-units * cents * 100, fee)
      expect(net / 10_000 / contracts).toBeCloseTo(each, 10)
    },
  )

  it('gives the dust back as soon as it makes up a whole step', () => {
    // 51 x 0.01 contract at 33.33 c: revenue -0.169983; fee 0.0020 exactly. Dust per fill 0.000017.
    const order = new FeeAccumulator()
    const charges: number[] = []
    for (let fill = 0; fill < 7; fill++) charges.push(order.charge(-169_983, 2000))
    expect(charges).toEqual([2017, 2017, 2017, 2017, 2017, 1917, 2017])
    expect(order.held).toBe(7 * 17 - 100)
  })

  it('does not give back more than the fill itself was charged', () => {
    const order = new FeeAccumulator(CENT_PRECISION)
    // Three fills without a fee, each leaving 0.6 of a cent of dust.
    for (let n = 0; n < 3; n++) expect(order.charge(-4000, 0)).toBe(6000)
    expect(order.held).toBe(18_000)
    expect(order.charge(-6000, 4000)).toBe(4000)
    expect(order.charge(-500_000, 10_000)).toBe(0)
    expect(order.held).toBe(8000)
  })

  const fills = fc.array(
    fc.record({ quantity, price, coefficient, buys: fc.boolean(), cents: fc.boolean() }),
    { minLength: 1, maxLength: 200 },
  )
  const revenueOf = (q: number, p: number, buys: boolean) => (buys ? -q * p : q * p)

  it('is never negative, leaves every balance on the grid, and loses nothing but what it holds', () => {
    fc.assert(
      fc.property(fc.constantFrom(DIRECT_PRECISION, CENT_PRECISION), fills, (step, all) => {
        const order = new FeeAccumulator(step)
        let model = 0
        let net = 0
        for (const fill of all) {
          const revenue = revenueOf(fill.quantity, fill.price, fill.buys)
          const fee = modelFee(fill.coefficient, fill.quantity, fill.price)
          const charged = order.charge(revenue, fee)
          expect(charged).toBeGreaterThanOrEqual(0)
          expect(order.held).toBeGreaterThanOrEqual(0)
          expect(Math.abs((revenue - charged) % step)).toBe(0)
          model += fee
          net += charged
        }
        expect(net).toBe(model + order.held)
      }),
      { seed: 20_261_103 },
    )
  })

  it('stays within one step of the model over any number of fills that each cost a step', () => {
    fc.assert(
      fc.property(fc.constantFrom(DIRECT_PRECISION, CENT_PRECISION), fills, (step, all) => {
        const order = new FeeAccumulator(step)
        let model = 0
        let net = 0
        for (const fill of all) {
          const fee = Math.max(step, modelFee(fill.coefficient, fill.quantity, fill.price))
          model += fee
          net += order.charge(revenueOf(fill.quantity, fill.price, fill.buys), fee)
          expect(net - model).toBeGreaterThanOrEqual(0)
          expect(net - model).toBeLessThan(step)
        }
      }),
      { seed: 20_261_104 },
    )
  })
})
