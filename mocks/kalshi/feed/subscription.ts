// One subscription of one socket: a channel, what of it is wanted, and the counter that numbers its
// messages. One counter per sid, from 1, shared by all its markets; replies that belong to the sid
// use it up too, and the channels about tickers and one's own account have none.

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

  /** Uses up the next number. */
  nextSeq(): number {
    return ++this.#seq
  }
}
