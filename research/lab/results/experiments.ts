// Which makers meet in which world, and what another simulation found.
//
// W1, W2 and W4 stand beside an earlier simulation of the same worlds by other code and other
// random numbers (2000 sessions, or 1000 where noted). Nobody's numbers are copied into a result:
// they are printed next to ours, with the distance in standard errors.

import { PRODUCT_PRIORS, type Priors } from '../makers/learning.ts'
import { type MakerSpec, naive } from '../makers/makers.ts'
import { W7_BITCOIN, W7_WEATHER } from '../worlds/half-ticks.ts'
import { clockWorld, W1, W2, W2_TOXIC, W3, type World } from '../worlds/worlds.ts'

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

interface Row {
  readonly spec: MakerSpec
  /** What it is in a comparison: what others are measured against, or one that must do better. */
  readonly role?: 'naive' | 'limited' | 'judged'
  readonly reference?: Reference
}

export interface Experiment {
  readonly title: string
  readonly world: World
  readonly rows: readonly Row[]
}

/** Mean, sd and 5 % quantile of profit, sd and mean size of the inventory, and fills. */
type Numbers = readonly [number, number, number, number, number, number]

const ref = (numbers: Numbers, sessions = 2000): Reference => {
  const [pnl, sd, low, inventorySd, meanAbsInventory, fills] = numbers
  return { sessions, pnl, sd, low, inventorySd, meanAbsInventory, fills }
}

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

/**
 * The full model as the product runs it: variance, k and A estimated while it trades, and prices
 * put on whole cents by value.
 */
export const estimated = (name: string, extra: Partial<MakerSpec> = {}): MakerSpec =>
  full(name, { sigma: 'estimated', flow: PRODUCT_PRIORS, rounding: 'value', ...extra })

/** Beliefs twice and ten times off the truth of W1 to W4, k = 0.7 and A = 0.05. */
const WRONG: Priors = { k: 1.5, arrivals: 0.005 }

/** Ten contracts an order, everything else in proportion: by itself, exactly ten times as much. */
const TENS = { lot: 10, gamma: 0.005, limit: 10 * LIMIT } as const

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
      { spec: wide(), role: 'naive', reference: ref([331.5, 76.3, 215, 11.83, 6.45, 152]) },
      { spec: naive(6), role: 'limited', reference: ref([308.6, 42.2, 241, 3.73, 3.06, 142]) },
      {
        spec: { name: 'symmetric 1.5, limit 6', model: 'fixed', half: 1.5, limit: 6 },
        reference: ref([336.4, 42.0, 268, 3.75, 3.11, 200]),
      },
      {
        spec: linear('linear, known sigma'),
        reference: ref([261.6, 25.0, 221, 2.82, 0.5, 143]),
      },
      {
        spec: linear('linear, gamma .01', { gamma: 0.01 }),
        reference: ref([331.5, 29.7, 285, 4.04, 1.26, 177], 1000),
      },
      {
        spec: full('full, EWMA sigma'),
        role: 'judged',
        reference: ref([345.5, 31.6, 293, 0.62, 1.69, 194]),
      },
      { spec: full('full, sigma estimated', { sigma: 'estimated' }), role: 'judged' },
      { spec: estimated('full, all estimated'), role: 'judged' },
      { spec: estimated('the same from wrong priors', { flow: WRONG }) },
      { spec: estimated('the same, gamma from the limit', { gamma: 'limit' }) },
    ],
  },
  {
    title: 'W1, close in 30 days',
    world: W1,
    rows: [
      {
        spec: linear('linear, known sigma', { close: MONTH }),
        reference: ref([0, 0, 0, 0, 0, 0]),
      },
      {
        spec: full('full, EWMA sigma', { close: MONTH }),
        role: 'judged',
        reference: ref([347.3, 31.7, 295, 2.23, 1.71, 194]),
      },
      {
        spec: full('full, sigma estimated', { close: MONTH, sigma: 'estimated' }),
        role: 'judged',
      },
      { spec: estimated('full, all estimated', { close: MONTH }), role: 'judged' },
      { spec: estimated('the same from wrong priors', { close: MONTH, flow: WRONG }) },
      { spec: estimated('the same, gamma from the limit', { close: MONTH, gamma: 'limit' }) },
    ],
  },
  {
    title: 'W1, close in 30 days, maker fee .0175',
    world: W1,
    rows: [
      {
        spec: { ...naive(6), fee: MAKER_FEE },
        reference: ref([247.6, 38.6, 186, 3.73, 3.06, 142]),
      },
      {
        spec: full('full, EWMA sigma', { close: MONTH, fee: MAKER_FEE }),
        reference: ref([263.7, 27.1, 220, 2.23, 1.71, 194]),
      },
      { spec: estimated('full, all estimated', { close: MONTH, fee: MAKER_FEE }) },
    ],
  },
]

