// Pauses: by the timetable in New York time, of everything, of one shard, and the rare full stop.

import { describe, expect, it } from 'vitest'
import { thursdayPause } from '../../../../mocks/kalshi/exchange/schedule.ts'
import { ask, type Json, order } from '../client.ts'
import { create, get, mock, open, place, refused, T } from '../rig.ts'

const at = (text: string): number => Date.parse(text)

describe('the timetable', () => {
  it.each([
    ['from a Monday', '2026-11-16T12:00:00Z', '2026-11-19T08:00:00Z', '2026-11-19T10:00:00Z'],
    ['just before it', '2026-11-19T07:59:59Z', '2026-11-19T08:00:00Z', '2026-11-19T10:00:00Z'],
    ['within it', '2026-11-19T09:30:00Z', '2026-11-19T08:00:00Z', '2026-11-19T10:00:00Z'],
    ['just after it', '2026-11-19T10:00:00Z', '2026-11-26T08:00:00Z', '2026-11-26T10:00:00Z'],
    ['in summer time', '2026-07-01T12:00:00Z', '2026-07-02T07:00:00Z', '2026-07-02T09:00:00Z'],
    ['over the change', '2026-03-05T12:00:00Z', '2026-03-12T07:00:00Z', '2026-03-12T09:00:00Z'],
    ['on its eve there', '2026-11-19T03:00:00Z', '2026-11-19T08:00:00Z', '2026-11-19T10:00:00Z'],
  ])('finds the pause %s', (_what, now, start, end) => {
    expect(thursdayPause(at(now))).toEqual({ start: at(start), end: at(end) })
  })
})

describe('the weekly pause', () => {
  it('refuses orders and amends, lets cancels pass, and ends by the clock', async () => {
    let now = at('2026-11-19T07:59:00Z')
    await open({ now: () => now, timers: false, knobs: { thursdayPause: true } })
    const kept = await place('a', 'bid', '0.40', '1')
    const marked = await place('b', 'bid', '0.41', '1', { cancel_order_on_pause: true })
    const gone = await place('c', 'bid', '0.42', '1')
    now = at('2026-11-19T08:00:00Z')
    expect(await place('d', 'bid', '0.40', '1')).toMatchObject(refused(409, 'exchange_is_paused'))
    const path = (reply: typeof kept) => `/portfolio/events/orders/${reply.body.order_id}`
    const amend = { ticker: T, side: 'bid', price: '0.39', count: '1' }
    expect((await ask(mock, 'POST', `${path(kept)}/amend`, amend)).status).toBe(409)
    expect((await ask(mock, 'DELETE', path(gone))).status).toBe(200)
    const standing = (reply: typeof kept) => mock.account.orders.get(String(reply.body.order_id))
    expect(standing(kept)?.status).toBe('resting')
    expect(standing(marked)).toMatchObject({ status: 'canceled', reason: 'HaltCancel' })
    expect(await get('/exchange/status')).toMatchObject({
      exchange_active: true,
      trading_active: false,
      exchange_estimated_resume_time: '2026-11-19T10:00:00Z',
    })
    now = at('2026-11-19T10:00:00Z')
    expect((await place('d', 'bid', '0.40', '1')).status).toBe(201)
    expect(standing(kept)?.status).toBe('resting')
    expect((await get('/exchange/status')).trading_active).toBe(true)
  })

  it('is in the schedule, and not there while it is switched off', async () => {
    const now = at('2026-11-16T12:00:00Z')
    await open({ now: () => now, timers: false, knobs: { thursdayPause: true } })
    const read = async () => (await get('/exchange/schedule')).schedule as Record<string, Json[]>
    const schedule = await read()
    expect(schedule.maintenance_windows).toEqual([
      { start_datetime: '2026-11-19T08:00:00Z', end_datetime: '2026-11-19T10:00:00Z' },
    ])
    expect(schedule.standard_hours?.[0]?.thursday).toHaveLength(2)
    mock.exchange.knobs.thursdayPause = false
    expect((await read()).maintenance_windows).toEqual([])
  })

  it('begins for resting orders at its time, without a request', async () => {
    let now = at('2026-11-19T07:59:59.900Z')
    await open({ now: () => now, timers: false, knobs: { thursdayPause: true } })
    const { body } = await place('a', 'bid', '0.41', '1', { cancel_order_on_pause: true })
    now += 100
    mock.tick()
    expect(mock.account.orders.get(String(body.order_id))?.status).toBe('canceled')
  })
})

describe('other pauses', () => {
  const FAR = 'KXFAR-26DEC31-T1'
  const markets = [{ ticker: T }, { ticker: FAR, exchangeIndex: 2 }]

  it('of one shard leave the others alone', async () => {
    await open({ markets, balances: { 2: 100 } })
    const { body } = await create({
      ...order(FAR, 'a', 'bid', '0.40', '1'),
      cancel_order_on_pause: true,
    })
    mock.exchange.pauses.shard(2, true)
    expect(mock.account.orders.get(String(body.order_id))?.status).toBe('canceled')
    expect(await create(order(FAR, 'b', 'bid', '0.40', '1'))).toMatchObject(
      refused(409, 'trading_is_paused'),
    )
    expect((await place('c', 'bid', '0.40', '1')).status).toBe(201)
    const status = await get('/exchange/status')
    expect(status.trading_active).toBe(true)
    expect((status.exchange_index_statuses as Json[]).map((row) => row.trading_active)).toEqual([
      true,
      true,
      false,
      true,
    ])
    mock.exchange.pauses.shard(2, false)
    expect((await create(order(FAR, 'b', 'bid', '0.40', '1'))).status).toBe(201)
  })

  it('that stop the exchange refuse cancels too', async () => {
    await open()
    const { body } = await place('a', 'bid', '0.40', '2')
    mock.exchange.pauses.exchange(true)
    const path = `/portfolio/events/orders/${body.order_id}`
    const paused = refused(409, 'exchange_is_paused')
    expect(await ask(mock, 'DELETE', path)).toMatchObject(paused)
    expect(await ask(mock, 'DELETE', '/portfolio/events/orders')).toMatchObject(paused)
    expect(await ask(mock, 'POST', `${path}/decrease`, { reduce_to: '1' })).toMatchObject(paused)
    expect((await get('/exchange/status')).exchange_active).toBe(false)
    mock.exchange.pauses.exchange(false)
    expect((await ask(mock, 'DELETE', path)).status).toBe(200)
  })
})
