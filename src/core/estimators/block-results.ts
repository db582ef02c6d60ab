// What our own fills have earned, in blocks of five minutes: whether they lose by more than chance.
//
// Each fill begins with its edge over the fair value; from then on what it left us with moves with
// the fair value. Against takers who know nothing the moves average zero whatever the volatility,
// so the blocks' mean is the edge; against those who know more it falls below zero. The t statistic
// of the last blocks says whether it has, without a constant that the volatility would upset.

import type { Millis } from '../vocabulary/units.ts'

const BLOCK: Millis = 300_000
/** Blocks that count: four hours of them. */
const KEPT = 48
/** Fewer say nothing: 40 minutes. */
const ENOUGH = 8
/**
 * Chosen by `npm run calibrate -- --verdict`: over 8 hours a maker that nobody exploits is stopped
 * in at most 1 of 200 runs, and one that loses 1.4 c a fill in at least 19 of 20.
 */
export const LOSING_T = -1.9

export interface BlockSnapshot {
  /** Cents, oldest first, and the contracts that our fills have left us with. */
  readonly values: readonly number[]
  readonly held: number
}

export class BlockResults {
  readonly #values = new Float64Array(KEPT)
  #next = 0
  #count = 0
  #t = 0
  /** Contracts that our fills have left us with, signed; what was held before is not judged. */
  #held = 0
  #fair = Number.NaN
  /** Of the block under way: cents, and whether anything was at stake. */
  #sum = 0
  #isUsed = false
  #endsAt: Millis = 0

  /** The fair value in cents; finite. Called at every change, times never decrease. */
  onFair(fair: number, at: Millis): void {
    if (at >= this.#endsAt) this.#close(at)
    if (this.#held !== 0) {
      this.#isUsed = true
      if (!Number.isNaN(this.#fair)) this.#sum += this.#held * (fair - this.#fair)
    }
    this.#fair = fair
  }

  /** A fill: +1 bought, -1 sold, at an edge in cents; contracts > 0. After `onFair` of its time. */
  onFill(sign: number, edge: number, contracts: number): void {
    this.#isUsed = true
    this.#sum += edge * contracts
    this.#held += sign * contracts
  }

  /** mean / (sd / root n) of the blocks; 0 before there are eight. */
  get t(): number {
    return this.#t
  }

  get blocks(): number {
    return this.#count
  }

  /** Whether our fills lose by more than chance. */
  get isLosing(): boolean {
    return this.#t < LOSING_T
  }

  snapshot(): BlockSnapshot {
    const from = this.#next - this.#count + KEPT
    const values = Array.from({ length: this.#count }, (_, i) => this.#values[(from + i) % KEPT]!)
    return { values, held: this.#held }
  }

  restore({ values, held }: BlockSnapshot): void {
    this.reset()
    this.#held = held
    for (const value of values.slice(-KEPT)) this.#keep(value)
    this.#judge()
  }

  /** Forgets the results, but not what is held. */
  reset(): void {
    this.#count = 0
    this.#next = 0
    this.#t = 0
    this.#sum = 0
    this.#isUsed = false
  }

  // Blocks in which nothing was at stake are left out, however many.
  #close(at: Millis): void {
    if (this.#isUsed && this.#endsAt > 0) {
      this.#keep(this.#sum)
      this.#judge()
    }
    this.#sum = 0
    this.#isUsed = false
    this.#endsAt = (Math.floor(at / BLOCK) + 1) * BLOCK
  }

  #keep(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % KEPT
    this.#count = Math.min(this.#count + 1, KEPT)
  }

  #judge(): void {
    const n = this.#count
    this.#t = 0
    if (n < ENOUGH) return
    // The values of a ring that is not full are its first ones.
    let mean = 0
    for (let i = 0; i < n; i++) mean += this.#values[i]! / n
    let squares = 0
    for (let i = 0; i < n; i++) squares += (this.#values[i]! - mean) ** 2
    if (squares > 0) this.#t = mean / Math.sqrt(squares / (n - 1) / n)
  }
}
