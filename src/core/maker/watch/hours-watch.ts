// Looks at the mid of others once a minute, for what the desk learns of the hours of the series.
//
// Only a book that can be relied on is looked at, and not the end of a market, where a minute is a
// large part of the time that is left. Changes no decision.

import { shapeAt } from '../../estimators/return-grid.ts'
import { HoursSeen } from '../../hours/seen.ts'
import { expectedAt } from '../../pricing/pricing-input.ts'
import { isTradable } from '../../vocabulary/events.ts'
import type { HoursReport } from '../../vocabulary/hours.ts'
import type { Millis } from '../../vocabulary/units.ts'
import { seesBook } from '../limits/top-report.ts'
import type { MakerState } from '../state.ts'

/** Nearer to the outcome no look counts, seconds. */
const SHORTEST_TAU = 600

export class HoursWatch {
  readonly #state: MakerState
  readonly #seen = new HoursSeen()

  constructor(state: MakerState) {
    this.#state = state
  }

  look(at: Millis): void {
    if (!this.#seen.isDue(at)) return
    const { market, book, parameters, quoter } = this.#state
    if (market === null) return
    const { mid } = quoter.observed
    const tau = (expectedAt(parameters.strategy, market, at) - at) / 1000
    const counts = tau >= SHORTEST_TAU && isTradable(market.status) && this.#isSeen(at)
    if (!counts || mid === null || book.isCrossed) this.#seen.look(Number.NaN, Number.NaN, at)
    else this.#seen.look(mid, shapeAt(mid) / tau, at)
  }

  get report(): HoursReport | null {
    return this.#seen.report
  }

  #isSeen(at: Millis): boolean {
    return this.#state.isCredible && seesBook(this.#state, at)
  }
}
