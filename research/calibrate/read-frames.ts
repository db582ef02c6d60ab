// A recorded session of wire frames: the book gives the stretches, and the trade channel the orders.
// Where no trade channel was recorded, trades are read out of ticker messages, as for a backtest.
//
// Part of the decreases between two tickers were trades and part cancels, and only their sum is
// known. So each counts as an order with the share that was traded as its weight.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Book, type Top } from '../../src/core/book/book.ts'
import { PriceGrid } from '../../src/core/vocabulary/market.ts'
import {
  CONTRACT,
  type Millis,
  PRICE_CENT,
  PRICE_ONE,
  type Side,
} from '../../src/core/vocabulary/units.ts'
import { FrameDecoder } from '../../src/kalshi/feed/decoder.ts'
import { type Session, sessionsOf } from '../backtest/session.ts'
import { gridOf, readRecording } from '../recordings/recording.ts'
import { type MarketData, Orders, Path, type Stretch, stretchAt } from './data.ts'

/** A print and the change of the book that it makes come within this, in either order. */
const SAME_EVENT: Millis = 100

/** The text of a file, unpacked where it is gzipped. */
export const textOf = (file: string): string => {
  const raw = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8')
}

/** The first line that is not what a recording has, as "line N: what was found". */
const blame = (text: string): string => {
  const decoder = new FrameDecoder({ noSide: 'no-price' })
  let number = 0
  for (const line of text.split('\n')) {
    number++
    if (line === '') continue
    let row: unknown
    try {
      row = JSON.parse(line)
    } catch {
      return `line ${number}: found ${line.slice(0, 40)}, wanted one JSON object`
    }
    const { recv_ns, conn, frame } = (row ?? {}) as Record<string, unknown>
    if (typeof recv_ns !== 'number' || typeof conn !== 'number') {
      return `line ${number}: found ${line.slice(0, 40)}, wanted numbers recv_ns and conn`
    }
    if (frame === undefined) continue
    const read = decoder.decode(JSON.stringify(frame), 0)
    if (read.type === 'malformed') return `line ${number}: ${read.detail}`
  }
  return 'an unknown line'
}

const STAMPED = /"recv_ns":\s*\d/

const sessionsIn = (file: string, text: string): Session[] => {
  try {
    const recording = readRecording(file)
    const bare = text.split('\n').some((line) => line !== '' && !STAMPED.test(line))
    if (bare) throw new Error('A line has no time')
    return sessionsOf(recording)
  } catch (cause) {
    throw new Error(`Reading ${file} failed at ${blame(text)}`, { cause })
  }
}

const marketOf = (file: string, session: Session): MarketData => {
  const grid = new PriceGrid(gridOf(session.ticker))
  const book = new Book()
  const top: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }
  const path = new Path()
  const orders = new Orders()
  let last: Millis = 0

  const look = (at: Millis): void => {
    if (!book.top(top) || top.bid <= 0 || top.ask >= PRICE_ONE) {
      path.lose(at)
      return
    }
    // Crossed for a millisecond between two deltas of one matching event.
    if (top.bid >= top.ask) return
    const tick = grid.tickAt((top.bid + top.ask) / 2) / PRICE_CENT
    path.top(at, top.bid, top.bidSize, top.ask, top.askSize, tick)
  }
  const print = (
    at: Millis,
    taker: Side,
    price: number,
    size: number,
    weight: number,
    before: Stretch | null,
  ): void => {
    if (before === null) return
    const touch = (taker === 'bid' ? before.ask : before.bid) / PRICE_CENT
    const { mid: fair, tick } = before
    const contracts = size / CONTRACT
    orders.add({ at, taker, price: price / PRICE_CENT, contracts, touch, fair, tick, weight })
  }

  for (const item of session.items) {
    const { at } = item
    if (at > session.closeAt) break
    last = Math.max(last, at)
    switch (item.kind) {
      case 'snapshot':
        book.snapshot(item.bids, item.asks)
        look(at)
        break
      case 'delta': {
        const { side, price, change, traded } = item
        if (traded > 0) {
          const taker = side === 'bid' ? 'ask' : 'bid'
          print(at, taker, price, -change, traded / -change, path.now)
        }
        book.delta(side, price, change)
        look(at)
        break
      }
      case 'print': {
        const before = stretchAt(path.stretches, at - SAME_EVENT)
        // The stretch that stands now has no end yet.
        print(at, item.taker, item.price, item.quantity, 1, before ?? path.now)
        break
      }
      case 'down':
      case 'gap':
        book.darken('recording')
        path.lose(at)
    }
  }
  path.lose(last)
  const { seen, placed } = session.volume
  const share = seen > 0 ? `${Math.round((100 * placed) / seen)} %` : 'none'
  const notes =
    session.printsFrom === 'trades'
      ? []
      : [`no trade channel: orders are read out of ticker messages, ${share} of the volume placed`]
  const { stretches } = path
  return {
    ticker: session.ticker,
    files: [file],
    kinds: ['frames'],
    stretches,
    orders: orders.orders,
    notes,
  }
}

/**
 * Every market of a recording, in order of appearance.
 * @throws Error naming the file and the line
 */
export const readFrames = (file: string, text: string): MarketData[] =>
  sessionsIn(file, text).map((session) => marketOf(file, session))
