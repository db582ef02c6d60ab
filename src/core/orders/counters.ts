// Counts frames, decisions, orders by outcome, and everything that went wrong; the status shows it.
//
// Totals grow, and a restart begins again at zero. Only contracts placed can fall: they count when
// they are sent, because they can fill before the answer comes, and a rejection takes them back.

import { CONTRACT, type Quantity } from '../vocabulary/units.ts'

/** Running totals, shown by the status call. */
export const zeroCounters = () => ({
  frames: 0,
  decisions: 0,
  placed: 0,
  /**
   * Contracts of the orders that this run sent and the exchange did not reject: the quantity of
   * each new order, and what each amend added to what was left. A decrease or a cancel subtracts
   * nothing, and an order without an answer counts, because it may have arrived. So the fills of
   * these orders are at every moment between zero and this number.
   */
  contracts_placed: 0,
  amended: 0,
  renewed: 0,
  expiry_mended: 0,
  decreased: 0,
  canceled: 0,
  fills: 0,
  rejected: 0,
  unknown: 0,
  rate_limited: 0,
  refused_by_risk: 0,
  gaps: 0,
  /** Frames whose number nothing explains. */
  bad_sequences: 0,
  /** Fresh books, and new connections, that the maker has asked for. */
  resubscribes: 0,
  reconnects: 0,
  malformed: 0,
  disconnects: 0,
  stale: 0,
  orphans: 0,
  /** Orders that seemed gone (refused, 404, not listed) and showed a sign of life. */
  late_orders: 0,
  /** Fills and orders of the member's other subaccounts, which the same socket carries. */
  other_subaccount: 0,
})

type Counters = ReturnType<typeof zeroCounters>

/** Adds to or subtracts from contracts placed, in whole hundredths so that no rounding adds up. */
export const countContracts = (counters: Counters, quantity: Quantity): void => {
  const sum = Math.round(counters.contracts_placed * CONTRACT) + quantity
  counters.contracts_placed = sum / CONTRACT
}
