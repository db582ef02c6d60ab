// Runs the effects of the engine: intents become requests, questions become reads, and every
// outcome comes back as an event.
//
// At most four requests run at once, because the platform lets six wait for headers per object and
// queues the rest out of our sight. Cancels go before orders, orders before reads. Where a slot is
// free the request leaves in the caller's own turn: nothing is awaited between decision and fetch.

import type {
  Ack,
  Approved,
  CancelIntent,
  Effect,
  Event,
  Intent,
  Question,
} from '../../core/vocabulary/events.ts'
import { type Outcome, rejected, unknown } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import type { MarketRef } from '../../kalshi/common/requests.ts'
import type { KalshiRest } from '../../kalshi/rest/rest.ts'

export const MAX_IN_FLIGHT = 4
/** An order that has waited longer was decided on an old book: it is not sent. */
export const LONGEST_WAIT_MS = 1000

/** The part of the client that is used, so that tests can replace it. */
export type Exchange = Pick<
  KalshiRest,
  | 'send'
  | 'cancelMany'
  | 'market'
  | 'orders'
  | 'fills'
  | 'position'
  | 'queue'
  | 'programmes'
  | 'keepOrder'
  | 'dropOrder'
>

const CANCEL = 0
const ORDER = 1
const READ = 2

export class EffectRunner {
  readonly #exchange: Exchange
  readonly #ticker: string
  readonly #now: () => Millis
  readonly #deliver: (event: Event) => void
  readonly #queues: [(() => void)[], (() => void)[], (() => void)[]] = [[], [], []]
  #inFlight = 0
  #exchangeIndex = 0

  /** @param deliver called with each outcome, in the turn in which it arrived */
  constructor(
    exchange: Exchange,
    ticker: string,
    now: () => Millis,
    deliver: (event: Event) => void,
  ) {
    this.#exchange = exchange
    this.#ticker = ticker
    this.#now = now
    this.#deliver = deliver
  }

  /** The shard that requests name; read from the market. */
  set exchangeIndex(index: number) {
    this.#exchangeIndex = index
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Starts everything that a step asked for. Several cancels of one step share one request. */
  perform(effects: readonly Effect[]): void {
    let cancels: Approved<CancelIntent>[] | null = null
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.intent.kind !== 'cancel') continue
      cancels ??= []
      cancels.push(effect.intent as Approved<CancelIntent>)
    }
    if (cancels !== null) {
      const all = cancels
      if (all.length === 1) this.#run(CANCEL, () => this.#send(all[0]!))
      else this.#run(CANCEL, () => this.#cancelMany(all))
    }
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.intent.kind === 'cancel') continue
      const { intent } = effect
      const decidedAt = this.#now()
      this.#run(ORDER, () => this.#sendFresh(intent, decidedAt))
    }
    for (const effect of effects) {
      if (effect.type === 'ask') this.#run(READ, () => this.#ask(effect.what, effect.since))
    }
  }

  async #sendFresh(intent: Approved<Intent>, decidedAt: Millis): Promise<void> {
    const at = this.#now()
    if (at - decidedAt <= LONGEST_WAIT_MS) return this.#send(intent)
    const { kind, clientOrderId } = intent
    const outcome = rejected(0, 'waited-too-long', `not sent after ${at - decidedAt} ms in line`)
    this.#deliver({ type: 'reply', at, kind, clientOrderId, outcome })
  }

  #market(): MarketRef {
    return { ticker: this.#ticker, exchangeIndex: this.#exchangeIndex }
  }

  async #send(intent: Approved<Intent>): Promise<void> {
    const { kind, clientOrderId } = intent
    const outcome = await guarded(() => this.#exchange.send(intent, this.#market()))
    this.#deliver({ type: 'reply', at: this.#now(), kind, clientOrderId, outcome })
    if (kind === 'place' && outcome.kind === 'accepted') {
      this.#exchange.keepOrder(outcome.value.orderId)
    }
    if (kind === 'cancel' && outcome.kind !== 'unknown') this.#exchange.dropOrder(intent.orderId)
  }

  async #cancelMany(intents: readonly Approved<CancelIntent>[]): Promise<void> {
    let outcomes: Outcome<Ack>[]
    try {
      outcomes = await this.#exchange.cancelMany(intents, this.#market())
    } catch (error) {
      outcomes = intents.map(() => unknown(String(error)))
    }
    const at = this.#now()
    intents.forEach((intent, index) => {
      const outcome = outcomes[index] ?? unknown('batch cancel: no outcome for this order')
      const { clientOrderId, orderId } = intent
      this.#deliver({ type: 'reply', at, kind: 'cancel', clientOrderId, outcome })
      if (outcome.kind !== 'unknown') this.#exchange.dropOrder(orderId)
    })
  }

  async #ask(what: Question, since: Millis): Promise<void> {
    const askedAt = this.#now()
    const exchange = this.#exchange
    const outcome = await guarded<unknown>(() =>
      what === 'fills' ? exchange.fills(this.#ticker, since) : exchange[what](this.#ticker),
    )
    // The question and its answer belong together: each method is named after what it reads.
    this.#deliver({ type: 'answer', at: this.#now(), askedAt, what, outcome } as Event)
  }

  #run(queue: typeof CANCEL | typeof ORDER | typeof READ, task: () => Promise<void>): void {
    const start = (): void => {
      this.#inFlight++
      task().finally(() => {
        this.#inFlight--
        this.#next()
      })
    }
    if (this.#hasRoom(queue)) start()
    else this.#queues[queue].push(start)
  }

  #next(): void {
    for (const queue of [CANCEL, ORDER, READ] as const) {
      while (this.#queues[queue].length > 0 && this.#hasRoom(queue)) this.#queues[queue].shift()!()
    }
  }

  // One slot is never given to a read, so that a cancel need not wait for four of them.
  #hasRoom(queue: typeof CANCEL | typeof ORDER | typeof READ): boolean {
    return this.#inFlight < (queue === READ ? MAX_IN_FLIGHT - 1 : MAX_IN_FLIGHT)
  }
}

/** When the client throws, nobody knows what happened: the outcome is unknown. */
const guarded = async <T>(ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
  try {
    return await ask()
  } catch (error) {
    return unknown(String(error))
  }
}
