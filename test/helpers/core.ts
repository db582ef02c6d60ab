// A resting order and an engine that quotes, for the tests of the core; and the records of
// sim/market.ts.

import { marketOf, parametersOf, T0, TICKER } from '../../sim/market.ts'
import { Engine } from '../../src/core/maker/engine.ts'
import type { Order, Orders } from '../../src/core/orders/orders.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import type { Market } from '../../src/core/vocabulary/market.ts'
import { accepted } from '../../src/core/vocabulary/outcome.ts'
import type { Limits, Strategy } from '../../src/core/vocabulary/parameters.ts'
import type { Millis, Price, Quantity, Side } from '../../src/core/vocabulary/units.ts'

export * from '../../sim/market.ts'

/** How a backtest trades on paper: 50 ms to the exchange and 50 ms back, no fee for makers. */
export const PAPER = { cancels: 'proportional', latencyMs: 50, ackMs: 50, makerFee: 0 } as const

/** Submits an order at T0 and has it acknowledged: it rests. */
export const rest = (
  orders: Orders,
  side: Side,
  price: Price,
  quantity: Quantity,
  name: string = side,
): Order => {
  const asked = { clientOrderId: name, side, price, quantity, expiresAt: T0 + 120_000 }
  const order = orders.submit(asked, T0)
  const ack = { orderId: `x-${name}`, filled: 0, remaining: quantity, venueAt: T0 }
  orders.acknowledge(order, ack, T0)
  // The feed marks the change of the book that the order has made.
  orders.applyBookChange(name, price, quantity, T0)
  return order
}

export type OrderChanges = Partial<Omit<Order, 'next' | 'requests'>> & {
  readonly next?: Partial<Order['next']>
  readonly requests?: Partial<Order['requests']>
}

/** Puts an order into a state by hand, also in what is in flight. */
export const alter = (order: Order, { next, requests, ...others }: OrderChanges): Order => {
  Object.assign(order.next, next)
  Object.assign(order.requests, requests)
  return Object.assign(order, others)
}

export interface Levels {
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}

/** What leads a new engine to a live book: start, lease, recovery, subscription. */
export const openingOf = (market: Market = marketOf()): readonly Event[] => {
  const none = { position: 0, realized: 0, fees: 0, exposure: 0 }
  const answer = { type: 'answer', at: T0, askedAt: T0 } as const
  const cost = { place: 10, amend: 10, decrease: 10, cancel: 2 }
  return [
    // A minute before the rest, so that the bucket of the lease is full.
    { type: 'start', at: T0 - 60_000, nonce: 'n' },
    { type: 'lease', at: T0 - 60_000, lease: { refill: 100, capacity: 100, cost } },
    { type: 'link-up', at: T0 },
    { ...answer, what: 'market', outcome: accepted(market) },
    { ...answer, what: 'orders', outcome: accepted([]) },
    { ...answer, what: 'fills', outcome: accepted([]) },
    { ...answer, what: 'position', outcome: accepted(none) },
    { type: 'subscribed', at: T0, sid: 1, seq: 0, id: 1, channel: 'orderbook_delta' },
    { type: 'subscribed', at: T0, sid: 9, seq: 0, id: 3, channel: 'fill' },
    { type: 'subscribed', at: T0, sid: 8, seq: 0, id: 4, channel: 'user_orders' },
  ]
}

/** The answer that lists the subscriptions of `openingOf`: a sign of life. */
export const listedAt = (at: Millis): Event => ({
  ...{ type: 'ok', at, sid: 0, seq: 0, id: 1_000, askedAt: at, sentAt: at },
  listed: [
    { channel: 'orderbook_delta', sid: 1 },
    { channel: 'fill', sid: 9 },
    { channel: 'user_orders', sid: 8 },
  ],
})

/** An engine after start, recovery and one snapshot; its first quotes are on their way. */
export const quotingEngine = (
  book: Levels = { bids: [4400, 5000], asks: [4600, 5000] },
  changes: {
    market?: Partial<Market>
    strategy?: Partial<Strategy>
    limits?: Partial<Limits>
  } = {},
): Engine => {
  const engine = new Engine(TICKER, parametersOf(changes))
  for (const event of openingOf(marketOf(changes.market))) engine.step(event)
  const [bids, asks] = [[...book.bids], [...book.asks]]
  engine.step({ type: 'snapshot', at: T0, sid: 1, seq: 1, ticker: TICKER, bids, asks })
  return engine
}