const jumpy = (): Experiment[] => [
  {
    title: 'W2, jumps and informed takers, close in 30 days',
    world: W2,
    rows: [
      { spec: wide(), role: 'naive', reference: ref([305.2, 149.7, 36, 12.58, 6.78, 157]) },
      { spec: naive(6), role: 'limited', reference: ref([284.0, 68.7, 164, 3.78, 3.09, 145]) },
      {
        spec: full('full, EWMA sigma', { close: MONTH }),
        role: 'judged',
        reference: ref([313.1, 44.8, 236, 2.04, 1.52, 196]),
      },
      {
        spec: full('full, sigma estimated', { close: MONTH, sigma: 'estimated' }),
        role: 'judged',
      },
      { spec: estimated('full, all estimated', { close: MONTH }), role: 'judged' },
      { spec: estimated('tens, with markouts', { close: MONTH, ...TENS, markouts: 'sides' }) },
    ],
  },
  {
    title: 'W2 with ten times as many informed takers',
    world: W2_TOXIC,
    rows: [
      { spec: naive(6) },
      { spec: estimated('full, all estimated', { close: MONTH }) },
      { spec: estimated('tens, with markouts', { close: MONTH, ...TENS, markouts: 'sides' }) },
      { spec: estimated('tens, pooled markouts', { close: MONTH, ...TENS, markouts: 'pooled' }) },
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
      { spec: full('full, sigma estimated', { close: MONTH, sigma: 'estimated' }) },
      { spec: estimated('full, all estimated', { close: MONTH }) },
    ],
  },
]

const settlement = (): Experiment[] => [
  {
    title: 'W4, settlement, prices clamped to 1..99 (as the earlier simulation did)',
    world: clockWorld(false),
    rows: [
      {
        spec: wide({ edges: 'clamp' }),
        role: 'naive',
        reference: ref([276.4, 531.6, -562, 25.91, 8.88, 182]),
      },
      {
        spec: { ...naive(6), edges: 'clamp' },
        role: 'limited',
        reference: ref([257.4, 184.3, -33, 5.64, 3.44, 156]),
      },
      {
        spec: linear('linear, gamma .002, EWMA', { gamma: 0.002, sigma: 'ewma', edges: 'clamp' }),
        reference: ref([183.3, 78.4, 58, 23.98, 3.51, 173], 1000),
      },
      {
        spec: full('full, EWMA sigma', { edges: 'clamp' }),
        role: 'judged',
        reference: ref([240.7, 68.0, 135, 24.57, 3.85, 216]),
      },
      {
        spec: full('full, reduce-only 300 s', { edges: 'clamp', reduceOnly: 300 }),
        role: 'judged',
        reference: ref([260.0, 61.1, 170, 18.41, 3.68, 203]),
      },
      { spec: estimated('full, all estimated', { edges: 'clamp' }), role: 'judged' },
      {
        spec: estimated('the same, reduce-only 300 s', { edges: 'clamp', reduceOnly: 300 }),
        role: 'judged',
      },
    ],
  },
  {
    title: 'W4 with informed takers, prices clamped to 1..99',
    world: clockWorld(true),
    rows: [
      {
        spec: { ...naive(6), edges: 'clamp' },
        reference: ref([155.5, 189.3, -155, 5.73, 3.5, 183]),
      },
      {
        spec: full('full, reduce-only 300 s', { edges: 'clamp', reduceOnly: 300 }),
        reference: ref([194.3, 66.7, 84, 18.45, 3.74, 235]),
      },
    ],
  },
  {
    title: 'W4 as the product quotes: no price outside 1..99 is shown',
    world: clockWorld(false),
    rows: [
      { spec: wide(), role: 'naive' },
      { spec: naive(6), role: 'limited' },
      { spec: full('full, EWMA sigma'), role: 'judged' },
      { spec: full('full, reduce-only 300 s', { reduceOnly: 300 }), role: 'judged' },
      {
        spec: full('full, r.-o., 1 or 99 while it earns', { reduceOnly: 300, edges: 'earning' }),
      },
      { spec: estimated('full, all estimated'), role: 'judged' },
      { spec: estimated('the same, reduce-only 300 s', { reduceOnly: 300 }), role: 'judged' },
      { spec: estimated('tens, r.-o., size skew 1.5', { reduceOnly: 300, ...TENS, eta: 1.5 }) },
    ],
  },
  {
    title: 'W4 with informed takers, as the product quotes',
    world: clockWorld(true),
    rows: [
      { spec: naive(6) },
      { spec: estimated('full, all est., reduce-only', { reduceOnly: 300 }) },
      {
        spec: estimated('the same, with markouts', { reduceOnly: 300, markouts: 'sides' }),
      },
    ],
  },
]

/** Rows that a market of half ticks is judged by: what is known, and what is learnt. */
const halfTicks = (): Experiment[] =>
  [W7_WEATHER, W7_BITCOIN].map((world) => ({
    title: `W7, ${world.title.toLowerCase()}, close in 30 days`,
    world,
    rows: [
      { spec: naive(6) },
      { spec: full('full, known sigma', { close: MONTH, sigma: 'known', rounding: 'value' }) },
      { spec: full('full, EWMA sigma', { close: MONTH, rounding: 'value' }) },
      {
        spec: full('full, alternations', {
          close: MONTH,
          sigma: 'alternation',
          rounding: 'value',
        }),
      },
      {
        spec: estimated('full, all estimated', { close: MONTH }),
        role: 'judged',
      },
    ],
  }))

/** The makers of W1 to W4 and W7, as they are printed. @throws RangeError for another name. */
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
    case 'W7':
      return halfTicks()
    default:
      throw new RangeError(`Choosing a world failed: found "${world}", wanted W1 to W4 or W7`)
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
    line(estimated, 'full, all estimated', close),
    line(linear, 'linear, EWMA sigma', { sigma: 'ewma', ...close }),
  ]
  if (world === 'W1') {
    lines.push(
      line(estimated, 'full, 30 days', { close: MONTH }),
      line(linear, 'linear, 30 days', { sigma: 'ewma', close: MONTH }),
    )
  }
  return { world: first!.world, lines }
}
