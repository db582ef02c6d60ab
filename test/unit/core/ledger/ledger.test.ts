// The ledger: twelve fills worked out by hand, and the laws that must hold for any fills in any
// order of arrival, through restarts and corrections by the exchange.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Holdings, Ledger } from '../../../../src/core/ledger/ledger.ts'
import type { Fill, PositionReport } from '../../../../src/core/vocabulary/events.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'

const T0 = 1_790_000_000_000

let count = 0
const fillOf = (side: Side, quantity: number, price: number, more: Partial<Fill> = {}): Fill => {
  count++
  return {
    ...{ tradeId: `trade-${count}`, orderId: `order-${count}`, clientOrderId: '' },
    ...{ ticker: 'KXTEST-1', side, price, quantity, fee: 0, isTaker: false },
    ...{ venueAt: T0 + count, positionAfter: null, ...more },
  }
}

const foldedInOrder = (fills: Fill[], limit?: number): Ledger => {
  const ledger = new Ledger(limit)
  for (const fill of fills) ledger.apply(fill)
  return ledger
}

describe("in the exchange's own order", () => {
  it('a fill that came late goes where a list from the exchange has it', () => {
    // All three in one millisecond; the second was lost on the feed. In the order of arrival the
    // realized gain would be another.
    const at = { venueAt: T0 }
    const first = fillOf('bid', 100, 4000, at)
    const second = fillOf('bid', 100, 6000, at)
    const third = fillOf('ask', 100, 5000, at)
    const [ledger, arrival] = [foldedInOrder([first, third]), foldedInOrder([first, third, second])]
    let previous: Fill | null = null
    for (const fill of [first, second, third]) {
      ledger.apply(fill, previous)
      previous = fill
    }
    expect(arrival.realized).toBe(100_000)
    expect(ledger.realized).toBe(0)
    expect(ledger.position).toBe(arrival.position)
  })

  it('the first of a list goes before what came in the same millisecond', () => {
    const at = { venueAt: T0 }
    const [first, second] = [fillOf('bid', 100, 4000, at), fillOf('ask', 200, 5000, at)]
    const ledger = new Ledger()
    ledger.apply(second!)
    ledger.apply(first!, null)
    expect(ledger.recent(2)).toMatchObject([{ side: 'ask' }, { side: 'bid' }])
  })
})

describe('a short', () => {
  it('that is closed in part rounds what was paid for NO, as the exchange does', () => {
    // 4 sold for 16002, so 23998 paid for NO; a quarter of that is 5999.5, which goes up.
    const fills = [fillOf('ask', 2, 4001), fillOf('ask', 2, 4000), fillOf('bid', 1, 4000)]
    const ledger = foldedInOrder(fills)
    expect(ledger).toMatchObject({ realized: 0, cost: -12_002 })
  })
})

/**
 * A trade as people say it, in contracts and cents of the side named, as a fill of the YES book.
 */
const trade = (
  action: 'buy' | 'sell',
  contracts: number,
  outcome: 'yes' | 'no',
  cents: number,
  feeCents: number,
): Fill =>
  fillOf(
    (action === 'buy') === (outcome === 'yes') ? 'bid' : 'ask',
    Math.round(contracts * 100),
    outcome === 'yes' ? cents * 100 : 10_000 - cents * 100,
    { fee: Math.round(feeCents * 10_000) },
  )

const sums = ({ position, cost, realized, fees, cash }: Ledger): Holdings => ({
  ...{ position, cost, realized, fees, cash },
})

const expectBalanced = (ledger: Ledger, mark: number): void => {
  const value = ledger.position * mark
  expect(ledger.cash + value).toBe(ledger.realized + (value - ledger.cost) - ledger.fees)
}

