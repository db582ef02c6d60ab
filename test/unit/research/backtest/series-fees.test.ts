// The fees of a market by its series: what the table says and what it does not.

import { describe, expect, it } from 'vitest'
import { feesOf, parseSeriesFees } from '../../../../research/backtest/sessions/series-fees.ts'

const LIST = [
  { ticker: 'KXBTC15M', fee_type: 'quadratic', fee_multiplier: 1 },
  { ticker: 'KXMLBGAME', fee_type: 'quadratic_with_maker_fees', fee_multiplier: 1 },
  { ticker: 'KXDEAR', fee_type: 'quadratic_with_maker_fees', fee_multiplier: 2 },
  { ticker: 'KXFREE', fee_type: 'quadratic_with_maker_fees', fee_multiplier: 0 },
  { ticker: 'KXFLAT', fee_type: 'flat', fee_multiplier: 1 },
]

const answer = parseSeriesFees(JSON.stringify({ series: LIST }), 'made')
const byTicker = Object.fromEntries(LIST.map(({ ticker, ...fee }) => [ticker, fee]))
const table = parseSeriesFees(JSON.stringify(byTicker), 'made')

describe.each([
  ['an answer of GET /series', answer],
  ['a table by ticker', table],
])('fees by series from %s', (_, fees) => {
  it.each([
    ['KXBTC15M-26MAY131245-45', 0, 70_000],
    ['KXMLBGAME-26SEP01NYYBOS-NYY', 17_500, 70_000],
    ['KXDEAR-1', 35_000, 140_000],
    ['KXFREE-1', 0, 0],
  ])('has that of %s', (ticker, maker, taker) => {
    expect(feesOf(fees, ticker)).toMatchObject({ maker, taker })
  })

  it('knows nothing of a series that is not in it, and refuses one it cannot work out', () => {
    expect(feesOf(fees, 'KXMLB-1')).toBe(null)
    expect(() => feesOf(fees, 'KXFLAT-1')).toThrow(/fee of KXFLAT failed: wanted fee_type/)
  })
})

describe('a text that is no table', () => {
  it('is refused by name', () => {
    expect(() => parseSeriesFees('fees', 'a.json')).toThrow(/Reading a\.json failed: found no JSON/)
    expect(() => parseSeriesFees('12', 'a.json')).toThrow(/found 12, wanted a table of series/)
  })
})
