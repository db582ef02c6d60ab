// The knobs of one maker: every key with its unit, default and range, and the one function that
// turns a request body into them. The table is the documentation; a test prints it.

import { formatPrice, formatQuantity, type Price, parseScaled, type Quantity } from './units.ts'

/** How to price and when to move. Units are in the table below. */
export interface Strategy {
  model: 'linear' | 'full'
  fair_value: 'mid' | 'micro'
  size: Quantity
  gamma: number
  k: number
  /** Volatility in cents per square-root second, or null to estimate it from the book. */
  sigma: number | null
  horizon_seconds: number
  min_half_spread: number
  arrival_rate: number
  settlement_share: number
  max_skew: number
  max_inventory_width: number
  min_move_ticks: number
  min_move_seconds: number
  refill_below: number
  stale_after_seconds: number
  stale_rule: 'link' | 'ticks'
  order_ttl_seconds: number
  stop_before_close_seconds: number
  reconcile_seconds: number
  alpha_source: 'none'
}

/** What a maker must never exceed. */
export interface Limits {
  max_order_size: Quantity
  max_position: Quantity
  /** Dollars, the worst loss at settlement if every exposed order of one side fills. */
  max_dollars_at_risk: number
  min_price: Price
  max_price: Price
}

export interface Parameters {
  readonly strategy: Strategy
  readonly limits: Limits
}

type Spec =
  | {
      readonly kind: 'number'
      readonly default: number
      readonly min: number
      readonly max: number
      readonly unit: string
      readonly about: string
    }
  | {
      readonly kind: 'optional'
      readonly default: null
      readonly min: number
      readonly max: number
      readonly unit: string
      readonly about: string
    }
  | {
      readonly kind: 'contracts'
      readonly default: string
      readonly min: string
      readonly max: string
      readonly unit: string
      readonly about: string
    }
  | {
      readonly kind: 'dollars'
      readonly default: string
      readonly min: string
      readonly max: string
      readonly unit: string
      readonly about: string
    }
  | {
      readonly kind: 'choice'
      readonly default: string
      readonly of: readonly string[]
      readonly unit: string
      readonly about: string
    }

const number = (value: number, min: number, max: number, unit: string, about: string): Spec => ({
  kind: 'number',
  default: value,
  min,
  max,
  unit,
  about,
})

export const STRATEGY_TABLE: Readonly<Record<keyof Strategy, Spec>> = {
  model: {
    kind: 'choice',
    default: 'linear',
    of: ['linear', 'full'],
    unit: '',
    about:
      'Quoting model: linear Avellaneda-Stoikov, or the one for contracts that settle at 0 or 1',
  },
  fair_value: {
    kind: 'choice',
    default: 'mid',
    of: ['mid', 'micro'],
    unit: '',
    about: 'Mid price, or size-weighted mid',
  },
  size: {
    kind: 'contracts',
    default: '10',
    min: '0.01',
    max: '100000',
    unit: 'contracts',
    about: 'Contracts per quote',
  },
  gamma: number(
    0.01,
    0,
    10,
    '1/(cent x contract)',
    'Risk aversion: skew and width per contract held',
  ),
  k: number(0.7, 0.01, 100, '1/cent', 'How fast fills thin out with distance from the fair value'),
  sigma: {
    kind: 'optional',
    default: null,
    min: 0,
    max: 100,
    unit: 'cents/sqrt(s)',
    about: 'Fixed volatility; null estimates it from the book',
  },
  horizon_seconds: number(
    300,
    1,
    31_536_000,
    's',
    'Cap on T-t: the time over which inventory is unwound',
  ),
  min_half_spread: number(
    0.5,
    0,
    49,
    'cents',
    'Never quote closer than this to the reservation price',
  ),
  arrival_rate: number(
    0.02,
    0,
    10,
    '1/s',
    'Full model: fills of one lot per second and side at the fair value',
  ),
  settlement_share: number(
    1,
    0,
    1,
    'share',
    'Full model: how much of the variance left at the close is borne to settlement',
  ),
  max_skew: number(10, 0, 49, 'cents', 'Full model: the most that inventory moves the quotes'),
  max_inventory_width: number(
    5,
    0,
    49,
    'cents',
    'Full model: the most that inventory risk widens each side',
  ),
  min_move_ticks: number(1, 0, 1000, 'ticks', 'A quote moves at once only beyond this many ticks'),
  min_move_seconds: number(2, 0, 3600, 's', 'or when it has been wrong for this long'),
  refill_below: number(
    0.5,
    0,
    1,
    'share of size',
    'A partly filled quote is topped up below this share',
  ),
  stale_after_seconds: number(5, 0.1, 3600, 's', 'Silence after which all quotes are pulled'),
  stale_rule: {
    kind: 'choice',
    default: 'link',
    of: ['link', 'ticks'],
    unit: '',
    about: 'Silence of the connection, or of market data alone',
  },
  order_ttl_seconds: number(120, 10, 86_400, 's', 'Every order expires by itself unless renewed'),
  stop_before_close_seconds: number(
    30,
    0,
    86_400,
    's',
    'No quotes in the last seconds before the close',
  ),
  reconcile_seconds: number(
    60,
    5,
    3600,
    's',
    'How often orders, fills and position are compared with the exchange',
  ),
  alpha_source: {
    kind: 'choice',
    default: 'none',
    of: ['none'],
    unit: '',
    about: 'External signal added to the fair value',
  },
}

