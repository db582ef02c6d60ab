// The tick by value, against a brute-force search of the whole grid and against its limits.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intensityHalfSpread } from '../../../../src/core/pricing/quoting.ts'
import {
  chooseTick,
  edgeAt,
  staleCost,
  utilityOf,
  type WorthInput,
} from '../../../../src/core/pricing/rounding.ts'
import { feePerContractCents } from '../../../../src/core/vocabulary/fees.ts'
import { LINEAR_CENT, PriceGrid, TAPERED } from '../../../../src/core/vocabulary/market.ts'
import { type Candidates, emptyCandidates } from '../../../../src/core/vocabulary/price-reasons.ts'

const CENTS = new PriceGrid(LINEAR_CENT)
const GRIDS = [CENTS, new PriceGrid([{ start: 0, end: 10_000, step: 10 }]), new PriceGrid(TAPERED)]

interface Case {
  readonly side: 'bid' | 'ask'
  /** c: what a fill is worth nothing at, the fee at this price included. */
  readonly c: number
  readonly k: number
  readonly g: number
  readonly fee: number
  readonly low: number
  readonly high: number
}

/** The input of a model that wants its own optimum. */
const inputOf = ({ side, c, k, g, fee, low, high }: Case): WorthInput => {
  const sign = side === 'bid' ? -1 : 1
  const raw = c + sign * intensityHalfSpread(g, k)
  const limit = c - sign * feePerContractCents(fee, c)
  return { side, raw, limit, k, g, fee, low, high }
}

const chosen = (input: WorthInput, grid = CENTS, out: Candidates = emptyCandidates()): number =>
  chooseTick(input, grid, out)

/**
 * log lambda(x) (1 - exp(-g (c - x))) / g for every legal price within the bounds, written as in
 * the derivation and in logarithms; -Infinity where a fill earns nothing.
 */
const logWorth = (x: number, { side, limit, k, g, fee }: WorthInput): number => {
  const sign = side === 'bid' ? 1 : -1
  const p = x / 10_000
  const e = sign * (limit - x / 100) - (fee / 10_000) * p * (1 - p)
  if (!(e > 0)) return Number.NEGATIVE_INFINITY
  const utility = g === 0 ? e : (1 - Math.exp(-g * e)) / g
  return (sign * k * x) / 100 + Math.log(utility)
}

const bruteForce = (input: WorthInput, grid: PriceGrid): { most: number; at: number } => {
  let most = Number.NEGATIVE_INFINITY
  let at = 0
  for (let x = Math.max(input.low, 1); x <= Math.min(input.high, 9999); x++) {
    if (!grid.isLegal(x)) continue
    const worth = logWorth(x, input)
    if (worth > most) {
      most = worth
      at = x
    }
  }
  return { most, at }
}

const cases = fc.record({
  side: fc.constantFrom('bid' as const, 'ask' as const),
  c: fc.double({ min: -3, max: 103, noNaN: true }),
  k: fc.double({ min: 0.05, max: 20, noNaN: true }),
  g: fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 0.5, noNaN: true })),
  fee: fc.constantFrom(0, 17_500),
  low: fc.integer({ min: 1, max: 9000 }),
  high: fc.integer({ min: 1, max: 9999 }),
})
const grids = fc.constantFrom(...GRIDS)

