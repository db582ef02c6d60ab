// What a maker does about its state: the operator's word, the market's life, new parameters,
// limits, and the tape. Phases are derived, so each test brings about a state and looks at what
// follows from it.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import type { TapeRow } from '../../../../src/core/vocabulary/events.ts'
import type { Market } from '../../../../src/core/vocabulary/market.ts'
import { fillOf, marketOf, reportOf, T0 } from '../../../helpers/core.ts'
import { CANCELED_BOTH, placing, quoting, Transcript } from '../../../helpers/engine-transcript.ts'

describe('the operator', () => {
  it('pauses: quotes go, the connection stays, and resume brings them back', () => {
    const t = quoting()
    t.command('pause')
    t.acceptBoth('cancel')
    t.delta('bid', 45, 10)
    t.command('resume')
    expect(t.text).toMatchInlineSnapshot(`
      "> pause
      = paused: operator
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask
      > cancel kmm-n-1: accepted
      > cancel kmm-n-2: accepted
      > delta bid 45 +10
      > resume
      = quoting
      < place kmm-n-3 bid 10 at 44
      < place kmm-n-4 ask 10 at 47"
    `)
  })

  it('halts: everything is canceled and listed until nothing is left', () => {
    const t = quoting()
    t.command('halt', 'account-halted')
    // The listing overtakes the cancels, and so proves nothing.
    t.answer('orders')
    t.acceptBoth('cancel')
    expect(t.engine.provenClean(t.at)).toBe(false)
    t.pass(30).answer('orders', [], 30)
    expect(t.engine.provenClean(t.at - 30)).toBe(true)
    expect(t.text).toMatchInlineSnapshot(`
      "> halt
      = halted: account-halted
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask
      < ask orders
      > orders: accepted
      > cancel kmm-n-1: accepted
      > cancel kmm-n-2: accepted
      < ask orders
      > orders: accepted"
    `)
  })

  it('halts a maker that knows of nothing, too: it lists, and cancels what it finds', () => {
    const t = new Transcript()
    t.command('halt')
    t.begin()
    t.answer('orders', [reportOf({ orderId: 'left', clientOrderId: '' })])
    t.accept('cancel', 'exchange:left')
    t.answer('orders', [])
    expect(t.text).toMatchInlineSnapshot(`
      "> halt
      = halted: operator
      > start
      < ask market
      < ask orders
      > lease
      > orders: accepted
      ! orphan-order
      < cancel exchange:left bid
      > cancel exchange:left: accepted
      < ask orders
      > orders: accepted"
    `)
    expect(t.engine.provenClean(T0)).toBe(true)
  })

  it('halts with an order on its way: it is canceled as soon as it has a name', () => {
    const t = placing()
    t.command('halt')
    expect(sendsOf(t.accept('place', 'kmm-n-1'))).toEqual(['cancel kmm-n-1 bid'])
    t.lose('place', 'kmm-n-2')
    t.accept('cancel', 'kmm-n-1')
    expect(t.engine.provenClean(T0)).toBe(false)
    const haltedAt = t.at
    for (let second = 0; second < 10; second++) {
      t.sleepAlive(1000)
      while (t.open.size > 0) t.answer([...t.open][0] as 'orders')
    }
    expect([t.orders.exposedCount, t.engine.provenClean(haltedAt)]).toEqual([0, true])
  })

  it('stays halted through reconnects and lives on only when released', () => {
    const t = quoting()
    t.command('halt')
    t.acceptBoth('cancel')
    t.hear({ type: 'link-down', reason: 'x' })
    t.pass(100).connect(2)
    t.snapshot()
    t.answerAll()
    expect(t.phase).toBe('halted: operator')
    t.command('release')
    expect(t.phase).toBe('quoting')
    expect(t.text).toContain('< place kmm-n-3 bid 10 at 43')
  })

  it('stops it: canceled, and proven clean without waiting for the next round', () => {
    const t = quoting()
    const since = t.at
    expect(sendsOf(t.hear({ type: 'stop' }))).toEqual(CANCELED_BOTH)
    t.answer('orders')
    t.acceptBoth('cancel')
    t.answer('orders', [])
    expect([t.engine.provenClean(since), t.phase]).toEqual([true, 'idle: stopped'])
  })

  it('stops it while the connection is down, all the same', () => {
    const t = quoting()
    t.hear({ type: 'link-down', reason: 'x' })
    const since = t.pass(10).at
    t.hear({ type: 'stop' })
    t.acceptBoth('cancel')
    t.answerAll()
    expect(t.engine.provenClean(since)).toBe(true)
  })

  it('does not make a proof run on after a release', () => {
    const t = quoting()
    t.command('halt')
    t.acceptBoth('cancel')
    t.command('release')
    t.accept('place', 'kmm-n-3')
    t.accept('place', 'kmm-n-4')
    t.answerAll()
    void t.text
    t.fill('kmm-n-3', 10)
    expect(t.text).not.toContain('ask orders')
  })
})

