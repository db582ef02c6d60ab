// Outcomes of requests: rate limits, rejections, post-only kills, renewals, and what is never sent.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { RATE_LIMIT_PAUSE_MS } from '../../../../src/core/orders/execution.ts'
import { rejected } from '../../../../src/core/vocabulary/outcome.ts'
import {
  CANCELED_BOTH,
  LEASE,
  placing,
  quoting,
  Transcript,
} from '../../../helpers/engine-transcript.ts'

describe('a 429', () => {
  it('on a place lets nothing but cancels out for exactly two seconds, then orders again', () => {
    const t = placing()
    t.refuse('place', 'kmm-n-1', 429, 'too_many_requests')
    t.accept('place', 'kmm-n-2')
    t.moveTop([44, 46], [47, 49])
    expect(t.engine.state.quoter.silence.bid).toBe('rate-limited')
    t.sleepAlive(RATE_LIMIT_PAUSE_MS - 1)
    expect(t.text).not.toMatch(/< (place|amend|decrease)/)
    t.sleepAlive(1)
    expect(sendsOf(t.life())).toEqual([])
    expect(t.text).toMatch(/< place kmm-n-3 bid 10 at 46/)
  })

  it('cancels a quote that must retreat and may not be amended', () => {
    const t = placing()
    t.accept('place', 'kmm-n-1')
    t.refuse('place', 'kmm-n-2', 429, 'too_many_requests')
    t.pass(100)
    t.moveTop([44, 46], [40, 42])
    expect(t.text).toContain('< cancel kmm-n-1 bid')
  })

  it('on a cancel is followed by cancels as the budget allows', () => {
    const t = quoting()
    t.command('pause')
    t.refuse('cancel', 'kmm-n-1', 429, 'too_many_requests')
    t.accept('cancel', 'kmm-n-2')
    void t.text
    t.sleep(499)
    expect(t.text).toBe('')
    t.sleep(1)
    t.refuse('cancel', 'kmm-n-1', 429, 'too_many_requests')
    t.sleep(500)
    t.accept('cancel', 'kmm-n-1')
    expect(t.text).toMatchInlineSnapshot(`
      "> clock
      < cancel kmm-n-1 bid
      > cancel kmm-n-1: 429 too_many_requests
      ! rate-limited
      > clock
      < cancel kmm-n-1 bid
      > cancel kmm-n-1: accepted"
    `)
    expect(t.orders.exposedCount).toBe(0)
  })

  it('on an amend leaves the order as it was', () => {
    const t = quoting()
    t.moveTop([44, 46], [47, 49])
    t.refuse('amend', 'kmm-n-1', 429, 'too_many_requests')
    const before = { status: 'resting', price: 4300, next: { price: 4300 } }
    expect(t.order('kmm-n-1')).toMatchObject(before)
  })
})

describe('a post-only order that would cross', () => {
  const killed = (kill: (t: Transcript, id: string) => void): number[] => {
    // So many refusals in a row prove the book wrong: here only their pace is of interest.
    const t = placing({ strategy: { verify_after_seconds: 0 } })
    t.accept('place', 'kmm-n-2')
    const at: number[] = [t.at]
    kill(t, 'kmm-n-1')
    for (let n = 3; at.length < 9; n++) {
      for (let turn = 0; t.orders.byClient(`kmm-n-${n}`) === undefined; turn++) {
        if (turn > 200) throw new Error('Never placed again')
        t.sleepAlive(50)
        t.answerAll()
      }
      at.push(t.at)
      kill(t, `kmm-n-${n}`)
    }
    return at.slice(1).map((time, index) => time - at[index]!)
  }
  const slower = [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]

  const cross = { status: 'canceled', remaining: 0, reason: 'PostOnlyCrossCancel' } as const
  const kills: [string, (t: Transcript, id: string) => void][] = [
    ['rejected with 400', (t, id) => t.refuse('place', id, 400, 'invalid_order')],
    ['accepted with nothing left', (t, id) => t.accept('place', id, { filled: 0, remaining: 0 })],
    [
      'accepted, then canceled by the exchange a moment later',
      (t, id) => [t.accept('place', id), t.report(id, cross)],
    ],
    [
      'canceled by the exchange before its answer has come',
      (t, id) => [t.report(id, cross), t.accept('place', id)],
    ],
  ]
  it.each(kills)('and is %s is tried again more and more slowly', (_, kill) => {
    expect(killed(kill)).toEqual(slower)
  })

  it('begins with the short wait again after an order that rested', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.refuse('place', 'kmm-n-1', 400, 'invalid_order')
    t.sleepAlive(250)
    t.accept('place', 'kmm-n-3')
    t.sleepAlive(1500)
    t.answerAll()
    t.report('kmm-n-3', cross)
    void t.text
    t.sleepAlive(249)
    expect(t.text).not.toContain('place')
    t.sleepAlive(1)
    expect(t.text).toContain('< place kmm-n-4 bid 10 at 43')
  })
})

