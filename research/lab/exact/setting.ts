// The worlds in which the optimum is known exactly, and the grid that it is computed on.
//
// They are the lab's W1, W3 and W4 without what makes those hard to see through: the maker knows
// every parameter, and the price of this very moment. Fills are Poisson, a lot at a time, and
// utility is exponential. What a maker of the lab earns less than this is what estimating and a mid
// that is a second old cost it.

import { pdf, quantile } from '../../../src/core/estimators/normal.ts'

/** One market and one maker's taste for risk. Cents, seconds, contracts. */
export interface Setting {
  readonly name: string
  /** Risk aversion per lot, 1/cent. */
  readonly gamma: number
  /** Decay of the takers' reach, 1/cent, and how many come per second and side at distance 0. */
  readonly k: number
  readonly arrivals: number
  readonly seconds: number
  /** The first price, and how far and how finely prices are followed. */
  readonly start: number
  readonly lowest: number
  readonly highest: number
  readonly spacing: number
  /** No side is quoted that would take the inventory beyond this many lots. */
  readonly mostLots: number
  /** Whether the contract pays 0 or 100 at the end; else it is worth its price there. */
  readonly settles: boolean
  /** Longest step of time, seconds; and the share of the time left that a step may take. */
  readonly step: number
  readonly shareOfTimeLeft: number
  /** Variance rate of the price, cents^2 per second: `variance(price) * clock(time left)`. */
  variance(price: number): number
  clock(timeLeft: number): number
}

/** Log-odds per root second of the lab's calm worlds. */
const LOGIT_SIGMA = 0.004
export const FLOW = { gamma: 0.05, k: 0.7, arrivals: 0.05, seconds: 7200 } as const
/** Halving each of these moves no result by more than .1 c. */
const EVEN = { step: 4, shareOfTimeLeft: 1 } as const
const SHRINKING = { step: 4, shareOfTimeLeft: 1 / 100 } as const

const logitVariance = (price: number): number => (LOGIT_SIGMA * price * (1 - price / 100)) ** 2

/** Near 0 and 100 the quantile is infinite and the variance 0. */
const clockVariance = (price: number): number => {
  if (price <= 0 || price >= 100) return 0
  const density = pdf(quantile(price / 100))
  return 1e4 * density * density
}

const always = (): number => 1

/** A price that diffuses around 50 c; what is left at the end is worth its price. */
export const CALM_FAR: Setting = {
  ...FLOW,
  ...EVEN,
  name: 'W1, far from the close',
  start: 50,
  lowest: 15,
  highest: 85,
  spacing: 0.25,
  mostLots: 10,
  settles: false,
  variance: logitVariance,
  clock: always,
}
/** The same around 8 c, where the price moves a third as much. */
export const NEAR_EDGE: Setting = {
  ...CALM_FAR,
  name: 'W3, at 8 c',
  start: 8,
  lowest: 0,
  highest: 24,
  spacing: 0.125,
  mostLots: 20,
}
/** The first, but what is left after two hours pays 0 or 100. */
export const CALM_SETTLING: Setting = {
  ...CALM_FAR,
  ...SHRINKING,
  name: 'W1, settling at 2 h',
  settles: true,
}
/** All information arrives evenly until the settlement: p = Phi(w / root of the time left). */
export const EVEN_NEWS: Setting = {
  ...FLOW,
  ...SHRINKING,
  name: 'W4',
  start: 50,
  lowest: 0,
  highest: 100,
  spacing: 0.25,
  mostLots: 30,
  settles: true,
  variance: clockVariance,
  clock: (timeLeft) => 1 / timeLeft,
}

export const SETTINGS: readonly Setting[] = [
  CALM_FAR,
  NEAR_EDGE,
  CALM_SETTLING,
  EVEN_NEWS,
  { ...EVEN_NEWS, name: 'W4, gamma .01', gamma: 0.01 },
]
