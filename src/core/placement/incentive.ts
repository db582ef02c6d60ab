// What resting orders earn from a liquidity incentive programme, in cents per second.
//
// About once a second the exchange reads the book. On each side it walks from the best price
// outward and counts size until the programme's target is reached. Each order scores its size,
// discounted by its distance from a reference price, and receives its share of the side's half of
// the pool. Source: help.kalshi.com, "Liquidity incentive program", and the programme's own terms,
// 2026. It is income on top of a quote that pays for itself, and never a reason to show one that
// does not.

import type { Programme } from '../vocabulary/events.ts'
import type { Millis, Price } from '../vocabulary/units.ts'

/** Levels of one side, best first; the first `count` are read. Sizes in the programme's unit. */
export interface SideLevels {
  readonly prices: ArrayLike<Price>
  readonly sizes: ArrayLike<number>
  readonly count: number
}

/** The reference price is where this share of the target has been passed. */
const REFERENCE_SHARE = 1 / 5
const SIDES = 2

/**
 * Cents per second that one side of the pool pays out at `at`: half of reward/duration from the
 * start (inclusive) to the end, 0 outside or when the programme has no duration.
 */
export const rewardRate = (programme: Programme, at: Millis): number => {
  const { startAt, endAt, rewardDollars } = programme
  if (!(at >= startAt && at < endAt)) return 0
  return (rewardDollars * 100) / ((endAt - startAt) / 1000) / SIDES
}

/** contracts x discount^ticksAway; in full at or inside the reference (ticksAway <= 0). */
export const scoreOf = (contracts: number, ticksAway: number, discount: number): number =>
  contracts > 0 ? contracts * discount ** Math.max(0, ticksAway) : 0

/**
 * What an order of `contracts` earns on one side, cents per second: the side's rate times
 * own/(own + others), where `othersScore` is everybody else's score on the same side. All of
 * `contracts` counts: the caller passes no more than still helps to reach the target.
 */
export const incentiveValue = (
  programme: Programme,
  at: Millis,
  contracts: number,
  ticksAway: number,
  othersScore: number,
): number => {
  const own = scoreOf(contracts, ticksAway, programme.discount)
  if (!(own > 0)) return 0
  return (rewardRate(programme, at) * own) / (own + Math.max(0, othersScore))
}

const referenceIndex = ({ sizes, count }: SideLevels, target: number): number => {
  const wanted = target * REFERENCE_SHARE
  let sum = 0
  for (let index = 0; index < count; index++) {
    sum += sizes[index]!
    if (sum >= wanted) return index
  }
  return count - 1
}

/**
 * The price at which the size counted from the best reaches a fifth of the target. A side thinner
 * than that in all has its deepest level as reference (our reading: the terms are silent); an empty
 * one has none, 0.
 */
export const referencePrice = (levels: SideLevels, target: number): Price =>
  levels.count > 0 ? levels.prices[referenceIndex(levels, target)]! : 0

/**
 * The score of a whole side: each level's size discounted by its ticks from the reference, counting
 * from the best only what helps to reach the target (the level that passes it counts in part).
 * @param tick Price units, one for all levels
 */
export const bookScore = (
  levels: SideLevels,
  { targetQuantity, discount }: Pick<Programme, 'targetQuantity' | 'discount'>,
  tick: Price,
): number => {
  const { prices, sizes, count } = levels
  if (count <= 0) return 0
  const from = referenceIndex(levels, targetQuantity)
  const reference = prices[from]!
  let left = targetQuantity
  let score = 0
  for (let index = 0; index < count && left > 0; index++) {
    const counted = Math.min(sizes[index]!, left)
    const ticks = index <= from ? 0 : Math.abs(prices[index]! - reference) / tick
    score += scoreOf(counted, ticks, discount)
    left -= counted
  }
  return score
}
