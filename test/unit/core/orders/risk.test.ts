// The last word: every refusal, and the law that no set of fills takes us beyond the limits.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { exposureOf } from '../../../../src/core/orders/exposure.ts'
import { type Order, Orders } from '../../../../src/core/orders/orders.ts'
import { approveCancel, type RiskView, review, room } from '../../../../src/core/orders/risk.ts'
import type { AmendIntent, Intent, PlaceIntent } from '../../../../src/core/vocabulary/events.ts'
import { LINEAR_CENT, PriceGrid } from '../../../../src/core/vocabulary/market.ts'
import { DOLLAR, PRICE_ONE, type Side } from '../../../../src/core/vocabulary/units.ts'
import {
  alter,
  fillOf,
  type OrderChanges,
  parametersOf,
  reportOf,
  rest,
  T0,
} from '../../../helpers/core.ts'

const GRID = new PriceGrid(LINEAR_CENT)
/** Of an order that may still fill. */
const STATUSES = ['submitting', 'resting', 'amending', 'canceling', 'unknown'] as const

/** Limits: 10 contracts an order, 50 held, $50 at risk, 1 to 99 cents; others at 40 and 60. */
const viewOf = (changes: Partial<RiskView> = {}): RiskView => ({
  ...{ limits: parametersOf().limits, grid: GRID, ledger: new Ledger(), orders: new Orders() },
  ...{ bestBid: 4000, bestAsk: 6000 },
  ...changes,
})
const holding = (side: Side, quantity: number, price: number): Ledger => {
  const ledger = new Ledger()
  if (quantity > 0) ledger.apply(fillOf({ side, quantity, price }))
  return ledger
}
const limits = (changes: Partial<RiskView['limits']>): RiskView['limits'] =>
  parametersOf({ limits: changes }).limits
const withOrders = (...add: ((orders: Orders) => unknown)[]): Orders => {
  const orders = new Orders()
  for (const each of add) each(orders)
  return orders
}

const place = (side: Side, price: number, quantity = 1000): PlaceIntent => {
  const asked = { side, price, quantity, expiresAt: T0 + 120_000 }
  return { kind: 'place', clientOrderId: 'new', ...asked }
}
const amend = (order: Order, price: number, remaining: number): AmendIntent => {
  const { clientOrderId, orderId, side, filled } = order
  const asked = { price, total: filled + remaining, expiresAt: T0 + 240_000 }
  return { kind: 'amend', clientOrderId, orderId, side, ...asked }
}
/** Our orders with one bid of 10 that rests at this price. */
const withBid = (price: number, quantity = 1000) => {
  const orders = new Orders()
  return { orders, order: rest(orders, 'bid', price, quantity) }
}
const verdict = (intent: Intent, view: RiskView): string => {
  const made = review(intent, view)
  return made.ok ? 'approved' : made.code
}

describe('the review of an order', () => {
  it.each<[string, Intent, Partial<RiskView>, string]>([
    ['a plain bid', place('bid', 4500), {}, 'approved'],
    ['a plain ask', place('ask', 5500), {}, 'approved'],
    ['more than an order may have', place('bid', 4500, 1001), {}, 'fat-finger'],
    ['nothing', place('bid', 4500, 0), {}, 'fat-finger'],
    ['less than nothing', place('bid', 4500, -1), {}, 'fat-finger'],
    ['a size that is no number', place('bid', 4500, Number.NaN), {}, 'fat-finger'],
    ['a price between ticks', place('bid', 4550), {}, 'off-grid'],
    ['a price of zero', place('bid', 0), {}, 'off-grid'],
    ['a price of a dollar', place('ask', 10_000), {}, 'off-grid'],
    ['below the band', place('bid', 300), { limits: limits({ min_price: 400 }) }, 'price-band'],
    ['above the band', place('ask', 9700), { limits: limits({ max_price: 9600 }) }, 'price-band'],
    ['the band’s own edge', place('bid', 400), { limits: limits({ min_price: 400 }) }, 'approved'],
    ['a bid at the best ask', place('bid', 6000), {}, 'would-cross'],
    ['a bid just below the best ask', place('bid', 5900), {}, 'approved'],
    ['an ask at the best bid', place('ask', 4000), {}, 'would-cross'],
    ['an ask just above the best bid', place('ask', 4100), {}, 'approved'],
    ['a bid where nobody asks', place('bid', 9900), { bestAsk: PRICE_ONE }, 'approved'],
    ['an ask where nobody bids', place('ask', 100), { bestBid: 0 }, 'approved'],
  ])('%s', (_, intent, view, wanted) => {
    expect(verdict(intent, viewOf(view))).toBe(wanted)
  })

  it('says what was found and what was wanted', () => {
    const made = review(place('bid', 4500, 1001), viewOf())
    expect(made.ok ? '' : made.detail).toBe('Refused bid of 10.01: limits.max_order_size is 10.00')
  })

  it('lets cancels and decreases through, whatever else holds', () => {
    const view = viewOf({ ledger: holding('bid', 9000, 9000), bestBid: 9000, bestAsk: 100 })
    const named = { clientOrderId: 'a', orderId: 'b', side: 'bid' } as const
    expect(verdict({ kind: 'cancel', ...named }, view)).toBe('approved')
    expect(verdict({ kind: 'decrease', ...named, remaining: 1, by: 99 }, view)).toBe('approved')
    const cancel = { kind: 'cancel', ...named } as const
    expect(approveCancel(cancel)).toBe(cancel)
  })
})

