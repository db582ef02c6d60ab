// npm run replay -- FILE [FILE ...]: recorded sessions through the real engine, as fast as it goes.
//
// Everything in one process: wire, book, estimators, quoting, planning, orders. The exchange is made
// of paper (requests succeed at once, nothing trades), so the figures are decisions, not profit.

import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { formatPrice, formatQuantity } from '../src/core/units.ts'
import { readRecording } from './lib/recording.ts'
import { replaySession } from './lib/session.ts'

const files = process.argv.slice(2)
if (files.length === 0 || files.includes('--help')) {
  console.log('Usage: npm run replay -- FILE [FILE ...]')
  console.log('FILE is a recorded session, one JSON object a line, plain or .gz.')
  process.exit(files.length === 0 ? 2 : 0)
}

for (const file of files) {
  if (!existsSync(file)) {
    console.error(`Replay refused: found no file ${file}`)
    process.exit(2)
  }
  const recording = readRecording(file)
  const frames = recording.items.filter((item) => item.kind === 'frame').length
  const started = performance.now()
  const runners = replaySession(recording)
  const seconds = (performance.now() - started) / 1000
  console.log(`\n${basename(file)}`)
  console.log(
    `  ${frames} frames in ${seconds.toFixed(3)} s: ${Math.round(frames / seconds)} frames/s`,
  )
  for (const [ticker, { engine }] of runners) {
    const { execution, book } = engine.state
    const { counters } = execution
    const [bid] = book.depth('bid', 1)
    const [ask] = book.depth('ask', 1)
    const level = (found: [number, number] | undefined): string =>
      found === undefined ? 'none' : `${formatPrice(found[0])} x ${formatQuantity(found[1])}`
    console.log(`  ${ticker}`)
    console.log(
      `    decisions ${counters.decisions}, gaps ${counters.gaps}, malformed ${counters.malformed}, stale ${counters.stale}`,
    )
    console.log(
      `    orders placed ${counters.placed}, amended ${counters.amended}, renewed ${counters.renewed}, canceled ${counters.canceled}, refused by risk ${counters.refused_by_risk}`,
    )
    console.log(
      `    final book ${book.isLive ? 'live' : `dark (${book.reason})`}: bid ${level(bid)}, ask ${level(ask)}`,
    )
  }
}
