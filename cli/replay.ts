// npm run replay -- SOURCE [SOURCE ...]: a recorded session or a journal through the real engine.
//
// A recording (one frame a line, plain or .gz) meets an exchange of paper: requests succeed at
// once, nothing trades, so the figures are decisions, not profit. A journal (a file, a folder of
// parts, or the address of a worker) is the whole run: every decision is made again and compared,
// and the program ends with 1 where one differs.
//
//   npm run replay -- http://127.0.0.1:8787 --ticker T [--token TOKEN] [--from TIME] [--to TIME]
//   --set KEY=VALUE   a journal under a changed parameter: from which event on decisions differ

import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { isAddress, isJournal, journalLines } from '../research/recordings/journal-source.ts'
import { readRecording } from '../research/recordings/recording.ts'
import { replayChanged, replayJournal } from '../research/replay/journal-replay.ts'
import { replaySession } from '../research/replay/replay.ts'
import { formatPrice, formatQuantity } from '../src/core/vocabulary/units.ts'
import { failWith, optionsOf, showUsage, texts } from './lib/options.ts'

const replayRecording = (file: string): void => {
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

const main = async (): Promise<number> => {
  const { values, positionals: sources } = optionsOf({
    allowPositionals: true,
    options: {
      ...texts('ticker', 'token', 'from', 'to'),
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  if (sources.length === 0 || values.help) showUsage(import.meta.url, sources.length === 0 ? 2 : 0)
  const journals: string[] = []
  for (const source of sources) {
    if (isAddress(source)) journals.push(source)
    else if (!existsSync(source)) throw new Error(`Replay refused: found no file ${source}`)
    else if (await isJournal(source)) journals.push(source)
    else if (values.set.length === 0) replayRecording(source)
    else throw new Error(`Replay refused: found a recording, wanted a journal with --set`)
  }
  if (journals.length === 0) return 0
  const lines = journalLines(journals, values)
  const { set } = values
  const { text, code } = await (set.length > 0 ? replayChanged(lines, set) : replayJournal(lines))
  console.log(text)
  return code
}

process.exitCode = await main().catch(failWith())
