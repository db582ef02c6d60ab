// The product's own client against the mock exchange over HTTP: what stands before our orders, and
// which liquidity programmes run. Both are advice: a wrong or missing answer is unknown, never a
// throw.

import { describe, expect, it } from 'vitest'
import type { MockOptions } from '../../../../mocks/kalshi/server.ts'
import { HeaderPool, importKey } from '../../../../src/kalshi/auth/sign.ts'
import type { Fetcher } from '../../../../src/kalshi/feed/dial.ts'
import { KalshiRest } from '../../../../src/kalshi/rest/rest.ts'
import { ask } from '../client.ts'
import { type create, mock, open, other, place, T } from '../rig.ts'

const START = 1_795_000_000_000
const OTHER = 'KXREST-26DEC31-T2'
const incentive = {
  rewardDollars: 50,
  targetContracts: 1_000,
  discountBps: 2_500,
  startAt: START,
  endAt: START + 60_000,
}

/** A client of a fresh exchange, and the paths that it asks for. */
const client = async (options: MockOptions = {}, subaccount = 0, timeoutMs = 4_000) => {
  await open(options)
  const { keyId, pem } = mock.keys.ed25519
  const paths: string[] = []
  const fetcher: Fetcher = (url, init) => {
    paths.push(url.slice(mock.url.length))
    return fetch(url, init)
  }
  const pool = new HeaderPool(keyId, await importKey(pem), () => mock.exchange.now())
  const rest = new KalshiRest({ baseUrl: mock.url }, pool, fetcher, { timeoutMs, subaccount })
  return { rest, paths }
}
const idOf = async (answer: ReturnType<typeof create>): Promise<string> =>
  String((await answer).body.order_id)

describe('queue positions', () => {
  it('count what rested before us at our price, and fall as it trades', async () => {
    const { rest } = await client()
    other('bid', 40, 300)
    const first = await idOf(place('a', 'bid', '0.40', '5'))
    other('bid', 40, 7)
    const second = await idOf(place('b', 'bid', '0.40', '5'))
    expect(await rest.queue(T)).toEqual({
      kind: 'accepted',
      value: [
        { orderId: first, ahead: 30_000 },
        { orderId: second, ahead: 31_200 },
      ],
    })
    const { exchange } = mock
    const sale = { ticker: T, side: 'ask', price: 4_000, quantity: 12_000 } as const
    exchange.place(exchange.stranger('seller'), sale)
    expect(await rest.queue(T)).toMatchObject({ value: [{ ahead: 18_000 }, { ahead: 19_200 }] })
  })

  it('are of the asked market and of our subaccount alone', async () => {
    const { rest, paths } = await client({ markets: [{ ticker: T }, { ticker: OTHER }] }, 1)
    await ask(mock, 'POST', '/portfolio/subaccounts', {})
    await ask(mock, 'POST', '/portfolio/subaccounts/transfer', {
      client_transfer_id: 't',
      from_subaccount: 0,
      to_subaccount: 1,
      amount_cents: 5_000,
    })
    await place('a', 'bid', '0.40', '5')
    await place('b', 'bid', '0.40', '5', { ticker: OTHER, subaccount: 1 })
    expect(await rest.queue(T)).toEqual({ kind: 'accepted', value: [] })
    const mine = await idOf(place('c', 'bid', '0.40', '5', { subaccount: 1 }))
    expect(await rest.queue(T)).toEqual({
      kind: 'accepted',
      value: [{ orderId: mine, ahead: 500 }],
    })
    expect(paths[0]).toBe(`/portfolio/orders/queue_positions?market_tickers=${T}&subaccount=1`)
  })

  it('are unknown where the answer is spoilt, refused where it is refused', async () => {
    const { rest } = await client()
    const rows = [{ order_id: 'o', queue_position_fp: 'many' }]
    mock.faults.answer(
      ['queue-positions'],
      { status: 200, body: { queue_positions: rows } },
      { times: 1 },
    )
    expect(await rest.queue(T)).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('queue_position_fp: found "many"'),
    })
    mock.faults.fail(['queue-positions'], 503, { times: 1 })
    expect(await rest.queue(T)).toMatchObject({ kind: 'unknown' })
    mock.faults.tooManyFor(['queue-positions'], { times: 1 })
    expect(await rest.queue(T)).toMatchObject({ kind: 'rejected', status: 429 })
    expect(await rest.queue(T)).toEqual({ kind: 'accepted', value: [] })
  })
})

