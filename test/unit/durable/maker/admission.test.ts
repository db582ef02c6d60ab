// Which tickers and limits are let in, judged by the market alone.

import { describe, expect, it } from 'vitest'
import { accepted, rejected, unknown } from '../../../../src/core/vocabulary/outcome.ts'
import { admit, offGrid } from '../../../../src/durable/maker/exchange/admission.ts'
import { marketOf, parametersOf, TICKER } from '../../../helpers/core.ts'

const { limits } = parametersOf({})

describe('a ticker', () => {
  it('of an open yes/no market is let in', () => {
    expect(admit(TICKER, accepted(marketOf({})), limits)).toBeNull()
  })
  it.each([
    ['unknown to the exchange', rejected(404, 'not_found', ''), 404, 'unknown-ticker', TICKER],
    ['whose market cannot be read', unknown('timed out'), 502, 'exchange', 'timed out'],
    ['of a scalar market', accepted(marketOf({ binary: false })), 422, 'not-binary', ''],
  ])('%s is refused by name, in the exchange’s own words', (_what, market, status, code, words) => {
    const refusal = admit(TICKER, market, limits)
    expect(refusal).toMatchObject({ problem: { status, code } })
    expect(JSON.stringify(refusal)).toContain(words)
  })
})

describe('price limits', () => {
  it('off the market’s grid are refused, naming the limit and the nearest prices', () => {
    const wrong = parametersOf({ limits: { min_price: 150 } }).limits
    const refusal = offGrid(marketOf({}), wrong)
    expect(refusal).toMatchObject({ problem: { status: 422, code: 'parameters' } })
    const text = JSON.stringify(refusal)
    for (const part of ['limits.min_price', '0.0150', '0.0100 and 0.0200']) {
      expect(text).toContain(part)
    }
  })
  it('on a finer grid are let in', () => {
    const fine = marketOf({ priceRanges: [{ start: 0, end: 10_000, step: 10 }] })
    expect(offGrid(fine, parametersOf({ limits: { min_price: 150 } }).limits)).toBeNull()
  })
})