describe('our own orders', () => {
  const asks = (change: OrderChanges = {}): Orders =>
    withOrders((orders) => alter(rest(orders, 'ask', 5500, 1000), change))

  it.each<[string, OrderChanges, number, string]>([
    ['at our ask', {}, 5500, 'own-cross'],
    ['below our ask', {}, 5400, 'approved'],
    ['at where our ask moves', { status: 'amending', next: { price: 5200 } }, 5200, 'own-cross'],
    ['at where our ask was', { status: 'amending', next: { price: 5700 } }, 5500, 'own-cross'],
    ['at our ask of unknown fate', { status: 'unknown' }, 5500, 'own-cross'],
    ['at our ask that is being canceled', { status: 'canceling' }, 5500, 'own-cross'],
    ['at our ask that is gone', { status: 'done', remaining: 0 }, 5500, 'approved'],
  ])('a bid %s', (_, change, price, wanted) => {
    expect(verdict(place('bid', price), viewOf({ orders: asks(change) }))).toBe(wanted)
  })

  it('an ask at our bid', () => {
    const orders = withOrders((all) => rest(all, 'bid', 4500, 1000))
    expect(verdict(place('ask', 4500), viewOf({ orders }))).toBe('own-cross')
    expect(verdict(place('ask', 4600), viewOf({ orders }))).toBe('approved')
  })

  it.each(STATUSES)('a second bid while the first is %s', (status) => {
    const orders = withOrders((all) => Object.assign(rest(all, 'bid', 4400, 100), { status }))
    expect(verdict(place('bid', 4500, 100), viewOf({ orders }))).toBe('two-orders')
  })

  it('a second bid once the first is done', () => {
    const orders = withOrders((all) => all.transition(rest(all, 'bid', 4400, 100), 'ended', T0))
    expect(verdict(place('bid', 4500, 100), viewOf({ orders }))).toBe('approved')
  })

  it('an amend is not a second order, and is judged by what it leaves resting', () => {
    const { orders, order } = withBid(4400)
    orders.applyFill(order, 600, T0 + 1, T0 + 1)
    const view = viewOf({ orders })
    expect(verdict(amend(order, 4500, 1000), view)).toBe('approved')
    expect(verdict(amend(order, 4500, 1001), view)).toBe('fat-finger')
    expect(verdict(amend(order, 6000, 1000), view)).toBe('would-cross')
  })

  it('a renewal opens nothing, so it passes a touch that has moved and a full limit', () => {
    const { orders, order } = withBid(4500)
    const view = viewOf({ orders, ledger: holding('bid', 5000, 4500), bestAsk: 4500 })
    expect(verdict(amend(order, 4500, 1000), view)).toBe('approved')
    expect(verdict(amend(order, 4500, 1001), view)).toBe('fat-finger')
    expect(verdict(amend(order, 4400, 1000), view)).toBe('position-limit')
  })

  it('a renewal outside a narrowed band or above a lowered size is refused', () => {
    const { orders, order } = withBid(4500)
    const band = viewOf({ orders, limits: limits({ min_price: 4600 }) })
    expect(verdict(amend(order, 4500, 1000), band)).toBe('price-band')
    const size = viewOf({ orders, limits: limits({ max_order_size: 900 }) })
    expect(verdict(amend(order, 4500, 1000), size)).toBe('fat-finger')
  })
})

