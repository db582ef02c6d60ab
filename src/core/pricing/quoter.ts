// From the book of others to the quotes that we would like to show, before sizes, limits and orders.
//
// Holds the estimators and the last top of the book with our own orders taken out, so that we never
// follow ourselves. Everything is overwritten in place; each price leaves with its explanation.

import type { Book, OwnSize, Top } from '../book/book.ts'
import { Estimators } from '../estimators/estimators.ts'
import { midCents } from '../estimators/fair-value.ts'
import { type CalendarState, isLongshot } from '../guards/calendar.ts'
import { breakEvenTolerance } from '../orders/planning.ts'
import { feePerContractCents } from '../vocabulary/fees.ts'
import type { Market, PriceGrid } from '../vocabulary/market.ts'
import type { Strategy } from '../vocabulary/parameter-table.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import { CLAMPS, emptyReasons, type QuoteReasons } from '../vocabulary/reasons.ts'
import {
  CONTRACT,
  type Millis,
  PRICE_CENT,
  PRICE_ONE,
  type Price,
  type Side,
} from '../vocabulary/units.ts'
import { fullModel } from './full-model.ts'
import {
  emptyPricing,
  type GridQuotes,
  linearModel,
  type Pricing,
  type QuoteInput,
  type QuoteModel,
  toGrid,
} from './quoting.ts'
import { gammaFor } from './risk-aversion.ts'

const MODELS: Readonly<Record<Strategy['model'], QuoteModel>> = {
  linear: linearModel,
  full: fullModel,
}
const SIDES: readonly Side[] = ['bid', 'ask']
/** Levels of the book that multi-level order flow can look at. */
const DEPTH = 5

/** Why a side has no target, or null where it has one. */
export type Silence = string | null

/** The wanted prices of a side, by level; 0 where a level has none. */
export interface SideQuotes {
  readonly price: Float64Array
  /** Before rounding, Price units. */
  readonly raw: Float64Array
  /** How far past `raw` an order still clears its costs, Price units. */
  away: number
  /** The last price of the side that does not trade with others. */
  last: Price
}

const emptySide = (): SideQuotes => ({
  price: new Float64Array(MOST_LEVELS),
  raw: new Float64Array(MOST_LEVELS),
  away: 0,
  last: 0,
})

