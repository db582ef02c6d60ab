// Rounding by value inside the quoter: the best legal price within every bound, and explained.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Quoter } from '../../../../src/core/pricing/quoter.ts'
import { explainPrice } from '../../../../src/core/status/explain.ts'
import { feePerContractCents } from '../../../../src/core/vocabulary/fees.ts'
import { PriceGrid, TAPERED } from '../../../../src/core/vocabulary/market.ts'
import type { Strategy } from '../../../../src/core/vocabulary/parameters.ts'
import { clampNames } from '../../../../src/core/vocabulary/price-reasons.ts'
import { T0 } from '../../../helpers/core.ts'
import { CENTS, priced, TENTHS } from '../../../helpers/priced.ts'

const FULL: Partial<Strategy> = {
  ...{ model: 'full', rounding: 'value', intensity: 'fixed' },
  ...{ gamma: 0.005, sigma: 0.05, k: 0.7, min_half_spread: null },
}

const cents = fc.integer({ min: 2, max: 97 })
const given = fc.record({
  bid: cents,
  spread: fc.integer({ min: 1, max: 30 }),
  ranges: fc.constantFrom(CENTS, TENTHS, TAPERED),
  position: fc.integer({ min: -200, max: 200 }),
  gamma: fc.double({ min: 0, max: 0.02, noNaN: true }),
  sigma: fc.double({ min: 0, max: 1, noNaN: true }),
  k: fc.double({ min: 0.1, max: 20, noNaN: true }),
  floor: fc.option(fc.double({ min: 0, max: 4, noNaN: true })),
  maker: fc.constantFrom(0, 17_500),
  adverse: fc.double({ min: 0, max: 2, noNaN: true }),
  widen: fc.constantFrom(1, 1.5, 2),
  through: fc.double({ min: 0, max: 5, noNaN: true }),
  low: fc.integer({ min: 1, max: 3000 }),
  levels: fc.constantFrom(1, 3),
  exiting: fc.boolean(),
})
type Case = typeof given extends fc.Arbitrary<infer Value> ? Value : never

const quoterOf = (g: Case): Quoter =>
  priced({
    book: { bids: [g.bid * 100, 5000], asks: [Math.min(g.bid + g.spread, 99) * 100, 5000] },
    market: { priceRanges: g.ranges, fees: { maker: g.maker, taker: 70_000, source: 'x' } },
    strategy: {
      ...FULL,
      ...{ gamma: g.gamma, sigma: g.sigma, k: g.k, min_half_spread: g.floor, levels: g.levels },
      ...{ max_through: g.through, longshot_cents: 0 },
    },
    limits: { min_price: g.low, max_price: 10_000 - g.low },
    position: g.position,
    calendar: { widen: g.widen, ...(g.exiting && { mode: 'reduce-only', reason: 'near-close' }) },
    teach: ({ estimators }) => {
      for (let fill = 0; fill < 60; fill++) {
        estimators.markouts.onFill('bid', 45, 45, 100, T0 - 40_000)
      }
      estimators.markouts.onFair(45 - g.adverse, T0 - 20_000)
      estimators.markouts.onFair(45 - g.adverse, T0 - 1)
    },
  })

/** What a price is worth by the formula of the strategy page, from the parts of the explanation. */
const worthOf = (quoter: Quoter, side: 'bid' | 'ask', x: number, fee: number): number => {
  const { input, pricing, reasons } = quoter
  const r = reasons[side]
  const sign = side === 'bid' ? 1 : -1
  const itemized = r.volatility + r.markout + r.staleness + feePerContractCents(fee, x)
  // Caution counts as a cost: what it adds to the half-spread, at the fee of the fair value.
  const caution = (r.widen - 1) * (r.volatility + r.intensity + r.markout + r.staleness + r.fee)
  const edge = sign * (pricing.reservation - x) - itemized - caution
  const g = input.gamma * input.lot
  const utility = g > 1e-12 ? -Math.expm1(-g * edge) / g : edge
  return utility * Math.exp(-input.k * sign * (input.fair + input.signal - x))
}

