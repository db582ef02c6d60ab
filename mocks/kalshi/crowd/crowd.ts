// The other participants of a market, simulated: a fair value that wanders, makers who keep ladders
// around it, takers who arrive at random, and snipers who take quotes that the fair value has left
// behind. The seed and the times of `step` decide everything.
//
// The fair value is a random walk of log-odds pulled gently to an anchor, so it can wander for
// hours without reaching 0 or 1. Makers cancel before they quote and quote post-only, so they do
// not trade with each other; where someone else's quote blocks them, they do not quote.

import type { Millis, Price, Side } from '../../../src/core/vocabulary/units.ts'
import { CONTRACT, PRICE_ONE } from '../../../src/core/vocabulary/units.ts'
import { Dice } from '../../../src/statistics/random.ts'
import type { Account } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Listing } from '../exchange/listing.ts'
import { isRefusal } from '../exchange/refusal.ts'
import type { Order } from '../matching/order.ts'
import { InformedFlow } from './informed-flow.ts'

export interface CrowdOptions {
  readonly seed: number
  /** Fair value at the start, as a probability. */
  readonly fair: number
  /** Standard deviation of the log-odds after one second. */
  readonly volatility: number
  /** Share of the way back to the anchor per second. */
  readonly pull: number
  readonly makers: number
  /** Prices quoted per side and maker. */
  readonly levels: number
  /** Contracts per order, least and most. */
  readonly size: readonly [number, number]
  readonly takersPerSecond: number
  /** Mean contracts of a taker. */
  readonly takerSize: number
  /** Mean number of ticks that a taker is ready to go through the book. */
  readonly takerDepth: number
  /** Rate per second at which snipers check for stale quotes. */
  readonly snipersPerSecond: number
  /** Jumps of the fair value that informed takers know beforehand, per hour. 0 = none. */
  readonly jumpsPerHour: number
  /** Size of such a jump in price units, least and most. */
  readonly jumpSize: readonly [number, number]
  /** How long before the jump they know it. */
  readonly knownAheadMs: Millis
  /** Rate per second of informed trades before a jump. */
  readonly informedPerSecond: number
  /** Mean contracts of an informed trade. */
  readonly informedSize: number
}

const DEFAULT_CROWD: CrowdOptions = {
  seed: 1,
  fair: 0.5,
  volatility: 0.012,
  pull: 0.002,
  makers: 3,
  levels: 4,
  size: [10, 60],
  takersPerSecond: 0.8,
  takerSize: 6,
  takerDepth: 0.7,
  snipersPerSecond: 1.5,
  jumpsPerHour: 0,
  jumpSize: [300, 1_200],
  knownAheadMs: 30_000,
  informedPerSecond: 0.6,
  informedSize: 12,
}

interface Maker {
  readonly account: Account
  /** Distance of the first quote from the fair value, in ticks. */
  readonly half: number
  readonly orders: Record<Side, Order[]>
  /** Fair value when it last quoted. */
  quotedAt: number
}

/** A stretch of time in which takers come more often, all on one side. */
interface Rush {
  readonly side: Side
  readonly perSecond: number
  readonly until: Millis
}

interface Glide {
  readonly from: number
  readonly to: number
  readonly start: Millis
  readonly end: Millis
}

const logit = (p: number): number => Math.log(p / (1 - p))
const logistic = (x: number): number => 1 / (1 + Math.exp(-x))
const inside = (p: number): number => Math.min(0.97, Math.max(0.03, p))

/** Longest time that one step covers. After a pause the crowd continues without catching up. */
const LONGEST_STEP_MS = 1_000

export class Crowd {
  readonly options: CrowdOptions
  readonly #exchange: Exchange
  readonly #listing: Listing
  readonly #dice: Dice
  readonly #makers: Maker[] = []
  readonly #taker: Account
  readonly #sniper: Account
  readonly #informed: InformedFlow
  #odds: number
  #anchor: number
  #at: Millis | null = null
  #glide: Glide | null = null
  #rush: Rush | null = null
  /** Levels and contracts when the book is thin; null when it is not. */
  #thin: { readonly levels: number; readonly contracts: number } | null = null

