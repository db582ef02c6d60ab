// The table of all REST routes: the kind of request, the scope that a key needs, whether a JSON
// body is required, and the handler.

import type { Gatekeeper, Scope } from '../access/auth.ts'
import type { TokenBuckets } from '../access/token-buckets.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Answer } from '../exchange/refusal.ts'
import type { Call, Kind } from '../protocol/call.ts'
import { AccountCalls } from './account.ts'
import { ExchangeReads } from './exchange.ts'
import { FundCalls } from './funds.ts'
import { GroupCalls } from './groups.ts'
import { MarketReads } from './markets.ts'
import { OrderWrites } from './orders.ts'
import { PortfolioReads } from './portfolio.ts'
import type { ReadModel } from './read-model.ts'

export interface Route {
  readonly method: string
  /** Path parts; '*' takes any one. */
  readonly parts: readonly string[]
  readonly kind: Kind
  readonly public: boolean
  /** The scope that a key needs; null = any key. */
  readonly scope: Scope | null
  readonly hasBody: boolean
  readonly handle: (call: Call) => Answer
}

interface RouteParts {
  readonly exchange: Exchange
  readonly gate: Gatekeeper
  readonly buckets: TokenBuckets
  readonly reads: ReadModel
}

const route =
  (isPublic: boolean, scope: Scope | null, body: boolean | null = null) =>
  (spec: string, kind: Kind, handle: (call: Call) => Answer): Route => {
    const [method, path] = spec.split(' ') as [string, string]
    const hasBody = body ?? (method === 'POST' || method === 'PUT')
    return { method, parts: path.split('/'), kind, public: isPublic, scope, hasBody, handle }
  }
const trade = route(false, 'write::trade')
const tradeBody = route(false, 'write::trade', true)
const move = route(false, 'write::transfer')
const manage = route(false, 'write')
const own = route(false, 'read')
const money = route(false, 'read::portfolio_balance')
const open = route(true, null)
const gone = route(false, null, false)

const tradingRoutes = ({ exchange, gate }: RouteParts): readonly Route[] => {
  const writes = new OrderWrites(exchange, gate)
  const groups = new GroupCalls(exchange)
  return [
    trade('POST portfolio/events/orders', 'create', writes.create),
    trade('POST portfolio/events/orders/*/amend', 'amend', writes.amend),
    trade('POST portfolio/events/orders/*/decrease', 'decrease', writes.decrease),
    tradeBody('DELETE portfolio/events/orders/batched', 'batch-cancel', writes.cancelMany),
    trade('DELETE portfolio/events/orders/*', 'cancel', writes.cancel),
    trade('DELETE portfolio/events/orders', 'cancel-all', writes.cancelAll),
    trade('POST portfolio/events/orders/batched', 'batch-create', writes.createMany),
    trade('POST portfolio/order_groups/create', 'group-write', groups.create),
    own('GET portfolio/order_groups', 'group', groups.list),
    own('GET portfolio/order_groups/*', 'group', groups.get),
    trade('PUT portfolio/order_groups/*/trigger', 'group-write', groups.trigger),
    trade('PUT portfolio/order_groups/*/reset', 'group-write', groups.reset),
    trade('PUT portfolio/order_groups/*/limit', 'group-write', groups.setLimit),
    trade('DELETE portfolio/order_groups/*', 'group-write', groups.delete),
    gone('POST portfolio/orders', 'v1', writes.gone),
    gone('POST portfolio/orders/batched', 'v1', writes.gone),
    gone('POST portfolio/orders/*/amend', 'v1', writes.gone),
    gone('POST portfolio/orders/*/decrease', 'v1', writes.gone),
    gone('DELETE portfolio/orders/*', 'v1', writes.gone),
    gone('DELETE portfolio/orders/batched', 'v1', writes.gone),
  ]
}

