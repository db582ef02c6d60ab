// What follows from the state after an event: the phase, the quotes, the questions and the row.
//
// Run once per step, after the event has been taken in. Phases are derived, never set: the first
// reason in the list below that holds is the phase, so that no path can forget to leave one.

import { isTradable } from './events.ts'
import { type Market, PriceGrid } from './market.ts'
import { QUESTIONS } from './reconcile.ts'
import { type RiskView, room } from './risk.ts'
import type { MakerState } from './state.ts'
import type { Phase } from './status.ts'
import { CONTRACT, type Millis, moneyToCents, PRICE_CENT, PRICE_ONE, type Side } from './units.ts'

/** A crossed book is normal for milliseconds inside one matching event, and wrong after this. */
const CROSSED_MS = 1000
const ROW_EVERY_MS = 1000
const NEVER = Number.POSITIVE_INFINITY
const SIDES: readonly Side[] = ['bid', 'ask']

export class Conduct {
  phase: Phase = 'idle'
  /** One code that says why, e.g. 'stale' or 'market-closed'. */
  reason = 'not-started'
  /** When phase or reason last changed. */
  since: Millis = 0
  wakeAt: Millis = NEVER
  /** To be written with the next tape row. */
  rowLatency: number | null = null
  readonly #state: MakerState
  readonly #view: RiskView
  readonly #targets = { bid: { price: 0, quantity: 0 }, ask: { price: 0, quantity: 0 } }
  #why = 'not-started'
  /** The price ranges that the grid was made of, as JSON; '' before the first good ones. */
  #gridOf = ''
  #crossedSince: Millis = 0
  #rowAt: Millis = 0
  #rowDirty = false
  #shownBid = 0
  #shownAsk = 0

