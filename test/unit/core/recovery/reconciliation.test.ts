// What a listing of resting orders means for what we believed, case by case, and when questions are
// asked again.

import { describe, expect, it } from 'vitest'
import { undelivered } from '../../../../src/core/orders/inferred-end.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import {
  Inquiries,
  PROBE_PREFIX,
  READ_LAG_MS,
  reconcileListing,
} from '../../../../src/core/recovery/reconciliation.ts'
import type { OrderReport } from '../../../../src/core/vocabulary/events.ts'
import { reportOf, rest, T0 } from '../../../helpers/core.ts'

const LATER = T0 + 10_000

/** A bid that rests as we believe. */
const resting = () => {
  const orders = new Orders()
  return { orders, order: rest(orders, 'bid', 4300, 1000) }
}
/** A bid of which we only know that it was sent. */
const submitted = () => {
  const orders = new Orders()
  const given = { clientOrderId: 'mine-1', side: 'bid', price: 4300, quantity: 1000 } as const
  return { orders, order: orders.submit({ ...given, expiresAt: LATER }, T0) }
}
const unanswered = () => {
  const { orders, order } = submitted()
  orders.transition(order, 'unanswered', T0)
  return { orders, order }
}
/** What a listing, asked for and answered later, says against what we believe. */
const list = (orders: Orders, listed: OrderReport[] = []) =>
  reconcileListing(orders, listed, LATER, LATER)

describe('a listing', () => {
  it('that is empty while we believe nothing exposed is clean', () => {
    const verdict = list(new Orders())
    expect(verdict).toEqual({ orphans: [], vanished: [], again: false, clean: true })
  })

  it('with an order that we do not know makes it ours, to be canceled', () => {
    const orders = new Orders()
    const verdict = list(orders, [reportOf({ orderId: 'theirs' })])
    const orphans = [{ orderId: 'theirs', adopted: true, status: 'resting' }]
    expect(verdict).toMatchObject({ orphans, clean: false })
    expect(orders.exposedCount).toBe(1)
  })

  it('that still shows it does not make it ours twice', () => {
    const orders = new Orders()
    list(orders, [reportOf({ orderId: 'theirs' })])
    const verdict = list(orders, [reportOf({ orderId: 'theirs' })])
    expect(verdict.orphans).toHaveLength(0)
    expect(orders.exposedCount).toBe(1)
  })

  it('leaves the orders of the probe alone', () => {
    const probe = reportOf({ orderId: 'probe', clientOrderId: `${PROBE_PREFIX}1` })
    expect(list(new Orders(), [probe]).clean).toBe(true)
  })

  it('of anything but resting orders says nothing', () => {
    const gone = reportOf({ orderId: 'gone', status: 'canceled' })
    expect(list(new Orders(), [gone]).clean).toBe(true)
  })

  it('that agrees with us brings what it knows of the order', () => {
    const { orders, order } = resting()
    const seen = reportOf({ orderId: order.orderId, price: 4300, filled: 300, remaining: 700 })
    list(orders, [{ ...seen, venueAt: LATER }])
    const known = { status: 'resting', filled: 300, remaining: 700, missedListings: 0 }
    expect(order).toMatchObject(known)
  })

  it('names an order whose place was not answered', () => {
    const { orders, order } = unanswered()
    list(orders, [reportOf({ orderId: 'found' })])
    expect(order).toMatchObject({ orderId: 'found', status: 'unknown' })
  })

  it('that lacks a resting order once only asks again, twice means to cancel it', () => {
    const { orders, order } = resting()
    expect(list(orders)).toMatchObject({ again: true, clean: false })
    expect(order.status).toBe('resting')
    expect(list(orders).again).toBe(true)
    expect(order).toMatchObject({ status: 'unknown', cancelWanted: true })
  })

  it('that lacks a named order four times in a row has lost it for good', () => {
    const { orders, order } = resting()
    for (let turn = 0; turn < 3; turn++) list(orders)
    expect(order.status).toBe('unknown')
    expect(list(orders).vanished).toEqual([order])
    expect(order.status).toBe('presumed')
  })

  it('that shows it in between starts the count again', () => {
    const { orders, order } = resting()
    const seen = reportOf({ orderId: order.orderId, price: 4300 })
    list(orders)
    list(orders, [seen])
    list(orders)
    expect(order.status).toBe('resting')
  })

  it('says nothing of an order sent too shortly before it was asked for', () => {
    const { orders, order } = resting()
    const early = T0 + READ_LAG_MS - 1
    for (let turn = 0; turn < 5; turn++) reconcileListing(orders, [], early, early + 1)
    expect(order).toMatchObject({ status: 'resting', missedListings: 0 })
  })

  it('says nothing of an order without a name until its request must have arrived and reads show it', () => {
    const { orders, order } = unanswered()
    for (let turn = 0; turn < 5; turn++) {
      expect(reconcileListing(orders, [], T0 + 5999, LATER).again).toBe(true)
    }
    expect(order.status).toBe('unknown')
    reconcileListing(orders, [], T0 + 6000, LATER)
    expect(reconcileListing(orders, [], T0 + 6000, LATER).vanished).toEqual([order])
    expect(order.status).toBe('presumed')
  })

  it.each(['submitting', 'amending', 'canceling'] as const)(
    'says nothing against an order with a request in flight (%s)',
    (status) => {
      const { orders, order } = resting()
      order.status = status
      for (let turn = 0; turn < 5; turn++) list(orders)
      expect(order.status).toBe(status)
    },
  )

  it('that shows an order we know to be gone is merely late, for five seconds', () => {
    const { orders, order } = resting()
    orders.transition(order, 'ended', T0)
    const seen = [reportOf({ orderId: order.orderId })]
    expect(reconcileListing(orders, seen, T0 + 4999, T0 + 4999).orphans).toHaveLength(0)
    const verdict = reconcileListing(orders, seen, T0 + 5000, T0 + 5000)
    expect(verdict.orphans).toHaveLength(1)
    expect(orders.exposedCount).toBe(1)
  })

  it('is not clean while anything of ours may be exposed', () => {
    const { orders } = submitted()
    expect(reconcileListing(orders, [], T0, T0).clean).toBe(false)
  })
})

