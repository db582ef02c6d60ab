// Our orders: the lifecycle, the counts in every order of arrival, and what the book shows of us.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { exposureOf, lossAtWorst } from '../../../../src/core/orders/exposure.ts'
import { settleByFills } from '../../../../src/core/orders/inferred-end.ts'
import {
  LIFECYCLE,
  type OrderEvent,
  type OrderStatus,
} from '../../../../src/core/orders/lifecycle.ts'
import { type Order, Orders } from '../../../../src/core/orders/orders.ts'
import type { Ack, OrderReport } from '../../../../src/core/vocabulary/events.ts'
import type { Price, Quantity } from '../../../../src/core/vocabulary/units.ts'
import { reportOf, rest, T0 } from '../../../helpers/core.ts'

/** A bid that has just been sent. */
const submit = (orders: Orders, clientOrderId: string, price: Price, quantity: Quantity, at = T0) =>
  orders.submit({ clientOrderId, side: 'bid', price, quantity, expiresAt: at + 120_000 }, at)
const submitted = (quantity = 1000): { orders: Orders; order: Order } => {
  const orders = new Orders()
  return { orders, order: submit(orders, 'mine-1', 4500, quantity) }
}
const resting = (quantity = 1000): { orders: Orders; order: Order } => {
  const orders = new Orders()
  return { orders, order: rest(orders, 'bid', 4500, quantity, 'mine-1') }
}
/** An amend or decrease on its way: the order and what it asks for. */
const amending = (next: { price?: number; remaining?: number }, quantity = 1000) => {
  const { orders, order } = resting(quantity)
  orders.transition(order, 'amend-sent', T0 + 100)
  order.next.price = next.price ?? order.price
  order.next.remaining = next.remaining ?? order.remaining
  return { orders, order }
}
const ack = (changes: Partial<Ack> = {}): Ack => ({
  ...{ orderId: 'x-mine-1', filled: 0, remaining: 1000, venueAt: T0 + 100 },
  ...changes,
})

/** News of an order on its way from the exchange to us. */
type News =
  | { readonly kind: 'ack'; readonly ack: Ack }
  | { readonly kind: 'refused' | 'missing' }
  | { readonly kind: 'fill'; readonly quantity: Quantity; readonly venueAt: number }
  | { readonly kind: 'report'; readonly report: OrderReport }

const deliver = (orders: Orders, order: Order, news: News, at: number): void => {
  switch (news.kind) {
    case 'ack':
      orders.acknowledge(order, news.ack, at)
      return
    case 'refused':
      if (order.status === 'amending') orders.transition(order, 'rejected', at)
      return
    case 'missing':
      orders.transition(order, 'ended', at)
      return
    case 'fill':
      orders.applyFill(order, news.quantity, news.venueAt, at)
      return
    case 'report':
      orders.applyReport(order, news.report, at)
  }
}

/** News by kind, with times in ms after T0. */
const fill = (quantity: number, ms: number): News => ({ kind: 'fill', quantity, venueAt: T0 + ms })
const reply = (filled: number | null, remaining: number | null, ms = 100): News => ({
  kind: 'ack',
  ack: ack({ filled, remaining, venueAt: T0 + ms }),
})
const report = (filled: number, remaining: number, ms: number, more = {}): News => ({
  kind: 'report',
  report: reportOf({ filled, remaining, venueAt: T0 + ms, ...more }),
})

/** An order after its news, each arriving 10 ms after the one before, from 120 ms after T0 on. */
const hearing = ({ orders, order }: { orders: Orders; order: Order }, ...all: News[]): Order => {
  all.forEach((each, i) => {
    deliver(orders, order, each, T0 + 120 + 10 * i)
  })
  return order
}

