// The exact solution, backward in time: what every inventory at every price is worth.
//
// Wealth leaves an exponential utility as a factor, so only time, price and inventory count. Held
// here is w(price, q) = E[exp(-gamma (what is earned from now on, the inventory marked at its price
// now))]; the certainty equivalent is -ln(w)/gamma cents. A step back in time is a step of the
// price (a martingale on a grid of prices, implicit, so that it stays stable at any variance), then
// a step of the fills. Independent of `src/core/pricing`: it shares no formula with the model that
// it judges.

import type { Setting } from './setting.ts'

/** The step of time never falls below this, seconds; what is left then is settled at once. */
const SHORTEST = 0.02
/** Expected fills in a step beyond which it is taken to be all but certain. */
export const LIKELY = 0.4

/**
 * Decides both quotes for every price and inventory, as rates of fills and as the factors by which
 * a fill changes w: exp(-gamma x edge). A rate of 0 is a side that is not quoted.
 */
export interface Quoting {
  /** Called before each step back in time, with w as it is after it; `dt` is its length. */
  quote(sweep: Sweep, timeLeft: number, dt: number): void
  /**
   * Whether a maker in this state trades a lot away as a taker, toward no inventory; `flatter` is
   * w after that. Absent: never.
   */
  leaves?(sweep: Sweep, state: number, flatter: number): boolean
}

/** Cents that trading a lot away costs as a taker who sells (-1) or buys (1); Infinity: cannot. */
export type TakerCost = (price: number, sign: 1 | -1) => number

export class Sweep {
  readonly setting: Setting
  readonly prices: Float64Array
  /** Number of prices; state (q, i) is at (q + mostLots) * size + i. */
  readonly size: number
  readonly lots: number
  w: Float64Array
  readonly bidRate: Float64Array
  readonly bidGain: Float64Array
  readonly askRate: Float64Array
  readonly askGain: Float64Array
  readonly #variance: Float64Array
  /** exp(gamma cost) at each price. */
  readonly #costs: { readonly sell: Float64Array; readonly buy: Float64Array } | null
  readonly #row: Float64Array
  #next: Float64Array
  readonly #half: Float64Array

  constructor(setting: Setting, takerCost: TakerCost | null = null) {
    const { lowest, highest, spacing, mostLots, gamma } = setting
    this.setting = setting
    this.size = Math.round((highest - lowest) / spacing) + 1
    this.lots = 2 * mostLots + 1
    this.prices = Float64Array.from({ length: this.size }, (_, i) => lowest + i * spacing)
    this.#variance = this.prices.map((price) => setting.variance(price))
    const factors = (cost: TakerCost, sign: 1 | -1): Float64Array =>
      this.prices.map((price) => Math.exp(gamma * cost(price, sign)))
    this.#costs =
      takerCost === null ? null : { sell: factors(takerCost, -1), buy: factors(takerCost, 1) }
    this.#row = new Float64Array(this.size)
    const states = this.lots * this.size
    this.w = new Float64Array(states)
    this.#next = new Float64Array(states)
    this.#half = new Float64Array(states)
    this.bidRate = new Float64Array(states)
    this.bidGain = new Float64Array(states)
    this.askRate = new Float64Array(states)
    this.askGain = new Float64Array(states)
  }

