// The exchange of a replay: it accepts every request at once and never trades, so that the engine
// runs its whole life (recovery, orders, amends, renewals) on a recording. It says nothing about
// profit.
//
// The backtest's exchange does not stand in for it: that one answers after a delay and shows our
// orders in the book, while a replay must decide on the recorded frames exactly as they are, gaps
// included.

import type { Engine } from '../../src/core/maker/engine.ts'
import type { Effect, Event } from '../../src/core/vocabulary/events.ts'
import type { Market } from '../../src/core/vocabulary/market.ts'
import { accepted } from '../../src/core/vocabulary/outcome.ts'

/** A generous share of the budget: a replay asks what the strategy would do, not what it may. */
const LEASE = {
  refill: 10_000,
  capacity: 10_000,
  cost: { place: 10, amend: 10, decrease: 10, cancel: 2 },
}

export class Paper {
  /** Called with each effect before it is answered. */
  onEffect: ((effect: Effect, at: number) => void) | null = null
  /** Called with all effects of a step before any of them is answered. */
  onEffects: ((effects: readonly Effect[], at: number) => void) | null = null
  readonly #engine: Engine
  readonly #market: Market
  readonly #remaining = new Map<string, number>()
  #next = 0

  constructor(engine: Engine, market: Market) {
    this.#engine = engine
    this.#market = market
  }

  start(at: number): void {
    this.feed({ type: 'start', at, nonce: 'paper' })
    this.feed({ type: 'lease', at, lease: LEASE })
  }

  /** Steps the engine, with the clock events that were due before, and answers what it asks. */
  feed(event: Event): void {
    const engine = this.#engine
    while (engine.wakeAt <= event.at && event.type !== 'clock') {
      const due = engine.wakeAt
      this.#step({ type: 'clock', at: due })
      if (engine.wakeAt <= due) break
    }
    this.#step(event)
  }

  #step(event: Event): void {
    const effects = this.#engine.step(event)
    if (effects.length === 0) return
    this.onEffects?.(effects, event.at)
    for (const effect of effects.slice()) {
      this.onEffect?.(effect, event.at)
      this.#answer(effect, event.at)
    }
  }

  #answer(effect: Effect, at: number): void {
    if (effect.type === 'ask') {
      const base = { type: 'answer', at, askedAt: at } as const
      switch (effect.what) {
        case 'market':
          this.#step({ ...base, what: 'market', outcome: accepted(this.#market) })
          return
        case 'orders':
          this.#step({ ...base, what: 'orders', outcome: accepted([]) })
          return
        case 'fills':
          this.#step({ ...base, what: 'fills', outcome: accepted([]) })
          return
        case 'position': {
          const none = { position: 0, realized: 0, fees: 0, exposure: 0 }
          this.#step({ ...base, what: 'position', outcome: accepted(none) })
        }
      }
    } else if (effect.type === 'send') {
      const { intent } = effect
      const { kind, clientOrderId } = intent
      let orderId: string
      if (intent.kind === 'place') {
        orderId = `paper-${++this.#next}`
        this.#remaining.set(orderId, intent.quantity)
      } else {
        orderId = intent.orderId
        if (intent.kind === 'amend') this.#remaining.set(orderId, intent.total)
        if (intent.kind === 'decrease') this.#remaining.set(orderId, intent.remaining)
      }
      const remaining = this.#remaining.get(orderId) ?? 0
      const outcome = accepted({ orderId, filled: 0, remaining, venueAt: at })
      this.#step({ type: 'reply', at, kind, clientOrderId, outcome })
      if (kind === 'cancel') this.#remaining.delete(orderId)
    }
  }
}