describe('an order that vanishes from the listings', () => {
  it('may have been filled, to the most it can have been, until the fills have been read', () => {
    const { orders, order } = unanswered()
    for (const askedAt of [LATER, LATER + 1000]) reconcileListing(orders, [], askedAt, askedAt)
    expect(order).toMatchObject({ status: 'presumed', filled: 0, booked: 0 })
    expect(undelivered(order)).toBe(1000)
  })
})

describe('questions', () => {
  it('go out once they are due, and one at a time', () => {
    const inquiries = new Inquiries()
    expect(inquiries.askIfDue('orders', T0)).toBe(false)
    inquiries.want('orders', T0 + 10)
    expect(inquiries.nextAt).toBe(T0 + 10)
    expect(inquiries.askIfDue('orders', T0 + 9)).toBe(false)
    expect(inquiries.askIfDue('orders', T0 + 10)).toBe(true)
    expect(inquiries.nextAt).toBe(Number.POSITIVE_INFINITY)
    inquiries.want('orders', T0 + 11)
    expect(inquiries.askIfDue('orders', T0 + 20)).toBe(false)
    inquiries.answered('orders', T0 + 10, true, T0 + 30)
    expect(inquiries.askIfDue('orders', T0 + 30)).toBe(true)
  })

  it('keep the earliest time that was wanted', () => {
    const inquiries = new Inquiries()
    inquiries.want('fills', T0 + 100)
    inquiries.want('fills', T0 + 50)
    inquiries.want('fills', T0 + 200)
    expect(inquiries.nextAt).toBe(T0 + 50)
  })

  it('that failed wait twice as long each time, up to eight seconds, and nothing cuts that short', () => {
    const inquiries = new Inquiries()
    const waits = [500, 1000, 2000, 4000, 8000, 8000]
    for (const wait of waits) {
      inquiries.want('orders', T0)
      inquiries.askIfDue('orders', T0 + 1e6)
      inquiries.answered('orders', T0, false, T0)
      inquiries.want('orders', T0)
      expect(inquiries.nextAt).toBe(T0 + wait)
    }
    inquiries.askIfDue('orders', T0 + 1e6)
    inquiries.answered('orders', T0, true, T0)
    inquiries.want('orders', T0)
    expect(inquiries.nextAt).toBe(T0)
  })

  it('remember when the last good answer was asked for, not when it came', () => {
    const inquiries = new Inquiries()
    inquiries.answered('fills', T0, true, T0 + 900)
    inquiries.answered('fills', T0 + 1000, false, T0 + 1900)
    expect(inquiries.answeredAskedAt('fills')).toBe(T0)
  })

  it('in flight are not wanted twice where one answer will do', () => {
    const inquiries = new Inquiries()
    inquiries.want('orders', T0)
    inquiries.askIfDue('orders', T0)
    inquiries.wantUnlessAsked('orders', T0)
    inquiries.answered('orders', T0, true, T0 + 5)
    expect(inquiries.nextAt).toBe(Number.POSITIVE_INFINITY)
  })
})
