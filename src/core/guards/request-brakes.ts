// Notices a maker that sends too many orders, or whose orders are mostly refused.
//
// In: how many orders have been sent so far, and the outcome of each. Out: the counts of the last
// minute and of the last requests. Whatever makes a maker run wild, it shows here at the latest.

import type { Millis } from '../vocabulary/units.ts'

const SECONDS = 60

/** Counts orders in a rolling minute, by whole seconds: at most a second too many. */
export class OrderRate {
  readonly #counts = new Int32Array(SECONDS)
  readonly #seconds = new Float64Array(SECONDS).fill(-1)
  #seen = 0

  /** @param total orders sent since the engine began; what is new counts as sent now */
  count(total: number, at: Millis): void {
    const sent = total - this.#seen
    if (sent <= 0) return
    this.#seen = total
    const second = Math.floor(at / 1000)
    const index = second % SECONDS
    if (this.#seconds[index] !== second) {
      this.#seconds[index] = second
      this.#counts[index] = 0
    }
    this.#counts[index] = this.#counts[index]! + sent
  }

  /** Orders sent in the minute before `at`. */
  lastMinute(at: Millis): number {
    const from = Math.floor(at / 1000) - SECONDS
    let sum = 0
    for (let index = 0; index < SECONDS; index++) {
      if (this.#seconds[index]! > from) sum += this.#counts[index]!
    }
    return sum
  }

  clear(): void {
    this.#counts.fill(0)
  }
}

/** As many requests as a share is taken of, and the fewest that say anything. */
const KEPT = 40
const FEWEST = 20
/** Older outcomes belong to another trouble. */
const WITHIN_MS = 300_000

/** The share of refused requests among the last ones. */
export class RejectShare {
  readonly #at = new Float64Array(KEPT).fill(Number.NEGATIVE_INFINITY)
  readonly #refused = new Uint8Array(KEPT)
  #next = 0

  add(refused: boolean, at: Millis): void {
    this.#at[this.#next] = at
    this.#refused[this.#next] = refused ? 1 : 0
    this.#next = (this.#next + 1) % KEPT
  }

  /** 0 to 1, of at most 40 requests within 5 minutes; 0 where they are fewer than 20. */
  share(at: Millis): number {
    let count = 0
    let refused = 0
    for (let index = 0; index < KEPT; index++) {
      if (this.#at[index]! <= at - WITHIN_MS) continue
      count++
      refused += this.#refused[index]!
    }
    return count < FEWEST ? 0 : refused / count
  }

  clear(): void {
    this.#at.fill(Number.NEGATIVE_INFINITY)
  }
}
