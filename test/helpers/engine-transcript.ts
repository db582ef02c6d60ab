// Drives the real engine with events under explicit times, and writes down what was heard and
// asked, so that a test can state a whole conversation as text.
//
//   > heard by the engine            < asked of the exchange
//   = the phase and its reason, when they change      ! a warning or an error in the log
//
// Cents and contracts here, the core's integers inside. Tape rows and quieter log lines are left
// out.

import { effectText, eventText } from '../../sim/transcript.ts'
import { Engine, type EngineMemory } from '../../src/core/maker/engine.ts'
import { isOver } from '../../src/core/orders/lifecycle.ts'
import type { Order } from '../../src/core/orders/orders.ts'
import type {
  Ack,
  CashReport,
  Effect,
  Event,
  ExchangeReport,
  Fill,
  IntentKind,
  Lease,
  OrderReport,
  PositionReport,
  Question,
} from '../../src/core/vocabulary/events.ts'
import type { Market } from '../../src/core/vocabulary/market.ts'
import { accepted, type Outcome, rejected, unknown } from '../../src/core/vocabulary/outcome.ts'
import type { Limits, Parameters, Strategy } from '../../src/core/vocabulary/parameters.ts'
import type { Millis, Side } from '../../src/core/vocabulary/units.ts'
import { bookOf, fillOf, marketOf, parametersOf, reportOf, T0, TICKER } from './core.ts'

export const LEASE: Lease = {
  refill: 100,
  capacity: 100,
  cost: { place: 10, amend: 10, decrease: 10, cancel: 2 },
}
/** What the maker asks for when it takes both first quotes away. */
export const CANCELED_BOTH = ['cancel kmm-n-1 bid', 'cancel kmm-n-2 ask']
export const FLAT: PositionReport = { position: 0, realized: 0, fees: 0, exposure: 0 }

/** An event without its time. */
export type Timeless = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never

export interface TranscriptOptions {
  readonly strategy?: Partial<Strategy>
  readonly limits?: Partial<Limits>
  readonly market?: Partial<Market>
  readonly memory?: EngineMemory
}

export class Transcript {
  readonly engine: Engine
  readonly parameters: { strategy: Strategy; limits: Limits }
  readonly market: Market
  /** Now. */
  at: Millis = T0
  /** The book subscription of the connection, and the next seq on it. */
  sid = 1
  seq = 1
  #lines: string[] = []
  #phase = ''
  #trades = 0
  /** Every event since `record`, with the effects as JSON. */
  readonly recorded: { event: Event; effects: string }[] = []
  #recording = false
  readonly #since = new Map<Question, Millis>()
  /** Questions asked and not answered yet. */
  readonly open = new Set<Question>()

  constructor(options: TranscriptOptions = {}) {
    // No volatility: the quotes depend on the book alone. Others at 44/46 put ours at 43/47.
    this.parameters = parametersOf({
      strategy: { sigma: 0, ...options.strategy },
      limits: options.limits ?? {},
    })
    this.market = marketOf(options.market ?? {})
    this.engine = new Engine(TICKER, this.parameters, options.memory ?? null)
  }

  /** Everything since the last look. */
  get text(): string {
    const text = this.#lines.join('\n')
    this.#lines = []
    return text
  }

  get phase(): string {
    const { phase, reason } = this.engine.decider
    return phase === reason ? phase : `${phase}: ${reason}`
  }

  get orders() {
    return this.engine.state.execution.orders
  }

  order(id: string): Order {
    const order = this.orders.byClient(id)
    if (order === undefined) throw new Error(`No order ${id} in this transcript`)
    return order
  }

