// Shards: cash counts only where the market is, writes find their shard by what they name, and the
// rate limit of a write is that of the shards it went to.

import { beforeEach, describe, expect, it } from 'vitest'
import { ask, type Json, order } from '../client.ts'
import { create, get, mock, ORDERS, open, openStill, pass, refused, T } from '../rig.ts'

const FAR = 'KXFAR-26DEC31-T1'
const markets = [{ ticker: T }, { ticker: FAR, exchangeIndex: 2 }]

const move = (amount: number, more: Json = {}) =>
  ask(mock, 'POST', '/portfolio/intra_exchange_instance_transfer', {
    source: 'event_contract',
    destination: 'event_contract',
    source_exchange_shard: 0,
    destination_exchange_shard: 2,
    amount,
    ...more,
  })

beforeEach(() => open({ markets }))

describe('cash', () => {
  it('on another shard is no use: insufficient_balance although the account is full', async () => {
    const body = order(FAR, 'a', 'bid', '0.40', '10')
    expect(await create(body)).toMatchObject(refused(400, 'insufficient_balance'))
    expect(await get('/portfolio/balance')).toMatchObject({ balance_dollars: '10000.0000' })
    expect(await get('/portfolio/balance?exchange_index=2')).toMatchObject({ balance: 0 })
  })

  it('is moved between shards in ten-thousandths of a dollar', async () => {
    const { status, body } = await move(50_001)
    expect(status).toBe(200)
    expect(await get('/portfolio/balance')).toMatchObject({
      balance_dollars: '10000.0000',
      balance_breakdown: [
        { exchange_index: 0, balance: '9994.9999' },
        { exchange_index: 2, balance: '5.0001' },
      ],
    })
    expect((await create(order(FAR, 'a', 'bid', '0.40', '12'))).status).toBe(201)
    expect((await create(order(FAR, 'b', 'bid', '0.40', '1'))).status).toBe(400)
    const path = `/portfolio/intra_exchange_instance_transfers/${body.transfer_id}`
    expect(await get(path)).toMatchObject({
      transfer: { status: 'complete', amount: '5.0001', destination_exchange_shard: 2 },
    })
  })

  it('is pending between shards for as long as the knob says', async () => {
    await openStill({ markets, knobs: { transferMs: 500 } })
    await move(100_000)
    const money = mock.exchange.totalMoney()
    const list = async () =>
      (await get('/portfolio/intra_exchange_instance_transfers')).transfers as Json[]
    expect(await list()).toMatchObject([{ status: 'pending' }])
    expect(mock.account.purses[0]!.at(2)).toBe(0)
    pass(500)
    expect(await list()).toMatchObject([{ status: 'complete' }])
    expect(mock.account.purses[0]!.at(2)).toBe(10_000_000)
    expect(mock.exchange.totalMoney()).toBe(money)
  })

  it('that is locked by orders, or not there, is not moved', async () => {
    await open({ markets, balance: 10 })
    await create(order(T, 'a', 'bid', '0.90', '10'))
    expect((await move(10_001)).status).toBe(400)
    expect((await move(10_000)).status).toBe(200)
    expect((await move(0)).status).toBe(400)
    expect((await move(1, { destination_exchange_shard: 9 })).status).toBe(400)
    expect((await move(1, { destination: 'margined' })).status).toBe(400)
  })

  it('on the same shard goes between subaccounts and is listed with those transfers', async () => {
    await ask(mock, 'POST', '/portfolio/subaccounts', {})
    const more = { destination_exchange_shard: 0, destination_subaccount: 1 }
    const { body } = await move(20_000, more)
    expect((await get('/portfolio/subaccounts/transfers')).transfers).toMatchObject([
      { transfer_id: body.transfer_id, to_subaccount: 1, amount_cents: 200 },
    ])
  })

  it('is spread by a standing instruction, every ten seconds, without what is locked', async () => {
    await openStill({ markets, balance: 100 })
    await create(order(T, 'a', 'bid', '0.50', '20'))
    const allocate = (allocations: Json[]) =>
      ask(mock, 'POST', '/portfolio/target_balance_allocation', { allocations })
    expect((await allocate([{ exchange_index: 0, percent: 60 }])).status).toBe(400)
    const halves = [
      { exchange_index: 0, percent: 50 },
      { exchange_index: 2, percent: 50 },
    ]
    expect((await allocate(halves)).body).toMatchObject({
      allocations: halves,
      resting_margin_reservation: 'max',
    })
    mock.tick()
    // 100 less 10 locked by the order: 45 each, and the 10 stay where the order is.
    expect(mock.account.purses[0]!.cash[0]).toBe(55_000_000)
    expect(mock.account.purses[0]!.cash[2]).toBe(45_000_000)
    mock.account.deposit(20_000_000)
    pass(9_000)
    expect(mock.account.purses[0]!.cash[2]).toBe(45_000_000)
    pass(1_000)
    expect(mock.account.purses[0]!.cash[2]).toBe(55_000_000)
    await allocate([])
    expect((await get('/portfolio/target_balance_allocation')).allocations).toEqual([])
  })
})

