// Learns the lasting difference between an external value and ours: settlement text, fees,
// clientele.
//
// That difference is no signal and must not be traded on, so a slow mean of the gap is learned and
// taken off. There is one basis for each ticker and set of sources; its plain record survives a
// restart.

import type { Millis } from '../../core/vocabulary/units.ts'

export interface BasisState {
  readonly value: number
  readonly count: number
  readonly firstAt: Millis
  readonly lastAt: Millis
}

const HALF_LIFE: Millis = 24 * 3_600_000
const READY_COUNT = 8
const READY_SPAN: Millis = 30 * 60_000
/** Beyond this many cents a lasting gap is a wrong mapping and no basis. */
export const BASIS_CAP_CENTS = 4

/** Time-weighted mean of the gap in cents, half-life 24 hours. */
export class Basis {
  #value = 0
  #count = 0
  #firstAt: Millis = 0
  #lastAt: Millis = 0

  constructor(state?: BasisState) {
    if (state === undefined) return
    this.#value = state.value
    this.#count = state.count
    this.#firstAt = state.firstAt
    this.#lastAt = state.lastAt
  }

  /** Cents. */
  get value(): number {
    return this.#value
  }

  /** True after 8 observations that span half an hour: no skew before. */
  get ready(): boolean {
    return this.#count >= READY_COUNT && this.#lastAt - this.#firstAt >= READY_SPAN
  }

  /** True when the difference is too large to be a basis. */
  get overCap(): boolean {
    return Math.abs(this.#value) > BASIS_CAP_CENTS
  }

  /**
   * Takes one gap in cents and answers how far it lay from the basis before it. The first gap is
   * the basis, so it answers 0. A time that runs backwards counts as no time.
   */
  observe(gap: number, at: Millis): number {
    if (!Number.isFinite(gap)) return 0
    if (this.#count++ === 0) {
      this.#value = gap
      this.#firstAt = at
      this.#lastAt = at
      return 0
    }
    const x = gap - this.#value
    const elapsed = Math.max(0, at - this.#lastAt)
    this.#value += (1 - 2 ** (-elapsed / HALF_LIFE)) * x
    this.#lastAt += elapsed
    return x
  }

  state(): BasisState {
    return {
      value: this.#value,
      count: this.#count,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
    }
  }
}
