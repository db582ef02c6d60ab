// Decides how long a side waits after the exchange has rejected, or accepted and killed, its order.
//
// Each wait is twice the one before, so that we do not flood a market in which we cannot trade. An
// accepted order does not reset the wait by itself, because it may be killed a moment later, again
// and again. One that lasted does, and so does a quiet time.

import { backoffMs } from '../vocabulary/backoff.ts'
import type { Millis } from '../vocabulary/units.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** An accepted order that has lasted this long ends the doubling. */
const LASTED_MS = 1000

export class RejectionBackoff {
  /** No order of this side before this time. */
  until: Millis = 0
  /** The code of the last rejection. */
  code = ''
  #rejections = 0
  /** When an order was last accepted; 0 once that has been counted. */
  #acceptedAt: Millis = 0

  accepted(at: Millis): void {
    this.#acceptedAt = at
  }

  rejected(code: string, at: Millis): void {
    const lasted = this.#acceptedAt > 0 && at >= this.#acceptedAt + LASTED_MS
    if (lasted || at >= this.until + LONGEST_WAIT_MS) this.#rejections = 0
    this.#acceptedAt = 0
    this.until = at + backoffMs(this.#rejections, FIRST_WAIT_MS, LONGEST_WAIT_MS)
    this.#rejections++
    this.code = code
  }
}
