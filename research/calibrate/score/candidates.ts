// Estimators of volatility that compete on the recordings: the product's own, the one it replaced,
// each half of the product's alone, and a form from the literature. All see only the past.

import { shapeAt } from '../../../src/core/estimators/return-grid.ts'
import { Volatility } from '../../../src/core/estimators/volatility.ts'
import type { HourFactors } from '../../../src/core/vocabulary/hours.ts'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { PRICE_CENT } from '../../../src/core/vocabulary/units.ts'
import { stretchAt } from '../data.ts'
import { Alternation } from './alternation.ts'
import { type Lessons, lessonAt, lessonsOf } from './hours.ts'
import type { MidPath } from './recordings.ts'

interface Candidate {
  /** The mid in cents, as of `at`. */
  onMid(mid: number, at: Millis, tickCents: number): void
  /** Cents^2 per second of moves over `seconds` from now; `tau` seconds to the outcome. */
  variance(at: Millis, mid: number, tau: number, seconds: number): number
}

export interface Contender {
  readonly name: string
  readonly make: (path: MidPath, kind: readonly MidPath[]) => Candidate
}

/** The findings' clock as it stands there: one interval of 5 s, half-life 120 s, prior of 60 s. */
class PlainClock implements Candidate {
  readonly #expectedAt: Millis
  #mid = Number.NaN
  #last = 0
  #due: Millis = 0
  #natural = 0
  #seconds = 0

  constructor({ expectedAt }: MidPath) {
    this.#expectedAt = expectedAt
  }

  onMid(mid: number, at: Millis): void {
    if (Number.isNaN(this.#mid)) {
      this.#last = mid
      this.#due = at + 1000 * CLOCK_SECONDS
    }
    while (this.#due <= at) this.#end()
    this.#mid = mid
  }

  variance(at: Millis, mid: number, tau: number): number {
    while (this.#due <= at) this.#end()
    const rate = (this.#natural + CLOCK_PRIOR) / (this.#seconds + CLOCK_PRIOR)
    return (rate * shapeAt(mid)) / Math.max(tau, CLOCK_SECONDS)
  }

  #end(): void {
    const move = this.#mid - this.#last
    const tau = Math.max((this.#expectedAt - this.#due) / 1000, CLOCK_SECONDS)
    const unit = shapeAt((this.#mid + this.#last) / 2)
    this.#natural = this.#natural * CLOCK_FADE + (move === 0 ? 0 : (move * move * tau) / unit)
    this.#seconds = this.#seconds * CLOCK_FADE + CLOCK_SECONDS
    this.#last = this.#mid
    this.#due += 1000 * CLOCK_SECONDS
  }
}
const CLOCK_SECONDS = 5
const CLOCK_PRIOR = 60
const CLOCK_FADE = 2 ** (-CLOCK_SECONDS / 120)

/**
 * h^2 = [p(1-p)/tau + K sqrt(V) s^2/4] dt: what the outcome leaves, and the bounce of trades across
 * the spread s. V is the volume in contracts a second, an average of the last minute.
 */
class Published implements Candidate {
  readonly #path: MidPath
  readonly #weight: number
  #next = 0
  #volume = 0
  #at: Millis = 0

  constructor(path: MidPath, weight: number) {
    this.#path = path
    this.#weight = weight
  }

  onMid(): void {}

  variance(at: Millis, mid: number, tau: number): number {
    const { orders, stretches } = this.#path
    for (; this.#next < orders.length && orders[this.#next]!.at <= at; this.#next++) {
      const { at: then, contracts, weight } = orders[this.#next]!
      this.#volume = this.#faded(then) + contracts * weight
      this.#at = then
    }
    const stretch = stretchAt(stretches, at)
    const known = stretch !== null && stretch.bid > 0
    const spread = known ? (stretch.ask - stretch.bid) / PRICE_CENT : 1
    const bounce = (Math.sqrt(this.#faded(at) / 60) * spread * spread) / 4
    return (mid * (100 - mid)) / Math.max(tau, CLOCK_SECONDS) + this.#weight * bounce
  }

  #faded(at: Millis): number {
    return this.#volume * Math.exp((this.#at - at) / 60_000)
  }
}

/** The product's class, told that the event time is known, or that it is not, as the path says. */
const product =
  (known: (path: MidPath) => boolean) =>
  (path: MidPath): Candidate => {
    const volatility = new Volatility()
    const isKnown = known(path)
    return {
      onMid: (mid, at, tick) => void volatility.onMid(mid, at, tick),
      variance: (at, mid, tau, seconds) => volatility.total(at, mid, tau, isKnown, seconds),
    }
  }

/** The product with what the desk would have learnt by then, from markets of the same name. */
const learning = (nameOf: (path: MidPath) => string): Contender['make'] => {
  const known = new WeakMap<readonly MidPath[], Lessons>()
  return (path, kind) => {
    const lessons = known.get(kind) ?? lessonsOf(kind, nameOf)
    known.set(kind, lessons)
    const volatility = new Volatility()
    let told: HourFactors | null = null
    return {
      onMid: (mid, at, tick) => void volatility.onMid(mid, at, tick),
      variance: (at, mid, tau, seconds) => {
        const factors = lessonAt(lessons, nameOf(path), at)
        if (factors !== null && factors !== told) volatility.hours.hear(factors)
        told = factors
        return volatility.total(at, mid, tau, path.eventTimeKnown, seconds)
      },
    }
  }
}

const alternation = ({ eventTimeKnown }: MidPath): Candidate => {
  const volatility = new Alternation()
  return {
    onMid: (mid, at, tick) => volatility.onMid(mid, at, tick),
    variance: (at, mid, tau) => volatility.total(at, mid, tau, eventTimeKnown),
  }
}

export const CONTENDERS: readonly Contender[] = [
  { name: 'alternation (before)', make: alternation },
  { name: 'grids, plain', make: product(() => false) },
  { name: 'grids, clock', make: product(() => true) },
  { name: 'product', make: product(({ eventTimeKnown }) => eventTimeKnown) },
  { name: 'product, hours of the series', make: learning(({ ticker }) => ticker) },
  { name: 'product, hours of the kind', make: learning(({ ticker }) => `ALL-${ticker}`) },
  { name: 'clock, 5 s, 120 s', make: (path) => new PlainClock(path) },
  { name: 'published, K = 0', make: (path) => new Published(path, 0) },
  { name: 'published, K = 0.1', make: (path) => new Published(path, 0.1) },
  { name: 'published, K = 1', make: (path) => new Published(path, 1) },
]
