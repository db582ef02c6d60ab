// Intervals of markouts: fills that follow each other share the same stretch of price, so they are
// resampled in blocks. The mean is weighted by contracts, and each draw by what it drew.

import { quantileOf, ratioReplicates } from '../../statistics/bootstrap.ts'

export interface Interval {
  readonly low: number
  readonly high: number
  /** Consecutive fills drawn together. */
  readonly block: number
}

interface BootstrapOptions {
  readonly block: number
  /** Draws. */
  readonly draws?: number
  /** Share of draws inside, 0..1. */
  readonly share?: number
  readonly seed?: number
}

/** Fewer numbers than this say nothing about their own spread. */
export const FEWEST = 8

/**
 * The percentile interval of the mean of `values` weighted by `weights` (same length, weights > 0).
 * null for fewer than eight values. 90 % of 2000 draws by default.
 */
export const blockInterval = (
  values: readonly number[],
  weights: readonly number[],
  { block, draws = 2000, share = 0.9, seed = 1 }: BootstrapOptions,
): Interval | null => {
  const n = values.length
  if (n < FEWEST) return null
  const size = Math.max(1, Math.min(Math.floor(block), n))
  const weighted = values.map((value, i) => value * weights[i]!)
  const means = ratioReplicates(weighted, weights, { size, draws, seed })
  const tail = (1 - share) / 2
  return { low: quantileOf(means, tail), high: quantileOf(means, 1 - tail), block: size }
}

/**
 * Block length for markouts: the cube root of the number of fills (Hall, Horowitz and Jing 1995),
 * but not less than the fills of one horizon, whose markouts look at the same prices; at most a
 * fifth.
 */
export const blockLength = (fills: number, seconds: number, horizon: number): number => {
  const overlapping = seconds > 0 ? (fills / seconds) * horizon : 1
  const wanted = Math.ceil(Math.max(fills ** (1 / 3), overlapping))
  return Math.max(1, Math.min(wanted, Math.floor(fills / 5)))
}
