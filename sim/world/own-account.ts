// The part of the member's account that the maker trades: its subaccount, and no other. A person
// may trade by hand on another one, whose fills and money are none of the maker's.

import type { Account, Fill } from '../../mocks/kalshi/exchange/account.ts'
import type { Money } from '../../src/core/vocabulary/units.ts'

/** The number of our own subaccount. */
const OWN = 0

export class OwnAccount {
  readonly #account: Account
  readonly #deposited: Money
  readonly #fills: Fill[] = []
  /** How many fills of the whole account have been sorted. */
  #sorted = 0

  constructor(account: Account) {
    this.#account = account
    this.#deposited = account.purses[OWN]!.total
  }

  /** Fills of our own subaccount, oldest first. */
  get fills(): readonly Fill[] {
    const { fills } = this.#account
    for (; this.#sorted < fills.length; this.#sorted++) {
      const fill = fills[this.#sorted]!
      if (fill.order.subaccount === OWN) this.#fills.push(fill)
    }
    return this.#fills
  }

  /** Cash moved in and out by trading. */
  get traded(): Money {
    return this.#account.purses[OWN]!.total - this.#deposited
  }
}
