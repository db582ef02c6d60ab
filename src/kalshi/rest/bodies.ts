// From the bodies of REST answers to the core's own types.
//
// Each reader returns its value, or one sentence that says what was found instead. A list with one
// unreadable row is unreadable as a whole: an order that we skip is an order that we do not know of.

import type { Ack, Fill, OrderReport, PositionReport } from '../../core/vocabulary/events.ts'
import {
  type Millis,
  MONEY_CENT,
  type Money,
  parseMoney,
  parseQuantity,
} from '../../core/vocabulary/units.ts'
import { asCount, asMillis, asObject, asText, type Json, show } from '../common/fields.ts'
import { emptyFill, emptyOrder, readFill, readOrder } from '../common/records.ts'
import { readLevels } from '../feed/decoder.ts'

/** One page of a list. `cursor` is '' on the last page. */
export interface Page<T> {
  readonly items: T[]
  readonly cursor: string
}

const readPage = <T>(
  body: unknown,
  key: string,
  create: () => T,
  read: (raw: Json, into: T) => string,
): Page<T> | string => {
  const raw = asObject(body)
  const list = raw?.[key]
  // An empty list may be written as null.
  if (raw === null || list === undefined || (list !== null && !Array.isArray(list))) {
    return `${key}: found ${show(body)}, wanted a list of ${key}`
  }
  const items: T[] = []
  for (const row of list ?? []) {
    const fields = asObject(row)
    if (fields === null) return `${key}: found ${show(row)} among them, wanted an object`
    const item = create()
    const wrong = read(fields, item)
    if (wrong !== '') return wrong
    items.push(item)
  }
  return { items, cursor: asText(raw.cursor) }
}

/** Reads one page of GET /portfolio/orders. */
export const readOrders = (body: unknown): Page<OrderReport> | string =>
  readPage(body, 'orders', emptyOrder, readOrder)

/** Reads one page of GET /portfolio/fills, in the order given (newest first). */
export const readFills = (body: unknown): Page<Fill> | string =>
  readPage(body, 'fills', emptyFill, readFill)

/** Reads GET /portfolio/orders/{order_id}. */
export const readSingleOrder = (body: unknown): OrderReport | string => {
  const raw = asObject(asObject(body)?.order)
  if (raw === null) return `order: found ${show(body)}, wanted {"order":{...}}`
  const order = emptyOrder()
  return readOrder(raw, order) || order
}

/** Reads GET /portfolio/positions for one market; a market that is not listed is held at zero. */
export const readPosition = (body: unknown, ticker: string): PositionReport | string => {
  const raw = asObject(body)
  const list = raw?.market_positions
  if (raw === null || list === undefined || (list !== null && !Array.isArray(list))) {
    return `positions: found ${show(body)}, wanted market_positions`
  }
  const own = (list ?? []).map(asObject).find((row) => row?.ticker === ticker)
  if (!own) return { position: 0, realized: 0, fees: 0, exposure: 0 }
  const report = {
    position: parseQuantity(own.position_fp),
    realized: parseMoney(own.realized_pnl_dollars),
    fees: parseMoney(own.fees_paid_dollars),
    exposure: parseMoney(own.market_exposure_dollars),
  }
  const wrong = Object.entries(report).find(([, value]) => Number.isNaN(value))
  return wrong ? `position ${wrong[0]}: found no number in ${show(own)}` : report
}

/** Reads the answer to an order request, or one item of a batch answer. */
export const readAck = (body: unknown): Ack | string => {
  const raw = asObject(body)
  const orderId = asText(raw?.order_id)
  if (raw === null || orderId === '') return `answer: found ${show(body)}, wanted an order_id`
  const filled = optionalCount(raw.fill_count)
  // A cancel answers with what it removed, which is what remained.
  const remaining = optionalCount(raw.remaining_count ?? raw.reduced_by)
  if (Number.isNaN(filled) || Number.isNaN(remaining)) {
    return `answer counts: found ${show(raw.fill_count)} and ${show(raw.remaining_count)}`
  }
  return { orderId, filled, remaining, venueAt: asMillis(raw.ts_ms, 1) }
}