describe('the market', () => {
  it('deactivated pulls the quotes at once; a read that may be older does not undo it', () => {
    const t = quoting()
    t.lifecycle('deactivated', { deactivated: true })
    t.acceptBoth('cancel')
    t.sleepAlive(1900)
    // Asked before the news, answered after it.
    t.answer('market', marketOf(), 1950)
    t.sleepAlive(200)
    t.answer('market', marketOf({ status: 'inactive' }))
    expect(t.text).toMatchInlineSnapshot(`
      "> lifecycle deactivated
      = idle: market-inactive
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask
      > cancel kmm-n-1: accepted
      > cancel kmm-n-2: accepted
      > market: accepted
      > clock
      < ask market
      > market: accepted"
    `)
  })

  it('activated again is read again, and then quoted', () => {
    const t = quoting({ market: {} })
    t.lifecycle('deactivated', { deactivated: true })
    t.acceptBoth('cancel')
    t.sleepAlive(2000)
    t.answer('market', marketOf({ status: 'inactive' }))
    t.sleepAlive(3000)
    t.answerAll()
    void t.text
    t.lifecycle('activated', { deactivated: false })
    expect(t.phase).toBe('idle: market-inactive')
    t.sleepAlive(2000)
    t.answer('market', marketOf())
    expect(t.text).toMatchInlineSnapshot(`
      "> lifecycle activated
      > clock
      < ask market
      > market: accepted
      = quoting
      < place kmm-n-3 bid 10 at 43
      < place kmm-n-4 ask 10 at 47"
    `)
  })

  it('determined is over', () => {
    const t = quoting()
    expect(sendsOf(t.lifecycle('determined'))).toEqual(CANCELED_BOTH)
    expect(t.phase).toBe('idle: market-determined')
  })

  it('about to close is left alone for the last seconds, and is over at the close', () => {
    const t = quoting({ market: { closeAt: T0 + 60_000 } })
    while (t.at < T0 + 29_999) t.sleepAlive(Math.min(1000, T0 + 29_999 - t.at)).answerAll()
    expect(t.phase).toBe('quoting')
    t.sleep(1)
    expect(t.phase).toBe('paused: near-close')
    expect(t.text).toContain('< cancel kmm-n-1 bid')
    t.acceptBoth('cancel')
    // Nothing but the engine's own alarm tells it of the close.
    t.answerAll()
    expect(t.engine.wakeAt).toBe(T0 + 60_000)
    t.sleep(30_000)
    expect(t.phase).toBe('idle: market-past-close')
  })

  it('that closes earlier than thought stops at the new time', () => {
    const t = quoting()
    expect(sendsOf(t.lifecycle('close_date_updated', { closeAt: t.at + 10_000 }))).toEqual(
      CANCELED_BOTH,
    )
    expect(t.phase).toBe('paused: near-close')
  })

  it('with another price grid has its quotes moved to it', () => {
    const t = quoting({ market: { priceRanges: [{ start: 0, end: 10_000, step: 10 }] } })
    expect(t.order('kmm-n-1').price).toBe(4360)
    const priceRanges = [{ start: 0, end: 10_000, step: 100 }]
    t.lifecycle('price_level_structure_updated', { priceRanges })
    t.sleepAlive(1999)
    t.answer('market', { ...t.market, priceRanges })
    t.sleepAlive(1)
    expect(t.text).toMatchInlineSnapshot(`
      "> lifecycle price_level_structure_updated
      > market: accepted
      > clock
      < amend kmm-n-1 bid 10 at 43
      < amend kmm-n-2 ask 10 at 47
      < ask market"
    `)
  })

  it('with a grid that cannot be is not quoted, however often it is read', () => {
    const t = quoting()
    t.lifecycle('price_level_structure_updated', { priceRanges: [] })
    expect(t.phase).toBe('idle: market-other')
    for (let turn = 0; turn < 3; turn++) {
      t.sleepAlive(2000)
      t.answer('market', marketOf({ priceRanges: [] }))
      expect(t.phase).toBe('idle: market-other')
    }
    t.answer('market', marketOf())
    expect(t.phase).toBe('quoting')
  })

  it.each<[string, Partial<Market>, string]>([
    ['that is not a plain yes/no market', { binary: false }, 'idle: market-not-binary'],
    ['of an unknown status', { status: 'other' }, 'idle: market-other'],
  ])('%s is never quoted', (_, market, phase) => {
    const t = placing({ market })
    expect(t.phase).toBe(phase)
    expect(t.orders.exposedCount).toBe(0)
  })
})

