// Writes what we send to Kalshi: order bodies, query strings and socket commands.
//
// Prices and counts are decimal strings (JSON numbers are refused), times whole seconds. Every
// order is post-only and good till canceled with an expiry: the exchange's clock ends it if we
// cannot.

import type {
  AmendOrderV2Request,
  CreateOrderV2Request,
  DecreaseOrderV2Request,
} from 'kalshi-typescript'
import type { CancelIntent, Intent, IntentKind } from '../../core/vocabulary/events.ts'
import { formatPrice, formatQuantity, type Millis } from '../../core/vocabulary/units.ts'

/** Which market an intent is for, and on which shard that market trades. */
export interface MarketRef {
  readonly ticker: string
  readonly exchangeIndex: number
  /** The order group that new orders join; '' or absent for none. */
  readonly orderGroup?: string
}

export const ORDERS_PATH = '/portfolio/events/orders'
export const BATCH_PATH = `${ORDERS_PATH}/batched`

/** Path under the API's root of an existing order's call. */
export const orderPath = (orderId: string, call: 'amend' | 'decrease' | 'cancel'): string =>
  `${ORDERS_PATH}/${encodeURIComponent(orderId)}${call === 'cancel' ? '' : `/${call}`}`

/** A query string with its '?', or '' when nothing is set. */
export const query = (values: Record<string, string | number | undefined>): string => {
  const parts: string[] = []
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') parts.push(`${key}=${encodeURIComponent(value)}`)
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

// Rounded down: the order must be gone by the moment at which we count on that.
const seconds = (at: Millis): number => Math.floor(at / 1000)

/** Body of DELETE /portfolio/events/orders/batched. */
export const batchCancelBody = (
  intents: readonly Pick<CancelIntent, 'orderId'>[],
  market: MarketRef,
  subaccount: number,
): string =>
  JSON.stringify({
    orders: intents.map(({ orderId }) => ({
      order_id: orderId,
      subaccount,
      exchange_index: market.exchangeIndex,
      market_ticker: market.ticker,
    })),
  })

/** One HTTP request, before signing. `body` is null where none is sent. */
interface OrderRequest {
  readonly method: 'POST' | 'DELETE'
  readonly path: string
  readonly query: string
  readonly body: string | null
}

/** The request that carries out an intent. */
export const orderRequest = (intent: Intent, market: MarketRef, subaccount: number): OrderRequest =>
  ENCODERS[intent.kind](intent as never, market, subaccount)

/**
 * What an order that takes says of itself: the exchange caps it at the position (`reduce_only`), it
 * may carry no expiry, and it never rests.
 */
const TAKING = {
  time_in_force: 'immediate_or_cancel',
  self_trade_prevention_type: 'taker_at_cross',
  post_only: false,
  reduce_only: true,
} as const

const resting = (expiresAt: Millis) =>
  ({
    time_in_force: 'good_till_canceled',
    expiration_time: seconds(expiresAt),
    self_trade_prevention_type: 'taker_at_cross',
    post_only: true,
    cancel_order_on_pause: true,
  }) as const

const ENCODERS: {
  readonly [K in IntentKind]: (
    intent: Extract<Intent, { kind: K }>,
    market: MarketRef,
    subaccount: number,
  ) => OrderRequest
} = {
  /**
   * Self-trade prevention is taker_at_cross: if a new order ever crosses one of ours, the new one
   * is canceled and the resting one keeps its place in the queue.
   */
  place: (intent, market, subaccount) => ({
    method: 'POST',
    path: ORDERS_PATH,
    query: '',
    body: JSON.stringify({
      ticker: market.ticker,
      client_order_id: intent.clientOrderId,
      side: intent.side,
      count: formatQuantity(intent.quantity),
      price: formatPrice(intent.price),
      ...(intent.take === undefined ? resting(intent.expiresAt) : TAKING),
      // What takes only reduces, and must still be possible when the group has tripped.
      ...(intent.take === undefined && market.orderGroup
        ? { order_group_id: market.orderGroup }
        : {}),
      subaccount,
      exchange_index: market.exchangeIndex,
    } satisfies CreateOrderV2Request),
  }),
  /** `count` is the new total: already filled plus wanted remainder. */
  amend: (intent, market, subaccount) => ({
    method: 'POST',
    path: orderPath(intent.orderId, 'amend'),
    query: query({ subaccount }),
    body: JSON.stringify({
      ticker: market.ticker,
      side: intent.side,
      price: formatPrice(intent.price),
      count: formatQuantity(intent.total),
      client_order_id: intent.clientOrderId,
      // Newer than the official client's types (added at the end of September 2026).
      expiration_time: seconds(intent.expiresAt),
      exchange_index: market.exchangeIndex,
    } satisfies AmendOrderV2Request & { expiration_time: number }),
  }),
  /**
   * Says by how much, not to how much: the answer names only what remains, which after a decrease
   * *to* a count would not tell what was removed from what had been filled.
   */
  decrease: (intent, market, subaccount) => ({
    method: 'POST',
    path: orderPath(intent.orderId, 'decrease'),
    query: query({ subaccount }),
    body: JSON.stringify({
      reduce_by: formatQuantity(intent.by),
      exchange_index: market.exchangeIndex,
      market_ticker: market.ticker,
    } satisfies DecreaseOrderV2Request),
  }),
  // An order id does not name its shard, so the cancel does.
  cancel: (intent, market, subaccount) => ({
    method: 'DELETE',
    path: orderPath(intent.orderId, 'cancel'),
    query: query({
      subaccount,
      exchange_index: market.exchangeIndex,
      market_ticker: market.ticker,
    }),
    body: null,
  }),
}

/** The channels of one maker, in the order in which they are subscribed to. */
export const CHANNELS = [
  'orderbook_delta',
  'trade',
  'fill',
  'user_orders',
  'market_lifecycle_v2',
] as const
/** Subscribed to once there is an order group. */
export const GROUP_CHANNEL = 'order_group_updates'
export type Channel = (typeof CHANNELS)[number] | typeof GROUP_CHANNEL

/** The command that subscribes to one channel for one market. */
export const subscribeCommand = (id: number, channel: Channel, ticker: string): string =>
  JSON.stringify({
    id,
    cmd: 'subscribe',
    params: {
      channels: [channel],
      // These take no filter: they always carry all markets, and all groups of the account.
      ...(channel === 'market_lifecycle_v2' || channel === GROUP_CHANNEL
        ? {}
        : { market_tickers: [ticker] }),
      // Explicit because Kalshi has announced that the default will change.
      ...(channel === 'orderbook_delta' ? { use_yes_price: true } : {}),
    },
  })

export const unsubscribeCommand = (id: number, sid: number): string =>
  JSON.stringify({ id, cmd: 'unsubscribe', params: { sids: [sid] } })

/** Asks for the whole book of a market again, under the subscription that there is. */
export const snapshotCommand = (id: number, sid: number, ticker: string): string =>
  JSON.stringify({
    id,
    cmd: 'update_subscription',
    params: { sid, action: 'get_snapshot', market_tickers: [ticker] },
  })

/** The cheapest command: its answer proves what is subscribed. */
export const listCommand = (id: number): string => JSON.stringify({ id, cmd: 'list_subscriptions' })
