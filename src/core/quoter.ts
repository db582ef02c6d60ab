// From the book of others to the two quotes we would like to show, before limits and orders.
//
// Holds the estimators (order flow, volatility) and the last top of the book with our own orders
// taken out, so that we never follow ourselves. Everything is overwritten in place.

import type { Book, OwnSize, Top } from './book.ts'
import { microCents, midCents } from './fair-value.ts'
import { feePerContractCents } from './fees.ts'
import { OrderFlow, Volatility } from './flow.ts'
import { fullModel } from './full-model.ts'
import type { Market, PriceGrid } from './market.ts'
import type { Parameters } from './parameters.ts'
import {
  emptyPricing,
  type GridQuotes,
  linearModel,
  type Pricing,
  type QuoteInput,
  type QuoteModel,
  toGrid,
} from './quoting.ts'
import { CONTRACT, type Millis, PRICE_CENT, PRICE_ONE, type Price, type Side } from './units.ts'

const MODELS: Readonly<Record<Parameters['strategy']['model'], QuoteModel>> = {
  linear: linearModel,
  full: fullModel,
}

/** Why a side has no target, or null where it has one. */
export type Silence = string | null

export class Quoter {
  /** Best prices of others; bid 0 or ask 10000 for an empty side. */
  readonly top: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }
  readonly pricing: Pricing = emptyPricing()
  readonly quotes: GridQuotes = { bid: null, ask: null }
  readonly silence: Record<Side, Silence> = { bid: null, ask: null }
  readonly flow = new OrderFlow()
  readonly volatility = new Volatility()
  readonly input: QuoteInput = {
    fair: Number.NaN,
    alpha: 0,
    inventory: 0,
    gamma: 0,
    k: 1,
    sigma2: 0,
    horizon: 0,
    lot: 1,
    addon: 0,
    minHalfSpread: 0,
    timeLeft: 0,
    arrivals: 0,
    settles: 1,
    maxSkew: 0,
    maxInventoryWidth: 0,
    clampUnwind: true,
  }
  readonly #next: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }

  /** True when others' best prices or sizes have changed since the last call. */
  refresh(book: Book, own: OwnSize, grid: PriceGrid, at: Millis): boolean {
    const next = this.#next
    if (!book.topWithout(own, next)) return false
    const { top } = this
    if (
      next.bid === top.bid &&
      next.ask === top.ask &&
      next.bidSize === top.bidSize &&
      next.askSize === top.askSize
    ) {
      return false
    }
    top.bid = next.bid
    top.bidSize = next.bidSize
    top.ask = next.ask
    top.askSize = next.askSize
    if (top.bid < top.ask) {
      this.flow.update(top.bid, top.bidSize, top.ask, top.askSize, at)
      if (this.isTwoSided) {
        const mid = midCents(top.bid, top.ask)
        this.volatility.onMid(mid, at, grid.tickAt(mid * PRICE_CENT) / PRICE_CENT)
      }
    }
    return true
  }

  get isTwoSided(): boolean {
    return this.top.bid > 0 && this.top.ask < PRICE_ONE
  }

  /** Cents; null while a side of others' book is empty or the book is crossed. */
  get mid(): number | null {
    if (!this.isTwoSided || this.top.bid >= this.top.ask) return null
    return midCents(this.top.bid, this.top.ask)
  }

  /**
   * Prices both sides into `quotes`, with the reason of each silent side in `silence`.
   * Needs a fair value: with one side of the book empty there is none, and nothing is quoted.
   * @param position signed contracts
   * @param alpha external skew, cents
   */
  price(
    parameters: Parameters,
    market: Market,
    grid: PriceGrid,
    position: number,
    alpha: number,
    at: Millis,
  ): void {
    const { strategy, limits } = parameters
    const { top, quotes, silence, input } = this
    quotes.bid = null
    quotes.ask = null
    if (!this.isTwoSided) {
      input.fair = Number.NaN
      silence.bid = silence.ask = 'one-sided-book'
      return
    }
    const fair =
      strategy.fair_value === 'micro'
        ? microCents(top.bid, top.bidSize, top.ask, top.askSize)
        : midCents(top.bid, top.ask)
    const expected = market.expectedAt > at ? market.expectedAt : market.closeAt
    const tau = Math.max(0, (expected - at) / 1000)
    input.fair = fair
    input.alpha = alpha
    input.inventory = position
    input.gamma = strategy.gamma
    input.k = strategy.k
    input.sigma2 =
      strategy.sigma === null
        ? this.volatility.sigma2(at, fair, tau, !market.canCloseEarly)
        : strategy.sigma * strategy.sigma
    input.horizon = Math.min(tau, strategy.horizon_seconds)
    input.lot = strategy.size / CONTRACT
    // Rounding outward earns half a tick on average, so only what exceeds it widens the quote.
    const halfTick = grid.tickAt(fair * PRICE_CENT) / PRICE_CENT / 2
    input.addon = Math.max(0, feePerContractCents(market.fees.maker, fair) - halfTick)
    input.minHalfSpread = strategy.min_half_spread
    input.timeLeft = tau
    input.arrivals = strategy.arrival_rate
    input.settles = strategy.settlement_share
    input.maxSkew = strategy.max_skew
    input.maxInventoryWidth = strategy.max_inventory_width
    MODELS[strategy.model].price(input, this.pricing)
    toGrid(this.pricing, grid, top.bid, top.ask, position, quotes)

    silence.bid = quotes.bid === null ? 'outside-grid' : null
    silence.ask = quotes.ask === null ? 'outside-grid' : null
    this.#band('bid', grid, limits.min_price, limits.max_price)
    this.#band('ask', grid, limits.min_price, limits.max_price)
  }

  // A price beyond the far end of the band comes back to it, which only costs us the trade; one
  // beyond the near end is silenced, because clamping it would give its edge away.
  #band(side: Side, grid: PriceGrid, low: Price, high: Price): void {
    let price = this.quotes[side]
    if (price === null) return
    if (side === 'bid' && price > high) price = grid.floor(high)
    if (side === 'ask' && price < low) price = grid.ceil(low)
    const inside = price >= low && price <= high
    this.quotes[side] = inside ? price : null
    if (!inside) this.silence[side] = 'price-band'
  }
}
