// Decides what follows from the state after an event, in fixed steps, once per event.
//
// In: the state with the event applied. Out: effects (requests, questions, a tape row) and the time
// of the next step. The steps: sweep, recover, brake, flatten, phase, quote or pull, ask, uptime,
// row, wake.

import { QUESTIONS } from '../recovery/reconciliation.ts'
import type { ControlEvent } from '../vocabulary/events.ts'
import type { BookReason, Phase, PhaseReason, SilenceReason } from '../vocabulary/reason-codes.ts'
import { CONTRACT, type Millis, type Side } from '../vocabulary/units.ts'
import type { Renewal } from '../witness/trust.ts'
import { Brakes } from './limits/brakes.ts'
import { CashWatch } from './limits/cash.ts'
import { PhaseTracker } from './phase.ts'
import { QuoteUpdater } from './quote.ts'
import type { MakerState } from './state.ts'
import { shownPrice, TapeRows } from './tape-row.ts'
import { Uptime } from './uptime.ts'
import { BookWitnesses } from './watch/book-witnesses.ts'
import { FeedWatch } from './watch/feed-watch.ts'
import { HoursWatch } from './watch/hours-watch.ts'

/**
 * A book may be crossed for milliseconds inside one matching event; after this long it is wrong.
 */
const CROSSED_MS = 1000
/** How often queue positions are read, and programmes (a long list, of all markets). */
const QUEUE_EVERY_MS = 30_000
const PROGRAMMES_EVERY_MS = 600_000
/** A change of the book alone is no reason to look around more often than this. */
const LOOK_EVERY_MS = 100
const NEVER = Number.POSITIVE_INFINITY
/** Silences that a better book would end: it is worth finding out that ours is wrong. */
const WATCHED: ReadonlySet<string> = new Set(['contradicted', 'market-not-credible'])

export class Decider {
  /** When the next step is due; Infinity when only an event can change anything. */
  wakeAt: Millis = NEVER
  readonly tracker: PhaseTracker
  readonly feedWatch: FeedWatch
  readonly quotes: QuoteUpdater
  readonly rows: TapeRows
  readonly uptime = new Uptime()
  readonly brakes: Brakes
  readonly cash: CashWatch
  readonly witnesses: BookWitnesses
  readonly hours: HoursWatch
  readonly #state: MakerState
  readonly #askAt: Record<'queue' | 'programmes', Millis> = { queue: 0, programmes: 0 }
  #crossedSince: Millis = 0
  #lookedAt: Millis = 0
  #lookAt: Millis = 0
  /** When pause, settlement or witnesses have something to do, as of the last look. */
  #asksAt: Millis = NEVER

  constructor(state: MakerState) {
    this.#state = state
    this.tracker = new PhaseTracker(state)
    this.feedWatch = new FeedWatch(state, (reason, at) => this.doubt(reason, at))
    this.quotes = new QuoteUpdater(state)
    this.rows = new TapeRows(state)
    this.brakes = new Brakes(state)
    this.cash = new CashWatch(state)
    this.hours = new HoursWatch(state)
    this.witnesses = new BookWitnesses(state, (renewal, at) =>
      this.doubt('contradicted', at, renewal),
    )
  }

  get phase(): Phase {
    return this.tracker.phase
  }

  get reason(): PhaseReason {
    return this.tracker.reason
  }

  /**
   * Stops trusting the book: it goes dark at once, and a fresh snapshot is requested, after a wait
   * where the one before was doubted at once too; or a whole new link, where it asks for one.
   */
  doubt(reason: BookReason, at: Millis, renewal: Renewal = 'snapshot'): void {
    const { book, feed, quoter } = this.#state
    book.darken(reason)
    quoter.estimators.gap()
    this.#crossedSince = 0
    if (!feed.isUp) return
    if (renewal === 'link') this.feedWatch.reconnect(reason)
    else {
      feed.resubscription.doubted(at)
      this.feedWatch.act(at)
    }
  }

  /** The outcome of one of our requests, whatever it was for. */
  onOutcome(event: Extract<ControlEvent, { type: 'reply' | 'answer' }>): void {
    this.tracker.sight.onOutcome(event)
    this.#state.exchange.onOutcome(event)
  }

