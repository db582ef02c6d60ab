// Viability: a market worth quoting, each reason against one, and the arithmetic.

import { describe, expect, it } from 'vitest'
import {
  assessViability,
  describeViability,
  type VerdictCode,
  type ViabilityInput,
} from '../../../../src/core/guards/viability.ts'

/** 48 to 51 cents with maker fees: worth it. */
const GOOD: ViabilityInput = {
  ...{ tradable: true, credible: true, bid: 48, ask: 51, tick: 1, half: 1.5, lot: 10 },
  ...{ fee: 0.4375, adverseBid: 0.3, adverseAsk: 0.3 },
  ...{ arrivalsBid: 0.02, arrivalsAsk: 0.02, k: 0.7 },
  ...{ sellers: 0.01, buyers: 0.01, orders: 40, watched: 3600 },
  ...{ secondsLeft: 7200, reduceOnlySeconds: 300 },
  ...{ ownLosing: false, ownEdge: 0, ownMarkout: 0 },
}
/** The same one cent wide, where even the model would quote no wider. */
const TIGHT: Partial<ViabilityInput> = { bid: 49, ask: 50, half: 0.5 }

const verdict = (changes: Partial<ViabilityInput> = {}) => assessViability({ ...GOOD, ...changes })

describe('a market three cents wide at even odds', () => {
  it('is worth quoting, and earns fills times what is left of each', () => {
    const { ok, reasons, expectedPerHour, numbers } = verdict()
    expect(ok).toBe(true)
    expect(reasons).toEqual([])
    // At the touch: both sides, .02 exp(-.7 x 1.5) a second, 1.5 - .4375 - .3 a contract.
    const fills = 2 * 3600 * 0.02 * Math.exp(-1.05)
    expect(numbers.fillsPerHour).toBeCloseTo(fills, 8)
    expect(expectedPerHour).toBeCloseTo(fills * 0.7625 * 10, 8)
  })

  it('shows its numbers', () => {
    expect(verdict().numbers).toMatchObject({
      ...{ spreadCents: 3, feesCents: 0.875, adverseCents: 0.6, costCents: 1.475 },
      ...{ breakEvenSpread: 2, arrivalsBid: 0.02, arrivalsAsk: 0.02, shareBuys: 0.5, hoursLeft: 2 },
    })
  })

  it('says so in one sentence', () => {
    expect(describeViability(verdict())).toBe(
      'Yes: the spread of 3.00 c against costs of 1.48 c a round trip, with 50.4 fills an hour, ' +
        'leaves 384.23 c an hour',
    )
  })
})

describe('each of these alone speaks against a market', () => {
  const FLAWS = {
    few: { arrivalsBid: 1e-4, arrivalsAsk: 1e-4 },
    buys: { sellers: 0.0019, buyers: 0.0181 },
    losing: { ownLosing: true, ownEdge: 0.5, ownMarkout: -1.2 },
  }
  it.each<[VerdictCode, Partial<ViabilityInput>, string]>([
    ['market-not-tradable', { tradable: false }, 'the market is not open to quotes'],
    ['market-not-tradable', { bid: 50, ask: 50 }, 'the market is not open to quotes'],
    ['one-sided-book', { bid: 0 }, 'the book lacks a bid or an ask'],
    ['one-sided-book', { ask: 100 }, 'the book lacks a bid or an ask'],
    ['too-late', { secondsLeft: 300 }, '5.0 minutes are left, which are for reducing only'],
    ['no-flow', FLAWS.few, '0.25 fills an hour are expected and 0.5 wanted'],
    ['one-sided-flow', FLAWS.buys, '91 % of the aggressive orders are buys'],
    [
      ...(['spread-below-cost', TIGHT] as const),
      'the spread of 1.00 c does not pay for fees of 0.88 c' +
        ' and adverse selection of 0.60 c a round trip',
    ],
    [
      ...(['adverse-markout', FLAWS.losing] as const),
      'our fills were made with an edge of 0.50 c and lost 1.20 c after it',
    ],
  ])('%s (%o)', (code, changes, sentence) => {
    const found = verdict(changes)
    expect(found).toMatchObject({ reasons: [code], ok: false })
    expect(describeViability(found)).toBe(`No: ${sentence}`)
  })

  it('and several are all named', () => {
    const found = verdict({ ...TIGHT, secondsLeft: 60, tradable: false })
    expect(found.reasons).toEqual(['market-not-tradable', 'too-late', 'spread-below-cost'])
    expect(describeViability(found).split('; ')).toHaveLength(3)
  })
})

