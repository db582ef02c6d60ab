// An exchange without a server and with a clock in hand, for tests of the exchange itself.

import type { Account } from '../../../mocks/kalshi/exchange/account.ts'
import { Exchange } from '../../../mocks/kalshi/exchange/exchange.ts'
import type { Fact } from '../../../mocks/kalshi/exchange/facts.ts'
import type { Listing, MarketSpec } from '../../../mocks/kalshi/exchange/listing.ts'
import { isRefusal } from '../../../mocks/kalshi/exchange/refusal.ts'
import type { Order } from '../../../mocks/kalshi/matching/order.ts'
import type { ExchangeKnobs, PlaceRequest } from '../../../mocks/kalshi/matching/requests.ts'

export const TICKER = 'KXDESK-26DEC31-T1'

export class Desk {
  at = 1_795_000_000_000
  readonly exchange: Exchange
  readonly listing: Listing
  readonly facts: Fact[] = []
  readonly ann: Account
  readonly bob: Account

  constructor(knobs: Partial<ExchangeKnobs> = {}, spec: Partial<MarketSpec> = {}) {
    this.exchange = new Exchange({ now: () => this.at, seed: 7, knobs })
    this.listing = this.exchange.addMarket({ ticker: TICKER, ...spec })
    this.ann = this.exchange.addAccount('ann', 1_000)
    this.bob = this.exchange.addAccount('bob', 1_000)
    this.exchange.on((fact) => this.facts.push(fact))
  }

  /** Cents and whole contracts, to keep the tables readable. */
  try(
    who: Account,
    side: 'bid' | 'ask',
    cents: number,
    contracts: number,
    more: Partial<PlaceRequest> = {},
  ) {
    return this.exchange.place(who, {
      ticker: TICKER,
      side,
      price: Math.round(cents * 100),
      quantity: Math.round(contracts * 100),
      ...more,
    })
  }

  place(
    who: Account,
    side: 'bid' | 'ask',
    cents: number,
    contracts: number,
    more: Partial<PlaceRequest> = {},
  ): Order {
    const order = this.try(who, side, cents, contracts, more)
    if (isRefusal(order)) throw new Error(`Placing failed: ${order.code} ${order.details ?? ''}`)
    return order
  }

  /** Ann rests on this side, and Bob takes all of it. */
  trade(side: 'bid' | 'ask', cents: number, contracts: number): void {
    this.place(this.ann, side, cents, contracts)
    this.place(this.bob, side === 'bid' ? 'ask' : 'bid', cents, contracts)
  }

  /** A side as "cents x contracts" from the best outward. */
  book(side: 'bid' | 'ask'): string[] {
    const flat = this.listing.book.levels(side)
    const lines: string[] = []
    for (let index = 0; index < flat.length; index += 2) {
      lines.push(`${flat[index]! / 100} x ${flat[index + 1]! / 100}`)
    }
    return lines
  }
}
