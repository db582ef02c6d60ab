// A small exchange that tells the truth, late: requests and replies take their time and may overtake
// each other, some are lost, reads lag behind writes, the connection drops. Our orders are filled by
// takers that nobody announces. What must hold is checked on the exchange's own books, at every change.
//
// One seed decides everything. Time is the queue of what is to happen next.

import { effectText, eventText } from '../../sim/transcript.ts'
import { Engine } from '../../src/core/maker/engine.ts'
import type {
  Ack,
  Approved,
  Event,
  Fill,
  Intent,
  OrderReport,
  Question,
} from '../../src/core/vocabulary/events.ts'
import { accepted, type Outcome, rejected, unknown } from '../../src/core/vocabulary/outcome.ts'
import type { Side } from '../../src/core/vocabulary/units.ts'
import { fillOf, marketOf, parametersOf, reportOf, T0, TICKER } from './core.ts'
import { LEASE, type Timeless } from './engine-transcript.ts'

interface Held {
  readonly orderId: string
  readonly clientOrderId: string
  readonly side: Side
  price: number
  remaining: number
  filled: number
  expiresAt: number
}

interface Version {
  readonly at: number
  readonly orders: readonly OrderReport[]
  readonly position: number
  readonly fills: number
}

const TIMEOUT_MS = 4000
const MAX_POSITION = 3000

