// One market's part of a recording, decoded once and ready to be run many times: the connection
// coming and going, its book, its trades, and a beat for every other frame.
//
// Sequence numbers are left out, because a run sends frames of our own orders in between and counts
// anew; a number that was missing in the recording is noted, so that it is missing in the run too.

import { Book, type Top } from '../../src/core/book/book.ts'
import { Sequence } from '../../src/core/book/sequence.ts'
import type { Market } from '../../src/core/vocabulary/market.ts'
import {
  type Millis,
  PRICE_ONE,
  parsePrice,
  parseQuantity,
  type Quantity,
} from '../../src/core/vocabulary/units.ts'
import { FrameDecoder } from '../../src/kalshi/feed/decoder.ts'
import type { RecordedFrame, Recording } from '../recordings/recording.ts'
import type { DeltaItem, SessionItem } from './items.ts'
import { type TickerNews, TickerPrints } from './prints.ts'

export interface Session {
  readonly file: string
  readonly ticker: string
  readonly closeAt: Millis
  readonly items: readonly SessionItem[]
  readonly printsFrom: 'trades' | 'tickers'
  /** Contracts that tickers reported as traded, and how many found a place; equal for trades. */
  readonly volume: { readonly seen: Quantity; readonly placed: Quantity }
  /** The market's own terms and how it settled, where the source says so. */
  readonly market?: Market
  readonly settled?: 'yes' | 'no'
}

/** A market while its recording is read. */
class Track {
  readonly items: SessionItem[] = []
  readonly prints = new TickerPrints()
  readonly book = new Book()
  readonly top: Top = { bid: 0, bidSize: 0, ask: PRICE_ONE, askSize: 0 }
}

/** Type, market and numbers of a ticker message; null for any other text. */
const tickerNews = (item: RecordedFrame): { ticker: string; news: TickerNews } | null => {
  const frame = JSON.parse(item.text) as { type?: string; msg?: Record<string, unknown> }
  if (frame.type !== 'ticker' || frame.msg === undefined) return null
  const volume = parseQuantity(frame.msg.volume_fp)
  const price = parsePrice(frame.msg.price_dollars)
  const size = parseQuantity(frame.msg.last_trade_size_fp)
  const readable = volume >= 0 && price > 0 && price < PRICE_ONE && size > 0
  if (!readable) return null
  return { ticker: String(frame.msg.market_ticker), news: { at: item.at, volume, price, size } }
}

/**
 * The sessions of a recording, one for each market with a snapshot, in order of appearance.
 * @throws Error naming the frame, where one is not what it says.
 */
export const sessionsOf = (recording: Recording): Session[] => {
  const tracks = new Map<string, Track>()
  const hasTrades = recording.items.some(
    (item) => item.kind === 'frame' && /^\s*\{"type":\s*"trade"/.test(item.text),
  )
  // Recordings were made without `use_yes_price`, so asks come as NO prices.
  const decoder = new FrameDecoder({ noSide: 'no-price' })
  let sequences = new Map<number, Sequence>()
  let current: readonly Track[] = []

  const connect = (conn: number, at: Millis): void => {
    for (const { items } of current) items.push({ kind: 'down', at })
    sequences = new Map()
    current = (recording.tickers.get(conn) ?? []).map((ticker) => {
      const track = tracks.get(ticker) ?? new Track()
      tracks.set(ticker, track)
      track.items.push({ kind: 'up', at })
      track.prints.reset()
      return track
    })
  }

  for (const item of recording.items) {
    if (item.kind === 'connected') connect(item.conn, item.at)
    if (item.kind !== 'frame') continue
    // A recording that begins in mid-connection has no note of it.
    if (current.length === 0) connect(item.conn, item.at)
    const { at } = item
    const frame = decoder.decode(item.text, at)
    if (frame.type === 'malformed') {
      throw new Error(`Reading ${recording.file} failed at ${at}: ${frame.detail}`)
    }
    if (frame.sid > 0 && frame.seq > 0) {
      let sequence = sequences.get(frame.sid)
      if (sequence === undefined) sequences.set(frame.sid, (sequence = new Sequence()))
      const accepted = sequence.accept(frame.seq)
      if (accepted === 'repeat') continue
      if (accepted === 'gap') for (const { items } of current) items.push({ kind: 'gap', at })
    }
    const known = 'ticker' in frame ? tracks.get(frame.ticker) : undefined
    switch (frame.type) {
      case 'snapshot':
        if (known === undefined) break
        known.book.snapshot(frame.bids, frame.asks)
        known.items.push({ kind: 'snapshot', at, bids: [...frame.bids], asks: [...frame.asks] })
        break
      case 'delta': {
        if (known === undefined || !known.book.isLive) break
        const { side, price, delta: change } = frame
        const next: DeltaItem = { kind: 'delta', at, side, price, change, traded: 0 }
        if (change < 0 && !hasTrades) {
          known.book.top(known.top)
          known.prints.decrease(next, price === known.top[side])
        }
        known.book.delta(side, price, change)
        known.items.push(next)
        break
      }
      case 'trade':
        known?.items.push({
          kind: 'print',
          at,
          price: frame.price,
          quantity: frame.quantity,
          taker: frame.taker,
        })
        break
      case 'other': {
        const found = hasTrades || frame.what !== 'ticker' ? null : tickerNews(item)
        const track = found === null ? undefined : tracks.get(found.ticker)
        if (found === null || track === undefined || !track.book.top(track.top)) break
        const print = track.prints.ticker(found.news, track.top)
        if (print !== null) track.items.push(print)
        break
      }
    }
    // Any frame at all proves that the connection lives.
    for (const track of current) {
      if (track.items.at(-1)?.at !== at) track.items.push({ kind: 'beat', at })
    }
  }
  return [...tracks].map(([ticker, { items, prints }]) => ({
    file: recording.file,
    ticker,
    closeAt: recording.closeAt.get(ticker)!,
    items,
    printsFrom: hasTrades ? 'trades' : 'tickers',
    volume: hasTrades ? traded(items) : { seen: prints.seen, placed: prints.placed },
  }))
}

const traded = (items: readonly SessionItem[]): { seen: Quantity; placed: Quantity } => {
  let sum = 0
  for (const item of items) if (item.kind === 'print') sum += item.quantity
  return { seen: sum, placed: sum }
}
