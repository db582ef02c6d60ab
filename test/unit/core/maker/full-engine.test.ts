// The full strategy through the whole engine: ladders, guards that the clock lifts, and questions.
//
// An honest exchange answers at once and marks the book, so that each test is only about what the
// maker asks for. Where a test says that the engine wakes itself, it hears nothing but its own
// clock.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { statusOf } from '../../../../src/core/status/view.ts'
import type { Effect, Intent, Question } from '../../../../src/core/vocabulary/events.ts'
import { accepted } from '../../../../src/core/vocabulary/outcome.ts'
import {
  defaultParameters,
  type Limits,
  type Strategy,
} from '../../../../src/core/vocabulary/parameters.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'
import { T0, TICKER } from '../../../helpers/core.ts'
import { isExposed, largest } from '../../../helpers/engine-laws.ts'
import { LEASE, type Timeless, Transcript } from '../../../helpers/engine-transcript.ts'

type Options = NonNullable<ConstructorParameters<typeof Transcript>[0]>

const mark = (t: Transcript, id: string, side: Side, price: number, change: number): Effect[] =>
  change === 0
    ? []
    : [
        ...t.hear({
          ...{ type: 'delta', sid: t.sid, seq: t.seq++, ticker: TICKER, side, price },
          ...{ delta: change, clientOrderId: id, venueAt: t.at },
        } as Timeless),
      ]

/**
 * The exchange does what it is asked, marks the book, and answers; so long as anything is asked.
 */
const serve = (t: Transcript, effects: readonly Effect[]): string[] => {
  const said: string[] = []
  const queue = [...effects]
  for (let turn = 0; queue.length > 0; turn++) {
    if (turn > 1000) throw new Error(`Still asking after 1000 answers: ${said.slice(-5).join()}`)
    const effect = queue.shift()!
    if (effect.type === 'ask') {
      queue.push(...t.answer(effect.what as 'market'))
      continue
    }
    if (effect.type !== 'send') continue
    said.push(...sendsOf([effect]))
    const intent: Intent = effect.intent
    const { clientOrderId: id, side, kind } = intent
    const order = t.order(id)
    const { price, remaining, next } = order
    if (kind === 'cancel') queue.push(...mark(t, id, side, price, -remaining))
    else if (kind === 'place') queue.push(...mark(t, id, side, price, intent.quantity))
    else if (price === next.price)
      queue.push(...mark(t, id, side, price, next.remaining - remaining))
    else {
      queue.push(...mark(t, id, side, price, -remaining))
      queue.push(...mark(t, id, side, next.price, next.remaining))
    }
    if (order.status !== 'done') queue.push(...t.accept(kind, id))
  }
  return said
}

/** One of our resting orders trades, so much of it. */
const take = (t: Transcript, id: string, contracts: number): string[] => {
  const { side, price } = t.order(id)
  const effects = mark(t, id, side, price, -contracts * 100)
  return serve(t, [...effects, ...t.fill(id, contracts)])
}

const FULL: Partial<Strategy> = { ...defaultParameters().strategy, sigma: 0.02 }
const LADDER: Partial<Strategy> = { levels: 3, min_move_ticks: 0 }
const WIDE: Partial<Limits> = { max_position: 100_000, max_dollars_at_risk: 1e6 }

const start = (
  options: Options = {},
  book: [number[], number[]] = [
    [44, 50],
    [46, 50],
  ],
) => {
  const t = new Transcript(options)
  t.hear({ type: 'start', nonce: 'n' })
  t.hear({ type: 'lease', lease: { ...LEASE, refill: 1e6, capacity: 1e6 } })
  t.pass(1000).connect()
  for (const what of [...t.open]) serve(t, [...t.answer(what as 'market')])
  serve(t, [...t.snapshot(...book)])
  tick(t, 4000)
  return t
}

/** Time passes with signs of life and answers; returns what was asked of the exchange meanwhile. */
const tick = (t: Transcript, ms: number): string[] => {
  const said: string[] = []
  const end = t.at + ms
  while (t.at < end) {
    t.at = Math.min(end, Math.max(t.at, t.engine.wakeAt), t.at + 1000)
    said.push(...serve(t, [...t.life()]))
  }
  return said
}

