// The socket as the engine sees it in a run: the recorded book with our own orders in it, under
// sequence numbers that count without a hole.
//
// Times are the exchange's. Frames are scratch, as the wire decoder's are: the same objects are
// filled again each time.

import type { DeltaFrame, Event, TradeFrame } from '../../../src/core/vocabulary/events.ts'
import type { Millis, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'

/** Subscriptions of a run to what concerns its own orders. */
const PRIVATE = [
  { channel: 'fill', sid: 900_001 },
  { channel: 'user_orders', sid: 900_002 },
] as const

export class Feed {
  isUp = false
  #subscribed = false
  #sid = 0
  #seq = 0
  #prints = 0
  readonly #ticker: string
  readonly #delta: DeltaFrame
  readonly #trade: TradeFrame
  /** Sends one event on its way to the engine. */
  readonly send: (event: Event) => void

  constructor(ticker: string, send: (event: Event) => void) {
    this.#ticker = ticker
    this.send = send
    const base = { at: 0, sid: 0, seq: 0, ticker, price: 0, venueAt: 0 }
    this.#delta = { ...base, type: 'delta', side: 'bid', delta: 0, clientOrderId: '' }
    this.#trade = { ...base, type: 'trade', tradeId: '', quantity: 0, taker: 'bid' }
  }

  up(at: Millis): void {
    this.isUp = true
    this.#subscribed = false
    this.send({ type: 'link-up', at })
    for (const { channel, sid } of PRIVATE) {
      this.send({ type: 'subscribed', at, sid, seq: 0, id: 0, channel })
    }
  }

  down(at: Millis): void {
    this.isUp = false
    this.send({ type: 'link-down', at, reason: 'recording' })
  }

  /** A sign of life: what is subscribed is listed. */
  beat(at: Millis): void {
    const listed = [{ channel: 'orderbook_delta', sid: this.#sid }, ...PRIVATE]
    this.send({ type: 'ok', at, sid: 0, seq: 0, id: 0, listed })
  }

  /** The next frame of the book will be found to lack the one before it. */
  gap(): void {
    this.#seq++
  }

  /** A whole book; under a new subscription when `renewed`, or when there is none yet. */
  snapshot(bids: number[], asks: number[], renewed: boolean, at: Millis): void {
    if (renewed || !this.#subscribed) {
      this.#subscribed = true
      this.#seq = 0
      const sid = ++this.#sid
      this.send({ type: 'subscribed', at, sid, seq: 0, id: sid, channel: 'orderbook_delta' })
    }
    const [sid, seq] = [this.#sid, ++this.#seq]
    this.send({ type: 'snapshot', at, sid, seq, ticker: this.#ticker, bids, asks })
  }

  /** One level changes; `clientOrderId` names the order of ours that did it, or is ''. */
  level(side: Side, price: Price, change: Quantity, clientOrderId: string, at: Millis): void {
    if (!this.isUp || !this.#subscribed) return
    const frame = this.#delta
    frame.at = frame.venueAt = at
    frame.sid = this.#sid
    frame.seq = ++this.#seq
    frame.side = side
    frame.price = price
    frame.delta = change
    frame.clientOrderId = clientOrderId
    this.send(frame)
  }

  trade(price: Price, quantity: Quantity, taker: Side, at: Millis): void {
    const frame = this.#trade
    frame.at = frame.venueAt = at
    frame.tradeId = `print-${++this.#prints}`
    frame.price = price
    frame.quantity = quantity
    frame.taker = taker
    this.send(frame)
  }
}
