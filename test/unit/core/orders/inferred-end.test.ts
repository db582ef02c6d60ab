// An end that only we concluded (a refusal, a 404, absence from listings) is undone by the first
// sign of life, whichever way it comes; an end that the exchange told is not.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import {
  settleByFills,
  settleByListing,
  undelivered,
} from '../../../../src/core/orders/inferred-end.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import { fillOf, reportOf, T0 } from '../../../helpers/core.ts'
import { placing, quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

const ID = 'kmm-n-1'
const NAMED = { orderId: `x-${ID}`, clientOrderId: ID, price: 4300 }
const CANCEL = [`cancel ${ID} bid`]

/** The bid was refused; a second one waits for the back-off to pass. */
const refused = (limits = {}): Transcript => {
  const t = placing({ limits })
  t.accept('place', 'kmm-n-2')
  t.refuse('place', ID, 400, 'invalid_order')
  t.answerAll()
  t.pass(200)
  return t
}

/** The bid was sent and never answered; two listings lacked it, and its side quotes again. */
const lost = (limits = {}): Transcript => {
  const t = placing({ limits })
  t.accept('place', 'kmm-n-2')
  t.pass(500).life()
  t.lose('place', ID)
  for (let second = 0; second < 9; second++) t.sleepAlive(1000).answerAll()
  expect(t.order(ID).status).toBe('presumed')
  return t
}

/** The exchange answered a cancel with 404, and the fills have not been read yet. */
const notFound = (): Transcript => {
  const t = quoting()
  t.command('pause')
  t.accept('cancel', 'kmm-n-2')
  t.refuse('cancel', ID, 404, 'not_found')
  expect(t.order(ID).status).toBe('presumed')
  t.pass(100)
  return t
}

const mark = (t: Transcript, change: number, venueAt = t.at) =>
  t.hear({
    ...{ type: 'delta', sid: t.sid, seq: t.seq++, ticker: t.engine.state.ticker },
    ...{ side: 'bid', price: 4300, delta: change * 100, clientOrderId: ID, venueAt },
  })

describe.each([
  ['refused', refused],
  ['not answered and not listed', lost],
  ['not found', notFound],
])('an order that was %s', (_how, story) => {
  it('is canceled at once when a report says that it rests', () => {
    const t = story()
    expect(sendsOf(t.report(ID, { remaining: 1000 }))).toEqual(CANCEL)
    expect(t.order(ID)).toMatchObject({ status: 'canceling', remaining: 1000 })
    expect(t.engine.state.execution.counters.late_orders).toBe(1)
    expect(t.text).toContain('! late-order')
  })

  it('is canceled at once when a part of it trades, and the rest counts', () => {
    const t = story()
    expect(sendsOf(t.fill(ID, 4))).toContain(CANCEL[0])
    expect(t.order(ID)).toMatchObject({ remaining: 600, filled: 400, booked: 400 })
    expect(t.engine.state.ledger.position).toBe(400)
  })

  it('has ended when all of it trades', () => {
    const t = story()
    expect(sendsOf(t.fill(ID, 10))).not.toContain(CANCEL[0])
    expect(t.order(ID).status).toBe('done')
    expect(undelivered(t.order(ID))).toBe(0)
    expect(t.engine.state.ledger.position).toBe(1000)
  })

  it('is canceled when a listing shows it that was asked for late enough', () => {
    const t = story()
    t.pass(2000)
    expect(sendsOf(t.answer('orders', [reportOf({ ...NAMED, venueAt: t.at })]))).toContain(
      CANCEL[0],
    )
  })

  it('comes back with a mark in the book, and is named by the listing then', () => {
    const t = story()
    mark(t, 10)
    const { status, remaining, orderId } = t.order(ID)
    expect([status === 'unknown' || status === 'canceling', remaining]).toEqual([true, 1000])
    if (orderId !== '') return
    expect(t.open.has('orders')).toBe(true)
    t.pass(50)
    expect(sendsOf(t.answer('orders', [reportOf({ ...NAMED, venueAt: t.at })]))).toEqual(CANCEL)
  })

  it('is over for good when the exchange says so', () => {
    const t = story()
    t.report(ID, { status: 'canceled', remaining: 0 })
    expect(t.order(ID).status).toBe('done')
    expect(sendsOf(t.report(ID, { remaining: 1000 }))).not.toContain(CANCEL[0])
    expect(t.order(ID).status).toBe('done')
  })

  it('blocks a second order of its side and level until it is gone', () => {
    const t = story()
    t.report(ID, { remaining: 1000 })
    t.command('resume')
    t.moveTop([44, 46], [45, 47])
    for (let second = 0; second < 3; second++) t.sleepAlive(1000).answerUntil('orders')
    const bids = [...t.orders.exposed('bid')].map(({ clientOrderId }) => clientOrderId)
    expect(bids.filter((id) => id !== ID).length).toBeLessThanOrEqual(1)
    expect(t.text).not.toContain('< place kmm-n-4')
  })
})

describe('an end that the exchange has told', () => {
  it('is not undone by a late copy of an earlier report', () => {
    const t = quoting()
    t.command('pause')
    t.pass(50).accept('cancel', ID)
    for (const venueAt of [t.at - 40, t.at, t.at + 10]) {
      expect(sendsOf(t.report(ID, { remaining: 1000, venueAt }))).toEqual([])
    }
    mark(t, 10)
    t.fill(ID, 2)
    expect(t.order(ID).status).toBe('done')
    expect(t.engine.state.execution.counters.late_orders).toBe(0)
  })
})

describe('an end that was inferred', () => {
  it('is not undone by news that is no newer than what was known before', () => {
    const t = notFound()
    const { venueAt } = t.order(ID)
    expect(sendsOf(t.report(ID, { remaining: 1000, venueAt }))).toEqual([])
    mark(t, 10, venueAt)
    mark(t, -10)
    expect(t.order(ID).status).toBe('presumed')
    // Asked for before the reads had caught up: it neither wakes the order nor proves it gone.
    t.answer('orders', [reportOf({ ...NAMED, venueAt })])
    expect(t.order(ID).status).toBe('presumed')
    expect(t.engine.provenClean(t.at)).toBe(false)
  })

  it('is undone by the answer to an amend that was sent before', () => {
    const t = quoting()
    t.moveTop([44, 46], [43, 45])
    t.command('pause')
    t.refuse('cancel', ID, 404, 'not_found')
    expect(sendsOf(t.accept('amend', ID))).toEqual(CANCEL)
  })

  it('gives way to what a cancel has really removed', () => {
    const t = quoting()
    t.moveTop([44, 46], [43, 45])
    t.command('pause')
    t.refuse('amend', ID, 404, 'not_found')
    expect(undelivered(t.order(ID))).toBe(1000)
    const value = { orderId: `x-${ID}`, filled: null, remaining: 700, venueAt: t.at }
    t.reply('cancel', ID, accepted(value))
    expect(t.order(ID)).toMatchObject({ status: 'done', filled: 300 })
    expect(undelivered(t.order(ID))).toBe(300)
  })
})

describe('while it is only inferred', () => {
  it('a 404 counts as filled until fills were read and a listing lacked it', () => {
    const t = quoting({ limits: { max_position: 1000 } })
    t.moveTop([44, 46], [40, 42])
    t.refuse('amend', ID, 404, 'not_found')
    t.accept('amend', 'kmm-n-2')
    t.sleepAlive(2000)
    t.answerUntil('orders')
    expect(undelivered(t.order(ID))).toBe(1000)
    expect(sendsOf(t.answer('orders'))).toContain('place kmm-n-3 bid 10 at 39')
    expect(undelivered(t.order(ID))).toBe(0)
  })

  it('a create without an answer counts until it can arrive no more', () => {
    const t = lost({ max_position: 1000 })
    expect(t.engine.state.quoter.silence.bid).toBe('position-limit')
    for (let second = 0; second < 48; second++) t.sleepAlive(1000).answerAll()
    expect(t.engine.state.quoter.silence.bid).toBe('position-limit')
    for (let second = 0; second < 8; second++) t.sleepAlive(1000).answerAll()
    expect(undelivered(t.order(ID))).toBe(0)
    expect(t.engine.state.quoter.silence.bid).toBe(null)
  })

  it('a create without an answer counts no longer than it could rest', () => {
    const t = placing({ limits: { max_position: 1000 }, strategy: { order_ttl_seconds: 20 } })
    t.accept('place', 'kmm-n-2')
    t.lose('place', ID)
    for (let second = 0; second < 25; second++) t.sleepAlive(1000).answerAll()
    expect(undelivered(t.order(ID))).toBe(0)
  })

  it('an order that takes counts for a minute without an answer, though it never rests', () => {
    const orders = new Orders()
    const intent = { clientOrderId: 'take-1', side: 'ask', price: 4400, quantity: 500 } as const
    const order = orders.submit({ ...intent, expiresAt: T0, take: { limit: 4200 } }, T0)
    orders.transition(order, 'unanswered', T0 + 5_000)
    orders.assumeFilled(order, T0 + 10_000)
    settleByListing([order], T0 + 59_999)
    settleByFills([order], T0 + 59_999)
    expect(undelivered(order)).toBe(500)
    settleByListing([order], T0 + 60_000)
    settleByFills([order], T0 + 60_000)
    expect(undelivered(order)).toBe(0)
  })

  it('no quote of the other side crosses an order that a 404 has ended', () => {
    const t = quoting()
    t.moveTop([44, 46], [38, 40])
    t.refuse('amend', ID, 404, 'not_found')
    t.accept('amend', 'kmm-n-2')
    const ask = t.order('kmm-n-2')
    t.life()
    expect([ask.price > 4300, ask.next.price > 4300]).toEqual([true, true])
    t.sleepAlive(2000).answerAll()
    expect(ask.next.price).toBe(4100)
  })

  it('a refused order counts again as placed when it rests', () => {
    const t = refused()
    const { counters } = t.engine.state.execution
    const before = counters.contracts_placed
    t.report(ID, { remaining: 1000 })
    expect(counters.contracts_placed).toBe(before + 10)
  })

  it('a refusal is not believed where the feed has shown the order resting', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.report(ID)
    expect(sendsOf(t.refuse('place', ID, 400, 'invalid_order'))).toEqual(CANCEL)
    expect(t.engine.state.execution.counters.contracts_placed).toBe(20)
  })
})

