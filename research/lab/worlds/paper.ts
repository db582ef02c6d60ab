// The tables that Avellaneda and Stoikov published in 2008, and the makers that reproduce them.
//
// "High-frequency trading in a limit order book", Quantitative Finance 8(3), tables 1 to 3: means
// and standard deviations of 1000 simulated sessions for three risk aversions. The symmetric maker
// quotes the average spread of the inventory maker around the mid, so its row follows by arithmetic
// too.

import { intensityHalfSpread } from '../../../src/core/pricing/quoting.ts'
import type { MakerSpec } from '../makers/makers.ts'
import { paperWorld } from './worlds.ts'

/** A row of the paper's tables (2008, tables 1 to 3): its means and standard deviations. */
interface PaperRow {
  readonly gamma: number
  readonly inventoryBased: boolean
  readonly spread: number
  readonly profit: number
  readonly profitSd: number
  readonly finalQ: number
  readonly finalQSd: number
}

const paper = (
  gamma: number,
  inventoryBased: boolean,
  numbers: readonly [number, number, number, number, number],
): PaperRow => {
  const [spread, profit, profitSd, finalQ, finalQSd] = numbers
  return { gamma, inventoryBased, spread, profit, profitSd, finalQ, finalQSd }
}

export const PAPER: readonly PaperRow[] = [
  paper(0.1, true, [1.49, 65.0, 6.6, 0.08, 2.9]),
  paper(0.1, false, [1.49, 68.4, 12.7, 0.26, 8.4]),
  paper(0.01, true, [1.35, 68.6, 8.7, 0.12, 5.1]),
  paper(0.01, false, [1.35, 68.8, 12.8, 0.09, 8.7]),
  paper(1, true, [3.02, 31.4, 5.0, 0.02, 1.7]),
  paper(1, false, [3.02, 44.0, 11.0, 0, 5.1]),
]

/** Average over the session of the paper's spread: what its symmetric maker quotes throughout. */
export const paperSpread = (gamma: number): number => {
  const { steps, dt } = paperWorld()
  const meanTimeLeft = ((steps + 1) * dt) / 2
  return gamma * 4 * meanTimeLeft + 2 * intensityHalfSpread(gamma, 1.5)
}

/** The maker of a row of the paper. */
export const paperMaker = (row: PaperRow): MakerSpec =>
  row.inventoryBased
    ? {
        name: `gamma ${row.gamma} inventory`,
        model: 'linear',
        gamma: row.gamma,
        sigma: 'known',
        continuous: true,
      }
    : {
        name: `gamma ${row.gamma} symmetric`,
        model: 'fixed',
        half: paperSpread(row.gamma) / 2,
        continuous: true,
      }

/** What the symmetric row must come to, by arithmetic alone. */
export const paperClosedForm = (
  gamma: number,
): { readonly profit: number; readonly profitSd: number; readonly finalQSd: number } => {
  const { steps, dt, k, arrivals } = paperWorld()
  const d = paperSpread(gamma) / 2
  const chance = arrivals * Math.exp(-k * d) * dt
  const each = chance * (1 - chance)
  return {
    profit: 2 * steps * chance * d,
    profitSd: Math.sqrt(2 * steps * each * d * d + 4 * dt * each * steps * (steps + 1)),
    finalQSd: Math.sqrt(2 * steps * each),
  }
}
