// The exchange's own account of us, kept apart from the engine's ledger and in the exchange's way:
// a long position is what was paid for YES, a short one what was paid for NO.
//
// A run compares the two at its end, to the last millionth of a dollar. They share no code.

import type { PositionReport } from '../../../src/core/vocabulary/events.ts'
import {
  type Money,
  mulDivRound,
  PRICE_ONE,
  type Price,
  type Quantity,
  type Side,
} from '../../../src/core/vocabulary/units.ts'

export class Account {
  /** Signed YES contracts. */
  position: Quantity = 0
  /** Paid for what is held, YES when long, NO when short. */
  paid: Money = 0
  realized: Money = 0
  fees: Money = 0
  /** Money in and out by trading, fees taken off, as if a short were sold outright. */
  cash: Money = 0

  /** Books one fill of ours. */
  trade(side: Side, price: Price, quantity: Quantity, fee: Money): void {
    const long = side === 'bid'
    this.fees += fee
    this.cash += (long ? -1 : 1) * price * quantity - fee
    // Buying closes NO first, selling closes YES first; a contract bought costs its outcome's
    // price.
    const held = long ? Math.max(0, -this.position) : Math.max(0, this.position)
    const closing = Math.min(quantity, held)
    if (closing > 0) {
      const cost = mulDivRound(this.paid, closing, held)
      const proceeds = closing * (long ? PRICE_ONE - price : price)
      this.realized += proceeds - cost
      this.paid -= cost
    }
    this.paid += (quantity - closing) * (long ? price : PRICE_ONE - price)
    this.position += long ? quantity : -quantity
  }

  /** All that was gained if a YES contract is worth `price` (a float is allowed), fees paid. */
  worthAt(price: number): Money {
    return this.cash + this.position * price
  }

  get report(): PositionReport {
    const { position, realized, fees, paid } = this
    return { position, realized, fees, exposure: paid }
  }
}