/**
 * Only the engine's own clock. The connection is kept from being stale by a rule of a long wait.
 */
const wakeOnly = (t: Transcript, ms: number): string[] => {
  const said: string[] = []
  const end = t.at + ms
  for (let turn = 0; t.engine.wakeAt <= end; turn++) {
    if (turn > 5000) throw new Error(`Busy loop: woken 5000 times in ${ms} ms`)
    t.at = Math.max(t.at, t.engine.wakeAt)
    said.push(...serve(t, [...t.hear({ type: 'clock' })]))
  }
  t.at = end
  return said
}

const shown = (t: Transcript, side: Side): string =>
  [0, 1, 2]
    .flatMap((level) => {
      const order = t.orders.slot(side, level)
      return order === null ? [] : [`${order.remaining / 100}@${order.price / 100}`]
    })
    .join(' ')

const move = (t: Transcript, from: [number, number], to: [number, number]): string[] => {
  const said: string[] = []
  const up = to[0] > from[0]
  const sides: Side[] = up ? ['ask', 'bid'] : ['bid', 'ask']
  for (const side of sides) {
    const index = side === 'bid' ? 0 : 1
    said.push(...serve(t, [...t.delta(side, to[index]!, 50)]))
    said.push(...serve(t, [...t.delta(side, from[index]!, -50)]))
  }
  return said
}

