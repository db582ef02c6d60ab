// Proves that a change of the code changes no decision: effects, requests, views, counters and journal
// fingerprints over recorded sessions and seeded storms, compared with those kept in the project.
//
//   npm run decisions                  compares; ends with 1 at the first difference
//   npm run decisions -- --seeds 50    fewer storms (default: all that are kept, 500)
//   npm run decisions -- --write       keeps today's, after a change that was meant to change them
//
// Recordings are looked for in ../shared/data (--data DIR) and skipped, with a word, when absent.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from '../research/backtest/run.ts'
import { sessionsOf } from '../research/backtest/session.ts'
import { parametersOf } from '../research/backtest/settings.ts'
import { type Recording, readRecording } from '../research/recordings/recording.ts'
import { replaySession } from '../research/replay/replay.ts'
import { DecisionTrace } from '../sim/decisions/trace.ts'
import { playSeeds } from '../sim/runs/pool.ts'
import type { Parameters } from '../src/core/vocabulary/parameters.ts'

const KEPT = new URL('../sim/decisions/decisions.json', import.meta.url).pathname
const MINUTES = 10
const SEEDS = 500
const FOLDERS = ['ws-kxbtc15m', 'ws-sports-multi']

/** The makers that each recording is replayed with. */
const MAKERS: Readonly<Record<string, Parameters>> = {
  full: parametersOf([], 'full'),
  linear: parametersOf([], 'linear'),
  ladder: parametersOf(['levels=3', 'placement=queue'], 'full'),
}

interface Kept {
  readonly recordings: Record<string, string>
  readonly seeds: Record<string, string>
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: String(SEEDS) },
    data: { type: 'string', default: '../shared/data' },
    write: { type: 'boolean', default: false },
  },
})

/** Every market of a recording through the live engine, its requests acknowledged and never filled. */
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

const ofRecordings = (): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const folder of FOLDERS) {
    const path = join(values.data, folder)
    if (!existsSync(path)) {
      console.log(`recordings: skipped, no ${path}`)
      continue
    }
    for (const name of readdirSync(path).filter((file) => file.includes('.frames.'))) {
      const recording = readRecording(join(path, name))
      for (const [maker, parameters] of Object.entries(MAKERS)) {
        found[`${name} ${maker}`] = replayed(recording, parameters)
        found[`${name} ${maker}, traded`] = traded(recording, parameters)
      }
    }
  }
  return found
}

const ofSeeds = async (seeds: number): Promise<Record<string, string>> => {
  const found = new Map<number, string>()
  await playSeeds({
    from: 1,
    seeds,
    minutes: MINUTES,
    trace: true,
    onReport: ({ seed, events, broken, decisions }) =>
      found.set(seed, `${broken === null ? 'held' : 'BROKEN'}, events ${events}, ${decisions}`),
  })
  return Object.fromEntries([...found].sort(([a], [b]) => a - b))
}

/** Prints what differs, and counts it. */
const compare = (
  what: string,
  kept: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): number => {
  let differing = 0
  for (const [name, text] of Object.entries(found)) {
    if (kept[name] === text) continue
    if (++differing <= 5) {
      console.log(`${what} ${name} differs\n  kept  ${kept[name] ?? 'nothing'}\n  found ${text}`)
    }
  }
  console.log(`${what}: ${Object.keys(found).length} compared, ${differing} differ`)
  return differing
}

const seeds = Number(values.seeds)
if (!Number.isSafeInteger(seeds) || seeds < 0) {
  console.error(`Reading --seeds failed: found "${values.seeds}", wanted a whole number`)
  process.exit(2)
}
const recordings = ofRecordings()
const storms = await ofSeeds(seeds)
if (values.write) {
  const all: Kept = { recordings, seeds: storms }
  writeFileSync(KEPT, `${JSON.stringify(all, null, 2)}\n`)
  console.log(`kept ${Object.keys(recordings).length} recordings, ${seeds} seeds`)
} else {
  const kept = JSON.parse(readFileSync(KEPT, 'utf8')) as Kept
  const differing =
    compare('recordings', kept.recordings, recordings) + compare('seeds', kept.seeds, storms)
  process.exit(differing === 0 ? 0 : 1)
}
