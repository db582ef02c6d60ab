// The audit: every level of the book beside GET /markets/{ticker}/orderbook.
//
// In: a read with the times of question and answer, our book and the last changes of its levels.
// Out: a verdict and how many levels differ. The read is a picture of some moment between two
// seconds before the question and the answer, and has no time of its own: a level differs only if
// it has shown that size at no time since. Only a level that differs in two reads is a proof.

import type { Book } from '../book/book.ts'
import type { BookReport } from '../vocabulary/events.ts'
import { type Millis, PRICE_ONE, type Side } from '../vocabulary/units.ts'
import type { LevelHistory } from './level-history.ts'
import { HOLD_MS, LAG_MS, Testimony, type Verdict } from './testimony.ts'

const SIDES: readonly Side[] = ['bid', 'ask']

const keyOf = (side: Side, price: number): number => (side === 'bid' ? price : -price)

interface Held {
  readonly report: BookReport
  readonly from: Millis
  readonly dueAt: Millis
}

export class Audit {
  readonly testimony = new Testimony()
  /** Levels that differed in the last audit; null before the first. */
  differing: number | null = null
  #held: Held | null = null
  /** The levels that differed in the read before; null where none is to be confirmed. */
  #suspected: ReadonlySet<number> | null = null
  #suspectedFrom: Millis = 0
  readonly #history: LevelHistory
  readonly #read: Readonly<Record<Side, Float64Array>> = {
    bid: new Float64Array(PRICE_ONE + 1),
    ask: new Float64Array(PRICE_ONE + 1),
  }

  constructor(history: LevelHistory) {
    this.#history = history
  }

  get dueAt(): Millis {
    return this.#held?.dueAt ?? Number.POSITIVE_INFINITY
  }

  restart(): void {
    this.#held = null
    this.#suspected = null
  }

  hear(report: BookReport, askedAt: Millis, at: Millis, book: Book): Verdict {
    const from = askedAt - LAG_MS
    if (!book.isLive || !this.#history.reaches(from)) return 'open'
    if (this.#compare(report, from, book).size === 0) return this.#agrees(at)
    this.#held = { report, from, dueAt: at + HOLD_MS }
    return 'open'
  }

  /** Judges the read that is held, now that the feed has had its time. */
  judge(at: Millis, book: Book): Verdict {
    const held = this.#held
    if (held === null || at < held.dueAt) return 'open'
    this.#held = null
    const from = this.#suspected === null ? held.from : this.#suspectedFrom
    if (!book.isLive || !this.#history.reaches(from)) {
      this.#suspected = null
      return 'open'
    }
    const found = this.#compare(held.report, from, book)
    const before = this.#suspected
    const again = before === null ? found : new Set([...found].filter((key) => before.has(key)))
    if (again.size === 0) return this.#agrees(at)
    this.differing = again.size
    if (before !== null) return this.testimony.note('proof', at)
    this.#suspected = found
    this.#suspectedFrom = held.from
    return this.testimony.note('suspect', at)
  }

  #agrees(at: Millis): Verdict {
    this.restart()
    this.differing = 0
    return this.testimony.note('agrees', at)
  }

  #compare({ bids, asks }: BookReport, from: Millis, book: Book): Set<number> {
    fill(this.#read.bid, bids)
    fill(this.#read.ask, asks)
    const found = new Set<number>()
    for (const side of SIDES) {
      const read = this.#read[side]
      for (let price = 1; price < PRICE_ONE; price++) {
        const now = book.sizeAt(side, price)
        if (read[price] === now) continue
        if (!this.#history.hasShown(side, price, read[price]!, now, from)) {
          found.add(keyOf(side, price))
        }
      }
    }
    return found
  }
}

const fill = (sizes: Float64Array, pairs: readonly number[]): void => {
  sizes.fill(0)
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    sizes[pairs[index]!]! += pairs[index + 1]!
  }
}
