// Pulls a side that is being swept: two fills of it within two seconds, or its whole lot taken
// together with the rest of the best level, pull it for five seconds.
//
// Whoever sweeps a level rarely stops at one order, and a quote that replaces a filled one at once
// is the next to be taken. After the pause the caller reads the book again before it quotes. One
// taker's order may fill several of ours, or one of ours in several pieces: that counts as one
// fill.

import type { Millis, Side } from '../vocabulary/units.ts'

/** Two fills this close make a burst. */
const BURST_WINDOW: Millis = 2000
/** Pieces of one order of ours within this time come from one aggressor. */
const SAME_FILL: Millis = 50
const PAUSE: Millis = 5000

class SideBurst {
  key = ''
  startedAt: Millis = Number.NEGATIVE_INFINITY
  lastAt: Millis = Number.NEGATIVE_INFINITY
  contracts = 0
  touchGone = false
  until: Millis = 0
}

/** A fill of ours, as this guard judges it. */
interface JudgedFill {
  readonly side: Side
  readonly contracts: number
  /** The full size of a quote. */
  readonly lotContracts: number
  /** Whether the best level of our side has been emptied of everybody. */
  readonly touchGone: boolean
  readonly at: Millis
  /** Names our order. */
  readonly orderKey: string
}

/** The guard of one market, each side by itself. */
export class FillBurst {
  readonly #pause: Millis
  readonly #bid = new SideBurst()
  readonly #ask = new SideBurst()
  /** Times a side was pulled, not counting a pull that only grew longer. */
  count = 0

  /** `pauseMs` is how long a side stays pulled, counted from the latest fill of the burst. */
  constructor(pauseMs: Millis = PAUSE) {
    this.#pause = pauseMs
  }

  /**
   * Judges a fill. It joins the group before it, and adds to its contracts, when it comes in the
   * same millisecond as the first of the group (of any order: one sweep may take two levels), or
   * within 50 ms of it from the same order. Times that run backwards count as the latest known.
   */
  onFill({ side, contracts, lotContracts, touchGone, at, orderKey }: JudgedFill): void {
    if (!(contracts > 0)) return
    const state = side === 'bid' ? this.#bid : this.#ask
    const now = Math.max(at, state.lastAt)
    const age = now - state.startedAt
    const together = age === 0 || (orderKey === state.key && age <= SAME_FILL)
    const again = !together && now - state.lastAt <= BURST_WINDOW
    if (!together) {
      state.key = orderKey
      state.startedAt = now
      state.contracts = 0
      state.touchGone = false
    }
    state.lastAt = now
    state.contracts += contracts
    state.touchGone ||= touchGone
    const swept = state.touchGone && lotContracts > 0 && state.contracts >= lotContracts
    if (!again && !swept) return
    if (now >= state.until) this.count++
    state.until = now + this.#pause
  }

  /** The side must show nothing before this time; 0 when it was never pulled. */
  until(side: Side): Millis {
    return side === 'bid' ? this.#bid.until : this.#ask.until
  }
}
