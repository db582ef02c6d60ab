// The plan for one quote, case by case; then the waits that keep it from moving with every frame.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderStatus } from '../../../../src/core/orders/lifecycle.ts'
import { type Order, Orders } from '../../../../src/core/orders/orders.ts'
import {
  askMayStay,
  bidMayStay,
  breakEvenTolerance,
  type Plan,
  type PlanRules,
  planSide,
  type Target,
} from '../../../../src/core/orders/planning.ts'
import { alter, type OrderChanges, rest, T0 } from '../../../helpers/core.ts'

const RULES: PlanRules = {
  debounce: 'ticks',
  stayTowardTicks: 0.5,
  dwellMs: 1000,
  minMoveTicks: 1,
  minMoveMs: 2000,
  refillBelow: 0.5,
  ttlMs: 120_000,
  amendMoves: true,
}
const TICK = 100

/** A bid of 10 contracts at 45 cents, sent at T0 and expiring 120 s later. */
const bid = (changes: OrderChanges = {}): Order =>
  alter(rest(new Orders(), 'bid', 4500, 1000), changes)
const target = (price = 4500, quantity = 1000): Target => ({ price, quantity })

interface Situation {
  readonly order?: Order | null
  readonly target?: Target | null
  readonly rules?: Partial<PlanRules>
  readonly wrongSince?: number
  /** ms after T0 */
  readonly after?: number
}

const plan = ({ order = bid(), target: wanted = target(), ...more }: Situation): Plan => {
  if (order !== null && more.wrongSince !== undefined) order.wrongSince = more.wrongSince
  return planSide(order, wanted, TICK, { ...RULES, ...more.rules }, T0 + (more.after ?? 1000))
}

/** A plan as a line of text: what, and with which numbers. */
const tell = (made: Plan): string => {
  switch (made.do) {
    case 'keep':
      return `keep ${Number.isFinite(made.again) ? made.again - T0 : 'for good'}`
    case 'place':
      return `place ${made.target.quantity} at ${made.target.price}`
    case 'amend':
      return `amend to ${made.remaining} at ${made.price}`
    case 'decrease':
      return `decrease to ${made.remaining}`
    default:
      return made.do
  }
}

describe('the plan for one side', () => {
  const left = (remaining: number): Situation => ({ order: bid({ remaining }) })
  const by = (rules: Partial<PlanRules>): Situation => ({ rules })
  const at = (price: number, more: Situation = {}): Situation => ({
    target: target(price),
    ...more,
  })
  const wrong = (after: number): Situation => ({ wrongSince: T0 + after })

  it.each<[string, Situation, string]>([
    ['nothing wanted and nothing there', { order: null, target: null }, 'keep for good'],
    ['a quote wanted and nothing there', { order: null }, 'place 1000 at 4500'],
    ['the wanted quote is there', {}, 'keep 60000'],
    ['a little was filled', left(500), 'keep 60000'],
    ['less than half is left', left(499), 'amend to 1000 at 4500'],
    [
      'less than half is left and topping up is off',
      { ...left(1), ...by({ refillBelow: 0 }) },
      'keep 60000',
    ],
    ['more is there than is wanted', { target: target(4500, 700) }, 'decrease to 700'],
    ['half of its life is over', { after: 60_000 }, 'renew'],
    ['not quite half of its life is over', { after: 59_999 }, 'keep 60000'],
    ['it is one tick off', at(4600), 'keep 3000'],
    ['it is one tick off the other way', at(4400), 'keep 3000'],
    ['it is more than one tick off', at(4700), 'amend to 1000 at 4700'],
    ['it is more than one tick off downward', at(4300), 'amend to 1000 at 4300'],
    ['a tick off where any move acts', at(4600, by({ minMoveTicks: 0 })), 'amend to 1000 at 4600'],
    ['it is a tick off for not quite 2 s', at(4600, { ...wrong(1000), after: 2999 }), 'keep 3000'],
    [
      'it has been one tick off for two seconds',
      at(4600, { ...wrong(1000), after: 3000 }),
      'amend to 1000 at 4600',
    ],
    [
      'it is off by more, but amends may not move it',
      at(4700, by({ amendMoves: false })),
      'cancel',
    ],
    // Only the shrinking keeps its place in the queue.
    ['it is one tick off and too large', { target: target(4600, 700) }, 'decrease to 700'],
    ['a tick off at half of its life', at(4600, { ...wrong(59_000), after: 60_000 }), 'renew'],
    // Renewal comes first.
    ['a tick off with long patience', at(4600, by({ minMoveMs: 3_600_000 })), 'keep 60000'],
  ])('%s', (_, situation, wanted) => {
    expect(tell(plan(situation))).toBe(wanted)
  })

  it.each<[OrderStatus, string, string]>([
    // status, with a target, without one
    ['submitting', 'wait', 'cancel'],
    ['resting', 'keep 60000', 'cancel'],
    ['amending', 'wait', 'cancel'],
    ['canceling', 'wait', 'wait'],
    ['unknown', 'wait', 'cancel'],
  ])('an order that is %s: %s with a target, %s without', (status, wanted, unwanted) => {
    expect(tell(plan({ order: bid({ status }) }))).toBe(wanted)
    expect(tell(plan({ order: bid({ status }), target: null }))).toBe(unwanted)
  })

  it('an order without a name cannot be canceled yet', () => {
    for (const status of ['submitting', 'unknown'] as const) {
      const order = bid({ status, orderId: '' })
      expect(tell(plan({ order, target: null }))).toBe('wait')
    }
  })

  it('a guard takes the quote away at once, whatever was planned', () => {
    const order = bid()
    plan({ order, target: target(4600) })
    expect(tell(plan({ order, target: null }))).toBe('cancel')
    expect(order.wrongSince).toBe(0)
  })
})

