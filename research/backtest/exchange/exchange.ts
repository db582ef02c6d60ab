// The backtest's exchange: it accepts our orders, rests them beside the recorded book, decides when
// they trade, and answers as the real exchange would.
//
// The recorded book does not contain us, the book that the engine sees must: so every change of an
// order of ours is sent as a delta with our client order id, between the recorded ones. Time runs
// on the recorder's clock, which stands for the exchange's: orders trade by it, and what the feed
// tells reaches the maker later. Our trades leave the recorded book as it is: nobody in it ever
// noticed us.

import { Book, type Top } from '../../../src/core/book/book.ts'
import type {
  Ack,
  Effect,
  Event,
  Fill,
  Intent,
  IntentKind,
  OrderReport,
  PlaceIntent,
  Question,
} from '../../../src/core/vocabulary/events.ts'
import { FeeAccumulator, modelFee } from '../../../src/core/vocabulary/fees.ts'
import type { Market } from '../../../src/core/vocabulary/market.ts'
import { accepted, type Outcome, rejected, unknown } from '../../../src/core/vocabulary/outcome.ts'
import {
  type Millis,
  opposite,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
  signOf,
} from '../../../src/core/vocabulary/units.ts'
import { recordedMarket } from '../../recordings/recording.ts'
import type { DeltaItem, PrintItem, SnapshotItem } from '../sessions/items.ts'
import type { Session } from '../sessions/session.ts'
import { Account } from './account.ts'
import type { Agenda } from './agenda.ts'
import { Feed } from './feed.ts'
import { type FillModel, isThrough, reached } from './fills.ts'
import { type Cancels, PaperPlace } from './queue.ts'
import { Taken } from './taken.ts'

export interface ExchangeOptions {
  readonly fills: FillModel
  readonly cancels: Cancels
  /** One way to the exchange, ms. */
  readonly latencyMs: number
  /** One way back by the feed, ms: `latencyMs` where it is left out. */
  readonly feedMs?: number
  /** From the exchange's deed to its reply, ms. */
  readonly ackMs: number
  /** Fee coefficients, millionths; the taker's is the market's own where it is left out. */
  readonly makerFee: number
  readonly takerFee?: number
}

/**
 * Why an order traded: a print reached it, another's order came to rest at or beyond its price, or
 * it took what rested.
 */
export type Cause = 'print' | 'cross' | 'take'

interface Resting {
  readonly orderId: string
  readonly clientOrderId: string
  readonly side: Side
  price: Price
  remaining: Quantity
  filled: Quantity
  expiresAt: Millis
  changedAt: Millis
  /** What the engine's book shows of it. */
  shown: Quantity
  place: PaperPlace
  readonly fees: FeeAccumulator
}

type Answer = Extract<Event, { type: 'answer' }>

/** What the feed says is heard `ms` later. Times of the exchange in it stay as they are. */
const delayed = (
  ms: number,
  agenda: Agenda,
  send: (event: Event) => void,
): ((event: Event) => void) => {
  if (ms === 0) return send
  return (event) => {
    // Frames are scratch: the next one is written into the same object.
    const kept = { ...event, at: event.at + ms }
    agenda.enter(kept.at, () => send(kept))
  }
}

