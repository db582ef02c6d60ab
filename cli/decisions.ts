// Proves that a change of the code changes no decision: effects, requests, views, counters and
// journal fingerprints over recorded sessions and seeded storms, compared with those kept in the
// project.
//
//   npm run decisions                  compares; ends with 1 when anything differs
//   npm run decisions -- --seeds 50    fewer storms (default: all that are kept, 500)
//   npm run decisions -- --write       keeps today's, after a change that was meant to change them
//
// Recordings are looked for in ../shared/data (--data DIR) and skipped, with a word, when absent.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../research/backtest/runs/run.ts'
import { parametersOf } from '../research/backtest/runs/settings.ts'
import { sessionsOf } from '../research/backtest/sessions/session.ts'
import { type Recording, readRecording } from '../research/recordings/recording.ts'
import { replaySession } from '../research/replay/replay.ts'
import { DecisionTrace } from '../sim/decisions/trace.ts'
import { playSeeds } from '../sim/runs/pool.ts'
import type { Parameters } from '../src/core/vocabulary/parameters.ts'
import { optionsOf, wholeOf } from './lib/options.ts'

const KEPT = new URL('../sim/decisions/decisions.tsv', import.meta.url).pathname
const MINUTES = 10
const SEEDS = 500
const FOLDERS = ['ws-kxbtc15m', 'ws-sports-multi']

/** The makers that each recording is replayed with. */
const MAKERS: Readonly<Record<string, Parameters>> = {
  full: parametersOf([], 'full'),
  linear: parametersOf([], 'linear'),
  ladder: parametersOf(['levels=3', 'placement=queue'], 'full'),
}

/** What was decided, in full, by group (a recording, or 'seed') and name within it. */
type Found = Map<string, Map<string, string>>

/** Names of one group on one line of the file. */
const A_LINE = 25

const { values } = optionsOf({
  options: {
    seeds: { type: 'string', default: String(SEEDS) },
    data: { type: 'string', default: '../shared/data' },
    write: { type: 'boolean', default: false },
  },
})

/**
 * Every market of a recording through the live engine, its requests acknowledged and never filled.
 */
const replayed = (recording: Recording, parameters: Parameters): string => {
  const trace = new DecisionTrace()
  const runners = replaySession(recording, {
    parameters,
    onEffects: (engine, effects, at) => trace.step(engine, effects, at),
  })
  const end = recording.items.at(-1)?.at ?? 0
  for (const { engine } of runners.values()) trace.view(engine, end)
  return String(trace)
}

/** The same with fills, by the queue model of the backtest: everything that it measures. */
const traded = (recording: Recording, parameters: Parameters): string => {
  const hash = createHash('sha256')
  for (const session of sessionsOf(recording)) {
    const options = { fills: 'queue', cancels: 'proportional', latencyMs: 50, ackMs: 50 } as const
    const result = run(session, parameters, { ...options, makerFee: 0, settled: null })
    hash.update(JSON.stringify(result))
  }
  return hash.digest('hex').slice(0, 16)
}

const addRecordings = (found: Found): void => {
  for (const folder of FOLDERS) {
    const path = join(values.data, folder)
    if (!existsSync(path)) {
      console.log(`recordings: skipped, no ${path}`)
      continue
    }
    for (const file of readdirSync(path).filter((name) => name.includes('.frames.'))) {
      const recording = readRecording(join(path, file))
      const group = new Map<string, string>()
      found.set(file, group)
      for (const [maker, parameters] of Object.entries(MAKERS)) {
        group.set(maker, replayed(recording, parameters))
        group.set(`${maker}, traded`, traded(recording, parameters))
      }
    }
  }
}

const addSeeds = async (found: Found, seeds: number): Promise<void> => {
  const storms: [number, string][] = []
  await playSeeds({
    from: 1,
    seeds,
    minutes: MINUTES,
    trace: true,
    onReport: ({ seed, events, broken, decisions }) => {
      storms.push([seed, `${broken === null ? 'held' : 'BROKEN'}, events ${events}, ${decisions}`])
    },
  })
  storms.sort(([a], [b]) => a - b)
  found.set('seed', new Map(storms.map(([seed, text]) => [String(seed), text])))
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10)

const write = (found: Found): void => {
  const lines: string[] = []
  for (const [group, all] of found) {
    const cells = [...all].map(([name, text]) => `${name}=${short(text)}`)
    for (let at = 0; at < cells.length; at += A_LINE) {
      lines.push([group, ...cells.slice(at, at + A_LINE)].join('\t'))
    }
  }
  writeFileSync(KEPT, `${lines.join('\n')}\n`)
}

/** Prints what differs from the kept hashes; returns how many do. */
const compare = (found: Found): number => {
  const kept = new Set<string>()
  for (const line of readFileSync(KEPT, 'utf8').trimEnd().split('\n')) {
    const [group, ...cells] = line.split('\t')
    for (const cell of cells) kept.add(`${group} ${cell}`)
  }
  let compared = 0
  let differing = 0
  for (const [group, all] of found) {
    for (const [name, text] of all) {
      compared++
      if (kept.has(`${group} ${name}=${short(text)}`)) continue
      if (++differing <= 10) console.log(`${group} ${name} differs; found ${text}`)
    }
  }
  console.log(`${compared} compared, ${differing} differ`)
  return differing
}

const seeds = wholeOf('seeds', values.seeds)
const found: Found = new Map()
addRecordings(found)
await addSeeds(found, seeds)
if (values.write) {
  write(found)
  console.log(`kept the decisions of ${found.size - 1} recordings and ${seeds} seeds`)
} else process.exit(compare(found) === 0 ? 0 : 1)
