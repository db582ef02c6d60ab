// One order as the exchange keeps it, from arrival to end. The matcher changes quantities and queue
// position; the account adds costs and fees. Orders of all participants look the same.

import { FeeAccumulator } from '../../../src/core/vocabulary/fees.ts'
import type { Millis, Money, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'
import type { PlaceRequest, SelfTradePrevention, TimeInForce } from './requests.ts'

type OrderStatus = 'resting' | 'canceled' | 'executed'

/** Why an order changed, as in `last_update_reason`; '' for arrival and the owner's cancel. */
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
  /** The member's account id. Self-trade prevention looks at this, across all subaccounts. */
  readonly owner: string
  readonly subaccount: number
  readonly ticker: string
  readonly side: Side
  /** Id of its order group, or ''. */
  readonly group: string
  readonly timeInForce: TimeInForce
  readonly selfTrade: SelfTradePrevention
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly cancelOnPause: boolean
  /**
   * Never trades with orders of its own owner and may rest crossed with them (recorded sessions).
   */
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

/** An order that has arrived and is not in the book yet. */
export const newOrder = (
  request: PlaceRequest,
  birth: {
    readonly id: string
    readonly number: number
    readonly owner: string
    readonly at: Millis
  },
): Order => ({
  id: birth.id,
  number: birth.number,
  owner: birth.owner,
  subaccount: request.subaccount ?? 0,
  ticker: request.ticker,
  side: request.side,
  group: request.group ?? '',
  timeInForce: request.timeInForce ?? 'good_till_canceled',
  selfTrade: request.selfTrade ?? 'taker_at_cross',
  postOnly: request.postOnly ?? false,
  reduceOnly: request.reduceOnly ?? false,
  cancelOnPause: request.cancelOnPause ?? false,
  passThrough: request.passThrough ?? false,
  createdAt: birth.at,
  clientOrderId: request.clientOrderId ?? '',
  price: request.price,
  initial: request.quantity,
  filled: 0,
  remaining: request.quantity,
  status: 'canceled',
  reason: '',
  updatedAt: birth.at,
  expiresAt: request.expiresAt ?? 0,
  takerCost: 0,
  makerCost: 0,
  takerFees: 0,
  makerFees: 0,
  fees: new FeeAccumulator(),
  level: null,
  previous: null,
  next: null,
})
