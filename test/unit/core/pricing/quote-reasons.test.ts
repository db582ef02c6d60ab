// The explanation of a quote is the quote: its parts add up, and a limit is named where it bit.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Quoter } from '../../../../src/core/pricing/quoter.ts'
import { gammaFor } from '../../../../src/core/pricing/risk-aversion.ts'
import { PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import type { Strategy } from '../../../../src/core/vocabulary/parameters.ts'
import { clampNames } from '../../../../src/core/vocabulary/price-reasons.ts'
import { T0 } from '../../../helpers/core.ts'
import { CENTS, priced, TENTHS } from '../../../helpers/priced.ts'

/** All of the full model, with a volatility that is given. */
const FULL: Partial<Strategy> = { model: 'full', gamma: 0.005, sigma: 0.05, k: 0.7, max_alpha: 3 }
const namesOf = (quoter: Quoter, side: 'bid' | 'ask'): string[] =>
  clampNames(quoter.reasons[side].clamps)

describe('the explanation', () => {
  const cents = fc.integer({ min: 2, max: 97 })
  const other = cents.map((bid) => ({
    ...{ ticker: String(bid), at: T0, bid: bid * 100, ask: bid * 100 + 200, position: bid * 10 },
  }))
  const given = fc.record({
    model: fc.constantFrom('linear' as const, 'full' as const),
    bid: cents,
    spread: fc.integer({ min: 1, max: 10 }),
    tenths: fc.boolean(),
    sizes: fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 9999 })),
    position: fc.integer({ min: -200, max: 200 }),
    external: fc.double({ min: -6, max: 6, noNaN: true }),
    ofi: fc.double({ min: 0, max: 5, noNaN: true }),
    before: fc.integer({ min: 1, max: 9999 }),
    gamma: fc.option(fc.double({ min: 0, max: 0.02, noNaN: true })),
    sigma: fc.double({ min: 0, max: 0.5, noNaN: true }),
    k: fc.double({ min: 0.1, max: 5, noNaN: true }),
    floor: fc.option(fc.double({ min: 0, max: 4, noNaN: true })),
    maker: fc.constantFrom(0, 17_500),
    adverse: fc.double({ min: 0, max: 4, noNaN: true }),
    widen: fc.constantFrom(1, 1.5, 2),
    through: fc.double({ min: 0, max: 5, noNaN: true }),
    skew: fc.double({ min: 0, max: 12, noNaN: true }),
    width: fc.double({ min: 0, max: 3, noNaN: true }),
    low: fc.integer({ min: 1, max: 30 }),
    others: fc.array(other, { maxLength: 3 }),
  })

  it('adds up to the price, with every limit that bit and no other, for both models', () => {
    fc.assert(
      fc.property(given, (g) => {
        const [bidSize, askSize] = g.sizes
        const best = { bid: g.bid * 100, ask: Math.min(g.bid + g.spread, 99) * 100 }
        const ranges = g.tenths ? TENTHS : CENTS
        const limits = { min_price: g.low * 100, max_price: 10_000 - g.low * 100 }
        const strategy: Partial<Strategy> = {
          ...{ model: g.model, gamma: g.gamma, sigma: g.sigma, k: g.k, ofi_weight: g.ofi },
          ...{ min_half_spread: g.floor, max_markout: 3, max_alpha: 3, max_through: g.through },
          ...{ max_skew: g.skew, max_inventory_width: g.width, intensity: 'fixed' },
        }
        const quoter = priced({
          book: { bids: [best.bid, bidSize], asks: [best.ask, askSize] },
          market: {
            priceRanges: ranges,
            fees: { maker: g.maker, taker: 70_000, source: 'quadratic_with_maker_fees' },
          },
          strategy,
          limits,
          position: g.position,
          alpha: g.external,
          calendar: { widen: g.widen },
          teach: ({ estimators, event }) => {
            event.hear({ others: g.others, low: null, high: null }, T0)
            estimators.flow.update(best.bid, g.before, best.ask, askSize, T0)
            for (let fill = 0; fill < 60; fill++)
              estimators.markouts.onFill('bid', 45, 45, 100, T0 - 40_000)
            estimators.markouts.onFair(45 - g.adverse, T0 - 20_000)
            estimators.markouts.onFair(45 - g.adverse, T0 - 1)
          },
        })
        const { input, pricing } = quoter
        const grid = new PriceGrid(ranges)
        const half = grid.tickAt((best.bid + best.ask) / 2) / 200
        for (const side of ['bid', 'ask'] as const) {
          const r = quoter.reasons[side]
          const sign = side === 'bid' ? -1 : 1
          const names = namesOf(quoter, side)
          // fair + event + signals (within their limits) + skew -/+ half = raw
          expect(r.fair + r.event + input.signal + r.skew + sign * r.half).toBeCloseTo(r.raw, 9)
          expect(Math.abs(input.signal)).toBeLessThanOrEqual(3)
          expect(names.includes('alpha')).toBe(Math.abs(r.flow + r.external - input.signal) > 0)
          // the parts of the half-spread
          const costs = Math.max(0, r.fee + r.markout - half)
          const free = r.widen * (r.volatility + r.intensity + costs)
          const floor = Math.max(r.breakEven, g.floor ?? half)
          expect(r.half).toBeCloseTo(Math.max(free, floor), 9)
          expect(r.breakEven).toBeCloseTo(r.fee + r.markout, 12)
          if (Math.abs(free - floor) > 1e-9) expect(names.includes('floor')).toBe(free < floor)
          if (g.model === 'full') {
            expect(Math.abs(r.skew)).toBeLessThanOrEqual(g.skew + 1e-9)
            const risk = (input.gamma * input.lot * pricing.holdingVariance) / 2
            expect(names.includes('inventory-width')).toBe(risk > g.width)
          } else expect(names).not.toContain('skew')
          // from the raw price to the one on the grid, limit by limit
          const price = quoter.quotes[side]
          if (Number.isNaN(r.price)) expect(price).toBeNull()
          else expect(r.price * 100).toBeCloseTo(price ?? Number.NaN, 9)
          if (price === null) continue
          const plain = side === 'bid' ? grid.floor(r.raw * 100) : grid.ceil(r.raw * 100)
          const moved = ['post-only', 'own-quotes', 'max-through', 'band']
          expect(names.some((name) => moved.includes(name))).toBe(price !== plain)
          const away = side === 'bid' ? r.raw - price / 100 : price / 100 - r.raw
          expect(away).toBeGreaterThanOrEqual(-1e-7)
          const centre = r.fair + r.event + input.signal
          expect(sign * (centre - price / 100)).toBeLessThanOrEqual(g.through + 1e-9)
          const others = side === 'bid' ? best.ask - price : price - best.bid
          expect(others).toBeGreaterThan(0)
          expect(price).toBeGreaterThanOrEqual(limits.min_price)
          expect(price).toBeLessThanOrEqual(limits.max_price)
        }
        const { bid, ask } = quoter.quotes
        if (bid !== null && ask !== null) expect(bid).toBeLessThan(ask)
      }),
      { numRuns: 1000 },
    )
  })

  it('of signals that would push the price off the scale stops at its ends', () => {
    const book = { bids: [100, 100], asks: [200, 100] }
    const quoter = priced({ book, alpha: -3, strategy: FULL, limits: { min_price: 1 } })
    expect(quoter.input.fair + quoter.input.signal).toBeCloseTo(0.1, 12)
    expect(namesOf(quoter, 'ask')).toContain('alpha')
    expect(quoter.reasons.ask.skew).toBeCloseTo(0, 12)
  })

  it('names the limit of the skew only where it bit, even a limit of 0', () => {
    const skewed = (max_skew: number, position: number): string[] =>
      namesOf(priced({ strategy: { ...FULL, max_skew }, position }), 'bid')
    expect(skewed(0, 50)).toContain('skew')
    expect(skewed(0.1, 50)).toContain('skew')
    expect(skewed(0, 0)).not.toContain('skew')
    expect(skewed(49, 50)).not.toContain('skew')
  })

  it('is not kept where nothing can be priced', () => {
    const quoter = priced({ alpha: Number.NaN })
    expect(quoter.silence).toEqual({ bid: 'not-ready', ask: 'not-ready' })
    expect(quoter.quotes).toEqual({ bid: null, ask: null })
    expect(quoter.reasons.bid.raw).toBeNaN()
  })
})

