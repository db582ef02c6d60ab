// The position of one subaccount in one market, and what its resting orders there lock. Everything
// is fully funded: opening YES at p locks p per contract, opening NO locks 1 - p, closing locks
// nothing.

import {
  type Millis,
  type Money,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'
import type { Order } from '../matching/order.ts'

/** Position, cost and history in one market. */
export class Holding {
  readonly ticker: string
  readonly subaccount: number
  /** Of the market: only cash there counts. */
  readonly shard: number
  /** Positive YES, negative NO. */
  position: Quantity = 0
  /** What the position cost, without fees; >= 0. */
  cost: Money = 0
  /** Gains and losses of what was closed or settled, without fees. */
  realized: Money = 0
  fees: Money = 0
  /** Fees of the fills that make up the position now: zero again when flat. */
  positionFees: Money = 0
  /** Sum of what was paid or received for every contract traded. */
  traded: Money = 0
  volume: Quantity = 0
  updatedAt: Millis = 0
  settled = false
  /** Contracts and cost bought of each outcome, gross, as settlement rows show them. */
  yesCount: Quantity = 0
  yesCost: Money = 0
  noCount: Quantity = 0
  noCost: Money = 0
  readonly resting = new Set<Order>()

  constructor(ticker: string, subaccount: number, shard: number) {
    this.ticker = ticker
    this.subaccount = subaccount
    this.shard = shard
  }
}

export interface Want {
  readonly side: Side
  readonly price: Price
  readonly remaining: Quantity
}

/** What opening `quantity` on `side` at YES price `price` costs. */
export const openingCost = (side: Side, price: Price, quantity: Quantity): Money =>
  (side === 'bid' ? price : PRICE_ONE - price) * quantity

const costliestFirst = (a: Want, b: Want): number =>
  a.side === 'bid' ? b.price - a.price : a.price - b.price

const openingCosts = (wants: Want[], offset: Quantity): Money => {
  if (offset > 0) wants.sort(costliestFirst)
  let free = offset
  let sum = 0
  for (const want of wants) {
    const opening = Math.max(0, want.remaining - free)
    free = Math.max(0, free - want.remaining)
    sum += openingCost(want.side, want.price, opening)
  }
  return sum
}

/**
 * What the resting orders of one holding lock. Quantity that closes the position locks nothing; the
 * orders that would trade first count as the closing ones.
 */
export const lockedBy = (holding: Holding, without: Order | null, extra: Want | null): Money => {
  const bids: Want[] = []
  const asks: Want[] = []
  for (const order of holding.resting) {
    if (order !== without) (order.side === 'bid' ? bids : asks).push(order)
  }
  if (extra !== null) (extra.side === 'bid' ? bids : asks).push(extra)
  return (
    openingCosts(bids, Math.max(0, -holding.position)) +
    openingCosts(asks, Math.max(0, holding.position))
  )
}
