// What a report can be made of: the tape alone, a backtest's file, a worker's answers.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBacktest, pickResult } from '../../../research/report/backtest.ts'
import { Ledger } from '../../../src/core/ledger/ledger.ts'
import { formatRow, parseRow, TAPE_HEADER } from '../../../src/core/record/tape.ts'
import { statusOf } from '../../../src/core/status/view.ts'
import type { TapeRow } from '../../../src/core/vocabulary/events.ts'
import { modelFee } from '../../../src/core/vocabulary/fees.ts'
import { CONTRACT, moneyToCents, PRICE_CENT } from '../../../src/core/vocabulary/units.ts'
import { deriveFills } from '../../../src/report/measures/derive.ts'
import { measure } from '../../../src/report/measures/metrics.ts'
import { accountBody } from '../../../src/report/sources/account-body.ts'
import { fromExchange, fromRows, readRows } from '../../../src/report/sources/sources.ts'
import { fromAnswers } from '../../../src/report/sources/worker.ts'
import { fillOf, marketOf, quotingEngine, T0, TICKER, tapeRowOf } from '../../helpers/core.ts'

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
    const inventory = ledger.position / CONTRACT
    const unrealizedPnl = moneyToCents(ledger.unrealizedAt(mid))
    const realizedPnl = moneyToCents(ledger.realized - ledger.fees)
    const row = tapeRowOf({ at, mid, inventory, unrealizedPnl, realizedPnl, ...quote })
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

describe('a running worker', () => {
  const engine = quotingEngine()
  const status = statusOf(engine, T0 + 20_000)
  // Half an hour of which the maker has run for 80 s; one fill before it started, three after.
  const fills = [-500_000, -59_000, 1_000, 2_000].map((after, i) =>
    fillOf({ tradeId: `${i}`, quantity: 200, venueAt: T0 + after }),
  )
  const exchange = {
    ...{ at: T0 + 20_000, balance: 0, settlements: [], fills },
    position: { position: 800, realized: 0, fees: 0, exposure: 0 },
  }
  const range = { from: T0 - 1_800_000, to: T0 + 20_000 }
  const answers = (maker: unknown, account: unknown) =>
    fromAnswers(TICKER, [], range, maker, account)

  it('counts from when it started, and so do the fills that its orders are compared with', () => {
    const input = answers(status, accountBody(marketOf(), exchange, null))
    expect(input.counted).toEqual({ since: T0 - 60_000 })
    const filled = { fills: 3, contracts: 6 }
    expect(input.calls).toMatchObject({ place: 2, placedContracts: 20, filled })
    const metrics = measure(input)
    expect([metrics.fills, metrics.fillRatio, metrics.fillsPerOrder]).toEqual([4, 0.3, 1.5])
  })

  it('has no fill ratio where an earlier run placed what was filled', () => {
    const more = fills.map((fill) => ({ ...fill, quantity: 2_000 }))
    const input = answers(status, accountBody(marketOf(), { ...exchange, fills: more }, null))
    expect(measure(input).fillRatio).toBeNull()
  })

  it('without an account does not say when it started, and without a maker counts nothing', () => {
    const alone = answers(status, null)
    expect([alone.counted, alone.calls?.filled]).toEqual([{ since: null }, null])
    expect([measure(alone).fillRatio, measure(alone).fillsPerOrder]).toEqual([null, null])
    const none = answers(null, accountBody(marketOf(), exchange, null))
    expect([none.counted, none.calls]).toEqual([null, null])
  })
})

describe('a backtest’s file', () => {
  const BOUGHT = { side: 'bid' as const, price: 48, quantity: 10 }
  const result = {
    ticker: 'KXA',
    settled: 'yes' as const,
    from: T0,
    closeAt: T0 + 900_000,
    seconds: 100,
    fills: [{ ...BOUGHT, at: T0 + 500, fee: 0.02, tapeMid: 50, fair: null }],
    // Ten at 48 c with 2 c of fees: at a mid of 51.5 c that is 33 c.
    tape: [
      formatRow(tapeRowOf({ mid: 50, myBid: 48, myAsk: 53 })),
      formatRow(tapeRowOf({ at: T0 + 1_000, mid: 51.5, inventory: 10, myAsk: 53, latencyMs: 100 })),
      formatRow(tapeRowOf({ at: T0 + 3_000, mid: 51.5, inventory: 10 })),
    ],
    calls: { place: 2, amend: 1, decrease: 0, cancel: 1 },
    placedContracts: 40,
    tokens: 32,
  }
  const run = { maker: 'full', fills: 'queue', results: [result] }

  it('has mids, quotes and latency of the tape that the maker would have written', () => {
    const input = fromBacktest(run, result)
    expect([...input.rows].map(({ mid }) => mid)).toEqual([50, 51.5, 51.5])
    const metrics = measure(input)
    expect(metrics.split).toMatchObject({ spread: 20e6, drift: 15e6, fees: 2e6, exit: 485e6 })
    expect([metrics.residual, metrics.profit]).toEqual([0, 5.18])
    expect(metrics.uptime.total).toEqual({ two: 1, one: 2, none: 97, unknown: 0 })
    expect([metrics.latency?.max, metrics.to - metrics.from]).toEqual([100, 100_000])
    expect([metrics.calls?.tokens, metrics.fillRatio, metrics.fillsPerOrder]).toEqual([
      32, 0.25, 0.5,
    ])
  })

  it('of an older version, without rows, is refused by name', () => {
    const { tape: _, ...older } = result
    expect(() => fromBacktest(run, older as unknown as typeof result)).toThrow(
      'Reading the backtest failed: found KXA without the rows of its tape, wanted',
    )
  })

  it('is searched for the market, the maker and the way of filling that were named', () => {
    const other = { ...run, maker: 'naive', results: [{ ...result, ticker: 'KXB', fills: [] }] }
    expect(pickResult([other, run], {}).result.ticker).toBe('KXA')
    expect(pickResult([other, run], { maker: 'naive' }).result.ticker).toBe('KXB')
    expect(() => pickResult([run], { ticker: 'KXC' })).toThrow(/found KXA full queue, wanted/)
  })
})
