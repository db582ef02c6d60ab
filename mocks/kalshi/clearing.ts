// What follows a match: the public trade, and for both sides the fill with its fee, the new position
// and the money. Everything that happened is announced in that order.

import type { Price, Quantity, Side } from '../../src/core/vocabulary/units.ts'
import type { Effect, Fill } from './account.ts'
import type { Exchange } from './exchange.ts'
import type { Trade } from './facts.ts'
import type { Listing } from './listing.ts'
import type { Order } from './order.ts'

export class Clearing {
  readonly #exchange: Exchange
  #trades = 0

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** `quantity` changed hands between two orders at the resting one's price. */
  trade(listing: Listing, maker: Order, taker: Order, quantity: Quantity): void {
    const price = maker.price
    const trade = this.publish(listing, price, quantity, taker.side)
    const made = this.#book(listing, maker, trade, false)
    const took = this.#book(listing, taker, trade, true)
    const [buy, sell] = taker.side === 'bid' ? [took, made] : [made, took]
    listing.openInterest += buy.opened - sell.closed
  }

  /** Makes a trade public. */
  publish(listing: Listing, price: Price, quantity: Quantity, taker: Side): Trade {
    const trade: Trade = {
      number: ++this.#trades,
      id: this.#exchange.nextId(),
      ticker: listing.ticker,
      price,
      quantity,
      taker,
      at: this.#exchange.at,
    }
    listing.lastPrice = price
    listing.lastSize = quantity
    listing.volume += quantity
    listing.dollarVolume += price * quantity
    listing.stale = true
    listing.remember(trade)
    this.#exchange.emit({ kind: 'trade', at: this.#exchange.at, listing, trade })
    return trade
  }

  #book(listing: Listing, order: Order, trade: Trade, isTaker: boolean): Effect {
    const account = this.#exchange.accounts.get(order.owner)!
    const coefficient = listing.feeCoefficient(isTaker, this.#exchange.at)
    const { price, quantity } = trade
    const effect = account.book(order, price, quantity, coefficient, isTaker, this.#exchange.at)
    const fill: Fill = {
      number: trade.number,
      tradeId: trade.id,
      order,
      price,
      quantity,
      fee: effect.fee,
      isTaker,
      at: this.#exchange.at,
      positionAfter: effect.positionAfter,
    }
    if (!account.anonymous) account.fills.push(fill)
    if (order.group !== '') this.#exchange.groups.count(order, quantity, this.#exchange.at)
    this.#exchange.emit({ kind: 'fill', at: this.#exchange.at, listing, account, fill })
    const holding = account.holding(listing.ticker, order.subaccount)
    this.#exchange.emit({ kind: 'position', at: this.#exchange.at, listing, account, holding })
    return effect
  }
}
