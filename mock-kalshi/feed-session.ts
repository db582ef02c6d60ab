// One connected socket: reads its commands, keeps its subscriptions and writes its messages. Errors
// are answered in the exchange's codes; a command that cannot be read never ends the connection.

import type { Account } from './account.ts'
import type { Exchange } from './exchange.ts'
import { snapshotBody, tickerBody } from './frames.ts'
import { CHANNELS, type Channel, isChannel, Subscription } from './subscription.ts'

/** What a session needs of its socket and of the feed around it. */
export interface SessionPort {
  /** Sends text unless the exchange has gone silent. */
  write(text: string): void
  opened(subscription: Subscription): void
  ended(subscription: Subscription): void
}

interface Command {
  readonly id?: unknown
  readonly cmd?: unknown
  readonly params?: Params
}

interface Params {
  readonly channels?: unknown
  readonly market_ticker?: unknown
  readonly market_tickers?: unknown
  readonly sid?: unknown
  readonly sids?: unknown
  readonly action?: unknown
  readonly use_yes_price?: unknown
  readonly skip_ticker_ack?: unknown
  readonly send_initial_snapshot?: unknown
}

const ERRORS: Readonly<Record<number, string>> = {
  1: 'Unable to process message',
  2: 'Params required',
  3: 'Channels required',
  4: 'Subscription IDs required',
  5: 'Unknown command',
  7: 'Unknown subscription ID',
  8: 'Unknown channel name',
  10: 'Channel error',
  11: 'Invalid parameter',
  12: 'Exactly one subscription ID is required',
  13: 'Unsupported action',
  14: 'Market ticker required',
  15: 'Action required',
  25: 'Subscription buffer overflow',
}

class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: number
  readonly ticker: string | undefined

  constructor(code: number, ticker?: string) {
    super(ERRORS[code])
    this.code = code
    this.ticker = ticker
  }
}

export class Session {
  readonly account: Account
  readonly #exchange: Exchange
  readonly #port: SessionPort
  readonly #subscriptions = new Map<number, Subscription>()
  #sids = 0

  constructor(account: Account, exchange: Exchange, port: SessionPort) {
    this.account = account
    this.#exchange = exchange
    this.#port = port
  }

  get subscriptions(): Iterable<Subscription> {
    return this.#subscriptions.values()
  }

  /** One message from the client. */
  receive(text: string): void {
    let command: Command | null = null
    try {
      command = JSON.parse(text)
    } catch {
      // Answered below like any other message that is not a command.
    }
    const id = typeof command?.id === 'number' ? command.id : 0
    try {
      this.#obey(id, command)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      this.#error(id, error.code, error.ticker)
    }
  }

