// The engine's conversations with the exchange: starting, reconnecting, and the fills that bind it
// to the position. Each transcript is the specification of what is said.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { Engine } from '../../../../src/core/maker/engine.ts'
import type { Event } from '../../../../src/core/vocabulary/events.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import { fillOf, parametersOf, reportOf, T0, TICKER } from '../../../helpers/core.ts'
import {
  CANCELED_BOTH,
  FLAT,
  LEASE,
  placing,
  quoting,
  Transcript,
} from '../../../helpers/engine-transcript.ts'

describe('starting', () => {
  it('asks the market, orders, fills and position, and quotes only after all answers and a live book', () => {
    const t = new Transcript()
    t.begin().connect()
    t.answers('market', 'market', 'orders', 'fills', 'position')
    t.snapshot()
    expect(t.text).toMatchInlineSnapshot(`
      "> start
      = recovering: connecting
      < ask market
      < ask orders
      > lease
      > link-up
      = recovering: reading-market
      < ask fills
      < ask position
      > subscribed orderbook_delta 1
      > market: accepted
      = recovering: clearing-orders
      < ask market
      > market: accepted
      > orders: accepted
      = recovering: reading-fills
      < ask orders
      > fills: accepted
      = recovering: checking-position
      > position: accepted
      = dark: no-snapshot
      > snapshot seq 1
      = quoting
      < place kmm-n-1 bid 10 at 43
      < place kmm-n-2 ask 10 at 47"
    `)
  })

  it('does not quote on a live book before the last answer', () => {
    const t = new Transcript()
    t.begin().connect()
    t.snapshot()
    t.answers('market', 'orders', 'fills')
    expect(t.phase).toBe('recovering: checking-position')
    t.delta('bid', 44, 10)
    expect(t.orders.exposedCount).toBe(0)
    expect(sendsOf(t.answer('position'))).toEqual([
      'place kmm-n-1 bid 10 at 43',
      'place kmm-n-2 ask 10 at 47',
    ])
  })

  it('cancels orphans that it finds, verifies with a second listing, and only then quotes', () => {
    const t = new Transcript()
    t.begin().connect()
    t.snapshot()
    t.answerUntil('orders')
    void t.text
    const orphan = reportOf({ orderId: 'left', clientOrderId: 'kmm-before-7' })
    t.answer('orders', [orphan])
    t.pass(50).accept('cancel', 'kmm-before-7')
    t.answer('orders', [])
    // The orphan may have traded until then, so both are asked once more.
    t.answer('fills', [])
    t.answer('position', FLAT)
    expect(t.text).toMatchInlineSnapshot(`
      "> orders: accepted
      ! orphan-order
      < cancel kmm-before-7 bid
      < ask orders
      > cancel kmm-before-7: accepted
      > orders: accepted
      = recovering: reading-fills
      < ask fills
      > fills: accepted
      = recovering: checking-position
      < ask position
      > position: accepted
      = quoting
      < place kmm-n-1 bid 10 at 43
      < place kmm-n-2 ask 10 at 47"
    `)
  })

  it('asks for all fills when it remembers none, and from its cursor when it does', () => {
    const first = new Transcript()
    const asked = first.begin().connect().lastAsked('fills')
    expect(asked).toBe(0)
    const engine = new Engine(TICKER, parametersOf())
    engine.step({ type: 'fill', at: T0, sid: 1, seq: 0, fill: fillOf() })
    const outcome = accepted([fillOf()])
    // Our clock is ahead of the exchange's, whose times the fills bear.
    const at = T0 + 45_000
    engine.step({ type: 'answer', at, askedAt: at, what: 'fills', outcome })
    // The feed may have missed some before this one.
    const later = fillOf({ tradeId: 'later', venueAt: T0 + 120_000 })
    engine.step({ type: 'fill', at: T0 + 165_000, sid: 1, seq: 0, fill: later })
    const second = new Transcript({ memory: engine.memory })
    expect(second.begin().connect().lastAsked('fills')).toBe(T0 - 60_000)
    expect(second.engine.state.ledger.position).toBe(2000)
  })

  it('does not take an answer to a question of before the connection for one of after it', () => {
    const t = new Transcript()
    t.begin()
    t.connect()
    t.answerUntil('position')
    t.pass(10).hear({ type: 'link-down', reason: 'test' })
    t.pass(10).connect(2)
    t.snapshot()
    t.answerUntil('position')
    // Asked over the first connection: what has been filled since is not in it.
    t.answer('position', FLAT, 5000)
    expect(t.phase).toBe('recovering: checking-position')
    t.answerAll()
    expect(t.phase).toBe('quoting')
  })

  it('waits longer after each failure of a question, whatever else wants the answer', () => {
    const t = new Transcript()
    t.begin().connect()
    t.snapshot()
    t.answerUntil('orders')
    const asked: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      t.fail('orders')
      while (!t.open.has('orders')) t.sleepAlive(100)
      asked.push(t.at - T0 - 1000)
    }
    expect(asked).toEqual([500, 1500, 3500, 7500, 15_500, 23_500])
  })
})

