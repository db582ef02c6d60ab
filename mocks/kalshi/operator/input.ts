// Reads the operator's fields that only the exchange has: prices, kinds of requests and price
// grids.

import { LINEAR_CENT, type PriceRange, TAPERED } from '../../../src/core/vocabulary/market.ts'
import { PRICE_ONE, type Price, parsePrice } from '../../../src/core/vocabulary/units.ts'
import { type Body, oneOf, textIn, unreadable } from '../../common/operator-input.ts'
import type { Kinds } from '../faults/faults.ts'
import { KINDS, type Kind } from '../protocol/call.ts'

/** One of `of`; the first is the default. */
export const choiceIn = <T extends string | number>(
  body: Body,
  key: string,
  of: readonly T[],
  fallback = of[0],
): T => oneOf(body, key, of, fallback)

export const priceIn = (body: Body, key: string, fallback?: string): Price => {
  const text = textIn(body, key, fallback)
  const price = parsePrice(text)
  if (Number.isNaN(price)) throw unreadable(key, text, 'dollars such as "0.4300"')
  return price
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

/** `structure` with `ranges` as on the wire, or one of the known names alone. */
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
