// A command as a socket sends it, the error codes with their texts (1 to 28; 6, 16 and 17 are
// retired), and the readers of command parameters.

import type { Exchange } from '../exchange/exchange.ts'
import type { Channel } from '../protocol/channels.ts'

export interface Command {
  readonly id?: unknown
  readonly cmd?: unknown
  readonly params?: Params
}

export interface Params {
  readonly channels?: unknown
  readonly market_ticker?: unknown
  readonly market_tickers?: unknown
  readonly market_id?: unknown
  readonly market_ids?: unknown
  readonly sid?: unknown
  readonly sids?: unknown
  readonly action?: unknown
  readonly use_yes_price?: unknown
  readonly skip_ticker_ack?: unknown
  readonly send_initial_snapshot?: unknown
  readonly shard_factor?: unknown
  readonly shard_key?: unknown
  readonly index_ids?: unknown
  readonly underlying_tickers?: unknown
}

export const ERRORS: Readonly<Record<number, string>> = {
  1: 'Unable to process message',
  2: 'Params required',
  3: 'Channels required',
  4: 'Subscription IDs required',
  5: 'Unknown command',
  7: 'Unknown subscription ID',
  8: 'Unknown channel name',
  9: 'Authentication required',
  10: 'Channel error',
  11: 'Invalid parameter',
  12: 'Exactly one subscription ID is required',
  13: 'Unsupported action',
  14: 'Market ticker required',
  15: 'Action required',
  18: 'Command timeout',
  19: 'Invalid shard_factor',
  20: 'shard_factor required',
  21: 'Invalid shard_key',
  22: 'shard_factor too large',
  23: 'Match IDs required',
  24: 'Index IDs required',
  25: 'Subscription buffer overflow',
  26: 'Subscription market limit exceeded',
  27: 'Too many commands',
  28: 'Underlying tickers required',
}

/** A command that is answered with an error. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: number
  readonly ticker: string | undefined

  constructor(code: number, ticker?: string) {
    super(ERRORS[code])
    this.code = code
    this.ticker = ticker
  }
}

const textsIn = (one: unknown, many: unknown): string[] => {
  if (one !== undefined && many !== undefined) throw new CommandError(11)
  const list = one !== undefined ? [one] : (many ?? [])
  if (!Array.isArray(list) || list.some((text) => typeof text !== 'string')) {
    throw new CommandError(11)
  }
  return [...new Set(list as string[])]
}

/**
 * The tickers that a command names; ids of markets count on the ticker channel only.
 * Fails with 11 when one is not listed, a list holds something else, or two forms are mixed.
 */
export const tickersIn = (
  params: Params,
  channel: Channel,
  exchange: Exchange,
): readonly string[] => {
  const tickers = textsIn(params.market_ticker, params.market_tickers)
  const unlisted = tickers.find((ticker) => !exchange.listings.has(ticker))
  if (unlisted !== undefined) throw new CommandError(11, unlisted)
  if (channel !== 'ticker') return tickers
  const ids = textsIn(params.market_id, params.market_ids)
  if (ids.length > 0 && tickers.length > 0) throw new CommandError(11)
  const byId = ids.map((id) => {
    for (const listing of exchange.listings.values()) {
      if (listing.marketId === id) return listing.ticker
    }
    throw new CommandError(11)
  })
  return ids.length > 0 ? byId : tickers
}

/** Indices or underlyings of a command. Fails with 24 or 28 when there are none. */
export const topicsIn = (
  params: Params,
  name: 'index_ids' | 'underlying_tickers',
): readonly string[] => {
  const topics = textsIn(undefined, params[name])
  if (topics.length === 0) throw new CommandError(name === 'index_ids' ? 24 : 28)
  return topics
}

/** Checks the fan-out options of `communications`: codes 19 to 22. */
export const checkShards = ({ shard_factor: factor, shard_key: key }: Params): void => {
  if (factor === undefined) {
    if (key !== undefined) throw new CommandError(20)
    return
  }
  if (typeof factor !== 'number' || !Number.isInteger(factor) || factor < 1) {
    throw new CommandError(19)
  }
  if (factor > 100) throw new CommandError(22)
  if (key === undefined) return
  if (typeof key !== 'number' || !Number.isInteger(key) || key < 0 || key >= factor) {
    throw new CommandError(21)
  }
}