describe('the golden ledger', () => {
  // action, contracts, outcome, cents, fee | position, average, realized, fees, cash, change of
  // available cash; all in contracts and cents.
  type Trade = ['buy' | 'sell', number, 'yes' | 'no', number, number]
  type Row = [...Trade, number, number | null, ...[number, number, number, number]]
  const rows: Row[] = [
    ['buy', 10, 'yes', 45, 4.34, 10, 45, 0, 4.34, -454.34, -454.34],
    ['buy', 5.5, 'yes', 44, 2.38, 15.5, 44.645161, 0, 6.72, -698.72, -244.38],
    ['sell', 8, 'yes', 47, 3.49, 7.5, 44.645161, 18.8387, 10.21, -326.21, 372.51],
    ['buy', 10, 'no', 52, 4.37, -2.5, 48, 44, 14.58, 149.42, 225.63],
    ['sell', 4.25, 'yes', 50, 1.86, -6.75, 49.259259, 44, 16.44, 360.06, -214.36],
    ['buy', 3, 'yes', 46, 0, -3.75, 49.259259, 53.7778, 16.44, 222.06, 162],
    ['buy', 10, 'yes', 45.5, 4.34, 6.25, 45.5, 67.875, 20.78, -237.28, -84.34],
    ['sell', 2, 'no', 53, 0.88, 8.25, 45.863636, 67.875, 21.66, -332.16, -94.88],
    ['sell', 8.25, 'yes', 49, 14.44, 0, null, 93.75, 36.1, 57.65, 389.81],
    ['sell', 20, 'yes', 60, 8.4, -20, 60, 93.75, 44.5, 1249.25, -808.4],
    ['buy', 26.75, 'yes', 58, 45.62, 6.75, 58, 133.75, 90.12, -347.87, 402.88],
    ['buy', 1.25, 'no', 39, 0.53, 5.5, 58, 137.5, 90.65, -272.15, 75.72],
  ]

  it('agrees on every row and balances at marks 0, 37 and 100', () => {
    const ledger = new Ledger()
    for (const row of rows) {
      const [action, contracts, outcome, cents, fee, ...wanted] = row
      const [position, average, realized, fees, cash, available] = wanted
      const cashBefore = ledger.cash
      const shortBefore = Math.max(-ledger.position, 0)
      expect(ledger.apply(trade(action, contracts, outcome, cents, fee))).toBe('new')

      expect(ledger.position).toBe(Math.round(position * 100))
      if (average === null) expect(ledger.averagePrice()).toBeNull()
      // Cost is kept to a millionth of a dollar, so an average over 3.75 contracts to 1e-5 c.
      else expect(Math.abs(ledger.averagePrice()! - average)).toBeLessThan(1e-5)
      expect(ledger.realized / 10_000).toBeCloseTo(realized, 4)
      expect(ledger.fees).toBe(Math.round(fees * 10_000))
      expect(ledger.cash).toBe(Math.round(cash * 10_000))
      // A short is a NO holding: its pairs lock a dollar each.
      const locked = (Math.max(-ledger.position, 0) - shortBefore) * 10_000
      expect(ledger.cash - cashBefore - locked).toBe(Math.round(available * 10_000))
      for (const mark of [0, 3700, 10_000]) expectBalanced(ledger, mark)
    }
    expect(ledger.unrealizedAt(55)).toBe(-165_000)
    expect(ledger.realized + ledger.unrealizedAt(55) - ledger.fees).toBe(303_500)
    expect(ledger.cash).toBe(-2_721_500)
    expect(ledger.cash + ledger.position * 10_000).toBe(2_778_500)
  })
})

interface Spec {
  side: Side
  quantity: number
  price: number
  fee: number
}
const spec: fc.Arbitrary<Spec> = fc.record({
  side: fc.constantFrom<Side>('bid', 'ask'),
  quantity: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 50_000_000 })),
  price: fc.integer({ min: 1, max: 9999 }),
  fee: fc.integer({ min: 0, max: 1_000_000 }),
})
const specs = fc.array(spec, { minLength: 1, maxLength: 60 })
const filled = (all: Spec[]): Fill[] =>
  all.map((s, i) =>
    fillOf(s.side, s.quantity, s.price, {
      ...{ tradeId: `t${i}`, orderId: `o${i}`, fee: s.fee, venueAt: T0 + i * 10 },
    }),
  )
