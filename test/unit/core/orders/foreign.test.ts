// Orders of our account that no maker has placed: canceled, or let alone and counted, as the
// strategy says.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { clearOf, shortOf } from '../../../../src/core/orders/foreign.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import type { OrderReport } from '../../../../src/core/vocabulary/events.ts'
import { LINEAR_CENT, PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import type { Limits, Strategy } from '../../../../src/core/vocabulary/parameters.ts'
import { reportOf, T0 } from '../../../helpers/core.ts'
import { CANCELED_BOTH, quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

const LEAVE = { foreign_orders: 'leave' } as const
const GRID = new PriceGrid(LINEAR_CENT)

/** Quotes 10 at 43 and 47 rest; others show 50 at 44 and 46. */
const leaving = (strategy: Partial<Strategy> = {}, limits: Partial<Limits> = {}): Transcript => {
  const t = quoting({ strategy: { ...LEAVE, min_move_seconds: 0, ...strategy }, limits })
  void t.text
  return t
}
const hand = (t: Transcript, changes: Partial<OrderReport> = {}) => {
  t.pass(10)
  return t.report('hand-1', { price: 4100, remaining: 500, ...changes })
}
const change = (t: Transcript, strategy: Partial<Strategy>) => {
  const { parameters } = t
  const next = { ...parameters, strategy: { ...parameters.strategy, ...strategy } }
  return t.hear({ type: 'configure', parameters: next })
}
const foreignOf = ({ engine, at }: Transcript) => statusOf(engine, at).foreign_orders
const canceledIn = (t: Transcript): string[] => t.text.match(/< cancel .*/g) ?? []

describe('an order that no maker has placed', () => {
  it('is canceled as an orphan unless it is to be left', () => {
    const t = quoting()
    expect(sendsOf(hand(t))).toEqual(['cancel hand-1 bid'])
    expect(foreignOf(t).count).toBe(0)
  })

  it('is left where it is to be left, with or without a client order id, and shown', () => {
    const t = leaving()
    expect(sendsOf(hand(t))).toEqual([])
    expect(
      sendsOf(hand(t, { clientOrderId: '', orderId: 'page', side: 'ask', price: 4900 })),
    ).toEqual([])
    t.sleepAlive(5_000)
    expect(canceledIn(t)).toEqual([])
    expect(t.engine.state.execution.counters.orphans).toBe(0)
    expect(foreignOf(t)).toEqual({
      ...{ count: 2, bid: '5.00', ask: '5.00' },
      orders: [
        { order_id: 'x-hand-1', side: 'bid', price: '0.4100', quantity: '5.00' },
        { order_id: 'page', side: 'ask', price: '0.4900', quantity: '5.00' },
      ],
    })
  })

  it('of an earlier run of a maker is canceled all the same', () => {
    const t = leaving()
    expect(sendsOf(t.report('kmm-old-7', { price: 4000 }))).toEqual(['cancel kmm-old-7 bid'])
  })

  it('that turns out to be ours when a report names it is canceled', () => {
    const t = leaving()
    hand(t, { clientOrderId: '' })
    t.pass(10)
    expect(sendsOf(hand(t, { clientOrderId: 'kmm-old-7' }))).toHaveLength(1)
  })

  it('is not touched by a halt, a pause or a removal, which are proven without it', () => {
    for (const act of ['halt', 'pause', 'stop'] as const) {
      const t = leaving()
      hand(t)
      const since = t.at
      const effects = act === 'stop' ? t.hear({ type: 'stop' }) : t.command(act)
      expect(sendsOf(effects)).toEqual(CANCELED_BOTH)
      t.acceptBoth('cancel')
      t.sleepAlive(3_000)
      if (act === 'pause') continue
      t.answerAll()
      expect([t.engine.provenClean(since), foreignOf(t).count]).toEqual([true, 1])
      expect(canceledIn(t).filter((line) => line.includes('hand'))).toEqual([])
    }
  })

  it('does not hold up a recovery', () => {
    const t = leaving()
    hand(t)
    t.hear({ type: 'link-down', reason: 'cut' })
    t.acceptBoth('cancel')
    t.pass(3_000).connect(2)
    t.snapshot()
    t.answerAll()
    t.sleepAlive(3_000)
    t.answerAll()
    expect([t.phase, foreignOf(t).count]).toEqual(['quoting', 1])
    expect(canceledIn(t).filter((line) => line.includes('hand'))).toEqual([])
  })

  it('is gone when its report says so, and when two listings lack it', () => {
    const t = leaving()
    hand(t)
    hand(t, { status: 'canceled', remaining: 0 })
    expect(foreignOf(t).count).toBe(0)
    t.report('hand-2', { price: 4100 })
    t.pass(3_000).life()
    t.answer('orders', ours(t))
    expect(foreignOf(t).count).toBe(1)
    t.pass(1_000).life()
    t.answer('orders', ours(t))
    expect(foreignOf(t).count).toBe(0)
    t.pass(1_000)
    // It was only late: it rests again, and nobody cancels it.
    expect(sendsOf(t.report('hand-2', { price: 4100, remaining: 500 }))).toEqual([])
    expect([foreignOf(t).count, t.order('hand-2').status]).toEqual([1, 'resting'])
  })

  it('is over when it has filled; its fills move the position and are no markout of ours', () => {
    const t = leaving()
    hand(t)
    t.pass(10)
    t.fill('hand-1', 5)
    expect([foreignOf(t).count, t.engine.state.ledger.position]).toEqual([0, 500])
    expect(t.engine.state.quoter.estimators.markouts.fills('bid')).toBe(0)
    t.fill('kmm-n-1', 1)
    expect(t.engine.state.quoter.estimators.markouts.fills('bid')).toBe(1)
  })

  it('counts in the limits', () => {
    const t = leaving({}, { max_position: 1200 })
    expect(sendsOf(hand(t, { remaining: 700 }))).toEqual(['decrease kmm-n-1 bid to 5'])
  })

  it('is no news of the market: the book of others is without it', () => {
    const t = leaving()
    t.delta('bid', 45, 5)
    expect(t.engine.state.quoter.top.bid).toBe(4500)
    hand(t, { price: 4500 })
    expect(t.engine.state.quoter.top.bid).toBe(4400)
  })
})

const ours = (t: Transcript): OrderReport[] =>
  ['kmm-n-1', 'kmm-n-2'].map((id) => {
    const { orderId, clientOrderId, side, price, remaining, expiresAt } = t.order(id)
    return reportOf({ orderId, clientOrderId, side, price, remaining, expiresAt, venueAt: t.at })
  })

describe('our quote beside a foreign order', () => {
  it('goes one tick behind it at its price, and says why', () => {
    const t = leaving({ min_move_ticks: 0 })
    const effects = hand(t, { price: 4300 })
    expect(sendsOf(effects)).toEqual(['amend kmm-n-1 bid 10 at 42'])
    expect(statusOf(t.engine, t.at).explain?.bid.clamps).toContain('foreign-order')
  })

  it('stays where it is when the other rests elsewhere', () => {
    const t = leaving({ min_move_ticks: 0 })
    expect(sendsOf(hand(t, { price: 4200 }))).toEqual([])
    expect(sendsOf(hand(t, { price: 4400, clientOrderId: '', orderId: 'page' }))).toEqual([])
  })

  it('stops one tick short of meeting it', () => {
    const t = leaving({ min_move_ticks: 0 })
    expect(sendsOf(hand(t, { side: 'ask', price: 4300 }))).toEqual(['amend kmm-n-1 bid 10 at 42'])
  })

  it('is silent where no price is left', () => {
    const t = leaving({ min_move_ticks: 0 }, { min_price: 4300 })
    expect(sendsOf(hand(t, { price: 4300 }))).toEqual(['cancel kmm-n-1 bid'])
    expect(t.engine.state.quoter.silence.bid).toBe('foreign-order')
  })

  it('of outer levels stays behind the inner one', () => {
    const t = quoting({ strategy: { ...LEAVE, model: 'full', levels: 2 } })
    const { wanted } = t.engine.decider.quotes.targets
    const inner = wanted.bid[0]!.price
    hand(t, { price: inner })
    const [first, second] = [wanted.bid[0]!.price, wanted.bid[1]!.price]
    expect(first).toBe(inner - 100)
    expect(second).toBeLessThan(first)
  })
})

describe('flattening beside a foreign order', () => {
  const flattened = (side: 'bid' | 'ask', price: number, better = 0): string[] => {
    const still = { min_move_ticks: 1000, min_move_seconds: 3600 }
    const t = quoting({ strategy: { ...LEAVE, ...still } })
    t.fill('kmm-n-1', 4)
    t.answerAll()
    if (better > 0) t.delta('bid', 45, better)
    hand(t, { side, price, remaining: 300 })
    void t.text
    t.hear({ type: 'flatten', limit: 4200 })
    for (const { status, clientOrderId } of t.orders.live) {
      if (status === 'canceling') t.accept('cancel', clientOrderId)
    }
    t.life()
    return t.text.match(/(?<=< )place .*/g) ?? []
  }

  it('does not wait for it, and takes no price at which it would be met', () => {
    expect(flattened('ask', 4900)).toEqual(['place kmm-n-3 ask 4 at 44'])
    expect(flattened('bid', 4300)).toEqual(['place kmm-n-3 ask 4 at 44'])
    expect(flattened('bid', 4400)).toEqual([])
    expect(flattened('bid', 4400, 3)).toEqual(['place kmm-n-3 ask 3 at 45'])
  })
})

describe('a change of the parameter', () => {
  it('to cancel cancels what was left', () => {
    const t = leaving()
    hand(t)
    expect(sendsOf(change(t, { foreign_orders: 'cancel' }))).toEqual(['cancel hand-1 bid'])
  })

  it('to leave stops canceling; one whose cancel is lost on its way is let alone from then on', () => {
    const t = quoting()
    hand(t)
    change(t, LEAVE)
    void t.text
    t.lose('cancel', 'hand-1')
    t.sleepAlive(3_000)
    expect(canceledIn(t)).toEqual([])
    hand(t)
    expect(t.order('hand-1').status).toBe('resting')
    expect([t.phase, foreignOf(t).count]).toEqual(['quoting', 1])
  })
})

describe('a clear price', () => {
  const resting = (...list: [side: 'bid' | 'ask', price: number][]): Orders => {
    const orders = new Orders()
    orders.leaveForeign(true)
    list.forEach(([side, price], index) => {
      const report = { orderId: `o${index}`, clientOrderId: `hand-${index}`, side, price }
      orders.adopt(reportOf({ ...report, venueAt: T0 }), T0)
    })
    return orders
  }

  it('is behind all that stand in a row, and none at the end of the grid', () => {
    const { live } = resting(['bid', 4300], ['bid', 4200], ['bid', 100], ['ask', 4700])
    expect(clearOf('bid', 4300, live, GRID)).toBe(4100)
    expect(clearOf('bid', 4250, live, GRID)).toBe(4250)
    expect(clearOf('bid', 100, live, GRID)).toBe(0)
    expect(clearOf('ask', 4700, live, GRID)).toBe(4800)
    expect(clearOf('ask', 4200, live, GRID)).toBe(4400)
    expect(shortOf('ask', 4700, live, GRID)).toBe(4700)
    expect(shortOf('bid', 9000, live, GRID)).toBe(4600)
  })
})
