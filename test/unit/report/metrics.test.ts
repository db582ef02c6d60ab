// The report's numbers against a small session worked out by hand:
//
//   0 s mid 50 | 10.5 s buy 10 at 49, fee 2 c | 11 s mid 49 | 40 s mid 52 |
//   60.5 s sell 4 at 53, fee 1 c | 61 s mid 51 | 120 s mid 47, six held

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Account } from '../../../research/backtest/exchange/account.ts'
import type { TapeRow } from '../../../src/core/vocabulary/events.ts'
import { Fall } from '../../../src/report/measures/equity.ts'
import { positionBucket } from '../../../src/report/measures/markouts.ts'
import { measure, rank } from '../../../src/report/measures/metrics.ts'
import { headline } from '../../../src/report/page/words.ts'
import { bareInput, type ReportFill, type ReportInput } from '../../../src/report/sources/input.ts'
import { T0, TICKER, tapeRowOf } from '../../helpers/core.ts'

const rowAt = (seconds: number, mid: number | null, more: Partial<TapeRow> = {}): TapeRow =>
  tapeRowOf({ at: T0 + seconds * 1000, mid, ...more })
const fillAt = (
  seconds: number,
  side: 'bid' | 'ask',
  contracts: number,
  cents: number,
  feeCents: number,
): ReportFill => ({
  ...{ at: T0 + seconds * 1000, side, price: cents * 100, quantity: contracts * 100 },
  ...{ fee: feeCents * 10_000, isTaker: false, mid: null, fair: null },
})
const SESSION: ReportInput = {
  ...bareInput(TICKER, 'exchange'),
  rows: [
    rowAt(0, 50, { latencyMs: 5 }),
    rowAt(11, 49, { latencyMs: 9 }),
    rowAt(40, 52),
    rowAt(61, 51, { latencyMs: 1 }),
    rowAt(120, 47, { inventory: 6 }),
  ],
  fills: [fillAt(10.5, 'bid', 10, 49, 2), fillAt(60.5, 'ask', 4, 53, 1)],
}
const CENT = 1_000_000
const markoutAt = (input: ReportInput, name: string, after: number | 'settlement') =>
  measure(input)
    .markouts.find((group) => group.name === name)!
    .markouts.find((markout) => markout.after === after)!

describe('profit', () => {
  it('is split into edge, drift and fees, which add up to what the ledger says', () => {
    const { split, residual, profit, finalCents } = measure(SESSION)
    expect(split).toEqual({
      spread: 14 * CENT,
      drift: -10 * CENT,
      fees: 3 * CENT,
      exit: 0,
      unassigned: 0,
      total: 1 * CENT,
    })
    expect([residual, profit, finalCents]).toEqual([0, 0.01, 47])
  })

  it.each([
    ['yes', 318, 319],
    ['no', -282, -281],
  ] as const)('of a market that settled %s has an exit of %i c', (result, exit, total) => {
    const market = { closeAt: T0 + 120_000, result, fees: null }
    const metrics = measure({ ...SESSION, market })
    expect([metrics.split.exit, metrics.split.total]).toEqual([exit * CENT, total * CENT])
    expect([metrics.residual, metrics.liquidation]).toEqual([0, total / 100])
  })

  it('counts an opening position from the first mid on', () => {
    const metrics = measure({ ...SESSION, opening: -300, fills: [] })
    expect(metrics.split).toMatchObject({ spread: 0, drift: 9 * CENT, total: 9 * CENT })
    expect(metrics.residual).toBe(0)
  })

  it('falls from its highest point, seen at fills and rows', () => {
    // 8, -2, 28, 31, 25, 1 cents.
    expect(measure(SESSION).samples.map(({ equity }) => equity)).toEqual([
      0, 0.08, -0.02, 0.28, 0.31, 0.25, 0.01,
    ])
    expect(measure(SESSION).drawdown).toBe(0.3)
    const fall = new Fall()
    for (const value of [-1, -5, 3, 2]) fall.add(value)
    expect(fall.worst).toBe(5)
  })

  it('at liquidation is half the touch and the taker fee less, or not known', () => {
    const market = { closeAt: T0 + 1e6, result: null, fees: { maker: 0, taker: 70_000 } }
    // Six sold at 46 c: 6 c of spread, and 0.07 x 6 x 0.46 x 0.54 dollars.
    const metrics = measure({ ...SESSION, market, touchCents: 2 })
    expect(metrics.liquidation).toBeCloseTo(0.01 - 0.06 - 0.104328, 10)
    // From 14.5042 c with six at 52 to the end.
    expect(metrics.liquidationDrawdown).toBeCloseTo(0.29937, 10)
    expect(measure(SESSION).liquidation).toBeNull()
    expect(measure({ ...SESSION, market }).liquidationDrawdown).toBeNull()
  })

  it('per contract, with turnover and fees', () => {
    const metrics = measure(SESSION)
    expect(metrics.contracts).toBe(14)
    expect(metrics.turnover).toBeCloseTo(7.02, 10)
    expect(metrics.feePerContract).toBeCloseTo(3 / 14, 10)
    expect(metrics.edgePerContract).toBeCloseTo(1, 10)
    expect(metrics.profitPerContract).toBeCloseTo(1 / 14, 10)
    expect(metrics.realizedSpread).toBeCloseTo(38 / 14, 10)
  })

  it('reconciles to the last digit over any fills, marks, opening and end', () => {
    const event = fc.record({
      wait: fc.integer({ min: 0, max: 40_000 }),
      mid: fc.option(fc.integer({ min: 2, max: 19_998 }), { nil: null }),
      fill: fc.option(
        fc.record({
          side: fc.constantFrom('bid' as const, 'ask' as const),
          price: fc.integer({ min: 1, max: 9_999 }),
          quantity: fc.integer({ min: 1, max: 50_000 }),
          fee: fc.integer({ min: 0, max: 900_000 }),
        }),
        { nil: null },
      ),
    })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.integer({ min: -20_000, max: 20_000 }),
        fc.constantFrom(null, 'yes' as const, 'no' as const),
        (events, opening, result) => {
          const rows: TapeRow[] = []
          const fills: ReportFill[] = []
          // The exchange's own way of keeping books, which shares no code with the ledger.
          const account = new Account()
          let at = T0
          for (const { wait, mid, fill } of events) {
            at += wait
            if (mid !== null) rows.push({ ...rowAt(0, mid / 200), at })
            if (fill === null) continue
            fills.push({ at, isTaker: false, mid: null, fair: null, ...fill })
            account.trade(fill.side, fill.price, fill.quantity, fill.fee)
          }
          const market = { closeAt: at, result, fees: null }
          const metrics = measure({ ...SESSION, rows, fills, opening, market })
          const { spread, drift, fees, exit, total } = metrics.split
          expect(metrics.residual).toBe(0)
          expect(spread + drift - fees + exit).toBe(total)
          const first = rows[0]?.mid ?? (fills[0]?.price ?? 0) / 100
          const final = metrics.finalCents ?? first
          expect(total).toBe(
            account.cash * 100 +
              (account.position + opening) * Math.round(final * 10_000) -
              opening * Math.round(first * 10_000),
          )
        },
      ),
      { numRuns: 400 },
    )
  })
})

