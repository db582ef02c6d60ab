// What the lab's numbers have to show, each as one sentence that holds or does not.
//
// The bounds were set before the estimators existed: published results within their own scatter, an
// earlier simulation within three standard errors, and how much better than two fixed makers the
// full model has to be. `npm run lab -- all` prints every sentence and fails with the first that is
// untrue.

import type { Samples } from '../sessions/samples.ts'
import { PAPER, paperClosedForm } from '../worlds/paper.ts'
import { HOLDS, type QueueResult } from '../worlds/queue.ts'
import { type Experiment, GAMMAS } from './experiments.ts'
import { distances, QUEUE_REFERENCE } from './report.ts'

export interface Requirement {
  readonly text: string
  readonly found: string
  readonly ok: boolean
}

/** The paper ran so many sessions; its own scatter is that of as many. */
const PAPER_SESSIONS = 1000
const PAPER_ERRORS = 4
const PAPER_SD_SHARE = 0.09

const worst = <T>(items: readonly T[], badness: (item: T) => number): T =>
  items.reduce((a, b) => (badness(b) > badness(a) ? b : a))

const share = (value: number): string => value.toFixed(2)

/** W0 beside the paper and beside arithmetic; `results` in the order of PAPER. */
export const paperRequirements = (results: readonly Samples[]): Requirement[] => {
  const root = Math.sqrt(PAPER_SESSIONS)
  const means = PAPER.flatMap((row, i) => {
    const samples = results[i]!
    const profit = samples.mean('pnl').value - row.profit
    const held = samples.mean('inventory').value - row.finalQ
    return [
      (Math.abs(profit) * root) / samples.sd('pnl').value,
      (Math.abs(held) * root) / samples.sd('inventory').value,
    ]
  })
  const sds = PAPER.flatMap((row, i) => [
    Math.abs(results[i]!.sd('pnl').value / row.profitSd - 1),
    Math.abs(results[i]!.sd('inventory').value / row.finalQSd - 1),
  ])
  const exact = PAPER.flatMap((row, i) => {
    if (row.inventoryBased) return []
    const { profit, profitSd, finalQSd } = paperClosedForm(row.gamma)
    const samples = results[i]!
    return [
      [samples.mean('pnl'), profit] as const,
      [samples.sd('pnl'), profitSd] as const,
      [samples.sd('inventory'), finalQSd] as const,
    ].map(([{ value, error }, wanted]) => Math.abs(value - wanted) / error)
  })
  const sdOf = (i: number): number => results[i]!.sd('pnl').value
  const heldOf = (i: number): number => results[i]!.sd('inventory').value
  const profitOf = (i: number): number => results[i]!.mean('pnl').value
  const ordered =
    [0, 2, 4].every((i) => sdOf(i) < sdOf(i + 1)) &&
    heldOf(0) / heldOf(1) <= 0.4 &&
    heldOf(2) / heldOf(3) <= 0.65 &&
    profitOf(1) > profitOf(0) &&
    profitOf(5) > profitOf(4)
  const [far, wide, off] = [Math.max(...means), Math.max(...sds), Math.max(...exact)]
  return [
    {
      text: `W0: means of the six rows within ${PAPER_ERRORS} standard errors of the paper`,
      found: `at most ${far.toFixed(1)}`,
      ok: far <= PAPER_ERRORS,
    },
    {
      text: 'W0: deviations of the six rows within 9 % of the paper',
      found: `at most ${(100 * wide).toFixed(1)} %`,
      ok: wide <= PAPER_SD_SHARE,
    },
    {
      text: 'W0: symmetric rows within 4 standard errors of arithmetic',
      found: `at most ${off.toFixed(1)}`,
      ok: off <= PAPER_ERRORS,
    },
    {
      text: "W0: the paper's order of risk, inventory and profit",
      found: ordered ? 'the same' : 'another',
      ok: ordered,
    },
  ]
}

interface Rule {
  readonly text: string
  readonly against?: 'naive' | 'limited'
  /** The most, or where negative the least, that `of` may come to. */
  readonly bound: number
  of(ours: Samples, other: Samples): number
}

const sdOver = (ours: Samples, other: Samples): number =>
  ours.sd('pnl').value / other.sd('pnl').value
const meanOver = (ours: Samples, other: Samples): number =>
  ours.mean('pnl').value / other.mean('pnl').value
const ratioOver = (ours: Samples, other: Samples): number =>
  ours.ratio('pnl').value / other.ratio('pnl').value

