// Polymarket's frames and books, and the gates between a book and a probability.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGammaMarkets } from '../../../../src/signals/polymarket/gamma-wire.ts'
import {
  changeSubscription,
  readBook,
  readEvent,
  readFrame,
  subscribeMessage,
} from '../../../../src/signals/polymarket/market-wire.ts'
import { TokenBook } from '../../../../src/signals/polymarket/token-book.ts'
import {
  type PolymarketFacts,
  polymarketReading,
} from '../../../../src/signals/polymarket/value.ts'

const DATA = '../shared/oracle-data'
const recording = (name: string): string => gunzipSync(readFileSync(join(DATA, name))).toString()
const absent = !existsSync(DATA)

const NOW = 1_790_658_661_500
const A = '7667'
const B = '5417'

/** A whole book; each side as "price x size, ...". */
const book = (token: string, bids: string, asks: string, at = NOW) => {
  const levels = (side: string): object[] =>
    side === ''
      ? []
      : side.split(', ').map((level) => {
          const [price, size] = level.split(' x ')
          return { price, size }
        })
  return {
    ...{ event_type: 'book', market: '0x1', asset_id: token, timestamp: String(at), hash: 'aa' },
    ...{ bids: levels(bids), asks: levels(asks) },
  }
}

const change = (entries: object[], at = NOW): object => ({
  ...{ event_type: 'price_change', market: '0x1', timestamp: String(at), price_changes: entries },
})

type Best = [bid: string, ask: string]
const entry = (price: string, size: string, side: string, best: Best | null = null): object => ({
  ...{ asset_id: A, price, size, side },
  ...(best === null ? {} : { best_bid: best[0], best_ask: best[1] }),
})

const feed = (kept: TokenBook, message: object, at = NOW): void => {
  for (const each of readFrame(JSON.stringify(message))) kept.apply(each, at)
}

const deep = (token = A): TokenBook => {
  const kept = new TokenBook(token)
  feed(kept, book(token, '0.40 x 500, 0.45 x 300', '0.60 x 9, 0.47 x 200'))
  return kept
}

describe('frames', () => {
  it('are objects, lists of objects, or PONG', () => {
    expect(readFrame('PONG')).toEqual([{ kind: 'pong' }])
    const one = JSON.stringify(book(A, '', ''))
    expect(readFrame(one)[0]?.kind).toBe('book')
    expect(readFrame(`[${one},${one}]`).map(({ kind }) => kind)).toEqual(['book', 'book'])
  })

  it('that are a page of HTML, or nothing, are malformed and say what was found', () => {
    const [page] = readFrame('<html><title>Attention required</title></html>')
    expect(page).toMatchObject({ kind: 'malformed' })
    expect(page?.kind === 'malformed' && page.detail).toContain('<html>')
    for (const text of ['', 'null', '5', '"x"', '[null]', '{}', '{"event_type":"book"}']) {
      expect(readFrame(text)[0]?.kind).toBe('malformed')
    }
  })

  it('without an event type are a book when they have two sides, under old names too', () => {
    const { event_type: _, bids, asks, ...rest } = book(A, '0.4 x 1', '')
    expect(readEvent({ ...rest, bids, asks })).toMatchObject({ kind: 'book', token: A })
    const old = { ...rest, buys: bids, sells: asks }
    expect(readEvent(old)).toMatchObject({ kind: 'book', asks: [] })
  })

  it('of an unknown event pass through by name', () => {
    const other = { kind: 'other', name: 'new_market' }
    expect(readEvent({ event_type: 'new_market', whatever: 1 })).toEqual(other)
  })

  it('never take a number for a token id: its last digits are gone already', () => {
    const raw = { ...book(A, '', ''), asset_id: 7667 }
    expect(readEvent(raw).kind).toBe('malformed')
  })

  it('take empty optional numbers as absent and never as zero', () => {
    expect(readEvent(change([entry('', '5', 'BUY')])).kind).toBe('malformed')
    expect(readEvent(change([entry('0.4', '', 'BUY')])).kind).toBe('malformed')
    const half = readEvent(change([{ ...entry('0.4', '5', 'BUY'), best_bid: '', best_ask: '0.5' }]))
    expect(half.kind === 'change' && half.entries[0]?.top).toBeNull()
  })

  it('state an empty side as 0 or 1', () => {
    const got = readEvent(change([entry('0.4', '0', 'BUY', ['0', '0.5'])]))
    expect(got.kind === 'change' && got.entries[0]?.top).toEqual({ bid: null, ask: 0.5 })
    const top = { event_type: 'best_bid_ask', asset_id: A, best_bid: '0.4', best_ask: '1' }
    expect(readEvent(top)).toMatchObject({ kind: 'top', top: { bid: 0.4, ask: null } })
  })

  it('tell of a resolution', () => {
    const raw = { event_type: 'market_resolved', assets_ids: [A, B], winning_asset_id: A }
    const kept = deep()
    kept.apply(readEvent(raw), NOW)
    expect(kept.resolved).toBe(true)
  })

  it('whatever they are never throw', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('book', 'price_change', 'x', ''),
        (value, event_type) => {
          const frame = { event_type, price_changes: value, bids: value, asks: [] }
          for (const each of [value, frame]) readFrame(JSON.stringify(each))
          readGammaMarkets(value)
        },
      ),
      { seed: 20_261_124 },
    )
  })

  it('are asked for with the spelling that the service wants', () => {
    expect(JSON.parse(subscribeMessage([A]))).toEqual({
      ...{ type: 'market', assets_ids: [A] },
      ...{ initial_dump: true, level: 2, custom_feature_enabled: true },
    })
    expect(changeSubscription('unsubscribe', [A])).toBe(
      `{"operation":"unsubscribe","assets_ids":["${A}"]}`,
    )
  })
})

