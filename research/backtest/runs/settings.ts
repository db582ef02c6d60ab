// Settings from the command line: `gamma=0.05` becomes a parameter of the maker, read and refused
// by the same rules as a request body.
//
// The three makers that can be compared share all limits and the same end of quoting before the
// close: the full model, the linear one, and a naive one that quotes the mid 2 cents either way
// whatever it holds and whatever happens (linear with no risk aversion, no signals and no pauses,
// and a floor under the half-spread that exceeds everything else).

import {
  LIMITS_TABLE,
  type Parameters,
  parseParameters,
  STRATEGY_TABLE,
} from '../../../src/core/vocabulary/parameters.ts'

export const MAKERS = ['full', 'linear', 'naive'] as const
export type Maker = (typeof MAKERS)[number]

/** A measurement must not end with a loss: the brakes are wide, unless a setting says otherwise. */
const NO_BRAKES = [
  'max_session_loss=10000000',
  'max_drawdown=10000000',
  'max_orders_per_minute=100000',
  'max_reject_share=1',
]

/** What makes a maker that maker, as settings. */
const OF_MAKER: Readonly<Record<Maker, readonly string[]>> = {
  full: ['model=full'],
  linear: ['model=linear'],
  naive: [
    'model=linear',
    'fair_value=mid',
    'gamma=0',
    'k=100',
    'min_half_spread=2',
    'max_alpha=0',
    'ofi_weight=0',
    'event_fair=off',
    'max_markout=0',
    'toxicity_weight=0',
    'jump_pause_seconds=0',
    'burst_pause_seconds=0',
    'debounce=ticks',
  ],
}

/** "50" is a number, "null" nothing, "true" a truth, and all else text. */
const readValue = (text: string): unknown => {
  if (text === 'null') return null
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/**
 * Settings as a request body. @throws Error naming the setting, what was found and what was wanted.
 */
const bodyOf = (
  settings: readonly string[],
): { strategy: Record<string, unknown>; limits: Record<string, unknown> } => {
  const strategy: Record<string, unknown> = {}
  const limits: Record<string, unknown> = {}
  for (const setting of settings) {
    const at = setting.indexOf('=')
    const key = setting.slice(0, at)
    const block = Object.hasOwn(STRATEGY_TABLE, key)
      ? strategy
      : Object.hasOwn(LIMITS_TABLE, key)
        ? limits
        : null
    if (at < 1 || block === null) {
      const known = [...Object.keys(STRATEGY_TABLE), ...Object.keys(LIMITS_TABLE)].join(', ')
      throw new Error(
        `Reading a setting failed: found "${setting}", wanted KEY=VALUE with a key of ${known}`,
      )
    }
    block[key] = readValue(setting.slice(at + 1))
  }
  return { strategy, limits }
}

/** @throws Error naming the setting, what was found and what was wanted. */
export const parametersOf = (
  settings: readonly string[],
  maker: Maker | null,
  base: Parameters | null = null,
): Parameters => {
  const brakes = base === null ? NO_BRAKES : []
  const all = [...brakes, ...settings, ...(maker === null ? [] : OF_MAKER[maker])]
  const result = parseParameters(bodyOf(all), base)
  if (!result.ok) throw new Error(result.error.message)
  return result.parameters
}

interface Sweep {
  readonly key: string
  readonly values: readonly string[]
}

/** "gamma=0.005,0.01" -> key and values. @throws Error when it is not that. */
export const sweepOf = (text: string): Sweep => {
  const [key = '', list = ''] = text.split('=')
  const values = list.split(',').filter((value) => value !== '')
  if (key === '' || values.length === 0) {
    throw new Error(`Reading a sweep failed: found "${text}", wanted KEY=VALUE,VALUE,...`)
  }
  return { key, values }
}
