// Keeps each resting order's place in the queue from what the book and the trades say of its level.
//
// An order joins behind what others show when the book first shows it. From then on changes of the
// level and trades at its price reduce what is ahead, and the exchange's own answer corrects the
// estimate. It runs on the hot path, so every function is one short loop over a few orders.

import type { Book } from '../book/book.ts'
import type { DeltaFrame, QueueReport, TradeFrame } from '../vocabulary/events.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { isOver } from './lifecycle.ts'
import type { Order, Orders } from './orders.ts'

const othersAt = (book: Book, orders: Orders, side: Side, price: Price): Quantity =>
  Math.max(0, book.sizeAt(side, price) - orders.ownSize(side, price))

/** A level has changed, and the book already shows it. */
export const trackLevel = (orders: Orders, book: Book, frame: DeltaFrame): void => {
  const { live } = orders
  if (live.length === 0) return
  const { side, price, delta: change, clientOrderId, at } = frame
  if (clientOrderId !== '') {
    const order = orders.byClient(clientOrderId)
    // More of ours at a level means that we stand at its end now, wherever we stood before.
    if (order !== undefined && change > 0) {
      order.place.join(othersAt(book, orders, side, price), at)
      order.place.price = price
    }
    return
  }
  for (let index = 0; index < live.length; index++) {
    const order = live[index]!
    if (order.side !== side || order.place.price !== price || isOver(order.status)) continue
    order.place.onLevel(change, Math.max(0, othersAt(book, orders, side, price) - change), at)
  }
}

/** A public trade: takers on the ask side hit bids, and the other way round. */
export const trackTrade = (orders: Orders, { taker, price, quantity, at }: TradeFrame): void => {
  const { live } = orders
  for (let index = 0; index < live.length; index++) {
    const order = live[index]!
    if (order.side !== taker && order.place.price === price) order.place.onTrade(quantity, at)
  }
}

/** An order has been acknowledged at a price that no mark in the book has announced. */
export const trackAcknowledged = (orders: Orders, book: Book, order: Order, at: Millis): void => {
  if (order.status !== 'resting' || order.place.price === order.price || !book.isLive) return
  order.place.join(othersAt(book, orders, order.side, order.price), at)
  order.place.price = order.price
}

/** The exchange's answer about queue positions; orders not in it keep their estimate. */
export const trackReports = (orders: Orders, reports: readonly QueueReport[], at: Millis): void => {
  for (const { orderId, ahead } of reports) {
    const order = orders.find(orderId, '')
    if (order === undefined || isOver(order.status)) continue
    order.place.correct(ahead, at)
    order.place.price = order.price
  }
}
