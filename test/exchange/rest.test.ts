// The REST API over a real connection: what orders answer, how errors look, how lists page.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { type MockKalshi, type MockOptions, startMockKalshi } from '../../mock-kalshi/server.ts'
import { ask, type Json, order, read, signed } from './client.ts'

const T = 'KXREST-26DEC31-T1'

let mock: MockKalshi

const open = async (options: MockOptions = {}): Promise<MockKalshi> => {
  mock = await startMockKalshi({
    crowd: false,
    tier: 'unlimited',
    markets: [{ ticker: T }],
    ...options,
  })
  return mock
}
afterEach(() => mock.close())

const create = (body: Json) => ask(mock, 'POST', '/portfolio/events/orders', body)

/** Somebody else's resting order, in cents and contracts. */
const other = (side: 'bid' | 'ask', cents: number, contracts: number): void => {
  const { exchange } = mock
  const request = { ticker: T, side, price: cents * 100, quantity: contracts * 100 }
  exchange.place(exchange.stranger('other'), request)
}

describe('order writes', () => {
  it('create answers 201 with counts, without status and suffixes', async () => {
    await open()
    const { status, body } = await create(order(T, 'a1', 'bid', '0.4300', '50.00'))
    expect(status).toBe(201)
    expect(Object.keys(body).sort()).toEqual([
      'client_order_id',
      'fill_count',
      'order_id',
      'remaining_count',
      'ts_ms',
    ])
    expect(body).toMatchObject({
      client_order_id: 'a1',
      fill_count: '0.00',
      remaining_count: '50.00',
    })
  })

  it('create tells average price and fee of what filled at once', async () => {
    await open()
    other('ask', 52, 1)
    const body = order(T, 'a1', 'bid', '0.99', '1', { time_in_force: 'immediate_or_cancel' })
    expect((await create(body)).body).toMatchObject({
      average_fee_paid: '0.0175',
      average_fill_price: '0.5200',
      fill_count: '1.00',
      remaining_count: '0.00',
    })
  })

  it('averages of an ask are YES prices too', async () => {
    await open()
    other('bid', 30, 5)
    const { body } = await create(order(T, 'a1', 'ask', '0.30', '5'))
    expect(body).toMatchObject({ average_fill_price: '0.3000' })
  })

  it('amend, decrease and cancel answer in their own forms', async () => {
    await open()
    const id = String((await create(order(T, 'a1', 'bid', '0.40', '10'))).body.order_id)
    const path = `/portfolio/events/orders/${id}`
    const amended = await ask(mock, 'POST', `${path}/amend`, {
      ticker: T,
      side: 'bid',
      price: '0.41',
      count: '12.00',
      client_order_id: 'a1',
      updated_client_order_id: 'a2',
      expiration_time: Math.floor(Date.now() / 1000) + 60,
    })
    expect(amended.body).toMatchObject({
      order_id: id,
      remaining_count: '12.00',
      client_order_id: 'a2',
    })
    const listed = (await ask(mock, 'GET', `/portfolio/orders/${id}`)).body.order as Json
    expect(listed).toMatchObject({ yes_price_dollars: '0.4100', status: 'resting' })
    expect(listed.expiration_time).toMatch(/Z$/)
    const decreased = await ask(mock, 'POST', `${path}/decrease`, { reduce_to: '3' })
    expect(decreased.body).toMatchObject({ order_id: id, remaining_count: '3.00' })
    const canceled = await ask(mock, 'DELETE', `${path}?market_ticker=${T}&exchange_index=0`)
    expect(canceled.body).toMatchObject({ order_id: id, reduced_by: '3.00', client_order_id: 'a2' })
    expect((await ask(mock, 'DELETE', path)).status).toBe(404)
  })

  it('amend clears the expiry with 0 and keeps it when absent', async () => {
    await open()
    const expiration_time = Math.floor(Date.now() / 1000) + 60
    const id = String(
      (await create(order(T, 'a1', 'bid', '0.40', '10', { expiration_time }))).body.order_id,
    )
    const amend = (more: Json) =>
      ask(mock, 'POST', `/portfolio/events/orders/${id}/amend`, {
        ticker: T,
        side: 'bid',
        price: '0.40',
        count: '10',
        ...more,
      })
    await amend({})
    expect(mock.account.orders.get(id)?.expiresAt).toBe(expiration_time * 1000)
    await amend({ expiration_time: 0 })
    expect(mock.account.orders.get(id)?.expiresAt).toBe(0)
  })

  it('a batch answers item by item', async () => {
    await open()
    const orders = [order(T, 'b1', 'bid', '0.40', '1'), order(T, 'b1', 'bid', '0.41', '1')]
    const { status, body } = await ask(mock, 'POST', '/portfolio/events/orders/batched', { orders })
    expect(status).toBe(201)
    const [first, second] = body.orders as [Json, Json]
    expect(first).toMatchObject({ client_order_id: 'b1', error: null })
    expect(second).toMatchObject({ error: { code: 'order_already_exists' } })
    const gone = await ask(mock, 'DELETE', '/portfolio/events/orders/batched', {
      orders: [{ order_id: first.order_id, market_ticker: T }, { order_id: 'nobody' }],
    })
    expect(gone.body.orders).toMatchObject([
      { reduced_by: '1.00', error: null },
      { reduced_by: '0.00', error: { code: 'not_found' } },
    ])
  })

  it('cancel all answers 204 and nothing rests', async () => {
    await open()
    await create(order(T, 'a1', 'bid', '0.40', '10'))
    await create(order(T, 'a2', 'ask', '0.60', '10'))
    expect((await ask(mock, 'DELETE', '/portfolio/events/orders')).status).toBe(204)
    expect((await ask(mock, 'GET', '/portfolio/orders?status=resting')).body.orders).toEqual([])
  })
})

