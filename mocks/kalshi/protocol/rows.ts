// Writes accounts, orders, fills and markets as REST rows: integers become the decimal strings that
// Kalshi sends, key by key as recorded in 2026. Keys that Kalshi has removed since are left out:
// service, liquidity_dollars, response_price_units, resting_orders_count.

import {
  formatMoney,
  formatPrice,
  formatQuantity,
  type Millis,
  type Money,
  mulDivRound,
  PRICE_ONE,
  type Price,
  type Quantity,
} from '../../../src/core/vocabulary/units.ts'
import type { Account, Fill, Settlement } from '../exchange/account.ts'
import type { Holding } from '../exchange/holding.ts'
import { wireRanges } from '../exchange/lifecycle.ts'
import type { EventEntry, Listing, Series, Trade } from '../exchange/listing.ts'
import type { Order } from '../matching/order.ts'

export type Row = Record<string, unknown>

/** RFC 3339 with microseconds, as the exchange writes most times. */
export const isoMicros = (at: Millis): string => new Date(at).toISOString().replace('Z', '000Z')

/** RFC 3339 with whole seconds, as market times are written. */
export const isoSeconds = (at: Millis): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export const seconds = (at: Millis): number => Math.floor(at / 1000)

/** Dollars with four decimals, truncated toward zero. */
export const dollars4 = (money: Money): string => formatPrice(Math.trunc(money / 100))

/** An average per contract: four decimals, six where four are not exact. */
export const perContract = (total: Money, quantity: Quantity): string => {
  const each = mulDivRound(total, 100, quantity)
  return each % 100 === 0 ? formatPrice(each / 100) : formatMoney(each)
}

export const orderRow = (order: Order, account: Account, exchangeIndex: number): Row => {
  const yes = order.side === 'bid'
  const row: Row = {
    action: 'buy',
    book_side: order.side,
    client_order_id: order.clientOrderId,
    created_time: isoMicros(order.createdAt),
    exchange_index: exchangeIndex,
    fill_count_fp: formatQuantity(order.filled),
    initial_count_fp: formatQuantity(order.initial),
    last_update_time: isoMicros(order.updatedAt),
    maker_fees_dollars: formatMoney(order.makerFees),
    maker_fill_cost_dollars: formatMoney(order.makerCost),
    no_price_dollars: formatPrice(PRICE_ONE - order.price),
    order_id: order.id,
    outcome_side: yes ? 'yes' : 'no',
    remaining_count_fp: formatQuantity(order.remaining),
    self_trade_prevention_type: order.selfTrade,
    side: yes ? 'yes' : 'no',
    status: order.status,
    subaccount_number: order.subaccount,
    taker_fees_dollars: formatMoney(order.takerFees),
    taker_fill_cost_dollars: formatMoney(order.takerCost),
    ticker: order.ticker,
    type: 'limit',
    user_id: account.userId,
    yes_price_dollars: formatPrice(order.price),
  }
  if (order.expiresAt > 0) row.expiration_time = isoSeconds(order.expiresAt)
  if (order.cancelOnPause) row.cancel_order_on_pause = true
  if (order.group !== '') row.order_group_id = order.group
  return row
}

export const fillRow = (fill: Fill, exchangeIndex: number): Row => {
  const yes = fill.order.side === 'bid'
  return {
    action: 'buy',
    book_side: fill.order.side,
    count_fp: formatQuantity(fill.quantity),
    created_time: isoMicros(fill.at),
    exchange_index: exchangeIndex,
    fee_cost: formatMoney(fill.fee),
    fill_id: fill.tradeId,
    is_taker: fill.isTaker,
    market_ticker: fill.order.ticker,
    no_price_dollars: formatPrice(PRICE_ONE - fill.price),
    order_id: fill.order.id,
    outcome_side: yes ? 'yes' : 'no',
    side: yes ? 'yes' : 'no',
    subaccount_number: fill.order.subaccount,
    ticker: fill.order.ticker,
    trade_id: fill.tradeId,
    ts: seconds(fill.at),
    yes_price_dollars: formatPrice(fill.price),
  }
}

export const positionRow = (holding: Holding, exchangeIndex: number): Row => ({
  exchange_index: exchangeIndex,
  fees_paid_dollars: formatMoney(holding.fees),
  last_updated_ts: isoMicros(holding.updatedAt),
  market_exposure_dollars: formatMoney(holding.cost),
  position_fp: formatQuantity(holding.position),
  realized_pnl_dollars: formatMoney(holding.realized),
  ticker: holding.ticker,
  total_traded_dollars: formatMoney(holding.traded),
})

export const settlementRow = (settlement: Settlement, exchangeIndex: number): Row => {
  const { holding } = settlement
  return {
    event_ticker: settlement.eventTicker,
    exchange_index: exchangeIndex,
    fee_cost: formatMoney(holding.fees),
    market_result: settlement.result,
    no_count_fp: formatQuantity(holding.noCount),
    no_total_cost_dollars: formatMoney(holding.noCost),
    revenue: Math.trunc(settlement.revenue / 10_000),
    settled_time: isoMicros(settlement.at),
    ticker: settlement.ticker,
    value: Math.trunc(settlement.value / 100),
    yes_count_fp: formatQuantity(holding.yesCount),
    yes_total_cost_dollars: formatMoney(holding.yesCost),
  }
}

