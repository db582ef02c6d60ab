// What a report can be made of: the tape alone, a backtest's file, a worker's answers.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBacktest, pickResult } from '../../report/backtest.ts'
import { deriveFills } from '../../report/derive.ts'
import { measure } from '../../report/metrics.ts'
import { fromExchange, fromRows, readRows } from '../../report/sources.ts'
import type { TapeRow } from '../../src/core/events.ts'
import { modelFee } from '../../src/core/fees.ts'
import { Ledger } from '../../src/core/position.ts'
import { formatRow, parseRow, TAPE_HEADER } from '../../src/core/tape.ts'
import { CONTRACT, moneyToCents, PRICE_CENT } from '../../src/core/units.ts'
import { fillOf, T0, TICKER } from '../helpers/core.ts'

interface Trade {
  readonly side: 'bid' | 'ask'
  readonly cents: number
  readonly contracts: number
  readonly mid: number
}

/** The tape that a maker writes of trades a second apart, each on its own quote. */
const tapeOf = (trades: readonly Trade[], coefficient: number) => {
  const ledger = new Ledger()
  const rowOf = (at: number, mid: number, quote: Partial<TapeRow>): TapeRow => {
    const row: TapeRow = {
      at,
      ticker: TICKER,
      mid,
      myBid: null,
      myAsk: null,
      inventory: ledger.position / CONTRACT,
      unrealizedPnl: moneyToCents(ledger.unrealizedAt(mid)),
      realizedPnl: moneyToCents(ledger.realized - ledger.fees),
      latencyMs: null,
      ...quote,
    }
    return parseRow(formatRow(row)) as TapeRow
  }
  const rows = [rowOf(T0, 50, {})]
  const fills = trades.map(({ side, cents, contracts, mid }, i) => {
    const at = T0 + (i + 1) * 1000
    const [price, quantity] = [cents * PRICE_CENT, contracts * CONTRACT]
    rows.push(rowOf(at - 500, mid, side === 'bid' ? { myBid: cents } : { myAsk: cents }))
    const fee = Math.ceil(modelFee(coefficient, quantity, price) / 100) * 100
    const fill = fillOf({ tradeId: `t-${i}`, side, price, quantity, fee, venueAt: at })
    ledger.apply(fill)
    rows.push(rowOf(at, mid, {}))
    return fill
  })
  return { rows, fills, ledger }
}

const TRADES = fc.array(
  fc.record({
    side: fc.constantFrom('bid' as const, 'ask' as const),
    cents: fc.integer({ min: 2, max: 98 }),
    contracts: fc.integer({ min: 1, max: 40 }),
    mid: fc.integer({ min: 4, max: 196 }).map((halves) => halves / 2),
  }),
  { maxLength: 30 },
)

