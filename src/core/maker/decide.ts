// What follows from the state after an event: the phase, the quotes, the questions and the row.
//
// Run once per step, after the event has been taken in. Phases are derived, never set: the first
// reason in the list below that holds is the phase, so that no path can forget to leave one.

import {
  applyCalendar,
  type CalendarInput,
  DEFAULT_CALENDAR_RULES,
  emptyCalendar,
} from '../guards/calendar.ts'
import { FillBurst } from '../guards/fill-burst.ts'
import type { Decision } from '../orders/execution.ts'
import type { Order } from '../orders/orders.ts'
import { fillRules } from '../orders/planning.ts'
import type { RiskView } from '../orders/risk.ts'
import { reassignLevels } from '../placement/ladder.ts'
import type { Quoter } from '../pricing/quoter.ts'
import { QUESTIONS } from '../recovery/reconciliation.ts'
import { isPulled, Targets } from '../sizing/targets.ts'
import { type Fill, isTradable, type Question } from '../vocabulary/events.ts'
import { type Market, PriceGrid } from '../vocabulary/market.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Phase } from '../vocabulary/phase.ts'
import { reasonsOfLevel } from '../vocabulary/reasons.ts'
import {
  CONTRACT,
  type Millis,
  moneyToCents,
  PRICE_CENT,
  PRICE_ONE,
  type Side,
} from '../vocabulary/units.ts'
import type { MakerState } from './state.ts'
import { Uptime } from './uptime.ts'
import { ViabilityCheck } from './viability-check.ts'

/** A crossed book is normal for milliseconds inside one matching event, and wrong after this. */
const CROSSED_MS = 1000
const ROW_EVERY_MS = 1000
/** A read of queue positions, and of programmes (a long list, of all markets). */
const QUEUE_EVERY_MS = 30_000
const PROGRAMMES_EVERY_MS = 600_000
const NEVER = Number.POSITIVE_INFINITY
const SIDES: readonly Side[] = ['bid', 'ask']

