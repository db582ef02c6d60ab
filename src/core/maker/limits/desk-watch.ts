// Knows for how long the desk's last word on the account's halt may be relied on.
//
// In: the time at which the desk was asked and knew of no halt. Out: when that is too long ago to
// quote on. A halt that cannot reach a maker must not leave its orders out: whoever cannot learn
// whether it should stand still stands still.

import type { Millis } from '../../vocabulary/units.ts'

/** How long a maker quotes without knowing whether the account is halted, ms. */
export const HALT_UNKNOWN_MS = 60_000

export class DeskWatch {
  #until: Millis = Number.POSITIVE_INFINITY

  /** From then on quotes are not allowed; Infinity while the desk has never been asked. */
  get until(): Millis {
    return this.#until
  }

  /** The desk was asked at `askedAt` and knew of no halt. */
  heard(askedAt: Millis): void {
    this.#until = askedAt + HALT_UNKNOWN_MS
  }
}
