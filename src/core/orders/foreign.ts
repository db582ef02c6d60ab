// Orders of our own subaccount that a person or another program has placed: `foreign_orders: leave`
// lets them rest.
//
// They count in every limit, because they are the account's, and they leave the book like our own,
// because they are no news of what others think. But they stand for no quote, no request of ours
// ever names them, and no order of ours shares their price or meets them.

import type { PriceGrid } from '../vocabulary/market.ts'
import type { Price, Quantity, Side } from '../vocabulary/units.ts'
import { isOver, type OrderStatus } from './lifecycle.ts'

/** Every order that a maker has ever placed, and the probe's, has a client order id like this. */
export const OWN_PREFIX = 'kmm-'

/** The level of an order that stands for no quote. */
export const FOREIGN_LEVEL = -2

/** Whether an id says that no maker has placed the order; one without an id says so too. */
export const isForeignId = (clientOrderId: string): boolean => !clientOrderId.startsWith(OWN_PREFIX)

/** The part of an order that is read here. */
interface Resting {
  readonly side: Side
  readonly status: OrderStatus
  readonly price: Price
  readonly remaining: Quantity
  readonly foreign: boolean
}

/** Foreign orders that rest, as far as is known. */
export function* foreignOrders<O extends Resting>(live: readonly O[]): Generator<O> {
  for (const order of live) if (order.foreign && !isOver(order.status)) yield order
}

/** Whether a foreign order of the side rests at the price: none of ours may. */
export const isTaken = (side: Side, price: Price, live: readonly Resting[]): boolean => {
  for (let index = 0; index < live.length; index++) {
    const order = live[index]!
    if (!order.foreign || order.side !== side || order.price !== price) continue
    if (!isOver(order.status)) return true
  }
  return false
}

/** The price itself, or the next one that meets no foreign order; 0 or 10000 when there is none. */
export const shortOf = (
  side: Side,
  price: Price,
  live: readonly Resting[],
  grid: PriceGrid,
): Price => {
  let clear = price
  for (const order of foreignOrders(live)) {
    if (order.side === side) continue
    if (side === 'bid') clear = Math.min(clear, grid.down(order.price))
    else clear = Math.max(clear, grid.up(order.price))
  }
  return clear
}

/**
 * The price itself, or the next one away from the market that shares no foreign order's price and
 * meets none of the other side. 0 or 10000 when there is none.
 */
export const clearOf = (
  side: Side,
  price: Price,
  live: readonly Resting[],
  grid: PriceGrid,
): Price => {
  let clear = shortOf(side, price, live, grid)
  while (isTaken(side, clear, live)) clear = side === 'bid' ? grid.down(clear) : grid.up(clear)
  return clear
}
