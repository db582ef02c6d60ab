// What our orders may still do: how much of each can fill, at what price, and what that may cost.

import type { Ledger } from '../ledger/ledger.ts'
import type { ByAnswer } from '../vocabulary/desk.ts'
import type { Money, Price, Quantity, Side } from '../vocabulary/units.ts'
import { PRICE_ONE } from '../vocabulary/units.ts'
import { undelivered } from './inferred-end.ts'
import { isOver } from './lifecycle.ts'
import type { Order, Orders } from './orders.ts'

/** Contracts of an order that may still fill, at the worse end of an amend in flight. */
export const exposureOf = (order: Order): Quantity =>
  Math.max(order.remaining, order.next.remaining)

/** The worse price of an order: higher for a bid, lower for an ask. */
export const worsePrice = (order: Order): Price =>
  order.side === 'bid'
    ? Math.max(order.price, order.next.price)
    : Math.min(order.price, order.next.price)

/** What a side could still fill, and its cost: the price of a bid, a dollar less that of an ask. */
interface SideExposure {
  readonly quantity: Quantity
  readonly outlay: Money
}

const exposureOfSide = (side: Side, orders: Orders): SideExposure => {
  let [quantity, outlay] = [0, 0]
  for (const order of orders.live) {
    if (order.side !== side) continue
    const open = (isOver(order.status) ? 0 : exposureOf(order)) + undelivered(order)
    const worse = worsePrice(order)
    quantity += open
    outlay += open * (side === 'bid' ? worse : PRICE_ONE - worse)
  }
  return { quantity, outlay }
}

/** What the position loses at settlement by the answer; negative for a gain. */
export const lossHeld = ({ cost, position }: Ledger): ByAnswer => ({
  yes: cost - position * PRICE_ONE,
  no: cost,
})

/** The same if every order of the side that makes it worse fills. */
export const lossAtWorst = (ledger: Ledger, orders: Orders): ByAnswer => {
  const { yes, no } = lossHeld(ledger)
  return {
    yes: yes + exposureOfSide('ask', orders).outlay,
    no: no + exposureOfSide('bid', orders).outlay,
  }
}

/** What the exchange may hold back for a side: contracts that close a position need no cash. */
export const collateralOf = (side: Side, ledger: Ledger, orders: Orders): Money => {
  const { quantity, outlay } = exposureOfSide(side, orders)
  if (quantity === 0) return 0
  const closes = Math.max(0, side === 'bid' ? -ledger.position : ledger.position)
  return Math.ceil((outlay * Math.max(0, quantity - closes)) / quantity)
}

/** What has been paid for the position: for YES when long, for NO when short. */
export const paidFor = ({ cost, position }: Ledger): Money =>
  position < 0 ? cost - position * PRICE_ONE : cost
