// Order groups: what fills of a group add up to, what happens when they reach its limit, and who
// may do what with a group.

import { beforeEach, describe, expect, it } from 'vitest'
import type { OrderGroup } from '../../../../mocks/kalshi/exchange/facts.ts'
import { isRefusal } from '../../../../mocks/kalshi/exchange/refusal.ts'
import type { ExchangeKnobs } from '../../../../mocks/kalshi/matching/requests.ts'
import { ask, type Json, Listener, order, type WireFrame } from '../client.ts'
import { Desk } from '../desk.ts'
import { create, get, mock, open, other, refused, T } from '../rig.ts'

/** Ann with a group, and bids of it at 40 and 39. */
const grouped = (limit: number, knobs: Partial<ExchangeKnobs> = {}) => {
  const desk = new Desk(knobs)
  const terms = { subaccount: 0, shard: 0, limit: limit * 100 }
  const group = desk.exchange.groups.create(desk.ann, 'g', terms) as OrderGroup
  const best = desk.place(desk.ann, 'bid', 40, 10, { group: 'g' })
  const next = desk.place(desk.ann, 'bid', 39, 10, { group: 'g' })
  const sell = (contracts: number): unknown =>
    desk.place(desk.bob, 'ask', 39, contracts, { timeInForce: 'immediate_or_cancel' })
  return { desk, group, best, next, sell }
}

describe('an order group', () => {
  it('trips when its fills within 15 seconds reach the limit: everything in it is canceled', () => {
    const { desk, group, best, next, sell } = grouped(5)
    const free = desk.place(desk.ann, 'bid', 38, 10)
    sell(3)
    desk.at += 14_999
    expect(group.triggered).toBe(false)
    sell(2)
    expect(group.triggered).toBe(true)
    expect([best.status, next.status, free.status]).toEqual(['canceled', 'canceled', 'resting'])
    expect(best.filled).toBe(500)
  })

  it('forgets what was matched 15 seconds ago', () => {
    const { desk, group, sell } = grouped(5)
    sell(3)
    desk.at += 15_000
    sell(4)
    expect(group.triggered).toBe(false)
    expect(desk.exchange.groups.matchedIn(group, desk.at)).toBe(400)
  })

  it('takes an incoming order as a whole before it trips', () => {
    const { best, next, group, sell } = grouped(5)
    sell(15)
    expect([best.filled, next.filled, group.triggered]).toEqual([1_000, 500, true])
    expect(next.status).toBe('canceled')
  })

  it('counts what its orders take as well, and cancels what is left of the taker', () => {
    const { desk, group } = grouped(5)
    desk.place(desk.bob, 'ask', 60, 6)
    const taker = desk.place(desk.ann, 'bid', 60, 8, { group: 'g' })
    expect([taker.filled, taker.status, group.triggered]).toEqual([600, 'canceled', true])
  })

  it('with the other reading of the guide trips only beyond the limit', () => {
    const { group, sell } = grouped(5, { groupTrips: 'exceed' })
    sell(5)
    expect(group.triggered).toBe(false)
    sell(0.01)
    expect(group.triggered).toBe(true)
  })

  it('refuses orders after it has tripped, until it is reset', () => {
    const { desk, group, sell } = grouped(5)
    sell(5)
    const again = () => desk.try(desk.ann, 'bid', 40, 1, { group: 'g' })
    expect(again()).toMatchObject({ status: 400, code: 'order_group_triggered' })
    desk.at += 60_000
    expect(isRefusal(again())).toBe(true)
    desk.exchange.groups.reset(group)
    expect(again()).toMatchObject({ status: 'resting', group: 'g' })
  })

  it('starts counting at zero after a reset', () => {
    const { desk, group, sell } = grouped(5)
    sell(5)
    desk.exchange.groups.reset(group)
    desk.place(desk.ann, 'bid', 40, 10, { group: 'g' })
    sell(4)
    expect(group.triggered).toBe(false)
  })

  it('trips at once when its limit is set to what has been matched', () => {
    const { desk, group, best, sell } = grouped(5)
    sell(3)
    expect(desk.exchange.groups.setLimit(group, 300)).toBeNull()
    expect([group.triggered, best.status]).toEqual([true, 'canceled'])
  })

  it('belongs to one account, one subaccount and one shard', () => {
    const { desk } = grouped(5)
    expect(desk.try(desk.bob, 'bid', 30, 1, { group: 'g' })).toMatchObject({ status: 404 })
    desk.ann.addSubaccount()
    desk.ann.purses[1]!.add(0, 1_000_000_000)
    const elsewhere = desk.try(desk.ann, 'bid', 30, 1, { group: 'g', subaccount: 1 })
    expect(elsewhere).toMatchObject({ status: 404, details: 'order group' })
    desk.exchange.addMarket({ ticker: 'KXDESK-26DEC31-T2', exchangeIndex: 2 })
    const ticker = 'KXDESK-26DEC31-T2'
    expect(desk.try(desk.ann, 'bid', 30, 1, { group: 'g', ticker })).toMatchObject({ status: 404 })
  })

  it('keeps its orders through amends and forgets those that end', () => {
    const { desk, group, best, next } = grouped(50)
    desk.exchange.amend(desk.ann, best.id, { price: 4_100, total: 900 })
    desk.exchange.cancel(desk.ann, next.id)
    expect([...group.orders]).toEqual([best])
  })
})

