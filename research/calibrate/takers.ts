// How often takers come, how far they reach, and how much they want: lambda(d) = A exp(-k d).
//
// The same formulas as the maker's own estimator, without fading and without a prior. Counts are
// sums of weights, because an order read out of ticker messages is a trade only with some
// probability.

import { PRICE_CENT, type Side } from '../../src/core/vocabulary/units.ts'
import { type Blocks, type Estimate, rare, sum, type Weights } from './blocks.ts'
import { beyondOf, type Order, type Stretch } from './data.ts'

/** What the maker's own estimate stays within, 1/cent; see core/intensity.ts. */
const LEAST_K = 0.1
export const MOST_K = 5
/** And for A, orders per second. */
export const LEAST_ARRIVALS = 1e-4
export const MOST_ARRIVALS = 2

export interface Takers {
  /** Decay of reach, 1/cent. */
  readonly k: Estimate
  /** Orders that went beyond the touch, by weight. */
  readonly reaching: number
  /** Orders per second at the fair price: of sellers, who reach bids, and of buyers. */
  readonly sellers: Estimate
  readonly buyers: Estimate
  /** Orders per hour as they came. */
  readonly sellersPerHour: Estimate
  readonly buyersPerHour: Estimate
  /** Buyers among all, 0..1. */
  readonly shareBuys: Estimate
  /** Contracts per order. */
  readonly meanSize: Estimate
  readonly medianSize: Estimate
  /** Half the touch spread that orders met, on average, cents. */
  readonly halfSpread: number
  /** Seconds in which they were watched for. */
  readonly watched: number
}

/** 1.645, as it is in tables: nine tenths of a normal lie within so many deviations. */
const NINE_TENTHS = 1.645

/**
 * The median size with the order statistics around it that hold the truth in nine cases of ten by
 * the binomial law (Conover, "Practical Nonparametric Statistics", 3.2); orders as if independent.
 */
const medianSize = (orders: readonly Order[]): Estimate => {
  const sorted = [...orders].sort((a, b) => a.contracts - b.contracts)
  const total = orders.reduce((all, { weight }) => all + weight, 0)
  const at = (share: number): number => {
    let below = 0
    for (const { contracts, weight } of sorted) {
      below += weight
      if (below >= share * total) return contracts
    }
    return sorted.at(-1)?.contracts ?? Number.NaN
  }
  const margin = (NINE_TENTHS * 0.5) / Math.sqrt(total)
  return { value: at(0.5), low: at(0.5 - margin), high: at(0.5 + margin), n: Math.round(total) }
}

/** Time for which the touch stood at one distance from the fair price, in one cell. */
interface Standing {
  readonly cell: number
  /** dmin, cents. */
  readonly half: number
  seconds: number
}

/**
 * Half the spread where no book shows it, at least half a tick: the mean distance from the fair
 * price of the price at which an order began, as in the effective spread. One such distance says
 * little where the fair price is itself an average of trades.
 */
const meanHalf = (orders: readonly Order[]): number => {
  let total = 0
  let distance = 0
  let sure = 0
  let least = 0
  for (const { taker, touch, first, fair, tick, weight } of orders) {
    const from = Number.isNaN(touch) ? first : touch
    sure += weight
    least += (weight * tick) / 2
    if (Number.isNaN(fair)) continue
    total += weight
    distance += weight * (taker === 'bid' ? from - fair : fair - from)
  }
  return Math.max(total > 0 ? distance / total : 0, least / sure)
}

const standingsOf = (
  spans: readonly Pick<Stretch, 'from' | 'to' | 'bid' | 'ask'>[],
  half: number,
  blocks: Blocks,
): Standing[] => {
  const found = new Map<string, Standing>()
  for (const { from, to, bid, ask } of spans) {
    const away = bid > 0 ? (ask - bid) / (2 * PRICE_CENT) : half
    blocks.over(from, to, (cell, seconds) => {
      const key = `${cell} ${away}`
      const known = found.get(key)
      if (known === undefined) found.set(key, { cell, half: away, seconds })
      else known.seconds += seconds
    })
  }
  return [...found.values()]
}

