// Puts a wanted price on the grid by value: of the prices around it, the one worth most.
//
// A quote at x is filled at a rate that falls by exp(-k) with every cent away from the market, and
// a fill of a lot is worth (1 - exp(-g e)) / g cents a contract, where g is gamma x lot and e what
// it earns after all costs. The product is largest at the model's own price, and on a grid at one
// of the two prices around that. Which one is not a matter of taste: always rounding outward costs
// 4 to 21 % of what can be earned (Gueant, Lehalle and Fernandez-Tapia 2013, for the rate and the
// value; the grid is ours). Pure; allocates nothing.

import { feePerContractCents } from '../vocabulary/fees.ts'
import type { PriceGrid } from '../vocabulary/market.ts'
import { CANDIDATE_REACH, type Candidates } from '../vocabulary/price-reasons.ts'
import { PRICE_CENT, PRICE_ONE, type Price, type Side } from '../vocabulary/units.ts'

/** What decides the worth of a quote of one side. Cents. */
export interface WorthInput {
  side: Side
  /** Where the model wants the quote, before rounding. */
  raw: number
  /** The price at which a fill would earn nothing, were there no fee: c + f. */
  limit: number
  /** Decay of fill intensity with distance, 1/cent, > 0; Infinity allowed. */
  k: number
  /** gamma x lot, 1/cent, >= 0. */
  g: number
  /** Maker fee coefficient, millionths; charged at the price of the candidate itself. */
  fee: number
  /** The lowest and highest price that the side may have: band, others' best price, bounds. */
  low: Price
  high: Price
}

/**
 * (1 - exp(-g e)) / g: what a certain gain of so many cents a contract is worth to a maker with
 * exponential utility. Tends to e as g -> 0, where the quotient would lose its digits. Negative
 * where e is.
 */
export const utilityOf = (e: number, g: number): number => (g > 1e-12 ? -Math.expm1(-g * e) / g : e)

/**
 * What a stale mid costs a fill, cents: takers know `seconds` more than we do, and the further the
 * price has moved against a quote, the likelier they reach it. With a reach that decays by k and a
 * variance rate sigma2, the mean move of the price that comes with a fill is k sigma2 seconds
 * against us (a normal move, tilted by exp(-k d)). With k infinite nobody ever reaches a quote away
 * from the price, so there is nothing to charge for, and it is 0.
 */
export const staleCost = (k: number, sigma2: number, seconds: number): number =>
  k === Number.POSITIVE_INFINITY ? 0 : k * sigma2 * seconds

/** What a fill at `price` earns after all costs, cents a contract. */
export const edgeAt = (price: Price, { side, limit, fee }: WorthInput): number => {
  const cents = price / PRICE_CENT
  const away = side === 'bid' ? limit - cents : cents - limit
  return away - feePerContractCents(fee, cents)
}

/**
 * The worth of a quote at `price`: the utility of its fill times exp(-k d), with d the cents by
 * which it lies further out than `from`.
 */
const worthAt = (price: Price, from: Price, input: WorthInput): number => {
  const { side, k, g } = input
  const out = (side === 'bid' ? from - price : price - from) / PRICE_CENT
  // An infinite k has no rates to compare: any price further in is infinitely likelier reached.
  const rate = k === Number.POSITIVE_INFINITY ? 1 : Math.exp(-k * out)
  return utilityOf(edgeAt(price, input), g) * rate
}

/**
 * How far beyond a legal price the wanted one lies, cents, where the next tick inward is worth as
 * much: half a tick where k is small, and a whole one, as in rounding outward, as it grows.
 * With x and x + t worth the same at c - x = ln((e^((k+g)t) - 1) / (e^(kt) - 1)) / g.
 * @param intensity `intensityHalfSpread(g, k)`, cents: how far below c the wanted price lies
 * @param tick cents, > 0
 */
export const switchPoint = (k: number, g: number, intensity: number, tick: number): number => {
  if (k === Number.POSITIVE_INFINITY) return tick
  const share = -Math.expm1(-k * tick)
  // Below this the quotient of two nearly equal numbers would lose its digits.
  const gain =
    g > 1e-8 * k ? Math.log(-Math.expm1(-(k + g) * tick) / share) / g : tick / share - tick
  return Math.min(Math.max(tick + gain - intensity, 0), tick)
}

/**
 * The legal price within [low, high] and two ticks of the wanted one that is worth most; the
 * outermost of several that are worth the same. Where the bounds hold the quote away from the
 * wanted price, the two ticks count from the bound. 0 where none is worth more than 0: a quote that
 * loses by its own reckoning is worse than none. That happens only where the bounds leave no price
 * further out. With `k` infinite: the innermost price that earns anything.
 * @param input `raw` finite
 * @param out the prices compared and what each was worth; overwritten
 */
export const chooseTick = (input: WorthInput, grid: PriceGrid, out: Candidates): Price => {
  const { side, raw, low, high, k } = input
  const lowest = grid.ceil(low)
  const highest = grid.floor(high)
  out.count = 0
  if (!(lowest > 0 && lowest <= highest && highest < PRICE_ONE)) return 0
  const isBid = side === 'bid'
  const units = raw * PRICE_CENT
  const outward = isBid ? grid.floor(units) : grid.ceil(units)
  const anchor = Math.min(Math.max(outward, lowest), highest)
  let price = anchor
  let last = anchor
  for (let step = 0; step < CANDIDATE_REACH; step++) {
    price = isBid ? Math.max(grid.down(price), lowest) : Math.min(grid.up(price), highest)
    last = isBid ? Math.min(grid.up(last), highest) : Math.max(grid.down(last), lowest)
  }
  let best: Price = 0
  let most = 0
  for (;;) {
    const worth = worthAt(price, anchor, input)
    out.price[out.count] = price
    out.worth[out.count] = worth
    out.count++
    if (worth > most || (worth > 0 && k === Number.POSITIVE_INFINITY)) {
      most = worth
      best = price
    }
    // Further in it earns still less.
    if (price === last || worth <= 0) break
    price = isBid ? grid.up(price) : grid.down(price)
  }
  out.from = anchor
  return best
}
