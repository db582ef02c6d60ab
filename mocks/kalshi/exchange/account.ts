// The money of one participant: up to 64 subaccounts, each with cash per shard and one signed net
// position per market. Closing a position pays out at once. All amounts are integers, so the books
// of all accounts add up exactly. Client order ids, orders and fills belong to the participant as a
// whole.

import { modelFee } from '../../../src/core/vocabulary/fees.ts'
import {
  type Millis,
  type Money,
  mulDivRound,
  PRICE_ONE,
  type Price,
  type Quantity,
} from '../../../src/core/vocabulary/units.ts'
import type { Order } from '../matching/order.ts'
import { Holding, lockedBy, openingCost, type Want } from './holding.ts'

/** Numbered subaccounts besides the primary one. */
export const LAST_SUBACCOUNT = 63

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

export type Result = 'yes' | 'no' | 'scalar'

export interface Settlement {
  readonly ticker: string
  readonly eventTicker: string
  readonly result: Result
  /** What one YES contract paid. */
  readonly value: Price
  readonly holding: Holding
  readonly position: Quantity
  readonly revenue: Money
  readonly at: Millis
}

/** A fill before it is booked. */
interface Execution {
  readonly price: Price
  readonly quantity: Quantity
  /** Of the fee, in millionths. */
  readonly coefficient: number
  readonly isTaker: boolean
  readonly at: Millis
}

/** What a fill did to the books of an account. */
export interface Effect {
  readonly fee: Money
  readonly positionAfter: Quantity
  /** Contracts opened and closed by this fill. */
  readonly opened: Quantity
  readonly closed: Quantity
}

/** One subaccount. */
export class Purse {
  readonly number: number
  /** By shard; a shard that was never touched has none. */
  readonly cash: Money[] = []
  readonly holdings = new Map<string, Holding>()
  /** Stored and shown without effect: its meaning is not documented. */
  netting = true

  constructor(number: number) {
    this.number = number
  }

  /** Cash on a shard, including what is locked. */
  at(shard: number): Money {
    return this.cash[shard] ?? 0
  }

  add(shard: number, money: Money): void {
    this.cash[shard] = this.at(shard) + money
  }

  /** What resting orders lock on a shard. */
  lockedAt(shard: number): Money {
    let sum = 0
    for (const holding of this.holdings.values()) {
      if (holding.shard === shard && holding.resting.size > 0) sum += lockedBy(holding, null, null)
    }
    return sum
  }

  /** Cash on a shard less what is locked. */
  freeAt(shard: number): Money {
    return this.at(shard) - this.lockedAt(shard)
  }

  get total(): Money {
    return this.cash.reduce((sum, money) => sum + (money ?? 0), 0)
  }
}

export class Account {
  readonly id: string
  readonly userId: string
  /** Another participant: never short of money, and finished orders are not kept. */
  readonly anonymous: boolean
  deposited: Money = 0
  /** By number, without gaps: the primary one first. */
  readonly purses: Purse[] = [new Purse(0)]
  readonly orders = new Map<string, Order>()
  /** Every client order id ever used. They are never freed. */
  readonly clientOrderIds = new Map<string, Order>()
  readonly fills: Fill[] = []
  readonly settlements: Settlement[] = []
  /** How many orders rest now. */
  open = 0
  readonly #shardOf: (ticker: string) => number

  /** `shardOf` says on which shard a market is. */
  constructor(
    id: string,
    userId: string,
    anonymous: boolean,
    shardOf: (ticker: string) => number = () => 0,
  ) {
    this.id = id
    this.userId = userId
    this.anonymous = anonymous
    this.#shardOf = shardOf
  }

  /** Adds money from outside to a shard of a subaccount. */
  deposit(money: Money, shard = 0, subaccount = 0): void {
    this.deposited += money
    this.purses[subaccount]!.add(shard, money)
  }

  /** Opens the next numbered subaccount and returns it; null when there are 64 already. */
  addSubaccount(): Purse | null {
    if (this.purses.length > LAST_SUBACCOUNT) return null
    const purse = new Purse(this.purses.length)
    this.purses.push(purse)
    return purse
  }

