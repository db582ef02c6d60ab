// The WebSocket side of the exchange: turns facts into messages for the subscribers. Each message
// body is written once per form. Faults are applied last, so a lost frame still uses up its
// sequence number.

import type { WebSocket } from 'ws'
import type { Account } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type {
  Fact,
  FillFact,
  GroupFact,
  LevelFact,
  OrderFact,
  PositionFact,
} from '../exchange/facts.ts'
import type { Faults } from '../faults/faults.ts'
import { CHANNELS, type Channel } from '../protocol/channels.ts'
import {
  deltaBody,
  eventBody,
  feeBody,
  fillBody,
  groupBody,
  lifecycleBody,
  orderBody,
  positionBody,
  tickerBody,
  tradeBody,
} from './frames.ts'
import { DEFAULT_LIMITS, type FeedLimits, Session } from './session.ts'
import type { Subscription } from './subscription.ts'

/** How often Kalshi pings. */
const PING_EVERY_MS = 10_000
/** Buffered bytes at which a slow reader's subscriptions overflow (our choice of size). */
const FULL_BUFFER = 16 * 1024 * 1024

interface Reader {
  readonly session: Session
  readonly subscription: Subscription
}

export class Feed {
  readonly limits: FeedLimits = { ...DEFAULT_LIMITS }
  readonly #exchange: Exchange
  readonly #faults: Faults
  readonly #sockets = new Map<WebSocket, Session>()
  readonly #readers: Record<Channel, Set<Reader>>
  /** The subaccount that a session's key is locked to, or null. */
  readonly #only = new WeakMap<Session, number | null>()
  readonly #late = new Set<NodeJS.Timeout>()
  #others = 0
  readonly #stop: () => void
  readonly #pings: NodeJS.Timeout

  constructor(exchange: Exchange, faults: Faults, pingEveryMs = PING_EVERY_MS) {
    this.#exchange = exchange
    this.#faults = faults
    this.#readers = Object.fromEntries(
      Object.keys(CHANNELS).map((channel) => [channel, new Set<Reader>()]),
    ) as Record<Channel, Set<Reader>>
    this.#stop = exchange.on((fact) => this.#publish(fact))
    this.#pings = setInterval(() => this.#ping(), pingEveryMs)
    this.#pings.unref()
    faults.attach({
      closeSockets: () => {
        for (const socket of this.#sockets.keys()) socket.terminate()
      },
      sendRaw: (text) => {
        for (const socket of this.#sockets.keys()) socket.send(text)
      },
      endSubscription: (channel, code) => {
        for (const { session, subscription } of [...(this.#readers[channel as Channel] ?? [])]) {
          if (code === 0) session.drop(subscription)
          else session.endWith(subscription, code)
        }
      },
      otherMarkets: (times) => {
        for (let turn = 0; turn < times; turn++) this.#publishOthers()
      },
    })
  }

  /** How many sockets are open. */
  get connections(): number {
    return this.#sockets.size
  }

  /** What a socket is subscribed to. */
  channelsOf(socket: WebSocket): ReadonlySet<Channel> {
    const subscriptions = this.#sockets.get(socket)?.subscriptions ?? []
    return new Set([...subscriptions].map(({ channel }) => channel))
  }

  /** Whether the account may open one more socket. */
  admits(account: Account): boolean {
    let own = 0
    for (const session of this.#sockets.values()) if (session.account === account) own++
    return own < this.limits.connectionsPerAccount
  }

  /** Serves an upgraded socket; a key locked to a subaccount receives that one's messages only. */
  attach(socket: WebSocket, account: Account, subaccount: number | null = null): void {
    const readers = new Map<Subscription, Reader>()
    const faults = this.#faults
    /** Overtaken frames, sent after the next one. */
    let held: string[] = []
    const send = (text: string): void => {
      if (!faults.silent) socket.send(this.#altered(text))
    }
    const write = (text: string): void => {
      const late = faults.feed.lateness(this.#exchange.now())
      if (late > 0) this.#later(late, () => send(text))
      else send(text)
      if (held.length === 0) return
      const overdue = held
      held = []
      for (const one of overdue) write(one)
    }
    const overflow = (subscription: Subscription): boolean => {
      if (socket.bufferedAmount <= FULL_BUFFER || !readers.has(subscription)) return false
      session.endWith(subscription, 25)
      return true
    }
    const session: Session = new Session(
      account,
      this.#exchange,
      {
        write,
        deliver: (subscription, text) => {
          if (overflow(subscription)) return
          const fate = faults.frames.meet(subscription.channel)
          if (fate === null || fate.what === 'duplicate' || fate.what === 'echo') write(text)
          if (fate === null || fate.what === 'drop') return
          if (fate.what === 'duplicate') write(text)
          else if (fate.what === 'swap') held.push(text)
          else this.#later(fate.ms, () => write(text))
        },
        opened: (subscription) => {
          const reader = { session, subscription }
          readers.set(subscription, reader)
          this.#readers[subscription.channel].add(reader)
        },
        ended: (subscription) => {
          this.#readers[subscription.channel].delete(readers.get(subscription)!)
          readers.delete(subscription)
        },
        trouble: () => faults.meetCommand(),
        faults: faults.feed,
      },
      this.limits,
    )
    this.#only.set(session, subaccount)
    this.#sockets.set(socket, session)
    socket.on('message', (data) => session.receive(data.toString()))
    socket.on('ping', (data) => {
      if (!faults.silent) socket.pong(data)
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      for (const reader of readers.values()) {
        this.#readers[reader.subscription.channel].delete(reader)
      }
    })
  }

  /** Cuts all sockets and stops all timers. */
  close(): void {
    this.#stop()
    clearInterval(this.#pings)
    for (const timer of this.#late) clearTimeout(timer)
    for (const socket of this.#sockets.keys()) socket.terminate()
  }

  #ping(): void {
    if (this.#faults.silent) return
    for (const socket of this.#sockets.keys()) socket.ping('heartbeat')
  }

  #altered(text: string): string {
    const { omitTsMs, trailingNewline, feed } = this.#faults
    const sent = feed.omitSendingTs ? text.replace(/,?"sending_ts_ms":\d+/, '') : text
    const bare = omitTsMs ? sent.replace(/,"ts_ms":\d+/, '') : sent
    return trailingNewline ? `${bare}\n` : bare
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#late.delete(timer)
      act()
    }, ms)
    timer.unref()
    this.#late.add(timer)
  }

  #publish(fact: Fact): void {
    switch (fact.kind) {
      case 'level':
        this.#publishLevel(fact)
        break
      case 'trade':
        this.#publishToAll('trade', 'trade', fact.trade.ticker, () => tradeBody(fact.trade))
        break
      case 'ticker':
        this.#publishToAll('ticker', 'ticker', fact.listing.ticker, () =>
          tickerBody(fact.listing, fact.at),
        )
        break
      case 'fill':
        this.#publishFill(fact)
        break
      case 'order':
        this.#publishToOwner('user_orders', 'user_order', fact, () =>
          orderBody(fact.order, fact.account, fact.listing),
        )
        break
      case 'position':
        this.#publishToOwner('market_positions', 'market_position', fact, () =>
          positionBody(fact.holding, fact.account),
        )
        break
      case 'lifecycle':
        this.#publishToAll('market_lifecycle_v2', 'market_lifecycle_v2', '', () =>
          lifecycleBody(fact),
        )
        break
      case 'event':
        this.#publishToAll('market_lifecycle_v2', 'event_lifecycle', '', () => eventBody(fact))
        break
      case 'fee':
        this.#publishToAll('market_lifecycle_v2', 'event_fee_update', '', () => feeBody(fact))
        break
      case 'group':
        this.#publishToOwner('order_group_updates', 'order_group_updates', fact, () =>
          groupBody(fact),
        )
        break
      case 'money':
        break
    }
  }

  #publishLevel(fact: LevelFact): void {
    const forms: (string | undefined)[] = [undefined, undefined, undefined, undefined]
    const faults = this.#faults
    for (const { session, subscription } of this.#readers.orderbook_delta) {
      if (!subscription.covers(fact.listing.ticker)) continue
      if (faults.muteDeltas !== 'off') {
        if (faults.muteDeltas === 'lost') subscription.nextSeq()
        continue
      }
      const own = fact.actor !== null && fact.actor.owner === session.account.id
      const form = (subscription.yesPrices ? 1 : 0) + (own ? 2 : 0)
      const body = (forms[form] ??= deltaBody(fact, subscription.yesPrices, own))
      if (faults.muteBook || faults.skipFrames > 0) {
        subscription.nextSeq()
        if (!faults.muteBook) faults.skipFrames--
        continue
      }
      if (faults.duplicateFrames > 0) {
        faults.duplicateFrames--
        const text = session.text(subscription, 'orderbook_delta', body)
        session.repeat(subscription, text)
        session.repeat(subscription, text)
        continue
      }
      session.send(subscription, 'orderbook_delta', body)
    }
  }

