// The lab: simulated worlds in which the ways of quoting are compared.
//
//   npm run lab -- all                             everything, and whether it shows what it has to
//   npm run lab -- W0                        the paper's tables, beside its own numbers
//   npm run lab -- W1 --paths 2000 --seed 11       W1 to W7: makers, with standard errors
//   npm run lab -- W4 --svg profits.svg            and a picture of how profits are spread
//   npm run lab -- W1 --sweep gamma --svg sweep.svg   mean over sd for every risk aversion
//   npm run lab -- W6                              makers of the outcomes of one event
//   npm run lab -- exact                           what the product earns of the exact optimum
//   npm run lab -- share                           and what it earns with everything estimated
//   npm run lab -- fit ../shared/data               how the mids of recordings move, and W7's
//
// It works on as many threads as the machine has cores; --threads 1 gives the same numbers.

import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { kindsIn } from '../research/calibrate/score/recordings.ts'
import { eventTable, KNOWING, runEvent } from '../research/lab/event/run.ts'
import { SETTINGS, type Setting } from '../research/lab/exact/setting.ts'
import { exactTable, LAB_WAYS, WAYS, type Way } from '../research/lab/exact/table.ts'
import { type Job, piecesOf } from '../research/lab/pool/jobs.ts'
import { Pool } from '../research/lab/pool/pool.ts'
import { clockOf, Progress } from '../research/lab/pool/progress.ts'
import {
  type Experiment,
  experimentsOf,
  GAMMAS,
  sweepOf,
} from '../research/lab/results/experiments.ts'
import { profitSvg, sweepSvg } from '../research/lab/results/pictures.ts'
import {
  detailTable,
  mainTable,
  paperTable,
  queueTable,
  sweepTable,
  verdict,
} from '../research/lab/results/report.ts'
import {
  agreement,
  mustPass,
  paperRequirements,
  queueRequirements,
  type Requirement,
  requirementLines,
  sweepRequirements,
  varianceRequirements,
} from '../research/lab/results/requirements.ts'
import {
  SHARES,
  type Share,
  shareRequirements,
  shareTable,
  type Worth,
} from '../research/lab/results/shares.ts'
import type { Samples } from '../research/lab/sessions/samples.ts'
import { BITCOIN, fitHalfTicks, halfTicksText, WEATHER } from '../research/lab/worlds/half-ticks.ts'
import { QUEUE_CASES } from '../research/lab/worlds/queue.ts'
import { fail, failWith, optionsOf, texts, wholeOf } from './lib/options.ts'

const WORLDS = ['W0', 'W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7']
const USUAL_PATHS = 2000
/**
 * The paper ran 1000; one of its numbers lies so far off that as many of ours may miss it by luck.
 */
const PAPER_PATHS = 20_000
const QUEUE_PATHS = 600
const SWEEP_PATHS = 1000
const EVENT_PATHS = 120

const { values, positionals } = optionsOf({
  allowPositionals: true,
  options: {
    ...texts('paths', 'svg', 'sweep', 'threads'),
    seed: { type: 'string', default: '1' },
    fills: { type: 'string', default: 'literal' },
  },
})

const FIT = 'fit'
const WHOLE = ['all', 'exact', 'share', FIT]
const asked = positionals[0] ?? ''
const id = WHOLE.includes(asked) ? asked : asked.toUpperCase()
if (!WHOLE.includes(id) && !WORLDS.includes(id)) {
  fail(`Choosing a world failed: found "${asked}", wanted ${[...WORLDS, ...WHOLE].join(', ')}`)
}
const seed = wholeOf('seed', values.seed, 0)
const given = values.paths === undefined ? null : wholeOf('paths', values.paths, 2)
const pathsOf = (usual: number): number => given ?? usual
const swept = values.sweep !== undefined
if (swept && (values.sweep !== 'gamma' || !['W1', 'W2', 'W3', 'W4'].includes(id))) {
  fail(
    `Reading --sweep failed: found "${values.sweep}" for ${id}, wanted gamma for W1, W2, W3 or W4`,
  )
}
if (values.fills !== 'literal' && (values.fills !== 'poisson' || id !== 'W0')) {
  fail(
    `Reading --fills failed: found "${values.fills}" for ${id}, wanted literal, or poisson for W0`,
  )
}
if (values.svg !== undefined && (['W5', 'W6'].includes(id) || WHOLE.includes(id))) {
  fail(`Drawing failed: found --svg for ${id}, wanted W0 to W4 or W7`)
}

