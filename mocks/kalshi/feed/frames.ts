// Writes the bodies of socket messages as JSON text. A body is written once per form (price scale,
// own or someone else's order) and shared by all subscriptions; only sid and seq differ. Most are
// built by hand, because every subscriber waits for them.

import {
  formatMoney,
  formatPrice,
  formatQuantity,
  PRICE_ONE,
} from '../../../src/core/vocabulary/units.ts'
import type { Account, Fill } from '../exchange/account.ts'
import type { EventFact, FeeFact, GroupFact, LevelFact, LifecycleFact } from '../exchange/facts.ts'
import type { Holding } from '../exchange/holding.ts'
import type { Listing, Trade } from '../exchange/listing.ts'
import type { Order } from '../matching/order.ts'
import { isoMicros, isoSeconds, seconds, wireBook, wireTop } from '../protocol/rows.ts'

/** JSON text of a string. */
const quote = JSON.stringify

/** `own`: the reader's account caused it, so the order is named. */
export const deltaBody = (fact: LevelFact, yesPrices: boolean, own: boolean): string => {
  const yes = fact.side === 'bid'
  const price = yes || yesPrices ? fact.price : PRICE_ONE - fact.price
  const owner =
    own && fact.actor !== null
      ? `"client_order_id":${quote(fact.actor.clientOrderId)},"subaccount":${fact.actor.subaccount},`
      : ''
  return `{"market_ticker":${quote(fact.listing.ticker)},"market_id":"${fact.listing.marketId}","price_dollars":"${formatPrice(price)}","delta_fp":"${formatQuantity(fact.delta)}","side":"${yes ? 'yes' : 'no'}",${owner}"ts":"${isoMicros(fact.at)}","ts_ms":${fact.at}}`
}

/** Both sides of the book; a side without orders has no key. */
export const snapshotBody = (listing: Listing, yesPrices: boolean): string => {
  const { yes, no } = wireBook(listing, Number.POSITIVE_INFINITY, yesPrices)
  return JSON.stringify({
    market_ticker: listing.ticker,
    market_id: listing.marketId,
    ...(yes.length > 0 ? { yes_dollars_fp: yes } : {}),
    ...(no.length > 0 ? { no_dollars_fp: no } : {}),
  })
}

export const tradeBody = (trade: Trade): string => {
  const outcome = trade.taker === 'bid' ? 'yes' : 'no'
  return `{"trade_id":"${trade.id}","market_ticker":${quote(trade.ticker)},"yes_price_dollars":"${formatPrice(trade.price)}","no_price_dollars":"${formatPrice(PRICE_ONE - trade.price)}","count_fp":"${formatQuantity(trade.quantity)}","taker_side":"${outcome}","taker_outcome_side":"${outcome}","taker_book_side":"${trade.taker}","is_block_trade":false,"ts":${seconds(trade.at)},"ts_ms":${trade.at}}`
}

export const tickerBody = (listing: Listing, at: number): string => {
  const top = wireTop(listing)
  return JSON.stringify({
    market_id: listing.marketId,
    market_ticker: listing.ticker,
    price_dollars: formatPrice(listing.lastPrice),
    yes_bid_dollars: formatPrice(top.bid),
    yes_ask_dollars: formatPrice(top.ask),
    yes_bid_size_fp: top.sizes[0],
    yes_ask_size_fp: top.sizes[1],
    last_trade_size_fp: formatQuantity(listing.lastSize),
    volume_fp: formatQuantity(listing.volume),
    open_interest_fp: formatQuantity(listing.openInterest),
    dollar_volume: Math.trunc(listing.volume / 100),
    dollar_open_interest: Math.trunc(listing.openInterest / 100),
    ts: seconds(at),
    ts_ms: at,
    time: isoMicros(at),
  })
}

