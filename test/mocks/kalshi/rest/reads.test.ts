// What can be read over a real connection, and what the life of a market does to it.

import { beforeEach, describe, expect, it } from 'vitest'
import { ask, type Json } from '../client.ts'
import {
  clock,
  get,
  mock,
  ORDERS,
  open,
  openStill,
  other,
  pass,
  place,
  refused,
  settle,
  T,
} from '../rig.ts'

beforeEach(() => open())

describe('reads', () => {
  it('lists come newest first, in pages that do not shift', async () => {
    for (let index = 0; index < 5; index++) await place(`p${index}`, 'bid', '0.40', '1')
    const first = await get('/portfolio/orders?limit=2')
    await place('p5', 'bid', '0.40', '1')
    const second = await get(`/portfolio/orders?limit=2&cursor=${first.cursor}`)
    const third = await get(`/portfolio/orders?limit=2&cursor=${second.cursor}`)
    const ids = [first, second, third].flatMap((page) =>
      (page.orders as Json[]).map((row) => row.client_order_id),
    )
    expect(ids).toEqual(['p4', 'p3', 'p2', 'p1', 'p0'])
    expect(third.cursor).toBe('')
    const garbage = await ask(mock, 'GET', '/portfolio/orders?cursor=garbage')
    expect(garbage).toMatchObject({ status: 200 })
    expect(await ask(mock, 'GET', '/portfolio/orders?limit=1001')).toMatchObject({
      status: 400,
      body: { msg: 'limit out of range' },
    })
  })

  it('position, balance, fills and queue positions agree with the account', async () => {
    other('ask', 50, 10)
    await place('a', 'bid', '0.50', '10')
    other('bid', 40, 7)
    const { body } = await place('b', 'bid', '0.40', '5')
    const positions = await get(`/portfolio/positions?ticker=${T}`)
    expect(positions.market_positions).toMatchObject([
      {
        ticker: T,
        position_fp: '10.00',
        market_exposure_dollars: '5.000000',
        fees_paid_dollars: '0.175000',
      },
    ])
    const balance = await get('/portfolio/balance')
    // 10000 - 5.00 - 0.175 in cash, 2.00 of it locked by the resting bid.
    expect(balance).toMatchObject({
      balance_dollars: '9992.8250',
      balance: 999_282,
      portfolio_value: 400,
    })
    const fills = (await get(`/portfolio/fills?ticker=${T}`)).fills as Json[]
    expect(fills).toMatchObject([
      { count_fp: '10.00', is_taker: true, fee_cost: '0.175000', book_side: 'bid' },
    ])
    expect(fills[0]).not.toHaveProperty('client_order_id')
    const queue = await get(`/portfolio/orders/queue_positions?market_tickers=${T}`)
    expect(queue.queue_positions).toEqual([
      { market_ticker: T, order_id: body.order_id, queue_position_fp: '7.00' },
    ])
  })

  it('fills can be asked for by time', async () => {
    await openStill({})
    for (const id of ['a', 'b', 'c']) {
      other('ask', 50, 1)
      await place(id, 'bid', '0.50', '1')
      clock.at += 10_000
    }
    const since = 1_795_000_010
    const path = `/portfolio/fills?min_ts=${since}&max_ts=${since}`
    expect((await get(path)).fills).toHaveLength(1)
    expect((await get(`/portfolio/fills?min_ts=${since}`)).fills).toHaveLength(2)
  })

  it('reads can lag behind writes', async () => {
    await openStill({ knobs: { readLagMs: 360 } })
    const { body } = await place('a', 'bid', '0.40', '5')
    const path = `/portfolio/orders/${body.order_id}`
    expect((await ask(mock, 'GET', path)).status).toBe(404)
    clock.at += 360
    await ask(mock, 'DELETE', `${ORDERS}/${body.order_id}`)
    expect(await get(path)).toMatchObject({ order: { status: 'resting' } })
    expect((await ask(mock, 'DELETE', `${ORDERS}/${body.order_id}`)).status).toBe(404)
    clock.at += 360
    expect(await get(path)).toMatchObject({ order: { status: 'canceled' } })
  })

  it('books are on the NO scale, ascending, best last', async () => {
    for (const [side, cents] of [
      ['bid', 41],
      ['bid', 43],
      ['ask', 51],
      ['ask', 53],
    ] as const) {
      other(side, cents, cents)
    }
    const full = await get(`/markets/${T}/orderbook`)
    expect(full).toEqual({
      orderbook_fp: {
        no_dollars: [
          ['0.4700', '53.00'],
          ['0.4900', '51.00'],
        ],
        yes_dollars: [
          ['0.4100', '41.00'],
          ['0.4300', '43.00'],
        ],
      },
    })
    const top = await get(`/markets/${T}/orderbook?depth=1`)
    expect(top).toMatchObject({ orderbook_fp: { yes_dollars: [['0.4300', '43.00']] } })
  })

  it('an empty market shows 0.0000 and 1.0000', async () => {
    expect((await get(`/markets/${T}`)).market).toMatchObject({
      yes_bid_dollars: '0.0000',
      yes_ask_dollars: '1.0000',
      price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
      status: 'active',
    })
    expect((await ask(mock, 'GET', '/markets/KXNO')).status).toBe(404)
  })

  it('fees are found through event and series', async () => {
    await open({
      markets: [{ ticker: T, feeType: 'quadratic_with_maker_fees', feeMultiplier: 0.5 }],
    })
    const { event } = (await get('/events/KXREST-26DEC31')) as { event: Json }
    expect(event.series_ticker).toBe('KXREST')
    const { series } = (await get('/series/KXREST')) as { series: Json }
    expect(series).toMatchObject({ fee_type: 'quadratic_with_maker_fees', fee_multiplier: 0.5 })
  })
})

