// Makes the two checks of a mapping that need prices, M8 and M9, and keeps the memory they need.
//
// A gap of eight cents that lasts two minutes is a wrong market or a wrong side, never an
// opportunity: the source stays off until the operator acknowledges it. A gap that opens suddenly
// is a shock, which is another rule (`shock.ts`).

import type { Millis } from '../../core/vocabulary/units.ts'
import type { Check } from './verify.ts'

const GAP_CENTS = 8
const GAP_LASTS: Millis = 120_000
const NEAR_EVEN_CENTS = 5
const SUM_CENTS = 2
const EPSILON = 1e-9

/** True when the external value looks like the other side of our market. Cents and probability. */
export const wrongSide = (pExt: number, kalshiMid: number): boolean => {
  const p = 100 * pExt
  if (Math.abs(p - 50) <= NEAR_EVEN_CENTS && Math.abs(kalshiMid - 50) <= NEAR_EVEN_CENTS)
    return false
  return Math.abs(p - kalshiMid) > Math.abs(100 - p - kalshiMid) + EPSILON
}

/** M8: watches the gap of one source on one ticker. A failure sticks until acknowledged. */
export class GapWatch {
  failed = false
  detail = ''
  #wideSince: Millis = Number.NaN
  #lastAt: Millis = 0

  /** One look at both, in probability and cents. */
  observe(pExt: number, kalshiMid: number, at: Millis): void {
    const now = Math.max(at, this.#lastAt)
    // A clock that was set back starts the count again instead of holding it open.
    if (at < this.#lastAt - GAP_LASTS) this.#wideSince = Number.NaN
    this.#lastAt = at < this.#lastAt - GAP_LASTS ? at : now
    const gap = 100 * pExt - kalshiMid
    const wrong = wrongSide(pExt, kalshiMid)
    if (!(Math.abs(gap) >= GAP_CENTS - EPSILON) && !wrong) {
      this.#wideSince = Number.NaN
      return
    }
    if (Number.isNaN(this.#wideSince)) this.#wideSince = this.#lastAt
    if (this.#lastAt - this.#wideSince <= GAP_LASTS) return
    this.failed = true
    const side = wrong ? ', nearer on the other side' : ''
    this.detail = `${gap.toFixed(1)} cents apart for two minutes${side}`
  }

  /** The source has no value: nothing lasts. */
  noValue(): void {
    this.#wideSince = Number.NaN
  }

  /** The operator has looked at it. */
  acknowledge(): void {
    this.failed = false
    this.detail = ''
    this.#wideSince = Number.NaN
  }

  check(): Check {
    return { code: 'M8', ok: !this.failed, detail: this.detail }
  }
}

/** M9: the external probabilities of all of a fixture's tickers add up to one, within 2 cents. */
export const sumCheck = (probabilities: readonly number[]): Check => {
  let total = 0
  for (const p of probabilities) total += p
  const ok = Math.abs(100 * (total - 1)) <= SUM_CENTS + EPSILON
  return { code: 'M9', ok, detail: ok ? '' : `found a sum of ${total.toFixed(4)}, wanted 1` }
}
