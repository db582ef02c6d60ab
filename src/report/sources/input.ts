// The input of a report, whatever its source: the tape's rows, our fills, and whatever else the
// source knows. What it does not know is null, and the report says so instead of guessing.
//
// Money inside is `Fine`: whole hundred-millionths of a dollar, so that contracts times a mid price
// is exact too and the parts of a profit add up to the last digit.

import type { Difference } from '../../core/ledger/exchange-account.ts'
import {
  type Millis,
  MONEY_CENT,
  type Money,
  type Price,
  type Quantity,
  type Side,
} from '../../core/vocabulary/units.ts'
import type { Rows } from './rows.ts'

/** Dollars. Integer, 1 = $0.00000001. A Quantity times a price in millionths of a dollar. */
export type Fine = number
/** A price. Integer, 1 = $0.000001: the four decimals of cents that the tape has. */
export type FinePrice = number

export const FINE_PER_MONEY = 100
export const FINE_PER_CENT = MONEY_CENT * FINE_PER_MONEY
export const FINE_PER_DOLLAR = 100 * FINE_PER_CENT
/** FinePrice units in one Price unit, and in a cent. */
export const FINE_PER_PRICE = 100
export const FINE_PRICE_CENT = 10_000

/** A price in cents as a whole FinePrice. */
export const finePrice = (cents: number): FinePrice => Math.round(cents * FINE_PRICE_CENT)

export interface ReportFill {
  readonly at: Millis
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  readonly fee: Money
  readonly isTaker: boolean
  /** Mid when it traded, cents; null where the source has none, and then the tape's is taken. */
  readonly mid: number | null
  /** Fair value by our own estimate, cents; null where not known. */
  readonly fair: number | null
}

export interface ReportMarket {
  readonly closeAt: Millis
  /** null while undetermined, and where the report ends before the close. */
  readonly result: 'yes' | 'no' | null
  /** Coefficients of `coefficient x C x P x (1-P)` in millionths; null where not known. */
  readonly fees: { readonly maker: number; readonly taker: number } | null
}

/** What was asked of the exchange, and came of it: all of the same time, see `counted`. */
export interface ReportCalls {
  readonly place: number
  readonly amend: number
  readonly decrease: number
  readonly cancel: number
  /** Of the write budget. */
  readonly tokens: number
  /** Contracts of the orders that the exchange took; null where the source did not count them. */
  readonly placedContracts: number | null
  /** Fills and their contracts in the time of the calls; null where that time is not known. */
  readonly filled: { readonly fills: number; readonly contracts: number } | null
}

/** A running maker counts from its start on; null where that time is not known. */
export interface Counted {
  readonly since: Millis | null
}

/** What the exchange itself says, and where our own ledger differed from it. */
export interface AccountTruth {
  readonly at: Millis
  /** When the market was paid out; absent before. `position` is then what was held. */
  readonly settledAt?: Millis
  /** Of the whole account; null where not read. */
  readonly balance: Money | null
  readonly position: Quantity
  readonly realized: Money
  readonly fees: Money
  /** Moved by trading this market, fees taken off. */
  readonly cash: Money
  readonly fills: number
  readonly differences: readonly Difference[]
}

export interface ReportInput {
  readonly ticker: string
  readonly source: 'tape' | 'exchange' | 'backtest'
  readonly rows: Rows
  /** Oldest first, within the report's time. */
  readonly fills: readonly ReportFill[]
  /** When the report's time ends, epoch ms; null: with the last row or fill. */
  readonly until: Millis | null
  /** Held when the report's time begins. */
  readonly opening: Quantity
  readonly market: ReportMarket | null
  /** Seconds for which a side was silent, by reason. */
  readonly silence: Readonly<Record<string, number>> | null
  readonly calls: ReportCalls | null
  /** From when on silence and calls count; null: from the report's beginning. */
  readonly counted: Counted | null
  /** Milliseconds from a message to the order that it caused; null: those of the rows. */
  readonly latencies: readonly number[] | null
  readonly account: AccountTruth | null
  /** Best bid to best ask when last looked at, cents; null where not known. */
  readonly touchCents: number | null
  /** Money that moved on the tape without a fill that could be told from it. */
  readonly unassigned: Money
  /** What a reader must know about this source, as sentences. */
  readonly notes: readonly string[]
}

/** An input with nothing known but a ticker, for a source to fill in. */
export const bareInput = (ticker: string, source: ReportInput['source']): ReportInput => ({
  ticker,
  source,
  rows: [],
  fills: [],
  until: null,
  opening: 0,
  market: null,
  silence: null,
  calls: null,
  counted: null,
  latencies: null,
  account: null,
  touchCents: null,
  unassigned: 0,
  notes: [],
})
