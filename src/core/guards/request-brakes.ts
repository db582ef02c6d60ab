// Notices a maker that sends too many orders, or whose orders are mostly refused.
//
// In: how many orders have been sent so far, and the outcome of each. Out: the counts of the last
// minute and of the last requests. Whatever makes a maker run wild, it shows here at the latest.

import type { Outcome, Rejected } from '../vocabulary/outcome.ts'
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

/** What an outcome says of how we send orders; null: nothing. */
export type Verdict = 'taken' | 'crossed' | 'refused' | null

const IDLE_CODES = [
  'trading_is_paused',
  'exchange_is_paused',
  'market_closed',
  'market_inactive',
  'service_unavailable',
] as const

/**
 * A pause, a closed market, a key, the rate and what never left have guards of their own, and say
 * nothing about the order. An order that is gone has been filled or canceled while the change of it
 * was on its way.
 */
export const verdictOf = (outcome: Outcome<unknown>): Verdict => {
  if (outcome.kind === 'unknown') return null
  if (outcome.kind === 'accepted') return 'taken'
  if ([0, 401, 403, 429].includes(outcome.status)) return null
  const text = outcome.code.toLowerCase()
  // An account that is not found is no race.
  if (outcome.status === 404 && !text.startsWith('user_not_found')) return null
  if (IDLE_CODES.some((code) => text.startsWith(code))) return null
  return isCross(outcome) ? 'crossed' : 'refused'
}

/** A post-only order that would have met another one. */
const isCross = ({ code, detail }: Rejected): boolean =>
  /post.?only.?cross/i.test(`${code} ${detail}`)

/** As many requests as a share is taken of, and the fewest that say anything. */
const KEPT = 40
const FEWEST = 20
/** Older outcomes belong to another trouble. */
const WITHIN_MS = 300_000
/**
 * Crosses are what a fast market does to an honest quote, which then stands further out. Beyond
 * this share no market is that fast: the prices or the book are wrong, and crosses count in full.
 */
const MOST_CROSSED = 0.8

/** The share of refused requests among the last ones. */
export class RejectShare {
  readonly #at = new Float64Array(KEPT).fill(Number.NEGATIVE_INFINITY)
  readonly #verdicts: Verdict[] = new Array<Verdict>(KEPT).fill(null)
  #next = 0

  add(verdict: Verdict, at: Millis): void {
    if (verdict === null) return
    this.#at[this.#next] = at
    this.#verdicts[this.#next] = verdict
    this.#next = (this.#next + 1) % KEPT
  }

  /** 0 to 1, of at most 40 requests within 5 minutes; 0 where they are fewer than 20. */
  share(at: Millis): number {
    let [count, refused, crossed] = [0, 0, 0]
    for (let index = 0; index < KEPT; index++) {
      if (this.#at[index]! <= at - WITHIN_MS) continue
      count++
      if (this.#verdicts[index] === 'refused') refused++
      else if (this.#verdicts[index] === 'crossed') crossed++
    }
    if (count < FEWEST) return 0
    return (crossed > count * MOST_CROSSED ? refused + crossed : refused) / count
  }

  clear(): void {
    this.#at.fill(Number.NEGATIVE_INFINITY)
  }
}
