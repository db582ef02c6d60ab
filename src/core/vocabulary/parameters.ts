// One maker's parameters: from a request body, or from what an earlier version has stored.
//
// Every key is optional and read by its line in the table; a refusal names the key, what was found and
// what was wanted. Values that make no sense together are refused here too.

import {
  LIMITS_TABLE,
  type Limits,
  PRESETS,
  type Spec,
  STRATEGY_TABLE,
  type Strategy,
} from './parameter-table.ts'
import { formatPrice, formatQuantity, type Millis, parseScaled } from './units.ts'

export { LIMITS_TABLE, type Limits, STRATEGY_TABLE, type Strategy } from './parameter-table.ts'

export interface Parameters {
  readonly strategy: Strategy
  readonly limits: Limits
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

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/** A time with its zone, or null: without a zone it would mean another moment on another machine. */
const timeOf = (value: unknown): Millis | null => {
  if (typeof value !== 'string' || !ISO.test(value)) return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : at
}

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
    case 'whole': {
      const good =
        typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= spec.min &&
        value <= spec.max
      if (!good) refuse(`a whole number from ${spec.min} to ${spec.max}`)
      return value
    }
    case 'time':
      if (value === null) return null
      return timeOf(value) ?? refuse('an ISO time such as "2026-11-25T13:30:00Z", or null')
    case 'times': {
      const times = Array.isArray(value) ? value.map(timeOf) : []
      if (!Array.isArray(value) || value.length > spec.most || times.includes(null)) {
        refuse(`at most ${spec.most} ISO times such as "2026-11-25T13:30:00Z"`)
      }
      return (times as number[]).sort((a, b) => a - b)
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
  preset: Readonly<Record<string, unknown>> = {},
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
    else if (Object.hasOwn(preset, key)) out[key] = preset[key]
    else if (base !== null) out[key] = base[key]
    else out[key] = readValue(`${name}.${key}`, spec, spec.default)
  }
  return out
}

/** What the preset named in the body brings with it; nothing where the body names none. */
const presetOf = (raw: unknown): Readonly<Record<string, unknown>> => {
  const name = typeof raw === 'object' && raw !== null ? (raw as { preset?: unknown }).preset : null
  if (typeof name !== 'string' || !Object.hasOwn(PRESETS, name)) return {}
  return PRESETS[name as Strategy['preset']]
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
      presetOf(body.strategy),
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
