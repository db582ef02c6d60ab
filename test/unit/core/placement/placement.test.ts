// The innermost quote among its neighbours: which price wins, and how outer quotes give way.

import { describe, expect, it } from 'vitest'
import { Book } from '../../../../src/core/book/book.ts'
import { emptyCalendar } from '../../../../src/core/guards/calendar.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { Placement } from '../../../../src/core/placement/placement.ts'
import { Quoter } from '../../../../src/core/pricing/quoter.ts'
import type { Programme } from '../../../../src/core/vocabulary/events.ts'
import { PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import type { Limits, Strategy } from '../../../../src/core/vocabulary/parameters.ts'
import { marketOf, parametersOf, rest, T0 } from '../../../helpers/core.ts'

/** The model wants 43, and yet fills thin out so fast that 44 would earn more. */
const EAGER = { k: 1.2, min_half_spread: 1.5 }

interface Given {
  readonly bids?: readonly number[]
  readonly asks?: readonly number[]
  readonly strategy?: Partial<Strategy>
  readonly limits?: Partial<Limits>
  readonly orders?: Orders
  readonly programmes?: readonly Programme[]
  /** Maker fee coefficient, millionths. */
  readonly fee?: number
}

/** Where a queue never ends, the level goes before it does: a tick too high for an edge below 1. */
const ENDLESS = { fee: 17_500, bids: [4400, 9_000_000, 4300, 9_000_000] }

const PROGRAMME: Programme = {
  ...{ startAt: T0 - 1000, endAt: T0 + 86_400_000, rewardDollars: 50_000 },
  ...{ discount: 0.1, targetQuantity: 100_000 },
}

/** The model's own prices are 43 and 47, around a fair value of 45. */
const placed = (given: Given = {}) => {
  const book = new Book()
  book.snapshot([...(given.bids ?? [4400, 5000])], [...(given.asks ?? [4600, 5000])])
  const fees = { maker: given.fee ?? 0, taker: 70_000, source: 'quadratic' }
  const market = marketOf({ fees })
  const grid = new PriceGrid(market.priceRanges)
  const quoter = new Quoter()
  const orders = given.orders ?? new Orders()
  const parameters = parametersOf({
    strategy: { sigma: 0, gamma: 0, k: 1 / 1.4, min_half_spread: 0, ...given.strategy },
    limits: { ...given.limits },
  })
  quoter.observed.refresh(book, orders.ownSize, grid, T0)
  quoter.configure(parameters, market, grid)
  quoter.price(0, 0, emptyCalendar(), T0)
  const placement = new Placement(quoter, book, orders)
  placement.programmes = given.programmes ?? []
  const { strategy } = parameters
  placement.apply('bid', strategy, grid, T0)
  placement.apply('ask', strategy, grid, T0)
  const of = (side: 'bid' | 'ask') => ({
    prices: [...quoter.sides[side].price],
    place: quoter.reasons[side].place,
    price: quoter.reasons[side].price,
  })
  return { bid: of('bid'), ask: of('ask'), quotes: quoter.quotes }
}

describe('the placing of the innermost quote', () => {
  it('joins a thin level of others that pays, on both sides alike', () => {
    const { bid, ask, quotes } = placed({ bids: [4400, 100], asks: [4600, 100], strategy: EAGER })
    expect(bid).toMatchObject({ place: 'join', price: 44 })
    expect(ask).toMatchObject({ place: 'join', price: 46 })
    expect(quotes).toEqual({ bid: 4400, ask: 4600 })
  })

  it('stays out of a long queue', () => {
    const asks = [4600, 9_000_000]
    expect(placed({ ...ENDLESS, asks }).bid).toMatchObject({ place: 'model', price: 43 })
    const short = placed({ bids: [4400, 500], asks: [4600, 500], fee: 17_500, strategy: EAGER })
    expect(short.bid).toMatchObject({ place: 'join', price: 44 })
  })

  it('stays with an order that is well ahead in its queue', () => {
    const orders = new Orders()
    const order = rest(orders, 'bid', 4400, 1000)
    order.place.join(0, T0)
    order.place.price = 4400
    const bids = [4400, 61_000]
    expect(placed({ bids, orders, fee: 17_500 }).bid).toMatchObject({ place: 'stay', price: 44 })
    expect(placed({ bids, fee: 17_500 }).bid).toMatchObject({ place: 'model', price: 43 })
  })

  describe('where a programme pays as much further back', () => {
    const even = { ...PROGRAMME, discount: 1 }
    const strategy = { levels: 3, incentives: 'on' as const }
    const given = { ...ENDLESS, strategy, programmes: [even] }

    it('moves the outer quotes out of the way, a tick each', () => {
      // The further back, the less is lost; so the innermost steps to where the second level was.
      const { bid } = placed(given)
      expect(bid).toMatchObject({ place: 'step-back', prices: [4200, 4100, 4000] })
    })

    it('drops outer quotes for which the limits leave no price', () => {
      const { bid } = placed({ ...given, limits: { min_price: 4100 } })
      expect(bid.prices).toEqual([4200, 4100, 0])
    })
  })

  it('never leaves the limits of price', () => {
    const { bid } = placed({
      bids: [4400, 100],
      asks: [4600, 100],
      strategy: EAGER,
      limits: { max_price: 4350 },
    })
    expect(bid).toMatchObject({ place: 'model', price: 43 })
  })

  it('adds no quote to a side that has none', () => {
    const { bid } = placed({ limits: { min_price: 4400 } })
    expect(bid).toMatchObject({ prices: [0, 0, 0], place: 'model' })
  })

  it('counts what a running programme pays, and only if asked to', () => {
    const programme = PROGRAMME
    const bids = [4400, 3_000_000, 4300, 100, 4200, 100]
    const given = { bids, asks: [4600, 3_000_000], fee: 17_500 }
    const on = { strategy: { incentives: 'on' as const } }
    const without = placed(given).bid.price
    expect(without).toBeLessThan(44)
    expect(placed({ ...given, ...on, programmes: [programme] }).bid.price).toBe(44)
    expect(placed({ ...given, programmes: [programme] }).bid.price).toBe(without)
    const over = { ...programme, endAt: T0 }
    expect(placed({ ...given, ...on, programmes: [over] }).bid.price).toBe(without)
  })
})