describe('what the full model is given', () => {
  it('is a gamma that follows from the position limit, where none is set', () => {
    const { input } = priced({ strategy: { ...FULL, gamma: null, sigma: 0.05 } })
    const { k, arrivals, lot, sigma2 } = input
    expect(input.gamma).toBe(gammaFor({ k, maxPosition: 50, arrivals, lot, sigma2, tick: 1 }))
    expect(priced({ strategy: FULL }).input.gamma).toBe(0.005)
  })

  it('is an intensity estimated from trades, or the fixed one', () => {
    const teach = ({ estimators }: Quoter): void => {
      for (let trade = 0; trade < 200; trade++) {
        estimators.onTrade('ask', 4100, 500, 100, T0 - 400_000 + 2000 * trade)
      }
    }
    const fixed = priced({ teach, strategy: { ...FULL, intensity: 'fixed', arrival_rate: 0.02 } })
    expect([fixed.input.k, fixed.input.arrivals]).toEqual([0.7, 0.02])
    const estimated = priced({ teach, strategy: { ...FULL, intensity: 'estimated' } })
    expect(estimated.input.k).toBeLessThan(0.7)
    expect(estimated.input.arrivals).not.toBe(0.02)
  })

  it('is the loss after our own fills of both sides: one side alone may be a trend', () => {
    const teach = ({ estimators: { markouts } }: Quoter): void => {
      for (let fill = 0; fill < 60; fill++) markouts.onFill('bid', 45, 45, 100, T0 - 40_000)
      markouts.onFair(43, T0 - 20_000)
      markouts.onFair(43, T0 - 1)
    }
    const plain = priced({ strategy: FULL })
    const burnt = priced({ strategy: { ...FULL, max_markout: 3 }, teach })
    expect(burnt.reasons.bid.markout).toBeCloseTo(2, 1)
    expect(burnt.pricing.halfBid).toBeGreaterThan(plain.pricing.halfBid)
    expect(burnt.pricing.halfAsk - plain.pricing.halfAsk).toBeCloseTo(
      burnt.pricing.halfBid - plain.pricing.halfBid,
      9,
    )
    const trend = ({ estimators: { markouts } }: Quoter): void => {
      for (let fill = 0; fill < 60; fill++) {
        markouts.onFill('bid', 45, 45, 100, T0 - 40_000)
        markouts.onFill('ask', 45, 45, 100, T0 - 40_000)
      }
      markouts.onFair(43, T0 - 20_000)
      markouts.onFair(43, T0 - 1)
    }
    const moved = priced({ strategy: { ...FULL, max_markout: 3 }, teach: trend })
    expect(moved.reasons.bid.markout).toBeCloseTo(0, 9)
    const ignored = priced({ strategy: { ...FULL, max_markout: 0 }, teach })
    expect(ignored.pricing.halfBid).toBe(plain.pricing.halfBid)
  })
})

