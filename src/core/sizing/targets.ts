// From wanted prices to wanted orders: how much at each, or nothing and why.
//
// Limits, the skew of sizes, and what the hour forbids. Inner quotes come first: an outer one gets the
// room that they leave. The answer is an upper bound on what may rest; `review` still has the last
// word on every order.

import type { CalendarState } from '../guards/calendar.ts'
import type { FillBurst } from '../guards/fill-burst.ts'
import type { Order } from '../orders/orders.ts'
import type { Target } from '../orders/planning.ts'
import { type Claims, exposureOf, type RiskView, room, worsePrice } from '../orders/risk.ts'
import type { Quoter } from '../pricing/quoter.ts'
import type { Pull } from '../vocabulary/events.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_ONE, type Quantity, type Side } from '../vocabulary/units.ts'
import { capsOf, ladderMultiple, sizeFor } from './sizing.ts'

/** The quotes that an external shock has taken away, and until when. */
export interface ShockPull {
  readonly side: Pull
  readonly until: Millis
}

const NOT_PULLED: ShockPull = { side: 'none', until: 0 }

/** Whether a side must show nothing because of an external shock. */
export const isPulled = ({ side, until }: ShockPull, which: Side, at: Millis): boolean =>
  at < until && (side === 'both' || side === which)

type OpenTarget = { -readonly [K in keyof Required<Target>]: Required<Target>[K] }

const openTarget = (): OpenTarget => ({ price: 0, quantity: 0, raw: 0, tolerance: 0, limit: 0 })

const row = (): (Target | null)[] => new Array<Target | null>(MOST_LEVELS).fill(null)
const pool = (): OpenTarget[] => Array.from({ length: MOST_LEVELS }, openTarget)

export class Targets {
  /** What each level is to show; null for nothing. */
  readonly wanted: Readonly<Record<Side, (Target | null)[]>> = { bid: row(), ask: row() }
  readonly #pool: Readonly<Record<Side, OpenTarget[]>> = { bid: pool(), ask: pool() }
  readonly #caps = { long: 0, short: 0 }
  readonly #claims: Claims = { level: 0, quantity: 0, outlay: 0 }

  /** Fills `wanted` for both sides, and the silence of a side whose innermost quote has no target. */
  fill(
    quoter: Quoter,
    parameters: Parameters,
    view: RiskView,
    calendar: CalendarState,
    burst: FillBurst,
    at: Millis,
    pulled: ShockPull = NOT_PULLED,
  ): void {
    const { limits } = parameters
    const p = Math.min(Math.max((quoter.input.fair + quoter.input.signal) / 100, 0.001), 0.999)
    capsOf(
      p,
      {
        maxPosition: limits.max_position / CONTRACT,
        dollarsAtRisk: limits.max_dollars_at_risk,
        settlementSd: limits.max_settlement_sd,
      },
      this.#caps,
    )
    this.#side('bid', quoter, parameters, view, calendar, burst, at, pulled)
    this.#side('ask', quoter, parameters, view, calendar, burst, at, pulled)
  }

