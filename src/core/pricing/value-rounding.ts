// Rounds the model's prices by value, within every bound that a quote of the side has.
//
// In: the model's input and answer, and the bounds: the band, the others' best price, what may be
// paid beyond the fair value, the floor of the half-spread. Out: a price for each level of a side,
// with what the prices around it were worth and the limit that it has met. Allocates nothing.

import type { Market, PriceGrid } from '../vocabulary/market.ts'
import { type Candidates, CLAMPS, type QuoteReasons } from '../vocabulary/price-reasons.ts'
import { PRICE_CENT, type Price, type Side } from '../vocabulary/units.ts'
import type { Pricing, QuoteInput } from './quoting.ts'
import { chooseTick, switchPoint, type WorthInput } from './rounding.ts'

/** What is known of a side when its prices are rounded; Price units. */
interface WantedSide {
  readonly raw: Float64Array
  readonly candidates: readonly Candidates[]
  /** The last price that does not trade with others. */
  readonly limit: Price
  tolerance: number
  step: number
}

/** The model's input and answer, and what is filled for both sides. */
interface PricedSides {
  readonly input: QuoteInput
  readonly pricing: Pricing
  readonly reasons: Readonly<Record<Side, QuoteReasons>>
  readonly sides: Readonly<Record<Side, WantedSide>>
}

/** The bounds that the strategy and the limits set; Price units, `through` in cents. */
export interface RoundingBounds {
  low: Price
  high: Price
  /** The most that a bid may be, and the least that an ask may; infinite where there is none. */
  through: number
}

export class ValueRounding {
  readonly #worth: WorthInput = {
    side: 'bid',
    raw: 0,
    limit: 0,
    k: 1,
    g: 0,
    fee: 0,
    low: 0,
    high: 0,
  }
  /** Fee at the fair value, cents. */
  #fee = 0
  /** `limit` of the innermost quote of the side under way, cents. */
  #innermostLimit = 0

  /** Takes what both sides share. @param fee at the fair value, cents */
  begin({ k, gamma, lot }: QuoteInput, { fees }: Market, fee: number): void {
    const worth = this.#worth
    worth.k = k
    worth.g = gamma * lot
    worth.fee = fees.maker
    this.#fee = fee
  }

  /**
   * Fills `tolerance` and `step` of a side. An order may rest beyond the wanted price as long as a
   * fill of it is worth anything, by a tick at most; and the next tick inward is better from
   * `switchPoint` on. The half-spread that the floor adds is not for the grid to take back.
   */
  measure(side: Side, input: QuoteInput, pricing: Pricing, tick: Price, wanted: WantedSide): void {
    const { k, g } = this.#worth
    const { intensityPart } = pricing
    const half = side === 'bid' ? pricing.halfBid : pricing.halfAsk
    const free = freeHalf(side, input, pricing)
    wanted.tolerance = Math.min((half - free + intensityPart) * PRICE_CENT, tick)
    const cents = tick / PRICE_CENT
    wanted.step = half > free ? tick : switchPoint(k, g, intensityPart, cents) * PRICE_CENT
  }

  /** The innermost price, 0 where none is worth showing; notes the limit that it has met. */
  innermost(
    side: Side,
    { input, pricing, reasons, sides }: PricedSides,
    bounds: RoundingBounds,
    grid: PriceGrid,
  ): Price {
    const wanted = sides[side]
    const worth = this.#worth
    const isBid = side === 'bid'
    const sign = isBid ? 1 : -1
    const raw = wanted.raw[0]!
    worth.side = side
    worth.raw = raw / PRICE_CENT
    // Caution moves the price at which a fill is worthless as far as the wanted one: it is a cost
    // that nobody has itemized. So more of it can never move a quote inward.
    const spent = freeHalf(side, input, pricing) - pricing.intensityPart
    worth.limit = pricing.reservation + sign * (this.#fee - spent)
    const floor = pricing.reservation - sign * (isBid ? input.floorBid : input.floorAsk)
    worth.low = isBid ? bounds.low : Math.max(bounds.low, wanted.limit, bounds.through)
    worth.high = isBid ? Math.min(bounds.high, wanted.limit, bounds.through) : bounds.high
    // Both ends of what the side may have, the nearer to the market first.
    const near = isBid ? worth.high : worth.low
    let clamps = 0
    if (sign * (raw - near) > wanted.step) {
      if (near === wanted.limit) clamps |= CLAMPS['post-only']
      else if (near === bounds.through) clamps |= CLAMPS['max-through']
      else clamps |= CLAMPS.band
    }
    reasons[side].clamps |= clamps
    if (isBid) worth.high = Math.min(worth.high, floor * PRICE_CENT)
    else worth.low = Math.max(worth.low, floor * PRICE_CENT)
    this.#innermostLimit = worth.limit
    return this.#choose(wanted.candidates[0]!, input, grid)
  }

  /**
   * The price of an outer quote of the side that `innermost` was asked for last, at least a tick
   * outside the one before it; 0 where there is none.
   * @param shift its reservation price less that of the innermost quote, cents
   * @param inner the price of the quote before it
   */
  outer(
    level: number,
    shift: number,
    inner: Price,
    { input, sides }: PricedSides,
    grid: PriceGrid,
  ): Price {
    const worth = this.#worth
    const wanted = sides[worth.side]
    worth.raw = wanted.raw[level]! / PRICE_CENT
    worth.limit = this.#innermostLimit + shift
    if (worth.side === 'bid') worth.high = grid.down(inner)
    else worth.low = grid.up(inner)
    return this.#choose(wanted.candidates[level]!, input, grid)
  }

  /** Chooses, and notes what turns the numbers compared into cents an hour. */
  #choose(out: Candidates, { fair, signal, arrivals, lot }: QuoteInput, grid: PriceGrid): Price {
    const worth = this.#worth
    const price = chooseTick(worth, grid, out)
    const away = fair + signal - out.from / PRICE_CENT
    out.away = worth.side === 'bid' ? away : -away
    out.contracts = arrivals * lot
    out.k = worth.k
    return price
  }
}

/** The half-spread before the floor, cents; see `setHalves`. */
const freeHalf = (side: Side, input: QuoteInput, pricing: Pricing): number => {
  const addon = side === 'bid' ? input.addonBid : input.addonAsk
  return (pricing.volatilityPart + pricing.intensityPart + addon) * input.widen
}
