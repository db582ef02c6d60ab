// Public trades as GET /markets/trades lists them, newest first: an answer with `trades`, a bare
// list, or an object of lists by ticker. Cents and contracts as integers, or as the strings of
// today.
//
// Prints alone say how far orders swept, but not where the fair price was. So the fair comes from a
// book or tape of the same market where one is given too, and else from what was traded before.

import { LINEAR_CENT, PriceGrid, TAPERED } from '../../src/core/vocabulary/market.ts'
import {
  CONTRACT,
  type Millis,
  PRICE_CENT,
  PRICE_ONE,
  parsePrice,
  parseQuantity,
  type Side,
} from '../../src/core/vocabulary/units.ts'
import { type MarketData, Orders, type Print } from './data.ts'

interface Trade {
  readonly ticker: string
  readonly at: Millis
  readonly price: number
  readonly contracts: number
  readonly taker: Side
}

const lineOf = (text: string, position: number): number =>
  text.slice(0, Math.max(position, 0)).split('\n').length

const takerOf = (raw: Record<string, unknown>): Side | null => {
  const book = raw.taker_book_side
  if (book === 'bid' || book === 'ask') return book
  const outcome = raw.taker_outcome_side ?? raw.taker_side
  return outcome === 'yes' ? 'bid' : outcome === 'no' ? 'ask' : null
}

/** A trade, or what is wrong with it; null for a block trade, which was agreed off the book. */
const tradeOf = (raw: Record<string, unknown>, owner: string): Trade | string | null => {
  if (raw.is_block_trade === true) return null
  const ticker = String(raw.ticker ?? owner)
  if (ticker === '') return 'found no ticker, wanted one'
  const at = Date.parse(String(raw.created_time))
  if (Number.isNaN(at)) return `found created_time ${raw.created_time}, wanted an ISO time`
  const price =
    typeof raw.yes_price === 'number'
      ? raw.yes_price * PRICE_CENT
      : parsePrice(raw.yes_price_dollars)
  if (!(price > 0 && price < PRICE_ONE)) {
    const found = raw.yes_price_dollars ?? raw.yes_price
    return `found yes price ${found}, wanted one between 0 and 1 dollar`
  }
  const size = typeof raw.count === 'number' ? raw.count * CONTRACT : parseQuantity(raw.count_fp)
  if (!(size > 0)) return `found count ${raw.count_fp ?? raw.count}, wanted contracts above 0`
  const taker = takerOf(raw)
  if (taker === null) return `found taker_side ${raw.taker_side}, wanted "yes" or "no"`
  return { ticker, at, price: price / PRICE_CENT, contracts: size / CONTRACT, taker }
}

const parse = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const position = /position (\d+)/.exec(reason)?.[1]
    const line = lineOf(text, position === undefined ? text.length : Number(position))
    throw new Error(`Reading ${file} failed at line ${line}: ${reason}`, { cause: error })
  }
}

/**
 * Every market of a list of trades. One that never traded is there, without orders.
 * @throws Error naming the file and the line
 */
export const readTrades = (file: string, text: string): MarketData[] => {
  const root = parse(file, text)
  const markets = new Map<string, Trade[]>()
  const take = (list: readonly unknown[], owner: string): void => {
    for (const [index, raw] of list.entries()) {
      const object = typeof raw === 'object' && raw !== null ? raw : {}
      const trade = tradeOf(object as Record<string, unknown>, owner)
      if (typeof trade === 'string') {
        const id = (object as { trade_id?: unknown }).trade_id
        const line = lineOf(text, typeof id === 'string' ? text.indexOf(id) : 0)
        throw new Error(`Reading ${file} failed at line ${line}, trade ${index + 1}: ${trade}`)
      }
      if (trade === null) continue
      const known = markets.get(trade.ticker)
      if (known === undefined) markets.set(trade.ticker, [trade])
      else known.push(trade)
    }
  }
  const lists = Array.isArray(root) ? [['', root] as const] : Object.entries(Object(root))
  for (const [key, list] of lists) {
    if (key === 'cursor') continue
    if (!Array.isArray(list)) {
      const line = lineOf(text, text.indexOf(`"${key}"`))
      throw new Error(
        `Reading ${file} failed at line ${line}: found ${key}, wanted lists of trades`,
      )
    }
    const owner = key === 'trades' ? '' : key
    if (owner !== '' && !markets.has(owner)) markets.set(owner, [])
    take(list, owner)
  }
  return [...markets].map(([ticker, trades]) => marketOf(file, ticker, trades))
}

const marketOf = (file: string, ticker: string, trades: readonly Trade[]): MarketData => {
  const cents = trades.every(({ price }) => Number.isInteger(price))
  const grid = new PriceGrid(cents ? LINEAR_CENT : TAPERED)
  const orders = new Orders()
  const unknown = { touch: Number.NaN, fair: Number.NaN, weight: 1 }
  // Newest first, and several at one time: reversed, then by time where a list was joined of pages.
  const sorted = [...trades].reverse().sort((a, b) => a.at - b.at)
  for (const { at, taker, price, contracts } of sorted) {
    const tick = grid.tickAt(price * PRICE_CENT) / PRICE_CENT
    orders.add({ at, taker, price, contracts, tick, ...unknown } satisfies Print)
  }
  return {
    ticker,
    files: [file],
    kinds: ['trades'],
    stretches: [],
    orders: orders.orders,
    notes: [],
  }
}