describe('the lifecycle', () => {
  it('is this table', () => {
    const events = Object.keys(LIFECYCLE.done) as OrderEvent[]
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell) => cell.padEnd(12))
        .join('')
        .trimEnd()
    const rows = Object.entries(LIFECYCLE).map(([status, row]) =>
      line([status, ...events.map((event) => (row[event] === status ? '.' : row[event]))]),
    )
    expect(`\n${[line(['', ...events]), ...rows].join('\n')}\n`).toMatchInlineSnapshot(`
      "
                  amend-sent  cancel-sent accepted    rejected    unanswered  reported    confirmed   ended       vanished
      submitting  .           .           resting     presumed    unknown     resting     resting     done        presumed
      resting     amending    canceling   .           .           unknown     .           .           done        presumed
      amending    .           canceling   resting     resting     unknown     .           .           done        presumed
      canceling   .           .           .           unknown     unknown     .           .           done        presumed
      unknown     .           canceling   .           .           .           .           resting     done        presumed
      presumed    .           .           unknown     .           .           unknown     resting     done        .
      done        .           .           .           .           .           .           .           .           .
      "
    `)
  })

  it('has no way out of done', () => {
    expect(new Set(Object.values(LIFECYCLE.done))).toEqual(new Set(['done']))
  })

  const waysTo = (end: OrderStatus): string[] =>
    Object.entries(LIFECYCLE).flatMap(([status, row]) =>
      Object.entries(row)
        .filter(([, to]) => to === end && status !== end)
        .map(([event]) => `${status} ${event}`),
    )

  it('is done by the exchange’s word alone', () => {
    expect(waysTo('done').filter((way) => !way.endsWith(' ended'))).toEqual([])
  })

  it('is presumed over by a rejected place or by absence, until a sign of life', () => {
    const ways = waysTo('presumed').filter((way) => !way.endsWith(' vanished'))
    expect(ways).toEqual(['submitting rejected'])
    const { presumed } = LIFECYCLE
    expect([presumed.reported, presumed.accepted, presumed.ended]).toEqual([
      ...['unknown', 'unknown'],
      'done',
    ])
  })
})

describe('a new order', () => {
  it('is exposed from the moment it is submitted, and fills its side', () => {
    const { orders, order } = submitted()
    expect(order.status).toBe('submitting')
    expect(orders.slot('bid')).toBe(order)
    expect(orders.slot('ask')).toBe(null)
    expect([...orders.exposed('bid')]).toEqual([order])
    expect(orders.exposedCount).toBe(1)
  })

  it('is found by our id at once and by the exchange’s id after the reply', () => {
    const { orders, order } = submitted()
    expect(orders.find('x-mine-1', '')).toBe(undefined)
    expect(orders.find('', 'mine-1')).toBe(order)
    orders.acknowledge(order, ack(), T0 + 100)
    expect(orders.find('x-mine-1', '')).toBe(order)
    expect(order.status).toBe('resting')
  })

  it('may not use an id that was used before', () => {
    const { orders } = submitted()
    expect(() => submit(orders, 'mine-1', 4600, 1)).toThrow(/used twice/)
  })

  it('that is killed on arrival is done', () => {
    const { orders, order } = submitted()
    orders.acknowledge(order, ack({ filled: 0, remaining: 0 }), T0 + 100)
    expect(order.status).toBe('done')
    expect(orders.slot('bid')).toBe(null)
  })
})