/** The legal prices that a side may have: within the band, post-only, max_through and the floor. */
const allowed = (g: Case, quoter: Quoter, side: 'bid' | 'ask'): number[] => {
  const { top, input, pricing, reasons } = quoter
  const grid = new PriceGrid(g.ranges)
  const sign = side === 'bid' ? 1 : -1
  const isReducing = side === 'bid' ? g.position < 0 : g.position > 0
  const free = g.exiting && isReducing
  const floor = Math.max(reasons[side].breakEven, g.floor ?? 0)
  const found: number[] = []
  for (let price = g.low; price <= 10_000 - g.low; price++) {
    if (!grid.isLegal(price)) continue
    if (side === 'bid' ? price >= top.ask : price <= top.bid) continue
    const beyond = sign * (price / 100 - input.fair - input.signal)
    if (!free && beyond > g.through + 1e-9) continue
    if (sign * (pricing.reservation - price / 100) < floor - 1e-9) continue
    found.push(price)
  }
  return found
}

describe('rounding by value', () => {
  it('shows the best of all the legal prices that every bound allows, and nothing worthless', () => {
    fc.assert(
      fc.property(given, (g) => {
        const quoter = quoterOf(g)
        for (const side of ['bid', 'ask'] as const) {
          const price = quoter.quotes[side]
          const worth = (x: number) => worthOf(quoter, side, x / 100, g.maker)
          const prices = allowed(g, quoter, side)
          const most = Math.max(0, ...prices.map(worth))
          if (price === null) {
            expect(most).toBeLessThan(1e-9)
            expect(['outside-grid', 'price-band']).toContain(quoter.silence[side])
            continue
          }
          expect(prices).toContain(price)
          expect(worth(price)).toBeGreaterThan(0)
          expect(worth(price)).toBeGreaterThanOrEqual(most * (1 - 1e-9))
        }
        const { bid, ask } = quoter.quotes
        if (bid !== null && ask !== null) expect(bid).toBeLessThan(ask)
      }),
      { numRuns: 500 },
    )
  })

  it('explains itself: the parts add up, and the price is the best of those compared', () => {
    fc.assert(
      fc.property(given, (g) => {
        const quoter = quoterOf(g)
        for (const side of ['bid', 'ask'] as const) {
          const r = quoter.reasons[side]
          const sign = side === 'bid' ? -1 : 1
          const parts = r.volatility + r.intensity + r.fee + r.markout + r.staleness
          const floor = Math.max(r.breakEven, g.floor ?? 0)
          expect(r.half).toBeCloseTo(Math.max(r.widen * parts, floor), 9)
          expect(r.fair + quoter.input.signal + r.skew + sign * r.half).toBeCloseTo(r.raw, 9)
          const { candidates, price } = explainPrice(r, null)
          if (price === null) continue
          const shown = candidates.find((each) => each.price === price)
          expect(shown?.worth).toBe(Math.max(...candidates.map(({ worth }) => worth)))
          for (const [at, { price: x }] of candidates.entries()) {
            if (at > 0) expect(-sign * (x - candidates[at - 1]!.price)).toBeGreaterThan(0)
          }
        }
      }),
    )
  })

  it('widens with caution: a quote never moves inward, and ten times the width moves it out', () => {
    fc.assert(
      fc.property(given, (g) => {
        const [calm, wary] = [quoterOf({ ...g, widen: 1 }), quoterOf({ ...g, widen: 2 })]
        for (const side of ['bid', 'ask'] as const) {
          const [before, after] = [calm.quotes[side], wary.quotes[side]]
          if (before === null) expect(after).toBeNull()
          else if (after !== null) {
            expect((side === 'bid' ? before - after : after - before) >= 0).toBe(true)
          }
        }
      }),
    )
    const quotes = (widen: number) => priced({ strategy: FULL, calendar: { widen } }).quotes
    expect(quotes(1)).toEqual({ bid: 4400, ask: 4600 })
    expect(quotes(10)).toEqual({ bid: 3100, ask: 5900 })
  })

  it('keeps outer levels a tick apart, each outside the one before it and worth something', () => {
    fc.assert(
      fc.property(given, (g) => {
        const quoter = quoterOf({ ...g, levels: 3 })
        for (const side of ['bid', 'ask'] as const) {
          const prices = [...quoter.sides[side].price].filter((price) => price > 0)
          for (let at = 1; at < prices.length; at++) {
            const outward =
              side === 'bid' ? prices[at - 1]! - prices[at]! : prices[at]! - prices[at - 1]!
            expect(outward).toBeGreaterThan(0)
            expect(prices[at]).toBeGreaterThanOrEqual(g.low)
            expect(prices[at]).toBeLessThanOrEqual(10_000 - g.low)
          }
        }
      }),
    )
    const { sides } = priced({ strategy: { ...FULL, levels: 3 } })
    expect([...sides.bid.price]).toEqual([4400, 4300, 4200])
  })

  it('counts all costs, as rounding earns nothing on its own', () => {
    const reasons = priced({ strategy: { ...FULL, sigma: 1 } }).reasons.bid
    // 0.7 per cent, 1 c^2 per second and a tenth of a second.
    expect(reasons.staleness).toBeCloseTo(0.07, 12)
    expect(priced({ strategy: { ...FULL, rounding: 'outward' } }).reasons.bid.staleness).toBe(0)
  })

  it('quotes 1 c and 99 c where that pays', () => {
    const at = (bid: number, position = 0) =>
      priced({
        book: { bids: [bid, 5000], asks: [bid + 100, 5000] },
        strategy: { ...FULL, longshot_cents: 0 },
        position,
      })
    // Wanted at 0.2 c: nothing to show by rounding outward, but 1 c earns half a cent.
    expect(at(100).reasons.bid.raw).toBeLessThan(1)
    expect(at(100).quotes.bid).toBe(100)
    expect(at(9800).quotes.ask).toBe(9900)
    const worthless = at(100, 200)
    expect([worthless.quotes.bid, worthless.silence.bid]).toEqual([null, 'outside-grid'])
  })

  it('is not for the linear model, which always rounds outward', () => {
    const linear = priced({ strategy: { ...FULL, model: 'linear', gamma: 0 } })
    expect(linear.quotes).toEqual({ bid: 4300, ask: 4700 })
    expect(linear.reasons.bid.candidates.count).toBe(0)
  })

  it('names the limit that holds a quote away from what is worth more', () => {
    const names = (strategy: Partial<Strategy>, position: number, limits = {}) =>
      clampNames(
        priced({
          book: { bids: [4000, 5000], asks: [5000, 5000] },
          strategy: { ...FULL, sigma: 0.5, ...strategy },
          position,
          limits,
        }).reasons.ask.clamps,
      )
    expect(names({ max_through: 99, max_skew: 49 }, 500)).toContain('post-only')
    expect(names({ max_through: 0 }, 500)).toContain('max-through')
    expect(names({ max_through: 99 }, 500, { min_price: 4900 })).toContain('band')
    expect(names({}, 0)).toEqual([])
    const bidOf = (max_through: number) =>
      priced({
        book: { bids: [4000, 5000], asks: [5000, 5000] },
        strategy: { ...FULL, sigma: 0.5, max_through },
        position: -500,
      })
    expect([bidOf(0).quotes.bid, bidOf(2).quotes.bid]).toEqual([4500, 4700])
    expect(clampNames(bidOf(0).reasons.bid.clamps)).toContain('max-through')
  })
})