/** mulberry32: 32 bits of state, good enough to choose by. */
const dice = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export class SmallExchange {
  readonly engine = new Engine(
    TICKER,
    parametersOf({
      strategy: { sigma: 0, min_move_seconds: 0.5, order_ttl_seconds: 20, reconcile_seconds: 10 },
      limits: { max_position: MAX_POSITION },
    }),
  )
  readonly history: string[] = []
  readonly counts = { fills: 0, takers: 0, lost: 0, places: 0, amends: 0, killed: 0 }
  at = T0
  position = 0
  readonly held = new Map<string, Held>()
  readonly #fills: Fill[] = []
  #versions: Version[] = [{ at: 0, orders: [], position: 0, fills: 0 }]
  readonly #queue: { at: number; turn: number; run: () => void }[] = []
  readonly #random: () => number
  #turns = 0
  #orders = 0
  #mid = 5000
  #sid = 0
  #seq = 0
  #linkUp = false
  #frameAt = 0
  #stormy = true
  #quiet = false

  constructor(seed: number) {
    this.#random = dice(seed)
    // What an earlier life has left behind.
    if (this.#chance(0.5)) this.#rest('old-1', 'bid', 4000, 700, T0 + 60_000)
    this.#hear({ type: 'start', nonce: 'n' })
    this.#hear({ type: 'lease', lease: LEASE })
    this.#connect()
    this.#market()
  }

  /** A stretch of bad weather, a fair one, and at last one in which nobody else trades. */
  run(stormMs: number, calmMs: number): void {
    this.#until(this.at + stormMs)
    this.#stormy = false
    if (!this.#linkUp) this.#connect()
    this.#until(this.at + calmMs)
    this.#quiet = true
    this.#until(this.at + 15_000)
  }

  tail(count = 90): string {
    return this.history.slice(-count).join('\n')
  }

  #until(end: number): void {
    for (let turns = 0; ; turns++) {
      if (turns > 200_000) throw new Error(`Busy loop:\n${this.tail()}`)
      const next = this.#queue[0]
      const { wakeAt } = this.engine
      const nextAt = Math.min(next?.at ?? Number.POSITIVE_INFINITY, Math.max(wakeAt, this.at))
      if (nextAt > end) break
      this.at = nextAt
      if (next !== undefined && next.at <= nextAt) {
        this.#queue.shift()
        next.run()
      } else {
        // As the shell does: never twice within a millisecond or two.
        this.at += 2
        this.#hear({ type: 'clock' })
      }
    }
    this.at = end
  }

  #later(ms: number, run: () => void): void {
    const item = { at: this.at + ms, turn: this.#turns++, run }
    let index = this.#queue.length
    while (index > 0 && this.#queue[index - 1]!.at > item.at) index--
    this.#queue.splice(index, 0, item)
  }

  #between(low: number, high: number): number {
    return Math.floor(low + this.#random() * (high - low + 1))
  }

  #chance(share: number): boolean {
    return this.#random() < share
  }

  /** True now and then while the weather is bad. */
  #trouble(share: number): boolean {
    return this.#stormy && this.#chance(share)
  }

  // --- between the engine and the exchange --------------------------------------------------------

  #hear(event: Timeless): void {
    const timed = { ...event, at: this.at } as Event
    this.history.push(`${this.at - T0} > ${eventText(timed)}`)
    const effects = this.engine.step(timed).slice()
    for (const effect of effects) {
      const line = effectText(effect)
      if (line !== null) this.history.push(line)
    }
    for (const effect of effects) {
      if (effect.type === 'send') this.#request(effect.intent)
      else if (effect.type === 'ask') this.#question(effect.what, effect.since)
      else if (effect.type === 'resubscribe' && effect.sid === this.#sid) this.#subscribe()
    }
  }

  #request(intent: Approved<Intent>): void {
    const { kind, clientOrderId } = intent
    const answer = (outcome: Outcome<Ack>, ms: number): void =>
      this.#later(ms, () => this.#hear({ type: 'reply', kind, clientOrderId, outcome }))
    const lost = (): void => {
      this.counts.lost++
      answer(unknown('no answer'), TIMEOUT_MS)
    }
    if (this.#trouble(0.03)) {
      lost()
      return
    }
    if (this.#trouble(0.02)) {
      answer(rejected(429, 'too_many_requests'), 20)
      return
    }
    if (this.#trouble(0.02)) {
      answer(unknown('502'), 20)
      return
    }
    this.#later(this.#between(2, this.#trouble(0.1) ? 2000 : 60), () => {
      const outcome = this.#carryOut(intent)
      this.#look()
      // The reply is lost, or the exchange says 502 although it has done it.
      if (this.#trouble(0.03)) lost()
      else if (this.#trouble(0.02)) answer(unknown('502'), 5)
      else answer(outcome, this.#between(2, this.#trouble(0.1) ? 1500 : 60))
    })
  }

  #question(what: Question, since: number): void {
    const askedAt = this.at
    this.#later(this.#between(2, 60), () => {
      const lag = this.#between(0, 1000)
      const version = this.#versions.findLast(({ at }) => at <= this.at - lag)!
      const bad = this.#trouble(0.05)
      const fills = this.#fills.slice(0, version.fills).filter(({ venueAt }) => venueAt >= since)
      const { position, orders } = version
      const value = {
        market: { ...marketOf(), closeAt: T0 + 36_000_000, expectedAt: T0 + 36_000_000 },
        orders,
        fills,
        position: { position, realized: 0, fees: 0, exposure: this.#exposure(position) },
        queue: [],
        programmes: [],
      }[what]
      const outcome = bad ? rejected(503, 'unavailable') : accepted(value)
      this.#later(this.#between(2, 60), () =>
        this.#hear({ type: 'answer', askedAt, what, outcome } as Timeless),
      )
    })
  }

  #exposure(position: number): number {
    return Math.abs(position) * 5000
  }

  #frame(event: Timeless & { sid: number }): void {
    if (!this.#linkUp) return
    const sid = this.#sid
    const at = Math.max(this.at + this.#between(1, 40), this.#frameAt)
    this.#frameAt = at
    const onBook = event.type === 'delta' || event.type === 'snapshot'
    if (onBook && this.#trouble(0.002)) return
    this.#later(at - this.at, () => {
      // What was on its way when the connection broke never arrives.
      if (this.#linkUp && (!onBook || sid === event.sid)) this.#hear(event)
    })
  }

  #connect(): void {
    this.#linkUp = true
    this.#hear({ type: 'link-up' })
    this.#subscribe()
  }

  #disconnect(): void {
    if (!this.#linkUp) return
    this.#linkUp = false
    this.#hear({ type: 'link-down', reason: 'weather' })
    this.#later(this.#between(200, 3000), () => {
      if (!this.#linkUp) this.#connect()
    })
  }

  #subscribe(): void {
    const sid = ++this.#sid
    this.#seq = 0
    this.#frame({ type: 'subscribed', sid, seq: 0, id: 1, channel: 'orderbook_delta' })
    const levels = (side: Side): number[] => {
      const pairs = [this.#others(side), 5000]
      for (const order of this.held.values()) {
        if (order.side === side) pairs.push(order.price, order.remaining)
      }
      return pairs
    }
    const seq = ++this.#seq
    const frame = { sid, seq, ticker: TICKER, bids: levels('bid'), asks: levels('ask') }
    this.#frame({ type: 'snapshot', ...frame })
  }

  // --- the market -------------------------------------------------------------------------------

  #others(side: Side): number {
    return side === 'bid' ? this.#mid - 100 : this.#mid + 100
  }

  #market(): void {
    const move =
      !this.#quiet && this.#chance(0.25)
        ? (this.#chance(0.5) ? 100 : -100) * this.#between(1, 3)
        : 0
    const next = Math.min(8000, Math.max(2000, this.#mid + move))
    if (next !== this.#mid) this.#moveTo(next)
    if (!this.#quiet && this.#chance(0.3)) this.#taker()
    if (this.#trouble(0.01)) this.#disconnect()
    for (const order of [...this.held.values()]) {
      if (order.expiresAt <= this.at) this.#end(order, 'canceled')
    }
    this.#frame({ type: 'other', sid: 0, seq: 0, what: 'pong' })
    this.#look()
    this.#later(this.#between(20, 400), () => this.#market())
  }

  #moveTo(mid: number): void {
    const before = { bid: this.#others('bid'), ask: this.#others('ask') }
    this.#mid = mid
    const bid = this.#others('bid')
    const ask = this.#others('ask')
    // Others that come to where we rest trade with us.
    for (const order of [...this.held.values()]) {
      const met = order.side === 'bid' ? order.price >= ask : order.price <= bid
      if (met) this.#trade(order, order.remaining, order.price, false)
    }
    const sides: Side[] = bid > before.bid ? ['ask', 'bid'] : ['bid', 'ask']
    for (const side of sides) {
      this.#level(side, this.#others(side), 5000, '')
      this.#level(side, before[side], -5000, '')
    }
  }

  #taker(): void {
    const orders = [...this.held.values()]
    const order = orders[this.#between(0, orders.length - 1)]
    if (order === undefined) return
    const size = Math.min(order.remaining, this.#between(1, 10) * 100)
    this.#trade(order, size, order.price, false)
  }

  #level(side: Side, price: number, delta: number, clientOrderId: string): void {
    const seq = ++this.#seq
    const venueAt = this.at
    const sid = this.#sid
    const frame = { sid, seq, ticker: TICKER, side, price, delta, clientOrderId, venueAt }
    this.#frame({ type: 'delta', ...frame })
  }

  #trade(order: Held, quantity: number, price: number, isTaker: boolean): void {
    if (quantity <= 0) return
    order.remaining -= quantity
    order.filled += quantity
    this.position += order.side === 'bid' ? quantity : -quantity
    this.counts.fills++
    if (isTaker) this.counts.takers++
    const { orderId, side, clientOrderId } = order
    const fill = fillOf({
      tradeId: `trade-${this.#fills.length + 1}`,
      orderId,
      side,
      price,
      quantity,
      isTaker,
      venueAt: this.at,
      positionAfter: this.position,
    })
    this.#fills.push(fill)
    if (!isTaker) this.#level(side, price, -quantity, '')
    this.#frame({ type: 'fill', sid: 900, seq: 0, fill: { ...fill, clientOrderId } })
    if (order.remaining === 0) {
      this.held.delete(orderId)
      this.#report(order, 'executed')
    } else this.#report(order, 'resting')
    this.#version()
  }

  // --- the order desk ---------------------------------------------------------------------------

  #carryOut(intent: Intent): Outcome<Ack> {
    const ack = (orderId: string, filled: number | null, remaining: number): Outcome<Ack> =>
      accepted({ orderId, filled, remaining, venueAt: this.at })
    if (intent.kind === 'place') {
      const { side, price, quantity, clientOrderId, expiresAt } = intent
      this.counts.places++
      if (side === 'bid' ? price >= this.#others('ask') : price <= this.#others('bid')) {
        this.counts.killed++
        return this.#chance(0.5) ? rejected(400, 'invalid_order') : ack('killed', 0, 0)
      }
      const order = this.#rest(clientOrderId, side, price, quantity, expiresAt)
      this.#report(order, 'resting')
      return ack(order.orderId, 0, quantity)
    }
    const order = this.held.get(intent.orderId)
    if (order === undefined) return rejected(404, 'not_found')
    const { orderId, side, clientOrderId } = order
    if (intent.kind === 'cancel') {
      const { remaining } = order
      this.#end(order, 'canceled')
      return ack(orderId, null, remaining)
    }
    if (intent.kind === 'decrease') {
      const remaining = Math.max(0, order.remaining - intent.by)
      this.#level(side, order.price, remaining - order.remaining, clientOrderId)
      order.remaining = remaining
    } else {
      this.counts.amends++
      const remaining = intent.total - order.filled
      if (remaining <= 0) {
        this.#end(order, 'canceled')
        return rejected(400, 'invalid_order_size')
      }
      this.#level(side, order.price, -order.remaining, clientOrderId)
      order.price = intent.price
      order.remaining = remaining
      order.expiresAt = intent.expiresAt
      const touch = this.#others(side === 'bid' ? 'ask' : 'bid')
      if (side === 'bid' ? order.price >= touch : order.price <= touch) {
        this.#trade(order, order.remaining, touch, true)
        return ack(orderId, order.filled, order.remaining)
      }
      this.#level(side, order.price, order.remaining, clientOrderId)
    }
    this.#version()
    this.#report(order, 'resting')
    return ack(orderId, this.#chance(0.5) ? order.filled : null, order.remaining)
  }

  #rest(id: string, side: Side, price: number, quantity: number, expiresAt: number): Held {
    const orderId = `x${++this.#orders}-${id}`
    const order = { orderId, clientOrderId: id, side, price, remaining: quantity, filled: 0 }
    const held = { ...order, expiresAt }
    this.held.set(orderId, held)
    this.#level(side, price, quantity, id)
    this.#version()
    return held
  }

  #end(order: Held, status: 'canceled' | 'executed'): void {
    this.held.delete(order.orderId)
    this.#level(order.side, order.price, -order.remaining, order.clientOrderId)
    this.#report(order, status)
    this.#version()
  }

  #reportOf(order: Held, status: OrderReport['status']): OrderReport {
    const { orderId, clientOrderId, side, price, filled, remaining, expiresAt } = order
    const left = status === 'resting' ? remaining : 0
    const base = { orderId, clientOrderId, side, price, status, filled, expiresAt }
    return reportOf({ ...base, remaining: left, venueAt: this.at })
  }

  #report(order: Held, status: OrderReport['status']): void {
    this.#frame({ type: 'order', sid: 901, seq: 0, order: this.#reportOf(order, status) })
  }

  #version(): void {
    const orders = [...this.held.values()].map((order) => this.#reportOf(order, 'resting'))
    const version = { at: this.at, orders, position: this.position, fills: this.#fills.length }
    this.#versions.push(version)
    if (this.#versions.length > 2000) this.#versions = this.#versions.slice(-1000)
  }

  // --- the laws ---------------------------------------------------------------------------------

  #look(): void {
    const own = [...this.held.values()].filter(({ clientOrderId }) => clientOrderId !== 'old-1')
    const bids = own.filter(({ side }) => side === 'bid')
    const asks = own.filter(({ side }) => side === 'ask')
    const law = (holds: boolean, text: string): void => {
      if (!holds) throw new Error(`Broken law: ${text}\n${this.tail()}`)
    }
    law(bids.length <= 1 && asks.length <= 1, 'at most one order of ours rests on a side')
    if (bids.length === 1 && asks.length === 1) {
      law(bids[0]!.price < asks[0]!.price, 'our own quotes do not cross')
    }
    const size = (orders: Held[]): number => orders.reduce((sum, order) => sum + order.remaining, 0)
    const most = this.position + size(bids)
    const least = this.position - size(asks)
    const old = 700
    law(most <= MAX_POSITION + old, `position ${this.position} with bids is within the limit`)
    law(least >= -MAX_POSITION, `position ${this.position} with asks is within the limit`)
    for (const order of own) law(order.remaining <= 1000, 'no order is larger than the limit')
  }
}