  #obey(id: number, command: Command | null): void {
    if (typeof command !== 'object' || command === null) throw new CommandError(1)
    const { cmd, params } = command
    if (cmd === 'list_subscriptions') {
      const list = [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid }))
      this.#port.write(JSON.stringify({ id, type: 'ok', msg: list }))
      return
    }
    if (cmd !== 'subscribe' && cmd !== 'unsubscribe' && cmd !== 'update_subscription') {
      throw new CommandError(5)
    }
    if (typeof params !== 'object' || params === null) throw new CommandError(2)
    if (cmd === 'subscribe') this.#subscribe(id, params)
    else if (cmd === 'unsubscribe') this.#unsubscribe(id, params)
    else this.#update(id, params)
  }

  /** Sends a message body on a subscription, numbered where the channel numbers its messages. */
  send(subscription: Subscription, type: string, body: string): void {
    this.#port.write(this.text(subscription, type, body))
  }

  /** Writes a text made by `text`, as often as it is called. */
  repeat(text: string): void {
    this.#port.write(text)
  }

  /** The same as text, with its number used up, for a caller that delays, doubles or drops it. */
  text(subscription: Subscription, type: string, body: string, id = 0): string {
    const { sid, channel } = subscription
    const named = id === 0 ? '' : `"id":${id},`
    const seq = CHANNELS[channel].sequenced ? `"seq":${subscription.nextSeq()},` : ''
    return `{${named}"type":"${type}","sid":${sid},${seq}"sending_ts_ms":${this.#exchange.now()},"msg":${body}}`
  }

  /** Ends a subscription with an error (10 and 25 do that). */
  endWith(subscription: Subscription, code: number): void {
    this.#subscriptions.delete(subscription.sid)
    this.#port.ended(subscription)
    this.send(subscription, 'error', JSON.stringify({ code, msg: ERRORS[code] }))
  }

  #subscribe(id: number, params: Params): void {
    const { channels } = params
    if (!Array.isArray(channels) || channels.length === 0) throw new CommandError(3)
    const tickers = tickersIn(params)
    if (tickers === null) throw new CommandError(11)
    for (const channel of channels) {
      if (!isChannel(channel)) {
        this.#error(id, 8)
        continue
      }
      this.#open(id, channel, tickers, params)
    }
  }

  #open(id: number, channel: Channel, tickers: readonly string[], params: Params): void {
    const { markets } = CHANNELS[channel]
    if (markets === 'required' && tickers.length === 0) throw new CommandError(14)
    const unlisted = tickers.find((ticker) => !this.#exchange.listings.has(ticker))
    if (markets !== 'never' && unlisted !== undefined) throw new CommandError(11, unlisted)
    const existing = [...this.#subscriptions.values()].find((one) => one.channel === channel)
    if (existing !== undefined) {
      this.#widen(id, existing, tickers, params)
      return
    }
    const all = markets === 'never' || tickers.length === 0
    const subscription = new Subscription(++this.#sids, channel, all ? null : new Set(tickers), {
      yesPrices: params.use_yes_price === true,
      quietAcks: params.skip_ticker_ack === true,
    })
    this.#subscriptions.set(subscription.sid, subscription)
    this.#port.opened(subscription)
    this.#port.write(
      `{"type":"subscribed","id":${id},"msg":{"channel":"${channel}","sid":${subscription.sid}}}`,
    )
    this.#greet(subscription, subscription.tickers ?? [], params)
  }

  /** Subscribing again adds markets; those already there are not sent again. */
  #widen(id: number, existing: Subscription, tickers: readonly string[], params: Params): void {
    const fresh = tickers.filter((ticker) => !existing.covers(ticker))
    if (tickers.length === 0) existing.tickers = null
    else for (const ticker of fresh) existing.tickers?.add(ticker)
    this.#acknowledge(id, existing)
    this.#greet(existing, fresh, params)
  }

  #unsubscribe(id: number, params: Params): void {
    const sids = params.sids
    if (!Array.isArray(sids) || sids.length === 0) throw new CommandError(4)
    for (const sid of sids) {
      const subscription = this.#subscriptions.get(sid)
      if (subscription === undefined) {
        this.#error(id, 7)
        continue
      }
      this.#subscriptions.delete(subscription.sid)
      this.#port.ended(subscription)
      this.#port.write(
        `{"id":${id},"type":"unsubscribed","sid":${subscription.sid},"seq":${subscription.nextSeq()}}`,
      )
    }
  }

  #update(id: number, params: Params): void {
    const sids = Array.isArray(params.sids)
      ? params.sids
      : params.sid === undefined
        ? []
        : [params.sid]
    if (sids.length !== 1) throw new CommandError(12)
    const subscription = this.#subscriptions.get(sids[0])
    if (subscription === undefined) throw new CommandError(7)
    const { action } = params
    if (typeof action !== 'string' || action === '') throw new CommandError(15)
    const tickers = tickersIn(params)
    if (tickers === null) throw new CommandError(11)
    if (tickers.length === 0) throw new CommandError(14)
    const unlisted = tickers.find((ticker) => !this.#exchange.listings.has(ticker))
    if (unlisted !== undefined) throw new CommandError(11, unlisted)
    if (CHANNELS[subscription.channel].markets === 'never') throw new CommandError(13)
    if (action === 'add_markets') this.#widen(id, subscription, tickers, params)
    else if (action === 'delete_markets') {
      subscription.tickers ??= new Set(this.#exchange.listings.keys())
      for (const ticker of tickers) subscription.tickers.delete(ticker)
      this.#acknowledge(id, subscription)
    } else if (action === 'get_snapshot' && subscription.channel === 'orderbook_delta') {
      for (const ticker of tickers) {
        const body = snapshotBody(this.#exchange.listing(ticker), subscription.yesPrices)
        this.#port.write(this.text(subscription, 'orderbook_snapshot', body, id))
      }
    } else throw new CommandError(13)
  }

  /** `ok` uses up a number of the subscription, also on channels whose data carry none. */
  #acknowledge(id: number, subscription: Subscription): void {
    const tickers = subscription.tickers
    const body = subscription.quietAcks || tickers === null ? {} : { market_tickers: [...tickers] }
    this.#port.write(
      `{"id":${id},"type":"ok","sid":${subscription.sid},"seq":${subscription.nextSeq()},"msg":${JSON.stringify(body)}}`,
    )
  }

  /** The first message per market of a channel that has one. */
  #greet(subscription: Subscription, tickers: Iterable<string>, params: Params): void {
    const { channel } = subscription
    for (const ticker of tickers) {
      const listing = this.#exchange.listing(ticker)
      if (channel === 'orderbook_delta') {
        this.send(subscription, 'orderbook_snapshot', snapshotBody(listing, subscription.yesPrices))
      } else if (channel === 'ticker' && params.send_initial_snapshot === true) {
        this.send(subscription, 'ticker', tickerBody(listing, this.#exchange.now()))
      }
    }
  }

  #error(id: number, code: number, ticker?: string): void {
    const msg =
      ticker === undefined
        ? { code, msg: ERRORS[code] }
        : { code, msg: ERRORS[code], market_ticker: ticker }
    this.#port.write(JSON.stringify(id === 0 ? { type: 'error', msg } : { id, type: 'error', msg }))
  }
}

/** The tickers that a command names; null when they are not strings, or both forms are used. */
const tickersIn = (params: Params): string[] | null => {
  const { market_ticker: one, market_tickers: many } = params
  if (one !== undefined && many !== undefined) return null
  const list = one !== undefined ? [one] : (many ?? [])
  if (!Array.isArray(list) || list.some((ticker) => typeof ticker !== 'string')) return null
  return [...new Set(list as string[])]
}
