// Subaccounts: own cash, own positions, own orders; one client order id space and one self-trade
// check for all of them. What a call means when it names none differs by endpoint.

import { beforeEach, describe, expect, it } from 'vitest'
import { ask, type Json, Listener } from '../client.ts'
import { get, mock, open, other, place, refused, settle, T } from '../rig.ts'

const transfer = (id: string, from: number, to: number, cents: number, more: Json = {}) =>
  ask(mock, 'POST', '/portfolio/subaccounts/transfer', {
    client_transfer_id: id,
    from_subaccount: from,
    to_subaccount: to,
    amount_cents: cents,
    ...more,
  })

describe('subaccounts', () => {
  beforeEach(async () => {
    await open({ balance: 100 })
    await ask(mock, 'POST', '/portfolio/subaccounts', {})
  })

  it('are numbered from 1, up to 63', async () => {
    for (let number = 2; number <= 63; number++) {
      const { status, body } = await ask(mock, 'POST', '/portfolio/subaccounts', {})
      expect([status, body.subaccount_number]).toEqual([201, number])
    }
    expect((await ask(mock, 'POST', '/portfolio/subaccounts', {})).status).toBe(400)
  })

  it('have cash of their own, moved by transfers', async () => {
    const poor = await place('a', 'bid', '0.40', '10', { subaccount: 1 })
    expect(poor).toMatchObject(refused(400, 'insufficient_balance'))
    expect((await transfer('t1', 0, 1, 1_000)).status).toBe(200)
    const rich = await place('b', 'bid', '0.40', '10', { subaccount: 1 })
    expect(rich.status).toBe(201)
    expect(await get('/portfolio/balance')).toMatchObject({ balance_dollars: '90.0000' })
    expect(await get('/portfolio/balance?subaccount=1')).toMatchObject({ balance: 600 })
    expect((await get('/portfolio/subaccounts/balances')).subaccount_balances).toMatchObject([
      { subaccount_number: 0, exchange_index: 0, balance: '90.0000' },
      { subaccount_number: 1, exchange_index: 0, balance: '6.0000' },
    ])
    expect((await get('/portfolio/subaccounts/transfers')).transfers).toMatchObject([
      { from_subaccount: 0, to_subaccount: 1, amount_cents: 1_000, exchange_index: 0 },
    ])
  })

  it('refuse transfers that repeat an id, exceed free cash or go nowhere', async () => {
    await transfer('t1', 0, 1, 1_000)
    expect((await transfer('t1', 0, 1, 1_000)).status).toBe(409)
    await place('a', 'bid', '0.90', '95')
    expect(await transfer('t2', 0, 1, 500)).toMatchObject(refused(400, 'insufficient_balance'))
    expect((await transfer('t3', 0, 7, 1)).status).toBe(404)
    expect((await transfer('t4', 0, 0, 1)).status).toBe(400)
    expect((await transfer('', 0, 1, 1)).status).toBe(400)
    expect(mock.account.cash).toBe(100_000_000)
  })

  it('hold positions of their own, at opposite signs if need be', async () => {
    await transfer('t1', 0, 1, 5_000)
    other('ask', 50, 10)
    await place('a', 'bid', '0.50', '10')
    other('bid', 50, 4)
    await place('b', 'ask', '0.50', '4', { subaccount: 1 })
    const held = async (query: string) =>
      ((await get(`/portfolio/positions${query}`)).market_positions as Json[]).map(
        (row) => row.position_fp,
      )
    expect(await held('')).toEqual(['10.00'])
    expect(await held('?subaccount=0')).toEqual(['10.00'])
    expect(await held('?subaccount=1')).toEqual(['-4.00'])
  })

  it('mean all on orders, fills and settlements when not named, elsewhere the primary one', async () => {
    await transfer('t1', 0, 1, 5_000)
    other('ask', 50, 3)
    await place('a', 'bid', '0.50', '1')
    await place('b', 'bid', '0.50', '2', { subaccount: 1 })
    await place('c', 'bid', '0.30', '3', { subaccount: 1 })
    const count = async (path: string, key: string) => ((await get(path))[key] as Json[]).length
    expect(await count('/portfolio/orders', 'orders')).toBe(3)
    expect(await count('/portfolio/orders?subaccount=1', 'orders')).toBe(2)
    expect(await count('/portfolio/fills', 'fills')).toBe(2)
    expect(await count('/portfolio/fills?subaccount=0', 'fills')).toBe(1)
    const queue = `/portfolio/orders/queue_positions?market_tickers=${T}`
    expect(await count(queue, 'queue_positions')).toBe(0)
    expect(await count(`${queue}&subaccount=1`, 'queue_positions')).toBe(1)
    settle('yes')
    expect(await count('/portfolio/settlements', 'settlements')).toBe(2)
    expect(await count('/portfolio/settlements?subaccount=1', 'settlements')).toBe(1)
  })

  it('must be named to cancel, amend or decrease their orders', async () => {
    await transfer('t1', 0, 1, 5_000)
    const { body } = await place('a', 'bid', '0.40', '10', { subaccount: 1 })
    const path = `/portfolio/events/orders/${body.order_id}`
    const amend = { ticker: T, side: 'bid', price: '0.41', count: '9' }
    expect((await ask(mock, 'DELETE', path)).status).toBe(404)
    expect((await ask(mock, 'POST', `${path}/amend`, amend)).status).toBe(404)
    expect((await ask(mock, 'POST', `${path}/amend?subaccount=1`, amend)).status).toBe(200)
    const decrease = { reduce_to: '5' }
    expect((await ask(mock, 'POST', `${path}/decrease?subaccount=1`, decrease)).status).toBe(200)
    expect((await ask(mock, 'DELETE', `${path}?subaccount=1`)).body.reduced_by).toBe('5.00')
  })

  it('are canceled alone or together', async () => {
    await transfer('t1', 0, 1, 5_000)
    await place('a', 'bid', '0.40', '1')
    await place('b', 'bid', '0.40', '1', { subaccount: 1 })
    await ask(mock, 'DELETE', '/portfolio/events/orders?subaccount=1')
    const resting = () =>
      [...mock.account.orders.values()].filter(({ status }) => status === 'resting').length
    expect(resting()).toBe(1)
    await place('c', 'bid', '0.40', '1', { subaccount: 1 })
    await ask(mock, 'DELETE', '/portfolio/events/orders')
    expect(resting()).toBe(0)
  })

  it('do not trade with each other, and share client order ids', async () => {
    await transfer('t1', 0, 1, 5_000)
    await place('a', 'ask', '0.50', '5')
    const met = await place('b', 'bid', '0.50', '5', { subaccount: 1 })
    expect(met.body).toMatchObject({ fill_count: '0.00', remaining_count: '0.00' })
    expect((await place('a', 'bid', '0.40', '1', { subaccount: 1 })).status).toBe(409)
  })

  it('are named in frames and rows', async () => {
    await transfer('t1', 0, 1, 5_000)
    const listener = await Listener.dial(mock)
    await listener.subscribe(['orderbook_delta', 'fill', 'user_orders', 'market_positions'], {
      market_tickers: [T],
    })
    await place('a', 'bid', '0.40', '2', { subaccount: 1 })
    other('ask', 40, 1)
    await listener.count('market_position')
    expect(listener.of('orderbook_delta')[0]?.msg?.subaccount).toBe(1)
    expect(listener.of('fill')[0]?.msg?.subaccount).toBe(1)
    expect(listener.of('user_order')[0]?.msg?.subaccount_number).toBe(1)
    expect(listener.of('market_position')[0]?.msg?.subaccount).toBe(1)
    expect((await get('/portfolio/fills')).fills).toMatchObject([{ subaccount_number: 1 }])
  })

  it('that do not exist are not found; numbers beyond 63 are refused', async () => {
    expect((await place('a', 'bid', '0.40', '1', { subaccount: 9 })).status).toBe(404)
    expect((await ask(mock, 'GET', '/portfolio/balance?subaccount=9')).status).toBe(404)
    expect((await ask(mock, 'GET', '/portfolio/balance?subaccount=64')).status).toBe(400)
  })

  it('keep a netting flag that can be read and set', async () => {
    const body = { subaccount_number: 1, enabled: false }
    expect((await ask(mock, 'PUT', '/portfolio/subaccounts/netting', body)).status).toBe(200)
    const { netting_configs } = await get('/portfolio/subaccounts/netting')
    const own = (netting_configs as Json[]).filter((row) => row.subaccount_number === 1)
    expect(own).toHaveLength(4)
    expect(own.every((row) => row.enabled === false)).toBe(true)
  })
})