describe('an order that is rejected for another reason', () => {
  it('says why the side is silent', () => {
    const t = placing()
    t.refuse('place', 'kmm-n-1', 400, 'insufficient_balance')
    expect(t.engine.state.quoter.silence.bid).toBe('rejected:insufficient_balance')
  })

  it('with 409 has the market read again', () => {
    const t = placing()
    t.refuse('place', 'kmm-n-1', 409, 'trading_is_paused')
    expect(t.open.has('market')).toBe(true)
  })

  it('as an amend is canceled, because its state at the exchange is unknown', () => {
    const t = quoting()
    t.moveTop([44, 46], [47, 49])
    const sent = sendsOf(t.refuse('amend', 'kmm-n-1', 400, 'invalid_price'))
    expect(sent).toEqual(['cancel kmm-n-1 bid'])
  })
})

describe('a cancel that removes less than was left', () => {
  it('means that the rest was filled: it counts, and the fills are asked for', () => {
    const t = quoting()
    t.command('pause')
    t.accept('cancel', 'kmm-n-1', { remaining: 3 })
    expect(t.order('kmm-n-1')).toMatchObject({ status: 'done', filled: 700, booked: 0 })
    expect(t.open.has('fills')).toBe(true)
    expect(t.engine.state.execution.orders.live).toContain(t.order('kmm-n-1'))
  })

  it('may mean the same after a decrease that it overtook, until the fills are read', () => {
    const t = quoting()
    t.configure({ strategy: { size: 500 } })
    expect(t.order('kmm-n-1')).toMatchObject({ status: 'amending', next: { remaining: 500 } })
    t.command('pause')
    t.accept('cancel', 'kmm-n-1', { remaining: 5 })
    expect(t.order('kmm-n-1')).toMatchObject({ status: 'done', filled: 500, booked: 0 })
    expect(t.open.has('fills')).toBe(true)
  })

  it('counts from the larger of the two sizes after an amend of unknown outcome', () => {
    // The amend has raised 7 to 10 and nobody said so; 3 of those were filled; 7 were removed.
    const t = quoting()
    const order = t.order('kmm-n-1')
    order.remaining = 700
    order.next.remaining = 1000
    order.status = 'amending'
    t.command('pause')
    t.accept('cancel', 'kmm-n-1', { remaining: 7 })
    expect(order).toMatchObject({ status: 'done', filled: 300, booked: 0 })
  })
})

describe('a cancel that overtakes an amend', () => {
  it('is not undone by the amend', () => {
    const t = quoting()
    t.moveTop([44, 46], [47, 49])
    expect(sendsOf(t.command('pause'))).toEqual(CANCELED_BOTH)
    t.accept('amend', 'kmm-n-1')
    expect(t.order('kmm-n-1').status).toBe('canceling')
    t.accept('cancel', 'kmm-n-1')
    expect(t.order('kmm-n-1').status).toBe('done')
    t.accept('amend', 'kmm-n-2')
    expect(t.order('kmm-n-2').status).toBe('canceling')
  })
})