describe('limits of a price', () => {
  it('keep a bid from going too far through the fair value, but not at the exit', () => {
    const strategy = { gamma: 0.01, sigma: 1, horizon_seconds: 100, max_through: 0.5 }
    const book = { bids: [4400, 10], asks: [6000, 10] }
    const short = priced({ book, strategy, position: -10 })
    expect(short.reasons.bid.raw).toBeGreaterThan(52.5)
    expect(short.quotes.bid).toBe(5200)
    expect(namesOf(short, 'bid')).toEqual(['max-through'])
    const exit = priced({ book, strategy, position: -10, calendar: { mode: 'reduce-only' } })
    expect(exit.quotes.bid).toBeGreaterThan(5200)
    expect(namesOf(exit, 'bid')).not.toContain('max-through')
  })

  it('let no long shot be bought, unless that reduces the position', () => {
    const cheap = { book: { bids: [300, 10], asks: [500, 10] }, strategy: { longshot_cents: 5 } }
    expect(priced(cheap).silence).toEqual({ bid: 'longshot', ask: null })
    expect(priced({ ...cheap, position: -5 }).silence.bid).toBe(null)
    const dear = { ...cheap, book: { bids: [9500, 10], asks: [9700, 10] } }
    expect(priced(dear).silence).toEqual({ bid: null, ask: 'longshot' })
    expect(priced({ ...dear, position: 5 }).silence.ask).toBe(null)
  })

  it('space the levels by a tick at least, and by the skew of a lot where that is more', () => {
    const levels = (strategy: Partial<Strategy>): number[] => [
      ...priced({ strategy: { ...strategy, levels: 3 } }).sides.bid.price,
    ]
    expect(levels({})).toEqual([4300, 4200, 4100])
    const apart = levels({ sigma: 1, gamma: 0.001, horizon_seconds: 300 })
    // Each lot moves the reservation price by 10 x 0.001 x 300 = 3 cents.
    expect([apart[0]! - apart[1]!, apart[1]! - apart[2]!]).toEqual([300, 300])
  })
})