describe('a ladder of three levels', () => {
  it('shows 1, 1 and 2 lots a tick apart, as far as the largest order goes', () => {
    const t = start({ strategy: LADDER, limits: WIDE })
    expect(shown(t, 'bid')).toBe('10@43 10@42 10@41')
    const t2 = start({ strategy: LADDER, limits: { ...WIDE, max_order_size: 2000 } })
    expect([shown(t2, 'bid'), shown(t2, 'ask')]).toEqual(['10@43 10@42 20@41', '10@47 10@48 20@49'])
  })

  it('moves exactly one order of a side when the market moves by one tick', () => {
    const t = start({ strategy: LADDER, limits: { ...WIDE, max_order_size: 2000 } })
    void t.text
    const said = move(t, [44, 46], [45, 47])
    // The others change roles; the one in the middle, twice as large while it was outside, shrinks.
    expect(said).toEqual([
      'amend kmm-n-3 bid 10 at 44',
      'decrease kmm-n-6 ask to 10',
      'amend kmm-n-4 ask 20 at 50',
    ])
    expect([shown(t, 'bid'), shown(t, 'ask')]).toEqual(['10@44 10@43 10@42', '10@48 10@49 20@50'])
  })

  it('shows the inner ones first where the limits leave room for some only', () => {
    const t = start({ strategy: LADDER, limits: { max_position: 1500, max_order_size: 1000 } })
    expect([shown(t, 'bid'), shown(t, 'ask')]).toEqual(['10@43 5@42', '10@47 5@48'])
  })

  it('loses its outer orders, and keeps the inner ones, when one level is asked for', () => {
    const t = start({ strategy: LADDER, limits: WIDE })
    const inner = [t.orders.slot('bid')!.clientOrderId, t.orders.slot('ask')!.clientOrderId]
    const said = serve(t, [...t.configure({ strategy: { levels: 1 } })])
    expect(said.map((line) => line.split(' ')[0])).toEqual(Array(4).fill('cancel'))
    expect([shown(t, 'bid'), shown(t, 'ask')]).toEqual(['10@43', '10@47'])
    expect([t.orders.slot('bid')!.clientOrderId, t.orders.slot('ask')!.clientOrderId]).toEqual(
      inner,
    )
  })
  it('says of each order its own price, not that of the innermost', () => {
    const t = start({ strategy: LADDER, limits: WIDE })
    const { levels } = statusOf(t.engine, t.at)
    expect(levels.bid.map(({ why }) => why?.price)).toEqual([43, 42, 41])
  })

  const step = fc.record({
    what: fc.integer({ min: 0, max: 9 }),
    a: fc.integer({ min: 0, max: 1000 }),
    b: fc.integer({ min: 1, max: 20 }),
  })

  it.each([
    ['full', { ...FULL, levels: 3, burst_pause_seconds: 0 }],
    ['linear', LADDER],
    ['full, placed by queue value', { ...FULL, levels: 3, placement: 'queue' as const }],
  ])('never passes its limits, nor doubles a level, nor crosses itself: %s', (_, strategy) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const limits = { max_position: 4500, max_order_size: 2000 }
        const t = start({ strategy, limits })
        let top: [number, number] = [44, 46]
        for (const { what, a, b } of steps) {
          const live = t.orders.live.filter((order) => order.status === 'resting')
          if (what < 5 && live.length > 0) {
            const order = live[a % live.length]!
            take(t, order.clientOrderId, Math.min(b, order.remaining / 100))
          } else if (what < 8) {
            const by = a % 2 === 0 ? 1 : -1
            if (top[0] + by < 20 || top[1] + by > 80) continue
            const to: [number, number] = [top[0] + by, top[1] + by]
            move(t, top, to)
            top = to
          } else tick(t, 500 * b)
          const { position } = t.engine.state.ledger
          for (const side of ['bid', 'ask'] as const) {
            const own = t.orders.live.filter((order) => order.side === side && isExposed(order))
            const sum = own.reduce((total, order) => total + largest(order), 0)
            expect(sum + (side === 'bid' ? position : -position)).toBeLessThanOrEqual(4500)
            expect(new Set(own.map(({ level }) => level)).size).toBe(own.length)
          }
          const bids = t.orders.live.filter((o) => o.side === 'bid' && isExposed(o))
          const asks = t.orders.live.filter((o) => o.side === 'ask' && isExposed(o))
          const highest = Math.max(0, ...bids.map((order) => order.price))
          expect(highest).toBeLessThan(Math.min(10_000, ...asks.map((order) => order.price)))
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('guards that the clock lifts, with no other event', () => {
  const patient = { ...FULL, stale_after_seconds: 3600, reconcile_seconds: 3600 }

  it('news: nothing from a minute before until half a minute after, then wide and fading', () => {
    const release = T0 + 200_000
    const t = start({ strategy: { ...patient, news_times: [release] } })
    wakeOnly(t, release - 60_000 - t.at - 1)
    expect(t.phase).toBe('quoting')
    wakeOnly(t, 1)
    expect([t.phase, t.orders.exposedCount]).toEqual(['paused: news', 0])
    wakeOnly(t, 90_000 - 1)
    expect(t.phase).toBe('paused: news')
    wakeOnly(t, 1)
    expect([t.phase, t.orders.exposedCount]).toEqual(['quoting', 2])
    expect(statusOf(t.engine, t.at).timing.widen).toBe(2)
    expect(t.engine.state.quoter.reasons.bid.widen).toBe(2)
    wakeOnly(t, 300_000)
    expect(statusOf(t.engine, t.at).timing.widen).toBe(1)
  })

  it('a jump: nothing for ten seconds, then one and a half times the width for a minute', () => {
    const t = start({ strategy: patient })
    move(t, [44, 46], [52, 54])
    expect([t.phase, t.orders.exposedCount]).toEqual(['paused: jump', 0])
    wakeOnly(t, 9999)
    expect(t.phase).toBe('paused: jump')
    wakeOnly(t, 1)
    expect([t.phase, t.engine.state.quoter.reasons.ask.widen]).toEqual(['quoting', 1.5])
    wakeOnly(t, 60_000)
    expect(t.engine.state.quoter.reasons.ask.widen).toBe(1)
  })

  it('a burst: a side filled twice in two seconds rests for a while, the other stays', () => {
    // Not a whole second, at which a row of the tape would wake it.
    const t = start({ strategy: { ...patient, burst_pause_seconds: 4.7 } })
    const bid = t.orders.slot('bid')!.clientOrderId
    take(t, bid, 1)
    t.pass(1000)
    take(t, bid, 1)
    expect(t.engine.state.quoter.silence.bid).toBe('burst')
    expect([t.orders.slot('bid'), t.orders.slot('ask') === null]).toEqual([null, false])
    wakeOnly(t, 4699)
    expect(t.orders.slot('bid')).toBeNull()
    wakeOnly(t, 1)
    expect(t.orders.slot('bid')).not.toBeNull()
  })

  it('the last minutes: only what reduces, then nothing, then the close', () => {
    const closeAt = T0 + 600_000
    const t = start({ strategy: patient, market: { closeAt, expectedAt: closeAt } })
    take(t, t.orders.slot('bid')!.clientOrderId, 4)
    wakeOnly(t, closeAt - 300_000 - t.at - 1)
    expect([t.orders.slot('bid') === null, t.orders.slot('ask') === null]).toEqual([false, false])
    wakeOnly(t, 1)
    expect([t.engine.state.quoter.silence.bid, t.orders.slot('bid')]).toEqual(['near-close', null])
    expect(t.orders.slot('ask')?.remaining).toBe(400)
    wakeOnly(t, 270_000)
    expect([t.phase, t.orders.exposedCount]).toEqual(['paused: near-close', 0])
    wakeOnly(t, 30_000)
    expect(t.phase).toBe('idle: market-past-close')
  })

  it('an event before the close counts as the end', () => {
    const event_time = T0 + 400_000
    const t = start({ strategy: { ...patient, event_time } })
    wakeOnly(t, event_time - 300_000 - t.at - 1)
    expect(t.orders.exposedCount).toBe(2)
    wakeOnly(t, 1)
    expect(t.orders.exposedCount).toBe(0)
    wakeOnly(t, 270_000)
    expect(t.phase).toBe('paused: near-close')
  })

  it('a market that can close early is only reduced in from five minutes before it is expected to', () => {
    const market = { canCloseEarly: true, expectedAt: T0 + 600_000, closeAt: T0 + 90_000_000 }
    const t = start({ strategy: patient, market })
    wakeOnly(t, 300_000 - (t.at - T0) - 1)
    expect(t.orders.exposedCount).toBe(2)
    wakeOnly(t, 1)
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'near-close', ask: 'near-close' })
    wakeOnly(t, 2_000_000)
    expect(t.orders.exposedCount).toBe(0)
    serve(t, [...t.configure({ strategy: { event_time: T0 + 80_000_000 } })])
    expect(t.orders.exposedCount).toBe(2)
  })
  it('a decided market: only what reduces, from the first look at it on', () => {
    const t = start({ strategy: { ...patient, longshot_cents: 5 } }, [
      [98, 50],
      [99, 50],
    ])
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'near-certain', ask: 'longshot' })
    expect(t.engine.state.execution.counters.placed).toBe(0)
  })

  it('the operator’s pause outlasts them without waking itself again and again', () => {
    const closeAt = T0 + 600_000
    const t = start({ strategy: patient, market: { closeAt, expectedAt: closeAt } })
    serve(t, [...t.command('pause')])
    wakeOnly(t, 400_000)
    expect(t.phase).toBe('paused: operator')
  })
})

