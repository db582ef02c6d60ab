// Builds the status of the control API and the live view of the page from the engine's state.
//
// In: an engine, read only. Out: plain JSON with prices, contracts and dollars as strings. It runs
// on request, off the hot path, and must never change the engine or decide anything.

import type { Engine } from '../maker/engine.ts'
import type { Order } from '../orders/orders.ts'
import { formatIso } from '../record/tape.ts'
import type { Spec } from '../vocabulary/parameter-table.ts'
import { LIMITS_TABLE, MOST_LEVELS, STRATEGY_TABLE } from '../vocabulary/parameter-table.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { Millis, Side } from '../vocabulary/units.ts'
import { formatMoney, formatPrice, formatQuantity, PRICE_ONE } from '../vocabulary/units.ts'
import { brakesStatus } from './brakes.ts'
import { estimateStatus, explainPrice, explainQuotes, viabilityStatus } from './explain.ts'
import { flattenStatus, takerExitStatus } from './flatten.ts'
import { foreignStatus } from './foreign.ts'
import { pnlStatus, settlementStatus } from './pnl.ts'
import { siblingsStatus } from './siblings.ts'
import type {
  FeedStatus,
  FillStatus,
  LadderLevel,
  LiveView,
  MakerStatus,
  QuoteStatus,
} from './status.ts'
import { LADDER_LEVELS } from './status.ts'
import { witnessStatus } from './witnesses.ts'

const FILLS_SHOWN = 20
/** What only the shell knows, and fills in. */
const OF_THE_SHELL = {
  clock_offset_ms: null,
  order_group: { id: null, limit: null, state: 'none', detail: '' },
  external: null,
} as const

const quoteOf = (order: Order | null): QuoteStatus | null =>
  order === null
    ? null
    : {
        price: formatPrice(order.price),
        quantity: formatQuantity(order.remaining),
        order_id: order.orderId === '' ? null : order.orderId,
        queue_ahead:
          order.place.source === 'none' || order.place.price !== order.price
            ? null
            : formatQuantity(order.place.ahead),
        why: order.why === null ? null : explainPrice(order.why, null),
      }

const levelsOf = (engine: Engine, side: Side): QuoteStatus[] => {
  const out: QuoteStatus[] = []
  for (let level = 0; level < MOST_LEVELS; level++) {
    const quote = quoteOf(engine.state.execution.orders.slot(side, level))
    if (quote !== null) out.push(quote)
  }
  return out
}

const percentile = (sorted: readonly number[], share: number): number | null =>
  sorted.length === 0
    ? null
    : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

/** Parameters as the control API shows them: contracts, dollars and times as strings. */
export const showParameters = ({
  strategy,
  limits,
}: Parameters): { strategy: Record<string, unknown>; limits: Record<string, unknown> } => {
  const shown = (
    table: Readonly<Record<string, Spec>>,
    values: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> => {
    const out: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(values)) out[key] = showValue(table[key], value)
    return out
  }
  return {
    strategy: shown(STRATEGY_TABLE, { ...strategy }),
    limits: shown(LIMITS_TABLE, { ...limits }),
  }
}

const showValue = (spec: Spec | undefined, value: unknown): unknown => {
  if (value === null || spec === undefined) return value
  switch (spec.kind) {
    case 'contracts':
      return formatQuantity(value as number)
    case 'dollars':
      return formatPrice(value as number)
    case 'time':
      return formatIso(value as Millis)
    case 'times':
      return (value as readonly unknown[]).map((at) => formatIso(at as Millis))
    default:
      return value
  }
}

const feedStatus = (engine: Engine): FeedStatus => {
  const { lag, granted, resubscription } = engine.state.feed
  const sorted = [...lag.samples].sort((a, b) => a - b)
  return {
    channels: granted,
    lag_ms: Math.max(0, Math.round(lag.now)),
    lag_p50_ms: percentile(sorted, 0.5),
    lag_p99_ms: percentile(sorted, 0.99),
    clock_offset_ms: lag.isMeasured ? Math.round(-lag.clock) : null,
    book_questions: resubscription.unanswered,
  }
}

/**
 * The body of GET /tickers/{ticker}.
 * @param at now, by our clock
 */