describe('inventory', () => {
  it('is weighted by time', () => {
    const { inventory } = measure(SESSION)
    // 10.5 s of nothing, 50 s of ten, 59.5 s of six.
    expect(inventory.mean).toBeCloseTo((500 + 357) / 120, 10)
    expect(inventory.meanAbsolute).toBeCloseTo((500 + 357) / 120, 10)
    expect(inventory.deviation).toBeCloseTo(
      Math.sqrt((5_000 + 2_142) / 120 - ((500 + 357) / 120) ** 2),
      10,
    )
    expect([inventory.largest, inventory.final]).toEqual([10, 6])
    const shares = inventory.bins.map(({ share }) => share)
    expect(shares).toHaveLength(11)
    expect(shares[0]).toBeCloseTo(10.5 / 120, 10)
    expect(shares[6]).toBeCloseTo(59.5 / 120, 10)
    expect(shares[10]).toBeCloseTo(50 / 120, 10)
    expect(inventory.bins[6]).toMatchObject({ from: 5.5, to: 6.5 })
  })
})

describe('gains after a fill', () => {
  it('are averaged over contracts, at each horizon that has a price', () => {
    const at = (after: number) => markoutAt(SESSION, 'all fills', after)
    expect(at(0).cents).toBeCloseTo(1, 10)
    expect(at(1).cents).toBeCloseTo(8 / 14, 10)
    expect(at(5).cents).toBeCloseTo(8 / 14, 10)
    expect(at(30).cents).toBeCloseTo(38 / 14, 10)
    // The sale has no price a minute later, because the tape ends before.
    expect([at(60).cents, at(60).contracts]).toEqual([2, 10])
    expect([at(300).cents, at(300).fills]).toEqual([null, 0])
  })

  it('are told by side, by what the fill did to the position, and by time to the close', () => {
    const market = { closeAt: T0 + 950_000, result: 'yes' as const, fees: null }
    const input = { ...SESSION, market }
    expect(markoutAt(input, 'bought', 30).cents).toBe(3)
    expect(markoutAt(input, 'sold', 30).cents).toBe(2)
    expect(markoutAt(input, 'from flat', 30).cents).toBe(3)
    expect(markoutAt(input, 'reduces', 30).cents).toBe(2)
    expect(markoutAt(input, '15 to 60 min', 30).contracts).toBe(10)
    expect(markoutAt(input, 'bought', 'settlement')).toMatchObject({ cents: 51, interval: null })
    expect(markoutAt(input, 'sold', 'settlement').cents).toBe(-47)
  })

  it('do not take an old mid for a new one', () => {
    const rows = [rowAt(0, 50), rowAt(11, 49), rowAt(120, 47)]
    // At 40.5 s the mid of 11 s is 29.5 s old; at 70.5 s it is too old.
    expect(markoutAt({ ...SESSION, rows }, 'bought', 30).cents).toBe(0)
    expect(markoutAt({ ...SESSION, rows }, 'bought', 60).cents).toBeNull()
  })

  it.each([
    [0, 100, 'from flat'],
    [500, -100, 'reduces'],
    [-500, 100, 'reduces'],
    [500, 100, 'adds to a small one'],
    [-600, -100, 'adds to a large one'],
  ])('of a fill on %i by %i are under "%s"', (before, signed, bucket) => {
    expect(positionBucket(before, signed, 1_000)).toBe(bucket)
  })
})

