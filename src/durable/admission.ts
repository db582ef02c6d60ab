// Whether a ticker may be made at all, judged by what the exchange says of its market.

import type { Market } from '../core/market.ts'
import type { Outcome } from '../core/outcome.ts'
import { type Answer, bad } from './rpc.ts'

/** The refusal of a ticker whose market was read with this outcome, or null when it may be made. */
export const refusalOf = (ticker: string, market: Outcome<Market>): Answer<never> | null => {
  if (market.kind === 'rejected' && market.status === 404) {
    return bad(404, 'unknown-ticker', `Ticker refused: the exchange does not know ${ticker}`)
  }
  if (market.kind !== 'accepted') {
    const code = market.kind === 'rejected' ? `${market.status} ${market.code} ` : ''
    const why = `${code}${market.detail}`
    return bad(502, 'exchange', `Market ${ticker} could not be read from the exchange: ${why}`)
  }
  if (market.value.binary) return null
  return bad(422, 'not-binary', `Ticker refused: ${ticker} is not a plain yes/no market`)
}
