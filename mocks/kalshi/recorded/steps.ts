// Selects what the player acts on in a recording: a market that begins to be watched, a snapshot of
// its book, a change of a level, and the traded volume. Everything else is left out.

import type { Recorded, Recording } from '../../../research/recordings/recording.ts'
import {
  type Millis,
  PRICE_ONE,
  type Price,
  parsePrice,
  parseQuantity,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'

/** One thing that happened. `at` is in ms after the start of the recording. */
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

interface Frame {
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

const levels = (list: [string, string][] | undefined, mirrored: boolean): number[] =>
  (list ?? []).flatMap(([text, size]) => {
    const price = parsePrice(text)
    return [mirrored ? PRICE_ONE - price : price, parseQuantity(size)]
  })

const frameStep = (text: string, at: Millis): Step | null => {
  const { type, msg } = JSON.parse(text) as Frame
  const ticker = msg?.market_ticker ?? ''
  if (msg === undefined || ticker === '') return null
  if (type === 'orderbook_snapshot') {
    const bids = levels(msg.yes_dollars_fp, false)
    return { at, ticker, what: 'snapshot', bids, asks: levels(msg.no_dollars_fp, true) }
  }
  const price = parsePrice(msg.price_dollars)
  if (type === 'orderbook_delta') {
    const delta = parseQuantity(msg.delta_fp)
    return msg.side === 'yes'
      ? { at, ticker, what: 'delta', side: 'bid', price, delta }
      : { at, ticker, what: 'delta', side: 'ask', price: PRICE_ONE - price, delta }
  }
  if (type !== 'ticker') return null
  return { at, ticker, what: 'volume', price, volume: parseQuantity(msg.volume_fp) }
}

/** The steps of a recording, in order. @throws Error when it names no market. */
export const stepsOf = ({ items }: Recording): readonly Step[] => {
  const start = items[0]?.at ?? 0
  const stepOf = (item: Recorded): Step | null => {
    const at = item.at - start
    if (item.kind === 'frame') return frameStep(item.text, at)
    if (item.kind === 'connected' || item.ticker === '') return null
    return { at, ticker: item.ticker, what: 'watch', closeAt: item.closeAt - start }
  }
  const steps = items.map(stepOf).filter((step) => step !== null)
  if (steps.some(({ what }) => what === 'watch')) return steps
  throw new Error('Reading recording failed: it names no market')
}