describe('the tape alone', () => {
  it('gives back every fill that happened on our quote, without fees', () => {
    fc.assert(
      fc.property(TRADES, (trades) => {
        const { rows, fills } = tapeOf(trades, 0)
        const derived = deriveFills(rows)
        expect(derived.unassigned).toBe(0)
        expect(
          derived.fills.map(({ side, price, quantity, fee }) => [side, price, quantity, fee]),
        ).toEqual(fills.map(({ side, price, quantity }) => [side, price, quantity, 0]))
      }),
    )
  })

  it('gives back all the money and all the contracts, with fees', () => {
    fc.assert(
      fc.property(TRADES, (trades) => {
        const { rows, ledger } = tapeOf(trades, 17_500)
        const metrics = measure(fromRows(TICKER, rows))
        const equity = ledger.cash * 100 + ledger.position * Math.round(rows.at(-1)!.mid! * 10_000)
        expect(metrics.residual).toBe(0)
        // The tape rounds to a millionth of a dollar at each of its rows.
        expect(Math.abs(metrics.split.total - equity)).toBeLessThanOrEqual(100 * rows.length)
        expect(metrics.inventory.final * CONTRACT).toBe(ledger.position)
      }),
    )
  })

  it('puts money that moved without the inventory by itself', () => {
    const { rows } = tapeOf([], 0)
    const richer = [...rows, { ...rows[0]!, at: T0 + 5_000, realizedPnl: 3 }]
    const { split, residual } = measure(fromRows(TICKER, richer))
    expect([split.unassigned, split.total, residual]).toEqual([3_000_000, 3_000_000, 0])
  })

  it('waits for a mid where a row has none', () => {
    const { rows } = tapeOf([{ side: 'bid', cents: 40, contracts: 5, mid: 50 }], 0)
    const dark = rows.map((row, i) => (i === 2 ? { ...row, mid: null, unrealizedPnl: 0 } : row))
    const later = { ...rows[2]!, at: T0 + 9_000 }
    expect(deriveFills([...dark, later]).fills).toMatchObject([
      { at: T0 + 9_000, side: 'bid', price: 4_000, quantity: 500 },
    ])
  })

  it('is read from several segments, each with its header, and refuses what is no row', () => {
    const { rows } = tapeOf([{ side: 'bid', cents: 40, contracts: 5, mid: 50 }], 0)
    const [first, ...others] = rows.map(formatRow)
    const text = `${TAPE_HEADER}\n${others.join('\n')}\n${TAPE_HEADER}\r\n${first}\r\n`
    expect(readRows(text)).toEqual(rows)
    expect(() => readRows(`${TAPE_HEADER}\nnonsense`, 'a.csv')).toThrow(/line 2 of a\.csv/)
  })
})

describe('the exchange’s fills', () => {
  it('before the report are its opening, and after it no part of it', () => {
    const fills = [1, 2, 3].map((i) => fillOf({ tradeId: `${i}`, venueAt: T0 + i * 1000 }))
    const range = { from: T0 + 2_000, to: T0 + 3_000 }
    const input = fromExchange(TICKER, [], fills, range, null)
    expect([input.opening, input.fills.length, input.notes.length]).toEqual([1_000, 1, 1])
  })
})

describe('a backtest’s file', () => {
  const result = {
    ticker: 'KXA',
    settled: 'yes' as const,
    seconds: 100,
    fills: [
      {
        at: T0 + 500,
        side: 'bid' as const,
        price: 48,
        quantity: 10,
        fee: 0.02,
        mid: 50,
        fair: null,
      },
    ],
    // Ten at 48 c with 2 c of fees: at a mid of 51.5 c that is 33 c.
    equity: [
      [T0, 0],
      [T0 + 1_000, 0.33],
    ] as const,
    inventory: [
      [T0, 0],
      [T0 + 1_000, 10],
    ] as const,
    calls: { place: 2, amend: 1, decrease: 0, cancel: 1 },
    tokens: 32,
    twoSided: 0.5,
    oneSided: 0.2,
  }
  const run = { maker: 'full', fills: 'queue', results: [result] }

  it('has the mid of each second where something is held', () => {
    const input = fromBacktest(run, result)
    expect(input.rows.map(({ mid }) => mid)).toEqual([null, 51.5])
    const metrics = measure(input)
    expect(metrics.split).toMatchObject({ spread: 20e6, drift: 15e6, fees: 2e6, exit: 485e6 })
    expect([metrics.residual, metrics.profit]).toEqual([0, 5.18])
    expect(metrics.uptime.total).toMatchObject({ two: 50, one: 20, none: 30 })
    expect(metrics.calls?.tokens).toBe(32)
  })

  it('is searched for the market, the maker and the way of filling that were named', () => {
    const other = { ...run, maker: 'naive', results: [{ ...result, ticker: 'KXB', fills: [] }] }
    expect(pickResult([other, run], {}).result.ticker).toBe('KXA')
    expect(pickResult([other, run], { maker: 'naive' }).result.ticker).toBe('KXB')
    expect(() => pickResult([run], { ticker: 'KXC' })).toThrow(/found KXA full queue, wanted/)
  })
})