  /** Cash of all subaccounts on all shards. */
  get cash(): Money {
    return this.purses.reduce((sum, purse) => sum + purse.total, 0)
  }

  /** Every holding of every subaccount. */
  *holdings(): Generator<Holding> {
    for (const purse of this.purses) yield* purse.holdings.values()
  }

  /** The holding of a subaccount that exists. */
  holding(ticker: string, subaccount = 0): Holding {
    const { holdings } = this.purses[subaccount]!
    let holding = holdings.get(ticker)
    if (holding === undefined) {
      holding = new Holding(ticker, subaccount, this.#shardOf(ticker))
      holdings.set(ticker, holding)
    }
    return holding
  }

  position(ticker: string, subaccount = 0): Quantity {
    return this.purses[subaccount]?.holdings.get(ticker)?.position ?? 0
  }

  /** Money locked by all resting orders. */
  locked(): Money {
    let sum = 0
    for (const holding of this.holdings()) {
      if (holding.resting.size > 0) sum += lockedBy(holding, null, null)
    }
    return sum
  }

  /**
   * Whether the subaccount's cash on the market's shard covers its resting orders there plus one
   * more (in place of `without`), with `fee` on top. Anonymous accounts can always afford it.
   */
  affords(
    ticker: string,
    subaccount: number,
    want: Want,
    fee: Money,
    without: Order | null,
  ): boolean {
    if (this.anonymous) return true
    const holding = this.holding(ticker, subaccount)
    const purse = this.purses[subaccount]!
    const own = holding.resting.size > 0 ? lockedBy(holding, null, null) : 0
    const others = purse.lockedAt(holding.shard) - own
    return purse.at(holding.shard) >= others + lockedBy(holding, without, want) + fee
  }

  /** Updates the set of resting orders. Call after every change of an order. */
  track(order: Order): void {
    const { resting } = this.holding(order.ticker, order.subaccount)
    const before = resting.size
    if (order.status === 'resting' && order.remaining > 0) resting.add(order)
    else resting.delete(order)
    this.open += resting.size - before
  }

  /** Books one fill: position, cost, realized, cash and the fee. */
  book(order: Order, { price, quantity, coefficient, isTaker, at }: Execution): Effect {
    const holding = this.holding(order.ticker, order.subaccount)
    const bid = order.side === 'bid'
    const sign = bid ? 1 : -1
    const held = Math.abs(holding.position)
    const closed = holding.position * sign < 0 ? Math.min(held, quantity) : 0
    const opened = quantity - closed
    const paid = openingCost(order.side, price, opened)
    // A closed pair is worth $1: selling it at the price is receiving the other outcome's price.
    const proceeds = openingCost(bid ? 'ask' : 'bid', price, closed)
    const removed = shareOf(holding.cost, closed, held)
    const removedFees = shareOf(holding.positionFees, closed, held)
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
    this.purses[order.subaccount]!.add(holding.shard, revenue - fee)

    if (isTaker) {
      order.takerCost += value
      order.takerFees += fee
    } else {
      order.makerCost += value
      order.makerFees += fee
    }
    return { fee, positionAfter: holding.position, opened, closed }
  }

  /** Pays the outcome: `value` a YES contract, the rest of the dollar a NO contract. */
  settle(ticker: string, eventTicker: string, result: Result, value: Price, at: Millis): void {
    for (const purse of this.purses) {
      const holding = purse.holdings.get(ticker)
      if (holding === undefined || holding.settled) continue
      const position = holding.position
      const revenue = position > 0 ? position * value : -position * (PRICE_ONE - value)
      purse.add(holding.shard, revenue)
      holding.realized += revenue - holding.cost
      holding.position = 0
      holding.cost = 0
      holding.positionFees = 0
      holding.settled = true
      holding.updatedAt = at
      if (holding.volume === 0) continue
      this.settlements.push({ ticker, eventTicker, result, value, holding, position, revenue, at })
    }
  }
}

/** The share of `whole` that belongs to `closed` of `held`; all of it when all is closed. */
const shareOf = (whole: Money, closed: Quantity, held: Quantity): Money =>
  closed === 0 ? 0 : closed === held ? whole : mulDivRound(whole, closed, held)
