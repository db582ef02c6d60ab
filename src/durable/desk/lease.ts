// Shares the account's rate budget among makers. Pure: state in, state and grant out.
//
// Every running maker gets an equal share of what is left after a reserve for the probe and the
// operator. A granted share stays with its holder until it is renewed or expires, so a grant is
// never more than what the live grants of the others leave. Hence the sum of live grants never
// exceeds the account's budget, and shares become equal within two rounds of renewals.

import type { AccountBudget, Bucket, LeaseGrant } from '../../rpc/contracts.ts'

/** Milliseconds a grant lasts; makers renew well before. */
export const LEASE_TTL = 45_000

/** The part of the budget that no maker gets: it is for the probe and the operator. */
export const RESERVE = 0.1

/** The part of the makers' reads that is leased; the rest is the pool for bursts. */
const LEASED_READS = 0.5

/** What the pool of reads holds, and what refills it. */
export const readPoolOf = ({ budget }: LeaseState): Bucket => {
  const { refill, capacity } = (budget ?? SMALLEST_BUDGET).read
  const part = (1 - RESERVE) * (1 - LEASED_READS)
  return { refill: refill * part, capacity: capacity * part }
}

/** The smallest account (tier "basic", as published 2026-10-07), until a maker reads ours. */
export const SMALLEST_BUDGET: AccountBudget = {
  read: { refill: 200, capacity: 600 },
  write: { refill: 100, capacity: 100 },
  cost: { place: 10, amend: 10, decrease: 10, cancel: 2 },
}

/** Plain JSON, as stored by the desk. */
interface Holding {
  read: Bucket
  write: Bucket
  /** Epoch ms. */
  until: number
}

/** Plain JSON, as stored by the desk. */
export interface LeaseState {
  budget: AccountBudget | null
  holdings: Record<string, Holding>
}

/** What the budget alone decides of a grant. */
export type BudgetShare = Pick<LeaseGrant, 'read' | 'write' | 'until' | 'partial'>

export const noLeases = (): LeaseState => ({ budget: null, holdings: {} })

// Thousandths of a token, rounded down: a sum of rounded shares cannot pass the whole.
const roundDown = (tokens: number): number => Math.floor(tokens * 1000) / 1000

/**
 * Grants `ticker` its share of the budget from `at` (epoch ms) on, for LEASE_TTL ms.
 * `budget` is what the maker has read from the exchange, or null to use the last known one.
 * `partial` is true while others still hold part of this share: ask again soon.
 */
export const grantLease = (
  state: LeaseState,
  ticker: string,
  at: number,
  budget: AccountBudget | null,
): { state: LeaseState; grant: BudgetShare } => {
  const known = budget ?? state.budget
  const total = known ?? SMALLEST_BUDGET
  const others = Object.entries(state.holdings).filter(
    ([holder, holding]) => holder !== ticker && holding.until > at,
  )
  let partial = false
  const portion = (kind: 'read' | 'write', part: keyof Bucket): number => {
    const leased = kind === 'read' ? LEASED_READS : 1
    const usable = total[kind][part] * (1 - RESERVE) * leased
    const held = others.reduce((sum, [, holding]) => sum + holding[kind][part], 0)
    const share = roundDown(usable / (others.length + 1))
    const granted = Math.max(0, roundDown(Math.min(share, usable - held)))
    if (granted < share) partial = true
    return granted
  }
  const read = { refill: portion('read', 'refill'), capacity: portion('read', 'capacity') }
  const write = { refill: portion('write', 'refill'), capacity: portion('write', 'capacity') }
  const until = at + LEASE_TTL
  return {
    state: {
      budget: known,
      holdings: { ...Object.fromEntries(others), [ticker]: { read, write, until } },
    },
    grant: { read, write: { ...write, cost: total.cost }, until, partial },
  }
}

/**
 * How many makers the budget carries: each needs room for one order and a cancel per side in its
 * bucket, or it could never quote. 6 on the smallest tier (100 write tokens).
 */
export const mostMakers = (state: LeaseState): number => {
  const { write, cost } = state.budget ?? SMALLEST_BUDGET
  return Math.floor((write.capacity * (1 - RESERVE)) / (cost.place + 2 * cost.cancel))
}

/**
 * Whether the desk must store `next` before it answers `ticker`. What is stored says the most that
 * each maker may hold, not until when: `afterRestart` lets it hold that much for one more TTL. So a
 * renewal of the same share or a smaller one needs no write.
 */
export const mustStore = (stored: LeaseState, next: LeaseState, ticker: string): boolean => {
  if (JSON.stringify(stored.budget) !== JSON.stringify(next.budget)) return true
  const [before, now] = [stored.holdings[ticker], next.holdings[ticker]]
  if (before === undefined || now === undefined) return before !== now
  return (['read', 'write'] as const).some(
    (kind) => now[kind].refill > before[kind].refill || now[kind].capacity > before[kind].capacity,
  )
}

/**
 * What a desk may believe after a restart at `at` (epoch ms): whatever was granted was granted
 * before, so it is void a TTL from now at the latest.
 */
export const afterRestart = ({ budget, holdings }: LeaseState, at: number): LeaseState => ({
  budget,
  holdings: Object.fromEntries(
    Object.entries(holdings).map(([ticker, held]) => [ticker, { ...held, until: at + LEASE_TTL }]),
  ),
})

/** Frees what `ticker` holds at once; the others get it at their next renewal. */
export const releaseLease = (state: LeaseState, ticker: string): LeaseState => {
  const { [ticker]: _gone, ...holdings } = state.holdings
  return { ...state, holdings }
}
