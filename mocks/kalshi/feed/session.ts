// One connected socket: reads its commands, keeps its subscriptions and writes its messages. Errors
// carry the exchange's codes; an unreadable command never ends the connection.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Account } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { FeedFaults } from '../faults/feed-faults.ts'
import { type Channel, isChannel, termsOf } from '../protocol/channels.ts'
import {
  type Command,
  CommandError,
  checkShards,
  ERRORS,
  type Params,
  tickersIn,
  topicsIn,
} from './command.ts'
import { snapshotBody, tickerBody } from './frames.ts'
import { Subscription } from './subscription.ts'

/** What a session needs from its socket and its feed. */
export interface SessionPort {
  /** Sends a reply unless the exchange has gone silent. */
  write(text: string): void
  /** Sends a message of a subscription, subject to the faults of its channel. */
  deliver(subscription: Subscription, text: string): void
  opened(subscription: Subscription): void
  ended(subscription: Subscription): void
  /** The error code with which the next command fails, or null. */
  trouble(): number | null
  readonly faults: FeedFaults
}

/** Limits of one socket. Infinity = no limit. */
export interface FeedLimits {
  /** Commands per second. Kalshi: 10000 (2026-06-18). */
  commandsPerSecond: number
  /** Markets of one subscription. Not published. */
  marketsPerSubscription: number
  /** Markets of all subscriptions of a socket. Kalshi: 500000 (2026-06-18). */
  marketsPerSession: number
  /** Open sockets of one account; the next dial is refused. Not published. */
  connectionsPerAccount: number
}

export const DEFAULT_LIMITS: FeedLimits = {
  commandsPerSecond: 10_000,
  marketsPerSubscription: Number.POSITIVE_INFINITY,
  marketsPerSession: 500_000,
  connectionsPerAccount: Number.POSITIVE_INFINITY,
}

export class Session {
  readonly account: Account
  readonly #exchange: Exchange
  readonly #port: SessionPort
  readonly #limits: FeedLimits
  readonly #subscriptions = new Map<number, Subscription>()
  #sids = 0
  #second: Millis = 0
  #commands = 0

