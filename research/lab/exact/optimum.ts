// The best quotes there are, found anew at every step back in time.

import { LIKELY, type Quoting, type Sweep } from './sweep.ts'

/**
 * What a quote is chosen by: its expected fills in a step, and the chance of one where that is all
 * but certain, as the sweep counts them. A rate without bound would give a lot away at any price,
 * when a few cents through the market fill it just as surely.
 */
const fillsOf = (mean: number): number => (mean < LIKELY ? mean : -Math.expm1(-mean))

/** Halvings of the range in which the best edge of a nearly certain fill is looked for. */
const HALVINGS = 20

/**
 * The edge over what a fill is worth, cents, at which the chance of a fill times the utility of the
 * edge is largest: for a rate `most` at an edge of 0, in a step of `dt` seconds.
 */
const bestEdge = (most: number, dt: number, gamma: number, k: number): number => {
  const own = Math.log1p(gamma / k) / gamma
  const worth = (edge: number): number =>
    -Math.expm1(-most * dt * Math.exp(-k * edge)) * -Math.expm1(-gamma * edge)
  let low = own
  let high = own + Math.max(0, Math.log((most * dt) / LIKELY) / k)
  for (let n = 0; n < HALVINGS; n++) {
    const third = (high - low) / 3
    if (worth(low + third) < worth(high - third)) low += third
    else high -= third
  }
  return (low + high) / 2
}

/**
 * Any price, also between cents and beyond 0 and 100. With what a fill is worth to both inventories
 * known, c cents from the price, the best distance is c + ln(1 + gamma/k)/gamma, unless a fill is
 * all but certain there.
 */
export const anyPrice: Quoting = {
  quote(sweep, _timeLeft, dt) {
    const { gamma, k, arrivals } = sweep.setting
    const { w, size } = sweep
    const own = Math.log1p(gamma / k) / gamma
    const ownRate = Math.exp(-k * own)
    const ownGain = Math.exp(-gamma * own)
    const fill = (rates: Float64Array, gains: Float64Array, s: number, to: number): void => {
      const ratio = w[to]! / w[s]!
      const most = arrivals * ratio ** (-k / gamma)
      if (most * ownRate * dt < LIKELY) {
        rates[s] = most * ownRate
        gains[s] = ownGain / ratio
      } else {
        const edge = bestEdge(most, dt, gamma, k)
        rates[s] = most * Math.exp(-k * edge)
        gains[s] = Math.exp(-gamma * edge) / ratio
      }
    }
    for (let s = 0; s + size < w.length; s++) fill(sweep.bidRate, sweep.bidGain, s, s + size)
    for (let s = size; s < w.length; s++) fill(sweep.askRate, sweep.askGain, s, s - size)
  },
}

/** First and last price of the grid, cents. */
const FIRST = 1
const LAST = 99

/**
 * Whole cents from 1 to 99. A side's gain has one peak over its prices, and that moves slowly in
 * time: so each step climbs from the price that was best in the one before.
 */
export class WholeCents implements Quoting {
  readonly #leaves: boolean
  #bids: Int16Array | null = null
  #asks: Int16Array | null = null
  #dt = 0
  #rates!: Float64Array
  #gains!: Float64Array

  /** @param leaves whether it may also trade a lot away as a taker */
  constructor(leaves = false) {
    this.#leaves = leaves
  }

  leaves(sweep: Sweep, state: number, flatter: number): boolean {
    return this.#leaves && flatter < sweep.w[state]!
  }

  quote(sweep: Sweep, _timeLeft: number, dt: number): void {
    this.#dt = dt
    if (this.#bids === null) this.#begin(sweep)
    const { w, size, prices } = sweep
    const { arrivals, k, gamma } = sweep.setting
    const states = w.length
    for (let i = 0; i < size; i++) {
      const far = arrivals * Math.exp(-k * prices[i]!)
      const near = arrivals * Math.exp(k * prices[i]!)
      const edge = Math.exp(-gamma * prices[i]!)
      for (let s = i; s < states; s += size) {
        if (s + size < states) this.#bid(sweep, s, far, edge)
        if (s >= size) this.#ask(sweep, s, near, edge)
      }
    }
  }

  #begin(sweep: Sweep): void {
    const { size, lots, prices } = sweep
    const { k, gamma } = sweep.setting
    const start = (away: number): Int16Array =>
      Int16Array.from({ length: size * lots }, (_, s) =>
        Math.min(Math.max(Math.round(prices[s % size]! + away), FIRST), LAST),
      )
    this.#bids = start(-1)
    this.#asks = start(1)
    this.#rates = Float64Array.from({ length: LAST + 2 }, (_, x) => Math.exp(k * x))
    this.#gains = Float64Array.from({ length: LAST + 2 }, (_, x) => Math.exp(gamma * x))
  }

  #bid(sweep: Sweep, s: number, far: number, edge: number): void {
    const { w, size } = sweep
    const rates = this.#rates
    const gains = this.#gains
    const now = w[s]!
    const after = edge * w[s + size]!
    const dt = this.#dt
    // How much a bid of x takes off w in a step.
    const gain = (x: number): number => fillsOf(far * dt * rates[x]!) * (now - gains[x]! * after)
    let x = this.#bids![s]!
    let best = gain(x)
    for (let g = 0; x < LAST && (g = gain(x + 1)) > best; best = g) x++
    for (let g = 0; x > FIRST && (g = gain(x - 1)) > best; best = g) x--
    this.#bids![s] = x
    sweep.bidRate[s] = best > 0 ? far * rates[x]! : 0
    sweep.bidGain[s] = edge * gains[x]!
  }

  #ask(sweep: Sweep, s: number, near: number, edge: number): void {
    const { w, size } = sweep
    const rates = this.#rates
    const gains = this.#gains
    const now = w[s]!
    const after = w[s - size]! / edge
    const dt = this.#dt
    const gain = (x: number): number => fillsOf((near * dt) / rates[x]!) * (now - after / gains[x]!)
    let x = this.#asks![s]!
    let best = gain(x)
    for (let g = 0; x > FIRST && (g = gain(x - 1)) > best; best = g) x--
    for (let g = 0; x < LAST && (g = gain(x + 1)) > best; best = g) x++
    this.#asks![s] = x
    sweep.askRate[s] = best > 0 ? near / rates[x]! : 0
    sweep.askGain[s] = 1 / (edge * gains[x]!)
  }
}

/**
 * The same in a market where at most one taker a second reaches each quote, as in the lab's: the
 * chance of one is 1 - exp(-rate). For a policy that writes all rates at every step.
 */
export const oneASecond = (quoting: WholeCents): Quoting => ({
  quote(sweep, timeLeft, dt) {
    quoting.quote(sweep, timeLeft, dt)
    for (const rates of [sweep.bidRate, sweep.askRate]) {
      for (let s = 0; s < rates.length; s++) rates[s] = -Math.expm1(-rates[s]!)
    }
  },
  leaves: (sweep, state, flatter) => quoting.leaves(sweep, state, flatter),
})
