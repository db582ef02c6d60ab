// Derives the risk aversion gamma from the largest position that the operator accepts.
//
// Nobody can name a gamma, but everybody can name a limit. So gamma is the one whose skew, at half
// the limit, is as wide as one base half-spread (1/k): there the quote that adds to the position
// stands twice as far out as it would when flat, and the other one at the fair price. The formula
// is the limit of the full model far from the close (Gueant, Lehalle and Fernandez-Tapia 2013).

import { LONGEST_UNWIND, SHORTEST_UNWIND } from './full-model.ts'
import { intensityHalfSpread } from './quoting.ts'

/** gamma x lot where the market tells nothing, 1/cent. */
const USUAL_LOT_GAMMA = 0.05
/** Bounds of gamma x lot, 1/cent: the range in which the full model was found to work. */
const LEAST_LOT_GAMMA = 0.005
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
}

/**
 * gamma in 1/(cent x contract) before it is bounded: the solution of (Q/2) gamma Vinf = 1/k, where
 * Vinf = sqrt(e sigma2 / (2 k A gamma lot)) is the variance a contract bears until it is unwound.
 * Infinite without noise, 0 where nothing fills, NaN where both hold.
 */
export const gammaOfLimit = ({ k, maxPosition, arrivals, lot, sigma2 }: RiskSetting): number =>
  (2 / (k * maxPosition)) ** 2 * ((2 * k * arrivals * lot) / (Math.E * sigma2))

/**
 * gamma in 1/(cent x contract), with gamma x lot within 0.005..0.2 per cent. Without noise it is at
 * the upper end (risk is cheap, so only a strong aversion keeps the position small), without fills
 * at the lower one (each contract bears so much risk that a weak one does), and 0.05 without both.
 */
export const gammaFor = (setting: RiskSetting): number => {
  const wanted = gammaOfLimit(setting) * setting.lot
  const bounded = Math.min(Math.max(wanted, LEAST_LOT_GAMMA), MOST_LOT_GAMMA)
  return (Number.isNaN(bounded) ? USUAL_LOT_GAMMA : bounded) / setting.lot
}

/**
 * Hinf: seconds that a lot is expected to be held before it is traded away, within 30 s and 6 h.
 * sqrt(C / sigma2) with C = (1 + g/k)^(1 + k/g) / (2 k A g) and g = gamma x lot in 1/cent, > 0.
 * Six hours where nothing fills, nothing moves, or an input is not a number.
 */
export const unwindSeconds = (k: number, arrivals: number, g: number, sigma2: number): number => {
  // (1 + g/k)^(1 + k/g) = exp((k + g) ln(1 + g/k) / g), which keeps its digits as g -> 0.
  const power = Math.exp((k + g) * intensityHalfSpread(g, k))
  const free = Math.sqrt(power / (2 * k * arrivals * g * sigma2))
  if (Number.isNaN(free)) return LONGEST_UNWIND
  return Math.min(Math.max(free, SHORTEST_UNWIND), LONGEST_UNWIND)
}
