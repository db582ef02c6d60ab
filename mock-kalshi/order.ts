// One order as the exchange keeps it, from arrival to its end. The matcher moves the quantities and
// the place in the queue; the ledger adds costs and fees. Orders of all participants look the same.

import type { FeeAccumulator } from '../src/core/fees.ts'
import type { Millis, Money, Price, Quantity, Side } from '../src/core/units.ts'

export type TimeInForce = 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill'
export type SelfTradePrevention = 'taker_at_cross' | 'maker'
export type OrderStatus = 'resting' | 'canceled' | 'executed'

/** Why an order changed, in the words of `last_update_reason`; '' for its arrival and its owner's cancel. */
export type Reason =
  | ''
  | 'Decrease'
  | 'Amend'
  | 'SelfTradeCancel'
  | 'ExpiryCancel'
  | 'CloseCancel'
  | 'HaltCancel'
  | 'Trade'
  | 'PostOnlyCrossCancel'
  | 'ReduceOnlyCancel'

/** The orders of one price, first come first served. */
export interface Level {
  readonly price: Price
  total: Quantity
  head: Order | null
  tail: Order | null
}

export interface Order {
  readonly id: string
  /** Rises by one per order of the exchange: the order of arrival. */
  readonly number: number
  readonly owner: string
  readonly ticker: string
  readonly side: Side
  readonly timeInForce: TimeInForce
  readonly selfTrade: SelfTradePrevention
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly cancelOnPause: boolean
  /** Never trades with orders of its own owner and may rest crossed with them (recorded sessions). */
  readonly passThrough: boolean
  readonly createdAt: Millis
  clientOrderId: string
  price: Price
  /** Total wanted: what the last create or amend asked for. */
  initial: Quantity
  filled: Quantity
  remaining: Quantity
  status: OrderStatus
  reason: Reason
  updatedAt: Millis
  /** 0 when the order does not expire. */
  expiresAt: Millis
  takerCost: Money
  makerCost: Money
  takerFees: Money
  makerFees: Money
  readonly fees: FeeAccumulator
  level: Level | null
  previous: Order | null
  next: Order | null
}