const threads =
  values.threads === undefined ? availableParallelism() : wholeOf('threads', values.threads, 1)
const began = Date.now()
const progress = new Progress(process.stderr, Date.now)
const pool = new Pool(threads, progress.update)

const print = (text: string): void => {
  progress.clear()
  console.log(text)
}

const save = (svg: string): void => {
  if (values.svg === undefined) return
  writeFileSync(values.svg, svg)
  print(`\nPicture: ${values.svg}`)
}

const announce = (what: string, paths: number): void =>
  print(`${what}: ${paths} sessions, seed ${seed}; standard errors in brackets\n`)

/** A part of the work: asked for at once, printed and judged when its turn has come. */
type Part = () => Promise<Requirement[]>

const paper = (): Part => {
  const paths = pathsOf(PAPER_PATHS)
  const poisson = values.fills === 'poisson'
  const asked = pool.sessions(piecesOf({ of: 'paper', poisson }, paths, seed))
  return async () => {
    announce('W0', paths)
    const results = await asked
    print(paperTable(results))
    save(profitSvg('W0', results))
    return poisson ? [] : paperRequirements(results)
  }
}

const worlds = (names: readonly string[]): Part => {
  const paths = pathsOf(USUAL_PATHS)
  const asked = names.map((world) =>
    experimentsOf(world).map((_, index) =>
      pool.sessions(piecesOf({ of: 'experiment', world, index }, paths, seed)),
    ),
  )
  return async () => {
    const experiments: Experiment[] = []
    const results: Samples[][] = []
    for (const [w, world] of names.entries()) {
      announce(world, paths)
      const here = experimentsOf(world)
      const found: Samples[][] = []
      for (const [e, experiment] of here.entries()) {
        const samples = await asked[w]![e]!
        found.push(samples)
        print(`${experiment.title}\n\n${mainTable(experiment, samples)}`)
        print(`\n${detailTable(experiment, samples)}\n`)
      }
      print(verdict(here, found))
      save(profitSvg(here[0]!.title, found[0]!))
      experiments.push(...here)
      results.push(...found)
    }
    return [
      ...mustPass(experiments, results),
      ...varianceRequirements(experiments, results),
      ...agreement(experiments, results),
    ]
  }
}

const sweep = (world: string, usual: number): Part => {
  const paths = pathsOf(usual)
  const asked = pool.sessions(piecesOf({ of: 'sweep', world }, paths, seed))
  return async () => {
    announce(`${world} over gamma`, paths)
    const results = await asked
    const { lines } = sweepOf(world)
    const grouped = lines.map((_, i) => results.slice(i * GAMMAS.length, (i + 1) * GAMMAS.length))
    print(`mean/sd of the profit of a session [mean]\n\n${sweepTable(grouped)}`)
    save(sweepSvg(world, grouped))
    return world === 'W1' ? sweepRequirements(grouped) : []
  }
}

const queue = (): Part => {
  const paths = pathsOf(QUEUE_PATHS)
  const of = (index: number, renewal: 'back' | 'front'): Promise<Samples[]> =>
    pool.sessions(piecesOf({ of: 'queue', index, renewal }, paths, seed))
  const asked = QUEUE_CASES.map((which, c) => ({ which, both: [of(c, 'back'), of(c, 'front')] }))
  return async () => {
    announce('W5', paths)
    const results = await Promise.all(
      asked.map(async ({ which, both }) => {
        const [back, front] = await Promise.all(both)
        return { which, back: back!, front: front! }
      }),
    )
    print(queueTable(results))
    return queueRequirements(results)
  }
}

const worths = new Map<string, Promise<number>>()