export const LIMITS_TABLE: Readonly<Record<keyof Limits, Spec>> = {
  max_order_size: {
    kind: 'contracts',
    default: '10',
    min: '0.01',
    max: '100000',
    unit: 'contracts',
    about: 'A larger order is refused before any call',
  },
  max_position: {
    kind: 'contracts',
    default: '50',
    min: '0.01',
    max: '1000000',
    unit: 'contracts',
    about: 'Largest position either way, exposed orders counted',
  },
  max_dollars_at_risk: number(
    50,
    0.01,
    10_000_000,
    'dollars',
    'Worst loss at settlement if every order of a side fills',
  ),
  min_price: {
    kind: 'dollars',
    default: '0.0100',
    min: '0.0001',
    max: '0.9999',
    unit: 'dollars',
    about: 'No order below this YES price',
  },
  max_price: {
    kind: 'dollars',
    default: '0.9900',
    min: '0.0001',
    max: '0.9999',
    unit: 'dollars',
    about: 'No order above this YES price',
  },
}

/** A refused body: `message` is one sentence that names the key, what was found and what was wanted. */
export interface ParameterError {
  readonly key: string
  readonly message: string
}

export type ParameterResult =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly error: ParameterError }

/** Carries a ParameterError out of the readers below; never leaves this file. */
class Refusal extends Error {
  readonly key: string
  constructor(key: string, message: string) {
    super(message)
    this.key = key
  }
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const scaled = (value: unknown, decimals: number): number =>
  typeof value === 'number' && Number.isFinite(value)
    ? parseScaled(String(value), decimals)
    : parseScaled(value, decimals)

const readValue = (path: string, spec: Spec, value: unknown): unknown => {
  const refuse = (wanted: string): never => {
    throw new Refusal(path, `Refused ${path}: found ${show(value)}, wanted ${wanted}`)
  }
  switch (spec.kind) {
    case 'optional':
    case 'number': {
      if (spec.kind === 'optional' && value === null) return null
      const good = typeof value === 'number' && value >= spec.min && value <= spec.max
      const or = spec.kind === 'optional' ? ' or null' : ''
      if (!good)
        refuse(`a number from ${spec.min} to ${spec.max}${spec.unit ? ` (${spec.unit})` : ''}${or}`)
      return value
    }
    case 'contracts':
    case 'dollars': {
      const decimals = spec.kind === 'contracts' ? 2 : 4
      const read = scaled(value, decimals)
      const good =
        read >= parseScaled(spec.min, decimals) && read <= parseScaled(spec.max, decimals)
      if (!good) {
        refuse(`${spec.kind} from ${spec.min} to ${spec.max} with at most ${decimals} decimals`)
      }
      return read
    }
    case 'choice':
      if (!spec.of.includes(value as string)) refuse(`one of ${spec.of.map(show).join(', ')}`)
      return value
  }
}

const readBlock = (
  name: 'strategy' | 'limits',
  table: Readonly<Record<string, Spec>>,
  raw: unknown,
  base: Readonly<Record<string, unknown>> | null,
): Record<string, unknown> => {
  if (raw !== undefined && (typeof raw !== 'object' || raw === null || Array.isArray(raw))) {
    throw new Refusal(name, `Refused ${name}: found ${show(raw)}, wanted an object`)
  }
  const given = (raw ?? {}) as Record<string, unknown>
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(table, key)) {
      const known = Object.keys(table).join(', ')
      throw new Refusal(`${name}.${key}`, `Refused unknown key ${name}.${key}: known are ${known}`)
    }
  }
  const out: Record<string, unknown> = {}
  for (const [key, spec] of Object.entries(table)) {
    if (given[key] !== undefined) out[key] = readValue(`${name}.${key}`, spec, given[key])
    else if (base !== null) out[key] = base[key]
    else out[key] = readValue(`${name}.${key}`, spec, spec.default)
  }
  return out
}