describe('an order that rests where prices are rounded by value', () => {
  it('stays while its own worth is positive, by a tick at most, and follows where more is', () => {
    const { sides, pricing } = priced({ strategy: FULL })
    const { tolerance, step, raw } = sides.bid
    // The wanted price may fall by 1/k before the order is worth nothing; a tick is less.
    expect(pricing.intensityPart).toBeGreaterThan(1)
    expect(tolerance).toBe(100)
    const sharp = priced({ strategy: { ...FULL, k: 5 } })
    expect(sharp.sides.bid.tolerance).toBeCloseTo(100 * sharp.pricing.intensityPart, 9)
    // Exactly at the switch point the next tick is worth the same.
    const worth = (x: number, at: number): number => {
      const c = at / 100 + pricing.intensityPart
      const g = 0.005 * 10
      return ((1 - Math.exp(-g * (c - x / 100))) / g) * Math.exp(0.7 * (x / 100 - 43))
    }
    expect(worth(4300, 4300 + step)).toBeCloseTo(worth(4400, 4300 + step), 9)
    expect(raw[0]! - 4300).toBeGreaterThan(step)
  })

  it('does not come nearer than the operator allows', () => {
    const { sides, quotes } = priced({ strategy: { ...FULL, min_half_spread: 1.6 } })
    expect(quotes).toEqual({ bid: 4300, ask: 4700 })
    expect(sides.bid.step).toBe(100)
  })
})
