// An open mock exchange for the REST tests: empty books, no rate limit, one market, closed after
// each test.

import { afterEach } from 'vitest'
import { type MockKalshi, type MockOptions, startMockKalshi } from '../../../mocks/kalshi/server.ts'
import { ask, type Json, type Reply } from './client.ts'

export const T = 'KXREST-26DEC31-T1'

export let mock: MockKalshi
let opened: MockKalshi | null = null

/** Opens one for the running test. */
export const open = async (options: MockOptions = {}): Promise<MockKalshi> => {
  mock = await startMockKalshi({
    crowd: false,
    tier: 'unlimited',
    markets: [{ ticker: T }],
    ...options,
  })
  opened = mock
  return mock
}
afterEach(async () => {
  await opened?.close()
  opened = null
})

export const create = (body: Json): Promise<Reply> =>
  ask(mock, 'POST', '/portfolio/events/orders', body)

/** Somebody else's resting order, in cents and contracts. */
export const other = (side: 'bid' | 'ask', cents: number, contracts: number): void => {
  const { exchange } = mock
  const request = { ticker: T, side, price: cents * 100, quantity: contracts * 100 }
  exchange.place(exchange.stranger('other'), request)
}
