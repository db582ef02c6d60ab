// The two ways in which the product puts the model's prices on whole cents, as the lab needs them:
// with nobody else in the market.

import type { Pricing, QuoteInput } from '../../../src/core/pricing/quoting.ts'
import { type GridQuotes, toGrid } from '../../../src/core/pricing/quoting.ts'
import { chooseTick, type WorthInput } from '../../../src/core/pricing/rounding.ts'
import { LINEAR_CENT, PriceGrid } from '../../../src/core/vocabulary/market.ts'
import { emptyCandidates } from '../../../src/core/vocabulary/price-reasons.ts'
import { PRICE_CENT, PRICE_ONE, type Side } from '../../../src/core/vocabulary/units.ts'

/** The two prices shown, cents; NaN for a side that is not. */
export interface Shown {
  bid: number
  ask: number
}

/** Puts a pricing on the grid. */
export type Rounding = (pricing: Pricing, input: QuoteInput, out: Shown) => void

const GRID = new PriceGrid(LINEAR_CENT)
/** The best prices of a book that nobody else quotes in, and the ends of the grid. */
const NO_ONE = { bid: 0, ask: PRICE_ONE }
const LOWEST = PRICE_CENT
const HIGHEST = PRICE_ONE - PRICE_CENT
const QUOTES: GridQuotes = { bid: null, ask: null }
const CANDIDATES = emptyCandidates()
const WORTH: WorthInput = {
  side: 'bid',
  raw: 0,
  limit: 0,
  k: 1,
  g: 0,
  fee: 0,
  low: LOWEST,
  high: HIGHEST,
}

/** Bids down and asks up, and nothing beyond the grid. */
export const outward: Rounding = (pricing, { inventory }, out) => {
  toGrid(pricing, GRID, NO_ONE, inventory, QUOTES)
  out.bid = QUOTES.bid === null ? Number.NaN : QUOTES.bid / PRICE_CENT
  out.ask = QUOTES.ask === null ? Number.NaN : QUOTES.ask / PRICE_CENT
}

const chosen = (side: Side, raw: number, limit: number): number => {
  WORTH.side = side
  WORTH.raw = raw
  WORTH.limit = limit
  const price = chooseTick(WORTH, GRID, CANDIDATES)
  return price === 0 ? Number.NaN : price / PRICE_CENT
}

/**
 * The price worth most of those around the wanted one; every cost, the fee too, is taken from the
 * input's addons.
 */
export const byValue: Rounding = (pricing, input, out) => {
  const { reservation, halfBid, halfAsk, volatilityPart } = pricing
  WORTH.k = input.k
  WORTH.g = input.gamma * input.lot
  const spread = volatilityPart
  out.bid = chosen('bid', reservation - halfBid, reservation - spread - input.addonBid)
  out.ask = chosen('ask', reservation + halfAsk, reservation + spread + input.addonAsk)
}
