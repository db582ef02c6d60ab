// What REST answers mean: terms, fees, orders, money, limits, and errors of every shape.

import { describe, expect, it } from 'vitest'
import { readError } from '../../../../src/kalshi/common/errors.ts'
import { readEndpointCosts, readLimits } from '../../../../src/kalshi/rest/limits.ts'
import {
  ASSUMED_FEES,
  feeTerms,
  readEventFee,
  readMarket,
  readSeriesFee,
} from '../../../../src/kalshi/rest/market-terms.ts'
import {
  readAck,
  readBalance,
  readFills,
  readOrders,
  readPosition,
} from '../../../../src/kalshi/rest/portfolio.ts'
import { fillRow, orderRow } from './bodies.ts'

const NO_FEE_RULE = { type: null, multiplier: null }

const NOW = Date.parse('2026-11-20T12:00:00Z')
const FEES = { maker: 1, taker: 2, source: 'quadratic' }

const market = (change: Record<string, unknown> = {}) => ({
  market: {
    ticker: 'KXA-26DEC01-T3',
    event_ticker: 'KXA-26DEC01',
    market_type: 'binary',
    status: 'active',
    close_time: '2026-12-01T23:00:00Z',
    expected_expiration_time: '2026-12-01T15:00:00Z',
    can_close_early: true,
    result: '',
    price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
    exchange_index: 2,
    ...change,
  },
})

describe('a market', () => {
  it('is read with its shard, its times and its grid', () => {
    expect(readMarket(market(), FEES, NOW)).toEqual({
      ticker: 'KXA-26DEC01-T3',
      eventTicker: 'KXA-26DEC01',
      status: 'active',
      binary: true,
      exchangeIndex: 2,
      closeAt: Date.parse('2026-12-01T23:00:00Z'),
      expectedAt: Date.parse('2026-12-01T15:00:00Z'),
      canCloseEarly: true,
      priceRanges: [{ start: 0, end: 10_000, step: 100 }],
      fees: FEES,
      result: '',
    })
  })

  it.each([
    ['greater', 50.5, undefined, { floor: 50.5, cap: null }],
    ['greater_or_equal', 0, 7, { floor: 0, cap: null }],
    ['less', undefined, 40, { floor: null, cap: 40 }],
    ['less_or_equal', 3, -40, { floor: null, cap: -40 }],
    ['between', 41, 42, { floor: 41, cap: 42 }],
  ])('has the strikes of type %s', (type, floor_strike, cap_strike, strikes) => {
    const read = readMarket(market({ strike_type: type, floor_strike, cap_strike }), FEES, NOW)
    expect(read).toMatchObject({ strikes: { type, ...strikes } })
  })

  it.each([
    [{ strike_type: 'greater' }],
    [{ strike_type: 'greater', floor_strike: '50' }],
    [{ strike_type: 'greater', floor_strike: Number.NaN }],
    [{ strike_type: 'less', floor_strike: 40 }],
    [{ strike_type: 'between', floor_strike: 40 }],
    [{ strike_type: 'structured', floor_strike: 40 }],
    [{ strike_type: 7, floor_strike: 40 }],
    [{ floor_strike: 40 }],
  ])('has no strikes that can be read in %o, and is readable all the same', (change) => {
    const read = readMarket(market(change), FEES, NOW)
    expect(read).toHaveProperty('ticker')
    expect(read).not.toHaveProperty('strikes')
  })

  it.each([
    ['may not close early', { can_close_early: false }],
    ['is expected later than it closes', { expected_expiration_time: '2026-12-05T00:00:00Z' }],
    ['has no expected time', { expected_expiration_time: undefined }],
  ])('is expected at its close where it %s', (_what, change) => {
    expect(readMarket(market(change), FEES, NOW)).toMatchObject({
      expectedAt: Date.parse('2026-12-01T23:00:00Z'),
    })
  })

  it.each([
    [{ market_type: 'scalar' }, false],
    [{ market_type: undefined }, false],
    [{ settlement_bounds_type: 'floor' }, false],
    [{ settlement_bounds_type: 'default' }, true],
    [{ settlement_bounds_type: null }, true],
  ])('is binary or not: %o', (change, binary) => {
    expect(readMarket(market(change), FEES, NOW)).toMatchObject({ binary })
  })

  it('has the status other where its status is new to us, the default shard where none is given', () => {
    const read = readMarket(market({ status: 'napping', exchange_index: undefined }), FEES, NOW)
    expect(read).toMatchObject({ status: 'other', exchangeIndex: 0 })
  })

  it('is quoted in whole cents where it lists no grid', () => {
    for (const price_ranges of [undefined, null, []]) {
      expect(readMarket(market({ price_ranges }), FEES, NOW)).toMatchObject({
        priceRanges: [{ start: 0, end: 10_000, step: 100 }],
      })
    }
  })

  it('has no fees while a waiver runs, and its own fees after', () => {
    const body = market({ fee_waiver_expiration_time: '2026-11-21T00:00:00Z' })
    expect(readMarket(body, FEES, NOW)).toMatchObject({
      fees: { maker: 0, taker: 0, source: 'waived' },
    })
    expect(readMarket(body, FEES, NOW + 86_400_000)).toMatchObject({ fees: FEES })
  })

  it.each([
    ['close_time', market({ close_time: 'soon' })],
    ['ticker', market({ ticker: 5 })],
    ['exchange_index', market({ exchange_index: 'zero' })],
    ['price_ranges', market({ price_ranges: [{ start: '0', end: '2', step: '0.01' }] })],
    ['market', { markets: [] }],
    ['market', null],
  ])('is refused with a sentence about %s', (field, body) => {
    expect(readMarket(body, FEES, NOW)).toContain(field)
  })
})

