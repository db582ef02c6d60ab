// The reads that makers share beyond their leases: for bursts, as when many start or reconnect at
// once. Each asks for what it needs and is told how long to wait, in the order of the questions.
//
// Kept in memory only: after a restart of the desk the pool is full, which is at most one burst
// too many.

import type { Bucket } from '../../rpc/contracts.ts'

export class ReadPool {
  #tokens = Number.POSITIVE_INFINITY
  #at = 0

  /**
   * Takes tokens, also those that are still to come.
   * @param at epoch ms
   * @param pool what refills it, and how much it holds
   * @returns ms until what was taken may be used
   */
  borrow(tokens: number, at: number, { refill, capacity }: Bucket): number {
    const gained = Math.max(0, ((at - this.#at) / 1000) * refill)
    this.#at = Math.max(this.#at, at)
    this.#tokens = Math.min(capacity, this.#tokens + gained) - tokens
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / refill) * 1000)
  }
}
