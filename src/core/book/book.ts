// The exact order book of one market: integer sizes at integer prices, YES prices on both sides.
//
// In: snapshots, deltas and doubts. Out: best prices, sizes and levels while the book is live;
// nothing from a dark book. It must never know our orders, the strategy or the time. Each side is a
// flat array with a bitmap of occupied levels (32 prices a step); nothing is allocated after
// construction.

import type { BookReason } from '../vocabulary/reason-codes.ts'
import { PRICE_ONE, type Price, type Quantity, type Side } from '../vocabulary/units.ts'

/** Best prices and sizes. bid 0 or ask 10000 with size 0 stand for an empty side. */
export interface Top {
  bid: Price
  bidSize: Quantity
  ask: Price
  askSize: Quantity
}

/** The lowest and highest best prices since `restartExtremes`. */
export interface Extremes {
  lowBid: Price
  highBid: Price
  lowAsk: Price
  highAsk: Price
}

/** How much at a price is our own: we must not mistake our own orders for the market. */
export type OwnSize = (side: Side, price: Price) => Quantity

const WORDS = (PRICE_ONE >> 5) + 1

class Levels {
  readonly size = new Float64Array(PRICE_ONE + 1)
  readonly #used = new Int32Array(WORDS)

  set(price: Price, quantity: Quantity): void {
    this.size[price] = quantity
    const word = price >> 5
    const bit = 1 << (price & 31)
    if (quantity > 0) this.#used[word] = this.#used[word]! | bit
    else this.#used[word] = this.#used[word]! & ~bit
  }

  clear(): void {
    this.size.fill(0)
    this.#used.fill(0)
  }

  /** Highest occupied price at or below `price`, 0 when there is none. */
  atOrBelow(price: Price): Price {
    if (price < 0) return 0
    let word = price >> 5
    let bits = this.#used[word]! & (0xffffffff >>> (31 - (price & 31)))
    for (;;) {
      if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits)
      if (--word < 0) return 0
      bits = this.#used[word]!
    }
  }

  /** Lowest occupied price at or above `price`, 10000 when there is none. */
  atOrAbove(price: Price): Price {
    if (price > PRICE_ONE) return PRICE_ONE
    let word = price >> 5
    let bits = this.#used[word]! & (-1 << (price & 31))
    for (;;) {
      if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits & -bits)
      if (++word >= WORDS) return PRICE_ONE
      bits = this.#used[word]!
    }
  }
}

const isPrice = (price: number): boolean =>
  Number.isInteger(price) && price > 0 && price < PRICE_ONE

export class Book {
  /** Counts changes: equal versions mean an equal book. */
  version = 0
  readonly extremes: Extremes = { lowBid: 0, highBid: 0, lowAsk: PRICE_ONE, highAsk: PRICE_ONE }
  #state: 'empty' | 'live' | 'dark' = 'empty'
  #reason: BookReason = 'no-snapshot'
  #bid: Price = 0
  #ask: Price = PRICE_ONE
  readonly #bids = new Levels()
  readonly #asks = new Levels()

  get state(): 'empty' | 'live' | 'dark' {
    return this.#state
  }