describe('reducing only', () => {
  it('shows what is held and no more, whatever trades, and never turns the position round', () => {
    const piece = fc.record({ side: fc.boolean(), part: fc.integer({ min: 1, max: 12 }) })
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (pieces, late) => {
          const closeAt = T0 + 3_000_000
          const strategy = { ...FULL, levels: 3, burst_pause_seconds: 0, max_markout: 0 }
          const t = start({ strategy, market: { closeAt, expectedAt: closeAt } })
          for (const { side, part } of pieces) {
            const order = t.orders.slot(side ? 'bid' : 'ask')
            if (order !== null) take(t, order.clientOrderId, Math.min(part, order.remaining / 100))
            t.pass(100)
          }
          t.at = closeAt - 300_000
          serve(t, [...t.life()])
          tick(t, 2000)
          const before = t.engine.state.ledger.position
          const way: Side = before > 0 ? 'ask' : 'bid'
          for (let turn = 0; turn < 20; turn++) {
            const { position } = t.engine.state.ledger
            expect(Math.sign(position) * Math.sign(before)).not.toBe(-1)
            const exposed = t.orders.live.filter(isExposed)
            const sum = exposed.reduce((total, order) => total + largest(order), 0)
            expect(sum).toBeLessThanOrEqual(Math.abs(position))
            expect(exposed.every(({ side }) => side === way)).toBe(true)
            const order = t.orders.slot(way)
            if (order === null) break
            const part = Math.min(3, order.remaining / 100)
            if (late) {
              // The exchange reports what is filled before it reports the fill.
              const filled = order.filled + part * 100
              const remaining = order.remaining - part * 100
              const status = remaining === 0 ? 'executed' : 'resting'
              serve(t, [...t.report(order.clientOrderId, { filled, remaining, status })])
              const more = t.orders.live.filter(isExposed)
              const left = more.reduce((total, other) => total + largest(other), 0)
              expect(left).toBeLessThanOrEqual(Math.abs(position) - part * 100)
              serve(t, [...t.fill(order.clientOrderId, part)])
            } else take(t, order.clientOrderId, part)
            tick(t, 1000)
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('fills that cost more than they earn', () => {
  it('stop the market once that is more than chance, and say so', () => {
    const patient = { stale_after_seconds: 7200, reconcile_seconds: 3600 }
    const t = start({ strategy: { ...FULL, ...patient, burst_pause_seconds: 0 } })
    const { markouts } = t.engine.state.quoter.estimators
    // For 50 minutes bought and sold at the fair value, which falls after the one and rises after
    // the other.
    for (let i = 0; i < 50; i++) {
      const isBid = i % 2 === 0
      markouts.onFill(isBid ? 'bid' : 'ask', isBid ? 45 : 44, isBid ? 45 : 44, 10, t.at)
      t.pass(60_000)
      if (i < 34) expect(markouts.results.isLosing).toBe(false)
    }
    markouts.onFair(44.5, t.at)
    expect(markouts.results.isLosing).toBe(true)
    serve(t, [...t.hear({ type: 'clock' })])
    expect([t.phase, t.orders.exposedCount]).toEqual(['paused: adverse-fills', 0])
    serve(t, [...t.configure({ strategy: { max_markout: 0 } })])
    expect(t.phase).toBe('quoting')
  })
})

describe('questions about queues and programmes', () => {
  const asked = (strategy: Partial<Strategy>, ms: number): Record<string, number> => {
    const t = start({ strategy: { ...FULL, ...strategy }, limits: WIDE })
    const counts: Record<string, number> = { queue: 0, programmes: 0 }
    const end = t.at + ms
    while (t.at < end) {
      t.at += 500
      const effects = [...t.life()]
      for (const effect of effects) {
        if (effect.type === 'ask' && effect.what in counts) counts[effect.what]!++
      }
      serve(t, effects)
    }
    return counts
  }

  it('are asked only where the answers are used', () => {
    expect(asked({}, 120_000)).toEqual({ queue: 0, programmes: 0 })
    expect(asked({ incentives: 'on' }, 120_000)).toEqual({ queue: 0, programmes: 0 })
  })

  it('are asked at their rates: twice a minute, and every ten minutes', () => {
    expect(asked({ placement: 'queue' }, 300_000)).toEqual({ queue: 10, programmes: 0 })
    expect(asked({ placement: 'queue', incentives: 'on' }, 1_200_000)).toEqual({
      queue: 40,
      programmes: 2,
    })
  })

  it('correct the places in the queue, which the status shows', () => {
    const t = start({ strategy: { ...FULL, placement: 'queue' } }, [
      [43, 200, 44, 50],
      [46, 50],
    ])
    const order = t.orders.slot('bid')!
    const value = [{ orderId: order.orderId, ahead: 1700 }]
    const what: Question = 'queue'
    t.hear({ type: 'answer', askedAt: t.at, what, outcome: accepted(value) } as Timeless)
    expect(statusOf(t.engine, t.at).quotes.bid?.queue_ahead).toBe('17.00')
  })
})
