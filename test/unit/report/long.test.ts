// A report of a tape that is too long to be held: the same numbers as from an array of rows.

import { describe, expect, it } from 'vitest'
import { formatRow, TAPE_HEADER } from '../../../src/core/record/tape.ts'
import type { TapeRow } from '../../../src/core/vocabulary/events.ts'
import { measure } from '../../../src/report/measures/metrics.ts'
import { Mids } from '../../../src/report/measures/mids.ts'
import { fromRows, readRows, TapeTable } from '../../../src/report/sources/sources.ts'
import { Thinner } from '../../../src/report/sources/thinner.ts'
import { mulberry32 } from '../../../src/statistics/random.ts'
import { T0, TICKER, tapeRowOf } from '../../helpers/core.ts'

const SEED = 11

/** Rows of a mid that wanders, with holes, silent sides and trades. */
const wandering = (count: number): TapeRow[] => {
  const random = { next: mulberry32(SEED) }
  let [mid, inventory, cash, at] = [50, 0, 0, T0]
  return Array.from({ length: count }, () => {
    at += random.next() < 0.001 ? 40_000 : 500
    if (random.next() < 0.2)
      mid = Math.min(95, Math.max(5, mid + (random.next() < 0.5 ? 0.5 : -0.5)))
    if (random.next() < 0.02) {
      const change = random.next() < 0.5 ? 1 : -1
      inventory += change
      cash -= change * Math.round(mid)
    }
    return tapeRowOf({
      ...{ at, inventory, mid: random.next() < 0.01 ? null : mid },
      ...{
        myBid: random.next() < 0.1 ? null : mid - 1,
        myAsk: random.next() < 0.1 ? null : mid + 1,
      },
      ...{ latencyMs: random.next() < 0.3 ? 7.25 : null },
      ...{ unrealizedPnl: inventory * mid, realizedPnl: cash },
    })
  })
}

const tableOf = (rows: readonly TapeRow[]): TapeTable => {
  const table = new TapeTable()
  const size = 700
  for (let start = 0; start < rows.length; start += size) {
    const lines = rows.slice(start, start + size).map(formatRow)
    table.read(`${TAPE_HEADER}\n${lines.join('\n')}\n`)
  }
  return table
}

describe('a tape read piece by piece', () => {
  it('gives the rows that were written', () => {
    const rows = wandering(20_000)
    const table = tableOf(rows)
    expect(table.rows.length).toBe(rows.length)
    const plain = readRows(rows.map(formatRow).join('\n'))
    for (const [index, row] of [...table.rows].entries()) expect(plain[index]).toMatchObject(row)
    expect(table.rows.at(-1)?.at).toBe(rows.at(-1)?.at)
    expect([table.rows.at(rows.length), new TapeTable().rows.at(0)]).toEqual([undefined, undefined])
  })

  it('gives the numbers of a report from an array of rows', () => {
    const rows = wandering(19_000)
    const plain = readRows(rows.map(formatRow).join('\n'))
    const [whole, pieces] = [fromRows(TICKER, plain), fromRows(TICKER, tableOf(rows))]
    expect(pieces.fills.length).toBeGreaterThan(100)
    expect(measure(pieces)).toEqual(measure(whole))
  })

  it('keeps every peak and fall where it shows fewer samples than there are', () => {
    const rows = wandering(60_000)
    const metrics = measure(fromRows(TICKER, tableOf(rows)))
    expect(metrics.samples.length).toBeLessThan(15_000)
    expect(metrics.residual).toBe(0)
    let [peak, fall] = [0, 0]
    for (const { equity } of metrics.samples) {
      peak = Math.max(peak, equity)
      fall = Math.max(fall, peak - equity)
    }
    expect(fall).toBeCloseTo(metrics.drawdown, 9)
  })

  it('counts a row from before the last as of its time, and names a line that is no row', () => {
    const table = tableOf([tapeRowOf({ at: T0 + 5 }), tapeRowOf({ at: T0 })])
    expect([...table.rows].map(({ at }) => at)).toEqual([T0 + 5, T0 + 5])
    expect(() => table.read('nonsense\n')).toThrow(/row 3/)
  })
})

it('knows no mid within a hole, though the same mid comes after it', () => {
  const rows = [0, 20, 80, 100].map((s) => tapeRowOf({ at: T0 + s * 1000, mid: 50 }))
  const mids = new Mids(rows)
  const known = [20, 50, 51, 79, 80, 100].map((s) => mids.at(T0 + s * 1000))
  expect(known).toEqual([500_000, 500_000, null, null, 500_000, 500_000])
})

it('a thinned series keeps its ends and its extremes', () => {
  const thinner = new Thinner<number>(100_000, [(value) => value])
  for (let i = 0; i < 100_000; i++) thinner.add(i === 77_777 ? -5 : i % 1_000)
  thinner.end()
  expect(thinner.kept.length).toBeLessThan(8_001)
  expect([thinner.kept[0], thinner.kept.at(-1), Math.min(...thinner.kept)]).toEqual([0, 999, -5])
})
