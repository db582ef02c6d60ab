// The engine and the book: every way in which it goes dark, what silence means, and how little is
// done where nothing has changed. Each transcript is the specification of what is said.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { TICKER } from '../../../helpers/core.ts'
import { CANCELED_BOTH, quoting } from '../../../helpers/engine-transcript.ts'

describe('the book', () => {
  it('goes dark at a gap: both quotes are canceled in the same step, and return with a fresh snapshot', () => {
    const t = quoting()
    t.delta('bid', 40, 5, t.seq + 1)
    t.acceptBoth('cancel')
    t.pass(40).hear({ type: 'unsubscribed', sid: 1, seq: 0, id: 9 })
    t.hear({ type: 'subscribed', sid: 2, seq: 0, id: 10, channel: 'orderbook_delta' })
    t.sid = 2
    t.seq = 1
    t.snapshot([45, 50], [47, 50])
    expect(t.text).toMatchInlineSnapshot(`
      "> delta bid 40 +5
      = dark: gap
      ! sequence-gap
      < resubscribe 1
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask
      > cancel kmm-n-1: accepted
      > cancel kmm-n-2: accepted
      > unsubscribed
      > subscribed orderbook_delta 2
      > snapshot seq 1
      = quoting
      < place kmm-n-3 bid 10 at 44
      < place kmm-n-4 ask 10 at 48"
    `)
  })

  it('sees no gap where replies to commands have used up the sequence', () => {
    const t = quoting()
    t.hear({ type: 'ok', sid: t.sid, seq: t.seq++, id: 3 })
    t.hear({ type: 'error', sid: t.sid, seq: t.seq++, id: 4, code: 14, message: '' })
    t.hear({ type: 'other', sid: t.sid, seq: t.seq++, what: 'new' })
    t.delta('bid', 40, 5)
    expect([t.phase, t.engine.state.execution.counters.gaps]).toEqual(['quoting', 0])
  })

  it('goes dark when a level falls below zero', () => {
    const t = quoting()
    const effects = t.delta('bid', 44, -51)
    expect(t.phase).toBe('dark: negative-level')
    expect(sendsOf(effects)).toEqual(CANCELED_BOTH)
    expect(effects).toContainEqual({ type: 'resubscribe', sid: 1 })
  })

  it('goes dark on an impossible snapshot', () => {
    const t = quoting()
    t.snapshot([44, 50, 101, 5], [46, 50])
    expect(t.phase).toBe('dark: bad-snapshot')
    expect(t.text).toContain('< cancel kmm-n-1 bid')
  })

  it('goes dark at a frame of its own subscription that cannot be read', () => {
    const t = quoting()
    t.hear({ type: 'malformed', sid: t.sid, seq: t.seq++, detail: 'price: found 1e3' })
    expect(t.text).toMatchInlineSnapshot(`
      "> malformed
      = dark: malformed-frame
      ! malformed-frame
      < resubscribe 1
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask"
    `)
  })

  it('asks for everything again after an unreadable frame of another subscription', () => {
    const t = quoting()
    t.hear({ type: 'malformed', sid: 9, seq: 0, detail: 'fill price: found null' })
    expect(t.phase).toBe('quoting')
    t.sleepAlive(2000)
    expect([...t.open]).toEqual(['market', 'orders', 'fills', 'position'])
  })

  it('goes dark when the subscription is ended by the exchange', () => {
    for (const end of [
      { type: 'error', id: 0, code: 25, message: 'buffer overflow' },
      { type: 'unsubscribed', id: 0 },
    ] as const) {
      const t = quoting()
      t.hear({ ...end, sid: t.sid, seq: t.seq++ })
      expect(t.phase).toBe('dark: subscription-ended')
    }
  })

  it('asks again and again for a snapshot that does not come, ever more slowly, then anew', () => {
    const t = quoting()
    t.delta('bid', 40, 5, t.seq + 1)
    t.acceptBoth('cancel')
    void t.text
    const said: string[] = []
    for (let second = 1; second <= 120; second++) {
      t.sleepAlive(1000)
      for (const line of t.text.split('\n')) {
        if (/^(< re|! book)/.test(line)) said.push(`${second} ${line}`)
      }
    }
    expect(said.map((line) => line.replace('! book-missing', '!'))).toEqual([
      ...['3 !', '3 < resubscribe 1', '9 !', '9 < resubscribe 1'],
      ...['21 !', '21 < reconnect gap', '45 !', '45 < resubscribe 1'],
      ...['93 !', '93 < resubscribe 1'],
    ])
  })

  it('may be crossed for 200 ms: the quotes stay', () => {
    const t = quoting()
    t.delta('bid', 46, 10)
    t.pass(200)
    t.delta('bid', 46, -10)
    expect(t.text).not.toContain('<')
    expect(t.phase).toBe('quoting')
  })

  it('goes dark when it stays crossed for a second', () => {
    const t = quoting()
    t.delta('bid', 46, 10)
    t.sleep(999)
    expect(t.phase).toBe('quoting')
    t.sleep(1)
    expect(t.text).toMatchInlineSnapshot(`
      "> delta bid 46 +10
      > clock
      = dark: crossed
      < resubscribe 1
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask"
    `)
  })

  it('is quoted on while both sides of others are there, and not with one of them empty', () => {
    const t = quoting()
    t.delta('ask', 46, -50)
    expect(t.engine.state.quoter.silence).toEqual({ bid: 'one-sided-book', ask: 'one-sided-book' })
    expect(t.text).toMatchInlineSnapshot(`
      "> delta ask 46 -50
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask"
    `)
  })
})

