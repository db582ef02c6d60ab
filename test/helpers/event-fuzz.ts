// Fuzzes the engine: random events, most of them plausible and some of them nonsense, with a check
// after every step of what must hold whatever has happened. In the end an honest exchange answers
// everything: a maker that does not quote then, with exactly the orders that the exchange holds, is
// stuck.
//
// Every choice is a number drawn by fast-check, so that a failing run shrinks to the few events
// that matter and its seed is printed.

import { expect } from 'vitest'
import { effectText, eventText } from '../../sim/transcript.ts'
import type { Order } from '../../src/core/orders/orders.ts'
import type { Event, IntentKind, OrderReport, Question } from '../../src/core/vocabulary/events.ts'
import { accepted, rejected, unknown } from '../../src/core/vocabulary/outcome.ts'
import type { Side } from '../../src/core/vocabulary/units.ts'
import { bookOf, fillOf, marketOf, reportOf, TICKER } from './core.ts'
import { checkLaws, isExposed, largest } from './engine-laws.ts'
import { LEASE, type Timeless, Transcript } from './engine-transcript.ts'

/** One random event: which kind, three numbers to shape it, and the time that passes before it. */
export interface RandomEvent {
  readonly what: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly ms: number
}

/** How often each kind of event comes: mostly what a good day brings. */
const KINDS_BY_WEIGHT = (
  [
    [24, 'delta'],
    [20, 'reply'],
    [14, 'answer'],
    [6, 'clock'],
    [6, 'fill'],
    [4, 'report'],
    [3, 'snapshot'],
    [3, 'connect'],
    [3, 'alpha'],
    [2, 'nonsense-reply'],
    [2, 'configure'],
    [1, 'nonsense-answer'],
    [1, 'command'],
    [1, 'lease'],
    [1, 'siblings'],
    [1, 'hours'],
    [1, 'lifecycle'],
    [1, 'odd-frame'],
    [1, 'trouble'],
  ] as const
).flatMap(([weight, what]) => Array.from({ length: weight }, () => what))

interface Pending {
  readonly kind: IntentKind
  readonly id: string
}

const STATUSES = ['resting', 'canceled', 'executed', 'unknown'] as const
const CODES: readonly [number, string][] = [
  [400, 'invalid_order'],
  [401, 'authentication_error'],
  [404, 'not_found'],
  [409, 'order_already_exists'],
  [409, 'market_closed'],
  [429, 'too_many_requests'],
]
const KINDS: readonly IntentKind[] = ['place', 'amend', 'decrease', 'cancel']
const QUESTIONS: readonly Question[] = ['market', 'orders', 'fills', 'position']

/** What an honest exchange lists of the last connection. */
const LISTED = {
  type: 'ok',
  sid: 0,
  seq: 0,
  id: 1_000,
  listed: [
    { channel: 'orderbook_delta', sid: 77 },
    { channel: 'fill', sid: 9 },
    { channel: 'user_orders', sid: 8 },
  ],
} as const

