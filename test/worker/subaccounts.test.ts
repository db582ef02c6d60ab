// A person trades by hand on another subaccount of the same account, in the same market: the maker
// hears all of it on its own socket, and goes on as if it had not.

import { describe, expect, it } from 'vitest'
import { isRefusal } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Order } from '../../mocks/kalshi/matching/order.ts'
import { CONTRACT, DOLLAR } from '../../src/core/vocabulary/units.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe.each([
  [0, 1],
  [1, 0],
])('a maker on subaccount %i beside a person on %i', (own, hands) => {
  const world = worldForTests({ variables: () => ({ KALSHI_SUBACCOUNT: String(own) }) })

  it('keeps its own position, and leaves the orders of the person alone', async () => {
    const { exchange, account } = world.mock
    account.addSubaccount()
    account.deposit(1_000 * DOLLAR, 0, 1)
    const place = (clientOrderId: string, price: number, contracts: number): Order => {
      const order = exchange.place(account, {
        ...{ ticker: TICKER, side: 'bid', subaccount: hands, clientOrderId },
        ...{ price, quantity: contracts * CONTRACT },
      })
      if (isRefusal(order)) throw new Error(`The hand order was refused: ${order.code}`)
      return order
    }
    await world.add()
    await world.until(({ phase, quotes }) => phase === 'quoting' && quotes.bid !== null)
    // Somebody sells everything down to the person's bid and beyond.
    const bought = place('hand-1', exchange.listings.get(TICKER)!.book.best('bid'), 25)
    exchange.place(exchange.stranger('seller'), {
      ...{ ticker: TICKER, side: 'ask', price: 100, quantity: 500 * CONTRACT },
      timeInForce: 'immediate_or_cancel',
    })
    const rests = place('hand-2', 200, 7)
    await world.until(({ counters }) => counters.other_subaccount! >= 4)
    await world.until(({ phase, counters }) => phase === 'quoting' && counters.fills! > 0)
    const status = await world.status()
    expect(Number(status.position)).toBe(account.position(TICKER, own) / CONTRACT)
    expect(account.position(TICKER, hands)).toBe(2500)
    expect(status.counters.orphans).toBe(0)
    expect([bought.status, rests.status]).toEqual(['executed', 'resting'])
  })
})
