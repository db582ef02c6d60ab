// Jumps of the fair value, and the informed takers who know of a jump for a while before it
// happens. They make a market maker lose on flow that looks like any other. It has its own
// generator, so a crowd without jumps behaves as if this did not exist.

import type { Millis, Price } from '../../../src/core/vocabulary/units.ts'
import type { Dice } from '../../../src/statistics/random.ts'

export interface InformedFlowOptions {
  readonly jumpsPerHour: number
  readonly jumpSize: readonly [number, number]
  readonly knownAheadMs: Millis
  readonly informedPerSecond: number
  readonly informedSize: number
}

const HOUR_MS = 3_600_000

export class InformedFlow {
  readonly #dice: Dice
  readonly #options: InformedFlowOptions
  #coming: { readonly at: Millis; readonly change: Price } | null = null

  constructor(dice: Dice, options: InformedFlowOptions) {
    this.#dice = dice
    this.#options = options
  }

  /** Schedules a jump by `change` price units; it replaces a pending one. */
  scheduleJump(change: Price, at: Millis): void {
    this.#coming = { at, change }
  }

  /** The jump that is due now, or 0. Draws the next one when jumps are random. */
  due(now: Millis): Price {
    const { jumpsPerHour, jumpSize, knownAheadMs } = this.#options
    if (this.#coming !== null && now >= this.#coming.at) {
      const { change } = this.#coming
      this.#coming = null
      return change
    }
    if (this.#coming === null && jumpsPerHour > 0) {
      const wait = this.#dice.exponential(HOUR_MS / jumpsPerHour)
      const size = this.#dice.whole(...jumpSize)
      const change = this.#dice.chance(0.5) ? size : -size
      this.#coming = { at: now + knownAheadMs + wait, change }
    }
    return 0
  }

  /** The jump known at `now` (0 = none) and the contracts wanted by each informed taker. */
  takers(now: Millis, seconds: number): { change: Price; takers: readonly number[] } {
    const { knownAheadMs, informedPerSecond, informedSize } = this.#options
    const coming = this.#coming
    if (coming === null || now < coming.at - knownAheadMs) return { change: 0, takers: [] }
    const count = this.#dice.poisson(informedPerSecond * seconds)
    const takers = Array.from(
      { length: count },
      () => 1 + Math.floor(this.#dice.exponential(informedSize)),
    )
    return { change: coming.change, takers }
  }
}
