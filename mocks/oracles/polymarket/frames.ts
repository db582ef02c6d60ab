// Writes Polymarket's messages: decimals as strings without trailing zeros, times as milliseconds
// in a string, bids ascending and asks descending (the best level is the last), and the second
// outcome as the mirror image of the first. All members are as recorded on 29 September 2026.

import { createHash } from 'node:crypto'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { EventIds, EventSpec } from '../common/spec.ts'
import { type BookSide, type Change, type Ladder, ONE } from './ladder.ts'

/** The last trade of the first outcome. */
export interface Trade {
  readonly price: number
  readonly size: number
  readonly side: BookSide
}

/** What frames show of a market. */
interface MarketState {
  readonly spec: EventSpec
  readonly ids: EventIds
  readonly ladder: Ladder
  readonly tick: number
  readonly changedAt: Millis
  readonly last: Trade | null
  readonly result: number | null
}

type Frame = Readonly<Record<string, unknown>>

/** 1/10000 of a dollar as on the wire: 3900 is "0.39". */
export const dollars = (price: number): string => String(price / ONE)
/** 1/100 of a share as on the wire: 36009 is "360.09". */
const shares = (size: number): string => String(size / 100)

const hashOf = (text: string): string => createHash('sha1').update(text).digest('hex')

interface Row {
  readonly price: string
  readonly size: string
}

const rows = (book: ReadonlyMap<number, number>, mirrored: boolean, descending: boolean): Row[] =>
  [...book]
    .map(([price, size]) => [mirrored ? ONE - price : price, size] as const)
    .sort(([a], [b]) => (descending ? b - a : a - b))
    .map(([price, size]) => ({ price: dollars(price), size: shares(size) }))

/** The last traded price of an outcome; '' when nothing has traded. */
export const lastPrice = (market: MarketState, outcome: 0 | 1): string => {
  if (market.last === null) return ''
  return dollars(outcome === 0 ? market.last.price : ONE - market.last.price)
}

/** The members common to a `/book` answer and a `book` frame. */
export const bookBody = (market: MarketState, outcome: 0 | 1): Frame => {
  const { ladder, ids } = market
  const mirrored = outcome === 1
  const bids = rows(mirrored ? ladder.asks : ladder.bids, mirrored, false)
  const asks = rows(mirrored ? ladder.bids : ladder.asks, mirrored, true)
  const token = ids.tokens[outcome]
  return {
    market: ids.condition,
    asset_id: token,
    timestamp: String(market.changedAt),
    hash: hashOf(JSON.stringify([token, market.changedAt, bids, asks])),
    bids,
    asks,
  }
}

export const bookFrame = (market: MarketState, outcome: 0 | 1): Frame => ({
  event_type: 'book',
  ...bookBody(market, outcome),
  tick_size: dollars(market.tick),
  last_trade_price: lastPrice(market, outcome),
})

/** One order's change, for both outcomes at once. */
export const changeFrame = (market: MarketState, change: Change, at: Millis): Frame => {
  const { side, price, size, bestBid, bestAsk } = change
  const [first, second] = market.ids.tokens
  const hash = (token: string): string => hashOf(JSON.stringify([token, at, change]))
  return {
    event_type: 'price_change',
    market: market.ids.condition,
    price_changes: [
      {
        asset_id: first,
        price: dollars(price),
        size: shares(size),
        side,
        hash: hash(first),
        best_bid: dollars(bestBid),
        best_ask: dollars(bestAsk),
      },
      {
        asset_id: second,
        price: dollars(ONE - price),
        size: shares(size),
        side: side === 'BUY' ? 'SELL' : 'BUY',
        hash: hash(second),
        best_bid: dollars(ONE - bestAsk),
        best_ask: dollars(ONE - bestBid),
      },
    ],
    timestamp: String(at),
  }
}

export const tradeFrame = (market: MarketState, at: Millis): Frame => {
  const { price, size, side } = market.last!
  const hash = hashOf(JSON.stringify([market.ids.condition, at, price, size, side]))
  return {
    event_type: 'last_trade_price',
    market: market.ids.condition,
    asset_id: market.ids.tokens[0],
    price: dollars(price),
    size: shares(size),
    side,
    fee_rate_bps: '0',
    timestamp: String(at),
    transaction_hash: `0x${hash}${hash.slice(0, 24)}`,
  }
}

export const tickFrame = (market: MarketState, outcome: 0 | 1, old: number, at: Millis): Frame => ({
  event_type: 'tick_size_change',
  market: market.ids.condition,
  asset_id: market.ids.tokens[outcome],
  old_tick_size: dollars(old),
  new_tick_size: dollars(market.tick),
  timestamp: String(at),
})

/** Best prices of an outcome, in 1/10000: 0 and 10000 where a side is empty. */
export const topOf = (market: MarketState, outcome: 0 | 1): { bid: number; ask: number } => {
  const { bestBid, bestAsk } = market.ladder
  return outcome === 0 ? { bid: bestBid, ask: bestAsk } : { bid: ONE - bestAsk, ask: ONE - bestBid }
}

export const topFrame = (market: MarketState, outcome: 0 | 1, at: Millis): Frame => {
  const { bid, ask } = topOf(market, outcome)
  return {
    event_type: 'best_bid_ask',
    market: market.ids.condition,
    asset_id: market.ids.tokens[outcome],
    best_bid: dollars(bid),
    best_ask: dollars(ask),
    spread: dollars(ask - bid),
    timestamp: String(at),
  }
}

/** A result of one half has no winner: the winner's members are then empty. */
export const resolvedFrame = (market: MarketState, at: Millis): Frame => {
  const winner = market.result === 1 ? 0 : market.result === 0 ? 1 : null
  return {
    event_type: 'market_resolved',
    market: market.ids.condition,
    assets_ids: market.ids.tokens,
    winning_asset_id: winner === null ? '' : market.ids.tokens[winner],
    winning_outcome: winner === null ? '' : market.spec.outcomes[winner],
    timestamp: String(at),
  }
}
