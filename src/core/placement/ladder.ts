// Matches resting orders to the levels of a side that shows several quotes.
//
// When the market moves by a tick, every quote of a side is wanted a tick further. If each order
// followed its own quote, all would lose their places in the queue; but most of the new prices are
// already held by a neighbour. So orders swap levels instead, and only the one left over moves.

import type { Order, Orders } from '../orders/orders.ts'
import { mayStay, type PlanRules, type Target } from '../orders/planning.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Price, Side } from '../vocabulary/units.ts'

const isRight = (order: Order, target: Target | null, tick: Price, rules: PlanRules): boolean =>
  target !== null && (order.price === target.price || mayStay(order, target, tick, rules))

/**
 * Gives a resting order the level of another quote where its own quote would make it move and the
 * other one would not. Orders in flight or on their way out keep their level.
 * @param targets by level, null where a level is to show nothing
 */
export const reassignLevels = (
  orders: Orders,
  side: Side,
  targets: readonly (Target | null)[],
  tick: Price,
  rules: PlanRules,
): void => {
  for (let level = 0; level < MOST_LEVELS; level++) {
    const target = targets[level] ?? null
    const holder = orders.slot(side, level)
    if (target === null) continue
    if (holder !== null && (!isFree(holder) || isRight(holder, target, tick, rules))) continue
    // The first resting order that is right for this quote and not for its own; best at its price.
    let better: Order | null = null
    for (let other = 0; other < MOST_LEVELS && better?.price !== target.price; other++) {
      if (other === level) continue
      const order = orders.slot(side, other)
      if (order === null || !isFree(order)) continue
      if (isRight(order, targets[other] ?? null, tick, rules)) continue
      const fits = better === null && mayStay(order, target, tick, rules)
      if (fits || order.price === target.price) better = order
    }
    if (better === null) continue
    if (holder !== null) holder.level = better.level
    better.level = level
  }
}

const isFree = (order: Order): boolean =>
  order.status === 'resting' && !order.cancelWanted && !order.adopted
