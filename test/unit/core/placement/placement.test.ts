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
}

/** The model's own prices are 43 and 47, around a fair value of 45. */
const placed = (given: Given = {}) => {
  const book = new Book()
  book.snapshot([...(given.bids ?? [4400, 5000])], [...(given.asks ?? [4600, 5000])])
  const market = marketOf()
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
    const { bid } = placed({ bids: [4400, 5_000_000], asks: [4600, 5_000_000] })
    expect(bid.place).not.toBe('join')
    expect(bid.price).toBeLessThan(44)
  })

  it('stays with an order that is well ahead in its queue', () => {
    const orders = new Orders()
    const order = rest(orders, 'bid', 4300, 1000)
    order.place.join(0, T0)
    order.place.price = 4300
    const bids = [4400, 60_000, 4300, 61_000]
    expect(placed({ bids, orders }).bid).toMatchObject({ place: 'stay', price: 43 })
  })

  it('moves the outer quotes out of the way, a tick each', () => {
    // The queue at 44 and 43 is endless, so the innermost steps back to where the second level was.
    const bids = [4400, 9_000_000, 4300, 9_000_000]
    const { bid } = placed({ bids, strategy: { levels: 3 } })
    expect(bid.place).toBe('step-back')
    const [first, second, third] = bid.prices
    expect([first, second, third]).toEqual([4200, 4100, 4000])
  })

  it('drops outer quotes for which the limits leave no price', () => {
    const bids = [4400, 9_000_000, 4300, 9_000_000]
    const limits = { min_price: 4100 }
    expect(placed({ bids, strategy: { levels: 3 }, limits }).bid.prices).toEqual([4200, 4100, 0])
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
    const programme: Programme = {
      ...{ startAt: T0 - 1000, endAt: T0 + 86_400_000, rewardDollars: 50_000 },
      ...{ discount: 0.1, targetQuantity: 100_000 },
    }
    const bids = [4400, 3_000_000, 4300, 100, 4200, 100]
    const given = { bids, asks: [4600, 3_000_000] }
    const on = { strategy: { incentives: 'on' as const } }
    const without = placed(given).bid.price
    expect(without).toBeLessThan(44)
    expect(placed({ ...given, ...on, programmes: [programme] }).bid.price).toBe(44)
    expect(placed({ ...given, programmes: [programme] }).bid.price).toBe(without)
    const over = { ...programme, endAt: T0 }
    expect(placed({ ...given, ...on, programmes: [over] }).bid.price).toBe(without)
  })
})
