// Recorded events as the best prices of all their markets over time, and which market has won.
//
// Two kinds of file are read: best prices as they changed (CSV), and public trades of every strike
// (JSON), where the last seller shows the bid and the last buyer the ask.

import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Millis, Side } from '../../../src/core/vocabulary/units.ts'
import { filesIn, textOf } from '../../recordings/files.ts'
import { readTrades } from '../read-trades.ts'

/** Best prices of one market from then on, cents. */
export interface Quote {
  readonly at: Millis
  readonly ticker: string
  readonly bid: number
  readonly ask: number
  /** What was traded, where a trade has shown the prices. */
  readonly print?: { readonly taker: Side; readonly price: number; readonly contracts: number }
}

export interface RecordedEvent {
  readonly name: string
  readonly kind: 'books' | 'trades'
  readonly tickers: readonly string[]
  /** In the order of time. */
  readonly quotes: readonly Quote[]
  /** null where the recording does not show it. */
  readonly winner: string | null
}

/** A market that ends above this has won, if all others end below 100 less it. Cents. */
const WON = 95

const winnerOf = (quotes: readonly Quote[]): string | null => {
  const last = new Map(quotes.map((quote) => [quote.ticker, quote]))
  const won = [...last.values()].filter(({ bid }) => bid >= WON)
  const open = [...last.values()].filter(({ bid, ask }) => bid < WON && ask > 100 - WON)
  return won.length === 1 && open.length === 0 ? won[0]!.ticker : null
}

const eventOf = (
  file: string,
  kind: RecordedEvent['kind'],
  quotes: readonly Quote[],
  winner: string | null,
): RecordedEvent => ({
  name: basename(file).split('.')[0]!,
  kind,
  tickers: [...new Set(quotes.map(({ ticker }) => ticker))].sort(),
  quotes,
  winner: winner ?? winnerOf(quotes),
})

const readBooks = (file: string): RecordedEvent => {
  const rows = textOf(file).trimEnd().split('\n').slice(1)
  const quotes = rows.map((row, index): Quote => {
    const [time = '', ticker = '', bid, no] = row.split(',')
    const quote = { at: Date.parse(`${time}Z`), ticker, bid: Number(bid), ask: 100 - Number(no) }
    if (Number.isFinite(quote.at + quote.bid + quote.ask)) return quote
    throw new Error(`Reading ${file} failed at line ${index + 2}: found "${row}"`)
  })
  return eventOf(file, 'books', quotes, null)
}

/** The touch as prints show it: where both sides contradict each other, the newer is right. */
const touches = (file: string): Quote[] =>
  readTrades(file, textOf(file))
    .flatMap(({ ticker, orders }) => {
      let [bid, ask] = [0, 100]
      return orders.map(({ at, taker, deepest: price, contracts }): Quote => {
        if (taker === 'ask') {
          bid = price
          ask = Math.max(ask, price + 1)
        } else {
          ask = price
          bid = Math.min(bid, price - 1)
        }
        return { at, ticker, bid, ask, print: { taker, price, contracts } }
      })
    })
    .sort((one, other) => one.at - other.at)

const resultIn = (file: string): string | null => {
  if (!existsSync(file)) return null
  const { markets } = JSON.parse(textOf(file)) as { markets: { ticker: string; result: string }[] }
  return markets.find(({ result }) => result === 'yes')?.ticker ?? null
}

/** All events below a folder of recordings. */
export const eventsIn = (folder: string): RecordedEvent[] => [
  ...filesIn(join(folder, 'bbo-weather-2025'), /\.bbo\.csv\.gz$/).map(readBooks),
  ...filesIn(join(folder, 'trades-weather'), /\.trades\.json\.gz$/).map((file) =>
    eventOf(file, 'trades', touches(file), resultIn(file.replace('.trades.', '.event.'))),
  ),
]