describe('new parameters', () => {
  // A smaller size is a decrease, which keeps the place in the queue.
  it.each<[string, Parameters<Transcript['configure']>[0], string, string]>([
    ['apply at once: a smaller size shrinks', { strategy: { size: 400 } }, 'decrease', 'to 4'],
    ['with lower limits shrink', { limits: { max_position: 600 } }, 'decrease', 'to 6'],
  ])('%s what rests', (_, changes, verb, size) => {
    const wanted = [`${verb} kmm-n-1 bid ${size}`, `${verb} kmm-n-2 ask ${size}`]
    expect(sendsOf(quoting().configure(changes))).toEqual(wanted)
  })

  it('with a price band that excludes a quote cancel it', () => {
    const t = quoting()
    expect(sendsOf(t.configure({ limits: { min_price: 4400 } }))).toEqual(['cancel kmm-n-1 bid'])
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'price-band', ask: null })
  })

  it('with more width move the quotes', () => {
    const t = quoting()
    expect(sendsOf(t.configure({ strategy: { min_half_spread: 5 } }))).toEqual([
      'amend kmm-n-1 bid 10 at 40',
      'amend kmm-n-2 ask 10 at 50',
    ])
  })
})

describe('the limits', () => {
  const holding = (contracts: number, limits: object): Transcript => {
    const t = new Transcript({ limits }).begin().connect()
    const fill = fillOf({ quantity: contracts * 100, price: 4500, venueAt: T0 })
    t.hear({ type: 'fill', sid: 9, seq: 0, fill })
    t.answerAll().snapshot()
    return t
  }

  it('of position silence the side that would pass them, and leave the other', () => {
    const t = holding(50, {})
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'position-limit', ask: null })
    expect([t.orders.slot('bid'), t.orders.slot('ask')?.remaining]).toEqual([null, 1000])
  })

  it('of position leave room for a smaller quote', () => {
    const t = holding(44, {})
    expect(t.orders.slot('bid')?.remaining).toBe(600)
  })

  it('of dollars at risk silence likewise', () => {
    const t = holding(20, { max_dollars_at_risk: 9.2 })
    expect(t.engine.state.quoter.silence.bid).toBe('risk-limit')
  })

  it('below one contract are too little to quote', () => {
    const t = holding(49.5, {})
    expect(t.engine.state.quoter.silence.bid).toBe('position-limit')
  })

  it('give the side back when the position has come down', () => {
    const t = holding(50, {})
    t.accept('place', 'kmm-n-1')
    expect(sendsOf(t.fill('kmm-n-1', 10))).toEqual([
      'place kmm-n-2 bid 10 at 43',
      'place kmm-n-3 ask 10 at 47',
    ])
  })
})

