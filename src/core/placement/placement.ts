// Places the innermost quote of a side where it earns most: at the model's price or next to it.
//
// In: the quoter's prices, the book, resting orders, and what a liquidity programme pays. Out: a
// better innermost price in the quoter, and outer ones moved out of its way. Off unless the
// strategy asks for it. Never knows sizes or limits on money. Allocates nothing per decision.

import type { Book } from '../book/book.ts'
import type { Orders } from '../orders/orders.ts'
import type { Quoter } from '../pricing/quoter.ts'
import type { Programme } from '../vocabulary/events.ts'
import { LINEAR_CENT, PriceGrid } from '../vocabulary/market.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Strategy } from '../vocabulary/parameters.ts'
import type { Millis, Price, Side } from '../vocabulary/units.ts'
import { CONTRACT, PRICE_ONE } from '../vocabulary/units.ts'
import { bookScore, incentiveValue, referencePrice } from './incentive.ts'
import { choosePrice, emptyPriceChoice, PennyGuard, type PriceChoiceInput } from './queue-value.ts'

/** Levels of a side that queues and a programme's score are counted over. */
const MOST_READ = 32

interface SideState {
  readonly guard: PennyGuard
  /** The improvement that was counted last, so that it is counted once. */
  lastImproved: Price
}

const sideState = (): SideState => ({ guard: new PennyGuard(), lastImproved: 0 })

export class Placement {
  /** The market's liquidity programmes, as last read. */
  programmes: readonly Programme[] = []
  readonly #states: Readonly<Record<Side, SideState>> = { bid: sideState(), ask: sideState() }
  readonly #choice = emptyPriceChoice()
  /** Others' orders on the side that is looked at, best first. */
  readonly #levels = {
    prices: new Float64Array(MOST_READ),
    sizes: new Float64Array(MOST_READ),
    count: 0,
  }
  readonly #input: PriceChoiceInput
  readonly #quoter: Quoter
  readonly #book: Book
  readonly #orders: Orders
  #programme: Programme | null = null
  #score = 0
  #reference: Price = 0
  #tick: Price = 1
  #lot = 1
  #at: Millis = 0

  constructor(quoter: Quoter, book: Book, orders: Orders) {
    this.#quoter = quoter
    this.#book = book
    this.#orders = orders
    this.#input = {
      side: 'bid',
      grid: new PriceGrid(LINEAR_CENT),
      target: 0,
      bestBid: 0,
      bestAsk: PRICE_ONE,
      fairCents: 0,
      reservationCents: 0,
      cost: 0,
      maxThrough: 0,
      arrivals: 0,
      k: 1,
      takers: 0,
      meanTrade: 1,
      theta: 0,
      nu: 0,
      levels: this.#levels,
      current: 0,
      currentAhead: 0,
      mayImprove: true,
      incentiveAt: null,
    }
  }

  /** Moves the innermost wanted price of a side to the best of its neighbours, or leaves it. */
  apply(side: Side, strategy: Strategy, grid: PriceGrid, at: Millis): void {
    const quoter = this.#quoter
    const target = quoter.quotes[side]
    if (target === null) return
    const state = this.#states[side]
    this.#gather(side, target, grid, at)
    this.#input.maxThrough = strategy.max_through
    this.#input.mayImprove = state.guard.allow(at)
    this.#readProgramme(strategy, at)
    choosePrice(this.#input, this.#choice)
    const { price, reason, improves } = this.#choice
    // Where every price near the target loses money, the model's own, further out, stands.
    if (price === 0 || price < quoter.band.low || price > quoter.band.high) return
    if (improves && price !== state.lastImproved) {
      state.guard.note(at)
      state.lastImproved = price
    }
    quoter.replaceInnermost(side, price, reason)
    this.#moveOuterLevels(side, price, grid)
  }

  /** Fills what is weighed from the quoter, the estimators and the order that rests. */
  #gather(side: Side, target: Price, grid: PriceGrid, at: Millis): void {
    const { estimators, top, pricing, input: priced, reasons } = this.#quoter
    const input = this.#input
    const order = this.#orders.slot(side)
    const resting = order !== null && order.status === 'resting' ? order : null
    input.side = side
    input.grid = grid
    input.target = target
    input.bestBid = top.bid
    input.bestAsk = top.ask
    input.fairCents = priced.fair + priced.signal
    input.reservationCents = pricing.reservation
    input.cost = reasons[side].breakEven
    input.arrivals = priced.arrivals
    input.k = priced.k
    input.takers = estimators.rates.takerRate(priced.arrivals, at)
    input.meanTrade = estimators.rates.meanTrade
    input.theta = estimators.rates.cancelRate(at)
    input.nu = estimators.rates.moveRate(at)
    input.current = resting?.price ?? 0
    input.currentAhead = resting?.place.ahead ?? 0
    const levels = this.#levels
    this.#book.levels(side, this.#orders.ownSize, MOST_READ, levels.prices, levels.sizes)
    levels.count = 0
    while (levels.count < MOST_READ && levels.sizes[levels.count]! > 0) levels.count++
  }

  /** Moves outer quotes on, by a tick each, where the innermost one has come up to them. */
  #moveOuterLevels(side: Side, innermost: Price, grid: PriceGrid): void {
    const { sides, band } = this.#quoter
    const { price, raw } = sides[side]
    let inner = innermost
    for (let level = 1; level < MOST_LEVELS; level++) {
      const wanted = price[level]!
      if (wanted === 0) return
      const next =
        side === 'bid' ? Math.min(wanted, grid.down(inner)) : Math.max(wanted, grid.up(inner))
      if (next < band.low || next > band.high || next <= 0 || next >= PRICE_ONE) {
        price.fill(0, level)
        return
      }
      if (next !== wanted) raw[level] = next
      price[level] = next
      inner = next
    }
  }

  /** Reads the programme that runs at `at`, if the strategy counts it, and everybody's score. */
  #readProgramme({ incentives, size }: Strategy, at: Millis): void {
    const input = this.#input
    const levels = this.#levels
    this.#programme = null
    input.incentiveAt = null
    if (incentives === 'off') return
    for (const programme of this.programmes) {
      if (at >= programme.startAt && at < programme.endAt) this.#programme = programme
    }
    const programme = this.#programme
    if (programme === null) return
    this.#tick = input.grid.tickAt(input.target)
    this.#lot = size
    this.#at = at
    this.#reference = referencePrice(levels, programme.targetQuantity)
    this.#score = bookScore(levels, programme, this.#tick)
    input.incentiveAt = this.#incentiveAt
  }

  /** Cents per second and contract for a lot resting at `price`. */
  readonly #incentiveAt = (price: Price): number => {
    const programme = this.#programme
    if (programme === null) return 0
    const behind = this.#input.side === 'bid' ? this.#reference - price : price - this.#reference
    const ticks = this.#reference === 0 ? 0 : Math.max(0, behind / this.#tick)
    const lot = Math.min(this.#lot, programme.targetQuantity)
    const cents = incentiveValue(programme, this.#at, lot, ticks, this.#score)
    return cents / (this.#lot / CONTRACT)
  }
}
