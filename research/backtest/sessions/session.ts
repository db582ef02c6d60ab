// One market's part of a recording, decoded once and ready to be run many times: the connection
// coming and going, its book, its trades, and a beat for every other frame.
//
// Sequence numbers are left out, because a run sends frames of our own orders in between and counts
// anew; a number that was missing in the recording is noted, so that it is missing in the run too.

import { Book, type Top } from '../../../src/core/book/book.ts'
import { Sequence } from '../../../src/core/book/sequence.ts'
import type { Frame } from '../../../src/core/vocabulary/events.ts'
import type { Market } from '../../../src/core/vocabulary/market.ts'
import {
  type Millis,
  PRICE_ONE,
  parsePrice,
  parseQuantity,
  type Quantity,
} from '../../../src/core/vocabulary/units.ts'
import { FrameDecoder } from '../../../src/kalshi/feed/decoder.ts'
import type { Recorded, RecordedFrame, Recording } from '../../recordings/recording.ts'
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

const TRADE = /^\s*\{"type":\s*"trade"/

/** Turns the frames of a recording into the items of its markets. */
class SessionReader {
  readonly tracks = new Map<string, Track>()
  readonly hasTrades: boolean
  readonly #recording: Recording
  // Recordings were made without `use_yes_price`, so asks come as NO prices.
  readonly #decoder = new FrameDecoder({ noSide: 'no-price' })
  #sequences = new Map<number, Sequence>()
  #current: readonly Track[] = []

  constructor(recording: Recording) {
    this.#recording = recording
    this.hasTrades = recording.items.some((item) => item.kind === 'frame' && TRADE.test(item.text))
  }

  read(item: Recorded): void {
    const { conn, at } = item
    // A recording that begins in mid-connection has no note of it.
    const isNew = item.kind === 'connected' || (item.kind === 'frame' && this.#current.length === 0)
    if (isNew) this.#connect(conn, at)
    if (item.kind === 'frame') this.#frame(item)
  }

  #connect(conn: number, at: Millis): void {
    for (const { items } of this.#current) items.push({ kind: 'down', at })
    this.#sequences = new Map()
    this.#current = (this.#recording.tickers.get(conn) ?? []).map((ticker) => {
      const track = this.tracks.get(ticker) ?? new Track()
      this.tracks.set(ticker, track)
      track.items.push({ kind: 'up', at })
      track.prints.reset()
      return track
    })
  }

  #frame(item: RecordedFrame): void {
    const { at, text, line } = item
    const frame = this.#decoder.decode(text, at)
    if (frame.type === 'malformed') {
      throw new Error(`Reading ${this.#recording.file} failed at line ${line}: ${frame.detail}`)
    }
    if (frame.sid > 0 && frame.seq > 0) {
      let sequence = this.#sequences.get(frame.sid)
      if (sequence === undefined) this.#sequences.set(frame.sid, (sequence = new Sequence()))
      const accepted = sequence.accept(frame.seq)
      if (accepted === 'repeat' || accepted === 'senseless') return
      if (accepted === 'gap') for (const { items } of this.#current) items.push({ kind: 'gap', at })
    }
    if (frame.type === 'other') {
      if (frame.what === 'ticker' && !this.hasTrades) this.#ticker(item)
    } else if ('ticker' in frame) {
      const track = this.tracks.get(frame.ticker)
      if (track !== undefined) this.#apply(frame, track)
    }
    // Any frame at all proves that the connection lives.
    for (const { items } of this.#current) {
      if (items.at(-1)?.at !== at) items.push({ kind: 'beat', at })
    }
  }

  #apply(frame: Frame, { book, items, prints, top }: Track): void {
    const { at } = frame
    if (frame.type === 'snapshot') {
      book.snapshot(frame.bids, frame.asks)
      items.push({ kind: 'snapshot', at, bids: [...frame.bids], asks: [...frame.asks] })
    } else if (frame.type === 'delta' && book.isLive) {
      const { side, price, delta: change } = frame
      const next: DeltaItem = { kind: 'delta', at, side, price, change, traded: 0 }
      if (change < 0 && !this.hasTrades) {
        book.top(top)
        prints.decrease(next, price === top[side])
      }
      book.delta(side, price, change)
      items.push(next)
    } else if (frame.type === 'trade') {
      const { price, quantity, taker } = frame
      items.push({ kind: 'print', at, price, quantity, taker })
    }
  }

  #ticker(item: RecordedFrame): void {
    const found = tickerNews(item)
    const track = found === null ? undefined : this.tracks.get(found.ticker)
    if (found === null || track === undefined || !track.book.top(track.top)) return
    const print = track.prints.ticker(found.news, track.top)
    if (print !== null) track.items.push(print)
  }
}

/**
 * The sessions of a recording, one for each market with a snapshot, in order of appearance.
 * @throws Error naming the file and the line, where a frame is not what it says
 */
export const sessionsOf = (recording: Recording): Session[] => {
  const reader = new SessionReader(recording)
  for (const item of recording.items) reader.read(item)
  const { tracks, hasTrades } = reader
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