/** What the exact solver finds; asked for once, however many tables show it. */
const worthOf = (setting: Setting, way: Way): Promise<number> => {
  const at = SETTINGS.indexOf(setting)
  const key = `${at} ${way}`
  const known = worths.get(key)
  if (known !== undefined) return known
  const job: Job = { kind: 'exact', setting: at, way }
  const asked = pool.perform([job]).then(([found]) => found as number)
  worths.set(key, asked)
  return asked
}

const event = (): Part => async () => {
  const paths = pathsOf(EVENT_PATHS)
  announce('W6', paths)
  for (const knowing of KNOWING) {
    print(`${100 * knowing} % of the takers know the true price\n`)
    print(`${eventTable(runEvent(paths, seed, knowing))}\n`)
  }
  return []
}

const exact = (): Part => {
  const asked = SETTINGS.map((setting) => WAYS.map((way) => worthOf(setting, way)))
  return async () => {
    print('The exact optimum, and the product with every parameter known\n')
    print(exactTable(await Promise.all(asked.map((row) => Promise.all(row)))))
    return []
  }
}

/** Every exact value that the table of a share reads. */
const worthsOf = async ({ setting }: Share): Promise<Worth> => {
  const ways = [...WAYS, ...LAB_WAYS]
  const found = await Promise.all(ways.map((way) => worthOf(setting, way)))
  return (_, way) => found[ways.indexOf(way)]!
}

const share = (): Part => {
  const paths = pathsOf(USUAL_PATHS)
  const asked = SHARES.map((each, index) => ({
    each,
    worth: worthsOf(each),
    samples: pool.sessions(piecesOf({ of: 'share', index }, paths, seed)),
  }))
  return async () => {
    announce('Certainty equivalents and shares of the optimum', paths)
    const requirements: Requirement[] = []
    for (const { each, worth, samples } of asked) {
      const all = [each, await samples, await worth] as const
      print(`${shareTable(...all)}\n`)
      requirements.push(...shareRequirements(...all))
    }
    return requirements
  }
}

/** The constants of W7 beside what the recordings below a folder say. */
const showFit = (): void => {
  const root = positionals[1] ?? '../shared/data'
  const written = new Map([
    ['weather, books', WEATHER],
    ['Bitcoin, 15 minutes', BITCOIN],
  ])
  for (const kind of kindsIn(root)) {
    const constants = written.get(kind.name)
    if (constants === undefined) continue
    console.log(`${kind.name}: ${kind.skipped ?? `${kind.paths.length} paths`}`)
    const found = fitHalfTicks(kind.paths.map(({ stretches }) => stretches))
    console.log(`  written ${halfTicksText(constants)}`)
    if (found !== null) console.log(`  found   ${halfTicksText(found)}`)
    written.delete(kind.name)
    if (written.size === 0) return
  }
}

const partsOf = (): Part[] => {
  if (id === 'all') {
    return [
      paper(),
      worlds(['W1', 'W2', 'W3', 'W4', 'W7']),
      share(),
      sweep('W1', SWEEP_PATHS),
      exact(),
      queue(),
    ]
  }
  if (id === FIT) return []
  if (id === 'exact') return [exact()]
  if (id === 'share') return [share()]
  if (id === 'W0') return [paper()]
  if (id === 'W5') return [queue()]
  if (id === 'W6') return [event()]
  return [swept ? sweep(id, USUAL_PATHS) : worlds([id])]
}

const work = async (): Promise<void> => {
  if (id === FIT) showFit()
  const parts = partsOf()
  const requirements: Requirement[] = []
  for (const part of parts) requirements.push(...(await part()))
  await pool.close()
  if (requirements.length > 0) {
    print(`\n${requirementLines(requirements)}`)
    // Few sessions or other dice may miss by luck; only the whole run is a verdict.
    if (id === 'all' && requirements.some(({ ok }) => !ok)) process.exitCode = 1
  }
  console.error(`\n${clockOf((Date.now() - began) / 1000)}, threads: ${threads}`)
}

work().catch(failWith())
