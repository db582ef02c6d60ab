// What the review lets an order take: at most the position, within its limit, and never our own.

import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { settleByFills, undelivered } from '../../../../src/core/orders/inferred-end.ts'
import { Orders } from '../../../../src/core/orders/orders.ts'
import { reviewTake, type TakeIntent } from '../../../../src/core/orders/taking.ts'
import { LINEAR_CENT, PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import { PRICE_ONE } from '../../../../src/core/vocabulary/units.ts'
import { fillOf, parametersOf, rest, T0 } from '../../../helpers/core.ts'

/** 8 contracts held long, or short; orders of at most 5. */
const setup = (side: 'bid' | 'ask' = 'bid') => {
  const ledger = new Ledger()
  ledger.apply(fillOf({ side, quantity: 800 }))
  const { limits } = parametersOf({ limits: { max_order_size: 500 } })
  const grid = new PriceGrid(LINEAR_CENT)
  const orders = new Orders()
  return { limits, grid, ledger, orders, bestBid: 0, bestAsk: PRICE_ONE }
}
const take = (changes: Partial<TakeIntent> = {}): TakeIntent => ({
  ...{ kind: 'place', clientOrderId: 'take-1', side: 'ask', price: 4400, quantity: 500 },
  ...{ expiresAt: T0, take: { limit: 4200 } },
  ...changes,
})
const verdict = (intent: TakeIntent, view = setup()): string => {
  const review = reviewTake(intent, view)
  return review.ok ? 'approved' : review.code
}

describe('an order that takes', () => {
  it('is approved where it closes a part of the position within its limit', () => {
    expect(verdict(take())).toBe('approved')
    expect(verdict(take({ side: 'bid', take: { limit: 4500 } }), setup('ask'))).toBe('approved')
  })

  it('is refused beyond its limit', () => {
    expect(verdict(take({ price: 4100 }))).toBe('beyond-limit')
    const short = take({ side: 'bid', price: 4600, take: { limit: 4500 } })
    expect(verdict(short, setup('ask'))).toBe('beyond-limit')
  })

  it('is refused where it would add, or close more than is held', () => {
    expect(verdict(take({ side: 'bid', take: { limit: 4500 } }))).toBe('not-reducing')
    const view = setup()
    view.ledger.apply(fillOf({ tradeId: 't2', side: 'ask', quantity: 400, venueAt: T0 + 1 }))
    expect(verdict(take({ quantity: 401 }), view)).toBe('not-reducing')
    expect(verdict(take({ quantity: 400 }), view)).toBe('approved')
  })

  it('counts what is already on its way, and what has filled and not arrived', () => {
    const view = setup()
    const order = view.orders.submit(take({ clientOrderId: 'take-0' }), T0, T0, -1)
    expect(verdict(take({ quantity: 300 }), view)).toBe('approved')
    expect(verdict(take({ quantity: 301 }), view)).toBe('not-reducing')
    view.orders.acknowledge(order, { orderId: 'x', filled: 500, remaining: 0, venueAt: T0 }, T0)
    expect(order.status).toBe('done')
    expect(verdict(take({ quantity: 301 }), view)).toBe('not-reducing')
  })

  it('counts what it cannot know of a lost one until the fills have been read', () => {
    const view = setup()
    const order = view.orders.submit(take({ clientOrderId: 'take-0' }), T0, T0, -1)
    view.orders.assumeFilled(order, T0 + 10_000)
    settleByFills([order], T0 + 9_999)
    expect(verdict(take({ quantity: 301 }), view)).toBe('not-reducing')
    settleByFills([order], T0 + 10_000)
    expect(undelivered(order)).toBe(500)
    expect(verdict(take({ quantity: 500 }), view)).toBe('approved')
  })

  it('is refused above the largest order, off the grid, and while a quote of ours could meet it', () => {
    expect(verdict(take({ quantity: 501 }))).toBe('fat-finger')
    expect(verdict(take({ quantity: 0 }))).toBe('fat-finger')
    expect(verdict(take({ price: 4450 }))).toBe('off-grid')
    const view = setup()
    rest(view.orders, 'bid', 4300, 1000)
    expect(verdict(take(), view)).toBe('own-cross')
  })
})