describe('at the edge of a rule', () => {
  it('a second more than reducing needs is enough', () => {
    expect(verdict({ secondsLeft: 301 }).ok).toBe(true)
  })

  it('a tenth of the orders on one side is enough, and 19 orders prove nothing', () => {
    expect(verdict({ sellers: 0.002, buyers: 0.018 }).ok).toBe(true)
    expect(verdict({ sellers: 0.0199, buyers: 0.0001, orders: 19 }).ok).toBe(true)
    expect(verdict({ sellers: 0.0199, buyers: 0.0001, orders: 20 }).ok).toBe(false)
  })

  it('a spread that costs just what it brings is not worth it, a little more is', () => {
    const even = { ...TIGHT, fee: 0.2, adverseBid: 0.3, adverseAsk: 0.3 }
    expect(verdict(even).reasons).toEqual(['spread-below-cost'])
    expect(verdict(even).numbers.breakEvenSpread).toBe(2)
    expect(verdict({ ...even, fee: 0.19 }).ok).toBe(true)
    expect(verdict({ ...even, fee: 0.19 }).numbers.breakEvenSpread).toBe(1)
  })

  it('99 own fills prove nothing, nor does a loss smaller than the edge', () => {
    // Averages alone are no proof, however bad: volatility makes them.
    expect(verdict({ ownLosing: false, ownEdge: 0.5, ownMarkout: -3 }).ok).toBe(true)
    expect(verdict({ ownLosing: true, ownEdge: 0.5, ownMarkout: -0.4 }).ok).toBe(false)
  })
})

describe('the best price', () => {
  it('is a tick inside a touch that nobody reaches', () => {
    // At 40 and 60 with h as wide: 9 cents out fill e^.7 times as often, and 8.26 of 9.26 is left.
    const { expectedPerHour } = verdict({ bid: 40, ask: 60, half: 10 })
    expect(expectedPerHour).toBeCloseTo(7200 * 0.02 * Math.exp(-6.3) * 8.2625 * 10, 8)
  })

  it("is the model's own where that earns more, on the grid", () => {
    // h of 1.4 around a mid of 50 wants 48.6 and 51.4: 48 and 52 it is.
    const { expectedPerHour } = verdict({ bid: 40, ask: 60, half: 1.4 })
    expect(expectedPerHour).toBeCloseTo(7200 * Math.min(0.02 * Math.exp(-1.4), 0.01) * 12.625, 8)
  })

  it('can lie behind a touch too tight to join', () => {
    const { ok, expectedPerHour } = verdict({ ...TIGHT, half: 1.4 })
    expect(ok).toBe(true)
    expect(expectedPerHour).toBeCloseTo(7200 * 0.02 * Math.exp(-0.98) * 6.625, 8)
  })

  it('is not inside a touch two ticks wide, where bid and ask would meet', () => {
    const two = { bid: 49, ask: 51, half: 0.2, fee: 0, adverseBid: 0, adverseAsk: 0, k: 5 }
    expect(verdict({ ...two, arrivalsBid: 1, arrivalsAsk: 1 }).expectedPerHour).toBeCloseTo(
      7200 * Math.exp(-5) * 10,
      6,
    )
  })
})

describe('what is expected', () => {
  it('is no more fills than takers, once those are known', () => {
    const rare = { sellers: 0.001, buyers: 0.001 }
    expect(verdict(rare).numbers.fillsPerHour).toBeCloseTo(7.2, 8)
    expect(verdict({ ...rare, orders: 19 }).numbers.fillsPerHour).toBeCloseTo(7.2, 8)
    const unknown = verdict({ ...rare, orders: 19, watched: 1799 }).numbers.fillsPerHour
    expect(unknown).toBeGreaterThan(50)
  })

  it('is nothing in a market watched for half an hour without a trade', () => {
    const quiet = { sellers: 0, buyers: 0, orders: 0, watched: 1800 }
    const found = verdict(quiet)
    expect(found).toMatchObject({ reasons: ['no-flow'], expectedPerHour: 0 })
    expect(found.numbers.shareBuys).toBeNull()
    expect(verdict({ ...quiet, watched: 60 }).ok).toBe(true)
  })

  it('is a loss where the fills come on the side that loses', () => {
    const found = verdict({ ...TIGHT, adverseBid: 0, adverseAsk: 0.3, arrivalsBid: 0.001 })
    expect(found.reasons).toEqual(['spread-below-cost'])
    expect(found.expectedPerHour).toBeLessThan(0)
  })

  it('is unknown without two sides', () => {
    expect(verdict({ bid: 0 }).expectedPerHour).toBeNull()
    expect(verdict({ bid: 0 }).numbers.spreadCents).toBeNull()
  })
})

describe('an input that is not a number', () => {
  const fields =
    'fee adverseBid adverseAsk arrivalsBid arrivalsAsk k secondsLeft lot half tick bid ask'
  it.each(fields.split(' '))('for %s never makes a market worth it', (field) => {
    expect(verdict({ half: 1.4, [field]: Number.NaN }).ok).toBe(false)
  })
})
