// Where one resting order stands in the queue at its price.
//
// It joins behind everyone. A trade serves those ahead first, then us. A decrease that no trade
// explains within half a second was a cancel, ahead of us or behind: in proportion to the sizes,
// or, for the sceptic, always behind. Trades and decreases of one event come in either order, so
// each is held against the other before it counts.

import type { Millis, Quantity } from '../../../src/core/vocabulary/units.ts'

/** How long a decrease may wait for the trade that explains it, and the reverse. */
export const EXPLAINED_WITHIN_MS = 500

export type Cancels = 'proportional' | 'behind'

export class PaperPlace {
  /** Contracts of others that are served before us. */
  ahead: Quantity
  readonly #cancels: Cancels
  /** Decreases that no trade has explained yet, oldest first. */
  readonly #pending: { readonly at: Millis; quantity: Quantity }[] = []
  #pendingSum: Quantity = 0
  /** Trades whose decrease has not come yet. */
  #credit: Quantity = 0
  #creditUntil: Millis = 0

  /** @param ahead all that others show at the price when we join */
  constructor(ahead: Quantity, cancels: Cancels) {
    this.ahead = ahead
    this.#cancels = cancels
  }

  /**
   * Others' size at our price fell.
   * @param others what they show there now
   */
  decrease(quantity: Quantity, others: Quantity, at: Millis): void {
    let left = quantity
    if (at <= this.#creditUntil) {
      const known = Math.min(left, this.#credit)
      this.#credit -= known
      left -= known
    }
    if (left > 0) {
      this.#pending.push({ at, quantity: left })
      this.#pendingSum += left
    }
    this.#settle(others, at)
  }

  /** A trade against our side at our price. Returns what of it reaches us. */
  trade(quantity: Quantity, others: Quantity, at: Millis): Quantity {
    this.#settle(others, at)
    let left = quantity
    while (left > 0 && this.#pending.length > 0) {
      const oldest = this.#pending[0]!
      const known = Math.min(left, oldest.quantity)
      oldest.quantity -= known
      this.#pendingSum -= known
      left -= known
      if (oldest.quantity === 0) this.#pending.shift()
    }
    if (left > 0) {
      this.#credit = (at <= this.#creditUntil ? this.#credit : 0) + left
      this.#creditUntil = at + EXPLAINED_WITHIN_MS
    }
    const reached = Math.max(0, quantity - this.ahead)
    this.ahead = Math.max(0, this.ahead - quantity)
    return reached
  }

  /** Others show this much now, whatever happened in between: no more than that can be ahead. */
  limit(others: Quantity): void {
    this.#pending.length = 0
    this.#pendingSum = 0
    this.ahead = Math.min(this.ahead, others)
  }

  #settle(others: Quantity, at: Millis): void {
    for (;;) {
      const oldest = this.#pending[0]
      if (oldest === undefined || at - oldest.at <= EXPLAINED_WITHIN_MS) break
      const total = others + this.#pendingSum
      if (this.#cancels === 'proportional' && total > 0) {
        const share = Math.round((oldest.quantity * Math.min(this.ahead, total)) / total)
        this.ahead = Math.max(0, this.ahead - share)
      }
      this.#pendingSum -= oldest.quantity
      this.#pending.shift()
    }
    this.ahead = Math.min(this.ahead, others + this.#pendingSum)
  }
}
