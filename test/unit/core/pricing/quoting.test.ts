// The two pricing models against golden vectors and their laws, and the rounding to the grid.

import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectedHoldingVariance, fullModel } from '../../../../src/core/pricing/full-model.ts'
import {
  emptyPricing,
  type GridQuotes,
  intensityHalfSpread,
  linearModel,
  type QuoteInput,
  type QuoteModel,
  toGrid,
} from '../../../../src/core/pricing/quoting.ts'
import { LINEAR_CENT, PriceGrid, type PriceRange } from '../../../../src/core/vocabulary/market.ts'

const GRIDS: Record<string, PriceGrid> = {
  linear_cent: new PriceGrid(LINEAR_CENT),
  deci_cent: new PriceGrid([{ start: 0, end: 10_000, step: 10 }]),
  tapered_deci_cent: new PriceGrid([
    { start: 0, end: 1000, step: 10 },
    { start: 1000, end: 9000, step: 100 },
    { start: 9000, end: 10_000, step: 10 },
  ] satisfies PriceRange[]),
}

interface Vector {
  id: string
  what: string
  model: 'linear' | 'full'
  in: Record<string, number | string>
  out: { r: number; h: number; bid: number | null; ask: number | null }
}

const quote = (given: Record<string, number | string>, model: QuoteModel = linearModel) => {
  const number = (key: string, fallback: number): number => {
    const value = given[key]
    if (value === 'inf') return Number.POSITIVE_INFINITY
    return typeof value === 'number' ? value : fallback
  }
  const input: QuoteInput = {
    fair: number('S', Number.NaN),
    signal: number('alpha', 0),
    inventory: number('q', 0),
    gamma: number('gamma', 0),
    k: number('k', 0),
    sigma2: number('sigma2', 0),
    horizon: number('tau', 0),
    lot: number('lot', 1),
    addonBid: number('addon', 0),
    addonAsk: number('addon', 0),
    floorBid: number('h_min', 0),
    floorAsk: number('h_min', 0),
    widen: 1,
    timeLeft: number('tau', 0),
    arrivals: number('A', 0),
    settlementShare: number('rho', 1),
    maxSkew: number('max_skew', 10),
    maxInventoryWidth: number('h_inv_max', 5),
    clampUnwind: false,
  }
  const pricing = emptyPricing()
  model.price(input, pricing)
  const out: GridQuotes = { bid: null, ask: null }
  const cents = (key: string, fallback: number): number => Math.round(number(key, fallback) * 100)
  const best = { bid: cents('best_bid', 0), ask: cents('best_ask', 100) }
  toGrid(pricing, GRIDS[String(given.grid ?? 'linear_cent')]!, best, input.inventory, out)
  return { pricing, out }
}

// The table below is this project's own set of golden vectors for the linear model: S and results
// in cents, q in contracts, gamma in 1/(cent x contract), sigma2 in cents^2/s, tau in s, k in
// 1/cent.
const file = new URL('../../../fixtures/linear-vectors.json', import.meta.url)
const read = (from: URL): Vector[] =>
  (JSON.parse(readFileSync(from, 'utf8')) as { vectors: Vector[] }).vectors
const vectors = read(file)
const named = (all: Vector[]) => all.map((vector) => [vector.id, vector.what, vector] as const)
/** Checks reservation price, half-spread and quotes. */
const agrees = (vector: Vector, model?: QuoteModel) => {
  const { pricing, out } = quote(vector.in, model)
  expect(Math.abs(pricing.reservation - vector.out.r)).toBeLessThan(1e-6)
  expect(Math.abs(pricing.halfBid - vector.out.h)).toBeLessThan(1e-6)
  expect(out.bid === null ? null : out.bid / 100).toBe(vector.out.bid)
  expect(out.ask === null ? null : out.ask / 100).toBe(vector.out.ask)
  return { pricing }
}

describe('linear model: golden vectors', () => {
  it('has all 33 of them', () => {
    expect(existsSync(file)).toBe(true)
    expect(vectors).toHaveLength(33)
  })
  it.each(named(vectors))('%s %s', (_id, _what, vector) => {
    const { pricing } = agrees(vector)
    expect(Math.abs(pricing.halfAsk - vector.out.h)).toBeLessThan(1e-6)
  })
})

