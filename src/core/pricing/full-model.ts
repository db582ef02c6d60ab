// The quoting model for contracts that settle at $0 or $1.
//
// The linear model reads T - t as the time to the close, so that far from it the skew explodes and
// near it inventory is forgotten. Here a lot is expected to bear the variance V of the time it
// takes to unwind it, known from how often fills arrive (Gueant, Lehalle and Fernandez-Tapia 2013),
// and near the close that of the settlement itself: a Bernoulli variance, 1e4 p (1-p). The skew is
// concave in inventory (asinh) and applied to the log-odds, so the price never leaves 0..100.

import type { Pricing, QuoteInput, QuoteModel } from './quoting.ts'
import { intensityHalfSpread, setHalves } from './quoting.ts'

type HoldingInput = Pick<QuoteInput, 'sigma2' | 'timeLeft' | 'settlementShare' | 'clampUnwind'>

/** Probabilities are kept this far from 0 and 1, where the log-odds are infinite. */
const EDGE = 0.001
/** Bounds of the time that unwinding is assumed to take: three seconds to six hours. */
export const SHORTEST_UNWIND = 3
export const LONGEST_UNWIND = 21_600

const logit = (p: number): number => Math.log(p / (1 - p))
const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

/**
 * (1 + g/k)^(1 + k/g) / (2 k A g): cents^2 seconds. Tends to e/(2 k A g) as g -> 0, where the power
 * would lose all its digits. Infinite where nothing ever fills (A = 0) or risk is free (g = 0).
 */
const unwindConstant = (g: number, k: number, arrivals: number): number => {
  if (!(arrivals > 0) || !(g > 0)) return Number.POSITIVE_INFINITY
  const ratio = g / k
  const power = ratio < 1e-8 ? Math.E : Math.exp((1 + 1 / ratio) * Math.log1p(ratio))
  return power / (2 * k * arrivals * g)
}

/**
 * Variance in cents^2 that a contract is expected to bear until it is traded away or settles.
 * @param v Bernoulli variance 1e4 p (1-p), its upper bound
 * @param c `unwindConstant`
 */
export const expectedHoldingVariance = (v: number, c: number, input: HoldingInput): number => {
  const { sigma2, settlementShare } = input
  const tau = Math.max(input.timeLeft, 0)
  const left = settlementShare * v * Math.exp((-sigma2 * tau) / v)
  if (c === Number.POSITIVE_INFINITY) return Math.min(v, left + sigma2 * tau)
  // Next to no noise (1e-12 is a cent in twelve days): only settlement is borne, and the less of it
  // the more time there is to trade out.
  if (!(sigma2 > 1e-12)) return Math.min(v, left / (1 + (left * tau) / c))
  const free = Math.sqrt(c / sigma2)
  const unwind = input.clampUnwind
    ? Math.min(Math.max(free, SHORTEST_UNWIND), LONGEST_UNWIND)
    : free
  const far = sigma2 * unwind
  const th = Math.tanh(tau / unwind)
  return Math.min(v, (far * (left + far * th)) / (far + left * th))
}

/** How far inventory moves the price in the middle of the scale, cents, before any cap. */
const skewOf = (inventory: number, holdingVariance: number, { gamma, k }: QuoteInput): number => {
  const linear = inventory * gamma * holdingVariance
  // Infinite k: no taker reaches past us, and the compression asinh(k x / 2) 2 / k tends to 0.
  return k === Number.POSITIVE_INFINITY ? 0 : (2 / k) * Math.asinh((k * linear) / 2)
}

/** The reservation price, cents: one contract more or less makes no difference at it. */
const skewed = (
  p: number,
  v: number,
  inventory: number,
  holdingVariance: number,
  input: QuoteInput,
): number => {
  const { maxSkew } = input
  const skew = skewOf(inventory, holdingVariance, input)
  const centre = 100 * p
  const shifted = 100 * logistic(logit(p) - (skew * 100) / v)
  return Math.min(Math.max(shifted, centre - maxSkew), centre + maxSkew)
}

/**
 * What a contract is worth to hold at an inventory, cents: the reservation price without the cap of
 * the skew, all else as in the last `price` into `pricing`.
 */
export const uncappedReservation = (
  inventory: number,
  input: QuoteInput,
  { holdingVariance }: Pricing,
): number => {
  const p = Math.min(Math.max((input.fair + input.signal) / 100, EDGE), 1 - EDGE)
  const v = 1e4 * p * (1 - p)
  return 100 * logistic(logit(p) - (skewOf(inventory, holdingVariance, input) * 100) / v)
}

export const fullModel: QuoteModel = {
  name: 'full',
  price(input: QuoteInput, out: Pricing): void {
    const { gamma, k, lot } = input
    const p = Math.min(Math.max((input.fair + input.signal) / 100, EDGE), 1 - EDGE)
    const v = 1e4 * p * (1 - p)
    const g = gamma * lot
    // With gamma 0 risk is free, so the variance does not matter.
    const holdingVariance =
      g > 0 ? expectedHoldingVariance(v, unwindConstant(g, k, input.arrivals), input) : 0
    out.holdingVariance = holdingVariance
    out.reservation = skewed(p, v, input.inventory, holdingVariance, input)
    out.skew = out.reservation - 100 * p
    out.volatilityPart = Math.min((g * holdingVariance) / 2, input.maxInventoryWidth)
    out.intensityPart = intensityHalfSpread(g, k)
    setHalves(input, out)
  },
  reservationAt(inventory, input, { holdingVariance }) {
    const p = Math.min(Math.max((input.fair + input.signal) / 100, EDGE), 1 - EDGE)
    return skewed(p, 1e4 * p * (1 - p), inventory, holdingVariance, input)
  },
}
