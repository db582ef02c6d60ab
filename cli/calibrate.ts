// npm run calibrate -- FILE [FILE ...]: what a market's past says about the parameters to quote it
// with.
//
// FILE is a recorded session of frames, a tape of our own (CSV), or a list of public trades (JSON);
// plain or .gz. Several files about one market are put together.
//   --json            everything as JSON
//   --block SECONDS   length of a bootstrap block (the longer of 60 s and a fiftieth of the whole)
//   --draws N         draws behind each interval (400)
//   --seed N          seed of the draws (1)
//
// npm run calibrate -- --score
//   --data FOLDER     where the kinds of recordings are (../shared/data)
//
// Scores estimators of volatility on every recording that holds a mid (docs/volatility.md).
//
// npm run calibrate -- --verdict
//   --runs N          simulated makers of 8 hours in each case (1000)
//
// How often the verdict on our own fills stops a maker rightly, and wrongly.
//
// npm run calibrate -- --events
//   --data FOLDER     where the kinds of recordings are (../shared/data)
//
// Compares the mids of exclusive outcomes, and what src/core/siblings makes of them, with outcomes.

import { existsSync } from 'node:fs'
import { type BlockOptions, DEFAULT_BLOCKS } from '../research/calibrate/blocks.ts'
import { calibrate } from '../research/calibrate/calibrate.ts'
import { eventsIn } from '../research/calibrate/events/books.ts'
import { eventsReport } from '../research/calibrate/events/report.ts'
import { readMarkets } from '../research/calibrate/read.ts'
import { reportOf } from '../research/calibrate/report.ts'
import { kindsIn } from '../research/calibrate/score/recordings.ts'
import { HEAD, linesOf, scoreOf } from '../research/calibrate/score/score.ts'
import { verdictTable } from '../research/calibrate/verdict.ts'
import { fail, failWith, numberOf, optionsOf, showUsage } from './lib/options.ts'

const { values, positionals: files } = optionsOf({
  allowPositionals: true,
  options: {
    events: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    score: { type: 'boolean', default: false },
    verdict: { type: 'boolean', default: false },
    runs: { type: 'string', default: '1000' },
    data: { type: 'string', default: '../shared/data' },
    block: { type: 'string' },
    draws: { type: 'string', default: String(DEFAULT_BLOCKS.draws) },
    seed: { type: 'string', default: String(DEFAULT_BLOCKS.seed) },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) showUsage(import.meta.url, 0)
const modes = (['score', 'verdict', 'events'] as const).filter((mode) => values[mode])
if (modes.length > 0 && modes.length + files.length > 1) {
  const found = [...modes.map((mode) => `--${mode}`), ...files].join(', ')
  fail(
    `Choosing what to do failed: found ${found}, wanted one of --score, --verdict, --events, or FILEs`,
  )
}
// No failure: the recordings are not part of the project.
const skipped = (values.score || values.events) && !existsSync(values.data)
if (skipped) {
  console.log(`Skipped: found no recordings in ${values.data}`)
  process.exit(0)
}
if (values.verdict) {
  const runs = Math.round(numberOf('runs', values.runs, 1, 1_000_000))
  for (const line of verdictTable(runs)) console.log(line)
  process.exit(0)
}
if (values.score) {
  if (!values.json) for (const line of HEAD) console.log(line)
  for (const kind of kindsIn(values.data)) {
    const score = scoreOf(kind)
    if (values.json) console.log(JSON.stringify(score))
    else for (const line of linesOf(score)) console.log(line)
  }
  process.exit(0)
}
if (values.events) {
  console.log(eventsReport(eventsIn(values.data)))
  process.exit(0)
}
if (files.length === 0) showUsage(import.meta.url, 2)
const missing = files.find((file) => !existsSync(file))
if (missing !== undefined) fail(`Reading ${missing} failed: found no such file`)
const options: BlockOptions = {
  blockSeconds: values.block === undefined ? null : numberOf('block', values.block, 1, 604_800),
  draws: Math.round(numberOf('draws', values.draws, 20, 100_000)),
  seed: Math.round(numberOf('seed', values.seed, 0, 4_294_967_295)),
}
try {
  const found = readMarkets(files).map((market) => calibrate(market, options))
  if (values.json) console.log(JSON.stringify(found, null, 2))
  else console.log(found.map(reportOf).join('\n\n'))
} catch (error) {
  failWith()(error)
}
