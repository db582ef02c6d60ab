// Which makers meet in which world, and what is known of the result from elsewhere.
//
// W0 stands beside the tables that Avellaneda and Stoikov published in 2008; W1, W2 and W4 beside an
// earlier simulation of the same worlds by other code and other random numbers (2000 sessions, or 1000
// where noted). Nobody's numbers are copied into a result: they are printed next to ours, with the
// distance in standard errors.

import { intensityHalfSpread } from '../src/core/quoting.ts'
import { type MakerSpec, naive } from './makers.ts'
import { clockWorld, paperWorld, W1, W2, W3, type World } from './worlds.ts'

/** A row of another simulation: cents and contracts per session. */
export interface Reference {
  readonly sessions: number
  readonly pnl: number
  readonly sd: number
  readonly low: number
  readonly inventorySd: number
  readonly meanAbsInventory: number
  readonly fills: number
}

export interface Row {
  readonly spec: MakerSpec
  readonly reference?: Reference
}

export interface Experiment {
  readonly title: string
  readonly world: World
  readonly rows: readonly Row[]
}

const ref = (
  pnl: number,
  sd: number,
  low: number,
  inventorySd: number,
  meanAbsInventory: number,
  fills: number,
  sessions = 2000,
): Reference => ({ sessions, pnl, sd, low, inventorySd, meanAbsInventory, fills })

const MONTH = 30 * 86_400
/** Kalshi's maker coefficient where a series has maker fees: 0.0175. */
const MAKER_FEE = 17_500
/** Every maker of the comparison stops at 30 contracts, if not earlier. */
const LIMIT = 30

export const full = (name: string, extra: Partial<MakerSpec> = {}): MakerSpec => ({
  name,
  model: 'full',
  gamma: 0.05,
  sigma: 'ewma',
  limit: LIMIT,
  ...extra,
})

export const linear = (name: string, extra: Partial<MakerSpec> = {}): MakerSpec => ({
  name,
  model: 'linear',
  gamma: 0.05,
  sigma: 'known',
  limit: LIMIT,
  ...extra,
})

const wide = (extra: Partial<MakerSpec> = {}): MakerSpec => ({
  ...naive(LIMIT),
  name: 'naive +-2c',
  ...extra,
})

const calm = (): Experiment[] => [
  {
    title: 'W1, close in 2 h',
    world: W1,
    rows: [
      { spec: wide(), reference: ref(331.5, 76.3, 215, 11.83, 6.45, 152) },
      { spec: naive(6), reference: ref(308.6, 42.2, 241, 3.73, 3.06, 142) },
      {
        spec: { name: 'symmetric 1.5, limit 6', model: 'fixed', half: 1.5, limit: 6 },
        reference: ref(336.4, 42.0, 268, 3.75, 3.11, 200),
      },
      {
        spec: linear('linear, known sigma'),
        reference: ref(261.6, 25.0, 221, 2.82, 0.5, 143),
      },
      {
        spec: linear('linear, gamma .01', { gamma: 0.01 }),
        reference: ref(331.5, 29.7, 285, 4.04, 1.26, 177, 1000),
      },
      { spec: linear('linear, EWMA sigma', { sigma: 'ewma' }) },
      { spec: full('full, EWMA sigma'), reference: ref(345.5, 31.6, 293, 0.62, 1.69, 194) },
      { spec: full('full, alternation sigma', { sigma: 'alternation' }) },
    ],
  },
  {
    title: 'W1, close in 30 days',
    world: W1,
    rows: [
      {
        spec: linear('linear, known sigma', { close: MONTH }),
        reference: ref(0, 0, 0, 0, 0, 0),
      },
      {
        spec: full('full, EWMA sigma', { close: MONTH }),
        reference: ref(347.3, 31.7, 295, 2.23, 1.71, 194),
      },
      { spec: full('full, alternation sigma', { close: MONTH, sigma: 'alternation' }) },
    ],
  },
  {
    title: 'W1, close in 30 days, maker fee .0175',
    world: W1,
    rows: [
      {
        spec: { ...naive(6), fee: MAKER_FEE },
        reference: ref(247.6, 38.6, 186, 3.73, 3.06, 142),
      },
      {
        spec: full('full, EWMA sigma', { close: MONTH, fee: MAKER_FEE }),
        reference: ref(263.7, 27.1, 220, 2.23, 1.71, 194),
      },
    ],
  },
]