describe('the position limit', () => {
  type Held = [side: Side, quantity: number]
  it.each<[string, Held, Held, string]>([
    ['a bid that just fits', ['bid', 4000], ['bid', 1000], 'approved'],
    ['a bid of a hundredth too much', ['bid', 4001], ['bid', 1000], 'position-limit'],
    ['an ask that just fits', ['ask', 4000], ['ask', 1000], 'approved'],
    ['an ask of a hundredth too much', ['ask', 4001], ['ask', 1000], 'position-limit'],
    ['a bid that closes a short', ['ask', 5000], ['bid', 1000], 'approved'],
    ['an ask that closes a long', ['bid', 5000], ['ask', 1000], 'approved'],
  ])('%s', (_, [held, quantity], [side, size], wanted) => {
    const ledger = holding(held, quantity, 5000)
    const view = viewOf({ ledger, limits: limits({ max_dollars_at_risk: 1000 }) })
    expect(verdict(place(side, 5000, size), view)).toBe(wanted)
  })

  // 35 held; the new bid is of 10; so up to 5 more may be exposed or undelivered.
  const left = (orders: Orders): number => {
    const view = {
      ledger: holding('bid', 3500, 4500),
      limits: limits({ max_dollars_at_risk: 1000 }),
    }
    return room('bid', 4500, viewOf({ orders, ...view }), null).quantity
  }

  it('counts every order that can still fill, and at the larger end of an amend', () => {
    const put = (change: OrderChanges): Orders =>
      withOrders((orders) => alter(rest(orders, 'bid', 4500, 400), change))
    expect(left(new Orders())).toBe(1500)
    for (const status of ['submitting', 'resting', 'canceling', 'unknown'] as const) {
      expect([status, left(put({ status }))]).toEqual([status, 1100])
    }
    expect(left(put({ status: 'amending', next: { remaining: 1000 } }))).toBe(500)
    expect(left(put({ status: 'amending', next: { remaining: 100 } }))).toBe(1100)
    expect(left(withOrders((orders) => rest(orders, 'ask', 5500, 400)))).toBe(1500)
    expect(left(withOrders((orders) => orders.adopt(reportOf({ remaining: 400 }), T0)))).toBe(1100)
  })

  it('counts what is reported as filled before the fills have come', () => {
    const { orders, order } = withBid(4500, 400)
    orders.applyReport(order, reportOf({ filled: 300, remaining: 100, venueAt: T0 + 1 }), T0 + 1)
    expect(left(orders)).toBe(1100)
    orders.applyReport(order, reportOf({ filled: 400, remaining: 0, status: 'executed' }), T0 + 2)
    expect(order.status).toBe('done')
    expect(left(orders)).toBe(1100)
  })

  it('goes on counting them after the order’s level has left the book', () => {
    const { orders, order } = withBid(4500, 400)
    orders.applyReport(order, reportOf({ filled: 400, remaining: 0, status: 'executed' }), T0 + 2)
    orders.sweep(T0 + 5000)
    expect(left(orders)).toBe(1100)
    orders.applyFill(order, 400, T0 + 2, T0 + 5001)
    expect(left(orders)).toBe(1500)
  })
})

describe('the dollar limit', () => {
  const risky = (dollars: number, ledger = new Ledger(), orders = new Orders()): RiskView => {
    const both = limits({ max_dollars_at_risk: dollars, max_position: 1_000_000 })
    return viewOf({ ledger, orders, limits: both })
  }

  it.each<[string, Side, number, number, string]>([
    ['10 bids at 45 cents cost $4.50', 'bid', 4500, 4.5, 'approved'],
    ['10 bids at 45 cents are too much for $4.49', 'bid', 4500, 4.49, 'risk-limit'],
    ['10 asks at 55 cents can lose $4.50', 'ask', 5500, 4.5, 'approved'],
    ['10 asks at 55 cents are too much for $4.49', 'ask', 5500, 4.49, 'risk-limit'],
  ])('%s', (_, side, price, dollars, wanted) => {
    expect(verdict(place(side, price), risky(dollars))).toBe(wanted)
  })

  it('counts what a long loses if the answer is NO and a short if it is YES', () => {
    const long = holding('bid', 1000, 4500)
    expect(verdict(place('bid', 4500), risky(9, long))).toBe('approved')
    expect(verdict(place('bid', 4500), risky(8.99, long))).toBe('risk-limit')
    const short = holding('ask', 1000, 5500)
    expect(verdict(place('ask', 5500), risky(9, short))).toBe('approved')
    expect(verdict(place('ask', 5500), risky(8.99, short))).toBe('risk-limit')
  })

  it('lets a position be closed when it could not be opened', () => {
    expect(verdict(place('ask', 5500), risky(1, holding('bid', 1000, 4500)))).toBe('approved')
    expect(verdict(place('bid', 4500), risky(1, holding('ask', 1000, 5500)))).toBe('approved')
  })

  it('counts the others of the side at the worse end of a move', () => {
    const orders = withOrders((all) =>
      alter(rest(all, 'bid', 3000, 1000), { status: 'amending', next: { price: 4000 } }),
    )
    const left = { quantity: 1000, by: 'risk-limit' }
    expect(room('bid', 5000, risky(9, new Ledger(), orders), null)).toEqual(left)
  })

  it('leaves out the order that is being replaced', () => {
    const { orders, order } = withBid(4500)
    expect(room('bid', 4500, risky(4.5, new Ledger(), orders), order).quantity).toBe(1000)
    expect(room('bid', 4500, risky(4.5, new Ledger(), orders), null).quantity).toBe(0)
  })
})

