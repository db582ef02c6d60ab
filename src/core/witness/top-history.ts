// The range in which the book's best prices have been during the last seconds.
//
// In: the book, once a second or more often. Out: the lowest and highest bid and ask since a given
// time, own orders included, as the exchange shows them too. Between two looks the book itself
// keeps the extremes, so nothing is missed and a delta costs nothing here.

import type { Book, Extremes } from '../book/book.ts'
import { type Millis, PRICE_ONE } from '../vocabulary/units.ts'

/** A slot is closed no sooner than this after it was opened: 64 slots are half a minute or more. */
const SLOT_MS = 500
const SLOTS = 64

const noRange = (): Extremes => ({
  lowBid: PRICE_ONE,
  highBid: 0,
  lowAsk: PRICE_ONE,
  highAsk: 0,
})

const widen = (range: Extremes, by: Readonly<Extremes>): void => {
  range.lowBid = Math.min(range.lowBid, by.lowBid)
  range.highBid = Math.max(range.highBid, by.highBid)
  range.lowAsk = Math.min(range.lowAsk, by.lowAsk)
  range.highAsk = Math.max(range.highAsk, by.highAsk)
}

interface Slot extends Extremes {
  until: Millis
}

export class TopHistory {
  /** Since when every top is known; Infinity before a book is. */
  startedAt: Millis = Number.POSITIVE_INFINITY
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ ...noRange(), until: 0 }))
  #next = 0
  #openedAt: Millis = 0
  readonly #range = noRange()

  /** A snapshot: what was before it is unknown. */
  restart(book: Book, at: Millis): void {
    for (const slot of this.#slots) slot.until = 0
    this.startedAt = at
    this.#openedAt = at
    book.restartExtremes()
  }

  /** Closes the slot that is open, where it is long enough. */
  roll(book: Book, at: Millis): void {
    if (at < this.#openedAt + SLOT_MS && at >= this.#openedAt) return
    const slot = this.#slots[this.#next++ % SLOTS]!
    Object.assign(slot, book.extremes)
    slot.until = at
    this.#openedAt = at
    book.restartExtremes()
  }

  /** The range since `from`, until now; valid until the next call. */
  since(from: Millis, book: Book): Readonly<Extremes> {
    const range = this.#range
    Object.assign(range, book.extremes)
    for (const slot of this.#slots) if (slot.until >= from && slot.until > 0) widen(range, slot)
    return range
  }
}