  /**
   * @param at now
   * @param triggeredAt the time of the event that is being answered, for the latency
   * @param isDelta nothing has happened but one change of the book
   */
  decide(at: Millis, triggeredAt: Millis, isDelta = false): void {
    const { execution, book, quoter, started } = this.#state
    this.#sweep(at)
    this.#state.valuation.see(at)
    this.#recover(at)
    const looks = !isDelta || at >= this.#lookAt || at < this.#lookedAt || at >= this.wakeAt
    if (looks) this.#look(at)
    if (this.tracker.update(at)) this.rows.touch()

    const quoting = this.phase === 'quoting'
    this.witnesses.isWatched = quoting || WATCHED.has(this.reason)
    if (!quoting) quoter.silence.bid = quoter.silence.ask = this.reason
    else if (book.isCrossed) this.quotes.cancelPulled(at)
    else {
      this.quotes.quote(this.tracker.calendar.state, at, triggeredAt)
      this.#askForPlacement(at)
    }
    execution.cancelUnwanted(!quoting, at)

    if (started) {
      this.#askForRecovery(at)
      if (looks) this.#ask(at)
    }
    this.uptime.update(at, this.#silenceOf('bid'), this.#silenceOf('ask'))
    this.rows.write(at, quoting)
    this.wakeAt = this.#nextWake(quoting)
  }

  /** Looks at what is a matter of seconds: pauses, brakes, witnesses, hours, flatten. */
  #look(at: Millis): void {
    const { started, exchange, flatten } = this.#state
    this.#lookedAt = at
    this.#lookAt = at + LOOK_EVERY_MS
    if (started) exchange.step(at)
    this.brakes.check(at)
    this.witnesses.look(at)
    this.hours.look(at)
    flatten.step(at)
  }

  #ask(at: Millis): void {
    const { settlement, exchange } = this.#state
    settlement.step(at)
    this.cash.ask(at)
    this.#asksAt = Math.min(settlement.nextAt, exchange.nextAt, this.witnesses.nextAt)
  }

  /** Drops what time has ended: an external pull, and orders that are long done. */
  #sweep(at: Millis): void {
    const { execution, pulled } = this.#state
    execution.wakeAt = NEVER
    if (at >= pulled.until) pulled.side = 'none'
    if (execution.orders.sweep(at)) this.#state.refreshTop(at)
  }

  /** Moves the recovery on, and gives up a book that does not come or stays crossed. */
  #recover(at: Millis): void {
    const { execution, recovery, parameters, book, ledger } = this.#state
    if (recovery.advance(execution.orders, at, parameters.strategy.reconcile_seconds * 1000)) {
      this.#state.log('info', 'recovered', { position: ledger.position / CONTRACT })
    }
    this.feedWatch.check(at)
    if (!book.isLive || !book.isCrossed) this.#crossedSince = 0
    else if (this.#crossedSince === 0) this.#crossedSince = at
    else if (at - this.#crossedSince >= CROSSED_MS) this.doubt('crossed', at)
  }

  /** Asks the exchange what the recovery needs to know and has not asked. */
  #askForRecovery(at: Millis): void {
    const { recovery, ledger, out } = this.#state
    for (const what of QUESTIONS) {
      if (!recovery.inquiries.askIfDue(what, at)) continue
      out.push({ type: 'ask', what, since: what === 'fills' ? recovery.fillsSince(ledger) : 0 })
    }
  }

  /**
   * Asks who is ahead of our orders and what programmes pay, where the strategy uses the answers.
   */
  #askForPlacement(at: Millis): void {
    const { strategy } = this.#state.parameters
    if (strategy.placement !== 'queue') return
    this.#askEvery('queue', QUEUE_EVERY_MS, at)
    if (strategy.incentives === 'on') this.#askEvery('programmes', PROGRAMMES_EVERY_MS, at)
  }

  #askEvery(what: 'queue' | 'programmes', everyMs: Millis, at: Millis): void {
    if (at < this.#askAt[what]) return
    this.#askAt[what] = at + everyMs
    this.#state.out.push({ type: 'ask', what, since: 0 })
  }

  /** Why a side shows no quote; null where it shows one. */
  #silenceOf(side: Side): SilenceReason | null {
    const { execution, quoter } = this.#state
    return shownPrice(execution.orders.slot(side)) > 0 ? null : (quoter.silence[side] ?? 'waiting')
  }

  #nextWake(quoting: boolean): Millis {
    const { execution, recovery, started, pulled } = this.#state
    let next = Math.min(execution.wakeAt, this.feedWatch.nextAt, this.tracker.nextAt)
    if (started) next = Math.min(next, recovery.nextAt, this.#asksAt)
    if (this.#crossedSince > 0) next = Math.min(next, this.#crossedSince + CROSSED_MS)
    if (quoting) next = Math.min(next, this.rows.nextAt)
    if (quoting && pulled.side !== 'none') next = Math.min(next, pulled.until)
    return next
  }
}