  #publishToAll(channel: Channel, type: string, ticker: string, write: () => string): void {
    let body: string | undefined
    for (const { session, subscription } of this.#readers[channel]) {
      if (!subscription.covers(ticker)) continue
      if (channel === 'trade' && this.#faults.muteBook) {
        subscription.nextSeq()
        continue
      }
      session.send(subscription, type, (body ??= write()))
    }
  }

  /** A market that opens somewhere else, or an event or its fee, in turn. */
  #publishOthers(): void {
    const number = ++this.#others
    const [event, market] = [`KXELSE-${number}`, `KXELSE-${number}-T1`]
    const types = ['market_lifecycle_v2', 'event_lifecycle', 'event_fee_update'] as const
    const type = types[number % 5] ?? types[0]
    const body =
      type === 'market_lifecycle_v2'
        ? { market_ticker: market, event_type: number % 2 === 0 ? 'created' : 'determined' }
        : { event_ticker: event, series_ticker: 'KXELSE', fee_multiplier_override: 1 }
    this.#publishToAll('market_lifecycle_v2', type, '', () => JSON.stringify(body))
  }

  #publishToOwner(
    channel: Channel,
    type: string,
    fact: FillFact | OrderFact | PositionFact | GroupFact,
    write: () => string,
  ): void {
    const { account } = fact
    if (account.anonymous) return
    const ticker = 'listing' in fact ? fact.listing.ticker : ''
    const subaccount = subaccountOf(fact)
    let body: string | undefined
    for (const { session, subscription } of this.#readers[channel]) {
      if (session.account !== account || !subscription.covers(ticker)) continue
      const only = this.#only.get(session) ?? null
      if (only !== null && only !== subaccount) continue
      session.send(subscription, type, (body ??= write()))
    }
  }

  #publishFill(fact: FillFact): void {
    if (fact.account.anonymous) return
    const late = this.#faults.delayFillsMs
    const body = fillBody(fact.fill, fact.listing)
    const send = (): void => this.#publishToOwner('fill', 'fill', fact, () => body)
    if (late <= 0) send()
    else this.#later(late, send)
  }
}

const subaccountOf = (fact: FillFact | OrderFact | PositionFact | GroupFact): number => {
  if (fact.kind === 'fill') return fact.fill.order.subaccount
  if (fact.kind === 'order') return fact.order.subaccount
  return fact.kind === 'position' ? fact.holding.subaccount : fact.group.subaccount
}
