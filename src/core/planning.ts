// What to do about one side: the difference between the quote we want and the order that rests.
//
// Fewest calls and longest queue first: keep, then decrease, then renew, then amend, and cancel with
// a new order only where an amend is not safe. A price change acts at once only beyond X ticks, or
// when the quote has been wrong for Y seconds; a target of null (a guard) acts at once, always.

import type { Order } from './orders.ts'
import type { Millis, Price, Quantity } from './units.ts'

/** A quote that we want to show. */
export interface Target {
  readonly price: Price
  readonly quantity: Quantity
}

export interface PlanRules {
  /** X: a move of more ticks than this acts at once. */
  readonly minMoveTicks: number
  /** Y: a smaller one acts after this long, ms. */
  readonly minMoveMs: number
  /** A quote is topped up when less than this share of its target size remains. */
  readonly refillBelow: number
  /** Orders are renewed when less than half of this is left, ms. */
  readonly ttlMs: number
  /** False once an amend has been seen to trade: moves then cancel and place post-only anew. */
  readonly amendMoves: boolean
}

/** Memory of one side between decisions: since when the resting price has been wrong. */
export interface Patience {
  /** 0 while the resting price is the wanted one. */
  wrongSince: Millis
}

export type Plan =
  | { readonly do: 'keep'; readonly again: Millis }
  | { readonly do: 'wait' }
  | { readonly do: 'place'; readonly target: Target }
  | {
      readonly do: 'amend'
      readonly order: Order
      readonly price: Price
      readonly remaining: Quantity
    }
  | { readonly do: 'decrease'; readonly order: Order; readonly remaining: Quantity }
  | { readonly do: 'renew'; readonly order: Order }
  | { readonly do: 'cancel'; readonly order: Order }

const WAIT: Plan = { do: 'wait' }
const NOTHING: Plan = { do: 'keep', again: Number.POSITIVE_INFINITY }

/**
 * Decides about one side.
 * @param order the side's exposed order, or null
 * @param target the wanted quote, or null to show nothing
 * @param tick the tick at the resting price, Price units
 * @returns 'wait' while a request of this side is in flight or its fate unknown; 'keep' with the
 *   time at which the decision must be taken again (Infinity when only news can change it)
 */
export const planSide = (
  order: Order | null,
  target: Target | null,
  tick: Price,
  rules: PlanRules,
  patience: Patience,
  at: Millis,
): Plan => {
  if (order === null) {
    patience.wrongSince = 0
    return target === null ? NOTHING : { do: 'place', target }
  }
  if (target === null) {
    patience.wrongSince = 0
    // A cancel may overtake an amend; only an order without a name cannot be canceled yet.
    if (order.status === 'canceling' || order.orderId === '') return WAIT
    return { do: 'cancel', order }
  }
  if (order.status !== 'resting') return WAIT

  const distance = Math.abs(target.price - order.price)
  if (distance > 0) {
    if (patience.wrongSince === 0) patience.wrongSince = at
    // What an amend has just put there cannot have been wrong since before it was sent.
    const due = Math.max(patience.wrongSince, order.sentAt) + rules.minMoveMs
    if (distance > rules.minMoveTicks * tick || at >= due) {
      if (!rules.amendMoves) return { do: 'cancel', order }
      return { do: 'amend', order, price: target.price, remaining: target.quantity }
    }
    const again = Math.min(due, renewalAt(order, rules))
    return shrinkOrRenew(order, target, rules, at) ?? { do: 'keep', again }
  }
  patience.wrongSince = 0
  if (order.remaining < target.quantity * rules.refillBelow) {
    return { do: 'amend', order, price: order.price, remaining: target.quantity }
  }
  return shrinkOrRenew(order, target, rules, at) ?? { do: 'keep', again: renewalAt(order, rules) }
}

const renewalAt = (order: Order, rules: PlanRules): Millis => order.expiresAt - rules.ttlMs / 2

// Both keep the order's place in the queue, so neither waits for patience to run out.
const shrinkOrRenew = (order: Order, target: Target, rules: PlanRules, at: Millis): Plan | null => {
  if (order.remaining > target.quantity) {
    return { do: 'decrease', order, remaining: target.quantity }
  }
  return at >= renewalAt(order, rules) ? { do: 'renew', order } : null
}
