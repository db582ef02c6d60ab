// The brake for a side that is being run over: two fills of it within two seconds, or its whole lot
// taken together with the rest of the best level, pull it for five.
//
// Whoever sweeps a level rarely stops at one order, and the quote that replaces a filled one at once
// is the next to be taken. After the pause the caller reads the book afresh before it quotes again.
// One aggressive order may fill several of ours, or one of ours in several pieces: that is one fill.

import type { Millis, Side } from '../vocabulary/units.ts'

/** Two fills this close make a burst. */
export const BURST_WINDOW: Millis = 2000
/** Pieces of one order of ours within this time are taken to come from one aggressor. */
export const SAME_FILL: Millis = 50
const PAUSE: Millis = 5000

class SideBurst {
  key = ''
  startedAt: Millis = Number.NEGATIVE_INFINITY
  lastAt: Millis = Number.NEGATIVE_INFINITY
  contracts = 0
  touchGone = false
  until: Millis = 0
}

/** The brake of one market, both sides apart. */
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
   * A fill of ours. `lotContracts` is the full size of a quote; `touchGone` whether the best level of
   * our side has been emptied of everybody. `orderKey` names our order: a fill in the same
   * millisecond as the first of its group (any order, as when one sweep takes two levels), or of
   * the same order within 50 ms of it, belongs to the group and adds to its contracts.
   * Times that run backwards count as the latest known.
   */
  onFill(
    side: Side,
    contracts: number,
    lotContracts: number,
    touchGone: boolean,
    at: Millis,
    orderKey: string,
  ): void {
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