describe('fees', () => {
  const series = (fee_type: unknown, fee_multiplier: unknown) =>
    readSeriesFee({ series: { fee_type, fee_multiplier } })

  it.each([
    ['quadratic', 1, 0, 70_000],
    ['quadratic', 0.5, 0, 35_000],
    ['quadratic', 0, 0, 0],
    ['quadratic_with_maker_fees', 1, 17_500, 70_000],
    ['quadratic_with_maker_fees', 2, 35_000, 140_000],
    ['quadratic_with_combo_maker_fees', 1, 35_000, 70_000],
  ])('%s x %d', (type, multiplier, maker, taker) => {
    const terms = feeTerms(series(type, multiplier), NO_FEE_RULE)
    expect(terms).toEqual({ maker, taker, source: type })
  })

  it('of the event override those of the series', () => {
    const { override, seriesTicker } = readEventFee({
      event: {
        series_ticker: 'KXA',
        fee_type_override: 'quadratic_with_maker_fees',
        fee_multiplier_override: 2,
      },
    })
    expect(seriesTicker).toBe('KXA')
    expect(feeTerms(series('quadratic', 1), override)).toMatchObject({ maker: 35_000 })
    expect(feeTerms(NO_FEE_RULE, override)).toMatchObject({ maker: 35_000 })
  })

  it.each([
    ['flat', 1],
    ['a_new_table', 1],
    ['constructor', 1],
    [undefined, 1],
    ['quadratic', undefined],
    ['quadratic', -1],
  ])('that cannot be known are assumed to be the highest: %s x %s', (type, multiplier) => {
    expect(feeTerms(series(type, multiplier), NO_FEE_RULE)).toEqual(ASSUMED_FEES)
    expect(ASSUMED_FEES).toEqual({ maker: 17_500, taker: 70_000, source: 'assumed' })
  })

  it('of an event without an override are those of the series', () => {
    const { override } = readEventFee({
      event: { fee_type_override: null, fee_multiplier_override: null },
    })
    expect(override).toEqual(NO_FEE_RULE)
  })
})

describe('errors', () => {
  const nested = (error: object): string => JSON.stringify({ error })
  const AUTH = 'authentication_error'
  const denied = { code: AUTH, message: AUTH, details: 'NOT_FOUND' }
  const flat = '{"code":"bad_request","message":"bad request","details":"cannot decode"}'
  const page = '<html>Bad gateway</html>'

  it.each([
    ['nested', 409, nested({ code: 'taken', message: 'already taken' }), 'taken', 'already taken'],
    ['nested with details', 401, nested(denied), AUTH, 'NOT_FOUND'],
    ['flat', 400, flat, 'bad_request', 'bad request: cannot decode'],
    ['bare', 400, '{"msg":"limit out of range"}', 'http_400', 'limit out of range'],
    ['text', 429, '{"error":"too many requests"}', 'too_many_requests', 'too many requests'],
    ['not JSON', 502, page, 'http_502', page],
    ['empty', 503, '', 'http_503', ''],
    ['of another kind', 418, '[1]', 'http_418', '[1]'],
    ['an object of numbers', 418, '{"error":7}', 'http_418', ''],
  ])('that are %s', (_shape, status, body, code, detail) => {
    expect(readError(status, body)).toEqual({ code, detail })
  })

  it('are cut to a length that can be logged', () => {
    expect(readError(500, 'x'.repeat(5000)).detail).toHaveLength(300)
  })
})

