// The lab: simulated worlds in which the ways of quoting are compared.
//
//   npm run lab -- all                             everything, and whether it shows what it has to
//   npm run lab -- W0                        the paper's tables, beside its own numbers
//   npm run lab -- W1 --paths 2000 --seed 11       W1 to W5: makers, with standard errors
//   npm run lab -- W4 --svg profits.svg            and a picture of how profits are spread
//   npm run lab -- W1 --sweep gamma --svg sweep.svg   mean over sd for every risk aversion
//   npm run lab -- exact                           what the product earns of the exact optimum

import { writeFileSync } from 'node:fs'
import { SETTINGS } from '../research/lab/exact/setting.ts'
import { exactTable, WAYS, worthOf } from '../research/lab/exact/table.ts'
import { type Experiment, experimentsOf, GAMMAS, sweepOf } from '../research/lab/experiments.ts'
import { PAPER, paperMaker } from '../research/lab/paper.ts'
import { profitSvg, sweepSvg } from '../research/lab/pictures.ts'
import { runQueues } from '../research/lab/queue.ts'
import {
  detailTable,
  mainTable,
  paperTable,
  queueTable,
  sweepTable,
  verdict,
} from '../research/lab/report.ts'
import {
  agreement,
  mustPass,
  paperRequirements,
  queueRequirements,
  type Requirement,
  requirementLines,
  sweepRequirements,
} from '../research/lab/requirements.ts'
import { run } from '../research/lab/run.ts'
import type { Samples } from '../research/lab/samples.ts'
import { paperWorld } from '../research/lab/worlds.ts'
import { fail, optionsOf, texts, wholeOf } from './lib/options.ts'

const WORLDS = ['W0', 'W1', 'W2', 'W3', 'W4', 'W5']
const USUAL_PATHS = 2000
/**
 * The paper ran 1000; one of its numbers lies so far off that as many of ours may miss it by luck.
 */
const PAPER_PATHS = 20_000
const QUEUE_PATHS = 600
const SWEEP_PATHS = 1000

const { values, positionals } = optionsOf({
  allowPositionals: true,
  options: {
    ...texts('paths', 'svg', 'sweep'),
    seed: { type: 'string', default: '1' },
    fills: { type: 'string', default: 'literal' },
  },
})

const WHOLE = ['all', 'exact']
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
if (values.svg !== undefined && (id === 'W5' || WHOLE.includes(id))) {
  fail(`Drawing failed: found --svg for ${id}, wanted W0 to W4`)
}

const began = Date.now()

const save = (svg: string): void => {
  if (values.svg === undefined) return
  writeFileSync(values.svg, svg)
  console.log(`\nPicture: ${values.svg}`)
}

const announce = (what: string, paths: number): void =>
  console.log(`${what}: ${paths} sessions, seed ${seed}; standard errors in brackets\n`)

const paper = (): Requirement[] => {
  const paths = pathsOf(PAPER_PATHS)
  announce('W0', paths)
  const results = run(paperWorld(values.fills === 'poisson'), PAPER.map(paperMaker), paths, seed)
  console.log(paperTable(results))
  save(profitSvg('W0', results))
  return paperRequirements(results)
}

const makers = (world: string): { experiments: Experiment[]; results: Samples[][] } => {
  const paths = pathsOf(USUAL_PATHS)
  announce(world, paths)
  const experiments = experimentsOf(world)
  const results = experiments.map((experiment) => {
    const specs = experiment.rows.map(({ spec }) => spec)
    const found = run(experiment.world, specs, paths, seed)
    console.log(`${experiment.title}\n\n${mainTable(experiment, found)}`)
    console.log(`\n${detailTable(experiment, found)}\n`)
    return found
  })
  console.log(verdict(experiments, results))
  save(profitSvg(experiments[0]!.title, results[0]!))
  return { experiments, results }
}

const sweep = (world: string, usual: number): Requirement[] => {
  const paths = pathsOf(usual)
  announce(`${world} over gamma`, paths)
  const { world: where, lines } = sweepOf(world)
  const results = run(where, lines.flat(), paths, seed)
  const grouped = lines.map((_, i) => results.slice(i * GAMMAS.length, (i + 1) * GAMMAS.length))
  console.log(`mean/sd of the profit of a session [mean]\n\n${sweepTable(grouped)}`)
  save(sweepSvg(world, grouped))
  return world === 'W1' ? sweepRequirements(grouped) : []
}

const queue = (): Requirement[] => {
  const paths = pathsOf(QUEUE_PATHS)
  announce('W5', paths)
  const results = runQueues(paths, seed)
  console.log(queueTable(results))
  return queueRequirements(results)
}

const exact = (): Requirement[] => {
  console.log('The exact optimum, and the product with every parameter known\n')
  console.log(exactTable(SETTINGS.map((setting) => WAYS.map((way) => worthOf(setting, way)))))
  return []
}

const worlds = (names: readonly string[]): Requirement[] => {
  const all = names.map(makers)
  const experiments = all.flatMap((each) => each.experiments)
  const results = all.flatMap((each) => each.results)
  return [...mustPass(experiments, results), ...agreement(experiments, results)]
}

const requirementsOf = (): Requirement[] => {
  if (id === 'all') {
    return [
      ...paper(),
      ...worlds(['W1', 'W2', 'W3', 'W4']),
      ...sweep('W1', SWEEP_PATHS),
      ...queue(),
    ]
  }
  if (id === 'exact') return exact()
  if (id === 'W0') return paper()
  if (id === 'W5') return queue()
  return swept ? sweep(id, USUAL_PATHS) : worlds([id])
}

const requirements = requirementsOf()
if (requirements.length > 0 && values.fills === 'literal') {
  console.log(`\n${requirementLines(requirements)}`)
  // Few sessions or other dice may miss by luck; only the whole run is a verdict.
  if (id === 'all' && requirements.some(({ ok }) => !ok)) process.exitCode = 1
}
console.error(`\n${((Date.now() - began) / 1000).toFixed(1)} s`)