describe('an order that a 404 has ended, while quotes are pulled', () => {
  /** When it was canceled within a minute and a half, and what the exchange answered. */
  const cancels = (t: Transcript, answer: () => void): number[] => {
    const [began, sent] = [t.at - 100, [] as number[]]
    for (let second = 0; second < 90; second++) {
      const before = t.engine.state.execution.counters.canceled
      t.sleepAlive(1_000)
      if (t.engine.state.execution.counters.canceled === before) continue
      sent.push(Math.round((t.at - began) / 1_000))
      answer()
    }
    return sent
  }

  it('is canceled again and again, more and more rarely, while reads fail', () => {
    const t = notFound()
    expect(cancels(t, () => t.refuse('cancel', ID, 404, 'not_found'))).toEqual([5, 10, 20, 40, 80])
    expect(undelivered(t.order(ID))).toBe(1000)
  })

  it('is done when such a cancel finds it', () => {
    const t = notFound()
    const value = { orderId: `x-${ID}`, filled: null, remaining: 1000, venueAt: t.at }
    expect(cancels(t, () => t.reply('cancel', ID, accepted(value)))).toEqual([5])
    expect(t.order(ID)).toMatchObject({ status: 'done', filled: 0 })
    expect(undelivered(t.order(ID))).toBe(0)
  })

  it('is not canceled again when a listing has shown that it is gone', () => {
    const t = notFound()
    t.pass(2_000).answer('orders', [])
    expect(cancels(t, () => t.refuse('cancel', ID, 404, 'not_found'))).toEqual([])
  })

  it('owes its fills until fills can be read again', () => {
    const t = notFound()
    const value = { orderId: `x-${ID}`, filled: null, remaining: 700, venueAt: t.at }
    t.reply('cancel', ID, accepted(value))
    t.sleepAlive(90_000)
    expect(t.orders.unbooked).toBe(300)
    t.answerAll()
    t.sleepAlive(3_000).answerAll()
    expect(t.orders.unbooked).toBe(0)
  })
})

