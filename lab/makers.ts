// The makers that are compared: what each believes, and the two prices it shows.
//
// The pricing and the rounding are the product's own (`linearModel`, `fullModel`, `toGrid`); only the
// simple makers, which quote a fixed distance around the mid, are written here. A maker sees the mid
// of the session and its own inventory, never the true price.

import { feePerContractCents } from '../src/core/fees.ts'
import { fullModel } from '../src/core/full-model.ts'
import { LINEAR_CENT, PriceGrid } from '../src/core/market.ts'
import {
  emptyPricing,
  type GridQuotes,
  linearModel,
  type Pricing,
  type QuoteInput,
  toGrid,
} from '../src/core/quoting.ts'
import { PRICE_CENT } from '../src/core/units.ts'
import { Volatility } from '../src/core/volatility.ts'
import type { World } from './worlds.ts'

/** Where a maker's variance rate comes from. */
export type SigmaSource = 'known' | 'ewma' | 'alternation'

export interface MakerSpec {
  readonly name: string
  readonly model: 'fixed' | 'linear' | 'full'
  /** Half-spread of a fixed maker, cents. */
  readonly half?: number
  /** Risk aversion, 1/(cent x contract). */
  readonly gamma?: number
  readonly sigma?: SigmaSource
  /** Seconds from the start of the session to the close the maker reckons with. */
  readonly close?: number
  /** No side is shown that would take the inventory beyond this many contracts. */
  readonly limit?: number
  /** In the last so many seconds only what reduces the inventory is quoted. */
  readonly reduceOnly?: number
  /** Maker fee coefficient in millionths (17500 = 0.0175); paid on each fill and priced in. */
  readonly fee?: number
  /** Contracts per order. */
  readonly lot?: number
  /**
   * What becomes of a price outside 1..99 c. 'suppress', the product's way, shows nothing; 'earning'
   * shows 1 or 99 where that is still half a cent or more from the reservation price; 'clamp' always
   * shows 1 or 99, and reads the mid as lying within them too.
   */
  readonly edges?: 'suppress' | 'earning' | 'clamp'
  /** Cents added to the half-spread instead of what the fee asks for. */
  readonly addon?: number
  /** Prices as they come instead of whole cents (W0). */
  readonly continuous?: boolean
}

/**
 * The simple variance estimate: seconds between looks, the weight of a new look, and its start. The
 * earlier simulation names only the 20 s; the other two are those that come closest to its results.
 */
const EWMA_EVERY = 20
const EWMA_WEIGHT = 0.1
const EWMA_START = 0.01

const GRID = new PriceGrid(LINEAR_CENT)
/** First and last price of that grid, cents, and what a price moved to them must still earn. */
const LOWEST = 1
const HIGHEST = 99
const EARNING = 0.5

const inside = (price: number): number => Math.min(Math.max(price, LOWEST), HIGHEST)

export class Maker {
  readonly spec: MakerSpec
  readonly #world: World
  readonly #input: QuoteInput
  readonly #pricing: Pricing = emptyPricing()
  readonly #quotes: GridQuotes = { bid: null, ask: null }
  readonly #volatility: Volatility | null
  readonly #limit: number
  readonly #close: number
  readonly #lot: number
  #ewma = EWMA_START
  #looked = 0
  /** What it shows in this step, cents; NaN for a side not shown. */
  bid = Number.NaN
  ask = Number.NaN
  /** The prices before rounding. */
  rawBid = Number.NaN
  rawAsk = Number.NaN

