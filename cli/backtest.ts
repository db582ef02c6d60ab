// npm run backtest -- FILE [FILE ...]: what the real engine would have earned in recorded sessions.
//
// FILE is a recorded session, or a journal of a maker (a file, or a folder of its parts).
//
//   --fills strict,queue,optimistic     ways of deciding when we trade (all three are the default)
//   --model full|linear|naive           a maker; --compare runs all three with the same limits
//   --set KEY=VALUE                     a parameter, as often as wanted
//   --against KEY=VALUE[,KEY=VALUE]     the same with this changed, session by session: difference,
//                                       standard error and t; as often as wanted
//   --before FILE                       the same, against what another version has saved by --json
//   --sweep KEY=V,V,... --sweep2 ...    net profit over one parameter or two
//   --tried N                           settings tried on these sessions before (0)
//   --svg FILE                          equity curves, or the map of a sweep
//   --latency MS --ack MS               each way, orders and feed; from the exchange to its reply
//                                       (50, 50)
//   --feed MS                           the way of the feed alone (as --latency)
//   --cancels proportional|behind       whose cancels unexplained decreases of the queue are
//   --maker-fee 0.0175                  maker fee coefficient, for all markets
//   --series-fees FILE                  fees by series; else a journal's own, or a series.json
//                                       beside FILE; else none for makers
//   --exclusive                         markets of one event exclude each other, where no journal
//                                       says so
//   --result yes|no                     how the market settled, where no results.json says so
//   --json FILE                         everything that was measured

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FILL_MODELS, type FillModel } from '../research/backtest/exchange/fills.ts'
import { pairedOf, pairedText } from '../research/backtest/results/paired.ts'
import { type Curve, equitySvg, heatMapSvg } from '../research/backtest/results/pictures.ts'
import { markoutLine, netLine, resultTable, totalOf } from '../research/backtest/results/report.ts'
import { savedResults } from '../research/backtest/results/saved.ts'
import { triedText } from '../research/backtest/results/tried.ts'
import type { Result, Settlement } from '../research/backtest/runs/result.ts'
import { runTogether } from '../research/backtest/runs/run.ts'
import { MAKERS, type Maker, parametersOf, sweepOf } from '../research/backtest/runs/settings.ts'
import { siblingsTold } from '../research/backtest/runs/siblings.ts'
import { sessionsOfJournal } from '../research/backtest/sessions/journal-session.ts'
import {
  feesOf,
  parseSeriesFees,
  type SeriesFees,
} from '../research/backtest/sessions/series-fees.ts'
import { type Session, sessionsOf } from '../research/backtest/sessions/session.ts'
import { isJournal, journalLines } from '../research/recordings/journal-source.ts'
import { readRecording } from '../research/recordings/recording.ts'
import type { FeeTerms } from '../src/core/vocabulary/market.ts'
import type { Parameters } from '../src/core/vocabulary/parameters.ts'
import { CONTRACT } from '../src/core/vocabulary/units.ts'
import { tableOf } from '../src/plot/table.ts'
import {
  fail,
  failWith,
  numberOf,
  oneOf,
  optionsOf,
  showUsage,
  texts,
  wholeOf,
} from './lib/options.ts'

