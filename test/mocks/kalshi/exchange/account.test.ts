// Money: positions, cost, realized gains, fees and what orders lock, against numbers worked by
// hand.

import { beforeEach, describe, expect, it } from 'vitest'
import { Desk, TICKER } from '../desk.ts'

/** Dollars to the exchange's integers. */
const usd = (dollars: number): number => Math.round(dollars * 1e6)

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})

describe('a ledger worked by hand', () => {
  it('buys, sells part, turns short and covers', () => {
    const held = () => {
      const { position, cost, realized, fees } = desk.ann.holding(TICKER)
      return [position / 100, cost, realized, fees, desk.ann.cash]
    }
    const wanted = (position: number, cost: number, realized: number, cash: number) =>
      // Ann rests every time, so she pays no fee (quadratic series).
      [position, usd(cost), usd(realized), 0, usd(cash)]
    desk.trade('bid', 40, 10)
    expect(held()).toEqual(wanted(10, 4, 0, 996))

    desk.trade('ask', 55, 3)
    // 3 of 10 cost 1.20; sold for 1.65.
    expect(held()).toEqual(wanted(7, 2.8, 0.45, 997.65))

    desk.trade('ask', 50, 12)
    // Closes 7 (cost 2.80) for 3.50, opens 5 NO at 0.50 each.
    expect(held()).toEqual(wanted(-5, 2.5, 1.15, 998.65))

    desk.trade('bid', 30, 5)
    // 5 NO cost 2.50 and are worth 0.70 each now.
    expect(held()).toEqual(wanted(0, 0, 2.15, 1002.15))
  })

  it('splits the cost of an odd position to a millionth, halves away from zero', () => {
    desk = new Desk({}, { priceRanges: [{ start: 0, end: 10_000, step: 1 }] })
    desk.place(desk.ann, 'bid', 33.33, 0.01)
    desk.place(desk.ann, 'bid', 33.34, 0.02)
    desk.place(desk.bob, 'ask', 33.33, 0.03)
    expect(desk.ann.holding(TICKER).cost).toBe(10_001)
    desk.place(desk.ann, 'ask', 50, 0.01)
    desk.place(desk.bob, 'bid', 50, 0.01)
    expect(desk.ann.holding(TICKER)).toMatchObject({ cost: 6_667, realized: 5_000 - 3_334 })
  })

  it('charges the recorded fee: one contract taken at 0.52 costs 0.0175', () => {
    desk.place(desk.ann, 'ask', 52, 1)
    desk.place(desk.bob, 'bid', 99, 1, { timeInForce: 'immediate_or_cancel' })
    expect(desk.bob.fills[0]).toMatchObject({ fee: 17_500, isTaker: true })
    expect(desk.bob.cash).toBe(usd(1_000 - 0.5375))
    expect(desk.ann.fills[0]).toMatchObject({ fee: 0, isTaker: false })
  })

  it('charges makers in a series that says so', () => {
    desk = new Desk({}, { feeType: 'quadratic_with_maker_fees' })
    desk.trade('ask', 50, 100)
    expect(desk.ann.holding(TICKER).fees).toBe(usd(0.4375))
    expect(desk.bob.holding(TICKER).fees).toBe(usd(1.75))
  })

  it("takes an event's override over its series, until it is cleared", () => {
    const trade = (): number => {
      desk.trade('ask', 50, 100)
      return desk.ann.fills.at(-1)!.fee
    }
    expect(trade()).toBe(0)
    desk.exchange.lifecycle.overrideFees(desk.listing.event.ticker, 'quadratic_with_maker_fees', 2)
    expect(trade()).toBe(usd(0.875))
    desk.exchange.lifecycle.overrideFees(desk.listing.event.ticker, null, null)
    expect(trade()).toBe(0)
  })
})

describe('what orders lock', () => {
  it('a bid locks its price, an ask the rest of the dollar', () => {
    desk.place(desk.ann, 'bid', 40, 10)
    expect(desk.ann.locked()).toBe(usd(4))
    desk.place(desk.ann, 'ask', 70, 10)
    expect(desk.ann.locked()).toBe(usd(7))
  })

  it('what closes a position locks nothing, the rest of the order does', () => {
    desk.trade('bid', 40, 10)
    desk.place(desk.ann, 'ask', 60, 10)
    expect(desk.ann.locked()).toBe(0)
    desk.place(desk.ann, 'ask', 70, 10)
    expect(desk.ann.locked()).toBe(usd(3))
  })

  it('the orders that would trade first count as the closing ones', () => {
    desk.trade('bid', 40, 10)
    desk.place(desk.ann, 'ask', 70, 10)
    desk.place(desk.ann, 'ask', 60, 10)
    expect(desk.ann.locked()).toBe(usd(3))
  })

  it('an order beyond the cash that is left is refused, a cancel frees it again', () => {
    const first = desk.place(desk.ann, 'bid', 60, 1_500)
    expect(desk.try(desk.ann, 'bid', 60, 200)).toMatchObject({
      status: 400,
      code: 'insufficient_balance',
    })
    desk.exchange.cancel(desk.ann, first.id)
    expect(desk.place(desk.ann, 'bid', 60, 200).status).toBe('resting')
  })

  it('an amend counts the order once', () => {
    const order = desk.place(desk.ann, 'bid', 60, 1_500)
    const grown = desk.exchange.amend(desk.ann, order.id, { price: 6_100, total: 150_000 })
    expect(grown).toBe(order)
    expect(desk.exchange.amend(desk.ann, order.id, { price: 7_000, total: 150_000 })).toMatchObject(
      { code: 'insufficient_balance' },
    )
    expect(order.price).toBe(6_100)
  })

  it('closing pays out at once', () => {
    desk.trade('ask', 40, 10)
    expect(desk.ann.cash).toBe(usd(994))
    desk.trade('bid', 40, 10)
    expect(desk.ann.cash).toBe(usd(1_000))
  })
})

describe('settlement', () => {
  it.each([
    ['yes', 1_006, 994 - 0.168],
    ['no', 996, 1_004 - 0.168],
  ] as const)('pays a dollar a contract on %s', (result, annCash, bobCash) => {
    desk.trade('bid', 40, 10)
    const total = desk.exchange.totalMoney()
    desk.exchange.lifecycle.determine(TICKER, result)
    desk.exchange.lifecycle.settle(TICKER)
    expect(desk.ann.cash).toBe(usd(annCash))
    expect(desk.bob.cash).toBe(usd(bobCash))
    expect(desk.ann.position(TICKER)).toBe(0)
    expect(desk.exchange.totalMoney()).toBe(total)
  })

  it('is refused without an outcome', () => {
    expect(() => desk.exchange.lifecycle.settle(TICKER)).toThrow(/has no outcome/)
  })
})
