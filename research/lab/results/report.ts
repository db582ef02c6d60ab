// Results as text: tables in columns that line up, with another simulation's numbers underneath and
// the distance to them in standard errors.

import { tableOf } from '../../../src/plot/table.ts'
import type { Estimate, Samples } from '../sessions/samples.ts'
import { PAPER, paperClosedForm, paperMaker, paperSpread } from '../worlds/paper.ts'
import { HOLDS, type QueueResult } from '../worlds/queue.ts'
import { type Experiment, GAMMAS, type Reference } from './experiments.ts'

const fixed = (value: number, digits: number): string => {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text
}
const show = ({ value, error }: Estimate, digits: number): string =>
  `${fixed(value, digits)} (${fixed(error, digits)})`

/** What is compared with a reference: our estimate, its number, and the step it was printed in. */
const compared = (
  samples: Samples,
  reference: Reference,
): readonly (readonly [string, Estimate, number, number])[] => [
  ['P&L', samples.mean('pnl'), reference.pnl, 0.1],
  ['sd', samples.sd('pnl'), reference.sd, 0.1],
  ['5 %', samples.quantile('pnl', 0.05), reference.low, 1],
  ['sd q', samples.sd('inventory'), reference.inventorySd, 0.01],
  ['|q|', samples.mean('meanAbsInventory'), reference.meanAbsInventory, 0.01],
  ['fills', samples.mean('fills'), reference.fills, 1],
]

export interface Distance {
  readonly measure: string
  readonly ours: number
  readonly theirs: number
  /** Standard errors between the two, both simulations' and the printed rounding counted. */
  readonly errors: number
}

/** How far our results lie from another simulation's of `reference.sessions` sessions. */
export const distances = (samples: Samples, reference: Reference): Distance[] =>
  compared(samples, reference).map(([measure, { value, error }, theirs, step]) => {
    const both = error * error * (1 + samples.count / reference.sessions) + (step * step) / 12
    return { measure, ours: value, theirs, errors: (value - theirs) / Math.sqrt(both) }
  })

const MAIN = ['maker', 'P&L', 'sd', 'mean/sd', '5 %', 'sd q_T', 'mean |q|', 'fills']

/** The main table of an experiment, with reference rows below those that have one. */
export const mainTable = (experiment: Experiment, results: readonly Samples[]): string => {
  const rows: string[][] = [MAIN]
  results.forEach((samples, i) => {
    rows.push([
      samples.name,
      show(samples.mean('pnl'), 1),
      show(samples.sd('pnl'), 1),
      show(samples.ratio('pnl'), 2),
      show(samples.quantile('pnl', 0.05), 0),
      show(samples.sd('inventory'), 2),
      show(samples.mean('meanAbsInventory'), 2),
      show(samples.mean('fills'), 1),
    ])
    const reference = experiment.rows[i]?.reference
    if (reference === undefined) return
    const { pnl, sd, low, inventorySd, meanAbsInventory, fills } = reference
    rows.push([
      '  earlier simulation',
      fixed(pnl, 1),
      fixed(sd, 1),
      sd > 0 ? fixed(pnl / sd, 2) : '-',
      fixed(low, 0),
      fixed(inventorySd, 2),
      fixed(meanAbsInventory, 2),
      fixed(fills, 0),
    ])
    const z = distances(samples, reference).map(({ errors }) => `${fixed(errors, 1)} se`)
    rows.push(['  difference', z[0]!, z[1]!, '', z[2]!, z[3]!, z[4]!, z[5]!])
  })
  return tableOf(rows)
}

const DETAIL = [
  'maker',
  'edge/fill',
  'after 5 s',
  '30 s',
  '300 s',
  'realised 30 s',
  'fees',
  'drawdown',
  'max |q|',
  'at limit',
  'two-sided',
  'reprices/min',
  'locked $',
  'return on it',
  'variance / true',
]

/** Where the money came from and what it took: the second table of an experiment. */
export const detailTable = (experiment: Experiment, results: readonly Samples[]): string => {
  const minutes = (experiment.world.steps * experiment.world.dt) / 60
  const rows = results.map((samples) => {
    const mean = (measure: Parameters<Samples['mean']>[0]): number => samples.mean(measure).value
    const edge = samples.per('edge', 'fills')
    const after30 = samples.per('after30', 'fills')
    return [
      samples.name,
      fixed(edge, 3),
      fixed(samples.per('after5', 'fills'), 3),
      fixed(after30, 3),
      fixed(samples.per('after300', 'fills'), 3),
      fixed(edge + after30, 3),
      fixed(mean('fees'), 1),
      fixed(mean('drawdown'), 1),
      fixed(mean('maxAbsInventory'), 1),
      `${fixed(100 * mean('atLimit'), 1)} %`,
      `${fixed(100 * mean('twoSided'), 1)} %`,
      fixed(mean('reprices') / minutes, 2),
      fixed(mean('locked') / 100, 2),
      mean('locked') > 0 ? `${fixed((100 * mean('pnl')) / mean('locked'), 0)} %` : '-',
      Number.isNaN(mean('varianceRatio'))
        ? '-'
        : fixed(samples.quantile('varianceRatio', 0.5).value, 2),
    ]
  })
  return tableOf([DETAIL, ...rows])
}

