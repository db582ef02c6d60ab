// Matches one market by price-time priority: a book of YES bids and asks, and what happens when a
// new, amended or canceled order meets it. Orders come in; level changes, trades and order changes
// go to a listener in the order in which they happen, one level change per fill. Integers only; no
// clock, no randomness, no accounts and no fees.

import {
  type Millis,
  opposite,
  type Price,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'
import { ExpiryHeap } from './expiry-heap.ts'
import { HalfBook } from './half-book.ts'
import type { Order, Reason } from './order.ts'

/** Receives what happens in the book, in order. */
export interface BookListener {
  /** A level changed by `delta`. `actor` is the order whose owner's request caused it, or null. */
  level(side: Side, price: Price, delta: Quantity, actor: Order | null): void
  /** `quantity` changed hands at the resting price. Both orders already show it. */
  trade(maker: Order, taker: Order, quantity: Quantity): void
  /** An order arrived, changed or ended; its fields show its present state. */
  order(order: Order, reason: Reason): void
}

/** 'done' unless the book refused the request and nothing changed. */
export type Verdict = 'done' | 'post-only-cross' | 'fill-or-kill'

/** The orders of one market. */
export class Book {
  readonly #bids = new HalfBook(true)
  readonly #asks = new HalfBook(false)
  readonly #expiries = new ExpiryHeap()
  readonly #listener: BookListener

  constructor(listener: BookListener) {
    this.#listener = listener
  }

  /** Best price of a side, or -1 when the side is empty. */
  best(side: Side): Price {
    return this.#half(side).best
  }

  /** Quantity resting at a price of a side. */
  sizeAt(side: Side, price: Price): Quantity {
    return this.#half(side).levels[price]?.total ?? 0
  }

  /** Flat pairs price, quantity from the best outward, at most `depth` levels. */
  levels(side: Side, depth = Number.POSITIVE_INFINITY): number[] {
    const half = this.#half(side)
    const flat: number[] = []
    for (let price = half.best; price >= 0 && flat.length < depth * 2; price = half.behind(price)) {
      flat.push(price, half.levels[price]!.total)
    }
    return flat
  }

  /** Every resting order, bids first, best price first, then by place in the queue. */
  *resting(): Generator<Order> {
    for (const half of [this.#bids, this.#asks]) {
      const orders: Order[] = []
      for (let price = half.best; price >= 0; price = half.behind(price)) {
        for (let order = half.levels[price]!.head; order !== null; order = order.next) {
          orders.push(order)
        }
      }
      yield* orders
    }
  }

  /** Quantity that must trade before this order does at its own price. */
  ahead(order: Order): Quantity {
    let sum = 0
    for (let other = order.previous; other !== null; other = other.previous) sum += other.remaining
    return sum
  }

  /** Whether an order of `side` at `price` would trade with a resting one. */
  crosses(side: Side, price: Price): boolean {
    const half = this.#half(opposite(side))
    return half.reached(half.best, price)
  }

  /**
   * Matches a new order, then rests or drops the remainder.
   * `cap` bounds what it may trade (reduce-only).
   */
  place(order: Order, cap: Quantity = Number.POSITIVE_INFINITY): Verdict {
    if (order.postOnly && this.crosses(order.side, order.price)) return 'post-only-cross'
    if (order.timeInForce === 'fill_or_kill' && this.#available(order) < order.remaining) {
      return 'fill-or-kill'
    }
    const stopped = order.passThrough ? this.#matchOthers(order) : this.#match(order, cap)
    const reason: Reason = order.filled > 0 ? 'Trade' : ''
    if (order.remaining === 0) this.#end(order, 'executed', reason)
    else if (stopped) this.kill(order, 'SelfTradeCancel')
    else if (order.timeInForce !== 'good_till_canceled') {
      this.kill(order, order.reduceOnly && order.filled >= cap ? 'ReduceOnlyCancel' : reason)
    } else {
      this.#rest(order, order)
      this.#listener.order(order, reason)
    }
    return 'done'
  }

  /**
   * Changes price, total (filled + wanted remainder, above what is filled) and expiry (0 = none) of
   * a resting order. Keeps the place in the queue only when neither price changes nor size grows.
   */
  amend(order: Order, price: Price, total: Quantity, expiresAt: Millis): Verdict {
    const half = this.#half(order.side)
    const remaining = total - order.filled
    const change = remaining - order.remaining
    const moves = price !== order.price
    if (moves && order.postOnly && this.crosses(order.side, price)) return 'post-only-cross'
    if (expiresAt !== order.expiresAt) {
      order.expiresAt = expiresAt
      if (expiresAt > 0) this.#expiries.push(expiresAt, order)
    }
    order.initial = total
    if (!moves && change <= 0) {
      order.remaining = remaining
      order.level!.total += change
      if (change !== 0) this.#listener.level(order.side, price, change, order)
      this.#listener.order(order, 'Amend')
      return 'done'
    }
    order.level!.total -= order.remaining
    const before = order.remaining
    half.unlink(order)
    order.remaining = remaining
    if (!moves) {
      half.append(order)
      this.#listener.level(order.side, price, change, order)
      this.#listener.order(order, 'Amend')
      return 'done'
    }
    this.#listener.level(order.side, order.price, -before, order)
    order.price = price
    const filled = order.filled
    const stopped = this.#match(order, Number.POSITIVE_INFINITY)
    const reason: Reason = order.filled > filled ? 'Trade' : 'Amend'
    if (order.remaining === 0) this.#end(order, 'executed', reason)
    else if (stopped) this.kill(order, 'SelfTradeCancel')
    else {
      this.#rest(order, order)
      this.#listener.order(order, reason)
    }
    return 'done'
  }

  /** Shrinks what remains to `remaining` (below what it is); 0 ends the order. Keeps the place. */
  decrease(order: Order, remaining: Quantity): void {
    if (remaining === 0) {
      this.cancel(order, 'Decrease', order)
      return
    }
    const change = remaining - order.remaining
    order.remaining = remaining
    order.level!.total += change
    this.#listener.level(order.side, order.price, change, order)
    this.#listener.order(order, 'Decrease')
  }

  /**
   * Removes a resting order. `actor` is the order itself when its owner asked, null when the
   * exchange did.
   */
  cancel(order: Order, reason: Reason, actor: Order | null): void {
    const left = order.remaining
    order.level!.total -= left
    this.#half(order.side).unlink(order)
    this.#listener.level(order.side, order.price, -left, actor)
    this.kill(order, reason)
  }

  /** Ends an order that does not rest, dropping what remains. */
  kill(order: Order, reason: Reason): void {
    order.remaining = 0
    this.#end(order, 'canceled', reason)
  }

  /** A lower bound of the next expiry; Infinity when no order expires. */
  get nextExpiry(): Millis {
    return this.#expiries.earliest
  }

  /** Cancels every order whose expiry is at or before `now`. */
  expire(now: Millis): void {
    while (this.#expiries.earliest <= now) {
      const at = this.#expiries.earliest
      const order = this.#expiries.pop()
      if (order.level !== null && order.expiresAt === at) this.cancel(order, 'ExpiryCancel', null)
    }
  }

  #half(side: Side): HalfBook {
    return side === 'bid' ? this.#bids : this.#asks
  }

  #end(order: Order, status: 'executed' | 'canceled', reason: Reason): void {
    order.status = status
    this.#listener.order(order, reason)
  }

  #rest(order: Order, actor: Order): void {
    order.status = 'resting'
    this.#half(order.side).append(order)
    if (order.expiresAt > 0) this.#expiries.push(order.expiresAt, order)
    this.#listener.level(order.side, order.price, order.remaining, actor)
  }

  #available(order: Order): Quantity {
    const half = this.#half(opposite(order.side))
    let sum = 0
    for (let price = half.best; half.reached(price, order.price); price = half.behind(price)) {
      sum += half.levels[price]!.total
      if (sum >= order.remaining) break
    }
    return sum
  }

  /** Trades until nothing crosses. True when the order met one of the same owner and must stop. */
  #match(order: Order, cap: Quantity): boolean {
    const side = opposite(order.side)
    const half = this.#half(side)
    while (order.remaining > 0 && order.filled < cap && half.reached(half.best, order.price)) {
      const maker = half.levels[half.best]!.head!
      if (maker.owner === order.owner) {
        if (order.selfTrade === 'taker_at_cross') return true
        this.cancel(maker, 'SelfTradeCancel', order)
        continue
      }
      this.#fill(half, side, maker, order, Math.min(order.remaining, cap - order.filled))
    }
    return false
  }

  /** Like #match, but skips orders of the same owner. */
  #matchOthers(order: Order): boolean {
    const side = opposite(order.side)
    const half = this.#half(side)
    if (half.orders === half.passThrough) return false
    for (let price = half.best; half.reached(price, order.price); price = half.behind(price)) {
      let maker = half.levels[price]!.head
      while (maker !== null && order.remaining > 0) {
        const next: Order | null = maker.next
        if (maker.owner !== order.owner) this.#fill(half, side, maker, order, order.remaining)
        maker = next
      }
      if (order.remaining === 0) break
    }
    return false
  }

  #fill(half: HalfBook, side: Side, maker: Order, taker: Order, most: Quantity): void {
    const quantity = Math.min(maker.remaining, most)
    const price = maker.price
    maker.remaining -= quantity
    maker.filled += quantity
    taker.remaining -= quantity
    taker.filled += quantity
    maker.level!.total -= quantity
    const done = maker.remaining === 0
    if (done) {
      half.unlink(maker)
      maker.status = 'executed'
    }
    this.#listener.level(side, price, -quantity, taker)
    this.#listener.trade(maker, taker, quantity)
    this.#listener.order(maker, 'Trade')
  }
}
