// Places in the queue, kept from what the book, the trades and the exchange say.

import { describe, expect, it } from 'vitest'
import { Book } from '../../../../src/core/book/book.ts'
import { type Order, Orders } from '../../../../src/core/orders/orders.ts'
import {
  trackAcknowledged,
  trackLevel,
  trackReports,
  trackTrade,
} from '../../../../src/core/orders/queue-tracking.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'
import { T0, TICKER } from '../../../helpers/core.ts'

const FRAME = { sid: 1, seq: 1, ticker: TICKER, venueAt: 0 }

/** A bid of 10 contracts at 43, its mark seen behind 200 of others, and then acknowledged. */
const world = () => {
  const orders = new Orders()
  const book = new Book()
  book.snapshot([4300, 20_000, 4200, 7000], [4600, 5000])
  const order = orders.submit(
    { clientOrderId: 'a', side: 'bid', price: 4300, quantity: 1000, expiresAt: T0 + 120_000 },
    T0,
  )
  const change = (price: number, by: number, id = '', at = T0): void => {
    if (id !== '') orders.applyBookChange(id, price, by, at)
    book.delta('bid', price, by)
    const frame = { ...FRAME, side: 'bid' as const, price, delta: by, clientOrderId: id, at }
    trackLevel(orders, book, { type: 'delta', ...frame })
  }
  const acknowledge = (at = T0): void => {
    orders.acknowledge(order, { orderId: 'x', filled: 0, remaining: 1000, venueAt: at }, at)
    trackAcknowledged(orders, book, order, at)
  }
  return { orders, book, order, change, acknowledge }
}
const joined = () => {
  const w = world()
  w.change(4300, 1000, 'a')
  w.acknowledge()
  return w
}
const place = ({ place: { ahead, source, price } }: Order) => ({ ahead, source, price })
/** A trade of 50 contracts. */
const trade = (orders: Orders, taker: Side, price: number, at = T0): void =>
  trackTrade(orders, { type: 'trade', ...FRAME, tradeId: 't', taker, price, quantity: 5000, at })

describe('a place in the queue', () => {
  it('is not known while the order is on its way', () => {
    expect(place(world().order)).toEqual({ ahead: 0, source: 'none', price: 0 })
  })

  it('is behind all others once the book shows the order', () => {
    expect(place(joined().order)).toEqual({ ahead: 20_000, source: 'joined', price: 4300 })
  })

  it('is behind all others where the answer comes before the mark, and again at the mark', () => {
    const w = world()
    w.acknowledge()
    expect(place(w.order)).toEqual({ ahead: 20_000, source: 'joined', price: 4300 })
    w.change(4300, 500)
    w.change(4300, 1000, 'a')
    expect(w.order.place.ahead).toBe(20_500)
  })

  it('is not lost to those who join later, nor to what happens at other prices', () => {
    const w = joined()
    w.change(4300, 9000)
    w.change(4200, -7000)
    trade(w.orders, 'ask', 4200)
    trade(w.orders, 'bid', 4300)
    expect(w.order.place.ahead).toBe(20_000)
  })

  it.each(['trade first', 'change of the book first'])('counts a trade once, %s', (first) => {
    const w = joined()
    if (first === 'trade first') trade(w.orders, 'ask', 4300, T0 + 10)
    w.change(4300, -5000, '', T0 + 10)
    if (first !== 'trade first') trade(w.orders, 'ask', 4300, T0 + 10)
    expect(w.order.place.ahead).toBe(15_000)
  })

  it('takes cancels to come from ahead in proportion', () => {
    const w = joined()
    w.change(4300, 20_000)
    w.change(4300, -10_000)
    expect(w.order.place.ahead).toBe(15_000)
  })

  it('survives a decrease, which the book marks as our own', () => {
    const w = joined()
    w.change(4300, 9000)
    w.change(4300, -400, 'a')
    expect(w.order.place.ahead).toBe(20_000)
  })

  it('starts over at the end of another price when an amend goes there', () => {
    const w = joined()
    w.orders.transition(w.order, 'amend-sent', T0)
    w.order.next.price = 4200
    w.change(4300, -1000, 'a')
    w.change(4200, 1000, 'a')
    expect(place(w.order)).toEqual({ ahead: 7000, source: 'joined', price: 4200 })
    // Who joins behind us before the answer comes is not put in front by it.
    w.change(4200, 3500)
    w.orders.acknowledge(w.order, { orderId: 'x', filled: null, remaining: 1000, venueAt: T0 }, T0)
    trackAcknowledged(w.orders, w.book, w.order, T0)
    expect(w.order.place.ahead).toBe(7000)
  })

  it('is what the exchange says when it answers; unknown and ended orders change nothing', () => {
    const w = joined()
    trackReports(
      w.orders,
      [
        { orderId: 'x', ahead: 300 },
        { orderId: 'y', ahead: 5 },
      ],
      T0 + 50,
    )
    expect(place(w.order)).toEqual({ ahead: 300, source: 'exchange', price: 4300 })
    w.orders.transition(w.order, 'ended', T0)
    trackReports(w.orders, [{ orderId: 'x', ahead: 9 }], T0 + 60)
    expect(w.order.place.ahead).toBe(300)
  })

  it('does not move for an order that has ended, nor in a dark book', () => {
    const w = world()
    w.book.darken('gap')
    w.acknowledge()
    expect(w.order.place.source).toBe('none')
    const v = joined()
    v.orders.transition(v.order, 'ended', T0)
    v.change(4300, -15_000)
    expect(v.order.place.ahead).toBe(20_000)
  })
})
