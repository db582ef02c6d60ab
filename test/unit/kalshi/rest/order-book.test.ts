// The whole book over REST, and the best prices of a market read.

import { describe, expect, it } from 'vitest'
import { ASSUMED_FEES, readMarket } from '../../../../src/kalshi/rest/market-terms.ts'
import { readBook } from '../../../../src/kalshi/rest/order-book.ts'

describe('GET /markets/{ticker}/orderbook', () => {
  it('gives NO bids, which are YES asks at a dollar less their price', () => {
    const orderbook_fp = {
      yes_dollars: [
        ['0.4100', '35.00'],
        ['0.4300', '100.50'],
      ],
      no_dollars: [
        ['0.4700', '80.00'],
        ['0.4990', '10.00'],
      ],
    }
    expect(readBook({ orderbook_fp })).toEqual({
      bids: [4100, 3500, 4300, 10_050],
      asks: [5300, 8000, 5010, 1000],
    })
  })

  it('leaves out the key of an empty side, or gives an empty list', () => {
    expect(readBook({ orderbook_fp: { yes_dollars: [['0.4100', '35.00']] } })).toEqual({
      bids: [4100, 3500],
      asks: [],
    })
    expect(readBook({ orderbook_fp: { yes_dollars: [], no_dollars: null } })).toEqual({
      bids: [],
      asks: [],
    })
  })

  it.each([
    [{ orderbook: { yes_dollars: [] } }, /orderbook_fp/],
    [null, /orderbook_fp/],
    [{ orderbook_fp: { yes_dollars: [['1.0000', '5.00']] } }, /level/],
    [{ orderbook_fp: { no_dollars: [['0.5000', 'x']] } }, /level/],
    [{ orderbook_fp: { no_dollars: 7 } }, /levels/],
  ])('without a readable book is no empty book: %j', (body, wrong) => {
    expect(readBook(body)).toMatch(wrong)
  })
})

describe('GET /markets/{ticker}', () => {
  const market = { ticker: 'T', close_time: '2026-12-31T00:00:00Z', market_type: 'binary' }
  const read = (prices: Record<string, unknown>) =>
    readMarket({ market: { ...market, ...prices } }, ASSUMED_FEES, 0)

  it('has the best prices, 0 and a dollar for empty sides', () => {
    expect(read({ yes_bid_dollars: '0.4300', yes_ask_dollars: '0.5100' })).toMatchObject({
      ...{ yesBid: 4300, yesAsk: 5100 },
    })
    expect(read({ yes_bid_dollars: '0.0000', yes_ask_dollars: '1.0000' })).toMatchObject({
      ...{ yesBid: 0, yesAsk: 10_000 },
    })
  })

  it.each([
    {},
    { yes_bid_dollars: '0.4300' },
    { yes_bid_dollars: 'x', yes_ask_dollars: '0.5' },
    { yes_bid_dollars: '1.2', yes_ask_dollars: '0.5' },
  ])('is readable without them: %j', (prices) => {
    const found = read(prices)
    expect(found).toMatchObject({ ticker: 'T' })
    expect(found).not.toHaveProperty('yesBid')
  })
})
