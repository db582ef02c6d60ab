// Results as tables for people: one line a market, their sum below, and what happened after fills.

import { MARKOUTS, type Result } from './run.ts'
import { totalOf } from './total.ts'

const dollars = (value: number): string => value.toFixed(4)
const percent = (share: number): string => `${(100 * share).toFixed(1)}`

/** Columns padded to their widest cell; the first to the left, the others to the right. */
export const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const HEAD = [
  '',
  'net $',
  'gross $',
  'fees $',
  'fills',
  'by cross',
  'contracts',
  'max |q|',
  'final q',
  'max dd $',
  'reprices/min',
  'two-sided %',
  'one-sided %',
  'place',
  'amend',
  'decrease',
  'cancel',
  'tokens',
  'settled',
]

/** P&L, activity and quoting, one line a market and one for the sum. */
export const resultTable = (results: readonly Result[]): string => {
  const rows = results.map((result) => {
    const { calls, fills } = result
    return [
      result.ticker,
      dollars(result.net),
      dollars(result.gross),
      dollars(result.fees),
      `${fills.length}`,
      `${fills.filter(({ cause }) => cause === 'cross').length}`,
      result.contracts.toFixed(2),
      result.maxInventory.toFixed(2),
      result.finalInventory.toFixed(2),
      result.maxDrawdown.toFixed(3),
      result.repricesPerMinute.toFixed(1),
      percent(result.twoSided),
      percent(result.oneSided),
      `${calls.place}`,
      `${calls.amend}`,
      `${calls.decrease}`,
      `${calls.cancel}`,
      `${result.tokens}`,
      result.settled ?? `at mid ${result.finalCents}`,
    ]
  })
  if (results.length > 1) {
    const { net, gross, fees, fills, contracts, maxDrawdown, tokens } = totalOf(results)
    const counts = (of: (result: Result) => number): string =>
      `${results.reduce((sum, result) => sum + of(result), 0)}`
    rows.push([
      'sum',
      dollars(net),
      dollars(gross),
      dollars(fees),
      `${fills}`,
      counts((result) => result.fills.filter(({ cause }) => cause === 'cross').length),
      contracts.toFixed(2),
      '',
      '',
      maxDrawdown.toFixed(3),
      '',
      '',
      '',
      counts(({ calls }) => calls.place),
      counts(({ calls }) => calls.amend),
      counts(({ calls }) => calls.decrease),
      counts(({ calls }) => calls.cancel),
      `${tokens}`,
      '',
    ])
  }
  return tableOf([HEAD, ...rows])
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
