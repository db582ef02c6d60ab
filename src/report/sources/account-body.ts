// The body of GET /tickers/{ticker}/account: what the exchange says of one market of ours, what our
// own ledger says, and every number in which they differ. Written by the worker, read again by the
// report.

import {
  costOf,
  type Difference,
  differencesOf,
  type ExchangeAccount,
  foldFills,
} from '../../core/ledger/exchange-account.ts'
import type { Holdings } from '../../core/ledger/ledger.ts'
import { formatIso, parseIso } from '../../core/record/tape.ts'
import type { LedgerStatus } from '../../core/status/status.ts'
import type { Fill } from '../../core/vocabulary/events.ts'
import type { Market } from '../../core/vocabulary/market.ts'
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  type Money,
  PRICE_ONE,
  parseMoney,
  parsePrice,
  parseQuantity,
  type Side,
} from '../../core/vocabulary/units.ts'

interface FillBody {
  time: string
  side: Side
  price: string
  quantity: string
  fee: string
  is_taker: boolean
  trade_id: string
  order_id: string
}

/** Contracts, prices and dollars as decimal strings. */
export interface AccountBody {
  ticker: string
  at: string
  exchange: LedgerStatus & { balance: string; fills: number }
  /** null where no maker runs. */
  ours: LedgerStatus | null
  differences: Difference[]
  market: {
    status: string
    close_time: string
    /** 'yes', 'no' or null while undetermined. */
    result: string | null
    maker_fee: number
    taker_fee: number
  }
  settlements: {
    result: string
    yes_count: string
    no_count: string
    /** null where the exchange does not say. */
    yes_cost: string | null
    no_cost: string | null
    revenue: string
    fee: string
    time: string
  }[]
  /** Oldest first. */
  fills: FillBody[]
}

/** Sums as a ledger's status shows them. */
export const holdingsOf = (ledger: LedgerStatus): Holdings => ({
  position: parseQuantity(ledger.position),
  cost: parseMoney(ledger.cost),
  realized: parseMoney(ledger.realized),
  fees: parseMoney(ledger.fees),
  cash: parseMoney(ledger.cash),
})

/** @param ours the maker's own sums, read after the exchange's; null where none runs */
export const accountBody = (
  market: Market,
  theirs: ExchangeAccount,
  ours: LedgerStatus | null,
): AccountBody => {
  const { position, fills, settlements } = theirs
  return {
    ticker: market.ticker,
    at: formatIso(theirs.at),
    exchange: {
      balance: formatMoney(theirs.balance),
      position: formatQuantity(position.position),
      cost: formatMoney(costOf(position)),
      realized: formatMoney(position.realized),
      fees: formatMoney(position.fees),
      cash: formatMoney(foldFills(fills).cash),
      fills: fills.length,
    },
    ours,
    differences: ours === null ? [] : differencesOf(holdingsOf(ours), theirs),
    market: {
      status: market.status,
      close_time: formatIso(market.closeAt),
      result: market.result === '' ? null : market.result,
      maker_fee: market.fees.maker / 1e6,
      taker_fee: market.fees.taker / 1e6,
    },
    settlements: settlements.map(
      ({ result, yesCount, noCount, yesCost, noCost, revenue, fee, at }) => ({
        result,
        yes_count: formatQuantity(yesCount),
        no_count: formatQuantity(noCount),
        yes_cost: yesCost === null ? null : formatMoney(yesCost),
        no_cost: noCost === null ? null : formatMoney(noCost),
        revenue: formatMoney(revenue),
        fee: formatMoney(fee),
        time: formatIso(at),
      }),
    ),
    fills: fills.map((fill) => ({
      time: formatIso(fill.venueAt),
      side: fill.side,
      price: formatPrice(fill.price),
      quantity: formatQuantity(fill.quantity),
      fee: formatMoney(fill.fee),
      is_taker: fill.isTaker,
      trade_id: fill.tradeId,
      order_id: fill.orderId,
    })),
  }
}

/** The exchange's side of a body, as it was before it was written. */
export const readExchange = (body: AccountBody): ExchangeAccount => {
  const { exchange, ticker } = body
  const position = parseQuantity(exchange.position)
  const cost: Money = parseMoney(exchange.cost)
  return {
    at: parseIso(body.at),
    balance: parseMoney(exchange.balance),
    position: {
      position,
      realized: parseMoney(exchange.realized),
      fees: parseMoney(exchange.fees),
      exposure: position < 0 ? cost - position * PRICE_ONE : cost,
    },
    settlements: body.settlements.map(
      ({ result, yes_count, no_count, yes_cost, no_cost, revenue, fee, time }) => ({
        ticker,
        result,
        yesCount: parseQuantity(yes_count),
        noCount: parseQuantity(no_count),
        yesCost: yes_cost === null ? null : parseMoney(yes_cost),
        noCost: no_cost === null ? null : parseMoney(no_cost),
        revenue: parseMoney(revenue),
        fee: parseMoney(fee),
        at: parseIso(time),
      }),
    ),
    fills: body.fills.map(
      ({ time, side, price, quantity, fee, is_taker, trade_id, order_id }): Fill => ({
        tradeId: trade_id,
        orderId: order_id,
        clientOrderId: '',
        ticker,
        side,
        price: parsePrice(price),
        quantity: parseQuantity(quantity),
        fee: parseMoney(fee),
        isTaker: is_taker,
        venueAt: parseIso(time),
        positionAfter: null,
      }),
    ),
  }
}
