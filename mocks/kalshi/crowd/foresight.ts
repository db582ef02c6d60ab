// What is going to happen and who knows it: jumps of the fair value, and the takers who know of one for
// a while before it comes. They are what makes a market maker lose on flow that looks like any other.
// Has dice of its own, so that a crowd without jumps is the same crowd as before.

import type { Millis, Price } from '../../../src/core/vocabulary/units.ts'
import type { Dice } from '../../../src/statistics/random.ts'

export interface ForesightOptions {
  readonly jumpsPerHour: number
  readonly jumpSize: readonly [number, number]
  readonly knownAheadMs: Millis
  readonly informedPerSecond: number
  readonly informedSize: number
}

const HOUR_MS = 3_600_000

export class Foresight {
  readonly #dice: Dice
  readonly #options: ForesightOptions
  #coming: { readonly at: Millis; readonly change: Price } | null = null

  constructor(dice: Dice, options: ForesightOptions) {
    this.#dice = dice
    this.#options = options
  }

  /** A jump by `change` price units at a time; it takes the place of one that was to come. */
  foretell(change: Price, at: Millis): void {
    this.#coming = { at, change }
  }

  /** The jump that is due now, 0 when none is. Draws the next one when jumps come by themselves. */
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

  /** The jump that is known at `now` (0 = none) and the contracts that each informed taker wants. */
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
