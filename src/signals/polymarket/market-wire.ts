// Reads what Polymarket's market channel and its REST books say into plain messages.
//
// A frame is one JSON object, a list of them, or the text PONG. There are no sequence numbers.
// Prices are dollars as text; the order of levels means nothing; '0' as best bid and '1' as best
// ask mean an empty side. Unknown events pass as 'other'; nothing throws. By hand and not by a
// schema, because every frame is read here.

import type { Millis } from '../../core/vocabulary/units.ts'
import {
  asDecimal,
  asList,
  asObject,
  asText,
  isMalformed,
  type Json,
  parseText,
  show,
} from '../common/json.ts'
import { type Malformed, malformed } from '../common/types.ts'

export interface Level {
  /** Dollars. */
  readonly price: number
  /** Shares; one share pays $1. */
  readonly size: number
}

/** Best prices in dollars; null where a side is empty. */
export interface Top {
  readonly bid: number | null
  readonly ask: number | null
}

export interface BookMessage {
  readonly kind: 'book'
  readonly token: string
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
  /** Venue clock: when the book last changed, not when it was sent. NaN when absent. */
  readonly at: Millis
}

export interface ChangeEntry {
  readonly token: string
  readonly side: 'bid' | 'ask'
  readonly price: number
  /** The level's new total; 0 deletes it. */
  readonly size: number
  /** The best prices after this change as the venue states them; null when it gave none. */
  readonly top: Top | null
}

interface ChangeMessage {
  readonly kind: 'change'
  readonly at: Millis
  readonly entries: readonly ChangeEntry[]
}

export type PolymarketMessage =
  | BookMessage
  | ChangeMessage
  | { readonly kind: 'pong' }
  | { readonly kind: 'tick'; readonly token: string; readonly to: number; readonly at: Millis }
  | { readonly kind: 'trade'; readonly token: string; readonly price: number; readonly at: Millis }
  | { readonly kind: 'top'; readonly token: string; readonly top: Top; readonly at: Millis }
  | { readonly kind: 'resolved'; readonly tokens: readonly string[]; readonly at: Millis }
  | { readonly kind: 'other'; readonly name: string }
  | Malformed

/** The first message on a new connection. */
export const subscribeMessage = (tokens: readonly string[]): string =>
  JSON.stringify({
    type: 'market',
    assets_ids: tokens,
    initial_dump: true,
    level: 2,
    custom_feature_enabled: true,
  })

/** Adds or removes tokens later. There is no acknowledgement but the book that follows. */
export const changeSubscription = (
  operation: 'subscribe' | 'unsubscribe',
  tokens: readonly string[],
): string =>
  JSON.stringify(
    operation === 'subscribe'
      ? { operation, assets_ids: tokens, custom_feature_enabled: true }
      : { operation, assets_ids: tokens },
  )

/** The text to send every 10 seconds; the reply is the text PONG, not a WebSocket frame. */
export const PING = 'PING'

const TOKEN = /^\d{1,80}$/

/** A token id: digits as text. A number has already lost its last digits and is refused. */
const tokenOf = (value: unknown): string => {
  const text = asText(value)
  return TOKEN.test(text) ? text : ''
}

/** Milliseconds as text or number; NaN when there are none. */
const stampOf = (raw: Json): Millis => {
  const at = asDecimal(raw.timestamp)
  return at > 0 ? at : Number.NaN
}

const priceOf = (value: unknown): number => {
  const price = asDecimal(value)
  return price > 0 && price < 1 ? price : Number.NaN
}

/** null when neither side can be read; '0' and '1' are empty sides. */
const topOf = (raw: Json): Top | null => {
  const bid = asDecimal(raw.best_bid)
  const ask = asDecimal(raw.best_ask)
  if (!(bid >= 0 && bid <= 1 && ask >= 0 && ask <= 1)) return null
  return { bid: bid > 0 && bid < 1 ? bid : null, ask: ask > 0 && ask < 1 ? ask : null }
}

const levelsOf = (value: unknown, name: string): Level[] | Malformed => {
  if (!Array.isArray(value)) return malformed(`${name}: found ${show(value)}, wanted a list`)
  const levels: Level[] = []
  for (const item of value) {
    const raw = asObject(item)
    const price = priceOf(raw?.price)
    const size = asDecimal(raw?.size)
    if (!(price > 0 && size >= 0)) {
      return malformed(`${name}: found ${show(item)}, wanted a price inside $0..$1 and a size`)
    }
    if (size > 0) levels.push({ price, size })
  }
  return levels
}

