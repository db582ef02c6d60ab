// The mock oracles over real loopback sockets, with the clock in the test's hand. Nothing here
// waits for time to pass: a test goes on when the frame, the answer or the end of a socket has
// arrived.

import { once } from 'node:events'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import {
  type MockOracles,
  type MockOraclesOptions,
  startMockOracles,
} from '../../../mocks/oracles/server.ts'

const T0 = Date.parse('2026-11-24T12:00:00Z')
const GAME = 'nfl-dal-nyg-2026-12-24'

type Json = Record<string, unknown>

let now = T0
let mock: MockOracles
const sockets: WebSocket[] = []

const start = async (options: MockOraclesOptions = {}): Promise<void> => {
  await mock?.close()
  now = T0
  mock = await startMockOracles({
    walkCents: 0,
    takerEveryMs: 0,
    timers: false,
    now: () => now,
    ...options,
  })
}
beforeEach(() => start())
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})
afterAll(() => mock.close())

const get = async (url: string): Promise<{ status: number; headers: Headers; body: unknown }> => {
  const response = await fetch(url)
  return { status: response.status, headers: response.headers, body: await response.json() }
}
const post = async (url: string, body: unknown): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}
const admin = (act: string, body: Json = {}) => post(`${mock.adminUrl}/${act}`, body)

/** A client of the market channel: texts are taken one after the other, waiting for the next. */
class Client {
  readonly socket: WebSocket
  readonly closed: Promise<unknown>
  readonly #texts: string[] = []
  #wake: (() => void) | null = null

  constructor() {
    this.socket = new WebSocket(mock.wsUrl)
    sockets.push(this.socket)
    this.closed = once(this.socket, 'close')
    this.socket.on('message', (data) => {
      this.#texts.push(String(data))
      this.#wake?.()
    })
  }

