// The reasons of a price: its parts and the limits that changed it. All in cents.
//
// The quoter fills them in place at every decision, a dozen numbers a side, so the explanation is
// always there and is never reconstructed afterwards.

import type { PlaceReason } from './reason-codes.ts'
import { PRICE_CENT, type Price } from './units.ts'

/** As many ticks either way of the wanted price are compared, and so at most this many prices. */
export const CANDIDATE_REACH = 2
const MOST_CANDIDATES = 2 * CANDIDATE_REACH + 1

/**
 * The prices that were compared for one quote, outermost first, and what each was worth. Filled in
 * place; none where prices are rounded outward.
 */
export interface Candidates {
  count: number
  /** Price units. */
  readonly price: Float64Array
  /** Cents a contract times the fill rate relative to that at `from`. */
  readonly worth: Float64Array
  /** The price whose fill rate counts as 1, Price units. */
  from: Price
  /** Contracts filled per second and side at distance 0, and how they thin out, 1/cent. */
  contracts: number
  k: number
  /** How far `from` lies from the fair value on the side's own side, cents. */
  away: number
}

export const emptyCandidates = (): Candidates => ({
  count: 0,
  price: new Float64Array(MOST_CANDIDATES),
  worth: new Float64Array(MOST_CANDIDATES),
  from: 0,
  contracts: 0,
  k: 1,
  away: 0,
})

const copyOf = ({ price, worth, ...rest }: Candidates): Candidates => ({
  ...rest,
  price: price.slice(),
  worth: worth.slice(),
})

/** The limits that may change a price; bits, so that a decision allocates nothing. */
export const CLAMPS = {
  alpha: 1,
  skew: 2,
  'inventory-width': 4,
  floor: 8,
  'max-through': 16,
  'post-only': 32,
  'own-quotes': 64,
  band: 128,
  'foreign-order': 256,
} as const

export type Clamp = keyof typeof CLAMPS

export interface QuoteReasons {
  /** Fair value by the book alone. */
  fair: number
  /** What order flow, the other markets of the event and external signals add to it. */
  flow: number
  event: number
  external: number
  /** Inventory: the reservation price less fair value and alpha. */
  skew: number
  /**
   * Parts of the half-spread: risk held, intensity of trading, and costs. Rounding by value: half =
   * max(widen x (volatility + intensity + fee + markout + staleness), floor). Rounding outward, of
   * fee and markout together only what half a tick does not pay for counts: half = max(widen x
   * (volatility + intensity + max(0, fee + markout - tick/2)), floor). The floor is break-even or
   * more.
   */
  volatility: number
  intensity: number
  fee: number
  markout: number
  staleness: number
  /** The factor by which caution multiplies the half-spread. */
  widen: number
  half: number
  /** The price before rounding; NaN before the first decision. */
  raw: number
  /** The price shown or wanted, NaN where none is. */
  price: number
  /** Break-even half-spread: fee plus expected markout. */
  breakEven: number
  /** OR of CLAMPS. */
  clamps: number
  /** How the price was chosen among its neighbours. */
  place: PlaceReason
  /** What the prices around the wanted one were worth. */
  candidates: Candidates
}

export const emptyReasons = (): QuoteReasons => ({
  fair: Number.NaN,
  flow: 0,
  event: 0,
  external: 0,
  skew: 0,
  volatility: 0,
  intensity: 0,
  fee: 0,
  markout: 0,
  staleness: 0,
  widen: 1,
  half: 0,
  raw: Number.NaN,
  price: Number.NaN,
  breakEven: 0,
  clamps: 0,
  place: 'model',
  candidates: emptyCandidates(),
})

/** The names of the set bits, in the order of the table. */
export const clampNames = (clamps: number): Clamp[] =>
  (Object.keys(CLAMPS) as Clamp[]).filter((name) => (clamps & CLAMPS[name]) !== 0)

/**
 * A copy of the reasons for the price of one level: outer ones differ by their skew.
 * @param price of that level, Price units; 0 where it has none
 * @param raw before rounding, Price units
 * @param candidates of that level
 */
export const reasonsOfLevel = (
  inner: QuoteReasons,
  price: Price,
  raw: number,
  candidates: Candidates,
): QuoteReasons => {
  const reasons = { ...inner, candidates: copyOf(candidates) }
  if (price === 0) return reasons
  const cents = raw / PRICE_CENT
  reasons.skew += cents - reasons.raw
  reasons.raw = cents
  reasons.price = price / PRICE_CENT
  return reasons
}
