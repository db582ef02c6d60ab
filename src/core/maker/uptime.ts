// Counts how long both sides, one side or none were quoted, and why a side was silent.
//
// What one update shows counts until the next. That is exact, because nothing of ours changes
// between two steps of the engine. The sums start with the engine; a restart starts them again.

import type { Millis } from '../vocabulary/units.ts'

/**
 * A person may give any reason for a halt, so the list has an end; what is beyond it is 'other'.
 */
const MOST_REASONS = 64
const OTHER = 'other'

/** Seconds since the maker started. */
export interface UptimeStatus {
  two_sided_s: number
  one_sided_s: number
  none_s: number
  /** For which reasons a side was not quoted; each side counts by itself. */
  silence: Record<string, number>
}

export class Uptime {
  #at: Millis = 0
  #started = false
  /** Sides shown at the last update. */
  #shown = 0
  /** Index of the reason of each silent side; -1 where it is shown. */
  #bid = -1
  #ask = -1
  readonly #index = new Map<string, number>()
  readonly #reasonMs = new Float64Array(MOST_REASONS + 1)
  /** Milliseconds with neither, one or both sides quoted. */
  readonly #shownMs = new Float64Array(3)

  /**
   * Records what is shown from `at` on.
   * @param bid why no bid is shown, or null where one is; `ask` likewise
   */
  update(at: Millis, bid: string | null, ask: string | null): void {
    if (this.#started) this.#pass(at)
    else this.#at = at
    this.#started = true
    this.#shown = (bid === null ? 1 : 0) + (ask === null ? 1 : 0)
    this.#bid = bid === null ? -1 : this.#indexOf(bid)
    this.#ask = ask === null ? -1 : this.#indexOf(ask)
  }

  /** The sums up to `at`, in seconds. Counts a silent side by itself: two silent sides are two. */
  status(at: Millis): UptimeStatus {
    const open = this.#started ? Math.max(0, at - this.#at) : 0
    const seconds = (sides: number): number =>
      ((this.#shownMs[sides] ?? 0) + (this.#started && this.#shown === sides ? open : 0)) / 1000
    const silence: Record<string, number> = {}
    for (const [reason, index] of this.#index) {
      const sides = (this.#bid === index ? 1 : 0) + (this.#ask === index ? 1 : 0)
      const ms = this.#reasonMs[index]! + sides * open
      if (ms > 0) silence[reason] = ms / 1000
    }
    return { two_sided_s: seconds(2), one_sided_s: seconds(1), none_s: seconds(0), silence }
  }

  // A clock that runs backwards counts as no time, and the way back to where it was as none either.
  #pass(at: Millis): void {
    const ms = at - this.#at
    if (ms <= 0) return
    this.#at = at
    this.#shownMs[this.#shown]! += ms
    if (this.#bid >= 0) this.#reasonMs[this.#bid]! += ms
    if (this.#ask >= 0) this.#reasonMs[this.#ask]! += ms
  }

  #indexOf(reason: string): number {
    const known = this.#index.get(reason)
    if (known !== undefined) return known
    const isFull = this.#index.size >= MOST_REASONS
    const name = isFull ? OTHER : reason
    const index = isFull ? MOST_REASONS : this.#index.size
    this.#index.set(name, index)
    return index
  }
}