describe('fills and replies that overtake each other', () => {
  it('a fill before the reply still counts after it', () => {
    const sent = submitted()
    expect(hearing(sent, fill(300, 90))).toMatchObject({ filled: 300, remaining: 700 })
    // The exchange answered before the trade: nothing filled yet, 1000 left.
    const wanted = { status: 'resting', filled: 300, remaining: 700 }
    expect(hearing(sent, reply(0, 1000, 80))).toMatchObject(wanted)
  })

  it('a reply that already counts the fill does not count it twice', () => {
    const order = hearing(submitted(), reply(300, 700), fill(300, 90))
    expect(order).toMatchObject({ filled: 300, booked: 300, remaining: 700 })
  })

  it('a fill of everything before the reply ends the order at the reply', () => {
    const sent = submitted()
    expect(hearing(sent, fill(1000, 90)).status).toBe('submitting')
    const wanted = { status: 'done', filled: 1000, remaining: 0 }
    expect(hearing(sent, reply(0, 1000, 80))).toMatchObject(wanted)
  })

  it('a fill of everything ends a resting order at once', () => {
    const order = hearing(resting(), fill(400, 10), fill(600, 20))
    expect(order).toMatchObject({ status: 'done', doneAt: T0 + 130, filled: 1000 })
  })

  it('a fill of everything does not end an order that an amend may still enlarge', () => {
    const moved = amending({ remaining: 2000 })
    const before = { status: 'amending', remaining: 0, next: { remaining: 1000 } }
    expect(hearing(moved, fill(1000, 90))).toMatchObject(before)
    const wanted = { status: 'resting', remaining: 1000 }
    expect(hearing(moved, reply(1000, 1000))).toMatchObject(wanted)
  })

  it('a reply to an amend without counts leaves what was asked for, less what was filled', () => {
    const moved = amending({ price: 4400, remaining: 2000 })
    const wanted = { price: 4400, remaining: 1700, filled: 300 }
    expect(hearing(moved, fill(300, 90), reply(null, null))).toMatchObject(wanted)
  })

  it('a report of a fill counts against an amend in flight as the fill itself would', () => {
    const moved = amending({ price: 4400, remaining: 2000 })
    const order = hearing(moved, report(300, 700, 90), fill(300, 90), reply(null, null))
    expect(order).toMatchObject({ filled: 300, booked: 300, remaining: 1700 })
  })

  it('a reply to a decrease counts the fills before it but not those after it', () => {
    const order = hearing(amending({ remaining: 500 }), fill(300, 90), reply(null, 200))
    expect(order).toMatchObject({ remaining: 200, filled: 300 })
  })

  it('never ends an order by a decrease with fills on both sides of it', () => {
    // 1000 - 300, decreased by 500, - 100: 100 rest. Both fills arrive before the reply.
    const less = amending({ remaining: 500 })
    const wanted = { status: 'resting', remaining: 100 }
    expect(hearing(less, fill(300, 90), fill(100, 110), reply(null, 200))).toMatchObject(wanted)
    expect(hearing(less, report(400, 100, 110)).remaining).toBe(100)
  })

  it('a fill after the reply to a decrease that already counted it changes nothing', () => {
    // 1000 - 300, decreased by 500: the reply comes first, and counts the fill before it.
    const less = amending({ remaining: 500 })
    const counted = { remaining: 200, filled: 300, booked: 0 }
    expect(hearing(less, reply(null, 200))).toMatchObject(counted)
    const wanted = { status: 'resting', remaining: 200, filled: 300 }
    expect(hearing(less, fill(300, 90))).toMatchObject(wanted)
    expect(hearing(less, fill(200, 150))).toMatchObject({ status: 'done', filled: 500 })
  })

  it('a reply to an amend does not undo the cancel behind it', () => {
    const { orders, order } = amending({ price: 4400 })
    orders.transition(order, 'cancel-sent', T0 + 120)
    orders.acknowledge(order, ack(), T0 + 130)
    expect([order.status, order.price]).toEqual(['canceling', 4400])
  })

  it('a rejected amend leaves the order as it was', () => {
    const { orders, order } = amending({ price: 4400, remaining: 2000 })
    orders.transition(order, 'rejected', T0 + 130)
    expect([order.status, order.price, order.next.price]).toEqual(['resting', 4500, 4500])
    expect([order.remaining, order.next.remaining]).toEqual([1000, 1000])
  })

  it('an unanswered amend leaves both of its outcomes possible', () => {
    const { orders, order } = amending({ price: 4400, remaining: 2000 })
    orders.transition(order, 'unanswered', T0 + 130)
    expect([order.status, order.price, order.next.price]).toEqual(['unknown', 4500, 4400])
    expect(exposureOf(order)).toBe(2000)
  })
})

