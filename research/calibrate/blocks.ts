// Intervals without a formula: the past is cut into short cells, and blocks of neighbouring cells
// are resampled, wrapped around the end, so that what comes in bursts stays together.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import { drawBlocks, quantileOf } from '../../src/statistics/bootstrap.ts'
import { mulberry32 } from '../../src/statistics/random.ts'

export interface BlockOptions {
  /** Length of a block; null takes the longer of 60 s and a fiftieth of the whole. */
  readonly blockSeconds: number | null
  /** Times that the past is drawn anew. */
  readonly draws: number
  readonly seed: number
}

export interface Estimate {
  readonly value: number
  /** Ends of the interval that holds the truth in nine cases of ten. */
  readonly low: number
  readonly high: number
  /** Observations behind it. */
  readonly n: number
}

export const DEFAULT_BLOCKS: BlockOptions = { blockSeconds: null, draws: 400, seed: 1 }
const SHORTEST_BLOCK = 60
const BLOCKS = 50
const CELLS_PER_BLOCK = 6
const FEWEST = 5
const FEWEST_BLOCKS = 4
/** One tail of the interval. */
const TAIL = 0.05

/** How often each cell counts: once each for the estimate itself, as drawn for an interval. */
export type Weights = Float64Array

export class Blocks {
  readonly blockSeconds: number
  readonly count: number
  readonly seed: number
  readonly #start: Millis
  readonly #cell: Millis
  readonly #cells: number
  readonly #draws: Weights[] = []
  /** Each cell once. */
  readonly once: Weights

  /** @param start and `end`: first and last moment of the data, epoch ms */
  constructor(start: Millis, end: Millis, { blockSeconds, draws, seed }: BlockOptions) {
    const seconds = Math.max((end - start) / 1000, 1)
    this.blockSeconds = blockSeconds ?? Math.max(SHORTEST_BLOCK, seconds / BLOCKS)
    this.seed = seed
    this.#start = start
    this.#cell = (this.blockSeconds * 1000) / CELLS_PER_BLOCK
    this.#cells = Math.max(Math.ceil((seconds * 1000) / this.#cell), 1)
    this.count = Math.ceil(this.#cells / CELLS_PER_BLOCK)
    this.once = new Float64Array(this.#cells).fill(1)
    const random = mulberry32(seed)
    const rule = { size: CELLS_PER_BLOCK, wraps: true }
    for (let draw = 0; draw < draws; draw++) {
      const weights = new Float64Array(this.#cells)
      drawBlocks(this.#cells, rule, random, (start, length) => {
        for (let i = 0; i < length; i++) weights[(start + i) % this.#cells]!++
      })
      this.#draws.push(weights)
    }
  }

  /** The cell that a moment lies in. */
  cellOf(at: Millis): number {
    const cell = Math.floor((at - this.#start) / this.#cell)
    return Math.min(Math.max(cell, 0), this.#cells - 1)
  }

  /** A sum for each cell, all 0. */
  column(): Float64Array {
    return new Float64Array(this.#cells)
  }

  /** Calls back with each cell that a span touches, and how many seconds of it lie there. */
  over(from: Millis, to: Millis, each: (cell: number, seconds: number) => void): void {
    let at = from
    while (at < to) {
      const cell = this.cellOf(at)
      const border = cell === this.#cells - 1 ? to : this.#start + (cell + 1) * this.#cell
      const until = Math.min(Math.max(border, at + 1e-3), to)
      each(cell, (until - at) / 1000)
      at = until
    }
  }

  /**
   * An estimate and its interval: the 5th and 95th of a hundred among the draws. Draws in which it
   * is NaN (nothing happened in them) are left out. Fewer than 5 observations or 4 blocks have no
   * interval (NaN): drawing them again would only repeat them.
   */
  estimate(n: number, of: (weights: Weights) => number): Estimate {
    const value = of(this.once)
    if (n < FEWEST || this.count < FEWEST_BLOCKS) {
      return { value, low: Number.NaN, high: Number.NaN, n }
    }
    const found = this.#draws.map(of).filter((value) => !Number.isNaN(value))
    found.sort((a, b) => a - b)
    return { value, low: quantileOf(found, TAIL), high: quantileOf(found, 1 - TAIL), n }
  }
}

/** Exact bounds of a Poisson mean after 0..4 events, 5 % in either tail (but 0 below for none). */
const RARE: readonly (readonly [low: number, high: number])[] = [
  [0, 2.996],
  [0.0513, 4.744],
  [0.355, 6.296],
  [0.818, 7.754],
  [1.366, 9.154],
]

/**
 * Of a rate: fewer than 5 events have the bounds of Garwood, "Fiducial limits for the Poisson
 * distribution" (1936), in place of an interval by blocks. `perEvent` is what one event adds.
 */
export const rare = (estimate: Estimate, events: number, perEvent: number): Estimate => {
  const bounds = RARE[events]
  if (bounds === undefined) return estimate
  return { ...estimate, low: bounds[0] * perEvent, high: bounds[1] * perEvent }
}

/** Sum of a column under weights. */
export const sum = (column: Float64Array, weights: Weights): number => {
  let total = 0
  for (let cell = 0; cell < column.length; cell++) total += column[cell]! * weights[cell]!
  return total
}

/** Something seen in a cell, for as long or as surely as `amount` says. */
export interface Sighting {
  readonly value: number
  readonly cell: number
  readonly amount: number
}

/** The median by amount of sightings sorted by value; NaN where there is none. */
export const medianOf = (sorted: readonly Sighting[], weights: Weights): number => {
  let total = 0
  for (const { cell, amount } of sorted) total += amount * weights[cell]!
  let below = 0
  for (const { value, cell, amount } of sorted) {
    below += amount * weights[cell]!
    if (below >= total / 2 && total > 0) return value
  }
  return Number.NaN
}
