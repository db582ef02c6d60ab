// Order requests over a real connection: what they answer, how refusals look, what the limits
// allow.

import { beforeEach, describe, expect, it } from 'vitest'
import { ask, type Json, order, read, signed } from '../client.ts'
import {
  clock,
  create,
  get,
  mock,
  ORDERS,
  open,
  openStill,
  other,
  place,
  refused,
  T,
} from '../rig.ts'

beforeEach(() => open())

const amendment = (more: Json) => ({ ticker: T, side: 'bid', price: '0.40', count: '10', ...more })

describe('order writes', () => {
  it('create answers 201 with counts, without status and suffixes', async () => {
    const { status, body } = await place('a1', 'bid', '0.4300', '50.00')
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
    other('ask', 52, 1)
    const body = { ...order(T, 'a1', 'bid', '0.99', '1'), time_in_force: 'immediate_or_cancel' }
    expect((await create(body)).body).toMatchObject({
      average_fee_paid: '0.0175',
      average_fill_price: '0.5200',
      fill_count: '1.00',
      remaining_count: '0.00',
    })
  })

  it('averages of an ask are YES prices too', async () => {
    other('bid', 30, 5)
    const { body } = await place('a1', 'ask', '0.30', '5')
    expect(body).toMatchObject({ average_fill_price: '0.3000' })
  })

  it('amend, decrease and cancel answer in their own forms', async () => {
    const id = String((await place('a1', 'bid', '0.40', '10')).body.order_id)
    const path = `${ORDERS}/${id}`
    const change = {
      price: '0.41',
      count: '12.00',
      client_order_id: 'a1',
      updated_client_order_id: 'a2',
      expiration_time: Math.floor(Date.now() / 1000) + 60,
    }
    const amended = await ask(mock, 'POST', `${path}/amend`, amendment(change))
    expect(amended.body).toMatchObject({
      order_id: id,
      remaining_count: '12.00',
      client_order_id: 'a2',
    })
    const listed = (await get(`/portfolio/orders/${id}`)).order as Json
    expect(listed).toMatchObject({ yes_price_dollars: '0.4100', status: 'resting' })
    expect(listed.expiration_time).toMatch(/Z$/)
    const decreased = await ask(mock, 'POST', `${path}/decrease`, { reduce_to: '3' })
    expect(decreased.body).toMatchObject({ order_id: id, remaining_count: '3.00' })
    const canceled = await ask(mock, 'DELETE', `${path}?market_ticker=${T}&exchange_index=0`)
    expect(canceled.body).toMatchObject({ order_id: id, reduced_by: '3.00', client_order_id: 'a2' })
    expect((await ask(mock, 'DELETE', path)).status).toBe(404)
  })

  it('amend clears the expiry with 0 and keeps it when absent', async () => {
    const expiration_time = Math.floor(Date.now() / 1000) + 60
    const id = String((await place('a1', 'bid', '0.40', '10', { expiration_time })).body.order_id)
    const amend = (more: Json) => ask(mock, 'POST', `${ORDERS}/${id}/amend`, amendment(more))
    await amend({})
    expect(mock.account.orders.get(id)?.expiresAt).toBe(expiration_time * 1000)
    await amend({ expiration_time: 0 })
    expect(mock.account.orders.get(id)?.expiresAt).toBe(0)
  })

  it('a batch answers item by item', async () => {
    const orders = [order(T, 'b1', 'bid', '0.40', '1'), order(T, 'b1', 'bid', '0.41', '1')]
    const { status, body } = await ask(mock, 'POST', `${ORDERS}/batched`, { orders })
    expect(status).toBe(201)
    const [first, second] = body.orders as [Json, Json]
    expect(first).toMatchObject({ client_order_id: 'b1', error: null })
    expect(second).toMatchObject({ error: { code: 'order_already_exists' } })
    const gone = await ask(mock, 'DELETE', `${ORDERS}/batched`, {
      orders: [{ order_id: first.order_id, market_ticker: T }, { order_id: 'nobody' }],
    })
    expect(gone.body.orders).toMatchObject([
      { reduced_by: '1.00', error: null },
      { reduced_by: '0.00', error: { code: 'not_found' } },
    ])
  })

  it('cancel all answers 204 and nothing rests', async () => {
    await place('a1', 'bid', '0.40', '10')
    await place('a2', 'ask', '0.60', '10')
    expect((await ask(mock, 'DELETE', ORDERS)).status).toBe(204)
    expect((await get('/portfolio/orders?status=resting')).orders).toEqual([])
  })
})

