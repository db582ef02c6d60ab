// The exchange's account of one market beside our own ledger: the same form, every difference by
// name.

import { describe, expect, it } from 'vitest'
import {
  costOf,
  differencesOf,
  type ExchangeAccount,
  foldFills,
} from '../../../../src/core/ledger/exchange-account.ts'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import { formatMoney, formatQuantity } from '../../../../src/core/vocabulary/units.ts'
import {
  accountBody,
  holdingsOf,
  readExchange,
} from '../../../../src/report/sources/account-body.ts'
import { fillOf, marketOf, T0 } from '../../../helpers/core.ts'

// Bought 10 at 45 c, sold 4 at 47 c: 6 held at 45 c, 8 c gained, 5 c of fees.
const FILLS = [
  fillOf({ tradeId: 'a', side: 'bid', price: 4_500, quantity: 1_000, fee: 30_000, venueAt: T0 }),
  fillOf({ tradeId: 'b', side: 'ask', price: 4_700, quantity: 400, fee: 20_000, venueAt: T0 + 1 }),
]
const EXCHANGE: ExchangeAccount = {
  at: T0 + 10,
  balance: 97_330_000,
  position: { position: 600, realized: 80_000, fees: 50_000, exposure: 2_700_000 },
  fills: FILLS,
  settlements: [],
}

describe('two accounts', () => {
  it('that agree differ in nothing', () => {
    const ours = foldFills(FILLS)
    expect(ours).toEqual({
      position: 600,
      cost: 2_700_000,
      realized: 80_000,
      fees: 50_000,
      cash: -2_670_000,
    })
    expect(differencesOf(ours, EXCHANGE)).toEqual([])
  })

  it('name every number that differs, with both', () => {
    const ours = { ...foldFills(FILLS), fees: 50_001, cash: -2_670_001 }
    expect(differencesOf(ours, EXCHANGE)).toEqual([
      { name: 'fees', ours: '0.050001', exchange: '0.050000' },
      { name: 'fees by fills', ours: '0.050001', exchange: '0.050000' },
      { name: 'cash by fills', ours: '-2.670001', exchange: '-2.670000' },
    ])
  })

  it('show a fill that we have missed', () => {
    const names = differencesOf(foldFills(FILLS.slice(0, 1)), EXCHANGE).map(({ name }) => name)
    expect(names).toEqual([
      'position',
      'cost',
      'realized',
      'fees',
      'position by fills',
      'fees by fills',
      'cash by fills',
    ])
  })

  it('count a short as YES sold outright, though the exchange counts what was paid for NO', () => {
    const short = fillOf({ side: 'ask', price: 6_000, quantity: 500, fee: 0 })
    const report = { position: -500, realized: 0, fees: 0, exposure: 2_000_000 }
    expect(costOf(report)).toBe(foldFills([short]).cost)
    expect(costOf({ ...report, position: 0, exposure: 0 })).toBe(0)
  })

  it('after a settlement are compared by what was settled', () => {
    const settlement = {
      ticker: FILLS[0]!.ticker,
      result: 'yes',
      yesCount: 1_000,
      noCount: 400,
      yesCost: 4_500_000,
      noCost: 2_000_000,
      revenue: 6_000_000,
      fee: 50_000,
      at: T0 + 100,
    }
    const gone = { position: 0, realized: 0, fees: 0, exposure: 0 }
    const settled = { ...EXCHANGE, position: gone, settlements: [settlement] }
    expect(differencesOf(foldFills(FILLS), settled)).toEqual([])
    const fewer = { ...settled, settlements: [{ ...settlement, yesCount: 900 }] }
    expect(differencesOf(foldFills(FILLS), fewer)).toEqual([
      { name: 'settled position', ours: '6.00', exchange: '5.00' },
    ])
    const flat = new Ledger()
    flat.adopt(gone, T0 + 100)
    // A ledger that was told that nothing is held any more, and not why, has lost the result.
    expect(differencesOf(flat, settled).map(({ name }) => name)).toEqual(['realized', 'fees'])
    expect(differencesOf(foldFills(FILLS, settlement), settled)).toEqual([])
  })
})

describe('the body of an account', () => {
  const ledger = new Ledger()
  for (const fill of FILLS) ledger.apply(fill)
  const status = {
    position: formatQuantity(ledger.position),
    cost: formatMoney(ledger.cost),
    realized: formatMoney(ledger.realized),
    fees: formatMoney(ledger.fees),
    cash: formatMoney(ledger.cash),
  }

  it('reads back as what was written', () => {
    const body = accountBody(marketOf({ ticker: FILLS[0]!.ticker }), EXCHANGE, status)
    expect(body.differences).toEqual([])
    expect(body.exchange).toEqual({ ...status, balance: '97.330000', fills: 2 })
    const plain = FILLS.map((fill) => ({ ...fill, clientOrderId: '', positionAfter: null }))
    expect(readExchange(JSON.parse(JSON.stringify(body)))).toEqual({ ...EXCHANGE, fills: plain })
    expect(holdingsOf(body.ours!)).toEqual(foldFills(FILLS))
  })

  it('of a short reads back too, and has no differences where no maker runs', () => {
    const short = { position: -500, realized: 0, fees: 0, exposure: 2_000_000 }
    const body = accountBody(marketOf(), { ...EXCHANGE, position: short }, null)
    expect(body.exchange.cost).toBe('-3.000000')
    expect([body.ours, body.differences]).toEqual([null, []])
    expect(readExchange(body).position).toEqual(short)
  })
})
