// Takes the house's margin out of a set of odds: five methods, and the guards around them.
//
// The inverses of a book's odds sum to more than one. The methods differ in who pays the surplus:
// everybody in proportion (multiplicative), everybody equally (additive), long shots most (power,
// odds ratio), or bettors who know the result (Shin). With two outcomes Shin and additive agree.
// Three of them know that long shots carry more of the margin than favourites; how far these three
// disagree is kept as an uncertainty, by which a price counts for less.

import { impliedOf, logit, sigmoid } from '../common/odds.ts'

export type DevigMethod = 'multiplicative' | 'additive' | 'power' | 'shin' | 'odds-ratio'

/** Probabilities in the order of the odds, and the method's own number (k, z or c; else 0). */
export interface Devigged {
  readonly p: readonly number[]
  readonly parameter: number
}

const HALVINGS = 200

/**
 * The root of a falling function inside lo..hi. Ends when the interval cannot be halved further.
 */
const bisect = (falling: (x: number) => number, lo: number, hi: number): number => {
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (lo + hi) / 2
    if (middle === lo || middle === hi) break
    if (falling(middle) > 0) lo = middle
    else hi = middle
  }
  return (lo + hi) / 2
}

const sum = (values: readonly number[]): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

/** p_i = q_i / B. */
const multiplicative = (q: readonly number[]): Devigged => {
  const book = sum(q)
  return { p: q.map((value) => value / book), parameter: 0 }
}

/** p_i = q_i - (B - 1)/n: may be <= 0 for a long shot, which the caller must refuse. */
const additive = (q: readonly number[]): Devigged => {
  const each = (sum(q) - 1) / q.length
  return { p: q.map((value) => value - each), parameter: 0 }
}

/** p_i = q_i^k with sum 1; k > 1 exactly when B > 1. */
const power = (q: readonly number[]): Devigged => {
  const k = bisect((x) => sum(q.map((value) => value ** x)) - 1, 0.5, 20)
  return { p: q.map((value) => value ** k), parameter: k }
}

/**
 * Shin (1992, 1993), with the solution of Jullien and Salanie (1994). z is the share of stakes by
 * bettors who know the result; two outcomes have a closed form.
 */
const shin = (q: readonly number[]): Devigged => {
  const book = sum(q)
  if (q.length === 2) {
    const d = q[0]! - q[1]!
    const z = ((book - 1) * (d * d - book)) / (book * (d * d - 1))
    return { p: [(1 + d) / 2, (1 - d) / 2], parameter: z }
  }
  const at = (z: number): number[] =>
    q.map((value) => (Math.sqrt(z * z + (4 * (1 - z) * value * value) / book) - z) / (2 * (1 - z)))
  const z = bisect((x) => sum(at(x)) - 1, 0, 0.5)
  return { p: at(z), parameter: z }
}

/** logit p_i = logit q_i - ln c with sum 1 (Cheung 2015). */
const oddsRatio = (q: readonly number[]): Devigged => {
  const logits = q.map(logit)
  const shift =
    q.length === 2
      ? (logits[0]! + logits[1]!) / 2
      : bisect(
          (x) => sum(logits.map((value) => sigmoid(value - x))) - 1,
          Math.log(0.2),
          Math.log(10),
        )
  return { p: logits.map((value) => sigmoid(value - shift)), parameter: Math.exp(shift) }
}

const METHODS: Readonly<Record<DevigMethod, (q: readonly number[]) => Devigged>> = {
  multiplicative,
  additive,
  power,
  shin,
  'odds-ratio': oddsRatio,
}

/** One method by itself, unguarded: `q` are implied probabilities, each in (0, 1), two or more. */
export const devig = (q: readonly number[], method: DevigMethod): Devigged => METHODS[method](q)

type DevigFault =
  | 'odds-unreadable'
  | 'outcome-count'
  | 'outcome-extreme'
  | 'book-below-one'
  | 'book-too-wide'
  | 'methods-disagree'
  | 'sum-off'

