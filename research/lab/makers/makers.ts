// The makers that are compared: what each believes, and the two prices it shows.
//
// The pricing and the rounding are the product's own (`linearModel`, `fullModel`, `toGrid`); only
// the simple makers, which quote a fixed distance around the mid, are written here. A maker sees
// the mid of the session, its own inventory and the public prints, never the true price.

import { USUAL_HOLDING } from '../../../src/core/estimators/volatility.ts'
import { fullModel } from '../../../src/core/pricing/full-model.ts'
import {
  emptyPricing,
  emptyQuoteInput,
  linearModel,
  type Pricing,
  type QuoteInput,
} from '../../../src/core/pricing/quoting.ts'
import { gammaFor, unwindSeconds } from '../../../src/core/pricing/risk-aversion.ts'
import { staleCost } from '../../../src/core/pricing/rounding.ts'
import { sizeFor } from '../../../src/core/sizing/sizing.ts'
import { feePerContractCents } from '../../../src/core/vocabulary/fees.ts'
import type { Side } from '../../../src/core/vocabulary/units.ts'
import { Alternation } from '../../calibrate/score/alternation.ts'
import type { World } from '../worlds/worlds.ts'
import { Learning, PRODUCT_PRIORS, type Priors } from './learning.ts'
import { bySkew, takerCost } from './leaving.ts'
import { byValue, outward, type Shown } from './rounding.ts'

/**
 * Where a maker's variance rate comes from: the world, a plain average, the product, or the product
 * of old, which counted alternations.
 */
type SigmaSource = 'known' | 'ewma' | 'estimated' | 'alternation'

export interface MakerSpec {
  readonly name: string
  readonly model: 'fixed' | 'linear' | 'full'
  /** Half-spread of a fixed maker, cents. */
  readonly half?: number
  /** Risk aversion, 1/(cent x contract); 'limit' derives it from the limit as the product does. */
  readonly gamma?: number | 'limit'
  readonly sigma?: SigmaSource
  /** Learns k and A from public prints, starting from here; else it is told the truth. */
  readonly flow?: Priors
  /**
   * Adds what its own fills cost after 30 s: each side its own, or both together, as the product.
   */
  readonly markouts?: 'sides' | 'pooled'
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
  /** How fast the side that adds to the inventory shrinks; needs a limit, and lots above 1. */
  readonly eta?: number
  /**
   * What becomes of a price outside 1..99 c. 'suppress', the product's way, shows nothing;
   * 'earning' shows 1 or 99 where that is still half a cent or more from the reservation price;
   * 'clamp' always shows 1 or 99, and reads the mid as lying within them too.
   */
  readonly edges?: 'suppress' | 'earning' | 'clamp'
  /**
   * How prices are put on whole cents: 'value', the product's way, takes the one worth most, and
   * charges for a mid that is a second old; 'outward' rounds bids down and asks up.
   */
  readonly rounding?: 'outward' | 'value'
  /** Trades a lot away as a taker where that is worth its cost. */
  readonly leaves?: boolean
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

/** How old the mid is that a maker sees, seconds. */
const STALE_SECONDS = 1
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
  readonly #shown: Shown = { bid: Number.NaN, ask: Number.NaN }
  readonly #learning: Learning
  /** Whether `onTakers` tells it anything. */
  readonly watches: boolean
  readonly #limit: number
  readonly #close: number
  readonly #lot: number
  #ewma = EWMA_START
  #looked = 0
  #alternation = new Alternation()
  /** Seconds that a lot was expected to be held in the last step. */
  #holding = USUAL_HOLDING
  /** What it shows in this step, cents; NaN for a side not shown. */
  bid = Number.NaN
  ask = Number.NaN
  /** Contracts of each. */
  bidSize: number
  askSize: number
  /** Whether it trades a lot away as a taker in this step. */
  leaving = false
  /** The prices before rounding. */
  rawBid = Number.NaN
  rawAsk = Number.NaN