describe('refusals', () => {
  const base = order(T, 'r', 'bid', '0.40', '10')
  const cases: [string, Json, number, Json][] = [
    ['a number for count', { count: 10 }, 400, { code: 'bad_request', message: 'bad request' }],
    ['a number for price', { price: 0.4 }, 400, { code: 'bad_request', message: 'bad request' }],
    ['a price off the grid', { price: '0.4050' }, 400, { error: { code: 'invalid_price' } }],
    ['a price of a dollar', { price: '1.0000' }, 400, { error: { code: 'invalid_price' } }],
    [
      'too many decimals of a price',
      { price: '0.40000' },
      400,
      { error: { code: 'invalid_price' } },
    ],
    ['no size', { count: '0.00' }, 400, { error: { code: 'invalid_order_size' } }],
    [
      'a size below a hundredth',
      { count: '0.001' },
      400,
      { error: { code: 'invalid_order_size' } },
    ],
    ['an unknown ticker', { ticker: 'KXNO-1' }, 404, { error: { code: 'not_found' } }],
    ['another shard', { exchange_index: 2 }, 404, { error: { code: 'not_found' } }],
    [
      'an unknown time in force',
      { time_in_force: 'gtt' },
      400,
      { error: { code: 'invalid_parameters' } },
    ],
    ['a dot in the id', { client_order_id: 'a.b' }, 400, { error: { code: 'invalid_parameters' } }],
    [
      'reduce-only that may rest',
      { reduce_only: true },
      400,
      { error: { code: 'invalid_parameters' } },
    ],
    [
      'an expiry with immediate-or-cancel',
      { time_in_force: 'immediate_or_cancel', expiration_time: 2_000_000_000 },
      400,
      { error: { code: 'invalid_parameters' } },
    ],
    ['more than the cash', { count: '100000' }, 400, { error: { code: 'insufficient_balance' } }],
    [
      'a crossing post-only',
      { price: '0.60', post_only: true },
      400,
      { error: { code: 'invalid_order', details: 'post only cross' } },
    ],
  ]
  for (const [what, change, status, body] of cases) {
    it(`${what}: ${status}`, async () => {
      await open()
      other('ask', 55, 1)
      const reply = await create({ ...base, ...change })
      expect(reply.status).toBe(status)
      expect(reply.body).toMatchObject(body)
    })
  }

  it('a client order id is used up for ever, by cancel too', async () => {
    await open()
    const { body } = await create(base)
    await ask(mock, 'DELETE', `/portfolio/events/orders/${body.order_id}`)
    expect(await create(base)).toMatchObject({
      status: 409,
      body: { error: { code: 'order_already_exists' } },
    })
  })

  it('a write without JSON is refused flat', async () => {
    await open()
    const path = '/trade-api/v2/portfolio/events/orders'
    const headers = signed(mock.keys.ed25519, 'POST', path, Date.now())
    const reply = await read(
      await fetch(`${mock.url}/portfolio/events/orders`, { method: 'POST', headers }),
    )
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_content_type' } })
  })

  it('the writes of version 1 are gone', async () => {
    await open()
    const reply = await ask(mock, 'POST', '/portfolio/orders', base)
    expect(reply).toMatchObject({
      status: 410,
      body: { error: { code: 'deprecated_v1_order_endpoint' } },
    })
    expect((await ask(mock, 'DELETE', '/portfolio/orders/some-id')).status).toBe(410)
  })

  it('amends that name the wrong market, side or id say which', async () => {
    await open()
    const { body } = await create(base)
    const amend = async (more: Json) =>
      (
        await ask(mock, 'POST', `/portfolio/events/orders/${body.order_id}/amend`, {
          ticker: T,
          side: 'bid',
          price: '0.41',
          count: '10',
          ...more,
        })
      ).body
    expect(await amend({ ticker: 'X' })).toMatchObject({ error: { code: 'order_ticker_mismatch' } })
    expect(await amend({ side: 'ask' })).toMatchObject({ error: { code: 'order_side_mismatch' } })
    expect(await amend({ client_order_id: 'zz' })).toMatchObject({
      error: { code: 'order_id_and_client_order_id_mismatch' },
    })
  })
})