export class EventFuzz {
  readonly #t = new Transcript({ limits: { max_position: 3000 } })
  readonly #history: string[] = []
  readonly #pending: Pending[] = []
  #trades = 0
  #lastFill: Event | null = null
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor() {
    this.#hear({ type: 'start', nonce: 'n' })
    this.#hear({ type: 'lease', lease: LEASE })
    this.#connect(1)
    this.#t.at += 1000
    while (this.#t.open.size > 0) this.#honestAnswer(1)
  }

  play({ what, a, b, c, ms }: RandomEvent): void {
    // Mostly forward, now and then back: the clocks of machines do that.
    this.#t.at += ms
    this.#handlers[KINDS_BY_WEIGHT[what % KINDS_BY_WEIGHT.length]!](a, b, c)
  }

  readonly #handlers = {
    delta: (a, b, c) => this.#delta(a, b, c),
    clock: () => this.#hear({ type: 'clock' }),
    snapshot: (a, b) => this.#snapshot(a, b),
    connect: (a) => this.#connect(a),
    fill: (a, b, c) => this.#fill(a, b, c),
    report: (a, b, c) => this.#report(a, b, c),
    reply: (a) => this.#honestReply(a),
    'nonsense-reply': (a, b, c) => this.#nonsenseReply(a, b, c),
    answer: (a) => this.#honestAnswer(a),
    'nonsense-answer': (a, b, c) => this.#nonsenseAnswer(a, b, c),
    command: (a) => this.#command(a),
    configure: (a, b, c) => this.#configure(a, b, c),
    lease: (a, b) =>
      this.#hear({ type: 'lease', lease: { ...LEASE, refill: a % 101, capacity: b % 151 } }),
    lifecycle: (a, b) => this.#lifecycle(a, b),
    alpha: (a, b, c) =>
      this.#hear({
        type: 'alpha',
        cents: (a % 21) - 10,
        pull: (['none', 'none', 'bid', 'ask', 'both'] as const)[b % 5]!,
        until: this.#t.at + (c % 90_000),
      }),
    siblings: (a, b, c) => {
      const at = this.#t.at - (c % 400_000)
      const [bid, price] = [(a % 105) * 100, (b % 105) * 100]
      const other = { ticker: 'OTHER', at, bid, ask: bid + (b % 30) * 100, position: a - b }
      const view = { others: [other], low: { at, price }, high: { at, price: price + 100 } }
      this.#hear({ type: 'siblings', view })
    },
    hours: (a, b, c) => {
      const byHour = Array.from({ length: 24 }, (_, hour) => ((a * (hour + 1)) % 700) / 100)
      this.#hear({
        type: 'hours',
        factors: { overall: (b % 3000) / 100, byHour: byHour.slice(c % 9 ? 0 : 1) },
      })
    },
    'odd-frame': (a, b) => this.#oddFrame(a, b),
    trouble: (a) => this.#trouble(a),
  } satisfies Record<(typeof KINDS_BY_WEIGHT)[number], (a: number, b: number, c: number) => void>

  #tail(count = 60): string {
    return this.#history.slice(-count).join('\n')
  }

  /** Gives every answer of an honest exchange, until the maker should quote again. */
  settle(): void {
    const t = this.#t
    t.at += 1_000_000
    const held = new Map<string, OrderReport>()
    const position = { position: 500, realized: 0, fees: 0, exposure: 22_500_000 }
    this.#hear({ type: 'command', command: 'resume', reason: 'operator' })
    this.#hear({ type: 'configure', parameters: t.parameters })
    this.#hear({ type: 'lease', lease: LEASE })
    this.#hear({ type: 'alpha', cents: 0, pull: 'none', until: 0 })
    this.#hear({ type: 'link-down', reason: 'honest' })
    this.#hear({ type: 'link-up' })
    t.sid = 77
    t.seq = 1
    this.#hear({ type: 'subscribed', sid: 77, seq: 0, id: 1, channel: 'orderbook_delta' })
    this.#grantPrivate()
    this.#snapshot(0, 0)
    // This honest exchange shows none of our orders in its book, so no witness is heard.
    t.configure({ strategy: { verify_after_seconds: 0 } })
    const end = t.at + 120_000
    for (let turns = 0; t.at < end; turns++) {
      if (turns > 5000) throw new Error(`Busy loop among honest answers:\n${this.#tail()}`)
      while (this.#pending.length > 0) {
        const { kind, id } = this.#pending.shift()!
        const order = t.order(id)
        if (kind === 'place') {
          const report = reportOf({
            orderId: `y-${id}`,
            clientOrderId: id,
            side: order.side,
            price: order.price,
            remaining: order.remaining,
            venueAt: t.at,
          })
          held.set(report.orderId, report)
          this.#reply(kind, id, accepted(this.#ack(report.orderId, 0, order.remaining)))
        } else if (!held.has(order.orderId)) {
          this.#reply(kind, id, rejected(404, 'not_found'))
        } else if (kind === 'cancel') {
          held.delete(order.orderId)
          this.#reply(kind, id, accepted(this.#ack(order.orderId, null, order.remaining)))
        } else {
          const { orderId } = order
          const { price, remaining } = order.next
          held.set(orderId, { ...held.get(orderId)!, price, remaining, venueAt: t.at })
          this.#reply(kind, id, accepted(this.#ack(orderId, null, remaining)))
        }
      }
      for (const what of [...t.open]) {
        const value = {
          market: { ...marketOf(), closeAt: t.at + 3_600_000, expectedAt: t.at + 3_600_000 },
          orders: [...held.values()],
          fills: [],
          position,
          queue: [],
          programmes: [],
          settlement: [],
          cash: { total: 0, shards: [] },
          book: bookOf(t.engine),
          exchange: { isTrading: true, shards: {} },
        }[what]
        this.#hear({ type: 'answer', askedAt: t.at, what, outcome: accepted(value) } as Timeless)
      }
      if (this.#pending.length > 0 || t.open.size > 0) continue
      const wakeAt = Math.max(t.engine.wakeAt, t.at)
      t.at = Math.min(wakeAt, t.at + 1000)
      this.#hear(LISTED)
    }
    const { decider, state } = t.engine
    expect(`${decider.phase}: ${decider.reason}`, this.#tail()).toBe('quoting: quoting')
    const resting = state.execution.orders.live.filter(isExposed)
    expect(resting.map(({ status }) => status)).toEqual(['resting', 'resting'])
    expect(resting.every(({ adopted }) => !adopted)).toBe(true)
    expect(state.ledger.position).toBe(position.position)
    expect([...held.keys()].sort()).toEqual(resting.map(({ orderId }) => orderId).sort())
  }

  // --- the random events --------------------------------------------------------------------

  #delta(a: number, b: number, c: number): void {
    const t = this.#t
    const side: Side = a % 2 === 0 ? 'bid' : 'ask'
    const price = (side === 'bid' ? 40 + (b % 6) : 50 - (b % 6)) * 100
    const known = t.engine.state.book.sizeAt(side, price)
    const delta = c % 3 === 0 && known > 0 ? -known : ((c % 40) + 1) * 100
    this.#hear({
      type: 'delta',
      sid: t.sid,
      seq: t.seq++,
      ticker: TICKER,
      side,
      price,
      delta,
      clientOrderId: c % 7 === 0 ? (this.#anyOrder(a)?.clientOrderId ?? '') : '',
      venueAt: t.at,
    })
  }

  #snapshot(a: number, b: number): void {
    const t = this.#t
    const bid = 44 - (a % 3)
    const ask = 46 + (b % 3)
    this.#hear({
      type: 'snapshot',
      sid: t.sid,
      seq: t.seq++,
      ticker: TICKER,
      bids: [bid * 100, 5000, (bid - 1) * 100, 5000],
      asks: [ask * 100, 5000, (ask + 1) * 100, 5000],
    })
  }

  #grantPrivate(): void {
    this.#hear({ type: 'subscribed', sid: 9, seq: 0, id: 3, channel: 'fill' })
    this.#hear({ type: 'subscribed', sid: 8, seq: 0, id: 4, channel: 'user_orders' })
  }

  #connect(a: number): void {
    const t = this.#t
    if (a % 4 === 0) this.#hear({ type: 'link-down', reason: 'fuzz' })
    this.#hear({ type: 'link-up' })
    t.sid++
    t.seq = 1
    this.#hear({ type: 'subscribed', sid: t.sid, seq: 0, id: 1, channel: 'orderbook_delta' })
    if (a % 7 !== 3) this.#grantPrivate()
    this.#snapshot(a, a + 1)
  }

  #fill(a: number, b: number, c: number): void {
    if (a % 5 === 0 && this.#lastFill !== null) {
      this.#hear(this.#lastFill)
      return
    }
    const order = b % 6 === 0 ? undefined : this.#anyOrder(b)
    const quantity = Math.max(1, (c % 10) * 100)
    const event: Event = {
      type: 'fill',
      at: this.#t.at,
      sid: 9,
      seq: 0,
      fill: fillOf({
        tradeId: `trade-${++this.#trades}`,
        orderId: order?.orderId ?? `z-${b % 5}`,
        clientOrderId: order?.clientOrderId ?? '',
        side: order?.side ?? (c % 2 === 0 ? 'bid' : 'ask'),
        price: order?.price ?? 4500,
        quantity: order === undefined ? quantity : Math.max(1, Math.min(quantity, order.remaining)),
        isTaker: c % 9 === 0,
        venueAt: this.#t.at - (a % 3000),
        positionAfter: c % 4 === 0 ? ((b % 21) - 10) * 100 : null,
      }),
    }
    this.#lastFill = event
    this.#hear(event)
  }

  #report(a: number, b: number, c: number): void {
    const order = a % 6 === 0 ? undefined : this.#anyOrder(a)
    this.#hear({ type: 'order', sid: 8, seq: 0, order: this.#reportOf(order, b, c) })
  }

  #reportOf(order: Order | undefined, b: number, c: number): OrderReport {
    return reportOf({
      orderId: order === undefined ? `z-${b % 5}` : order.orderId || `x-${order.clientOrderId}`,
      clientOrderId: order?.adopted === false ? order.clientOrderId : '',
      side: order?.side ?? (b % 2 === 0 ? 'bid' : 'ask'),
      price: order?.price ?? 3000 + (c % 40) * 100,
      status: STATUSES[b % 4]!,
      filled: (order?.filled ?? 0) + (c % 3 === 0 ? 100 : 0),
      remaining: Math.max(0, (order?.remaining ?? 1000) - (c % 3 === 0 ? 100 : 0)),
      venueAt: this.#t.at - (c % 2000),
    })
  }

  #nonsenseReply(a: number, b: number, c: number): void {
    const order = this.#anyOrder(a)
    const id = order?.clientOrderId ?? 'kmm-never-1'
    const kind = KINDS[b % 4]!
    if (c % 3 === 0) {
      this.#reply(kind, id, unknown('fuzz'))
      return
    }
    if (c % 3 === 1) {
      this.#reply(kind, id, rejected(...CODES[a % CODES.length]!))
      return
    }
    const filled = b % 2 === 0 ? null : (c % 12) * 100
    // Never a size that nobody asked for: that would be an exchange that trades on its own account.
    const most = order === undefined ? 1000 : largest(order)
    const remaining = a % 3 === 0 ? null : Math.min((a % 12) * 100, most)
    this.#reply(kind, id, accepted(this.#ack(order?.orderId || `x-${id}`, filled, remaining)))
  }

  #honestReply(a: number): void {
    const next = this.#pending.shift()
    if (next === undefined) return
    const { kind, id } = next
    const order = this.#t.order(id)
    const fate = a % 20
    if (fate === 0) this.#reply(kind, id, unknown('fuzz'))
    else if (fate === 1) this.#reply(kind, id, rejected(429, 'too_many_requests'))
    else if (fate === 2) this.#reply(kind, id, rejected(404, 'not_found'))
    else if (fate === 3) this.#reply(kind, id, rejected(400, 'invalid_order'))
    else {
      const remaining = kind === 'cancel' ? order.remaining : order.next.remaining
      const filled = kind === 'place' ? 0 : null
      this.#reply(kind, id, accepted(this.#ack(order.orderId || `x-${id}`, filled, remaining)))
    }
  }

  #honestAnswer(a: number): void {
    const [what] = this.#t.open
    if (what === undefined) return
    if (a % 8 === 0) {
      this.#hear({
        type: 'answer',
        askedAt: this.#t.at - (a % 500),
        what,
        outcome: a % 16 === 0 ? unknown('fuzz') : rejected(503, 'unavailable'),
      } as Timeless)
      return
    }
    const { ledger } = this.#t.engine.state
    const value = {
      market: { ...marketOf(), closeAt: this.#t.at + 3_600_000 },
      orders: this.#listed(a),
      fills: [],
      position: { ...ledger, exposure: 0 },
      queue: [],
      programmes: [],
      settlement: [],
      cash: { total: 0, shards: [] },
      book: bookOf(this.#t.engine),
      exchange: { isTrading: true, shards: {} },
    }[what]
    this.#hear({
      type: 'answer',
      askedAt: this.#t.at - (a % 500),
      what,
      outcome: accepted(value),
    } as Timeless)
  }

  #nonsenseAnswer(a: number, b: number, c: number): void {
    const what = QUESTIONS[a % 4]!
    const value = {
      market: marketOf({
        status: b % 3 === 0 ? 'inactive' : 'active',
        closeAt: this.#t.at + (c % 100) * 1000,
        priceRanges: c % 5 === 0 ? [] : [{ start: 0, end: 10_000, step: b % 2 === 0 ? 100 : 50 }],
      }),
      orders: [this.#reportOf(undefined, b, c), ...this.#listed(c)],
      fills: [],
      position: { position: ((b % 21) - 10) * 100, realized: 0, fees: 0, exposure: 4500 * 100 },
      queue: [],
      programmes: [],
      settlement: [],
      cash: { total: 0, shards: [] },
      book: bookOf(this.#t.engine),
      exchange: { isTrading: true, shards: {} },
    }[what]
    this.#hear({
      type: 'answer',
      askedAt: this.#t.at - b,
      what,
      outcome: accepted(value),
    } as Timeless)
  }

  #listed(a: number): OrderReport[] {
    const live = this.#t.orders.live.filter((order) => isExposed(order) && order.orderId !== '')
    return live
      .filter((_, index) => (a >> index) % 4 !== 0)
      .map((order) => this.#reportOf(order, 0, 1))
  }

  #command(a: number): void {
    const command = (['resume', 'pause', 'resume', 'halt', 'release', 'stop'] as const)[a % 6]!
    if (command === 'stop') this.#hear({ type: 'stop' })
    else this.#hear({ type: 'command', command, reason: 'fuzz' })
    // Runs that stay halted teach little.
    if (a % 2 === 0) this.#hear({ type: 'command', command: 'release', reason: 'fuzz' })
  }

  #configure(a: number, b: number, c: number): void {
    const { strategy, limits } = this.#t.parameters
    this.#hear({
      type: 'configure',
      parameters: {
        strategy: { ...strategy, size: ((a % 15) + 1) * 100, order_ttl_seconds: 10 + (b % 60) },
        limits: {
          ...limits,
          max_position: ((b % 40) + 1) * 100,
          max_dollars_at_risk: 1 + (c % 20),
        },
      },
    })
  }

  #lifecycle(a: number, b: number): void {
    this.#hear({
      type: 'lifecycle',
      sid: 7,
      seq: 0,
      ticker: TICKER,
      change: ['activated', 'deactivated', 'close_date_updated', 'news'][a % 4]!,
      deactivated: a % 4 === 1 ? true : a % 4 === 0 ? false : null,
      closeAt: a % 4 === 2 ? this.#t.at + b * 10 : null,
      priceRanges: a % 8 === 3 ? [{ start: 0, end: 10_000, step: 10 }] : null,
      result: '',
    })
  }

  #oddFrame(a: number, b: number): void {
    const t = this.#t
    const sid = b % 3 === 0 ? 9 : t.sid
    switch (a % 5) {
      case 0:
        this.#hear({ type: 'ok', sid, seq: sid === t.sid ? t.seq++ : 0, id: 5 })
        return
      case 1:
        this.#hear({ type: 'unsubscribed', sid, seq: sid === t.sid ? t.seq++ : 0, id: 5 })
        return
      case 2:
        this.#hear({ type: 'malformed', sid, seq: 0, detail: 'fuzz' })
        return
      case 3:
        this.#hear({ type: 'error', sid, seq: 0, id: 5, code: 25, message: 'fuzz' })
        return
      default:
        t.seq += b % 2
        this.#hear({ type: 'other', sid: 0, seq: 0, what: 'pong' })
        return
    }
  }

  #trouble(a: number): void {
    if (a % 3 === 0) this.#t.seq += 2
    else if (a % 3 === 1) this.#hear({ type: 'link-down', reason: 'fuzz' })
    else this.#hear({ type: 'start', nonce: `n${a % 50}x${this.#history.length}` })
  }

  #anyOrder(a: number): Order | undefined {
    const { live } = this.#t.orders
    return live.length === 0 ? undefined : live[a % live.length]
  }

  #ack(orderId: string, filled: number | null, remaining: number | null) {
    return { orderId, filled, remaining, venueAt: this.#t.at }
  }

  #reply(kind: IntentKind, id: string, outcome: Parameters<Transcript['reply']>[2]): void {
    // The engine takes a 429 as one about itself only if it knows the order.
    if (outcome.kind === 'rejected' && outcome.status === 429 && this.#t.orders.byClient(id)) {
      this.#pausedUntil = this.#t.at + 2000
    }
    this.#hear({ type: 'reply', kind, clientOrderId: id, outcome })
  }

  #hear(event: Timeless): void {
    const t = this.#t
    this.#history.push(`${t.at} > ${eventText({ ...event, at: t.at } as Event)}`)
    const effects = t.hear(event)
    void t.text
    for (const effect of effects) {
      const line = effectText(effect)
      if (line !== null) this.#history.push(line)
      if (effect.type === 'send') {
        const { kind, clientOrderId: id } = effect.intent
        this.#pending.push({ kind, id })
      }
    }
    checkLaws(t.engine, effects, t.at, this.#pausedUntil, (holds, law) => {
      if (!holds) throw new Error(`Broken law: ${law}\n${this.#tail()}`)
    })
  }
}
