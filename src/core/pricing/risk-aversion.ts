// Derives the risk aversion gamma from the largest position that the operator accepts.
//
// Nobody can name a gamma, but everybody can name a limit. Where each lot held shifts the quotes by
// s, fills whose rate falls by k per cent draw the position back: it is then normally distributed
// with a variance of 1/(2 k s) squared lots. So s = 9/(2 k N^2) makes the limit of N lots three
// standard deviations, and gamma is the one whose skew far from the close is that (Gueant, Lehalle
// and Fernandez-Tapia 2013), whatever the market's volatility at the moment.

import { LONGEST_UNWIND, SHORTEST_UNWIND } from './full-model.ts'
import { intensityHalfSpread } from './quoting.ts'

/** gamma x lot where the market tells nothing, 1/cent. */
const USUAL_LOT_GAMMA = 0.05
/** Bounds of gamma x lot, 1/cent: the range in which the full model was found to work. */
const LEAST_LOT_GAMMA = 0.001
const MOST_LOT_GAMMA = 0.2

/** What gamma is derived from. */
export interface RiskSetting {
  /** Decay of fill intensity with distance, 1/cent, > 0. */
  readonly k: number
  /** Contracts, > 0: the position that must never be exceeded. */
  readonly maxPosition: number
  /** A: fills of one lot per second and side at distance 0, >= 0. */
  readonly arrivals: number
  /** Contracts per quote, > 0. */
  readonly lot: number
  /** Variance rate of the price, cents^2 per second, >= 0. */
  readonly sigma2: number
  /** Cents, > 0. */
  readonly tick: number
}

/** The limit is so many standard deviations of the position. */
const LIMIT_SDS = 3

const boundedUnwind = (seconds: number): number =>
  Math.min(Math.max(seconds, SHORTEST_UNWIND), LONGEST_UNWIND)

/**
 * gamma in 1/(cent x contract) before it is bounded: gamma lot sigma2 H = s = 9/(2 k N^2) cents a
 * lot, with N = maxPosition/lot and H = e/(2 k A s) seconds to unwind a lot, within 3 s and 6 h.
 * In s k counts at most 1 a tick, for prices move by whole ticks, and a smaller skew moves none.
 * Infinite without noise.
 */
export const gammaOfLimit = (setting: RiskSetting): number => {
  const { k, maxPosition, arrivals, lot, sigma2, tick } = setting
  const lots = maxPosition / lot
  const skew = (LIMIT_SDS * LIMIT_SDS) / (2 * Math.min(k, 1 / tick) * lots * lots)
  const unwind = boundedUnwind(Math.E / (2 * k * arrivals * skew))
  return skew / (sigma2 * unwind * lot)
}

/**
 * gamma in 1/(cent x contract), with gamma x lot within 0.001..0.2 per cent. Without noise it is at
 * the upper end: risk is cheap, so only a strong aversion keeps the position small.
 */
export const gammaFor = (setting: RiskSetting): number => {
  const wanted = gammaOfLimit(setting) * setting.lot
  const bounded = Math.min(Math.max(wanted, LEAST_LOT_GAMMA), MOST_LOT_GAMMA)
  return (Number.isNaN(bounded) ? USUAL_LOT_GAMMA : bounded) / setting.lot
}

/**
 * Hinf: seconds that a lot is expected to be held before it is traded away, within 3 s and 6 h.
 * sqrt(C / sigma2) with C = (1 + g/k)^(1 + k/g) / (2 k A g) and g = gamma x lot in 1/cent, > 0.
 * Six hours where nothing fills, nothing moves, or an input is not a number.
 */
export const unwindSeconds = (k: number, arrivals: number, g: number, sigma2: number): number => {
  // (1 + g/k)^(1 + k/g) = exp((k + g) ln(1 + g/k) / g), which keeps its digits as g -> 0.
  const power = Math.exp((k + g) * intensityHalfSpread(g, k))
  const free = Math.sqrt(power / (2 * k * arrivals * g * sigma2))
  if (Number.isNaN(free)) return LONGEST_UNWIND
  return boundedUnwind(free)
}