describe('silence', () => {
  it('of the connection for five seconds pulls both quotes; the list of subscriptions brings them back', () => {
    const t = quoting()
    t.sleep(4999)
    expect(t.phase).toBe('quoting')
    t.sleep(1)
    t.acceptBoth('cancel')
    t.life()
    expect(t.text).toMatchInlineSnapshot(`
      "> clock
      = dark: stale
      ! stale
      < cancel kmm-n-1 bid
      < cancel kmm-n-2 ask
      > cancel kmm-n-1: accepted
      > cancel kmm-n-2: accepted
      > ok
      = quoting
      < place kmm-n-3 bid 10 at 43
      < place kmm-n-4 ask 10 at 47"
    `)
  })

  it('ends with a book frame far from the touch, too', () => {
    const t = quoting()
    t.sleep(5000)
    t.acceptBoth('cancel')
    expect(sendsOf(t.delta('bid', 20, 5))).toEqual([
      'place kmm-n-3 bid 10 at 43',
      'place kmm-n-4 ask 10 at 47',
    ])
  })

  it('of the market alone is no silence by the rule of the link', () => {
    const t = quoting()
    t.sleepAlive(30_000)
    expect(t.phase).toBe('quoting')
  })

  it('of the market for five seconds pulls the quotes by the rule of the ticks', () => {
    const t = quoting({ strategy: { stale_rule: 'ticks' } })
    t.sleepAlive(1999)
    expect(t.phase).toBe('quoting')
    t.sleepAlive(1)
    expect(t.phase).toBe('dark: stale')
    t.life()
    expect(t.phase).toBe('dark: stale')
    t.delta('bid', 20, 5)
    expect(t.phase).toBe('quoting')
  })
})

describe('the hot path', () => {
  it('answers a delta away from the touch with the same empty array', () => {
    const t = quoting()
    const first = t.delta('bid', 30, 5)
    const second = t.delta('ask', 70, 5)
    expect(first).toHaveLength(0)
    expect(second).toBe(first)
  })

  it('still runs what has fallen due', () => {
    const t = quoting()
    t.moveTop([44, 46], [45, 47])
    t.pass(2000)
    expect(sendsOf(t.delta('bid', 30, 5))).toEqual([
      'amend kmm-n-1 bid 10 at 44',
      'amend kmm-n-2 ask 10 at 48',
    ])
  })

  it('leaves frames of other tickers and of old subscriptions alone', () => {
    const t = quoting()
    const { version } = t.engine.state.book
    const level = { side: 'bid', price: 4400, delta: 100, clientOrderId: '', venueAt: 0 } as const
    t.engine.state.feed.ended(t.sid + 5)
    t.hear({ type: 'delta', sid: t.sid + 5, seq: 900, ticker: TICKER, ...level })
    t.hear({ type: 'delta', sid: t.sid, seq: t.seq++, ticker: 'OTHER', ...level })
    expect(t.engine.state.book.version).toBe(version)
    expect(t.phase).toBe('quoting')
  })
})