  constructor(spec: MakerSpec, world: World) {
    this.spec = spec
    this.#world = world
    this.#limit = spec.limit ?? Number.POSITIVE_INFINITY
    this.#close = spec.close ?? world.steps * world.dt
    this.#lot = spec.lot ?? 1
    this.#learning = new Learning(spec.flow ?? PRODUCT_PRIORS)
    this.watches = spec.flow !== undefined || spec.markouts !== undefined
    this.bidSize = this.#lot
    this.askSize = this.#lot
    const floor = spec.continuous === true || spec.rounding === 'value' ? 0 : 0.5
    this.#input = {
      ...emptyQuoteInput(),
      gamma: typeof spec.gamma === 'number' ? spec.gamma : 0,
      k: world.k,
      lot: this.#lot,
      floorBid: floor,
      floorAsk: floor,
      arrivals: world.arrivals,
      maxSkew: 10,
      maxInventoryWidth: 5,
    }
  }

  /** Forgets the last session. */
  reset(): void {
    this.#ewma = EWMA_START
    this.#alternation = new Alternation()
    this.#holding = USUAL_HOLDING
    this.#learning.reset()
  }

  /** Distances from the reservation price that it wanted in this step, cents. */
  get halfBid(): number {
    return this.#pricing.halfBid
  }
  get halfAsk(): number {
    return this.#pricing.halfAsk
  }

  /** The variance rate it reckoned with in this step, cents^2 a second; NaN of a fixed maker. */
  get variance(): number {
    return this.spec.model === 'fixed' ? Number.NaN : this.#input.sigma2
  }

  /** Our fill, and below all takers of a second: known at its end, when the mid is `mid`. */
  onFill(side: Side, price: number, contracts: number, second: number): void {
    if (this.spec.markouts !== undefined) this.#learning.onFill(side, price, contracts, second)
  }

  onTakers(mid: number, seller: number, buyer: number, second: number): void {
    const { spec } = this
    if (spec.flow === undefined) return
    const seen = spec.edges === 'clamp' ? inside(mid) : mid
    this.#learning.onTakers(seen, seller, buyer, this, second)
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
      const round = this.spec.rounding === 'value' ? byValue : outward
      round(pricing, this.#input, this.#shown)
      this.bid = this.#shown.bid
      this.ask = this.#shown.ask
      if (edges === 'clamp' || edges === 'earning') this.#moveInside(edges === 'clamp')
    }
    if (this.spec.leaves === true) this.#consider(mid, inventory)
    const { eta } = this.spec
    if (eta !== undefined) {
      this.bidSize = sizeFor('bid', inventory, this.#limit, this.#lot, eta)
      this.askSize = sizeFor('ask', inventory, this.#limit, this.#lot, eta)
    }
    if (this.bidSize === 0 || inventory + this.bidSize > this.#limit) this.bid = Number.NaN
    if (this.askSize === 0 || inventory - this.askSize < -this.#limit) this.ask = Number.NaN
    const { reduceOnly } = this.spec
    if (reduceOnly !== undefined && this.#close - step * this.#world.dt <= reduceOnly) {
      if (inventory >= 0) this.bid = Number.NaN
      if (inventory <= 0) this.ask = Number.NaN
    }
  }

  #consider(mid: number, inventory: number): void {
    const cost = takerCost(mid, inventory > 0 ? -1 : 1)
    this.leaving = inventory !== 0 && bySkew(this.#input, this.#pricing, cost)
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
    if (spec.flow !== undefined) {
      this.#learning.read(mid, step * this.#world.dt)
      input.k = this.#learning.k
      input.arrivals = this.#learning.arrivals
    }
    if (spec.gamma === 'limit') {
      const { k, arrivals, lot, sigma2 } = input
      input.gamma = gammaFor({ k, arrivals, lot, sigma2, maxPosition: this.#limit, tick: 1 })
    }
    const { k, arrivals, gamma, lot, sigma2 } = input
    this.#holding = Math.min(unwindSeconds(k, arrivals, gamma * lot, sigma2), input.horizon)
    const byValue = spec.rounding === 'value'
    if (byValue || spec.fee !== undefined || spec.markouts !== undefined) this.#costs(step, mid)
    if (spec.model === 'linear') linearModel.price(input, pricing)
    else fullModel.price(input, pricing)
  }

  /**
   * Fee and adverse selection. Rounding outward earns half a tick, so only what exceeds it is
   * added; by value all is, and the cost of a mid that is a second old.
   */
  #costs(step: number, mid: number): void {
    const { spec } = this
    const input = this.#input
    let bid = feePerContractCents(spec.fee ?? 0, mid)
    let ask = bid
    if (spec.markouts !== undefined) {
      this.#learning.onFair(mid, step * this.#world.dt)
      const pooled = spec.markouts === 'pooled'
      bid += pooled ? this.#learning.adverseOfBoth() : this.#learning.adverse('bid')
      ask += pooled ? this.#learning.adverseOfBoth() : this.#learning.adverse('ask')
    }
    const byValue = spec.rounding === 'value'
    const earned = byValue ? 0 : 0.5
    const stale = byValue ? staleCost(input.k, input.sigma2, STALE_SECONDS) : 0
    input.addonBid = spec.addon ?? Math.max(0, bid - earned) + stale
    input.addonAsk = spec.addon ?? Math.max(0, ask - earned) + stale
    input.floorBid = Math.max(earned, bid)
    input.floorAsk = Math.max(earned, ask)
  }

  #sigma2(step: number, mid: number, tau: number): number {
    const { sigma } = this.spec
    if (sigma === 'known') return this.#world.sigma2(mid, step)
    if (sigma === 'estimated') {
      const second = step * this.#world.dt
      this.#learning.onMid(mid, second)
      return this.#learning.sigma2(mid, second, tau, this.#holding)
    }
    if (sigma === 'alternation') {
      const at = step * this.#world.dt * 1000
      this.#alternation.onMid(mid, at, 1)
      return this.#alternation.total(at, mid, tau, false)
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
