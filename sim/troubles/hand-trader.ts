// A person who trades our market by hand from our own subaccount, while the maker is told to leave
// such orders alone: rests beside it and at its very prices, sometimes takes, changes their mind.

import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import { isRefusal } from '../../mocks/kalshi/exchange/refusal.ts'
import { isForeignId } from '../../src/core/orders/foreign.ts'
import type { Parameters } from '../../src/core/vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Laws } from '../laws/laws.ts'
import { TICKER } from '../market.ts'
import type { Mailbox } from '../world/mailbox.ts'

/** What the person sees and does. */
interface Desk {
  readonly exchange: Exchange
  readonly account: Account
  readonly listing: Listing
  readonly mailbox: Mailbox
  readonly venueNow: Millis
  readonly laws: Laws
  count(what: string): void
  say(line: () => string): void
}

/** Client order ids of the person begin so; those of Kalshi's own page are random. */
const PREFIX = 'page-'
const isThere = (dice: Dice): boolean => dice.chance(0.3)

/** In the worlds with such a person, the maker is told to leave their orders. */
export const besideAPerson = (seed: number, parameters: Parameters): Parameters =>
  isThere(new Dice(seed, 41))
    ? { ...parameters, strategy: { ...parameters.strategy, foreign_orders: 'leave' } }
    : parameters

export class HandTrader {
  readonly #desk: Desk
  readonly #dice: Dice
  #placed = 0
  #over = false

  constructor(desk: Desk, seed: number) {
    this.#desk = desk
    this.#dice = new Dice(seed, 41)
    if (isThere(this.#dice)) this.#later(this.#dice.whole(1_000, 10_000))
  }

  /** Places no more orders. */
  end(): void {
    this.#over = true
  }

  /** Takes back what still rests. */
  leave(): void {
    const { account, exchange } = this.#desk
    for (const order of [...account.holding(TICKER).resting]) {
      if (order.subaccount === 0 && isForeignId(order.clientOrderId)) exchange.withdraw(order)
    }
  }

  #later(every: Millis): void {
    this.#desk.mailbox.post(this.#dice.exponential(every), () => {
      if (this.#over) return
      this.#place()
      this.#later(every)
    })
  }

  #place(): void {
    const dice = this.#dice
    const { exchange, account, listing, mailbox, venueNow, laws } = this.#desk
    const side = dice.chance(0.5) ? 'bid' : 'ask'
    const takes = dice.chance(0.1)
    const { book, grid } = listing
    const best = book.best(takes === (side === 'bid') ? 'ask' : 'bid')
    const ours = [...account.holding(TICKER).resting].find((order) => order.side === side)
    const joins = dice.chance(0.5)
    const away = takes ? 0 : dice.whole(-1, 4) * PRICE_CENT
    const quantity = dice.whole(1, 5) * CONTRACT
    const selfTrade = dice.chance(0.5) ? 'taker_at_cross' : 'maker'
    const lasts = dice.whole(1_000, 60_000)
    if (best < 0) return
    const wanted =
      joins && !takes && ours !== undefined
        ? ours.price
        : side === 'bid'
          ? best - away
          : best + away
    const price = Math.min(Math.max(wanted, grid.lowest), grid.highest)
    const order = exchange.place(account, {
      ...{ ticker: TICKER, side, quantity, selfTrade, postOnly: !takes },
      price: side === 'bid' ? grid.floor(price) : grid.ceil(price),
      clientOrderId: `${PREFIX}${++this.#placed}`,
      expiresAt: venueNow + 120_000,
    })
    if (isRefusal(order)) return
    laws.venue.strange(order)
    const what = takes ? 'taken by hand' : 'foreign orders left'
    this.#desk.count(what)
    this.#desk.say(() => `      ~ ${what}: ${side} ${quantity} at ${price}`)
    mailbox.post(lasts, () => exchange.withdraw(order))
  }
}