describe('the wait for a small move', () => {
  it('begins when the price is first wrong, and keeps its beginning while it stays wrong', () => {
    const order = bid()
    plan({ order, target: target(4600), after: 1000 })
    plan({ order, target: target(4400), after: 2500 })
    expect(order.wrongSince).toBe(T0 + 1000)
    expect(tell(plan({ order, target: target(4600), after: 3000 }))).toBe('amend to 1000 at 4600')
  })

  it('starts over once the price has been right', () => {
    const order = bid()
    plan({ order, target: target(4600), after: 1000 })
    plan({ order, target: target(4500), after: 2000 })
    expect(order.wrongSince).toBe(0)
    expect(tell(plan({ order, target: target(4600), after: 3500 }))).toBe('keep 5500')
  })

  it('starts over with every request: a quote just moved has not been wrong for long', () => {
    // Moved at 3000 after two seconds of being wrong; the target has gone on meanwhile.
    const order = bid({ price: 4600, wrongSince: T0 + 1000, requests: { sentAt: T0 + 3000 } })
    expect(tell(plan({ order, target: target(4700), after: 3100 }))).toBe('keep 5000')
    expect(tell(plan({ order, target: target(4700), after: 5000 }))).toBe('amend to 1000 at 4700')
  })
})

describe('break-even', () => {
  /** Prices in cents: a bid resting at 48; tolerances: away 0.9, toward half a tick. */
  const RESTING = bid({ price: 4800 })
  const wanting = (raw: number, changes: Partial<Target> = {}): Target => ({
    ...{ price: Math.floor(raw) * 100, quantity: 1000, raw: raw * 100, tolerance: 90, limit: 9800 },
    ...changes,
  })
  const rules = { debounce: 'break-even', minMoveTicks: 0, minMoveMs: 0 } as const
  const decide = (raw: number, changes: Partial<Target> = {}, after = 5000): string =>
    tell(plan({ order: RESTING, target: wanting(raw, changes), rules, after }))

  it.each([
    [47.2, 'keep 60000'],
    [47.1, 'keep 60000'],
    [47.05, 'amend to 1000 at 4700'],
    [48.0, 'keep 60000'],
    [49.4, 'keep 60000'],
    [49.5, 'amend to 1000 at 4900'],
  ])('a bid at 48 where %s is wanted: %s', (raw, made) => {
    expect(decide(raw)).toBe(made)
  })

  it('is the mirror image for an ask', () => {
    const order = rest(new Orders(), 'ask', 5200, 1000)
    const rules = { debounce: 'break-even' } as const
    const ask = (raw: number): string => {
      const price = { price: Math.ceil(raw) * 100, quantity: 1000, raw: raw * 100 }
      return tell(
        plan({ order, target: { ...price, tolerance: 90, limit: 200 }, rules, after: 5000 }),
      )
    }
    expect([52.8, 52.95, 52, 50.6, 50.5].map(ask)).toEqual([
      'keep 60000',
      'amend to 1000 at 5300',
      'keep 60000',
      'keep 60000',
      'amend to 1000 at 5100',
    ])
  })

  it('goes no further than the last price before others: beyond it, any price moves', () => {
    expect(decide(48.2, { limit: 4800 })).toBe('keep 60000')
    expect(decide(47.5, { limit: 4700 })).toBe('amend to 1000 at 4700')
  })

  it('lets an order rest a while before it moves to a better price, and not to a worse one', () => {
    expect(decide(49.5, {}, 999)).toBe('keep 1000')
    expect(decide(49.5, {}, 1000)).toBe('amend to 1000 at 4900')
    expect(decide(47.05, {}, 0)).toBe('amend to 1000 at 4700')
  })

  it('does not apply to a price chosen among its neighbours: it has none', () => {
    expect(decide(47.2, { raw: Number.NaN })).toBe('amend to 1000 at 4700')
  })

  it('tops up and shrinks at the price where it stays', () => {
    const order = bid({ price: 4800, remaining: 400 })
    const rules = { debounce: 'break-even' } as const
    const made = plan({ order, target: wanting(47.2), rules })
    expect(made).toMatchObject({ do: 'amend', remaining: 1000 })
    const large = bid({ price: 4800 })
    expect(tell(plan({ order: large, target: wanting(47.2, { quantity: 300 }), rules }))).toBe(
      'decrease to 300',
    )
  })
})