describe('reports', () => {
  it('older than the newest one change nothing but what was filled', () => {
    const older = report(0, 700, 40, { price: 4500 })
    const order = hearing(resting(), report(0, 900, 50, { price: 4400 }), older)
    expect(order).toMatchObject({ price: 4400, remaining: 900 })
  })

  it('never lower what was filled', () => {
    const order = hearing(resting(), report(400, 600, 50), report(100, 900, 50))
    expect(order).toMatchObject({ filled: 400, remaining: 600 })
  })

  it.each(['canceled', 'executed'] as const)('of an order %s end it, however old', (status) => {
    const order = hearing(resting(), report(400, 0, 1 - T0, { status }))
    expect(order).toMatchObject({ status: 'done', filled: 400, remaining: 0 })
  })

  it('with a status we do not know change nothing', () => {
    const { orders, order } = resting()
    orders.applyReport(order, reportOf({ status: 'unknown', price: 1, remaining: 1 }), T0 + 60)
    expect(order).toMatchObject({ status: 'resting', price: 4500, remaining: 1000 })
  })

  it('name an order whose reply has not come, and show that it rests', () => {
    const { orders, order } = submitted()
    orders.applyReport(order, reportOf({ orderId: 'x-9' }), T0 + 60)
    expect([order.status, order.orderId]).toEqual(['resting', 'x-9'])
    expect(orders.find('x-9', '')).toBe(order)
  })

  it('do not settle an order of unknown outcome, nor a cancel in flight', () => {
    for (const event of ['unanswered', 'cancel-sent'] as const) {
      const { orders, order } = resting()
      orders.transition(order, event, T0)
      orders.applyReport(order, reportOf({ venueAt: T0 + 50 }), T0 + 60)
      expect(order.status).toBe(event === 'unanswered' ? 'unknown' : 'canceling')
    }
  })

  it('never revive an order that is done', () => {
    const { orders, order } = resting()
    orders.transition(order, 'ended', T0 + 10)
    orders.applyReport(order, reportOf({ remaining: 800, venueAt: T0 + 90 }), T0 + 100)
    orders.acknowledge(order, ack(), T0 + 110)
    expect([order.status, order.remaining, order.doneAt]).toEqual(['done', 0, T0 + 10])
  })
})

describe('adopted orders', () => {
  const adopted = (changes: Partial<OrderReport> = {}) => {
    const orders = new Orders()
    const order = orders.adopt(reportOf({ filled: 200, remaining: 800, ...changes }), T0)
    return { orders, order }
  }

  it('rest, are exposed, and have no fills outstanding', () => {
    const { orders, order } = adopted()
    expect(order).toMatchObject({ status: 'resting', adopted: true, filled: 200, booked: 200 })
    expect(orders.slot('bid')).toBe(order)
    expect(orders.unbooked).toBe(0)
  })

  it('shrink by later fills only: the earlier ones came with the report', () => {
    const { orders, order } = adopted()
    orders.applyFill(order, 200, T0 - 1000, T0 + 10)
    expect([order.filled, order.remaining]).toEqual([200, 800])
    orders.applyFill(order, 300, T0 + 5, T0 + 20)
    expect([order.filled, order.remaining]).toEqual([500, 500])
  })

  it('without a client order id are known by the exchange’s', () => {
    const { orders, order } = adopted({ clientOrderId: '' })
    expect(order.clientOrderId).toBe('exchange:order-1')
    expect(orders.find('order-1', '')).toBe(order)
  })

  it('that do not expire say so', () => {
    expect(adopted({ expiresAt: null }).order.expiresAt).toBe(Number.POSITIVE_INFINITY)
  })

  it('wait for the fills that came after they were found', () => {
    const { orders, order } = adopted({ venueAt: T0 })
    orders.applyReport(order, reportOf({ filled: 500, remaining: 500, venueAt: T0 + 10 }), T0 + 10)
    expect([order.filled, order.booked, orders.unbooked]).toEqual([500, 200, 300])
    orders.applyFill(order, 300, T0 + 10, T0 + 20)
    expect([order.filled, order.booked, orders.unbooked]).toEqual([500, 500, 0])
  })
})

