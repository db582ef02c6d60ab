// The mid price at any time, as far as the tape knows it.
//
// A row's mid holds until the next one. While we quote there is a row every second, so one that is
// older than half a minute says nothing about now: then the mid is not known, rather than old.

import type { TapeRow } from '../core/vocabulary/events.ts'
import type { Millis } from '../core/vocabulary/units.ts'
import { type FinePrice, finePrice, type ReportFill } from './input.ts'

/** How long a mid is believed. */
const BELIEVED_MS = 30_000

export class Mids {
  readonly #times: number[] = []
  readonly #values: number[] = []
  readonly #until: Millis

  /** From the rows, and from fills that bring their own mid. Both oldest first. */
  constructor(rows: readonly TapeRow[], fills: readonly ReportFill[] = []) {
    let next = 0
    const push = (at: Millis, cents: number): void => {
      this.#times.push(at)
      this.#values.push(finePrice(cents))
    }
    const fillsUntil = (at: Millis): void => {
      for (; next < fills.length && fills[next]!.at <= at; next++) {
        const { at: when, mid } = fills[next]!
        if (mid !== null) push(when, mid)
      }
    }
    for (const { at, mid } of rows) {
      fillsUntil(at)
      if (mid !== null) push(at, mid)
    }
    fillsUntil(Number.POSITIVE_INFINITY)
    this.#until = Math.max(rows.at(-1)?.at ?? 0, this.#times.at(-1) ?? 0)
  }

  get first(): FinePrice | null {
    return this.#values[0] ?? null
  }

  get last(): FinePrice | null {
    return this.#values.at(-1) ?? null
  }

  /**
   * The mid at `at`; null before the first, after the last row, and where the last known is old.
   */
  at(at: Millis): FinePrice | null {
    const index = this.#indexAt(at)
    if (index < 0 || at > this.#until || at - this.#times[index]! > BELIEVED_MS) return null
    return this.#values[index]!
  }

  /** The newest mid that was known at `at`, however old; null before the first. */
  known(at: Millis): FinePrice | null {
    const index = this.#indexAt(at)
    return index < 0 ? null : this.#values[index]!
  }

  #indexAt(at: Millis): number {
    const times = this.#times
    let low = -1
    let high = times.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (times[middle]! <= at) low = middle
      else high = middle - 1
    }
    return low
  }
}
