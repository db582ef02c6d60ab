// Keeps one outcome token's book from the frames of a channel that numbers nothing.
//
// The venue's own best_bid and best_ask are the top of book, because a taker's order arrives as
// several frames and the levels cross in between; the levels say only how much stands there. A top
// that disagrees with the levels for long means a lost frame: the book must be requested again.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { BookMessage, ChangeEntry, Level, PolymarketMessage, Top } from './market-wire.ts'

const DESYNC_AFTER: Millis = 250
const TOP_SURVIVES_TICK: Millis = 5000
const BOOK_WANTED_AFTER: Millis = 30 * 60_000
const DEPTH_WITHIN = 0.02
const EPSILON = 1e-9
const EMPTY: Top = { bid: null, ask: null }

export class TokenBook {
  readonly token: string
  /** Venue clock of the last change; NaN before the first. */
  changedAt: Millis = Number.NaN
  /** How many whole books were received: a new one after every reconnect. */
  epoch = 0
  resolved = false
  #bids: Map<number, number> | null = null
  #asks: Map<number, number> | null = null
  #top: Top = EMPTY
  #topUntil: Millis = Number.POSITIVE_INFINITY
  #bookAt: Millis = Number.NaN
  #changed = false
  #desync = false
  #doubtSince: Millis = Number.NaN
  #doubtStamp: Millis = Number.NaN

  constructor(token: string) {
    this.token = token
  }

  /** Applies one message; those about other tokens change nothing. `receivedAt` is our clock. */
  apply(message: PolymarketMessage, receivedAt: Millis): void {
    if (message.kind === 'change') {
      for (const entry of message.entries) {
        if (entry.token === this.token) this.#change(entry, message.at, receivedAt)
      }
    } else if (message.kind === 'resolved') {
      if (message.tokens.includes(this.token)) this.resolved = true
    } else if (!('token' in message) || message.token !== this.token) return
    else if (message.kind === 'book') this.#replace(message, receivedAt)
    else if (message.kind === 'top') this.#state(message.top, message.at)
    else if (message.kind === 'tick') this.#dropLevels(receivedAt)
  }

  /** The connection is gone: so is everything we knew. */
  drop(): void {
    this.#bids = null
    this.#asks = null
    this.#top = EMPTY
    this.#topUntil = Number.POSITIVE_INFINITY
    this.#changed = false
    this.#settle()
  }

  /** Best prices in dollars; both null when unknown. */
  top(now: Millis): Top {
    return now > this.#topUntil ? EMPTY : this.#top
  }

  /** Best prices of the levels alone, which may cross for a moment; for comparison. */
  localTop(): Top {
    if (this.#bids === null || this.#asks === null) return EMPTY
    let bid = Number.NEGATIVE_INFINITY
    let ask = Number.POSITIVE_INFINITY
    for (const price of this.#bids.keys()) if (price > bid) bid = price
    for (const price of this.#asks.keys()) if (price < ask) ask = price
    return { bid: Number.isFinite(bid) ? bid : null, ask: Number.isFinite(ask) ? ask : null }
  }

  /** True while exactly one side, or none, is offered on a book that we do know. */
  oneSided(now: Millis): boolean {
    const { bid, ask } = this.top(now)
    return this.epoch > 0 && this.#bids !== null && (bid === null || ask === null)
  }

  /** Shares within 2 cents of the best on a side; null when levels are unknown or disagree. */
  depth(side: 'bid' | 'ask', now: Millis): number | null {
    const levels = side === 'bid' ? this.#bids : this.#asks
    const best = this.top(now)[side]
    if (levels === null || this.desynced(now)) return null
    if (best === null) return 0
    let total = 0
    for (const [price, size] of levels) {
      const behind = side === 'bid' ? best - price : price - best
      if (behind >= -EPSILON && behind <= DEPTH_WITHIN + EPSILON) total += size
    }
    return total
  }

  /** True when levels and stated top have disagreed for too long: a frame was lost. */
  desynced(now: Millis): boolean {
    return this.#desync || now - this.#doubtSince > DESYNC_AFTER
  }

  /** True when the whole book should be asked for once. */
  wantsBook(now: Millis): boolean {
    return this.desynced(now) || (this.#changed && now - this.#bookAt > BOOK_WANTED_AFTER)
  }

  #replace(book: BookMessage, receivedAt: Millis): void {
    this.#bids = new Map(book.bids.map(({ price, size }: Level) => [price, size]))
    this.#asks = new Map(book.asks.map(({ price, size }: Level) => [price, size]))
    this.#top = this.localTop()
    this.#topUntil = Number.POSITIVE_INFINITY
    this.#bookAt = receivedAt
    this.#changed = false
    this.epoch++
    this.#stamp(book.at)
    this.#settle()
  }

  #change(entry: ChangeEntry, at: Millis, receivedAt: Millis): void {
    if (this.#bids !== null && this.#asks !== null) {
      const levels = entry.side === 'bid' ? this.#bids : this.#asks
      if (entry.size > 0) levels.set(entry.price, entry.size)
      else levels.delete(entry.price)
    }
    this.#changed = true
    this.#state(entry.top ?? this.#uncrossed(), at)
    if (this.#bids !== null) this.#compare(at, receivedAt)
  }

  /** The levels' own top, unless it is crossed: then what was known before. */
  #uncrossed(): Top {
    const local = this.localTop()
    const crossed = local.bid !== null && local.ask !== null && local.bid >= local.ask
    return crossed || this.#bids === null ? this.#top : local
  }

  #state(top: Top, at: Millis): void {
    this.#top = top
    this.#stamp(at)
  }

  #stamp(at: Millis): void {
    if (!(at < this.changedAt) && !Number.isNaN(at)) this.changedAt = at
  }

  #compare(at: Millis, receivedAt: Millis): void {
    if (receivedAt - this.#doubtSince > DESYNC_AFTER && at !== this.#doubtStamp) {
      this.#desync = true
    }
    const local = this.localTop()
    if (local.bid === this.#top.bid && local.ask === this.#top.ask) {
      this.#doubtSince = Number.NaN
    } else if (Number.isNaN(this.#doubtSince) || at === this.#doubtStamp) {
      this.#doubtSince = receivedAt
      this.#doubtStamp = at
    }
  }

  #dropLevels(receivedAt: Millis): void {
    this.#bids = null
    this.#asks = null
    this.#topUntil = receivedAt + TOP_SURVIVES_TICK
    this.#settle()
  }

  #settle(): void {
    this.#desync = false
    this.#doubtSince = Number.NaN
    this.#doubtStamp = Number.NaN
  }
}