describe('the way to a shard', () => {
  it('is named, or found by the ticker; an order id alone means shard 0', async () => {
    await open({ markets, balances: { 2: 100 } })
    const place = async (id: string, more: Json = {}) =>
      create({ ...order(FAR, id, 'bid', '0.40', '1'), ...more })
    expect((await place('a', { exchange_index: 0 })).status).toBe(404)
    expect((await place('b', { exchange_index: 2 })).status).toBe(201)
    expect((await place('c', { exchange_index: -1 })).status).toBe(201)
    const { body } = await place('d')
    const path = `${ORDERS}/${body.order_id}`
    expect((await ask(mock, 'DELETE', path)).status).toBe(404)
    expect((await ask(mock, 'DELETE', `${path}?exchange_index=0`)).status).toBe(404)
    const shrink = { reduce_by: '0.50' }
    expect((await ask(mock, 'POST', `${path}/decrease`, shrink)).status).toBe(404)
    const named = { ...shrink, market_ticker: FAR }
    expect((await ask(mock, 'POST', `${path}/decrease`, named)).status).toBe(200)
    expect((await ask(mock, 'DELETE', `${path}?market_ticker=${FAR}`)).status).toBe(200)
  })

  it('is shown on orders, fills, positions and markets, and filters them', async () => {
    await open({ markets, balances: { 2: 100 } })
    await create(order(T, 'a', 'bid', '0.40', '1'))
    await create(order(FAR, 'b', 'bid', '0.40', '1'))
    const { orders } = await get('/portfolio/orders?exchange_index=2')
    expect(orders).toMatchObject([{ client_order_id: 'b', exchange_index: 2 }])
    expect((await get(`/markets/${FAR}`)).market).toMatchObject({ exchange_index: 2 })
  })
})

describe('write tokens', () => {
  const place = (id: string, more: Json) => create({ ...order(T, id, 'bid', '0.40', '1'), ...more })

  it('are kept per shard; a write without a shard pays on all of them', async () => {
    const now = () => 1_795_000_000_000
    await open({ markets, balances: { 2: 100 }, tier: 'basic', now, timers: false })
    const far = (id: string) => create({ ...order(FAR, id, 'bid', '0.40', '1'), exchange_index: 2 })
    // 100 tokens on each shard, 10 a create.
    for (let index = 0; index < 5; index++) {
      expect((await place(`routed-${index}`, {})).status).toBe(201)
    }
    for (let index = 0; index < 5; index++) {
      expect((await place(`named-${index}`, { exchange_index: 0 })).status).toBe(201)
    }
    expect((await place('over', { exchange_index: 0 })).status).toBe(429)
    expect((await place('over', {})).status).toBe(429)
    // Shard 2 paid for the routed ones too, and for none of those that named shard 0.
    for (let index = 0; index < 5; index++) {
      expect((await far(`far-${index}`)).status).toBe(201)
    }
    expect((await far('far-over')).status).toBe(429)
  })

  it('are counted item by item in a batch, which is refused when one shard has not enough', async () => {
    await open({
      markets,
      balances: { 2: 100 },
      tier: 'basic',
      now: () => 1_795_000_000_000,
      timers: false,
    })
    const batch = (near: number, far: number, head: string) => ({
      orders: [
        ...Array.from({ length: near }, (_, index) => ({
          ...order(T, `${head}n${index}`, 'bid', '0.40', '1'),
          exchange_index: 0,
        })),
        ...Array.from({ length: far }, (_, index) => ({
          ...order(FAR, `${head}f${index}`, 'bid', '0.40', '1'),
          exchange_index: 2,
        })),
      ],
    })
    const send = (body: Json) => ask(mock, 'POST', `${ORDERS}/batched`, body)
    expect((await send(batch(1, 11, 'x'))).status).toBe(429)
    expect((await send(batch(10, 10, 'y'))).status).toBe(201)
    expect((await send(batch(1, 0, 'z'))).status).toBe(429)
  })
})

it('every shard has its own line in the status', async () => {
  const { exchange_index_statuses } = await get('/exchange/status')
  expect((exchange_index_statuses as Json[]).map((row) => row.exchange_index)).toEqual([0, 1, 2, 3])
})