// The worst case, found by trying everything: each order unfilled, filled at one end or the other,
// with and without its undelivered fills; then each outcome. Knows nothing of how room() counts.
interface Ends {
  readonly side: Side
  readonly ways: readonly { readonly price: number; readonly quantity: number }[]
}
interface Worst {
  readonly position: number
  readonly loss: number
}

const filledOrNot = (price: number, quantity: number) =>
  [0, quantity].map((size) => ({ price, quantity: size }))

const endsOf = (order: Order): Ends => {
  const late = Math.max(0, order.filled - order.booked)
  const resting = order.status === 'done' ? [0] : [0, order.remaining, order.next.remaining]
  const ways = [{ price: order.price, quantity: 0 }]
  for (const price of [order.price, order.next.price]) {
    for (const quantity of resting) ways.push({ price, quantity: quantity + late })
  }
  return { side: order.side, ways }
}

const worstCase = (ledger: Ledger, orders: readonly Ends[]): Worst => {
  let position = 0
  let loss = 0
  const visit = (index: number, held: number, paid: number): void => {
    if (index < orders.length) {
      const { side, ways } = orders[index]!
      const sign = side === 'bid' ? 1 : -1
      const tried = new Set<string>()
      for (const { price, quantity } of ways) {
        const key = quantity === 0 ? '' : `${price} ${quantity}`
        if (tried.has(key)) continue
        tried.add(key)
        visit(index + 1, held + sign * quantity, paid + sign * quantity * price)
      }
      return
    }
    position = Math.max(position, Math.abs(held))
    for (const settlement of [0, PRICE_ONE]) {
      loss = Math.max(loss, paid - held * settlement)
    }
  }
  visit(0, ledger.position, ledger.cost)
  return { position, loss }
}

const aCent = fc.integer({ min: 1, max: 99 }).map((cents) => cents * 100)
const aSide = fc.constantFrom<Side>('bid', 'ask')
const anOrder = fc.record({
  side: aSide,
  price: aCent,
  nextPrice: aCent,
  remaining: fc.integer({ min: 0, max: 1000 }),
  nextRemaining: fc.integer({ min: 0, max: 1000 }),
  late: fc.constantFrom(0, 0, 1, 200),
  status: fc.constantFrom(...STATUSES, 'done' as const),
})
const aWorld = fc.record({
  fills: fc.array(
    fc.record({ side: aSide, price: aCent, quantity: fc.integer({ min: 1, max: 2000 }) }),
    { maxLength: 5 },
  ),
  orders: fc.array(anOrder, { maxLength: 4 }),
  spare: fc.integer({ min: 0, max: 2000 }),
  spareDollars: fc.integer({ min: 0, max: 12 }),
})

type World = typeof aWorld extends fc.Arbitrary<infer T> ? T : never

