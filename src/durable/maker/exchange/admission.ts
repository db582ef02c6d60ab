// Decides whether a ticker may be added, and with these limits, by what the exchange says of its
// market.

import { type Market, PriceGrid } from '../../../core/vocabulary/market.ts'
import type { Outcome } from '../../../core/vocabulary/outcome.ts'
import type { Limits } from '../../../core/vocabulary/parameters.ts'
import { formatPrice } from '../../../core/vocabulary/units.ts'
import { type Answer, bad } from '../../../rpc/contracts.ts'

/**
 * The refusal of a ticker whose market was read with this outcome, or null when it may be added.
 */
export const admit = (
  ticker: string,
  market: Outcome<Market>,
  limits: Limits,
): Answer<never> | null => {
  if (market.kind === 'rejected' && market.status === 404) {
    return bad(404, 'unknown-ticker', `Ticker refused: the exchange does not know ${ticker}`)
  }
  if (market.kind !== 'accepted') {
    const code = market.kind === 'rejected' ? `${market.status} ${market.code} ` : ''
    const why = `${code}${market.detail}`
    return bad(502, 'exchange', `Market ${ticker} could not be read from the exchange: ${why}`)
  }
  if (!market.value.binary) {
    return bad(422, 'not-binary', `Ticker refused: ${ticker} is not a plain yes/no market`)
  }
  return offGrid(market.value, limits)
}

/**
 * The refusal of price limits that are not prices of this market; null when they are, and while the
 * market has not been read.
 */
export const offGrid = (market: Market | null, limits: Limits): Answer<never> | null => {
  if (market === null) return null
  const grid = new PriceGrid(market.priceRanges)
  for (const key of ['min_price', 'max_price'] as const) {
    const price = limits[key]
    if (grid.isLegal(price)) continue
    const nearest = [grid.floor(price), grid.ceil(price)]
      .filter((near) => grid.isLegal(near))
      .map(formatPrice)
      .join(' and ')
    const found = `Refused limits.${key} ${formatPrice(price)}`
    const why = `it is not a price of ${market.ticker}; nearest: ${nearest}`
    return bad(422, 'parameters', `${found}: ${why}`)
  }
  return null
}
