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
import { PRICE_CENT, PRICE_ONE, type Price, type Side } from '../vocabulary/units.ts'

/** How many ticks either way of the wanted price are looked at, and so at most how many prices. */
const REACH = 2
export const MOST_CANDIDATES = 2 * REACH + 1

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

/** The prices that were compared, outermost first, and what each was worth. */
export interface Candidates {
  count: number
  /** Price units. */
  readonly price: Float64Array
  /** Cents a contract times the rate relative to that at `from`. */
  readonly worth: Float64Array
  /** The price whose fill rate counts as 1, Price units. */
  from: Price
}

export const emptyCandidates = (): Candidates => ({
  count: 0,
  price: new Float64Array(MOST_CANDIDATES),
  worth: new Float64Array(MOST_CANDIDATES),
  from: 0,
})

/**
 * (1 - exp(-g e)) / g: what a certain gain of so many cents a contract is worth to a maker with
 * exponential utility, and e itself as g -> 0. Negative where e is.
 */
export const utilityOf = (e: number, g: number): number => (g > 0 ? -Math.expm1(-g * e) / g : e)

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

/** The legal price within the bounds that is next to the wanted one, outward; 0 without any. */
const anchorOf = ({ side, raw, low, high }: WorthInput, grid: PriceGrid): Price => {
  const lowest = grid.ceil(low)
  const highest = grid.floor(high)
  if (!(lowest > 0 && lowest <= highest && highest < PRICE_ONE)) return 0
  const units = raw * PRICE_CENT
  const outward = side === 'bid' ? grid.floor(units) : grid.ceil(units)
  return Math.min(Math.max(outward, lowest), highest)
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
  const { side, low, high, k } = input
  const anchor = anchorOf(input, grid)
  out.count = 0
  out.from = anchor
  if (anchor === 0) return 0
  const isBid = side === 'bid'
  let price = anchor
  for (let step = 0; step < REACH; step++) {
    const further = isBid ? grid.down(price) : grid.up(price)
    if (further < low || further > high || further <= 0 || further >= PRICE_ONE) break
    price = further
  }
  let best: Price = 0
  let most = 0
  let inside = anchor
  for (let step = 0; step < REACH; step++) inside = isBid ? grid.up(inside) : grid.down(inside)
  const last = isBid ? Math.min(inside, high) : Math.max(inside, low)
  while ((isBid ? price <= last : price >= last) && price > 0 && price < PRICE_ONE) {
    const worth = worthAt(price, anchor, input)
    out.price[out.count] = price
    out.worth[out.count] = worth
    out.count++
    if (worth > most || (worth > 0 && k === Number.POSITIVE_INFINITY)) {
      most = worth
      best = price
    }
    price = isBid ? grid.up(price) : grid.down(price)
  }
  return best
}