/**
 * k = ln(1 + T/m)/T, the geometric maximum-likelihood estimate for a mean m beyond the touch on a
 * grid of tick T, within 0.1..5; A = orders / integral of exp(-k dmin) dt, that of Poisson arrivals
 * whose touch stands at a varying distance dmin. Form: Avellaneda and Stoikov (2008), section 2.4.
 * Null where nobody came. The maker's own estimate adds up exp(k dmin) instead, which needs no
 * history but is at the mercy of a few orders that came while the book was empty.
 * @param stretches time in which a taker would have been seen; without any, from the first order to
 * the last
 */
export const takersOf = (
  orders: readonly Order[],
  stretches: readonly Stretch[],
  blocks: Blocks,
): Takers | null => {
  const first = orders[0]
  const last = orders.at(-1)
  if (first === undefined || last === undefined) return null
  const seconds = blocks.column()
  const spans = stretches.length > 0 ? stretches : [{ from: first.at, to: last.at, bid: 0, ask: 0 }]
  for (const { from, to } of spans) {
    blocks.over(from, to, (cell, part) => (seconds[cell]! += part))
  }
  const watched = seconds.reduce((total, part) => total + part, 0)
  if (watched === 0) return null

  const count = { bid: blocks.column(), ask: blocks.column() }
  const beyond = blocks.column()
  const ticks = blocks.column()
  const sizes = blocks.column()
  const half = meanHalf(orders)
  const standings = standingsOf(spans, half, blocks)
  let reaching = 0
  for (const order of orders) {
    const { taker, weight, tick, contracts } = order
    const cell = blocks.cellOf(order.at)
    const reach = beyondOf(order)
    count[taker][cell]! += weight
    beyond[cell]! += weight * reach
    ticks[cell]! += weight * tick
    sizes[cell]! += weight * contracts
    if (reach > 0) reaching += weight
  }

  const all = (weights: Weights): number => sum(count.bid, weights) + sum(count.ask, weights)
  const k = (weights: Weights): number => {
    const number = all(weights)
    const tick = sum(ticks, weights) / number
    const raw = Math.log1p((tick * number) / sum(beyond, weights)) / tick
    return Math.min(Math.max(raw, LEAST_K), MOST_K)
  }
  const n = Math.round(orders.reduce((sofar, { weight }) => sofar + weight, 0))
  const sideOf = (taker: Side): number =>
    Math.round(orders.reduce((sofar, o) => sofar + (o.taker === taker ? o.weight : 0), 0))
  /** Seconds at the fair price that were as good as those at the touch. */
  const exposure = (weights: Weights): number => {
    const decay = k(weights)
    let sofar = 0
    for (const { cell, half: away, seconds: amount } of standings) {
      if (weights[cell]! > 0) sofar += weights[cell]! * amount * Math.exp(-decay * away)
    }
    return sofar
  }
  const atFair = (taker: Side): Estimate => {
    const found = blocks.estimate(
      sideOf(taker),
      (weights) => sum(count[taker], weights) / exposure(weights),
    )
    return rare(found, sideOf(taker), 1 / exposure(blocks.once))
  }
  const perHour = (taker: Side): Estimate => {
    const found = blocks.estimate(
      sideOf(taker),
      (weights) => (3600 * sum(count[taker], weights)) / sum(seconds, weights),
    )
    return rare(found, sideOf(taker), 3600 / watched)
  }
  return {
    k: blocks.estimate(n, k),
    reaching: Math.round(reaching),
    sellers: atFair('ask'),
    buyers: atFair('bid'),
    sellersPerHour: perHour('ask'),
    buyersPerHour: perHour('bid'),
    shareBuys: blocks.estimate(n, (weights) => sum(count.bid, weights) / all(weights)),
    meanSize: blocks.estimate(n, (weights) => sum(sizes, weights) / all(weights)),
    medianSize: medianSize(orders),
    halfSpread: half,
    watched,
  }
}