  constructor(state: MakerState) {
    this.#state = state
    this.#view = {
      limits: state.parameters.limits,
      grid: state.grid,
      ledger: state.ledger,
      orders: state.execution.orders,
      bestBid: 0,
      bestAsk: PRICE_ONE,
    }
  }

  /** Something that a tape row shows has changed. */
  touchRow(): void {
    this.#rowDirty = true
  }

  /** The book can no longer be believed: dark at once, and a fresh snapshot is asked for. */
  doubt(reason: string, at: Millis): void {
    const { book, link } = this.#state
    book.darken(reason)
    this.#state.quoter.flow.reset()
    this.#crossedSince = 0
    if (!link.isUp) return
    this.#state.out.push({ type: 'resubscribe', sid: link.bookSid })
    link.awaitSnapshot(at)
  }

  /** Looks at the top of the book anew. */
  refresh(at: Millis): void {
    const { quoter, book, execution, grid } = this.#state
    quoter.refresh(book, execution.orders.ownSize, grid, at)
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
  settle(at: Millis, triggeredAt: Millis): void {
    const state = this.#state
    const { execution, recovery, link, parameters, book } = state
    const { orders } = execution
    execution.wakeAt = NEVER
    if (orders.sweep(at)) this.refresh(at)

    if (recovery.advance(orders, at, parameters.strategy.reconcile_seconds * 1000)) {
      this.#state.log('info', 'recovered', { position: state.ledger.position / CONTRACT })
    }
    if (link.isUp && at >= link.snapshotDueAt) this.doubt(book.reason || 'no-snapshot', at)
    this.#watchCrossing(at)
    this.#enter(at)

    const quoting = this.phase === 'quoting'
    if (quoting && !book.isCrossed) this.#quote(at, triggeredAt)
    if (!quoting) state.quoter.silence.bid = state.quoter.silence.ask = this.reason
    execution.tidy(!quoting, at)

    if (state.started) {
      for (const what of QUESTIONS) {
        if (recovery.inquiries.take(what, at)) {
          const since = what === 'fills' ? recovery.fillsSince(state.ledger) : 0
          this.#state.out.push({ type: 'ask', what, since })
        }
      }
    }
    this.#row(at, quoting)
    this.wakeAt = this.#nextWake(quoting)
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
    const {
      started,
      operator,
      operatorReason,
      market,
      link,
      recovery,
      book,
      execution,
      parameters,
    } = this.#state
    const { strategy } = parameters
    if (operator === 'halt') return this.#be('halted', operatorReason)
    if (operator === 'stop') return this.#be('idle', 'stopped')
    if (!started) return this.#be('idle', 'not-started')
    if (market !== null) {
      if (!market.binary) return this.#be('idle', 'market-not-binary')
      if (!isTradable(market.status)) return this.#be('idle', `market-${market.status}`)
      if (at >= market.closeAt) return this.#be('idle', 'market-past-close')
    }
    if (!link.isUp) return this.#be('recovering', 'connecting')
    if (market === null || !recovery.isDone) {
      return this.#be('recovering', recovery.missing(execution.orders) ?? 'reading-market')
    }
    if (operator === 'pause') return this.#be('paused', operatorReason)
    if (!book.isLive) return this.#be('dark', book.reason)
    if (at >= link.staleAt(strategy.stale_rule, strategy.stale_after_seconds * 1000)) {
      return this.#be('dark', 'stale')
    }
    if (at >= market.closeAt - strategy.stop_before_close_seconds * 1000) {
      return this.#be('paused', 'near-close')
    }
    return this.#be('quoting', 'quoting')
  }

  // Leaves the reason beside the phase rather than in a pair, because this runs on every step.
  #be(phase: Phase, reason: string): Phase {
    this.#why = reason
    return phase
  }

  #quote(at: Millis, triggeredAt: Millis): void {
    const state = this.#state
    const { quoter, execution, grid, market, parameters, ledger } = state
    if (market === null) return
    execution.counters.decisions++
    quoter.price(parameters, market, grid, ledger.position / CONTRACT, state.alphaCents, at)
    const view = this.#view as { -readonly [K in keyof RiskView]: RiskView[K] }
    view.limits = parameters.limits
    view.grid = grid
    view.bestBid = quoter.top.bid
    view.bestAsk = quoter.top.ask
    const smallest = Math.min(parameters.strategy.size, CONTRACT)
    for (const side of SIDES) {
      const price = quoter.quotes[side]
      let target = null
      if (price !== null) {
        const most = room(side, price, view, execution.orders.slot(side))
        const quantity = Math.min(parameters.strategy.size, most.quantity)
        if (quantity < smallest) quoter.silence[side] = most.by
        else {
          target = this.#targets[side]
          target.price = price
          target.quantity = quantity
        }
      }
      const tick = grid.tickAt(execution.orders.slot(side)?.price ?? price ?? PRICE_CENT)
      const why = execution.pursue(side, target, tick, parameters, view, at, triggeredAt)
      if (target !== null) quoter.silence[side] = why
    }
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
    const mid = this.#state.book.isLive ? quoter.mid : null
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
    const { execution, recovery, link, parameters, market, started } = this.#state
    const { strategy } = parameters
    let next = execution.wakeAt
    if (started) next = Math.min(next, recovery.nextAt)
    next = Math.min(next, link.snapshotDueAt)
    if (this.#crossedSince > 0) next = Math.min(next, this.#crossedSince + CROSSED_MS)
    if (quoting) {
      const stale = link.staleAt(strategy.stale_rule, strategy.stale_after_seconds * 1000)
      next = Math.min(next, stale, this.#rowAt + ROW_EVERY_MS)
      if (market !== null) {
        next = Math.min(next, market.closeAt - strategy.stop_before_close_seconds * 1000)
      }
    }
    // Halted and idle makers do not look at the close, and in every other phase it is still to come.
    if (market !== null && this.phase !== 'halted' && this.phase !== 'idle') {
      next = Math.min(next, market.closeAt)
    }
    return next
  }
}

/** What of an order a tape row shows: its price once the exchange has named it, else 0. */
const shownPrice = (order: { orderId: string; price: number } | null): number =>
  order === null || order.orderId === '' ? 0 : order.price
