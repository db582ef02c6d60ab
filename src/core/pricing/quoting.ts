// The interface of the pricing models, the linear model, and the rounding of prices to the grid.
//
// In: fair value, inventory and risk. A model answers with a reservation price and a half-spread
// per side, in cents; `toGrid` turns any model's answer into legal, post-only, uncrossed prices.
// The linear model is Avellaneda and Stoikov (2008): r = S + alpha - q gamma sigma^2 (T-t), total
// spread gamma sigma^2 (T-t) + (2/gamma) ln(1 + gamma/k), with gamma taken per lot inside the
// spread (Gueant 2017, eq. 4.6) so that the unit of the order size does not change the price.

import type { PriceGrid } from '../vocabulary/market.ts'
import { PRICE_CENT, PRICE_ONE, type Price } from '../vocabulary/units.ts'

/** All that a model may read. Cents, contracts, seconds. */
export interface QuoteInput {
  /** Fair YES price before signals, cents in (0,100). */
  fair: number
  /** Order flow and external signals together, bounded, cents. */
  signal: number
  /** Signed YES inventory, contracts. */
  inventory: number
  /** Risk aversion, 1/(cent x contract), >= 0. */
  gamma: number
  /** Decay of fill intensity with distance, 1/cent, > 0; Infinity allowed. */
  k: number
  /** Variance rate of the price, cents^2 per second, >= 0. */
  sigma2: number
  /** T - t in seconds; negative counts as 0. */
  horizon: number
  /** Contracts per quote, > 0. */
  lot: number
  /** Costs to be earned back, cents: max(0, fee + adverse selection - half a tick) of each side. */
  addonBid: number
  addonAsk: number
  /** Floor of each half-spread, cents: break-even, and what the operator asks for. */
  floorBid: number
  floorAsk: number
  /** Multiplier of the half-spread, >= 1: toxic flow, news, a jump. */
  widen: number
  /** Seconds to the close, without the cap of `horizon`. This and all below: full model only. */
  timeLeft: number
  /** A: fills of one lot per second and side at distance 0, >= 0. */
  arrivals: number
  /** rho: share of the variance left at the close that is borne to settlement, 0..1. */
  settlementShare: number
  /** The reservation price stays this close to the fair value, cents. */
  maxSkew: number
  /** The inventory part of the half-spread is at most this, cents. */
  maxInventoryWidth: number
  /** Keeps the unwind time between 30 s and 6 h. */
  clampUnwind: boolean
}

/** The input of a flat maker without costs or bounds, for callers to fill in. */
export const emptyQuoteInput = (): QuoteInput => ({
  fair: Number.NaN,
  signal: 0,
  inventory: 0,
  gamma: 0,
  k: 1,
  sigma2: 0,
  horizon: 0,
  lot: 1,
  addonBid: 0,
  addonAsk: 0,
  floorBid: 0,
  floorAsk: 0,
  widen: 1,
  timeLeft: 0,
  arrivals: 0,
  settlementShare: 1,
  maxSkew: 0,
  maxInventoryWidth: 0,
  clampUnwind: true,
})

/** A model's answer, in cents. Kept with the quotes as their explanation. */
export interface Pricing {
  reservation: number
  /** Distance from the reservation price to the raw bid. */
  halfBid: number
  /** Distance from the reservation price to the raw ask. */
  halfAsk: number
  /** Inventory part of the reservation price: -q gamma sigma^2 (T-t), in the linear model. */
  skew: number
  /** Volatility part of the half-spread. */
  volatilityPart: number
  /** Intensity part of the half-spread. */
  intensityPart: number
  /** Variance that a contract is expected to bear, cents^2: sigma^2 (T-t), or the full model V. */
  holdingVariance: number
}

/** One way of pricing. Writes into `out`; keeps no state and allocates nothing. */
export interface QuoteModel {
  readonly name: string
  price(input: QuoteInput, out: Pricing): void
  /** The reservation price at another inventory, all else as in the last `price` into `pricing`. */
  reservationAt(inventory: number, input: QuoteInput, pricing: Pricing): number
}

export const emptyPricing = (): Pricing => ({
  reservation: 0,
  halfBid: 0,
  halfAsk: 0,
  skew: 0,
  volatilityPart: 0,
  intensityPart: 0,
  holdingVariance: 0,
})

/** Adds up the parts of each half-spread; shared by all models. */
export const setHalves = (input: QuoteInput, out: Pricing): void => {
  const risk = out.volatilityPart + out.intensityPart
  out.halfBid = Math.max((risk + input.addonBid) * input.widen, input.floorBid)
  out.halfAsk = Math.max((risk + input.addonAsk) * input.widen, input.floorAsk)
}

/**
 * (1/g) ln(1 + g/k) in cents: the half-spread that balances edge against fill rate.
 * Tends to 1/k as g -> 0, where the quotient would lose all its digits.
 */
export const intensityHalfSpread = (g: number, k: number): number => {
  if (k === Number.POSITIVE_INFINITY) return 0
  return g / k < 1e-8 ? 1 / k : Math.log1p(g / k) / g
}

export const linearModel: QuoteModel = {
  name: 'linear',
  price(input, out) {
    const horizon = Math.max(input.horizon, 0)
    const variance = input.sigma2 * horizon
    const lotGamma = input.gamma * input.lot
    out.skew = -input.inventory * input.gamma * variance
    out.reservation = input.fair + input.signal + out.skew
    out.volatilityPart = (lotGamma * variance) / 2
    out.intensityPart = intensityHalfSpread(lotGamma, input.k)
    out.holdingVariance = variance
    setHalves(input, out)
  },
  reservationAt(inventory, input, { holdingVariance }) {
    return input.fair + input.signal - inventory * input.gamma * holdingVariance
  },
}

/** Prices to show. null = that side is not quoted. */
export interface GridQuotes {
  bid: Price | null
  ask: Price | null
}

/**
 * Puts a pricing on the grid: the bid is rounded down and the ask up. A side whose price lies
 * outside the grid is suppressed and not clamped, because clamping gives its edge away; only a side
 * pushed past the far end, which is eager to trade, goes to that end. Then each side moves strictly
 * inside the opposite best price (post-only), and our own bid strictly below our own ask.
 * @param best best prices of others; 0 and 10000 where there is none
 * @param inventory signed contracts; decides which side gives way when both land on one price
 */
export const toGrid = (
  pricing: Pricing,
  grid: PriceGrid,
  best: { readonly bid: Price; readonly ask: Price },
  inventory: number,
  out: GridQuotes,
): void => {
  const rawBid = (pricing.reservation - pricing.halfBid) * PRICE_CENT
  const rawAsk = (pricing.reservation + pricing.halfAsk) * PRICE_CENT
  let bid = grid.floor(rawBid)
  let ask = grid.ceil(rawAsk)
  if (best.ask < PRICE_ONE && bid >= best.ask) bid = grid.down(best.ask)
  if (best.bid > 0 && ask <= best.bid) ask = grid.up(best.bid)
  if (bid >= ask && bid > 0 && ask < PRICE_ONE) {
    if (inventory < 0) ask = grid.up(bid)
    else bid = grid.down(ask)
  }
  out.bid = bid > 0 && bid < PRICE_ONE && Number.isFinite(rawBid) ? bid : null
  out.ask = ask > 0 && ask < PRICE_ONE && Number.isFinite(rawAsk) ? ask : null
}