export class Quoter {
  /** Best prices of others; bid 0 or ask 10000 for an empty side. */
  readonly top: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }
  readonly pricing: Pricing = emptyPricing()
  /** The innermost wanted prices. */
  readonly quotes: GridQuotes = { bid: null, ask: null }
  readonly sides: Readonly<Record<Side, SideQuotes>> = { bid: emptySide(), ask: emptySide() }
  readonly reasons: Readonly<Record<Side, QuoteReasons>> = {
    bid: emptyReasons(),
    ask: emptyReasons(),
  }
  readonly silence: Record<Side, Silence> = { bid: null, ask: null }
  readonly estimators = new Estimators()
  readonly input: QuoteInput = {
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
  }
  /** When the mid last jumped; 0 before it has. */
  jumpedAt: Millis = 0
  /** The lowest and highest price that the limits allow, as of the last decision. */
  readonly band = { low: 0, high: PRICE_ONE }
  readonly #setting = { k: 1, maxPosition: 1, arrivals: 0, lot: 1, sigma2: 0 }
  readonly #next: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }
  readonly #depth = {
    bidPrices: new Float64Array(DEPTH),
    bidSizes: new Float64Array(DEPTH),
    askPrices: new Float64Array(DEPTH),
    askSizes: new Float64Array(DEPTH),
  }

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
      const tick = grid.tickAt((top.bid + top.ask) / 2)
      if (this.estimators.onTop(top, tick, at)) this.jumpedAt = at
    }
    return true
  }

  /** Looks at the best levels for order flow; for strategies that look deeper than the first. */
  refreshDepth(book: Book, own: OwnSize, levels: number, at: Millis): void {
    const { bidPrices, bidSizes, askPrices, askSizes } = this.#depth
    if (!book.isLive) return
    book.levels('bid', own, levels, bidPrices, bidSizes)
    book.levels('ask', own, levels, askPrices, askSizes)
    this.estimators.depthFlow.update(levels, bidPrices, bidSizes, askPrices, askSizes, at)
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
   * Prices every level of both sides into `sides`, with the reason of each silent side in `silence`
   * and the parts of each price in `reasons`. Needs a fair value: with one side of the book empty
   * there is none, and nothing is quoted.
   * @param position signed contracts
   * @param external signal from outside, cents
   */
  price(
    parameters: Parameters,
    market: Market,
    grid: PriceGrid,
    position: number,
    external: number,
    calendar: CalendarState,
    at: Millis,
  ): void {
    const { strategy, limits } = parameters
    const { top, quotes, silence, input, pricing, estimators } = this
    this.band.low = limits.min_price
    this.band.high = limits.max_price
    this.#clear()
    if (!this.isTwoSided) {
      input.fair = Number.NaN
      silence.bid = silence.ask = 'one-sided-book'
      return
    }
    const mid = midCents(top.bid, top.ask)
    const tick = grid.tickAt(mid * PRICE_CENT)
    const fair = this.#fair(strategy, mid, tick)
    estimators.markouts.onFair(fair, at)
    const flow = strategy.ofi_weight === 0 ? 0 : this.#flow(strategy, tick, at)
    this.#fill(parameters, market, fair, flow, external, position, calendar, tick, at)
    const model = MODELS[strategy.model]
    model.price(input, pricing)
    if (!Number.isFinite(pricing.reservation) || !Number.isFinite(pricing.halfBid)) {
      silence.bid = silence.ask = 'not-ready'
      return
    }
    toGrid(pricing, grid, top.bid, top.ask, position, quotes)
    this.#explain(strategy, fair, flow, external, grid)
    const centre = fair + input.signal
    // The last minutes before the close: what reduces may go through the fair value.
    const exiting = calendar.mode === 'reduce-only'
    for (const side of SIDES) {
      const reducing = side === 'bid' ? position < 0 : position > 0
      silence[side] = quotes[side] === null ? 'outside-grid' : null
      if (!(exiting && reducing)) this.#through(side, centre, strategy.max_through, grid)
      this.#band(side, grid, limits.min_price, limits.max_price)
      if (isLongshot(side, centre / 100, reducing, strategy.longshot_cents)) {
        quotes[side] = null
        silence[side] = 'longshot'
      }
      this.#levels(side, model, strategy, grid, limits.min_price, limits.max_price)
    }
  }

  /** A price of the placing rule takes the place of the model's own innermost one. */
  place(side: Side, price: Price, why: string): void {
    this.quotes[side] = price
    this.sides[side].price[0] = price
    this.reasons[side].price = price / PRICE_CENT
    this.reasons[side].place = why
  }

  #clear(): void {
    this.quotes.bid = null
    this.quotes.ask = null
    for (const side of SIDES) {
      this.sides[side].price.fill(0)
      const reasons = this.reasons[side]
      reasons.raw = Number.NaN
      reasons.price = Number.NaN
      reasons.clamps = 0
      reasons.place = 'model'
    }
  }

  #fair(strategy: Strategy, mid: number, tick: Price): number {
    if (strategy.fair_value === 'mid') return mid
    const { top, estimators } = this
    const micro = estimators.micro.fair(top.bid, top.bidSize, top.ask, top.askSize, tick)
    return estimators.anchor.blend(micro, top.bid / PRICE_CENT, top.ask / PRICE_CENT)
  }

  /** What order flow says about the next seconds, in cents: at most half a tick. */
  #flow(strategy: Strategy, tick: Price, at: Millis): number {
    const { flow, depthFlow } = this.estimators
    const pressure = strategy.ofi_levels > 1 ? depthFlow : flow
    return (pressure.impact(at, strategy.ofi_weight) * tick) / PRICE_CENT
  }

  #fill(
    parameters: Parameters,
    market: Market,
    fair: number,
    flow: number,
    external: number,
    position: number,
    calendar: CalendarState,
    tick: Price,
    at: Millis,
  ): void {
    const { strategy, limits } = parameters
    const { input, estimators } = this
    const expected = expectedAt(strategy, market, at)
    const tau = Math.max(0, (expected - at) / 1000)
    const learns = strategy.model === 'full' && strategy.intensity === 'estimated'
    input.fair = fair
    input.signal = boundedSignal(fair, flow + external, strategy.max_alpha)
    input.inventory = position
    input.k = learns ? estimators.intensity.k(strategy.k) : strategy.k
    input.arrivals = learns ? this.#arrivals(strategy.arrival_rate, at) : strategy.arrival_rate
    input.sigma2 =
      strategy.sigma === null
        ? estimators.volatility.total(
            at,
            fair,
            tau,
            !market.canCloseEarly || strategy.event_time !== null,
          )
        : strategy.sigma * strategy.sigma
    input.horizon = Math.min(tau, strategy.horizon_seconds)
    input.lot = strategy.size / CONTRACT
    input.gamma = strategy.gamma ?? this.#gamma(limits.max_position / CONTRACT)
    // Rounding outward earns half a tick on average, so only what exceeds it widens the quote.
    const halfTick = tick / PRICE_CENT / 2
    const fee = feePerContractCents(market.fees.maker, fair)
    const floor = strategy.min_half_spread ?? halfTick
    const adverse = estimators.markouts.adverseOfBoth(strategy.max_markout)
    const bidCost = fee + adverse
    const askCost = fee + adverse
    input.addonBid = Math.max(0, bidCost - halfTick)
    input.addonAsk = Math.max(0, askCost - halfTick)
    input.floorBid = Math.max(bidCost, floor)
    input.floorAsk = Math.max(askCost, floor)
    input.widen = calendar.widen * estimators.toxicity.multiplier(strategy.toxicity_weight)
    input.timeLeft = tau
    input.settlementShare = strategy.settlement_share
    input.maxSkew = strategy.max_skew
    input.maxInventoryWidth = strategy.max_inventory_width
    this.reasons.bid.fee = this.reasons.ask.fee = fee
    this.reasons.bid.breakEven = bidCost
    this.reasons.ask.breakEven = askCost
  }

  #gamma(maxPosition: number): number {
    const { input } = this
    const setting = this.#setting
    setting.k = input.k
    setting.maxPosition = maxPosition
    setting.arrivals = input.arrivals
    setting.lot = input.lot
    setting.sigma2 = input.sigma2
    return gammaFor(setting)
  }

  #arrivals(prior: number, at: Millis): number {
    const { intensity } = this.estimators
    const { k } = this.input
    return (intensity.arrivals('bid', prior, at, k) + intensity.arrivals('ask', prior, at, k)) / 2
  }

  #explain(
    strategy: Strategy,
    fair: number,
    flow: number,
    external: number,
    grid: PriceGrid,
  ): void {
    const { input, pricing, quotes } = this
    let common = 0
    if (input.signal !== flow + external) common |= CLAMPS.alpha
    if (strategy.model === 'full') {
      const risk = input.gamma * pricing.holdingVariance
      if (Math.abs(pricing.skew) >= strategy.max_skew - 1e-9 && input.inventory * risk !== 0) {
        common |= CLAMPS.skew
      }
      if ((risk * input.lot) / 2 > strategy.max_inventory_width) {
        common |= CLAMPS['inventory-width']
      }
    }
    const parts = pricing.volatilityPart + pricing.intensityPart
    for (const side of SIDES) {
      const reasons = this.reasons[side]
      const half = side === 'bid' ? pricing.halfBid : pricing.halfAsk
      const sides = this.sides[side]
      const raw = pricing.reservation + (side === 'bid' ? -half : half)
      reasons.fair = fair
      reasons.flow = flow
      reasons.external = external
      reasons.skew = pricing.skew
      reasons.volatility = pricing.volatilityPart
      reasons.intensity = pricing.intensityPart
      reasons.markout = reasons.breakEven - reasons.fee
      reasons.widen = input.widen
      reasons.half = half
      reasons.raw = raw
      reasons.clamps = common
      const free = (parts + (side === 'bid' ? input.addonBid : input.addonAsk)) * input.widen
      if (free < half) reasons.clamps |= CLAMPS.floor
      const tick = grid.tickAt(raw * PRICE_CENT)
      sides.raw[0] = raw * PRICE_CENT
      sides.away = breakEvenTolerance(half * PRICE_CENT, reasons.breakEven * PRICE_CENT, tick)
      const { bid, ask } = this.top
      sides.last = side === 'bid' ? grid.down(ask) : grid.up(bid)
      const price = quotes[side]
      if (price === null) continue
      const plain = side === 'bid' ? grid.floor(raw * PRICE_CENT) : grid.ceil(raw * PRICE_CENT)
      if (price === plain) continue
      reasons.clamps |= price === sides.last ? CLAMPS['post-only'] : CLAMPS['own-quotes']
    }
  }

  /** Never pays more than `most` cents beyond the fair value for the sake of inventory. */
  #through(side: Side, centre: number, most: number, grid: PriceGrid): void {
    const price = this.quotes[side]
    if (price === null) return
    const edge = (side === 'bid' ? centre + most : centre - most) * PRICE_CENT
    if (side === 'bid' ? price <= edge : price >= edge) return
    const limited = side === 'bid' ? grid.floor(edge) : grid.ceil(edge)
    this.reasons[side].clamps |= CLAMPS['max-through']
    this.quotes[side] = limited > 0 && limited < PRICE_ONE ? limited : null
    if (this.quotes[side] === null) this.silence[side] = 'outside-grid'
  }

  // A price beyond the far end of the band comes back to it, which only costs us the trade; one
  // beyond the near end is silenced, because clamping it would give its edge away.
  #band(side: Side, grid: PriceGrid, low: Price, high: Price): void {
    let price = this.quotes[side]
    if (price === null) return
    const wanted = price
    if (side === 'bid' && price > high) price = grid.floor(high)
    if (side === 'ask' && price < low) price = grid.ceil(low)
    const inside = price >= low && price <= high
    if (price !== wanted || !inside) this.reasons[side].clamps |= CLAMPS.band
    this.quotes[side] = inside ? price : null
    if (!inside) this.silence[side] = 'price-band'
  }

  /** The outer quotes: each as if those inside it had been filled. */
  #levels(
    side: Side,
    model: QuoteModel,
    strategy: Strategy,
    grid: PriceGrid,
    low: Price,
    high: Price,
  ): void {
    const { input, pricing } = this
    const sides = this.sides[side]
    const innermost = this.quotes[side]
    this.reasons[side].price = innermost === null ? Number.NaN : innermost / PRICE_CENT
    if (innermost === null) return
    sides.price[0] = innermost
    const half = side === 'bid' ? pricing.halfBid : pricing.halfAsk
    let inner = innermost
    for (let level = 1; level < strategy.levels; level++) {
      const filled = side === 'bid' ? level * input.lot : -level * input.lot
      const centre = model.reservationAt(input.inventory + filled, input, pricing)
      const raw = (side === 'bid' ? centre - half : centre + half) * PRICE_CENT
      const price =
        side === 'bid'
          ? Math.min(grid.floor(raw), grid.down(inner))
          : Math.max(grid.ceil(raw), grid.up(inner))
      if (price < low || price > high || price <= 0 || price >= PRICE_ONE) return
      sides.raw[level] =
        side === 'bid'
          ? Math.min(raw, price + grid.tickAt(price))
          : Math.max(raw, price - grid.tickAt(price))
      sides.price[level] = price
      inner = price
    }
  }
}

/** A price in cents is kept this far from 0 and 100, whatever the signals say. */
const EDGE_CENTS = 0.1

/** Signals in cents, as far as they count: `most` either way, and not past either end of the scale. */
const boundedSignal = (fair: number, wanted: number, most: number): number => {
  const alpha = Math.min(Math.max(wanted, -most), most)
  return Math.min(Math.max(alpha, EDGE_CENTS - fair), 100 - EDGE_CENTS - fair)
}

/** When the outcome is expected: the operator's word, else the market's, else the close. */
export const expectedAt = (strategy: Strategy, market: Market, at: Millis): Millis => {
  const listed = market.expectedAt > at ? market.expectedAt : market.closeAt
  const { event_time: event } = strategy
  return event === null ? listed : Math.min(event, market.closeAt)
}
