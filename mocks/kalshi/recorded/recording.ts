// A recorded session of the real exchange, read from disk: gzipped JSON lines, each with the receive
// time in nanoseconds and either a socket frame or a note of the recorder (a market begins to be
// watched, with its close time). Turned here into the few things that the player acts on.

import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import {
  type Millis,
  PRICE_ONE,
  type Price,
  parsePrice,
  parseQuantity,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'

const inflate = promisify(gunzip)

/** A thing that happened in the recording. `at` is ms after its first line. */
export type Step = { readonly at: Millis; readonly ticker: string } & (
  | { readonly what: 'watch'; readonly closeAt: Millis }
  | {
      readonly what: 'snapshot'
      readonly bids: readonly number[]
      readonly asks: readonly number[]
    }
  | { readonly what: 'delta'; readonly side: Side; readonly price: Price; readonly delta: Quantity }
  | { readonly what: 'volume'; readonly price: Price; readonly volume: Quantity }
)

export interface Recording {
  readonly steps: readonly Step[]
  /** In order of appearance, with the close time in ms after the first line. */
  readonly markets: readonly { readonly ticker: string; readonly closeAt: Millis }[]
  readonly lengthMs: Millis
}

interface Line {
  readonly recv_ns: number
  readonly event?: string
  readonly info?: { readonly market_ticker?: string; readonly close_time?: string }
  readonly frame?: {
    readonly type: string
    readonly msg?: {
      readonly market_ticker?: string
      readonly yes_dollars_fp?: [string, string][]
      readonly no_dollars_fp?: [string, string][]
      readonly price_dollars?: string
      readonly delta_fp?: string
      readonly side?: string
      readonly volume_fp?: string
    }
  }
}

const levels = (list: [string, string][] | undefined, mirrored: boolean): number[] => {
  const flat: number[] = []
  for (const [price, size] of list ?? []) {
    const parsed = parsePrice(price)
    flat.push(mirrored ? PRICE_ONE - parsed : parsed, parseQuantity(size))
  }
  return flat
}

const stepIn = (line: Line, start: Millis): Step | null => {
  const at = line.recv_ns / 1e6 - start
  if (line.event === 'watch_market') {
    const { market_ticker: ticker = '', close_time = '' } = line.info ?? {}
    return { at, ticker, what: 'watch', closeAt: Date.parse(close_time) - start }
  }
  const { type, msg } = line.frame ?? {}
  const ticker = msg?.market_ticker ?? ''
  if (msg === undefined) return null
  if (type === 'orderbook_snapshot') {
    const bids = levels(msg.yes_dollars_fp, false)
    return { at, ticker, what: 'snapshot', bids, asks: levels(msg.no_dollars_fp, true) }
  }
  if (type === 'orderbook_delta') {
    const bid = msg.side === 'yes'
    const price = parsePrice(msg.price_dollars)
    return {
      at,
      ticker,
      what: 'delta',
      side: bid ? 'bid' : 'ask',
      price: bid ? price : PRICE_ONE - price,
      delta: parseQuantity(msg.delta_fp),
    }
  }
  if (type === 'ticker') {
    const price = parsePrice(msg.price_dollars)
    return { at, ticker, what: 'volume', price, volume: parseQuantity(msg.volume_fp) }
  }
  return null
}

/** Parses the text of a recording. @throws Error when it holds no market. */
export const parseRecording = (text: string): Recording => {
  const steps: Step[] = []
  const markets: { ticker: string; closeAt: Millis }[] = []
  let start = Number.NaN
  let lengthMs = 0
  for (const raw of text.split('\n')) {
    if (raw === '') continue
    const line = JSON.parse(raw) as Line
    if (Number.isNaN(start)) start = line.recv_ns / 1e6
    lengthMs = line.recv_ns / 1e6 - start
    const step = stepIn(line, start)
    if (step === null || step.ticker === '') continue
    steps.push(step)
    if (step.what !== 'watch' || markets.some(({ ticker }) => ticker === step.ticker)) continue
    markets.push({ ticker: step.ticker, closeAt: step.closeAt })
  }
  if (markets.length === 0) throw new Error('Reading recording failed: it names no market')
  return { steps, markets, lengthMs }
}

/** Reads a recording from a file, gzipped when its name ends so. */
export const readRecording = async (file: string): Promise<Recording> => {
  const bytes = await readFile(file)
  return parseRecording((file.endsWith('.gz') ? await inflate(bytes) : bytes).toString())
}
