// The write budget: what may be spent, what only cancels may spend, and when there will be more.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIRST_LEASE, TokenBudget } from '../../../../src/core/orders/rate-budget.ts'
import type { IntentKind, Lease } from '../../../../src/core/vocabulary/events.ts'
import { T0 } from '../../../helpers/core.ts'

const COST = { place: 10, amend: 10, decrease: 10, cancel: 2 }
const leaseOf = (refill: number, capacity: number): Lease => ({ refill, capacity, cost: COST })

/** A full bucket of that lease at T0. */
const full = (refill: number, capacity: number): TokenBudget => {
  const budget = new TokenBudget()
  budget.setLease(leaseOf(refill, capacity), T0 - 3_600_000)
  budget.available(T0)
  return budget
}
const takeAll = (budget: TokenBudget, kind: IntentKind, at: number): number => {
  let taken = 0
  while (budget.take(kind, at)) taken++
  return taken
}

describe('the bucket', () => {
  it('refills continuously up to its capacity', () => {
    const budget = full(10, 100)
    expect(budget.available(T0)).toBe(100)
    expect(takeAll(budget, 'place', T0)).toBe(8)
    expect([budget.available(T0), budget.available(T0 + 500)]).toEqual([20, 25])
    expect(budget.available(T0 + 60_000)).toBe(100)
  })

  it('keeps a fifth for cancels: orders cannot touch it, cancels can', () => {
    const budget = full(10, 100)
    takeAll(budget, 'place', T0)
    for (const kind of ['place', 'amend', 'decrease'] as const) {
      expect(budget.take(kind, T0)).toBe(false)
    }
    expect(takeAll(budget, 'cancel', T0)).toBe(10)
    expect(budget.available(T0)).toBe(0)
  })

  it('keeps saved tokens when the lease changes, but never more than the new capacity', () => {
    const budget = full(10, 100)
    budget.setLease(leaseOf(5, 40), T0)
    expect(budget.available(T0)).toBe(40)
    budget.setLease(leaseOf(5, 400), T0)
    expect([budget.available(T0), budget.lease.capacity]).toEqual([40, 400])
  })

  it('can cancel both sides before the desk has answered', () => {
    const budget = new TokenBudget()
    expect(budget.lease).toBe(FIRST_LEASE)
    expect(takeAll(budget, 'place', T0)).toBe(1)
    expect(takeAll(budget, 'cancel', T0)).toBeGreaterThanOrEqual(2)
  })

  it('leaves one cancel after a 429 and nothing else', () => {
    const budget = full(10, 100)
    budget.drain(T0)
    expect(budget.take('place', T0)).toBe(false)
    expect(budget.take('cancel', T0)).toBe(true)
    expect(budget.take('cancel', T0)).toBe(false)
    expect(budget.readyAt('place', T0)).toBe(T0 + 3000)
  })

  it('mints nothing from a clock that steps back and comes forward again', () => {
    const budget = full(10, 100)
    takeAll(budget, 'cancel', T0)
    expect([budget.available(T0 + 1000), budget.available(T0 - 5000)]).toEqual([10, 10])
    expect([budget.available(T0 + 1000), budget.available(T0 + 2000)]).toEqual([10, 20])
  })
})

describe('a tiny lease', () => {
  it('too small for an order never affords one, and says so', () => {
    const budget = full(10, 9)
    expect(budget.take('place', T0)).toBe(false)
    expect(budget.readyAt('place', T0)).toBe(Number.POSITIVE_INFINITY)
    expect(budget.take('cancel', T0)).toBe(true)
  })

  it('with room for one order gives up its reserve rather than its order', () => {
    const budget = full(1, 10)
    expect(budget.take('place', T0)).toBe(true)
    expect(budget.readyAt('place', T0)).toBe(T0 + 10_000)
    expect(budget.readyAt('cancel', T0)).toBe(T0 + 2000)
  })

  it('that does not refill is never ready again', () => {
    const budget = full(0, 100)
    budget.drain(T0)
    budget.take('cancel', T0)
    // Filled by its first hour only if it refilled: a new lease starts with what there was.
    expect(budget.readyAt('cancel', T0)).toBe(Number.POSITIVE_INFINITY)
  })
})

const aKind = fc.constantFrom<IntentKind>('place', 'amend', 'decrease', 'cancel')
const aLease = fc.record({
  refill: fc.integer({ min: 1, max: 4000 }).map((tenths) => tenths / 10),
  capacity: fc.integer({ min: 1, max: 4000 }).map((tenths) => tenths / 10),
})
const aHistory = fc.array(fc.tuple(fc.integer({ min: -2000, max: 3000 }), aKind), {
  maxLength: 80,
})

describe('for any lease and any history', () => {
  it('no window of time sees more spent than the capacity and what it refilled', () => {
    fc.assert(
      fc.property(aLease, aHistory, ({ refill, capacity }, history) => {
        const budget = full(refill, capacity)
        const spent: { at: number; cost: number }[] = []
        let at = T0
        let latest = T0
        for (const [step, kind] of history) {
          at += step
          latest = Math.max(latest, at)
          if (budget.take(kind, at)) spent.push({ at: latest, cost: COST[kind] })
        }
        for (let from = 0; from < spent.length; from++) {
          let sum = 0
          for (let to = from; to < spent.length; to++) {
            sum += spent[to]!.cost
            const allowed = capacity + (refill * (spent[to]!.at - spent[from]!.at)) / 1000
            expect(sum).toBeLessThanOrEqual(allowed + 1e-6)
          }
        }
      }),
    )
  })

  it('readyAt is the first millisecond at which take succeeds', () => {
    fc.assert(
      fc.property(aLease, aHistory, aKind, ({ refill, capacity }, history, kind) => {
        const replayed = (): { budget: TokenBudget; at: number } => {
          const budget = full(refill, capacity)
          let at = T0
          for (const [step, past] of history) {
            at += Math.abs(step)
            budget.take(past, at)
          }
          return { budget, at }
        }
        const { budget, at } = replayed()
        const ready = budget.readyAt(kind, at)
        if (ready === Number.POSITIVE_INFINITY) {
          expect(budget.take(kind, at + 86_400_000)).toBe(false)
          return
        }
        expect(replayed().budget.take(kind, ready)).toBe(true)
        if (ready > at) expect(replayed().budget.take(kind, ready - 1)).toBe(false)
      }),
    )
  })

  it('orders leave enough for two cancels wherever the lease has room for both', () => {
    fc.assert(
      fc.property(aLease, aHistory, ({ refill, capacity }, history) => {
        fc.pre(capacity >= COST.place + 2 * COST.cancel)
        const budget = full(refill, capacity)
        let at = T0
        for (const [step, kind] of history) {
          at += Math.abs(step)
          if (kind !== 'cancel') budget.take(kind, at)
        }
        expect(budget.available(at)).toBeGreaterThanOrEqual(2 * COST.cancel - 1e-6)
      }),
    )
  })
})
