// Estimates the contracts ahead of one resting order in the queue at its price.
//
// Kalshi fills by price, then time. Trades take the front; cancellations come from anywhere, so we
// assume that our share of the level is also the share of them ahead of us. Trades and level
// changes arrive on two streams in either order, and the same contracts must not be counted twice:
// what one stream reports is kept as credit for two seconds against the other. The exchange's own
// answer replaces the estimate.

import type { Millis, Price, Quantity } from '../vocabulary/units.ts'

/** How long a trade and the level change that it caused may lie apart. */
export const CREDIT_LIFE_MS: Millis = 2000
const CREDIT_SLOTS = 16
/** Float dust of proportional shares, in units of 0.01 contract. */
const DUST = 1e-6

/** Quantities reported by one stream and not yet by the other, oldest first; a small fixed ring. */
class Credit {
  readonly #quantity = new Float64Array(CREDIT_SLOTS)
  readonly #removed = new Float64Array(CREDIT_SLOTS)
  readonly #at = new Float64Array(CREDIT_SLOTS)
  #head = 0
  #count = 0
  /** Of the last `take`: what had been removed from ahead for the part taken. */
  removed = 0

  add(quantity: number, removed: number, at: Millis): void {
    if (!(quantity > 0)) return
    const fits = this.#count < CREDIT_SLOTS
    // A full ring merges into its newest entry: nothing is lost, its time is the later one.
    const slot = (this.#head + (fits ? this.#count : CREDIT_SLOTS - 1)) % CREDIT_SLOTS
    this.#quantity[slot] = quantity + (fits ? 0 : this.#quantity[slot]!)
    this.#removed[slot] = removed + (fits ? 0 : this.#removed[slot]!)
    this.#at[slot] = at
    if (fits) this.#count++
  }

  /** Uses up to `wanted` of what is not too old at `at`, oldest first; returns how much. */
  take(wanted: number, at: Millis): number {
    let left = wanted
    this.removed = 0
    while (this.#count > 0) {
      const slot = this.#head
      const held = this.#quantity[slot]!
      const expired = at - this.#at[slot]! > CREDIT_LIFE_MS
      if (!expired) {
        if (left <= 0) break
        const used = Math.min(left, held)
        const share = (this.#removed[slot]! * used) / held
        this.removed += share
        left -= used
        if (used < held) {
          this.#quantity[slot] = held - used
          this.#removed[slot]! -= share
          break
        }
      }
      this.#head = (slot + 1) % CREDIT_SLOTS
      this.#count--
    }
    return wanted - left
  }

  /** From now on, taking from what is held changes nothing: it counts as removed in full. */
  settle(): void {
    for (let index = 0; index < this.#count; index++) {
      const slot = (this.#head + index) % CREDIT_SLOTS
      this.#removed[slot] = this.#quantity[slot]!
    }
  }

  clear(): void {
    this.#count = 0
  }
}

/** Where the number of contracts ahead comes from. */
type QueueSource = 'joined' | 'exchange' | 'none'

/** The place of ONE resting order. All quantities are others', never our own. */
export class QueuePlace {
  /** The price whose queue this is; 0 before the order has joined one. */
  price: Price = 0
  #ahead = 0
  #source: QueueSource = 'none'
  #at: Millis = 0
  /** Trades already taken off `ahead`, whose level change is still to come. */
  readonly #traded = new Credit()
  /** Level decreases treated as cancellations, which a late trade may explain. */
  readonly #canceled = new Credit()

  /** Contracts ahead of us, >= 0, rounded up to a whole unit; 0 where nothing is known. */
  get ahead(): Quantity {
    return this.#ahead <= DUST ? 0 : Math.ceil(this.#ahead - DUST)
  }

  get source(): QueueSource {
    return this.#source
  }

  /** Our order has come to rest behind `othersAtLevel`. */
  join(othersAtLevel: Quantity, at: Millis): void {
    this.#ahead = Math.max(0, othersAtLevel)
    this.#source = 'joined'
    this.#at = Math.max(this.#at, at)
    this.#traded.clear()
    this.#canceled.clear()
  }

  /** Our order no longer rests. */
  leave(): void {
    this.#ahead = 0
    this.#source = 'none'
    this.#traded.clear()
    this.#canceled.clear()
  }

  /**
   * Others' size at our price changed by `change` from `othersBefore`. What is added joins behind.
   * What left is first matched with trades already seen; the rest are cancellations, of which
   * ahead/others come from in front of us.
   */
  onLevel(change: Quantity, othersBefore: Quantity, at: Millis): void {
    if (this.#source === 'none') return
    const now = this.#now(at)
    if (change < 0) {
      const left = Math.min(-change, Math.max(0, othersBefore))
      const traded = this.#traded.take(left, now)
      const canceled = left - traded
      // What was traded is gone from the level that these cancellations were drawn from.
      const pool = Math.max(othersBefore - traded, this.#ahead)
      if (canceled > 0) {
        const removed = (this.#ahead * canceled) / pool
        this.#ahead -= removed
        this.#canceled.add(canceled, removed, now)
      }
    }
    this.bound(othersBefore + change)
  }

  /**
   * A public trade of `quantity` at our price against our side. Where its level change came first
   * and passed for a cancellation, that share is returned before the whole trade is subtracted.
   */
  onTrade(quantity: Quantity, at: Millis): void {
    if (this.#source === 'none' || !(quantity > 0)) return
    const now = this.#now(at)
    const explained = this.#canceled.take(quantity, now)
    this.#ahead = Math.max(0, this.#ahead + this.#canceled.removed - quantity)
    this.#traded.add(quantity - explained, 0, now)
  }

  /**
   * The exchange's own answer. It is assumed to include the trades and changes already received,
   * so their other halves, still on the way, change nothing.
   */
  correct(ahead: Quantity, at: Millis): void {
    this.#now(at)
    this.#ahead = Math.max(0, ahead)
    this.#source = 'exchange'
    this.#canceled.settle()
  }

  /** There cannot be more ahead of us than there are others at the level. */
  bound(others: Quantity): void {
    this.#ahead = Math.min(this.#ahead, Math.max(0, others))
  }

  #now(at: Millis): Millis {
    this.#at = Math.max(this.#at, at)
    return this.#at
  }
}