const jumpy = (): Experiment[] => [
  {
    title: 'W2, jumps and informed takers, close in 30 days',
    world: W2,
    rows: [
      { spec: wide(), reference: ref(305.2, 149.7, 36, 12.58, 6.78, 157) },
      { spec: naive(6), reference: ref(284.0, 68.7, 164, 3.78, 3.09, 145) },
      {
        spec: full('full, EWMA sigma', { close: MONTH }),
        reference: ref(313.1, 44.8, 236, 2.04, 1.52, 196),
      },
      { spec: full('full, alternation sigma', { close: MONTH, sigma: 'alternation' }) },
    ],
  },
]

const edges = (): Experiment[] => [
  {
    title: 'W3, start at 8 c or 92 c, close in 30 days',
    world: W3,
    rows: [
      { spec: wide() },
      { spec: naive(6) },
      { spec: full('full, EWMA sigma', { close: MONTH }) },
      { spec: full('full, alternation sigma', { close: MONTH, sigma: 'alternation' }) },
    ],
  },
]

const settlement = (): Experiment[] => [
  {
    title: 'W4, settlement, prices clamped to 1..99 (as the earlier simulation did)',
    world: clockWorld(false),
    rows: [
      { spec: wide({ edges: 'clamp' }), reference: ref(276.4, 531.6, -562, 25.91, 8.88, 182) },
      {
        spec: { ...naive(6), edges: 'clamp' },
        reference: ref(257.4, 184.3, -33, 5.64, 3.44, 156),
      },
      {
        spec: linear('linear, gamma .002, EWMA', { gamma: 0.002, sigma: 'ewma', edges: 'clamp' }),
        reference: ref(183.3, 78.4, 58, 23.98, 3.51, 173, 1000),
      },
      {
        spec: full('full, EWMA sigma', { edges: 'clamp' }),
        reference: ref(240.7, 68.0, 135, 24.57, 3.85, 216),
      },
      {
        spec: full('full, reduce-only 300 s', { edges: 'clamp', reduceOnly: 300 }),
        reference: ref(260.0, 61.1, 170, 18.41, 3.68, 203),
      },
    ],
  },
  {
    title: 'W4 with informed takers, prices clamped to 1..99',
    world: clockWorld(true),
    rows: [
      {
        spec: { ...naive(6), edges: 'clamp' },
        reference: ref(155.5, 189.3, -155, 5.73, 3.5, 183),
      },
      {
        spec: full('full, reduce-only 300 s', { edges: 'clamp', reduceOnly: 300 }),
        reference: ref(194.3, 66.7, 84, 18.45, 3.74, 235),
      },
    ],
  },
  {
    title: 'W4 as the product quotes: no price outside 1..99 is shown',
    world: clockWorld(false),
    rows: [
      { spec: wide() },
      { spec: naive(6) },
      { spec: full('full, EWMA sigma') },
      { spec: full('full, reduce-only 300 s', { reduceOnly: 300 }) },
      {
        spec: full('full, r.-o., 1 or 99 while it earns', { reduceOnly: 300, edges: 'earning' }),
      },
      {
        spec: full('full, r.-o., alternation', { reduceOnly: 300, sigma: 'alternation' }),
      },
    ],
  },
]

/** The makers of W1 to W4, in the order they are printed. @throws RangeError for another name. */
export const experimentsOf = (world: string): Experiment[] => {
  switch (world) {
    case 'W1':
      return calm()
    case 'W2':
      return jumpy()
    case 'W3':
      return edges()
    case 'W4':
      return settlement()
    default:
      throw new RangeError(`Choosing a world failed: found "${world}", wanted W1, W2, W3 or W4`)
  }
}

/** The gammas of a sweep, per cent and contract. */
export const GAMMAS = [
  0.000005, 0.00005, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
] as const

/** One maker over all gammas, for `--sweep gamma`: the close is that of the world's own table. */
export const sweepOf = (
  world: string,
): { readonly world: World; readonly lines: readonly (readonly MakerSpec[])[] } => {
  const [first] = experimentsOf(world)
  const close = world === 'W2' || world === 'W3' ? { close: MONTH } : {}
  const line = (make: typeof full, name: string, extra: Partial<MakerSpec>): MakerSpec[] =>
    GAMMAS.map((gamma) => make(name, { gamma, ...extra }))
  const lines = [
    line(full, 'full, EWMA sigma', { sigma: 'ewma', ...close }),
    line(linear, 'linear, EWMA sigma', { sigma: 'ewma', ...close }),
  ]
  if (world === 'W1') {
    lines.push(
      line(full, 'full, 30 days', { sigma: 'ewma', close: MONTH }),
      line(linear, 'linear, 30 days', { sigma: 'ewma', close: MONTH }),
    )
  }
  return { world: first!.world, lines }
}

/** A row of the paper's tables (2008, tables 1 to 3): its means and standard deviations. */
export interface PaperRow {
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
