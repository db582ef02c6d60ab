// Scores estimators of volatility by how well they foretell the moves that followed.
//
// At every tenth second of a path each candidate, which has seen only what came before, names the
// variance of the move over the next 10, 60 and 300 s. The Gaussian score is the mean of
// x^2/v + ln v: lower is better, and a variance too low costs more than one too high. Beside it, v
// over x^2 summed over a path says whether the size is right: the median over the paths of a kind.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { stretchAt } from '../data.ts'
import { CONTENDERS, type Contender } from './candidates.ts'
import type { Kind, MidPath } from './recordings.ts'

/** Seconds over which moves are foretold. */
export const MOVES = [10, 60, 300] as const
const STEP: Millis = 10_000
/** A path begins to count when it is so old. */
const BEGIN: Millis = 30_000
/** Paths with fewer changes of the mid, or fewer moves of a length, are left out. */
const LEAST_CHANGES = 20
const LEAST_MOVES = 10
/** No candidate may name a standard deviation below a tenth of a tick: ln v has no bottom. */
const LEAST_TICKS = 0.1

/** What one candidate made of one length of moves. */
interface Tally {
  score: number
  moves: number
  readonly ratios: number[]
}

interface Row {
  readonly candidate: string
  /** One for each of `MOVES`: the mean Gaussian score and the median estimate over truth. */
  readonly scores: readonly number[]
  readonly ratios: readonly number[]
}

export interface KindScore {
  readonly kind: string
  readonly skipped: string | null
  /** Paths with enough changes. */
  readonly paths: number
  readonly rows: readonly Row[]
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]!
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The moves over `seconds` from each time, cents; NaN where either end is unknown. */
const movesFrom = ({ stretches }: MidPath, times: readonly Millis[], seconds: number): number[] =>
  times.map((at) => {
    const from = stretchAt(stretches, at)
    const to = stretchAt(stretches, at + 1000 * seconds)
    return from === null || to === null ? Number.NaN : to.mid - from.mid
  })

interface Trial {
  readonly path: MidPath
  readonly times: readonly Millis[]
  readonly moves: readonly (readonly number[])[]
}

const trialOf = (path: MidPath): Trial => {
  const { stretches } = path
  const times: Millis[] = []
  const end = stretches.at(-1)!.to
  for (let at = stretches[0]!.from + BEGIN; at < end; at += STEP) times.push(at)
  return { path, times, moves: MOVES.map((seconds) => movesFrom(path, times, seconds)) }
}

const tryOut = (
  { path, times, moves }: Trial,
  make: (path: MidPath) => ReturnType<Contender['make']>,
  tallies: Tally[],
): void => {
  const { stretches, expectedAt } = path
  const candidate = make(path)
  const sums = MOVES.map(() => ({ named: 0, true: 0, score: 0, moves: 0 }))
  let next = 0
  for (const [index, at] of times.entries()) {
    for (; next < stretches.length && stretches[next]!.from <= at; next++) {
      const { mid, from, tick } = stretches[next]!
      candidate.onMid(mid, from, tick)
    }
    const { mid, tick } = stretches[next - 1]!
    const least = (LEAST_TICKS * tick) ** 2
    for (const [length, seconds] of MOVES.entries()) {
      const move = moves[length]![index]!
      if (Number.isNaN(move)) continue
      const rate = candidate.variance(at, mid, (expectedAt - at) / 1000, seconds)
      const variance = Math.max(rate * seconds, least)
      const sum = sums[length]!
      sum.named += variance
      sum.true += move * move
      sum.score += (move * move) / variance + Math.log(variance)
      sum.moves++
    }
  }
  for (const [length, sum] of sums.entries()) {
    if (sum.moves < LEAST_MOVES || sum.true === 0) continue
    const tally = tallies[length]!
    tally.score += sum.score
    tally.moves += sum.moves
    tally.ratios.push(sum.named / sum.true)
  }
}

/** Every contender on every path of a kind. */
export const scoreOf = ({ name, paths, skipped }: Kind): KindScore => {
  const trials = paths
    .filter(({ stretches }) => stretches.length >= LEAST_CHANGES)
    .map(trialOf)
    .filter(({ moves }) => moves[0]!.filter((move) => !Number.isNaN(move)).length >= LEAST_MOVES)
  const none = trials.length === 0 ? 'no path with 20 changes of the mid' : null
  if (skipped !== null || none !== null) {
    return { kind: name, skipped: skipped ?? none, paths: 0, rows: [] }
  }
  const rows = CONTENDERS.map((contender): Row => {
    const tallies = MOVES.map((): Tally => ({ score: 0, moves: 0, ratios: [] }))
    for (const trial of trials) tryOut(trial, (path) => contender.make(path, paths), tallies)
    return {
      candidate: contender.name,
      scores: tallies.map(({ score, moves }) => score / moves),
      ratios: tallies.map(({ ratios }) => median(ratios)),
    }
  })
  return { kind: name, skipped: null, paths: trials.length, rows }
}

/** One kind as lines of a Markdown table, without a line end. */
export const linesOf = ({ kind, skipped, paths, rows }: KindScore): string[] =>
  skipped !== null
    ? [`| ${kind} | passed over: ${skipped} |${' |'.repeat(MOVES.length)}`]
    : rows.map(({ candidate, scores, ratios }, index) => {
        const cells = scores.map((score, at) => `${score.toFixed(2)} (${ratios[at]!.toFixed(2)})`)
        return `| ${index === 0 ? `${kind}: ${paths}` : ''} | ${candidate} | ${cells.join(' | ')} |`
      })

export const HEAD: readonly string[] = [
  `| recordings: paths | estimator | ${MOVES.map((seconds) => `${seconds} s`).join(' | ')} |`,
  `|---|---|${'---|'.repeat(MOVES.length)}`,
]
