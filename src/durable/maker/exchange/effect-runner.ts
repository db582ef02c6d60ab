// Runs the effects of the engine: intents become requests, questions become reads, and every
// outcome comes back as an event.
//
// Cancels go before orders, orders before reads. Where a place is free the request leaves in the
// caller's own turn: nothing is awaited between decision and fetch.

import type {
  Ack,
  Approved,
  CancelIntent,
  Effect,
  Event,
  Intent,
  Question,
} from '../../../core/vocabulary/events.ts'
import { type Outcome, rejected, unknown } from '../../../core/vocabulary/outcome.ts'
import type { Millis } from '../../../core/vocabulary/units.ts'
import type { MarketRef } from '../../../kalshi/common/requests.ts'
import type { KalshiRest } from '../../../kalshi/rest/rest.ts'
import { RequestPlaces } from './request-places.ts'

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
  | 'exchange'
  | 'settlement'
  | 'cash'
  | 'book'
  | 'keepOrder'
  | 'dropOrder'
>

/** Quoting waits for the answers to these. */
const URGENT: ReadonlySet<Question> = new Set(['market', 'orders', 'fills', 'position'])

export class EffectRunner {
  readonly places = new RequestPlaces()
  readonly #exchange: Exchange
  readonly #ticker: string
  readonly #now: () => Millis
  readonly #deliver: (event: Event) => void
  readonly #turn: ((urgent: boolean) => Promise<void>) | undefined
  /** Cancels that no request has taken along yet. */
  readonly #canceling: Approved<CancelIntent>[] = []
  #exchangeIndex = 0
  #orderGroup = ''

  /**
   * @param deliver called with each outcome, in the turn in which it arrived
   * @param turn resolves when a read may be sent, urgent ones first; never rejects
   */
  constructor(
    exchange: Exchange,
    ticker: string,
    now: () => Millis,
    deliver: (event: Event) => void,
    turn?: (urgent: boolean) => Promise<void>,
  ) {
    this.#turn = turn
    this.#exchange = exchange
    this.#ticker = ticker
    this.#now = now
    this.#deliver = deliver
  }

  /** The shard that requests name; read from the market. */
  set exchangeIndex(index: number) {
    this.#exchangeIndex = index
  }

  /** The order group that new orders join; '' for none. */
  set orderGroup(id: string) {
    this.#orderGroup = id
  }

  /** Starts everything that a step asked for. Cancels of one step share a request. */
  perform(effects: readonly Effect[]): void {
    const waiting = this.#canceling.length
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.intent.kind !== 'cancel') continue
      this.#canceling.push(effect.intent as Approved<CancelIntent>)
    }
    if (this.#canceling.length > waiting) this.places.run('cancel', () => this.#cancelAll())
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.intent.kind === 'cancel') continue
      const { intent } = effect
      const decidedAt = this.#now()
      this.places.run('order', () => this.#sendFresh(intent, decidedAt))
    }
    for (const effect of effects) {
      if (effect.type !== 'ask') continue
      const { what, since } = effect
      this.#run(URGENT.has(what), () => this.#ask(what, since))
    }
  }

  /** A read for others than the engine; it takes its turn like any other. */
  read<T>(ask: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#run(false, () => ask().then(resolve, reject))
    })
  }

  /** A small write beside the orders; it has a read's place, and no turn of the read budget. */
  write<T>(ask: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.places.run('read', () => ask().then(resolve, reject))
    })
  }

  // A read that waits for its turn holds no place.
  #run(urgent: boolean, task: () => Promise<void>): void {
    if (this.#turn === undefined) this.places.run('read', task)
    else void this.#turn(urgent).then(() => this.places.run('read', task))
  }

  async #sendFresh(intent: Approved<Intent>, decidedAt: Millis): Promise<void> {
    const at = this.#now()
    if (at - decidedAt <= LONGEST_WAIT_MS) return this.#send(intent)
    const { kind, clientOrderId } = intent
    const outcome = rejected(0, 'waited-too-long', `not sent after ${at - decidedAt} ms in line`)
    this.#deliver({ type: 'reply', at, kind, clientOrderId, outcome })
  }

  #market(): MarketRef {
    const exchangeIndex = this.#exchangeIndex
    return { ticker: this.#ticker, exchangeIndex, orderGroup: this.#orderGroup }
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

  /** All cancels that wait, in one request; those that an earlier turn took along are gone. */
  async #cancelAll(): Promise<void> {
    const all = this.#canceling.splice(0)
    if (all.length === 1) return this.#send(all[0]!)
    if (all.length > 1) return this.#cancelMany(all)
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
}

/** When the client throws, nobody knows what happened: the outcome is unknown. */
const guarded = async <T>(ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
  try {
    return await ask()
  } catch (error) {
    return unknown(String(error))
  }
}
