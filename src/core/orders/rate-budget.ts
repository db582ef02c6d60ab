// Keeps the write budget of one maker: a token bucket with a reserve that only cancels may use.
//
// It belongs to the core and not to the client, because what may be sent is part of the decision: a
// replay must refuse exactly what the live run refused. The bucket refills continuously; the size
// of the lease comes from the desk, which shares the account's limits among the running makers.

import type { IntentKind, Lease } from '../vocabulary/events.ts'
import type { Millis } from '../vocabulary/units.ts'

/** Share of the capacity that placing and amending may never touch. */
const CANCEL_RESERVE = 0.2

/** Rounding error of many small refills; without it a full bucket could look short. */
const ROUNDING = 1e-6

/** Before the desk has answered: a tenth of the smallest account tier, enough to cancel with. */
export const FIRST_LEASE: Lease = {
  refill: 10,
  capacity: 20,
  cost: { place: 10, amend: 10, decrease: 10, cancel: 2 },
}

export class TokenBudget {
  #lease: Lease = FIRST_LEASE
  #tokens: number = FIRST_LEASE.capacity
  #at: Millis = 0

  get lease(): Lease {
    return this.#lease
  }

  /** A new share; saved tokens are kept up to the new capacity. */
  setLease(lease: Lease, at: Millis): void {
    this.#refill(at)
    this.#lease = lease
    this.#tokens = Math.min(this.#tokens, lease.capacity)
  }

  available(at: Millis): number {
    this.#refill(at)
    return this.#tokens
  }

  /** Takes the tokens for one request if there are enough, beyond the reserve unless a cancel. */
  take(kind: IntentKind, at: Millis): boolean {
    this.#refill(at)
    const cost = this.#lease.cost[kind]
    const floor = kind === 'cancel' ? 0 : this.#reserve()
    if (this.#tokens - cost < floor - ROUNDING) return false
    this.#tokens -= cost
    return true
  }

  /** The exchange said 429: whatever we believed, nothing is left there. */
  drain(at: Millis): void {
    this.#refill(at)
    this.#tokens = Math.min(this.#tokens, this.#lease.cost.cancel)
  }

  /** When `take(kind)` will next succeed; Infinity if the lease can never afford it. */
  readyAt(kind: IntentKind, at: Millis): Millis {
    this.#refill(at)
    const floor = kind === 'cancel' ? 0 : this.#reserve()
    const missing = this.#lease.cost[kind] + floor - this.#tokens
    if (missing <= ROUNDING) return at
    const reachable = this.#lease.cost[kind] + floor <= this.#lease.capacity + ROUNDING
    if (!reachable || this.#lease.refill <= 0) return Number.POSITIVE_INFINITY
    return at + Math.ceil(((missing - ROUNDING) / this.#lease.refill) * 1000)
  }

  /**
   * At least one cancel per side, at most what still leaves room for one order in a full bucket:
   * a lease too small for both keeps its orders rather than its reserve.
   */
  #reserve(): number {
    const { capacity, cost } = this.#lease
    const wanted = Math.max(2 * cost.cancel, capacity * CANCEL_RESERVE)
    return Math.max(0, Math.min(wanted, capacity - cost.place))
  }

  #refill(at: Millis): void {
    if (at > this.#at) {
      const seconds = (at - this.#at) / 1000
      this.#tokens = Math.min(this.#lease.capacity, this.#tokens + seconds * this.#lease.refill)
    }
    // A clock that steps back must not mint tokens when it comes forward again.
    this.#at = Math.max(this.#at, at)
  }
}
