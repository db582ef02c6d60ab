// An invented market in which the real pricing code is asked what it would show.
//
// Everything has a default: a book of 45 to 55 c with a hundred contracts a side, so a fair value
// of 50; a day to the close; no fees; parameters as they come. A figure names only what it is
// about.

import { Book } from '../../src/core/book/book.ts'
import { emptyCalendar } from '../../src/core/guards/calendar.ts'
import { FillBurst } from '../../src/core/guards/fill-burst.ts'
import { Ledger } from '../../src/core/ledger/ledger.ts'
import { Orders } from '../../src/core/orders/orders.ts'
import { Quoter } from '../../src/core/pricing/quoter.ts'
import { Targets } from '../../src/core/sizing/targets.ts'
import { LINEAR_CENT, type Market, PriceGrid } from '../../src/core/vocabulary/market.ts'
import {
  defaultParameters,
  type Limits,
  type Strategy,
} from '../../src/core/vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_CENT, type Side } from '../../src/core/vocabulary/units.ts'

/** The figures' own moment; any would do. */
export const NOW: Millis = Date.UTC(2026, 5, 1, 12)
/** A maker fee of 0.0175 x P x (1 - P) dollars, as some series have. */
export const MAKER_FEE = 17_500

export interface Given {
  readonly strategy?: Partial<Strategy>
  readonly limits?: Partial<Limits>
  /** Contracts, signed. */
  readonly position?: number
  /** Cents and contracts of the best prices of others. */
  readonly bid?: number
  readonly ask?: number
  readonly bidSize?: number
  readonly askSize?: number
  /** Seconds to the close. */
  readonly left?: number
  /** Maker fee coefficient, millionths. */
  readonly fee?: number
  /** Signal from outside, cents. */
  readonly external?: number
  readonly widen?: number
  /** What has been learnt before the question is put. */
  readonly learn?: (quoter: Quoter, book: Book, refresh: () => void) => void
}

const parametersOf = (given: Given) => {
  const { strategy, limits } = defaultParameters()
  return {
    strategy: { ...strategy, ...given.strategy },
    limits: { ...limits, ...given.limits },
  }
}

const marketOf = (given: Given): Market => {
  const closeAt = NOW + (given.left ?? 86_400) * 1000
  return {
    ticker: 'FIGURE',
    eventTicker: 'FIGURE',
    status: 'active',
    binary: true,
    exchangeIndex: 0,
    closeAt,
    expectedAt: closeAt,
    canCloseEarly: false,
    priceRanges: LINEAR_CENT,
    fees: { maker: given.fee ?? 0, taker: 70_000, source: 'quadratic' },
    result: '',
  }
}

const GRID = new PriceGrid(LINEAR_CENT)

/** A side of five levels, a hundred contracts at each of the outer four. */
const levelsOf = (touch: number, size: number, outward: 1 | -1): number[] => {
  const levels = [touch * PRICE_CENT, size * CONTRACT]
  for (let behind = 1; behind < 5; behind++) {
    const price = touch + outward * behind
    if (price > 0 && price < 100) levels.push(price * PRICE_CENT, 100 * CONTRACT)
  }
  return levels
}

/** The quoter after one decision. */
export const quoterOf = (given: Given = {}): Quoter => {
  const quoter = new Quoter()
  const orders = new Orders()
  const book = new Book()
  book.snapshot(
    levelsOf(given.bid ?? 45, given.bidSize ?? 100, -1),
    levelsOf(given.ask ?? 55, given.askSize ?? 100, 1),
  )
  const parameters = parametersOf(given)
  const { ofi_levels: depth } = parameters.strategy
  const refresh = (): void => {
    quoter.observed.refresh(book, orders.ownSize, GRID, NOW)
    if (depth > 1) quoter.observed.refreshDepth(book, orders.ownSize, depth, NOW)
  }
  refresh()
  given.learn?.(quoter, book, refresh)
  const calendar = { ...emptyCalendar(), widen: given.widen ?? 1 }
  const { position = 0, external = 0 } = given
  quoter.configure(parameters, marketOf(given), GRID)
  quoter.price(position, external, calendar, NOW)
  return quoter
}

/** The price of a side before rounding, cents. */
export const rawOf = (side: Side, given: Given = {}): number => quoterOf(given).reasons[side].raw

/** The price of a side as it would be shown, cents; NaN where it shows none. */
export const priceOf = (side: Side, given: Given = {}): number => {
  const price = quoterOf(given).quotes[side]
  return price === null ? Number.NaN : price / PRICE_CENT
}

/** Half the distance between the two prices before rounding, cents. */
export const halfOf = (given: Given = {}): number => {
  const { pricing } = quoterOf(given)
  return (pricing.halfBid + pricing.halfAsk) / 2
}

/** How far inventory moves both prices, cents. */
export const skewOf = (given: Given = {}): number => quoterOf(given).pricing.skew

export interface Shown {
  /** Cents. */
  readonly price: number
  /** Contracts. */
  readonly size: number
}

/** What each side would show, innermost first, with nothing resting yet. */
export const shownOf = (given: Given = {}): Readonly<Record<Side, readonly Shown[]>> => {
  const quoter = quoterOf(given)
  const parameters = parametersOf(given)
  const ledger = new Ledger()
  ledger.position = (given.position ?? 0) * CONTRACT
  ledger.cost = ledger.position * quoter.input.fair * PRICE_CENT
  const { bid: bestBid, ask: bestAsk } = quoter.top
  const { limits } = parameters
  const view = { limits, grid: GRID, ledger, orders: new Orders(), bestBid, bestAsk }
  const targets = new Targets(quoter)
  const pulled = { side: 'none', until: 0 } as const
  const guards = { calendar: emptyCalendar(), fillBurst: new FillBurst(), pulled }
  targets.fill(parameters.strategy, view, guards, NOW)
  const listed = (side: Side): Shown[] =>
    targets.wanted[side].flatMap((target) =>
      target === null
        ? []
        : [{ price: target.price / PRICE_CENT, size: target.quantity / CONTRACT }],
    )
  return { bid: listed('bid'), ask: listed('ask') }
}

/** Contracts that a side would show innermost; 0 for none. */
export const sizeOf = (side: Side, given: Given = {}): number => shownOf(given)[side][0]?.size ?? 0