  constructor(spec: MakerSpec, world: World) {
    this.spec = spec
    this.#world = world
    this.#limit = spec.limit ?? Number.POSITIVE_INFINITY
    this.#close = spec.close ?? world.steps * world.dt
    this.#lot = spec.lot ?? 1
    this.#volatility = spec.sigma === 'alternation' ? new Volatility() : null
    this.#input = {
      fair: 50,
      alpha: 0,
      inventory: 0,
      gamma: spec.gamma ?? 0,
      k: world.k,
      sigma2: 0,
      horizon: 0,
      lot: this.#lot,
      addonBid: 0,
      addonAsk: 0,
      floorBid: spec.continuous === true ? 0 : 0.5,
      floorAsk: spec.continuous === true ? 0 : 0.5,
      widen: 1,
      timeLeft: 0,
      arrivals: world.arrivals,
      settles: 1,
      maxSkew: 10,
      maxInventoryWidth: 5,
      clampUnwind: true,
    }
  }

  /** Forgets the last session. */
  reset(): void {
    this.#ewma = EWMA_START
    this.#volatility?.reset()
  }

  /** Decides both prices for the step; `mid` in cents, `inventory` in contracts. */
  quote(step: number, mid: number, inventory: number): void {
    const { edges } = this.spec
    this.#price(step, edges === 'clamp' ? inside(mid) : mid, inventory)
    const pricing = this.#pricing
    this.rawBid = pricing.reservation - pricing.halfBid
    this.rawAsk = pricing.reservation + pricing.halfAsk
    if (this.spec.continuous === true) {
      this.bid = this.rawBid
      this.ask = this.rawAsk
    } else {
      toGrid(pricing, GRID, 0, 10_000, inventory, this.#quotes)
      this.bid = this.#quotes.bid === null ? Number.NaN : this.#quotes.bid / PRICE_CENT
      this.ask = this.#quotes.ask === null ? Number.NaN : this.#quotes.ask / PRICE_CENT
      if (edges === 'clamp' || edges === 'earning') this.#moveInside(edges === 'clamp')
    }
    if (inventory + this.#lot > this.#limit) this.bid = Number.NaN
    if (inventory - this.#lot < -this.#limit) this.ask = Number.NaN
    const { reduceOnly } = this.spec
    if (reduceOnly !== undefined && this.#close - step * this.#world.dt <= reduceOnly) {
      if (inventory >= 0) this.bid = Number.NaN
      if (inventory <= 0) this.ask = Number.NaN
    }
  }

  /** Shows the first or last legal price on a side that has none. */
  #moveInside(always: boolean): void {
    const { reservation } = this.#pricing
    if (Number.isNaN(this.bid)) {
      const bid = inside(this.rawBid)
      if (always || bid <= reservation - EARNING) this.bid = bid
    }
    if (Number.isNaN(this.ask)) {
      const ask = inside(this.rawAsk)
      if (always || ask >= reservation + EARNING) this.ask = ask
    }
  }

  #price(step: number, mid: number, inventory: number): void {
    const { spec } = this
    const pricing = this.#pricing
    if (spec.model === 'fixed') {
      pricing.reservation = mid
      pricing.halfBid = spec.half!
      pricing.halfAsk = spec.half!
      return
    }
    const input = this.#input
    input.fair = mid
    input.inventory = inventory
    input.horizon = this.#close - step * this.#world.dt
    input.timeLeft = input.horizon
    input.sigma2 = this.#sigma2(step, mid, input.horizon)
    if (spec.fee !== undefined) {
      const fee = feePerContractCents(spec.fee, mid)
      // Rounding outward earns half a tick on average, so only what exceeds it is added.
      input.addonBid = input.addonAsk = spec.addon ?? Math.max(0, fee - 0.5)
      input.floorBid = input.floorAsk = Math.max(0.5, fee)
    }
    if (spec.model === 'linear') linearModel.price(input, pricing)
    else fullModel.price(input, pricing)
  }

  #sigma2(step: number, mid: number, tau: number): number {
    if (this.spec.sigma === 'known') return this.#world.sigma2(mid, step)
    if (this.#volatility !== null) {
      const at = step * 1000
      this.#volatility.onMid(mid, at, 1)
      return this.#volatility.sigma2(at, mid, tau, true)
    }
    if (step === 0) this.#looked = mid
    else if (step % EWMA_EVERY === 0) {
      const move = mid - this.#looked
      this.#ewma += EWMA_WEIGHT * ((move * move) / EWMA_EVERY - this.#ewma)
      this.#looked = mid
    }
    return this.#ewma
  }
}

/** The fixed maker everything is compared with: the mid, two cents either way. */
export const naive = (limit?: number): MakerSpec =>
  limit === undefined
    ? { name: 'naive +-2c', model: 'fixed', half: 2 }
    : { name: `naive, limit ${limit}`, model: 'fixed', half: 2, limit }
