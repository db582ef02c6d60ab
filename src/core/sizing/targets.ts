// Turns wanted prices into wanted orders: how much at each level, or nothing and why.
//
// In: the quoter's prices, limits, position, resting orders and guards. Out: a target for each
// level of both sides, inner ones first: an outer quote gets the room that they leave. Never knows
// how an order gets there. A target is an upper bound: `review` has the last word on every order.

import type { CalendarState } from '../guards/calendar.ts'
import type { FillBurst } from '../guards/fill-burst.ts'
import { exposureOf, worsePrice } from '../orders/exposure.ts'
import { undelivered } from '../orders/inferred-end.ts'
import { isOver } from '../orders/lifecycle.ts'
import type { Order } from '../orders/orders.ts'
import type { Target } from '../orders/planning.ts'
import { type Claims, type RiskView, room } from '../orders/risk.ts'
import type { Quoter } from '../pricing/quoter.ts'
import type { Pull } from '../vocabulary/events.ts'
import { MOST_LEVELS } from '../vocabulary/parameter-table.ts'
import type { Strategy } from '../vocabulary/parameters.ts'
import type { ReducingCode, SilenceReason } from '../vocabulary/reason-codes.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { CONTRACT, PRICE_CENT, PRICE_ONE } from '../vocabulary/units.ts'
import { capsOf, ladderMultiple, sizeFor } from './sizing.ts'

/** The quotes that an external shock has taken away, and until when. */
export interface ShockPull {
  readonly side: Pull
  readonly until: Millis
}

/** Whether a side must show nothing because of an external shock. */
export const isPulled = ({ side, until }: ShockPull, which: Side, at: Millis): boolean =>
  at < until && (side === 'both' || side === which)

/** What may forbid quotes, or all but those that reduce the position. */
export interface Guards {
  readonly calendar: CalendarState
  readonly fillBurst: FillBurst
  readonly pulled: ShockPull
  /** Why the maker may only reduce; null where it may quote. */
  readonly reducing?: ReducingCode | 'market-not-credible' | null
  /** Cents: a quote that reduces must not be worse than that; null where the model is believed. */
  readonly noWorseThan?: number | null
  /** The side on which an order that takes needs room; null where none does. */
  readonly taking?: Side | null
}

type OpenTarget = { -readonly [K in keyof Required<Target>]: Required<Target>[K] }

const openTarget = (): OpenTarget => ({
  price: 0,
  quantity: 0,
  raw: 0,
  tolerance: 0,
  limit: 0,
  step: 0,
})

const row = (): (Target | null)[] => new Array<Target | null>(MOST_LEVELS).fill(null)
const pool = (): OpenTarget[] => Array.from({ length: MOST_LEVELS }, openTarget)

export class Targets {
  /** What each level is to show; null for nothing. */
  readonly wanted: Readonly<Record<Side, (Target | null)[]>> = { bid: row(), ask: row() }
  readonly #pool: Readonly<Record<Side, OpenTarget[]>> = { bid: pool(), ask: pool() }
  readonly #caps = { long: 0, short: 0 }
  readonly #claims: Claims = { level: 0, quantity: 0, outlay: 0 }
  readonly #quoter: Quoter
  // The decision under way: set by `fill`, read by its steps.
  #strategy!: Strategy
  #view!: RiskView
  #guards!: Guards
  #reduceOnly = false
  #reduceReason: SilenceReason = ''
  /** What the side under way may add before its cap, and what its inner quotes want of that. */
  #capLeft: Quantity = 0
  #inner: Quantity = 0
  /** The rule that limits the quote under way most. */
  #limitedBy: SilenceReason = ''

  constructor(quoter: Quoter) {
    this.#quoter = quoter
  }

  /** Fills `wanted` of both sides, and `silence` of a side whose innermost quote has no target. */
  fill(strategy: Strategy, view: RiskView, guards: Guards, at: Millis): void {
    this.#strategy = strategy
    this.#view = view
    this.#guards = guards
    const { calendar, reducing = null } = guards
    this.#reduceOnly = reducing !== null || calendar.mode === 'reduce-only'
    this.#reduceReason = reducing ?? calendar.reason
    this.#fillCaps()
    this.#fillSide('bid', at)
    this.#fillSide('ask', at)
  }

  #fillCaps(): void {
    const { fair, signal } = this.#quoter.input
    const { limits } = this.#view
    const p = Math.min(Math.max((fair + signal) / 100, 0.001), 0.999)
    const sizeLimits = {
      maxPosition: limits.max_position / CONTRACT,
      dollarsAtRisk: limits.max_dollars_at_risk,
      settlementSd: limits.max_settlement_sd,
    }
    capsOf(p, sizeLimits, this.#caps)
  }

  #fillSide(side: Side, at: Millis): void {
    const { silence } = this.#quoter
    const { position } = this.#view.ledger
    const wanted = this.wanted[side]
    for (let level = 0; level < MOST_LEVELS; level++) wanted[level] = null
    const held = side === 'bid' ? position : -position
    silence[side] = this.#blockedBy(side, held, at)
    if (silence[side] !== null) return
    const size = this.#sizeOf(side)
    const claims = this.#claims
    claims.quantity = 0
    claims.outlay = 0
    this.#capLeft = this.#capOf(side) * CONTRACT - held
    this.#inner = 0
    const levels = this.#reduceOnly ? 1 : this.#strategy.levels
    for (let level = 0; level < levels; level++) {
      claims.level = level
      const target = this.#targetOf(side, level, size)
      if (target === null) {
        if (level === 0 && this.#limitedBy !== '') silence[side] = this.#limitedBy
        return
      }
      wanted[level] = target
    }
  }

