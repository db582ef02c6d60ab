// What happens to a market besides trading: new ones, early closes, other grids, other fees,
// outcomes of every kind, disputes, settlement by itself, and the floors that a client must look
// out for.

import { describe, expect, it } from 'vitest'
import { ask, type Json, Listener } from '../client.ts'
import { Desk, TICKER } from '../desk.ts'
import { clock, get, mock, open, openStill, other, pass, place, START, settle, T } from '../rig.ts'

const market = async (): Promise<Json> => (await get(`/markets/${T}`)).market as Json

describe('a market', () => {
  it('that is listed is announced with its terms, and its event before it', async () => {
    await open()
    const listener = await Listener.dial(mock)
    await listener.subscribe(['market_lifecycle_v2'])
    mock.exchange.addMarket({ ticker: 'KXNEW-27JAN01-A', exchangeIndex: 3, title: 'New' })
    mock.exchange.addMarket({ ticker: 'KXNEW-27JAN01-B' })
    await listener.count('market_lifecycle_v2', 2)
    const [, event, first] = listener.frames
    expect(event).toMatchObject({
      type: 'event_lifecycle',
      seq: 1,
      msg: { event_ticker: 'KXNEW-27JAN01', series_ticker: 'KXNEW' },
    })
    expect(first).toMatchObject({
      seq: 2,
      msg: {
        event_type: 'created',
        market_ticker: 'KXNEW-27JAN01-A',
        exchange_index: 3,
        price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
        additional_metadata: { event_ticker: 'KXNEW-27JAN01', can_close_early: true },
      },
    })
    expect(listener.of('event_lifecycle')).toHaveLength(1)
  })

  it('may be unreadable for a moment after it was created', async () => {
    await openStill({ knobs: { newMarketHiddenMs: 2_000 } })
    expect((await ask(mock, 'GET', `/markets/${T}`)).status).toBe(404)
    expect((await get('/markets')).markets).toEqual([])
    clock.at += 2_000
    expect((await ask(mock, 'GET', `/markets/${T}`)).status).toBe(200)
  })

  it('closes at an earlier time when its close is moved, and says so', async () => {
    await openStill({})
    const listener = await Listener.dial(mock)
    await listener.subscribe(['market_lifecycle_v2'])
    const { body } = await place('a', 'bid', '0.40', '1')
    mock.exchange.lifecycle.moveClose(T, clock.at + 60_000)
    await listener.count('market_lifecycle_v2')
    expect(listener.of('market_lifecycle_v2')[0]?.msg).toEqual({
      market_ticker: T,
      event_type: 'close_date_updated',
      close_ts: (START + 60_000) / 1000,
    })
    expect(await market()).toMatchObject({ status: 'active', close_time: '2026-11-18T11:07:40Z' })
    pass(60_000)
    expect(mock.account.orders.get(String(body.order_id))?.reason).toBe('CloseCancel')
    expect((await market()).status).toBe('closed')
  })

  it('that cannot close early refuses to', () => {
    const desk = new Desk({}, { canCloseEarly: false })
    const { lifecycle } = desk.exchange
    expect(() => lifecycle.moveClose(TICKER, desk.at + 1)).toThrow(/cannot close early/)
    lifecycle.moveClose(TICKER, desk.listing.closeAt + 1)
  })

  it('announces changed metadata and shows it', async () => {
    await open()
    mock.exchange.lifecycle.updateMetadata(T, { strike_type: 'greater', floor_strike: 12.5 })
    expect(await market()).toMatchObject({ strike_type: 'greater', floor_strike: 12.5 })
  })
})

describe('a new grid', () => {
  const TENTH = [{ start: 0, end: 10_000, step: 10 }]
  const NICKEL = [{ start: 0, end: 10_000, step: 500 }]

  it('that is finer allows prices that were refused', () => {
    const desk = new Desk()
    expect(desk.try(desk.ann, 'bid', 40.1, 1)).toMatchObject({ code: 'invalid_price' })
    desk.exchange.lifecycle.changeGrid(TICKER, 'deci_cent', TENTH)
    expect(desk.place(desk.ann, 'bid', 40.1, 1).status).toBe('resting')
  })

  it('that is coarser leaves resting orders where they are: they trade and shrink there', () => {
    const desk = new Desk()
    const off = desk.place(desk.ann, 'bid', 41, 10)
    desk.exchange.lifecycle.changeGrid(TICKER, 'nickel', NICKEL)
    expect(desk.try(desk.ann, 'bid', 42, 1)).toMatchObject({ code: 'invalid_price' })
    const amend = (price: number, total: number) =>
      desk.exchange.amend(desk.ann, off.id, { price, total })
    expect(amend(4_100, 800)).toBe(off)
    expect(amend(4_200, 800)).toMatchObject({ code: 'invalid_price' })
    desk.place(desk.bob, 'ask', 40, 3)
    expect(desk.ann.fills[0]).toMatchObject({ price: 4_100, quantity: 300 })
    expect(amend(4_500, 800)).toMatchObject({ price: 4_500, remaining: 500 })
  })
})

