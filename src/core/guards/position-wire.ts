// Notices a position that has grown beyond its limit, by whatever path: a fill, or a position
// adopted from the exchange.
//
// Our own orders cannot lead there, because the limits count everything that may still fill. So
// somebody else trades here, or our books are wrong: either way the maker must stop.

import type { Millis, Quantity } from '../vocabulary/units.ts'

/** An order of before a lower limit may still fill until its cancel is through. */
const OLD_LIMIT_MS = 10_000

export class PositionWire {
  #limit: Quantity
  #oldLimit: Quantity = 0
  #oldUntil: Millis = 0

  constructor(limit: Quantity) {
    this.#limit = limit
  }

  /** A new limit; the one before still excuses what was on its way. */
  setLimit(limit: Quantity, at: Millis): void {
    if (limit < this.#limit) {
      this.#oldLimit = at < this.#oldUntil ? Math.max(this.#oldLimit, this.#limit) : this.#limit
      this.#oldUntil = at + OLD_LIMIT_MS
    }
    this.#limit = limit
  }

  /** True when a position has grown from `before` to `after`, and is now beyond the limit. */
  isCrossed(before: Quantity, after: Quantity, at: Millis): boolean {
    const limit = at < this.#oldUntil ? Math.max(this.#limit, this.#oldLimit) : this.#limit
    return Math.abs(after) > limit && Math.abs(after) > Math.abs(before)
  }
}
