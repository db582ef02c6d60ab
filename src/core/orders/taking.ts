// Reviews the one kind of order that takes: immediate or cancel, and reducing only.
//
// An intent with the limit of whoever asked for it goes in; an Approved intent or a refusal comes
// out. It may take at most the position, with everything on its way counted as filled, and never
// beyond its limit; it must not meet an order of our own.

import type { PlaceIntent } from '../vocabulary/events.ts'
import { formatPrice, formatQuantity, type Price, type Quantity } from '../vocabulary/units.ts'
import { exposureOf } from './exposure.ts'
import { unread } from './inferred-end.ts'
import { isOver } from './lifecycle.ts'
import { approve, type Review, type RiskView, refuse } from './risk.ts'

/** An order that takes what others show, up to its own limit. */
export type TakeIntent = PlaceIntent & { readonly take: { readonly limit: Price } }

export const isTake = (intent: { readonly take?: unknown }): intent is TakeIntent =>
  intent.take !== undefined

/** Contracts that may still be taken off the position by orders of a side already on their way. */
const onTheWay = (side: 'bid' | 'ask', { orders }: RiskView): Quantity => {
  let total = 0
  for (const order of orders.live) {
    if (order.side !== side) continue
    // A foreign order may close the position too; whoever has placed it knows that it rests.
    if (!isOver(order.status) && !order.foreign) total += exposureOf(order)
    total += unread(order)
  }
  return total
}

/** Approves an intent or says why not. Pure: nothing is recorded. */
export const reviewTake = (intent: TakeIntent, view: RiskView): Review => {
  const { side, price, quantity } = intent
  const { limits, grid, ledger, orders } = view
  if (!(quantity > 0) || quantity > limits.max_order_size) {
    const most = formatQuantity(limits.max_order_size)
    const found = `Refused to take ${formatQuantity(quantity)}`
    return refuse('fat-finger', `${found}: limits.max_order_size is ${most}`)
  }
  if (!grid.isLegal(price)) {
    return refuse('off-grid', `Refused to take at ${formatPrice(price)}: not a price of the market`)
  }
  const { limit } = intent.take
  if (side === 'ask' ? price < limit : price > limit) {
    const found = `Refused to take at ${formatPrice(price)}`
    return refuse('beyond-limit', `${found}: the limit is ${formatPrice(limit)}`)
  }
  const held = side === 'ask' ? ledger.position : -ledger.position
  const left = held - onTheWay(side, view)
  if (quantity > left) {
    const found = `Refused ${side} of ${formatQuantity(quantity)}`
    return refuse(
      'not-reducing',
      `${found}: ${formatQuantity(Math.max(0, left))} are left to close`,
    )
  }
  for (const order of orders.live) {
    if (isOver(order.status) || order.side === side) continue
    const isMet = side === 'ask' ? price <= order.price : price >= order.price
    if (order.foreign && !isMet) continue
    return refuse('own-cross', `Refused ${side}: our own ${order.clientOrderId} may still rest`)
  }
  return approve(intent)
}