describe('linear model: laws', () => {
  const anyInput = fc.record({
    S: fc.double({ min: 0.5, max: 99.5, noNaN: true }),
    q: fc.double({ min: -500, max: 500, noNaN: true }),
    gamma: fc.double({ min: 0, max: 1, noNaN: true }),
    sigma2: fc.double({ min: 0, max: 2, noNaN: true }),
    tau: fc.double({ min: 0, max: 5000, noNaN: true }),
    k: fc.double({ min: 0.05, max: 20, noNaN: true }),
    lot: fc.double({ min: 0.01, max: 50, noNaN: true }),
  })
  const anyTop = fc
    .tuple(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 1, max: 40 }))
    .map(([bid, width]) => ({ best_bid: bid, best_ask: Math.min(bid + width, 100) }))

  it('never crosses itself or the book, and never leaves the grid', () => {
    fc.assert(
      fc.property(
        anyInput,
        anyTop,
        fc.constantFrom('linear_cent', 'deci_cent', 'tapered_deci_cent'),
        (input, top, grid) => {
          const { out } = quote({ ...input, ...top, grid })
          if (out.bid !== null) {
            expect(GRIDS[grid]!.isLegal(out.bid)).toBe(true)
            expect(out.bid).toBeLessThan(top.best_ask * 100)
          }
          if (out.ask !== null) {
            expect(GRIDS[grid]!.isLegal(out.ask)).toBe(true)
            expect(out.ask).toBeGreaterThan(top.best_bid * 100)
          }
          if (out.bid !== null && out.ask !== null) expect(out.bid).toBeLessThan(out.ask)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('shades the reservation price down as inventory grows', () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: 0, max: 100, noNaN: true }), (input, more) => {
        const low = quote(input).pricing.reservation
        const high = quote({ ...input, q: input.q + more }).pricing.reservation
        expect(high).toBeLessThanOrEqual(low)
      }),
    )
  })

  it('gives the same answer in any unit of time', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const seconds = quote(input).pricing
        const halves = quote({ ...input, tau: input.tau * 2, sigma2: input.sigma2 / 2 }).pricing
        expect(halves.reservation).toBeCloseTo(seconds.reservation, 9)
        expect(halves.halfBid).toBeCloseTo(seconds.halfBid, 9)
      }),
    )
  })

  it('keeps its digits where gamma is too small to divide by', () => {
    expect(intensityHalfSpread(0, 0.7)).toBe(1 / 0.7)
    expect(intensityHalfSpread(1e-12, 0.7)).toBeCloseTo(1 / 0.7, 9)
    expect(intensityHalfSpread(1e-7, 0.7)).toBeCloseTo(1 / 0.7, 6)
    expect(intensityHalfSpread(0.05, Number.POSITIVE_INFINITY)).toBe(0)
  })
})

describe('full model: golden vectors', () => {
  const full = read(new URL('../../../fixtures/full-vectors.json', import.meta.url))
  it('has all 20 of them', () => {
    expect(full).toHaveLength(20)
  })
  it.each(named(full))('%s %s', (_id, _what, vector) => {
    agrees(vector, fullModel)
  })
})

describe('full model: laws', () => {
  const anyInput = fc.record({
    S: fc.double({ min: 0.5, max: 99.5, noNaN: true }),
    q: fc.double({ min: -500, max: 500, noNaN: true }),
    gamma: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
    sigma2: fc.double({ min: 0, max: 1, noNaN: true }),
    tau: fc.double({ min: 0, max: 1e6, noNaN: true }),
    k: fc.double({ min: 0.1, max: 5, noNaN: true }),
    A: fc.double({ min: 1e-4, max: 2, noNaN: true }),
    lot: fc.double({ min: 0.1, max: 20, noNaN: true }),
  })
  const at = (input: Record<string, number>) => quote(input, fullModel).pricing

  it('never raises the reservation price when inventory grows', () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: 0, max: 100, noNaN: true }), (input, more) => {
        const lower = at({ ...input, q: input.q + more }).reservation
        expect(lower).toBeLessThanOrEqual(at(input).reservation + 1e-9)
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same seen from NO: r(S, q, alpha) + r(100 - S, -q, -alpha) = 100', () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: -2, max: 2, noNaN: true }), (input, alpha) => {
        const yes = at({ ...input, alpha }).reservation
        const no = at({ ...input, S: 100 - input.S, q: -input.q, alpha: -alpha }).reservation
        expect(yes + no).toBeCloseTo(100, 6)
      }),
      { numRuns: 2000 },
    )
  })

  it('gives the same answer in any unit of time', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { tau, sigma2, A } = input
        // Below 1e-12 a market counts as still, in whichever unit it is told.
        fc.pre(sigma2 === 0 || sigma2 > 1e-11)
        const other = at({ ...input, tau: tau * 2, sigma2: sigma2 / 2, A: A / 2 })
        expect(other.reservation).toBeCloseTo(at(input).reservation, 6)
        expect(other.halfBid).toBeCloseTo(at(input).halfBid, 6)
      }),
      { numRuns: 2000 },
    )
  })

  it('bears no more than a coin toss, and less the more often it can trade out', () => {
    fc.assert(
      fc.property(
        fc.record({
          v: fc.double({ min: 1, max: 2500, noNaN: true }),
          sigma2: fc.double({ min: 0, max: 1, noNaN: true }),
          tau: fc.double({ min: 0, max: 1e6, noNaN: true }),
          c: fc.double({ min: 1e-2, max: 1e8, noNaN: true }),
          times: fc.double({ min: 1, max: 10, noNaN: true }),
          rho: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        ({ v, sigma2, tau, c, times, rho }) => {
          const input = { sigma2, timeLeft: tau, settlementShare: rho, clampUnwind: false }
          const slow = expectedHoldingVariance(v, c * times, input)
          const fast = expectedHoldingVariance(v, c, input)
          expect(slow).toBeGreaterThanOrEqual(0)
          expect(slow).toBeLessThanOrEqual(v)
          expect(fast).toBeLessThanOrEqual(slow * (1 + 1e-9) + 1e-12)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('skews the same a month before the close as a day before it', () => {
    const input = { S: 50, q: 100, gamma: 0.005, sigma2: 0.0025, k: 0.7, A: 0.02 }
    const day = at({ ...input, tau: 86_400 })
    const month = at({ ...input, tau: 2_592_000 })
    expect(month.reservation).toBeCloseTo(day.reservation, 9)
  })

  it('is the linear model where nothing can be unwound or settled', () => {
    const input = { S: 50, q: 2, gamma: 0.005, sigma2: 0.0025, tau: 100, k: 0.7, A: 1e-9, rho: 0 }
    expect(at(input).reservation).toBeCloseTo(quote(input).pricing.reservation, 6)
    expect(at(input).halfBid).toBeCloseTo(quote(input).pricing.halfBid, 6)
  })
})
