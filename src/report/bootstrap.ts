// How sure a mean is, when the numbers in it hang together.
//
// Fills that follow each other share the same stretch of price, so they are drawn again in blocks and
// not one by one: the moving-block bootstrap (Kuensch 1989; Liu and Singh 1992). The mean is weighted by
// contracts and each draw weights by what it drew. Dice are seeded, so the same fills give the same
// interval.

export interface Interval {
  readonly low: number
  readonly high: number
  /** Consecutive fills drawn together. */
  readonly block: number
}

export interface BootstrapOptions {
  readonly block: number
  /** Draws. */
  readonly draws?: number
  /** Share of draws inside, 0..1. */
  readonly share?: number
  readonly seed?: number
}

/** Marsaglia's xorshift32 (2003) on a seed scattered by Knuth's multiplier; numbers in [0, 1). */
export const diceOf = (seed: number): (() => number) => {
  let state = (Math.imul(seed + 1, 2_654_435_761) >>> 0) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4_294_967_296
  }
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
  // Sums up to each place, so that a block's sum is one subtraction.
  const weightUpTo = new Float64Array(n + 1)
  const valueUpTo = new Float64Array(n + 1)
  for (let i = 0; i < n; i++) {
    weightUpTo[i + 1] = weightUpTo[i]! + weights[i]!
    valueUpTo[i + 1] = valueUpTo[i]! + weights[i]! * values[i]!
  }
  const dice = diceOf(seed)
  const means = new Float64Array(draws)
  for (let draw = 0; draw < draws; draw++) {
    let weight = 0
    let value = 0
    for (let left = n; left > 0; left -= size) {
      const length = Math.min(size, left)
      const start = Math.floor(dice() * (n - size + 1))
      weight += weightUpTo[start + length]! - weightUpTo[start]!
      value += valueUpTo[start + length]! - valueUpTo[start]!
    }
    means[draw] = value / weight
  }
  means.sort()
  // Nearest rank; (1 - 0.9) / 2 is a little less than 0.05.
  const at = (part: number): number => means[Math.max(1, Math.ceil(part * draws - 1e-6)) - 1]!
  return { low: at((1 - share) / 2), high: at((1 + share) / 2), block: size }
}

/**
 * Block length for markouts: the cube root of the number of fills (Hall, Horowitz and Jing 1995), but
 * not less than the fills of one horizon, whose markouts look at the same prices; at most a fifth.
 */
export const blockLength = (fills: number, seconds: number, horizon: number): number => {
  const overlapping = seconds > 0 ? (fills / seconds) * horizon : 1
  const wanted = Math.ceil(Math.max(fills ** (1 / 3), overlapping))
  return Math.max(1, Math.min(wanted, Math.floor(fills / 5)))
}
