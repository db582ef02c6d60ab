// A book that is no market is left at once; what is held may still be sold at cost or better.

import { describe, expect, it } from 'vitest'
import { statusOf } from '../../../../src/core/status/view.ts'
import { quoting, Transcript } from '../../../helpers/engine-transcript.ts'

const RULES = { strategy: { max_credible_spread: 20, min_credible_depth: 1000 } }

const on = (bids: number[], asks: number[]): Transcript => {
  const t = new Transcript(RULES).begin().connect().answerAll()
  t.snapshot(bids, asks)
  return t
}

describe('a dead book', () => {
  it.each([
    ['1/99 with a handful of contracts', [1, 5], [99, 5]],
    ['1/99 with thousands', [1, 5000], [99, 5000]],
    ['48/52 with next to nothing behind', [48, 5, 20, 5000], [52, 5, 80, 5000]],
  ])('%s is not quoted, and said to be worth nothing', (_, bids, asks) => {
    const t = on(bids, asks)
    expect([t.phase, t.orders.exposedCount]).toEqual(['paused: market-not-credible', 0])
    const { worth } = statusOf(t.engine, t.at)
    expect(worth).toMatchObject({ ok: false, expected_cents_per_hour: null })
    expect(worth?.reasons).toContain('market-not-credible')
  })

  it('is quoted where both rules are off', () => {
    const t = new Transcript({ strategy: { max_credible_spread: 0, min_credible_depth: 0 } })
    t.begin().connect().answerAll()
    t.snapshot([1, 5], [99, 5])
    expect(t.phase).toBe('quoting')
  })
})

describe('a market that dies', () => {
  it('is left at once, and entered again 3 s after it has come back', () => {
    const t = quoting(RULES)
    t.delta('bid', 20, 50)
    t.delta('bid', 44, -50)
    expect(t.phase).toBe('paused: market-not-credible')
    t.acceptBoth('cancel')
    t.sleepAlive(5_000)
    expect(t.phase).toBe('paused: market-not-credible')
    t.answerAll()
    t.delta('bid', 44, 50)
    t.sleepAlive(2_900)
    expect(t.phase).toBe('paused: market-not-credible')
    t.sleepAlive(200)
    expect(t.phase).toBe('quoting')
  })

  it('comes back by depth behind the touch alone, which no event tells of', () => {
    const t = on([44, 5], [46, 50])
    expect(t.phase).toBe('paused: market-not-credible')
    t.delta('bid', 42, 5)
    t.sleepAlive(4_100)
    expect(t.phase).toBe('quoting')
  })

  it('does not count our own orders as depth', () => {
    const t = on([44, 5], [46, 50])
    t.delta('bid', 44, 45)
    t.sleepAlive(4_100)
    t.acceptBoth('place')
    t.delta('bid', 44, -45)
    t.sleepAlive(1_100)
    expect(t.phase).toBe('paused: market-not-credible')
  })

  it('keeps an offer for what is held, at cost or better, and no bid', () => {
    const t = quoting(RULES)
    t.fill('kmm-n-1', 10)
    t.accept('place', 'kmm-n-3')
    t.delta('bid', 1, 50)
    t.delta('bid', 44, -50)
    expect(t.phase).toBe('quoting')
    t.accept('cancel', 'kmm-n-3')
    t.sleepAlive(1_000)
    t.accept('amend', 'kmm-n-2')
    const { silence, quotes } = statusOf(t.engine, t.at)
    expect([silence.bid, quotes.bid]).toEqual(['market-not-credible', null])
    // The mid is 23.5 now; the position cost 43.
    expect(quotes.ask?.price).toBe('0.4300')
  })

  it('says why, until prints agree with the middle of a wider book', () => {
    const t = on([30, 50], [60, 50])
    expect(t.phase).toBe('paused: market-not-credible')
    for (const price of [44, 45, 46]) {
      t.hear({
        ...{ type: 'trade', sid: 5, seq: 0, ticker: 'KXTEST-26DEC31-T50', tradeId: `p${price}` },
        ...{ price: price * 100, quantity: 200, taker: 'bid', venueAt: t.at },
      })
    }
    t.sleepAlive(4_100)
    expect(t.phase).toBe('quoting')
  })
})
