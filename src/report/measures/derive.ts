// Fills read out of the tape alone: where the inventory changed, something was traded, and the
// change of cash says for how much.
//
// A row gives profit and mid, so cash = realized + unrealized - inventory x mid, exactly. Price and
// fee cannot be told apart with certainty: where the money fits a price and the fee table at that
// price, it is taken as that, else the whole is the price. Trades on both sides between two rows
// show only as their difference, and a round trip between two rows only as money.

import type { TapeRow } from '../../core/vocabulary/events.ts'
import { modelFee } from '../../core/vocabulary/fees.ts'
import {
  CONTRACT,
  MONEY_CENT,
  type Money,
  PRICE_CENT,
  PRICE_ONE,
  type Price,
  type Quantity,
} from '../../core/vocabulary/units.ts'
import type { ReportFill } from '../sources/input.ts'

/** Coefficients of the fee table (2026-07-07): maker, maker of combined markets, taker. */
const COEFFICIENTS = [17_500, 35_000, 70_000]
/** A fee of one fill may be off its formula by a step of the balance's grid either way. */
const ROUNDING: Money = 100
/** A tenth of a cent: the finest tick that Kalshi's price structures are known to use (2026). */
const FINEST_TICK: Price = 10

export interface DerivedFills {
  readonly opening: Quantity
  readonly fills: readonly ReportFill[]
  /** Money that moved while the inventory did not. */
  readonly unassigned: Money
}

/**
 * Cash at a row, exact to a millionth; null without a mid, because the position was then valued at
 * another price.
 */
const cashOf = ({ mid, inventory, unrealizedPnl, realizedPnl }: TapeRow): Money | null => {
  if (inventory === 0) return Math.round((realizedPnl + unrealizedPnl) * MONEY_CENT)
  if (mid === null) return null
  // The tape rounds the unrealized part to a millionth; this rounds the same product the same way.
  const held = Math.round(Math.round(inventory * CONTRACT) * mid * PRICE_CENT)
  return Math.round(realizedPnl * MONEY_CENT) + Math.round(unrealizedPnl * MONEY_CENT) - held
}

interface Traded {
  readonly price: Price
  readonly fee: Money
}

/**
 * Price and fee of `quantity` contracts that moved `paid` in all (positive when bought or sold
 * alike, the fee making a purchase dearer and a sale cheaper).
 */
const tradedAt = (
  quantity: Quantity,
  bought: boolean,
  moved: Money,
  quotes: readonly (number | null)[],
): Traded => {
  const even = moved / quantity
  const isWhole = (tick: Price): boolean => even > 0 && even < PRICE_ONE && even % tick === 0
  // Without a fee the money is a whole number of cents a contract, seldom of anything finer.
  if (isWhole(PRICE_CENT)) return { price: even, fee: 0 }
  const feeAt = (price: Price): Money =>
    bought ? moved - price * quantity : price * quantity - moved
  const cent = (bought ? Math.floor(even / PRICE_CENT) : Math.ceil(even / PRICE_CENT)) * PRICE_CENT
  const own = quotes
    .filter((quote) => quote !== null)
    .map((quote) => Math.round(quote * PRICE_CENT))
  const near = [0, 1, 2].map((step) => cent + (bought ? -step : step) * PRICE_CENT)
  for (const price of [...own, ...near]) {
    if (price <= 0 || price >= PRICE_ONE) continue
    const fee = feeAt(price)
    const fits = COEFFICIENTS.some(
      (coefficient) => Math.abs(fee - modelFee(coefficient, quantity, price)) <= ROUNDING,
    )
    if (fee >= 0 && fits) return { price, fee }
  }
  if (isWhole(FINEST_TICK)) return { price: even, fee: 0 }
  // All in one: the fee is within the price, to the unit, and what the unit leaves over is the fee.
  const price = Math.min(PRICE_ONE, Math.max(0, bought ? Math.floor(even) : Math.ceil(even)))
  return { price, fee: feeAt(price) }
}

/** Row by row, of one ticker, oldest first. */
export class FillDeriver {
  readonly #fills: ReportFill[] = []
  #before: TapeRow | null = null
  #cashBefore: Money = 0
  #opening: Quantity = 0
  #unassigned: Money = 0

  get derived(): DerivedFills {
    return { opening: this.#opening, fills: this.#fills, unassigned: this.#unassigned }
  }

  push(row: TapeRow): void {
    const cash = cashOf(row)
    if (cash === null) return
    const before = this.#before
    if (before === null) this.#opening = Math.round(row.inventory * CONTRACT)
    else this.#change(before, row, cash - this.#cashBefore)
    this.#before = row
    this.#cashBefore = cash
  }

  #change(before: TapeRow, row: TapeRow, moved: Money): void {
    const change = Math.round((row.inventory - before.inventory) * CONTRACT)
    if (change === 0) {
      this.#unassigned += moved
      return
    }
    const bought = change > 0
    const quotes = bought ? [before.myBid, row.myBid] : [before.myAsk, row.myAsk]
    const quantity = Math.abs(change)
    const { price, fee } = tradedAt(quantity, bought, bought ? -moved : moved, quotes)
    this.#fills.push({
      at: row.at,
      side: bought ? 'bid' : 'ask',
      price,
      quantity,
      fee,
      isTaker: false,
      mid: before.mid ?? row.mid,
      fair: null,
    })
  }
}

/** @param rows of one ticker, oldest first */
export const deriveFills = (rows: readonly TapeRow[]): DerivedFills => {
  const deriver = new FillDeriver()
  for (const row of rows) deriver.push(row)
  return deriver.derived
}
