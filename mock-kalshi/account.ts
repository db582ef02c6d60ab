// One participant's money: cash, one signed net position per market with its cost, and what resting
// orders keep locked. Fully funded: opening YES at p locks p a contract, opening NO locks 1 - p, and
// closing pays out at once. Integers only, so that the books of all accounts add up exactly.

import { modelFee } from '../src/core/fees.ts'
import {
  type Millis,
  type Money,
  mulDivRound,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
} from '../src/core/units.ts'
import type { Order } from './order.ts'

/** What an account holds and has done in one market. */
export class Holding {
  readonly ticker: string
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

  constructor(ticker: string) {
    this.ticker = ticker
  }
}

/** One execution of one order of one account. */
export interface Fill {
  readonly number: number
  readonly tradeId: string
  readonly order: Order
  readonly price: Price
  readonly quantity: Quantity
  readonly fee: Money
  readonly isTaker: boolean
  readonly at: Millis
  readonly positionAfter: Quantity
}

export interface Settlement {
  readonly ticker: string
  readonly eventTicker: string
  readonly result: 'yes' | 'no'
  readonly holding: Holding
  readonly position: Quantity
  readonly revenue: Money
  readonly at: Millis
}

interface Want {
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
const lockedBy = (holding: Holding, without: Order | null, extra: Want | null): Money => {
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

/** What a fill did to the books of an account. */
export interface Effect {
  readonly fee: Money
  readonly positionAfter: Quantity
  /** Contracts opened and closed by this fill. */
  readonly opened: Quantity
  readonly closed: Quantity
}

export class Account {
  readonly id: string
  readonly userId: string
  /** Other people: never refused for lack of money, and their finished orders are forgotten. */
  readonly anonymous: boolean
  readonly deposited: Money
  cash: Money
  readonly holdings = new Map<string, Holding>()
  readonly orders = new Map<string, Order>()
  /** Every client order id ever used. They are never freed. */
  readonly clientOrderIds = new Map<string, Order>()
  readonly fills: Fill[] = []
  readonly settlements: Settlement[] = []

  constructor(id: string, userId: string, balance: Money, anonymous: boolean) {
    this.id = id
    this.userId = userId
    this.cash = balance
    this.deposited = balance
    this.anonymous = anonymous
  }

  holding(ticker: string): Holding {
    let holding = this.holdings.get(ticker)
    if (holding === undefined) {
      holding = new Holding(ticker)
      this.holdings.set(ticker, holding)
    }
    return holding
  }

  position(ticker: string): Quantity {
    return this.holdings.get(ticker)?.position ?? 0
  }

  /** Money locked by all resting orders. */
  locked(): Money {
    let sum = 0
    for (const holding of this.holdings.values()) {
      if (holding.resting.size > 0) sum += lockedBy(holding, null, null)
    }
    return sum
  }

  /**
   * Whether cash covers all resting orders plus one more (in place of `without`), with `fee` on top.
   * Anonymous accounts can always afford it.
   */
  affords(ticker: string, want: Want, fee: Money, without: Order | null): boolean {
    if (this.anonymous) return true
    const holding = this.holding(ticker)
    const others = this.locked() - (holding.resting.size > 0 ? lockedBy(holding, null, null) : 0)
    return this.cash >= others + lockedBy(holding, without, want) + fee
  }

  /** Keeps the list of resting orders true. Call after every change of one. */
  track(order: Order): void {
    const resting = this.holding(order.ticker).resting
    if (order.status === 'resting' && order.remaining > 0) resting.add(order)
    else resting.delete(order)
  }

  /** Books one fill: position, cost, realized, cash, and the fee by `coefficient` (millionths). */
  book(
    order: Order,
    price: Price,
    quantity: Quantity,
    coefficient: number,
    isTaker: boolean,
    at: Millis,
  ): Effect {
    const holding = this.holding(order.ticker)
    const bid = order.side === 'bid'
    const sign = bid ? 1 : -1
    const held = Math.abs(holding.position)
    const closed = holding.position * sign < 0 ? Math.min(held, quantity) : 0
    const opened = quantity - closed
    const paid = openingCost(order.side, price, opened)
    // A closed pair is worth $1: selling it at the price is receiving the other outcome's price.
    const proceeds = openingCost(bid ? 'ask' : 'bid', price, closed)
    const removed =
      closed === held ? (closed > 0 ? holding.cost : 0) : mulDivRound(holding.cost, closed, held)
    const removedFees =
      closed === held
        ? closed > 0
          ? holding.positionFees
          : 0
        : mulDivRound(holding.positionFees, closed, held)
    const revenue = proceeds - paid
    const fee = order.fees.charge(revenue, modelFee(coefficient, quantity, price))

    holding.position += sign * quantity
    holding.cost += paid - removed
    holding.realized += proceeds - removed
    holding.fees += fee
    holding.positionFees += (opened > 0 ? fee : 0) - removedFees
    holding.volume += quantity
    const value = openingCost(order.side, price, quantity)
    holding.traded += value
    if (bid) {
      holding.yesCount += quantity
      holding.yesCost += value
    } else {
      holding.noCount += quantity
      holding.noCost += value
    }
    holding.updatedAt = at
    this.cash += revenue - fee

    if (isTaker) {
      order.takerCost += value
      order.takerFees += fee
    } else {
      order.makerCost += value
      order.makerFees += fee
    }
    return { fee, positionAfter: holding.position, opened, closed }
  }

  /** Pays the outcome: $1 a contract to the side that was right. Returns what was paid. */
  settle(ticker: string, eventTicker: string, result: 'yes' | 'no', at: Millis): Money {
    const holding = this.holdings.get(ticker)
    if (holding === undefined || holding.settled) return 0
    const position = holding.position
    const right = result === 'yes' ? Math.max(0, position) : Math.max(0, -position)
    const revenue = right * PRICE_ONE
    this.cash += revenue
    holding.realized += revenue - holding.cost
    holding.position = 0
    holding.cost = 0
    holding.positionFees = 0
    holding.settled = true
    holding.updatedAt = at
    if (holding.volume > 0) {
      this.settlements.push({ ticker, eventTicker, result, holding, position, revenue, at })
    }
    return revenue
  }
}
