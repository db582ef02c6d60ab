// How much is wanted at each price, and which rule is named where nothing is.

import { describe, expect, it } from 'vitest'
import { Book } from '../../../../src/core/book/book.ts'
import { type CalendarState, emptyCalendar } from '../../../../src/core/guards/calendar.ts'
import { FillBurst } from '../../../../src/core/guards/fill-burst.ts'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { Quoter } from '../../../../src/core/pricing/quoter.ts'
import { Targets } from '../../../../src/core/sizing/targets.ts'
import { PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import type { Limits, Strategy } from '../../../../src/core/vocabulary/parameters.ts'
import { fillOf, marketOf, parametersOf, rest, T0 } from '../../../helpers/core.ts'

interface Given {
  readonly strategy?: Partial<Strategy>
  readonly limits?: Partial<Limits>
  /** Signed contracts, bought or sold at 45 cents. */
  readonly position?: number
  readonly calendar?: Partial<CalendarState>
  readonly orders?: Orders
  readonly burst?: FillBurst
  readonly teach?: (quoter: Quoter) => void
}

/** The linear model quotes 43 and 47 and levels a tick apart; sizes as in "10@43 10@42". */
const wanted = (given: Given = {}) => {
  const book = new Book()
  book.snapshot([4400, 5000], [4600, 5000])
  const market = marketOf()
  const grid = new PriceGrid(market.priceRanges)
  const quoter = new Quoter()
  const orders = given.orders ?? new Orders()
  const ledger = new Ledger()
  const position = given.position ?? 0
  if (position !== 0) {
    const side = position > 0 ? 'bid' : 'ask'
    ledger.apply(fillOf({ side, quantity: Math.abs(position) * 100 }))
  }
  const parameters = parametersOf({
    strategy: {
      ...{ sigma: 0, gamma: 0, k: 1 / 1.4, min_half_spread: 0, rounding: 'outward' },
      ...given.strategy,
    },
    limits: {
      ...{ max_order_size: 2000, max_position: 100_000, max_dollars_at_risk: 1e6 },
      ...given.limits,
    },
  })
  quoter.observed.refresh(book, orders.ownSize, grid, T0)
  given.teach?.(quoter)
  const calendar = { ...emptyCalendar(), ...given.calendar }
  quoter.configure(parameters, market, grid)
  quoter.price(position, 0, calendar, T0)
  const { limits } = parameters
  const view = { limits, grid, ledger, orders, bestBid: 4400, bestAsk: 4600 }
  const targets = new Targets(quoter)
  const fillBurst = given.burst ?? new FillBurst()
  const pulled = { side: 'none', until: 0 } as const
  targets.fill(parameters.strategy, view, { calendar, fillBurst, pulled }, T0)
  const show = (side: 'bid' | 'ask'): string =>
    targets.wanted[side]
      .flatMap((target) =>
        target === null ? [] : [`${target.quantity / 100}@${target.price / 100}`],
      )
      .join(' ')
  return { bid: show('bid'), ask: show('ask'), silence: { ...quoter.silence }, targets }
}
const FULL = { model: 'full' } as const
const REDUCE = { mode: 'reduce-only', reason: 'near-close' } as const

describe('what is wanted', () => {
  it('is a lot each, and of three levels 1, 1 and 2 lots a tick apart', () => {
    expect(wanted()).toMatchObject({ bid: '10@43', ask: '10@47' })
    expect(wanted({ strategy: { levels: 3 } })).toMatchObject({
      bid: '10@43 10@42 20@41',
      ask: '10@47 10@48 20@49',
    })
  })

  it('is never more than the largest order', () => {
    const given = { strategy: { levels: 3 }, limits: { max_order_size: 1500 } }
    expect(wanted(given).bid).toBe('10@43 10@42 15@41')
  })

  it('goes to the inner quotes first, and outer ones get the room that is left', () => {
    const room = (max_position: number): string =>
      wanted({ strategy: { levels: 3 }, limits: { max_position } }).bid
    expect([room(4000), room(2500)]).toEqual(['10@43 10@42 20@41', '10@43 10@42 5@41'])
    expect([room(2050), room(1400), room(600)]).toEqual(['10@43 10@42', '10@43 4@42', '6@43'])
  })

  it('leaves room for inner quotes that rest no more, whatever rests outside them', () => {
    const orders = new Orders()
    rest(orders, 'bid', 4200, 1000, 'outer').level = 1
    const given = { strategy: { levels: 2 }, limits: { max_position: 1200 }, orders }
    expect(wanted(given).bid).toBe('10@43 2@42')
  })

  it('is bounded by dollars at risk, inner quotes first', () => {
    const given = { strategy: { levels: 3 }, limits: { max_dollars_at_risk: 6.4 } }
    // 10 x 0.43 = 4.30; the rest of the money buys 5 at 0.42.
    expect(wanted(given)).toMatchObject({ bid: '10@43 5@42', ask: '10@47 2.11@48' })
  })

  it('is nothing, and says which limit, where even one contract is too much', () => {
    const full = wanted({ position: 50, limits: { max_position: 5000 } })
    expect(full).toMatchObject({ bid: '', ask: '10@47' })
    expect(full.silence).toEqual({ bid: 'position-limit', ask: null })
    const { silence } = wanted({ limits: { max_dollars_at_risk: 0.3 } })
    expect(silence).toEqual({ bid: 'risk-limit', ask: 'risk-limit' })
  })

  it('shrinks on the side that adds to the position, in the full model', () => {
    const given = { strategy: { ...FULL, size_skew: 1.5 }, limits: { max_position: 10_000 } }
    expect(wanted({ ...given, position: 50 }).targets.wanted.bid[0]?.quantity).toBe(400)
    expect(wanted({ ...given, position: 50 }).targets.wanted.ask[0]?.quantity).toBe(1000)
    expect(wanted({ ...given, position: 50, strategy: {} }).bid).toContain('10@')
  })

  it('keeps the deviation at settlement within its limit, in the full model', () => {
    // Of 45 cents: 0.4975 dollars a contract, so 8 of them are 3.98 dollars.
    const strategy = { ...FULL, size_skew: 0, levels: 3 }
    const given = { strategy, limits: { max_settlement_sd: 4 } }
    const { targets } = wanted(given)
    const sum = targets.wanted.bid.reduce((total, target) => total + (target?.quantity ?? 0), 0)
    expect(sum / 100).toBeCloseTo(4 / Math.sqrt(0.45 * 0.55), 1)
    expect(wanted({ ...given, position: 9 }).silence.bid).toBe('settlement-risk')
    expect(wanted({ ...given, strategy: { levels: 3 } }).bid).toBe('10@43 10@42 20@41')
  })

  it('is a whole lot even where thirty fills have cost more than they earned', () => {
    const teach = ({ estimators: { markouts } }: Quoter): void => {
      for (let fill = 0; fill < 30; fill++) markouts.onFill('bid', 44.9, 45, 100, T0 - 400_000)
      markouts.onFair(43, T0 - 110_000)
      markouts.onFair(45, T0 - 1)
    }
    expect(wanted({ teach, strategy: { max_markout: 3 } }).bid).toMatch(/^10@/)
    expect(wanted({ teach, strategy: { max_markout: 3 } }).ask).toMatch(/^10@/)
    expect(wanted({ teach, strategy: { max_markout: 0 } }).bid).toMatch(/^10@/)
  })

  it('lets no order stay at a price that the grid no longer has, however near it is', () => {
    const stranded = new Orders()
    rest(stranded, 'bid', 4350, 1000)
    expect(wanted({ orders: stranded }).targets.wanted.bid[0]?.raw).toBeNaN()
    const legal = new Orders()
    rest(legal, 'bid', 4300, 1000)
    expect(wanted({ orders: legal }).targets.wanted.bid[0]?.raw).toBeCloseTo(4360, 6)
  })

  it('carries what the plan needs: raw price, tolerance and the last price before others', () => {
    const target = wanted({ strategy: { levels: 2 } }).targets.wanted
    const common = { quantity: 1000, tolerance: 100, limit: 4500, step: 100 }
    expect(target.bid[0]).toEqual({ ...common, price: 4300, raw: 4360 })
    expect(target.ask[0]).toEqual({ ...common, price: 4700, raw: 4640 })
    expect(target.bid[1]?.raw).toBeLessThanOrEqual(4300)
    const placed = wanted({ strategy: { placement: 'queue' } }).targets.wanted.bid[0]
    expect(placed?.raw).toBeNaN()
  })
})

describe('while only reducing is allowed', () => {
  it('only the side that reduces is wanted, one level of it, and no more than is held', () => {
    const strategy = { levels: 3 }
    const long = wanted({ calendar: REDUCE, position: 4, strategy })
    expect(long).toMatchObject({ bid: '', ask: '4@47', silence: { bid: 'near-close', ask: null } })
    const short = wanted({ calendar: REDUCE, position: -25, strategy })
    expect(short).toMatchObject({ bid: '10@43', ask: '' })
    expect(wanted({ calendar: REDUCE }).silence).toEqual({ bid: 'near-close', ask: 'near-close' })
  })

  it('less than a contract is reduced too', () => {
    expect(wanted({ calendar: REDUCE, position: 0.25 }).ask).toBe('0.25@47')
  })

  it('fills that the ledger does not have yet count as sold', () => {
    const orders = new Orders()
    const order = rest(orders, 'ask', 4700, 1000)
    order.filled = 300
    order.remaining = 700
    expect(wanted({ calendar: REDUCE, position: 8, orders }).ask).toBe('5@47')
    orders.transition(order, 'ended', T0)
    order.filled = 800
    const nothing = { ask: '', silence: { ask: 'near-close' } }
    expect(wanted({ calendar: REDUCE, position: 8, orders })).toMatchObject(nothing)
  })

  it('a new order waits for those on their way out, and a resting one keeps its place', () => {
    const orders = new Orders()
    rest(orders, 'ask', 4800, 1000, 'outer').level = 1
    expect(wanted({ calendar: REDUCE, position: 8, orders }).ask).toBe('')
    expect(wanted({ calendar: REDUCE, position: 14, orders }).ask).toBe('4@47')
    rest(orders, 'ask', 4700, 600, 'inner')
    expect(wanted({ calendar: REDUCE, position: 8, orders }).ask).toBe('6@47')
  })

  it('a side that is being swept is pulled, and the other is not', () => {
    const burst = new FillBurst(5000)
    const fill = { side: 'ask', contracts: 1, lotContracts: 10, touchGone: false } as const
    burst.onFill({ ...fill, at: T0 - 1500, orderKey: 'a' })
    burst.onFill({ ...fill, at: T0 - 500, orderKey: 'a' })
    expect(wanted({ burst })).toMatchObject({ bid: '10@43', ask: '', silence: { ask: 'burst' } })
  })
})