/** One line for each number that a reference has and we miss by more than three standard errors. */
export const verdict = (
  experiments: readonly Experiment[],
  results: readonly (readonly Samples[])[],
): string => {
  let total = 0
  const missed: string[] = []
  experiments.forEach((experiment, e) => {
    experiment.rows.forEach(({ reference }, i) => {
      if (reference === undefined) return
      const samples = results[e]![i]!
      for (const { measure, ours, theirs, errors } of distances(samples, reference)) {
        total++
        if (Math.abs(errors) <= 3) continue
        missed.push(
          `  ${experiment.title}: ${samples.name}, ${measure}: ${fixed(ours, 2)} here, ${theirs} there, ${fixed(errors, 1)} se`,
        )
      }
    })
  })
  if (total === 0) return 'No earlier numbers to compare with.'
  const met = total - missed.length
  return [
    `Within 3 standard errors of the earlier simulation: ${met} of ${total}.`,
    ...missed,
  ].join('\n')
}

/** W0 beside the paper; `results` in the order of PAPER. */
export const paperTable = (results: readonly Samples[]): string => {
  const rows = [['maker', 'spread', 'profit', 'sd profit', 'final q', 'sd final q']]
  PAPER.forEach((row, i) => {
    const samples = results[i]!
    rows.push([
      paperMaker(row).name,
      fixed(paperSpread(row.gamma), 3),
      show(samples.mean('pnl'), 2),
      show(samples.sd('pnl'), 2),
      show(samples.mean('inventory'), 2),
      show(samples.sd('inventory'), 2),
    ])
    rows.push([
      '  the paper, 2008',
      fixed(row.spread, 2),
      fixed(row.profit, 1),
      fixed(row.profitSd, 1),
      fixed(row.finalQ, 2),
      fixed(row.finalQSd, 1),
    ])
    if (row.inventoryBased) return
    const exact = paperClosedForm(row.gamma)
    rows.push([
      '  by arithmetic',
      '',
      fixed(exact.profit, 2),
      fixed(exact.profitSd, 2),
      '0',
      fixed(exact.finalQSd, 2),
    ])
  })
  return tableOf(rows)
}

/** An earlier simulation of W5: profit under each hold, last without queue; null: not given. */
export const QUEUE_REFERENCE: readonly (readonly (number | null)[])[] = [
  [65, 183, 354, 438, 414, null, 560],
  [49, 77, 123, 172, 206, null, null],
  [43, 43, 46, 53, 63, null, null],
  [15, 38, 76, null, 136, null, null],
  [1, 17, 39, null, 85, null, null],
]

/** W5, first as an exchange queues, then with filled orders renewed in their place. */
export const queueTable = (results: readonly QueueResult[]): string => {
  const heading = (title: string): string[] => [
    title,
    ...HOLDS.map((hold) => (typeof hold === 'number' ? `tolerance ${hold}` : hold)),
    'no queue',
  ]
  const profits = (samples: readonly Samples[]): string[] =>
    samples.map((each) => show(each.mean('pnl'), 1))
  const moves = (samples: readonly Samples[]): string[] =>
    samples.map((each) => fixed(each.mean('reprices').value / 120, 1))
  const back = results.flatMap(({ which, back: samples }) => [
    [which.name, ...profits(samples)],
    ['  reprices per minute', ...moves(samples)],
  ])
  const front = results.flatMap(({ which, front: samples }, i) => [
    [which.name, ...profits(samples)],
    ['  reprices per minute', ...moves(samples)],
    [
      '  earlier simulation',
      ...QUEUE_REFERENCE[i]!.map((value) => (value === null ? '-' : String(value))),
    ],
  ])
  return [
    tableOf([heading('a filled order starts again at the back'), ...back]),
    tableOf([heading('a filled order is renewed in its place'), ...front]),
  ].join('\n\n')
}

/** Mean over sd for each line of a sweep, gammas down. */
export const sweepTable = (lines: readonly (readonly Samples[])[]): string =>
  tableOf([
    ['gamma', ...lines.map((line) => line[0]!.name)],
    ...GAMMAS.map((gamma, i) => [
      String(gamma),
      ...lines.map((line) => {
        const samples = line[i]!
        return `${fixed(samples.ratio('pnl').value, 2)} [${fixed(samples.mean('pnl').value, 0)}]`
      }),
    ]),
  ])
