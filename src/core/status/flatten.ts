// What flattening would cost, what it has done, and what the exit before the close has taken, as
// the control API shows it.

import type { Engine } from '../maker/engine.ts'
import { formatIso } from '../record/tape.ts'
import type { Money, Price, Quantity } from '../vocabulary/units.ts'
import { formatMoney, formatPrice, formatQuantity, PRICE_CENT } from '../vocabulary/units.ts'
import type { FlattenQuote, FlattenStatus, TakerExitStatus } from './status.ts'

/** Dollars with six decimals; null of nothing. */
const averageOf = (turnover: Money, quantity: Quantity): string | null =>
  quantity === 0 ? null : (turnover / quantity / 10_000).toFixed(6)

/**
 * What taking the position off at no worse than `limit` would bring by the book as it is; null
 * while there is no book.
 */
export const flattenQuote = ({ state }: Engine, limit: Price): FlattenQuote | null => {
  const { ledger, valuation, flatten, parameters } = state
  const there = valuation.liquidation(limit)
  if (there === null) return null
  const { filled, missing, turnover, fee, worst } = there
  const sign = Math.sign(ledger.position)
  const { mark } = valuation
  const marked = mark === null ? null : Math.round(filled * mark.cents * PRICE_CENT)
  return {
    side: flatten.side,
    position: formatQuantity(ledger.position),
    limit_price: formatPrice(limit),
    fills: formatQuantity(filled),
    remains: formatQuantity(missing),
    average_price: averageOf(turnover, filled),
    worst_price: worst === null ? null : formatPrice(worst),
    orders: Math.ceil(filled / parameters.limits.max_order_size),
    cash: formatMoney(sign * turnover || 0),
    fees: formatMoney(fee),
    cost_against_mark: marked === null ? null : formatMoney(sign * (marked - turnover) + fee),
  }
}

export const flattenStatus = ({ state }: Engine): FlattenStatus | null => {
  const { run } = state.flatten
  if (run === null) return null
  return {
    state: run.state,
    side: run.side,
    limit_price: formatPrice(run.limit),
    asked: formatQuantity(run.asked),
    filled: formatQuantity(run.filled),
    average_price: averageOf(run.turnover, run.filled),
    fees: formatMoney(run.fees),
    orders: run.orders,
    position: formatQuantity(state.ledger.position),
    since: formatIso(run.startedAt),
    ended: run.endedAt === 0 ? null : formatIso(run.endedAt),
  }
}

export const takerExitStatus = ({ state }: Engine): TakerExitStatus => {
  const { orders, filled, turnover, fees, lastAt, gain } = state.takerExit
  return {
    orders,
    filled: formatQuantity(filled),
    average_price: averageOf(turnover, filled),
    fees: formatMoney(fees),
    last_at: lastAt === 0 ? null : formatIso(lastAt),
    gain_cents: Number.isFinite(gain) ? Number(gain.toFixed(4)) : null,
  }
}