export class Decider {
  phase: Phase = 'idle'
  /** One code that says why, e.g. 'stale' or 'market-closed'. */
  reason = 'not-started'
  /** When phase or reason last changed. */
  since: Millis = 0
  wakeAt: Millis = NEVER
  /** To be written with the next tape row. */
  rowLatency: number | null = null
  readonly #state: MakerState
  readonly #decision: Decision
  readonly viability: ViabilityCheck
  readonly uptime = new Uptime()
  readonly calendar = emptyCalendar()
  fillBurst = new FillBurst()
  #burstPauseMs = -1
  readonly #calendarInput: CalendarInput = {
    ...DEFAULT_CALENDAR_RULES,
    at: 0,
    closeAt: 0,
    eventAt: NEVER,
    p: 0.5,
    news: [],
    jumpedAt: 0,
  }
  readonly targets = new Targets()
  readonly #askAt: Record<'queue' | 'programmes', Millis> = { queue: 0, programmes: 0 }
  #why = 'not-started'
  /** Whether the phase has been derived from the clock's word, so that it must be asked again. */
  #calendarRead = false
  /** The price ranges that the grid was made of, as JSON; '' before the first good ones. */
  #gridOf = ''
  #crossedSince: Millis = 0
  #rowAt: Millis = 0
  #rowDirty = false
  #shownBid = 0
  #shownAsk = 0

  constructor(state: MakerState) {
    this.#state = state
    const view: RiskView = {
      limits: state.parameters.limits,
      grid: state.grid,
      ledger: state.ledger,
      orders: state.execution.orders,
      bestBid: 0,
      bestAsk: PRICE_ONE,
    }
    this.#decision = { view, tick: PRICE_CENT, at: 0, triggeredAt: 0 }
    this.viability = new ViabilityCheck(state)
    this.onConfigure()
  }

  /** Something that a tape row shows has changed. */
  touchRow(): void {
    this.#rowDirty = true
  }

  /** A fill of ours has just been heard from the feed. */
  onFill(fill: Fill, at: Millis): void {
    const { quoter, parameters } = this.#state
    const { side, price, quantity } = fill
    const before = quoter.estimators.midBeforeEvent(at)
    const cents = price / PRICE_CENT
    quoter.estimators.markouts.onFill(side, cents, before, quantity / CONTRACT, at)
    // Gone is a level that others had part in; where we stood alone, ours was all there was to take.
    const { bid, ask } = quoter.top
    const touch = quoter.estimators.touchBeforeEvent(side, at)
    const shared = side === 'bid' ? touch >= cents - 1e-9 : touch <= cents + 1e-9
    const gone = shared && (side === 'bid' ? bid < price : ask > price)
    const lot = parameters.strategy.size / CONTRACT
    if (parameters.strategy.burst_pause_seconds > 0) {
      this.fillBurst.onFill(side, quantity / CONTRACT, lot, gone, at, fill.orderId)
    }
  }

  /** The parameters are others now. */
  onConfigure(): void {
    const pauseMs = this.#state.parameters.strategy.burst_pause_seconds * 1000
    if (pauseMs === this.#burstPauseMs) return
    this.#burstPauseMs = pauseMs
    this.fillBurst = new FillBurst(pauseMs)
  }

  /** The book can no longer be believed: dark at once, and a fresh snapshot is asked for. */
  doubt(reason: string, at: Millis): void {
    const { book, feed } = this.#state
    book.darken(reason)
    this.#state.quoter.estimators.gap()
    this.#crossedSince = 0
    if (!feed.isUp) return
    this.#state.out.push({ type: 'resubscribe', sid: feed.bookSid })
    feed.awaitSnapshot(at)
  }

  /** Looks at the top of the book anew. */
  refresh(at: Millis): void {
    const { quoter, book, execution, grid } = this.#state
    quoter.observed.refresh(book, execution.orders.ownSize, grid, at)
  }

  setMarket(market: Market, at: Millis): void {
    const state = this.#state
    state.market = market
    const ranges = JSON.stringify(market.priceRanges)
    if (ranges === this.#gridOf) return
    try {
      state.grid = new PriceGrid(market.priceRanges)
      this.#gridOf = ranges
    } catch (error) {
      state.market = { ...market, status: 'other' }
      this.#state.log('error', 'bad-price-grid', { detail: String(error) })
    }
    this.refresh(at)
  }

  /**
   * @param at now
   * @param triggeredAt the time of the event that is being answered, for latency
   */
  decide(at: Millis, triggeredAt: Millis): void {
    const state = this.#state
    const { execution, recovery, feed, parameters, book, pulled } = state
    const { orders } = execution
    execution.wakeAt = NEVER
    if (at >= pulled.until) pulled.side = 'none'
    if (orders.sweep(at)) this.refresh(at)

    if (recovery.advance(orders, at, parameters.strategy.reconcile_seconds * 1000)) {
      this.#state.log('info', 'recovered', { position: state.ledger.position / CONTRACT })
    }
    if (feed.isUp && at >= feed.snapshotDueAt) this.doubt(book.reason || 'no-snapshot', at)
    this.#watchCrossing(at)
    this.#enter(at)

    const quoting = this.phase === 'quoting'
    if (quoting && !book.isCrossed) {
      this.#quote(at, triggeredAt)
      this.#inquire(at)
    } else if (quoting) this.#pull(at)
    if (!quoting) state.quoter.silence.bid = state.quoter.silence.ask = this.reason
    execution.cancelUnwanted(!quoting, at)

    if (state.started) {
      for (const what of QUESTIONS) {
        if (recovery.inquiries.askIfDue(what, at)) {
          const since = what === 'fills' ? recovery.fillsSince(state.ledger) : 0
          this.#state.out.push({ type: 'ask', what, since })
        }
      }
    }
    this.uptime.update(at, this.#whyNo('bid'), this.#whyNo('ask'))
    this.#row(at, quoting)
    this.wakeAt = this.#nextWake(quoting)
  }

  /** Why a side shows no quote; null where it shows one. */
  #whyNo(side: Side): string | null {
    const { execution, quoter } = this.#state
    return shownPrice(execution.orders.slot(side)) > 0 ? null : (quoter.silence[side] ?? 'waiting')
  }

  #watchCrossing(at: Millis): void {
    const { book } = this.#state
    if (!book.isLive || !book.isCrossed) this.#crossedSince = 0
    else if (this.#crossedSince === 0) this.#crossedSince = at
    else if (at - this.#crossedSince >= CROSSED_MS) this.doubt('crossed', at)
  }

  #enter(at: Millis): void {
    const phase = this.#derive(at)
    const reason = this.#why
    if (phase === this.phase && reason === this.reason) return
    const stale = reason === 'stale'
    if (stale) this.#state.execution.counters.stale++
    this.phase = phase
    this.reason = reason
    this.since = at
    this.#rowDirty = true
    this.#state.log(stale ? 'warn' : 'info', stale ? 'stale' : 'phase', { phase, reason })
  }

  #derive(at: Millis): Phase {
    this.#calendarRead = false
    const {
      started,
      operator,
      operatorReason,
      market,
      feed,
      recovery,
      book,
      execution,
      parameters,
    } = this.#state
    const { strategy } = parameters
    if (operator === 'halt') return this.#set('halted', operatorReason)
    if (operator === 'stop') return this.#set('idle', 'stopped')
    if (!started) return this.#set('idle', 'not-started')
    if (market !== null) {
      if (!market.binary) return this.#set('idle', 'market-not-binary')
      if (!isTradable(market.status)) return this.#set('idle', `market-${market.status}`)
      if (at >= market.closeAt) return this.#set('idle', 'market-past-close')
    }
    if (!feed.isUp) return this.#set('recovering', 'connecting')
    if (market === null || !recovery.isDone) {
      return this.#set('recovering', recovery.missing(execution.orders) ?? 'reading-market')
    }
    if (operator === 'pause') return this.#set('paused', operatorReason)
    if (!book.isLive) return this.#set('dark', book.reason)
    if (at >= feed.staleAt(strategy.stale_rule, strategy.stale_after_seconds * 1000)) {
      return this.#set('dark', 'stale')
    }
    this.#time(market, at)
    this.#calendarRead = true
    if (this.calendar.mode === 'pull') return this.#set('paused', this.calendar.reason)
    if (this.#losesByFills()) {
      return this.#set('paused', 'adverse-fills')
    }
    this.viability.update(at)
    if (
      strategy.admission === 'enforce' &&
      !this.viability.verdict.ok &&
      this.calendar.mode === 'normal'
    ) {
      return this.#set('paused', 'not-worth-it')
    }
    return this.#set('quoting', 'quoting')
  }

  /** Our own fills have cost more than they earned, a hundred times over. */
  #losesByFills(): boolean {
    const { markouts } = this.#state.quoter.estimators
    if (this.#state.parameters.strategy.max_markout === 0) return false
    return markouts.verdictOfBoth() === 'stop'
  }

  // Leaves the reason beside the phase rather than in a pair, because this runs on every step.
  #set(phase: Phase, reason: string): Phase {
    this.#why = reason
    return phase
  }

  #quote(at: Millis, triggeredAt: Millis): void {
    const state = this.#state
    const { quoter, execution, grid, market, parameters, ledger, book, alphaCents } = state
    const { strategy } = parameters
    const { orders, rules } = execution
    if (market === null) return
    execution.counters.decisions++
    const held = ledger.position / CONTRACT
    quoter.configure(parameters, market, grid)
    quoter.price(held, alphaCents, this.calendar, at)
    const decision = this.#decision
    decision.at = at
    decision.triggeredAt = triggeredAt
    const { view } = decision
    view.limits = parameters.limits
    view.grid = grid
    view.bestBid = quoter.top.bid
    view.bestAsk = quoter.top.ask
    if (strategy.placement === 'queue') {
      for (const side of SIDES) {
        state.placement.apply(side, quoter, book, orders, grid, strategy, at)
      }
    }
    const { targets } = this
    targets.fill(quoter, parameters, view, this.calendar, this.fillBurst, at, state.pulled)
    fillRules(strategy, rules)
    for (const side of SIDES) {
      const wanted = targets.wanted[side]
      const innermost = orders.slot(side)?.price ?? wanted[0]?.price ?? PRICE_CENT
      const tick = grid.tickAt(innermost)
      decision.tick = tick
      if (strategy.levels > 1) reassignLevels(orders, side, wanted, tick, rules)
      for (let level = 0; level < MOST_LEVELS; level++) {
        const target = wanted[level] ?? null
        if (level > 0 && target === null && orders.slot(side, level) === null) continue
        const why = execution.moveToward(side, level, target, decision)
        if (level === 0 && target !== null) quoter.silence[side] = why
        const order = orders.slot(side, level)
        if (order !== null && order.requests.sentAt === at) explain(order, quoter, level)
      }
      const until = this.fillBurst.until(side)
      if (at < until) execution.wakeAt = Math.min(execution.wakeAt, until)
    }
  }

  /** A book that is crossed for a moment stops decisions, but not what a shock takes away. */
  #pull(at: Millis): void {
    const { execution, pulled, quoter } = this.#state
    for (const order of execution.orders.live) {
      if (order.status === 'done' || !isPulled(pulled, order.side, at)) continue
      quoter.silence[order.side] = 'shock'
      execution.cancel(order, at)
    }
  }

  /** What the clock forbids or asks for, into `calendar`. */
  #time(market: Market, at: Millis): void {
    const { strategy } = this.#state.parameters
    const { quoter } = this.#state
    const input = this.#calendarInput
    input.at = at
    input.closeAt = market.closeAt
    input.eventAt = strategy.event_time ?? NEVER
    input.p = (quoter.observed.mid ?? 50) / 100
    input.reduceOnlyMs = strategy.reduce_only_seconds * 1000
    input.stopMs = strategy.stop_before_close_seconds * 1000
    input.news = strategy.news_times
    input.newsBeforeMs = strategy.news_before_seconds * 1000
    input.newsAfterMs = strategy.news_after_seconds * 1000
    input.jumpedAt = quoter.observed.jumpedAt
    input.jumpPauseMs = strategy.jump_pause_seconds * 1000
    input.jumpWidenMs = strategy.jump_pause_seconds === 0 ? 0 : DEFAULT_CALENDAR_RULES.jumpWidenMs
    input.edgeCents = strategy.longshot_cents === 0 ? 0 : DEFAULT_CALENDAR_RULES.edgeCents
    applyCalendar(input, this.calendar)
    // A market that can close early may do so from about its expected time on, or any time after.
    if (strategy.event_time !== null || !market.canCloseEarly) return
    const from = market.expectedAt - input.reduceOnlyMs
    if (input.reduceOnlyMs === 0 || market.expectedAt >= market.closeAt) return
    const { calendar } = this
    if (at < from) calendar.until = Math.min(calendar.until, from)
    else if (calendar.mode === 'normal') {
      calendar.mode = 'reduce-only'
      calendar.reason = 'near-close'
    }
  }

  /**
   * Questions beside the ledger's: who is ahead of our orders, and what a programme pays. Asked
   * while quoting, where the strategy makes use of the answers.
   */
  #inquire(at: Millis): void {
    const { strategy } = this.#state.parameters
    if (strategy.placement !== 'queue') return
    this.#askFor('queue', QUEUE_EVERY_MS, at)
    if (strategy.incentives === 'on') this.#askFor('programmes', PROGRAMMES_EVERY_MS, at)
  }

  #askFor(what: 'queue' | 'programmes', everyMs: Millis, at: Millis): void {
    if (at < this.#askAt[what]) return
    this.#askAt[what] = at + everyMs
    const question: Question = what
    this.#state.out.push({ type: 'ask', what: question, since: 0 })
  }

  #row(at: Millis, quoting: boolean): void {
    const { execution, quoter, ledger, ticker } = this.#state
    const bid = shownPrice(execution.orders.slot('bid'))
    const ask = shownPrice(execution.orders.slot('ask'))
    const moved = bid !== this.#shownBid || ask !== this.#shownAsk
    const beat = quoting && at >= this.#rowAt + ROW_EVERY_MS
    const latency = this.rowLatency
    if (!moved && !beat && latency === null && !this.#rowDirty) return
    this.#rowDirty = false
    if (this.#rowAt === 0 && !quoting) return
    this.#shownBid = bid
    this.#shownAsk = ask
    // A clock that steps back must not make the tape do so.
    this.#rowAt = Math.max(this.#rowAt, at)
    this.rowLatency = null
    const mid = this.#state.book.isLive ? quoter.observed.mid : null
    const mark = mid ?? ledger.averagePrice() ?? 0
    this.#state.out.push({
      type: 'row',
      row: {
        at: this.#rowAt,
        ticker,
        mid,
        myBid: bid === 0 ? null : bid / PRICE_CENT,
        myAsk: ask === 0 ? null : ask / PRICE_CENT,
        inventory: ledger.position / CONTRACT,
        unrealizedPnl: moneyToCents(Math.round(ledger.unrealizedAt(mark))),
        realizedPnl: moneyToCents(ledger.realized - ledger.fees),
        latencyMs: latency,
      },
    })
  }

  #nextWake(quoting: boolean): Millis {
    const { execution, recovery, feed, parameters, market, started, pulled } = this.#state
    const { strategy } = parameters
    let next = execution.wakeAt
    if (started) next = Math.min(next, recovery.nextAt)
    next = Math.min(next, feed.snapshotDueAt)
    if (this.#crossedSince > 0) next = Math.min(next, this.#crossedSince + CROSSED_MS)
    if (quoting) {
      const stale = feed.staleAt(strategy.stale_rule, strategy.stale_after_seconds * 1000)
      next = Math.min(next, stale, this.#rowAt + ROW_EVERY_MS)
    }
    // Where the clock decides: into and out of pauses, and of what only reduces.
    if (this.#calendarRead) next = Math.min(next, this.calendar.until)
    if (this.reason === 'not-worth-it') next = Math.min(next, this.viability.nextAt)
    if (quoting && pulled.side !== 'none') next = Math.min(next, pulled.until)
    // Halted and idle makers do not look at the close, and in every other phase it is still to come.
    if (market !== null && this.phase !== 'halted' && this.phase !== 'idle') {
      next = Math.min(next, market.closeAt)
    }
    return next
  }
}

/** Copied only when a price was sent: the reasons themselves are overwritten each time. */
const explain = (order: Order, quoter: Quoter, level: number): void => {
  if (order.why !== null && order.next.price === order.price) return
  const { price, raw } = quoter.sides[order.side]
  order.why = reasonsOfLevel(quoter.reasons[order.side], price[level]!, raw[level]!)
}

/** What of an order a tape row shows: its price once the exchange has named it, else 0. */
const shownPrice = (order: { orderId: string; price: number } | null): number =>
  order === null || order.orderId === '' ? 0 : order.price
