// Detects a shock, the one external signal that needs no licence because it can only cancel.
//
// In: pooled probabilities of one ticker. Out: quotes to pull, for a minute, after four cents
// inside a minute, a sportsbook that suspends its market, or a book that loses a side. Then two
// readings in a row must agree before any external value is trusted again. A gap that lasts is
// another rule (`watch.ts`).

import { type Millis, opposite, type Side } from '../../core/vocabulary/units.ts'
import type { PullSide } from '../common/types.ts'

const SHOCK_CENTS = 4
const CONSISTENT_CENTS = 2
const WINDOW_S = 60
const HOLD: Millis = 60_000
const ONE_SIDED_LIMIT: Millis = 2000
/** Two readings nearer than this are one reading. */
const APART: Millis = 1000
const CLOCK_SET_BACK: Millis = 60_000
const EPSILON = 1e-9

/** One slot a second; a reading older than two windows says nothing about the last minute. */
const SLOTS = 128

export interface ShockState {
  /** Which quotes must not stand; null when the hold is over. */
  readonly pull: PullSide | null
  /**
   * True while no external value is to be trusted: during the hold, and until two readings agree.
   */
  readonly holding: boolean
  readonly reason: '' | 'jump' | 'suspended' | 'one-sided'
  /** End of the hold; 0 when there is none. */
  readonly until: Millis
  /** The jump in cents, positive upward; 0 for other reasons. */
  readonly cents: number
}

/** Watches one ticker's external probability. Fixed memory, whatever the rate of readings. */
export class Shock {
  readonly #second = new Float64Array(SLOTS).fill(-1)
  readonly #low = new Float64Array(SLOTS)
  readonly #high = new Float64Array(SLOTS)
  readonly #last = new Float64Array(SLOTS)
  #lastAt: Millis = 0
  #pull: PullSide | null = null
  #reason: ShockState['reason'] = ''
  #until: Millis = 0
  #cents = 0
  #calmP = Number.NaN
  #calmAt: Millis = 0
  #oneSidedSince: Millis = Number.NaN
  #suspended = false

  /** A live pooled probability. Call it on every change and at least every few seconds. */
  reading(p: number, at: Millis): void {
    if (!(p > 0 && p < 1)) return
    this.#turn(at)
    const jump = this.#jump(p)
    if (Math.abs(jump) >= SHOCK_CENTS - EPSILON) {
      // Upward, somebody will want our ask; downward, our bid.
      this.#fire(jump > 0 ? 'ask' : 'bid', 'jump', jump)
      this.#forget()
    } else if (this.#pull !== null && this.#lastAt >= this.#until) this.#calm(p)
    this.#remember(p)
  }

  /** Whether any mapped sportsbook market is suspended or off its board. */
  suspended(is: boolean, at: Millis): void {
    this.#turn(at)
    if (is) this.#fire('both', 'suspended', 0)
    this.#suspended = is
  }

  /** Whether a mapped book shows only one side now. Two seconds of it are a shock. */
  oneSided(is: boolean, at: Millis): void {
    this.#turn(at)
    if (!is) this.#oneSidedSince = Number.NaN
    else if (Number.isNaN(this.#oneSidedSince)) this.#oneSidedSince = this.#lastAt
    this.#checkSides()
  }

  /**
   * The source is gone: what it says when it returns must not be measured against what it said
   * before.
   */
  lost(at: Millis): void {
    this.#turn(at)
    this.#forget()
    this.#calmP = Number.NaN
    this.#oneSidedSince = Number.NaN
  }

  state(now: Millis): ShockState {
    this.#turn(now)
    this.#checkSides()
    const held = this.#pull !== null
    return {
      pull: held && this.#lastAt < this.#until ? this.#pull : null,
      holding: held,
      reason: this.#reason,
      until: held ? this.#until : 0,
      cents: this.#cents,
    }
  }

  #turn(at: Millis): void {
    if (at < this.#lastAt - CLOCK_SET_BACK) {
      // Set back by more than jitter: the past is in the future now. Keep the hold, bounded anew.
      this.#forget()
      this.#until = Math.min(this.#until, at + HOLD)
      this.#calmP = Number.NaN
      this.#calmAt = at
      if (!Number.isNaN(this.#oneSidedSince)) this.#oneSidedSince = at
      this.#lastAt = at
    } else if (at > this.#lastAt) this.#lastAt = at
  }

  #checkSides(): void {
    if (this.#lastAt - this.#oneSidedSince > ONE_SIDED_LIMIT) this.#fire('both', 'one-sided', 0)
  }

  #fire(side: PullSide, reason: 'jump' | 'suspended' | 'one-sided', cents: number): void {
    const holding = this.#pull !== null && this.#lastAt < this.#until
    const same = !holding || this.#pull === side
    this.#pull = same ? side : 'both'
    this.#reason = reason
    this.#cents = cents
    this.#until = this.#lastAt + HOLD
    this.#calmP = Number.NaN
  }

  #calm(p: number): void {
    if (this.#suspended || !Number.isNaN(this.#oneSidedSince)) return
    if (Number.isNaN(this.#calmP)) {
      this.#calmP = p
      this.#calmAt = this.#lastAt
    } else if (this.#lastAt - this.#calmAt >= APART) {
      if (100 * Math.abs(p - this.#calmP) < CONSISTENT_CENTS) {
        this.#pull = null
        this.#reason = ''
        this.#cents = 0
        this.#calmP = Number.NaN
        return
      }
      this.#calmP = p
      this.#calmAt = this.#lastAt
    }
  }

  /** The largest move in cents to p from anything that stood during the last minute. */
  #jump(p: number): number {
    const second = Math.floor(this.#lastAt / 1000)
    const start = second - WINDOW_S
    let low = p
    let high = p
    let standing = -1
    let standingP = p
    for (let slot = 0; slot < SLOTS; slot++) {
      const of = this.#second[slot]!
      if (of >= start && of <= second) {
        low = Math.min(low, this.#low[slot]!)
        high = Math.max(high, this.#high[slot]!)
      } else if (of > standing && of >= start - WINDOW_S && of < start) {
        standing = of
        standingP = this.#last[slot]!
      }
    }
    low = Math.min(low, standingP)
    high = Math.max(high, standingP)
    return 100 * (p - low >= high - p ? p - low : p - high)
  }

  #remember(p: number): void {
    const second = Math.floor(this.#lastAt / 1000)
    const slot = second % SLOTS
    if (this.#second[slot] !== second) {
      this.#second[slot] = second
      this.#low[slot] = p
      this.#high[slot] = p
    } else {
      this.#low[slot] = Math.min(this.#low[slot]!, p)
      this.#high[slot] = Math.max(this.#high[slot]!, p)
    }
    this.#last[slot] = p
  }

  #forget(): void {
    this.#second.fill(-1)
  }
}

/** Whether a pull concerns this side of our quotes. */
export const pulls = (pull: PullSide | null, side: Side): boolean =>
  pull !== null && pull !== opposite(side)