describe('order groups over the API', () => {
  beforeEach(() => open())

  const GROUPS = '/portfolio/order_groups'
  const made = async (body: Json): Promise<string> =>
    String((await ask(mock, 'POST', `${GROUPS}/create`, body)).body.order_group_id)

  it('are made, read, listed, changed and deleted', async () => {
    const reply = await ask(mock, 'POST', `${GROUPS}/create`, { contracts_limit: 20 })
    expect(reply).toMatchObject({ status: 201, body: { subaccount: 0, exchange_index: 0 } })
    const id = String(reply.body.order_group_id)
    const { body } = await create({ ...order(T, 'a', 'bid', '0.40', '5'), order_group_id: id })
    expect((await get(`/portfolio/orders/${body.order_id}`)).order).toMatchObject({
      order_group_id: id,
    })
    expect(await get(`${GROUPS}/${id}`)).toEqual({
      contracts_limit_fp: '20.00',
      exchange_index: 0,
      is_auto_cancel_enabled: true,
      orders: [body.order_id],
    })
    await ask(mock, 'PUT', `${GROUPS}/${id}/limit`, { contracts_limit_fp: '30.00' })
    expect((await get(GROUPS)).order_groups).toMatchObject([{ id, contracts_limit_fp: '30.00' }])
    expect((await ask(mock, 'DELETE', `${GROUPS}/${id}`)).status).toBe(200)
    expect(mock.account.orders.get(String(body.order_id))?.status).toBe('canceled')
    expect((await ask(mock, 'GET', `${GROUPS}/${id}`)).status).toBe(404)
  })

  it('are tripped and reset by hand', async () => {
    const id = await made({ contracts_limit: 20 })
    const place = (name: string) =>
      create({ ...order(T, name, 'bid', '0.40', '5'), order_group_id: id })
    const { body } = await place('a')
    expect((await ask(mock, 'PUT', `${GROUPS}/${id}/trigger`, {})).status).toBe(200)
    expect(mock.account.orders.get(String(body.order_id))?.status).toBe('canceled')
    expect(await place('b')).toMatchObject(refused(400, 'order_group_triggered'))
    await ask(mock, 'PUT', `${GROUPS}/${id}/reset`, {})
    expect((await place('c')).status).toBe(201)
  })

  it('have limits of whole contracts from 1 to a million', async () => {
    for (const body of [
      {},
      { contracts_limit: 0 },
      { contracts_limit: 1_000_001 },
      { contracts_limit_fp: '1.50' },
      { contracts_limit: 2, contracts_limit_fp: '3.00' },
    ]) {
      const reply = await ask(mock, 'POST', `${GROUPS}/create`, body)
      expect([body, reply.status]).toEqual([body, 400])
    }
  })

  it('are looked for on the shard named, 0 when none is', async () => {
    const id = await made({ contracts_limit: 20, exchange_index: 2 })
    expect((await ask(mock, 'PUT', `${GROUPS}/${id}/reset`, {})).status).toBe(404)
    expect((await ask(mock, 'PUT', `${GROUPS}/${id}/reset?exchange_index=2`, {})).status).toBe(200)
  })

  it('are reported on a numbered channel, to their owner only', async () => {
    const listener = await Listener.dial(mock)
    await listener.subscribe(['order_group_updates'])
    const id = await made({ contracts_limit: 2 })
    mock.exchange.groups.create(mock.exchange.addAccount('else', 1), 'x', {
      subaccount: 0,
      shard: 0,
      limit: 100,
    })
    await create({ ...order(T, 'a', 'bid', '0.40', '5'), order_group_id: id })
    other('ask', 40, 2)
    await ask(mock, 'PUT', `${GROUPS}/${id}/reset`, {})
    await ask(mock, 'PUT', `${GROUPS}/${id}/limit`, { contracts_limit: 9 })
    await ask(mock, 'DELETE', `${GROUPS}/${id}`)
    const told = (): WireFrame[] => listener.of('order_group_updates')
    await listener.until(() => told().length === 5)
    expect(told().map(({ seq, msg }) => [seq, msg?.event_type, msg?.contracts_limit_fp])).toEqual([
      [1, 'created', '2.00'],
      [2, 'triggered', undefined],
      [3, 'reset', undefined],
      [4, 'limit_updated', '9.00'],
      [5, 'deleted', undefined],
    ])
    expect(told().every(({ msg }) => msg?.order_group_id === id)).toBe(true)
  })
})
