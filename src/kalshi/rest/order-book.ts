// Reads the whole order book of a market, as GET /markets/{ticker}/orderbook gives it.

import type { BookReport } from '../../core/vocabulary/events.ts'
import { asObject, show } from '../common/fields.ts'
import { readLevels } from '../common/levels.ts'

/**
 * The book with YES prices on both sides, or text that says what was wrong. REST always gives NO
 * prices for the NO side, whatever the socket was asked for, and leaves out the key of a side
 * without levels; a body without the book itself is no empty book.
 */
export const readBook = (body: unknown): BookReport | string => {
  const raw = asObject(asObject(body)?.orderbook_fp)
  if (raw === null) return `orderbook: found ${show(body)}, wanted orderbook_fp`
  const bids: number[] = []
  const asks: number[] = []
  const wrong = readLevels(raw.yes_dollars, false, bids) || readLevels(raw.no_dollars, true, asks)
  return wrong === '' ? { bids, asks } : `orderbook ${wrong}`
}
