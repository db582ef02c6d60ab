// One subscription of one socket: a channel, what of it is wanted, and the counter that numbers its
// messages. One counter per sid, from 1, shared by all its markets; replies that belong to the sid
// use it up too, and the channels about tickers and one's own account have none.

interface ChannelTerms {
  /** Whether messages carry a seq. */
  readonly sequenced: boolean
  readonly markets: 'required' | 'optional' | 'never'
  /** The parameter that names what is wanted instead of markets. */
  readonly topics?: 'index_ids' | 'underlying_tickers'
}

/** The channels that exist here. The last five are accepted and stay silent: nothing feeds them. */
export const CHANNELS = {
  orderbook_delta: { sequenced: true, markets: 'required' },
  trade: { sequenced: true, markets: 'optional' },
  ticker: { sequenced: false, markets: 'optional' },
  fill: { sequenced: false, markets: 'optional' },
  user_orders: { sequenced: false, markets: 'optional' },
  market_positions: { sequenced: false, markets: 'optional' },
  market_lifecycle_v2: { sequenced: true, markets: 'never' },
  order_group_updates: { sequenced: true, markets: 'never' },
  multivariate_market_lifecycle: { sequenced: true, markets: 'never' },
  communications: { sequenced: true, markets: 'never' },
  cfbenchmarks_value: { sequenced: true, markets: 'never', topics: 'index_ids' },
  cfbenchmarks_value_5hz: { sequenced: true, markets: 'never', topics: 'index_ids' },
  pyth_value: { sequenced: true, markets: 'never', topics: 'underlying_tickers' },
} as const satisfies Record<string, ChannelTerms>

export type Channel = keyof typeof CHANNELS

export const termsOf = (channel: Channel): ChannelTerms => CHANNELS[channel]

export const isChannel = (name: unknown): name is Channel =>
  typeof name === 'string' && Object.hasOwn(CHANNELS, name)

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
