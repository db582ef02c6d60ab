// The product's quotes as a policy to be valued exactly: its pricing functions, told the truth.
//
// Model and rounding are the product's own code. The maker knows sigma, k and A, and sees the price
// itself, so what is measured is the formula and the grid alone.

import { fullModel } from '../../../src/core/pricing/full-model.ts'
import { emptyPricing, emptyQuoteInput } from '../../../src/core/pricing/quoting.ts'
import type { LeavingRule } from '../makers/leaving.ts'
import type { Rounding, Shown } from '../makers/rounding.ts'
import type { Quoting, Sweep } from './sweep.ts'

export interface ProductOptions {
  readonly rounding: Rounding
  /** Seconds from the end of the session to the close that the maker reckons with. */
  readonly closesLater?: number
  /** In the last so many seconds only what reduces the inventory is quoted. */
  readonly reduceOnly?: number
  /** Whether lots are traded away as a taker by the product's rule, at this cost. */
  readonly leaving?: LeavingRule
}

/** No grid at all. */
export const unrounded: Rounding = ({ reservation, halfBid, halfAsk }, _input, out) => {
  out.bid = reservation - halfBid
  out.ask = reservation + halfAsk
}

/** The model's bounds of the skew and of the inventory part of the half-spread, cents. */
const MAX_SKEW = 10
const MAX_INVENTORY_WIDTH = 5

/** Prices are worked out again when the time left has changed by this share. */
const REFRESH = 0.01

/** The product as a policy. */
export class Product implements Quoting {
  readonly #options: ProductOptions
  readonly #input = emptyQuoteInput()
  readonly #pricing = emptyPricing()
  readonly #shown: Shown = { bid: Number.NaN, ask: Number.NaN }
  #pricedAt = Number.NaN
  #leaves: Uint8Array | null = null

  constructor(options: ProductOptions) {
    this.#options = options
  }

  leaves(_sweep: Sweep, state: number): boolean {
    return this.#leaves !== null && this.#leaves[state] === 1
  }

  quote(sweep: Sweep, timeLeft: number): void {
    const { closesLater = 0, reduceOnly = 0 } = this.#options
    const left = timeLeft + closesLater
    const crossed = timeLeft > reduceOnly && this.#pricedAt - closesLater <= reduceOnly
    if (!crossed && Math.abs(left - this.#pricedAt) < REFRESH * left) return
    this.#pricedAt = left
    const { gamma, k, arrivals, mostLots, clock } = sweep.setting
    const input = this.#input
    Object.assign(input, { gamma, k, arrivals, floorBid: 0, floorAsk: 0 })
    input.maxSkew = MAX_SKEW
    input.maxInventoryWidth = MAX_INVENTORY_WIDTH
    input.horizon = left
    input.timeLeft = left
    // A maker of the lab never reckons with less than a second, as its world moves in seconds.
    const pace = clock(Math.max(timeLeft, 1))
    const reduces = timeLeft <= reduceOnly
    for (let q = -mostLots; q <= mostLots; q++) this.#quoteAll(sweep, q, pace, reduces)
  }

  #quoteAll(sweep: Sweep, q: number, pace: number, reduces: boolean): void {
    const { size, prices, setting } = sweep
    const { gamma, k, arrivals, mostLots } = setting
    const { rounding, leaving } = this.#options
    const input = this.#input
    const shown = this.#shown
    if (leaving !== undefined) this.#leaves ??= new Uint8Array(sweep.w.length)
    input.inventory = q
    for (let i = 0; i < size; i++) {
      const price = prices[i]!
      const s = (q + mostLots) * size + i
      input.fair = price
      input.sigma2 = setting.variance(price) * pace
      fullModel.price(input, this.#pricing)
      rounding(this.#pricing, input, shown)
      const bids = !Number.isNaN(shown.bid) && q < mostLots && !(reduces && q >= 0)
      const asks = !Number.isNaN(shown.ask) && q > -mostLots && !(reduces && q <= 0)
      sweep.bidRate[s] = bids ? arrivals * Math.exp(-k * (price - shown.bid)) : 0
      sweep.bidGain[s] = bids ? Math.exp(-gamma * (price - shown.bid)) : 0
      sweep.askRate[s] = asks ? arrivals * Math.exp(-k * (shown.ask - price)) : 0
      sweep.askGain[s] = asks ? Math.exp(-gamma * (shown.ask - price)) : 0
      if (this.#leaves !== null) {
        this.#leaves[s] = q !== 0 && leaving!(input, this.#pricing, sweep.takerCost(i, q)) ? 1 : 0
      }
    }
  }
}
