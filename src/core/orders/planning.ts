// Plans one quote: what turns the order that rests into the quote that is wanted.
//
// The plan makes the fewest calls and keeps the place in the queue where it can: keep, else
// decrease, renew or amend; cancel and place anew only where an amend is not safe. A target of null
// (a guard) always acts at once. An order may stay at another price under one of two rules:
// `break-even`, as long as it clears its costs and nothing much better is wanted, or `ticks`, up to
// X ticks away for up to Y seconds.

import type { Strategy } from '../vocabulary/parameter-table.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { expiryDefect } from './expiry.ts'
import type { Order } from './orders.ts'

/** A quote that we want to show. */
export interface Target {
  readonly price: Price
  readonly quantity: Quantity
  /** For break-even: the wanted price before rounding, Price units. */
  readonly raw?: number
  /** For break-even: how far past `raw` the order still clears its costs, Price units. */
  readonly tolerance?: number
  /** For break-even: the last price at which it may rest at all, because others' touch is next. */
  readonly limit?: Price
  /** For break-even: how far beyond a price `raw` lies where the next one is as good; a tick. */
  readonly step?: Price
}

/** The strategy's rules for moving quotes; one object, filled in place for each decision. */
export interface PlanRules {
  debounce: 'break-even' | 'ticks'
  /** break-even: an order follows a better price only from this many ticks beyond the next one. */
  stayTowardTicks: number
  /** break-even: an order rests at least this long before it moves to a better price, ms. */
  dwellMs: number
  /** X: a move of more ticks than this acts at once. */
  minMoveTicks: number
  /** Y: a smaller one acts after this long, ms. */
  minMoveMs: number
  /** A quote is topped up when less than this share of its target size remains. */
  refillBelow: number
  /** Orders are renewed when less than half of this is left, ms. */
  ttlMs: number
  /** False once an amend has been seen to trade: moves then cancel and place post-only anew. */
  amendMoves: boolean
}

export const newRules = (): PlanRules => ({
  debounce: 'ticks',
  stayTowardTicks: 0,
  dwellMs: 0,
  minMoveTicks: 0,
  minMoveMs: 0,
  refillBelow: 0,
  ttlMs: 0,
  amendMoves: true,
})

/** Everything but `amendMoves`, which depends on the order. */
export const fillRules = (strategy: Strategy, rules: PlanRules): void => {
  rules.debounce = strategy.debounce
  rules.stayTowardTicks = strategy.stay_toward_ticks
  rules.dwellMs = strategy.dwell_seconds * 1000
  rules.minMoveTicks = strategy.min_move_ticks
  rules.minMoveMs = strategy.min_move_seconds * 1000
  rules.refillBelow = strategy.refill_below
  rules.ttlMs = strategy.order_ttl_seconds * 1000
}

/**
 * A change of price or size, or one of the expiry alone: a renewal, or 'mend' where the exchange
 * has not kept the one that was asked for.
 */
export interface Amendment {
  readonly do: 'amend' | 'renew' | 'mend'
  readonly order: Order
  readonly price: Price
  readonly remaining: Quantity
}

export type Plan =
  | { readonly do: 'keep'; readonly again: Millis }
  | { readonly do: 'wait' }
  | { readonly do: 'place'; readonly target: Target }
  | Amendment
  | { readonly do: 'decrease'; readonly order: Order; readonly remaining: Quantity }
  /** 'unmended': its expiry is still not what was asked for. */
  | { readonly do: 'cancel' | 'unmended'; readonly order: Order }

const WAIT: Plan = { do: 'wait' }
const NOTHING: Plan = { do: 'keep', again: Number.POSITIVE_INFINITY }

/**
 * Decides about one quote.
 * @param order the exposed order that stands for it, or null
 * @param target the wanted quote, or null to show nothing
 * @param tick the tick at the resting price, Price units
 * @returns 'wait' while a request is in flight or its outcome unknown; 'keep' with the time at
 *   which the decision must be made again (Infinity when only an event can change it)
 */
