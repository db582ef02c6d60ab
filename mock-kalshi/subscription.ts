// One subscription of one socket: a channel, the markets it covers, and the counter that numbers its
// messages. One counter per sid, from 1, shared by all its markets; replies that belong to the sid
// use it up too, and the channels about tickers and one's own account have none.

/** The channels that exist here, and whether their messages carry a seq. */
export const CHANNELS = {
  orderbook_delta: { sequenced: true, markets: 'required', own: false },
  trade: { sequenced: true, markets: 'optional', own: false },
  ticker: { sequenced: false, markets: 'optional', own: false },
  fill: { sequenced: false, markets: 'optional', own: true },
  user_orders: { sequenced: false, markets: 'optional', own: true },
  market_positions: { sequenced: false, markets: 'optional', own: true },
  market_lifecycle_v2: { sequenced: true, markets: 'never', own: false },
} as const satisfies Record<
  string,
  { sequenced: boolean; markets: 'required' | 'optional' | 'never'; own: boolean }
>

export type Channel = keyof typeof CHANNELS

export const isChannel = (name: unknown): name is Channel =>
  typeof name === 'string' && Object.hasOwn(CHANNELS, name)

export class Subscription {
  readonly sid: number
  readonly channel: Channel
  readonly yesPrices: boolean
  readonly quietAcks: boolean
  /** null = all markets. */
  tickers: Set<string> | null
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
