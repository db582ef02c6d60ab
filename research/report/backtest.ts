// A backtest's own file as the source of a report.
//
// It has the fills, and the rows that the maker would have written to its tape. Mids, quotes and
// latency come from those rows alone, as in a report of the tape itself; what the backtest measured
// in the recorded book is in its own tables.

import { CONTRACT, DOLLAR, PRICE_CENT, type Side } from '../../src/core/vocabulary/units.ts'
import { bareInput, type ReportFill, type ReportInput } from '../../src/report/sources/input.ts'
import { readRows } from '../../src/report/sources/sources.ts'

/** The part of one result that is used. */
interface BacktestResult {
  readonly ticker: string
  readonly settled: 'yes' | 'no' | null
  readonly from: number
  readonly closeAt: number
  readonly seconds: number
  readonly fills: readonly {
    /** Files of earlier versions, whose feed had no delay, have `at` alone. */
    readonly heardAt?: number
    readonly at: number
    readonly side: Side
    readonly price: number
    readonly quantity: number
    readonly fee: number
    readonly tapeMid: number | null
    readonly fair: number | null
    readonly cause?: string
  }[]
  readonly tape: readonly string[]
  readonly calls: Readonly<Record<'place' | 'amend' | 'decrease' | 'cancel', number>>
  readonly placedContracts: number
  readonly tokens: number
}

interface BacktestRun {
  readonly maker: string
  readonly fills: string
  readonly results: readonly BacktestResult[]
}

/**
 * One result among all that a backtest wrote: of a market, a maker and a way of filling, where they
 * are named; of several, the one with the most fills.
 * @throws Error when there is none such
 */
export const pickResult = (
  runs: unknown,
  wanted: { readonly ticker?: string; readonly maker?: string; readonly fills?: string },
): { readonly run: BacktestRun; readonly result: BacktestResult } => {
  const list = Array.isArray(runs) ? (runs as BacktestRun[]) : []
  const fitting = list
    .filter(({ maker }) => wanted.maker === undefined || maker === wanted.maker)
    .filter(({ fills }) => wanted.fills === undefined || fills === wanted.fills)
    .flatMap((run) => (run.results ?? []).map((result) => ({ run, result })))
    .filter(({ result }) => wanted.ticker === undefined || result.ticker === wanted.ticker)
    .sort((a, b) => b.result.fills.length - a.result.fills.length)
  if (fitting[0] !== undefined) return fitting[0]
  const known = list.flatMap(({ maker, fills, results }) =>
    (results ?? []).map(({ ticker }) => `${ticker} ${maker} ${fills}`),
  )
  throw new Error(
    `Reading the backtest failed: found ${known.length === 0 ? 'no results' : known.join(', ')}, wanted ${JSON.stringify(wanted)}`,
  )
}

export const fromBacktest = (
  { maker, fills: model }: BacktestRun,
  result: BacktestResult,
): ReportInput => {
  const { ticker, settled, closeAt, from, seconds, tape, calls, tokens, placedContracts } = result
  if (!Array.isArray(tape)) {
    throw new Error(
      `Reading the backtest failed: found ${ticker} without the rows of its tape, wanted a file written by this version`,
    )
  }
  const fills = result.fills.map(
    ({ at, heardAt = at, side, price, quantity, fee, tapeMid, fair, cause }): ReportFill => ({
      at: heardAt,
      side,
      price: Math.round(price * PRICE_CENT),
      quantity: Math.round(quantity * CONTRACT),
      fee: Math.round(fee * DOLLAR),
      isTaker: cause === 'take',
      mid: tapeMid,
      fair,
    }),
  )
  const contracts = fills.reduce((sum, { quantity }) => sum + quantity, 0) / CONTRACT
  return {
    ...bareInput(ticker, 'backtest'),
    rows: readRows(tape.join('\n'), `the backtest of ${ticker}`),
    fills,
    until: from + seconds * 1000,
    market: { closeAt, result: settled, fees: null },
    calls: { ...calls, tokens, placedContracts, filled: { fills: fills.length, contracts } },
    notes: [
      `The maker was ${maker}, and fills were decided by the ${model} model; a backtest’s queue is a guess.`,
    ],
  }
}