  /** Why the book is not live; '' when it is. */
  get reason(): BookReason | '' {
    return this.#state === 'live' ? '' : this.#reason
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  /** Best bid and ask meet or overlap: seen for milliseconds inside one matching event. */
  get isCrossed(): boolean {
    return this.isLive && this.#bid >= this.#ask && this.#bid > 0 && this.#ask < PRICE_ONE
  }

  /** Nobody may quote on it until the next snapshot. */
  darken(reason: BookReason): void {
    this.#state = 'dark'
    this.#reason = reason
    this.version++
  }

  /**
   * Replaces everything. `bids` and `asks` are flat pairs price, quantity in any order.
   * Returns false, leaving the book dark, when a price or size is impossible.
   */
  snapshot(bids: readonly number[], asks: readonly number[]): boolean {
    this.#bids.clear()
    this.#asks.clear()
    this.version++
    if (!fill(this.#bids, bids) || !fill(this.#asks, asks)) {
      this.darken('bad-snapshot')
      return false
    }
    this.#bid = this.#bids.atOrBelow(PRICE_ONE)
    this.#ask = this.#asks.atOrAbove(0)
    this.#state = 'live'
    this.restartExtremes()
    return true
  }

  /** The extremes are what the best prices are now. */
  restartExtremes(): void {
    const { extremes } = this
    extremes.lowBid = extremes.highBid = this.#bid
    extremes.lowAsk = extremes.highAsk = this.#ask
  }

  /**
   * Adds a signed change to one level; a level that reaches 0 is gone. A level below 0 means that
   * we and the exchange have diverged: the book goes dark and false is returned. Ignored (true)
   * on a book that is not live, because there is nothing to add to.
   */
  delta(side: Side, price: Price, change: Quantity): boolean {
    if (this.#state !== 'live') return true
    if (!isPrice(price)) {
      this.darken('bad-price')
      return false
    }
    const levels = side === 'bid' ? this.#bids : this.#asks
    const size = levels.size[price]! + change
    if (!(size >= 0)) {
      this.darken('negative-level')
      return false
    }
    levels.set(price, size)
    this.version++
    if (side === 'bid') {
      if (size > 0) {
        if (price > this.#bid) this.#setBid(price)
      } else if (price === this.#bid) this.#setBid(levels.atOrBelow(price))
    } else if (size > 0) {
      if (price < this.#ask) this.#setAsk(price)
    } else if (price === this.#ask) this.#setAsk(levels.atOrAbove(price))
    return true
  }

  #setBid(price: Price): void {
    this.#bid = price
    if (price > this.extremes.highBid) this.extremes.highBid = price
    if (price < this.extremes.lowBid) this.extremes.lowBid = price
  }

  #setAsk(price: Price): void {
    this.#ask = price
    if (price > this.extremes.highAsk) this.extremes.highAsk = price
    if (price < this.extremes.lowAsk) this.extremes.lowAsk = price
  }

  /** Size resting at a price, 0 on a dark book. */
  sizeAt(side: Side, price: Price): Quantity {
    if (this.#state !== 'live') return 0
    return (side === 'bid' ? this.#bids : this.#asks).size[price] ?? 0
  }

  /** Writes the best prices into `out`; false (and `out` untouched) unless the book is live. */
  top(out: Top): boolean {
    if (this.#state !== 'live') return false
    out.bid = this.#bid
    out.bidSize = this.#bids.size[this.#bid]!
    out.ask = this.#ask
    out.askSize = this.#asks.size[this.#ask]!
    return true
  }

  /** As `top`, but with our own sizes taken out of the levels first. */
  topWithout(own: OwnSize, out: Top): boolean {
    if (this.#state !== 'live') return false
    let bid = this.#bid
    let bidSize = 0
    while (bid > 0) {
      bidSize = this.#bids.size[bid]! - own('bid', bid)
      if (bidSize > 0) break
      bid = this.#bids.atOrBelow(bid - 1)
    }
    let ask = this.#ask
    let askSize = 0
    while (ask < PRICE_ONE) {
      askSize = this.#asks.size[ask]! - own('ask', ask)
      if (askSize > 0) break
      ask = this.#asks.atOrAbove(ask + 1)
    }
    out.bid = bid
    out.bidSize = bid > 0 ? bidSize : 0
    out.ask = ask
    out.askSize = ask < PRICE_ONE ? askSize : 0
    return true
  }

  /**
   * The best `count` levels of a side without our own sizes, into flat arrays; a missing level has
   * size 0 at the bound (0 for bids, 10000 for asks). Leaves them untouched unless the book is
   * live.
   */
  levels(side: Side, own: OwnSize, count: number, prices: Float64Array, sizes: Float64Array): void {
    if (this.#state !== 'live') return
    const isBid = side === 'bid'
    const levels = isBid ? this.#bids : this.#asks
    const bound = isBid ? 0 : PRICE_ONE
    let price = isBid ? this.#bid : this.#ask
    let found = 0
    while (price !== bound && found < count) {
      const size = levels.size[price]! - own(side, price)
      if (size > 0) {
        prices[found] = price
        sizes[found] = size
        found++
      }
      price = isBid ? levels.atOrBelow(price - 1) : levels.atOrAbove(price + 1)
    }
    prices.fill(bound, found, count)
    sizes.fill(0, found, count)
  }

  /** Up to `count` levels of a side as [price, size], best first; empty on a dark book. */
  depth(side: Side, count: number): [Price, Quantity][] {
    const out: [Price, Quantity][] = []
    if (this.#state !== 'live') return out
    const isBid = side === 'bid'
    const levels = isBid ? this.#bids : this.#asks
    const bound = isBid ? 0 : PRICE_ONE
    let price = isBid ? this.#bid : this.#ask
    while (price !== bound && out.length < count) {
      out.push([price, levels.size[price]!])
      price = isBid ? levels.atOrBelow(price - 1) : levels.atOrAbove(price + 1)
    }
    return out
  }
}

const fill = (levels: Levels, pairs: readonly number[]): boolean => {
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const price = pairs[index]!
    const quantity = pairs[index + 1]!
    if (!isPrice(price) || !(quantity >= 0)) return false
    levels.set(price, levels.size[price]! + quantity)
  }
  return true
}