describe('an order that only the book has shown', () => {
  it('is looked for in a listing when its report does not come', () => {
    const t = quoting()
    const change = { side: 'bid', price: 4000, delta: 500, clientOrderId: 'kmm-before-9' } as const
    const head = { type: 'delta', sid: 1, ticker: t.engine.state.ticker, venueAt: t.at } as const
    t.hear({ ...head, ...change, seq: t.seq++ })
    t.sleepAlive(1900)
    expect(t.open.has('orders')).toBe(false)
    t.sleepAlive(200)
    expect(t.open.has('orders')).toBe(true)
  })

  it('is not looked for when its report has come, or when it is the probe’s', () => {
    const t = quoting()
    const change = { side: 'bid', price: 4000, delta: 500 } as const
    const head = { type: 'delta', sid: 1, ticker: t.engine.state.ticker, venueAt: t.at } as const
    t.hear({ ...head, ...change, seq: t.seq++, clientOrderId: 'other-1' })
    t.hear({ ...head, ...change, seq: t.seq++, clientOrderId: 'kmm-probe-1' })
    t.report('other-1')
    t.sleepAlive(3000)
    expect(t.open.has('orders')).toBe(false)
  })
})

it('a fill of a create without an answer names the order, so that it can be canceled', () => {
  const t = placing()
  t.accept('place', 'kmm-n-2')
  t.lose('place', ID)
  expect(t.order(ID).orderId).toBe('')
  const fill = { ...NAMED, quantity: 100, venueAt: t.at }
  t.pass(600)
  const sent = t.hear({ type: 'fill', sid: 9, seq: 0, fill: fillOf({ tradeId: 'one', ...fill }) })
  expect(sendsOf(sent)).toEqual(CANCEL)
})
