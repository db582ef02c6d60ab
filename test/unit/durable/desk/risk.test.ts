// What the account may lose is shared among makers so that no two can take the same dollar.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RiskReport } from '../../../../src/core/vocabulary/desk.ts'
import { DOLLAR } from '../../../../src/core/vocabulary/units.ts'
import {
  dayGainOf,
  freshRisk,
  grantRisk,
  mustStoreRisk,
  type RiskState,
  releaseRisk,
  riskView,
  worstOutcome,
  writeOffDay,
} from '../../../../src/durable/desk/risk.ts'

const DAY = 20_000
const AT = DAY * 86_400_000 + 1_000
const dollars = (yes: number, no: number) => ({ yes: yes * DOLLAR, no: no * DOLLAR })

const reportOf = (changes: Partial<RiskReport> = {}): RiskReport => ({
  ...{ event: 'KXE', exclusive: true, shard: 0 },
  ...{ held: dollars(0, 0), used: dollars(0, 0), wanted: 1_000 * DOLLAR },
  ...{ day: DAY, dayGain: 0, cash: null, bound: 0 },
  ...changes,
})

const limitsOf = (limits: Partial<RiskState['limits']>): RiskState => {
  const risk = freshRisk()
  const wide = { max_event_dollars_at_risk: 1e6, max_desk_dollars_at_risk: 1e6 }
  return { ...risk, limits: { ...risk.limits, ...wide, ...limits } }
}

const grant = (risk: RiskState, ticker: string, changes: Partial<RiskReport> = {}) =>
  grantRisk(risk, ticker, AT, AT + 45_000, reportOf(changes))

describe('the worst outcome of an event', () => {
  const sold = { yes: 60 * DOLLAR, no: -40 * DOLLAR, exclusive: true }

  it('counts one answer yes at most where markets exclude each other', () => {
    // Three sold at 40: at worst one costs 60, and the others pay 40 each.
    expect(worstOutcome([sold, sold, sold])).toBe((60 - 80) * DOLLAR)
    expect(worstOutcome([{ ...sold, exclusive: false }, sold, sold])).toBe(180 * DOLLAR)
  })

  it('may be none of ours', () => {
    const bought = { yes: -60 * DOLLAR, no: 40 * DOLLAR, exclusive: true }
    expect(worstOutcome([bought, bought])).toBe(80 * DOLLAR)
    // What was sold is the answer, and what was bought is not.
    expect(worstOutcome([bought, sold])).toBe(100 * DOLLAR)
    expect(worstOutcome([])).toBe(0)
  })
})

it('the worst outcome is that of the worst winner, or of none, tried one by one', () => {
  const money = fc.integer({ min: -100, max: 100 })
  const member = fc.record({ yes: money, no: money, exclusive: fc.constant(true) })
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), (members) => {
      const lossIf = (winner: number): number =>
        members.reduce((sum, { yes, no }, index) => sum + (index === winner ? yes : no), 0)
      const worst = Math.max(lossIf(-1), ...members.map((_, winner) => lossIf(winner)))
      expect(worstOutcome(members)).toBe(worst)
    }),
  )
})

describe('a grant', () => {
  it('is as much as the ticker would use, where there is room', () => {
    const { terms, partial } = grant(limitsOf({}), 'A', { wanted: 50 * DOLLAR })
    expect(terms.most).toEqual(dollars(50, 50))
    expect(partial).toBe(false)
  })

  it('shares what there is, and the second gets the rest when the first has renewed', () => {
    const first = grant(limitsOf({ max_event_dollars_at_risk: 100 }), 'A')
    expect(first.terms.most).toEqual(dollars(100, 100))
    const second = grant(first.risk, 'B')
    expect(second.terms.most).toEqual(dollars(0, 0))
    expect([second.partial, second.terms.by]).toEqual([true, 'event-risk'])
    const again = grant(second.risk, 'A')
    expect(again.terms.most).toEqual(dollars(50, 50))
    expect(grant(again.risk, 'B').terms.most).toEqual(dollars(50, 50))
  })

  it('leaves a maker its orders until they are gone: others count on them so long', () => {
    const first = grant(limitsOf({ max_desk_dollars_at_risk: 100 }), 'A')
    const used = dollars(0, 90)
    const second = grant(first.risk, 'B', { event: 'KXF' })
    const again = grant(second.risk, 'A', { used })
    expect(again.terms.most).toEqual(dollars(0, 50))
    expect(grant(again.risk, 'B', { event: 'KXF' }).terms.most).toEqual(dollars(10, 10))
    const gone = grant(again.risk, 'A')
    expect(grant(gone.risk, 'B', { event: 'KXF' }).terms.most).toEqual(dollars(50, 50))
  })

  it('beyond the limit is no more than what is held: only reducing is left', () => {
    const held = dollars(-30, 70)
    const { terms } = grant(limitsOf({ max_desk_dollars_at_risk: 60 }), 'A', { held, used: held })
    expect(terms.most).toEqual(held)
    expect(terms.by).toBe('desk-risk')
    expect(terms.desk).toEqual({ limit: 60 * DOLLAR, used: 70 * DOLLAR })
  })

  it('never lets two makers take the same dollar, whatever they do and when they renew', () => {
    const step = fc.record({
      who: fc.nat(3),
      yes: fc.integer({ min: -100, max: 100 }),
      no: fc.integer({ min: -100, max: 100 }),
    })
    const play = fc.property(
      fc.boolean(),
      fc.array(step, { maxLength: 40 }),
      (exclusive, steps) => {
        let risk = limitsOf({ max_event_dollars_at_risk: 60, max_desk_dollars_at_risk: 100 })
        const granted: Record<string, { yes: number; no: number }> = {}
        for (const { who, yes, no } of steps) {
          const ticker = 'ABCD'[who]!
          const event = who < 2 ? 'KXE' : 'KXF'
          // Trades as it likes within its bound; the rest of it in orders.
          const most = granted[ticker] ?? dollars(0, 0)
          const held = { yes: Math.min(most.yes, yes * DOLLAR), no: Math.min(most.no, no * DOLLAR) }
          const result = grant(risk, ticker, { event, exclusive, held, used: most })
          risk = result.risk
          granted[ticker] = result.terms.most
          const view = riskView(risk, AT)
          expect(view.assumed).toBeLessThanOrEqual(100 * DOLLAR)
          for (const name of ['KXE', 'KXF']) {
            const members = view.tickers.filter((one) => one.event === name)
            const worst = worstOutcome(members.map(({ most }) => ({ ...most, exclusive })))
            expect(worst).toBeLessThanOrEqual(60 * DOLLAR)
          }
        }
      },
    )
    fc.assert(play, { numRuns: 300 })
  })
})