describe('any fills at all', () => {
  it('balance exactly at every mark from 0 to 10000', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 0, max: 10_000 }), (all, mark) => {
        const ledger = new Ledger()
        for (const fill of filled(all)) {
          ledger.apply(fill)
          for (const at of [0, 1, mark, 9999, 10_000]) expectBalanced(ledger, at)
        }
        for (let at = 0; at <= 10_000; at += 100) expectBalanced(ledger, at)
        expect(ledger.cash + ledger.position * 10_000 - ledger.cash).toBe(ledger.position * 10_000)
      }),
      { seed: 20_261_141 },
    )
  })

  it('keep the average between the lowest and highest price paid, and no cost when flat', () => {
    fc.assert(
      fc.property(specs, (all) => {
        const ledger = new Ledger()
        for (const fill of filled(all)) {
          ledger.apply(fill)
          const average = ledger.averagePrice()
          if (average === null) {
            expect(ledger.cost).toBe(0)
            expect(ledger.realized - ledger.fees).toBe(ledger.cash)
          } else {
            // Rounding a share of cost can push the average of a tiny rest a little outside.
            const slack = (60 * 0.5) / Math.abs(ledger.position) / 100
            const prices = all.map((s) => s.price / 100)
            expect(average).toBeGreaterThanOrEqual(Math.min(...prices) - slack)
            expect(average).toBeLessThanOrEqual(Math.max(...prices) + slack)
          }
        }
      }),
      { seed: 20_261_142 },
    )
  })

  it('come out the same in whatever order they arrive, and however often', () => {
    const shuffled = specs.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(
          all.flatMap((_, i) => [i, i]),
          { minLength: all.length * 2, maxLength: all.length * 2 },
        ),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([all, order]) => {
        const fills = filled(all)
        const wanted = foldedInOrder(fills)
        const ledger = new Ledger()
        const seen = new Set<number>()
        for (const index of order) {
          expect(ledger.apply(fills[index]!)).toBe(seen.has(index) ? 'duplicate' : 'new')
          seen.add(index)
        }
        expect(sums(ledger)).toEqual(sums(wanted))
        expect(ledger.recent(1000)).toEqual([...fills].reverse())
        expect(ledger.cursor).toBe(fills.at(-1)!.venueAt)
      }),
      { seed: 20_261_143 },
    )
  })

  it('do not depend on how many are kept, while each is late by less than that', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 2, max: 8 }), (all, limit) => {
        const fills = filled(all)
        const wanted = foldedInOrder(fills)
        // Neighbours swapped: each fill is late by one.
        const swapped = [...fills]
        for (let i = 0; i + 1 < swapped.length; i += 2) {
          ;[swapped[i], swapped[i + 1]] = [swapped[i + 1]!, swapped[i]!]
        }
        const ledger = foldedInOrder(swapped, limit)
        expect(sums(ledger)).toEqual(sums(wanted))
        expect(ledger.recent(100)).toEqual(fills.slice(-limit).reverse())
        for (const fill of fills) expect(ledger.apply(fill)).toBe('duplicate')
        expect(sums(ledger)).toEqual(sums(wanted))
      }),
      { seed: 20_261_144 },
    )
  })

  it('survive a restart in the middle, through JSON', () => {
    fc.assert(
      fc.property(specs, fc.nat(), fc.integer({ min: 1, max: 20 }), (all, cut, limit) => {
        const fills = filled(all)
        const at = cut % fills.length
        const straight = foldedInOrder(fills, limit)
        const before = foldedInOrder(fills.slice(0, at), limit)
        const after = new Ledger(limit)
        after.apply(fillOf('bid', 100, 5000))
        after.restore(JSON.parse(JSON.stringify(before.snapshot())))
        expect(sums(after)).toEqual(sums(before))
        // The exchange is asked again from the start: what was counted is not counted twice.
        for (const fill of fills) after.apply(fill)
        expect(sums(after)).toEqual(sums(straight))
        expect(after.recent(5)).toEqual(straight.recent(5))
        expect(after.cursor).toBe(straight.cursor)
      }),
      { seed: 20_261_145 },
    )
  })
})

