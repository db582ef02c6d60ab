// What a market's past is reduced to before anything is estimated: stretches of time in which the
// top of the book stood still, and the aggressive orders that came.
//
// Every kind of file is read into these two lists. What a file does not say is NaN (prices in
// cents) or 0 (sizes), and each estimator leaves out what it cannot use.

import type { Top } from '../../src/core/book/book.ts'
import {
  type Millis,
  PRICE_CENT,
  type Price,
  type Quantity,
  type Side,
} from '../../src/core/vocabulary/units.ts'

/** The top of the book as it stood from one moment to another. */
export interface Stretch {
  readonly from: Millis
  to: Millis
  /** Cents. */
  readonly mid: number
  /** 0 where only the mid is known. */
  readonly bid: Price
  readonly bidSize: Quantity
  readonly ask: Price
  readonly askSize: Quantity
  /** Cents, at the mid. */
  readonly tick: number
  /** Whether the stretch before ended here: a move across a hole in the data is not a move. */
  readonly joined: boolean
}

/** Prints of one taker within 50 ms: one order that went as deep as its deepest print. */
export interface Order {
  readonly at: Millis
  readonly taker: Side
  /** Price of its first print, and of the one furthest toward the taker's loss, in cents. */
  first: number
  deepest: number
  contracts: number
  /** Best price that the taker met, and the mid, just before; NaN where unknown. Cents. */
  readonly touch: number
  readonly fair: number
  readonly tick: number
  /** How sure it is that this was a trade, (0, 1]: below 1 where trades are read out of tickers. */
  weight: number
}

export type Kind = 'frames' | 'tape' | 'trades'

export interface MarketData {
  readonly ticker: string
  readonly files: readonly string[]
  readonly kinds: readonly Kind[]
  readonly stretches: readonly Stretch[]
  readonly orders: readonly Order[]
  /** Peculiarities of the source that a reader of the figures must know. */
  readonly notes: readonly string[]
}

/** Without a two-sided book for longer than this, the next mid is not a move of the last one. */
const HOLE: Millis = 5000
/** Prints of one taker come within this of each other; the same time as in core/intensity.ts. */
const MERGE: Millis = 50

/** Collects stretches in the order of time; a time that runs backwards counts as no time. */
export class Path {
  readonly stretches: Stretch[] = []
  #open: Stretch | null = null
  #lostAt: Millis = Number.NEGATIVE_INFINITY

  /** Both sides are there, and not crossed. Sizes in contracts x 100, `tick` in cents. */
  top(at: Millis, { bid, bidSize, ask, askSize }: Top, tick: number): void {
    const now = this.#open
    if (
      now !== null &&
      now.bid === bid &&
      now.ask === ask &&
      now.bidSize === bidSize &&
      now.askSize === askSize
    ) {
      return
    }
    const mid = (bid + ask) / (2 * PRICE_CENT)
    this.#begin({ from: at, to: at, mid, bid, bidSize, ask, askSize, tick, joined: false })
  }

  /** Only the mid is known, in cents. */
  mid(at: Millis, mid: number, tick: number): void {
    if (this.#open?.mid === mid) return
    const none = { bid: 0, bidSize: 0, ask: 0, askSize: 0 }
    this.#begin({ from: at, to: at, mid, ...none, tick, joined: false })
  }

  /** From now on nothing is known. */
  lose(at: Millis): void {
    if (this.#open === null) return
    this.#close(at)
    this.#open = null
  }

  /** The stretch that stands now; null while nothing is known. */
  get now(): Stretch | null {
    return this.#open
  }

  #begin(next: Stretch): void {
    const from = Math.max(next.from, this.#lostAt)
    const open = this.#open
    if (open !== null && open.from >= from) {
      // One matching event touches several levels: what stood for no time was never the market.
      this.stretches.pop()
      this.#open = { ...next, from: open.from, to: open.from, joined: open.joined }
      this.stretches.push(this.#open)
      return
    }
    if (open !== null) this.#close(from)
    const joined = from - this.#lostAt <= HOLE
    this.#open = { ...next, from, to: from, joined }
    this.stretches.push(this.#open)
  }

  #close(at: Millis): void {
    const open = this.#open!
    open.to = Math.max(open.from, at)
    this.#lostAt = open.to
  }
}

/** The stretch that stood at a time (the later one at a border); null in a hole. */
export const stretchAt = (stretches: readonly Stretch[], at: Millis): Stretch | null => {
  let low = 0
  let high = stretches.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (stretches[middle]!.from <= at) low = middle + 1
    else high = middle
  }
  const found = stretches[low - 1]
  return found !== undefined && at <= found.to ? found : null
}

export interface Print {
  readonly at: Millis
  readonly taker: Side
  /** Cents, and contracts. */
  readonly price: number
  readonly contracts: number
  readonly touch: number
  readonly fair: number
  readonly tick: number
  readonly weight: number
}

/** Joins prints, in the order of time, into orders. */
export class Orders {
  readonly orders: Order[] = []
  readonly #open: Record<Side, Order | null> = { bid: null, ask: null }

  add({ at, taker, price, contracts, touch, fair, tick, weight }: Print): void {
    const open = this.#open[taker]
    if (open === null || at - open.at > MERGE) {
      const next = { at, taker, first: price, deepest: price, contracts, touch, fair, tick, weight }
      this.#open[taker] = next
      this.orders.push(next)
      return
    }
    // Prints of one sweep may be listed in any order: the first is the one nearest to the touch.
    const way = taker === 'bid' ? 1 : -1
    if (way * (price - open.deepest) > 0) open.deepest = price
    if (way * (price - open.first) < 0) open.first = price
    // As sure as its surest part, and with as many contracts as were expected in all of them.
    const expected = open.contracts * open.weight + contracts * weight
    open.weight = Math.max(open.weight, weight)
    open.contracts = expected / open.weight
  }
}

/**
 * How far beyond the touch an order went, in cents; beyond its own first print where none is known.
 */
export const beyondOf = ({ taker, touch, first, deepest }: Order): number => {
  const from = Number.isNaN(touch) ? first : touch
  return Math.max(taker === 'bid' ? deepest - from : from - deepest, 0)
}