describe('fees', () => {
  const taken = (desk: Desk): number => {
    desk.trade('ask', 50, 100)
    return desk.bob.fills.at(-1)!.fee / 1e6
  }

  it('are waived until the waiver ends', async () => {
    const desk = new Desk({}, { feeWaiverUntil: START + 1_000 })
    expect(taken(desk)).toBe(0)
    desk.at = START + 1_000
    expect(taken(desk)).toBe(1.75)
    desk.exchange.lifecycle.waiveFees(TICKER, desk.at + 1)
    expect(taken(desk)).toBe(0)
    await open({ markets: [{ ticker: T, feeWaiverUntil: Date.parse('2027-01-01T00:00:00Z') }] })
    expect((await market()).fee_waiver_expiration_time).toBe('2027-01-01T00:00:00Z')
  })

  it('change at the announced time, and the announcement can be read until then', async () => {
    await openStill({})
    const { fees } = mock.exchange.lifecycle
    const change = { feeType: 'quadratic_with_maker_fees', feeMultiplier: 2, at: clock.at + 1_000 }
    fees.announce({ of: 'event', ticker: 'KXREST-26DEC31', ...change })
    fees.announce({ of: 'series', ticker: 'KXREST', ...change, at: clock.at + 5_000 })
    const events = async () => (await get('/events/fee_changes')).event_fee_changes as Json[]
    expect(await events()).toMatchObject([
      { event_ticker: 'KXREST-26DEC31', fee_multiplier_override: 2 },
    ])
    const { body } = await ask(mock, 'GET', '/series/fee_changes')
    expect(body.series_fee_change_arr).toMatchObject([{ series_ticker: 'KXREST' }])
    pass(1_000)
    expect(await events()).toEqual([])
    expect((await get('/events/KXREST-26DEC31')).event).toMatchObject({
      fee_type_override: 'quadratic_with_maker_fees',
      fee_multiplier_override: 2,
    })
  })
})

describe('an outcome', () => {
  it('between yes and no pays each side its part', () => {
    const desk = new Desk({}, { marketType: 'scalar' })
    desk.trade('bid', 40, 10)
    const total = desk.exchange.totalMoney()
    expect(() => desk.exchange.lifecycle.determine(TICKER, 'scalar')).toThrow(/without value/)
    desk.exchange.lifecycle.determine(TICKER, 'scalar', 2_500)
    desk.exchange.lifecycle.settle(TICKER)
    expect(desk.ann.settlements).toMatchObject([{ revenue: 2_500_000, position: 1_000 }])
    expect(desk.bob.settlements).toMatchObject([{ revenue: 7_500_000, position: -1_000 }])
    expect(desk.exchange.totalMoney()).toBe(total)
  })

  it('in dispute is not paid until it is determined again', () => {
    const desk = new Desk()
    const { lifecycle } = desk.exchange
    desk.trade('bid', 40, 10)
    expect(() => lifecycle.dispute(TICKER)).toThrow(/wanted determined/)
    lifecycle.determine(TICKER, 'yes')
    lifecycle.dispute(TICKER)
    expect(desk.listing.status).toBe('disputed')
    expect(() => lifecycle.settle(TICKER)).toThrow(/no outcome/)
    lifecycle.determine(TICKER, 'no')
    expect(desk.listing.status).toBe('amended')
    lifecycle.settle(TICKER)
    expect(desk.ann.settlements[0]?.revenue).toBe(0)
  })

  it('is paid automatically after the settlement timer where the knob says so', () => {
    const desk = new Desk({ autoSettle: true }, { settlementTimerSeconds: 30 })
    desk.exchange.lifecycle.determine(TICKER, 'yes')
    desk.at += 29_999
    desk.exchange.tick()
    expect(desk.listing.status).toBe('determined')
    desk.at += 1
    desk.exchange.tick()
    expect(desk.listing.status).toBe('finalized')
  })

  it('leaves gross counts and the value in the settlement row', async () => {
    await open()
    other('ask', 40, 10)
    await place('a', 'bid', '0.40', '10')
    other('bid', 45, 4)
    await place('b', 'ask', '0.45', '4')
    settle('yes')
    expect((await get('/portfolio/settlements')).settlements).toMatchObject([
      {
        market_result: 'yes',
        value: 100,
        revenue: 600,
        yes_count_fp: '10.00',
        no_count_fp: '4.00',
        yes_total_cost_dollars: '4.000000',
        no_total_cost_dollars: '2.200000',
      },
    ])
    const path = '/portfolio/positions?settlement_status=settled'
    expect((await get(path)).market_positions).toHaveLength(1)
  })
})

