// What people see of a maker: every field of the status and of the live view, from a real engine.

import { describe, expect, it } from 'vitest'
import { Engine } from '../../../../src/core/maker/engine.ts'
import { LADDER_LEVELS } from '../../../../src/core/status/status.ts'
import { statusOf, viewOf } from '../../../../src/core/status/view.ts'
import type { Effect, Event, PlaceIntent } from '../../../../src/core/vocabulary/events.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'
import {
  fillOf,
  type Levels,
  parametersOf,
  quotingEngine,
  T0,
  TICKER,
} from '../../../helpers/core.ts'

const BOOK: Levels = { bids: [4400, 5000], asks: [4600, 5000] }
const FIXED = { strategy: { sigma: 0, gamma: 0, k: 1 / 1.4, min_half_spread: 0 } }

/**
 * The engine and the orders that it has placed, acknowledged 40 ms later as x-bid and x-ask, and
 * marked as shown by the book given.
 */
const quoting = (book: Levels = BOOK): Engine => {
  const engine = quotingEngine(book, FIXED)
  for (const side of ['bid', 'ask'] as const) {
    const order = engine.state.execution.orders.slot(side)
    if (order === null) throw new Error(`Setup failed: found no ${side}, wanted one`)
    const { clientOrderId, price, remaining } = order
    const outcome = accepted({ orderId: `x-${side}`, filled: 0, remaining, venueAt: T0 + 40 })
    engine.step({ type: 'reply', at: T0 + 40, kind: 'place', clientOrderId, outcome })
    engine.state.execution.orders.applyBookChange(clientOrderId, price, remaining, T0 + 40)
  }
  return engine
}
const step = (engine: Engine, event: Event): Effect[] => engine.step(event).slice()
/** A fill of one of the two orders, at its price. */
const traded = (engine: Engine, side: Side, quantity: number, at: number, more = {}): void => {
  const price = side === 'bid' ? 4300 : 4700
  filled(engine, { side, price, quantity, orderId: `x-${side}`, ...more }, at)
}
const filled = (engine: Engine, changes: Parameters<typeof fillOf>[0], at: number): void => {
  step(engine, { type: 'fill', at, sid: 0, seq: 0, fill: fillOf({ venueAt: at, ...changes }) })
}

