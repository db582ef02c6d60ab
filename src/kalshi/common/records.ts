// Reads our own fills and orders as Kalshi writes them, from the socket or from REST.
//
// Both sources use nearly the same field names, so one reader serves both and fills in an object
// that the caller provides: the socket reuses one, REST makes a new one for each row. By hand,
// because fills and orders arrive on the hot path too.

import type { Fill, OrderReport } from '../../core/vocabulary/events.ts'
import { PRICE_ONE, parseMoney, parsePrice, parseQuantity } from '../../core/vocabulary/units.ts'
import { asInstant, asMillis, asText, type Json, show, sideOfOrder } from './fields.ts'

export const emptyFill = (): Fill => ({
  tradeId: '',
  orderId: '',
  clientOrderId: '',
  ticker: '',
  side: 'bid',
  price: 0,
  quantity: 0,
  fee: 0,
  isTaker: false,
  venueAt: 0,
  positionAfter: null,
})

export const emptyOrder = (): OrderReport => ({
  orderId: '',
  clientOrderId: '',
  ticker: '',
  side: 'bid',
  price: 0,
  status: 'unknown',
  filled: 0,
  remaining: 0,
  expiresAt: null,
  venueAt: 0,
  reason: '',
})

/**
 * Whose row it is. The exchange sends everything of the member on one socket, whichever subaccount
 * it belongs to; `subaccount` and `subaccount_number` are both in use, and a row that names none is
 * ours. 'unreadable' is taken for neither: one hides what is ours, the other counts what is not.
 */
export const ownerOf = (raw: Json, subaccount: number): 'ours' | 'others' | 'unreadable' => {
  const named = raw.subaccount ?? raw.subaccount_number
  if (named === undefined || named === null) return 'ours'
  const number = typeof named === 'string' && named !== '' ? Number(named) : named
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return 'unreadable'
  return number === subaccount ? 'ours' : 'others'
}

/** A contract costs at most a dollar. */
const isPrice = (price: number): boolean => price >= 0 && price <= PRICE_ONE

/** ts_ms, else the ISO time of REST, else deprecated whole seconds; 0 where none is readable. */
const venueTime = (raw: Json): number => {
  const millis = asMillis(raw.ts_ms, 1)
  if (millis > 0) return millis
  const created = asInstant(raw.created_time)
  return Number.isNaN(created) ? asMillis(raw.ts, 1000) : created
}

const sideFound = (raw: Json): string =>
  `book_side ${show(raw.book_side)}, outcome_side ${show(raw.outcome_side)}`

/**
 * Reads a fill into `into`. Returns '' or what was wrong; `into` is then half written and must not
 * be used. An absent fee counts as 0, because a position that is right matters more than a fee.
 */
export const readFill = (raw: Json, into: Fill): string => {
  into.tradeId = asText(raw.trade_id) || asText(raw.fill_id)
  into.orderId = asText(raw.order_id)
  if (into.tradeId === '' || into.orderId === '') {
    const found = `trade_id ${show(raw.trade_id)} and order_id ${show(raw.order_id)}`
    return `fill: found ${found}, wanted both`
  }
  into.clientOrderId = asText(raw.client_order_id)
  into.ticker = asText(raw.market_ticker) || asText(raw.ticker)
  if (into.ticker === '') return 'fill: found no market_ticker'
  const side = sideOfOrder(raw)
  if (side === null) {
    return `fill side: found ${sideFound(raw)}`
  }
  into.side = side
  into.price = parsePrice(raw.yes_price_dollars)
  if (!isPrice(into.price)) return `fill yes_price_dollars: found ${show(raw.yes_price_dollars)}`
  into.quantity = parseQuantity(raw.count_fp)
  if (!(into.quantity > 0)) return `fill count_fp: found ${show(raw.count_fp)}`
  into.fee = raw.fee_cost === undefined || raw.fee_cost === null ? 0 : parseMoney(raw.fee_cost)
  if (Number.isNaN(into.fee)) return `fill fee_cost: found ${show(raw.fee_cost)}`
  into.isTaker = raw.is_taker === true
  into.venueAt = venueTime(raw)
  const after = raw.post_position_fp
  into.positionAfter = after === undefined || after === null ? null : parseQuantity(after)
  if (Number.isNaN(into.positionAfter)) return `fill post_position_fp: found ${show(after)}`
  return ''
}

/** Reads an order into `into`. Returns '' or what was wrong; `into` must then not be used. */
export const readOrder = (raw: Json, into: OrderReport): string => {
  into.orderId = asText(raw.order_id)
  if (into.orderId === '') return `order order_id: found ${show(raw.order_id)}`
  into.clientOrderId = asText(raw.client_order_id)
  into.ticker = asText(raw.ticker) || asText(raw.market_ticker)
  if (into.ticker === '') return `order ticker: found ${show(raw.ticker)}`
  const side = sideOfOrder(raw)
  if (side === null) {
    return `order side: found ${sideFound(raw)}`
  }
  into.side = side
  into.price = parsePrice(raw.yes_price_dollars)
  if (!isPrice(into.price)) return `order yes_price_dollars: found ${show(raw.yes_price_dollars)}`
  const { status } = raw
  into.status =
    status === 'resting' || status === 'canceled' || status === 'executed' ? status : 'unknown'
  into.filled = parseQuantity(raw.fill_count_fp)
  if (!(into.filled >= 0)) return `order fill_count_fp: found ${show(raw.fill_count_fp)}`
  into.remaining = parseQuantity(raw.remaining_count_fp)
  if (!(into.remaining >= 0)) {
    return `order remaining_count_fp: found ${show(raw.remaining_count_fp)}`
  }
  const expires = asMillis(raw.expiration_ts_ms, 1) || asInstant(raw.expiration_time)
  into.expiresAt = expires > 0 ? expires : null
  into.venueAt =
    asMillis(raw.last_updated_ts_ms, 1) ||
    asMillis(raw.created_ts_ms, 1) ||
    asInstant(raw.last_update_time) ||
    asInstant(raw.created_time) ||
    0
  into.reason = asText(raw.last_update_reason)
  return ''
}
