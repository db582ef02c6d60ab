// The fee of a fill: Kalshi's quadratic fee, exact to a millionth of a dollar, and the rounding
// that turns it into the `fee_cost` of a fill.
//
// The exchange keeps balances on a grid (a hundredth of a cent for direct members, a cent for
// others). Each fill rounds the balance down to it. The dust is collected per order and returned
// once it makes up a whole step. So a single fill can cost more than the formula says, and an order
// filled in many pieces does not.

import { invariant } from './outcome.ts'
import { type Money, PRICE_ONE, type Price, type Quantity } from './units.ts'

/** Balance grid of a direct member: $0.0001. An account held through a broker has $0.01, 10000. */
export const DIRECT_PRECISION: Money = 100

// coefficient 1e-6 x quantity 1e-2 x price 1e-4 x price 1e-4, over 1e-6 of a dollar.
const SCALE = 10_000_000_000
const SCALE_EXACT = 10_000_000_000n

/**
 * ceil(coefficient x C x P x (1-P)) to $0.000001: the fee before balance rounding.
 * `coefficientMillionths` is the maker or taker coefficient (0.07 = 70000), an integer >= 0;
 * `quantity` is what was traded, >= 0. Symmetric in P and 1-P, so yes and no cost the same.
 * Exact for all sizes: products beyond 2^53 are taken in BigInt.
 * Formula: Kalshi fee schedule of 2026-07-07, "quadratic".
 */
export const modelFee = (
  coefficientMillionths: number,
  quantity: Quantity,
  price: Price,
): Money => {
  const product = coefficientMillionths * quantity * price * (PRICE_ONE - price)
  if (product <= Number.MAX_SAFE_INTEGER) {
    const rest = product % SCALE
    return rest === 0 ? product / SCALE : (product - rest) / SCALE + 1
  }
  const exact =
    BigInt(coefficientMillionths) * BigInt(quantity) * BigInt(price) * BigInt(PRICE_ONE - price)
  return Number((exact + SCALE_EXACT - 1n) / SCALE_EXACT)
}

/**
 * The same fee per contract in cents, unrounded, for quoting. `priceCents` is 0..100.
 * 0.4375 c for a maker coefficient of 0.0175 at 50 c.
 */
export const feePerContractCents = (coefficientMillionths: number, priceCents: number): number => {
  const p = priceCents / 100
  return (coefficientMillionths / 10_000) * p * (1 - p)
}

/**
 * The fee rounding of ONE order: feed it each fill of that order, maker and taker alike, in order.
 * Source: docs.kalshi.com, "Fee rounding", 2026.
 *
 * Over an order, the charges add up to the model fees plus `held`. `held` stays below one step of
 * the grid wherever each fill is charged at least a step; on fills smaller than that it can grow,
 * because a rebate never exceeds what the same fill was charged.
 */
export class FeeAccumulator {
  readonly #precision: Money
  /** Dust collected and not yet given back, >= 0. */
  held: Money = 0

  /** `precision` is the account's balance grid. */
  constructor(precision: Money = DIRECT_PRECISION) {
    invariant(
      Number.isSafeInteger(precision) && precision > 0,
      `fee precision is a positive integer, found ${precision}`,
    )
    this.#precision = precision
  }

  /**
   * The net fee of one fill, >= 0: what `fee_cost` will say.
   * `revenue` is what the trade itself moves into the balance (negative for a buyer of either
   * side), `fee` the modelFee of the fill.
   */
  charge(revenue: Money, fee: Money): Money {
    const step = this.#precision
    const exact = revenue - fee
    // Toward minus infinity: a buyer's balance falls to the next step below.
    const rounding = exact - Math.floor(exact / step) * step
    const charged = fee + rounding
    const available = this.held + rounding
    const most = Math.min(available, charged)
    const rebate = most - (most % step)
    this.held = available - rebate
    return charged - rebate
  }
}