  #side(
    side: Side,
    quoter: Quoter,
    parameters: Parameters,
    view: RiskView,
    calendar: CalendarState,
    burst: FillBurst,
    at: Millis,
    pulled: ShockPull,
  ): void {
    const { strategy, limits } = parameters
    const { silence } = quoter
    const wanted = this.wanted[side]
    wanted.fill(null)
    if (isPulled(pulled, side, at)) {
      silence[side] = 'shock'
      return
    }
    if (silence[side] !== null) return
    const held = side === 'bid' ? view.ledger.position : -view.ledger.position
    if (at < burst.until(side)) {
      silence[side] = 'burst'
      return
    }
    const reduceOnly = calendar.mode === 'reduce-only'
    if (reduceOnly && held >= 0) {
      silence[side] = calendar.reason
      return
    }
    const full = strategy.model === 'full'
    const cap = side === 'bid' ? this.#caps.long : this.#caps.short
    const lot = strategy.size / CONTRACT
    let size = full
      ? sizeFor(side, view.ledger.position / CONTRACT, cap, lot, strategy.size_skew) * CONTRACT
      : strategy.size
    if (quoter.estimators.markouts.verdictOfBoth() === 'halve' && strategy.max_markout > 0) {
      size = Math.floor(size / 2)
    }
    const levels = reduceOnly ? 1 : strategy.levels
    const smallest = Math.min(strategy.size, CONTRACT)
    const claims = this.#claims
    claims.quantity = 0
    claims.outlay = 0
    let inner = 0
    for (let level = 0; level < levels; level++) {
      const price = quoter.sides[side].price[level]!
      if (price === 0) return
      claims.level = level
      const order = view.orders.slot(side, level)
      // An outer quote is larger only as far as the largest order goes; a lot beyond it is refused.
      const multiple = Math.min(Math.round(size * ladderMultiple(level)), limits.max_order_size)
      let most: Quantity = Math.max(size, multiple)
      let by: string = 'size-skew'
      const useful = reduceOnly ? reducible(view.orders.live, side, -held, order) : most
      if (useful < most) {
        most = useful
        by = calendar.reason
      }
      if (full && cap * CONTRACT - held - inner < most) {
        most = Math.floor(cap * CONTRACT - held - inner)
        by = 'settlement-risk'
      }
      const left = room(side, price, view, order, claims)
      if (left.quantity < most) {
        most = left.quantity
        by = left.by
      }
      if (most < smallest && !(reduceOnly && most > 0)) {
        if (level === 0) silence[side] = by
        return
      }
      inner += most
      claim(claims, side, price, most, order)
      // No band around it where the price has been chosen among its neighbours, which has weighed staying,
      // nor where the order rests at a price that the grid no longer has.
      const chosen = level === 0 && strategy.placement === 'queue'
      const stranded = order !== null && !view.grid.isLegal(order.price)
      wanted[level] = this.#target(quoter, side, level, price, most, chosen || stranded)
    }
  }

  #target(
    quoter: Quoter,
    side: Side,
    level: number,
    price: number,
    quantity: Quantity,
    exact: boolean,
  ): Target {
    const target = this.#pool[side][level]!
    const sides = quoter.sides[side]
    target.price = price
    target.quantity = quantity
    target.tolerance = sides.tolerance
    target.limit = sides.limit
    target.raw = exact ? Number.NaN : sides.raw[level]!
    return target
  }
}

/** Counts what this quote wants beyond what it rests with, for the quotes outside it. */
const claim = (
  claims: Claims,
  side: Side,
  price: number,
  quantity: Quantity,
  order: Order | null,
): void => {
  const resting = order === null ? 0 : exposureOf(order)
  const each = side === 'bid' ? price : PRICE_ONE - price
  // What rests is counted where it rests now, and may be cheaper there than where it is wanted.
  const eachNow =
    order === null ? 0 : side === 'bid' ? worsePrice(order) : PRICE_ONE - worsePrice(order)
  claims.quantity += Math.max(0, quantity - resting)
  claims.outlay += Math.max(0, quantity * each - resting * eachNow)
}

/**
 * What an order may show without ever turning the position round, at least 0: what is held, less what
 * is filled but not counted yet. One that grows or is new must leave room for what is still on its
 * way out, too.
 */
const reducible = (
  live: readonly Order[],
  side: Side,
  held: Quantity,
  order: Order | null,
): Quantity => {
  let left = held
  let leaving = 0
  for (const other of live) {
    if (other.side !== side) continue
    left -= Math.max(0, other.filled - other.booked)
    if (other !== order && other.status !== 'done') leaving += exposureOf(other)
  }
  const kept = order === null ? 0 : Math.min(order.remaining, left)
  return Math.max(0, kept, left - leaving)
}
