// One decision of the quoter, from a book and whatever a test wants to be different.

import { Book } from '../../src/core/book/book.ts'
import { type CalendarState, emptyCalendar } from '../../src/core/guards/calendar.ts'
import { Orders } from '../../src/core/orders/orders.ts'
import { Quoter } from '../../src/core/pricing/quoter.ts'
import { type Market, PriceGrid } from '../../src/core/vocabulary/market.ts'
import type { Limits, Strategy } from '../../src/core/vocabulary/parameters.ts'
import { type Levels, marketOf, parametersOf, T0 } from './core.ts'

export const CENTS = [{ start: 0, end: 10_000, step: 100 }]
export const TENTHS = [{ start: 0, end: 10_000, step: 10 }]

interface Given {
  readonly book?: Levels
  readonly orders?: Orders
  readonly strategy?: Partial<Strategy>
  readonly limits?: Partial<Limits>
  readonly market?: Partial<Market>
  readonly position?: number
  readonly alpha?: number
  readonly calendar?: Partial<CalendarState>
  /** Teaches the estimators before the decision. */
  readonly teach?: (quoter: Quoter) => void
}

/**
 * Fixed volatility, no risk aversion and rounding outward unless a case is about them: quotes
 * 45 -1.4 / 45 +1.4.
 */
export const priced = (given: Given = {}): Quoter => {
  const book = new Book()
  const levels = given.book ?? { bids: [4400, 5000], asks: [4600, 5000] }
  book.snapshot(levels.bids, levels.asks)
  const market = marketOf(given.market)
  const grid = new PriceGrid(market.priceRanges)
  const quoter = new Quoter()
  const orders = given.orders ?? new Orders()
  quoter.observed.refresh(book, orders.ownSize, grid, T0)
  const parameters = parametersOf({
    strategy: {
      ...{ sigma: 0, gamma: 0, k: 1 / 1.4, min_half_spread: 0, rounding: 'outward' },
      ...given.strategy,
    },
    limits: { min_price: 1, max_price: 9999, ...given.limits },
  })
  given.teach?.(quoter)
  const calendar = { ...emptyCalendar(), ...given.calendar }
  quoter.configure(parameters, market, grid)
  quoter.price(given.position ?? 0, given.alpha ?? 0, calendar, T0)
  return quoter
}
