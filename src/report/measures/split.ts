// Where a profit came from: the edge of each fill, what was held while the price moved, the fees,
// and the end.
//
//   profit = sum of s x q x (mid - price)  +  sum of inventory x change of mid  -  fees  +  exit
//
// with s = +1 for a purchase. The identity is exact in integers, so the sum is compared, to the
// last digit, with a profit that the core's ledger works out from the same fills in its own way:
// average cost, realized and unrealized, no mid anywhere but at the end.

import { Ledger } from '../../core/ledger/ledger.ts'
import { type Millis, PRICE_ONE, type Quantity, signOf } from '../../core/vocabulary/units.ts'
import {
  FINE_PER_MONEY,
  FINE_PER_PRICE,
  type Fine,
  type FinePrice,
  finePrice,
  type ReportFill,
  type ReportInput,
} from '../sources/input.ts'
import { Mids } from './mids.ts'

/** All in Fine. */
export interface Split {
  /** Edge against the mid when each fill was made. */
  readonly spread: Fine
  /** Inventory times the change of the mid. */
  readonly drift: Fine
  /** Paid, so positive. */
  readonly fees: Fine
  /** From the last mid to what a contract paid; 0 where the market has not settled. */
  readonly exit: Fine
  /** Money that moved without a fill that could be told from the tape. */
  readonly unassigned: Fine
  readonly total: Fine
}

/**
 * Told of every row with a mid and every fill, oldest first: the mid, the position and the profit
 * since the beginning at that mid, after everything that happened then.
 */
type OnMark = (at: Millis, mid: FinePrice, position: Quantity, equity: Fine) => void

export interface Walk {
  readonly split: Split
  /** The mid at any time. */
  readonly mids: Mids
  /** Mid at each fill: its own, or the tape's. */
  readonly fillMids: readonly FinePrice[]
  readonly position: Quantity
  /**
   * What a contract is worth in the end: settlement, or the last mid; null where there was neither.
   */
  readonly finalMark: FinePrice | null
  /** What an opening position was valued at. */
  readonly openingMark: FinePrice
}

const settledAt = ({ market }: ReportInput): FinePrice | null =>
  market === null || market.result === null
    ? null
    : market.result === 'yes'
      ? PRICE_ONE * FINE_PER_PRICE
      : 0

/** Goes through rows and fills in the order of time, once. */
export const walk = (input: ReportInput, onMark: OnMark = () => undefined): Walk => {
  const { rows, fills } = input
  const mids = new Mids(rows, fills)
  const midOf = (fill: ReportFill): FinePrice =>
    fill.mid === null
      ? (mids.known(fill.at) ?? mids.first ?? fill.price * FINE_PER_PRICE)
      : finePrice(fill.mid)
  const openingMark = mids.first ?? (fills[0] === undefined ? 0 : midOf(fills[0]))
  let marks = 0
  const fillMids: FinePrice[] = []
  let position = input.opening
  let mark = openingMark
  let [spread, drift, fees] = [0, 0, 0]

  const moveTo = (mid: FinePrice): void => {
    drift += position * (mid - mark)
    mark = mid
  }
  const take = (fill: ReportFill): void => {
    const mid = midOf(fill)
    moveTo(mid)
    fillMids.push(mid)
    const signed = signOf(fill.side) * fill.quantity
    spread += signed * (mid - fill.price * FINE_PER_PRICE)
    fees += fill.fee * FINE_PER_MONEY
    position += signed
    note(fill.at)
  }
  const note = (at: Millis): void => {
    marks++
    onMark(at, mark, position, spread + drift - fees)
  }
  let next = 0
  for (const row of rows) {
    while (next < fills.length && fills[next]!.at <= row.at) take(fills[next++]!)
    if (row.mid === null) continue
    moveTo(finePrice(row.mid))
    note(row.at)
  }
  while (next < fills.length) take(fills[next++]!)

  const paid = settledAt(input)
  const exit = paid === null ? 0 : position * (paid - mark)
  const unassigned = input.unassigned * FINE_PER_MONEY
  return {
    split: {
      spread,
      drift,
      fees,
      exit,
      unassigned,
      total: spread + drift - fees + exit + unassigned,
    },
    mids,
    fillMids,
    position,
    finalMark: paid ?? (marks > 0 ? mark : null),
    openingMark,
  }
}

interface LedgerProfit {
  readonly profit: Fine
  readonly position: Quantity
  /** Money units, of the fills within the report's time. */
  readonly realized: number
  readonly fees: number
  readonly cash: number
}

/** The same profit by the core's ledger: realized + unrealized - fees at the final mark. */
export const ledgerProfit = (
  input: ReportInput,
  { openingMark, finalMark }: Walk,
): LedgerProfit => {
  const ledger = new Ledger(Math.max(1, input.fills.length))
  const { opening } = input
  const openingPrice = Math.round(openingMark / FINE_PER_PRICE)
  const openingCost = opening * openingPrice
  if (opening !== 0) {
    const exposure = opening > 0 ? openingCost : openingCost - opening * PRICE_ONE
    ledger.adopt({ position: opening, realized: 0, fees: 0, exposure }, Number.NEGATIVE_INFINITY)
  }
  let index = 0
  let previous: Parameters<Ledger['apply']>[0] | null = null
  for (const { at, side, price, quantity, fee, isTaker } of input.fills) {
    const fill: Parameters<Ledger['apply']>[0] = {
      tradeId: `${index++}`,
      orderId: '',
      clientOrderId: '',
      ticker: input.ticker,
      side,
      price,
      quantity,
      fee,
      isTaker,
      venueAt: at,
      positionAfter: null,
    }
    ledger.apply(fill, previous)
    previous = fill
  }
  const { position, cost, realized, fees } = ledger
  const unrealized = position * (finalMark ?? openingMark) - cost * FINE_PER_MONEY
  // The ledger holds prices in whole Price units; an opening mid may lie between two of them.
  const between = opening * (openingMark - openingPrice * FINE_PER_PRICE)
  return {
    profit: (realized - fees + input.unassigned) * FINE_PER_MONEY + unrealized - between,
    position,
    realized,
    fees,
    cash: ledger.cash + openingCost,
  }
}
