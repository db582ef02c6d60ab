// The fees of recorded markets by their series, from a file: an answer of GET /series as it was
// saved, or a table {"KXBTC15M": {"fee_type": "quadratic", "fee_multiplier": 1}, ...}.
//
// Recordings hold no fees, and series differ: under `quadratic` makers pay nothing, under
// `quadratic_with_maker_fees` a quarter of what takers do. The multiplier counts for both.

import type { FeeTerms } from '../../../src/core/vocabulary/market.ts'
import { ASSUMED_FEES, feeTerms, readSeriesFee } from '../../../src/kalshi/rest/market-terms.ts'

/** Fees by series ticker. */
export type SeriesFees = ReadonlyMap<string, FeeTerms>

const NO_OVERRIDE = { type: null, multiplier: null }

/** The series of a market: the part of its ticker before the first dash. */
const seriesOf = (ticker: string): string => ticker.split('-', 1)[0]!

const rowsOf = (body: unknown): [string, unknown][] => {
  const { series } = body as { series?: unknown }
  if (!Array.isArray(series)) return Object.entries(body as object)
  return series.map((row: { ticker?: unknown }) => [String(row?.ticker), row])
}

/**
 * Reads a table of fees.
 * @param file how errors name it
 * @throws Error when the text is no table
 */
export const parseSeriesFees = (text: string, file: string): SeriesFees => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new Error(`Reading ${file} failed: found no JSON`, { cause })
  }
  if (typeof body !== 'object' || body === null) {
    throw new Error(`Reading ${file} failed: found ${text.slice(0, 40)}, wanted a table of series`)
  }
  const table = new Map<string, FeeTerms>()
  for (const [series, row] of rowsOf(body)) {
    table.set(series, feeTerms(readSeriesFee({ series: row }), NO_OVERRIDE))
  }
  return table
}

/**
 * The fees of a market; null where the table does not have its series.
 * @throws Error where it has, with a fee that cannot be worked out
 */
export const feesOf = (table: SeriesFees, ticker: string): FeeTerms | null => {
  const fees = table.get(seriesOf(ticker)) ?? null
  // A maker quotes at the dearest then; a measurement says that it does not know.
  if (fees !== ASSUMED_FEES) return fees
  throw new Error(
    `Reading the fee of ${seriesOf(ticker)} failed: wanted fee_type quadratic, quadratic_with_maker_fees or quadratic_with_combo_maker_fees, and a fee_multiplier`,
  )
}
