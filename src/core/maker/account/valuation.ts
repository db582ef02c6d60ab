// What the position is worth: marked, and if all of it were closed now.
//
// In: the state of a maker. Out: the mark with its source and age, the unrealized result, the
// liquidation value, the equity. Status and tape both show these numbers, and the brakes read them.

import type { Book } from '../../book/book.ts'
import type { FeedState } from '../../book/feed-state.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import {
  type LastMid,
  type Liquidation,
  liquidate,
  type Mark,
  worstCase,
} from '../../ledger/marks.ts'
import type { Execution } from '../../orders/execution.ts'
import type { Quoter } from '../../pricing/quoter.ts'
import type { Market } from '../../vocabulary/market.ts'
import type { Millis, Money, Price, Quantity, Side } from '../../vocabulary/units.ts'
import { PRICE_CENT, PRICE_ONE } from '../../vocabulary/units.ts'

/** Cents of YES by the market's result; a voided market has none. */
const RESULT_CENTS: Readonly<Record<string, number>> = { yes: PRICE_ONE / PRICE_CENT, no: 0 }

/** The part of a maker's state that is read. */
interface Holding {
  readonly ledger: Ledger
  readonly book: Book
  readonly feed: FeedState
  readonly quoter: Quoter
  readonly execution: Execution
  readonly market: Market | null
}

/** Realized less fees, plus what is open. Null where that is not known. */
export interface Equity {
  readonly marked: Money | null
  readonly liquidated: Money | null
}

export class Valuation {
  readonly #state: Holding
  readonly #last: { cents: number; at: Millis } = { cents: Number.NaN, at: 0 }

  constructor(state: Holding) {
    this.#state = state
  }

  /** Keeps the mid, should there be none next time. Runs at every decision. */
  see(at: Millis): void {
    const { book, quoter } = this.#state
    const mid = book.isLive ? quoter.observed.mid : null
    if (mid === null) return
    this.#last.cents = mid
    this.#last.at = at
  }

  /** What `restore` needs; null before the first mid. */
  get lastMid(): LastMid | null {
    return Number.isNaN(this.#last.cents) ? null : { ...this.#last }
  }

  restore({ cents, at }: LastMid): void {
    this.#last.cents = cents
    this.#last.at = at
  }

  /**
   * The mark: what the outcome pays once it is known, else the mid of others, else the last mid.
   * Null when there has never been one.
   */
  get mark(): Mark | null {
    const { market, book, quoter, feed } = this.#state
    const paid = market === null ? undefined : RESULT_CENTS[market.result]
    if (paid !== undefined) return { cents: paid, source: 'result', at: Number.POSITIVE_INFINITY }
    const mid = book.isLive ? quoter.observed.mid : null
    if (mid !== null) return { cents: mid, source: 'mid', at: feed.lastHeardAt }
    const { lastMid } = this
    return lastMid === null ? null : { ...lastMid, source: 'last' }
  }

  /**
   * Gain or loss of what is open at the mark. A position that has never had one counts at its
   * worst: a long as worth nothing, a short as owing a dollar a contract.
   */
  get unrealized(): Money {
    const { ledger } = this.#state
    const { mark } = this
    if (ledger.position === 0) return 0
    if (mark === null) return worstCase(ledger.position, ledger.cost)
    return ledger.unrealizedAt(mark.cents)
  }

  /**
   * What an order for the whole position would find in the book of others now; null while the book
   * is not live, unless nothing is held.
   * @param limit the worst price to take; null for any
   * @param most contracts of it, at most the position
   */
  liquidation(limit: Price | null = null, most = Number.POSITIVE_INFINITY): Liquidation | null {
    const { ledger, book, market } = this.#state
    const { position } = ledger
    if (position !== 0 && !book.isLive) return null
    const taker = market?.fees.taker ?? 0
    const closing = Math.min(most, Math.abs(position)) * Math.sign(position)
    return liquidate(this.#others(position > 0 ? 'bid' : 'ask'), closing, taker, limit)
  }

  get equity(): Equity {
    const { ledger } = this.#state
    const closed = ledger.realized - ledger.fees
    const isMarked = ledger.position === 0 || this.mark !== null
    const liquidation = this.liquidation()
    return {
      marked: isMarked ? closed + this.unrealized : null,
      liquidated: liquidation === null ? null : closed + liquidation.value - ledger.cost,
    }
  }

  /** The levels of others, best first. */
  *#others(side: Side): Generator<readonly [Price, Quantity]> {
    const { book, execution } = this.#state
    for (const [price, size] of book.depth(side, PRICE_ONE)) {
      yield [price, size - execution.orders.ownSize(side, price)]
    }
  }
}