export const statusOf = (engine: Engine, at: Millis): MakerStatus => {
  const { state, decider } = engine
  const { ledger, quoter, market, execution, book } = state
  const { orders } = execution
  const { top, input, pricing } = quoter
  const mid = book.isLive ? quoter.observed.mid : null
  const average = ledger.averagePrice()
  const sorted = [...state.latencies].sort((a, b) => a - b)
  const bid = orders.slot('bid')
  const ask = orders.slot('ask')
  return {
    ticker: state.ticker,
    phase: decider.phase,
    reason: decider.reason,
    since: formatIso(decider.tracker.since),
    book: {
      bid: book.isLive && top.bid > 0 ? formatPrice(top.bid) : null,
      ask: book.isLive && top.ask < PRICE_ONE ? formatPrice(top.ask) : null,
      mid: mid === null ? null : (mid / 100).toFixed(5),
    },
    witnesses: witnessStatus(engine, at),
    quotes: { bid: quoteOf(bid), ask: quoteOf(ask) },
    levels: { bid: levelsOf(engine, 'bid'), ask: levelsOf(engine, 'ask') },
    explain: explainQuotes(engine),
    worth: viabilityStatus(engine),
    estimates: estimateStatus(engine, at),
    timing: {
      mode: decider.tracker.calendar.state.mode,
      reason: decider.tracker.calendar.state.reason,
      widen: round(decider.tracker.calendar.state.widen, 3),
    },
    silence: {
      bid: bid === null ? (quoter.silence.bid ?? 'waiting') : null,
      ask: ask === null ? (quoter.silence.ask ?? 'waiting') : null,
    },
    uptime: decider.uptime.status(at),
    position: formatQuantity(ledger.position),
    average_price: average === null ? null : (average / 100).toFixed(6),
    ...{ pnl: pnlStatus(engine, at), taker_exit: takerExitStatus(engine) },
    ledger: {
      position: formatQuantity(ledger.position),
      cost: formatMoney(ledger.cost),
      realized: formatMoney(ledger.realized),
      fees: formatMoney(ledger.fees),
      cash: formatMoney(ledger.cash),
    },
    ...{ settlement: settlementStatus(engine), flatten: flattenStatus(engine) },
    foreign_orders: foreignStatus(orders),
    latency: {
      last_ms: state.latencies.at(-1) ?? null,
      p50_ms: percentile(sorted, 0.5),
      p99_ms: percentile(sorted, 0.99),
      count: sorted.length,
    },
    feed: feedStatus(engine),
    model: Number.isFinite(input.fair)
      ? {
          fair_cents: round(input.fair, 4),
          alpha_cents: round(input.signal, 4),
          reservation_cents: round(pricing.reservation, 4),
          half_spread_cents: round(pricing.halfBid, 4),
          sigma_cents: round(Math.sqrt(input.sigma2), 6),
          horizon_s: round(input.horizon, 1),
        }
      : null,
    market:
      market === null
        ? null
        : {
            status: market.status,
            close_time: formatIso(market.closeAt),
            exchange_index: market.exchangeIndex,
          },
    counters: { ...execution.counters, price_jumps: quoter.estimators.volatility.jumps },
    brakes: brakesStatus(engine, at),
    ...OF_THE_SHELL,
    siblings: siblingsStatus(engine, at),
    parameters: showParameters(state.parameters),
  }
}

const ladderSide = (engine: Engine, side: Side): LadderLevel[] => {
  const { book, execution } = engine.state
  return book.depth(side, LADDER_LEVELS).map(([price, size]) => {
    const ours = Math.min(execution.orders.ownSize(side, price), size)
    return [formatPrice(price), formatQuantity(size - ours), formatQuantity(ours)]
  })
}

/** One message of the live socket. */
export const viewOf = (engine: Engine, at: Millis): LiveView => ({
  type: 'view',
  at: formatIso(at),
  status: statusOf(engine, at),
  ladder: { bids: ladderSide(engine, 'bid'), asks: ladderSide(engine, 'ask') },
  fills: engine.state.ledger.recent(FILLS_SHOWN).map(
    (fill): FillStatus => ({
      time: formatIso(fill.venueAt),
      side: fill.side,
      price: formatPrice(fill.price),
      quantity: formatQuantity(fill.quantity),
      fee: formatMoney(fill.fee),
      trade_id: fill.tradeId,
    }),
  ),
})