describe('the tick by value', () => {
  it('is the best legal price of the whole grid, whatever the bounds', () => {
    fc.assert(
      fc.property(cases, grids, (given, grid) => {
        const input = inputOf(given)
        const price = chosen(input, grid)
        const { most, at } = bruteForce(input, grid)
        if (at === 0) {
          expect(price).toBe(0)
          return
        }
        // Two prices that are worth the same to the last digits are both right.
        expect(grid.isLegal(price)).toBe(true)
        expect(logWorth(price, input)).toBeGreaterThan(most - 1e-9)
      }),
      { numRuns: 3000 },
    )
  })

  it('stays within its bounds and earns something after the fee at its own price', () => {
    fc.assert(
      fc.property(cases, grids, (given, grid) => {
        const input = inputOf(given)
        const price = chosen(input, grid)
        if (price === 0) return
        expect(price).toBeGreaterThanOrEqual(given.low)
        expect(price).toBeLessThanOrEqual(given.high)
        expect(edgeAt(price, input)).toBeGreaterThan(0)
      }),
    )
  })

  it('never moves inward when a fill costs more', () => {
    fc.assert(
      fc.property(cases, grids, fc.double({ min: 0, max: 5, noNaN: true }), (given, grid, more) => {
        const now = chosen(inputOf(given), grid)
        const sign = given.side === 'bid' ? -1 : 1
        const later = chosen(inputOf({ ...given, c: given.c + sign * more }), grid)
        if (now === 0) expect(later).toBe(0)
        else if (later !== 0) expect(sign * (later - now)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('is the mirror image for an ask', () => {
    fc.assert(
      fc.property(cases, ({ c, low, high, ...rest }) => {
        const bid = inputOf({ ...rest, c, low, high, side: 'bid' })
        const mirrored = { c: 100 - c, low: 10_000 - high, high: 10_000 - low }
        const ask = inputOf({ ...rest, ...mirrored, side: 'ask' })
        const [x, y] = [chosen(bid), chosen(ask)]
        if (x === 0 || y === 0) expect([x, y]).toEqual([0, 0])
        else expect(Math.abs(logWorth(x, bid) - logWorth(10_000 - y, bid))).toBeLessThan(1e-9)
      }),
    )
  })

  it('crosses to the inner tick where that begins to pay, and not where the price is nearer', () => {
    // g = 0: x and x + 1 are worth the same at c - x = 1 / (1 - exp(-k)).
    for (const k of [0.1, 0.7, 2, 5]) {
      const even = 1 / (1 - Math.exp(-k))
      const at = (c: number) =>
        chosen(inputOf({ side: 'bid', c, k, g: 0, fee: 0, low: 100, high: 9900 }))
      expect(at(40 + even - 1e-6)).toBe(4000)
      expect(at(40 + even + 1e-6)).toBe(4100)
    }
  })

  it('tends to that of a neutral maker as gamma goes to 0, without losing its digits', () => {
    expect(utilityOf(1.5, 0)).toBe(1.5)
    expect(utilityOf(-2, 0)).toBe(-2)
    for (const g of [1e-6, 1e-12, 1e-200]) expect(utilityOf(1.5, g)).toBeCloseTo(1.5, 5)
    for (const c of [40.2, 40.9, 41.3, 41.99]) {
      const given = { side: 'bid', c, k: 0.7, fee: 0, low: 100, high: 9900 } as const
      expect(chosen(inputOf({ ...given, g: 1e-12 }))).toBe(chosen(inputOf({ ...given, g: 0 })))
    }
  })

  it('with an infinite k is the innermost price that earns anything', () => {
    const given = { k: Number.POSITIVE_INFINITY, g: 0.05, fee: 0, low: 100, high: 9900 } as const
    expect(chosen(inputOf({ ...given, side: 'bid', c: 48.64 }))).toBe(4800)
    expect(chosen(inputOf({ ...given, side: 'ask', c: 51.36 }))).toBe(5200)
    // At its own limit a fill earns nothing.
    expect(chosen(inputOf({ ...given, side: 'bid', c: 48 }))).toBe(4700)
    expect(staleCost(Number.POSITIVE_INFINITY, 0.04, 1)).toBe(0)
  })

  it('is 1 c and 99 c where those pay, and nothing where they do not', () => {
    const given = { k: 0.7, g: 0.05, fee: 0, low: 1, high: 9999 } as const
    expect(chosen(inputOf({ ...given, side: 'bid', c: 1.2 }))).toBe(100)
    expect(chosen(inputOf({ ...given, side: 'bid', c: 0.9 }))).toBe(0)
    expect(chosen(inputOf({ ...given, side: 'ask', c: 98.8 }))).toBe(9900)
    expect(chosen(inputOf({ ...given, side: 'ask', c: 99.1 }))).toBe(0)
  })

  it('counts the fee at the price of each candidate', () => {
    const input = inputOf({ side: 'bid', c: 5, k: 0.7, g: 0, fee: 70_000, low: 100, high: 9900 })
    expect(edgeAt(300, input)).toBeCloseTo(5 + 0.3325 - 3 - 0.2037, 12)
  })

  it('has nothing to show where the bounds leave no legal price', () => {
    const given = { side: 'bid', c: 50, k: 0.7, g: 0, fee: 0 } as const
    expect(chosen(inputOf({ ...given, low: 4810, high: 4890 }))).toBe(0)
    expect(chosen(inputOf({ ...given, low: 5000, high: 4900 }))).toBe(0)
  })

  it('says which prices it has compared, outermost first, and what each was worth', () => {
    const out = emptyCandidates()
    const input = inputOf({ side: 'ask', c: 50, k: 0.7, g: 0, fee: 0, low: 100, high: 9900 })
    expect(chosen(input, CENTS, out)).toBe(5100)
    expect([...out.price.subarray(0, out.count)]).toEqual([5400, 5300, 5200, 5100, 5000])
    expect(out.from).toBe(5200)
    const worth = [4 * Math.exp(-1.4), 3 * Math.exp(-0.7), 2, Math.exp(0.7), 0]
    for (const [at, value] of worth.entries()) expect(out.worth[at]).toBeCloseTo(value, 12)
  })
})

describe('the cost of a stale mid', () => {
  it('is the mean move of the price that comes with a fill', () => {
    // E[Z exp(-k s Z)] / E[exp(-k s Z)] by the rectangle rule, Z standard normal.
    const [k, sigma2, seconds] = [0.7, 0.09, 2]
    const s = Math.sqrt(sigma2 * seconds)
    let [above, below] = [0, 0]
    for (let z = -9; z <= 9; z += 0.001) {
      const weight = Math.exp(-(z * z) / 2 - k * s * z)
      above += s * z * weight
      below += weight
    }
    expect(staleCost(k, sigma2, seconds)).toBeCloseTo(-above / below, 6)
  })
})
