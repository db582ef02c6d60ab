// Leaving a position as a taker: what that costs in the lab's plain book, and when it is worth it.

import { uncappedReservation } from '../../../src/core/pricing/full-model.ts'
import type { Pricing, QuoteInput } from '../../../src/core/pricing/quoting.ts'
import { feePerContractCents } from '../../../src/core/vocabulary/fees.ts'

/** Kalshi's taker coefficient, millionths: 0.07. */
export const TAKER_FEE = 70_000

/**
 * The price at which a taker sells (`sign` -1) or buys (1) while the price is `price`: the touch of
 * the book that learning.ts describes, around the nearest half cent. NaN where it is off the grid.
 */
export const touchFor = (price: number, sign: 1 | -1): number => {
  const mid = Math.round(2 * price) / 2
  const touch = sign < 0 ? Math.ceil(mid) - 1 : Math.floor(mid) + 1
  return touch >= 1 && touch <= 99 ? touch : Number.NaN
}

/** What that costs a contract, cents: the way to the touch, and the fee. Infinity without one. */
export const takerCost = (price: number, sign: 1 | -1): number => {
  const touch = touchFor(price, sign)
  if (Number.isNaN(touch)) return Number.POSITIVE_INFINITY
  return sign * (touch - price) + feePerContractCents(TAKER_FEE, touch)
}

/** Whether to trade a lot away as a taker, at `cost` cents; the input's inventory is not 0. */
export type LeavingRule = (input: QuoteInput, pricing: Pricing, cost: number) => boolean

/**
 * The skew at half a lot less, not capped, exceeds the cost: that skew is what a lot less is worth
 * to the maker by its own model. The product's rule, but at any time before the close.
 */
export const bySkew: LeavingRule = (input, pricing, cost) => {
  const { inventory, lot, fair } = input
  const nearer = inventory - (Math.sign(inventory) * lot) / 2
  return Math.abs(uncappedReservation(nearer, input, pricing) - fair) > cost
}
