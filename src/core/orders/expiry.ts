// Notices an order of ours that would outlive its time: without an expiry, or with a later one than
// asked for. It is the only thing that takes an order away when we can no longer cancel.
//
// Such an order is mended once, by an amend that carries the expiry, and canceled if the exchange
// still says otherwise. A server that never reports any expiry cannot be told from one that keeps
// none, so after a few orders its silence is no longer held against it.

import type { OrderReport } from '../vocabulary/events.ts'
import type { Millis } from '../vocabulary/units.ts'

/** What is read of an order here. */
interface Expiring {
  readonly expiresAt: Millis
  readonly expiryMended: boolean
}

/** Clocks differ, and the exchange counts in seconds. */
const SLACK_MS = 10_000
/** Orders that were canceled for want of a reported expiry, before silence counts as none. */
const SILENT_ORDERS = 3

export class ExpiryReports {
  /** False once the exchange is taken to keep expiries and not to report them. */
  areGiven = true
  #seen = false
  #silent = 0

  /** What an order's expiry is after a report: Infinity where the report shows none. */
  read({ expiresAt }: OrderReport, known: Millis): Millis {
    if (expiresAt !== null) {
      this.#seen = true
      return expiresAt
    }
    return this.areGiven ? Number.POSITIVE_INFINITY : known
  }

  /** An order still had no reported expiry after its amend; true when that is given up. */
  giveUp(order: Expiring): boolean {
    if (this.#seen || order.expiresAt !== Number.POSITIVE_INFINITY) return false
    if (++this.#silent < SILENT_ORDERS) return false
    this.areGiven = false
    return true
  }
}

/**
 * What must be done about the expiry of a resting order; null where it is good.
 * @param ttlMs the longest that an order may rest unattended
 */
export const expiryDefect = (
  order: Expiring,
  ttlMs: Millis,
  at: Millis,
): 'mend' | 'unmended' | null => {
  if (order.expiresAt <= at + ttlMs + SLACK_MS) return null
  return order.expiryMended ? 'unmended' : 'mend'
}
