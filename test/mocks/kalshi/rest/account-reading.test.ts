// The account of one market, read over HTTP by the product's own client and compared with a ledger
// that was told the same fills: before a trade, in the middle of some, short and long, and after
// the end.

import { describe, expect, it } from 'vitest'
import { costOf, differencesOf, foldFills } from '../../../../src/core/ledger/exchange-account.ts'
import { HeaderPool, importKey } from '../../../../src/kalshi/auth/sign.ts'
import { readAccount } from '../../../../src/kalshi/rest/account.ts'
import { readSettlements } from '../../../../src/kalshi/rest/portfolio.ts'
import { KalshiRest } from '../../../../src/kalshi/rest/rest.ts'
import { accountBody } from '../../../../src/report/sources/account-body.ts'
import { mock, open, other, place, settle, T } from '../rig.ts'

const client = async (): Promise<KalshiRest> => {
  const { keyId, pem } = mock.keys.ed25519
  const pool = new HeaderPool(keyId, await importKey(pem), Date.now)
  return new KalshiRest({ baseUrl: mock.url }, pool, fetch, { timeoutMs: 4_000, subaccount: 0 })
}
const read = async (ticker = T) => {
  const reading = await readAccount(await client(), ticker, Date.now())
  if ('code' in reading) throw new Error(reading.message)
  return reading
}

describe('the account of a market', () => {
  it('is empty before the first trade, and has the balance', async () => {
    await open({ balance: 1_000 })
    const { account, market } = await read()
    expect(account).toMatchObject({
      balance: 1_000_000_000,
      position: { position: 0, realized: 0, fees: 0, exposure: 0 },
      fills: [],
      settlements: [],
    })
    expect(market.ticker).toBe(T)
    expect(differencesOf(foldFills([]), account)).toEqual([])
  })

  it('equals a ledger of the same fills, long and then short, to the last digit', async () => {
    await open({ balance: 1_000 })
    await place('a', 'bid', '0.4500', '10.00')
    other('ask', 45, 7)
    await place('b', 'ask', '0.4700', '20.00')
    other('bid', 47, 2)
    const long = await read()
    expect(long.account.fills).toHaveLength(2)
    const ours = foldFills(long.account.fills)
    expect(ours.position).toBe(500)
    expect(differencesOf(ours, long.account)).toEqual([])

    other('bid', 47, 9)
    const short = await read()
    const then = foldFills(short.account.fills)
    expect(then.position).toBe(-400)
    expect(then.cost).toBe(costOf(short.account.position))
    expect(differencesOf(then, short.account)).toEqual([])
    // The ledger of before has missed a fill, and that shows.
    expect(differencesOf(ours, short.account).map(({ name }) => name)).toContain('position')
    // The balance has moved by what was earned and paid, less what a short has locked in, and the
    // nine contracts that still rest at 47 c.
    const { balance, position } = short.account
    const resting = 9 * 530_000
    expect(balance - 1_000_000_000).toBe(
      position.realized - position.fees - position.exposure - resting,
    )
  })

  it('has the settlement, and then compares what was settled', async () => {
    await open({ balance: 1_000 })
    await place('a', 'ask', '0.6000', '5.00')
    other('bid', 60, 5)
    const before = await read()
    mock.exchange.lifecycle.close(T)
    settle('no')
    const { account, market } = await read()
    expect(account.position.position).toBe(0)
    expect(account.settlements).toMatchObject([
      { ticker: T, result: 'no', yesCount: 0, noCount: 500, revenue: 5_000_000 },
    ])
    expect(market.result).toBe('no')
    const ours = foldFills(before.account.fills)
    expect(differencesOf(ours, account)).toEqual([])
    expect(accountBody(market, account, null)).toMatchObject({
      market: { result: 'no' },
      settlements: [{ result: 'no', no_count: '5.00', revenue: '5.000000' }],
    })
  })

  it('of a market that the exchange does not know is a 404, and without an exchange a 502', async () => {
    await open()
    const rest = await client()
    expect(await readAccount(rest, 'KXNOPE-26DEC31-T1', 0)).toMatchObject({
      status: 404,
      code: 'unknown-ticker',
    })
    await mock.close()
    expect(await readAccount(rest, T, 0)).toMatchObject({ status: 502, code: 'exchange' })
  })
})

describe('a list of settlements', () => {
  const row = {
    ...{ ticker: 'KXA', market_result: 'yes', yes_count_fp: '3.00', no_count_fp: '0.00' },
    ...{ revenue: 300, settled_time: '2026-12-02T14:00:00Z', fee_cost: '0.0310' },
  }
  const soon = { ...row, settled_time: 'soon' }

  it('is read with its cursor, or not at all', () => {
    const settled = {
      ...{ ticker: 'KXA', result: 'yes', yesCount: 300, noCount: 0 },
      ...{ yesCost: null, noCost: null },
    }
    expect(readSettlements({ settlements: [row], cursor: 'next' })).toEqual({
      items: [{ ...settled, revenue: 3_000_000, fee: 31_000, at: Date.UTC(2026, 11, 2, 14) }],
      cursor: 'next',
    })
    expect(readSettlements({ settlements: null })).toEqual({ items: [], cursor: '' })
  })

  it('leaves out rows that name another subaccount', () => {
    const named = { ...row, subaccount_number: 3, yes_total_cost_dollars: '1.2000' }
    const { items } = readSettlements({ settlements: [row, named] }, 3) as { items: unknown[] }
    expect(items).toMatchObject([{ yesCost: null }, { yesCost: 1_200_000 }])
    expect(readSettlements({ settlements: [row, named] })).toMatchObject({
      items: [{ yesCost: null }],
    })
  })

  it.each([
    [{}, /settlements: found nothing/],
    [{ settlements: [{ ...row, revenue: '3' }] }, /settlements revenue: found "3"/],
    [{ settlements: [row, soon] }, /settlements settled_time: found "soon"/],
    [{ settlements: [null] }, /settlements: found null/],
  ])('that cannot be read says which part: %j', (body, wanted) => {
    expect(readSettlements(body)).toMatch(wanted)
  })
})
