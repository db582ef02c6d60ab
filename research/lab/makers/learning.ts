// What a maker of the lab learns while it trades, with the product's own estimators.
//
// It has what a live one has: the mid, its own fills, and the public prints. For those the other
// traders' book is needed, and the worlds have none; so a plain one is taken to stand around the
// mid the maker sees: the nearest whole cents at least half a cent away are the touch (1 c apart
// where the mid is a half cent, 2 c where it is whole), and every cent beyond has an order. A taker
// prints at the last price it reaches, there or at our own quote; one that reaches neither is never
// seen.

import { Intensity } from '../../../src/core/estimators/intensity.ts'
import { Markouts } from '../../../src/core/estimators/markouts.ts'
import { Volatility } from '../../../src/core/estimators/volatility.ts'
import type { Side } from '../../../src/core/vocabulary/units.ts'

/** Price limits of the book in cents, and its tick. */
const LOWEST = 1
const HIGHEST = 99
const TICK = 1
/**
 * k and A are read again with each print, and otherwise every so many seconds: they move slowly.
 */
const READ_EVERY = 10

/** What is believed before anything was seen: 1/cent, and takers per second and side. */
export interface Priors {
  readonly k: number
  readonly arrivals: number
}

/** The starting values of the product's own parameters. */
export const PRODUCT_PRIORS: Priors = { k: 0.7, arrivals: 0.02 }

/** Our own prices, cents; NaN for a side that is not quoted. */
interface Quotes {
  readonly bid: number
  readonly ask: number
}

const touchBelow = (mid: number): number => Math.ceil(mid) - 1
const touchAbove = (mid: number): number => Math.floor(mid) + 1

export class Learning {
  #volatility = new Volatility()
  #intensity = new Intensity()
  #markouts = new Markouts()
  readonly #priors: Priors
  #readAt = Number.NEGATIVE_INFINITY
  #mid = Number.NaN
  #touchMid = Number.NaN
  k: number
  arrivals: number

  constructor(priors: Priors) {
    this.#priors = priors
    this.k = priors.k
    this.arrivals = priors.arrivals
  }

  /** Forgets everything: a session begins. */
  reset(): void {
    this.#volatility = new Volatility()
    this.#intensity = new Intensity()
    if (!Number.isNaN(this.#mid)) this.#markouts = new Markouts()
    this.#readAt = Number.NEGATIVE_INFINITY
    this.#mid = Number.NaN
    this.#touchMid = Number.NaN
    this.k = this.#priors.k
    this.arrivals = this.#priors.arrivals
  }

  /** The mid in cents, at `second` of the session: for the volatility. */
  onMid(mid: number, second: number): void {
    this.#volatility.onMid(mid, second * 1000, TICK)
  }

  /**
   * Cents^2 per second, jumps included; `tau` is the seconds left until the outcome, and `holding`
   * those that a lot is held.
   */
  sigma2(mid: number, second: number, tau: number, holding: number): number {
    return this.#volatility.total(second * 1000, mid, tau, true, holding)
  }

  /** Keeps fills' later moves; needs the mid of every step, so only a maker that asks calls it. */
  onFair(mid: number, second: number): void {
    this.#mid = mid
    this.#markouts.onFair(mid, second * 1000)
  }

  /** A fill of ours at `price`, known at `second`. */
  onFill(side: Side, price: number, contracts: number, second: number): void {
    this.#markouts.onFill(side, price, this.#mid, contracts, second * 1000)
  }

  /** What a fill of this side is expected to cost, cents. */
  adverse(side: Side): number {
    return this.#markouts.adverse(side)
  }

  /** The same of either side, by the product's pooled rule. */
  adverseOfBoth(): number {
    return this.#markouts.adverseOfBoth()
  }

  /**
   * The takers of one second, as the public saw them at its end, when the mid was `mid`: the lowest
   * bid above `seller` and the highest ask below `buyer` print. NaN is a side we did not quote.
   */
  onTakers(mid: number, seller: number, buyer: number, ours: Quotes, second: number): void {
    const { bid, ask } = ours
    const touchBid = touchBelow(mid)
    const touchAsk = touchAbove(mid)
    const dmin = (touchAsk - touchBid) / 2
    const at = second * 1000
    const lowest = Math.max(Math.floor(seller) + 1, LOWEST)
    const sold = lowest <= touchBid ? lowest : bid > seller ? bid : Number.NaN
    const highest = Math.min(Math.ceil(buyer) - 1, HIGHEST)
    const bought = highest >= touchAsk ? highest : ask < buyer ? ask : Number.NaN
    if (sold >= LOWEST) {
      this.#intensity.onTrade('ask', mid - sold, dmin, TICK, at)
      this.#readAt = Number.NEGATIVE_INFINITY
    }
    if (bought <= HIGHEST) {
      this.#intensity.onTrade('bid', bought - mid, dmin, TICK, at)
      this.#readAt = Number.NEGATIVE_INFINITY
    }
  }

  /**
   * Brings `k` and `arrivals` up to date, the mid being `mid` from now on; both sides' arrivals are
   * averaged, as the product does.
   */
  read(mid: number, second: number): void {
    if (mid !== this.#touchMid) {
      this.#touchMid = mid
      this.#intensity.onTouch((touchAbove(mid) - touchBelow(mid)) / 2, second * 1000)
    }
    if (second - this.#readAt < READ_EVERY) return
    this.#readAt = second
    const at = second * 1000
    const { k, arrivals } = this.#priors
    this.k = this.#intensity.k(k)
    this.arrivals =
      (this.#intensity.arrivals('bid', arrivals, at, this.k) +
        this.#intensity.arrivals('ask', arrivals, at, this.k)) /
      2
  }
}