describe('the life of a market', () => {
  it('a pause refuses orders and lets cancels pass; its end cancels what rested', async () => {
    const kept = (await place('a', 'bid', '0.40', '5')).body
    const gone = (await place('b', 'bid', '0.41', '5')).body
    mock.exchange.lifecycle.deactivate(T)
    expect(await place('c', 'bid', '0.40', '5')).toMatchObject(refused(409, 'trading_is_paused'))
    expect((await ask(mock, 'DELETE', `${ORDERS}/${gone.order_id}`)).status).toBe(200)
    mock.exchange.lifecycle.activate(T)
    expect(await get(`/portfolio/orders/${kept.order_id}`)).toMatchObject({
      order: { status: 'canceled' },
    })
    expect((await place('c', 'bid', '0.40', '5')).status).toBe(201)
  })

  it('a pause cancels at once what asked for it', async () => {
    const { body } = await place('a', 'bid', '0.40', '5', { cancel_order_on_pause: true })
    mock.exchange.lifecycle.deactivate(T)
    expect(mock.account.orders.get(String(body.order_id))?.reason).toBe('HaltCancel')
  })

  it('at the close leftovers are canceled and orders refused', async () => {
    await openStill({ markets: [{ ticker: T, closeAt: clock.at + 1_000 }] })
    const { body } = await place('a', 'bid', '0.40', '5')
    pass(1_000)
    expect(mock.account.orders.get(String(body.order_id))).toMatchObject({ reason: 'CloseCancel' })
    expect(await place('b', 'bid', '0.40', '5')).toMatchObject(refused(409, 'market_closed'))
    expect((await get('/markets?status=closed')).markets).toHaveLength(1)
  })

  it('settlement pays, moves the position to settlements and finalizes the market', async () => {
    other('ask', 40, 10)
    await place('a', 'bid', '0.40', '10')
    const before = mock.account.cash
    settle('yes')
    expect(mock.account.cash - before).toBe(10_000_000)
    expect((await get('/portfolio/positions')).market_positions).toEqual([])
    expect((await get('/portfolio/settlements')).settlements).toMatchObject([
      { ticker: T, market_result: 'yes', revenue: 1_000, yes_count_fp: '10.00' },
    ])
    expect((await get(`/markets/${T}`)).market).toMatchObject({
      status: 'finalized',
      result: 'yes',
    })
  })

  it('the whole exchange can pause', async () => {
    mock.exchange.pauseTrading(true)
    expect(await place('a', 'bid', '0.40', '5')).toMatchObject(refused(409, 'exchange_is_paused'))
    expect(await get('/exchange/status')).toMatchObject({
      exchange_active: true,
      trading_active: false,
    })
  })
})
