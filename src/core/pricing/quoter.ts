// Prices both sides: from the book of others to the quotes that we would like to show.
//
// In: the strategy, the observed market, our position, external signals and the calendar's answer.
// Out: wanted prices by level, each with its explanation, and why a side has none.
// Never knows sizes, limits on money, resting orders or requests. Overwrites everything in place.

import { midCents } from '../estimators/micro-price.ts'
import { ObservedMarket } from '../estimators/observed-market.ts'
import { type CalendarState, isLongshot } from '../guards/calendar.ts'
import { breakEvenTolerance } from '../orders/planning.ts'
import { EventFair } from '../siblings/event-fair.ts'
import type { Market, PriceGrid } from '../vocabulary/market.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Parameters, Strategy } from '../vocabulary/parameters.ts'
import {
  type Candidates,
  CLAMPS,
  emptyCandidates,
  emptyReasons,
  type QuoteReasons,
} from '../vocabulary/price-reasons.ts'
import type { PlaceReason, SilenceReason } from '../vocabulary/reason-codes.ts'
import { type Millis, PRICE_CENT, PRICE_ONE, type Price, type Side } from '../vocabulary/units.ts'
import { clearReasons, explain } from './explanation.ts'
import { fullModel } from './full-model.ts'
import { type Decision, PricingInput } from './pricing-input.ts'
import type { GridQuotes, Pricing, QuoteInput, QuoteModel } from './quoting.ts'
import { emptyPricing, linearModel, toGrid } from './quoting.ts'
import { type RoundingBounds, ValueRounding } from './value-rounding.ts'

const MODELS: Readonly<Record<Strategy['model'], QuoteModel>> = {
  linear: linearModel,
  full: fullModel,
}
const SIDES: readonly Side[] = ['bid', 'ask']

/** The wanted prices of a side, by level; 0 where a level has none. */
interface SideQuotes {
  readonly price: Float64Array
  /** Before rounding, Price units. */
  readonly raw: Float64Array
  /** How far past `raw` an order still clears its costs, Price units. */
  tolerance: number
  /** The last price of the side that does not trade with others. */
  limit: Price
  /** How far beyond a price `raw` lies where the next tick inward is better, Price units. */
  step: number
  /** By level, what the prices around the wanted one were worth. */
  readonly candidates: readonly Candidates[]
}

const emptySide = (): SideQuotes => ({
  price: new Float64Array(MOST_LEVELS),
  raw: new Float64Array(MOST_LEVELS),
  tolerance: 0,
  limit: 0,
  step: 0,
  candidates: Array.from({ length: MOST_LEVELS }, emptyCandidates),
})

const reasonsOf = ({ candidates }: SideQuotes): QuoteReasons => ({
  ...emptyReasons(),
  candidates: candidates[0]!,
})

