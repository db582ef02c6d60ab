// The witness of the market read: the best prices of GET /markets/{ticker} beside our own top.
//
// In: a read with the times of question and answer, and the tops of our book meanwhile. Out: a
// verdict. A read may be two seconds old, and the feed may be behind it, so it contradicts the book
// only where no top from two seconds before the question to two seconds after the answer was the
// one that was read. Even then a second read must confirm it, against every top since the first.

import type { Book } from '../book/book.ts'
import type { Millis, Price } from '../vocabulary/units.ts'
import { HOLD_MS, LAG_MS, Testimony, type Verdict } from './testimony.ts'
import type { TopHistory } from './top-history.ts'

interface Read {
  readonly bid: Price
  readonly ask: Price
  readonly from: Millis
  readonly dueAt: Millis
}

export class MarketReads {
  readonly testimony = new Testimony()
  /** A read that contradicts the book for now. */
  #held: Read | null = null
  /** From when on the tops count that a confirming read is compared with; null: none suspected. */
  #suspectFrom: Millis | null = null
  readonly #tops: TopHistory

  constructor(tops: TopHistory) {
    this.#tops = tops
  }

  /** When `judge` has something to say; Infinity while nothing is held. */
  get dueAt(): Millis {
    return this.#held?.dueAt ?? Number.POSITIVE_INFINITY
  }

  /** What was read, as text for a log line: prices of the read that is held. */
  get held(): Readonly<Pick<Read, 'bid' | 'ask'>> | null {
    return this.#held
  }

  /** A new book, or none: what was suspected of the old one is settled. */
  restart(): void {
    this.#held = null
    this.#suspectFrom = null
  }

  /** @param bid 0 and @param ask 10000 stand for an empty side, as the exchange writes them */
  hear(bid: Price, ask: Price, askedAt: Millis, at: Millis, book: Book): Verdict {
    if (!book.isLive) return 'open'
    const read = { bid, ask, from: askedAt - LAG_MS, dueAt: at + HOLD_MS }
    if (this.#explains(read, book)) return this.#agrees(at)
    // Of the time before its snapshot the book knows nothing: the read may be as old as that.
    if (read.from < this.#tops.startedAt) return 'open'
    this.#held ??= read
    return 'open'
  }

  /** Judges the read that is held, now that the feed has had its time. */
  judge(at: Millis, book: Book): Verdict {
    const read = this.#held
    if (read === null || at < read.dueAt) return 'open'
    this.#held = null
    if (!book.isLive) return 'open'
    if (this.#explains(read, book)) return this.#agrees(at)
    if (this.#suspectFrom !== null) return this.testimony.note('proof', at)
    this.#suspectFrom = read.from
    return this.testimony.note('suspect', at)
  }

  #agrees(at: Millis): Verdict {
    this.restart()
    return this.testimony.note('agrees', at)
  }

  #explains({ bid, ask, from }: Read, book: Book): boolean {
    const range = this.#tops.since(Math.min(from, this.#suspectFrom ?? from), book)
    const { lowBid, highBid, lowAsk, highAsk } = range
    return bid >= lowBid && bid <= highBid && ask >= lowAsk && ask <= highAsk
  }
}
