// The memory of a report over seven days of tape, two rows a second and a fill a minute: a worker
// has 128 MB for everything. It runs in a process of its own whose heap may not grow beyond a
// limit; columns of numbers lie outside that heap, so their highest sum is added.

import { spawnSync } from 'node:child_process'
import { formatRow } from '../src/core/record/tape.ts'
import { measure } from '../src/report/measures/metrics.ts'
import { pageOf } from '../src/report/page/page.ts'
import { fromRows, TapeTable } from '../src/report/sources/sources.ts'

/** MB of heap that the report must do with. */
const HEAP = 40
const DAYS = 7
const ROWS_PER_SEGMENT = 600
const SEGMENTS = DAYS * 288
const START = Date.UTC(2026, 10, 1)
const MB = 1e6

/** Five minutes of tape: a mid that wanders, quotes around it, a fill now and then. */
const segment = (number: number): string => {
  let text = ''
  for (let i = 0; i < ROWS_PER_SEGMENT; i++) {
    const step = number * ROWS_PER_SEGMENT + i
    const mid = 50 + Math.round(40 * Math.sin(step / 5_000)) / 2
    const inventory = Math.floor(step / 120) % 9
    const row = {
      ...{ at: START + step * 500, ticker: 'KXLONG-26DEC31-T50', mid, inventory },
      ...{ myBid: mid - 1, myAsk: mid + 1, latencyMs: step % 3 === 0 ? 12 : null },
      ...{ unrealizedPnl: (inventory * (mid - 50)) / 100, realizedPnl: step / 1e6 },
    }
    text += `${formatRow(row)}\n`
  }
  return text
}

const report = (): void => {
  let outside = 0
  const look = (): void => {
    outside = Math.max(outside, process.memoryUsage().arrayBuffers)
  }
  const tape = new TapeTable()
  for (let number = 0; number < SEGMENTS; number++) {
    tape.read(segment(number))
    look()
  }
  const input = fromRows('KXLONG-26DEC31-T50', tape)
  const metrics = measure(input)
  look()
  const { html } = pageOf(input, metrics)
  look()
  console.log(JSON.stringify({ rows: tape.rows.length, outside, page: html.length }))
}

/** Prints the figure; fails where the report does not fit. */
export const benchReport = (): void => {
  const started = performance.now()
  const child = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, '--max-semi-space-size=2', import.meta.filename, 'child'],
    { encoding: 'utf8' },
  )
  if (child.status !== 0) throw new Error(`A report of a week needs more: ${child.stderr}`)
  const { rows, outside, page } = JSON.parse(child.stdout) as Record<string, number>
  const seconds = (performance.now() - started) / 1000
  console.log(
    `report: ${DAYS} days, ${rows} rows: at most ${HEAP} MB of heap and ${(outside! / MB).toFixed(0)} MB of columns; page ${(page! / 1000).toFixed(0)} kB, ${seconds.toFixed(1)} s`,
  )
}

if (process.argv[2] === 'child') report()
