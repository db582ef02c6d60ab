// One market's session on its way through the real engine, against the paper exchange.
//
// Recorded frames, the exchange's replies and the engine's own clock are processed in the order of
// time. Nothing here reads a clock or draws random numbers: the same session and parameters give
// the same result, to the last digit. A play goes on only when it is told to, so several can share
// one clock.

import { Engine } from '../../../src/core/maker/engine.ts'
import type { Event, Lease } from '../../../src/core/vocabulary/events.ts'
import type { Parameters } from '../../../src/core/vocabulary/parameters.ts'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { Agenda } from '../exchange/agenda.ts'
import { Exchange, type ExchangeOptions } from '../exchange/exchange.ts'
import type { SessionItem } from '../sessions/items.ts'
import type { Session } from '../sessions/session.ts'
import { COST, Meter, PaperTape } from './meter.ts'
import { type Result, reconcile, resultOf, type Settlement } from './result.ts'

const NEVER = Number.POSITIVE_INFINITY

/** How long after the recording's end replies and frames are awaited, over their own time. */
const DRAIN_MS = 10_000

/** The write budget of the exchange's lowest tier. */
const LEASE: Lease = { refill: 100, capacity: 100, cost: COST }

export interface RunOptions extends ExchangeOptions {
  /** How the market settled; null where it is not known, and the last mid stands for it. */
  readonly settled: Settlement
}

export class Play {
  readonly engine: Engine
  readonly #session: Session
  readonly #options: RunOptions
  readonly #end: Millis
  readonly #agenda = new Agenda()
  readonly #tape = new PaperTape()
  readonly #meter: Meter
  readonly #exchange: Exchange
  #next = 0
  #isOver = false
  /** A clock event then left the engine still wanting one: it waits for news. */
  #stuckAt = Number.NEGATIVE_INFINITY

  constructor(session: Session, parameters: Parameters, options: RunOptions) {
    const { items, ticker, closeAt } = session
    const from = items[0]?.at ?? 0
    this.#session = session
    this.#options = options
    this.#end = items.at(-1)?.at ?? 0
    const engine = new Engine(ticker, parameters)
    const meter = new Meter(from, Math.min(this.#end, closeAt))
    this.engine = engine
    this.#meter = meter
    const send = (event: Event): void => this.tell(event)
    this.#exchange = new Exchange(session, options, this.#agenda, send, (fill, cause) =>
      meter.fill(fill, cause, engine.state.quoter.input.fair),
    )
    this.tell({ type: 'start', at: from, nonce: 'paper' })
    this.tell({ type: 'lease', at: from, lease: LEASE })
  }

  /** When the next recorded moment is; Infinity when none is left. */
  get nextAt(): Millis {
    return this.#session.items[this.#next]?.at ?? NEVER
  }

  /** Whether its recording has begun and is not over. */
  get isOn(): boolean {
    return this.#next > 0 && !this.#isOver
  }

  /** Steps the engine, and has the exchange carry out what it wants. */
  tell(event: Event): void {
    if (event.type === 'fill') this.#meter.heard(event.fill, event.at, this.#tape.mid)
    const effects = this.engine.step(event)
    if (effects.length === 0) return
    for (const effect of effects.slice()) {
      this.#tape.add(effect)
      if (effect.type === 'send' && !this.#isOver) this.#meter.call(effect.intent)
      this.#exchange.perform(effect, event.at)
    }
  }

  /** Everything that is due up to and including `at`, in the order of its time. */
  catchUp(at: Millis): void {
    const agenda = this.#agenda
    for (;;) {
      const { wakeAt } = this.engine
      const clock = wakeAt > this.#stuckAt ? wakeAt : NEVER
      const due = Math.min(agenda.nextAt, clock)
      if (due > at) break
      this.#meter.pass(due, this.#exchange)
      if (agenda.nextAt <= clock) agenda.next()
      else {
        this.tell({ type: 'clock', at: clock })
        if (this.engine.wakeAt <= clock) this.#stuckAt = clock
      }
    }
    this.#meter.pass(at, this.#exchange)
  }

  /** The next recorded moment happens, after all that was due before it. */
  advance(): void {
    const item = this.#session.items[this.#next]!
    this.catchUp(item.at)
    this.#next++
    this.#stuckAt = Number.NEGATIVE_INFINITY
    happen(this.#exchange, item)
    this.#meter.noteMid(item.at, this.#exchange)
  }

  /** The recording is over. @throws Error when the engine's ledger and the exchange's differ */
  finish(): Result {
    const { engine } = this
    const { latencyMs, ackMs, feedMs = latencyMs, settled } = this.#options
    this.#isOver = true
    const { counters } = engine.state.execution
    const { rejected, gaps, malformed, stale } = counters
    this.tell({ type: 'stop', at: this.#end })
    const drained = this.#end + DRAIN_MS + latencyMs + Math.max(ackMs, feedMs)
    while (this.#agenda.nextAt <= drained) this.#agenda.next()
    const { account } = this.#exchange
    reconcile(engine, account)
    return resultOf(this.#session, settled, account, this.#meter, {
      tape: this.#tape.lines(),
      placedContracts: counters.contracts_placed,
      faults: { rejected, gaps, malformed, stale },
    })
  }
}

const happen = (exchange: Exchange, item: SessionItem): void => {
  if (item.kind === 'delta') exchange.delta(item)
  else if (item.kind === 'snapshot') exchange.snapshot(item)
  else if (item.kind === 'print') exchange.print(item)
  else if (item.kind === 'gap') exchange.gap()
  else exchange[item.kind](item.at)
}