describe('liquidity programmes', () => {
  const markets = [
    { ticker: T, incentive },
    { ticker: OTHER, incentive: { ...incentive, rewardDollars: 7 } },
  ]
  const running = {
    startAt: START,
    endAt: START + 60_000,
    rewardDollars: 50,
    discount: 0.25,
    targetQuantity: 100_000,
  }

  it('are those of the asked market, from their start to their end', async () => {
    let at = START - 1
    const { rest, paths } = await client({ now: () => at, timers: false, markets })
    expect(await rest.programmes(T)).toEqual({ kind: 'accepted', value: [] })
    at = START
    expect(await rest.programmes(T)).toEqual({ kind: 'accepted', value: [running] })
    expect(await rest.programmes(OTHER)).toMatchObject({ value: [{ rewardDollars: 7 }] })
    expect(await rest.programmes('KXREST-26DEC31-T3')).toEqual({ kind: 'accepted', value: [] })
    at = START + 60_000
    expect(await rest.programmes(T)).toEqual({ kind: 'accepted', value: [] })
    expect(paths[0]).toBe('/incentive_programs?status=active&type=liquidity&limit=1000')
  })

  const row = {
    market_ticker: T,
    incentive_type: 'liquidity',
    start_date: new Date(START).toISOString(),
    end_date: new Date(START + 60_000).toISOString(),
    period_reward: 500_000,
    paid_out: false,
    discount_factor_bps: 2_500,
    target_size_fp: '1000.00',
  }
  const answerNext = (...bodies: object[]): void => {
    for (const body of bodies)
      mock.faults.answer(['incentives'], { status: 200, body: { ...body } }, { times: 1 })
  }

  it('are gathered from all pages', async () => {
    const { rest, paths } = await client()
    answerNext(
      { incentive_programs: [row], next_cursor: 'two' },
      { incentive_programs: [{ ...row, market_ticker: OTHER }], next_cursor: 'three' },
      { incentive_programs: [{ ...row, period_reward: 10_000 }], next_cursor: '' },
    )
    expect(await rest.programmes(T)).toEqual({
      kind: 'accepted',
      value: [running, { ...running, rewardDollars: 1 }],
    })
    const filter = '/incentive_programs?status=active&type=liquidity&limit=1000'
    expect(paths).toEqual([filter, `${filter}&cursor=two`, `${filter}&cursor=three`])
  })

  it('are unknown when a page is missing, spoilt or given twice', async () => {
    const { rest } = await client()
    answerNext({ incentive_programs: [row], next_cursor: 'two' })
    mock.faults.fail(['incentives'], 502, { times: 1 })
    expect(await rest.programmes(T)).toMatchObject({ kind: 'unknown' })
    answerNext(
      { incentive_programs: [row], next_cursor: 'two' },
      { incentive_programs: [{ ...row, discount_factor_bps: null }], next_cursor: '' },
    )
    expect(await rest.programmes(T)).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('discount_factor_bps: found null'),
    })
    answerNext(
      { incentive_programs: [row], next_cursor: 'two' },
      { incentive_programs: [row], next_cursor: 'two' },
    )
    expect(await rest.programmes(T)).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('same cursor twice'),
    })
    expect(await rest.programmes(T)).toEqual({ kind: 'accepted', value: [] })
  })

  it('that never come are unknown when the time is up', async () => {
    const { rest } = await client({}, 0, 50)
    mock.faults.loseAnswers(['incentives'])
    expect(await rest.programmes(T)).toMatchObject({ kind: 'unknown' })
  })
})