export interface FairOdds {
  readonly kind: 'fair'
  readonly p: readonly number[]
  /** power for two outcomes, Shin for more. */
  readonly method: DevigMethod
  /** Sum of the implied probabilities. */
  readonly book: number
  /** Largest minus smallest answer of the judged methods for the chosen outcome, cents >= 0. */
  readonly methodSpreadCents: number
}

export interface DevigRefusal {
  readonly kind: 'refused'
  readonly fault: DevigFault
  readonly detail: string
}

const LOWEST_IMPLIED = 0.005
const WIDEST_TWO_WAY = 1.15
const WIDEST_MULTI_WAY = 1.3
/**
 * Disagreement weighs a price down long before this; beyond it, no weight is right. Ordinary books
 * (up to 1.08) stay below it for favourites up to 0.95.
 */
const LARGEST_SPREAD_CENTS = 3
const SUM_TOLERANCE = 1e-9

/**
 * The methods whose disagreement counts. Not the multiplicative one: it leaves the favourites' and
 * long shots' bias in, so its distance from the others grows with the price (2 cents at 0.8 under a
 * book of 1.045) and says nothing of what they know.
 */
const JUDGED: readonly DevigMethod[] = ['power', 'shin', 'odds-ratio']

const refuse = (fault: DevigFault, detail: string): DevigRefusal => ({
  kind: 'refused',
  fault,
  detail: `De-vig: ${detail}`,
})

/**
 * Fair probabilities of a complete set of decimal odds, or the named reason why there are none.
 * `outcomes` is how many the mapping declares, `chosen` the index whose spread over the methods is
 * judged. Choice of methods after Strumbelj (2014) and Clarke, Kovalchik and Ingram (2017).
 */
export const fairOdds = (
  decimals: readonly number[],
  outcomes: number,
  chosen: number,
): FairOdds | DevigRefusal => {
  const n = decimals.length
  if (n !== outcomes || n < 2 || chosen < 0 || chosen >= n) {
    return refuse('outcome-count', `found ${n} outcomes, wanted ${outcomes}`)
  }
  const q = decimals.map(impliedOf)
  const unreadable = q.findIndex((value) => Number.isNaN(value))
  if (unreadable >= 0) {
    return refuse('odds-unreadable', `found odds ${decimals[unreadable]}, wanted a number above 1`)
  }
  const extreme = q.find((value) => !(value > LOWEST_IMPLIED && value < 1 - LOWEST_IMPLIED))
  if (extreme !== undefined) {
    return refuse('outcome-extreme', `found ${extreme} implied, wanted 0.005 to 0.995`)
  }
  const book = sum(q)
  const widest = n === 2 ? WIDEST_TWO_WAY : WIDEST_MULTI_WAY
  if (!(book > 1)) return refuse('book-below-one', `found a book of ${book}, wanted above 1`)
  if (book > widest) {
    return refuse('book-too-wide', `found a book of ${book}, wanted at most ${widest}`)
  }
  const method: DevigMethod = n === 2 ? 'power' : 'shin'
  let low = 1
  let high = 0
  for (const each of JUDGED) {
    const p = METHODS[each](q).p[chosen]!
    low = Math.min(low, p)
    high = Math.max(high, p)
  }
  const methodSpreadCents = 100 * (high - low)
  if (methodSpreadCents > LARGEST_SPREAD_CENTS) {
    return refuse(
      'methods-disagree',
      `methods are ${methodSpreadCents.toFixed(3)} cents apart, wanted at most ${LARGEST_SPREAD_CENTS}`,
    )
  }
  const { p } = METHODS[method](q)
  if (!(Math.abs(sum(p) - 1) <= SUM_TOLERANCE) || p.some((value) => !(value > 0 && value < 1))) {
    return refuse('sum-off', `found probabilities ${p.join(', ')}, wanted a sum of 1`)
  }
  return { kind: 'fair', p, method, book, methodSpreadCents }
}
