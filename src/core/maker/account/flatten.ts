// Takes the position off, at the word of a person or of a brake: the one thing here that takes.
//
// In: a limit price, and then the state at every decision. Out: immediate-or-cancel orders that
// only reduce, one at a time, each no larger than an order may be and none beyond the limit. Our
// own quotes go first. The maker stays paused afterwards, so that it does not buy back at once.

import type { Book } from '../../book/book.ts'
import type { FeedState } from '../../book/feed-state.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Execution } from '../../orders/execution.ts'
import { shortOf } from '../../orders/foreign.ts'
import { unread } from '../../orders/inferred-end.ts'
import { isOver } from '../../orders/lifecycle.ts'
import type { Order } from '../../orders/orders.ts'
import type { RiskView } from '../../orders/risk.ts'
import { type Command, type Fill, isTradable, type LogLevel } from '../../vocabulary/events.ts'
import type { Market, PriceGrid } from '../../vocabulary/market.ts'
import type { Parameters } from '../../vocabulary/parameters.ts'
import type { OperatorReason } from '../../vocabulary/reason-codes.ts'
import {
  CONTRACT,
  type Millis,
  type Money,
  PRICE_CENT,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
} from '../../vocabulary/units.ts'
import type { Valuation } from './valuation.ts'

/** Orders in a row that may take nothing before it is given up; the book is read anew for each. */
const IDLE_ROUNDS = 5
const ROUND_MS = 1_000
/** Whoever asked for it is not to be surprised by it minutes later. */
const LONGEST_MS = 60_000

/** Why it has ended; 'working' while it has not. */
export type FlattenState =
  | 'working'
  | 'flat'
  | 'limit-reached'
  | 'timed-out'
  | 'interrupted'
  | 'refused'

/** Why it cannot begin. */
export type FlattenRefusal =
  | 'nothing-held'
  | 'flattening'
  | 'market-not-tradable'
  | 'recovering'
  | 'book-dark'
  | 'book-stale'

/** One flattening, from its beginning to its end. */
export interface FlattenRun {
  state: FlattenState
  readonly side: Side
  readonly limit: Price
  /** What was held when it began. */
  readonly asked: Quantity
  readonly startedAt: Millis
  endedAt: Millis
  orders: number
  filled: Quantity
  /** Sum of price x contracts. */
  turnover: Money
  fees: Money
}

/** The part of a maker's state that is read and changed. */
interface Maker {
  readonly book: Book
  readonly feed: FeedState
  readonly ledger: Ledger
  readonly execution: Execution
  readonly valuation: Valuation
  readonly recovery: { readonly isDone: boolean }
  readonly exchange: { readonly isPaused: boolean }
  readonly market: Market | null
  readonly grid: PriceGrid
  readonly parameters: Parameters
  operator: 'run' | 'pause' | 'halt' | 'stop'
  operatorReason: OperatorReason
  log(
    level: LogLevel,
    event: string,
    detail: Record<string, string | number | boolean | null>,
  ): void
}

/** It may still trade, or may have traded what the ledger does not have yet. */
export const isUnsettled = (order: Order): boolean =>
  (!isOver(order.status) && !order.foreign) || unread(order) > 0

export class Flatten {
  /** The one that runs, or the last one; null before the first. */
  run: FlattenRun | null = null
  readonly #maker: Maker
  /** Rounds in a row that took nothing, and what had been filled before the last one. */
  #idle = 0
  #filledBefore: Quantity = 0
  #notBefore: Millis = 0

  constructor(maker: Maker) {
    this.#maker = maker
  }

  get isWorking(): boolean {
    return this.run?.state === 'working'
  }

  /** The side that closes what is held. */
  get side(): Side {
    return this.#maker.ledger.position > 0 ? 'ask' : 'bid'
  }

  /** Why it cannot begin now; null where it can. */
  refusal(at: Millis): FlattenRefusal | null {
    const { ledger, market } = this.#maker
    if (ledger.position === 0) return 'nothing-held'
    if (this.isWorking) return 'flattening'
    if (market === null || !isTradable(market.status) || at >= market.closeAt) {
      return 'market-not-tradable'
    }
    return this.#unfit(at)
  }

  /**
   * The limit that gives up so many cents against the best price of others, or against the mark
   * where nobody is on that side; null without either.
   */
  limitWithin(slippageCents: number): Price | null {
    const { valuation, grid } = this.#maker
    const isLong = this.side === 'ask'
    const best = valuation.liquidation(null, 1)?.worst ?? null
    const { mark } = valuation
    const from = best ?? (mark === null ? null : mark.cents * PRICE_CENT)
    if (from === null) return null
    const given = slippageCents * PRICE_CENT
    const limit = isLong ? grid.ceil(from - given) : grid.floor(from + given)
    return Math.min(grid.highest, Math.max(grid.lowest, limit))
  }

  /** Begins; false where nothing is held. Waits for a book, and for our own quotes to go. */
  begin(limit: Price, at: Millis): boolean {
    const { ledger } = this.#maker
    if (ledger.position === 0 || this.isWorking) return false
    const { side } = this
    const asked = Math.abs(ledger.position)
    const sums = { orders: 0, filled: 0, turnover: 0, fees: 0 }
    this.run = { state: 'working', side, limit, asked, startedAt: at, endedAt: 0, ...sums }
    this.#idle = 0
    this.#filledBefore = 0
    this.#notBefore = 0
    this.#pauseFor('flattening')
    const contracts = asked / CONTRACT
    this.#maker.log('warn', 'flatten', { side, contracts, limit: limit / PRICE_ONE })
    return true
  }

