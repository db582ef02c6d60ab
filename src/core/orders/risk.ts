// Checks every intent against the limits, as if every exposed order had filled.
//
// An intent and a view of limits, ledger and orders come in; an Approved intent or a refusal goes
// out, and only an Approved intent can be sent. An order of unknown outcome counts in full, and an
// amend in flight at the worse of its two ends. Cancels and decreases always pass.

import type { Ledger } from '../ledger/ledger.ts'
import type { Approved, CancelIntent, Intent } from '../vocabulary/events.ts'
import type { PriceGrid } from '../vocabulary/market.ts'
import type { Limits } from '../vocabulary/parameter-table.ts'
import type { RefusalCode } from '../vocabulary/reason-codes.ts'
import type { Price, Quantity, Side } from '../vocabulary/units.ts'
import { DOLLAR, formatPrice, formatQuantity, PRICE_ONE } from '../vocabulary/units.ts'
import type { DeskRoom, Room } from './desk-room.ts'
import { exposureOf, worsePrice } from './exposure.ts'
import { isTaken } from './foreign.ts'
import { undelivered } from './inferred-end.ts'
import { isOver } from './lifecycle.ts'
import type { Order, Orders } from './orders.ts'

interface Refused {
  readonly ok: false
  readonly code: RefusalCode
  readonly detail: string
}
export type Review = { readonly ok: true; readonly intent: Approved } | Refused

/** What the review reads. Best prices are those of others: 0 and 10000 stand for none. */
export interface RiskView {
  limits: Limits
  grid: PriceGrid
  readonly ledger: Ledger
  readonly orders: Orders
  bestBid: Price
  bestAsk: Price
  /** Only what takes the position off may be sent. */
  reducing?: boolean
  /** What the desk leaves; absent where there is none. */
  readonly desk?: DeskRoom
}

export const refuse = (code: RefusalCode, detail: string): Refused => ({ ok: false, code, detail })

/** Room that inner quotes of a side claim, beyond what they rest with. */
export interface Claims {
  /** The level that asks. */
  level: number
  quantity: Quantity
  /** What those contracts may cost, Money. */
  outlay: number
}

/**
 * The most contracts that a new or amended order of a side may leave resting at `price`, so that
 * the position and the worst loss at settlement stay within the limits even if every other exposed
 * order of that side fills first. While reducing, no position beyond 0. At least 0.
 * @param replacing the order that the new one replaces, which then does not count
 * @param claims what inner quotes of the side want and do not rest yet. Orders of outer levels then
 *   do not count at all: the inner quote comes first, and they shrink.
 */
export const room = (
  side: Side,
  price: Price,
  view: RiskView,
  replacing: Order | null,
  claims: Claims | null = null,
): Room => {
  const { ledger, limits } = view
  const each = side === 'bid' ? price : PRICE_ONE - price
  let others = claims?.quantity ?? 0
  let outlay = claims?.outlay ?? 0
  for (const order of view.orders.live) {
    if (order.side !== side) continue
    const over = isOver(order.status)
    if (claims !== null && order.level > claims.level && !over) continue
    const resting = over || order === replacing ? 0 : exposureOf(order)
    const quantity = resting + undelivered(order)
    const worse = worsePrice(order)
    others += quantity
    const eachThere = side === 'bid' ? worse : PRICE_ONE - worse
    outlay += quantity * eachThere
    // It may still fill at its old, more expensive price before the new one replaces it.
    if (order === replacing) outlay += exposureOf(order) * Math.max(0, eachThere - each)
  }
  const held = side === 'bid' ? ledger.position : -ledger.position
  const most = view.reducing === true ? 0 : limits.max_position
  const byPosition = most - held - others
  // Long: what is lost if the answer is NO. Short: what is lost if it is YES. Exact in Money.
  const lossSoFar = side === 'bid' ? ledger.cost : ledger.cost - ledger.position * PRICE_ONE
  const byRisk = Math.floor((limits.max_dollars_at_risk * DOLLAR - lossSoFar - outlay) / each)
  const own: Room =
    byPosition <= byRisk
      ? { quantity: Math.max(0, byPosition), by: 'position-limit' }
      : { quantity: Math.max(0, byRisk), by: 'risk-limit' }
  if (view.desk === undefined || view.desk.terms === null) return own
  const need = { side, each, held, others, outlay, loss: lossSoFar }
  return view.desk.tighten(own, need, ledger, view.orders)
}

/** For the reviews alone. */
export const approve = (intent: Intent): Review => ({ ok: true, intent: intent as Approved })

/** A cancel only ever reduces risk. */
export const approveCancel = (intent: CancelIntent): Approved<CancelIntent> =>
  intent as Approved<CancelIntent>

/**
 * Approves an intent or says why not. Pure: nothing is recorded.
 * @param level which quote of its side a new order is to be, 0 the innermost
 */
export const review = (intent: Intent, view: RiskView, level = 0): Review => {
  if (intent.kind === 'cancel' || intent.kind === 'decrease') return approve(intent)
  const { limits, grid, orders } = view
  const { side, price } = intent
  const own = intent.kind === 'amend' ? orders.byClient(intent.clientOrderId) : undefined
  const size = intent.kind === 'place' ? intent.quantity : intent.total - (own?.filled ?? 0)
  if (!(size > 0) || size > limits.max_order_size) {
    const most = formatQuantity(limits.max_order_size)
    return refuse(
      'fat-finger',
      `Refused ${side} of ${formatQuantity(size)}: limits.max_order_size is ${most}`,
    )
  }
  if (!grid.isLegal(price)) {
    return refuse(
      'off-grid',
      `Refused ${side} at ${formatPrice(price)}: not a price of this market`,
    )
  }
  if (price < limits.min_price || price > limits.max_price) {
    const band = `${formatPrice(limits.min_price)} to ${formatPrice(limits.max_price)}`
    return refuse('price-band', `Refused ${side} at ${formatPrice(price)}: limits allow ${band}`)
  }
  // An expiry-only renewal changes neither price nor size: it opens nothing.
  if (own !== undefined && own.price === price && size <= own.remaining) return approve(intent)
  if (side === 'bid' ? price >= view.bestAsk : price <= view.bestBid) {
    const touch = formatPrice(side === 'bid' ? view.bestAsk : view.bestBid)
    return refuse(
      'would-cross',
      `Refused ${side} at ${formatPrice(price)}: it would trade with the ${touch} of others`,
    )
  }
  if (isTaken(side, price, orders.live)) {
    return refuse(
      'foreign-order',
      `Refused ${side} at ${formatPrice(price)}: an order that is not ours rests there`,
    )
  }
  for (const order of orders.live) {
    // What the exchange had named and then no longer knew counts until a listing has lacked it.
    const over = isOver(order.status)
    if (over && (order.inferred.assumed === 0 || order.orderId === '')) continue
    if (order.side === side) {
      if (over) continue
      if (order !== own && order.level === (own?.level ?? level)) {
        return refuse('two-orders', `Refused ${side}: ${order.clientOrderId} is still exposed`)
      }
      continue
    }
    const theirs = worsePrice(order)
    if (side === 'bid' ? price >= theirs : price <= theirs) {
      return refuse(
        'own-cross',
        `Refused ${side} at ${formatPrice(price)}: our own order rests at ${formatPrice(theirs)}`,
      )
    }
  }
  const most = room(side, price, view, own ?? null)
  if (size > most.quantity) {
    const order = `${side} of ${formatQuantity(size)} at ${formatPrice(price)}`
    return refuse(
      most.by,
      `Refused ${order}: limits leave room for ${formatQuantity(most.quantity)}`,
    )
  }
  return approve(intent)
}