const atMost = (
  text: string,
  against: 'naive' | 'limited',
  bound: number,
  of: Rule['of'],
): Rule => ({ text: `${text} at most ${bound} of ${against}`, against, bound, of })
const atLeast = (
  text: string,
  against: 'naive' | 'limited',
  bound: number,
  of: Rule['of'],
): Rule => ({ text: `${text} at least ${bound} of ${against}`, against, bound: -bound, of })

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  W1: [
    atMost('sd', 'naive', 0.5, sdOver),
    atMost('sd', 'limited', 0.85, sdOver),
    atLeast('mean', 'naive', 0.98, meanOver),
    atLeast('mean', 'limited', 1, meanOver),
    atMost(
      'sd of final inventory',
      'naive',
      0.3,
      (ours, other) => ours.sd('inventory').value / other.sd('inventory').value,
    ),
  ],
  W2: [atLeast('mean/sd', 'naive', 2.5, ratioOver), atLeast('mean/sd', 'limited', 1.4, ratioOver)],
  W4: [
    atMost('sd', 'naive', 0.2, sdOver),
    atMost('sd', 'limited', 0.5, sdOver),
    {
      text: '5 % quantile of profit above 0',
      bound: -Number.MIN_VALUE,
      of: (ours) => ours.quantile('pnl', 0.05).value,
    },
  ],
}

/**
 * What the judged rows of each experiment must do better than the two fixed makers in the same
 * world; one sentence a rule, with the row that comes closest to breaking it.
 */
export const mustPass = (
  experiments: readonly Experiment[],
  results: readonly (readonly Samples[])[],
): Requirement[] => {
  const rows = experiments.flatMap(({ world, title, rows: all }, e) =>
    all.map(({ role }, i) => ({ world, title, role, samples: results[e]![i]! })),
  )
  return experiments.flatMap(({ world, title }) => {
    const judged = rows.filter((row) => row.title === title && row.role === 'judged')
    if (judged.length === 0) return []
    return (RULES[world.id] ?? []).map(({ text, against, bound, of }) => {
      const other = rows.find((row) => row.world === world && row.role === (against ?? 'naive'))!
      const sign = bound < 0 ? -1 : 1
      const measured = (row: { samples: Samples }): number => of(row.samples, other.samples)
      const nearest = worst(judged, (row) => sign * measured(row))
      return {
        text: `${title}: ${text}`,
        found: `${share(measured(nearest))} (${judged.length} rows, worst: ${nearest.samples.name})`,
        ok: sign * measured(nearest) <= bound,
      }
    })
  })
}

/** Bounds of the variance rate that a maker estimates over the true one, in the median session. */
const VARIANCE = { least: 0.7, most: 1.4 } as const

/** The judged rows of W7, whose mid moves as those of recordings do. */
export const varianceRequirements = (
  experiments: readonly Experiment[],
  results: readonly (readonly Samples[])[],
): Requirement[] =>
  experiments.flatMap(({ world, title, rows }, e) =>
    rows.flatMap(({ role }, i) => {
      if (world.id !== 'W7' || role !== 'judged') return []
      const ratio = results[e]![i]!.quantile('varianceRatio', 0.5).value
      return [
        {
          text: `${title}: estimated over true variance from ${VARIANCE.least} to ${VARIANCE.most}`,
          found: `${share(ratio)} in the median session`,
          ok: ratio >= VARIANCE.least && ratio <= VARIANCE.most,
        },
      ]
    }),
  )

/** Within so many standard errors counts as met; so many of a hundred numbers must be. */
const NEAR = 3
const NEAR_PERCENT = 95

/** The earlier simulation's numbers: all profits, deviations and 5 % quantiles, and 95 % of all. */
export const agreement = (
  experiments: readonly Experiment[],
  results: readonly (readonly Samples[])[],
): Requirement[] => {
  const all = experiments.flatMap((experiment, e) =>
    experiment.rows.flatMap(({ reference }, i) =>
      reference === undefined ? [] : distances(results[e]![i]!, reference),
    ),
  )
  if (all.length === 0) return []
  const money = all.filter(({ measure }) => ['P&L', 'sd', '5 %'].includes(measure))
  const far = Math.max(...money.map(({ errors }) => Math.abs(errors)))
  const near = all.filter(({ errors }) => Math.abs(errors) <= NEAR).length
  return [
    {
      text: 'W1, W2, W4: profit, sd and 5 % within 3 standard errors of the earlier simulation',
      found: `${money.length} numbers, at most ${far.toFixed(1)}`,
      ok: far <= NEAR,
    },
    {
      text: `W1, W2, W4: ${NEAR_PERCENT} % of all its numbers within 3`,
      found: `${near} of ${all.length}`,
      ok: near * 100 >= NEAR_PERCENT * all.length,
    },
  ]
}

/**
 * The gammas of which each must do at any horizon, and the share it keeps of the best one's
 * mean/sd.
 */
