// Reads a recorded session: one JSON object a line, gzip or plain, each either a wire frame with its
// receive time and connection number, or a note of the recorder.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  LINEAR_CENT,
  type Market,
  type PriceRange,
  TAPERED,
} from '../../src/core/vocabulary/market.ts'

export interface RecordedFrame {
  readonly kind: 'frame'
  readonly conn: number
  /** Epoch ms, from the recorder's clock. */
  readonly at: number
  /** The frame as text, the way a socket would deliver it. */
  readonly text: string
}
export interface RecordedNote {
  readonly kind: 'connected' | 'watch'
  readonly conn: number
  readonly at: number
  readonly ticker: string
  readonly closeAt: number
}
export type Recorded = RecordedFrame | RecordedNote

export interface Recording {
  readonly file: string
  readonly items: readonly Recorded[]
  /** Tickers with a snapshot, by connection, in order of appearance. */
  readonly tickers: ReadonlyMap<number, readonly string[]>
  /** By ticker; a day after the last frame where the recorder noted none. */
  readonly closeAt: ReadonlyMap<string, number>
}

const FRAME = '"frame":'

/** @throws Error naming the file and line that could not be read. */
export const readRecording = (file: string): Recording => {
  const raw = readFileSync(file)
  return parseRecording((file.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8'), file)
}

/** The text of a recording; `file` names it in errors. */
export const parseRecording = (text: string, file = 'text'): Recording => {
  const items: Recorded[] = []
  const tickers = new Map<number, string[]>()
  const closeAt = new Map<string, number>()
  let number = 0
  let last = 0
  for (const line of text.split('\n')) {
    number++
    if (line === '') continue
    let row: {
      recv_ns: number
      conn: number
      frame?: { type: string; msg?: { market_ticker?: string } }
      event?: string
      info?: { market_ticker?: string; close_time?: string }
    }
    try {
      row = JSON.parse(line)
    } catch (error) {
      throw new Error(`Recording ${file} refused at line ${number}: ${String(error)}`)
    }
    const at = Math.floor(row.recv_ns / 1e6)
    last = at
    if (row.frame !== undefined) {
      const start = line.indexOf(FRAME)
      items.push({
        kind: 'frame',
        conn: row.conn,
        at,
        text: line.slice(start + FRAME.length, line.lastIndexOf('}')),
      })
      const ticker = row.frame.msg?.market_ticker
      if (row.frame.type === 'orderbook_snapshot' && ticker !== undefined) {
        const known = tickers.get(row.conn) ?? []
        if (!known.includes(ticker)) known.push(ticker)
        tickers.set(row.conn, known)
      }
    } else if (row.event === 'ws_connected') {
      items.push({ kind: 'connected', conn: row.conn, at, ticker: '', closeAt: 0 })
    } else if (row.event === 'watch_market') {
      const ticker = row.info?.market_ticker ?? ''
      const close = Date.parse(row.info?.close_time ?? '')
      closeAt.set(ticker, close)
      items.push({ kind: 'watch', conn: row.conn, at, ticker, closeAt: close })
    }
  }
  for (const known of tickers.values()) {
    for (const ticker of known) {
      if (!closeAt.has(ticker)) closeAt.set(ticker, last + 86_400_000)
    }
  }
  return { file, items, tickers, closeAt }
}

/** Bitcoin 15-minute markets trade on the tapered grid, the recorded sports markets on cents. */
export const gridOf = (ticker: string): readonly PriceRange[] =>
  ticker.startsWith('KXBTC') ? TAPERED : LINEAR_CENT

/** A market's terms for a replay: open, without maker fees, closing when the recording says. */
export const recordedMarket = (ticker: string, closeAt: number): Market => ({
  ticker,
  eventTicker: ticker.slice(0, ticker.lastIndexOf('-')),
  status: 'active',
  binary: true,
  exchangeIndex: 0,
  closeAt,
  expectedAt: closeAt,
  canCloseEarly: false,
  priceRanges: gridOf(ticker),
  fees: { maker: 0, taker: 70_000, source: 'quadratic' },
  result: '',
})