/** A book, from the channel or from GET /book (or one item of POST /books). */
export const readBook = (value: unknown): BookMessage | Malformed => {
  const raw = asObject(value)
  if (raw === null) return malformed(`Book: found ${show(value)}, wanted an object`)
  if (raw.error !== undefined) return malformed(`Book: refused with ${show(raw.error)}`)
  const token = tokenOf(raw.asset_id)
  if (token === '') return malformed(`Book: found asset_id ${show(raw.asset_id)}, wanted digits`)
  const bids = levelsOf(raw.bids ?? raw.buys, 'Bids')
  if (isMalformed(bids)) return bids
  const asks = levelsOf(raw.asks ?? raw.sells, 'Asks')
  if (isMalformed(asks)) return asks
  return { kind: 'book', token, bids, asks, at: stampOf(raw) }
}

const readEntry = (value: unknown, outer: Json): ChangeEntry | Malformed => {
  const raw = asObject(value)
  if (raw === null) return malformed(`Change: found ${show(value)}, wanted an object`)
  // The older form names the token once, outside.
  const token = tokenOf(raw.asset_id ?? outer.asset_id)
  const price = priceOf(raw.price)
  const size = asDecimal(raw.size)
  const side = raw.side === 'BUY' ? 'bid' : raw.side === 'SELL' ? 'ask' : null
  if (token === '' || side === null || !(price > 0 && size >= 0)) {
    return malformed(`Change: found ${show(value)}, wanted asset_id, price, size, BUY or SELL`)
  }
  return { token, side, price, size, top: topOf(raw) }
}

const readChange = (raw: Json): ChangeMessage | Malformed => {
  const list = raw.price_changes ?? raw.changes
  if (!Array.isArray(list)) return malformed(`Changes: found ${show(list)}, wanted a list`)
  const entries: ChangeEntry[] = []
  for (const item of list) {
    const entry = readEntry(item, raw)
    if (isMalformed(entry)) return entry
    entries.push(entry)
  }
  return { kind: 'change', at: stampOf(raw), entries }
}

/** One object of a frame. */
export const readEvent = (value: unknown): PolymarketMessage => {
  const raw = asObject(value)
  if (raw === null) return malformed(`Frame: found ${show(value)}, wanted an object`)
  const name = asText(raw.event_type)
  const token = tokenOf(raw.asset_id)
  const at = stampOf(raw)
  switch (name) {
    case 'book':
      return readBook(raw)
    case 'price_change':
      return readChange(raw)
    case 'tick_size_change': {
      const to = asDecimal(raw.new_tick_size)
      if (token === '' || !(to > 0)) return malformed(`Tick size: found ${show(raw)}`)
      return { kind: 'tick', token, to, at }
    }
    case 'last_trade_price': {
      const price = priceOf(raw.price)
      if (token === '' || !(price > 0)) return malformed(`Trade: found ${show(raw)}`)
      return { kind: 'trade', token, price, at }
    }
    case 'best_bid_ask': {
      const top = topOf(raw)
      if (token === '' || top === null) return malformed(`Best prices: found ${show(raw)}`)
      return { kind: 'top', token, top, at }
    }
    case 'market_resolved':
      return { kind: 'resolved', tokens: asList(raw.assets_ids).map(tokenOf), at }
    case '':
      // Some first frames do not say what they are; two sides make a book.
      if ((raw.bids ?? raw.buys) !== undefined && (raw.asks ?? raw.sells) !== undefined) {
        return readBook(raw)
      }
      return malformed(`Frame: found ${show(raw)}, wanted an event_type`)
    default:
      return { kind: 'other', name }
  }
}

/** Every message of one frame of the market channel, in order. */
export const readFrame = (text: string): readonly PolymarketMessage[] => {
  if (text === 'PONG') return [{ kind: 'pong' }]
  const value = parseText(text)
  if (isMalformed(value)) return [value]
  return Array.isArray(value) ? value.map(readEvent) : [readEvent(value)]
}
