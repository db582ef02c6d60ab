// Estimates everything that one market's past says, each number with its confidence interval.

import { type BlockOptions, Blocks } from './blocks.ts'
import type { MarketData } from './data.ts'
import { type Moves, movesOf, tracedBy } from './moves.ts'
import { type Suggestion, suggestionOf } from './suggest.ts'
import { type Takers, takersOf } from './takers.ts'
import { type Follow, followOf, type Touch, touchOf } from './touch.ts'

export interface Calibration {
  readonly ticker: string
  readonly files: readonly string[]
  readonly kinds: readonly string[]
  readonly notes: readonly string[]
  /** Seconds from first to last, and seconds in which the price was known. */
  readonly spanSeconds: number
  readonly knownSeconds: number
  readonly blockSeconds: number
  readonly blocks: number
  readonly seed: number
  /** Null where the files do not say. */
  readonly moves: Moves | null
  readonly takers: Takers | null
  readonly touch: Touch | null
  readonly follow: Follow | null
  readonly suggestion: Suggestion
}

/** Estimates one market. The same data, options and seed give the same numbers. */
export const calibrate = (market: MarketData, options: BlockOptions): Calibration => {
  const { ticker, files, kinds, notes, orders } = market
  const known = market.stretches
  const path = known.length > 0 ? known : tracedBy(orders)
  const start = path[0]?.from ?? 0
  const end = path.at(-1)?.to ?? start
  const blocks = new Blocks(start, end, options)
  const moves = movesOf(path, blocks)
  const takers = takersOf(orders, known, blocks)
  const follow = followOf(known, orders, blocks)
  return {
    ticker,
    files,
    kinds,
    notes,
    spanSeconds: (end - start) / 1000,
    knownSeconds: known.reduce((total, { from, to }) => total + (to - from), 0) / 1000,
    blockSeconds: blocks.blockSeconds,
    blocks: blocks.count,
    seed: blocks.seed,
    moves,
    takers,
    touch: touchOf(known, blocks),
    follow,
    suggestion: suggestionOf(moves, takers, follow, known.length > 0),
  }
}