  constructor(
    account: Account,
    exchange: Exchange,
    port: SessionPort,
    limits: FeedLimits = DEFAULT_LIMITS,
  ) {
    this.account = account
    this.#exchange = exchange
    this.#port = port
    this.#limits = limits
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
      this.#count()
      this.#obey(id, command)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      this.#error(id, error.code, error.ticker)
    }
  }

  #count(): void {
    const second = Math.floor(this.#exchange.now() / 1000)
    if (second !== this.#second) this.#commands = 0
    this.#second = second
    if (++this.#commands > this.#limits.commandsPerSecond) throw new CommandError(27)
    const trouble = this.#port.trouble()
    if (trouble !== null) throw new CommandError(trouble)
  }

  #obey(id: number, command: Command | null): void {
    if (typeof command !== 'object' || command === null) throw new CommandError(1)
    const { cmd, params } = command
    if (cmd === 'list_subscriptions') {
      const list = [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid }))
      const body = this.#port.faults.plainLists ? '' : `,"msg":${JSON.stringify(list)}`
      this.#port.write(`{"id":${id},"type":"ok","sending_ts_ms":${this.#exchange.now()}${body}}`)
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
  send(subscription: Subscription, type: string, body: string, id = 0): void {
    this.#port.deliver(subscription, this.text(subscription, type, body, id))
  }

  /** Sends a text made by `text`. */
  repeat(subscription: Subscription, text: string): void {
    this.#port.deliver(subscription, text)
  }

  /** The message as text, with its number used up, for a caller that doubles or drops it. */
  text(subscription: Subscription, type: string, body: string, id = 0): string {
    const { sid, channel } = subscription
    const named = id === 0 ? '' : `"id":${id},`
    const next = termsOf(channel).sequenced ? subscription.nextSeq() : 0
    const told = next === 0 ? { sid, seq: '' } : this.#port.faults.numbered(channel, sid, next)
    return `{${named}"type":"${type}","sid":${told.sid},${told.seq}"sending_ts_ms":${this.#exchange.now()},"msg":${body}}`
  }

  /** Ends a subscription without a word. */
  drop(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.sid)
    this.#port.ended(subscription)
  }

  /** Ends a subscription with an error (10 and 25 do that). */
  endWith(subscription: Subscription, code: number): void {
    this.drop(subscription)
    const body = JSON.stringify({ code, msg: ERRORS[code] })
    this.#port.write(this.text(subscription, 'error', body))
  }

  #subscribe(id: number, params: Params): void {
    const { channels } = params
    if (!Array.isArray(channels) || channels.length === 0) throw new CommandError(3)
    for (const channel of channels) {
      const refused = isChannel(channel) ? this.#port.faults.refused.get(channel) : undefined
      if (refused !== undefined) {
        if (refused !== 0) this.#error(id, refused)
      } else if (isChannel(channel)) this.#open(id, channel, params)
      else this.#error(id, 8)
    }
  }

  #open(id: number, channel: Channel, params: Params): void {
    const { markets, topics: topicKey } = termsOf(channel)
    const tickers = markets === 'never' ? [] : tickersIn(params, channel, this.#exchange)
    if (markets === 'required' && tickers.length === 0) throw new CommandError(14)
    if (channel === 'communications') checkShards(params)
    const topics = topicKey === undefined ? [] : topicsIn(params, topicKey)
    const existing = [...this.#subscriptions.values()].find((one) => one.channel === channel)
    if (existing !== undefined) {
      for (const topic of topics) existing.topics.add(topic)
      this.#widen(id, existing, tickers, params)
      return
    }
    this.#checkSize(tickers, 0)
    const all = markets === 'never' || tickers.length === 0
    const subscription = new Subscription(++this.#sids, channel, all ? null : new Set(tickers), {
      yesPrices: params.use_yes_price === true,
      quietAcks: params.skip_ticker_ack === true,
    })
    for (const topic of topics) subscription.topics.add(topic)
    this.#subscriptions.set(subscription.sid, subscription)
    this.#port.opened(subscription)
    this.#port.write(
      `{"type":"subscribed","id":${id},"msg":{"channel":"${channel}","sid":${subscription.sid}}}`,
    )
    const greeted = all && markets === 'optional' ? this.#exchange.listings.keys() : tickers
    this.#greet(subscription, greeted, params)
  }

  /** Subscribing again adds markets; those already there are not sent again. */
  #widen(id: number, existing: Subscription, tickers: readonly string[], params: Params): void {
    const fresh = tickers.filter((ticker) => !existing.covers(ticker))
    this.#checkSize(fresh, existing.tickers?.size ?? 0)
    if (tickers.length === 0) existing.tickers = null
    else for (const ticker of fresh) existing.tickers?.add(ticker)
    if (params.skip_ticker_ack !== undefined) existing.quietAcks = params.skip_ticker_ack === true
    this.#acknowledge(id, existing)
    this.#greet(existing, fresh, params)
  }

  /** Fails with 26 when `fresh` more markets are too many. */
  #checkSize(fresh: readonly string[], already: number): void {
    if (fresh.length === 0) return
    let all = fresh.length
    for (const { tickers } of this.#subscriptions.values()) all += tickers?.size ?? 0
    const { marketsPerSubscription, marketsPerSession } = this.#limits
    if (already + fresh.length > marketsPerSubscription || all > marketsPerSession) {
      throw new CommandError(26)
    }
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
    const { markets, topics } = termsOf(subscription.channel)
    if (topics !== undefined) {
      this.#updateTopics(id, subscription, action, params, topics)
      return
    }
    if (markets === 'never') throw new CommandError(13)
    const tickers = tickersIn(params, subscription.channel, this.#exchange)
    if (tickers.length === 0) throw new CommandError(14)
    if (action === 'add_markets') this.#widen(id, subscription, tickers, params)
    else if (action === 'delete_markets') {
      subscription.tickers ??= new Set(this.#exchange.listings.keys())
      for (const ticker of tickers) subscription.tickers.delete(ticker)
      this.#acknowledge(id, subscription)
    } else if (action === 'get_snapshot' && subscription.channel === 'orderbook_delta') {
      for (const ticker of tickers) {
        const body = snapshotBody(this.#exchange.listing(ticker), subscription.yesPrices)
        this.send(subscription, 'orderbook_snapshot', body, id)
      }
    } else throw new CommandError(13)
  }

  #updateTopics(
    id: number,
    subscription: Subscription,
    action: string,
    params: Params,
    key: 'index_ids' | 'underlying_tickers',
  ): void {
    const noun = key === 'index_ids' ? 'indices' : 'underlyings'
    const list = key === 'index_ids' ? 'indexlist' : 'underlying_list'
    if (action === `subscribe_${noun}`) {
      for (const topic of topicsIn(params, key)) subscription.topics.add(topic)
    } else if (action === `unsubscribe_${noun}`) {
      for (const topic of topicsIn(params, key)) subscription.topics.delete(topic)
    } else if (action !== list) throw new CommandError(13)
    const msg = JSON.stringify({ [key]: [...subscription.topics] })
    this.#port.write(
      `{"id":${id},"type":"ok","sid":${subscription.sid},"seq":${subscription.nextSeq()},"msg":${msg}}`,
    )
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
    if (channel !== 'orderbook_delta' && channel !== 'ticker') return
    if (channel === 'ticker' && params.send_initial_snapshot !== true) return
    if (channel === 'orderbook_delta' && this.#port.faults.withoutSnapshot) return
    for (const ticker of tickers) {
      const listing = this.#exchange.listing(ticker)
      if (channel === 'ticker') {
        this.send(subscription, 'ticker', tickerBody(listing, this.#exchange.now()))
      } else {
        this.send(subscription, 'orderbook_snapshot', snapshotBody(listing, subscription.yesPrices))
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
