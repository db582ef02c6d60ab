// A maker's journal as a session that other makers can be run in: the book and trades that it
// received, its market's terms and result, and nothing of its own orders.
//
// Unlike a recording, a journal's market contained us: our orders are taken out of the book again
// (see own-traces.ts). Trades against us stay: whoever came would have come without us, and met the
// next one.

import { Book } from '../../../src/core/book/book.ts'
import { FeedState } from '../../../src/core/book/feed-state.ts'
import { decodeLine } from '../../../src/core/record/journal.ts'
import type { Event, Frame } from '../../../src/core/vocabulary/events.ts'
import type { Market } from '../../../src/core/vocabulary/market.ts'
import type { Millis, Price, Quantity } from '../../../src/core/vocabulary/units.ts'
import type { SessionItem } from './items.ts'
import { OwnTraces, type PublicChange } from './own-traces.ts'
import type { Session } from './session.ts'

const DAY = 86_400_000

type Draft =
  | Exclude<SessionItem, { kind: 'delta' | 'snapshot' }>
  | {
      readonly kind: 'snapshot'
      readonly at: Millis
      readonly bids: number[]
      readonly asks: number[]
    }
  | (PublicChange & { readonly kind: 'delta' })

/** One ticker while its journal is read. */
class Track {
  readonly items: Draft[] = []
  readonly #ticker: string
  readonly #traces = new OwnTraces()
  readonly #fills = new Set<string>()
  readonly #feed = new FeedState()
  /** As it was received, with our orders in it. */
  readonly #book = new Book()
  market: Market | null = null
  result = ''
  volume: Quantity = 0

  constructor(ticker: string) {
    this.#ticker = ticker
  }

  /** The connection is gone, or what is known of it. */
  down(at: Millis): void {
    if (!this.#feed.isUp) return
    this.#feed.down()
    this.#book.darken('link-down')
    this.items.push({ kind: 'down', at })
  }

  hear(event: Event): void {
    const { at } = event
    switch (event.type) {
      case 'link-up':
        this.down(at)
        this.#feed.up(at)
        this.items.push({ kind: 'up', at })
        return
      case 'link-down':
        this.down(at)
        return
      case 'reply':
        if (event.kind === 'cancel' && event.outcome.kind === 'accepted') {
          this.#traces.canceled(event.clientOrderId)
        }
        return
      case 'answer':
        this.#answer(event)
        return
      case 'start':
      case 'stop':
      case 'command':
      case 'configure':
      case 'flatten':
      case 'lease':
      case 'desk':
      case 'state':
      case 'rearm':
      case 'group-triggered':
      case 'clock':
      case 'alpha':
      case 'siblings':
      case 'hours':
        return
      default:
        if (this.#feed.isUp) this.#frame(event)
    }
  }

  #answer(event: Extract<Event, { type: 'answer' }>): void {
    if (event.what === 'market' && event.outcome.kind === 'accepted') {
      this.market = event.outcome.value
      this.result = event.outcome.value.result || this.result
    } else if (event.what === 'orders' && event.outcome.kind === 'accepted') {
      this.#traces.listing(event.outcome.value, event.askedAt)
    }
  }

  #frame(frame: Frame): void {
    const { at, sid, seq } = frame
    if (frame.type === 'subscribed') {
      this.#feed.subscribed(frame.channel, sid)
      if (frame.channel === 'orderbook_delta') this.#book.darken('no-snapshot')
    } else {
      const first = frame.type === 'other' ? (frame.first ?? seq) : seq
      const accepted = this.#feed.accept(sid, seq, 0, first)
      if (accepted === 'repeat' || accepted === 'senseless') return
      if (accepted === 'gap' && sid === this.#feed.bookSid) {
        this.#book.darken('gap')
        this.items.push({ kind: 'gap', at })
      } else this.#news(frame)
    }
    // Any frame at all proves that the connection lives.
    if (this.items.at(-1)?.at !== at) this.items.push({ kind: 'beat', at })
  }

