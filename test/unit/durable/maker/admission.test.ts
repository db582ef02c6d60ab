// Which tickers and limits are let in, judged by the market alone.

import { describe, expect, it } from 'vitest'
import { accepted, rejected, unknown } from '../../../../src/core/vocabulary/outcome.ts'
import { admit, offGrid } from '../../../../src/durable/maker/admission.ts'
import { marketOf, parametersOf, TICKER } from '../../../helpers/core.ts'

const { limits } = parametersOf({})

describe('a ticker', () => {
  it('of an open yes/no market is let in', () => {
    expect(admit(TICKER, accepted(marketOf({})), limits)).toBeNull()
  })
  it('that the exchange does not know is refused by name', () => {
    const refusal = admit(TICKER, rejected(404, 'not_found', ''), limits)
    expect(refusal).toMatchObject({ problem: { status: 404, code: 'unknown-ticker' } })
    expect(JSON.stringify(refusal)).toContain(TICKER)
  })
  it('whose market cannot be read is refused with the exchange’s own words', () => {
    const refusal = admit(TICKER, unknown('timed out after 4 s'), limits)
    expect(refusal).toMatchObject({ problem: { status: 502, code: 'exchange' } })
    expect(JSON.stringify(refusal)).toContain('timed out after 4 s')
  })
  it('of a scalar market is refused', () => {
    const refusal = admit(TICKER, accepted(marketOf({ binary: false })), limits)
    expect(refusal).toMatchObject({ problem: { status: 422, code: 'not-binary' } })
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