export const planSide = (
  order: Order | null,
  target: Target | null,
  tick: Price,
  rules: PlanRules,
  at: Millis,
): Plan => {
  if (order === null) return target === null ? NOTHING : { do: 'place', target }
  if (target === null) {
    order.wrongSince = 0
    // A cancel may overtake an amend; only an order without a name cannot be canceled yet.
    if (order.status === 'canceling' || order.orderId === '') return WAIT
    return { do: 'cancel', order }
  }
  if (order.status !== 'resting') return WAIT
  const defect = expiryDefect(order, rules.ttlMs, at)
  if (defect === 'unmended') return { do: defect, order }
  if (defect !== null) {
    return { do: defect, order, price: order.price, remaining: order.remaining }
  }

  const distance = Math.abs(target.price - order.price)
  if (distance > 0 && !mayStay(order, target, tick, rules)) {
    if (order.wrongSince === 0) order.wrongSince = at
    const due = moveDue(order, target, tick, rules)
    if (at >= due) {
      if (!rules.amendMoves) return { do: 'cancel', order }
      return { do: 'amend', order, price: target.price, remaining: target.quantity }
    }
    const again = Math.min(due, renewalAt(order, rules))
    return shrinkOrRenew(order, target, rules, at) ?? { do: 'keep', again }
  }
  order.wrongSince = 0
  if (order.remaining < target.quantity * rules.refillBelow) {
    return { do: 'amend', order, price: target.price, remaining: target.quantity }
  }
  return shrinkOrRenew(order, target, rules, at) ?? { do: 'keep', again: renewalAt(order, rules) }
}

/**
 * Whether a resting order may stay although the target has another price: only under break-even,
 * and never where others' best price has reached it.
 *
 * An order that moves goes to the back of the queue at its new price, and a maker earns most of its
 * money by not being there.
 */
export const mayStay = (order: Order, target: Target, tick: Price, rules: PlanRules): boolean => {
  const { raw, tolerance, limit, step = tick } = target
  if (rules.debounce !== 'break-even' || raw === undefined || tolerance === undefined) return false
  const { side, price } = order
  if (limit !== undefined && (side === 'bid' ? price > limit : price < limit)) return false
  const toward = rules.stayTowardTicks * tick
  return side === 'bid'
    ? bidMayStay(price, raw, step, tolerance, toward)
    : askMayStay(price, raw, step, tolerance, toward)
}

/** Whether `price` is more aggressive than `than`: higher for a bid, lower for an ask. */
export const isCloser = (side: Side, price: Price, than: Price): boolean =>
  side === 'bid' ? price > than : price < than

/** When the order may move to the target's price. */
const moveDue = (order: Order, target: Target, tick: Price, rules: PlanRules): Millis => {
  if (rules.debounce === 'break-even') {
    // Retreat at once; move to a better price only after some time in the queue.
    return isCloser(order.side, target.price, order.price)
      ? order.requests.sentAt + rules.dwellMs
      : 0
  }
  if (Math.abs(target.price - order.price) > rules.minMoveTicks * tick) return 0
  // A price that an amend has just set cannot have been wrong before the amend was sent.
  return Math.max(order.wrongSince, order.requests.sentAt) + rules.minMoveMs
}

const renewalAt = (order: Order, rules: PlanRules): Millis => order.expiresAt - rules.ttlMs / 2

// Both keep the order's place in the queue, so neither waits until a move is due.
const shrinkOrRenew = (order: Order, target: Target, rules: PlanRules, at: Millis): Plan | null => {
  if (order.remaining > target.quantity) {
    return { do: 'decrease', order, remaining: target.quantity }
  }
  if (at < renewalAt(order, rules)) return null
  return { do: 'renew', order, price: order.price, remaining: order.remaining }
}

/** Far below any tick, far above the rounding error of a difference of two prices. */
const TOLERANCE = 1e-9

const isWithin = (closer: number, step: number, away: number, toward: number): boolean =>
  closer >= -away - TOLERANCE && closer < step + toward - TOLERANCE

/**
 * Whether a bid resting at `resting` may stay where `raw` (before rounding) is wanted:
 * resting - away <= raw < resting + step + toward.
 * @param step how far beyond the order the wanted price lies where the next tick is as good, > 0: a
 *   tick where prices are rounded outward, less where they are rounded by value
 * @param away how far below the order the wanted price may fall, >= 0; see `breakEvenTolerance`
 * @param toward how far beyond `step` it must rise before the order follows, >= 0
 * All in one unit, cents or Price. False where any of them is not a number.
 */
export const bidMayStay = (
  resting: number,
  raw: number,
  step: number,
  away: number,
  toward: number,
): boolean => isWithin(raw - resting, step, away, toward)

/** The mirror image for an ask: resting - step - toward < raw <= resting + away. */
export const askMayStay = (
  resting: number,
  raw: number,
  step: number,
  away: number,
  toward: number,
): boolean => isWithin(resting - raw, step, away, toward)

/**
 * How far the wanted price may move away from the market before the order follows: as long as the
 * order clears break-even, but at least a quarter of a tick (noise would move it) and at most one.
 * @param half half-spread wanted on this side
 * @param breakEven half-spread at which a fill earns nothing: fee plus expected adverse move
 */
export const breakEvenTolerance = (half: number, breakEven: number, tick: number): number =>
  Math.min(Math.max(half - breakEven, 0.25 * tick), tick)
