// Faults take effect, and stop when ended; the operator API reaches all of them.

import { beforeEach, describe, expect, it } from 'vitest'
import { startMockKalshi } from '../../../../mocks/kalshi/server.ts'
import { ask, type Json, Listener, order, type Reply, read, signed } from '../client.ts'
import { mock, open, other, place, T } from '../rig.ts'

beforeEach(() => open())

let count = 0
const create = (): Promise<Reply> => place(`f${++count}`, 'bid', '0.40', '1')

const admin = async (path: string, body?: Json): Promise<Reply> =>
  read(
    await fetch(mock.adminUrl + path, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )

const listen = async (): Promise<Listener> => {
  const listener = await Listener.dial(mock)
  const params = { market_ticker: T, use_yes_price: true }
  await listener.subscribe(['orderbook_delta', 'trade'], params)
  await listener.count('orderbook_snapshot')
  return listener
}

describe('requests', () => {
  it('writes are refused with 429 while cancels pass', async () => {
    const { body } = await create()
    const end = mock.faults.refuseWrites()
    expect((await create()).status).toBe(429)
    const path = `/portfolio/events/orders/${body.order_id}`
    const amend = { ticker: T, side: 'bid', price: '0.41', count: '1' }
    expect((await ask(mock, 'POST', `${path}/amend`, amend)).status).toBe(429)
    expect((await ask(mock, 'DELETE', path)).status).toBe(200)
    end()
    expect((await create()).status).toBe(201)
  })

  it('a fault for a number of requests ends by itself', async () => {
    mock.faults.refuseWrites(2)
    expect([(await create()).status, (await create()).status, (await create()).status]).toEqual([
      429, 429, 201,
    ])
  })

  it('a failure before leaves nothing, a failure after leaves the order', async () => {
    mock.faults.fail(['create'], 500, { times: 1 })
    expect((await create()).status).toBe(500)
    expect(mock.account.orders.size).toBe(0)
    mock.faults.fail(['create'], 503, { when: 'after', times: 1 })
    expect((await create()).status).toBe(503)
    expect(mock.account.orders.size).toBe(1)
  })

  it('a lost answer leaves the order in the book', async () => {
    mock.faults.loseAnswers(['create'], 'destroy')
    await expect(create()).rejects.toThrow()
    expect([...mock.account.orders.values()].map(({ status }) => status)).toEqual(['resting'])
  })

  it('an answer that hangs never comes', async () => {
    mock.faults.loseAnswers(['create'])
    let answered = false
    const pending = create().then(
      () => (answered = true),
      () => {},
    )
    await mock.until(({ account }) => account.orders.size === 1)
    // A later request on the same server is answered, the lost one is not.
    await ask(mock, 'GET', '/portfolio/orders')
    expect(answered).toBe(false)
    await mock.close()
    await pending
    await open()
  })

  it('a delay before keeps the order out until then, a delay after only the answer', async () => {
    mock.faults.delay(['create'], 30, { when: 'after', times: 1 })
    const late = create()
    await mock.until(({ account }) => account.orders.size === 1)
    expect(mock.requests.recent.at(-1)?.status).toBe(0)
    expect((await late).status).toBe(201)
    mock.faults.delay(['create'], 30, { times: 1 })
    const later = create()
    await mock.until(({ requests }) => requests.count('create') === 2)
    expect(mock.account.orders.size).toBe(1)
    expect((await later).status).toBe(201)
  })

  it('are reported at arrival, with kind and body', async () => {
    const heard: [string, unknown][] = []
    const stop = mock.onRequest(({ kind, body }) => heard.push([kind, (body as Json)?.ticker]))
    await create()
    stop()
    await create()
    expect(heard).toEqual([['create', T]])
  })
})

describe('sockets', () => {
  it('are cut all at once', async () => {
    const listener = await listen()
    mock.faults.closeSockets()
    await listener.until(() => listener.closed)
    await mock.until(({ connections }) => connections === 0)
  })

  it('are refused with the status asked for', async () => {
    mock.faults.refuseDials(502, 1)
    await expect(Listener.dial(mock)).rejects.toThrow('Dial refused: 502')
    const end = mock.faults.refuseDials(401)
    await expect(Listener.dial(mock)).rejects.toThrow('Dial refused: 401')
    end()
    ;(await Listener.dial(mock)).close()
  })

  it('fall silent: no frames, no replies, and afterwards a gap', async () => {
    const listener = await listen()
    mock.faults.silent = true
    other('bid', 40, 1)
    listener.send({ id: 2, cmd: 'list_subscriptions' })
    // The order of one socket: a reply to a second socket proves that time has passed for the
    // first.
    await create()
    mock.faults.silent = false
    other('bid', 41, 1)
    await listener.count('orderbook_delta')
    expect(listener.of('orderbook_delta')[0]?.seq).toBeGreaterThan(2)
  })

  it('mute the book but answer commands', async () => {
    const listener = await listen()
    mock.faults.muteBook = true
    other('bid', 40, 1)
    await listener.command({ id: 2, cmd: 'list_subscriptions' })
    expect(listener.of('orderbook_delta')).toEqual([])
  })

  it.each([
    ['lost', 3],
    ['stuck', 2],
  ] as const)('withhold book deltas alone: %s, they take a number or none', async (how, seq) => {
    const listener = await listen()
    mock.faults.muteDeltas = how
    other('bid', 40, 1)
    const reply = await listener.command({ id: 2, cmd: 'list_subscriptions' })
    expect(reply).toMatchObject([{ type: 'ok' }])
    expect(listener.of('orderbook_delta')).toEqual([])
    mock.faults.clear()
    other('bid', 41, 1)
    await listener.count('orderbook_delta')
    expect(listener.of('orderbook_delta').map((frame) => frame.seq)).toEqual([seq])
  })

  it('skip a frame, double a frame, spoil a frame', async () => {
    const listener = await listen()
    mock.faults.skipFrames = 1
    other('bid', 40, 1)
    other('bid', 41, 1)
    mock.faults.duplicateFrames = 1
    other('bid', 42, 1)
    mock.faults.sendRaw('{"type":"orderbook_delta","sid":')
    await listener.until(() => listener.raw.some((text) => text.endsWith('"sid":')))
    expect(listener.of('orderbook_delta').map(({ seq }) => seq)).toEqual([3, 4, 4])
  })

  it('report a fill late', async () => {
    const listener = await Listener.dial(mock)
    await listener.subscribe(['fill', 'user_orders'])
    mock.faults.delayFillsMs = 20
    await create()
    other('ask', 40, 1)
    await listener.count('fill')
    const types = listener.frames.map(({ type }) => type)
    expect(types.indexOf('fill')).toBeGreaterThan(types.lastIndexOf('user_order'))
  })
})

describe('frames of one channel', () => {
  const story = async (what: 'drop' | 'duplicate' | 'echo' | 'delay' | 'swap', ms = 0) => {
    const listener = await listen()
    mock.faults.frames.add('orderbook_delta', what, { ms })
    other('bid', 40, 1)
    other('bid', 41, 1)
    other('bid', 42, 1)
    const last = (): boolean => listener.of('orderbook_delta').some(({ seq }) => seq === 4)
    await listener.until(last)
    return listener
  }
  const seqs = (listener: Listener) => listener.of('orderbook_delta').map(({ seq }) => seq)

  it.each([
    ['dropped', 'drop', [3, 4]],
    ['doubled', 'duplicate', [2, 2, 3, 4]],
    ['overtaken', 'swap', [3, 2, 4]],
    ['late', 'delay', [3, 4, 2]],
    ['sent once more later', 'echo', [2, 3, 4, 2]],
  ] as const)('are %s', async (_how, what, order) => {
    const listener = await story(what, 15)
    await listener.until(() => seqs(listener).length >= order.length)
    expect(seqs(listener)).toEqual(order)
  })

  it('fills too: once more, after the trade', async () => {
    const listener = await Listener.dial(mock)
    await listener.subscribe(['fill', 'trade'])
    mock.faults.frames.add('fill', 'echo', { ms: 5 })
    await create()
    other('ask', 40, 1)
    await listener.count('fill', 2)
    const [first, second] = listener.of('fill')
    expect(first?.msg?.trade_id).toBe(second?.msg?.trade_id)
    expect(mock.account.position(T)).toBe(100)
  })

  it('other channels go on undisturbed', async () => {
    const listener = await listen()
    mock.faults.frames.add('fill', 'drop', { times: 100 })
    other('bid', 40, 1)
    await listener.count('orderbook_delta')
  })

  it('end with a newline or miss ts_ms on demand', async () => {
    mock.faults.trailingNewline = true
    mock.faults.omitTsMs = true
    const listener = await listen()
    other('bid', 40, 1)
    await listener.count('orderbook_delta')
    expect(listener.raw.every((text) => text.endsWith('}\n'))).toBe(true)
    expect(listener.of('orderbook_delta')[0]?.msg).not.toHaveProperty('ts_ms')
  })
})

describe('the clock of the exchange', () => {
  it('can be wrong: signatures go stale and answers carry the other time', async () => {
    mock.faults.clockSkewMs = 120_000
    const body = order(T, 'skew', 'bid', '0.40', '1')
    const path = '/trade-api/v2/portfolio/events/orders'
    const send = async (at: number): Promise<Reply> =>
      read(
        await fetch(`${mock.url}/portfolio/events/orders`, {
          method: 'POST',
          headers: {
            ...signed(mock.keys.ed25519, 'POST', path, at),
            'content-type': 'application/json',
          },
          body: JSON.stringify(body),
        }),
      )
    const stale = await send(Date.now())
    expect(stale).toMatchObject({
      status: 401,
      body: { error: { code: 'header_timestamp_expired' } },
    })
    const told = Date.parse(String(stale.headers.get('date')))
    expect(told - Date.now()).toBeGreaterThan(110_000)
    expect((await send(told)).status).toBe(201)
    mock.faults.clear()
    expect(mock.exchange.now() - Date.now()).toBeLessThan(1_000)
  })
})

describe('storms', () => {
  it('hit a share of the requests, the same ones for the same seed', async () => {
    const struck = async (): Promise<number[]> => {
      const own = await startMockKalshi({ crowd: false, tier: 'unlimited', seed: 5 })
      own.faults.tooManyFor(['markets'], { share: 0.5 })
      const statuses: number[] = []
      for (let index = 0; index < 20; index++) {
        statuses.push((await fetch(`${own.url}/markets`)).status)
      }
      await own.close()
      return statuses
    }
    const first = await struck()
    expect(new Set(first)).toEqual(new Set([200, 429]))
    expect(await struck()).toEqual(first)
  })
})

describe('the operator API', () => {
  it('shows accounts, orders, positions and money', async () => {
    other('ask', 50, 10)
    await place('s1', 'bid', '0.50', '10')
    await create()
    const { body } = await admin('/state')
    expect(body.accounts).toMatchObject([
      {
        id: 'tested',
        deposited: '10000.000000',
        cash: '9994.825000',
        locked: '0.400000',
        fees: '0.175000',
        fills: 1,
        resting: [{ status: 'resting' }],
        positions: [{ ticker: T, position: '10.00' }],
      },
    ])
  })

  it('switches faults on and off by name', async () => {
    await admin('/fault', { fault: 'refuse-writes' })
    expect((await create()).status).toBe(429)
    await admin('/fault', { fault: 'refuse-writes', off: true })
    expect((await create()).status).toBe(201)
    await admin('/fault', { fault: 'fail', kinds: ['create'], status: 502, times: 1 })
    expect((await create()).status).toBe(502)
    await admin('/fault', { fault: 'fail', kinds: 'any', status: 500 })
    await admin('/fault', { fault: 'clear' })
    expect((await create()).status).toBe(201)
  })

  it('makes trades and moves markets', async () => {
    await create()
    const traded = await admin('/trade', { side: 'ask', count: '0.50' })
    expect(traded.body).toEqual({ ok: true, filled: '0.50' })
    expect(mock.account.position(T)).toBe(50)
    for (const [action, status] of [
      ['deactivate', 'inactive'],
      ['activate', 'active'],
      ['close', 'closed'],
    ] as const) {
      await admin('/market', { action })
      expect(mock.exchange.listing(T).status).toBe(status)
    }
    await admin('/market', { action: 'settle', result: 'no' })
    expect(mock.exchange.listing(T)).toMatchObject({ status: 'finalized', result: 'no' })
  })

  it('gives any answer that is asked for, and keeps faults apart by name', async () => {
    const teapot = { fault: 'answer', kinds: ['create'], status: 418, body: { msg: 'tea' } }
    await admin('/fault', { ...teapot, as: 'tea' })
    await admin('/fault', { ...teapot, kinds: ['orders'], status: 503, as: 'down' })
    expect(await create()).toMatchObject({ status: 418, body: { msg: 'tea' } })
    await admin('/fault', { fault: 'answer', as: 'tea', off: true })
    expect((await create()).status).toBe(201)
    expect((await ask(mock, 'GET', '/portfolio/orders')).status).toBe(503)
  })

  it('pauses, deposits, lists markets and turns knobs', async () => {
    await admin('/exchange', { action: 'pause' })
    expect((await create()).status).toBe(409)
    await admin('/exchange', { action: 'resume' })
    expect((await create()).status).toBe(201)
    await admin('/exchange', { action: 'pause', shard: 3 })
    expect((await admin('/state')).body.shards_paused).toEqual([3])
    await admin('/deposit', { dollars: 5, shard: 2 })
    expect(mock.account.purses[0]!.at(2)).toBe(5_000_000)
    await admin('/market', { action: 'list', ticker: 'KXLATER-27JAN01-A', exchange_index: 2 })
    expect(mock.exchange.listing('KXLATER-27JAN01-A').exchangeIndex).toBe(2)
    await admin('/knobs', { cancel_all_shadow_ms: 60_000, tier: 'prime' })
    expect(mock.exchange.knobs.cancelAllShadowMs).toBe(60_000)
    await admin('/market', { ticker: T, action: 'grid', structure: 'deci_cent' })
    await admin('/market', { ticker: T, action: 'waive-fees', for_s: 60 })
    await admin('/market', { ticker: T, action: 'override-fees', fee_type: 'quadratic' })
    expect(mock.exchange.listing(T)).toMatchObject({ priceLevelStructure: 'deci_cent' })
    await admin('/market', { ticker: T, action: 'move-close', in_s: 0 })
    expect(mock.exchange.listing(T).status).toBe('closed')
    await admin('/market', { ticker: T, action: 'determine', result: 'scalar', value: '0.3000' })
    expect(mock.exchange.listing(T).settlementValue).toBe(3_000)
  })

  it('counts what was asked and answered', async () => {
    await create()
    mock.faults.refuseWrites(1)
    await create()
    expect((await admin('/requests')).body).toMatchObject({
      total: 2,
      by_kind: { create: 2 },
      by_status: { 201: 1, 429: 1 },
      too_many: 1,
    })
  })

  it('says what it does not understand', async () => {
    for (const [path, body] of [
      ['/fault', { fault: 'rain' }],
      ['/market', { action: 'explode' }],
      ['/scenario', { scenario: 'crash' }],
      ['/trade', { side: 'bid', count: '1', ticker: 'KXNO' }],
      ['/fault', { fault: 'fail', kinds: ['creation'] }],
      ['/fault', { fault: 'frames', what: 'lose' }],
      ['/fault', { fault: 'clock-skew' }],
      ['/market', { action: 'grid', structure: 'wavy' }],
      ['/knobs', { cancel_all_shadow: 1 }],
      ['/deposit', { dollars: 1, subaccount: 9 }],
      ['/exchange', { action: 'sleep' }],
    ] as const) {
      const reply = await admin(path, body)
      expect(reply.status).toBe(400)
      expect(reply.body.error).toMatch(/failed: /)
    }
    expect((await admin('/nothing')).status).toBe(404)
  })
})