describe('a settlement floor', () => {
  it('shows in the market, and scalar markets say what they are', async () => {
    await open({ markets: [{ ticker: T, settlementFloor: 2_000, marketType: 'scalar' }] })
    expect(await market()).toMatchObject({
      market_type: 'scalar',
      settlement_bounds_type: 'floor',
      settlement_floor_dollars: '0.2000',
    })
  })

  it('is absent by default', async () => {
    await open()
    const row = await market()
    expect(row.settlement_bounds_type).toBe('default')
    expect(row).not.toHaveProperty('settlement_floor_dollars')
  })

  it('that is raised cancels what rests at or below it and refuses more there', () => {
    const desk = new Desk()
    const low = desk.place(desk.ann, 'bid', 30, 1)
    const at = desk.place(desk.ann, 'bid', 35, 1)
    const above = desk.place(desk.ann, 'bid', 36, 1)
    desk.exchange.lifecycle.raiseFloor(TICKER, 3_500)
    expect([low.status, at.status, above.status]).toEqual(['canceled', 'canceled', 'resting'])
    expect(desk.try(desk.ann, 'bid', 35, 1)).toMatchObject({ code: 'invalid_price' })
    expect(() => desk.exchange.lifecycle.determine(TICKER, 'no')).toThrow(/value of 0.0000/)
  })
})

describe('knobs', () => {
  it('cap the open orders of an account', () => {
    const desk = new Desk({ maxOpenOrders: 2 })
    const first = desk.place(desk.ann, 'bid', 40, 1)
    desk.place(desk.ann, 'bid', 39, 1)
    expect(desk.try(desk.ann, 'bid', 38, 1)).toMatchObject({ code: 'too_many_open_orders' })
    expect(desk.place(desk.bob, 'bid', 38, 1).status).toBe('resting')
    desk.exchange.cancel(desk.ann, first.id)
    expect(desk.place(desk.ann, 'bid', 38, 1).status).toBe('resting')
  })

  it('let cancel-all also cancel what comes within the minute', () => {
    const desk = new Desk({ cancelAllShadowMs: 60_000 })
    desk.place(desk.ann, 'bid', 40, 1)
    expect(desk.exchange.cancelAll(desk.ann)).toBe(1)
    desk.at += 59_999
    expect(desk.place(desk.ann, 'bid', 40, 1).status).toBe('canceled')
    expect(desk.place(desk.bob, 'bid', 40, 1).status).toBe('resting')
    desk.at += 1
    expect(desk.place(desk.ann, 'bid', 40, 1).status).toBe('resting')
  })
})

describe('other public reads', () => {
  it('list events, series, programs and the archive', async () => {
    const incentive = {
      rewardDollars: 50,
      targetContracts: 1_000,
      discountBps: 5_000,
      startAt: START,
      endAt: START + 1_000,
    }
    const now = () => START + 500
    await open({ now, timers: false, markets: [{ ticker: T, incentive, category: 'Climate' }] })
    const nested = await get('/events?with_nested_markets=true')
    expect(nested.events).toMatchObject([
      { event_ticker: 'KXREST-26DEC31', markets: [{ ticker: T }] },
    ])
    expect((await get('/series?category=Climate')).series).toMatchObject([{ ticker: 'KXREST' }])
    expect(await get('/incentive_programs?status=active&type=liquidity')).toMatchObject({
      next_cursor: '',
      incentive_programs: [{ market_ticker: T, period_reward: 500_000, target_size_fp: '1000.00' }],
    })
    expect((await get('/incentive_programs?status=upcoming')).incentive_programs).toEqual([])
    expect((await get('/historical/cutoff')).orders_updated_ts).toMatch(/^2026-08-/)
    expect(await get('/historical/fills')).toEqual({ cursor: '', fills: [] })
  })

  it('say how fresh account reads are', async () => {
    await open({ now: () => START, timers: false, knobs: { readLagMs: 360 } })
    const { body } = await ask(mock, 'GET', '/exchange/user_data_timestamp')
    expect(Date.parse(String(body.as_of_time))).toBe(START - 360)
  })
})
