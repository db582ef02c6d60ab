// Everything one maker knows, in one place: the engine fills it, the decider reads it.

import { Book } from '../book/book.ts'
import { FeedState } from '../book/feed-state.ts'
import { PositionWire } from '../guards/position-wire.ts'
import { Ledger } from '../ledger/ledger.ts'
import { DeskRoom } from '../orders/desk-room.ts'
import { Execution } from '../orders/execution.ts'
import { Placement } from '../placement/placement.ts'
import { Quoter } from '../pricing/quoter.ts'
import { Recovery } from '../recovery/recovery.ts'
import type { TradingState } from '../vocabulary/desk.ts'
import type { ControlEvent, Effect, LogLevel, Pull } from '../vocabulary/events.ts'
import { LINEAR_CENT, type Market, PriceGrid } from '../vocabulary/market.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { LatchCode, OperatorReason } from '../vocabulary/reason-codes.ts'
import { CONTRACT, type Millis, type Quantity } from '../vocabulary/units.ts'
import { Trust } from '../witness/trust.ts'
import { Flatten } from './account/flatten.ts'
import { SettlementWatch } from './account/settlement.ts'
import { TakerExit } from './account/taker-exit.ts'
import { Valuation } from './account/valuation.ts'
import { DeskWatch } from './limits/desk-watch.ts'
import { ExchangeWatch } from './watch/exchange-watch.ts'

/** The longest time an external signal can take quotes away: twice as long as a shock does. */
const LONGEST_PULL_MS = 120_000

/** What a person has asked for. 'halt' and 'stop' outlast everything but a person. */
export type Operator = 'run' | 'pause' | 'halt' | 'stop'

export class MakerState {
  readonly ticker: string
  readonly book = new Book()
  readonly feed = new FeedState()
  readonly quoter = new Quoter()
  readonly ledger = new Ledger()
  readonly recovery = new Recovery()
  readonly trust = new Trust()
  readonly execution: Execution
  readonly placement: Placement
  readonly positionWire: PositionWire
  /** What the position is worth. */
  readonly valuation = new Valuation(this)
  readonly desk = new DeskWatch()
  readonly exchange = new ExchangeWatch(this)
  readonly settlement = new SettlementWatch(this)
  readonly deskRoom = new DeskRoom()
  readonly flatten = new Flatten(this)
  readonly takerExit = new TakerExit(this)
  parameters: Parameters
  market: Market | null = null
  grid = new PriceGrid(LINEAR_CENT)
  operator: Operator = 'run'
  operatorReason = 'operator' as OperatorReason
  /** What a person lets this ticker do; the desk's own state stands in its terms. */
  trading: TradingState = 'active'
  started = false
  /** The book of others says what a contract is worth. */
  isCredible = true
  /** External skew of the fair value, cents of YES. */
  externalCents = 0
  /** The quotes that an external shock takes away, and until when. */
  readonly pulled: { side: Pull; until: Millis } = { side: 'none', until: 0 }
  lastFillAt: Millis = 0
  /** Message received -> order acknowledged, ms, newest last. */
  readonly latencies: number[] = []
  /** Effects of the current step. */
  readonly out: Effect[] = []
  /** The price ranges that the grid was made of, as JSON; '' before the first good ones. */
  #gridOf = ''

  constructor(ticker: string, parameters: Parameters) {
    this.ticker = ticker
    this.parameters = parameters
    this.execution = new Execution(this.out)
    this.configure(parameters)
    this.placement = new Placement(this.quoter, this.book, this.execution.orders)
    this.positionWire = new PositionWire(parameters.limits.max_position)
  }

  configure(parameters: Parameters): void {
    this.parameters = parameters
    this.execution.orders.leaveForeign(parameters.strategy.foreign_orders === 'leave')
  }

  log(
    level: LogLevel,
    event: string,
    detail: Record<string, string | number | boolean | null>,
  ): void {
    this.out.push({ type: 'log', level, event, detail })
  }

  /**
   * The maker halts itself: every order is canceled, proven gone by a listing, and only a person
   * may release it. The first reason stays.
   */
  trip(
    code: LatchCode,
    detail: Record<string, string | number | boolean | null>,
    at: Millis,
  ): void {
    if (this.operator === 'halt' || this.operator === 'stop') return
    this.operator = 'halt'
    this.operatorReason = code as string as OperatorReason
    this.recovery.requireClean(at)
    this.log('error', 'halted-itself', { reason: code, ...detail })
    this.out.push({ type: 'latch', code })
  }

  /** The position is no longer what it was. */
  positionMoved(before: Quantity, at: Millis): void {
    const { position } = this.ledger
    if (!this.positionWire.isCrossed(before, position, at)) return
    const [was, is, limit] = [before, position, this.parameters.limits.max_position]
    this.trip(
      'position-beyond-limit',
      { before: was / CONTRACT, position: is / CONTRACT, limit: limit / CONTRACT },
      at,
    )
  }

  /** Reads the top of the book anew, without our own orders. */
  refreshTop(at: Millis): void {
    this.quoter.observed.refresh(this.book, this.execution.orders.ownSize, this.grid, at)
  }

  /** Adopts the terms of the market; one whose price ranges make no grid is not quoted. */
  setMarket(market: Market, at: Millis): void {
    this.market = market
    const ranges = JSON.stringify(market.priceRanges)
    if (ranges === this.#gridOf) return
    try {
      this.grid = new PriceGrid(market.priceRanges)
      this.#gridOf = ranges
    } catch (error) {
      this.market = { ...market, status: 'other' }
      this.log('error', 'bad-price-grid', { detail: String(error) })
    }
    this.refreshTop(at)
  }

  /** Prices elsewhere: of other venues and other markets of the event; the hours of the series. */
  hearOfOthers(event: Extract<ControlEvent, { type: 'alpha' | 'siblings' | 'hours' }>): void {
    if (event.type === 'alpha') this.#setExternalSignal(event)
    else if (event.type === 'siblings') this.quoter.event.hear(event.view, event.at)
    else this.quoter.estimators.volatility.hours.hear(event.factors)
  }

  /**
   * Applies an external signal, which replaces the one before. The shell decides what it says; here
   * it is only made safe: a skew that is not a number counts as none, and a sender whose clock is
   * wrong cannot take quotes away for long.
   */
  #setExternalSignal({ cents, pull, until, at }: Extract<ControlEvent, { type: 'alpha' }>): void {
    const { pulled } = this
    this.externalCents = Number.isFinite(cents) ? cents : 0
    const side = until > at ? pull : 'none'
    if (side !== 'none' && side !== pulled.side) this.log('warn', 'external-shock', { pull: side })
    pulled.side = side
    pulled.until = Math.min(until, at + LONGEST_PULL_MS)
  }
}
