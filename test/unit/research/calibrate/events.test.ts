// Recorded events against their outcomes: what is read, and that scaled prices are scored rightly.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  eventsIn,
  type Quote,
  type RecordedEvent,
} from '../../../../research/calibrate/events/books.ts'
import { profitsOf } from '../../../../research/calibrate/events/maker.ts'
import { eventsReport } from '../../../../research/calibrate/events/report.ts'
import { overEvents, scoreOf } from '../../../../research/calibrate/events/score.ts'

const T = Date.parse('2025-12-13T07:00:00Z')
const HOUR = 3_600_000
const quote = (hours: number, ticker: string, bid: number, ask: number): Quote => ({
  ...{ at: T + hours * HOUR, ticker, bid, ask },
})
/** Three outcomes whose mids sum to 110 c, in books 10 c wide, for an hour. */
const EVENT: RecordedEvent = {
  ...{ name: 'E', kind: 'books', tickers: ['A', 'B', 'C'], winner: 'A' },
  quotes: [
    ...[quote(0, 'A', 50, 60), quote(0, 'B', 25, 35), quote(0, 'C', 20, 30)],
    quote(1, 'A', 50, 60),
  ],
}

describe('the score of an event', () => {
  it('is the sum of squared misses, of mids and of scaled prices', () => {
    const { whole, spans } = scoreOf(EVENT)
    const miss = (a: number, b: number, c: number) => (1 - a) ** 2 + b ** 2 + c ** 2
    const scaled = miss(55 / 110, 30 / 110, 25 / 110)
    expect(whole).toMatchObject({ samples: 11, sum: 110, above: 1 })
    expect(whole.mid).toBeCloseTo(miss(0.55, 0.3, 0.25), 9)
    // No market falls below its best bid, and each book is just narrow enough to have a mid.
    expect(whole.gain).toBeCloseTo(whole.mid - scaled, 9)
    expect(whole.plain).toBeCloseTo(whole.mid - scaled, 9)
    expect(spans.map(({ samples }) => samples)).toEqual([11, 0, 0, 0])
  })

  it('counts only times at which every market has a price', () => {
    const late = { ...EVENT, quotes: [...EVENT.quotes.slice(0, 2), quote(0.9, 'C', 20, 30)] }
    expect(
      scoreOf({ ...late, quotes: [...late.quotes, quote(1, 'C', 20, 30)] }).whole.samples,
    ).toBe(1)
  })

  it('has an error over events only', () => {
    expect(overEvents([1, 3])).toEqual({ mean: 2, error: 1 })
    expect(overEvents([1]).error).toBeNaN()
  })
})

const folder = (): string => {
  const at = mkdtempSync(join(tmpdir(), 'kmm-events-'))
  const put = (kind: string, name: string, text: string): void => {
    mkdirSync(join(at, kind), { recursive: true })
    writeFileSync(join(at, kind, name), gzipSync(text))
  }
  const head = 'timestamp,market_ticker,best_yes_bid,best_no_bid,implied_no_ask,implied_yes_ask'
  const rows = ['T07:00:00,A,40,50,0,0', 'T07:00:01,B,45,50,0,0', 'T08:00:00,A,99,0,0,0']
  const books = [...rows, 'T08:00:01,B,0,99,0,0'].map((row) => `2025-12-13${row}`)
  put('bbo-weather-2025', 'day.bbo.csv.gz', `${[head, ...books].join('\n')}\n`)
  const trade = (ticker: string, minute: number, price: number, taker: string) => ({
    ...{
      trade_id: `${ticker}${minute}`,
      ticker,
      count: 10,
      yes_price: price,
      no_price: 100 - price,
    },
    ...{ created_time: `2025-12-13T07:0${minute}:00Z`, taker_side: taker },
  })
  const trades = {
    A: [trade('A', 4, 57, 'no'), trade('A', 1, 62, 'yes'), trade('A', 0, 60, 'no')],
    B: [trade('B', 3, 55, 'yes'), trade('B', 2, 50, 'no')],
  }
  put('trades-weather', 'other.trades.json.gz', JSON.stringify(trades))
  const markets = [
    { ticker: 'A', result: 'no' },
    { ticker: 'B', result: 'yes' },
  ]
  put('trades-weather', 'other.event.json.gz', JSON.stringify({ markets }))
  return at
}

describe('recorded events', () => {
  it('are read from best prices, whose last rows show the winner', () => {
    const [books] = eventsIn(folder())
    expect(books).toMatchObject({ name: 'day', kind: 'books', tickers: ['A', 'B'], winner: 'A' })
    expect(books?.quotes[0]).toEqual(quote(0, 'A', 40, 50))
  })

  it('are read from trades, which show a side each, beside the results', () => {
    const [, other] = eventsIn(folder())
    expect(other).toMatchObject({ name: 'other', kind: 'trades', winner: 'B' })
    const touch = other?.quotes.map(({ ticker, bid, ask }) => [ticker, bid, ask])
    expect(touch).toEqual([
      ...[
        ['A', 60, 100],
        ['A', 60, 62],
        ['B', 50, 100],
        ['B', 50, 55],
        ['A', 57, 62],
      ],
    ])
  })

  it('have profits that differ by the fair value alone', () => {
    const [books, other] = eventsIn(folder())
    expect(profitsOf(books!)).toBeNull()
    // The seller of A at 57 reaches the bid of 60 around the mid of 61, and not the scaled one.
    expect(profitsOf(other!)).toEqual({
      mid: { dollars: -6, contracts: 10 },
      event: { dollars: -5.9, contracts: 10 },
      plain: { dollars: 0, contracts: 0 },
    })
  })

  it('are reported with how few they are, and with those left out', () => {
    const text = eventsReport([EVENT, { ...EVENT, name: 'F', winner: null }])
    expect(text).toContain('1 events are few')
    expect(text).toContain('left out: F')
    expect(text).toMatch(/E +books +11 +110\.0 +100 %/)
  })
})