describe('REST answers', () => {
  it('that refuse are malformed', () => {
    const got = readBook({ error: 'No orderbook exists for the requested token id' })
    expect(got.kind === 'malformed' && got.detail).toContain('No orderbook exists')
  })
})

describe('book', () => {
  it('finds its best prices in either order of levels', () => {
    for (const flip of [false, true]) {
      const bids = flip ? '0.45 x 3, 0.40 x 5' : '0.40 x 5, 0.45 x 3'
      const asks = flip ? '0.47 x 2, 0.60 x 9' : '0.60 x 9, 0.47 x 2'
      const kept = new TokenBook(A)
      feed(kept, book(A, bids, asks))
      expect(kept.top(NOW)).toEqual({ bid: 0.45, ask: 0.47 })
    }
  })

  it('is one-sided when a side is empty', () => {
    const kept = new TokenBook(A)
    feed(kept, book(A, '0.4 x 5', ''))
    expect([kept.top(NOW), kept.oneSided(NOW)]).toEqual([{ bid: 0.4, ask: null }, true])
    expect(kept.depth('ask', NOW)).toBe(0)
  })

  it('takes only what is about its token', () => {
    const kept = deep()
    feed(kept, book(B, '0.1 x 1', '0.9 x 1'))
    feed(kept, change([{ ...entry('0.46', '1', 'BUY', ['0.46', '0.47']), asset_id: B }]))
    expect(kept.top(NOW)).toEqual({ bid: 0.45, ask: 0.47 })
  })

  it('never shows the crossing in the middle of a taker', () => {
    const kept = new TokenBook(A)
    feed(kept, book(A, '0.29 x 2000', '0.299 x 50, 0.30 x 60, 0.31 x 90'))
    const at = NOW + 1000
    const best: [string, string] = ['0.301', '0.31']
    for (const [price, size, side] of [
      ['0.301', '1000', 'BUY'],
      ['0.299', '0', 'SELL'],
      ['0.30', '0', 'SELL'],
    ] as const) {
      feed(kept, change([entry(price, size, side, best)], at), at)
      expect(kept.top(at)).toEqual({ bid: 0.301, ask: 0.31 })
    }
    expect(kept.localTop()).toEqual({ bid: 0.301, ask: 0.31 })
    expect(kept.desynced(at + 10_000)).toBe(false)
  })

  it('knows after a quarter of a second of disagreement that a frame was lost', () => {
    const kept = deep()
    feed(kept, change([entry('0.44', '7', 'BUY', ['0.46', '0.47'])]))
    expect([kept.desynced(NOW + 250), kept.desynced(NOW + 251)]).toEqual([false, true])
    expect([kept.wantsBook(NOW + 251), kept.depth('bid', NOW + 251)]).toEqual([true, null])
    feed(kept, book(A, '0.46 x 9', '0.47 x 9'), NOW + 300)
    expect(kept.desynced(NOW + 10_000)).toBe(false)
  })

  it('keeps the stated prices before its first whole book', () => {
    const kept = new TokenBook(A)
    feed(kept, change([entry('0.44', '7', 'BUY', ['0.44', '0.47'])]))
    expect([kept.top(NOW), kept.depth('bid', NOW)]).toEqual([{ bid: 0.44, ask: 0.47 }, null])
  })

  it('loses its levels when the tick changes, and its top five seconds later', () => {
    const kept = deep()
    feed(kept, { event_type: 'tick_size_change', asset_id: A, new_tick_size: '0.001' })
    expect([kept.top(NOW + 5000), kept.depth('bid', NOW)]).toEqual([{ bid: 0.45, ask: 0.47 }, null])
    expect(kept.top(NOW + 5001)).toEqual({ bid: null, ask: null })
    feed(kept, book(A, '0.451 x 9', '0.47 x 9'), NOW + 6000)
    expect(kept.top(NOW + 60_000)).toEqual({ bid: 0.451, ask: 0.47 })
  })

  it('forgets everything with its connection', () => {
    const kept = deep()
    kept.drop()
    expect([kept.top(NOW), kept.depth('ask', NOW)]).toEqual([{ bid: null, ask: null }, null])
  })

  it('wants a whole book after half an hour of changes without one', () => {
    const kept = deep()
    expect(kept.wantsBook(NOW + 3_600_000)).toBe(false)
    feed(kept, change([entry('0.45', '7', 'BUY', ['0.45', '0.47'])]))
    expect(kept.wantsBook(NOW + 30 * 60_000)).toBe(false)
    expect(kept.wantsBook(NOW + 30 * 60_000 + 1)).toBe(true)
  })
})