/**
 * Reads the body of PUT /tickers/{ticker}: `{"strategy": {…}, "limits": {…}}`, every key optional.
 * Keys left out keep their value in `base`, or take the default where there is none.
 * Contracts are numbers or decimal strings; unknown keys are refused by name.
 */
export const parseParameters = (raw: unknown, base: Parameters | null = null): ParameterResult => {
  try {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      throw new Refusal(
        '',
        `Refused body: found ${show(raw)}, wanted an object with "strategy" and "limits"`,
      )
    }
    const body = raw as Record<string, unknown>
    for (const key of Object.keys(body)) {
      if (key !== 'strategy' && key !== 'limits') {
        throw new Refusal(key, `Refused unknown key ${key}: known are strategy, limits`)
      }
    }
    const strategy = readBlock(
      'strategy',
      STRATEGY_TABLE,
      body.strategy,
      base ? { ...base.strategy } : null,
    ) as unknown as Strategy
    const limits = readBlock(
      'limits',
      LIMITS_TABLE,
      body.limits,
      base ? { ...base.limits } : null,
    ) as unknown as Limits
    if (strategy.size > limits.max_order_size) {
      throw new Refusal(
        'strategy.size',
        `Refused strategy.size ${formatQuantity(strategy.size)}: it is above limits.max_order_size ${formatQuantity(limits.max_order_size)}`,
      )
    }
    if (limits.max_order_size > limits.max_position) {
      throw new Refusal(
        'limits.max_order_size',
        `Refused limits.max_order_size ${formatQuantity(limits.max_order_size)}: it is above limits.max_position ${formatQuantity(limits.max_position)}`,
      )
    }
    if (limits.min_price >= limits.max_price) {
      throw new Refusal(
        'limits.min_price',
        `Refused limits.min_price ${formatPrice(limits.min_price)}: it is not below limits.max_price ${formatPrice(limits.max_price)}`,
      )
    }
    return { ok: true, parameters: { strategy, limits } }
  } catch (error) {
    if (error instanceof Refusal) {
      return { ok: false, error: { key: error.key, message: error.message } }
    }
    throw error
  }
}

/** The defaults of both tables. */
export const defaultParameters = (): Parameters => {
  const result = parseParameters({})
  if (!result.ok) throw new Error(result.error.message)
  return result.parameters
}

/** Parameters stored by an earlier version, with the defaults of every key that has come since. */
export const withDefaults = (stored: Parameters): Parameters => {
  const { strategy, limits } = defaultParameters()
  return {
    strategy: { ...strategy, ...stored.strategy },
    limits: { ...limits, ...stored.limits },
  }
}
