// Sharing the account's rate budget: never more than there is, and equal shares soon.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterRestart,
  type BudgetShare,
  grantLease,
  LEASE_TTL,
  type LeaseState,
  mustStore,
  noLeases,
  RESERVE,
  releaseLease,
  SMALLEST_BUDGET,
} from '../../../../src/durable/desk/lease.ts'
import type { AccountBudget } from '../../../../src/rpc/contracts.ts'

const BUDGET: AccountBudget = {
  read: { refill: 300, capacity: 900 },
  write: { refill: 300, capacity: 900 },
  cost: { place: 10, amend: 10, decrease: 10, cancel: 2 },
}

/** A desk that is asked in turn. */
const desk = (budget: AccountBudget | null = BUDGET) => {
  let state: LeaseState = noLeases()
  return {
    ask(ticker: string, at: number): BudgetShare {
      const answer = grantLease(state, ticker, at, budget)
      // Stored as JSON between calls.
      state = JSON.parse(JSON.stringify(answer.state))
      return answer.grant
    },
    release(ticker: string): void {
      state = releaseLease(state, ticker)
    },
  }
}

describe('grantLease', () => {
  it('gives a lone maker everything but the reserve, for 45 seconds', () => {
    const grant = desk().ask('A', 1_000)
    expect(grant).toEqual({
      read: { refill: 135, capacity: 405 },
      write: { refill: 270, capacity: 810, cost: BUDGET.cost },
      until: 1_000 + LEASE_TTL,
      partial: false,
    })
  })

  it('gives a newcomer nothing while another holds it all, and says that this will change', () => {
    const { ask } = desk()
    ask('A', 0)
    const second = ask('B', 1)
    expect(second.write.refill).toBe(0)
    expect(second.partial).toBe(true)
    expect(ask('A', 2)).toMatchObject({ write: { refill: 135 }, partial: false })
    expect(ask('B', 3)).toMatchObject({ write: { refill: 135, capacity: 405 }, partial: false })
  })

  it('frees what a released maker held at once', () => {
    const { ask, release } = desk()
    ask('A', 0)
    release('A')
    expect(ask('B', 1)).toMatchObject({ write: { refill: 270 }, partial: false })
  })

  it('frees what an absent maker held when its grant has expired, not before', () => {
    const { ask } = desk()
    ask('A', 0)
    expect(ask('B', LEASE_TTL - 1).write.refill).toBe(0)
    expect(ask('B', LEASE_TTL).write.refill).toBe(270)
  })

  it('takes the smallest tier until a maker has read the account, then remembers that', () => {
    const first = grantLease(noLeases(), 'A', 0, null)
    expect(first.grant.write.refill).toBe(SMALLEST_BUDGET.write.refill * (1 - RESERVE))
    const read = grantLease(first.state, 'A', 1, BUDGET)
    expect(grantLease(read.state, 'A', 2, null).grant.write.refill).toBe(270)
  })

  it('never lets live grants add up to more than the budget, whatever the order of calls', () => {
    const call = fc.record({
      ticker: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G'),
      release: fc.boolean(),
      wait: fc.integer({ min: 0, max: 30_000 }),
    })
    const tokens = fc.integer({ min: 1, max: 12_000 })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), tokens, tokens, (calls, refill, capacity) => {
        const bucket = { refill, capacity }
        const budget = { ...BUDGET, read: bucket, write: bucket }
        const { ask, release } = desk(budget)
        const live = new Map<string, BudgetShare>()
        let at = 0
        calls.forEach(({ ticker, release: gone, wait }, index) => {
          at += wait
          if (gone && index % 3 === 0) {
            release(ticker)
            live.delete(ticker)
          } else live.set(ticker, ask(ticker, at))
          for (const kind of ['read', 'write'] as const) {
            for (const part of ['refill', 'capacity'] as const) {
              let sum = 0
              for (const grant of live.values()) {
                expect(grant[kind][part]).toBeGreaterThanOrEqual(0)
                if (grant.until > at) sum += grant[kind][part]
              }
              expect(sum).toBeLessThanOrEqual(bucket[part] * (1 - RESERVE) + 1e-6)
            }
          }
        })
      }),
    )
  })

  it('is equal for all after two rounds of renewals, from any beginning', () => {
    const names = ['A', 'B', 'C', 'D', 'E']
    const orders = fc.array(fc.shuffledSubarray(names, { minLength: 5 }), {
      minLength: 2,
      maxLength: 2,
    })
    const before = fc.array(fc.constantFrom(...names), { maxLength: 12 })
    fc.assert(
      fc.property(before, orders, (earlier, rounds) => {
        const { ask } = desk()
        let at = 0
        for (const ticker of earlier) ask(ticker, at++)
        // Everyone is known once before the two rounds begin.
        for (const ticker of names) ask(ticker, at++)
        let last: BudgetShare[] = []
        for (const round of rounds) last = round.map((ticker) => ask(ticker, at++))
        for (const grant of last) {
          expect(grant.write.refill).toBe(54)
          expect(grant.read.capacity).toBe(81)
          expect(grant.partial).toBe(false)
        }
      }),
    )
  })
})

describe('what the desk must store', () => {
  const both = (): LeaseState => {
    const one = grantLease(noLeases(), 'A', 0, BUDGET).state
    return grantLease(one, 'B', 0, null).state
  }

  it('is a new holder, a larger share and a new budget, but no renewal', () => {
    const { state: first } = grantLease(noLeases(), 'A', 0, BUDGET)
    expect(mustStore(noLeases(), first, 'A')).toBe(true)
    const { state: renewed } = grantLease(first, 'A', 5_000, BUDGET)
    expect(mustStore(first, renewed, 'A')).toBe(false)
    const { state: smaller } = grantLease(both(), 'A', 5_000, null)
    expect(mustStore(first, smaller, 'A')).toBe(false)
    const larger = grantLease(smaller, 'A', 100_000, null).state
    expect(mustStore(smaller, larger, 'A')).toBe(true)
    const richer = { ...BUDGET, write: { refill: 600, capacity: 900 } }
    expect(mustStore(first, grantLease(first, 'A', 5_000, richer).state, 'A')).toBe(true)
  })

  it('never lets a desk that restarts at any moment grant more than there is', () => {
    const step = fc.record({
      ticker: fc.constantFrom('A', 'B', 'C'),
      wait: fc.integer({ min: 1, max: 60_000 }),
      restarts: fc.boolean(),
    })
    const usable = BUDGET.write.refill * (1 - RESERVE)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let [at, state, stored] = [0, noLeases(), noLeases()]
        const live = new Map<string, { refill: number; until: number }>()
        for (const { ticker, wait, restarts } of steps) {
          at += wait
          if (restarts) state = afterRestart(JSON.parse(JSON.stringify(stored)), at)
          const answer = grantLease(state, ticker, at, BUDGET)
          state = answer.state
          if (mustStore(stored, state, ticker)) stored = state
          const { write, until } = answer.grant
          live.set(ticker, { refill: write.refill, until })
          const held = [...live.values()].filter((grant) => grant.until > at)
          expect(held.reduce((sum, grant) => sum + grant.refill, 0)).toBeLessThanOrEqual(usable)
        }
      }),
    )
  })
})
