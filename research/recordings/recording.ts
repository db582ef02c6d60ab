// Reads a recorded session of the exchange: one JSON object a line, gzip or plain, each either a
// frame of the socket with its receive time and connection number, or a note of the recorder.
//
// Frames stay text, as a socket would deliver them: what they mean is the business of whoever reads
// on.

import {
  LINEAR_CENT,
  type Market,
  type PriceRange,
  TAPERED,
} from '../../src/core/vocabulary/market.ts'
import { textOf } from './files.ts'

interface Stamp {
  readonly conn: number
  /** Number of its line in the file, from 1. */
  readonly line: number
  /** Receive time by the recorder's clock, epoch: nanoseconds, and whole milliseconds. */
  readonly ns: number
  readonly at: number
}
export interface RecordedFrame extends Stamp {
  readonly kind: 'frame'
  /** The frame as text, the way a socket would deliver it. */
  readonly text: string
}
interface RecordedNote extends Stamp {
  readonly kind: 'connected' | 'watch'
  /** Which market begins to be watched, and when it closes, epoch ms. */
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

interface Row {
  readonly recv_ns: number
  readonly conn: number
  readonly frame?: { readonly type: string; readonly msg?: { readonly market_ticker?: string } }
  readonly event?: string
  readonly info?: { readonly market_ticker?: string; readonly close_time?: string }
}

const DAY = 86_400_000
const FRAME = '"frame":'

/**
 * Whether a line is one of a recording rather than of a journal: it has the time of its receipt.
 */
export const isRecorded = (line: string): boolean => /^\{.*"recv_ns"/.test(line)

/** @throws Error that says what was found and what was wanted */
const rowOf = (text: string): Row => {
  const found = `found ${text.slice(0, 40)}`
  let row: Row
  try {
    row = JSON.parse(text) as Row
  } catch (cause) {
    throw new Error(`${found}, wanted one JSON object`, { cause })
  }
  if (typeof row?.recv_ns === 'number' && typeof row.conn === 'number') return row
  throw new Error(`${found}, wanted numbers recv_ns and conn`)
}

/**
 * The frames and notes of a recording, in the order of its lines. Notes other than of a new
 * connection and of a market that begins to be watched are left out.
 * @param file how errors name it
 * @throws Error naming the file and the line
 */
export const parseRecording = (text: string, file = 'text'): Recording => {
  const items: Recorded[] = []
  const tickers = new Map<number, string[]>()
  const closeAt = new Map<string, number>()
  let last = 0
  for (const [index, source] of text.split('\n').entries()) {
    if (source === '') continue
    let row: Row
    try {
      row = rowOf(source)
    } catch (cause) {
      const { message } = cause as Error
      throw new Error(`Reading ${file} failed at line ${index + 1}: ${message}`, { cause })
    }
    const { conn, recv_ns: ns, frame, event, info } = row
    const at = Math.floor(ns / 1e6)
    const stamp = { conn, line: index + 1, ns, at }
    last = at
    if (frame !== undefined) {
      const start = source.indexOf(FRAME) + FRAME.length
      items.push({ kind: 'frame', ...stamp, text: source.slice(start, source.lastIndexOf('}')) })
      const ticker = frame.msg?.market_ticker
      if (frame.type === 'orderbook_snapshot' && ticker !== undefined) {
        const known = tickers.get(conn) ?? []
        if (!known.includes(ticker)) known.push(ticker)
        tickers.set(conn, known)
      }
    } else if (event === 'ws_connected') {
      items.push({ kind: 'connected', ...stamp, ticker: '', closeAt: 0 })
    } else if (event === 'watch_market') {
      const ticker = info?.market_ticker ?? ''
      const close = Date.parse(info?.close_time ?? '')
      closeAt.set(ticker, close)
      items.push({ kind: 'watch', ...stamp, ticker, closeAt: close })
    }
  }
  for (const ticker of [...tickers.values()].flat()) {
    if (!closeAt.has(ticker)) closeAt.set(ticker, last + DAY)
  }
  return { file, items, tickers, closeAt }
}

/** @throws Error naming the file and the line that could not be read */
export const readRecording = (file: string): Recording => parseRecording(textOf(file), file)

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
