// Resampling: how sure a figure is whose observations depend on each other.
//
// In: observations in order of time, or sums by game. Out: sorted replicates and their quantiles.
// Blocks of neighbours are drawn with replacement (Kuensch 1989; Liu and Singh 1992), a whole game
// being a block of one, or wrap around the end so that the first and the last are drawn as often as
// the others (Politis and Romano 1992). It must not know what the numbers mean.

import { mulberry32 } from './random.ts'

export interface BlockRule {
  /** Neighbours drawn together. */
  readonly size: number
  /** Whether a block may run over the end into the beginning. */
  readonly wraps: boolean
}

/** Draws blocks until `count` places are filled; calls `use` with each block's start and length. */
export const drawBlocks = (
  count: number,
  { size, wraps }: BlockRule,
  random: () => number,
  use: (start: number, length: number) => void,
): void => {
  const starts = wraps ? count : count - size + 1
  for (let left = count; left > 0; left -= size) {
    use(Math.floor(random() * starts), Math.min(size, left))
  }
}

/** Sums up to each place, so that a block's sum is one subtraction. */
const cumulative = (values: ArrayLike<number>): Float64Array => {
  const upTo = new Float64Array(values.length + 1)
  for (let i = 0; i < values.length; i++) upTo[i + 1] = upTo[i]! + values[i]!
  return upTo
}

export interface Replication {
  readonly size: number
  readonly draws: number
  readonly seed: number
}

/**
 * Sorted replicates of sum(values) / sum(weights), of equal length: a mean weighted by its own
 * draws. Each place is drawn with both of its numbers (paired). None for no values.
 */
export const ratioReplicates = (
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  { size, draws, seed }: Replication,
): Float64Array => {
  const count = values.length
  const valueUpTo = cumulative(values)
  const weightUpTo = cumulative(weights)
  const random = mulberry32(seed)
  return new Float64Array(count === 0 ? 0 : draws)
    .map(() => {
      let value = 0
      let weight = 0
      drawBlocks(count, { size, wraps: false }, random, (start, length) => {
        value += valueUpTo[start + length]! - valueUpTo[start]!
        weight += weightUpTo[start + length]! - weightUpTo[start]!
      })
      return value / weight
    })
    .sort()
}

/**
 * The value at a share (0..1) of sorted replicates, by nearest rank; NaN of none. Not interpolated
 * as simple-statistics does: an end of an interval is one of the draws.
 */
export const quantileOf = (sorted: ArrayLike<number>, share: number): number =>
  // A share such as (1 - 0.9) / 2 is a little less than 0.05.
  sorted[Math.max(1, Math.ceil(share * sorted.length - 1e-6)) - 1] ?? Number.NaN
