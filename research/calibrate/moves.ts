// How much the price moves: sigma by alternation, plain realised volatility at several sampling
// intervals beside it, and how much of the movement came in jumps.
//
// The same formulas as the maker's own estimator, without fading and without a prior: the question
// here is what the past was, and how sure one can be of it.

import { Volatility } from '../../src/core/estimators/volatility.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { type Blocks, type Estimate, rare, sum, type Weights } from './blocks.ts'
import type { Order, Stretch } from './data.ts'

/** Sampling intervals of the signature plot, seconds. */
const INTERVALS = [1, 5, 10, 30, 60, 300] as const
/** A jump enters sigma as this many ticks, as in core/volatility.ts. */
const JUMP_TICKS = 3
const MOST_RATIO = 3

export interface Moves {
  /** Cents per root second, of ordinary moves. */
  readonly sigma: Estimate
  /** The same from squared moves over each interval; n counts intervals. */
  readonly signature: readonly { readonly seconds: number; readonly sigma: Estimate }[]
  /** Jumps per hour, and their share of all squared moves, 0..1. */
  readonly jumps: Estimate
  readonly jumpShare: Estimate
}

/** Where there is no book: the prices at which orders began, each standing until the next. */
export const tracedBy = (orders: readonly Order[]): Stretch[] => {
  const stretches: Stretch[] = []
  for (const [index, { at, first, tick }] of orders.entries()) {
    const to = orders[index + 1]?.at ?? at
    const none = { bid: 0, bidSize: 0, ask: 0, askSize: 0 }
    stretches.push({ from: at, to, mid: first, ...none, tick, joined: index > 0 })
  }
  return stretches
}

/** What each cell adds up to. */
class Tally {
  readonly seconds: Float64Array
  readonly squares: Float64Array
  readonly continued: Float64Array
  readonly alternated: Float64Array
  readonly jumps: Float64Array
  readonly jumped: Float64Array
  readonly all: Float64Array
  moves = 0

  constructor(blocks: Blocks) {
    this.seconds = blocks.column()
    this.squares = blocks.column()
    this.continued = blocks.column()
    this.alternated = blocks.column()
    this.jumps = blocks.column()
    this.jumped = blocks.column()
    this.all = blocks.column()
  }
}

const tallyOf = (stretches: readonly Stretch[], blocks: Blocks): Tally => {
  const tally = new Tally(blocks)
  const detector = new Volatility()
  // Holes are cut out of both the price and the clock, so that the detector sees one unbroken path.
  let path = 0
  let clock: Millis = 0
  let direction = 0
  let before: Stretch | null = null
  for (const stretch of stretches) {
    const { from, to, mid, tick, joined } = stretch
    if (before !== null && joined) {
      blocks.over(before.to, from, (cell, seconds) => (tally.seconds[cell]! += seconds))
      clock += from - before.to
      const move = mid - before.mid
      if (move !== 0) {
        path += move
        const cell = blocks.cellOf(from)
        const jumped = detector.onMid(path, clock, tick)
        const square = move * move
        tally.moves++
        tally.all[cell]! += square
        tally.squares[cell]! += jumped ? (JUMP_TICKS * tick) ** 2 : square
        if (jumped) {
          tally.jumps[cell]!++
          tally.jumped[cell]! += square
        }
        const way = Math.sign(move)
        if (direction === way) tally.continued[cell]!++
        else if (direction !== 0) tally.alternated[cell]!++
        direction = way
      }
    } else {
      direction = 0
      if (before === null) detector.onMid(0, 0, tick)
    }
    blocks.over(from, to, (cell, seconds) => (tally.seconds[cell]! += seconds))
    clock += to - from
    before = stretch
  }
  return tally
}

/** Squared moves over intervals of one length, from the beginning of each unbroken run. */
const sampled = (stretches: readonly Stretch[], seconds: number, blocks: Blocks): Estimate => {
  const squares = blocks.column()
  const times = blocks.column()
  const step = seconds * 1000
  let due = Number.NaN
  let last = Number.NaN
  let n = 0
  let before: Stretch | null = null
  const sample = (mid: number): void => {
    const cell = blocks.cellOf(due)
    squares[cell]! += (mid - last) ** 2
    times[cell]! += seconds
    last = mid
    due += step
    n++
  }
  for (const stretch of stretches) {
    if (!stretch.joined || before === null) {
      last = stretch.mid
      due = stretch.from + step
    } else while (due < stretch.from) sample(before.mid)
    while (due <= stretch.to) sample(stretch.mid)
    before = stretch
  }
  return blocks.estimate(n, (weights) => Math.sqrt(sum(squares, weights) / sum(times, weights)))
}

/**
 * sigma = sqrt(ratio x squares / time), ratio = (continuations + 1) / (alternations + 2), at most
 * 3. Source: Large, "Estimating quadratic variation when quoted prices change by a constant
 * increment" (2011). Null where nothing was watched for any time.
 */
export const movesOf = (stretches: readonly Stretch[], blocks: Blocks): Moves | null => {
  const tally = tallyOf(stretches, blocks)
  if (!tally.seconds.some((seconds) => seconds > 0)) return null
  const sigma = (weights: Weights): number => {
    const turns = sum(tally.alternated, weights)
    const ratio = Math.min((sum(tally.continued, weights) + 1) / (turns + 2), MOST_RATIO)
    return Math.sqrt((ratio * sum(tally.squares, weights)) / sum(tally.seconds, weights))
  }
  const jumps = tally.jumps.reduce((total, count) => total + count, 0)
  return {
    sigma: blocks.estimate(tally.moves, sigma),
    signature: INTERVALS.map((seconds) => ({
      seconds,
      sigma: sampled(stretches, seconds, blocks),
    })),
    jumps: rare(
      blocks.estimate(
        jumps,
        (weights) => (3600 * sum(tally.jumps, weights)) / sum(tally.seconds, weights),
      ),
      jumps,
      3600 / sum(tally.seconds, blocks.once),
    ),
    jumpShare: blocks.estimate(
      jumps,
      (weights) => sum(tally.jumped, weights) / sum(tally.all, weights),
    ),
  }
}
