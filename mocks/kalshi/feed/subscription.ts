// One subscription of one socket: its channel, its markets, and the counter that numbers its
// messages. There is one counter per sid, from 1, shared by all its markets. Replies that belong to
// the sid use it up too; channels about tickers and the own account have none.

import type { Channel } from '../protocol/channels.ts'

export class Subscription {
  readonly sid: number
  readonly channel: Channel
  readonly yesPrices: boolean
  quietAcks: boolean
  /** null = all markets. */
  tickers: Set<string> | null
  /** Indices or underlyings, for the channels that have them. */
  readonly topics = new Set<string>()
  #seq = 0

  constructor(
    sid: number,
    channel: Channel,
    tickers: Set<string> | null,
    options: { readonly yesPrices: boolean; readonly quietAcks: boolean },
  ) {
    this.sid = sid
    this.channel = channel
    this.tickers = tickers
    this.yesPrices = options.yesPrices
    this.quietAcks = options.quietAcks
  }

  covers(ticker: string): boolean {
    return this.tickers === null || this.tickers.has(ticker)
  }

  /** The next sequence number. */
  nextSeq(): number {
    return ++this.#seq
  }
}
