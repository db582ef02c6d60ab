// What a maker has counted since it started, shown by the status call: frames and decisions, orders by
// what became of them, and everything that went wrong.
//
// Totals grow, and a restart begins them again at zero. One of them can fall: contracts placed count from
// when they are sent, because they can fill before the answer has come, and a refusal takes them back.

import { CONTRACT, type Quantity } from '../vocabulary/units.ts'

/** Running totals, shown by the status call. */
export interface Counters {
  frames: number
  decisions: number
  placed: number
  /**
   * Contracts of the orders that this run sent and the exchange did not refuse: each new order by its
   * quantity, and each amend by what it added to what was left. Nothing is taken off for a decrease or a
   * cancel, and an order whose answer never came counts, because it may have been taken. So what these
   * orders have filled is at every moment between none and all of it.
   */
  contracts_placed: number
  amended: number
  renewed: number
  decreased: number
  canceled: number
  fills: number
  rejected: number
  unknown: number
  rate_limited: number
  refused_by_risk: number
  gaps: number
  malformed: number
  disconnects: number
  stale: number
  orphans: number
}

export const zeroCounters = (): Counters => ({
  frames: 0,
  decisions: 0,
  placed: 0,
  contracts_placed: 0,
  amended: 0,
  renewed: 0,
  decreased: 0,
  canceled: 0,
  fills: 0,
  rejected: 0,
  unknown: 0,
  rate_limited: 0,
  refused_by_risk: 0,
  gaps: 0,
  malformed: 0,
  disconnects: 0,
  stale: 0,
  orphans: 0,
})

/** Adds to the contracts placed, or takes back; whole hundredths, so that no sum grows a long tail. */
export const countContracts = (counters: Counters, quantity: Quantity): void => {
  const sum = Math.round(counters.contracts_placed * CONTRACT) + quantity
  counters.contracts_placed = sum / CONTRACT
}
