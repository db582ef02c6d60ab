// The quota of The Odds API: one key, a month's credits, and thirty requests a second. Every
// answer, refusals included, states the credits left. Time is an argument, so a test need not wait
// a second.

import type { Millis } from '../../../src/core/vocabulary/units.ts'

export const DEFAULT_KEY = 'mock-odds-key'

export const KEY_STATES = ['valid', 'invalid', 'deactivated'] as const
export type KeyState = (typeof KEY_STATES)[number]

export class Quota {
  readonly key: string
  keyState: KeyState = 'valid'
  remaining: number
  used = 0
  /** Status of the refusal when credits are out; both 401 and 429 were seen. */
  exhaustedStatus: 401 | 429 = 401
  perSecond: number
  readonly #recent: Millis[] = []

  constructor(key: string, credits: number, perSecond: number) {
    this.key = key
    this.remaining = credits
    this.perSecond = perSecond
  }

  /** False when this request exceeds the limit per second. */
  admits(at: Millis): boolean {
    while (this.#recent.length > 0 && at - this.#recent[0]! >= 1_000) this.#recent.shift()
    if (this.#recent.length >= this.perSecond) return false
    this.#recent.push(at)
    return true
  }

  spend(cost: number): void {
    this.remaining -= cost
    this.used += cost
  }

  headers(last: number): Readonly<Record<string, string>> {
    return {
      'x-requests-remaining': String(this.remaining),
      'x-requests-used': String(this.used),
      'x-requests-last': String(last),
    }
  }
}