describe('value', () => {
  const facts = (more: Partial<PolymarketFacts> = {}): PolymarketFacts => ({
    ...{ key: 'slug/Yes', side: 'same', refusal: '', startAt: Number.NaN, inPlay: false },
    ...{ confirmedAt: NOW, ...more },
  })

  it('is the mid of the mapped side, with its spread and depth', () => {
    const got = polymarketReading(deep(), facts(), NOW)
    expect(got).toMatchObject({ state: 'live', reason: '' })
    expect(got.value!.pYes).toBeCloseTo(0.46, 12)
    expect(got.value).toMatchObject({ spreadCents: expect.closeTo(2, 9), depth: 200, sigma: 0.06 })
    const other = polymarketReading(deep(), facts({ side: 'inverse' }), NOW)
    expect(other.value!.pYes).toBeCloseTo(0.54, 12)
  })

  it('is less certain where the spread is wide for its price', () => {
    const kept = new TokenBook(A)
    feed(kept, book(A, '0.05 x 500', '0.09 x 500'))
    expect(polymarketReading(kept, facts(), NOW).value!.sigma).toBeCloseTo(0.02 / (0.07 * 0.93), 10)
  })

  const quote = (bid: string, ask: string, size = '500'): TokenBook => {
    const kept = new TokenBook(A)
    feed(kept, book(A, `${bid} x ${size}`, `${ask} x ${size}`))
    return kept
  }
  const started = { startAt: NOW - 300_001 }
  const gates: [string, string, TokenBook, Partial<PolymarketFacts>][] = [
    ['an unusable market', 'closed', deep(), { refusal: 'closed' }],
    ['a start within a minute', 'closed', deep(), { startAt: NOW + 60_000 }],
    ['a start five minutes ago', 'closed', deep(), { startAt: NOW - 300_000, inPlay: true }],
    ['a game that runs', 'closed', deep(), started],
    ['a dead connection', 'stale', deep(), { confirmedAt: Number.NaN }],
    ['silence', 'stale', deep(), { confirmedAt: NOW - 20_001 }],
    ['a clock set back', 'stale', deep(), { confirmedAt: NOW + 3_600_000 }],
    ['no book yet', 'starting', new TokenBook(A), {}],
    ['an empty side', 'suspended', quote('0.4', '0.42', '0'), {}],
    ['a price near nothing', 'suspended', quote('0.019', '0.03'), {}],
    ['a price near all', 'suspended', quote('0.97', '0.981'), {}],
    ['a spread above 4 cents', 'suspended', quote('0.40', '0.441'), {}],
    ['too few shares', 'suspended', quote('0.40', '0.42', '99'), {}],
  ]
  for (const [name, state, kept, more] of gates) {
    it(`is absent with ${name}`, () => {
      const got = polymarketReading(kept, facts(more), NOW)
      expect(got.state).toBe(state)
      expect(got.value).toBeNull()
      expect(got.reason).not.toBe('')
    })
  }

  it('stands at each gate, and in play where the mapping says so', () => {
    const at = (kept: TokenBook, more: Partial<PolymarketFacts> = {}): string =>
      polymarketReading(kept, facts(more), NOW).state
    expect([at(quote('0.40', '0.44', '100')), at(quote('0.02', '0.06'))]).toEqual(['live', 'live'])
    expect(at(quote('0.94', '0.98'))).toBe('live')
    expect(at(deep(), { startAt: NOW + 60_001 })).toBe('live')
    expect(at(deep(), { ...started, inPlay: true })).toBe('live')
    expect(at(deep(), { confirmedAt: NOW - 20_000 })).toBe('live')
  })
})

