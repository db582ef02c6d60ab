// The channels of the WebSocket feed: which of them number their messages, and what a subscription
// must name.

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
