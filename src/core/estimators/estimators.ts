// All estimators of one market, fed together: each gets the events that concern it.
//
// In: changes of the best prices of others, and public trades; O(1) per event. Out: estimates of
// volatility, order flow, intensity, queue rates, toxicity and markouts. Each begins with a prior
// that observations replace. Never knows our orders, parameters or clock, and decides nothing.

import type { Top } from '../book/book.ts'
import { CREDIT_LIFE_MS } from '../orders/queue-position.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { CONTRACT, PRICE_CENT, PRICE_ONE } from '../vocabulary/units.ts'
import { Intensity } from './intensity.ts'
import { Markouts } from './markouts.ts'
import { MicroPrice, midCents, TradeAnchor } from './micro-price.ts'
import { DepthFlow, FlowResponse, OrderFlow, TradeSize } from './order-flow.ts'
import { QueueRates } from './queue-rates.ts'
import { Toxicity } from './toxicity.ts'
import { Volatility } from './volatility.ts'

/** A level larger than this many median trades is a wall that nobody means to trade. */
const WALL_TRADES = 20
/** Fewer trades than this say nothing about the median size. */
const SIZES_SEEN = 10
/** A print and the change of the book that it makes may arrive this far apart, in either order. */
const SAME_EVENT: Millis = 100

/** The best level of a side as last seen, and what has traded there since it changed. */
class Level {
  price: Price = 0
  size: Quantity = 0
  traded: Quantity = 0
  tradedAt: Millis = 0

  /** How much has left the level other than by trades; 0 where nothing has. */
  onTop(price: Price, size: Quantity, at: Millis): Quantity {
    if (at - this.tradedAt > CREDIT_LIFE_MS || price !== this.price) this.traded = 0
    let gone = price === this.price ? Math.max(0, this.size - size) : 0
    const explained = Math.min(gone, this.traded)
    gone -= explained
    this.traded -= explained
    this.price = price
    this.size = size
    return gone
  }

  onTrade(price: Price, quantity: Quantity, at: Millis): void {
    if (price !== this.price) return
    this.traded = at - this.tradedAt > CREDIT_LIFE_MS ? quantity : this.traded + quantity
    this.tradedAt = at
  }
}

export class Estimators {
  readonly flow = new OrderFlow()
  readonly depthFlow = new DepthFlow()
  readonly response = new FlowResponse()
  readonly volatility = new Volatility()
  readonly intensity = new Intensity()
  readonly micro = new MicroPrice()
  readonly anchor = new TradeAnchor()
  readonly tradeSize = new TradeSize()
  readonly toxicity = new Toxicity()
  readonly markouts = new Markouts()
  readonly rates = new QueueRates()
  readonly #bid = new Level()
  readonly #ask = new Level()
  #mid = Number.NaN
  #previousMid = Number.NaN
  #half = Number.NaN
  #previousHalf = Number.NaN
  #movedAt: Millis = 0

  /**
   * The best prices of others have changed; both sides exist and are not crossed.
   * @param tick Price units, at the mid
   * @returns true when the mid jumped
   */
  onTop(top: Top, tick: Price, at: Millis): boolean {
    this.flow.update(top.bid, top.bidSize, top.ask, top.askSize, at)
    const half = (top.ask - top.bid) / (2 * PRICE_CENT)
    this.intensity.onTouch(half, at)
    this.rates.start(at)
    this.#canceled(this.#bid, top.bid, top.bidSize, at)
    this.#canceled(this.#ask, top.ask, top.askSize, at)
    if (top.bid <= 0 || top.ask >= PRICE_ONE) return false
    const mid = midCents(top.bid, top.ask)
    const tickCents = tick / PRICE_CENT
    this.micro.onTop(top.bid, top.bidSize, top.ask, top.askSize, tick)
    if (mid !== this.#mid) {
      if (at - this.#movedAt > SAME_EVENT || Number.isNaN(this.#previousMid)) {
        this.#previousMid = this.#mid
        this.#previousHalf = this.#half
      }
      this.#movedAt = at
      this.rates.onMidMove(at)
    }
    this.#mid = mid
    this.#half = half
    const depth = this.flow.depth(at)
    this.response.onMid(mid, tickCents, depth > 0 ? this.flow.imbalance(at) / (2 * depth) : 0, at)
    return this.volatility.onMid(mid, at, tickCents)
  }

  /** A public trade. `taker` is the side of the YES book that the taker was on. */
  onTrade(taker: Side, price: Price, quantity: Quantity, tick: Price, at: Millis): void {
    const contracts = quantity / CONTRACT
    const cents = price / PRICE_CENT
    this.anchor.onTrade(cents)
    this.tradeSize.onTrade(contracts)
    this.toxicity.onTrade(taker, contracts)
    this.rates.onTrade(contracts, at)
    const eaten = taker === 'ask' ? this.#bid : this.#ask
    eaten.onTrade(price, quantity, at)
    if (this.tradeSize.count >= SIZES_SEEN) {
      const cap = WALL_TRADES * this.tradeSize.median
      this.flow.setSizeCap(cap)
      this.depthFlow.setSizeCap(cap)
    }
    const mid = this.midBeforeEvent(at)
    if (Number.isNaN(mid)) return
    const distance = taker === 'ask' ? mid - cents : cents - mid
    const half = at - this.#movedAt <= SAME_EVENT ? this.#previousHalf : this.#half
    const dmin = Number.isNaN(half) ? this.#half : half
    this.intensity.onTrade(taker, distance, dmin, tick / PRICE_CENT, at)
  }

  /** The mid in cents before the event under way; NaN before there was one. */
  midBeforeEvent(at: Millis): number {
    const fresh = at - this.#movedAt <= SAME_EVENT
    return fresh && !Number.isNaN(this.#previousMid) ? this.#previousMid : this.#mid
  }

  #canceled(level: Level, price: Price, size: Quantity, at: Millis): void {
    const before = level.size
    const gone = level.onTop(price, size, at)
    if (gone > 0) this.rates.onCancel(gone / CONTRACT, before / CONTRACT, at)
  }

  /** Others' best price of a side in cents before the event under way. */
  touchBeforeEvent(side: Side, at: Millis): number {
    const fresh = at - this.#movedAt <= SAME_EVENT && !Number.isNaN(this.#previousMid)
    const half = fresh ? this.#previousHalf : this.#half
    const mid = this.midBeforeEvent(at)
    return side === 'bid' ? mid - half : mid + half
  }

  /** After a gap the next book is not a change of the last one; but a move across it is real. */
  gap(): void {
    this.flow.reset()
    this.depthFlow.reset()
    this.response.drop()
    this.#bid.price = 0
    this.#ask.price = 0
  }
}