describe('quoting', () => {
  const quotes = { myBid: 49, myAsk: 51 }
  it('is told by hour: both sides, one, none, and what the tape does not know', () => {
    // T0 is 13 min 20 s past an hour.
    const rows = [
      rowAt(0, 50, quotes),
      rowAt(1, 50, { ...quotes, myAsk: null }),
      rowAt(3, 50),
      rowAt(2_803, 50, quotes),
      rowAt(2_823, 50),
    ]
    const { uptime } = measure({ ...SESSION, rows, fills: [], until: T0 + 2_830_000 })
    expect(uptime.hours).toEqual([
      { from: T0 - 800_000, two: 1, one: 2, none: 2_797, unknown: 0 },
      { from: T0 + 2_800_000, two: 5, one: 0, none: 3 + 7, unknown: 15 },
    ])
    expect(uptime.total).toEqual({ two: 6, one: 2, none: 2_807, unknown: 15 })
    expect(uptime.twoSided).toBeCloseTo(6 / 2_815, 10)
  })

  it('has latencies by nearest rank', () => {
    expect(measure(SESSION).latency).toEqual({ count: 3, p50: 5, p90: 9, p99: 9, max: 9 })
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1)
    expect([rank(hundred, 0.5), rank(hundred, 0.9), rank(hundred, 0.99)]).toEqual([50, 90, 99])
  })

  it('has a fill ratio only where placed contracts were counted', () => {
    const filled = { fills: 2, contracts: 14 }
    const asked = { place: 4, amend: 0, decrease: 0, cancel: 0, tokens: 40 }
    const calls = { ...asked, placedContracts: 56, filled }
    expect(measure({ ...SESSION, calls }).fillRatio).toBe(0.25)
    expect(measure({ ...SESSION, calls }).fillsPerOrder).toBe(0.5)
    expect(measure({ ...SESSION, calls: { ...calls, placedContracts: null } }).fillRatio).toBeNull()
  })
})

describe('checks', () => {
  const account = {
    ...{ at: T0 + 130_000, balance: null, position: 600, realized: 160_000, fees: 30_000 },
    ...{ cash: -2_810_000, fills: 2, differences: [] },
  }
  it('agree with an exchange that says the same', () => {
    const { checks } = measure({ ...SESSION, account })
    expect(checks.every(({ agrees }) => agrees)).toBe(true)
    expect(checks.map(({ name }) => name)).toContain('fills and exchange: cash')
  })

  it('name what does not, and leave out what this report cannot know', () => {
    const wrong = measure({ ...SESSION, account: { ...account, cash: -2_810_001 } }).checks
    const cash = { name: 'fills and exchange: cash', unit: 'dollars', agrees: false }
    expect(wrong.filter(({ agrees }) => !agrees)).toEqual([
      { ...cash, ours: '-2.810000', other: '-2.810001' },
    ])
    const part = measure({ ...SESSION, account: { ...account, fills: 3 } }).checks
    expect(part.map(({ name }) => name)).not.toContain('fills and exchange: cash')
  })

  it('see a tape that holds something else than the fills say', () => {
    const rows = [...[...SESSION.rows].slice(0, -1), rowAt(120, 47, { inventory: 5 })]
    const off = measure({ ...SESSION, rows }).checks.filter(({ agrees }) => !agrees)
    expect(off.map(({ name }) => name)).toEqual(['fills and tape: position'])
  })
})

describe('the headline', () => {
  it('says it in words', () => {
    expect(headline('KXA', measure(SESSION))).toBe(
      'Made $0.010 in 2 min of KXA, still holding 6 contracts: $0.140 from the spread, −$0.100 from holding while the price moved, less $0.030 of fees on 2 fills. The worst fall on the way was $0.300. Both sides were quoted 0 % of the time.',
    )
    expect(headline('KXA', measure({ ...SESSION, fills: [] }))).toContain('Nothing traded in KXA')
  })
})
