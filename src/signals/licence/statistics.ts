// Computes the numbers behind a licence: did the skew make the fair value a better forecast, how
// surely?
//
// D = 2*alpha*move - alpha^2 is the fall in squared error from using alpha. Observations of one
// game depend on each other, so the error is clustered by game and the bounds come from resampling
// whole games. The draw is seeded: the same log always gets the same verdict.

import { quantileOf, ratioReplicates } from '../../statistics/bootstrap.ts'
import type { Observation } from './observations.ts'

export interface SkillStatistics {
  readonly observations: number
  readonly clusters: number
  /** Mean of D, cents^2: above 0 the skew helps. */
  readonly meanD: number
  /** Clustered standard error of it; NaN below two clusters. */
  readonly standardError: number
  readonly t: number
  /** sum(alpha move) / sum(alpha^2). 1: right size. 0 to 0.5: too large. Below 0: wrong way. */
  readonly beta: number
  /** Bootstrap quantiles of the mean of D. */
  readonly bootstrap: {
    /** 0.05/3: three looks share one error of five percent. */
    readonly q0167: number
    readonly q95: number
  }
}

const REPLICATES = 2000
const SEED = 42

/** Statistics of a set of observations, in O(n + 2000 x clusters). */
export const skill = (observations: readonly Observation[]): SkillStatistics => {
  const index = new Map<string, number>()
  const sums: number[] = []
  const counts: number[] = []
  let total = 0
  let products = 0
  let squares = 0
  for (const { alpha, move, cluster } of observations) {
    const d = 2 * alpha * move - alpha * alpha
    total += d
    products += alpha * move
    squares += alpha * alpha
    let at = index.get(cluster)
    if (at === undefined) {
      at = sums.length
      index.set(cluster, at)
      sums.push(0)
      counts.push(0)
    }
    sums[at] = sums[at]! + d
    counts[at] = counts[at]! + 1
  }
  const n = observations.length
  const clusters = sums.length
  const meanD = n === 0 ? Number.NaN : total / n
  let spread = 0
  for (let c = 0; c < clusters; c++) spread += (sums[c]! - counts[c]! * meanD) ** 2
  const standardError =
    clusters < 2 ? Number.NaN : Math.sqrt((clusters / (clusters - 1)) * spread) / n
  return {
    observations: n,
    clusters,
    meanD,
    standardError,
    t: meanD / standardError,
    beta: squares > 0 ? products / squares : Number.NaN,
    bootstrap: bootstrap(sums, counts),
  }
}

const bootstrap = (
  sums: readonly number[],
  counts: readonly number[],
): SkillStatistics['bootstrap'] => {
  const draws = ratioReplicates(sums, counts, { size: 1, draws: REPLICATES, seed: SEED })
  return { q0167: quantileOf(draws, 0.0167), q95: quantileOf(draws, 0.95) }
}

/** One finished event: result, our venue's mid and the combined forecast, as probabilities. */
export interface Scored {
  readonly yes: boolean
  readonly mid: number
  readonly forecast: number
}

export interface ScoreStatistics {
  readonly games: number
  /** Mean of (Brier of mid - Brier of forecast). */
  readonly gain: number
  /** Quantile 0.95 of the paired bootstrap of the gain, one-sided: below 0 it vetoes. */
  readonly upper95: number
}

/**
 * Proper scores on results. One row per cluster; far too blunt to grant, sharp enough to veto. The
 * bootstrap draws whole games, each with both of its scores (Efron, 1979), by the same seeded draw.
 */
export const scores = (rows: readonly Scored[]): ScoreStatistics => {
  const games = rows.length
  let brierMid = 0
  let brierForecast = 0
  const gains: number[] = []
  for (const { yes, mid, forecast } of rows) {
    const ofMid = (mid - (yes ? 1 : 0)) ** 2
    const ofForecast = (forecast - (yes ? 1 : 0)) ** 2
    brierMid += ofMid / games
    brierForecast += ofForecast / games
    gains.push(ofMid - ofForecast)
  }
  const ones = gains.map(() => 1)
  return {
    games,
    gain: brierMid - brierForecast,
    upper95: bootstrap(gains, ones).q95,
  }
}
