// Each witness against a book that looks alive: what is a suspicion, what a proof, and the way back.

import { describe, expect, it } from 'vitest'
import { statusOf } from '../../../../src/core/status/view.ts'
import { rejected } from '../../../../src/core/vocabulary/outcome.ts'
import { TICKER } from '../../../helpers/core.ts'
import { placing, quoting, type Transcript } from '../../../helpers/engine-transcript.ts'

/** What the exchange would answer to a market read: cents. */
const market = (t: Transcript, bid: number, ask: number) => ({
  ...t.market,
  yesBid: bid * 100,
  yesAsk: ask * 100,
})

/** Lets time pass; market reads get `bid`/`ask`, everything else a good answer. */
const live = (t: Transcript, ms: number, bid: number, ask: number): void => {
  const end = t.at + ms
  while (t.at < end) {
    t.sleepAlive(Math.min(500, end - t.at))
    if (t.open.has('market')) t.answer('market', market(t, bid, ask))
    t.answerAll()
  }
}

/** The book shows our quotes at 43/47, which rest behind the others' 44/46. */
const shown = (t: Transcript): Transcript => {
  for (const [side, price, id] of [
    ['bid', 43, 'kmm-n-1'],
    ['ask', 47, 'kmm-n-2'],
  ] as const) {
    t.hear({
      ...{ type: 'delta', sid: t.sid, seq: t.seq++, ticker: TICKER, side, price: price * 100 },
      ...{ delta: 1000, clientOrderId: id, venueAt: t.at },
    })
  }
  return t
}

const trade = (t: Transcript, price: number, taker: 'bid' | 'ask') =>
  t.hear({
    ...{ type: 'trade', sid: 5, seq: 0, ticker: TICKER, tradeId: `p-${t.at}`, taker },
    ...{ price: price * 100, quantity: 200, venueAt: t.at },
  })

const proofs = (t: Transcript): number => t.engine.state.trust.proofs
const said = (t: Transcript) => statusOf(t.engine, t.at).witnesses

describe('a book that has gone silent', () => {
  it('is read after six seconds, and stays while the reads agree', () => {
    const t = quoting()
    live(t, 300_000, 44, 46)
    expect([t.phase, proofs(t)]).toEqual(['quoting', 0])
    const { market_read: read } = said(t)
    expect(read).toMatchObject({ disagreed_at: null, disagreements: 0 })
    expect(t.at - Date.parse(read.agreed_at!)).toBeLessThan(7_000)
  })

  it('is dark within 20 s where the market has moved, with its orders gone', () => {
    const t = quoting()
    live(t, 30_000, 44, 46)
    const from = t.at
    while (t.phase === 'quoting' && t.at < from + 60_000) live(t, 500, 90, 96)
    expect(t.at - from).toBeLessThanOrEqual(13_000)
    expect(t.phase).toBe('dark: contradicted')
    const text = t.text
    expect(text).toContain('! book-contradicted')
    expect(text).toContain('< resubscribe 1')
    expect(text).toMatch(/< cancel kmm-n-\d+ bid/)
  })

  it('is not read at all where witnesses are off', () => {
    const t = quoting({ strategy: { verify_after_seconds: 0 } })
    live(t, 120_000, 90, 96)
    expect([t.phase, proofs(t), t.text.includes('ask book')]).toEqual(['quoting', 0, false])
  })
})

describe('a market read', () => {
  it('that is older than the last move, or ahead of it, is explained by the tops meanwhile', () => {
    const t = quoting()
    live(t, 5_000, 44, 46)
    t.moveTop([44, 46], [45, 47])
    t.sleepAlive(1_500)
    t.answer('market', market(t, 44, 46), 100)
    t.sleepAlive(2_500)
    // Ahead of the feed, which follows a second later.
    t.answer('market', market(t, 46, 48), 100)
    t.pass(1_000)
    t.moveTop([45, 47], [46, 48])
    live(t, 20_000, 46, 48)
    expect([proofs(t), said(t).market_read.disagreements]).toEqual([0, 0])
  })

  it('alone against the book is a suspicion that the next read may dispel', () => {
    const t = quoting()
    live(t, 10_000, 44, 46)
    t.answer('market', market(t, 60, 62))
    t.sleepAlive(2_100)
    expect(said(t).market_read.disagreements).toBe(1)
    expect(t.open.has('market')).toBe(true)
    live(t, 30_000, 44, 46)
    expect([t.phase, proofs(t)]).toEqual(['quoting', 0])
  })

  it('of a market without a side agrees with a book without one', () => {
    const t = quoting()
    live(t, 2_000, 44, 46)
    t.delta('bid', 44, -50)
    live(t, 60_000, 0, 46)
    expect(proofs(t)).toBe(0)
  })
})

