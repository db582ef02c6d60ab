// Reads what an operator asks for: fields of a JSON object, each with the sentence that says what is
// wrong with it. Used for requests to the operator's door and for the lines of a scenario file.

import { LINEAR_CENT, type PriceRange, TAPERED } from '../../../src/core/vocabulary/market.ts'
import { PRICE_ONE, type Price, parsePrice } from '../../../src/core/vocabulary/units.ts'
import type { Kinds } from '../faults/faults.ts'
import { KINDS, type Kind } from '../protocol/call.ts'

/** What the operator asked for cannot be done; the text says why. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

export type Body = Readonly<Record<string, unknown>>

const unreadable = (key: string, value: unknown, wanted: string): OperatorError =>
  new OperatorError(
    `Operator request failed: ${key} was ${JSON.stringify(value)}, wanted ${wanted}`,
  )

export const textIn = (body: Body, key: string, fallback?: string): string => {
  const value = body[key] ?? fallback
  if (typeof value === 'string') return value
  throw unreadable(key, value, 'a string')
}

export const numberIn = (body: Body, key: string, fallback?: number): number => {
  const value = body[key] ?? fallback
  // Infinity cannot be written in JSON: an absent count means "until it is turned off".
  const isNumber = typeof value === 'number' && !Number.isNaN(value)
  if (isNumber && (Number.isFinite(value) || value === fallback)) return value
  throw unreadable(key, value, 'a number')
}

/** A whole number, 0 or more. */
export const countIn = (body: Body, key: string, fallback?: number): number => {
  const value = numberIn(body, key, fallback)
  if (Number.isInteger(value) && value >= 0) return value
  throw unreadable(key, value, 'a whole number, 0 or more')
}

export const flagIn = (body: Body, key: string, fallback: boolean): boolean => {
  const value = body[key] ?? fallback
  if (typeof value === 'boolean') return value
  throw unreadable(key, value, 'true or false')
}

export const priceIn = (body: Body, key: string, fallback?: string): Price => {
  const text = textIn(body, key, fallback)
  const price = parsePrice(text)
  if (Number.isNaN(price)) throw unreadable(key, text, 'dollars such as "0.4300"')
  return price
}

export const oneOf = <T extends string | number>(
  body: Body,
  key: string,
  of: readonly T[],
  fallback = of[0],
): T => {
  const value = (body[key] ?? fallback) as T
  if (of.includes(value)) return value
  throw unreadable(key, value, of.join(' or '))
}

/** `kinds`: "any" or a list of kinds of requests. Default "any". */
export const kindsIn = (body: Body): Kinds => {
  const { kinds } = body
  if (kinds === undefined || kinds === 'any') return 'any'
  if (!Array.isArray(kinds)) throw unreadable('kinds', kinds, '"any" or a list')
  const unknown = kinds.find((kind) => !KINDS.includes(kind as Kind))
  if (unknown !== undefined) throw unreadable('kinds', unknown, `some of ${KINDS.join(', ')}`)
  return kinds as Kind[]
}

/** Grids by the names of Kalshi's price level structures; others need `ranges`. */
const STRUCTURES: Readonly<Record<string, readonly PriceRange[]>> = {
  linear_cent: LINEAR_CENT,
  deci_cent: [{ start: 0, end: PRICE_ONE, step: 10 }],
  tapered_deci_cent: TAPERED,
}

/** `structure` with `ranges` as the wire writes them, or one of the names known here without. */
export const gridIn = (body: Body): { structure: string; ranges: readonly PriceRange[] } => {
  const { ranges } = body
  const structure = textIn(body, 'structure', '')
  if (Array.isArray(ranges)) {
    const read = ranges.map((range: Body) => ({
      start: priceIn(range, 'start'),
      end: priceIn(range, 'end'),
      step: priceIn(range, 'step'),
    }))
    return { structure, ranges: read }
  }
  const known = STRUCTURES[structure]
  if (known !== undefined) return { structure, ranges: known }
  throw unreadable('structure', structure, `${Object.keys(STRUCTURES).join(', ')}, or ranges`)
}