  async next(): Promise<string> {
    while (this.#texts.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#texts.shift()!
  }

  async frame(type: string): Promise<Json> {
    for (;;) {
      const text = await this.next()
      if (!text.startsWith('{')) continue
      const frame = JSON.parse(text) as Json
      if (frame.event_type === type) return frame
    }
  }
}

const subscribe = async (): Promise<{
  client: Client
  tokens: readonly string[]
  dump: Json[]
}> => {
  const { body } = await get(`${mock.gammaUrl}/markets/slug/${GAME}`)
  const tokens = JSON.parse((body as { clobTokenIds: string }).clobTokenIds) as string[]
  const client = new Client()
  await once(client.socket, 'open')
  client.socket.send(JSON.stringify({ type: 'market', assets_ids: tokens, initial_dump: true }))
  return { client, tokens, dump: JSON.parse(await client.next()) as Json[] }
}

const moveTo = async (p: number): Promise<void> => {
  await admin('fair', { event: GAME, p })
  now += 1_000
  mock.tick()
}

describe('Polymarket', () => {
  it('is found by slug, subscribed to by token, and moves with the fair value', async () => {
    const { client, tokens, dump } = await subscribe()
    expect(dump.map(({ asset_id }) => asset_id)).toEqual(tokens)
    await moveTo(0.675)
    let change = (await client.frame('price_change')) as { price_changes: Json[] }
    const final = { asset_id: tokens[0], best_bid: '0.67', best_ask: '0.68' }
    while (change.price_changes[0]?.best_bid !== final.best_bid) {
      change = (await client.frame('price_change')) as { price_changes: Json[] }
    }
    expect(change.price_changes[0]).toMatchObject(final)
    expect(change.price_changes[1]).toMatchObject({ best_bid: '0.32', best_ask: '0.33' })
    const token = tokens[0]
    const clob = (path: string) => get(`${mock.clobUrl}${path}`).then(({ body }) => body)
    expect(await clob(`/midpoint?token_id=${token}`)).toEqual({ mid: '0.675' })
    expect(await clob(`/price?token_id=${token}&side=BUY`)).toEqual({ price: '0.67' })
    expect(await clob(`/price?token_id=${token}&side=SELL`)).toEqual({ price: '0.68' })
    expect(await clob(`/spread?token_id=${token}`)).toEqual({ spread: '0.01' })
    expect(await clob(`/last-trade-price?token_id=${token}`)).toEqual({ price: '0.5', side: '' })
    expect(await clob(`/tick-size?token_id=${token}`)).toEqual({ minimum_tick_size: 0.01 })
    expect(await clob('/time')).toBe(Math.floor(now / 1000))
  })

  it('gives many books at once, and refuses in its own words', async () => {
    const { tokens } = await subscribe()
    const books = await post(
      `${mock.clobUrl}/books`,
      [...tokens, '1'].map((token_id) => ({ token_id })),
    )
    expect((books.body as Json[]).map(({ asset_id }) => asset_id)).toEqual(tokens)
    expect(await get(`${mock.clobUrl}/book?token_id=abc`)).toMatchObject({
      status: 400,
      body: { error: 'Invalid token id' },
    })
    expect(await get(`${mock.clobUrl}/book?token_id=12345`)).toMatchObject({
      status: 404,
      body: { error: 'No orderbook exists for the requested token id' },
    })
    expect((await get(`${mock.clobUrl}/price?token_id=${tokens[0]}`)).status).toBe(400)
    expect((await get(`${mock.gammaUrl}/markets/slug/unknown`)).status).toBe(404)
  })

  it('hides closed markets from listings, and keeps them active for ever', async () => {
    await admin('resolve', { event: GAME, result: 0 })
    const list = async (query: string) =>
      (await get(`${mock.gammaUrl}/markets?slug=${GAME}${query}`)).body as Json[]
    expect(await list('')).toEqual([])
    const [market] = await list('&closed=true')
    expect(market).toMatchObject({ active: true, closed: true, acceptingOrders: false })
    expect(market).not.toHaveProperty('bestBid')
    expect(market?.outcomePrices).toBe('["0","1"]')
  })

  it('answers PING, cuts sockets, and refuses as many dials as asked', async () => {
    const { client } = await subscribe()
    client.socket.send('PING')
    expect(await client.next()).toBe('PONG')
    await admin('refuse', { status: 503, times: 1 })
    expect((await admin('drop')).body).toEqual({ dropped: 1 })
    await client.closed
    const refused = new WebSocket(mock.wsUrl)
    const [error] = (await once(refused, 'error')) as [Error]
    expect(error.message).toContain('503')
    expect((await subscribe()).dump).toHaveLength(2)
  })

  it('closes a socket without heartbeat', async () => {
    const { client } = await subscribe()
    now += 15_000
    mock.tick()
    expect(await client.closed).toMatchObject([1000, expect.anything()])
  })

  it('fails with a page that is no JSON', async () => {
    await admin('fail', { source: 'polymarket', status: 403 })
    const response = await fetch(`${mock.clobUrl}/time`)
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(await response.text()).toMatch(/^<!DOCTYPE/)
    expect((await get(`${mock.clobUrl}/time`)).status).toBe(200)
  })

  it('leaves requests without an answer when it is silent', async () => {
    await admin('knobs', { source: 'polymarket', silent: true })
    const abort = new AbortController()
    const request = fetch(`${mock.clobUrl}/time`, { signal: abort.signal }).catch(() => 'no answer')
    // The state is asked after it, and counts it: it has arrived and was left.
    for (;;) {
      const { body } = await get(`${mock.adminUrl}/state`)
      if ((body as { requests: Json }).requests['clob silence'] === 1) break
    }
    abort.abort()
    expect(await request).toBe('no answer')
  })
})

describe('The Odds API', () => {
  const odds = (query = '') =>
    get(
      `${mock.oddsUrl}/sports/americanfootball_nfl/odds?apiKey=${mock.oddsKey}&bookmakers=draftkings&markets=h2h${query}`,
    )

  it('lists sports, events and moneylines, with their cost', async () => {
    await start({ credits: 100 })
    const sports = (await get(`${mock.oddsUrl}/sports?apiKey=${mock.oddsKey}`)).body as Json[]
    expect(sports.map(({ key }) => key)).toEqual(['americanfootball_nfl', 'basketball_nba'])
    const { status, headers, body } = await odds('&oddsFormat=american')
    expect(status).toBe(200)
    expect(headers.get('x-requests-remaining')).toBe('99')
    expect(headers.get('x-requests-used')).toBe('1')
    expect(headers.get('x-requests-last')).toBe('1')
    const [event] = body as { id: string; bookmakers: Json[] }[]
    expect(event?.bookmakers).toMatchObject([{ key: 'draftkings', title: 'DraftKings' }])
    const one = await get(
      `${mock.oddsUrl}/sports/americanfootball_nfl/events/${event?.id}/odds?apiKey=${mock.oddsKey}&bookmakers=draftkings&oddsFormat=american`,
    )
    expect(one.body).toEqual(event)
  })

  it('runs out of credits when the operator says so', async () => {
    await admin('quota', { remaining: 0, exhausted_status: 429 })
    expect(await odds()).toMatchObject({
      status: 429,
      body: {
        error_code: 'OUT_OF_USAGE_CREDITS',
        details_url:
          'https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html#out-of-usage-credits',
      },
    })
  })

  it('can be corrupted and late without effect on Polymarket', async () => {
    await admin('malformed', { source: 'odds', form: 'half' })
    await expect(odds()).rejects.toThrow(/JSON/)
    expect((await odds()).status).toBe(200)
    await admin('knobs', { source: 'odds', lag_ms: 600_000 })
    await moveTo(0.8)
    await admin('scrape')
    const state = (await get(`${mock.adminUrl}/state`)).body as { events: Json[] }
    expect(state.events[0]).toMatchObject({
      polymarket: { bid: 0.8, ask: 0.81 },
      odds: { believed: expect.closeTo(0.57, 6) },
    })
  })

  it('forgets an event that is over', async () => {
    await admin('resolve', { event: GAME, result: 0.5 })
    const { headers, body } = await odds()
    expect(body).toEqual([])
    expect(headers.get('x-requests-last')).toBe('0')
  })
})

describe('the operator API', () => {
  it('says what is wrong, and knows only its own acts', async () => {
    expect(await admin('fair', { event: GAME })).toEqual({
      status: 400,
      body: { error: 'Operator request failed: p was absent, wanted a number from 0 to 1' },
    })
    expect((await admin('dance')).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${mock.port}/elsewhere`)).status).toBe(404)
  })
})
