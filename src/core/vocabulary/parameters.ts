// One maker's parameters: from a request body, or from what an earlier version has stored.
//
// A body is read by the schema in parameter-table.ts; every key is optional. A refusal is one
// sentence that names the key, what was found and what was wanted. Values that contradict each
// other are refused here too; whether they make sense to the pricing model is for
// pricing/self-check.ts to say.

import * as v from 'valibot'
import type { Limits, Spec, Strategy } from './parameter-table.ts'
import {
  LIMITS,
  LIMITS_TABLE,
  LONGEST_TTL_SECONDS,
  PRESETS,
  STRATEGY,
  STRATEGY_TABLE,
} from './parameter-table.ts'
import { formatPrice, formatQuantity } from './units.ts'

export { LIMITS_TABLE, type Limits, STRATEGY_TABLE, type Strategy } from './parameter-table.ts'

export interface Parameters {
  readonly strategy: Strategy
  readonly limits: Limits
}

/**
 * A refused body: `message` is one sentence that names the key, what was found and what was wanted.
 */
interface ParameterError {
  readonly key: string
  readonly message: string
}

export type ParameterResult =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly error: ParameterError }

/** Valibot takes a list for an object. */
const object = v.custom<object>((value) => !Array.isArray(value))

/** The body of PUT /tickers/{ticker}. */
const BODY = v.pipe(
  object,
  v.strictObject({
    strategy: v.optional(v.pipe(object, STRATEGY), {}),
    limits: v.optional(v.pipe(object, LIMITS), {}),
  }),
)

const TABLES = { strategy: STRATEGY_TABLE, limits: LIMITS_TABLE }

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const wantedOf = (spec: Spec): string => {
  switch (spec.kind) {
    case 'optional':
    case 'number': {
      const unit = spec.unit === '' ? '' : ` (${spec.unit})`
      const or = spec.kind === 'optional' ? ' or null' : ''
      return `a number from ${spec.min} to ${spec.max}${unit}${or}`
    }
    case 'whole':
      return `a whole number from ${spec.min} to ${spec.max}`
    case 'time':
      return 'an ISO time such as "2026-11-25T13:30:00Z", or null'
    case 'times':
      return `at most ${spec.most} ISO times such as "2026-11-25T13:30:00Z"`
    case 'contracts':
    case 'dollars': {
      const decimals = spec.kind === 'contracts' ? 2 : 4
      return `${spec.kind} from ${spec.min} to ${spec.max} with at most ${decimals} decimals`
    }
    case 'choice':
      return `one of ${spec.of.map(show).join(', ')}`
  }
}

const refusalOf = (issue: v.BaseIssue<unknown>): ParameterError => {
  // Block and parameter; what lies deeper (one time of a list) is shown as a part of its list.
  const path = issue.path?.slice(0, 2) ?? []
  const [block, name] = path.map((item) => String(item.key))
  const key = [block, name].filter((part) => part !== undefined).join('.')
  const table: Readonly<Record<string, Spec>> = TABLES[block as keyof typeof TABLES] ?? {}
  if (issue.expected === 'never') {
    const known = Object.keys(name === undefined ? TABLES : table).join(', ')
    return { key, message: `Refused unknown key ${key}: known are ${known}` }
  }
  const spec = name === undefined ? undefined : table[name]
  const found = show(path.length === 0 ? issue.input : path.at(-1)?.value)
  const object = block === undefined ? 'an object with "strategy" and "limits"' : 'an object'
  const wanted = spec === undefined ? object : wantedOf(spec)
  return { key, message: `Refused ${key || 'body'}: found ${found}, wanted ${wanted}` }
}

/** Values that contradict each other, as a refusal; null when none do. */
const conflictOf = ({ strategy, limits }: Parameters): ParameterError | null => {
  const refuse = (key: string, value: string, why: string): ParameterError => ({
    key,
    message: `Refused ${key} ${value}: it is ${why}`,
  })
  const { max_order_size: order, max_position: position, min_price: low, max_price: high } = limits
  if (strategy.size > order) {
    const why = `above limits.max_order_size ${formatQuantity(order)}`
    return refuse('strategy.size', formatQuantity(strategy.size), why)
  }
  if (order > position) {
    const why = `above limits.max_position ${formatQuantity(position)}`
    return refuse('limits.max_order_size', formatQuantity(order), why)
  }
  if (low >= high) {
    const why = `not below limits.max_price ${formatPrice(high)}`
    return refuse('limits.min_price', formatPrice(low), why)
  }
  return null
}

type Given<Block> = { readonly [Key in keyof Block]?: unknown } | undefined

/**
 * `read` with every key that was not given taken from the preset, else from what was there before.
 */
const merged = <Block extends object>(
  read: Block,
  given: Given<Block>,
  preset: Partial<Block>,
  base: Block | undefined,
): Block => {
  for (const key of Object.keys(read) as (keyof Block)[]) {
    if (given?.[key] !== undefined) continue
    const source = Object.hasOwn(preset, key) ? (preset as Block) : base
    if (source !== undefined) read[key] = source[key]
  }
  return read
}

/**
 * Reads the body of PUT /tickers/{ticker}: `{"strategy": {…}, "limits": {…}}`, every key optional.
 * A key left out has the value of the preset that the body names, else its value in `base`, else
 * the default. Contracts are numbers or decimal strings; unknown keys are refused by name.
 */
export const parseParameters = (raw: unknown, base: Parameters | null = null): ParameterResult => {
  const read = v.safeParse(BODY, raw, { abortEarly: true })
  if (!read.success) return { ok: false, error: refusalOf(read.issues[0]) }
  const { strategy, limits } = read.output
  const given = raw as { readonly strategy?: Given<Strategy>; readonly limits?: Given<Limits> }
  const preset = given.strategy?.preset === undefined ? {} : PRESETS[strategy.preset]
  const parameters = {
    strategy: merged(strategy, given.strategy, preset, base?.strategy),
    limits: merged(limits, given.limits, {}, base?.limits),
  }
  const error = conflictOf(parameters)
  return error === null ? { ok: true, parameters } : { ok: false, error }
}

/** The defaults of both tables. */
export const defaultParameters = (): Parameters => {
  const result = parseParameters({})
  if (!result.ok) throw new Error(result.error.message)
  return result.parameters
}

/**
 * Parameters stored by an earlier version: with the defaults of every key that has come since, and
 * within the bounds that have.
 */
export const withDefaults = (stored: Parameters): Parameters => {
  const { strategy, limits } = defaultParameters()
  const ttl = Math.min(stored.strategy.order_ttl_seconds ?? 0, LONGEST_TTL_SECONDS)
  return {
    strategy: { ...strategy, ...stored.strategy, ...(ttl > 0 ? { order_ttl_seconds: ttl } : {}) },
    limits: { ...limits, ...stored.limits },
  }
}