  #news(frame: Frame): void {
    const { at } = frame
    if ('ticker' in frame && frame.ticker !== this.#ticker) return
    switch (frame.type) {
      case 'snapshot': {
        if (frame.sid !== this.#feed.bookSid) return
        if (!this.#book.snapshot(frame.bids, frame.asks)) return
        const item = { kind: 'snapshot' as const, at, bids: [...frame.bids], asks: [...frame.asks] }
        this.#traces.snapshot(item)
        this.items.push(item)
        return
      }
      case 'delta': {
        if (frame.sid !== this.#feed.bookSid || !this.#book.isLive) return
        const { side, price, delta: change, clientOrderId, venueAt } = frame
        if (!this.#book.delta(side, price, change)) return
        if (clientOrderId !== '') this.#traces.named(clientOrderId, side, price, change)
        else {
          const item = { kind: 'delta' as const, at, venueAt, side, price, change }
          this.#traces.unnamed(item)
          this.items.push(item)
        }
        return
      }
      case 'trade': {
        const { price, quantity, taker } = frame
        this.volume += quantity
        this.items.push({ kind: 'print', at, price, quantity, taker })
        return
      }
      case 'fill': {
        const { fill } = frame
        const key = `${fill.tradeId}/${fill.orderId}`
        if (fill.ticker !== this.#ticker || this.#fills.has(key)) return
        this.#fills.add(key)
        this.#traces.fill(fill, at)
        return
      }
      case 'order':
        if (frame.order.ticker === this.#ticker) this.#traces.order(frame.order, at)
        return
      case 'lifecycle':
        if (frame.result !== '') this.result = frame.result
    }
  }

  /** The items without us. */
  finish(): SessionItem[] {
    this.#traces.settle()
    const levels = { bid: new Map<Price, Quantity>(), ask: new Map<Price, Quantity>() }
    const out: SessionItem[] = []
    for (const item of this.items) {
      if (item.kind === 'snapshot') {
        levels.bid = levelsOf(item.bids)
        levels.ask = levelsOf(item.asks)
        out.push(item)
      } else if (item.kind === 'delta') {
        const { at, side, price } = item
        const size = levels[side].get(price) ?? 0
        // Where a trace of ours was missed, others' contracts must not become fewer than none.
        const change = Math.max(item.change, -size)
        levels[side].set(price, size + change)
        if (change !== 0) out.push({ kind: 'delta', at, side, price, change, traded: 0 })
        else if (out.at(-1)?.at !== at) out.push({ kind: 'beat', at })
      } else out.push(item)
    }
    return out
  }
}

const levelsOf = (pairs: readonly number[]): Map<Price, Quantity> => {
  const levels = new Map<Price, Quantity>()
  for (let index = 0; index < pairs.length; index += 2) levels.set(pairs[index]!, pairs[index + 1]!)
  return levels
}

/** The sessions of a journal, one for each ticker; several lives of a maker are one session. */
export const sessionsOfJournal = async (
  file: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<Session[]> => {
  const tracks = new Map<string, Track>()
  let current: Track | null = null
  let at: Millis = 0
  for await (const text of lines) {
    if (text === '') continue
    const line = decodeLine(text)
    if (line.kind === 'decided') continue
    if (line.kind === 'event') {
      at = line.event.at
      current?.hear(line.event)
      continue
    }
    // A life has ended, well or badly; nothing is known until the next one begins.
    current?.down(at)
    current = null
    if (line.kind !== 'head') continue
    const { ticker } = line.head
    current = tracks.get(ticker) ?? new Track(ticker)
    tracks.set(ticker, current)
  }
  return [...tracks].flatMap(([ticker, track]) => {
    const items = track.finish()
    if (!items.some(({ kind }) => kind === 'snapshot')) return []
    const { market, result, volume } = track
    const closeAt = market?.closeAt ?? items.at(-1)!.at + DAY
    return {
      file,
      ticker,
      closeAt,
      items,
      printsFrom: 'trades' as const,
      volume: { seen: volume, placed: volume },
      ...(market === null ? {} : { market }),
      ...(result === 'yes' || result === 'no' ? { settled: result } : {}),
    }
  })
}