const optionalCount = (value: unknown): number | null =>
  value === undefined || value === null ? null : parseQuantity(value)

/** Cash: over all shards, and of each. An order can only use the cash of its own shard. */
export interface Balance {
  readonly total: Money
  readonly shards: readonly { readonly exchangeIndex: number; readonly cash: Money }[]
}

/** Reads GET /portfolio/balance. */
export const readBalance = (body: unknown): Balance | string => {
  const raw = asObject(body)
  const exact = parseMoney(raw?.balance_dollars)
  // `balance` is the same in whole cents, cut off.
  const total = Number.isNaN(exact) ? Number(raw?.balance ?? Number.NaN) * MONEY_CENT : exact
  if (!Number.isSafeInteger(total)) return `balance: found ${show(body)}, wanted balance_dollars`
  const shards: { exchangeIndex: number; cash: Money }[] = []
  for (const item of Array.isArray(raw?.balance_breakdown) ? raw.balance_breakdown : []) {
    const part = asObject(item)
    const exchangeIndex = asCount(part?.exchange_index)
    const cash = parseMoney(part?.balance)
    if (exchangeIndex < 0 || Number.isNaN(cash)) return `balance of a shard: found ${show(item)}`
    shards.push({ exchangeIndex, cash })
  }
  return { total, shards }
}

/** A book without time or sequence: flat pairs price, quantity, YES prices on both sides. */
export interface BookView {
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}

/** Reads GET /markets/{ticker}/orderbook, which always prices NO levels on the NO scale. */
export const readOrderbook = (body: unknown): BookView | string => {
  const raw = asObject(asObject(body)?.orderbook_fp)
  if (raw === null) return `orderbook: found ${show(body)}, wanted {"orderbook_fp":{...}}`
  const bids: number[] = []
  const asks: number[] = []
  const wrong = readLevels(raw.yes_dollars, false, bids) || readLevels(raw.no_dollars, true, asks)
  return wrong === '' ? { bids, asks } : `orderbook ${wrong}`
}

export interface ShardStatus {
  readonly exchangeIndex: number
  readonly exchangeActive: boolean
  readonly tradingActive: boolean
}
export interface ExchangeStatus {
  /** The default shard first; one entry per shard where the exchange lists them. */
  readonly shards: readonly ShardStatus[]
  /** When a pause is expected to end; null when not paused or not known. */
  readonly resumeAt: Millis | null
}

/** Reads GET /exchange/status. Trading may pause without any message on the socket. */
export const readExchangeStatus = (body: unknown): ExchangeStatus | string => {
  const raw = asObject(body)
  const first = readShard(raw, 0)
  if (raw === null || first === null) {
    return `exchange status: found ${show(body)}, wanted exchange_active and trading_active`
  }
  const listed = Array.isArray(raw.exchange_index_statuses) ? raw.exchange_index_statuses : []
  const shards: ShardStatus[] = []
  for (const item of listed) {
    const fields = asObject(item)
    const shard = readShard(fields, asCount(fields?.exchange_index))
    if (shard === null) return `exchange status of a shard: found ${show(item)}`
    shards.push(shard)
  }
  const resume = Date.parse(asText(raw.exchange_estimated_resume_time))
  return {
    shards: shards.length > 0 ? shards : [first],
    resumeAt: Number.isNaN(resume) ? null : resume,
  }
}

const readShard = (raw: Json | null, exchangeIndex: number): ShardStatus | null => {
  const { exchange_active: exchangeActive, trading_active: tradingActive } = raw ?? {}
  return typeof exchangeActive === 'boolean' &&
    typeof tradingActive === 'boolean' &&
    exchangeIndex >= 0
    ? { exchangeIndex, exchangeActive, tradingActive }
    : null
}