describe('a lost connection', () => {
  it('cancels what is known at once; the new one lists, cancels the rest, verifies and then quotes', () => {
    const t = quoting()
    t.hear({ type: 'link-down', reason: 'closed 1006' })
    t.pass(20).accept('cancel', 'kmm-n-1')
    t.lose('cancel', 'kmm-n-2')
    t.answer('orders', [])
    t.answerAll()
    t.pass(300).connect(2)
    t.snapshot()
    t.answerUntil('orders')
    const ask = t.order('kmm-n-2')
    const left = {
      orderId: ask.orderId,
      clientOrderId: 'kmm-n-2',
      side: 'ask',
      price: 4700,
    } as const
    t.answer('orders', [reportOf(left)])
    t.sleepAlive(200)
    t.accept('cancel', 'kmm-n-2')
    t.answerAll()
    expect(t.text).toMatchInlineSnapshot(`
      "> link-down
      = recovering: connecting
      ! connection-lost
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask
      < ask orders
      > cancel kmm-n-1: accepted
      > cancel kmm-n-2: unknown
      ! outcome-unknown
      < ask fills
      > orders: accepted
      > fills: accepted
      > link-up
      = recovering: reading-market
      < ask market
      < ask orders
      < ask fills
      < ask position
      > subscribed orderbook_delta 2
      > snapshot seq 1
      > market: accepted
      = recovering: clearing-orders
      > fills: accepted
      > position: accepted
      > orders: accepted
      > clock
      < cancel kmm-n-2 ask
      > cancel kmm-n-2: accepted
      < ask orders
      > orders: accepted
      = recovering: reading-fills
      < ask fills
      > fills: accepted
      = recovering: checking-position
      < ask position
      > position: accepted
      = quoting
      < place kmm-n-3 bid 10 at 43
      < place kmm-n-4 ask 10 at 47"
    `)
  })
})