const WORKING = { from: 0.01, to: 0.1, keeps: 0.75 } as const

/** W1's sweep: full 2 h, linear 2 h, full 30 days, linear 30 days, each over `gammas`. */
export const sweepRequirements = (
  lines: readonly (readonly Samples[])[],
  gammas: readonly number[] = GAMMAS,
  keeps: number = WORKING.keeps,
): Requirement[] => {
  const [near, , far, straight] = lines
  const working = gammas.flatMap((gamma, i) =>
    gamma >= WORKING.from && gamma <= WORKING.to ? [i] : [],
  )
  const kept = ([line, title]: readonly [readonly Samples[], string]): Requirement => {
    const ratios = working.map((i) => line[i]!.ratio('pnl').value)
    const least = Math.min(...ratios) / Math.max(...ratios)
    return {
      text: `W1, ${title}: any gamma from .01 to .1 gives the full model 75 % of the best one's mean/sd`,
      found: `${(100 * least).toFixed(0)} % or more`,
      ok: least >= keeps,
    }
  }
  const earned = Math.max(...working.map((i) => straight![i]!.mean('pnl').value))
  return [
    kept([near!, 'close in 2 h']),
    kept([far!, 'close in 30 days']),
    {
      text: 'W1, close in 30 days: the linear model earns nothing with any of them',
      found: `at most ${earned.toFixed(1)} c`,
      ok: earned < 1,
    },
  ]
}

/**
 * How far profit may lie from the earlier simulation's, whose jumps we do not know exactly; and the
 * share of the best tolerance's profit that the product's rule must keep.
 */
const QUEUE_SHARE = 0.4
const QUEUE_CENTS = 20
const RULE_SHARE = 0.8
/**
 * Beyond three quarters of a tick orders hardly move any more, and luck decides which moves less.
 */
const SETTLED = HOLDS.indexOf(0.75)

/** W5: the direction in every case, and the size where it was read the same way. */
export const queueRequirements = (results: readonly QueueResult[]): Requirement[] => {
  const ruleAt = HOLDS.indexOf('break-even')
  const profit = (samples: readonly Samples[], i: number): number => samples[i]!.mean('pnl').value
  const moves = (samples: readonly Samples[], i: number): number =>
    samples[i]!.mean('reprices').value
  const both = results.flatMap(({ back, front }) => [back, front])
  const rising = both.every((all) => profit(all, ruleAt - 1) > profit(all, 0))
  const falling = both.every((all) =>
    HOLDS.slice(0, SETTLED).every((_, i) => moves(all, i + 1) < moves(all, i)),
  )
  const apart = Math.max(
    ...results.flatMap(({ front }, c) =>
      QUEUE_REFERENCE[c]!.slice(0, ruleAt).flatMap((value, i) => {
        if (value === null) return []
        return [Math.abs(profit(front, i) - value) / Math.max(QUEUE_SHARE * value, QUEUE_CENTS)]
      }),
    ),
  )
  const ruleShare = Math.min(
    ...both.map((all) => profit(all, ruleAt) / Math.max(...HOLDS.map((_, i) => profit(all, i)))),
  )
  const queueless = Math.min(
    ...results.map(
      ({ back }) => profit(back, HOLDS.length) / Math.max(...HOLDS.map((_, i) => profit(back, i))),
    ),
  )
  return [
    {
      text: 'W5: holding to a tick earns more than following every move, in every case',
      found: rising ? 'so in all' : 'not in all',
      ok: rising,
    },
    {
      text: 'W5: each wider tolerance, to three quarters of a tick, moves the order less often',
      found: falling ? 'so in all' : 'not in all',
      ok: falling,
    },
    {
      text: 'W5: profit within 40 % or 20 c of the earlier simulation, read its way',
      found: `at most ${share(apart)} of that`,
      ok: apart <= 1,
    },
    {
      text: 'W5: the break-even rule earns at least 80 % of what the best tolerance does',
      found: `${(100 * ruleShare).toFixed(0)} % or more`,
      ok: ruleShare >= RULE_SHARE,
    },
    {
      text: 'W5: a simulation without queues promises twice what can be had, or more',
      found: `${share(queueless)} times or more`,
      ok: queueless >= 2,
    },
  ]
}

/** One line a sentence, then how many hold. */
export const requirementLines = (all: readonly Requirement[]): string => {
  const missed = all.filter(({ ok }) => !ok).length
  return [
    ...all.map(({ text, found, ok }) => `${ok ? 'pass' : 'FAIL'}  ${text}: ${found}`),
    '',
    missed === 0 ? `All ${all.length} requirements hold.` : `${missed} of ${all.length} FAIL.`,
  ].join('\n')
}