describe('an order near its end', () => {
  it('is renewed by an amend that changes neither price nor size, at half of its life', () => {
    const t = quoting()
    const born = t.order('kmm-n-1').expiresAt - 120_000
    while (t.at < born + 59_000) t.sleepAlive(1000).answerAll()
    void t.text
    while (t.at < born + 61_000) t.sleepAlive(500).answerAll()
    const text = t.text
    expect(text).toContain('< amend kmm-n-1 bid 10 at 43')
    expect(text).toContain('< amend kmm-n-2 ask 10 at 47')
    expect(t.order('kmm-n-1').next.expiresAt).toBe(born + 60_000 + 120_000)
    expect(t.engine.state.execution.counters).toMatchObject({ renewed: 2, amended: 0 })
  })

  it('counts what has been filled of it into the total of the renewal', () => {
    const t = quoting()
    t.fill('kmm-n-1', 2)
    while (t.engine.state.execution.counters.renewed === 0) t.sleepAlive(1000).answerAll()
    expect(t.text).toContain('< amend kmm-n-1 bid 10 at 43')
    expect(t.order('kmm-n-1')).toMatchObject({ filled: 200, next: { remaining: 800 } })
  })
})

describe('a partly filled order', () => {
  it('is topped up only when less than the set share is left', () => {
    const t = quoting()
    expect(sendsOf(t.fill('kmm-n-1', 5))).toEqual([])
    expect(sendsOf(t.fill('kmm-n-1', 1))).toEqual(['amend kmm-n-1 bid 16 at 43'])
  })

  it('is replaced when nothing is left', () => {
    const t = quoting()
    expect(sendsOf(t.fill('kmm-n-1', 10))).toEqual(['place kmm-n-3 bid 10 at 43'])
  })
})

describe('a budget that runs short', () => {
  /** A maker that can afford one order at first. */
  const poor = (): Transcript => {
    const t = new Transcript()
    t.hear({ type: 'start', nonce: 'n' })
    t.hear({ type: 'lease', lease: { ...LEASE, refill: 10, capacity: 16 } })
    t.pass(1000).connect().answerAll().snapshot()
    return t
  }

  it('silences with its name, and cancels still go', () => {
    const t = poor()
    expect(t.engine.state.quoter.silence).toEqual({ bid: null, ask: 'budget' })
    t.accept('place', 'kmm-n-1')
    expect(sendsOf(t.command('pause'))).toEqual(['cancel kmm-n-1 bid'])
  })

  it('places as soon as it has refilled, without being asked', () => {
    const t = poor()
    t.accept('place', 'kmm-n-1')
    void t.text
    t.sleep(1000)
    expect(t.text).toContain('< place kmm-n-2 ask 10 at 47')
  })

  it('cancels what it may not decrease, so that too much does not rest on', () => {
    const t = quoting()
    t.hear({ type: 'lease', lease: { ...LEASE, refill: 2, capacity: 6 } })
    expect(sendsOf(t.configure({ limits: { max_position: 500 } }))).toEqual(CANCELED_BOTH)
  })
})

describe('an order larger than the limit, whatever the parameters say', () => {
  it('is never sent, and logged once', () => {
    const t = new Transcript({ strategy: { size: 2000 } }).begin().connect().answerAll()
    t.snapshot()
    t.life()
    t.life()
    expect(t.text.match(/! fat-finger/g)).toHaveLength(2)
    expect(t.orders.exposedCount).toBe(0)
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'fat-finger', ask: 'fat-finger' })
    expect(t.engine.state.execution.counters.refused_by_risk).toBeGreaterThan(3)
  })
})

describe('a reply that matches no order', () => {
  it('changes nothing', () => {
    const t = quoting()
    expect(sendsOf(t.reply('cancel', 'never-sent', rejected(404, 'not_found')))).toEqual([])
    expect(t.phase).toBe('quoting')
  })
})
