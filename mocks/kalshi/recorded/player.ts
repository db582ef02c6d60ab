// Plays a recorded session into the exchange as orders of other participants, at its own pace or
// faster. A level that grew is a new order; it trades with local orders that it reaches, and the
// rest is added. A level that shrank is a cancel. Recorded participants never trade among
// themselves: those trades are in the recording already, as are the moments in which their book
// stood crossed.
//
// What a local participant took from a recorded level stays taken: later recorded cancels first
// consume what is missing.

import type { Recording } from '../../../research/recordings/recording.ts'
import { type PriceRange, TAPERED } from '../../../src/core/vocabulary/market.ts'
import {
  type Millis,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'
import type { Account } from '../exchange/account.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { isRefusal } from '../exchange/refusal.ts'
import type { Order } from '../matching/order.ts'
import { type Step, stepsOf } from './steps.ts'

export interface PlayerOptions {
  /** Times as fast as recorded. Default 1. */
  readonly pace?: number
  /** Where to begin, in ms after the start; earlier steps are played at once. Default 0. */
  readonly offsetMs?: number
  /** When the player starts, on the exchange's clock. */
  readonly startAt: Millis
  readonly priceRanges?: readonly PriceRange[]
  readonly feeType?: string
  /** Publishes rises of the recorded volume as trades. Default true. */
  readonly publishTrades?: boolean
  /** Lets those trades also fill local orders at their price. Default false. */
  readonly executeTrades?: boolean
}

/** The recorded quantity and the orders that stand for it, per side and price. */
interface Pile {
  recorded: Quantity
  /** Newest last: cancels take the newest first, so queue positions are never flattered. */
  readonly orders: Order[]
}

interface Table {
  readonly bid: Map<Price, Pile>
  readonly ask: Map<Price, Pile>
  volume: Quantity
}

export class RecordedPlayer {
  readonly #steps: readonly Step[]
  readonly #exchange: Exchange
  readonly #account: Account
  readonly #options: Required<PlayerOptions>
  readonly #tables = new Map<string, Table>()
  #next = 0

  /** Lists the recorded markets. Each opens when the recording begins to watch it. */
  constructor(exchange: Exchange, recording: Recording, options: PlayerOptions) {
    this.#steps = stepsOf(recording)
    this.#exchange = exchange
    this.#account = exchange.stranger('recorded')
    this.#options = {
      pace: 1,
      offsetMs: 0,
      priceRanges: TAPERED,
      feeType: 'quadratic',
      publishTrades: true,
      executeTrades: false,
      ...options,
    }
    const { priceRanges, feeType } = this.#options
    for (const step of this.#steps) {
      if (step.what !== 'watch' || this.#tables.has(step.ticker)) continue
      const { ticker, closeAt } = step
      const series = ticker.split('-', 1)[0]!
      exchange.addMarket({
        ticker,
        seriesTicker: series,
        closeAt: this.timeOf(closeAt),
        canCloseEarly: false,
        priceRanges,
        priceLevelStructure: priceRanges === TAPERED ? 'tapered_deci_cent' : '',
        feeType,
        status: 'initialized',
      })
      this.#tables.set(ticker, { bid: new Map(), ask: new Map(), volume: -1 })
    }
    this.step(this.#options.startAt)
  }

  /** The exchange's time of a moment in the recording. */
  timeOf(recordedMs: Millis): Millis {
    const { startAt, offsetMs, pace } = this.#options
    return Math.round(startAt + (recordedMs - offsetMs) / pace)
  }

  /** True when everything has been played. */
  get done(): boolean {
    return this.#next >= this.#steps.length
  }

  /** When the next step is due; Infinity when there is none. */
  get nextAt(): Millis {
    const step = this.#steps[this.#next]
    return step === undefined ? Number.POSITIVE_INFINITY : this.timeOf(step.at)
  }

  /** Plays everything that is due at `now`. */
  step(now: Millis): void {
    while (this.nextAt <= now) this.playOne()
  }

  /** Plays the next step, due or not, and returns it. */
  playOne(): Step {
    const step = this.#steps[this.#next++]!
    const table = this.#tables.get(step.ticker)
    if (table === undefined) return step
    if (step.what === 'watch') {
      this.#exchange.lifecycle.open(step.ticker)
      return step
    }
    if (this.#exchange.listing(step.ticker).status !== 'active') return step
    if (step.what === 'snapshot') this.#snapshot(step.ticker, table, step.bids, step.asks)
    else if (step.what === 'delta') {
      this.#set(step.ticker, table, step.side, step.price, step.delta)
    } else this.#volume(step.ticker, table, step.price, step.volume)
    return step
  }

  #snapshot(ticker: string, table: Table, bids: readonly number[], asks: readonly number[]): void {
    for (const [side, flat] of [
      ['bid', bids],
      ['ask', asks],
    ] as const) {
      const wanted = new Map<Price, Quantity>()
      for (let index = 0; index < flat.length; index += 2)
        wanted.set(flat[index]!, flat[index + 1]!)
      for (const price of new Set([...table[side].keys(), ...wanted.keys()])) {
        const recorded = table[side].get(price)?.recorded ?? 0
        this.#set(ticker, table, side, price, (wanted.get(price) ?? 0) - recorded)
      }
    }
  }

  /** Changes a recorded level by `delta`. */
  #set(ticker: string, table: Table, side: Side, price: Price, delta: Quantity): void {
    if (delta === 0) return
    let pile = table[side].get(price)
    if (pile === undefined) table[side].set(price, (pile = { recorded: 0, orders: [] }))
    pile.recorded = Math.max(0, pile.recorded + delta)
    if (delta > 0) {
      const order = this.#exchange.place(this.#account, {
        ticker,
        side,
        price,
        quantity: delta,
        passThrough: true,
      })
      if (!isRefusal(order) && order.level !== null) pile.orders.push(order)
      return
    }
    let standing = 0
    for (const order of pile.orders) standing += order.remaining
    let excess = standing - pile.recorded
    while (excess > 0) {
      const newest = pile.orders.at(-1)!
      if (newest.remaining > excess) {
        this.#exchange.shrink(newest, newest.remaining - excess)
        break
      }
      excess -= newest.remaining
      pile.orders.pop()
      this.#exchange.withdraw(newest)
    }
    if (pile.orders.some((order) => order.level === null)) {
      const alive = pile.orders.filter((order) => order.level !== null)
      pile.orders.splice(0, pile.orders.length, ...alive)
    }
    if (pile.recorded === 0) table[side].delete(price)
  }

  #volume(ticker: string, table: Table, price: Price, volume: Quantity): void {
    const before = table.volume
    table.volume = volume
    const traded = volume - before
    if (before < 0 || !(traded > 0) || !(price > 0 && price < PRICE_ONE)) return
    const listing = this.#exchange.listing(ticker)
    const ask = listing.book.best('ask')
    const taker: Side = ask >= 0 && price >= ask ? 'bid' : 'ask'
    let left = traded
    if (this.#options.executeTrades && listing.grid.isLegal(price)) {
      // As an order that trades with local participants only and does not rest.
      const order = this.#exchange.place(this.#account, {
        ticker,
        side: taker,
        price,
        quantity: traded,
        timeInForce: 'immediate_or_cancel',
        passThrough: true,
      })
      if (!isRefusal(order)) left -= order.filled
    }
    if (this.#options.publishTrades && left > 0) {
      this.#exchange.announceTrade(listing, price, left, taker)
    }
  }
}