const { values, positionals: files } = optionsOf({
  allowPositionals: true,
  options: {
    ...texts('model', 'sweep', 'sweep2', 'svg', 'json', 'maker-fee', 'series-fees', 'result'),
    ...texts('feed', 'before'),
    fills: { type: 'string', default: FILL_MODELS.join(',') },
    compare: { type: 'boolean', default: false },
    exclusive: { type: 'boolean', default: false },
    set: { type: 'string', multiple: true, default: [] },
    against: { type: 'string', multiple: true, default: [] },
    tried: { type: 'string', default: '0' },
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

const readFees = (path: string | undefined): SeriesFees =>
  path === undefined || !existsSync(path)
    ? new Map()
    : parseSeriesFees(readFileSync(path, 'utf8'), path)

/** What is said of all markets, then of the series, then by the market itself. */
const feesFor = ({ ticker, market, file }: Session): FeeTerms => {
  const none = { maker: 0, taker: 70_000, source: 'quadratic, supposed' }
  const path = values['series-fees']
  if (path !== undefined && !existsSync(path)) fail(`Reading ${path} failed: found no such file`)
  const fees =
    feesOf(readFees(path), ticker) ??
    market?.fees ??
    feesOf(readFees(join(dirname(file), 'series.json')), ticker) ??
    none
  const text = values['maker-fee']
  if (text === undefined) return fees
  return { ...fees, maker: Math.round(numberOf('maker-fee', text, 0, 1) * 1e6), source: 'given' }
}

interface Known {
  readonly session: Session
  readonly settled: Settlement
  readonly fees: FeeTerms
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
      all.push({ session, settled, fees: feesFor(session) })
    }
  }
  return all
}

type RunAll = (parameters: Parameters, fills: FillModel) => Result[]

const runnerOf = (all: readonly Known[]): RunAll => {
  const base = {
    cancels: oneOf('cancels', values.cancels, ['proportional', 'behind']),
    latencyMs: Math.round(numberOf('latency', values.latency, 0, 60_000)),
    ackMs: Math.round(numberOf('ack', values.ack, 0, 60_000)),
    feedMs: Math.round(numberOf('feed', values.feed ?? values.latency, 0, 60_000)),
  }
  return (parameters, fills) =>
    runTogether(
      all.map(({ session, settled, fees }) => {
        const [makerFee, takerFee] = [fees.maker, fees.taker]
        return { session, options: { ...base, makerFee, takerFee, fills, settled } }
      }),
      parameters,
      siblingsTold(values.exclusive),
    )
}

const say = ({ session, fees }: Known): void => {
  const { ticker, printsFrom } = session
  const { seen, placed } = session.volume
  const share = seen > 0 ? ((100 * placed) / seen).toFixed(0) : '-'
  const where = printsFrom === 'trades' ? 'trade channel' : 'book'
  console.log(
    `${ticker}: ${(seen / CONTRACT).toFixed(0)} contracts traded, ${share} % of them found in the ${where}; maker fee ${fees.maker / 1e6} (${fees.source})`,
  )
}

const warn = (tried: number, sessions: number): void => {
  const text = triedText(tried + wholeOf('tried', values.tried), sessions)
  if (text !== null) console.log(`\n${text}`)
}

const main = async (): Promise<void> => {
  const models = values.fills.split(',').map((word) => oneOf('fills', word, FILL_MODELS))
  const model = values.model === undefined ? null : oneOf('model', values.model, MAKERS)
  const { compare, sweep: swept, against, before } = values
  const kinds = [compare, swept !== undefined, against.length > 0, before !== undefined]
  if (kinds.filter(Boolean).length > 1) {
    fail('Wanted one of --compare, --sweep, --against and --before')
  }
  // Before anything is read: a setting may be misspelt.
  for (const change of ['', ...against]) changedBy(change, model)
  const all = await readAll()
  const runAll = runnerOf(all)
  const save = (picture: string | null): void => {
    if (values.svg === undefined) return
    if (picture === null) console.log(`No picture: nothing traded`)
    else writeFileSync(values.svg, picture)
  }
  const write = (everything: unknown): void => {
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(everything)}\n`)
  }
  for (const known of all) say(known)
  if (swept !== undefined) {
    const { picture, cells } = sweep(swept, values.sweep2, models, model, runAll)
    warn(cells, all.length)
    save(picture)
  } else if (against.length > 0) {
    write(compareSettings(against, models, model, runAll))
    warn(against.length, all.length)
  } else if (before !== undefined) {
    write(compareSaved(before, models, model, runAll))
    warn(1, all.length)
  } else {
    const { everything, curves } = runMakers(models, model, runAll)
    write(everything)
    const title = files.map((file) => basename(file).replace(/\.frames\.jsonl(\.gz)?$/, ''))
    const sessions = all.length === 1 ? title.join(' ') : `${all.length} recorded sessions`
    save(equitySvg(`${sessions}: equity`, curves))
  }
}

interface Measured {
  readonly maker: string
  readonly fills: FillModel
  readonly results: Result[]
}

/** Runs one maker, or all three, and prints what each has earned. */
const runMakers = (
  models: readonly FillModel[],
  model: Maker | null,
  runAll: RunAll,
): { everything: Measured[]; curves: Curve[] } => {
  const curves: Curve[] = []
  const everything: Measured[] = []
  for (const maker of values.compare ? MAKERS : [model]) {
    const chosen = parametersOf(values.set, maker)
    const name = maker ?? chosen.strategy.model
    for (const fills of models) {
      const started = performance.now()
      const results = runAll(chosen, fills)
      const seconds = (performance.now() - started) / 1000
      console.log(`\n${name}, ${fills} fills (${seconds.toFixed(2)} s)`)
      console.log(resultTable(results))
      if (results.length > 1) console.log(netLine(results))
      console.log(markoutLine(results))
      everything.push({ maker: name, fills, results })
      curves.push({ panel: fills, name, equity: totalOf(results).equity })
    }
  }
  return { everything, curves }
}

/** The settings, with a change like "gamma=0.02,levels=2" or '' for none. */
const changedBy = (change: string, model: Maker | null): Parameters =>
  parametersOf([...values.set, ...(change === '' ? [] : change.split(','))], model)

/** Runs the settings as they are and with each change, and prints the differences. */
const compareSettings = (
  changes: readonly string[],
  models: readonly FillModel[],
  model: Maker | null,
  runAll: RunAll,
): Measured[] => {
  const changed = changes.map((change) => changedBy(change, model))
  const everything: Measured[] = []
  for (const fills of models) {
    const before = runAll(changedBy('', model), fills)
    everything.push({ maker: 'before', fills, results: before })
    for (const [index, change] of changes.entries()) {
      const after = runAll(changed[index]!, fills)
      console.log(`\n${change}, ${fills} fills\n${pairedText(pairedOf(before, after))}`)
      everything.push({ maker: change, fills, results: after })
    }
  }
  return everything
}

/** Runs the settings, and prints the differences from what another version has saved. */
const compareSaved = (
  file: string,
  models: readonly FillModel[],
  model: Maker | null,
  runAll: RunAll,
): Measured[] => {
  const text = readFileSync(file, 'utf8')
  return models.map((fills) => {
    const results = runAll(changedBy('', model), fills)
    const paired = pairedOf(savedResults(text, file, fills, results), results)
    console.log(`\n${basename(file)} and now, ${fills} fills\n${pairedText(paired)}`)
    return { maker: model ?? 'now', fills, results }
  })
}

/** Prints net profit for every pair of values; returns it as a picture. */
const sweep = (
  first: string,
  second: string | undefined,
  models: readonly FillModel[],
  model: Maker | null,
  runAll: RunAll,
): { picture: string; cells: number } => {
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
  const picture = heatMapSvg({
    title: `Net profit, ${fills} fills`,
    x: across.key,
    y: down?.key ?? '',
    columns: across.values,
    rows: down === null ? [fills] : rows,
    values: nets,
  })
  return { picture, cells: across.values.length * rows.length }
}

if (files.length === 0) showUsage(import.meta.url, 2)
await main().catch(failWith())
