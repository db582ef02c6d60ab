// Frames that nobody should ever send, between those of a living market: whatever comes, the
// decoder and the engine do not throw, our own quotes never cross, there is one a side at most, and
// memory does not grow. Requests and questions are answered truthfully by the exchange, and soon.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { WebSocket } from 'ws'
import { Crowd } from '../../mocks/kalshi/crowd/crowd.ts'
import { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import { isRefusal, type Refusal } from '../../mocks/kalshi/exchange/refusal.ts'
import { Faults } from '../../mocks/kalshi/faults/faults.ts'
import { Feed as VenueFeed } from '../../mocks/kalshi/feed/feed.ts'
import { Engine } from '../../src/core/maker/engine.ts'
import { isOver } from '../../src/core/orders/lifecycle.ts'
import type { Effect, Event, Intent, OrderReport } from '../../src/core/vocabulary/events.ts'
import { accepted, type Outcome, rejected } from '../../src/core/vocabulary/outcome.ts'
import { CHANNELS, subscribeCommand, unsubscribeCommand } from '../../src/kalshi/common/requests.ts'
import { FrameDecoder } from '../../src/kalshi/feed/decoder.ts'
import { Dice } from '../../src/statistics/random.ts'
import { bookOf, marketOf, parametersOf, reportOf, T0, TICKER } from '../market.ts'
import { mangle } from './mangle.ts'

export interface FuzzOptions {
  readonly frames: number
  readonly seed: number
  /** Frames of another market to damage as well, their ticker replaced by ours. */
  readonly corpus?: readonly string[]
}

export interface FuzzResult {
  readonly broken: string | null
  readonly text: string
  readonly damaged: number
  readonly malformed: number
  readonly quoting: number
  /** Bytes of heap that the second half of the frames has added. */
  readonly grown: number
}

const KEPT = 64
const REPLY_MS = 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const heap = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}

class Rig {
  at = T0
  readonly engine = new Engine(
    TICKER,
    parametersOf({ strategy: { min_move_seconds: 0, min_move_ticks: 0, reconcile_seconds: 5 } }),
  )
  readonly frames: string[] = []
  readonly #exchange: Exchange
  readonly #account
  readonly #crowd: Crowd
  readonly #feed: VenueFeed
  readonly #decoder = new FrameDecoder({ noSide: 'yes-price' })
  #command: (text: string) => void = () => undefined
  #hangUp: () => void = () => undefined
  #commands = 0
  #crowdAt = T0
  readonly #events: Event[] = []
  readonly #replies: Event[] = []
  /** Prices that we have asked for, by client order id: others are lies of a damaged frame. */
  readonly #asked = new Map<string, Set<number>>()

  constructor(seed: number) {
    this.#exchange = new Exchange({ now: () => this.at, seed })
    this.#account = this.#exchange.addAccount('tested', 100_000_000)
    this.#exchange.addMarket({ ticker: TICKER, closeAt: T0 + 1e12 })
    this.#crowd = new Crowd(this.#exchange, TICKER, { seed })
    this.#feed = new VenueFeed(this.#exchange, new Faults())
    this.#crowd.step(this.at)
    this.hear({ type: 'start', at: this.at, nonce: 'fuzz' })
    const cost = { place: 10, amend: 10, decrease: 10, cancel: 2 }
    this.hear({ type: 'lease', at: this.at, lease: { refill: 1e6, capacity: 1e6, cost } })
    this.connect()
  }

  /** A new socket; damaged control frames can leave the old one useless. */
  connect(): void {
    this.#hangUp()
    this.frames.length = 0
    if (this.engine.state.feed.isUp) this.hear({ type: 'link-down', at: this.at, reason: 'fuzz' })
    const socket = {
      bufferedAmount: 0,
      send: (text: string) => this.frames.push(text),
      on: (name: string, hear: (data: unknown) => void) => {
        if (name === 'message') this.#command = hear
        if (name === 'close') this.#hangUp = () => hear(undefined)
      },
      terminate: () => undefined,
      ping: () => undefined,
      pong: () => undefined,
    }
    this.#feed.attach(socket as unknown as WebSocket, this.#account)
    this.hear({ type: 'link-up', at: this.at })
    for (const channel of CHANNELS) {
      this.#command(subscribeCommand(++this.#commands, channel, TICKER))
    }
  }

