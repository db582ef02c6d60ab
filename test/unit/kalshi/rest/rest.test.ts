// Requests and what becomes of them: every answer turned into accepted, rejected or unknown.

import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { CancelIntent, Intent, PlaceIntent } from '../../../../src/core/vocabulary/events.ts'
import { HeaderPool, importKey } from '../../../../src/kalshi/auth/sign.ts'
import type { Fetcher } from '../../../../src/kalshi/feed/dial.ts'
import { KalshiRest } from '../../../../src/kalshi/rest/rest.ts'
import { fillRow, orderRow } from './bodies.ts'

const BASE = 'https://exchange.test/trade-api/v2'
const ORDERS = '/trade-api/v2/portfolio/events/orders'
const NOW = 1_794_324_000_000
const MARKET = { ticker: 'KXA-26DEC01-T3', exchangeIndex: 2 }

const pair = generateKeyPairSync('ed25519')
const key = await importKey(
  pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as unknown as string,
)

interface Sent {
  readonly method: string
  readonly url: string
  readonly body: unknown
  readonly init: RequestInit
}

/** A client whose requests are answered by `answer`, in order of arrival. */
const create = (answer: (sent: Sent, index: number) => Response | Promise<Response>) => {
  const sent: Sent[] = []
  const skews: number[] = []
  const pool = new HeaderPool('key-1', key, () => NOW)
  const fetcher: Fetcher = (url, init) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : null
    const request = { method: String(init.method), url: url.replace(BASE, ''), body, init }
    sent.push(request)
    return Promise.resolve().then(() => answer(request, sent.length - 1))
  }
  const rest = new KalshiRest({ baseUrl: `${BASE}/` }, pool, fetcher, {
    timeoutMs: 1_000,
    subaccount: 7,
    onClockSkew: (ms) => skews.push(ms),
  })
  return { rest, pool, sent, skews }
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })

const OURS = { clientOrderId: 'mm-1', side: 'bid' } as const
const terms = { price: 4300, quantity: 5000, expiresAt: NOW + 60_999 }
const place: PlaceIntent = { kind: 'place', ...OURS, ...terms }
const cancel = (orderId: string): CancelIntent => ({ kind: 'cancel', ...OURS, orderId })
const ACK = { order_id: 'o-1', fill_count: '0.00', remaining_count: '50.00', ts_ms: 5 }

