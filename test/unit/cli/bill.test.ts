// A month's bill: rates from two readings, allowances once for all, and docs/cost.md's own figures.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { billOf, type Rates, ratesOf } from '../../../cli/lib/bill.ts'
import type { Usage } from '../../../src/rpc/contracts.ts'

const MONTH = 30 * 86_400
const usage = (factor: number): Usage => ({
  ...{ since: 0, requests: 10 * factor, frames: 100 * factor, rowsWritten: 20 * factor },
  ...{ rowsRead: 4 * factor, objectsWritten: 2 * factor, objectsRead: factor },
  ...{ objectBytes: 1_000 * factor, storedBytes: 500 },
})
const NOTHING: Rates = {
  ...{ requests: 0, frames: 0, rowsWritten: 0, rowsRead: 0 },
  ...{ objectsWritten: 0, objectsRead: 0, objectBytes: 0, logs: 0, storedBytes: 0 },
}
const lineOf = (rates: Partial<Rates>, makers: number, name: string) =>
  billOf({ ...NOTHING, ...rates }, makers).lines.find((line) => line.name.startsWith(name))!

describe('rates', () => {
  it('are what came between two readings, a second and a maker, the desk shared', () => {
    const [before, after] = [
      [usage(1), usage(1), usage(1)],
      [usage(3), usage(3), usage(2)],
    ]
    const rates = ratesOf(before, after, 2, { seconds: 10, logLines: 40 })
    expect(rates).toMatchObject({ requests: 2.5, frames: 25, rowsWritten: 5, logs: 2 })
    expect(rates.storedBytes).toBe(750)
  })
})

describe('a bill', () => {
  it('counts every second of an object, and nothing within an allowance', () => {
    expect(billOf(NOTHING, 1).total).toBe(5)
    expect(lineOf({}, 1, 'duration')).toMatchObject({ amount: 331_776, dollars: 0 })
    expect(lineOf({}, 20, 'duration').dollars).toBeCloseTo(77.94, 2)
    expect(billOf(NOTHING, 1, { oracles: 1 }).total).toBeCloseTo(5 + (663_552 - 4e5) * 12.5e-6, 9)
  })

  it('counts 20 frames as a request, and the watchdog', () => {
    const { amount } = lineOf({ frames: 20, requests: 1 }, 3, 'requests')
    expect(amount).toBe(3 * 2 * MONTH + 5 * 43_200)
  })

  it.each([
    ['rows written', { rowsWritten: 60e6 / MONTH }, 10],
    ['R2 class A', { objectsWritten: 2e6 / MONTH }, 4.5],
    ['R2 class B', { objectsRead: 20e6 / MONTH }, 3.6],
    ['R2 storage', { objectBytes: 20e9 / MONTH }, 0.15],
    ['log lines', { logs: 30e6 / MONTH }, 6],
  ] as const)('takes money for %s beyond the allowance', (name, rates, dollars) => {
    expect(lineOf(rates, 1, name).dollars).toBeCloseTo(dollars, 6)
  })
})

it('docs/cost.md does its own arithmetic', () => {
  const text = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| (\d+) \| (.*) \|$/gm)]
  expect(rows.map(([, tickers]) => tickers)).toEqual(['1', '5', '20'])
  for (const [, tickers, cells] of rows) {
    const parts = cells!.split('|').map((cell) => Number(cell.replace(/[$* ]/g, '')))
    const total = parts.pop()!
    expect(parts.reduce((sum, part) => sum + part, 5)).toBeCloseTo(total, 1)
    expect(parts[0]).toBeCloseTo(lineOf({}, Number(tickers), 'duration').dollars, 2)
    expect(total).toBeLessThanOrEqual(95)
  }
})
