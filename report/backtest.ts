// A backtest's own file as the source of a report.
//
// It has the fills with the mid of their moment, and profit and inventory once a second, from which the
// mid follows wherever something is held. The quotes of every moment are not in it, only how long both
// sides or one were out.

import type { TapeRow } from '../src/core/events.ts'
import { CONTRACT, DOLLAR, PRICE_CENT, type Side } from '../src/core/units.ts'
import { bareInput, type ReportFill, type ReportInput } from './input.ts'

/** The part of one result that is used. */
export interface BacktestResult {
  readonly ticker: string
  readonly settled: 'yes' | 'no' | null
  readonly seconds: number
  readonly fills: readonly {
    readonly at: number
    readonly side: Side
    readonly price: number
    readonly quantity: number
    readonly fee: number
    readonly mid: number | null
    readonly fair: number | null
  }[]
  readonly equity: readonly (readonly [number, number])[]
  readonly inventory: readonly (readonly [number, number])[]
  readonly calls: Readonly<Record<'place' | 'amend' | 'decrease' | 'cancel', number>>
  readonly tokens: number
  readonly twoSided: number
  readonly oneSided: number
}

export interface BacktestRun {
  readonly maker: string
  readonly fills: string
  readonly results: readonly BacktestResult[]
}

/**
 * One result among all that a backtest wrote: of a market, a maker and a way of filling, where they are
 * named; of several, the one with the most fills.
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

/** Rows once a second; the mid is profit less cash, over what is held. */
const rowsOf = (result: BacktestResult, fills: readonly ReportFill[]): TapeRow[] => {
  let next = 0
  let cash = 0
  return result.equity.map(([at, dollars], i): TapeRow => {
    for (; next < fills.length && fills[next]!.at <= at; next++) {
      const { side, price, quantity, fee } = fills[next]!
      cash -= (side === 'bid' ? 1 : -1) * price * quantity + fee
    }
    const inventory = result.inventory[i]?.[1] ?? 0
    const held = Math.round(inventory * CONTRACT)
    // Half a unit is the finest that a mid can be.
    const mid =
      held === 0 ? null : Math.round((2 * (dollars * DOLLAR - cash)) / held) / 2 / PRICE_CENT
    return {
      at,
      ticker: result.ticker,
      mid,
      myBid: null,
      myAsk: null,
      inventory,
      unrealizedPnl: dollars * 100,
      realizedPnl: 0,
      latencyMs: null,
    }
  })
}

export const fromBacktest = (
  { maker, fills: model }: BacktestRun,
  result: BacktestResult,
): ReportInput => {
  const fills = result.fills.map(
    ({ at, side, price, quantity, fee, mid, fair }): ReportFill => ({
      at,
      side,
      price: Math.round(price * PRICE_CENT),
      quantity: Math.round(quantity * CONTRACT),
      fee: Math.round(fee * DOLLAR),
      isTaker: false,
      mid,
      fair,
    }),
  )
  const two = result.twoSided * result.seconds
  const one = result.oneSided * result.seconds
  const from = result.equity[0]?.[0] ?? fills[0]?.at ?? 0
  return {
    ...bareInput(result.ticker, 'backtest'),
    rows: rowsOf(result, fills),
    fills,
    // The file does not say when the market closed; its recording ends about then.
    market:
      result.settled === null
        ? null
        : { closeAt: from + result.seconds * 1000, result: result.settled, fees: null },
    calls: { ...result.calls, tokens: result.tokens, placedContracts: null },
    quoted: { two, one, none: Math.max(0, result.seconds - two - one) },
    notes: [
      `The maker was ${maker}, and fills were decided by the ${model} model; a backtest’s queue is a guess. The file has a mid only at fills and while something is held, so gains after a fill may differ a little from those that the backtest itself prints.`,
    ],
  }
}