describe('the outcome of an order request', () => {
  const nested = (code: string) => ({ error: { code, message: 'words', details: 'more' } })
  const boom = (name: string) => () => Promise.reject(new DOMException('words', name))

  it.each([
    ['201', () => json(201, ACK), 'accepted', ''],
    ['200', () => json(200, ACK), 'accepted', ''],
    ['400 nested', () => json(400, nested('invalid_order')), 'rejected', 'invalid_order'],
    ['400 flat', () => json(400, { code: 'bad_request' }), 'rejected', 'bad_request'],
    ['400 bare', () => json(400, { msg: 'limit out of range' }), 'rejected', 'http_400'],
    ['400 text', () => json(400, { error: 'words' }), 'rejected', 'http_400'],
    ['400 unreadable', () => json(400, '<html>'), 'rejected', 'http_400'],
    ['401', () => json(401, nested('authentication_error')), 'rejected', 'authentication_error'],
    ['403', () => json(403, 'Forbidden'), 'rejected', 'http_403'],
    ['404', () => json(404, nested('not_found')), 'rejected', 'not_found'],
    ['409', () => json(409, nested('order_already_exists')), 'rejected', 'order_already_exists'],
    ['410', () => json(410, nested('deprecated_v1')), 'rejected', 'deprecated_v1'],
    ['429 text', () => json(429, { error: 'too many requests' }), 'rejected', 'too_many_requests'],
    ['429 nested', () => json(429, nested('too_many_requests')), 'rejected', 'too_many_requests'],
    ['408', () => json(408, ''), 'unknown', '408'],
    ['500', () => json(500, nested('internal')), 'unknown', '500'],
    ['502', () => json(502, '<html>'), 'unknown', '502'],
    ['503', () => json(503, { code: 'service_unavailable' }), 'unknown', 'service_unavailable'],
    ['302', () => json(302, ''), 'unknown', '302'],
    ['time out', boom('TimeoutError'), 'unknown', 'TimeoutError'],
    ['network', () => Promise.reject(new TypeError('fetch failed')), 'unknown', 'fetch failed'],
    ['201 unreadable', () => json(201, 'OK'), 'unknown', 'not JSON'],
    ['201 empty', () => json(201, ''), 'unknown', 'not JSON'],
    ['201 without an id', () => json(201, {}), 'unknown', 'order_id'],
    ['201 bad count', () => json(201, { ...ACK, fill_count: 0 }), 'unknown', 'counts'],
  ])('%s', async (_what, answer, kind, words) => {
    const { rest } = create(answer)
    const outcome = await rest.send(place, MARKET)
    expect(outcome.kind).toBe(kind)
    if (outcome.kind === 'rejected') expect(outcome.code).toBe(words)
    else if (outcome.kind === 'unknown') expect(outcome.detail).toContain(words)
    else expect(outcome.value).toEqual({ orderId: 'o-1', filled: 0, remaining: 5000, venueAt: 5 })
  })

  it('is unknown when the body breaks off after a 201', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError('terminated')),
    })
    const { rest } = create(() => new Response(body, { status: 201 }))
    expect((await rest.send(place, MARKET)).kind).toBe('unknown')
  })

  it('is unknown when no answer comes in time: the request carries its own time limit', async () => {
    const pool = new HeaderPool('key-1', key, () => NOW)
    const silent: Fetcher = (_url, init) =>
      new Promise((_resolve, reject) => {
        init.signal!.addEventListener('abort', () => reject(init.signal!.reason))
      })
    const rest = new KalshiRest({ baseUrl: BASE }, pool, silent, { timeoutMs: 1, subaccount: 0 })
    const outcome = await rest.send(place, MARKET)
    expect(outcome).toMatchObject({ kind: 'unknown', detail: expect.stringContaining('Timeout') })
    const patience = { timeoutMs: 1e6, readTimeoutMs: 1, subaccount: 0 }
    const patient = new KalshiRest({ baseUrl: BASE }, pool, silent, patience)
    expect((await patient.orders('KXA')).kind).toBe('unknown')
  })
})

describe('the status of the exchange', () => {
  const status = (trading_active: boolean) => ({
    ...{ exchange_active: true, trading_active },
    exchange_index_statuses: [
      { exchange_index: 0, exchange_active: true, trading_active },
      { exchange_index: 2, exchange_active: false, trading_active: true },
    ],
  })

  it.each([200, 503, 504])('is read from an answer of %d', async (code) => {
    const { rest } = create(() => json(code, status(false)))
    const shards = { 0: false, 2: false }
    expect(await rest.exchange()).toMatchObject({ value: { isTrading: false, shards } })
  })

  it('is unknown in any other 503, and needs no shards', async () => {
    expect((await create(() => json(503, '<html>')).rest.exchange()).kind).toBe('unknown')
    const { exchange_index_statuses: _, ...top } = status(true)
    const { rest } = create(() => json(200, top))
    expect(await rest.exchange()).toMatchObject({ value: { isTrading: true, shards: {} } })
  })
})

