// Results as tables for people: one line a market, their sum below, and what happened after fills.

import { tableOf } from '../../../src/plot/table.ts'
import type { Cause } from '../exchange/exchange.ts'
import { drawdownOf, MARKOUTS, type Result } from '../runs/result.ts'

interface Total {
  readonly gross: number
  readonly fees: number
  readonly net: number
  readonly fills: number
  readonly contracts: number
  readonly orders: number
  readonly tokens: number
  readonly maxDrawdown: number
  /** Pairs of epoch ms and dollars: sessions that are over count with what they settled at. */
  readonly equity: readonly (readonly [number, number])[]
}

/**
 * The sum of several markets run with the same parameters. Each market has a maker of its own that
 * knows nothing of the others, as on the exchange.
 */
export const totalOf = (results: readonly Result[]): Total => {
  const sum = (of: (result: Result) => number): number =>
    results.reduce((total, result) => total + of(result), 0)
  const equity = equityOf(results)
  return {
    gross: sum(({ gross }) => gross),
    fees: sum(({ fees }) => fees),
    net: sum(({ net }) => net),
    fills: sum(({ fills }) => fills.length),
    contracts: sum(({ contracts }) => contracts),
    orders: sum(({ orders }) => orders),
    tokens: sum(({ tokens }) => tokens),
    maxDrawdown: drawdownOf(equity),
    equity,
  }
}

const equityOf = (results: readonly Result[]): [number, number][] => {
  const steps: { at: number; change: number }[] = []
  for (const { equity, net } of results) {
    let before = 0
    for (const [at, value] of equity) {
      steps.push({ at, change: value - before })
      before = value
    }
    const last = equity.at(-1)
    // What settlement made of it, a second after the last sample.
    if (last !== undefined) steps.push({ at: last[0] + 1000, change: net - before })
  }
  steps.sort((a, b) => a.at - b.at)
  const out: [number, number][] = []
  let value = 0
  for (const { at, change } of steps) {
    value += change
    const last = out.at(-1)
    if (last !== undefined && last[0] === at) last[1] = value
    else out.push([at, value])
  }
  return out
}

const dollars = (value: number): string => value.toFixed(4)
const percent = (share: number): string => `${(100 * share).toFixed(1)}`

const by =
  (wanted: Cause) =>
  ({ fills }: Result): number =>
    fills.filter(({ cause }) => cause === wanted).length
const [crossed, taken] = [by('cross'), by('take')]

/** Of all results: a sum, and a mean by the length of their recordings. */
interface Fold {
  readonly add: (of: (result: Result) => number) => string
  readonly mean: (of: (result: Result) => number) => number
  readonly most: (of: (result: Result) => number) => number
}

/** Each column: its head, its cell for one market, and its cell in the line of the sum. */
const COLUMNS: readonly [
  head: string,
  cell: (result: Result) => string,
  sum?: (total: Total, fold: Fold) => string,
][] = [
  ['', ({ ticker }) => ticker, () => 'sum'],
  ['net $', ({ net }) => dollars(net), ({ net }) => dollars(net)],
  ['gross $', ({ gross }) => dollars(gross), ({ gross }) => dollars(gross)],
  ['fees $', ({ fees }) => dollars(fees), ({ fees }) => dollars(fees)],
  ['fills', ({ fills }) => `${fills.length}`, ({ fills }) => `${fills}`],
  ['by cross', (result) => `${crossed(result)}`, (_, { add }) => add(crossed)],
  ['taken', (result) => `${taken(result)}`, (_, { add }) => add(taken)],
  ['contracts', (it) => it.contracts.toFixed(2), (total) => total.contracts.toFixed(2)],
  [
    'max |q|',
    ({ maxInventory }) => maxInventory.toFixed(2),
    (_, { most }) => most(({ maxInventory }) => maxInventory).toFixed(2),
  ],
  ['final q', ({ finalInventory }) => finalInventory.toFixed(2)],
  ['max dd $', (it) => it.maxDrawdown.toFixed(3), (total) => total.maxDrawdown.toFixed(3)],
  [
    'reprices/min',
    ({ repricesPerMinute }) => repricesPerMinute.toFixed(1),
    (_, { mean }) => mean(({ repricesPerMinute }) => repricesPerMinute).toFixed(1),
  ],
  [
    'two-sided %',
    ({ twoSided }) => percent(twoSided),
    (_, { mean }) => percent(mean(({ twoSided }) => twoSided)),
  ],
  [
    'one-sided %',
    ({ oneSided }) => percent(oneSided),
    (_, { mean }) => percent(mean(({ oneSided }) => oneSided)),
  ],
  ...(['place', 'amend', 'decrease', 'cancel'] as const).map((kind): (typeof COLUMNS)[number] => [
    kind,
    ({ calls }) => `${calls[kind]}`,
    (_, { add }) => add(({ calls }) => calls[kind]),
  ]),
  ['tokens', ({ tokens }) => `${tokens}`, ({ tokens }) => `${tokens}`],
  ['settled', ({ settled, finalCents }) => settled ?? `at mid ${finalCents}`],
]

const foldOf = (results: readonly Result[]): Fold => {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  return {
    add: (of) => `${results.reduce((sum, result) => sum + of(result), 0)}`,
    mean: (of) => results.reduce((sum, result) => sum + of(result) * result.seconds, 0) / seconds,
    most: (of) => Math.max(...results.map(of)),
  }
}

/** P&L, activity and quoting, one line a market and one for the sum. */
export const resultTable = (results: readonly Result[]): string => {
  const rows = results.map((result) => COLUMNS.map(([, cell]) => cell(result)))
  if (results.length > 1) {
    const total = totalOf(results)
    const fold = foldOf(results)
    rows.push(COLUMNS.map(([, , sum]) => sum?.(total, fold) ?? ''))
  }
  return tableOf([COLUMNS.map(([head]) => head), ...rows])
}

/** Net profit of all sessions, two or more, and one standard error of that sum. */
export const netLine = (results: readonly Result[]): string => {
  const n = results.length
  const sum = results.reduce((total, { net }) => total + net, 0)
  const squares = results.reduce((total, { net }) => total + (net - sum / n) ** 2, 0)
  const error = Math.sqrt((n * squares) / (n - 1))
  return `Net of ${n} sessions: ${sum.toFixed(2)} $ (s.e. ${error.toFixed(2)})`
}

/** Cents gained per contract some time after the fill, over all results together. */
export const markoutLine = (results: readonly Result[]): string => {
  const cells = [...MARKOUTS, 'settlement' as const].map((after) => {
    let sum = 0
    let contracts = 0
    for (const { markouts } of results) {
      const found = markouts.find((markout) => markout.after === after)
      if (found === undefined || found.cents === null) continue
      sum += found.cents * found.contracts
      contracts += found.contracts
    }
    const name = after === 'settlement' ? after : `${after} s`
    return `${name} ${contracts > 0 ? (sum / contracts).toFixed(2) : '-'}`
  })
  return `Cents per contract after a fill: ${cells.join(', ')}`
}
