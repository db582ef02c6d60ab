// npm run backtest -- FILE [FILE ...]: what the real engine would have earned in recorded sessions.
//
// FILE is a recorded session, or a journal of a maker (a file, or a folder of its parts).
//
//   --fills strict,queue,optimistic     ways of deciding when we trade (all three are the default)
//   --model full|linear|naive           a maker; --compare runs all three with the same limits
//   --set KEY=VALUE                     a parameter, as often as wanted
//   --sweep KEY=V,V,... --sweep2 ...    net profit over one parameter or two
//   --svg FILE                          equity curves, or the map of a sweep
//   --latency MS --ack MS               each way, orders and feed; from the exchange to its reply
//                                       (50, 50)
//   --feed MS                           the way of the feed alone (as --latency)
//   --cancels proportional|behind       whose cancels unexplained decreases of the queue are
//   --maker-fee 0.0175                  maker fee coefficient (a journal's own; else 0)
//   --result yes|no                     how the market settled, where no results.json says so
//   --json FILE                         everything that was measured

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FILL_MODELS, type FillModel } from '../research/backtest/exchange/fills.ts'
import { type Curve, equitySvg, heatMapSvg } from '../research/backtest/results/pictures.ts'
import { markoutLine, resultTable, totalOf } from '../research/backtest/results/report.ts'
import { type Result, run, type Settlement } from '../research/backtest/runs/run.ts'
import { MAKERS, type Maker, parametersOf, sweepOf } from '../research/backtest/runs/settings.ts'
import { sessionsOfJournal } from '../research/backtest/sessions/journal-session.ts'
import { type Session, sessionsOf } from '../research/backtest/sessions/session.ts'
import { isJournal, journalLines } from '../research/recordings/journal-source.ts'
import { readRecording } from '../research/recordings/recording.ts'
import type { Parameters } from '../src/core/vocabulary/parameters.ts'
import { CONTRACT } from '../src/core/vocabulary/units.ts'
import { tableOf } from '../src/plot/table.ts'
import { failWith, numberOf, oneOf, optionsOf, showUsage, texts } from './lib/options.ts'

const { values, positionals: files } = optionsOf({
  allowPositionals: true,
  options: {
    ...texts('model', 'sweep', 'sweep2', 'svg', 'json', 'maker-fee', 'result', 'feed'),
    fills: { type: 'string', default: FILL_MODELS.join(',') },
    compare: { type: 'boolean', default: false },
    set: { type: 'string', multiple: true, default: [] },
    latency: { type: 'string', default: '50' },
    ack: { type: 'string', default: '50' },
    cancels: { type: 'string', default: 'proportional' },
  },
})

/** How the recording's markets settled, by a file beside it. */
const resultsBeside = (file: string): Readonly<Record<string, string>> => {
  const path = join(dirname(file), 'results.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

interface Known {
  readonly session: Session
  readonly settled: Settlement
}

const readAll = async (): Promise<Known[]> => {
  const all: Known[] = []
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`Reading ${file} failed: found no such file`)
    const results = resultsBeside(file)
    const sessions = (await isJournal(file))
      ? await sessionsOfJournal(file, journalLines([file]))
      : sessionsOf(readRecording(file))
    if (sessions.length === 0) throw new Error(`Reading ${file} failed: found no book in it`)
    for (const session of sessions) {
      const known = values.result ?? results[session.ticker] ?? session.settled
      const settled = known === undefined ? null : oneOf('result', known, ['yes', 'no'])
      all.push({ session, settled })
    }
  }
  return all
}