describe('the cash of a shard', () => {
  const cash = { balance: 300 * DOLLAR, at: AT }

  it('is left alone where no minimum is set, and nothing is granted of what was not read', () => {
    expect(grant(limitsOf({}), 'A', { cash }).terms.cash).toBeNull()
    expect(grant(limitsOf({ min_cash: 100 }), 'A').terms.cash).toBe(0)
  })

  it('is shared above the minimum by the makers of the shard', () => {
    const first = grant(limitsOf({ min_cash: 100 }), 'A', { cash })
    expect(first.terms.cash).toBe(200 * DOLLAR)
    const second = grant(first.risk, 'B')
    expect(second.terms.cash).toBe(0)
    expect(grant(second.risk, 'C', { shard: 1 }).terms.cash).toBe(0)
    const again = grant(second.risk, 'A', { cash, bound: 150 * DOLLAR })
    expect(again.terms.cash).toBe(100 * DOLLAR)
    expect(grant(again.risk, 'B').terms.cash).toBe(50 * DOLLAR)
  })
})

describe('the day', () => {
  it('adds up what all have gained, and keeps that of a ticker that was removed', () => {
    const first = grant(limitsOf({}), 'A', { dayGain: -30 * DOLLAR })
    const second = grant(first.risk, 'B', { dayGain: 5 * DOLLAR })
    expect(second.terms.othersGain).toBe(-30 * DOLLAR)
    expect(second.terms.dayRoom).toBe(((100 - 25) / 2) * DOLLAR)
    const left = releaseRisk(second.risk, 'A')
    expect(grant(left, 'B', { dayGain: 5 * DOLLAR }).terms.othersGain).toBe(-30 * DOLLAR)
    expect(dayGainOf(left, DAY)).toBe(-25 * DOLLAR)
    expect(dayGainOf(left, DAY + 1)).toBe(0)
  })

  it('counts from zero when a person has written it off', () => {
    const first = grant(limitsOf({}), 'A', { dayGain: -130 * DOLLAR })
    const again = writeOffDay(first.risk, AT)
    expect(dayGainOf(again, DAY)).toBe(0)
    const { terms } = grant(again, 'A', { dayGain: -131 * DOLLAR })
    expect(terms.othersGain - 131 * DOLLAR).toBe(-DOLLAR)
  })
})

describe('what must be stored before the answer', () => {
  it('is what grows, not what stays or shrinks', () => {
    const { risk } = grant(limitsOf({ max_event_dollars_at_risk: 100 }), 'A')
    expect(mustStoreRisk(freshRisk(), risk, 'A')).toBe(true)
    expect(mustStoreRisk(risk, grant(risk, 'A').risk, 'A')).toBe(false)
    const held = dollars(1, 1)
    expect(mustStoreRisk(risk, grant(risk, 'A', { held, used: held }).risk, 'A')).toBe(false)
    const smaller = grant(risk, 'A', { wanted: 10 * DOLLAR }).risk
    expect(mustStoreRisk(risk, smaller, 'A')).toBe(false)
    expect(mustStoreRisk(smaller, grant(smaller, 'A').risk, 'A')).toBe(true)
  })
})
