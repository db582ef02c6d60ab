// Writes a tape row when a quote, a fill or the position has changed, and once a second while
// quoting.

import { CONTRACT, type Millis, moneyToCents, PRICE_CENT } from '../vocabulary/units.ts'
import type { MakerState } from './state.ts'

const ROW_EVERY_MS = 1000

export class TapeRows {
  /** Message received -> order acknowledged, ms: goes into the next row; null for none. */
  latency: number | null = null
  readonly #state: MakerState
  #writtenAt: Millis = 0
  #isDirty = false
  #mustWrite = false
  #shownBid = 0
  #shownAsk = 0

  constructor(state: MakerState) {
    this.#state = state
  }

  /** Something that a row shows has changed. */
  touch(): void {
    this.#isDirty = true
  }

  /** What a row shows has changed so that it must be on the tape, even before the first quote. */
  insist(): void {
    this.#isDirty = true
    this.#mustWrite = true
  }

  /** When the next row is due while quoting. */
  get nextAt(): Millis {
    return this.#writtenAt + ROW_EVERY_MS
  }

  write(at: Millis, quoting: boolean): void {
    const { execution, quoter, ledger, ticker, book, valuation, out } = this.#state
    const bid = shownPrice(execution.orders.slot('bid'))
    const ask = shownPrice(execution.orders.slot('ask'))
    const moved = bid !== this.#shownBid || ask !== this.#shownAsk
    const isDue = quoting && at >= this.nextAt
    const { latency } = this
    if (!moved && !isDue && latency === null && !this.#isDirty) return
    this.#isDirty = false
    if (this.#writtenAt === 0 && !quoting && !this.#mustWrite) return
    this.#mustWrite = false
    this.#shownBid = bid
    this.#shownAsk = ask
    // When the clock steps back, the tape must not.
    this.#writtenAt = Math.max(this.#writtenAt, at)
    this.latency = null
    const mid = book.isLive ? quoter.observed.mid : null
    out.push({
      type: 'row',
      row: {
        at: this.#writtenAt,
        ticker,
        mid,
        myBid: bid === 0 ? null : bid / PRICE_CENT,
        myAsk: ask === 0 ? null : ask / PRICE_CENT,
        inventory: ledger.position / CONTRACT,
        unrealizedPnl: moneyToCents(valuation.unrealized),
        realizedPnl: moneyToCents(ledger.realized - ledger.fees),
        latencyMs: latency,
      },
    })
  }
}

/** What a row shows of an order: its price once the exchange has given it an id, else 0. */
export const shownPrice = (order: { orderId: string; price: number } | null): number =>
  order === null || order.orderId === '' ? 0 : order.price
