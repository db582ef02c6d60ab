// The sum of several markets run with the same parameters: one line under their table, one equity
// curve in the picture.
//
// Each market is run by a maker of its own that knows nothing of the others, as on the exchange.

import { drawdownOf, type Result } from './run.ts'

export interface Total {
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
