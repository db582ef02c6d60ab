// Derives the phase and its reason from the maker's state.
//
// A phase is derived at every step and never set: the first condition below that holds decides it,
// so no path can forget to leave a phase.

import { isTradable } from '../vocabulary/events.ts'
import type { MarketStatus } from '../vocabulary/market.ts'
import type { Phase, PhaseReason } from '../vocabulary/reason-codes.ts'
import type { Millis } from '../vocabulary/units.ts'
import { haltedBy } from './limits/trading-state.ts'
import type { MakerState } from './state.ts'
import { CalendarCheck } from './watch/calendar-check.ts'
import { CredibilityCheck } from './watch/credibility-check.ts'
import { Sight } from './watch/sight.ts'
import { ViabilityCheck } from './watch/viability-check.ts'

export class PhaseTracker {
  phase: Phase = 'idle'
  /** One code that says why, e.g. 'stale' or 'market-closed'. */
  reason: PhaseReason = 'not-started'
  /** Any change of the book may end this phase, even one that quotes do not depend on. */
  isWaiting = false
  /** When the phase or the reason last changed. */
  since: Millis = 0
  readonly calendar: CalendarCheck
  readonly viability: ViabilityCheck
  readonly credibility: CredibilityCheck
  readonly sight: Sight
  readonly #state: MakerState
  #nextReason: PhaseReason = 'not-started'
  /** Whether the calendar was consulted for this phase, so that it must be consulted again. */
  #usesCalendar = false
  /** Whether it came so far as to ask if the market is credible. */
  #judgesMarket = false
  /** Whether time alone may blind the maker in this phase. */
  #mayGoBlind = false

  constructor(state: MakerState) {
    this.#state = state
    this.calendar = new CalendarCheck(state)
    this.viability = new ViabilityCheck(state)
    this.credibility = new CredibilityCheck(state)
    this.sight = new Sight(state)
  }

  /** Derives the phase anew; true when the phase or the reason has changed. */
  update(at: Millis): boolean {
    const phase = this.#derive(at)
    const reason = this.#nextReason
    if (phase === this.phase && reason === this.reason) return false
    const stale = reason === 'stale'
    this.isWaiting = stale || reason === 'lagging'
    if (stale) this.#state.execution.counters.stale++
    this.phase = phase
    this.reason = reason
    this.since = at
    this.#state.log(stale ? 'warn' : 'info', stale ? 'stale' : 'phase', { phase, reason })
    return true
  }

  /** When time alone may change the phase; Infinity when only an event can. */
  get nextAt(): Millis {
    const { feed, parameters, market } = this.#state
    const { strategy } = parameters
    let next = Number.POSITIVE_INFINITY
    if (this.phase === 'quoting') {
      const staleAt = feed.staleAt(strategy.stale_rule, strategy.stale_after_seconds * 1000)
      next = Math.min(staleAt, this.#state.desk.until)
    }
    if (this.#mayGoBlind) next = Math.min(next, this.sight.nextAt)
    if (this.#usesCalendar) next = Math.min(next, this.calendar.state.until)
    if (this.#judgesMarket) next = Math.min(next, this.credibility.nextAt)
    if (this.reason === 'not-worth-it') next = Math.min(next, this.viability.nextAt)
    // A halted or idle maker does not watch the close; in every other phase it is still to come.
    if (market !== null && this.phase !== 'halted' && this.phase !== 'idle') {
      next = Math.min(next, market.closeAt)
    }
    return next
  }

  #derive(at: Millis): Phase {
    this.#usesCalendar = false
    this.#judgesMarket = false
    this.#mayGoBlind = false
    const {
      started,
      operator,
      operatorReason,
      market,
      feed,
      recovery,
      book,
      trust,
      execution,
      parameters,
      exchange,
    } = this.#state
    const { strategy } = parameters
    if (operator === 'halt') return this.#because('halted', operatorReason)
    if (operator === 'stop') return this.#because('idle', 'stopped')
    const halted = haltedBy(this.#state)
    if (halted !== null) return this.#because('halted', halted)
    if (!started) return this.#because('idle', 'not-started')
    if (market !== null) {
      if (!market.binary) return this.#because('idle', 'market-not-binary')
      if (!isTradable(market.status)) return this.#because('idle', this.#over(market.status))
      if (at >= market.closeAt) return this.#because('idle', 'market-past-close')
    }
    if (exchange.isPaused) return this.#because('paused', 'exchange-paused')
    if (!feed.isUp) return this.#because('recovering', 'connecting')
    const blind = this.sight.update(at)
    if (blind !== null) return this.#because('blind', blind)
    this.#mayGoBlind = true
    // Before the recovery is done nothing is quoted anyway, and its steps say more.
    if (recovery.isDone && !feed.hasPrivate) return this.#because('blind', 'private-channels')
    if (market === null || !recovery.isDone) {
      return this.#because('recovering', recovery.missing(execution.orders) ?? 'reading-market')
    }
    if (operator === 'pause') return this.#because('paused', operatorReason)
    if (at >= this.#state.desk.until) return this.#because('paused', 'desk-unreachable')
    if (!book.isLive) return this.#because('dark', book.reason || 'no-snapshot')
    if (trust.isDoubted) return this.#because('dark', 'contradicted')
    if (at >= feed.staleAt(strategy.stale_rule, strategy.stale_after_seconds * 1000)) {
      return this.#because('dark', 'stale')
    }
    if (feed.lag.now > strategy.stale_after_seconds * 1000) return this.#because('dark', 'lagging')
    this.calendar.update(market, at)
    this.#usesCalendar = true
    const { mode, reason } = this.calendar.state
    if (mode === 'pull') return this.#because('paused', reason)
    if (this.#losesByFills()) return this.#because('paused', 'adverse-fills')
    this.#judgesMarket = true
    this.#state.isCredible = this.credibility.update(at)
    this.viability.update(at)
    if (!this.#state.isCredible && this.#state.ledger.position === 0) {
      return this.#because('paused', 'market-not-credible')
    }
    const enforced = strategy.admission === 'enforce' && mode === 'normal'
    if (enforced && this.viability.verdict?.ok === false)
      return this.#because('paused', 'not-worth-it')
    return this.#because('quoting', 'quoting')
  }

  #over(status: Exclude<MarketStatus, 'active'>): PhaseReason {
    return this.#state.settlement.isRefused ? 'market-settled-scalar' : `market-${status}`
  }

  /** Our own fills, of both sides together, lose by more than chance. */
  #losesByFills(): boolean {
    const { markouts } = this.#state.quoter.estimators
    if (this.#state.parameters.strategy.max_markout === 0) return false
    return markouts.results.isLosing
  }

  // Leaves the reason in a field instead of returning a pair: this runs on every step.
  #because(phase: Phase, reason: PhaseReason): Phase {
    this.#nextReason = reason
    return phase
  }
}
