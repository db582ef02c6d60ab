// An open mock exchange for tests over real connections: empty books, no rate limit, one market,
// closed after each test.

import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type MockKalshi, type MockOptions, startMockKalshi } from '../../../mocks/kalshi/server.ts'
import { ask, type Json, Listener, order, type Reply } from './client.ts'

export const T = 'KXREST-26DEC31-T1'

export let mock: MockKalshi
let opened: MockKalshi | null = null

const start = (options: MockOptions): Promise<MockKalshi> =>
  startMockKalshi({ crowd: false, tier: 'unlimited', markets: [{ ticker: T }], ...options })

/** Opens one for the running test, in place of the one before. */
export const open = async (options: MockOptions = {}): Promise<MockKalshi> => {
  await opened?.close()
  mock = opened = await start(options)
  return mock
}
afterEach(async () => {
  await opened?.close()
  opened = null
  clock.at = START
})

/** Opens one for all tests of the file. */
export const openForAll = (options: MockOptions = {}): void => {
  beforeAll(async () => {
    mock = await start(options)
  })
  afterAll(() => mock.close())
}

/** Time in the test's hands, for an exchange of `openStill`. */
export const START = 1_795_000_000_000
export const clock = { at: START }
export const openStill = (options: MockOptions = {}): Promise<MockKalshi> =>
  open({ now: () => clock.at, timers: false, ...options })
/** Lets time pass, and what is due by then happens. */
export const pass = (ms: number): void => {
  clock.at += ms
  mock.tick()
}

export const settle = (result: 'yes' | 'no'): void => {
  mock.exchange.lifecycle.determine(T, result)
  mock.exchange.lifecycle.settle(T)
}

export let listener: Listener

/** Opens an exchange of these markets and a socket at it before each test of the file. */
export const openWithSocket = (...tickers: string[]): void => {
  beforeEach(async () => {
    await open({ markets: tickers.map((ticker) => ({ ticker })) })
    listener = await Listener.dial(mock)
  })
  afterEach(() => listener.close())
}

export const ORDERS = '/portfolio/events/orders'

export const create = (body: Json): Promise<Reply> => ask(mock, 'POST', ORDERS, body)

/** Places our order for the market T. */
export const place = (
  id: string,
  side: 'bid' | 'ask',
  price: string,
  count: string,
  more: Json = {},
): Promise<Reply> => create({ ...order(T, id, side, price, count), ...more })

/** The body of what an endpoint answers. */
export const get = async (path: string): Promise<Json> => (await ask(mock, 'GET', path)).body

/** A nested refusal, as `toMatchObject` takes it. */
export const refused = (status: number, code: string) => ({ status, body: { error: { code } } })

/** Somebody else's order, in cents and contracts: it rests or trades. */
export const other = (
  side: 'bid' | 'ask',
  cents: number,
  contracts: number,
  ticker = T,
  who = 'other',
): void => {
  const { exchange } = mock
  const request = { ticker, side, price: cents * 100, quantity: contracts * 100 }
  exchange.place(exchange.stranger(who), request)
}