const build = (world: World): { view: RiskView; ends: Ends[]; ledger: Ledger } => {
  const ledger = new Ledger()
  world.fills.forEach((fill, n) => {
    ledger.apply(fillOf({ ...fill, tradeId: `t${n}`, venueAt: T0 + n }))
  })
  const orders = new Orders()
  world.orders.forEach(({ side, price, nextPrice, late, ...given }, n) => {
    const asked = { clientOrderId: `o${n}`, side, price, quantity: 1, expiresAt: T0 }
    const order = orders.submit(asked, T0)
    const done = given.status === 'done'
    const settled = given.status !== 'amending' && given.status !== 'unknown'
    alter(order, {
      orderId: `x${n}`,
      status: given.status,
      filled: late,
      remaining: done ? 0 : given.remaining,
      next: {
        remaining: done ? 0 : settled ? given.remaining : given.nextRemaining,
        price: settled ? price : nextPrice,
      },
    })
  })
  const ends = orders.live.map(endsOf)
  // Limits that today's worst case keeps, with a little to spare; quarters of a dollar are exact.
  const worst = worstCase(ledger, ends)
  const dollars = Math.ceil((worst.loss / DOLLAR) * 4) / 4 + world.spareDollars / 4
  const view = viewOf({
    ledger,
    orders,
    bestBid: 0,
    bestAsk: PRICE_ONE,
    limits: limits({
      ...{ max_order_size: 1_000_000, max_position: worst.position + world.spare },
      max_dollars_at_risk: dollars,
    }),
  })
  return { view, ends, ledger }
}

const within = (worst: Worst, view: RiskView): boolean =>
  worst.position <= view.limits.max_position &&
  worst.loss <= view.limits.max_dollars_at_risk * DOLLAR

describe('while reducing', () => {
  it('every order that may still fill counts, an outer one whose cancel hangs too', () => {
    const { orders, order } = withBid(4200, 400)
    const short = { orders, ledger: holding('ask', 400, 5000), reducing: true }
    expect(verdict(amend(order, 4300, 400), viewOf(short))).toBe('approved')
    alter(rest(orders, 'bid', 4000, 288, 'outer'), { level: 1, status: 'canceling' })
    expect(verdict(amend(order, 4300, 400), viewOf(short))).toBe('position-limit')
    expect(verdict(amend(order, 4300, 112), viewOf(short))).toBe('approved')
    expect(verdict(amend(order, 4300, 400), viewOf({ ...short, reducing: false }))).toBe('approved')
  })

  it('nothing opens a position', () => {
    expect(verdict(place('bid', 4200), viewOf({ reducing: true }))).toBe('position-limit')
  })
})

describe('for any position and any orders', () => {
  it('room is the most that keeps the worst case within the limits: one more would not', () => {
    fc.assert(
      fc.property(aWorld, aSide, aCent, (world, side, price) => {
        const { view, ends, ledger } = build(world)
        const having = (quantity: number): Worst =>
          worstCase(ledger, [...ends, { side, ways: filledOrNot(price, quantity) }])
        expect(within(having(0), view)).toBe(true)
        const { quantity } = room(side, price, view, null)
        expect(within(having(quantity), view)).toBe(true)
        expect(within(having(quantity + 1), view)).toBe(false)
      }),
      { numRuns: 400 },
    )
  })

  it('no approved order lets any set of fills and any outcome exceed the limits', () => {
    let approved = 0
    fc.assert(
      fc.property(
        aWorld,
        aSide,
        aCent,
        fc.integer({ min: 1, max: 1500 }),
        fc.boolean(),
        (world, side, price, quantity, moves) => {
          const { view, ledger } = build(world)
          const own = moves ? view.orders.slot(side) : null
          if (own !== null) {
            own.status = 'resting'
            own.next.price = own.price
            own.next.remaining = own.remaining
          }
          const intent = own === null ? place(side, price, quantity) : amend(own, price, quantity)
          if (!review(intent, view).ok) return
          approved++
          const ends = view.orders.live.map(endsOf)
          if (own === null) ends.push({ side, ways: filledOrNot(price, quantity) })
          else {
            own.next.price = price
            own.next.remaining = quantity
            // Until the exchange has it, either end may fill; never the price of one with the size
            // of the other. What filled before did so at the old price.
            const late = Math.max(0, own.filled - own.booked)
            const ways = [...filledOrNot(own.price, own.remaining), { price, quantity }]
            ends.push({ side, ways: [{ price: own.price, quantity: late }] })
            ends[view.orders.live.indexOf(own)] = { side, ways }
          }
          expect(within(worstCase(ledger, ends), view)).toBe(true)
        },
      ),
      { numRuns: 1500 },
    )
    expect(approved).toBeGreaterThan(50)
  })

  it('exposure is the larger end of an order', () => {
    const { order } = withBid(4500, 400)
    expect(exposureOf(order)).toBe(400)
    order.next.remaining = 900
    expect(exposureOf(order)).toBe(900)
  })
})