describe('counting a fill once', () => {
  it('knows both halves of a trade with ourselves by their orders', () => {
    const ledger = new Ledger()
    const buy = fillOf('bid', 500, 5000, { tradeId: 'same', orderId: 'mine-1' })
    const sell = fillOf('ask', 500, 5000, { tradeId: 'same', orderId: 'mine-2' })
    expect(ledger.apply(buy)).toBe('new')
    expect(ledger.apply(sell)).toBe('new')
    expect(ledger.apply(buy)).toBe('duplicate')
    expect(ledger.position).toBe(0)
  })

  it('keeps fills of the same millisecond in the order they came', () => {
    const ledger = new Ledger()
    ledger.apply(fillOf('bid', 100, 4000, { venueAt: T0 }))
    ledger.apply(fillOf('ask', 100, 6000, { venueAt: T0 + 9 }))
    // Both late and at one time: bought at 50, then sold 200 at an average of 45.
    ledger.apply(fillOf('bid', 100, 5000, { venueAt: T0 + 5 }))
    ledger.apply(fillOf('ask', 300, 7000, { venueAt: T0 + 5 }))
    expect(ledger.position).toBe(-200)
    expect(ledger.recent(4).map((fill) => fill.price)).toEqual([6000, 7000, 5000, 4000])
    expect(ledger).toMatchObject({ realized: 200 * 2500, cost: -100 * 7000 - 100 * 6000 })
  })

  it('copies what it keeps, because frames are used again', () => {
    const ledger = new Ledger()
    const scratch = fillOf('bid', 500, 5000, { venueAt: T0 + 20 })
    ledger.apply(scratch)
    scratch.quantity = 9999
    scratch.price = 1
    ledger.apply(fillOf('bid', 100, 4000, { venueAt: T0 + 10 }))
    expect(ledger).toMatchObject({ position: 600, cost: 500 * 5000 + 100 * 4000 })
  })

  it('remembers the latest 5000 that are no longer listed', () => {
    const ledger = new Ledger(1)
    const fills = filled(Array.from({ length: 5002 }, () => bidOne))
    for (const fill of fills) ledger.apply(fill)
    expect(ledger.position).toBe(5002)
    expect(ledger.apply(fills[1]!)).toBe('duplicate')
    expect(ledger.apply(fills[5001]!)).toBe('duplicate')
    expect(ledger.snapshot().merged.length).toBe(1000)
    expect(ledger.snapshot().merged.at(-1)).toBe('t5000/o5000')
    // The first one has been forgotten; that is the bound, not a feature.
    expect(ledger.apply(fills[0]!)).toBe('new')
  })

  it('keeps position, cash and fees exact even for a fill older than all it can fold again', () => {
    const fills = filled([
      { side: 'bid', quantity: 1000, price: 4000, fee: 7 },
      { side: 'bid', quantity: 1000, price: 5000, fee: 7 },
      { side: 'ask', quantity: 1500, price: 6000, fee: 7 },
    ])
    const ledger = foldedInOrder([fills[1]!, fills[2]!, fills[0]!], 1)
    const { position, cash, fees } = foldedInOrder(fills)
    expect(ledger).toMatchObject({ position, cash, fees })
    expectBalanced(ledger, 4321)
  })

  it('refuses a fill of nothing as our own mistake', () => {
    expect(() => new Ledger().apply(fillOf('bid', 0, 5000, { tradeId: 'empty' }))).toThrow(
      'a fill has a positive quantity, found 0 in trade empty',
    )
  })
})

const bidOne: Spec = { side: 'bid', quantity: 1, price: 5000, fee: 0 }