describe('fills', () => {
  it('count before the acknowledgement of their order', () => {
    const t = placing()
    t.fill('kmm-n-1', 4)
    expect([t.engine.state.ledger.position, t.order('kmm-n-1').remaining]).toEqual([400, 600])
    t.accept('place', 'kmm-n-1', { filled: 0, remaining: 10 })
    expect(t.order('kmm-n-1')).toMatchObject({ status: 'resting', remaining: 600, filled: 400 })
  })

  it('count once, however often they come', () => {
    const t = quoting()
    t.fill('kmm-n-1', 4, { tradeId: 'same' })
    t.fill('kmm-n-1', 4, { tradeId: 'same' })
    const same = { tradeId: 'same', orderId: 'x-kmm-n-1', quantity: 400, price: 4300 }
    t.answer('fills', [fillOf(same)])
    expect(t.engine.state.ledger.position).toBe(400)
    expect(t.engine.state.execution.counters.fills).toBe(1)
  })

  it('out of order lead to the same sums as in order', () => {
    const sums = ['123', '312', '231'].map((order) => {
      const t = quoting()
      for (const n of [...order].map(Number)) {
        const side = n === 2 ? 'ask' : 'bid'
        const price = 4300 + n * 100
        t.fill(side === 'bid' ? 'kmm-n-1' : 'kmm-n-2', n, { side, price, venueAt: T0 + n })
      }
      const { position, realized, cost, cash } = t.engine.state.ledger
      return { position, realized, cost, cash }
    })
    expect(sums[1]).toEqual(sums[0])
    expect(sums[2]).toEqual(sums[0])
  })

  it('that are missing are asked for when a later one names another position', () => {
    const t = quoting()
    t.fill('kmm-n-1', 4, { positionAfter: 600 })
    t.sleepAlive(2000)
    t.answer('fills', [fillOf({ tradeId: 'lost', orderId: 'x-kmm-n-1', quantity: 200 })])
    t.answer('position', { ...FLAT, position: 600 })
    expect(t.engine.state.ledger.position).toBe(600)
    expect(t.text).toMatchInlineSnapshot(`
      "> fill kmm-n-1 bid 4 at 43
      > clock
      < ask fills
      < ask position
      > fills: accepted
      < amend kmm-n-1 bid 16 at 43
      > position: accepted"
    `)
  })

  it('as a taker after an amend turn amends toward the touch into cancel and place', () => {
    const t = quoting()
    t.moveTop([44, 46], [47, 49])
    t.acceptBoth('amend')
    t.fill('kmm-n-1', 1, { isTaker: true })
    void t.text
    t.moveTop([47, 49], [50, 52])
    t.accept('cancel', 'kmm-n-1')
    expect(t.text).toMatchInlineSnapshot(`
      "> delta ask 52 +50
      > delta ask 49 -50
      < cancel kmm-n-1 bid
      > delta bid 50 +50
      < amend kmm-n-2 ask 10 at 53
      > delta bid 47 -50
      > cancel kmm-n-1: accepted
      < place kmm-n-3 bid 10 at 49"
    `)
  })
})

describe('a position that differs', () => {
  it('is taken over only after repeated reads, with the fills asked for in between', () => {
    const t = quoting()
    t.pass(60_000).life()
    void t.text
    for (let turn = 0; turn < 5; turn++) {
      t.answerUntil('position')
      t.answer('position', { ...FLAT, position: 700, exposure: 31_500_000 })
      if (turn < 4) expect(t.engine.state.ledger.position).toBe(0)
      t.sleepAlive(turn < 3 ? 1100 : 3100)
    }
    expect(t.engine.state.ledger.position).toBe(700)
    expect(t.text).toContain('! position-adopted')
  })

  it('that agrees on the second read changes nothing', () => {
    const t = quoting({ strategy: { verify_after_seconds: 0 } })
    t.pass(60_000).life()
    t.answerUntil('position')
    t.answer('position', { ...FLAT, position: 700 })
    t.sleepAlive(1100)
    t.answerAll()
    t.sleepAlive(5000)
    expect([t.engine.state.ledger.position, t.open.size]).toEqual([0, 0])
  })
})

describe('the same events', () => {
  const story = (t: Transcript): void => {
    t.moveTop([44, 46], [47, 49])
    t.accept('amend', 'kmm-n-1')
    t.lose('amend', 'kmm-n-2')
    t.fill('kmm-n-1', 6)
    t.sleepAlive(2500)
    t.hear({ type: 'alpha', cents: 1.5, pull: 'none', until: 0 })
    t.delta('bid', 40, 5, t.seq + 2)
    t.sleepAlive(4000)
    t.hear({ type: 'link-down', reason: 'x' })
    t.pass(500).connect(2)
    t.snapshot()
    t.answerAll()
    t.sleepAlive(10_000)
  }

  it('give byte-identical effects in two engines', () => {
    const first = quoting().record()
    story(first)
    const events = first.recorded.map(({ event }) => structuredClone(event) as Event)
    expect(events.length).toBeGreaterThan(30)
    const second = quoting()
    const again = events.map((event) => JSON.stringify(second.engine.step(event)))
    expect(again).toEqual(first.recorded.map(({ effects }) => effects))
  })
})

describe('a small share of the budget', () => {
  it('that holds nothing still lets cancels go', () => {
    const t = quoting()
    t.hear({ type: 'lease', lease: { ...LEASE, refill: 0, capacity: 0 } })
    t.sleepAlive(2000)
    expect(sendsOf(t.command('halt'))).toEqual(CANCELED_BOTH)
  })
})