describe('small moves', () => {
  it('of one tick wait for two seconds, larger ones not at all', () => {
    const t = quoting()
    t.moveTop([44, 46], [45, 47])
    t.sleepAlive(1999)
    expect(t.text).not.toContain('<')
    t.sleepAlive(1)
    expect(t.text).toMatch(/< amend kmm-n-1 bid 10 at 44\n< amend kmm-n-2 ask 10 at 48/)
    t.acceptBoth('amend')
    t.moveTop([45, 47], [47, 49])
    expect(t.text).toContain('< amend kmm-n-1 bid 10 at 46')
  })

  it('that are taken back cost nothing', () => {
    const t = quoting()
    t.moveTop([44, 46], [45, 47])
    t.sleepAlive(1000)
    t.moveTop([45, 47], [44, 46])
    t.sleepAlive(5000)
    expect(t.text).not.toContain('< amend')
  })
})

describe('waking', () => {
  it('leads somewhere from every phase: the time asked for is never in the past for long', () => {
    const t = quoting()
    const states: (() => void)[] = [
      () => t.command('pause'),
      () => t.command('halt'),
      () => t.command('release'),
      () => t.delta('bid', 40, 5, t.seq + 3),
      () => t.hear({ type: 'link-down', reason: 'x' }),
      () => t.lifecycle('deactivated', { deactivated: true }),
    ]
    for (const enter of states) {
      enter()
      // `sleep` throws when it is woken ten thousand times.
      t.sleep(300_000)
      expect(t.engine.wakeAt).toBeGreaterThan(t.at)
    }
  })
})

describe('the tape', () => {
  const rowsOf = (t: Transcript): TapeRow[] =>
    t.recorded.flatMap(({ effects }) =>
      (JSON.parse(effects) as { type: string; row: TapeRow }[])
        .filter(({ type }) => type === 'row')
        .map(({ row }) => row),
    )

  it('has a row at each change of quote, fill and position, and one a second while quoting', () => {
    const t = quoting().record()
    const from = t.at
    t.sleepAlive(5000)
    const rows = rowsOf(t).filter(({ at }) => at > from)
    expect(rows.length).toBeGreaterThanOrEqual(5)
    expect(rows[0]).toMatchObject({ mid: 45, myBid: 43, myAsk: 47, inventory: 0 })
    t.fill('kmm-n-1', 3)
    expect(rowsOf(t).at(-1)).toMatchObject({ at: t.at, inventory: 3 })
  })

  it('does not go back in time when our clock does', () => {
    const t = quoting().record()
    t.sleepAlive(2000)
    const before = rowsOf(t).at(-1)!.at
    t.at -= 400
    t.fill('kmm-n-1', 3)
    expect(rowsOf(t).at(-1)).toMatchObject({ at: before, inventory: 3 })
  })

  it('shows no price of a book that cannot be believed, and no quote that has gone', () => {
    const t = quoting().record()
    t.delta('bid', 40, 5, t.seq + 1)
    t.acceptBoth('cancel')
    expect(rowsOf(t).at(-1)).toMatchObject({ mid: null, myBid: null, myAsk: null })
  })

  it('carries the time from the frame to the acknowledgement of what it caused', () => {
    const t = quoting().record()
    t.moveTop([44, 46], [47, 49])
    t.pass(35).accept('amend', 'kmm-n-1')
    expect(rowsOf(t).at(-1)?.latencyMs).toBe(35)
  })
})
