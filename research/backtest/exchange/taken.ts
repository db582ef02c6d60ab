// What orders of ours that take have taken from the recorded book. The recording goes on as if it
// were still there; we may not take it twice.

import type { Book } from '../../../src/core/book/book.ts'
import {
  opposite,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
  signOf,
} from '../../../src/core/vocabulary/units.ts'

export class Taken {
  readonly #levels: Readonly<Record<Side, Map<Price, Quantity>>> = {
    bid: new Map(),
    ask: new Map(),
  }

  /**
   * What an order finds at its price or better, best first, as [price, quantity]; counted as taken.
   * @param side of the order: one that buys ('bid') takes asks
   */
  take(book: Book, side: Side, limit: Price, quantity: Quantity): [Price, Quantity][] {
    const from = opposite(side)
    const gone = this.#levels[from]
    const found: [Price, Quantity][] = []
    let left = quantity
    for (const [price, size] of book.depth(from, PRICE_ONE)) {
      if (left === 0 || signOf(side) * (price - limit) > 0) break
      const before = gone.get(price) ?? 0
      const got = Math.min(left, Math.max(0, size - before))
      if (got === 0) continue
      gone.set(price, before + got)
      found.push([price, got])
      left -= got
    }
    return found
  }

  /** A level has changed: once nothing is left of it, what comes later is new. */
  changed(side: Side, price: Price, size: Quantity): void {
    if (size === 0) this.#levels[side].delete(price)
  }

  /** A new book: what it holds is there. */
  forget(): void {
    this.#levels.bid.clear()
    this.#levels.ask.clear()
  }
}
