// What the book looked like: how wide the touch was and how much rested there, by time; and whether
// the mid followed the flow of orders.
//
// All of it needs both sides of the book with sizes, which only a recording of frames has.

import { FlowResponse, OrderFlow, TradeSize } from '../../src/core/estimators/order-flow.ts'
import { CONTRACT, type Millis, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { type Blocks, type Estimate, medianOf, type Sighting, sum } from './blocks.ts'
import type { Order, Stretch } from './data.ts'

export interface Touch {
  /** Cents, by time. */
  readonly meanSpread: Estimate
  readonly medianSpread: Estimate
  /** Share of the time at one tick, 0..1. */
  readonly oneTick: Estimate
  /** Contracts on one side, the mean of both, by time. */
  readonly meanDepth: Estimate
  readonly medianDepth: Estimate
}

/** Null where no stretch has prices on both sides. */
export const touchOf = (stretches: readonly Stretch[], blocks: Blocks): Touch | null => {
  const spreads: Sighting[] = []
  const depths: Sighting[] = []
  const seconds = blocks.column()
  const spreadTime = blocks.column()
  const depthTime = blocks.column()
  const oneTick = blocks.column()
  let n = 0
  for (const { from, to, bid, ask, bidSize, askSize, tick } of stretches) {
    if (bid === 0) continue
    n++
    const spread = (ask - bid) / PRICE_CENT
    const depth = (bidSize + askSize) / (2 * CONTRACT)
    blocks.over(from, to, (cell, amount) => {
      seconds[cell]! += amount
      spreadTime[cell]! += amount * spread
      depthTime[cell]! += amount * depth
      // A spread across the border of two grids is compared with the tick at its middle.
      if (spread <= tick * 1.001) oneTick[cell]! += amount
      spreads.push({ value: spread, cell, amount })
      depths.push({ value: depth, cell, amount })
    })
  }
  if (spreads.length === 0) return null
  spreads.sort((a, b) => a.value - b.value)
  depths.sort((a, b) => a.value - b.value)
  const mean = (column: Float64Array): Estimate =>
    blocks.estimate(n, (weights) => sum(column, weights) / sum(seconds, weights))
  return {
    meanSpread: mean(spreadTime),
    medianSpread: blocks.estimate(n, (weights) => medianOf(spreads, weights)),
    oneTick: mean(oneTick),
    meanDepth: mean(depthTime),
    medianDepth: blocks.estimate(n, (weights) => medianOf(depths, weights)),
  }
}

export interface Follow {
  /** Share of OFI / 2D that the mid follows in the next 10 s, ticks. */
  readonly theta: Estimate
  /** The same drawn to 0.25, as the maker draws it. */
  readonly drawn: number
  /** The maker's own estimate at the end: recursive, faded and drawn. */
  readonly own: number
}

/** As in core/flow.ts and core/estimators.ts. */
const HORIZON: Millis = 10_000
const SPACING: Millis = 1000
const MOST_X = 2
const WALL_TRADES = 20
const SIZES_SEEN = 10
const PRIOR_THETA = 0.25
const PRIOR_SQUARES = 50

/**
 * Regression through the origin of the move in ticks over 10 s on OFI / 2D before it, pairs a
 * second apart at least. Source of the imbalance: Cont, Kukanov, Stoikov (2014). Null without
 * pairs.
 */
export const followOf = (
  stretches: readonly Stretch[],
  orders: readonly Order[],
  blocks: Blocks,
): Follow | null => {
  const flow = new OrderFlow()
  const response = new FlowResponse()
  const size = new TradeSize()
  const products = blocks.column()
  const squares = blocks.column()
  let pending: { x: number; mid: number; at: Millis }[] = []
  let pushedAt = Number.NEGATIVE_INFINITY
  let next = 0
  let n = 0
  let before: Stretch | null = null
  for (const stretch of stretches) {
    const { from, mid, tick, bid, bidSize, ask, askSize } = stretch
    if (bid === 0) continue
    if (!stretch.joined || before === null) {
      flow.reset()
      response.drop()
      pending = []
      pushedAt = Number.NEGATIVE_INFINITY
    } else {
      while (pending.length > 0 && pending[0]!.at + HORIZON <= from) {
        const { x, mid: then, at } = pending.shift()!
        const now = at + HORIZON === from ? mid : before.mid
        const cell = blocks.cellOf(at)
        products[cell]! += (x * (now - then)) / tick
        squares[cell]! += x * x
        n++
      }
    }
    for (; next < orders.length && orders[next]!.at <= from; next++) {
      size.onTrade(orders[next]!.contracts)
      if (size.count >= SIZES_SEEN) flow.setSizeCap(WALL_TRADES * size.median)
    }
    flow.update(bid, bidSize, ask, askSize, from)
    const depth = flow.depth(from)
    const x = depth > 0 ? flow.imbalance(from) / (2 * depth) : 0
    response.onMid(mid, tick, x, from)
    if (from - pushedAt >= SPACING) {
      pending.push({ x: Math.min(Math.max(x, -MOST_X), MOST_X), mid, at: from })
      pushedAt = from
    }
    before = stretch
  }
  if (n === 0) return null
  const theta = blocks.estimate(n, (weights) => sum(products, weights) / sum(squares, weights))
  const { once } = blocks
  const drawn =
    (sum(products, once) + PRIOR_THETA * PRIOR_SQUARES) / (sum(squares, once) + PRIOR_SQUARES)
  return { theta, drawn, own: response.theta }
}
