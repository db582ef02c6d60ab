// From a book to two quotes: without our own orders, with costs, limits and a horizon.

import { describe, expect, it } from 'vitest'
import { Book } from '../../../../src/core/book/book.ts'
import { emptyCalendar } from '../../../../src/core/guards/calendar.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { Quoter } from '../../../../src/core/pricing/quoter.ts'
import { feePerContractCents } from '../../../../src/core/vocabulary/fees.ts'
import { type Market, PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import { marketOf, parametersOf, rest, T0 } from '../../../helpers/core.ts'
import { CENTS, priced, TENTHS } from '../../../helpers/priced.ts'

/**
 * A quoter that looks at a book of others; says whether their best prices or sizes have changed.
 */
const observer = () => {
  const book = new Book()
  const quoter = new Quoter()
  const grid = new PriceGrid(CENTS)
  const look = (ms = 0): boolean => quoter.observed.refresh(book, () => 0, grid, T0 + ms)
  return { book, quoter, look }
}

describe('the book of others', () => {
  it('is the book without our own orders, so that we never follow ourselves', () => {
    const orders = new Orders()
    rest(orders, 'bid', 4400, 1000)
    rest(orders, 'ask', 4600, 1000)
    const book = { bids: [4400, 1000, 4000, 50], asks: [4600, 1000, 5600, 50] }
    const quoter = priced({ book, orders })
    expect(quoter.top).toEqual({ bid: 4000, bidSize: 50, ask: 5600, askSize: 50 })
    expect(quoter.input.fair).toBe(48)
    expect(priced({ book }).input.fair).toBe(45)
  })

  it('takes our part out of a shared level, which moves the weighted mid', () => {
    const orders = new Orders()
    rest(orders, 'bid', 4400, 2000)
    const book = { bids: [4400, 3000], asks: [4600, 1000] }
    const strategy = { fair_value: 'micro' } as const
    expect(priced({ book, orders, strategy }).input.fair).toBe(45)
    expect(priced({ book, strategy }).input.fair).toBe(45.5)
  })

  it('that is all ours has no fair value, and nothing is quoted', () => {
    const orders = new Orders()
    rest(orders, 'ask', 4600, 1000)
    const quoter = priced({ book: { bids: [4400, 10], asks: [4600, 1000] }, orders })
    expect([quoter.observed.isTwoSided, quoter.quotes]).toEqual([false, { bid: null, ask: null }])
  })

  it('is refreshed only when its best prices or sizes have changed', () => {
    const { book, quoter, look } = observer()
    expect(look()).toBe(false)
    book.snapshot([4400, 5, 4300, 5], [4600, 5])
    expect(look()).toBe(true)
    expect(look()).toBe(false)
    book.delta('bid', 4300, 7)
    expect(look()).toBe(false)
    book.delta('bid', 4400, 7)
    expect(look()).toBe(true)
    book.darken('gap')
    expect(look()).toBe(false)
    expect(quoter.top.bid).toBe(4400)
  })

  it('feeds order flow and volatility with what others do', () => {
    const { book, quoter, look } = observer()
    book.snapshot([4400, 500], [4600, 500])
    look()
    book.delta('bid', 4400, 300)
    look()
    expect(quoter.estimators.flow.lastChange).toBe(300)
    book.delta('bid', 4500, 100)
    look(1000)
    expect(quoter.estimators.volatility.explain(T0 + 2000, 3600, false).seen).toBeGreaterThan(0)
  })
})

describe('the mid', () => {
  it('is halfway, in cents', () => {
    expect(priced().observed.mid).toBe(45)
    expect(priced({ book: { bids: [4400, 1], asks: [4510, 1] } }).observed.mid).toBe(44.55)
  })

  it('is null while a side is empty and while the book is crossed or locked', () => {
    const mid = (bids: number[], asks: number[]) => priced({ book: { bids, asks } }).observed.mid
    expect([mid([], [4600, 1]), mid([4400, 1], [])]).toEqual([null, null])
    expect([mid([4700, 1], [4600, 1]), mid([4600, 1], [4600, 1])]).toEqual([null, null])
  })

  it('of a crossed book is no news to the estimators', () => {
    const { book, quoter, look } = observer()
    book.snapshot([4400, 500], [4600, 500])
    look()
    book.delta('bid', 4700, 100)
    expect(look(10)).toBe(true)
    expect(quoter.estimators.flow.lastChange).toBe(0)
    expect(quoter.estimators.volatility.explain(T0 + 2000, 3600, false).seen).toBe(0)
  })
})

describe('quotes', () => {
  it('go outward to the grid: 43.6 and 46.4 are 43 and 47 on whole cents', () => {
    expect(priced().quotes).toEqual({ bid: 4300, ask: 4700 })
    expect(priced({ market: { priceRanges: TENTHS } }).quotes).toEqual({ bid: 4360, ask: 4640 })
    expect(priced().silence).toEqual({ bid: null, ask: null })
  })

  it('follow signals and lean against the position', () => {
    const market = { priceRanges: TENTHS }
    expect(priced({ market, alpha: 0.5 }).quotes).toEqual({ bid: 4410, ask: 4690 })
    const strategy = { sigma: 1, gamma: 0.001, horizon_seconds: 100 }
    const long = priced({ market, strategy, position: 10 })
    // skew: 10 contracts x 0.001 x 1 x 100 s = 1 cent down.
    expect(long.pricing.skew).toBeCloseTo(-1, 12)
    expect(long.pricing.reservation).toBeCloseTo(44, 12)
  })

  it.each([
    ['no bid', { bids: [], asks: [4600, 100] }],
    ['no ask', { bids: [4400, 100], asks: [] }],
    ['nothing', { bids: [], asks: [] }],
  ])('with %s from others are none, and both sides say why', (_, book) => {
    const quoter = priced({ book })
    expect(quoter.quotes).toEqual({ bid: null, ask: null })
    expect(quoter.silence).toEqual({ bid: 'one-sided-book', ask: 'one-sided-book' })
    expect(quoter.input.fair).toBeNaN()
  })

  it('come back with their reasons gone when the other side does', () => {
    const { book, quoter, look } = observer()
    const price = (): void => {
      look()
      const parameters = parametersOf({ strategy: { sigma: 0 } })
      quoter.configure(parameters, marketOf(), new PriceGrid(CENTS))
      quoter.price(0, 0, emptyCalendar(), T0)
    }
    book.snapshot([4400, 100], [])
    price()
    expect(quoter.silence.bid).toBe('one-sided-book')
    book.delta('ask', 4600, 100)
    price()
    expect(quoter.silence).toEqual({ bid: null, ask: null })
    expect(quoter.quotes.bid).not.toBe(null)
  })

  it('outside the grid are silent, not clamped', () => {
    const quoter = priced({ book: { bids: [100, 10], asks: [200, 10] } })
    expect([quoter.quotes.bid, quoter.silence]).toEqual([null, { bid: 'outside-grid', ask: null }])
  })
})

describe('the price band', () => {
  it('silences a quote beyond its near end: clamping would give the edge away', () => {
    const low = priced({ limits: { min_price: 4400 } })
    expect(low.quotes).toEqual({ bid: null, ask: 4700 })
    expect(low.silence).toEqual({ bid: 'price-band', ask: null })
    const high = priced({ limits: { max_price: 4600 } })
    expect(high.quotes).toEqual({ bid: 4300, ask: null })
    expect(high.silence).toEqual({ bid: null, ask: 'price-band' })
  })

  it('brings back one beyond its far end, which only costs us the trade', () => {
    // A bid of 43 where nothing above 40.50 may be bid: 40 on the grid. The ask is out.
    const low = priced({ limits: { max_price: 4050 } })
    expect(low.quotes).toEqual({ bid: 4000, ask: null })
    const high = priced({ limits: { min_price: 5050 } })
    expect(high.quotes).toEqual({ bid: null, ask: 5100 })
    expect(high.silence).toEqual({ bid: 'price-band', ask: null })
  })

  it('lets its own edges be quoted', () => {
    const edges = priced({ limits: { min_price: 4300, max_price: 4700 } })
    expect(edges.quotes).toEqual({ bid: 4300, ask: 4700 })
  })
})

describe('costs', () => {
  const maker = { maker: 17_500, taker: 70_000, source: 'quadratic_with_maker_fees' }

  it('widen a quote by the maker fee beyond half a tick, and by nothing below it', () => {
    const fee = feePerContractCents(maker.maker, 45)
    expect(fee).toBeCloseTo(1.75 * 0.45 * 0.55, 12)
    const addon = (market: Partial<Market>): number => priced({ market }).input.addonBid
    expect(addon({ fees: maker, priceRanges: TENTHS })).toBeCloseTo(fee - 0.05, 12)
    // A whole-cent tick already earns half a cent by rounding outward: more than 0.43 cents.
    expect(addon({ fees: maker, priceRanges: CENTS })).toBe(0)
    expect(addon({ priceRanges: TENTHS })).toBe(0)
  })
})

describe('the horizon', () => {
  const horizon = (market: Partial<Market>, cap = 300): number =>
    priced({ market, strategy: { horizon_seconds: cap } }).input.horizon

  it('is the time to the expected end, at most the cap', () => {
    expect([horizon({}), horizon({ expectedAt: T0 + 90_000 })]).toEqual([300, 90])
    expect(horizon({ expectedAt: T0 + 90_000 }, 60)).toBe(60)
  })

  it('goes by the close once the expected end has passed, and is never negative', () => {
    expect(horizon({ expectedAt: T0 - 1, closeAt: T0 + 30_000 })).toBe(30)
    expect(horizon({ expectedAt: T0 - 1, closeAt: T0 - 1 })).toBe(0)
  })

  it('is short near the end, and so are skew and volatility width', () => {
    const strategy = { sigma: 1, gamma: 0.001, horizon_seconds: 100 }
    const far = priced({ strategy, position: 10 })
    const near = priced({ strategy, position: 10, market: { expectedAt: T0 + 10_000 } })
    expect(near.pricing.skew).toBeCloseTo(far.pricing.skew / 10, 12)
    expect(near.pricing.volatilityPart).toBeCloseTo(far.pricing.volatilityPart / 10, 12)
  })
})

describe('volatility', () => {
  it('is the operator’s where one is set, else estimated', () => {
    expect(priced({ strategy: { sigma: 0.2 } }).input.sigma2).toBeCloseTo(0.04, 12)
    expect(priced({ strategy: { sigma: null } }).input.sigma2).toBeGreaterThan(0)
  })
})