const portfolioRoutes = ({ exchange, reads }: RouteParts): readonly Route[] => {
  const portfolio = new PortfolioReads(exchange, reads)
  const funds = new FundCalls(exchange, reads)
  return [
    own('GET portfolio/orders', 'orders', portfolio.orders),
    own('GET portfolio/orders/queue_positions', 'queue-positions', portfolio.queuePositions),
    own('GET portfolio/orders/*', 'order', portfolio.order),
    own('GET portfolio/orders/*/queue_position', 'queue-positions', portfolio.queuePosition),
    own('GET portfolio/fills', 'fills', portfolio.fills),
    own('GET portfolio/positions', 'positions', portfolio.positions),
    own('GET portfolio/settlements', 'settlements', portfolio.settlements),
    own('GET portfolio/summary/total_resting_order_value', 'balance', portfolio.restingValue),
    money('GET portfolio/balance', 'balance', funds.balance),
    money('GET portfolio/subaccounts/balances', 'subaccounts', funds.balances),
    own('GET portfolio/subaccounts/netting', 'subaccounts', funds.netting),
    manage('PUT portfolio/subaccounts/netting', 'subaccount-write', funds.setNetting),
    manage('POST portfolio/subaccounts', 'subaccount-write', funds.createSubaccount),
    move('POST portfolio/subaccounts/transfer', 'transfer', funds.transferCash),
    own('GET portfolio/subaccounts/transfers', 'transfers', funds.subaccountTransfers),
    move('POST portfolio/intra_exchange_instance_transfer', 'transfer', funds.transferShards),
    own('GET portfolio/intra_exchange_instance_transfers', 'transfers', funds.shardTransfers),
    own('GET portfolio/intra_exchange_instance_transfers/*', 'transfers', funds.shardTransfer),
    own('GET portfolio/target_balance_allocation', 'transfers', funds.allocation),
    move('POST portfolio/target_balance_allocation', 'transfer', funds.setAllocation),
  ]
}

const accountRoutes = ({ exchange, gate, buckets }: RouteParts): readonly Route[] => {
  const account = new AccountCalls(exchange, gate, buckets)
  return [
    own('GET account/limits', 'limits', account.limits),
    open('GET account/endpoint_costs', 'costs', account.costs),
    own('GET account/api_usage_level/volume_progress', 'account', account.progress),
    gone('POST account/api_usage_level/upgrade', 'account-write', account.upgrade),
    own('GET api_keys', 'keys', account.keys),
    manage('POST api_keys', 'key-write', account.addKey),
    manage('POST api_keys/generate', 'key-write', account.generateKey),
    manage('DELETE api_keys/*', 'key-write', account.deleteKey),
  ]
}

const marketRoutes = ({ exchange, reads }: RouteParts): readonly Route[] => {
  const markets = new MarketReads(exchange)
  const venue = new ExchangeReads(exchange, reads)
  return [
    open('GET markets', 'markets', markets.markets),
    open('GET markets/trades', 'trades', markets.trades),
    open('GET markets/orderbooks', 'orderbook', markets.orderbooks),
    open('GET markets/*', 'market', markets.market),
    open('GET markets/*/orderbook', 'orderbook', markets.orderbook),
    open('GET events', 'events', markets.events),
    open('GET events/multivariate', 'events', markets.multivariate),
    open('GET events/fee_changes', 'fee-changes', markets.eventFeeChanges),
    open('GET events/*', 'event', markets.event),
    open('GET series', 'series', markets.allSeries),
    open('GET series/fee_changes', 'fee-changes', markets.seriesFeeChanges),
    open('GET series/*', 'series', markets.series),
    open('GET incentive_programs', 'incentives', markets.incentives),
    open('GET exchange/status', 'status', venue.status),
    open('GET exchange/schedule', 'schedule', venue.schedule),
    open('GET exchange/user_data_timestamp', 'status', venue.freshness),
    open('GET exchange/announcements', 'status', venue.announcements),
    open('GET historical/cutoff', 'historical', venue.cutoff),
    own('GET portfolio/deposits', 'balance', venue.archive('deposits')),
    own('GET portfolio/withdrawals', 'balance', venue.archive('withdrawals')),
    own('GET historical/orders', 'historical', venue.archive('orders')),
    own('GET historical/fills', 'historical', venue.archive('fills')),
    own('GET historical/positions', 'historical', venue.archive('market_positions')),
    open('GET historical/markets', 'historical', venue.archive('markets')),
    open('GET historical/trades', 'historical', venue.archive('trades')),
  ]
}

/** The table of routes. The first one that matches answers. */
export const routesOf = (parts: RouteParts): readonly Route[] => [
  ...tradingRoutes(parts),
  ...portfolioRoutes(parts),
  ...accountRoutes(parts),
  ...marketRoutes(parts),
]
