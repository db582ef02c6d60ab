// The shapes of the mock oracles against recordings of the real venues, where those lie beside the
// project: every recorded member is there, of the recorded type, and what is there beyond it is
// listed.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { admin } from '../../../mocks/oracles/operator.ts'
import { Oracles } from '../../../mocks/oracles/oracles.ts'
import type { Wire } from '../../../mocks/oracles/polymarket/channel.ts'

const FOLDER = new URL('../../../../shared/oracle-data/', import.meta.url)
const absent = !existsSync(FOLDER)
const word = absent ? ' (skipped: no recordings beside the project)' : ''

const T0 = Date.parse('2026-11-24T12:00:00Z')
const GAME = 'nfl-dal-nyg-2026-12-24'

type Json = Record<string, unknown>

const read = (file: string): string =>
  gunzipSync(readFileSync(new URL(file, FOLDER))).toString('utf8')
const lines = (file: string): Json[] =>
  read(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
const kinds = (value: Json): Record<string, string> =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, kindOf(member)]))

/** Everything recorded is there with its kind; the result is what is there besides. */
const beyond = (ours: Json, recorded: Json): string[] => {
  expect(kinds(ours)).toMatchObject(kinds(recorded))
  return Object.keys(ours)
    .filter((key) => !(key in recorded))
    .sort()
}

/** Frames of a market after a move, a trade and a finer grid. */
const framesOf = (): Json[] => {
  const oracles = new Oracles({ walkCents: 0, takerEveryMs: 0 }, T0)
  const frames: Json[] = []
  const wire: Wire = {
    send: (text) => frames.push(...([JSON.parse(text)].flat() as Json[])),
    close: () => {},
    cut: () => {},
  }
  oracles.channel.attach(wire, T0)
  const assets_ids = oracles.market(GAME).ids.tokens
  oracles.channel.receive(wire, JSON.stringify({ type: 'market', assets_ids }), T0)
  const act = (name: string, body: Json, at: number): void => {
    const { status } = admin(oracles, 'POST', `/admin/${name}`, JSON.stringify(body), at)
    expect(status).toBe(200)
    oracles.step(at + 600)
  }
  act('shock', { event: GAME, d: 0.05, hold_s: 0 }, T0)
  act('trade', { event: GAME, side: 'SELL', size: 7.25 }, T0 + 1_000)
  act('fair', { event: GAME, p: 0.975 }, T0 + 2_000)
  return frames
}

const bodyOf = (target: string): unknown => {
  const oracles = new Oracles({}, T0)
  const path = target.replace('TOKEN', oracles.market(GAME).ids.tokens[0])
  return JSON.parse(oracles.answer('GET', path, '', T0)!.text)
}

describe(`shapes as recorded${word}`, () => {
  const of = (type: string): Json => framesOf().find(({ event_type }) => event_type === type)!

  it.skipIf(absent)('book and price_change of 29 September 2026', () => {
    const recorded = lines('polymarket-ws-2026-09/market-channel.ndjson.gz')
    const [book, change] = recorded as [Json, Json]
    expect(beyond(of('book'), book)).toEqual([])
    expect(kinds((of('book').bids as Json[])[0]!)).toEqual(kinds((book.bids as Json[])[0]!))
    expect(beyond(of('price_change'), change)).toEqual([])
    const entry = (frame: Json): Json => (frame.price_changes as Json[])[0]!
    // The recording was cut by its hashes.
    expect(beyond(entry(of('price_change')), entry(change))).toEqual(['hash'])
  })

  it.skipIf(absent)('last_trade_price and tick_size_change', () => {
    const trade = JSON.parse(read('polymarket-rest-book/ws-last-trade-price-2024-08.json.gz'))
    expect(beyond(of('last_trade_price'), trade as Json)).toEqual(['transaction_hash'])
    const tick = JSON.parse(read('polymarket-rest-book/ws-tick-size-change-2025-02.json.gz'))
    expect(beyond(of('tick_size_change'), tick as Json)).toEqual([])
  })

  it.skipIf(absent)('a book over REST, best prices last', () => {
    const recorded = JSON.parse(read('polymarket-rest-book/book-2024-10.json.gz')) as Json
    const ours = bodyOf('/clob/book?token_id=TOKEN') as Json
    expect(beyond(ours, recorded)).toEqual([
      'last_trade_price',
      'min_order_size',
      'neg_risk',
      'tick_size',
    ])
    const ascends = (list: unknown): boolean => {
      const prices = (list as { price: string }[]).map(({ price }) => Number(price))
      return prices.every((price, index) => index === 0 || price > prices[index - 1]!)
    }
    for (const book of [recorded, ours]) {
      expect([ascends(book.bids), ascends(book.asks)]).toEqual([true, false])
    }
  })

  it.skipIf(absent)(
    'a market of Gamma has no member that was not recorded, and no other kind',
    () => {
      const recorded = JSON.parse(read('gamma-markets/gamma-markets.json.gz')) as Json[]
      const ours = bodyOf(`/gamma/markets/slug/${GAME}`) as Json
      const strangers = Object.entries(ours).filter(
        ([key, value]) => !recorded.some((one) => key in one && kindOf(one[key]) === kindOf(value)),
      )
      // The second protocol came after these recordings.
      expect(strangers.map(([key]) => key)).toEqual(['version'])
      const always = Object.keys(recorded[0]!).filter((key) => recorded.every((one) => key in one))
      const left = always.filter((key) => !(key in ours))
      // Only what is closed has it.
      expect(left).toEqual(['closedTime'])
    },
  )

  it.skipIf(absent)('an event of The Odds API down to its outcomes', () => {
    const { events } = JSON.parse(read('the-odds-api-mlb/mlb-odds-2026-08-07.json.gz')) as {
      events: Json[]
    }
    const path = (event: Json) => {
      const book = (event.bookmakers as Json[]).find(({ key }) => key === 'betfair_ex_eu')!
      const markets = book.markets as Json[]
      const outcome = (markets[0]!.outcomes as Json[])[0]!
      return { event, book, market: markets[0]!, outcome, keys: markets.map(({ key }) => key) }
    }
    const query = 'apiKey=mock-odds-key&regions=us,eu&markets=h2h'
    const ours = path((bodyOf(`/v4/sports/americanfootball_nfl/odds?${query}`) as Json[])[0]!)
    const recorded = path(events[0]!)
    expect(beyond(ours.event, recorded.event)).toEqual([])
    expect(beyond(ours.book, recorded.book)).toEqual([])
    expect(beyond(ours.market, recorded.market)).toEqual([])
    expect(beyond(ours.outcome, recorded.outcome)).toEqual([])
    expect(ours.keys).toEqual(recorded.keys)
    const stamp = (time: unknown): string => String(time).replaceAll(/\d/g, '0')
    expect(stamp(ours.book.last_update)).toBe(stamp(recorded.book.last_update))
    expect(stamp(ours.event.commence_time)).toBe(stamp(recorded.event.commence_time))
  })
})