describe('lists', () => {
  const row = orderRow('o-1', {
    client_order_id: 'c-1',
    expiration_time: '2026-11-20T12:01:00Z',
    last_update_time: '2026-06-11T06:29:20.866753Z',
  })

  it('of orders have a cursor, and REST times are ISO text', () => {
    expect(readOrders({ orders: [row], cursor: 'next' })).toMatchObject({
      items: [
        {
          orderId: 'o-1',
          expiresAt: Date.parse('2026-11-20T12:01:00Z'),
          venueAt: Date.parse('2026-06-11T06:29:20.866Z'),
        },
      ],
      cursor: 'next',
    })
  })

  it('may be empty or null, but not absent', () => {
    expect(readOrders({ orders: [], cursor: '' })).toEqual({ items: [], cursor: '' })
    expect(readOrders({ orders: null })).toEqual({ items: [], cursor: '' })
    expect(readOrders({ cursor: '' })).toContain('orders')
    expect(readFills('nothing')).toContain('fills')
  })

  it('with one unreadable row are unreadable as a whole', () => {
    expect(readOrders({ orders: [row, { ...row, remaining_count_fp: 1 }] })).toContain(
      'remaining_count_fp',
    )
    expect(readOrders({ orders: [row, null] })).toContain('orders')
  })

  it('of fills have the time of the fill and no client order id', () => {
    const fill = fillRow('f-1', 0, {
      fill_id: 'f-1',
      book_side: 'ask',
      fee_cost: '0.017500',
      is_taker: true,
      created_time: '2026-06-11T06:29:30.164956Z',
    })
    expect(readFills({ fills: [fill], cursor: '' })).toMatchObject({
      items: [
        {
          tradeId: 'f-1',
          clientOrderId: '',
          side: 'ask',
          fee: 17_500,
          isTaker: true,
          venueAt: Date.parse('2026-06-11T06:29:30.164Z'),
          positionAfter: null,
        },
      ],
    })
  })
})

describe('money and positions', () => {
  const position = {
    ticker: 'KXA',
    position_fp: '-14.50',
    market_exposure_dollars: '7.975000',
    realized_pnl_dollars: '-1.2000',
    fees_paid_dollars: '0.0310',
  }

  it('a position is signed, and zero where the market is not listed', () => {
    const body = { market_positions: [{ ...position, ticker: 'KXB' }, position] }
    const short = { position: -1450, realized: -1_200_000, fees: 31_000, exposure: 7_975_000 }
    expect(readPosition(body, 'KXA')).toEqual(short)
    const flat = { position: 0, realized: 0, fees: 0, exposure: 0 }
    expect(readPosition(body, 'KXC')).toEqual(flat)
    expect(readPosition({ market_positions: null }, 'KXA')).toEqual(flat)
  })

  it('a position that cannot be read is not taken for zero', () => {
    expect(readPosition({}, 'KXA')).toContain('market_positions')
    const body = { market_positions: [{ ...position, position_fp: undefined }] }
    expect(readPosition(body, 'KXA')).toContain('position')
  })

  it('cash is exact where the exchange is, by shard', () => {
    const body = {
      balance: 9801,
      balance_dollars: '98.0186',
      balance_breakdown: [{ balance: '98.0186', exchange_index: 0 }],
    }
    expect(readBalance(body)).toEqual({
      total: 98_018_600,
      shards: [{ exchangeIndex: 0, cash: 98_018_600 }],
    })
    expect(readBalance({ balance: 9801 })).toEqual({ total: 98_010_000, shards: [] })
    expect(readBalance({})).toContain('balance')
  })

  it('an answer to an order has counts only where the exchange gives them', () => {
    const placed = { order_id: 'o-1', fill_count: '0.00', remaining_count: '50.00', ts_ms: 17 }
    const ack = { orderId: 'o-1', venueAt: 17 }
    expect(readAck(placed)).toEqual({ ...ack, filled: 0, remaining: 5000 })
    const reduced = { order_id: 'o-1', reduced_by: '29.50', ts_ms: 17 }
    expect(readAck(reduced)).toEqual({ ...ack, filled: null, remaining: 2950 })
    expect(readAck({ fill_count: '0.00' })).toContain('order_id')
    expect(readAck({ order_id: 'o-1', fill_count: 0 })).toContain('counts')
  })
})

describe('limits', () => {
  it('are tokens per second and at most', () => {
    const bucket = { refill_rate: 100, bucket_capacity: 300 }
    expect(readLimits({ read: bucket, write: bucket })).toEqual({
      read: { refill: 100, capacity: 300 },
      write: { refill: 100, capacity: 300 },
    })
    expect(readLimits({ read: bucket })).toContain('limits')
  })

  it.each([
    ['/trade-api/v2/portfolio/events/orders/:order_id', '/portfolio/events/orders/:id/amend'],
    ['/portfolio/events/orders/{order_id}', '/trade-api/v2/portfolio/events/orders/{id}/amend'],
  ])('costs are found under %s', (cancel, amend) => {
    const body = {
      default_cost: 10,
      endpoint_costs: [
        { method: 'DELETE', path: cancel, cost: 2 },
        { method: 'DELETE', path: '/trade-api/v2/portfolio/orders/:order_id', cost: 4 },
        { method: 'post', path: amend, cost: 7 },
      ],
    }
    expect(readEndpointCosts(body)).toEqual({ place: 10, amend: 7, decrease: 10, cancel: 2 })
  })

  it('costs that are not a table are refused', () => {
    expect(readEndpointCosts({ endpoint_costs: [] })).toContain('default_cost')
  })
})