export const fillBody = (fill: Fill, listing: Listing): string => {
  const { order } = fill
  const outcome = order.side === 'bid' ? 'yes' : 'no'
  return `{"trade_id":"${fill.tradeId}","order_id":"${order.id}","client_order_id":${quote(order.clientOrderId)},"market_ticker":${quote(listing.ticker)},"exchange_index":${listing.exchangeIndex},"is_taker":${fill.isTaker},"side":"${outcome}","action":"buy","purchased_side":"${outcome}","outcome_side":"${outcome}","book_side":"${order.side}","yes_price_dollars":"${formatPrice(fill.price)}","count_fp":"${formatQuantity(fill.quantity)}","fee_cost":"${formatMoney(fill.fee)}","post_position_fp":"${formatQuantity(fill.positionAfter)}","ts":${seconds(fill.at)},"ts_ms":${fill.at},"subaccount":${order.subaccount}}`
}

export const orderBody = (order: Order, account: Account, listing: Listing): string => {
  const yes = order.side === 'bid'
  const outcome = yes ? 'yes' : 'no'
  const expiry = order.expiresAt > 0 ? `"expiration_ts_ms":${order.expiresAt},` : ''
  const group = order.group === '' ? '' : `"order_group_id":"${order.group}",`
  const reason = order.reason === '' ? '' : `"last_update_reason":"${order.reason}",`
  return `{"order_id":"${order.id}","user_id":"${account.userId}","client_order_id":${quote(order.clientOrderId)},"ticker":${quote(listing.ticker)},"exchange_index":${listing.exchangeIndex},"status":"${order.status}","outcome_side":"${outcome}","book_side":"${order.side}","side":"${outcome}","is_yes":${yes},"yes_price_dollars":"${formatPrice(order.price)}","initial_count_fp":"${formatQuantity(order.initial)}","fill_count_fp":"${formatQuantity(order.filled)}","remaining_count_fp":"${formatQuantity(order.remaining)}","taker_fill_cost_dollars":"${formatMoney(order.takerCost)}","maker_fill_cost_dollars":"${formatMoney(order.makerCost)}","taker_fees_dollars":"${formatMoney(order.takerFees)}","maker_fees_dollars":"${formatMoney(order.makerFees)}","self_trade_prevention_type":"${order.selfTrade}","created_time":"${isoSeconds(order.createdAt)}","created_ts_ms":${order.createdAt},"last_updated_ts_ms":${order.updatedAt},${expiry}${reason}${group}"subaccount_number":${order.subaccount}}`
}

export const positionBody = (holding: Holding, account: Account): string =>
  JSON.stringify({
    user_id: account.userId,
    market_ticker: holding.ticker,
    position_fp: formatQuantity(holding.position),
    position_cost_dollars: formatMoney(holding.cost),
    realized_pnl_dollars: formatMoney(holding.realized),
    fees_paid_dollars: formatMoney(holding.fees),
    position_fee_cost_dollars: formatMoney(holding.positionFees),
    volume_fp: formatQuantity(holding.volume),
    subaccount: holding.subaccount,
  })

export const lifecycleBody = (fact: LifecycleFact): string =>
  JSON.stringify({ market_ticker: fact.listing.ticker, event_type: fact.change, ...fact.extra })

export const feeBody = (fact: FeeFact): string =>
  JSON.stringify({
    event_ticker: fact.eventTicker,
    fee_type_override: fact.feeType,
    fee_multiplier_override: fact.feeMultiplier,
  })

export const eventBody = ({ event }: EventFact): string =>
  JSON.stringify({
    event_ticker: event.ticker,
    exchange_index: event.series.exchangeIndex,
    title: event.title,
    subtitle: '',
    collateral_return_type: '',
    series_ticker: event.series.ticker,
  })

export const groupBody = ({ group, event, at }: GroupFact): string =>
  JSON.stringify({
    event_type: event,
    order_group_id: group.id,
    ts_ms: at,
    ...(event === 'created' || event === 'limit_updated'
      ? { contracts_limit_fp: formatQuantity(group.limit) }
      : {}),
  })
