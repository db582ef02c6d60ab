// The last changes of the book's levels, so that a statement about a moment ago can be judged.
//
// In: every delta, in the hot path: three stores into a ring and nothing else. Out: what a level
// has shown since a given time. A print, a read over REST or an answer to an order speaks of a
// moment that is past when it is heard; only the states between then and now can contradict it.

import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'

/** Changes kept: eight seconds of the busiest second recorded (617 deltas, KXBTC15M, 2026-05). */
const KEPT = 8192
/** How far our clock may have stepped back: changes that much older than asked for end a search. */
const CLOCK_STEP_MS = 2_000

const keyOf = (side: Side, price: Price): number => (side === 'bid' ? price : -price)

export class LevelHistory {
  /** When the last change came, or the snapshot that this history begins with; 0 before any. */
  lastAt: Millis = 0
  /** When the snapshot came that this history begins with; 0 before any. */
  startedAt: Millis = 0
  readonly #at = new Float64Array(KEPT)
  readonly #key = new Int16Array(KEPT)
  readonly #change = new Float64Array(KEPT)
  #count = 0

  /** A snapshot: what was before it is unknown. */
  restart(at: Millis): void {
    this.#count = 0
    this.startedAt = at
    this.lastAt = at
  }

  /** One change of a level. Hot path. */
  record(side: Side, price: Price, change: Quantity, at: Millis): void {
    const slot = this.#count++ & (KEPT - 1)
    this.#at[slot] = at
    this.#key[slot] = side === 'bid' ? price : -price
    this.#change[slot] = change
    this.lastAt = at
  }

  /** Whether every change since `from` is still known. */
  reaches(from: Millis): boolean {
    if (from < this.startedAt) return false
    return this.#count <= KEPT || this.#at[this.#count & (KEPT - 1)]! < from
  }

  /** Whether the level has grown ('up') or shrunk ('down') since `from`. */
  hasMoved(side: Side, price: Price, direction: 'up' | 'down', from: Millis): boolean {
    const key = keyOf(side, price)
    for (let index = this.#count - 1; index >= this.#first; index--) {
      const slot = index & (KEPT - 1)
      const at = this.#at[slot]!
      if (at < from - CLOCK_STEP_MS) return false
      if (this.#key[slot] !== key || at < from) continue
      if (direction === 'up' ? this.#change[slot]! > 0 : this.#change[slot]! < 0) return true
    }
    return false
  }

  /** Whether the level has shown this size at any time since `from`; `now` is what it shows now. */
  hasShown(side: Side, price: Price, size: Quantity, now: Quantity, from: Millis): boolean {
    if (size === now) return true
    const key = keyOf(side, price)
    let then = now
    for (let index = this.#count - 1; index >= this.#first; index--) {
      const slot = index & (KEPT - 1)
      const at = this.#at[slot]!
      if (at < from - CLOCK_STEP_MS) return false
      if (this.#key[slot] !== key || at < from) continue
      then -= this.#change[slot]!
      if (then === size) return true
    }
    return false
  }

  get #first(): number {
    return Math.max(0, this.#count - KEPT)
  }
}
