// Settles a match: announces the public trade, and for both sides the fill with its fee, the new
// position and the money, in that order.

import type { Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'
import type { Order } from '../matching/order.ts'
import type { Effect, Fill } from './account.ts'
import type { Hub } from './hub.ts'
import type { Listing, Trade } from './listing.ts'
import type { OrderGroups } from './order-groups.ts'

export class Clearing {
  readonly #hub: Hub
  readonly #groups: OrderGroups
  #trades = 0

  constructor(hub: Hub, groups: OrderGroups) {
    this.#hub = hub
    this.#groups = groups
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
      id: this.#hub.nextId(),
      ticker: listing.ticker,
      price,
      quantity,
      taker,
      at: this.#hub.at,
    }
    listing.lastPrice = price
    listing.lastSize = quantity
    listing.volume += quantity
    listing.dollarVolume += price * quantity
    listing.stale = true
    listing.remember(trade)
    this.#hub.emit({ kind: 'trade', at: this.#hub.at, listing, trade })
    return trade
  }

  #book(listing: Listing, order: Order, trade: Trade, isTaker: boolean): Effect {
    const account = this.#hub.accounts.get(order.owner)!
    const coefficient = listing.feeCoefficient(isTaker, this.#hub.at)
    const { price, quantity } = trade
    const { at } = this.#hub
    const effect = account.book(order, { price, quantity, coefficient, isTaker, at })
    const fill: Fill = {
      number: trade.number,
      tradeId: trade.id,
      order,
      price,
      quantity,
      fee: effect.fee,
      isTaker,
      at: this.#hub.at,
      positionAfter: effect.positionAfter,
    }
    if (!account.anonymous) account.fills.push(fill)
    if (order.group !== '') this.#groups.count(order, quantity, this.#hub.at)
    this.#hub.emit({ kind: 'fill', at: this.#hub.at, listing, account, fill })
    const holding = account.holding(listing.ticker, order.subaccount)
    this.#hub.emit({ kind: 'position', at: this.#hub.at, listing, account, holding })
    return effect
  }
}