describe('rate limits', () => {
  it('basic allows ten creates at once, cancels cost a fifth', async () => {
    let at = 1_795_000_000_000
    await open({ tier: 'basic', now: () => at, timers: false })
    const ids: string[] = []
    for (let index = 0; index < 10; index++) {
      ids.push(String((await create(order(T, `l${index}`, 'bid', '0.40', '1'))).body.order_id))
    }
    const over = await create(order(T, 'l10', 'bid', '0.40', '1'))
    expect(over).toMatchObject({ status: 429, body: { error: 'too many requests' } })
    expect(over.headers.get('retry-after')).toBeNull()
    at += 20
    expect((await ask(mock, 'DELETE', `/portfolio/events/orders/${ids[0]}`)).status).toBe(200)
    expect((await ask(mock, 'DELETE', `/portfolio/events/orders/${ids[1]}`)).status).toBe(429)
    at += 100
    expect((await create(order(T, 'l10', 'bid', '0.40', '1'))).status).toBe(201)
  })

  it('a batch is let in whole or not at all', async () => {
    await open({ tier: 'basic', now: () => 1_795_000_000_000, timers: false })
    const batch = (count: number, head: string) => ({
      orders: Array.from({ length: count }, (_, index) =>
        order(T, `${head}${index}`, 'bid', '0.40', '1'),
      ),
    })
    expect(
      (await ask(mock, 'POST', '/portfolio/events/orders/batched', batch(11, 'x'))).status,
    ).toBe(429)
    expect(mock.account.orders.size).toBe(0)
    expect(
      (await ask(mock, 'POST', '/portfolio/events/orders/batched', batch(10, 'y'))).status,
    ).toBe(201)
  })

  it('the 429 body can be the object that production has sent', async () => {
    await open({ tier: 'basic', now: () => 1_795_000_000_000, knobs: { rateLimitBody: 'object' } })
    for (let index = 0; index < 10; index++) await create(order(T, `l${index}`, 'bid', '0.40', '1'))
    expect((await create(order(T, 'l10', 'bid', '0.40', '1'))).body).toEqual({
      error: { code: 'too_many_requests', message: 'too many requests' },
    })
  })
})