describe('a bid resting at 48 with a tick of 1, .9 away and .5 toward', () => {
  const stays = { 46: false, 47.05: false, 47.1: true, 47.2: true, 48: true, 49.4: true }
  it.each(Object.entries({ ...stays, 49.5: false, 52: false, NaN: false }))(
    'at a wanted price of %s stays: %s',
    (raw, wanted) => {
      expect(bidMayStay(48, Number(raw), 1, 0.9, 0.5)).toBe(wanted)
    },
  )

  it('says the same in Price units', () => {
    const stays = [4710, 4705, 4950].map((raw) => bidMayStay(4800, raw, 100, 90, 50))
    expect(stays).toEqual([true, false, false])
  })
})

describe('an ask', () => {
  it('stays while the wanted price is little higher, or not much more than a tick lower', () => {
    const stays = [52.8, 52.95, 50.6, 50.5].map((raw) => askMayStay(52, raw, 1, 0.9, 0.5))
    expect(stays).toEqual([true, false, true, false])
  })

  it('at 100 - b does what a bid at b does', () => {
    const cents = fc.integer({ min: 1, max: 9999 }).map((hundredths) => hundredths / 100)
    const near = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100)
    const part = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100)
    fc.assert(
      fc.property(cents, near, fc.constantFrom(0.1, 1), part, part, (b, by, tick, away, toward) => {
        const bid = bidMayStay(b, b + by, tick, away, toward)
        expect(askMayStay(100 - b, 100 - (b + by), tick, away, toward)).toBe(bid)
      }),
      { seed: 20_261_201, numRuns: 2000 },
    )
  })
})

describe('the tolerance away from the market', () => {
  it('is what the half-spread has above break-even, from a quarter of a tick to a tick', () => {
    expect(breakEvenTolerance(1.64, 0.74, 1)).toBeCloseTo(0.9, 12)
    const ofTick = [0.8, 0.5, 5].map((half) => breakEvenTolerance(half, 0.74, 1))
    expect(ofTick).toEqual([0.25, 0.25, 1])
    expect(breakEvenTolerance(5, 0.74, 0.1)).toBe(0.1)
  })
})