const main = async (): Promise<void> => {
  const models = values.fills.split(',').map((word) => oneOf('fills', word, FILL_MODELS))
  const base = {
    cancels: oneOf('cancels', values.cancels, ['proportional', 'behind']),
    latencyMs: Math.round(numberOf('latency', values.latency, 0, 60_000)),
    ackMs: Math.round(numberOf('ack', values.ack, 0, 60_000)),
    feedMs: Math.round(numberOf('feed', values.feed ?? values.latency, 0, 60_000)),
  }
  const fee = values['maker-fee']
  const makerFee = fee === undefined ? null : Math.round(numberOf('maker-fee', fee, 0, 1) * 1e6)
  const model = values.model === undefined ? null : oneOf('model', values.model, MAKERS)
  const parameters = parametersOf(values.set, model)
  const all = await readAll()
  const runAll = (chosen: Parameters, fills: FillModel): Result[] =>
    all.map(({ session, settled }) => {
      const ofMarket = session.market?.fees.maker ?? 0
      return run(session, chosen, { ...base, makerFee: makerFee ?? ofMarket, fills, settled })
    })
  const save = (picture: string | null): void => {
    if (values.svg === undefined) return
    if (picture === null) console.log(`No picture: nothing traded`)
    else writeFileSync(values.svg, picture)
  }

  const title = files.map((file) => basename(file).replace(/\.frames\.jsonl(\.gz)?$/, '')).join(' ')
  for (const { session } of all) {
    const { seen, placed } = session.volume
    const share = seen > 0 ? ((100 * placed) / seen).toFixed(0) : '-'
    console.log(
      `${session.ticker}: ${(seen / CONTRACT).toFixed(0)} contracts traded, ${share} % of them found in the ${session.printsFrom === 'trades' ? 'trade channel' : 'book'}`,
    )
  }

  if (values.sweep !== undefined) {
    save(sweep(values.sweep, values.sweep2, models, model, runAll))
    return
  }
  const makers: readonly (Maker | null)[] = values.compare ? MAKERS : [model]
  const curves: Curve[] = []
  const everything: { maker: string; fills: FillModel; results: Result[] }[] = []
  for (const maker of makers) {
    const chosen = values.compare ? parametersOf(values.set, maker) : parameters
    const name = maker ?? chosen.strategy.model
    for (const fills of models) {
      const started = performance.now()
      const results = runAll(chosen, fills)
      const seconds = (performance.now() - started) / 1000
      console.log(`\n${name}, ${fills} fills (${seconds.toFixed(2)} s)`)
      console.log(resultTable(results))
      console.log(markoutLine(results))
      everything.push({ maker: name, fills, results })
      curves.push({ panel: fills, name, equity: totalOf(results).equity })
    }
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(everything)}\n`)
  const sessions = all.length === 1 ? title : `${all.length} recorded sessions`
  save(equitySvg(`${sessions}: equity`, curves))
}

/** Prints net profit for every pair of values; returns it as a picture. */
const sweep = (
  first: string,
  second: string | undefined,
  models: readonly FillModel[],
  model: Maker | null,
  runAll: (parameters: Parameters, fills: FillModel) => Result[],
): string => {
  // One number a cell: the best guess where it was asked for.
  const fills = models.includes('queue') ? 'queue' : models[0]!
  const across = sweepOf(first)
  const down = second === undefined ? null : sweepOf(second)
  const rows = down === null ? [''] : down.values
  const nets = rows.map((row) =>
    across.values.map((value) => {
      const settings = [...values.set, `${across.key}=${value}`]
      if (down !== null) settings.push(`${down.key}=${row}`)
      return totalOf(runAll(parametersOf(settings, model), fills)).net
    }),
  )
  const head = ['net $', ...across.values.map((value) => `${across.key}=${value}`)]
  const body = rows.map((row, index) => [
    down === null ? fills : `${down.key}=${row}`,
    ...(nets[index] ?? []).map((net) => net.toFixed(4)),
  ])
  console.log(`\n${fills} fills\n${tableOf([head, ...body])}`)
  return heatMapSvg({
    title: `Net profit, ${fills} fills`,
    x: across.key,
    y: down?.key ?? '',
    columns: across.values,
    rows: down === null ? [fills] : rows,
    values: nets,
  })
}

if (files.length === 0) showUsage(import.meta.url, 2)
await main().catch(failWith())
