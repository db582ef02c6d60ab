// Writes down why each innermost price is what it is, while it is priced.
//
// In: the model's input and answer, and the prices on the grid. Out: the `reasons` of both sides,
// whose parts add up to the price, with every limit that bit. Changes no price.

import type { PriceGrid } from '../vocabulary/market.ts'
import type { Strategy } from '../vocabulary/parameters.ts'
import { CLAMPS, type QuoteReasons } from '../vocabulary/price-reasons.ts'
import { PRICE_CENT, type Price, type Side } from '../vocabulary/units.ts'
import type { Decision } from './pricing-input.ts'
import type { GridQuotes, Pricing, QuoteInput } from './quoting.ts'

/** What the explanation reads, and the reasons that it fills. */
interface PricedSides {
  readonly input: QuoteInput
  readonly pricing: Pricing
  readonly quotes: GridQuotes
  /** Per side, the last price that does not trade with others. */
  readonly sides: Readonly<Record<Side, { readonly limit: Price }>>
  readonly reasons: Readonly<Record<Side, QuoteReasons>>
}

/** Empties what is only true of the last decision. */
export const clearReasons = (reasons: QuoteReasons): void => {
  reasons.raw = Number.NaN
  reasons.price = Number.NaN
  reasons.clamps = 0
  reasons.place = 'model'
}

/** Limits that bit on both sides alike, as bits of CLAMPS. */
const commonClamps = ({ input, pricing }: PricedSides, decision: Decision, strategy: Strategy) => {
  let clamps = 0
  if (input.signal !== decision.flow + decision.external) clamps |= CLAMPS.alpha
  if (strategy.model !== 'full') return clamps
  const risk = input.gamma * pricing.holdingVariance
  if (Math.abs(pricing.skew) >= input.maxSkew - 1e-9 && input.inventory * risk !== 0) {
    clamps |= CLAMPS.skew
  }
  if ((risk * input.lot) / 2 > strategy.max_inventory_width) clamps |= CLAMPS['inventory-width']
  return clamps
}

/** Fills the reasons of both sides, all but fee and break-even, which are there already. */
export const explain = (
  priced: PricedSides,
  decision: Decision,
  strategy: Strategy,
  grid: PriceGrid,
): void => {
  const common = commonClamps(priced, decision, strategy)
  explainSide('bid', priced, decision, common, grid)
  explainSide('ask', priced, decision, common, grid)
}

const explainSide = (
  side: Side,
  { input, pricing, quotes, sides, reasons: both }: PricedSides,
  { fair, flow, event, external }: Decision,
  common: number,
  grid: PriceGrid,
): void => {
  const reasons = both[side]
  const isBid = side === 'bid'
  const half = isBid ? pricing.halfBid : pricing.halfAsk
  const raw = pricing.reservation + (isBid ? -half : half)
  reasons.fair = fair
  reasons.flow = flow
  reasons.event = event
  reasons.external = external
  reasons.skew = pricing.skew
  reasons.volatility = pricing.volatilityPart
  reasons.intensity = pricing.intensityPart
  reasons.markout = reasons.breakEven - reasons.fee
  reasons.widen = input.widen
  reasons.half = half
  reasons.raw = raw
  reasons.clamps = common
  const risk = pricing.volatilityPart + pricing.intensityPart
  const free = (risk + (isBid ? input.addonBid : input.addonAsk)) * input.widen
  if (free < half) reasons.clamps |= CLAMPS.floor
  const price = quotes[side]
  // Rounding by value comes later, and says itself which limit it has met.
  if (price === null) return
  const rounded = isBid ? grid.floor(raw * PRICE_CENT) : grid.ceil(raw * PRICE_CENT)
  if (price === rounded) return
  reasons.clamps |= price === sides[side].limit ? CLAMPS['post-only'] : CLAMPS['own-quotes']
}
