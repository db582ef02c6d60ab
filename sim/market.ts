// One market, its parameters and its records, as the simulator, the benches and the tests need
// them.
//
// Every value has a default, so that a caller names only what matters to it. Prices are Price units
// (1 = $0.0001) and sizes Quantity units (1 = 0.01 contract), as in the core itself.

import type { Engine } from '../src/core/maker/engine.ts'
import type { BookReport, Fill, OrderReport, TapeRow } from '../src/core/vocabulary/events.ts'
import { LINEAR_CENT, type Market } from '../src/core/vocabulary/market.ts'
import { defaultParameters, type Limits, type Strategy } from '../src/core/vocabulary/parameters.ts'
import { PRICE_ONE } from '../src/core/vocabulary/units.ts'

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
 * The linear model with every refinement off: a quote that can be worked out in the head. Most
 * tests are about orders and not about prices.
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
  max_credible_spread: 0,
  min_credible_depth: 0,
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

/** The whole book as an exchange that agrees with the engine would give it. */
export const bookOf = ({ state: { book } }: Engine): BookReport => ({
  bids: book.depth('bid', PRICE_ONE).flat(),
  asks: book.depth('ask', PRICE_ONE).flat(),
})