export class Quoter {
  readonly observed = new ObservedMarket()
  readonly top = this.observed.top
  readonly estimators = this.observed.estimators
  readonly pricing: Pricing = emptyPricing()
  /** The innermost wanted prices. */
  readonly quotes: GridQuotes = { bid: null, ask: null }
  readonly sides: Readonly<Record<Side, SideQuotes>> = { bid: emptySide(), ask: emptySide() }
  readonly reasons: Readonly<Record<Side, QuoteReasons>> = {
    bid: reasonsOf(this.sides.bid),
    ask: reasonsOf(this.sides.ask),
  }
  /** Why a side has no target; null where it has one. */
  readonly silence: Record<Side, SilenceReason | null> = { bid: null, ask: null }
  /** The lowest and highest price that the limits allow. */
  readonly band = { low: 0, high: PRICE_ONE }
  /** What the other markets of the event say. */
  readonly event = new EventFair()
  readonly #pricingInput = new PricingInput(this.observed, this.event)
  readonly #rounding = new ValueRounding()
  readonly #bounds: RoundingBounds = { low: 0, high: PRICE_ONE, through: 0 }
  /** What the model was asked at the last decision; NaN for `fair` where it was not asked. */
  readonly input: Readonly<QuoteInput> = this.#pricingInput.values
  readonly #decision: Decision = {
    at: 0,
    position: 0,
    external: 0,
    widen: 1,
    tick: 0,
    fair: Number.NaN,
    flow: 0,
    event: 0,
  }
  #parameters: Parameters | null = null
  #strategy!: Strategy
  #market!: Market
  #grid!: PriceGrid
  #model!: QuoteModel
  #isCompiled = false

  /** Seconds that a lot was expected to be held at the last decision. */
  get holding(): number {
    return this.#pricingInput.holding
  }

  /** Takes the parameters, market and grid of the next decisions; free where none has changed. */
  configure(parameters: Parameters, market: Market, grid: PriceGrid): void {
    this.#grid = grid
    if (parameters === this.#parameters && market === this.#market) return
    this.#parameters = parameters
    this.#market = market
    this.#strategy = parameters.strategy
    this.#model = MODELS[parameters.strategy.model]
    this.band.low = parameters.limits.min_price
    this.band.high = parameters.limits.max_price
    // Compiled by the first decision that has two sides: until then `input` shows the last one.
    this.#isCompiled = false
  }

  /**
   * Prices every level of both sides into `sides`, with the reason of each silent side in `silence`
   * and the parts of each price in `reasons`. Needs `configure`, and a fair value: where a side of
   * the book is empty there is none, and nothing is quoted.
   * @param position signed contracts
   * @param external external signal, cents
   */
  price(position: number, external: number, calendar: CalendarState, at: Millis): void {
    const { top, quotes, silence, pricing, reasons } = this
    const input = this.#pricingInput
    const grid = this.#grid
    this.#clear('bid')
    this.#clear('ask')
    if (!this.observed.isTwoSided) {
      input.values.fair = Number.NaN
      silence.bid = silence.ask = 'one-sided-book'
      return
    }
    if (!this.#isCompiled) input.compile(this.#parameters!, this.#market)
    this.#isCompiled = true
    const mid = midCents(top.bid, top.ask)
    const decision = this.#decision
    decision.at = at
    decision.position = position
    decision.external = external
    decision.widen = calendar.widen
    decision.tick = grid.tickAt(mid * PRICE_CENT)
    input.valuate(decision, mid)
    input.fill(decision)
    reasons.bid.fee = reasons.ask.fee = input.fee
    reasons.bid.breakEven = reasons.ask.breakEven = input.breakEven
    reasons.bid.staleness = reasons.ask.staleness = input.staleness
    this.#model.price(input.values, pricing)
    if (!Number.isFinite(pricing.reservation) || !Number.isFinite(pricing.halfBid)) {
      silence.bid = silence.ask = 'not-ready'
      return
    }
    if (input.isByValue) this.#rounding.begin(input.values, this.#market, input.fee)
    else toGrid(pricing, grid, top, position, quotes)
    this.#measure('bid')
    this.#measure('ask')
    explain(this, decision, this.#strategy, grid)
    const exiting = calendar.mode === 'reduce-only'
    for (const side of SIDES) {
      const reducing = side === 'bid' ? position < 0 : position > 0
      if (input.isByValue) this.#roundByValue(side, exiting && reducing)
      else {
        silence[side] = quotes[side] === null ? 'outside-grid' : null
        this.#applyLimits(side, exiting && reducing)
      }
      this.#shunLongshot(side, reducing)
      this.#priceLevels(side)
    }
  }

  /** Puts a price that the placement has chosen in the place of the model's own innermost one. */
  replaceInnermost(side: Side, price: Price, reason: PlaceReason): void {
    this.quotes[side] = price
    this.sides[side].price[0] = price
    this.reasons[side].price = price / PRICE_CENT
    this.reasons[side].place = reason
  }

  #clear(side: Side): void {
    const { price, candidates } = this.sides[side]
    // A loop, because `fill` of a typed array costs more than these three stores.
    for (let level = 0; level < MOST_LEVELS; level++) {
      price[level] = 0
      candidates[level]!.count = 0
    }
    this.quotes[side] = null
    clearReasons(this.reasons[side])
  }

  /** Fills what decides whether a resting order may stay: raw price, tolerance and limit. */
  #measure(side: Side): void {
    const { pricing, sides, reasons, top } = this
    const grid = this.#grid
    const isBid = side === 'bid'
    const half = isBid ? pricing.halfBid : pricing.halfAsk
    const raw = (pricing.reservation + (isBid ? -half : half)) * PRICE_CENT
    const wanted = sides[side]
    const tick = grid.tickAt(raw)
    wanted.raw[0] = raw
    wanted.limit = isBid ? grid.down(top.ask) : grid.up(top.bid)
    if (this.#pricingInput.isByValue)
      this.#rounding.measure(side, this.input, pricing, tick, wanted)
    else {
      const breakEven = reasons[side].breakEven * PRICE_CENT
      wanted.tolerance = breakEvenTolerance(half * PRICE_CENT, breakEven, tick)
      wanted.step = tick
    }
  }

  /** The price worth most within every bound; silent where none is worth anything. */
  #roundByValue(side: Side, exiting: boolean): void {
    const grid = this.#grid
    const bounds = this.#bounds
    const wanted = this.sides[side]
    const isBid = side === 'bid'
    bounds.low = this.band.low
    bounds.high = this.band.high
    bounds.through = exiting ? (isBid ? PRICE_ONE : 0) : this.#throughEdge(side)
    const price = this.#rounding.innermost(side, this, bounds, grid)
    this.quotes[side] = price === 0 ? null : price
    const raw = wanted.raw[0]!
    const isOffGrid = isBid ? raw < grid.lowest : raw > grid.highest
    this.silence[side] = price > 0 ? null : isOffGrid ? 'outside-grid' : 'price-band'
  }

  /** Applies price limits; what reduces may go through the fair value in the last minutes. */
  #applyLimits(side: Side, exiting: boolean): void {
    if (!exiting) this.#limitThrough(side)
    this.#limitBand(side)
  }

  #shunLongshot(side: Side, reducing: boolean): void {
    const centre = this.input.fair + this.input.signal
    if (!isLongshot(side, centre / 100, reducing, this.#strategy.longshot_cents)) return
    this.quotes[side] = null
    this.silence[side] = 'longshot'
  }

  /** Price units; may lie between two prices. */
  #throughEdge(side: Side): number {
    const { max_through: most } = this.#strategy
    const centre = this.input.fair + this.input.signal
    return (side === 'bid' ? centre + most : centre - most) * PRICE_CENT
  }

  /** Never pays more than `max_through` cents beyond the fair value for the sake of inventory. */
  #limitThrough(side: Side): void {
    const price = this.quotes[side]
    if (price === null) return
    const edge = this.#throughEdge(side)
    if (side === 'bid' ? price <= edge : price >= edge) return
    const limited = side === 'bid' ? this.#grid.floor(edge) : this.#grid.ceil(edge)
    this.reasons[side].clamps |= CLAMPS['max-through']
    this.quotes[side] = limited > 0 && limited < PRICE_ONE ? limited : null
    if (this.quotes[side] === null) this.silence[side] = 'outside-grid'
  }

  // A price beyond the far end of the band comes back to it, which only costs us the trade; one
  // beyond the near end is silenced, because clamping it would give its edge away.
  #limitBand(side: Side): void {
    const wanted = this.quotes[side]
    if (wanted === null) return
    const { low, high } = this.band
    let price = wanted
    if (side === 'bid' && price > high) price = this.#grid.floor(high)
    if (side === 'ask' && price < low) price = this.#grid.ceil(low)
    const inside = price >= low && price <= high
    if (price !== wanted || !inside) this.reasons[side].clamps |= CLAMPS.band
    this.quotes[side] = inside ? price : null
    if (!inside) this.silence[side] = 'price-band'
  }

  /** Prices the outer quotes: each as if those inside it had been filled. */
  #priceLevels(side: Side): void {
    const { input, pricing, band } = this
    const grid = this.#grid
    const sides = this.sides[side]
    const isBid = side === 'bid'
    const innermost = this.quotes[side]
    this.reasons[side].price = innermost === null ? Number.NaN : innermost / PRICE_CENT
    if (innermost === null) return
    sides.price[0] = innermost
    const half = isBid ? pricing.halfBid : pricing.halfAsk
    let inner = innermost
    for (let level = 1; level < this.#strategy.levels; level++) {
      const filled = isBid ? level * input.lot : -level * input.lot
      const centre = this.#model.reservationAt(input.inventory + filled, input, pricing)
      const raw = (isBid ? centre - half : centre + half) * PRICE_CENT
      sides.raw[level] = raw
      const price = this.#pricingInput.isByValue
        ? this.#rounding.outer(level, centre - pricing.reservation, inner, this, grid)
        : isBid
          ? Math.min(grid.floor(raw), grid.down(inner))
          : Math.max(grid.ceil(raw), grid.up(inner))
      if (price < band.low || price > band.high || price <= 0 || price >= PRICE_ONE) return
      const tick = grid.tickAt(price)
      sides.raw[level] = isBid ? Math.min(raw, price + tick) : Math.max(raw, price - tick)
      sides.price[level] = price
      inner = price
    }
  }
}
