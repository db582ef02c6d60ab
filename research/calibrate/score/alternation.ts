// The estimator of volatility that the product had before 0.5, kept to be scored against: squared
// moves times continuations over alternations (Large 2011), each jump as three ticks, and jumps
// apart. Shrunk toward a tenth of the natural variance, and capped at four times it.

import { pdf, quantile } from '../../../src/core/estimators/normal.ts'
import { secondsBetween } from '../../../src/core/estimators/order-flow.ts'
import type { Millis } from '../../../src/core/vocabulary/units.ts'

const MOVE_RATE = Math.LN2 / 900
const COUNT_RATE = Math.LN2 / 3600
const PRIOR_SECONDS = 300
const PRIOR_FACTOR = 0.1
const CAP_FACTOR = 4
const SHORTEST_TAU = 60
const CAP_TAU = 86_400
const FLOOR = 1e-6
const EDGE = 0.001
const JUMP_TICKS = 3
const JUMP_SIGMAS = 5
const JUMP_SECONDS = 3600
const MOST_RATIO = 3

const shapeAt = (mid: number): number => {
  const density = pdf(quantile(Math.min(Math.max(mid / 100, EDGE), 1 - EDGE)))
  return 1e4 * density * density
}

export class Alternation {
  #first: Millis = 0
  #movedAt: Millis = 0
  #mid = Number.NaN
  #squares = 0
  #continued = 0
  #alternated = 0
  #direction = 0
  #excess = 0

  onMid(mid: number, at: Millis, tickCents: number): void {
    if (Number.isNaN(this.#mid)) {
      this.#first = at
      this.#movedAt = at
      this.#mid = mid
      return
    }
    const move = mid - this.#mid
    if (move === 0) return
    const dt = secondsBetween(this.#movedAt, at)
    const sigma2 = (this.#ratio(dt) * this.#squaresAt(dt)) / (this.#window(at) + PRIOR_SECONDS)
    const most = (JUMP_TICKS * tickCents) ** 2
    let square = move * move
    const fade = Math.exp(-COUNT_RATE * dt)
    this.#excess *= fade
    if (square >= most && square >= JUMP_SIGMAS * JUMP_SIGMAS * sigma2 * dt) {
      this.#excess += square - most
      square = most
    }
    this.#squares = this.#squaresAt(dt) + square
    this.#continued *= fade
    this.#alternated *= fade
    const direction = Math.sign(move)
    if (this.#direction === direction) this.#continued++
    else if (this.#direction !== 0) this.#alternated++
    this.#direction = direction
    this.#mid = mid
    this.#movedAt = Math.max(this.#movedAt, at)
  }

  total(at: Millis, mid: number, tauSeconds: number, eventTimeKnown: boolean): number {
    const tau = Math.max(tauSeconds, SHORTEST_TAU)
    const natural = shapeAt(mid) / tau
    const dt = secondsBetween(this.#movedAt, at)
    const seen = this.#ratio(dt) * this.#squaresAt(dt)
    const prior = PRIOR_SECONDS * PRIOR_FACTOR * natural
    const ordinary = Math.max((seen + prior) / (this.#window(at) + PRIOR_SECONDS), FLOOR)
    const cap = (CAP_FACTOR * shapeAt(mid)) / Math.min(tau, CAP_TAU)
    if (!eventTimeKnown) return ordinary + this.#jumpVariance(at)
    return Math.min(Math.min(ordinary, cap) + this.#jumpVariance(at), cap)
  }

  #jumpVariance(at: Millis): number {
    const window = (1 - Math.exp(-COUNT_RATE * secondsBetween(this.#first, at))) / COUNT_RATE
    const faded = this.#excess * Math.exp(-COUNT_RATE * secondsBetween(this.#movedAt, at))
    return faded / Math.max(window, JUMP_SECONDS)
  }

  #squaresAt(dt: number): number {
    return this.#squares * Math.exp(-MOVE_RATE * dt)
  }

  #ratio(dt: number): number {
    const fade = Math.exp(-COUNT_RATE * dt)
    return Math.min(MOST_RATIO, (this.#continued * fade + 1) / (this.#alternated * fade + 2))
  }

  #window(at: Millis): number {
    return (1 - Math.exp(-MOVE_RATE * secondsBetween(this.#first, at))) / MOVE_RATE
  }
}