  /** Why a side must show nothing at all; null where it may. */
  #blockedBy(side: Side, held: Quantity, at: Millis): SilenceReason | null {
    const { fillBurst, pulled, taking = null } = this.#guards
    if (isPulled(pulled, side, at)) return 'shock'
    if (taking === side) return 'taker-exit'
    const unpriced = this.#quoter.silence[side]
    if (unpriced !== null) return unpriced
    if (at < fillBurst.until(side)) return 'burst'
    return this.#reduceOnly && held >= 0 ? this.#reduceReason : null
  }

  #capOf(side: Side): number {
    return side === 'bid' ? this.#caps.long : this.#caps.short
  }

  /** A full quote of the side: its lot, less where the position is large. */
  #sizeOf(side: Side): Quantity {
    const { model, size: lot, size_skew: eta } = this.#strategy
    if (model !== 'full') return lot
    const held = this.#view.ledger.position / CONTRACT
    return sizeFor(side, held, this.#capOf(side), lot / CONTRACT, eta) * CONTRACT
  }

  /** Null where the level has no price, or is left too little by the limits. */
  #targetOf(side: Side, level: number, size: Quantity): Target | null {
    const { size: lot, placement } = this.#strategy
    const view = this.#view
    const sides = this.#quoter.sides[side]
    const modelled = sides.price[level]!
    this.#limitedBy = ''
    if (modelled === 0) return null
    const price = this.#defensible(side, modelled)
    if (!view.grid.isLegal(price)) return null
    const order = view.orders.slot(side, level)
    const most = this.#mostAt(side, price, size, order)
    if (most < Math.min(lot, CONTRACT) && !(this.#reduceOnly && most > 0)) return null
    this.#inner += most
    claim(this.#claims, side, price, most, order)
    const target = this.#pool[side][level]!
    target.price = price
    target.quantity = most
    target.tolerance = sides.tolerance
    target.limit = sides.limit
    target.step = sides.step
    // A price chosen among its neighbours has weighed staying already, and an order may rest at a
    // price that the grid no longer has: neither gets a tolerance.
    const chosen = level === 0 && placement === 'queue'
    const stranded = order !== null && !view.grid.isLegal(order.price)
    target.raw = chosen || stranded || price !== modelled ? Number.NaN : sides.raw[level]!
    return target
  }

  /** The model's price, or the first one that is no worse than the guards demand. */
  #defensible(side: Side, price: Price): Price {
    const { noWorseThan = null } = this.#guards
    if (noWorseThan === null) return price
    const { grid } = this.#view
    const bound = noWorseThan * PRICE_CENT
    return side === 'ask' ? Math.max(price, grid.ceil(bound)) : Math.min(price, grid.floor(bound))
  }

  /** The largest quantity that every rule allows at a price; the tightest rule in `#limitedBy`. */
  #mostAt(side: Side, price: Price, size: Quantity, order: Order | null): Quantity {
    const view = this.#view
    const claims = this.#claims
    // An outer quote is larger only as far as the largest order goes; a lot beyond it is refused.
    const { max_order_size: largest } = view.limits
    const multiple = Math.min(Math.round(size * ladderMultiple(claims.level)), largest)
    let most: Quantity = Math.max(size, multiple)
    let by: SilenceReason = 'size-skew'
    if (this.#reduceOnly) {
      const { position } = view.ledger
      const held = side === 'bid' ? -position : position
      const useful = reducible(view.orders.live, side, held, order)
      if (useful < most) {
        most = useful
        by = this.#reduceReason
      }
    }
    const capped = this.#capLeft - this.#inner
    if (this.#strategy.model === 'full' && capped < most) {
      most = Math.floor(capped)
      by = 'settlement-risk'
    }
    const left = room(side, price, view, order, claims)
    if (left.quantity < most) {
      most = left.quantity
      by = left.by
    }
    this.#limitedBy = by
    return most
  }
}

/** Reserves what this quote wants beyond what it rests with, before the quotes outside it. */
const claim = (
  claims: Claims,
  side: Side,
  price: number,
  quantity: Quantity,
  order: Order | null,
): void => {
  const resting = order === null ? 0 : exposureOf(order)
  const each = side === 'bid' ? price : PRICE_ONE - price
  // What rests counts at its present price, which may be cheaper than the wanted one.
  const eachNow =
    order === null ? 0 : side === 'bid' ? worsePrice(order) : PRICE_ONE - worsePrice(order)
  claims.quantity += Math.max(0, quantity - resting)
  claims.outlay += Math.max(0, quantity * each - resting * eachNow)
}

/**
 * What an order may show without ever reversing the position, at least 0: what is held, less fills
 * that the ledger does not have yet. An order that grows or is new must also leave room for orders
 * that are still on their way out.
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
    left -= undelivered(other)
    if (other !== order && !isOver(other.status)) leaving += exposureOf(other)
  }
  const kept = order === null ? 0 : Math.min(order.remaining, left)
  return Math.max(0, kept, left - leaving)
}
