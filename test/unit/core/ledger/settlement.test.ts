// The payout of a market in the ledger: exact, once, and in whatever order the fills come.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldFills, settlementOf } from '../../../../src/core/ledger/exchange-account.ts'
import { Ledger } from '../../../../src/core/ledger/ledger.ts'
import type { Fill, SettlementReport } from '../../../../src/core/vocabulary/events.ts'
import { PRICE_ONE } from '../../../../src/core/vocabulary/units.ts'
import { fillOf, T0, TICKER } from '../../../helpers/core.ts'

/** The row that the exchange writes for these fills. */
const rowOf = (fills: readonly Fill[], result: string, yesPays: number): SettlementReport => {
  const of = (side: string, each: (fill: Fill) => number): number =>
    fills.filter((fill) => fill.side === side).reduce((sum, fill) => sum + each(fill), 0)
  const [yesCount, noCount] = [of('bid', (f) => f.quantity), of('ask', (f) => f.quantity)]
  const net = yesCount - noCount
  return {
    ...{ ticker: TICKER, result, yesCount, noCount, at: T0 + 9_000 },
    yesCost: of('bid', (fill) => fill.quantity * fill.price),
    noCost: of('ask', (fill) => fill.quantity * (PRICE_ONE - fill.price)),
    revenue: net > 0 ? net * yesPays : -net * (PRICE_ONE - yesPays),
    fee: fills.reduce((sum, { fee }) => sum + fee, 0),
  }
}
const YES = PRICE_ONE
const NO = 0
const bought = fillOf({ tradeId: 'b', side: 'bid', price: 4600, quantity: 400, fee: 100 })
const sold = fillOf({ tradeId: 's', side: 'ask', price: 6000, quantity: 500, fee: 300 })

const paid = (fills: readonly Fill[], row: SettlementReport) => {
  const { position, cost, realized, fees, cash } = foldFills(fills, row)
  return { position, cost, realized, fees, cash }
}

describe('a settlement', () => {
  it('of four contracts bought at 46 pays a dollar each', () => {
    expect(paid([bought], rowOf([bought], 'yes', YES))).toEqual({
      ...{ position: 0, cost: 0, realized: 4 * 540_000, fees: 100, cash: 4 * 540_000 - 100 },
    })
    expect(paid([bought], rowOf([bought], 'no', NO)).realized).toBe(-4 * 460_000)
  })

  it('of a short pays the dollar that covered it, where NO wins', () => {
    expect(paid([sold], rowOf([sold], 'no', NO)).realized).toBe(5 * 600_000)
    expect(paid([sold], rowOf([sold], 'yes', YES)).realized).toBe(-5 * 400_000)
  })

  it('of a voided market gives back what was paid', () => {
    const refund = { ...rowOf([bought], 'void', YES), revenue: 4 * 460_000 }
    expect(paid([bought], refund)).toMatchObject({ position: 0, realized: 0 })
    const cover = { ...rowOf([sold], 'void', YES), revenue: 5 * 400_000 }
    expect(paid([sold], cover)).toMatchObject({ position: 0, realized: 0 })
  })

  it('charges what the exchange charges beyond the fees of the fills, once', () => {
    const row = { ...rowOf([bought], 'yes', YES), fee: 5_100 }
    expect(paid([bought], row).fees).toBe(5_100)
    // Rounded to four decimals by the exchange, or left out: what the fills say.
    expect(paid([bought], { ...row, fee: 150 }).fees).toBe(100)
    expect(paid([bought], { ...row, fee: 0 }).fees).toBe(100)
  })

  it('is booked once', () => {
    const ledger = new Ledger()
    ledger.apply(bought)
    ledger.settle(settlementOf(rowOf([bought], 'yes', YES)))
    ledger.settle(settlementOf(rowOf([bought], 'no', NO)))
    expect(ledger.realized).toBe(4 * 540_000)
  })

  it('takes the total of the exchange while fills are missing, and is exact once they come', () => {
    const row = rowOf([bought, sold], 'no', NO)
    const ledger = new Ledger()
    ledger.apply(bought)
    ledger.settle(settlementOf(row))
    const whole = paid([bought, sold], row)
    expect(ledger).toMatchObject({ position: 0, realized: whole.realized, fees: whole.fees })
    ledger.apply(sold)
    expect(ledger).toMatchObject(whole)
    // Where the exchange gives no costs, the payout is set against ours.
    const bare = { ...row, yesCost: null, noCost: null }
    expect(foldFills([bought], bare).realized).toBe(row.revenue - PRICE_ONE * 100 - 4 * 460_000)
  })

  it('survives a restart, and later fills still fold before it', () => {
    const row = rowOf([bought, sold], 'yes', YES)
    const ledger = new Ledger()
    ledger.apply(sold)
    ledger.settle(settlementOf(row))
    const again = new Ledger()
    again.restore(JSON.parse(JSON.stringify(ledger.snapshot())))
    expect(again.settlement).toEqual(settlementOf(row))
    again.apply(bought)
    expect(again).toMatchObject(paid([bought, sold], row))
  })

  it('leaves cash = realized - fees, whatever was traded and in whichever order it is heard', () => {
    const trade = fc.record({
      side: fc.constantFrom('bid' as const, 'ask' as const),
      price: fc.integer({ min: 1, max: 9999 }),
      quantity: fc.integer({ min: 1, max: 900 }),
      fee: fc.integer({ min: 0, max: 20_000 }),
    })
    const trades = fc.array(trade, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(trades, fc.boolean(), fc.nat(8), (list, wins, heardBefore) => {
        const fills = list.map((each, i) => fillOf({ ...each, tradeId: `${i}`, venueAt: T0 + i }))
        const row = rowOf(fills, wins ? 'yes' : 'no', wins ? YES : NO)
        const ledger = new Ledger()
        for (const fill of fills.slice(0, heardBefore)) ledger.apply(fill)
        ledger.settle(settlementOf(row))
        for (const fill of fills.slice(heardBefore)) ledger.apply(fill)
        const sign = (fill: Fill) => (fill.side === 'bid' ? -1 : 1)
        const traded = fills.reduce((sum, f) => sum + sign(f) * f.quantity * f.price, 0)
        const net = row.yesCount - row.noCount
        expect(ledger.realized).toBe(traded + (wins ? net * PRICE_ONE : 0))
        expect([ledger.position, ledger.cost, ledger.fees]).toEqual([0, 0, row.fee])
        expect(ledger.cash).toBe(ledger.realized - ledger.fees)
      }),
    )
  })
})