export class Exchange {
  readonly account = new Account()
  /** The recorded book, without us. */
  readonly book = new Book()
  readonly top: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }
  readonly orders: Resting[] = []
  readonly #fills: Fill[] = []
  readonly #taken = new Taken()
  readonly #market: Market
  readonly #session: Session
  readonly #options: ExchangeOptions
  readonly #agenda: Agenda
  readonly #feed: Feed
  /** Hands an event to the engine at once. */
  readonly #send: (event: Event) => void
  readonly #onFill: (fill: Fill, cause: Cause) => void
  #numbers = 0

  constructor(
    session: Session,
    options: ExchangeOptions,
    agenda: Agenda,
    send: (event: Event) => void,
    onFill: (fill: Fill, cause: Cause) => void,
  ) {
    this.#session = session
    this.#options = options
    this.#agenda = agenda
    this.#send = send
    this.#market = session.market ?? recordedMarket(session.ticker, session.closeAt)
    this.#feed = new Feed(
      session.ticker,
      delayed(options.feedMs ?? options.latencyMs, agenda, send),
    )
    this.#onFill = onFill
    agenda.enter(session.closeAt, (at) => {
      for (const order of [...this.orders]) this.#end(order, 'MarketClosed', at)
    })
  }

  up(at: Millis): void {
    this.#feed.up(at)
  }

  down(at: Millis): void {
    this.book.darken('link-down')
    this.#feed.down(at)
  }

  beat(at: Millis): void {
    this.#feed.beat(at)
  }

  /** A frame of the recording was lost. */
  gap(): void {
    this.#feed.gap()
  }

  snapshot(item: SnapshotItem): void {
    const { at } = item
    this.book.snapshot(item.bids, item.asks)
    this.book.top(this.top)
    this.#taken.forget()
    for (const order of this.orders) {
      order.place.limit(this.#others(order))
      order.shown = this.#isCrossed(order) ? 0 : order.remaining
    }
    const bids = [...item.bids, ...this.#own('bid')]
    this.#feed.snapshot(bids, [...item.asks, ...this.#own('ask')], false, at)
  }

  delta(item: DeltaItem): void {
    const { at, side, price, change } = item
    this.book.delta(side, price, change)
    this.book.top(this.top)
    this.#taken.changed(side, price, this.book.sizeAt(side, price))
    for (const order of [...this.orders]) {
      if (order.side === side) {
        if (change < 0 && order.price === price) {
          order.place.decrease(-change, this.#others(order), at)
        }
      } else if (change > 0 && this.#meets(order, price)) {
        // The newcomer could not have come to rest here: it would have traded with us.
        this.#fill(order, Math.min(change, order.remaining), 'cross', at)
      }
      if (this.#isCrossed(order)) this.#show(order, 0, at)
    }
    this.#feed.level(side, price, change, '', at)
    for (const order of this.orders) this.#reveal(order, at)
    if (item.traded > 0) this.#print({ at, price, quantity: item.traded, taker: opposite(side) })
  }

  print(item: PrintItem): void {
    this.#print(item)
  }

  /** Carries out an effect of the engine, after the latency of the network. */
  perform(effect: Effect, at: Millis): void {
    const { latencyMs } = this.#options
    if (effect.type === 'send') {
      const { intent } = effect
      this.#agenda.enter(at + latencyMs, (then) => this.#receive(intent, then))
    } else if (effect.type === 'ask') {
      this.#agenda.enter(at + latencyMs, (then) => this.#answer(effect, at, then))
    } else if (effect.type === 'resubscribe') {
      this.#agenda.enter(at + latencyMs, (then) => this.#resubscribe(then))
    }
  }

  /** Whether anything of ours rests on a side. */
  rests(side: Side): boolean {
    for (const order of this.orders) if (order.side === side) return true
    return false
  }

  #receive(intent: Intent, at: Millis): void {
    const outcome = this.#carryOut(intent, at)
    const { kind, clientOrderId } = intent
    this.#reply(kind, clientOrderId, outcome, at)
  }

  #reply(kind: IntentKind, clientOrderId: string, outcome: Outcome<Ack>, at: Millis): void {
    this.#agenda.enter(at + this.#options.ackMs, (then) =>
      this.#send({ type: 'reply', at: then, kind, clientOrderId, outcome }),
    )
  }

  #carryOut(intent: Intent, at: Millis): Outcome<Ack> {
    if (at >= this.#session.closeAt) return rejected(409, 'market_closed')
    if (intent.kind === 'place') return this.#place(intent, at)
    const order = this.orders.find(({ orderId }) => orderId === intent.orderId)
    if (order === undefined) return rejected(404, 'not_found')
    const { orderId } = order
    order.changedAt = at
    switch (intent.kind) {
      case 'cancel': {
        const remaining = order.remaining
        this.#remove(order, at)
        return accepted({ orderId, filled: null, remaining, venueAt: at })
      }
      case 'decrease': {
        const remaining = order.remaining - intent.by
        if (!(remaining > 0 && remaining <= order.remaining)) {
          return rejected(400, 'invalid_order_size')
        }
        order.remaining = remaining
        this.#reveal(order, at)
        return accepted({ orderId, filled: null, remaining, venueAt: at })
      }
      case 'amend':
        return this.#amend(order, intent, at)
    }
  }

  #place(intent: PlaceIntent, at: Millis): Outcome<Ack> {
    const { side, price, quantity } = intent
    if (intent.take !== undefined) return this.#take(intent, at)
    if (this.#wouldCross(side, price)) return rejected(400, 'invalid_order', 'post only cross')
    const order = this.#make(intent, at)
    this.orders.push(order)
    this.#reveal(order, at)
    this.#expireLater(order)
    return accepted({ orderId: order.orderId, filled: 0, remaining: quantity, venueAt: at })
  }

  // Immediate or cancel, and no more than reduces the position.
  #take(intent: PlaceIntent, at: Millis): Outcome<Ack> {
    const { side, price, quantity } = intent
    const held = -signOf(side) * this.account.position
    const most = Math.min(quantity, Math.max(0, held))
    const order = this.#make(intent, at)
    for (const [level, got] of this.#taken.take(this.book, side, price, most)) {
      this.#tell(this.#trade(order, level, got, 'take', at), at)
    }
    const { orderId, filled } = order
    return accepted({ orderId, filled, remaining: 0, venueAt: at })
  }

  #make({ clientOrderId, side, price, quantity, expiresAt }: PlaceIntent, at: Millis): Resting {
    return {
      orderId: `paper-${++this.#numbers}`,
      clientOrderId,
      side,
      price,
      remaining: quantity,
      filled: 0,
      expiresAt,
      changedAt: at,
      shown: 0,
      place: this.#join(side, price),
      fees: new FeeAccumulator(),
    }
  }

  // A new price or a larger size goes to the back of the queue; less, or only a new expiry, stays.
  #amend(order: Resting, intent: Extract<Intent, { kind: 'amend' }>, at: Millis): Outcome<Ack> {
    const remaining = intent.total - order.filled
    if (!(remaining > 0)) return rejected(400, 'invalid_order_size')
    const moves = intent.price !== order.price
    if (moves && this.#wouldCross(order.side, intent.price)) {
      return rejected(400, 'invalid_order', 'post only cross')
    }
    if (moves) this.#show(order, 0, at)
    if (moves || remaining > order.remaining) order.place = this.#join(order.side, intent.price)
    order.price = intent.price
    order.remaining = remaining
    order.expiresAt = intent.expiresAt
    this.#reveal(order, at)
    this.#expireLater(order)
    const { orderId, filled } = order
    return accepted({ orderId, filled, remaining, venueAt: at })
  }

  #join(side: Side, price: Price): PaperPlace {
    return new PaperPlace(this.book.sizeAt(side, price), this.#options.cancels)
  }

  #expireLater(order: Resting): void {
    this.#agenda.enter(order.expiresAt, (at) => {
      if (this.orders.includes(order) && at >= order.expiresAt) this.#end(order, 'Expired', at)
    })
  }

  /** The exchange itself ends an order, and says so. */
  #end(order: Resting, reason: string, at: Millis): void {
    this.#remove(order, at)
    if (!this.#feed.isUp) return
    const report = { ...this.#report(order), status: 'canceled' as const, remaining: 0, reason }
    this.#feed.send({ type: 'order', at, sid: 0, seq: 0, order: { ...report, venueAt: at } })
  }

  #remove(order: Resting, at: Millis): void {
    this.#show(order, 0, at)
    this.orders.splice(this.orders.indexOf(order), 1)
  }

  #print({ price, quantity, taker, at }: Omit<PrintItem, 'kind'>): void {
    for (const side of ['bid', 'ask'] as const) {
      let left = quantity
      // A taker meets the best price first.
      const sign = signOf(side)
      const queue = this.orders.filter((order) => order.side === side)
      for (const order of queue.sort((a, b) => sign * (b.price - a.price))) {
        if (left === 0) break
        const { fills } = this.#options
        const print = { price, quantity: left, taker, at }
        const reach = reached(fills, order, print, this.#others(order))
        const got = Math.min(reach, left, order.remaining)
        if (got > 0) this.#fill(order, got, 'print', at)
        left -= got
      }
    }
    this.#feed.trade(price, quantity, taker, at)
  }

  #fill(order: Resting, quantity: Quantity, cause: Cause, at: Millis): void {
    const fill = this.#trade(order, order.price, quantity, cause, at)
    this.#show(order, Math.min(order.shown, order.remaining), at)
    if (order.remaining === 0) this.orders.splice(this.orders.indexOf(order), 1)
    this.#tell(fill, at)
  }

  #tell(fill: Fill, at: Millis): void {
    if (this.#feed.isUp) this.#feed.send({ type: 'fill', at, sid: 0, seq: 0, fill })
  }

  #trade(order: Resting, price: Price, quantity: Quantity, cause: Cause, at: Millis): Fill {
    const { side } = order
    const isTaker = cause === 'take'
    const { makerFee, takerFee = this.#market.fees.taker } = this.#options
    const value = price * quantity
    const revenue = side === 'bid' ? -value : value
    const owed = modelFee(isTaker ? takerFee : makerFee, quantity, price)
    const fee = order.fees.charge(revenue, owed)
    this.account.trade(side, price, quantity, fee)
    order.filled += quantity
    order.remaining -= quantity
    order.changedAt = at
    const fill: Fill = {
      tradeId: `paper-trade-${this.#fills.length + 1}`,
      orderId: order.orderId,
      clientOrderId: order.clientOrderId,
      ticker: this.#session.ticker,
      side,
      price,
      quantity,
      fee,
      isTaker,
      venueAt: at,
      positionAfter: this.account.position,
    }
    this.#fills.push(fill)
    this.#onFill(fill, cause)
    return fill
  }

  #others(order: Resting): Quantity {
    return this.book.sizeAt(order.side, order.price)
  }

  /** Whether another's order at `price` could not rest beside this one. */
  #meets(order: Resting, price: Price): boolean {
    return price === order.price || isThrough(order.side, order.price, price)
  }

  #isCrossed(order: Resting): boolean {
    return this.#wouldCross(order.side, order.price)
  }

  #wouldCross(side: Side, price: Price): boolean {
    if (!this.book.isLive) return false
    return side === 'bid' ? price >= this.top.ask : price <= this.top.bid
  }

  // What the recorded book crosses is kept out of the engine's: it would be a book that cannot be.
  #reveal(order: Resting, at: Millis): void {
    this.#show(order, this.#isCrossed(order) ? 0 : order.remaining, at)
  }

  #show(order: Resting, size: Quantity, at: Millis): void {
    const change = size - order.shown
    if (change === 0) return
    order.shown = size
    this.#feed.level(order.side, order.price, change, order.clientOrderId, at)
  }

  #own(side: Side): number[] {
    return this.orders
      .filter((order) => order.side === side && order.shown > 0)
      .flatMap(({ price, shown }) => [price, shown])
  }

  // The book as it stands, under a new subscription. Before the recording's first there is none.
  #resubscribe(at: Millis): void {
    if (!this.#feed.isUp || !this.book.isLive) return
    this.#feed.snapshot(this.#levels('bid'), this.#levels('ask'), true, at)
  }

  #levels(side: Side): number[] {
    return [...this.book.depth(side, PRICE_ONE).flat(), ...this.#own(side)]
  }

  #report(order: Resting): OrderReport {
    const { orderId, clientOrderId, side, price, filled, remaining, expiresAt, changedAt } = order
    const { ticker } = this.#session
    const base = { orderId, clientOrderId, ticker, side, price, filled, remaining, expiresAt }
    return { ...base, status: 'resting', venueAt: changedAt, reason: '' }
  }

  #answer(effect: Extract<Effect, { type: 'ask' }>, askedAt: Millis, at: Millis): void {
    const base = { type: 'answer', at: at + this.#options.ackMs, askedAt } as const
    const answer = this.#answerTo(effect.what, effect.since, base, at)
    this.#agenda.enter(answer.at, () => this.#send(answer))
  }

  #answerTo(
    what: Question,
    since: Millis,
    base: Pick<Answer, 'type' | 'at' | 'askedAt'>,
    at: Millis,
  ): Answer {
    const { closeAt } = this.#session
    switch (what) {
      case 'market': {
        const { makerFee, takerFee = this.#market.fees.taker } = this.#options
        const fees = { ...this.#market.fees, maker: makerFee, taker: takerFee }
        const status = at < closeAt ? 'active' : 'closed'
        return { ...base, what, outcome: accepted({ ...this.#market, fees, status, result: '' }) }
      }
      case 'orders': {
        const listing = this.orders.map((order) => this.#report(order))
        return { ...base, what, outcome: accepted(listing) }
      }
      case 'fills': {
        const fills = this.#fills.filter(({ venueAt }) => venueAt >= since)
        return { ...base, what, outcome: accepted(fills) }
      }
      case 'position':
        return { ...base, what, outcome: accepted(this.account.report) }
      case 'queue': {
        const places = this.orders.map(({ orderId, place }) => ({ orderId, ahead: place.ahead }))
        return { ...base, what, outcome: accepted(places) }
      }
      case 'programmes':
        // Whether the exchange paid for resting quotes in these markets is not recorded.
        return { ...base, what, outcome: accepted([]) }
      case 'settlement':
        // A backtest ends with the close; what is held then is paid out by its own account.
        return { ...base, what, outcome: accepted([]) }
      case 'exchange':
        return { ...base, what, outcome: accepted({ isTrading: true, shards: {} }) }
      case 'cash':
        return { ...base, what, outcome: accepted({ total: 0, shards: [] }) }
      case 'book': {
        const shown = { bids: this.#levels('bid'), asks: this.#levels('ask') }
        return { ...base, what, outcome: this.book.isLive ? accepted(shown) : unknown('no book') }
      }
    }
  }
}
