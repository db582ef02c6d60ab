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

/** Cents of each level, innermost first; '-' for a level without an order. */
const pricesOf = (levels: string): number[] =>
  levels.split(' ').map((cents) => (cents === '-' ? 0 : Number(cents) * 100))
const resting = (side: Side, levels: string): Orders => {
  const orders = new Orders()
  pricesOf(levels).forEach((price, level) => {
    if (price > 0) rest(orders, side, price, 1000, `o${level}`).level = level
  })
  return orders
}
const targets = (levels: string, tolerance?: number): (Target | null)[] =>
  pricesOf(levels).map((price) => {
    if (price === 0) return null
    const plain = { price, quantity: 1000 }
    return tolerance === undefined ? plain : { ...plain, raw: price, tolerance, limit: 9900 }
  })
const held = (orders: Orders, side: Side): string =>
  [0, 1, 2]
    .map((level) => {
      const order = orders.slot(side, level)
      return order === null ? '-' : `${order.clientOrderId}@${order.price / 100}`
    })
    .join(' ')
/** How many of the side's orders would have to be amended to the targets. */
const moves = (orders: Orders, side: Side, wanted: readonly (Target | null)[], rules: PlanRules) =>
  wanted.filter((target, level) => {
    const order = orders.slot(side, level)
    if (order === null || target === null) return false
    return planSide(order, target, TICK, rules, T0 + 1e4).do === 'amend'
  }).length

describe('levels of resting orders', () => {
  it.each<[string, Side, string, string, string]>([
    // now, wanted, after
    ['up a tick: the outermost bid goes', 'bid', '43 42 41', '44 43 42', 'o2@41 o0@43 o1@42'],
    ['down a tick: the innermost bid goes', 'bid', '43 42 41', '42 41 40', 'o1@42 o2@41 o0@43'],
    ['asks the other way round', 'ask', '47 48 49', '46 47 48', 'o2@49 o0@47 o1@48'],
    ['nothing has moved: nothing changes', 'bid', '43 42 41', '43 42 41', 'o0@43 o1@42 o2@41'],
    [
      'the innermost is gone: the next takes its place',
      'bid',
      '- 43 42',
      '43 42 41',
      'o1@43 o2@42 -',
    ],
    [
      'a level that is to show nothing gives its order away',
      'bid',
      '- 43 -',
      '43 - -',
      'o1@43 - -',
    ],
    ['nobody stands where one is wanted', 'bid', '43 - -', '49 48 47', 'o0@43 - -'],
  ])('%s', (_, side, now, wanted, after) => {
    const orders = resting(side, now)
    reassignLevels(orders, side, targets(wanted), TICK, TICKS)
    expect(held(orders, side)).toBe(after)
  })

  it.each(['44 43 42', '42 41 40'])(
    'make one order of three move to %s from 43 42 41',
    (wanted) => {
      const orders = resting('bid', '43 42 41')
      expect(moves(orders, 'bid', targets(wanted), TICKS)).toBe(3)
      reassignLevels(orders, 'bid', targets(wanted), TICK, TICKS)
      expect(moves(orders, 'bid', targets(wanted), TICKS)).toBe(1)
    },
  )

  it('are kept by an order that may stay where it is, although a neighbour fits better', () => {
    const orders = resting('bid', '43 42 -')
    // 43.00 and 42.00 stay within a tick of 44 and 43.
    reassignLevels(orders, 'bid', targets('44 43 -', 100), TICK, BREAK_EVEN)
    expect(held(orders, 'bid')).toBe('o0@43 o1@42 -')
  })

  it('are given to an order that may stay there, where none has the very price', () => {
    const orders = resting('bid', '- 43 -')
    reassignLevels(orders, 'bid', targets('44 41 -', 100), TICK, BREAK_EVEN)
    expect(held(orders, 'bid')).toBe('o1@43 - -')
  })

  it.each<[string, (order: Order) => void]>([
    ['in flight', (order) => Object.assign(order, { status: 'amending' })],
    ['on its way out', (order) => Object.assign(order, { cancelWanted: true })],
    ['adopted', (order) => Object.assign(order, { adopted: true })],
  ])('of an order %s stay its own, and nobody takes its place', (_, change) => {
    const orders = resting('bid', '43 42 41')
    change(orders.byClient('o1')!)
    reassignLevels(orders, 'bid', targets('44 43 42'), TICK, TICKS)
    expect(orders.slot('bid', 1)?.clientOrderId).toBe('o1')
  })

  it('are never shared: each order keeps exactly one, whatever is wanted', () => {
    const level = fc.oneof(fc.integer({ min: 40, max: 46 }).map(String), fc.constant('-'))
    const some = fc.tuple(level, level, level).map((levels) => levels.join(' '))
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