describe('what the book shows of us', () => {
  const shown = (orders: Orders, price: number): Quantity => orders.ownSize('bid', price)
  const shownAt = (orders: Orders, ...prices: Price[]) =>
    prices.map((price) => shown(orders, price))

  it('is nothing before the book has marked it, however early the reply', () => {
    const { orders, order } = submitted()
    orders.acknowledge(order, ack(), T0 + 100)
    expect(shown(orders, 4500)).toBe(0)
    orders.applyBookChange('mine-1', 4500, 1000, T0 + 115)
    expect(shown(orders, 4500)).toBe(1000)
    expect(orders.ownSize('ask', 4500)).toBe(0)
  })

  it('is what rests when half a second has brought no mark', () => {
    const { orders, order } = submitted()
    orders.acknowledge(order, ack(), T0 + 100)
    expect(orders.sweep(T0 + 599)).toBe(false)
    expect(orders.sweep(T0 + 600)).toBe(true)
    expect(shown(orders, 4500)).toBe(1000)
  })

  it('is what rests from the reply on, once this venue is known not to mark', () => {
    const { orders, order } = submitted()
    orders.acknowledge(order, ack(), T0 + 100)
    orders.sweep(T0 + 600)
    const next = submit(orders, 'mine-2', 4400, 500, T0 + 700)
    orders.acknowledge(next, ack({ orderId: 'x-mine-2', remaining: 500 }), T0 + 710)
    expect(shown(orders, 4400)).toBe(500)
  })

  it('is ours when the book shows it only after its end', () => {
    const { orders, order } = submitted()
    orders.acknowledge(order, ack(), T0 + 100)
    orders.transition(order, 'ended', T0 + 110)
    orders.sweep(T0 + 111)
    orders.applyBookChange('mine-1', 4500, 1000, T0 + 115)
    expect(shown(orders, 4500)).toBe(1000)
    orders.applyBookChange('mine-1', 4500, -1000, T0 + 120)
    expect(shown(orders, 4500)).toBe(0)
  })

  it('is what a marked change says, even before the reply, and then not twice', () => {
    const { orders, order } = submitted()
    orders.applyBookChange('mine-1', 4500, 1000, T0)
    expect(shown(orders, 4500)).toBe(1000)
    orders.acknowledge(order, ack(), T0 + 100)
    orders.applyBookChange('mine-1', 4500, 1000, T0)
    expect(shown(orders, 4500)).toBe(1000)
  })

  it('follows an amend from level to level by its marked changes', () => {
    const { orders } = amending({ price: 4400 })
    orders.applyBookChange('mine-1', 4500, -1000, T0)
    expect(shownAt(orders, 4500, 4400)).toEqual([0, 0])
    orders.applyBookChange('mine-1', 4400, 1000, T0)
    expect(shownAt(orders, 4500, 4400)).toEqual([0, 1000])
  })

  it('shrinks with fills, which the book does not mark', () => {
    const { orders, order } = resting()
    orders.applyFill(order, 300, T0 + 10, T0 + 10)
    expect(shown(orders, 4500)).toBe(700)
  })

  it('is never more than the order could be, whatever is marked', () => {
    const { orders } = submitted()
    orders.applyBookChange('mine-1', 4500, 5000, T0)
    expect(shown(orders, 4500)).toBe(1000)
    orders.applyBookChange('mine-1', 4500, -9000, T0)
    expect(shown(orders, 4500)).toBe(0)
    orders.applyBookChange('somebody-else', 4500, 700, T0)
    expect(shown(orders, 4500)).toBe(0)
  })

  it('outlives a done order for half a second, unless the book has removed it', () => {
    const { orders, order } = resting()
    orders.transition(order, 'ended', T0 + 100)
    expect(orders.sweep(T0 + 599)).toBe(false)
    expect(shown(orders, 4500)).toBe(1000)
    expect(orders.sweep(T0 + 600)).toBe(true)
    expect(shown(orders, 4500)).toBe(0)
    expect(orders.live).toEqual([])

    const marked = resting()
    marked.orders.transition(marked.order, 'ended', T0 + 100)
    marked.orders.applyBookChange('mine-1', 4500, -1000, T0)
    expect(shown(marked.orders, 4500)).toBe(0)
    expect(marked.orders.sweep(T0 + 600)).toBe(false)
    expect(marked.orders.live).toEqual([])
  })

  it('still shows at its old price when the answer to a move overtakes the feed', () => {
    const { orders, order } = amending({ price: 4300 })
    orders.acknowledge(order, ack(), T0 + 120)
    expect(shownAt(orders, 4500, 4300)).toEqual([1000, 0])
    orders.applyBookChange('mine-1', 4500, -1000, T0 + 25)
    expect(shownAt(orders, 4500, 4300)).toEqual([0, 0])
    orders.applyBookChange('mine-1', 4300, 1000, T0 + 25)
    expect(shownAt(orders, 4500, 4300)).toEqual([0, 1000])
  })

  it('shows at both prices while the feed has reported only the new one', () => {
    const { orders } = amending({ price: 4300 })
    orders.applyBookChange('mine-1', 4300, 1000, T0 + 20)
    expect(shownAt(orders, 4500, 4300)).toEqual([1000, 1000])
    orders.applyBookChange('mine-1', 4500, -1000, T0 + 25)
    expect(shownAt(orders, 4500, 4300)).toEqual([0, 1000])
  })

  it('no longer shows at its old price when the feed is silent for half a second', () => {
    const { orders, order } = amending({ price: 4300 })
    orders.acknowledge(order, ack(), T0 + 120)
    expect(orders.sweep(T0 + 619)).toBe(false)
    expect(orders.sweep(T0 + 620)).toBe(true)
    expect(shown(orders, 4500)).toBe(0)
  })

  it('starts over with a snapshot: only what rests with an exchange id shows', () => {
    const { orders, order } = resting()
    const unnamed = submit(orders, 'mine-2', 4400, 500)
    orders.applyBookChange('mine-2', 4400, 500, T0)
    orders.applyFill(order, 300, T0 + 10, T0 + 10)
    orders.resetShown()
    expect(shownAt(orders, 4500, 4400)).toEqual([700, 0])
    expect(unnamed.shown.size).toBe(0)
  })

  it('is gone with a snapshot for an order that is done', () => {
    const { orders, order } = resting()
    orders.transition(order, 'ended', T0 + 100)
    orders.resetShown()
    expect(shown(orders, 4500)).toBe(0)
  })
})