describe('after a proof', () => {
  const doubted = (): Transcript => {
    const t = quoting()
    live(t, 10_000, 44, 46)
    while (t.phase === 'quoting') live(t, 500, 90, 96)
    expect(t.phase).toBe('dark: contradicted')
    t.hear({ type: 'subscribed', sid: 2, seq: 0, id: 9, channel: 'orderbook_delta' })
    t.sid = 2
    t.seq = 1
    t.answerAll()
    void t.text
    return t
  }

  it('a fresh book is quoted only when a read asked after it agrees', () => {
    const t = doubted()
    t.snapshot([90, 50], [96, 50])
    expect(t.phase).toBe('dark: contradicted')
    expect(t.open.has('market')).toBe(true)
    // Asked before the snapshot, it proves nothing.
    t.answer('market', market(t, 90, 96), 10)
    expect(t.phase).toBe('dark: contradicted')
    live(t, 3_500, 90, 96)
    expect(t.phase).toBe('quoting')
    expect(said(t)).toMatchObject({ doubted: false, proofs: 1 })
  })

  it('a fresh book that is as wrong as the old one stays dark, and is proved wrong again', () => {
    const t = doubted()
    t.snapshot()
    const from = t.at
    while (proofs(t) < 2 && t.at < from + 30_000) live(t, 500, 90, 96)
    expect(t.at - from).toBeLessThanOrEqual(12_000)
    expect(t.text).not.toContain('= quoting')
    expect(t.phase).toBe('dark: contradicted')
  })

  it('a new link that took a minute to open is not given up at once', () => {
    const t = doubted()
    t.acceptBoth('cancel')
    t.hear({ type: 'link-down', reason: 'test' })
    t.pass(60_000)
    t.connect(3).answerAll()
    expect(t.text).not.toContain('< reconnect')
    t.snapshot([90, 50], [96, 50])
    live(t, 9_000, 90, 96)
    expect(t.phase).toBe('quoting')
    // Without a snapshot it is, ten seconds later.
    const mute = doubted()
    mute.hear({ type: 'link-down', reason: 'test' })
    mute.pass(60_000)
    mute.connect(3).answerAll()
    void mute.text
    mute.sleepAlive(10_000)
    expect(mute.text).toContain('< reconnect contradicted')
  })
})

describe('prints', () => {
  it('at a level that falls are explained, whichever frame comes first', () => {
    const t = quoting()
    trade(t, 46, 'bid')
    t.pass(30)
    t.delta('ask', 46, -2)
    t.delta('bid', 44, -2)
    t.pass(30)
    trade(t, 44, 'ask')
    t.sleepAlive(2_500)
    expect(said(t).prints).toMatchObject({ disagreements: 0 })
    expect(said(t).prints.agreed_at).not.toBeNull()
  })

  it('that a silent book does not explain ask for a read at once, and three are a proof', () => {
    const t = quoting()
    live(t, 1_000, 44, 46)
    trade(t, 80, 'bid')
    t.sleepAlive(2_100)
    expect(t.open.has('market')).toBe(true)
    trade(t, 81, 'bid')
    trade(t, 82, 'bid')
    t.sleepAlive(2_100)
    expect([proofs(t), t.phase]).toEqual([1, 'dark: contradicted'])
  })

  it('prove nothing by themselves while the book moves', () => {
    const t = quoting()
    for (let index = 0; index < 5; index++) {
      trade(t, 80, 'bid')
      t.delta('bid', 30, 1)
      live(t, 2_500, 44, 46)
    }
    expect([proofs(t), said(t).prints.disagreements]).toEqual([0, 5])
  })
})

describe('post-only refusals', () => {
  const refuse = (t: Transcript, id: string) =>
    t.reply('place', id, rejected(400, 'invalid_order', 'post only cross'))
  const refusing = (): Transcript => {
    const t = placing()
    t.sleepAlive(1_500)
    refuse(t, 'kmm-n-1')
    refuse(t, 'kmm-n-2')
    return t
  }

  it('twice against a top that has not been there prove the book wrong', () => {
    const t = refusing()
    t.sleepAlive(2_100)
    expect([proofs(t), t.phase]).toEqual([1, 'dark: contradicted'])
  })

  it('are a race where the book shows a moment later what they met', () => {
    const t = refusing()
    t.pass(500)
    t.delta('ask', 43, 5)
    t.delta('ask', 43, -5)
    t.delta('bid', 47, 5)
    t.delta('bid', 47, -5)
    t.sleepAlive(2_100)
    expect([proofs(t), said(t).refusals.disagreements]).toEqual([0, 0])
  })
})

