// The lab: simulated worlds in which the ways of quoting are compared.
//
//   npm run lab -- W0                              the paper's own tables, beside the paper's numbers
//   npm run lab -- W1 --paths 2000 --seed 11       W1 to W5: a table of makers, with standard errors
//   npm run lab -- W4 --svg profits.svg            and a picture of how profits are spread
//   npm run lab -- W1 --sweep gamma --svg sweep.svg   mean over sd for every risk aversion

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { experimentsOf, GAMMAS, PAPER, paperMaker, sweepOf } from '../lab/experiments.ts'
import {
  detailTable,
  mainTable,
  paperTable,
  queueTable,
  sweepTable,
  verdict,
} from '../lab/report.ts'
import { run } from '../lab/run.ts'
import type { Samples } from '../lab/samples.ts'
import { distribution, plotSvg } from '../lab/svg.ts'
import { paperWorld } from '../lab/worlds.ts'

const WORLDS = ['W0', 'W1', 'W2', 'W3', 'W4', 'W5']

const fail = (message: string): never => {
  console.error(message)
  process.exit(2)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    paths: { type: 'string' },
    seed: { type: 'string', default: '1' },
    svg: { type: 'string' },
    sweep: { type: 'string' },
    fills: { type: 'string', default: 'literal' },
  },
})

const wholeOf = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  return fail(`Reading --${name} failed: found "${text}", wanted a whole number from ${least}`)
}

const id = positionals[0]?.toUpperCase() ?? ''
if (!WORLDS.includes(id)) {
  fail(`Choosing a world failed: found "${positionals[0] ?? ''}", wanted ${WORLDS.join(', ')}`)
}
const usual = id === 'W0' ? '1000' : id === 'W5' ? '600' : '2000'
const paths = wholeOf('paths', values.paths ?? usual, 2)
const seed = wholeOf('seed', values.seed, 0)
if (values.sweep !== undefined && (values.sweep !== 'gamma' || id === 'W0' || id === 'W5')) {
  fail(
    `Reading --sweep failed: found "${values.sweep}" for ${id}, wanted gamma for W1, W2, W3 or W4`,
  )
}
if (values.fills !== 'literal' && (values.fills !== 'poisson' || id !== 'W0')) {
  fail(
    `Reading --fills failed: found "${values.fills}" for ${id}, wanted literal, or poisson for W0`,
  )
}

const began = Date.now()

const save = (svg: string): void => {
  if (values.svg === undefined) return
  writeFileSync(values.svg, svg)
  console.log(`\nPicture: ${values.svg}`)
}

/** Profits of all makers, over the range that holds nearly all of them. */
const profitPlot = (title: string, results: readonly Samples[]): string => {
  const from = Math.min(...results.map((samples) => samples.quantile('pnl', 0.01).value))
  const to = Math.max(...results.map((samples) => samples.quantile('pnl', 0.995).value))
  return plotSvg({
    title,
    x: 'profit of a session',
    y: 'percent of sessions per unit of profit',
    lines: results.map((samples) => distribution(samples.name, samples.columns.pnl, from, to)),
  })
}

console.log(`${id}: ${paths} sessions, seed ${seed}; standard errors in brackets\n`)
if (id === 'W0') {
  const results = run(paperWorld(values.fills === 'poisson'), PAPER.map(paperMaker), paths, seed)
  console.log(paperTable(results))
  save(profitPlot('W0: profit of a session', results))
} else if (id === 'W5') {
  if (values.svg !== undefined) fail('Drawing failed: found --svg for W5, wanted W0 to W4')
  console.log(queueTable(paths, seed))
} else if (values.sweep === 'gamma') {
  const { world, lines } = sweepOf(id)
  const results = run(world, lines.flat(), paths, seed)
  const grouped = lines.map((_, i) => results.slice(i * GAMMAS.length, (i + 1) * GAMMAS.length))
  console.log('mean/sd of the profit of a session [mean]\n')
  console.log(sweepTable(grouped))
  save(
    plotSvg({
      title: `${id}: mean over sd of profit against risk aversion`,
      x: 'gamma, per cent and contract',
      y: 'mean/sd',
      logX: true,
      lines: grouped.map((line) => ({
        name: line[0]!.name,
        points: line.map((samples, i) => [GAMMAS[i]!, samples.ratio('pnl').value] as const),
      })),
    }),
  )
} else {
  const experiments = experimentsOf(id)
  const results = experiments.map(({ world, rows }) =>
    run(
      world,
      rows.map(({ spec }) => spec),
      paths,
      seed,
    ),
  )
  experiments.forEach((experiment, i) => {
    console.log(`${experiment.title}\n`)
    console.log(mainTable(experiment, results[i]!))
    console.log(`\n${detailTable(experiment, results[i]!)}\n`)
  })
  console.log(verdict(experiments, results))
  save(profitPlot(`${experiments[0]!.title}: profit of a session`, results[0]!))
}
console.error(`\n${((Date.now() - began) / 1000).toFixed(1)} s`)