describe('an order request', () => {
  it('names the order group of the ticker, unless it takes', async () => {
    const { rest, sent } = create(() => json(201, ACK))
    const market = { ...MARKET, orderGroup: 'og-1' }
    await rest.send(place, market)
    await rest.send({ ...place, take: { limit: 4500 } }, market)
    await rest.send(place, { ...MARKET, orderGroup: '' })
    const names = sent.map(({ body }) => (body as { order_group_id?: string }).order_group_id)
    expect(names).toEqual(['og-1', undefined, undefined])
  })

  const send = async (intent: Intent) => {
    const { rest, sent } = create(() => json(200, ACK))
    expect((await rest.send(intent, MARKET)).kind).toBe('accepted')
    return sent[0]!
  }
  const existing = { clientOrderId: 'mm-1', orderId: 'o-1', side: 'ask' } as const

  it('expires by the exchange’s clock, and what rests is read back in ours', async () => {
    const row = {
      ...{ order_id: 'o-1', ticker: 'KXA', book_side: 'bid', yes_price_dollars: '0.43' },
      ...{ status: 'resting', fill_count_fp: '0.00', remaining_count_fp: '5.00' },
      expiration_time: new Date(NOW - 540_000).toISOString(),
    }
    const { rest, sent, pool } = create(({ method }) =>
      json(200, method === 'GET' ? { orders: [row], cursor: '' } : ACK),
    )
    pool.correctClock(NOW - 600_000)
    await rest.send(place, MARKET)
    await rest.send({ kind: 'amend', ...existing, price: 5200, total: 1, expiresAt: NOW }, MARKET)
    const expiry = sent.map(({ body }) => (body as { expiration_time: number }).expiration_time)
    const seconds = Math.floor(NOW / 1000)
    expect(expiry).toEqual([seconds + 60 - 600, seconds - 600])
    expect(await rest.orders('KXA')).toMatchObject({ value: [{ expiresAt: NOW + 60_000 }] })
  })

  it('to place is post-only, expires, and says its shard and subaccount', async () => {
    expect(await send(place)).toMatchObject({
      method: 'POST',
      url: '/portfolio/events/orders',
      body: {
        ticker: 'KXA-26DEC01-T3',
        client_order_id: 'mm-1',
        side: 'bid',
        count: '50.00',
        price: '0.4300',
        time_in_force: 'good_till_canceled',
        expiration_time: 1_794_324_060,
        self_trade_prevention_type: 'taker_at_cross',
        post_only: true,
        cancel_order_on_pause: true,
        subaccount: 7,
        exchange_index: 2,
      },
    })
  })

  it('to amend gives the new total and the new expiry', async () => {
    const sent = await send({ kind: 'amend', ...existing, price: 5200, total: 123, expiresAt: NOW })
    expect(sent).toMatchObject({
      method: 'POST',
      url: '/portfolio/events/orders/o-1/amend?subaccount=7',
      body: {
        ticker: 'KXA-26DEC01-T3',
        side: 'ask',
        price: '0.5200',
        count: '1.23',
        client_order_id: 'mm-1',
        expiration_time: 1_794_324_000,
        exchange_index: 2,
      },
    })
  })

  it('to decrease says by how much', async () => {
    expect(await send({ kind: 'decrease', ...existing, remaining: 250, by: 750 })).toMatchObject({
      method: 'POST',
      url: '/portfolio/events/orders/o-1/decrease?subaccount=7',
      body: { reduce_by: '7.50', exchange_index: 2, market_ticker: 'KXA-26DEC01-T3' },
    })
  })

  it('to cancel names the shard and has no body', async () => {
    const sent = await send({ kind: 'cancel', ...existing })
    expect(sent.url).toBe(
      '/portfolio/events/orders/o-1?subaccount=7&exchange_index=2&market_ticker=KXA-26DEC01-T3',
    )
    expect(sent).toMatchObject({ method: 'DELETE', body: null })
    expect(sent.init.headers).not.toHaveProperty('Content-Type')
  })

  it('is JSON, signed, and follows no redirect', async () => {
    const { init } = await send(place)
    expect(init.redirect).toBe('manual')
    expect(init.headers).toMatchObject({
      'Content-Type': 'application/json',
      'KALSHI-ACCESS-KEY': 'key-1',
      'KALSHI-ACCESS-TIMESTAMP': String(NOW),
    })
  })
})

describe('signatures made in advance', () => {
  it('let fetch be called in the same turn of the event loop', async () => {
    const { rest, pool, sent } = create(() => json(200, ACK))
    rest.keepPlace(1)
    rest.keepOrder('o-1')
    await pool.refresh()
    const waiting = [rest.send(place, MARKET)]
    expect(sent).toHaveLength(1)
    waiting.push(rest.send(cancel('o-1'), MARKET))
    expect(sent).toHaveLength(2)
    // The stock is used up: this one signs first.
    waiting.push(rest.send(place, MARKET))
    expect(sent).toHaveLength(2)
    await Promise.all(waiting)
    expect(sent).toHaveLength(3)
    expect(pool.counters).toEqual({ taken: 2, missed: 1, signed: 7 })
  })

  it('are made for exactly the paths that are sent, and dropped with the order', async () => {
    const { rest, pool } = create(() => json(200, ACK))
    rest.keepPlace(1)
    rest.keepOrder('o-1')
    await pool.refresh()
    expect(pool.take('POST', ORDERS)).not.toBeNull()
    expect(pool.take('DELETE', `${ORDERS}/o-1`)).not.toBeNull()
    expect(pool.take('POST', `${ORDERS}/o-1/amend`)).not.toBeNull()
    rest.dropOrder('o-1')
    expect(pool.take('POST', `${ORDERS}/o-1/decrease`)).toBeNull()
  })

  it('are thrown away when the exchange finds our clock wrong', async () => {
    const date = new Date(NOW + 42_000).toUTCString()
    const error = { error: { code: 'header_timestamp_expired', message: 'expired' } }
    const { rest, pool, skews } = create(() => json(401, error, { date }))
    rest.keepPlace(2)
    await pool.refresh()
    expect(await rest.send(place, MARKET)).toMatchObject({ kind: 'rejected', status: 401 })
    expect(skews).toEqual([42_500])
    expect(pool.take('POST', ORDERS)).toBeNull()
    const headers = await pool.fresh('POST', ORDERS)
    expect(headers['KALSHI-ACCESS-TIMESTAMP']).toBe(String(NOW + 42_500))
  })
})

