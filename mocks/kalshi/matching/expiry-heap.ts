// Orders by the time at which the exchange must cancel them: a binary heap of (time, order).
// Entries are not removed when an order goes or its expiry moves; whoever takes one out compares
// the time with the order's own and drops what is stale.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Order } from './order.ts'

/** A min-heap of expiry times. */
export class ExpiryHeap {
  readonly #times: Millis[] = []
  readonly #orders: Order[] = []

  /** The earliest time in the heap, or Infinity. It may belong to a stale entry. */
  get earliest(): Millis {
    return this.#times[0] ?? Number.POSITIVE_INFINITY
  }

  push(at: Millis, order: Order): void {
    const times = this.#times
    const orders = this.#orders
    let index = times.length
    times.push(at)
    orders.push(order)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (times[parent]! <= at) break
      times[index] = times[parent]!
      orders[index] = orders[parent]!
      index = parent
    }
    times[index] = at
    orders[index] = order
  }

  /** Takes the order of the earliest entry out. Call only when `earliest` is finite. */
  pop(): Order {
    const times = this.#times
    const orders = this.#orders
    const first = orders[0]!
    const at = times.pop()!
    const order = orders.pop()!
    const length = times.length
    if (length === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= length) break
      if (child + 1 < length && times[child + 1]! < times[child]!) child++
      if (times[child]! >= at) break
      times[index] = times[child]!
      orders[index] = orders[child]!
      index = child
    }
    times[index] = at
    orders[index] = order
    return first
  }
}