describe('the status', () => {
  it('of a maker that has not started knows nothing and says so', () => {
    const status = statusOf(new Engine(TICKER, parametersOf()), T0)
    expect(status).toMatchObject({
      ...{ ticker: TICKER, phase: 'idle', reason: 'not-started' },
      ...{ book: { bid: null, ask: null, mid: null }, quotes: { bid: null, ask: null } },
      silence: { bid: 'waiting', ask: 'waiting' },
      ...{ position: '0.00', average_price: null, model: null, market: null },
      pnl: { realized: '0.000000', unrealized: '0.000000', fees: '0.000000' },
      latency: { last_ms: null, p50_ms: null, p99_ms: null, count: 0 },
    })
  })

  it('of a quoting maker shows the others’ book, our quotes and what they are made of', () => {
    const status = statusOf(quoting(), T0)
    expect(status).toMatchObject({
      phase: 'quoting',
      reason: 'quoting',
      since: new Date(T0).toISOString(),
      book: { bid: '0.4400', ask: '0.4600', mid: '0.45000' },
      quotes: {
        bid: { price: '0.4300', quantity: '10.00', order_id: 'x-bid' },
        ask: { price: '0.4700', quantity: '10.00', order_id: 'x-ask' },
      },
      silence: { bid: null, ask: null },
      latency: { last_ms: 40, p50_ms: 40, p99_ms: 40, count: 2 },
      model: {
        ...{ fair_cents: 45, alpha_cents: 0, reservation_cents: 45, half_spread_cents: 1.4 },
        ...{ sigma_cents: 0, horizon_s: 300 },
      },
      market: {
        ...{ status: 'active', exchange_index: 0 },
        close_time: new Date(T0 + 3_600_000).toISOString(),
      },
    })
    expect(status.counters).toMatchObject({ placed: 2, gaps: 0, malformed: 0, price_jumps: 0 })
  })

  it('shows an order on its way without an id', () => {
    const status = statusOf(quotingEngine(BOOK, FIXED), T0)
    expect(status.quotes.bid).toMatchObject({ price: '0.4300', quantity: '10.00', order_id: null })
  })

  it('leaves our own orders out of the book, even where we are alone at the best price', () => {
    const engine = quoting()
    const { clientOrderId } = engine.state.execution.orders.slot('bid')!
    const delta = { type: 'delta', sid: 1, ticker: TICKER, side: 'bid' } as const
    const ours = { price: 4300, delta: 1000, clientOrderId, venueAt: T0 + 45 }
    step(engine, { ...delta, at: T0 + 50, seq: 2, ...ours })
    const others = { price: 4400, delta: -5000, clientOrderId: '', venueAt: T0 + 55 }
    step(engine, { ...delta, at: T0 + 60, seq: 3, ...others })
    expect(engine.state.book.depth('bid', 1)).toEqual([[4300, 1000]])
    expect(statusOf(engine, T0).book).toEqual({ bid: null, ask: '0.4600', mid: null })
    expect(statusOf(engine, T0).model).toBe(null)
  })

  it('values a long at the mid, in dollars, fees apart', () => {
    const engine = quoting()
    traded(engine, 'bid', 400, T0 + 90, { fee: 10_000 })
    const status = statusOf(engine, T0)
    expect(status).toMatchObject({ position: '4.00', average_price: '0.430000' })
    // 4 contracts bought at 43 and worth 45 cents.
    // Closed into the bid of 44 at 7 % taker's fee, it would have lost.
    expect(status.pnl).toEqual({
      ...{ realized: '0.000000', unrealized: '0.080000', fees: '0.010000' },
      ...{ mark: '0.45000', mark_source: 'mid', mark_age_seconds: 0 },
      ...{ liquidation: '-0.029000', liquidation_missing: '0.00' },
      ...{ equity: '0.070000', liquidation_equity: '-0.039000' },
    })
    expect(status.quotes.bid).toMatchObject({ quantity: '6.00' })
    expect(status.counters.fills).toBe(1)
  })

  it('values a short likewise, and books what was closed', () => {
    const engine = quoting()
    traded(engine, 'ask', 400, T0 + 90, { tradeId: 'a' })
    expect(statusOf(engine, T0)).toMatchObject({
      position: '-4.00',
      average_price: '0.470000',
      pnl: { realized: '0.000000', unrealized: '0.080000' },
    })
    traded(engine, 'bid', 300, T0 + 95, { tradeId: 'b' })
    expect(statusOf(engine, T0)).toMatchObject({
      position: '-1.00',
      pnl: { realized: '0.120000', unrealized: '0.020000' },
    })
  })

  it('shows no book and no mid once the book is dark, and values at the last mid', () => {
    const engine = quoting()
    traded(engine, 'bid', 400, T0 + 90)
    step(engine, { type: 'link-down', at: T0 + 100, reason: 'test' })
    const status = statusOf(engine, T0)
    expect(status).toMatchObject({ phase: 'recovering', book: { bid: null, ask: null, mid: null } })
    expect(status.pnl).toMatchObject({
      ...{ unrealized: '0.080000', mark: '0.45000', mark_source: 'last' },
      ...{ liquidation: null, liquidation_missing: null, liquidation_equity: null },
    })
    expect(statusOf(engine, T0 + 12_090).pnl.mark_age_seconds).toBe(12)
  })

  it('gives every silent side its reason', () => {
    const engine = quotingEngine({ bids: [4400, 5000], asks: [] }, FIXED)
    expect(statusOf(engine, T0).silence).toEqual({ bid: 'one-sided-book', ask: 'one-sided-book' })
    const paused = quotingEngine(BOOK, FIXED)
    step(paused, { type: 'command', at: T0 + 1, command: 'pause', reason: 'operator' })
    expect(statusOf(paused, T0)).toMatchObject({ phase: 'paused', reason: 'operator' })
  })

  it('shows the parameters the way they are given: contracts and dollars as strings', () => {
    const { parameters } = statusOf(quoting(), T0)
    expect(parameters.strategy).toMatchObject({ model: 'linear', size: '10.00', sigma: 0 })
    expect(parameters.limits).toMatchObject({
      ...{ max_order_size: '10.00', max_position: '50.00', max_dollars_at_risk: 50 },
      ...{ min_price: '0.0100', max_price: '0.9900' },
    })
  })

  it('is plain JSON', () => {
    const status = statusOf(quoting(), T0)
    expect(JSON.parse(JSON.stringify(status))).toEqual(status)
  })

  it('takes its percentiles from all latencies kept', () => {
    const engine = quoting()
    engine.state.latencies.length = 0
    for (let ms = 1; ms <= 100; ms++) engine.state.latencies.push(101 - ms)
    const latency = { last_ms: 1, p50_ms: 51, p99_ms: 100, count: 100 }
    expect(statusOf(engine, T0).latency).toEqual(latency)
  })
})

