// Reads what REST says of our own account: orders, fills, positions, cash, settlements, places in
// the queue, and the answers to order requests.
//
// Each reader returns its value, or one sentence that says what was found instead. A list with one
// unreadable row is unreadable as a whole: an order that we skip is an order that we do not know
// of.

import * as v from 'valibot'
import type {
  Ack,
  CashReport,
  PositionReport,
  QueueReport,
  SettlementReport,
} from '../../core/vocabulary/events.ts'
import { MONEY_CENT, parseMoney, parseQuantity } from '../../core/vocabulary/units.ts'
import { asMillis, asObject, asText, type Json, show } from '../common/fields.ts'
import { emptyFill, emptyOrder, ownerOf, readFill, readOrder } from '../common/records.ts'
import {
  instant,
  list,
  money,
  type Page,
  page,
  quantity,
  reader,
  record,
  text,
  under,
  wholeOrZero,
} from './payload.ts'

export const SETTLEMENTS_PATH = '/portfolio/settlements'
export const QUEUE_PATH = '/portfolio/orders/queue_positions'

/**
 * The body of a list without rows that name another subaccount, and how many those were; or what
 * was wrong. Every list is asked for one subaccount, so such a row means that the filter failed.
 */
export const ownRows = (
  body: unknown,
  subaccount: number,
): { readonly body: unknown; readonly others: number } | string => {
  const lists = asObject(body)
  if (lists === null) return { body, others: 0 }
  const own: Json = { ...lists }
  let others = 0
  for (const [key, rows] of Object.entries(lists)) {
    if (!Array.isArray(rows)) continue
    const kept: unknown[] = []
    for (const row of rows) {
      const raw = asObject(row)
      const owner = raw === null ? 'ours' : ownerOf(raw, subaccount)
      if (raw !== null && owner === 'unreadable') {
        return `${key} subaccount: found ${show(raw.subaccount ?? raw.subaccount_number)}`
      }
      if (owner === 'others') others++
      else kept.push(row)
    }
    own[key] = kept
  }
  return { body: own, others }
}

const ORDER = record(emptyOrder, readOrder)

/** One page of GET /portfolio/orders. */
export const readOrders = reader('orders', page('orders', ORDER))
/** GET /portfolio/orders/{order_id}. */
export const readSingleOrder = reader('order', under('order', ORDER))
/** One page of GET /portfolio/fills, in the order given (newest first). */
export const readFills = reader('fills', page('fills', record(emptyFill, readFill)))

const readPositions = reader('positions', under('market_positions', list(v.unknown())))
const readOwnPosition = reader(
  'position',
  v.pipe(
    v.object({
      position_fp: quantity,
      realized_pnl_dollars: money,
      fees_paid_dollars: money,
      market_exposure_dollars: money,
    }),
    v.transform(
      (row): PositionReport => ({
        position: row.position_fp,
        realized: row.realized_pnl_dollars,
        fees: row.fees_paid_dollars,
        exposure: row.market_exposure_dollars,
      }),
    ),
  ),
)

/** Reads GET /portfolio/positions for one market; a market that is not listed is held at zero. */
export const readPosition = (body: unknown, ticker: string): PositionReport | string => {
  const rows = readPositions(body)
  if (typeof rows === 'string') return rows
  const own = rows.find((row) => asObject(row)?.ticker === ticker)
  if (own === undefined) return { position: 0, realized: 0, fees: 0, exposure: 0 }
  return readOwnPosition(own)
}

const SHARD_CASH = v.pipe(
  v.object({ exchange_index: wholeOrZero, balance: money }),
  v.transform((row) => ({ exchangeIndex: row.exchange_index, cash: row.balance })),
)
const BALANCE = v.pipe(
  v.object({
    balance_dollars: v.optional(v.unknown()),
    balance: v.optional(v.unknown()),
    balance_breakdown: v.nullish(v.array(SHARD_CASH), []),
  }),
  v.transform(({ balance_dollars, balance, balance_breakdown: shards }): CashReport => {
    const exact = parseMoney(balance_dollars)
    // `balance` is the same in whole cents, cut off.
    const total = Number.isNaN(exact) ? Number(balance ?? Number.NaN) * MONEY_CENT : exact
    return { total, shards }
  }),
  v.check(({ total }) => Number.isSafeInteger(total), 'found no readable balance_dollars'),
)

/** GET /portfolio/balance. */
export const readBalance = reader('balance', BALANCE)

/**
 * `revenue` is in whole cents. Rows carry both legs gross, although only their difference was paid.
 */
const SETTLEMENT = v.pipe(
  v.object({
    ticker: text,
    market_result: text,
    yes_count_fp: quantity,
    no_count_fp: quantity,
    yes_total_cost_dollars: v.nullish(money),
    no_total_cost_dollars: v.nullish(money),
    revenue: v.number(),
    fee_cost: v.nullish(money, '0'),
    settled_time: instant,
  }),
  v.transform(
    (row): SettlementReport => ({
      ticker: row.ticker,
      result: row.market_result,
      yesCount: row.yes_count_fp,
      noCount: row.no_count_fp,
      yesCost: row.yes_total_cost_dollars ?? null,
      noCost: row.no_total_cost_dollars ?? null,
      revenue: Math.round(row.revenue * MONEY_CENT),
      fee: row.fee_cost,
      at: row.settled_time,
    }),
  ),
)

const OF_SUBACCOUNT = v.object({ subaccount_number: v.optional(v.number()) })

const readSettlementPage = reader('settlements', page('settlements', SETTLEMENT))

/**
 * One page of GET /portfolio/settlements: how markets of ours were paid out. A row that names
 * another subaccount is left out; that rows name none is as documented (2026).
 */
export const readSettlements = (body: unknown, subaccount = 0): Page<SettlementReport> | string => {
  const rows = asObject(body)?.settlements
  if (!Array.isArray(rows)) return readSettlementPage(body)
  const isOurs = (row: unknown): boolean => {
    const named = v.safeParse(OF_SUBACCOUNT, row)
    return !named.success || (named.output.subaccount_number ?? subaccount) === subaccount
  }
  return readSettlementPage({ ...asObject(body), settlements: rows.filter(isOurs) })
}

const AHEAD = v.pipe(
  v.object({ order_id: text, queue_position_fp: v.pipe(quantity, v.minValue(0)) }),
  v.transform((row): QueueReport => ({ orderId: row.order_id, ahead: row.queue_position_fp })),
)

/**
 * GET /portfolio/orders/queue_positions, which has no pages: how many contracts stand before each
 * of our resting orders. The exchange matches by price and then by time, so a count falls as those
 * before us trade or leave.
 */
export const readQueue = reader('queue_positions', under('queue_positions', list(AHEAD)))

/**
 * Reads the answer to an order request, or one item of a batch answer. By hand, because it stands
 * on the order path.
 */
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