describe('our own orders', () => {
  it('that the book does not show twice in a row prove it wrong, once it has shown one', () => {
    const t = quoting()
    t.moveTop([44, 46], [46, 48])
    t.pass(50)
    t.acceptBoth('amend')
    for (const [side, price] of [
      ['bid', 45],
      ['ask', 49],
    ] as const) {
      t.delta(side, price, 10)
    }
    t.sleepAlive(2_500)
    t.moveTop([46, 48], [48, 50])
    t.acceptBoth('amend')
    t.sleepAlive(2_100)
    expect([proofs(t), t.phase]).toEqual([1, 'dark: contradicted'])
  })

  it('say nothing where the feed has never shown one', () => {
    const t = quoting()
    t.moveTop([44, 46], [46, 48])
    t.acceptBoth('amend')
    t.sleepAlive(2_100)
    expect([proofs(t), said(t).own_orders.disagreements]).toEqual([0, 0])
  })

  it('that the book shows are agreed with', () => {
    const t = shown(placing())
    t.acceptBoth('place')
    t.sleepAlive(2_100)
    expect(said(t).own_orders).toMatchObject({ disagreements: 0 })
    expect(said(t).own_orders.agreed_at).not.toBeNull()
  })
})

describe('the audit', () => {
  const audit = (t: Transcript, bids: number[], asks: number[]): void => {
    while (!t.open.has('book')) {
      t.sleepAlive(100)
      if (t.open.has('market')) t.answer('market', market(t, 44, 46))
    }
    const cents = (pairs: number[]): number[] => pairs.map((value) => value * 100)
    t.answer('book' as 'market', { bids: cents(bids), asks: cents(asks) } as never, 50)
  }
  const TRUE_BOOK = [
    [44, 50],
    [46, 50],
  ] as const

  it('comes once a minute and agrees with a book that is equal in every level', () => {
    const t = quoting()
    live(t, 182_000, 44, 46)
    expect(t.text.match(/< ask book/g)).toHaveLength(3)
    const { audit: report } = said(t)
    expect(report).toMatchObject({ differing: 0, disagreements: 0 })
    expect(t.at - Date.parse(report.agreed_at!)).toBeLessThan(61_000)
  })

  it('is off where that is asked for', () => {
    const t = quoting({ strategy: { audit_seconds: 0 } })
    live(t, 130_000, 44, 46)
    expect(t.text).not.toContain('ask book')
  })

  it('finds a deep level that two reads show otherwise', () => {
    const t = quoting()
    audit(t, [...TRUE_BOOK[0], 20, 7], [...TRUE_BOOK[1]])
    t.sleepAlive(2_100)
    expect(said(t).audit).toMatchObject({ differing: 1, disagreements: 1 })
    expect(proofs(t)).toBe(0)
    audit(t, [...TRUE_BOOK[0], 20, 7], [...TRUE_BOOK[1]])
    t.sleepAlive(2_100)
    expect([proofs(t), t.phase]).toEqual([1, 'dark: contradicted'])
  })

  it('forgives a level that only one of two reads shows otherwise', () => {
    const t = quoting()
    audit(t, [...TRUE_BOOK[0], 20, 7], [...TRUE_BOOK[1]])
    t.sleepAlive(2_100)
    audit(t, [...TRUE_BOOK[0]], [...TRUE_BOOK[1], 80, 7])
    t.sleepAlive(2_100)
    expect([proofs(t), said(t).audit.differing]).toEqual([0, 0])
  })

  it('takes a level that moves before, between or after for what it is', () => {
    const t = quoting()
    live(t, 58_000, 44, 46)
    t.delta('bid', 30, 9)
    t.delta('bid', 30, -9)
    audit(t, [...TRUE_BOOK[0], 30, 9], [...TRUE_BOOK[1], 80, 3])
    t.pass(1_500)
    t.delta('ask', 80, 3)
    t.sleepAlive(1_000)
    expect(said(t).audit).toMatchObject({ differing: 0, disagreements: 0 })
  })
})