  /** A brake has tripped: flattens where the strategy says so. */
  onBrake(at: Millis): void {
    const { flatten_on_brake: wanted, flatten_slippage: cents } = this.#maker.parameters.strategy
    if (wanted !== 'on') return
    const limit = this.limitWithin(cents)
    if (limit !== null) this.begin(limit, at)
  }

  /**
   * The maker is about to obey a command; returns the reason to show for it. What a person wants
   * ends this: what is on its way is on its way, and nothing follows. A pause that the shell only
   * gives again, because the desk or the storage has answered, lets it go on.
   */
  obeying(command: Command, reason: OperatorReason, at: Millis): OperatorReason {
    if (command !== 'pause' || reason === ('operator' as string)) this.interrupt(at)
    const isRepeated = this.isWorking && reason === ('flattened' as string)
    return (isRepeated ? 'flattening' : (reason as string)) as OperatorReason
  }

  interrupt(at: Millis): void {
    if (this.isWorking) this.#end('interrupted', at)
  }

  /** A fill of one of its orders. */
  onFill({ price, quantity, fee }: Fill): void {
    const { run } = this
    if (run === null) return
    run.filled += quantity
    run.turnover += price * quantity
    run.fees += fee
  }

  /** Sends the next order where the last one is known to have ended. Runs at every decision. */
  step(at: Millis): void {
    const { run } = this
    if (run === null || run.state !== 'working') return
    const { ledger, execution } = this.#maker
    const { orders } = execution
    // With an order on its way, nobody knows yet what is held.
    const isBusy = orders.live.some(isUnsettled)
    if (!isBusy && (ledger.position === 0 || this.side !== run.side)) this.#end('flat', at)
    else if (at >= run.startedAt + LONGEST_MS) this.#end('timed-out', at)
    else {
      execution.wakeBy(run.startedAt + LONGEST_MS)
      if (isBusy || this.#unfit(at) !== null) return
      if (at < this.#notBefore) execution.wakeBy(this.#notBefore)
      else this.#round(run, at)
    }
  }

  /** Reads the book anew and takes what it shows within the limit, as much as one order may. */
  #round(run: FlattenRun, at: Millis): void {
    const { execution, valuation, parameters, ledger } = this.#maker
    if (run.orders > 0 && run.filled > this.#filledBefore) this.#idle = 0
    if (this.#idle >= IDLE_ROUNDS) {
      this.#end('limit-reached', at)
      return
    }
    const most = Math.min(Math.abs(ledger.position), parameters.limits.max_order_size)
    // Foreign orders that are left alone must not be met.
    const within = shortOf(run.side, run.limit, execution.orders.live, this.#maker.grid)
    const there = valuation.liquidation(within, most)
    if (there === null || there.worst === null) {
      this.#idle++
      this.#wait(at)
      return
    }
    const { limit, side } = run
    const wish = { side, price: there.worst, quantity: there.filled, take: { limit } }
    const why = execution.take(wish, this.#view(), at)
    if (why === null) {
      this.#filledBefore = run.filled
      this.#idle++
      run.orders++
      this.#notBefore = this.#idle > 1 ? at + ROUND_MS : 0
    } else if (why === 'not-reducing' || why === 'fat-finger' || why === 'off-grid') {
      this.#maker.log('error', 'flatten-refused', { reason: why })
      this.#end('refused', at)
    }
  }

  #wait(at: Millis): void {
    this.#notBefore = at + ROUND_MS
    this.#maker.execution.wakeBy(this.#notBefore)
  }

  /** Why nothing may be taken now. */
  #unfit(at: Millis): FlattenRefusal | null {
    const { feed, book, recovery, market, parameters, exchange } = this.#maker
    if (market === null || !isTradable(market.status)) return 'market-not-tradable'
    if (exchange.isPaused) return 'market-not-tradable'
    if (!feed.isUp || !book.isLive || book.isCrossed) return 'book-dark'
    const { stale_rule: rule, stale_after_seconds: seconds } = parameters.strategy
    if (at >= feed.staleAt(rule, seconds * 1000)) return 'book-stale'
    return recovery.isDone ? null : 'recovering'
  }

  #view(): RiskView {
    const { parameters, grid, ledger, execution } = this.#maker
    const { limits } = parameters
    return { limits, grid, ledger, orders: execution.orders, bestBid: 0, bestAsk: PRICE_ONE }
  }

  #end(state: FlattenState, at: Millis): void {
    const run = this.run!
    run.state = state
    run.endedAt = at
    if (this.#maker.operatorReason === ('flattening' as string)) this.#pauseFor('flattened')
    const { filled, fees, turnover, orders } = run
    this.#maker.log('warn', 'flatten-ended', {
      ...{ state, orders, contracts: filled / CONTRACT },
      average: filled === 0 ? null : turnover / filled / PRICE_ONE,
      ...{ fees: fees / 1e6, position: this.#maker.ledger.position / CONTRACT },
    })
  }

  /** A halt outlasts this. */
  #pauseFor(reason: 'flattening' | 'flattened'): void {
    const maker = this.#maker
    if (maker.operator !== 'run' && maker.operator !== 'pause') return
    maker.operator = 'pause'
    maker.operatorReason = reason as string as OperatorReason
  }
}
