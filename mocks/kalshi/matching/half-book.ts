// One side of a book: a queue of orders per price, and the best price. Linked lists and a bit set
// of prices make adding, removing and finding the next price independent of the size of the book.

import type { Price } from '../../../src/core/vocabulary/units.ts'
import type { Level, Order } from './order.ts'
import { PriceSet } from './price-set.ts'

/** One side of the book. */
export class HalfBook {
  readonly levels: (Level | undefined)[] = new Array(10_001)
  readonly prices = new PriceSet()
  readonly isBid: boolean
  best: Price = -1
  orders = 0
  passThrough = 0

  constructor(isBid: boolean) {
    this.isBid = isBid
  }

  /** The next price behind `price`, or -1. */
  behind(price: Price): Price {
    return this.isBid ? this.prices.atOrBelow(price - 1) : this.prices.atOrAbove(price + 1)
  }

  /** Whether an order of the other side limited at `limit` reaches `price` of this side. */
  reached(price: Price, limit: Price): boolean {
    return price >= 0 && (this.isBid ? price >= limit : price <= limit)
  }

  append(order: Order): void {
    let level = this.levels[order.price]
    if (level === undefined) {
      level = { price: order.price, total: 0, head: null, tail: null }
      this.levels[order.price] = level
    }
    if (level.head === null) {
      this.prices.add(order.price)
      if (this.best < 0 || (this.isBid ? order.price > this.best : order.price < this.best)) {
        this.best = order.price
      }
    }
    order.level = level
    order.previous = level.tail
    order.next = null
    if (level.tail === null) level.head = order
    else level.tail.next = order
    level.tail = order
    level.total += order.remaining
    this.orders++
    if (order.passThrough) this.passThrough++
  }

  /** Removes the order from its queue. The caller has already reduced `level.total`. */
  unlink(order: Order): void {
    const level = order.level!
    if (order.previous === null) level.head = order.next
    else order.previous.next = order.next
    if (order.next === null) level.tail = order.previous
    else order.next.previous = order.previous
    order.level = null
    order.previous = null
    order.next = null
    this.orders--
    if (order.passThrough) this.passThrough--
    if (level.head !== null) return
    this.prices.remove(level.price)
    if (level.price === this.best) this.best = this.behind(level.price)
  }
}
