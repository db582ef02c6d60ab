// What the position would fetch if it were closed now, the taker's fee taken off.
//
// In: the state of a maker. Out: its equity with open positions at that value. Contracts that the
// book does not take count at its worst price; where nobody is seen at all, the last price holds.

import type { Millis, Money, Side } from '../../vocabulary/units.ts'
import { PRICE_CENT } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

interface Exit {
  /** Price units a contract, fractional; NaN before the first. */
  price: number
  /** When the book last showed it. */
  at: Millis
}

export class ExitPrice {
  readonly #state: MakerState
  readonly #last: Readonly<Record<Side, Exit>> = {
    bid: { price: Number.NaN, at: 0 },
    ask: { price: Number.NaN, at: 0 },
  }

  constructor(state: MakerState) {
    this.#state = state
  }

  /** When the price of the open position was last seen; `at` where nothing is open. */
  seenAt(at: Millis): Millis {
    const { position } = this.#state.ledger
    return position === 0 ? at : this.#last[position > 0 ? 'bid' : 'ask'].at
  }

  /** Cash and what the position would fetch; null where no price was ever seen. */
  equity(at: Millis): Money | null {
    const { ledger, valuation } = this.#state
    const { position, cash } = ledger
    if (position === 0) return cash
    const { mark } = valuation
    if (mark?.source === 'result') return cash + Math.round(position * mark.cents * PRICE_CENT)
    const exit = this.#last[position > 0 ? 'bid' : 'ask']
    this.#look(exit, at)
    return Number.isNaN(exit.price) ? null : cash + Math.round(position * exit.price)
  }

  #look(exit: Exit, at: Millis): void {
    const { book, valuation, ledger } = this.#state
    const { position } = ledger
    const now = book.isCrossed ? null : valuation.liquidation()
    if (now === null || now.worst === null) return
    const gross = now.turnover + now.missing * now.worst
    // A long gets the fee less, a short pays it on top.
    exit.price = (gross - Math.sign(position) * now.fee) / Math.abs(position)
    exit.at = at
  }
}
