// What is heard: what counts as life, what proves a subscription, what darkens the book, and what
// is done about it.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { TICKER } from '../../../helpers/core.ts'
import { CANCELED_BOTH, quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

const level = { side: 'bid', price: 4400, delta: 100, clientOrderId: '' } as const
const ALL = [
  { channel: 'orderbook_delta', sid: 1 },
  { channel: 'fill', sid: 9 },
  { channel: 'user_orders', sid: 8 },
]

/** The answer to a question asked `ago`, which took `late` longer than it should. */
const list = (
  t: Transcript,
  listed = ALL as readonly { channel: string; sid: number }[],
  ago = 20,
) =>
  t.hear({
    ...{ type: 'ok', sid: 0, seq: 0, id: 1_000 },
    ...{ listed, askedAt: t.at - ago, sentAt: t.at - 10 },
  } as never)

describe('life', () => {
  it('is nothing that other markets do', () => {
    const t = quoting()
    for (let second = 0; second < 5; second++) {
      t.sleep(1000)
      const first = 1 + second * 100
      const what = 'other-market'
      t.hear({ type: 'other', what, sid: 5, seq: first + 99, first })
      t.hear({
        type: 'trade',
        sid: 0,
        seq: 0,
        ticker: 'OTHER',
        tradeId: 'x',
        price: 1,
        quantity: 1,
        taker: 'bid',
        venueAt: t.at,
      })
      t.hear({ type: 'subscribed', sid: 5, seq: 0, id: 5, channel: 'trade' })
    }
    expect(t.phase).toBe('dark: stale')
  })

  it('is a trade, a fill or a report about our own', () => {
    const t = quoting()
    for (let turn = 0; turn < 4; turn++) {
      t.sleep(2500)
      t.fill('kmm-n-1', 0.01)
      t.sleep(2500)
      t.hear({
        type: 'trade',
        sid: 0,
        seq: 0,
        ticker: TICKER,
        tradeId: `${turn}`,
        price: 4400,
        quantity: 1,
        taker: 'ask',
        venueAt: t.at,
      })
    }
    expect(t.engine.state.execution.counters.stale).toBe(0)
  })

  it('is a list that names our book, and no answer without a list', () => {
    const t = quoting()
    for (let turn = 0; turn < 4; turn++) {
      t.sleep(2500)
      list(t)
    }
    expect(t.phase).toBe('quoting')
    for (let turn = 0; turn < 4; turn++) {
      t.sleep(1300)
      t.hear({ type: 'ok', sid: 0, seq: 0, id: 7, listed: null })
    }
    expect(t.phase).toBe('dark: stale')
  })
})

describe('a silence', () => {
  const silent = (): Transcript => {
    const t = quoting().sleep(5000)
    t.acceptBoth('cancel')
    return t.pass(3000)
  }

  it('ends with a list whose question is younger', () => {
    const t = silent()
    list(t, ALL, 4000)
    expect(t.phase).toBe('dark: stale')
    list(t, ALL, 20)
    expect(t.phase).toBe('quoting')
  })

  it('does not end with a fill, nor with a change of the book that tells no time', () => {
    const t = silent()
    t.fill('kmm-n-1', 1)
    t.hear({ type: 'delta', sid: 1, seq: t.seq++, ticker: TICKER, ...level, venueAt: 0 })
    expect(t.phase).toBe('dark: stale')
    t.snapshot()
    expect(t.phase).toBe('quoting')
  })

  it('does not end with a change of the book that is old', () => {
    const t = silent()
    t.hear({ type: 'delta', sid: 1, seq: t.seq++, ticker: TICKER, ...level, venueAt: t.at - 7000 })
    expect(t.phase).toBe('dark: stale')
    t.delta('bid', 20, 5)
    expect(t.phase).toBe('quoting')
  })

  it('that nothing proves over for ten seconds leads to a new subscription', () => {
    const t = silent()
    void t.text
    for (let second = 0; second < 10; second++) {
      t.sleep(1000)
      t.report('kmm-n-1', { status: 'canceled', remaining: 0 })
    }
    expect(t.text).toContain('< resubscribe 1')
  })
})

describe('a list', () => {
  it('without our book darkens it, and it is subscribed to again', () => {
    const t = quoting()
    const effects = list(t, ALL.slice(1))
    expect(t.phase).toBe('dark: subscription-ended')
    expect(sendsOf(effects)).toEqual(CANCELED_BOTH)
    expect(effects).toContainEqual({ type: 'resubscribe', sid: 1 })
  })

  it.each([
    ['fill', 9],
    ['user_orders', 8],
  ])('without %s blinds the maker until it is back and all is read', (channel, sid) => {
    const t = quoting()
    expect(
      sendsOf(
        list(
          t,
          ALL.filter((line) => line.channel !== channel),
        ),
      ),
    ).toEqual(CANCELED_BOTH)
    expect(t.phase).toBe('blind: private-channels')
    t.acceptBoth('cancel')
    t.hear({ type: 'subscribed', sid: sid + 10, seq: 0, id: 20, channel })
    expect(t.phase).toContain('recovering')
    t.answerAll()
    expect(t.phase).toBe('quoting')
  })

  it('that answers an earlier question finds nothing missing', () => {
    const t = quoting()
    t.hear({ type: 'subscribed', sid: 19, seq: 0, id: 1_001, channel: 'fill' })
    list(t)
    expect(t.phase).toBe('quoting')
  })
})

describe('a private channel', () => {
  it('that was never granted keeps the maker from quoting', () => {
    const t = quoting()
    t.hear({ type: 'link-down', reason: 'test' })
    t.hear({ type: 'link-up' })
    t.seq = 1
    t.hear({ type: 'subscribed', sid: 1, seq: 0, id: 1, channel: 'orderbook_delta' })
    t.hear({ type: 'subscribed', sid: 9, seq: 0, id: 3, channel: 'fill' })
    t.snapshot()
    t.acceptBoth('cancel')
    t.answerAll()
    expect(t.phase).toBe('blind: private-channels')
    t.grantPrivate().answerAll()
    expect(t.phase).toBe('quoting')
  })

  it.each([10, 25])('that error %d ends blinds it in the same step', (code) => {
    const t = quoting()
    const effects = t.hear({ type: 'error', sid: 9, seq: 0, id: 0, code, message: '' })
    expect([t.phase, sendsOf(effects)]).toEqual(['blind: private-channels', CANCELED_BOTH])
  })
})

describe('a sequence', () => {
  it.each([
    ['goes back', (t: Transcript) => t.seq - 3],
    ['starts again at 1', () => 1],
    ['has no number', () => 0],
    ['repeats with another content', (t: Transcript) => t.seq - 1],
  ])('that %s darkens the book', (_what, seqOf) => {
    const t = quoting()
    for (let turn = 0; turn < 5; turn++) t.delta('bid', 20 + turn, 5)
    const effects = t.delta('bid', 30, 7, seqOf(t))
    expect([t.phase, sendsOf(effects)]).toEqual(['dark: bad-sequence', CANCELED_BOTH])
    expect(effects).toContainEqual({ type: 'resubscribe', sid: 1 })
    expect(t.engine.state.execution.counters.bad_sequences).toBe(1)
  })

  it('may say the newest frame twice, and not three times', () => {
    const t = quoting()
    t.delta('bid', 30, 7)
    t.delta('bid', 30, 7, t.seq - 1)
    expect(t.phase).toBe('quoting')
    expect(t.engine.state.book.sizeAt('bid', 3000)).toBe(700)
    t.delta('bid', 30, 7, t.seq - 1)
    expect(t.phase).toBe('dark: bad-sequence')
  })

  it('of our book under a subscription that was never granted darkens it', () => {
    for (const sid of [0, 77]) {
      const t = quoting()
      t.hear({ type: 'delta', sid, seq: 1, ticker: TICKER, ...level, venueAt: t.at })
      expect(t.phase).toBe('dark: bad-sequence')
    }
    const t = quoting()
    t.hear({ type: 'snapshot', sid: 77, seq: 1, ticker: TICKER, bids: [1000, 100], asks: [] })
    expect(t.phase).toBe('dark: bad-sequence')
  })

  it('of trades that makes no sense is subscribed to again, and the book stays', () => {
    const t = quoting()
    t.hear({ type: 'subscribed', sid: 5, seq: 0, id: 5, channel: 'trade' })
    const trade = { ticker: TICKER, price: 4400, quantity: 1, taker: 'ask', venueAt: t.at } as const
    t.hear({ type: 'trade', sid: 5, seq: 1, tradeId: 'a', ...trade })
    const effects = t.hear({ type: 'trade', sid: 5, seq: 1, tradeId: 'b', ...trade, quantity: 2 })
    expect(effects).toContainEqual({ type: 'resubscribe', sid: 5 })
    expect(t.hear({ type: 'trade', sid: 5, seq: 0, tradeId: 'c', ...trade })).toEqual([])
    expect(t.phase).toBe('quoting')
  })

  it('of other markets in one piece is no gap, and the market is read again after one', () => {
    const t = quoting()
    t.hear({ type: 'subscribed', sid: 5, seq: 0, id: 5, channel: 'market_lifecycle_v2' })
    t.hear({ type: 'other', what: 'other-market', sid: 5, seq: 40, first: 1 })
    t.hear({ type: 'other', what: 'other-market', sid: 5, seq: 41 })
    expect(t.engine.state.execution.counters.gaps).toBe(0)
    t.hear({ type: 'other', what: 'other-market', sid: 5, seq: 50 })
    expect(t.open).toContain('market')
  })
})

describe('a feed that lags', () => {
  const late = (t: Transcript, ms: number) =>
    t.hear({
      type: 'delta',
      sid: 1,
      seq: t.seq++,
      ticker: TICKER,
      ...level,
      price: 2000,
      venueAt: t.at - ms,
    })

  it('ends quoting in the step that shows it, and lets it return when it has caught up', () => {
    const t = quoting()
    list(t)
    t.sleep(100)
    late(t, 5000)
    expect(t.phase).toBe('quoting')
    const effects = late(t, 5001)
    expect([t.phase, sendsOf(effects)]).toEqual(['dark: lagging', CANCELED_BOTH])
    t.acceptBoth('cancel')
    late(t, 400)
    expect(t.phase).toBe('quoting')
  })

  it('is tried over new connections, ever more rarely', () => {
    const t = quoting()
    list(t)
    late(t, 9000)
    void t.text
    const said: string[] = []
    for (let second = 1; second <= 60; second++) {
      t.sleep(1000)
      list(t)
      for (const line of t.text.split('\n'))
        if (line.startsWith('<')) said.push(`${second} ${line}`)
    }
    expect(said.filter((line) => line.includes('reconnect'))).toEqual([
      ...['3 < reconnect lagging', '9 < reconnect lagging', '21 < reconnect lagging'],
      '45 < reconnect lagging',
    ])
  })

  it('is seen in a quiet market by how long answers take', () => {
    const t = quoting()
    list(t)
    t.sleep(4000)
    list(t, ALL, 5500)
    expect(t.phase).toBe('dark: lagging')
  })

  it('is not our own clock being wrong, from the start or by a jump', () => {
    const t = quoting()
    for (const wrong of [40_000, -40_000]) {
      for (let turn = 0; turn < 3; turn++) {
        t.sleep(1000)
        t.hear({
          ...{ type: 'ok', sid: 0, seq: 0, id: 1_000, listed: ALL },
          ...{ askedAt: t.at - 20, sentAt: t.at - 10 - wrong },
        } as never)
        late(t, wrong)
      }
      expect(t.phase).toBe('quoting')
    }
  })
})