describe('adopting the position of the exchange', () => {
  const sold = { position: -1450, realized: 1_200_000, fees: 31_000 }
  const short: PositionReport = { ...sold, exposure: 7_975_000 }

  it('reads the exposure of a short as the cost of NO', () => {
    const ledger = new Ledger()
    ledger.adopt(short, T0)
    // 14.50 NO for $7.975 are 55 c each: sold YES at 45 c.
    expect(ledger.averagePrice()).toBeCloseTo(45, 10)
    expect(ledger).toMatchObject({ ...sold, cost: -1450 * 4500 })
    // All of it is lost if YES settles: 7.975 paid, 1.2 won before, 0.031 of fees.
    expect(ledger.cash + ledger.position * 10_000).toBe(1_200_000 - 31_000 - 7_975_000)
    for (const mark of [0, 4500, 10_000]) expectBalanced(ledger, mark)
  })

  it('reads the exposure of a long as the cost of YES, and of nothing as nothing', () => {
    const ledger = new Ledger()
    ledger.adopt({ position: 200, realized: 0, fees: 0, exposure: 900_000 }, T0)
    expect(ledger.averagePrice()).toBeCloseTo(45, 10)
    ledger.adopt({ position: 0, realized: -5, fees: 1, exposure: 0 }, T0)
    expect([ledger.averagePrice(), ledger.cash]).toEqual([null, -6])
  })

  it('replaces what was folded, and goes on from there with the next fill', () => {
    const ledger = new Ledger()
    ledger.apply(fillOf('bid', 1000, 5000, { venueAt: T0 }))
    ledger.adopt(short, T0 + 5)
    expect(ledger.position).toBe(-1450)
    ledger.apply(fillOf('bid', 450, 4000, { venueAt: T0 + 6, fee: 100 }))
    const realized = 1_200_000 + 450 * 500
    expect(ledger).toMatchObject({ position: -1000, realized, fees: 31_100 })
    expectBalanced(ledger, 777)
  })

  it('does not count the history that the report already contains, but shows it', () => {
    const ledger = new Ledger()
    ledger.adopt(short, T0 + 50)
    const old = [10, 30, 20, 50].map((ms) => fillOf('ask', 100, 4500, { venueAt: T0 + ms }))
    for (const fill of old) expect(ledger.apply(fill)).toBe('duplicate')
    expect(ledger.position).toBe(-1450)
    expect(ledger.recent(9).map((fill) => fill.venueAt - T0)).toEqual([50, 30, 20, 10])
    expect(ledger.cursor).toBe(T0 + 50)
    const next = fillOf('ask', 100, 4500, { venueAt: T0 + 51 })
    expect(ledger.apply(next)).toBe('new')
    expect(ledger.position).toBe(-1550)
    for (const fill of old) expect(ledger.apply(fill)).toBe('duplicate')
    expect(ledger.position).toBe(-1550)
  })

  it('does not count fills again that it had counted before', () => {
    const ledger = new Ledger()
    const counted = fillOf('bid', 1000, 5000, { venueAt: T0 + 100 })
    ledger.apply(counted)
    // The exchange's clock and `at` disagree: the fill seems to be younger than the report.
    ledger.adopt({ position: 1000, realized: 0, fees: 0, exposure: 5_000_000 }, T0 + 50)
    expect(ledger.apply(counted)).toBe('duplicate')
    expect(ledger.position).toBe(1000)
    // One that comes late after that is folded after the report, in its own order.
    ledger.apply(fillOf('ask', 400, 6000, { venueAt: T0 + 70 }))
    ledger.apply(fillOf('ask', 100, 6000, { venueAt: T0 + 60 }))
    expect(ledger).toMatchObject({ position: 500, realized: 500 * 1000 })
  })

  it('survives a restart with what it covers', () => {
    const ledger = new Ledger(3)
    for (let i = 0; i < 5; i++) ledger.apply(fillOf('bid', 100, 5000, { venueAt: T0 + i }))
    ledger.adopt(short, T0 + 50)
    ledger.apply(fillOf('bid', 50, 4000, { venueAt: T0 + 60 }))
    const again = new Ledger(3)
    again.restore(JSON.parse(JSON.stringify(ledger.snapshot())))
    expect(sums(again)).toEqual(sums(ledger))
    expect(again.apply(fillOf('bid', 7, 4000, { venueAt: T0 + 49 }))).toBe('duplicate')
    expect(again.apply(fillOf('bid', 7, 4000, { venueAt: T0 + 59 }))).toBe('new')
    expect(again.position).toBe(-1450 + 57)
  })
})

describe('marking to market', () => {
  it('gains a short what the mark falls, in whole units of money', () => {
    const ledger = new Ledger()
    ledger.apply(fillOf('ask', 1001, 6000))
    expect([ledger.unrealizedAt(60), ledger.unrealizedAt(59.5)]).toEqual([0, 1001 * 50])
    expect(Number.isInteger(ledger.unrealizedAt(33.333333))).toBe(true)
  })
})