describe('remembering', () => {
  const endThreeHundred = (orders: Orders): void => {
    for (let n = 0; n < 300; n++) {
      orders.transition(rest(orders, 'bid', 4500, 100, `mine-${n}`), 'ended', T0)
      orders.sweep(T0 + 1000)
    }
  }

  it('keeps a done order whose fills are late, so that limits still see it, until reads lack them', () => {
    const { orders, order } = resting()
    const executed = reportOf({ status: 'executed', filled: 1000, remaining: 0 })
    orders.applyReport(order, executed, T0 + 10)
    orders.applyBookChange('mine-1', 4500, -1000, T0)
    orders.sweep(T0 + 5000)
    expect(orders.live).toEqual([order])
    expect(orders.unbooked).toBe(1000)
    orders.applyFill(order, 1000, T0 + 9, T0 + 6000)
    orders.sweep(T0 + 6000)
    expect(orders.live).toEqual([])

    const lost = resting()
    lost.orders.applyReport(lost.order, executed, T0 + 10)
    lost.orders.sweep(T0 + 600_000)
    settleByFills(lost.orders.live, T0 + 9)
    expect(lossAtWorst(new Ledger(), lost.orders).no).toBe(1000 * 4500)
    settleByFills(lost.orders.live, T0 + 10)
    lost.orders.sweep(T0 + 600_000)
    expect([lost.orders.live, lost.orders.unbooked]).toEqual([[], 0])
    expect(lossAtWorst(new Ledger(), lost.orders)).toEqual({ yes: 0, no: 0 })
  })

  it('recognises late reports of the last few hundred orders and forgets older ones', () => {
    const orders = new Orders()
    endThreeHundred(orders)
    expect(orders.byClient('mine-299')?.status).toBe('done')
    expect(orders.byClient('mine-100')?.status).toBe('done')
    expect(orders.byClient('mine-0')).toBe(undefined)
    expect(orders.find('x-mine-0', '')).toBe(undefined)
  })

  it('never forgets an order that can still fill', () => {
    const orders = new Orders()
    const old = rest(orders, 'ask', 4600, 100, 'old')
    endThreeHundred(orders)
    expect(orders.byClient('old')).toBe(old)
    expect(orders.slot('ask')).toBe(old)
  })

  it('shows the oldest order of a side that (after adoption) has two', () => {
    const orders = new Orders()
    const first = orders.adopt(reportOf({ orderId: 'a', clientOrderId: 'a' }), T0)
    orders.adopt(reportOf({ orderId: 'b', clientOrderId: 'b' }), T0)
    expect(orders.slot('bid')).toBe(first)
    expect([...orders.exposed('bid')]).toHaveLength(2)
  })
})

