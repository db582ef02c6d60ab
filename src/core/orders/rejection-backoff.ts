// How long a side waits after the exchange has refused its order, or taken and killed it: twice as
// long each time, so that a market we cannot trade in is not hammered.
//
// Being taken is not enough to begin anew, because an order may be taken and killed a moment later,
// again and again. One that lasted is, and so is a quiet time.

import { backoffMs } from '../vocabulary/backoff.ts'
import type { Millis } from '../vocabulary/units.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** An order that was taken and has lasted this long ends the doubling. */
const LASTED_MS = 1000

export class RejectionBackoff {
  /** No order of this side before this time. */
  until: Millis = 0
  /** The last refusal's code. */
  code = ''
  #rejections = 0
  /** When an order was last taken; 0 once that has been counted. */
  #acceptedAt: Millis = 0

  /** The exchange has taken an order, and it rests. */
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