describe('reads', () => {
  it('lists come newest first, in pages that do not shift', async () => {
    await open()
    for (let index = 0; index < 5; index++) await create(order(T, `p${index}`, 'bid', '0.40', '1'))
    const first = (await ask(mock, 'GET', '/portfolio/orders?limit=2')).body
    await create(order(T, 'p5', 'bid', '0.40', '1'))
    const second = (await ask(mock, 'GET', `/portfolio/orders?limit=2&cursor=${first.cursor}`)).body
    const third = (await ask(mock, 'GET', `/portfolio/orders?limit=2&cursor=${second.cursor}`)).body
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
    await open()
    other('ask', 50, 10)
    await create(order(T, 'a', 'bid', '0.50', '10'))
    other('bid', 40, 7)
    const { body } = await create(order(T, 'b', 'bid', '0.40', '5'))
    const positions = (await ask(mock, 'GET', `/portfolio/positions?ticker=${T}`)).body
    expect(positions.market_positions).toMatchObject([
      {
        ticker: T,
        position_fp: '10.00',
        market_exposure_dollars: '5.000000',
        fees_paid_dollars: '0.175000',
      },
    ])
    const balance = (await ask(mock, 'GET', '/portfolio/balance')).body
    // 10000 - 5.00 - 0.175 in cash, 2.00 of it locked by the resting bid.
    expect(balance).toMatchObject({
      balance_dollars: '9992.8250',
      balance: 999_282,
      portfolio_value: 400,
    })
    const fills = (await ask(mock, 'GET', `/portfolio/fills?ticker=${T}`)).body.fills as Json[]
    expect(fills).toMatchObject([
      { count_fp: '10.00', is_taker: true, fee_cost: '0.175000', book_side: 'bid' },
    ])
    expect(fills[0]).not.toHaveProperty('client_order_id')
    const queue = (await ask(mock, 'GET', `/portfolio/orders/queue_positions?market_tickers=${T}`))
      .body
    expect(queue.queue_positions).toEqual([
      { market_ticker: T, order_id: body.order_id, queue_position_fp: '7.00' },
    ])
  })

  it('fills can be asked for by time', async () => {
    let at = 1_795_000_000_000
    await open({ now: () => at, timers: false })
    for (const id of ['a', 'b', 'c']) {
      other('ask', 50, 1)
      await create(order(T, id, 'bid', '0.50', '1'))
      at += 10_000
    }
    const since = 1_795_000_010
    const path = `/portfolio/fills?min_ts=${since}&max_ts=${since}`
    expect((await ask(mock, 'GET', path)).body.fills).toHaveLength(1)
    expect((await ask(mock, 'GET', `/portfolio/fills?min_ts=${since}`)).body.fills).toHaveLength(2)
  })

  it('reads can lag behind writes', async () => {
    let at = 1_795_000_000_000
    await open({ now: () => at, timers: false, knobs: { readLagMs: 360 } })
    const { body } = await create(order(T, 'a', 'bid', '0.40', '5'))
    const path = `/portfolio/orders/${body.order_id}`
    expect((await ask(mock, 'GET', path)).status).toBe(404)
    at += 360
    await ask(mock, 'DELETE', `/portfolio/events/orders/${body.order_id}`)
    expect((await ask(mock, 'GET', path)).body).toMatchObject({ order: { status: 'resting' } })
    expect((await ask(mock, 'DELETE', `/portfolio/events/orders/${body.order_id}`)).status).toBe(
      404,
    )
    at += 360
    expect((await ask(mock, 'GET', path)).body).toMatchObject({ order: { status: 'canceled' } })
  })

  it('books are on the NO scale, ascending, best last', async () => {
    await open()
    for (const [side, cents] of [
      ['bid', 41],
      ['bid', 43],
      ['ask', 51],
      ['ask', 53],
    ] as const) {
      other(side, cents, cents)
    }
    const full = (await ask(mock, 'GET', `/markets/${T}/orderbook`)).body
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
    const top = (await ask(mock, 'GET', `/markets/${T}/orderbook?depth=1`)).body
    expect(top).toMatchObject({ orderbook_fp: { yes_dollars: [['0.4300', '43.00']] } })
  })

  it('an empty market shows 0.0000 and 1.0000', async () => {
    await open()
    expect((await ask(mock, 'GET', `/markets/${T}`)).body.market).toMatchObject({
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
    const { event } = (await ask(mock, 'GET', '/events/KXREST-26DEC31')).body as { event: Json }
    expect(event.series_ticker).toBe('KXREST')
    const { series } = (await ask(mock, 'GET', '/series/KXREST')).body as { series: Json }
    expect(series).toMatchObject({ fee_type: 'quadratic_with_maker_fees', fee_multiplier: 0.5 })
  })
})

describe('the life of a market', () => {
  it('a pause refuses orders and lets cancels pass; its end cancels what rested', async () => {
    await open()
    const kept = (await create(order(T, 'a', 'bid', '0.40', '5'))).body
    const gone = (await create(order(T, 'b', 'bid', '0.41', '5'))).body
    mock.exchange.lifecycle.deactivate(T)
    expect(await create(order(T, 'c', 'bid', '0.40', '5'))).toMatchObject({
      status: 409,
      body: { error: { code: 'trading_is_paused' } },
    })
    expect((await ask(mock, 'DELETE', `/portfolio/events/orders/${gone.order_id}`)).status).toBe(
      200,
    )
    mock.exchange.lifecycle.activate(T)
    expect((await ask(mock, 'GET', `/portfolio/orders/${kept.order_id}`)).body).toMatchObject({
      order: { status: 'canceled' },
    })
    expect((await create(order(T, 'c', 'bid', '0.40', '5'))).status).toBe(201)
  })

  it('a pause cancels at once what asked for it', async () => {
    await open()
    const { body } = await create(
      order(T, 'a', 'bid', '0.40', '5', { cancel_order_on_pause: true }),
    )
    mock.exchange.lifecycle.deactivate(T)
    expect(mock.account.orders.get(String(body.order_id))?.reason).toBe('HaltCancel')
  })

  it('at the close leftovers are canceled and orders refused', async () => {
    let at = 1_795_000_000_000
    await open({ now: () => at, timers: false, markets: [{ ticker: T, closeAt: at + 1_000 }] })
    const { body } = await create(order(T, 'a', 'bid', '0.40', '5'))
    at += 1_000
    mock.tick()
    expect(mock.account.orders.get(String(body.order_id))).toMatchObject({ reason: 'CloseCancel' })
    expect(await create(order(T, 'b', 'bid', '0.40', '5'))).toMatchObject({
      status: 409,
      body: { error: { code: 'market_closed' } },
    })
    expect((await ask(mock, 'GET', '/markets?status=closed')).body.markets).toHaveLength(1)
  })

  it('settlement pays, moves the position to settlements and finalizes the market', async () => {
    await open()
    other('ask', 40, 10)
    await create(order(T, 'a', 'bid', '0.40', '10'))
    const before = mock.account.cash
    mock.exchange.lifecycle.determine(T, 'yes')
    mock.exchange.lifecycle.settle(T)
    expect(mock.account.cash - before).toBe(10_000_000)
    expect((await ask(mock, 'GET', '/portfolio/positions')).body.market_positions).toEqual([])
    expect((await ask(mock, 'GET', '/portfolio/settlements')).body.settlements).toMatchObject([
      { ticker: T, market_result: 'yes', revenue: 1_000, yes_count_fp: '10.00' },
    ])
    expect((await ask(mock, 'GET', `/markets/${T}`)).body.market).toMatchObject({
      status: 'finalized',
      result: 'yes',
    })
  })

  it('the whole exchange can pause', async () => {
    await open()
    mock.exchange.pauseTrading(true)
    expect(await create(order(T, 'a', 'bid', '0.40', '5'))).toMatchObject({
      status: 409,
      body: { error: { code: 'exchange_is_paused' } },
    })
    expect((await ask(mock, 'GET', '/exchange/status')).body).toMatchObject({
      exchange_active: true,
      trading_active: false,
    })
  })
})

const RECORDED = new URL(
  '../../../shared/data/rest-fixtures-demo-2026/kalshi-rest.jsonl.gz',
  import.meta.url,
)
const absent = !existsSync(RECORDED)
/** Keys that the recording has and the exchange has dropped since. */
const DROPPED = new Set([
  'service',
  'liquidity_dollars',
  'response_price_units',
  'fractional_trading_enabled',
  'resting_orders_count',
  // Terms of that one market.
  'custom_strike',
  'early_close_condition',
  'occurrence_datetime',
  'strike_type',
])

const without = (body: Json): Json =>
  JSON.parse(JSON.stringify(body, (key, value) => (DROPPED.has(key) ? undefined : value)))

describe(`recorded exchanges${absent ? ' (skipped: no recordings here)' : ''}`, () => {
  interface Case {
    readonly case: string
    readonly request_body: Json
    readonly status: number
    readonly body: Json
  }
  const cases = new Map<string, Case>()
  if (!absent) {
    for (const line of gunzipSync(readFileSync(RECORDED)).toString().trim().split('\n')) {
      const one = JSON.parse(line) as Case
      cases.set(one.case, one)
    }
  }
  const recorded = (name: string): Case => cases.get(name)!
  const market = 'KXWTACHALLENGERMATCH-26JUN11JIMLEP-LEP'

  it.skipIf(absent)('replayed requests get the recorded status and body', async () => {
    await open({ markets: [{ ticker: market }], balance: 100 })
    const { exchange } = mock
    for (let index = 0; index < 3; index++) {
      exchange.place(exchange.stranger('other'), {
        ticker: market,
        side: 'ask',
        price: 5_200,
        quantity: 100,
      })
    }
    const volatile = new Set(['order_id', 'ts_ms'])
    const steady = (body: Json): Json =>
      Object.fromEntries(Object.entries(without(body)).filter(([key]) => !volatile.has(key)))
    for (const name of [
      'orders__create_v2_maker',
      'orders__duplicate_client_order_id',
      'orders__create_v2_taker_ioc',
      'orders__insufficient_balance',
      'orders__numeric_field_types',
      'orders__post_only_cross',
      'orders__settlement_seed',
    ]) {
      const { request_body, status, body } = recorded(name)
      const reply = await create(request_body)
      expect([name, reply.status, steady(reply.body)]).toEqual([name, status, steady(body)])
      expect(Object.keys(reply.body).sort()).toEqual(Object.keys(without(body)).sort())
    }
    const gone = recorded('cleanup__leftover_0')
    const reply = await ask(mock, 'DELETE', '/portfolio/events/orders/nobody')
    expect([reply.status, reply.body]).toEqual([gone.status, without(gone.body)])
  })

  it.skipIf(absent)('answers have every key of the recorded ones', async () => {
    await open({ markets: [{ ticker: market }] })
    mock.exchange.place(mock.exchange.stranger('other'), {
      ticker: market,
      side: 'ask',
      price: 5_200,
      quantity: 100,
    })
    const { body } = await create(recorded('orders__create_v2_taker_ioc').request_body)
    const first = (value: unknown): Json => (value as Json[])[0]!
    for (const [name, path, pick] of [
      [
        'orders__get_after_create',
        `/portfolio/orders/${body.order_id}`,
        (row: Json) => row.order as Json,
      ],
      ['portfolio__orders_list', '/portfolio/orders', (row: Json) => first(row.orders)],
      ['fills__after_taker', '/portfolio/fills', (row: Json) => first(row.fills)],
      ['portfolio__positions', '/portfolio/positions', (row: Json) => first(row.market_positions)],
      ['portfolio__positions', '/portfolio/positions', (row: Json) => first(row.event_positions)],
      [
        'trades__public_recorded',
        `/markets/trades?ticker=${market}`,
        (row: Json) => first(row.trades),
      ],
      ['markets__single', `/markets/${market}`, (row: Json) => row.market as Json],
      ['auth__balance_ok', '/portfolio/balance', (row: Json) => row],
      ['account__limits', '/account/limits', (row: Json) => row],
      ['exchange__status', '/exchange/status', (row: Json) => row],
    ] as const) {
      const reply = await ask(mock, 'GET', path)
      expect([name, reply.status]).toEqual([name, recorded(name).status])
      const wanted = Object.keys(without(pick(recorded(name).body)))
      expect([name, Object.keys(pick(reply.body))]).toEqual([name, expect.arrayContaining(wanted)])
    }
  })
})
