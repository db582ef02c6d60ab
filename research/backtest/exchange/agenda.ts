// What is still to happen, in the order of its time: requests on their way to the exchange, replies
// and frames on their way back, orders that will expire.
//
// Entries of the same millisecond happen in the order in which they were entered, so that the same
// run always unfolds in the same way. Nearly all are entered near the end; insertion is linear.

import type { Millis } from '../../../src/core/vocabulary/units.ts'

interface Entry {
  readonly at: Millis
  readonly act: (at: Millis) => void
}

export class Agenda {
  readonly #entries: Entry[] = []

  /** When the next entry is due; Infinity while there is none. */
  get nextAt(): Millis {
    return this.#entries[0]?.at ?? Number.POSITIVE_INFINITY
  }

  enter(at: Millis, act: (at: Millis) => void): void {
    let index = this.#entries.length
    while (index > 0 && this.#entries[index - 1]!.at > at) index--
    this.#entries.splice(index, 0, { at, act })
  }

  /** Does the entry that is due next, if there is one. */
  next(): void {
    const entry = this.#entries.shift()
    entry?.act(entry.at)
  }
}
