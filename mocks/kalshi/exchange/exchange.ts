// The exchange itself, without any server: accounts, markets and orders tied together. Every
// request is answered at once, and everything that happens is announced as a fact. Time comes from
// `now` and ids from a seed, so a session can be replayed exactly. It must not know HTTP, sockets,
// signatures or rate limits.

import { modelFee } from '../../../src/core/vocabulary/fees.ts'
import {
  DOLLAR,
  type Millis,
  type Money,
  type Price,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'
import { Book } from '../matching/matcher.ts'
import { newOrder, type Order, type Reason } from '../matching/order.ts'
import type { AmendRequest, ExchangeOptions, PlaceRequest } from '../matching/requests.ts'
import { Account } from './account.ts'
import { Clearing } from './clearing.ts'
import { Hub } from './hub.ts'
import { Lifecycle } from './lifecycle.ts'
import { isKnownFeeType, Listing, type MarketSpec } from './listing.ts'
import { OrderGroups } from './order-groups.ts'
import { Pauses } from './pauses.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { Treasury } from './treasury.ts'

/** Least time between two ticker facts of a market. */
const TICKER_EVERY_MS = 1_000

export class Exchange extends Hub {
  readonly lifecycle: Lifecycle
  readonly groups: OrderGroups
  readonly pauses: Pauses
  readonly treasury: Treasury
  readonly #shadows = new Map<Account, Millis>()
  readonly #clearing: Clearing
  #orders = 0

  constructor(options: ExchangeOptions) {
    super(options)
    this.lifecycle = new Lifecycle(this)
    this.groups = new OrderGroups(this, (order) => this.withdraw(order))
    this.pauses = new Pauses(this, this.lifecycle)
    this.treasury = new Treasury(this)
    this.#clearing = new Clearing(this, this.groups)
  }

  /** Opens an account with `dollars` in cash. `anonymous` accounts never run out of money. */
  addAccount(id: string, dollars: number, anonymous = false): Account {
    if (this.accounts.has(id)) throw new Error(`Adding account failed: ${id} exists`)
    const shardOf = (ticker: string): number => this.listings.get(ticker)?.exchangeIndex ?? 0
    const account = new Account(id, this.nextId(), anonymous, shardOf)
    account.deposit(Math.round(dollars * DOLLAR))
    this.accounts.set(id, account)
    return account
  }

  /** The anonymous account named `id`, opened on first use. */
  stranger(id: string): Account {
    return this.accounts.get(id) ?? this.addAccount(id, 0, true)
  }

  /** Lists a market, with its event and series when they are new, and announces them. */
  addMarket(spec: MarketSpec): Listing {
    if (this.listings.has(spec.ticker)) throw new Error(`Listing failed: ${spec.ticker} exists`)
    const eventTicker = spec.eventTicker ?? (spec.ticker.replace(/-[^-]*$/, '') || spec.ticker)
    const seriesTicker = spec.seriesTicker ?? eventTicker.split('-', 1)[0]!
    const feeType = spec.feeType ?? 'quadratic'
    if (!isKnownFeeType(feeType)) {
      throw new Error(`Listing failed: fee type "${feeType}" has no known formula`)
    }
    let series = this.series.get(seriesTicker)
    if (series === undefined) {
      const feeMultiplier = spec.feeMultiplier ?? 1
      const exchangeIndex = spec.exchangeIndex ?? 0
      const category = spec.category ?? 'Mock'
      series = { ticker: seriesTicker, category, exchangeIndex, feeType, feeMultiplier }
      this.series.set(seriesTicker, series)
    }
    this.at = this.now()
    let event = this.events.get(eventTicker)
    const isNew = event === undefined
    if (event === undefined) {
      event = {
        ticker: eventTicker,
        series,
        title: spec.title ?? eventTicker,
        mutuallyExclusive: spec.mutuallyExclusive === true,
        feeTypeOverride: null,
        feeMultiplierOverride: null,
      }
      this.events.set(eventTicker, event)
    }
    const book = new Book({
      level: (side, price, delta, actor) => {
        listing.stale = true
        this.emit({ kind: 'level', at: this.at, listing, side, price, delta, actor })
      },
      trade: (maker, taker, quantity) => this.#clearing.trade(listing, maker, taker, quantity),
      order: (order, reason) => this.#changed(listing, order, reason),
    })
    const listing = new Listing(spec, event, this.nextId(), book, this.now())
    this.listings.set(spec.ticker, listing)
    this.shards.add(listing.exchangeIndex)
    if (isNew) this.emit({ kind: 'event', at: this.at, event })
    this.lifecycle.announceCreated(listing)
    return listing
  }

  /** Places an order. Returns the order after matching, or a refusal. */
  place(account: Account, request: PlaceRequest): Order | Refusal {
    const listing = this.#enter(request.ticker)
    if (listing === undefined) return refuse(404, 'not_found')
    const clientOrderId = request.clientOrderId ?? ''
    if (clientOrderId !== '' && account.clientOrderIds.has(clientOrderId)) {
      return refuse(409, 'order_already_exists')
    }
    const subaccount = request.subaccount ?? 0
    if (account.purses[subaccount] === undefined) {
      return refuse(404, 'user_not_found', `subaccount ${subaccount}`)
    }
    const shut = this.#shut(listing)
    if (shut !== null) return shut
    if (!listing.isLegal(request.price)) return refuse(400, 'invalid_price')
    if (!(request.quantity > 0)) return refuse(400, 'invalid_order_size')
    const expiresAt = request.expiresAt ?? 0
    if (expiresAt !== 0 && expiresAt <= this.at) {
      return refuse(400, 'invalid_parameters', 'expiration_time is in the past')
    }
    if (request.group !== undefined && request.group !== '') {
      const { exchangeIndex } = listing
      const refused = this.groups.admit(account, request.group, subaccount, exchangeIndex)
      if (refused !== null) return refused
    }
    if (!account.anonymous && account.open >= this.knobs.maxOpenOrders) {
      return refuse(400, 'too_many_open_orders')
    }
    const order = newOrder(request, {
      id: this.nextId(),
      number: ++this.#orders,
      owner: account.id,
      at: this.at,
    })
    // From here on the id is used up, even when the order is refused.
    if (clientOrderId !== '') account.clientOrderIds.set(clientOrderId, order)
    const crosses = listing.book.crosses(order.side, order.price)
    if (order.postOnly && crosses && this.knobs.postOnlyCross === 'reject') {
      return refuse(400, 'invalid_order', 'post only cross')
    }
    let cap = Number.POSITIVE_INFINITY
    if (request.reduceOnly === true) {
      const position = account.position(listing.ticker, subaccount)
      cap = Math.max(0, request.side === 'bid' ? -position : position)
    }
    if (!account.anonymous) {
      const remaining = Math.min(order.remaining, cap)
      const want = { side: order.side, price: order.price, remaining }
      const fee = modelFee(listing.feeCoefficient(crosses, this.at), remaining, order.price)
      if (!account.affords(listing.ticker, subaccount, want, fee, null)) {
        return refuse(400, 'insufficient_balance')
      }
      account.orders.set(order.id, order)
    }
    const verdict = listing.book.place(order, cap)
    if (verdict === 'fill-or-kill') {
      listing.book.kill(order, '')
      return refuse(409, 'fill_or_kill_insufficient_resting_volume')
    }
    if (verdict === 'post-only-cross') listing.book.kill(order, 'PostOnlyCrossCancel')
    if (order.level !== null && this.at < (this.#shadows.get(account) ?? 0)) {
      listing.book.cancel(order, '', order)
    }
    this.groups.act()
    return order
  }

  /** Amends a resting order of the account. */
  amend(account: Account, orderId: string, request: AmendRequest): Order | Refusal {
    const found = this.#resting(account, orderId)
    if (isRefusal(found)) return found
    const { order, listing } = found
    const shut = this.#shut(listing)
    if (shut !== null) return shut
    const updated = request.updatedClientOrderId ?? order.clientOrderId
    const owner = account.clientOrderIds.get(updated)
    if (updated !== '' && owner !== undefined && owner !== order) {
      return refuse(409, 'order_already_exists')
    }
    const remaining = request.total - order.filled
    if (!(remaining > 0)) return refuse(400, 'invalid_order_size')
    if (request.price !== order.price && !listing.isLegal(request.price)) {
      return refuse(400, 'invalid_price')
    }
    const expiresAt = request.expiresAt ?? order.expiresAt
    if (expiresAt !== 0 && expiresAt <= this.at) {
      return refuse(400, 'invalid_parameters', 'expiration_time is in the past')
    }
    const want = { side: order.side, price: request.price, remaining }
    const crosses = listing.book.crosses(order.side, request.price)
    const fee = modelFee(listing.feeCoefficient(crosses, this.at), remaining, request.price)
    const grows = request.price !== order.price || remaining > order.remaining
    if (grows && !account.affords(order.ticker, order.subaccount, want, fee, order)) {
      return refuse(400, 'insufficient_balance')
    }
    const before = order.clientOrderId
    order.clientOrderId = updated
    const verdict = listing.book.amend(order, request.price, request.total, expiresAt)
    if (verdict === 'post-only-cross') {
      if (this.knobs.postOnlyCross === 'reject') {
        order.clientOrderId = before
        return refuse(400, 'invalid_order', 'post only cross')
      }
      listing.book.cancel(order, 'PostOnlyCrossCancel', order)
    }
    if (updated !== '') account.clientOrderIds.set(updated, order)
    this.groups.act()
    return order
  }

  /** Shrinks a resting order: by `reduceBy`, or to `reduceTo`. */
  decrease(
    account: Account,
    orderId: string,
    change: { readonly reduceBy: Quantity } | { readonly reduceTo: Quantity },
  ): Order | Refusal {
    const found = this.#resting(account, orderId)
    if (isRefusal(found)) return found
    const stopped = this.pauses.cancelRefusal()
    if (stopped !== null) return stopped
    const { order, listing } = found
    const remaining = 'reduceTo' in change ? change.reduceTo : order.remaining - change.reduceBy
    if (!(remaining >= 0 && remaining <= order.remaining)) return refuse(400, 'invalid_order_size')
    if (remaining < order.remaining) listing.book.decrease(order, remaining)
    return order
  }

  /** Cancels a resting order of the account and returns the quantity removed. */
  cancel(account: Account, orderId: string): { order: Order; reducedBy: Quantity } | Refusal {
    const found = this.#resting(account, orderId)
    if (isRefusal(found)) return found
    const stopped = this.pauses.cancelRefusal()
    if (stopped !== null) return stopped
    return { order: found.order, reducedBy: this.withdraw(found.order) }
  }

  /** Cancels a resting order. Returns the quantity removed; 0 when it no longer rests. */
  withdraw(order: Order): Quantity {
    const listing = this.#enter(order.ticker)
    if (listing === undefined || order.level === null) return 0
    const left = order.remaining
    listing.book.cancel(order, '', order)
    return left
  }

  /** Shrinks a resting order to `remaining`. */
  shrink(order: Order, remaining: Quantity): void {
    const listing = this.#enter(order.ticker)
    if (listing !== undefined && order.level !== null) listing.book.decrease(order, remaining)
  }

  /**
   * Cancels all resting orders of the account: in all markets or one, of all subaccounts or one.
   * Returns their number.
   */
  cancelAll(account: Account, ticker?: string, subaccount?: number): number {
    let count = 0
    for (const holding of account.holdings()) {
      if (ticker !== undefined && holding.ticker !== ticker) continue
      if (subaccount !== undefined && holding.subaccount !== subaccount) continue
      for (const order of [...holding.resting]) if (this.withdraw(order) > 0) count++
    }
    if (this.knobs.cancelAllShadowMs > 0 && ticker === undefined) {
      this.#shadows.set(account, this.now() + this.knobs.cancelAllShadowMs)
    }
    return count
  }

  /** Carries out what is due: expiries, closes, pauses, fees, settlements and ticker facts. */
  tick(): void {
    this.at = this.now()
    this.pauses.follow(this.at)
    this.treasury.step(this.at)
    this.lifecycle.follow(this.at)
    for (const listing of this.listings.values()) {
      this.#enter(listing.ticker)
      if (listing.stale && this.at - listing.tickerAt >= TICKER_EVERY_MS) {
        listing.stale = false
        listing.tickerAt = this.at
        this.emit({ kind: 'ticker', at: this.at, listing })
      }
    }
  }

  /** True while the whole exchange accepts no orders. */
  get tradingPaused(): boolean {
    return this.pauses.isPaused(-1)
  }

  /** Pauses or resumes all trading. A pause cancels orders marked cancelOnPause. */
  pauseTrading(paused: boolean): void {
    this.pauses.trading(paused)
  }

  /** Announces a public trade that was not made in this book (a recorded session's). */
  announceTrade(listing: Listing, price: Price, quantity: Quantity, taker: Side): void {
    this.at = this.now()
    this.#clearing.publish(listing, price, quantity, taker)
  }

  /** Sets the clock for one request and first carries out what was due before it. */
  #enter(ticker: string): Listing | undefined {
    this.at = this.now()
    if (this.knobs.thursdayPause) this.pauses.follow(this.at)
    const listing = this.listings.get(ticker)
    if (listing === undefined) return undefined
    if (listing.book.nextExpiry <= this.at) listing.book.expire(this.at)
    if (listing.closeAt <= this.at) this.lifecycle.closeIfOpen(listing)
    return listing
  }

  #shut(listing: Listing): Refusal | null {
    const paused = this.pauses.refusal(listing.exchangeIndex)
    if (paused !== null) return paused
    if (listing.status === 'active') return null
    return listing.status === 'inactive' || listing.status === 'initialized'
      ? refuse(409, 'trading_is_paused')
      : refuse(409, 'market_closed')
  }

  #resting(account: Account, orderId: string): { order: Order; listing: Listing } | Refusal {
    const order = account.orders.get(orderId)
    if (order === undefined) return refuse(404, 'not_found')
    const listing = this.#enter(order.ticker)
    if (listing === undefined || order.level === null) return refuse(404, 'not_found')
    return { order, listing }
  }

  #changed(listing: Listing, order: Order, reason: Reason): void {
    order.updatedAt = this.at
    order.reason = reason
    const account = this.accounts.get(order.owner)!
    account.track(order)
    if (order.group !== '') this.groups.track(order)
    this.emit({ kind: 'order', at: this.at, listing, account, order, reason })
  }

  /** Cash of all accounts, fees paid and money in open pairs: constant without deposits. */
  totalMoney(): Money {
    let sum = this.treasury.underWay
    for (const account of this.accounts.values()) {
      sum += account.cash
      for (const holding of account.holdings()) sum += holding.fees
    }
    for (const listing of this.listings.values()) {
      if (listing.status !== 'finalized') sum += listing.openInterest * 10_000
    }
    return sum
  }
}
