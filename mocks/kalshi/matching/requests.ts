// The decoded requests that the exchange accepts, and the knobs for behaviour that is uncertain or
// that a test wants to change.

import type { Millis, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'

export type TimeInForce = 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill'
export type SelfTradePrevention = 'taker_at_cross' | 'maker'

/** Behaviours that are uncertain, or that a test wants to change. */
export interface ExchangeKnobs {
  /** Post-only order that would cross: refused, or accepted and canceled (both are described). */
  postOnlyCross: 'reject' | 'accept-cancel'
  /** After cancel-all, orders placed within this many ms are canceled too. Kalshi: up to 60000. */
  cancelAllShadowMs: number
  /** Orders that one account may have resting at once. Kalshi: 200000. */
  maxOpenOrders: number
  /**
   * An order group trips when the matched contracts reach its limit, or only when they exceed it.
   */
  groupTrips: 'reach' | 'exceed'
  /** The weekly pause, Thursdays 03:00 to 05:00 in New York, on the exchange's clock. */
  thursdayPause: boolean
  /** Duration of a transfer between shards, in ms. Between subaccounts it takes no time. */
  transferMs: Millis
  /** Pays out determined markets automatically when their settlement timer has run. */
  autoSettle: boolean
  /** REST answers 404 for a market in its first ms after `created` (seen on Kalshi). */
  newMarketHiddenMs: Millis
}

export const DEFAULT_KNOBS: ExchangeKnobs = {
  postOnlyCross: 'reject',
  cancelAllShadowMs: 0,
  maxOpenOrders: 200_000,
  groupTrips: 'reach',
  thursdayPause: false,
  transferMs: 0,
  autoSettle: false,
  newMarketHiddenMs: 0,
}

export interface ExchangeOptions {
  readonly now: () => Millis
  readonly seed?: number
  readonly knobs?: Partial<ExchangeKnobs>
}

/** A new order, already decoded. */
export interface PlaceRequest {
  readonly ticker: string
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  readonly timeInForce?: TimeInForce
  readonly selfTrade?: SelfTradePrevention
  readonly clientOrderId?: string
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly cancelOnPause?: boolean
  /** Epoch ms; 0 or absent = never. */
  readonly expiresAt?: Millis
  readonly passThrough?: boolean
  /** 0 to 63; absent = 0. */
  readonly subaccount?: number
  /** Id of an order group on the same shard and subaccount. */
  readonly group?: string
}

export interface AmendRequest {
  readonly price: Price
  /** New total: what is filled plus what should remain. */
  readonly total: Quantity
  /** Epoch ms, 0 to clear, absent to keep. */
  readonly expiresAt?: Millis
  readonly updatedClientOrderId?: string
}