describe('the live view', () => {
  it('splits each level of the ladder into the others’ part and ours', () => {
    const engine = quoting({ bids: [4400, 5000, 4300, 1500], asks: [4600, 100] })
    const { ladder } = viewOf(engine, T0 + 50)
    // Ours at 43 cents: the reply has come, and the level already holds 15 contracts.
    expect(ladder.bids).toEqual([
      ['0.4400', '50.00', '0.00'],
      ['0.4300', '5.00', '10.00'],
    ])
    expect(ladder.asks).toEqual([['0.4600', '1.00', '0.00']])
  })

  it('never shows more of ours than the level holds', () => {
    const engine = quoting({ bids: [4400, 5000, 4300, 300], asks: [4600, 100] })
    const { ladder } = viewOf(engine, T0 + 50)
    expect(ladder.bids[1]).toEqual(['0.4300', '0.00', '3.00'])
  })

  it('shows a dozen levels a side at most', () => {
    const bids = Array.from({ length: 20 }, (_, n) => [4400 - n * 100, 100]).flat()
    const { ladder } = viewOf(quotingEngine({ bids, asks: [4600, 100] }, FIXED), T0)
    expect(ladder.bids).toHaveLength(LADDER_LEVELS)
  })

  it('lists fills newest first, the last twenty', () => {
    const engine = quotingEngine(BOOK, FIXED)
    for (let n = 0; n < 25; n++) {
      const side = n % 2 === 0 ? 'bid' : 'ask'
      filled(engine, { tradeId: `t${n}`, orderId: 'other', side, quantity: 100, fee: 100 }, T0 + n)
    }
    const { fills, at, type } = viewOf(engine, T0 + 1000)
    expect([type, at]).toEqual(['view', new Date(T0 + 1000).toISOString()])
    expect(fills).toHaveLength(20)
    expect(fills[0]).toEqual({
      ...{ time: new Date(T0 + 24).toISOString(), trade_id: 't24' },
      ...{ side: 'bid', price: '0.4500', quantity: '1.00', fee: '0.000100' },
    })
  })

  it('changes nothing: looking at a maker is not an event', () => {
    const engine = quoting()
    const before = JSON.stringify([statusOf(engine, T0), engine.memory, engine.wakeAt])
    viewOf(engine, T0 + 500)
    expect(JSON.stringify([statusOf(engine, T0), engine.memory, engine.wakeAt])).toBe(before)
  })
})

describe('the setup of these tests', () => {
  it('places one bid and one ask at once', () => {
    const engine = quotingEngine(BOOK, FIXED)
    const placed = [...engine.state.out]
      .filter((effect) => effect.type === 'send')
      .map((effect) => effect.intent as unknown as PlaceIntent)
    expect(placed.map(({ side, price }) => [side, price])).toEqual([
      ['bid', 4300],
      ['ask', 4700],
    ])
  })
})
