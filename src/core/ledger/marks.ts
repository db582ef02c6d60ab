// What a position is worth without guessing: its mark, and what closing all of it now would bring.
//
// In: mids as they were seen, the levels of others, the taker's fee. Out: a price with its source
// and its time, and money. Never average cost: a position marked at what it cost has neither gained
// nor lost, whatever has happened. It must never know orders, the strategy or the clock.

import { FeeAccumulator, modelFee } from '../vocabulary/fees.ts'
import type { Millis, Money, Price, Quantity } from '../vocabulary/units.ts'
import { PRICE_ONE } from '../vocabulary/units.ts'

/** 'mid': of others now. 'last': the last mid known. 'result': what the outcome pays. */
export type MarkSource = 'mid' | 'last' | 'result'

export interface Mark {
  /** Cents of YES. */
  readonly cents: number
  readonly source: MarkSource
  /** When the price was last known to be so, our clock; Infinity for a result. */
  readonly at: Millis
}

/** The last mid, as plain JSON: it survives a restart. */
export interface LastMid {
  readonly cents: number
  readonly at: Millis
}

/** What an order for the whole position would do to the book of others. */
export interface Liquidation {
  /** Contracts that the book takes within the limit, at least 0. */
  readonly filled: Quantity
  /** Contracts that it does not take. */
  readonly missing: Quantity
  /** Sum of price x contracts of what it takes. */
  readonly turnover: Money
  /** Taker's fee of that. */
  readonly fee: Money
  /** The worst price taken; null where nothing is. */
  readonly worst: Price | null
  /**
   * What the position would be worth: proceeds of a long, or the negative cost of buying back a
   * short, less the fee. What the book does not take counts at its worst, 0 for a long and a dollar
   * for a short.
   */
  readonly value: Money
}

/**
 * Walks the levels that `position` would be closed into.
 * @param levels of others, best first: bids for a long, asks for a short
 * @param takerFee coefficient in millionths
 * @param limit the worst price to take; null for any
 */
export const liquidate = (
  levels: Iterable<readonly [Price, Quantity]>,
  position: Quantity,
  takerFee: number,
  limit: Price | null = null,
): Liquidation => {
  const isLong = position > 0
  const fees = new FeeAccumulator()
  let missing = Math.abs(position)
  let [turnover, fee] = [0, 0]
  let worst: Price | null = null
  for (const [price, size] of levels) {
    if (missing === 0) break
    if (limit !== null && (isLong ? price < limit : price > limit)) break
    const taken = Math.min(missing, size)
    if (taken <= 0) continue
    // Closing a short pays back the dollar that covered it, less the price.
    const revenue = taken * (isLong ? price : PRICE_ONE - price)
    fee += fees.charge(revenue, modelFee(takerFee, taken, price))
    turnover += taken * price
    missing -= taken
    worst = price
  }
  const proceeds = isLong ? turnover : -turnover - missing * PRICE_ONE
  const filled = Math.abs(position) - missing
  // Not -0, which a flat position would give.
  return { filled, missing, turnover, fee, worst, value: proceeds - fee || 0 }
}

/** The result of what is open if it is marked there, to the nearest Money unit. */
export const worstCase = (position: Quantity, cost: Money): Money =>
  (position < 0 ? position * PRICE_ONE : 0) - cost
