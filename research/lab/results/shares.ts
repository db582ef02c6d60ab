// How much of the exact optimum is left when everything has to be estimated.
//
// The exact solver values the product's quotes with every parameter known. What estimating them
// costs is simulated: over the same sessions of the lab, one maker is told the truth and another
// learns all of it, and their certainty equivalents are compared. Beside that stands what the
// second earns as it is, with a mid that is a second old and rounded, of an optimum that sees the
// price of the moment.

import { tableOf } from '../../../src/plot/table.ts'
import {
  CALM_FAR,
  CALM_SETTLING,
  EVEN_NEWS,
  FLOW,
  NEAR_EDGE,
  type Setting,
} from '../exact/setting.ts'
import type { Way } from '../exact/table.ts'
import type { MakerSpec } from '../makers/makers.ts'
import { certaintyGain, certaintyOf } from '../sessions/certainty.ts'
import type { Estimate, Samples } from '../sessions/samples.ts'
import { clockWorld, W1, W1_SETTLING, W3, type World } from '../worlds/worlds.ts'
import { estimated, full } from './experiments.ts'
import type { Requirement } from './requirements.ts'

/** A way of quoting, in the exact table and in the lab. */
interface Quoted {
  readonly way: Way
  readonly spec: Partial<MakerSpec>
  readonly leaves: boolean
}

const OUTWARD: Quoted = { way: 'outward', spec: { rounding: 'outward' }, leaves: false }
const BY_VALUE: Quoted = { way: 'by value', spec: { rounding: 'value' }, leaves: false }
const LEAVING: Quoted = {
  way: 'by value with exit',
  spec: { rounding: 'value', leaves: true },
  leaves: true,
}

export interface Share {
  readonly world: World
  readonly setting: Setting
  readonly ways: readonly Quoted[]
  /** Percent of the optimum that the product by value, and with an exit, has to reach. */
  readonly least: Partial<Record<Way, number>>
  /** For each way, the maker that knows and the one that learns. */
  readonly rows: readonly { readonly spec: MakerSpec }[]
}

const shareOf = (
  world: World,
  setting: Setting,
  least: Share['least'],
  extra: Partial<MakerSpec> = {},
): Share => {
  const ways = setting.settles ? [OUTWARD, BY_VALUE, LEAVING] : [OUTWARD, BY_VALUE]
  const at = { ...extra, limit: setting.mostLots }
  const rows = ways.flatMap(({ way, spec }) => [
    { spec: full(`${way}, known`, { ...at, ...spec, sigma: 'known' }) },
    { spec: estimated(`${way}, all estimated`, { ...at, ...spec }) },
  ])
  return { world, setting, ways, least, rows }
}

const FAR = { close: 30 * 86_400 }

/** The worlds of the exact table, in its order. */
export const SHARES: readonly Share[] = [
  shareOf(W1, CALM_FAR, { 'by value': 99 }, FAR),
  shareOf(W3, NEAR_EDGE, { 'by value': 99 }, FAR),
  shareOf(W1_SETTLING, CALM_SETTLING, { 'by value with exit': 97 }),
  shareOf(clockWorld(false), EVEN_NEWS, { 'by value': 91, 'by value with exit': 97 }),
]

/** What the exact solver finds of a way in a setting, cents a session. */
export type Worth = (setting: Setting, way: Way) => number

const { gamma } = FLOW
const percent = ({ value, error }: Estimate, whole: number): Estimate => ({
  value: (100 * value) / whole,
  error: (100 * error) / whole,
})
const show = ({ value, error }: Estimate): string => `${value.toFixed(1)} (${error.toFixed(1)})`

interface Judged {
  readonly way: Way
  readonly optimum: number
  readonly exact: number
  readonly known: Estimate
  readonly estimated: Estimate
  /** What estimating costs, over the same sessions; below 0 where it gains. */
  readonly cost: Estimate
  /** Percent of the optimum: the exact value less that cost. */
  readonly share: Estimate
  /** Percent of the optimum of a market where one taker a second comes at most, as it is. */
  readonly plain: Estimate
}

const judge = ({ setting, ways }: Share, samples: readonly Samples[], worth: Worth): Judged[] =>
  ways.map(({ way, leaves }, i) => {
    const [knows, learns] = [samples[2 * i]!, samples[2 * i + 1]!]
    const certain = (of: Samples): Estimate => certaintyOf(of, gamma, setting.settles)
    const cost = certaintyGain(knows, learns, gamma, setting.settles)
    const optimum = worth(setting, leaves ? 'optimum with exit' : 'optimum, whole cents')
    const lab = worth(setting, leaves ? 'optimum of the lab with exit' : 'optimum of the lab')
    const exact = worth(setting, way)
    const estimated = certain(learns)
    const share = percent({ value: exact - cost.value, error: cost.error }, optimum)
    const plain = percent(estimated, lab)
    return { way, optimum, exact, known: certain(knows), estimated, cost, share, plain }
  })

/** One world's table; `samples` in the order of its rows. */
export const shareTable = (share: Share, samples: readonly Samples[], worth: Worth): string => {
  const rows = judge(share, samples, worth).map((judged) => [
    judged.way,
    judged.optimum.toFixed(1),
    judged.exact.toFixed(1),
    show(judged.known),
    show(judged.estimated),
    show(judged.cost),
    `${show(judged.share)} %`,
    `${show(judged.plain)} %`,
  ])
  const titles = [
    share.setting.name,
    'optimum',
    'exact',
    'lab, known',
    'lab, estimated',
    'estimating costs',
    'share',
    'with an old mid',
  ]
  return tableOf([titles, ...rows])
}

/** The shares that are wanted, each as a sentence. */
export const shareRequirements = (
  share: Share,
  samples: readonly Samples[],
  worth: Worth,
): Requirement[] =>
  judge(share, samples, worth).flatMap(({ way, share: { value, error } }) => {
    const least = share.least[way]
    if (least === undefined) return []
    const text = `${share.setting.name}: ${way}, all estimated, at least ${least} % of the optimum`
    return [{ text, found: `${value.toFixed(1)} (${error.toFixed(1)}) %`, ok: value >= least }]
  })
