// From what a source gives, as text or JSON, to the input of a report. Reads nothing by itself:
// files and calls are the caller's.

import {
  differencesOf,
  type ExchangeAccount,
  foldFills,
} from '../../core/ledger/exchange-account.ts'
import type { Holdings } from '../../core/ledger/ledger.ts'
import { parseRow, TAPE_HEADER } from '../../core/record/tape.ts'
import type { Fill, TapeRow } from '../../core/vocabulary/events.ts'
import { type Millis, signOf } from '../../core/vocabulary/units.ts'
import { type DerivedFills, deriveFills, FillDeriver } from '../measures/derive.ts'
import { type AccountTruth, bareInput, type ReportFill, type ReportInput } from './input.ts'
import { type Rows, RowTable } from './rows.ts'

/**
 * The rows of a tape's CSV, in the order of time; the header may stand before every segment.
 * @throws Error naming the line that is no row
 */
export const readRows = (text: string, name = 'the tape'): TapeRow[] => {
  const rows: TapeRow[] = []
  let line = 0
  for (const each of text.split('\n')) {
    line++
    const bare = each.endsWith('\r') ? each.slice(0, -1) : each
    if (bare === '' || bare === TAPE_HEADER) continue
    const row = parseRow(bare)
    if (typeof row === 'string') throw new Error(`${row} (line ${line} of ${name})`)
    rows.push(row)
  }
  return rows.sort((a, b) => a.at - b.at)
}

/** A tape of any length, read piece by piece; what a report needs of it fits in memory. */
export class TapeTable {
  readonly rows = new RowTable()
  readonly #deriver = new FillDeriver()

  /**
   * Adds whole lines, oldest first; headers may stand between them.
   * @throws Error naming the line that is no row
   */
  read(text: string): void {
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start)
      const line = text.slice(start, end < 0 ? text.length : end)
      start = end < 0 ? text.length : end + 1
      if (line === '' || line === TAPE_HEADER) continue
      const row = parseRow(line)
      if (typeof row === 'string') throw new Error(`${row} (row ${this.rows.length + 1})`)
      this.rows.push(row)
      this.#deriver.push(row)
    }
  }

  get derived(): DerivedFills {
    return this.#deriver.derived
  }
}

/** A report from rows alone, for the one ticker that they are of. */
export const fromRows = (ticker: string, tape: readonly TapeRow[] | TapeTable): ReportInput => {
  const isTable = tape instanceof TapeTable
  const { opening, fills, unassigned } = isTable ? tape.derived : deriveFills(tape)
  return {
    ...bareInput(ticker, 'tape'),
    rows: isTable ? tape.rows : tape,
    fills,
    opening,
    unassigned,
    notes: [
      'Fills were worked out from changes of inventory and profit on the tape: trades of both sides between two rows show as one, and price and fee are told apart by the fee table.',
    ],
  }
}

const reportFill = (fill: Fill): ReportFill => ({
  at: fill.venueAt,
  side: fill.side,
  price: fill.price,
  quantity: fill.quantity,
  fee: fill.fee,
  isTaker: fill.isTaker,
  mid: null,
  fair: null,
})

/** What the exchange says, beside our own sums where a maker runs. */
export const truthOf = (theirs: ExchangeAccount, ours: Holdings | null): AccountTruth => {
  const { cash } = foldFills(theirs.fills)
  // The exchange no longer lists a settled position: its row says what was held and paid in fees.
  const [row] = theirs.settlements
  const settled = theirs.settlements.length === 1 && row !== undefined ? row : null
  return {
    at: theirs.at,
    ...(settled !== null && { settledAt: settled.at }),
    balance: theirs.balance,
    position: settled === null ? theirs.position.position : settled.yesCount - settled.noCount,
    realized: theirs.position.realized,
    fees: settled?.fee ?? theirs.position.fees,
    cash,
    fills: theirs.fills.length,
    differences: ours === null ? [] : differencesOf(ours, theirs),
  }
}

/**
 * Rows of the tape with the exchange's own fills; `fills` are all there ever were, oldest first.
 */
export const fromExchange = (
  ticker: string,
  rows: Rows,
  fills: readonly Fill[],
  range: { readonly from: Millis; readonly to: Millis },
  truth: AccountTruth | null,
): ReportInput => {
  let opening = 0
  const within: ReportFill[] = []
  for (const fill of fills) {
    if (fill.venueAt < range.from) opening += signOf(fill.side) * fill.quantity
    else if (fill.venueAt < range.to) within.push(reportFill(fill))
  }
  return {
    ...bareInput(ticker, 'exchange'),
    rows,
    fills: within,
    opening,
    account: truth,
    notes:
      opening === 0
        ? []
        : ['A position was held when this report begins; it counts from the first mid on.'],
  }
}
