// What can be asked of the exchange, already decoded, and the behaviours that can be set.

import type { Millis, Price, Quantity, Side } from '../src/core/units.ts'
import type { SelfTradePrevention, TimeInForce } from './order.ts'

/** Behaviours that are not certain, or that a test wants otherwise. */
export interface ExchangeKnobs {
  /** Post-only order that would cross: refused, or accepted and canceled (both are described). */
  postOnlyCross: 'reject' | 'accept-cancel'
  /** After cancel-all, orders placed within this many ms are canceled too. Kalshi: up to 60000. */
  cancelAllShadowMs: number
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
}

export interface AmendRequest {
  readonly price: Price
  /** New total: what is filled plus what should remain. */
  readonly total: Quantity
  /** Epoch ms, 0 to clear, absent to keep. */
  readonly expiresAt?: Millis
  readonly updatedClientOrderId?: string
}