export const tradeRow = (trade: Trade): Row => {
  const yes = trade.taker === 'bid'
  return {
    count_fp: formatQuantity(trade.quantity),
    created_time: isoMicros(trade.at),
    is_block_trade: false,
    no_price_dollars: formatPrice(PRICE_ONE - trade.price),
    taker_book_side: trade.taker,
    taker_outcome_side: yes ? 'yes' : 'no',
    taker_side: yes ? 'yes' : 'no',
    ticker: trade.ticker,
    trade_id: trade.id,
    yes_price_dollars: formatPrice(trade.price),
  }
}

type WireLevel = [string, string]

const wireLevels = (flat: number[], price: (price: Price) => Price): WireLevel[] => {
  const levels: WireLevel[] = []
  for (let index = 0; index < flat.length; index += 2) {
    levels.push([formatPrice(price(flat[index]!)), formatQuantity(flat[index + 1]!)])
  }
  // Best last, as the exchange sends both sides on the NO price scale.
  return levels.reverse()
}

const same = (price: Price): Price => price
const mirrored = (price: Price): Price => PRICE_ONE - price

/** Both sides, best last. Asks are at NO prices unless `yesPrices`; their order is the same. */
export const wireBook = (
  listing: Listing,
  depth: number,
  yesPrices: boolean,
): { yes: WireLevel[]; no: WireLevel[] } => {
  const yes = wireLevels(listing.book.levels('bid', depth), same)
  const no = wireLevels(listing.book.levels('ask', depth), yesPrices ? same : mirrored)
  return { yes, no }
}

/** Best prices and their sizes as strings; an empty side shows bid 0.0000 or ask 1.0000. */
export const wireTop = (listing: Listing): { bid: Price; ask: Price; sizes: [string, string] } => {
  const bid = listing.book.best('bid')
  const ask = listing.book.best('ask')
  return {
    bid: Math.max(0, bid),
    ask: ask < 0 ? PRICE_ONE : ask,
    sizes: [
      formatQuantity(bid < 0 ? 0 : listing.book.sizeAt('bid', bid)),
      formatQuantity(ask < 0 ? 0 : listing.book.sizeAt('ask', ask)),
    ],
  }
}

export const marketRow = (listing: Listing): Row => {
  const top = wireTop(listing)
  const row: Row = {
    can_close_early: listing.canCloseEarly,
    close_time: isoSeconds(listing.closeAt),
    created_time: isoMicros(listing.createdAt),
    event_ticker: listing.event.ticker,
    exchange_index: listing.exchangeIndex,
    expected_expiration_time: isoSeconds(listing.expectedAt),
    expiration_time: isoSeconds(listing.closeAt),
    expiration_value: '',
    last_price_dollars: formatPrice(listing.lastPrice),
    latest_expiration_time: isoSeconds(listing.closeAt),
    market_type: listing.marketType,
    no_ask_dollars: formatPrice(PRICE_ONE - top.bid),
    no_bid_dollars: formatPrice(PRICE_ONE - top.ask),
    no_sub_title: listing.title,
    notional_value_dollars: '1.0000',
    open_interest_fp: formatQuantity(listing.openInterest),
    open_time: isoSeconds(listing.openAt),
    previous_price_dollars: '0.0000',
    previous_yes_ask_dollars: '0.0000',
    previous_yes_bid_dollars: '0.0000',
    price_level_structure: listing.priceLevelStructure,
    price_ranges: wireRanges(listing.priceRanges),
    result: listing.result,
    rules_primary: 'A market of the mock exchange. It settles when its operator says so.',
    rules_secondary: '',
    settlement_timer_seconds: listing.settlementTimerSeconds,
    status: listing.status,
    ticker: listing.ticker,
    title: listing.title,
    updated_time: isoMicros(listing.updatedAt),
    volume_24h_fp: formatQuantity(listing.volume),
    volume_fp: formatQuantity(listing.volume),
    yes_ask_dollars: formatPrice(top.ask),
    yes_ask_size_fp: top.sizes[1],
    yes_bid_dollars: formatPrice(top.bid),
    yes_bid_size_fp: top.sizes[0],
    yes_sub_title: listing.title,
    settlement_bounds_type: listing.settlementFloor === null ? 'default' : 'floor',
    ...listing.metadata,
  }
  if (listing.settlementFloor !== null) {
    row.settlement_floor_dollars = formatPrice(listing.settlementFloor)
  }
  if (listing.feeWaiverUntil > 0) {
    row.fee_waiver_expiration_time = isoSeconds(listing.feeWaiverUntil)
  }
  if (listing.result !== '') {
    row.settlement_value_dollars = formatPrice(listing.settlementValue)
  }
  if (listing.settledAt > 0) row.settlement_ts = isoSeconds(listing.settledAt)
  return row
}

export const eventRow = (event: EventEntry): Row => {
  const row: Row = {
    category: event.series.category,
    collateral_return_type: event.mutuallyExclusive ? 'MECNET' : '',
    event_ticker: event.ticker,
    exchange_index: event.series.exchangeIndex,
    mutually_exclusive: event.mutuallyExclusive,
    series_ticker: event.series.ticker,
    strike_period: '',
    sub_title: '',
    title: event.title,
  }
  if (event.feeTypeOverride !== null) row.fee_type_override = event.feeTypeOverride
  if (event.feeMultiplierOverride !== null) {
    row.fee_multiplier_override = event.feeMultiplierOverride
  }
  return row
}

export const seriesRow = (series: Series): Row => ({
  category: series.category,
  exchange_index: series.exchangeIndex,
  fee_multiplier: series.feeMultiplier,
  fee_type: series.feeType,
  frequency: 'custom',
  settlement_sources: [],
  tags: [],
  ticker: series.ticker,
  title: series.ticker,
})
