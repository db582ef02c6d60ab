// The market as others make it: best prices without our own orders, and the estimators they feed.
//
// In: the book, after every change. Out: the top of the book, the mid, and whether the mid jumped.
// Our own orders are left out, so that we never follow ourselves. Knows nothing of our strategy.

import type { Book, OwnSize, Top } from '../book/book.ts'
import type { PriceGrid } from '../vocabulary/market.ts'
import { type Millis, PRICE_ONE } from '../vocabulary/units.ts'
import { Estimators } from './estimators.ts'
import { midCents } from './micro-price.ts'

/** Levels of the book that multi-level order flow can read. */
const DEPTH = 5

const emptyTop = (): Top => ({ bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 })

export class ObservedMarket {
  /** Best prices of others; bid 0 or ask 10000 for an empty side. */
  readonly top = emptyTop()
  readonly estimators = new Estimators()
  /** When the mid last jumped; 0 before it has. */
  jumpedAt: Millis = 0
  readonly #next = emptyTop()
  readonly #bids = { prices: new Float64Array(DEPTH), sizes: new Float64Array(DEPTH) }
  readonly #asks = { prices: new Float64Array(DEPTH), sizes: new Float64Array(DEPTH) }

  /** True when others' best prices or sizes have changed since the last call. */
  refresh(book: Book, own: OwnSize, grid: PriceGrid, at: Millis): boolean {
    const { top } = this
    const next = this.#next
    if (!book.topWithout(own, next)) return false
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

  /** Reads the best levels for order flow; for strategies that look deeper than the first. */
  refreshDepth(book: Book, own: OwnSize, levels: number, at: Millis): void {
    if (!book.isLive) return
    book.levels('bid', own, levels, this.#bids.prices, this.#bids.sizes)
    book.levels('ask', own, levels, this.#asks.prices, this.#asks.sizes)
    this.estimators.depthFlow.update(levels, this.#bids, this.#asks, at)
  }

  get isTwoSided(): boolean {
    return this.top.bid > 0 && this.top.ask < PRICE_ONE
  }

  /** Cents; null while a side of others' book is empty or the book is crossed. */
  get mid(): number | null {
    if (!this.isTwoSided || this.top.bid >= this.top.ask) return null
    return midCents(this.top.bid, this.top.ask)
  }
}