describe('canceling many', () => {
  const intents = ['o-1', 'o-2', 'o-3'].map(cancel)

  it('gives each order its own outcome, in the order asked', async () => {
    const { rest, sent } = create(() =>
      json(200, {
        orders: [
          { order_id: 'o-2', reduced_by: '0.00', error: { code: 'not_found', message: 'gone' } },
          { order_id: 'o-1', reduced_by: '5.00', ts_ms: 9 },
        ],
      }),
    )
    expect(await rest.cancelMany(intents, MARKET)).toMatchObject([
      { kind: 'accepted', value: { orderId: 'o-1', venueAt: 9 } },
      { kind: 'rejected', status: 404, code: 'not_found' },
      { kind: 'unknown' },
    ])
    expect(sent[0]).toMatchObject({
      method: 'DELETE',
      url: '/portfolio/events/orders/batched',
      body: { orders: [{ order_id: 'o-1', subaccount: 7, exchange_index: 2 }, {}, {}] },
    })
  })

  it('that fails as a whole fails for each', async () => {
    const { rest } = create(() => json(429, { error: 'too many requests' }))
    const outcomes = await rest.cancelMany(intents, MARKET)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  it('of no order sends nothing', async () => {
    const { rest, sent } = create(() => json(500, ''))
    expect(await rest.cancelMany([], MARKET)).toEqual([])
    expect(sent).toEqual([])
  })
})

describe('reading the account', () => {
  it('orders come from all pages, resting only, of our subaccount', async () => {
    const { rest, sent } = create((_sent, index) =>
      json(200, { orders: [orderRow(`o-${index}`)], cursor: index < 2 ? `page ${index}` : '' }),
    )
    const outcome = await rest.orders('KXA')
    expect(outcome).toMatchObject({ value: ['o-0', 'o-1', 'o-2'].map((orderId) => ({ orderId })) })
    const path = '/portfolio/orders?ticker=KXA&status=resting&limit=1000&subaccount=7'
    const paths = [path, `${path}&cursor=page%200`, `${path}&cursor=page%201`]
    expect(sent.map(({ url }) => url)).toEqual(paths)
  })

  it('a cursor that comes back ends the reading, as unknown', async () => {
    const { rest, sent } = create(() => json(200, { orders: [], cursor: 'again' }))
    expect((await rest.orders('KXA')).kind).toBe('unknown')
    expect(sent).toHaveLength(2)
  })

  it('a page that fails makes the whole list fail: half a list is no list', async () => {
    const { rest } = create((_sent, index) =>
      index === 0 ? json(200, { orders: [orderRow()], cursor: 'x' }) : json(500, ''),
    )
    expect((await rest.orders('KXA')).kind).toBe('unknown')
  })

  it('fills come oldest first, from the second of the cursor on', async () => {
    const { rest, sent } = create((_sent, index) =>
      index === 0
        ? json(200, { fills: [fillRow('d', NOW + 9), fillRow('c', NOW + 5)], cursor: 'x' })
        : json(200, { fills: [fillRow('b', NOW + 5), fillRow('a', NOW)], cursor: '' }),
    )
    const outcome = await rest.fills('KXA', NOW + 1_999)
    expect(outcome).toMatchObject({ value: [...'abcd'].map((tradeId) => ({ tradeId })) })
    expect(sent[0]!.url).toContain(`min_ts=${NOW / 1000 + 1}&`)
  })

  it('all fills are asked for without a time', async () => {
    const { rest, sent } = create(() => json(200, { fills: [], cursor: '' }))
    expect(await rest.fills('KXA', 0)).toEqual({ kind: 'accepted', value: [] })
    expect(sent[0]!.url).not.toContain('min_ts')
  })

  it('a single order, a position and the balance', async () => {
    const { rest, sent } = create(({ url }) =>
      url.startsWith('/portfolio/orders/')
        ? json(200, { order: orderRow('o-1', { status: 'canceled' }) })
        : url.startsWith('/portfolio/positions')
          ? json(200, { market_positions: [], event_positions: [], cursor: '' })
          : json(200, { balance: 100, balance_dollars: '1.0000' }),
    )
    expect(await rest.order('o-1')).toMatchObject({ value: { status: 'canceled' } })
    expect(await rest.position('KXA')).toMatchObject({ value: { position: 0 } })
    expect(await rest.cash()).toMatchObject({ value: { total: 1_000_000 } })
    expect(sent.map(({ url }) => url)).toEqual([
      '/portfolio/orders/o-1',
      '/portfolio/positions?ticker=KXA&subaccount=7',
      '/portfolio/balance?subaccount=7',
    ])
  })

  it('the budget needs the limits; costs that fail are taken as published', async () => {
    const bucket = { refill_rate: 100, bucket_capacity: 100 }
    const limits = json(200, { read: bucket, write: bucket })
    const { rest } = create(({ url }) => (url === '/account/limits' ? limits : json(500, '')))
    expect(await rest.accountBudget()).toEqual({
      kind: 'accepted',
      value: {
        read: { refill: 100, capacity: 100 },
        write: { refill: 100, capacity: 100 },
        cost: { place: 10, amend: 10, decrease: 10, cancel: 2 },
      },
    })
    const failing = create(({ url }) =>
      url === '/account/limits'
        ? json(500, '')
        : json(200, { default_cost: 1, endpoint_costs: [] }),
    )
    expect((await failing.rest.accountBudget()).kind).toBe('unknown')
  })
})

describe('reading a market', () => {
  const market = {
    ticker: 'KXA-26DEC01-T3',
    event_ticker: 'KXA-26DEC01',
    market_type: 'binary',
    status: 'active',
    close_time: '2026-12-01T23:00:00Z',
  }
  const bodies: Record<string, unknown> = {
    '/markets/KXA-26DEC01-T3': { market },
    '/events/KXA-26DEC01': { event: { series_ticker: 'KXA' } },
    '/series/KXA': { series: { fee_type: 'quadratic_with_maker_fees', fee_multiplier: 1 } },
  }
  const answer = ({ url }: Sent) => (url in bodies ? json(200, bodies[url]) : json(404, ''))

  it('finds its fees by way of event and series, and keeps them for a while', async () => {
    const { rest, sent } = create(answer)
    for (const _round of [1, 2]) {
      expect(await rest.market('KXA-26DEC01-T3')).toMatchObject({
        kind: 'accepted',
        value: { fees: { maker: 17_500, taker: 70_000, source: 'quadratic_with_maker_fees' } },
      })
    }
    expect(sent.map(({ url }) => url)).toEqual([
      '/markets/KXA-26DEC01-T3',
      '/events/KXA-26DEC01',
      '/series/KXA',
      '/markets/KXA-26DEC01-T3',
    ])
    rest.forgetFees()
    await rest.market('KXA-26DEC01-T3')
    expect(sent).toHaveLength(7)
  })

  it.each(['/events', '/series'])('assumes the highest fees when %s fails', async (failing) => {
    const { rest } = create((sent) => (sent.url.startsWith(failing) ? json(500, '') : answer(sent)))
    expect(await rest.market('KXA-26DEC01-T3')).toMatchObject({
      value: { fees: { maker: 17_500, taker: 70_000, source: 'assumed' } },
    })
  })

  it('that the exchange does not have is rejected', async () => {
    const { rest } = create(() => json(404, { error: { code: 'not_found', message: 'no' } }))
    expect(await rest.market('KXB')).toMatchObject({ kind: 'rejected', status: 404 })
  })
})
