// The mid price at any time, as far as the tape knows it.
//
// A row's mid holds until the next one. While we quote there is a row every second, so one that is
// older than half a minute says nothing about now: then the mid is not known, rather than old.

import type { Millis } from '../../core/vocabulary/units.ts'
import { type FinePrice, finePrice, type ReportFill } from '../sources/input.ts'
import type { Rows } from '../sources/rows.ts'

/** How long a mid is believed. */
const BELIEVED_MS = 30_000

/** A growing column of numbers. */
class Column {
  length = 0
  #values = new Float64Array(1024)

  push(value: number): void {
    if (this.length === this.#values.length) {
      const more = new Float64Array(this.length * 2)
      more.set(this.#values)
      this.#values = more
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index]!
  }

  setLast(value: number): void {
    this.#values[this.length - 1] = value
  }
}

/**
 * Kept as runs: a mid that is repeated in time, within the half minute for which it is believed, is
 * one run from its first to its last row.
 */
export class Mids {
  readonly #starts = new Column()
  readonly #ends = new Column()
  readonly #values = new Column()
  readonly #until: Millis

  /** From the rows, and from fills that bring their own mid. Both oldest first. */
  constructor(rows: Rows, fills: readonly ReportFill[] = []) {
    let next = 0
    const fillsUntil = (at: Millis): void => {
      for (; next < fills.length && fills[next]!.at <= at; next++) {
        const { at: when, mid } = fills[next]!
        if (mid !== null) this.#push(when, finePrice(mid))
      }
    }
    for (const { at, mid } of rows) {
      fillsUntil(at)
      if (mid !== null) this.#push(at, finePrice(mid))
    }
    fillsUntil(Number.POSITIVE_INFINITY)
    const last = this.#ends.length > 0 ? this.#ends.at(this.#ends.length - 1) : 0
    this.#until = Math.max(rows.at(-1)?.at ?? 0, last)
  }

  #push(at: Millis, value: FinePrice): void {
    const last = this.#values.length - 1
    const repeated =
      last >= 0 && this.#values.at(last) === value && at - this.#ends.at(last) <= BELIEVED_MS
    if (repeated) {
      this.#ends.setLast(at)
      return
    }
    this.#starts.push(at)
    this.#ends.push(at)
    this.#values.push(value)
  }

  get first(): FinePrice | null {
    return this.#valueAt(0)
  }

  get last(): FinePrice | null {
    return this.#valueAt(this.#values.length - 1)
  }

  /**
   * The mid at `at`; null before the first, after the last row, and where the last known is old.
   */
  at(at: Millis): FinePrice | null {
    const index = this.#indexAt(at)
    if (index < 0 || at > this.#until || at - this.#ends.at(index) > BELIEVED_MS) return null
    return this.#values.at(index)
  }

  /** The newest mid that was known at `at`, however old; null before the first. */
  known(at: Millis): FinePrice | null {
    return this.#valueAt(this.#indexAt(at))
  }

  #valueAt(index: number): FinePrice | null {
    return index < 0 || index >= this.#values.length ? null : this.#values.at(index)
  }

  #indexAt(at: Millis): number {
    const starts = this.#starts
    let low = -1
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts.at(middle) <= at) low = middle
      else high = middle - 1
    }
    return low
  }
}
