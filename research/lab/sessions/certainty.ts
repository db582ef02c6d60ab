// Certainty equivalents of simulated sessions: the sure sum that a maker with exponential utility
// would take for one, -ln(mean of exp(-gamma profit)) / gamma cents.
//
// Where a contract settles at 0 or 100, the draw of the last second is replaced by its chances, the
// price before it: the mean stays the same, and rare losses of a whole contract do not decide it.

import type { Estimate, Samples } from './samples.ts'

/** exp(-gamma profit) of each session, with the settlement's chances in place of its draw. */
const utilities = ({ columns, count }: Samples, gamma: number, settles: boolean): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => {
    if (!settles) return Math.exp(-gamma * columns.pnl[i]!)
    const price = columns.lastPrice[i]!
    const p = price / 100
    const held = gamma * columns.inventory[i]!
    const lottery = p * Math.exp(-held * (100 - price)) + (1 - p) * Math.exp(held * price)
    return Math.exp(-gamma * columns.marked[i]!) * lottery
  })

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** How much each session moves the certainty equivalent (the delta method); their mean is 0. */
const influences = (values: Float64Array, gamma: number): Float64Array => {
  const mean = meanOf(values)
  return values.map((value) => -(value / mean - 1) / gamma)
}

const errorOf = (values: Float64Array): number =>
  Math.sqrt(meanOf(values.map((value) => value * value)) / values.length)

/** Cents a session. @param settles whether the last step of the price is the settlement's draw */
export const certaintyOf = (samples: Samples, gamma: number, settles: boolean): Estimate => {
  const values = utilities(samples, gamma, settles)
  return { value: -Math.log(meanOf(values)) / gamma, error: errorOf(influences(values, gamma)) }
}

/** Certainty equivalent of `ours` less that of `theirs`, over the same sessions. */
export const certaintyGain = (
  ours: Samples,
  theirs: Samples,
  gamma: number,
  settles: boolean,
): Estimate => {
  const a = utilities(ours, gamma, settles)
  const b = utilities(theirs, gamma, settles)
  const [left, right] = [influences(a, gamma), influences(b, gamma)]
  return {
    value: -Math.log(meanOf(a) / meanOf(b)) / gamma,
    error: errorOf(left.map((value, i) => value - right[i]!)),
  }
}