  close(): void {
    this.#feed.close()
  }

  /** A few virtual milliseconds pass, and now and then the crowd moves. */
  pass(ms: number): void {
    this.at += ms
    // Frames are read as fast as they come, or the exchange would have to keep them for us.
    if (this.at >= this.#crowdAt + 200 && this.frames.length < 50) {
      this.#crowdAt = this.at
      this.#exchange.tick()
      this.#crowd.step(this.at)
      // A session of weeks: its finished orders and fills would fill our memory, not the maker's.
      this.#forget()
    }
    while ((this.#replies[0]?.at ?? Number.POSITIVE_INFINITY) <= this.at) {
      this.hear({ ...this.#replies.shift()!, at: this.at })
    }
    if (this.engine.wakeAt <= this.at) this.hear({ type: 'clock', at: this.at })
  }

  read(text: string): void {
    this.hear(this.#decoder.decode(text, this.at))
  }

  hear(event: Event): void {
    this.#events.push(event)
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      for (const effect of this.engine.step(next).slice()) this.#act(effect)
    }
  }

  #forget(): void {
    const { orders, clientOrderIds, fills } = this.#account
    for (const [id, order] of orders) {
      if (order.level !== null) continue
      orders.delete(id)
      clientOrderIds.delete(order.clientOrderId)
    }
    if (fills.length > 200) fills.splice(0, 100)
    for (const id of this.#asked.keys()) {
      if (this.engine.state.execution.orders.byClient(id) === undefined) this.#asked.delete(id)
    }
    const { trades } = this.#exchange.listing(TICKER)
    if (trades.length > 200) trades.splice(0, 100)
  }

  #act(effect: Effect): void {
    const { at } = this
    if (effect.type === 'send') {
      const { kind, clientOrderId } = effect.intent
      if ('price' in effect.intent) {
        const prices = this.#asked.get(clientOrderId) ?? new Set()
        this.#asked.set(clientOrderId, prices.add(effect.intent.price))
      }
      const outcome = this.#carryOut(effect.intent)
      this.#replies.push({ type: 'reply', at: at + REPLY_MS, kind, clientOrderId, outcome })
    } else if (effect.type === 'ask') {
      const { what } = effect
      const value = {
        market: marketOf({ closeAt: T0 + 1e12, expectedAt: T0 + 1e12 }),
        orders: this.#resting(),
        fills: [],
        position: { ...this.engine.state.ledger, exposure: 0 },
        queue: [],
        programmes: [],
        settlement: [],
        cash: { total: 0, shards: [] },
        book: bookOf(this.engine),
        exchange: { isTrading: true, shards: {} },
      }[what]
      this.#events.push({
        type: 'answer',
        at,
        askedAt: at,
        what,
        outcome: accepted(value),
      } as Event)
    } else if (effect.type === 'resubscribe' && effect.sid > 0) {
      this.#command(unsubscribeCommand(++this.#commands, effect.sid))
      this.#command(subscribeCommand(++this.#commands, 'orderbook_delta', TICKER))
    }
  }

  #resting(): OrderReport[] {
    return [...this.#account.holding(TICKER).resting].map((order) =>
      reportOf({
        orderId: order.id,
        clientOrderId: order.clientOrderId,
        side: order.side,
        price: order.price,
        filled: order.filled,
        remaining: order.remaining,
        expiresAt: order.expiresAt,
        venueAt: order.updatedAt,
      }),
    )
  }

  #carryOut(intent: Intent): Outcome<{
    orderId: string
    filled: number | null
    remaining: number
    venueAt: number
  }> {
    const exchange = this.#exchange
    const account = this.#account
    const venueAt = this.at
    const no = ({ status, code }: Refusal) => rejected(status, code)
    if (intent.kind === 'cancel') {
      const done = exchange.cancel(account, intent.orderId)
      if (isRefusal(done)) return no(done)
      return accepted({ orderId: intent.orderId, filled: null, remaining: done.reducedBy, venueAt })
    }
    const { side } = intent
    const order =
      intent.kind === 'place'
        ? exchange.place(account, { ...intent, ticker: TICKER, side, postOnly: true })
        : intent.kind === 'amend'
          ? exchange.amend(account, intent.orderId, intent)
          : exchange.decrease(account, intent.orderId, { reduceTo: intent.remaining })
    if (isRefusal(order)) return no(order)
    const { id, filled, remaining } = order
    return accepted({ orderId: id, filled, remaining, venueAt })
  }

  /** The law that does not hold, or ''. */
  brokenLaw(): string {
    let bid: number | null = null
    let ask: number | null = null
    for (const order of this.engine.state.execution.orders.live) {
      if (isOver(order.status) || order.adopted || order.revivedAt > 0) continue
      if (this.#asked.get(order.clientOrderId)?.has(order.price) !== true) return ''
      if (order.side === 'bid') {
        if (bid !== null) return 'two bids of our own'
        bid = Math.max(order.price, order.next.price)
      } else {
        if (ask !== null) return 'two asks of our own'
        ask = Math.min(order.price, order.next.price)
      }
    }
    if (bid !== null && ask !== null && bid >= ask)
      return `own bid ${bid} at or above own ask ${ask}`
    return Number.isNaN(this.engine.wakeAt) ? 'wakeAt is not a time' : ''
  }
}