  /** One step at the present time. */
  hear(event: Timeless): readonly Effect[] {
    const timed = { ...event, at: this.at } as Event
    this.#lines.push(`> ${eventText(timed)}`)
    if (timed.type === 'answer') this.open.delete(timed.what)
    const effects = this.engine.step(timed)
    if (this.#recording) {
      const event = structuredClone(timed)
      this.recorded.push({ event, effects: JSON.stringify(effects) })
    }
    for (const effect of effects) if (effect.type === 'ask') this.#asked(effect.what, effect.since)
    if (this.phase !== this.#phase) {
      this.#phase = this.phase
      this.#lines.push(`= ${this.phase}`)
    }
    for (const effect of effects) {
      const line = effectText(effect)
      if (line !== null) this.#lines.push(line)
    }
    return effects
  }

  record(): this {
    this.#recording = true
    return this
  }

  #asked(what: Question, since: Millis): void {
    this.open.add(what)
    this.#since.set(what, since)
  }

  /** From when on a question was last asked, -1 if it never was. */
  lastAsked(what: Question): Millis {
    return this.#since.get(what) ?? -1
  }

  /** Lets time pass, without a word to the engine. */
  pass(ms: number): this {
    this.at += ms
    return this
  }

  /** Lets time pass and wakes the engine whenever it wants to be woken, and at the end. */
  sleep(ms: number): this {
    const end = this.at + ms
    for (let turns = 0; this.engine.wakeAt <= end; turns++) {
      if (turns > 10_000) throw new Error(`Busy loop: woken 10000 times in ${ms} ms`)
      this.at = Math.max(this.at, this.engine.wakeAt)
      this.#quietly({ type: 'clock' })
    }
    this.at = end
    this.#quietly({ type: 'clock' })
    return this
  }

  /** As `sleep`, with a sign of life from the connection every second. */
  sleepAlive(ms: number): this {
    const end = this.at + ms
    while (this.at < end) {
      this.sleep(Math.min(1000, end - this.at))
      this.#quietly(this.#list())
    }
    return this
  }

  // Clock events are noise in a transcript unless something comes of them.
  #quietly(event: Timeless): void {
    const before = this.#lines.length
    this.hear(event)
    if (this.#lines.length === before + 1) this.#lines.pop()
  }

  // --- frames -----------------------------------------------------------------------------------

  snapshot(bids = [44, 50], asks = [46, 50]) {
    const scale = (pairs: number[]): number[] => pairs.map((value) => Math.round(value * 100))
    return this.hear({
      type: 'snapshot',
      sid: this.sid,
      seq: this.seq++,
      ticker: TICKER,
      bids: scale(bids),
      asks: scale(asks),
    })
  }

  delta(side: Side, price: number, change: number, seq = this.seq++) {
    return this.hear({
      type: 'delta',
      sid: this.sid,
      seq,
      ticker: TICKER,
      side,
      price: Math.round(price * 100),
      delta: Math.round(change * 100),
      clientOrderId: '',
      venueAt: this.at,
    })
  }

  /** Others move by whole cents: the new level is shown before the old one goes. */
  moveTop(from: [bid: number, ask: number], to: [bid: number, ask: number]): void {
    const up = to[0] > from[0]
    const bid = (): void => {
      this.delta('bid', to[0], 50)
      this.delta('bid', from[0], -50)
    }
    const ask = (): void => {
      this.delta('ask', to[1], 50)
      this.delta('ask', from[1], -50)
    }
    if (up) ask()
    bid()
    if (!up) ask()
  }

  /** The answer that lists our subscriptions: a sign of life. */
  life() {
    return this.hear(this.#list())
  }

  #list(): Timeless {
    const listed = [
      { channel: 'orderbook_delta', sid: this.sid },
      { channel: 'fill', sid: 9 },
      { channel: 'user_orders', sid: 8 },
    ]
    const times = { askedAt: this.at, sentAt: this.at }
    return { type: 'ok', sid: 0, seq: 0, id: 1_000, listed, ...times }
  }

  fill(id: string, contractsFilled: number, changes: Partial<Fill> = {}) {
    const order = this.orders.byClient(id)
    return this.hear({
      type: 'fill',
      sid: 9,
      seq: 0,
      fill: fillOf({
        tradeId: `trade-${++this.#trades}`,
        orderId: `x-${id}`,
        clientOrderId: id,
        side: order?.side ?? 'bid',
        price: order?.price ?? 4300,
        quantity: contractsFilled * 100,
        venueAt: this.at,
        ...changes,
      }),
    })
  }

  report(id: string, changes: Partial<OrderReport> = {}) {
    const order = this.orders.byClient(id)
    return this.hear({
      type: 'order',
      sid: 8,
      seq: 0,
      order: reportOf({
        orderId: `x-${id}`,
        clientOrderId: id,
        side: order?.side ?? 'bid',
        price: order?.price ?? 4300,
        remaining: order?.remaining ?? 1000,
        venueAt: this.at,
        ...changes,
      }),
    })
  }

  lifecycle(
    change: string,
    changes: {
      deactivated?: boolean
      closeAt?: Millis
      priceRanges?: Market['priceRanges']
    } = {},
  ) {
    return this.hear({
      type: 'lifecycle',
      sid: 7,
      seq: 0,
      ticker: TICKER,
      change,
      deactivated: changes.deactivated ?? null,
      closeAt: changes.closeAt ?? null,
      priceRanges: changes.priceRanges ?? null,
      result: '',
    })
  }

  // --- answers ----------------------------------------------------------------------------------

  reply(kind: IntentKind, id: string, outcome: Outcome<Ack>) {
    return this.hear({ type: 'reply', kind, clientOrderId: id, outcome })
  }

  /** The exchange takes it. Counts are contracts; left out, they are what was asked for. */
  accept(
    kind: IntentKind,
    id: string,
    ack: { filled?: number | null; remaining?: number | null; orderId?: string } = {},
  ) {
    const order = this.order(id)
    const count = (value: number | null | undefined, otherwise: number | null): number | null =>
      value === undefined ? otherwise : value === null ? null : value * 100
    const remaining = kind === 'cancel' ? order.remaining : order.next.remaining
    return this.reply(
      kind,
      id,
      accepted({
        orderId: ack.orderId ?? (order.orderId || `x-${id}`),
        filled: count(ack.filled, kind === 'place' ? 0 : null),
        remaining: count(ack.remaining, remaining),
        venueAt: this.at,
      }),
    )
  }

  /** The exchange takes what was asked of both first quotes. */
  acceptBoth(kind: IntentKind): void {
    this.accept(kind, 'kmm-n-1')
    this.accept(kind, 'kmm-n-2')
  }

  refuse(kind: IntentKind, id: string, status: number, code: string) {
    return this.reply(kind, id, rejected(status, code))
  }

  lose(kind: IntentKind, id: string) {
    return this.reply(kind, id, unknown('no answer'))
  }

  /** Gives good answers to these questions, in this order. */
  answers(...questions: Question[]): this {
    for (const what of questions) this.answer(what as 'market')
    return this
  }

  /** Answers a question with what the exchange holds; `ago` is how long ago it was asked, ms. */
  answer(what: 'market', value?: Market, ago?: number): readonly Effect[]
  answer(what: 'orders', value?: OrderReport[], ago?: number): readonly Effect[]
  answer(what: 'fills', value?: Fill[], ago?: number): readonly Effect[]
  answer(what: 'position', value?: PositionReport, ago?: number): readonly Effect[]
  answer(what: 'cash', value?: CashReport, ago?: number): readonly Effect[]
  answer(what: 'exchange', value?: ExchangeReport, ago?: number): readonly Effect[]
  answer(what: Question, value?: unknown, ago = 0): readonly Effect[] {
    const empty: Record<Question, unknown> = {
      market: this.market,
      orders: this.#listing(),
      fills: [],
      position: this.#ownPosition(),
      queue: [],
      programmes: [],
      settlement: [],
      cash: { total: 0, shards: [] },
      book: bookOf(this.engine),
      exchange: { isTrading: true, shards: {} },
    }
    const outcome = accepted(value ?? empty[what])
    return this.hear({ type: 'answer', askedAt: this.at - ago, what, outcome } as Timeless)
  }

  fail(what: Question, status = 503) {
    const outcome = rejected(status, 'unavailable')
    return this.hear({ type: 'answer', askedAt: this.at, what, outcome } as Timeless)
  }

  /** What rests, if the exchange agrees with us. */
  #listing(): OrderReport[] {
    return this.orders.live
      .filter(({ status, orderId }) => !isOver(status) && orderId !== '')
      .map((order) =>
        reportOf({
          orderId: order.orderId,
          clientOrderId: order.clientOrderId,
          side: order.side,
          price: order.price,
          filled: order.filled,
          remaining: order.remaining,
          venueAt: order.venueAt,
          expiresAt: order.expiresAt,
        }),
      )
  }

  #ownPosition(): PositionReport {
    const { position, realized, fees } = this.engine.state.ledger
    return { position, realized, fees, exposure: 0 }
  }

  // --- stories ----------------------------------------------------------------------------------

  begin(): this {
    this.hear({ type: 'start', nonce: 'n' })
    this.hear({ type: 'lease', lease: LEASE })
    // A new share begins nearly empty.
    return this.pass(1000)
  }

  connect(sid = 1): this {
    this.sid = sid
    this.seq = 1
    this.hear({ type: 'link-up' })
    this.hear({ type: 'subscribed', sid, seq: 0, id: 1, channel: 'orderbook_delta' })
    this.grantPrivate()
    return this
  }

  /** Fills and changes of our orders are sent to us from now on. */
  grantPrivate(): this {
    this.#quietly({ type: 'subscribed', sid: 9, seq: 0, id: 3, channel: 'fill' })
    this.#quietly({ type: 'subscribed', sid: 8, seq: 0, id: 4, channel: 'user_orders' })
    return this
  }

  /** Gives a good answer to every open question, until none is left. */
  answerAll(): this {
    return this.answerUntil(null)
  }

  /** As `answerAll`, but leaves one question open. */
  answerUntil(last: Question | null): this {
    for (let turns = 0; ; turns++) {
      if (turns > 100) throw new Error('Still asking after 100 good answers')
      const what = [...this.open].find((question) => question !== last)
      if (what === undefined) return this
      this.answer(what as 'market')
    }
  }

  /** Both quotes rest and every question is answered: kmm-n-1 bids 43, kmm-n-2 asks 47. */
  toQuoting(): this {
    this.begin().connect().answerAll()
    this.snapshot()
    this.accept('place', 'kmm-n-1')
    this.accept('place', 'kmm-n-2')
    // The second look of a recovery, so that no question is open.
    this.sleepAlive(3000)
    this.answerAll()
    void this.text
    return this
  }

  configure(changes: { strategy?: Partial<Strategy>; limits?: Partial<Limits> }) {
    const parameters: Parameters = {
      strategy: { ...this.parameters.strategy, ...changes.strategy },
      limits: { ...this.parameters.limits, ...changes.limits },
    }
    return this.hear({ type: 'configure', parameters })
  }

  command(command: 'pause' | 'resume' | 'halt' | 'release', reason = 'operator') {
    return this.hear({ type: 'command', command, reason })
  }
}

/** A transcript in which both quotes rest. */
export const quoting = (options: TranscriptOptions = {}): Transcript =>
  new Transcript(options).toQuoting()

/** A transcript in which both first quotes are on their way: kmm-n-1 bids 43, kmm-n-2 asks 47. */
export const placing = (options: TranscriptOptions = {}): Transcript => {
  const t = new Transcript(options).begin().connect().answerAll()
  t.snapshot()
  void t.text
  return t
}