// The exchange's side of one order.
class Exchange {
  filled = 0
  remaining: Quantity
  price = 4500
  at = T0
  readonly news: News[] = []

  constructor(quantity: Quantity) {
    this.remaining = quantity
    this.news.push({ kind: 'ack', ack: this.#ack(false) })
    this.#publish()
  }

  trade(most: Quantity, sameMillisecond: boolean): void {
    const quantity = Math.min(most, this.remaining)
    if (quantity === 0) return
    if (!sameMillisecond) this.at++
    this.filled += quantity
    this.remaining -= quantity
    this.news.push({ kind: 'fill', quantity, venueAt: this.at })
    this.#publish()
  }

  amend(price: number, total: Quantity, silent: boolean): void {
    if (this.remaining === 0) {
      this.news.push({ kind: 'missing' })
      return
    }
    this.at++
    if (total <= this.filled) {
      this.news.push({ kind: 'refused' })
      return
    }
    this.price = price
    this.remaining = total - this.filled
    this.news.push({ kind: 'ack', ack: this.#ack(silent) })
    this.#publish()
    this.at++
  }

  decrease(by: Quantity): void {
    if (this.remaining === 0) {
      this.news.push({ kind: 'missing' })
      return
    }
    this.at++
    if (by > this.remaining) {
      this.news.push({ kind: 'refused' })
      return
    }
    this.remaining -= by
    this.news.push({ kind: 'ack', ack: { ...this.#ack(false), filled: null } })
    this.#publish()
    this.at++
  }

  #ack(silent: boolean): Ack {
    const [filled, remaining] = silent ? [null, null] : [this.filled, this.remaining]
    return { orderId: 'x-mine-1', filled, remaining, venueAt: this.at }
  }

  #publish(): void {
    const { filled, remaining, price, at } = this
    const status = remaining === 0 ? 'executed' : 'resting'
    const report = reportOf({ filled, remaining, price, status, venueAt: at })
    this.news.push({ kind: 'report', report })
  }
}

const aMove = fc.oneof(
  fc.record({
    do: fc.constant('trade' as const),
    quantity: fc.integer({ min: 1, max: 400 }),
    same: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('amend' as const),
    price: fc.integer({ min: 4000, max: 4900 }),
    quantity: fc.integer({ min: 1, max: 1500 }),
    silent: fc.boolean(),
  }),
  fc.record({ do: fc.constant('decrease' as const), share: fc.integer({ min: 1, max: 99 }) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(50) }) },
  fc.record({ do: fc.constant('repeat' as const), pick: fc.nat(50) }),
)

const atLeast = (value: number, least: number, defect: string): void => {
  if (!(value >= least)) throw new Error(`${defect}: ${value} is below ${least}`)
}

describe('any order of arrival', () => {
  it('ends in what the exchange has, and never understates what may still fill on the way', () => {
    const play = fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(aMove, { maxLength: 40 }),
      fc.array(fc.nat(50), { minLength: 60, maxLength: 60 }),
      (quantity, moves, endings) => {
        const { orders, order } = submitted(quantity)
        const exchange = new Exchange(quantity)
        let at = T0 + 1000
        let filled = 0
        let silent = false
        // Plain comparisons, because half a million calls of `expect` take seconds.
        const check = (): void => {
          atLeast(order.filled, filled, 'filled fell')
          atLeast(exchange.filled, order.filled, 'filled more than the exchange has')
          atLeast(order.remaining, 0, 'remaining below zero')
          filled = order.filled
          atLeast(exposureOf(order), exchange.remaining, 'exposure understated')
          // A 404 does not say how much was filled before it: until the fill arrives, nobody knows.
          if (silent) return
          const known = Math.max(order.filled, order.booked) + exposureOf(order)
          atLeast(known, exchange.filled + exchange.remaining, 'size understated')
        }
        // Fills are counted once by the ledger, and a reply comes once; only reports repeat.
        const take = (pick: number, keep: boolean): void => {
          const { news } = exchange
          if (news.length === 0) return
          const index = pick % news.length
          const item = news[index]!
          if (!keep) news.splice(index, 1)
          else if (item.kind !== 'report') return
          if (!saysFilled(item)) silent = true
          deliver(orders, order, item, at++)
        }
        for (const move of moves) {
          if (move.do === 'trade') exchange.trade(move.quantity, move.same)
          else if (move.do === 'deliver') take(move.pick, false)
          else if (move.do === 'repeat') take(move.pick, true)
          else if (order.status === 'resting' && !exchange.news.some(isReply)) {
            orders.transition(order, 'amend-sent', at++)
            if (move.do === 'amend') {
              order.next.price = move.price
              order.next.remaining = move.quantity
              exchange.amend(move.price, order.filled + move.quantity, move.silent)
            } else {
              const to = Math.max(1, Math.floor((order.remaining * move.share) / 100))
              order.next.remaining = to
              exchange.decrease(order.remaining - to)
            }
          }
          check()
        }
        for (const pick of endings) {
          take(pick, false)
          check()
        }
        while (exchange.news.length > 0) take(0, false)
        const { filled: traded, remaining } = exchange
        const status = remaining === 0 ? 'done' : 'resting'
        expect(order).toMatchObject({ filled: traded, booked: traded, status, remaining })
        if (exchange.remaining > 0) expect(order.price).toBe(exchange.price)
      },
    )
    fc.assert(play, { numRuns: 1000 })
    // An old report after an amend's answer without counts, then a decrease.
    fc.assert(play, { numRuns: 300, seed: 383060724 })
  })
})

const isReply = (news: News): boolean =>
  news.kind === 'ack' || news.kind === 'refused' || news.kind === 'missing'

const saysFilled = (news: News): boolean => news.kind !== 'missing'