describe.skipIf(absent)('recordings (at hand)', () => {
  it('of 29 September 2026 agree with the stated prices after each of 12 changes', () => {
    const first = '76670567130917723816490572615540605537878462672464291990940067659127658071111'
    const second = '54179564009642723353355316176091991063553046330768303687769988635499280029688'
    const one = new TokenBook(first)
    const two = new TokenBook(second)
    let compared = 0
    for (const line of recording('polymarket-ws-2026-09/market-channel.ndjson.gz')
      .trim()
      .split('\n')) {
      for (const message of readFrame(line)) {
        expect(message.kind).not.toBe('malformed')
        one.apply(message, NOW)
        two.apply(message, NOW)
        if (message.kind !== 'change') continue
        const stated = message.entries.find(({ token }) => token === first)!.top
        expect(one.localTop()).toEqual(stated)
        expect(one.top(NOW)).toEqual(stated)
        compared++
      }
    }
    expect(compared).toBe(12)
    expect(one.top(NOW)).toEqual({ bid: 0.311, ask: 0.36 })
    expect(two.top(NOW)).toEqual({ bid: 0.64, ask: 0.689 })
    expect([one.desynced(NOW + 10_000), one.changedAt]).toEqual([false, 1_790_658_701_584])
  })

  it('of older books, a tick change and a trade are read', () => {
    const folder = 'polymarket-rest-book'
    const old = readBook(JSON.parse(recording(`${folder}/book-2024-10.json.gz`)))
    if (old.kind !== 'book') throw new Error(old.detail)
    expect(old).toMatchObject({ at: 1_728_799_418_260 })
    const kept = new TokenBook(old.token)
    kept.apply(old, NOW)
    expect(kept.top(NOW)).toEqual({ bid: 0.1, ask: 0.14 })
    const [legacy] = readFrame(recording(`${folder}/ws-book-legacy.json.gz`))
    expect(legacy).toMatchObject({ kind: 'book' })
    expect(readFrame(recording(`${folder}/ws-tick-size-change-2025-02.json.gz`))).toMatchObject([
      { kind: 'tick', to: 0.001, at: 1_739_068_041_853 },
    ])
    expect(readFrame(recording(`${folder}/ws-last-trade-price-2024-08.json.gz`))).toMatchObject([
      { kind: 'trade', price: 0.491, at: 1_724_564_136_087 },
    ])
  })
})