  constructor(exchange: Exchange, ticker: string, options: Partial<CrowdOptions> = {}) {
    this.options = { ...DEFAULT_CROWD, ...options }
    this.#exchange = exchange
    this.#listing = exchange.listing(ticker)
    this.#dice = new Dice(this.options.seed, 2)
    this.#odds = logit(inside(this.options.fair))
    this.#anchor = this.#odds
    for (let index = 0; index < this.options.makers; index++) {
      this.#makers.push({
        account: exchange.stranger(`maker-${index + 1} ${ticker}`),
        half: 1.1 + 0.65 * index,
        orders: { bid: [], ask: [] },
        quotedAt: Number.NaN,
      })
    }
    this.#taker = exchange.stranger(`takers ${ticker}`)
    this.#sniper = exchange.stranger(`snipers ${ticker}`)
    this.#informed = new InformedFlow(new Dice(this.options.seed, 3), this.options)
  }

  /** The fair value now, as a YES price that may lie between ticks. */
  get fair(): number {
    return logistic(this.#odds) * PRICE_ONE
  }

  /** Moves the fair value to a probability within `overMs`; it stays around there. */
  glide(to: number, now: Millis, overMs: number): void {
    this.#glide = { from: this.#odds, to: logit(inside(to)), start: now, end: now + overMs }
  }

  /** Moves the fair value at once by `price` units. */
  jump(price: Price): void {
    this.#odds = logit(inside((this.fair + price) / PRICE_ONE))
    this.#anchor = this.#odds
    this.#glide = null
  }

  /** Schedules a jump by `price` units at a time that informed takers know beforehand. */
  scheduleJump(price: Price, at: Millis): void {
    this.#informed.scheduleJump(price, at)
  }

  /** Sends many takers of one side for a while. */
  rush(side: Side, perSecond: number, until: Millis): void {
    this.#rush = { side, perSecond, until }
  }

  /** Reduces the book to `levels` small levels per side, 0 for none; null ends it. */
  thin(thin: { readonly levels: number; readonly contracts: number } | null): void {
    this.#thin = thin
    for (const maker of this.#makers) maker.quotedAt = Number.NaN
  }

  /** Advances the crowd to `now`. The first call only fills the book. */
  step(now: Millis): void {
    const elapsed = this.#at === null ? 0 : Math.min(LONGEST_STEP_MS, Math.max(0, now - this.#at))
    this.#at = now
    const seconds = elapsed / 1000
    this.#wander(now, seconds)
    const due = this.#informed.due(now)
    if (due !== 0) this.jump(due)
    const { exchangeIndex, status } = this.#listing
    if (status !== 'active' || this.#exchange.pauses.isPaused(exchangeIndex)) return
    const moved = this.#makers.filter((maker) => this.#wantsToMove(maker, seconds))
    for (const maker of moved) this.#withdraw(maker)
    if (this.#dice.chance(1 - Math.exp(-this.options.snipersPerSecond * seconds))) this.#snipe()
    for (const maker of moved) this.#quote(maker)
    this.#takers(now, seconds)
    this.#takeKnowing(now, seconds)
  }

  #wander(now: Millis, seconds: number): void {
    const { volatility, pull } = this.options
    const noise = this.#dice.normal()
    if (this.#glide !== null) {
      const { from, to, start, end } = this.#glide
      const done = end <= start ? 1 : Math.min(1, Math.max(0, (now - start) / (end - start)))
      this.#odds = from + (to - from) * done
      this.#anchor = this.#odds
      if (done === 1) this.#glide = null
      return
    }
    this.#odds +=
      pull * seconds * (this.#anchor - this.#odds) + volatility * Math.sqrt(seconds) * noise
    this.#odds = logit(inside(logistic(this.#odds)))
  }

  get #tick(): Price {
    // Use a legal price: between two of them `tickAt` would be the distance to the next.
    const { grid } = this.#listing
    return grid.tickAt(Math.max(grid.lowest, grid.floor(this.fair)))
  }

  #wantsToMove(maker: Maker, seconds: number): boolean {
    // With half a tick, makers that stay do not block makers that move: all keep a tick's distance.
    const left = !(Math.abs(this.fair - maker.quotedAt) < this.#tick / 2)
    const refreshes = this.#dice.chance(1 - Math.exp(-0.5 * seconds))
    return left || refreshes
  }

  /** The prices a maker wants on a side, best first. */
  #ladder(maker: Maker, side: Side): Price[] {
    const { grid } = this.#listing
    const levels = this.#thin === null ? this.options.levels : this.#thin.levels
    const distance = maker.half * this.#tick
    const prices: Price[] = []
    let price = side === 'bid' ? grid.floor(this.fair - distance) : grid.ceil(this.fair + distance)
    while (prices.length < levels && price > 0 && price < PRICE_ONE) {
      prices.push(price)
      price = side === 'bid' ? grid.down(price) : grid.up(price)
    }
    return prices
  }

  #withdraw(maker: Maker): void {
    for (const side of ['bid', 'ask'] as const) {
      // In a thin market only the first maker quotes.
      const gone = this.#thin !== null && (maker !== this.#makers[0] || this.#thin.levels === 0)
      const wanted = gone ? [] : this.#ladder(maker, side)
      maker.orders[side] = maker.orders[side].filter((order) => {
        if (order.level === null) return false
        const small = this.#thin !== null && order.remaining > this.#thin.contracts * CONTRACT
        if (wanted.includes(order.price) && !small) return true
        this.#exchange.withdraw(order)
        return false
      })
    }
  }

  #quote(maker: Maker): void {
    maker.quotedAt = this.fair
    if (this.#thin !== null && (maker !== this.#makers[0] || this.#thin.levels === 0)) return
    const [least, most] = this.options.size
    for (const side of ['bid', 'ask'] as const) {
      for (const price of this.#ladder(maker, side)) {
        const contracts = this.#thin === null ? this.#dice.whole(least, most) : this.#thin.contracts
        if (maker.orders[side].some((order) => order.price === price)) continue
        const order = this.#exchange.place(maker.account, {
          ticker: this.#listing.ticker,
          side,
          price,
          quantity: contracts * CONTRACT,
          postOnly: true,
        })
        if (!isRefusal(order) && order.level !== null) maker.orders[side].push(order)
      }
    }
  }

  /** Takes quotes that are more than half a tick off the fair value. */
  #snipe(): void {
    const { book, grid } = this.#listing
    const edge = this.#tick / 2
    const contracts = 1 + Math.floor(this.#dice.exponential(30))
    const bid = book.best('bid')
    const ask = book.best('ask')
    if (bid > this.fair + edge)
      this.#take(this.#sniper, 'ask', grid.ceil(this.fair + edge), contracts)
    else if (ask >= 0 && ask < this.fair - edge) {
      this.#take(this.#sniper, 'bid', grid.floor(this.fair - edge), contracts)
    }
  }

  #takers(now: Millis, seconds: number): void {
    if (this.#rush !== null && now > this.#rush.until) this.#rush = null
    const { takersPerSecond, takerSize, takerDepth } = this.options
    const calm = this.#dice.poisson(takersPerSecond * seconds)
    const rushing = this.#rush === null ? 0 : this.#dice.poisson(this.#rush.perSecond * seconds)
    for (let index = 0; index < calm + rushing; index++) {
      const fair = this.#dice.chance(0.5) ? 'bid' : 'ask'
      const side = index < calm || this.#rush === null ? fair : this.#rush.side
      const contracts = 1 + Math.floor(this.#dice.exponential(takerSize))
      const depth = Math.floor(this.#dice.exponential(takerDepth))
      const best = this.#listing.book.best(side === 'bid' ? 'ask' : 'bid')
      if (best < 0) continue
      // No taker pays more than six ticks beyond the fair value, however empty the book.
      const reach = 6 * this.#tick
      const sign = side === 'bid' ? 1 : -1
      const limit = best + sign * depth * this.#tick
      const price =
        side === 'bid'
          ? this.#listing.grid.floor(Math.min(limit, this.fair + reach))
          : this.#listing.grid.ceil(Math.max(limit, this.fair - reach))
      this.#take(this.#taker, side, price, contracts)
    }
  }

  /** Informed takers take the best price while it is better than the value after the jump. */
  #takeKnowing(now: Millis, seconds: number): void {
    const { change, takers } = this.#informed.takers(now, seconds)
    if (takers.length === 0) return
    const informed = this.#exchange.stranger(`informed ${this.#listing.ticker}`)
    const { book, grid } = this.#listing
    const coming = inside((this.fair + change) / PRICE_ONE) * PRICE_ONE
    for (const contracts of takers) {
      const bid = book.best('bid')
      const ask = book.best('ask')
      if (change > 0 && ask >= 0 && ask <= grid.floor(coming - this.#tick)) {
        this.#take(informed, 'bid', ask, contracts)
      } else if (change < 0 && bid >= grid.ceil(coming + this.#tick)) {
        this.#take(informed, 'ask', bid, contracts)
      }
    }
  }

  #take(account: Account, side: Side, price: Price, contracts: number): void {
    this.#exchange.place(account, {
      ticker: this.#listing.ticker,
      side,
      price,
      quantity: contracts * CONTRACT,
      timeInForce: 'immediate_or_cancel',
    })
  }
}
