// From files to markets: finds out what each file is by how it begins, and puts together what
// several of them say about one market.
//
// A list of trades has no fair price. It is taken from the book or tape of the same market where
// one is given beside it, and else from an average of what was traded before.

import { TradeAnchor } from '../../src/core/estimators/micro-price.ts'
import { PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { textOf } from '../recordings/files.ts'
import { isRecorded } from '../recordings/recording.ts'
import { type Kind, type MarketData, type Order, stretchAt } from './data.ts'
import { readFrames } from './read-frames.ts'
import { readTape } from './read-tape.ts'
import { readTrades } from './read-trades.ts'

/** A row of a tape begins with the year; a header with its first column. */
const TAPE = /^(ts,ticker,|\d{4}-\d{2}-\d{2}T)/

/** What a file is, by its beginning; null where it is none of the three. */
export const kindOf = (text: string): Kind | null => {
  const start = text.trimStart()
  if (TAPE.test(start)) return 'tape'
  const [line = ''] = start.split('\n', 1)
  if (isRecorded(line)) return 'frames'
  return start.startsWith('{') || start.startsWith('[') ? 'trades' : null
}

/** @throws Error naming the file, and the line where there is one */
const readFile = (file: string): MarketData[] => {
  const text = textOf(file)
  if (text.trim() === '') throw new Error(`Reading ${file} failed: found an empty file`)
  switch (kindOf(text)) {
    case 'frames':
      return readFrames(file, text)
    case 'tape':
      return readTape(file, text)
    case 'trades':
      return readTrades(file, text)
    case null: {
      const found = text.trimStart().slice(0, 40).split('\n', 1)[0]
      throw new Error(
        `Reading ${file} failed at line 1: found ${found}, wanted a recording, a tape or a list of trades`,
      )
    }
  }
}

/** Fair and touch from the book or tape of the same market; orders outside it have neither. */
const withBook = (order: Order, { stretches }: MarketData): Order => {
  const before = stretchAt(stretches, order.at - 1)
  if (before === null) return order
  const known = before.bid > 0
  const touch = !known ? Number.NaN : (order.taker === 'bid' ? before.ask : before.bid) / PRICE_CENT
  return { ...order, touch, fair: before.mid, tick: before.tick }
}

/** Fair as the average of about ten orders before, by the price at which each began. */
const withAnchor = (orders: readonly Order[]): Order[] => {
  const anchor = new TradeAnchor()
  return orders.map((order) => {
    const fair = anchor.price
    anchor.onTrade(order.first)
    return Number.isNaN(order.fair) ? { ...order, fair } : order
  })
}

const ANCHORED =
  'no book: the fair price is an average of about ten orders before, so A is rough and sigma is' +
  ' that of traded prices'

/** Two files of one kind as one. */
const append = (a: MarketData, b: MarketData): MarketData => ({
  ticker: a.ticker,
  files: [...a.files, ...b.files],
  kinds: [...new Set([...a.kinds, ...b.kinds])],
  stretches: [...a.stretches, ...b.stretches].sort((x, y) => x.from - y.from),
  orders: [...a.orders, ...b.orders].sort((x, y) => x.at - y.at),
  notes: [...new Set([...a.notes, ...b.notes])],
})

/** The list's orders are exact, so they replace those that a recording may have of its own. */
const mix = (book: MarketData, trades: MarketData): MarketData => ({
  ticker: book.ticker,
  files: [...book.files, ...trades.files],
  kinds: [...book.kinds, ...trades.kinds],
  stretches: book.stretches,
  orders: trades.orders
    .map((order) => withBook(order, book))
    .filter(({ fair }) => !Number.isNaN(fair)),
  notes: [`the fair price of the trades is the mid of the ${book.kinds.join(' and the ')}`],
})

const combine = (parts: readonly MarketData[]): MarketData => {
  const isTrades = ({ kinds }: MarketData): boolean => kinds.includes('trades')
  const books = parts.filter((part) => !isTrades(part))
  const lists = parts.filter(isTrades)
  if (books.length === 0) return lists.reduce(append)
  const book = books.reduce(append)
  return lists.length === 0 ? book : mix(book, lists.reduce(append))
}

/**
 * Every market in the files, in order of appearance.
 * @throws Error naming the file, and the line where there is one
 */
export const readMarkets = (files: readonly string[]): MarketData[] => {
  const found = files.flatMap(readFile)
  const tickers = [...new Set(found.map(({ ticker }) => ticker))]
  return tickers.map((ticker) => {
    const market = combine(found.filter((part) => part.ticker === ticker))
    const bare = market.stretches.length === 0 && market.orders.length > 0
    if (!bare) return market
    return { ...market, orders: withAnchor(market.orders), notes: [...market.notes, ANCHORED] }
  })
}
