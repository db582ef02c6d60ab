// Which resting order serves which level: orders swap levels so that as few as possible move.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Order, Orders } from '../../../../src/core/orders/orders.ts'
import {
  newRules,
  type PlanRules,
  planSide,
  type Target,
} from '../../../../src/core/orders/planning.ts'
import { reassignLevels } from '../../../../src/core/placement/ladder.ts'
import { MOST_LEVELS } from '../../../../src/core/vocabulary/parameter-table.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'
import { rest, T0 } from '../../../helpers/core.ts'

const TICK = 100
const TICKS: PlanRules = { ...newRules(), ttlMs: 120_000 }
const BREAK_EVEN: PlanRules = { ...TICKS, debounce: 'break-even', stayTowardTicks: 0.5 }

/** Orders of a side at these prices, by level; 0 for a level without one. */
const resting = (side: Side, prices: readonly number[]): Orders => {
  const orders = new Orders()
  prices.forEach((price, level) => {
    if (price > 0) rest(orders, side, price, 1000, `o${level}`).level = level
  })
  return orders
}
const targets = (prices: readonly number[], tolerance?: number): (Target | null)[] =>
  prices.map((price) => {
    if (price === 0) return null
    const plain = { price, quantity: 1000 }
    return tolerance === undefined ? plain : { ...plain, raw: price, tolerance, limit: 9900 }
  })
const held = (orders: Orders, side: Side): string[] =>
  [0, 1, 2].map((level) => {
    const order = orders.slot(side, level)
    return order === null ? '-' : `${order.clientOrderId}@${order.price}`
  })
/** How many of the side's orders would have to be amended to the targets. */
const moves = (orders: Orders, side: Side, wanted: readonly (Target | null)[], rules: PlanRules) =>
  wanted.filter((target, level) => {
    const order = orders.slot(side, level)
    if (order === null || target === null) return false
    return planSide(order, target, TICK, rules, T0 + 1e4).do === 'amend'
  }).length

describe('levels of resting orders', () => {
  it.each<[string, Side, number[], number[], string[]]>([
    [
      'up a tick: the outermost bid is the one to go',
      'bid',
      [4300, 4200, 4100],
      [4400, 4300, 4200],
      ['o2@4100', 'o0@4300', 'o1@4200'],
    ],
    [
      'down a tick: the innermost bid is',
      'bid',
      [4300, 4200, 4100],
      [4200, 4100, 4000],
      ['o1@4200', 'o2@4100', 'o0@4300'],
    ],
    [
      'asks the other way round',
      'ask',
      [4700, 4800, 4900],
      [4600, 4700, 4800],
      ['o2@4900', 'o0@4700', 'o1@4800'],
    ],
    [
      'nothing has moved: nothing changes',
      'bid',
      [4300, 4200, 4100],
      [4300, 4200, 4100],
      ['o0@4300', 'o1@4200', 'o2@4100'],
    ],
    [
      'the innermost is gone: the next one takes its place',
      'bid',
      [0, 4300, 4200],
      [4300, 4200, 4100],
      ['o1@4300', 'o2@4200', '-'],
    ],
    [
      'a level that is to show nothing gives its order away',
      'bid',
      [0, 4300, 0],
      [4300, 0, 0],
      ['o1@4300', '-', '-'],
    ],
    [
      'nobody stands where one is wanted',
      'bid',
      [4300, 0, 0],
      [4900, 4800, 4700],
      ['o0@4300', '-', '-'],
    ],
  ])('%s', (_, side, now, wanted, after) => {
    const orders = resting(side, now)
    reassignLevels(orders, side, targets(wanted), TICK, TICKS)
    expect(held(orders, side)).toEqual(after)
  })

  it('make one order of three move where the market has moved by a tick', () => {
    for (const wanted of [
      [4400, 4300, 4200],
      [4200, 4100, 4000],
    ]) {
      const orders = resting('bid', [4300, 4200, 4100])
      expect(moves(orders, 'bid', targets(wanted), TICKS)).toBe(3)
      reassignLevels(orders, 'bid', targets(wanted), TICK, TICKS)
      expect(moves(orders, 'bid', targets(wanted), TICKS)).toBe(1)
    }
  })

  it('are kept by an order that may stay where it is, although a neighbour fits better', () => {
    const orders = resting('bid', [4300, 4200, 0])
    // 43.00 and 42.00 stay within a tick of 44 and 43.
    reassignLevels(orders, 'bid', targets([4400, 4300, 0], 100), TICK, BREAK_EVEN)
    expect(held(orders, 'bid')).toEqual(['o0@4300', 'o1@4200', '-'])
  })

  it('are given to an order that may stay there, where none has the very price', () => {
    const orders = resting('bid', [0, 4300, 0])
    reassignLevels(orders, 'bid', targets([4400, 4100, 0], 100), TICK, BREAK_EVEN)
    expect(held(orders, 'bid')).toEqual(['o1@4300', '-', '-'])
  })

  it.each<[string, (order: Order) => void]>([
    ['in flight', (order) => Object.assign(order, { status: 'amending' })],
    ['on its way out', (order) => Object.assign(order, { cancelWanted: true })],
    ['adopted', (order) => Object.assign(order, { adopted: true })],
  ])('of an order %s stay its own, and nobody takes its place', (_, change) => {
    const orders = resting('bid', [4300, 4200, 4100])
    change(orders.byClient('o1')!)
    reassignLevels(orders, 'bid', targets([4400, 4300, 4200]), TICK, TICKS)
    expect(orders.slot('bid', 1)?.clientOrderId).toBe('o1')
  })

  it('are never shared: each order keeps exactly one, whatever is wanted', () => {
    const price = fc.integer({ min: 40, max: 46 }).map((cents) => cents * 100)
    const some = fc.array(fc.oneof(price, fc.constant(0)), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(some, some, fc.boolean(), (now, wanted, hold) => {
        const orders = resting('bid', now)
        const count = orders.exposedCount
        const aims = targets(wanted, hold ? 100 : undefined)
        const rules = hold ? BREAK_EVEN : TICKS
        const before = moves(orders, 'bid', aims, rules)
        reassignLevels(orders, 'bid', aims, TICK, rules)
        const levels = orders.live.map(({ level }) => level)
        expect(new Set(levels).size).toBe(count)
        expect(levels.every((level) => level >= 0 && level < MOST_LEVELS)).toBe(true)
        expect(moves(orders, 'bid', aims, rules)).toBeLessThanOrEqual(before)
      }),
    )
  })
})
