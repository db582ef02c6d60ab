// Other traders under the test's control: one bid and one ask of theirs make the whole market, so
// that a test can move the price and knows what the maker should answer.

import type { MockKalshi } from '../../mocks/kalshi/server.ts'
import { PRICE_CENT } from '../../src/core/vocabulary/units.ts'

export class OtherTraders {
  readonly #world: { readonly mock: MockKalshi }
  readonly #ticker: string

  constructor(world: { readonly mock: MockKalshi }, ticker: string) {
    this.#world = world
    this.#ticker = ticker
  }

  /** Shows these prices (cents) and no others. @throws Error when one would trade */
  show(bid: number, ask: number, contracts = 50): void {
    const { exchange } = this.#world.mock
    const before = [...exchange.stranger('street').holding(this.#ticker).resting]
    this.#place('bid', bid, contracts)
    this.#place('ask', ask, contracts)
    // Last, so that neither side is ever seen empty.
    for (const order of before) exchange.withdraw(order)
  }

  #place(side: 'bid' | 'ask', cents: number, contracts: number): void {
    const { exchange } = this.#world.mock
    const order = exchange.place(exchange.stranger('street'), {
      ticker: this.#ticker,
      side,
      price: cents * PRICE_CENT,
      quantity: contracts * 100,
      postOnly: true,
    })
    if ('code' in order)
      throw new Error(`OtherTraders ${side} at ${cents} cents refused: ${order.code}`)
  }

  /** Someone takes what rests at this price (cents) or better. */
  take(side: 'bid' | 'ask', cents: number, contracts: number): void {
    const { exchange } = this.#world.mock
    exchange.place(exchange.stranger('taker'), {
      ticker: this.#ticker,
      side,
      price: cents * PRICE_CENT,
      quantity: contracts * 100,
      timeInForce: 'immediate_or_cancel',
    })
  }
}
