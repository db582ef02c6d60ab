// Small worlds for the tests of the core: a market, parameters, frames, and an engine that quotes.
//
// Everything here is an argument with a default, so that a test names only what it is about. Prices
// are Price units (1 = $0.0001) and sizes Quantity units (1 = 0.01 contract), as in the core itself.

import { Engine } from '../../src/core/maker/engine.ts'
import type { Order, Orders } from '../../src/core/orders/orders.ts'
import type { Fill, OrderReport, TapeRow } from '../../src/core/vocabulary/events.ts'
import { LINEAR_CENT, type Market } from '../../src/core/vocabulary/market.ts'
import {
  defaultParameters,
  type Limits,
  type Strategy,
} from '../../src/core/vocabulary/parameters.ts'
import type { Price, Quantity, Side } from '../../src/core/vocabulary/units.ts'

export const T0 = 1_790_000_000_000
export const TICKER = 'KXTEST-26DEC31-T50'

export const marketOf = (changes: Partial<Market> = {}): Market => ({
  ticker: TICKER,
  eventTicker: 'KXTEST-26DEC31',
  status: 'active',
  binary: true,
  exchangeIndex: 0,
  closeAt: T0 + 3_600_000,
  expectedAt: T0 + 3_600_000,
  canCloseEarly: false,
  priceRanges: LINEAR_CENT,
  fees: { maker: 0, taker: 70_000, source: 'quadratic' },
  result: '',
  ...changes,
})

/** A row of the tape that says nothing yet. */
export const tapeRowOf = (changes: Partial<TapeRow> = {}): TapeRow => ({
  at: T0,
  ticker: TICKER,
  mid: null,
  myBid: null,
  myAsk: null,
  inventory: 0,
  unrealizedPnl: 0,
  realizedPnl: 0,
  latencyMs: null,
  ...changes,
})

/**
 * The linear model with every refinement off: a quote that can be worked out in the head. Most tests
 * are about orders and not about prices.
 */
export const PLAIN: Partial<Strategy> = {
  model: 'linear',
  fair_value: 'mid',
  gamma: 0.01,
  min_half_spread: 0.5,
  ofi_weight: 0,
  toxicity_weight: 0,
  max_markout: 0,
  size_skew: 0,
  debounce: 'ticks',
  reduce_only_seconds: 0,
  jump_pause_seconds: 0,
  burst_pause_seconds: 0,
  longshot_cents: 0,
  max_through: 99,
}

/** The plain parameters with some keys replaced, in the units of the core. */
export const parametersOf = (
  changes: { strategy?: Partial<Strategy>; limits?: Partial<Limits> } = {},
): { strategy: Strategy; limits: Limits } => {
  const { strategy, limits } = defaultParameters()
  return {
    strategy: { ...strategy, ...PLAIN, ...changes.strategy },
    limits: { ...limits, max_settlement_sd: 10_000, ...changes.limits },
  }
}

export const fillOf = (changes: Partial<Fill> = {}): Fill => ({
  tradeId: 'trade-1',
  orderId: 'order-1',
  clientOrderId: '',
  ticker: TICKER,
  side: 'bid',
  price: 4500,
  quantity: 1000,
  fee: 0,
  isTaker: false,
  venueAt: T0,
  positionAfter: null,
  ...changes,
})

export const reportOf = (changes: Partial<OrderReport> = {}): OrderReport => ({
  orderId: 'order-1',
  clientOrderId: 'mine-1',
  ticker: TICKER,
  side: 'bid',
  price: 4500,
  status: 'resting',
  filled: 0,
  remaining: 1000,
  expiresAt: T0 + 120_000,
  venueAt: T0,
  reason: '',
  ...changes,
})

/** Submits an order and, unless `named` is false, has it acknowledged: it rests. */
export const rest = (
  orders: Orders,
  side: Side,
  price: Price,
  quantity: Quantity,
  name: string = side,
  at = T0,
): Order => {
  const order = orders.submit(name, side, price, quantity, at + 120_000, at, at)
  orders.acknowledge(
    order,
    { orderId: `x-${name}`, filled: 0, remaining: quantity, venueAt: at },
    at,
  )
  // The feed marks the change of the book that the order has made.
  orders.shown(name, price, quantity, at)
  return order
}

export interface Levels {
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}

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
  const market = marketOf(changes.market)
  const none = { position: 0, realized: 0, fees: 0, exposure: 0 }
  const answer = { type: 'answer', at: T0, askedAt: T0 } as const
  // A minute before the rest, so that the bucket of the lease is full.
  engine.step({ type: 'start', at: T0 - 60_000, nonce: 'n' })
  engine.step({
    type: 'lease',
    at: T0 - 60_000,
    lease: { refill: 100, capacity: 100, cost: { place: 10, amend: 10, decrease: 10, cancel: 2 } },
  })
  engine.step({ type: 'link-up', at: T0 })
  engine.step({ ...answer, what: 'market', outcome: { kind: 'accepted', value: market } })
  engine.step({ ...answer, what: 'orders', outcome: { kind: 'accepted', value: [] } })
  engine.step({ ...answer, what: 'fills', outcome: { kind: 'accepted', value: [] } })
  engine.step({ ...answer, what: 'position', outcome: { kind: 'accepted', value: none } })
  engine.step({ type: 'subscribed', at: T0, sid: 1, seq: 0, id: 1, channel: 'orderbook_delta' })
  engine.step({
    type: 'snapshot',
    at: T0,
    sid: 1,
    seq: 1,
    ticker: TICKER,
    bids: [...book.bids],
    asks: [...book.asks],
  })
  return engine
}
