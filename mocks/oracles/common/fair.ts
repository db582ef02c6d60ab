// The fair value behind both venues: the probability of an event's first outcome, as a function of
// time. It walks by itself (log-odds with normal steps, pulled gently to the start), or follows an
// operator or another program. Its past is kept for a while, so that a lagging venue can read an
// older value. Steps lie on a grid of 250 ms: how often it is read does not change the walk.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Dice } from '../../../src/statistics/random.ts'

const STEP_MS: Millis = 250
/** The longest lag that a venue can have. */
export const LONGEST_LAG_MS: Millis = 600_000
/** Half-life of the pull back to the anchor. */
const PULL_MS: Millis = 3_600_000
const LEAST = 0.005

export const inside = (p: number): number => Math.min(1 - LEAST, Math.max(LEAST, p))
const logit = (p: number): number => Math.log(p / (1 - p))
const probability = (odds: number): number => 1 / (1 + Math.exp(-odds))

export class Fair {
  readonly #chance: Dice
  /** Standard deviation of one step, in log-odds. */
  readonly #sd: number
  readonly #pull = 1 - 0.5 ** (STEP_MS / PULL_MS)
  #anchor: number
  #odds: number
  #walking = true
  #ignoresUntil: Millis = 0
  #steppedAt: Millis
  /** Times and values of every change, oldest first. */
  readonly #times: Millis[] = []
  readonly #values: number[] = []

  /** `cents` is the standard deviation of a minute's walk at 50 percent, in cents. */
  constructor(chance: Dice, p: number, cents: number, at: Millis) {
    this.#chance = chance
    this.#sd = (cents / 100 / 0.25) * Math.sqrt(STEP_MS / 60_000)
    this.#odds = logit(inside(p))
    this.#anchor = this.#odds
    this.#steppedAt = at
    this.#remember(at)
  }

  get walking(): boolean {
    return this.#walking
  }

  /** The value now. */
  get p(): number {
    return probability(this.#odds)
  }

  /** Walks up to `at`. A time that runs backwards counts as no time. */
  step(at: Millis): void {
    while (at - this.#steppedAt >= STEP_MS) {
      this.#steppedAt += STEP_MS
      if (!this.#walking) continue
      this.#odds += (this.#anchor - this.#odds) * this.#pull + this.#sd * this.#chance.normal()
      this.#odds = logit(inside(probability(this.#odds)))
      this.#remember(this.#steppedAt)
    }
  }

  /** Sets the value from outside and stops the walk. False while a shock blocks it. */
  follow(p: number, at: Millis): boolean {
    if (at < this.#ignoresUntil) return false
    this.#walking = false
    this.#odds = logit(inside(p))
    this.#remember(at)
    return true
  }

  /** Walks again, from the present value. */
  walk(): void {
    this.#walking = true
    this.#anchor = this.#odds
  }

  /** Jumps by `d` at once; `follow` is ignored for `holdMs`. */
  shock(d: number, holdMs: Millis, at: Millis): void {
    this.#odds = logit(inside(this.p + d))
    this.#anchor = this.#odds
    this.#ignoresUntil = at + holdMs
    this.#remember(at)
  }

  /** The value at a past time, at most the longest lag ago. */
  before(at: Millis): number {
    for (let index = this.#times.length - 1; index > 0; index--) {
      if (this.#times[index]! <= at) return this.#values[index]!
    }
    return this.#values[0]!
  }

  #remember(at: Millis): void {
    const last = this.#times.at(-1)
    this.#times.push(last === undefined ? at : Math.max(last, at))
    this.#values.push(this.p)
    const now = this.#times.at(-1)!
    // One entry older than the longest lag stays: it is the value at that time.
    const first = this.#times.findIndex((time) => time > now - LONGEST_LAG_MS)
    if (first > 1_000) {
      this.#times.splice(0, first - 1)
      this.#values.splice(0, first - 1)
    }
  }
}