  /** Certainty equivalent in cents, flat at the start of the session, of quoting so throughout. */
  solve(quoting: Quoting): number {
    const { setting } = this
    this.#settle()
    for (const [timeLeft, dt] of this.#times()) {
      this.#move(timeLeft, dt)
      quoting.quote(this, timeLeft, dt)
      this.#fill(dt)
      if (this.#costs !== null && quoting.leaves !== undefined) this.#leave(quoting)
    }
    return this.worth(setting.start, 0)
  }

  /** Certainty equivalent of (price, inventory in lots), the inventory marked at the price. */
  worth(price: number, lots: number): number {
    const { lowest, spacing, gamma, mostLots } = this.setting
    const at = (price - lowest) / spacing
    const i = Math.min(Math.floor(at + 1e-9), this.size - 2)
    const row = (lots + mostLots) * this.size
    const [low, high] = [this.w[row + i]!, this.w[row + i + 1]!]
    return -(Math.log(low) + (at - i) * (Math.log(high) - Math.log(low))) / gamma
  }

  /** Cents that a maker of `lots` pays to trade one away as a taker at the i-th price. */
  takerCost(i: number, lots: number): number {
    if (this.#costs === null) return Number.POSITIVE_INFINITY
    return Math.log((lots > 0 ? this.#costs.sell : this.#costs.buy)[i]!) / this.setting.gamma
  }

  /** The steps of time, the last of the session first: time left before each, and its length. */
  #times(): (readonly [number, number])[] {
    const { seconds, step, shareOfTimeLeft } = this.setting
    const times: (readonly [number, number])[] = []
    let left = seconds
    while (left > 1e-9) {
      const dt = Math.min(left, step, Math.max(SHORTEST, left * shareOfTimeLeft))
      times.push([left, dt])
      left -= dt
    }
    return times.reverse()
  }

  /** w at the end: 1, or the lottery of the settlement. */
  #settle(): void {
    const { gamma, mostLots, settles } = this.setting
    for (let row = 0; row < this.lots; row++) {
      const g = gamma * (row - mostLots)
      for (let i = 0; i < this.size; i++) {
        const price = this.prices[i]!
        const p = price / 100
        const lottery = p * Math.exp(-g * (100 - price)) + (1 - p) * Math.exp(g * price)
        this.w[row * this.size + i] = settles ? lottery : 1
      }
    }
  }

  /** One implicit step of the price, of every inventory; its two ends stay where they are. */
  #move(timeLeft: number, dt: number): void {
    const { gamma, mostLots, spacing, clock } = this.setting
    const { size, w } = this
    const scale = (dt * clock(timeLeft - dt / 2)) / (2 * spacing * spacing)
    const above = this.#row
    const variance = this.#variance
    for (let row = 0; row < this.lots; row++) {
      const at = row * size
      const up = Math.exp(-gamma * (row - mostLots) * spacing)
      const down = 1 / up
      // Thomas algorithm; the first and last rows of the system are w = w.
      above[0] = 0
      for (let i = 1; i < size - 1; i++) {
        const rate = scale * variance[i]!
        const pivot = 1 / (1 + 2 * rate - rate * down * above[i - 1]!)
        above[i] = rate * up * pivot
        w[at + i] = (w[at + i]! + rate * down * w[at + i - 1]!) * pivot
      }
      for (let i = size - 2; i > 0; i--) w[at + i]! += above[i]! * w[at + i + 1]!
    }
  }

  /**
   * One step of the fills with the quotes as they are, of second order (Heun): with dw/dt = F w,
   * F linear, it is w + dt F (w + dt F w / 2).
   */
  #fill(dt: number): void {
    const { w } = this
    const half = this.#half
    this.#fillInto(half, w, dt / 2)
    this.#fillInto(this.#next, half, dt)
    this.w = this.#next
    this.#next = w
  }

  /**
   * Adds to w what dt seconds of fills change while everything is worth what it is in `from`.
   * Where a fill is all but certain (a quote far through the price), w goes to what it is worth
   * after the fill instead of beyond it.
   */
  #fillInto(out: Float64Array, from: Float64Array, dt: number): void {
    const { w, size, bidRate, bidGain, askRate, askGain } = this
    for (let s = 0; s < out.length; s++) {
      const bid = bidRate[s]!
      const ask = askRate[s]!
      const both = bid + ask
      let gained = 0
      if (bid > 0) gained += bid * bidGain[s]! * from[s + size]!
      if (ask > 0) gained += ask * askGain[s]! * from[s - size]!
      if (both * dt < LIKELY) out[s] = w[s]! + dt * (gained - both * from[s]!)
      else out[s] = w[s]! + (1 - Math.exp(-both * dt)) * (gained / both - w[s]!)
    }
  }

  /** Trades lots away as a taker, one after the other, where `quoting` says so. */
  #leave(quoting: Quoting): void {
    const { mostLots } = this.setting
    const { size, w } = this
    const { sell, buy } = this.#costs!
    for (let q = 1; q <= mostLots; q++) {
      for (const sign of [1, -1]) {
        const row = (mostLots + sign * q) * size
        const cost = sign > 0 ? sell : buy
        for (let i = 0; i < size; i++) {
          const flatter = cost[i]! * w[row - sign * size + i]!
          if (quoting.leaves!(this, row + i, flatter)) w[row + i] = flatter
        }
      }
    }
  }
}
