// A person who trades by hand on another subaccount of our own account: rests orders, takes from
// the book, changes their mind. The exchange tells us all of it on our own socket.

import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import { isRefusal } from '../../mocks/kalshi/exchange/refusal.ts'
import { CONTRACT, DOLLAR, type Millis, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import type { Dice } from '../../src/statistics/random.ts'
import { TICKER } from '../market.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

/** What the neighbour sees and does. */
interface Street {
  readonly exchange: Exchange
  readonly account: Account
  readonly listing: Listing
  readonly mailbox: Mailbox
  say(line: () => string): void
  count(what: string): void
}

/** Client order ids of the neighbour begin so. */
const PREFIX = 'hand-'
const SUBACCOUNT = 1
const PURSE_DOLLARS = 5_000

export class Neighbour {
  readonly #street: Street
  readonly #dice: Dice
  #placed = 0
  readonly #course: Recurring

  /** @param every mean time between two orders, ms; 0 for nobody there */
  constructor(street: Street, dice: Dice, every: Millis) {
    this.#street = street
    this.#dice = dice
    this.#course = new Recurring(street, dice)
    if (every <= 0) return
    const { account } = street
    account.addSubaccount()
    account.deposit(PURSE_DOLLARS * DOLLAR, 0, SUBACCOUNT)
    this.#course.often(every, null, () => this.#place())
  }

  /** Places no more orders; what rests stays until it ends by itself. */
  end(): void {
    this.#course.end()
  }

  #place(): void {
    const dice = this.#dice
    const { exchange, account, listing, mailbox } = this.#street
    const side = dice.chance(0.5) ? 'bid' : 'ask'
    const takes = dice.chance(0.4)
    const { book, grid } = listing
    const best = book.best(takes === (side === 'bid') ? 'ask' : 'bid')
    if (best < 0) return
    const away = takes ? 0 : dice.whole(0, 3) * PRICE_CENT
    const wanted = side === 'bid' ? best - away : best + away
    const price = Math.min(Math.max(wanted, grid.lowest), grid.highest)
    const order = exchange.place(account, {
      ...{ ticker: TICKER, side, subaccount: SUBACCOUNT },
      price: side === 'bid' ? grid.floor(price) : grid.ceil(price),
      quantity: dice.whole(1, 40) * CONTRACT,
      selfTrade: dice.chance(0.5) ? 'taker_at_cross' : 'maker',
      clientOrderId: `${PREFIX}${++this.#placed}`,
      expiresAt: mailbox.now + dice.whole(5_000, 60_000),
    })
    if (isRefusal(order)) return
    this.#street.count(takes ? 'taken by the neighbour' : 'rested by the neighbour')
    mailbox.post(dice.whole(500, 20_000), () => exchange.withdraw(order))
  }
}
