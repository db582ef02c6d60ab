// Keeps each resting order's place in the queue: what the book and the trades say about its level.
//
// An order joins behind what others show when the book first shows it; from then on changes of the
// level and trades at its price tell how much is left ahead, and the exchange's own answer, when asked
// for, corrects the estimate. Called on the hot path, so everything is a short loop over a few orders.

import type { Book } from '../book/book.ts'
import type { QueueReport } from '../vocabulary/events.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import type { Order, Orders } from './orders.ts'

const others = (book: Book, orders: Orders, side: Side, price: Price): Quantity =>
  Math.max(0, book.sizeAt(side, price) - orders.ownSize(side, price))

const join = (order: Order, ahead: Quantity, at: Millis): void => {
  order.place.join(ahead, at)
  order.placePrice = order.price
}

/**
 * A level has changed, and the book already shows it.
 * @param clientOrderId ours where one of our own orders caused the change, else ''
 */
export const trackLevel = (
  orders: Orders,
  book: Book,
  side: Side,
  price: Price,
  change: Quantity,
  clientOrderId: string,
  at: Millis,
): void => {
  const { live } = orders
  if (live.length === 0) return
  if (clientOrderId !== '') {
    const order = orders.byClient(clientOrderId)
    // More of ours at a level means that we stand at its end now, whatever we stood before.
    if (order !== undefined && change > 0) {
      order.place.join(others(book, orders, side, price), at)
      order.placePrice = price
    }
    return
  }
  for (let index = 0; index < live.length; index++) {
    const order = live[index]!
    if (order.side !== side || order.placePrice !== price || order.status === 'done') continue
    order.place.onLevel(change, Math.max(0, others(book, orders, side, price) - change), at)
  }
}

/** A public trade: takers on the ask side eat bids, and the other way round. */
export const trackTrade = (
  orders: Orders,
  taker: Side,
  price: Price,
  quantity: Quantity,
  at: Millis,
): void => {
  const { live } = orders
  for (let index = 0; index < live.length; index++) {
    const order = live[index]!
    if (order.side !== taker && order.placePrice === price) order.place.onTrade(quantity, at)
  }
}

/** An order has been acknowledged at a price that no mark in the book has announced. */
export const trackAcknowledged = (orders: Orders, book: Book, order: Order, at: Millis): void => {
  if (order.status !== 'resting' || order.placePrice === order.price || !book.isLive) return
  join(order, others(book, orders, order.side, order.price), at)
}

/** What the exchange answers; orders that it does not name keep their estimate. */
export const trackReports = (orders: Orders, reports: readonly QueueReport[], at: Millis): void => {
  for (const { orderId, ahead } of reports) {
    const order = orders.find(orderId, '')
    if (order === undefined || order.status === 'done') continue
    order.place.correct(ahead, at)
    order.placePrice = order.price
  }
}