/** Plays `frames` frames, some of them damaged. */
export const fuzz = ({ frames, seed, corpus = [] }: FuzzOptions): FuzzResult => {
  const dice = new Dice(seed, 21)
  const rig = new Rig(seed)
  const recent: string[] = []
  const began = Date.now()
  let broken: string | null = null
  let damaged = 0
  let quoting = 0
  let idle = 0
  let before = 0
  let shown = ''
  try {
    for (let count = 0; count < frames && broken === null; count++) {
      if (count === frames >> 1) before = heap()
      rig.pass(dice.whole(0, 40))
      const foreign = corpus.length > 0 && dice.chance(0.1)
      const next = foreign ? corpus[dice.whole(0, corpus.length - 1)]! : rig.frames.shift()
      const text = next ?? recent[dice.whole(0, Math.max(0, recent.length - 1))] ?? '{}'
      if (next !== undefined && !foreign) {
        recent.push(text)
        if (recent.length > KEPT) recent.shift()
      }
      shown = text
      if (next === undefined || foreign || dice.chance(0.03)) {
        damaged++
        shown = mangle(text, recent, dice)
      }
      rig.read(shown)
      if (rig.engine.decider.phase === 'quoting') {
        quoting++
        idle = 0
      } else if (++idle % 300 === 0) rig.connect()
      const law = rig.brokenLaw()
      if (law !== '') broken = `${law} after frame ${count}: ${shown}`
    }
  } catch (error) {
    broken = `${error instanceof Error ? error.stack : String(error)}\nat frame ${shown}`
  }
  rig.close()
  const grown = heap() - before
  const { malformed, frames: received } = rig.engine.state.execution.counters
  const seconds = (Date.now() - began) / 1000
  const text = [
    `${received} frames, ${damaged} damaged, ${malformed} malformed, quoting after ${quoting}, in ${seconds.toFixed(1)} s`,
    `heap grown by ${(grown / 1e6).toFixed(2)} MB in the second half`,
    broken ?? 'no law broke',
  ].join('\n')
  return { broken, text, damaged, malformed, quoting, grown }
}
