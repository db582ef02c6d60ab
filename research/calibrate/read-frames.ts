// A recorded session of wire frames: the book gives the stretches, and the trade channel the
// orders. Where no trade channel was recorded, trades are read out of ticker messages, as for a
// backtest.
//
// Part of the decreases between two tickers were trades and part cancels, and only their sum is
// known. So each counts as an order with the share that was traded as its weight.

import { Book, type Top } from '../../src/core/book/book.ts'
import { PriceGrid } from '../../src/core/vocabulary/market.ts'
import {
  CONTRACT,
  type Millis,
  opposite,
  PRICE_CENT,
  PRICE_ONE,
} from '../../src/core/vocabulary/units.ts'
import type { PrintItem } from '../backtest/sessions/items.ts'
import { type Session, sessionsOf } from '../backtest/sessions/session.ts'
import { gridOf, parseRecording } from '../recordings/recording.ts'
import { type MarketData, Orders, Path, type Stretch, stretchAt } from './data.ts'

/** A print and the change of the book that it makes come within this, in either order. */
const SAME_EVENT: Millis = 100

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
    path.top(at, top, tick)
  }
  const print = (
    { at, taker, price, quantity }: Omit<PrintItem, 'kind'>,
    weight: number,
    before: Stretch | null,
  ): void => {
    if (before === null) return
    const touch = (taker === 'bid' ? before.ask : before.bid) / PRICE_CENT
    const { mid: fair, tick } = before
    const contracts = quantity / CONTRACT
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
          const order = { at, taker: opposite(side), price, quantity: -change }
          print(order, traded / -change, path.now)
        }
        book.delta(side, price, change)
        look(at)
        break
      }
      case 'print': {
        const before = stretchAt(path.stretches, at - SAME_EVENT)
        // The stretch that stands now has no end yet.
        print(item, 1, before ?? path.now)
        break
      }
      case 'down':
      case 'gap':
        book.darken('link-down')
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
  sessionsOf(parseRecording(text, file)).map((session) => marketOf(file, session))