describe('refusals', () => {
  const base = order(T, 'r', 'bid', '0.40', '10')
  const EXPIRING = { time_in_force: 'immediate_or_cancel', expiration_time: 2_000_000_000 }
  const CROSSING = { price: '0.60', post_only: true }
  it.each<[string, Json, number, string, string?]>([
    ['a price off the grid', { price: '0.4050' }, 400, 'invalid_price'],
    ['a price of a dollar', { price: '1.0000' }, 400, 'invalid_price'],
    ['too many decimals of a price', { price: '0.40000' }, 400, 'invalid_price'],
    ['no size', { count: '0.00' }, 400, 'invalid_order_size'],
    ['a size below a hundredth', { count: '0.001' }, 400, 'invalid_order_size'],
    ['an unknown ticker', { ticker: 'KXNO-1' }, 404, 'not_found'],
    ['another shard', { exchange_index: 2 }, 404, 'not_found'],
    ['an unknown time in force', { time_in_force: 'gtt' }, 400, 'invalid_parameters'],
    ['a dot in the id', { client_order_id: 'a.b' }, 400, 'invalid_parameters'],
    ['reduce-only that may rest', { reduce_only: true }, 400, 'invalid_parameters'],
    ['an expiry with immediate-or-cancel', EXPIRING, 400, 'invalid_parameters'],
    ['more than the cash', { count: '100000' }, 400, 'insufficient_balance'],
    ['a crossing post-only', CROSSING, 400, 'invalid_order', 'post only cross'],
  ])('%s: refused', async (_what, change, status, code, details) => {
    other('ask', 55, 1)
    const error = details === undefined ? { code } : { code, details }
    expect(await create({ ...base, ...change })).toMatchObject({ status, body: { error } })
  })

  it.each([['count'], ['price']])('a number for %s: refused, flat', async (name) => {
    other('ask', 55, 1)
    const body = { code: 'bad_request', message: 'bad request' }
    expect(await create({ ...base, [name]: name === 'count' ? 10 : 0.4 })).toMatchObject({
      status: 400,
      body,
    })
  })

  it('a client order id is used up for ever, by cancel too', async () => {
    const { body } = await create(base)
    await ask(mock, 'DELETE', `${ORDERS}/${body.order_id}`)
    expect(await create(base)).toMatchObject(refused(409, 'order_already_exists'))
  })

  it('a write without JSON is refused flat', async () => {
    const path = '/trade-api/v2/portfolio/events/orders'
    const headers = signed(mock.keys.ed25519, 'POST', path, Date.now())
    const reply = await read(await fetch(mock.url + ORDERS, { method: 'POST', headers }))
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_content_type' } })
  })

  it('the writes of version 1 are gone', async () => {
    const reply = await ask(mock, 'POST', '/portfolio/orders', base)
    expect(reply).toMatchObject(refused(410, 'deprecated_v1_order_endpoint'))
    expect((await ask(mock, 'DELETE', '/portfolio/orders/some-id')).status).toBe(410)
  })

  it('amends that name the wrong market, side or id say which', async () => {
    const { body } = await create(base)
    const path = `${ORDERS}/${body.order_id}/amend`
    const amend = async (more: Json) => (await ask(mock, 'POST', path, amendment(more))).body
    expect(await amend({ ticker: 'X' })).toMatchObject({ error: { code: 'order_ticker_mismatch' } })
    expect(await amend({ side: 'ask' })).toMatchObject({ error: { code: 'order_side_mismatch' } })
    expect(await amend({ client_order_id: 'zz' })).toMatchObject({
      error: { code: 'order_id_and_client_order_id_mismatch' },
    })
  })
})

describe('rate limits', () => {
  it('basic allows ten creates at once, cancels cost a fifth', async () => {
    await openStill({ tier: 'basic' })
    const ids: string[] = []
    for (let index = 0; index < 10; index++) {
      ids.push(String((await place(`l${index}`, 'bid', '0.40', '1')).body.order_id))
    }
    const over = await place('l10', 'bid', '0.40', '1')
    expect(over).toMatchObject({ status: 429, body: { error: 'too many requests' } })
    expect(over.headers.get('retry-after')).toBeNull()
    clock.at += 20
    expect((await ask(mock, 'DELETE', `${ORDERS}/${ids[0]}`)).status).toBe(200)
    expect((await ask(mock, 'DELETE', `${ORDERS}/${ids[1]}`)).status).toBe(429)
    clock.at += 100
    expect((await place('l10', 'bid', '0.40', '1')).status).toBe(201)
  })

  it('a batch is admitted completely or not at all', async () => {
    await open({ tier: 'basic', now: () => 1_795_000_000_000, timers: false })
    const batch = (count: number, head: string) => ({
      orders: Array.from({ length: count }, (_, index) =>
        order(T, `${head}${index}`, 'bid', '0.40', '1'),
      ),
    })
    expect((await ask(mock, 'POST', `${ORDERS}/batched`, batch(11, 'x'))).status).toBe(429)
    expect(mock.account.orders.size).toBe(0)
    expect((await ask(mock, 'POST', `${ORDERS}/batched`, batch(10, 'y'))).status).toBe(201)
  })

  it('the 429 body can be the object that production has sent', async () => {
    await open({ tier: 'basic', now: () => 1_795_000_000_000, knobs: { rateLimitBody: 'object' } })
    for (let index = 0; index < 10; index++) await place(`l${index}`, 'bid', '0.40', '1')
    expect((await place('l10', 'bid', '0.40', '1')).body).toEqual({
      error: { code: 'too_many_requests', message: 'too many requests' },
    })
  })
})
