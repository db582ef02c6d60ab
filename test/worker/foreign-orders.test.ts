// A person trades by hand from the maker's own subaccount, in the same market: the live worker
// leaves their orders where it is told to, and a halt and a removal say that they remain.

import { describe, expect, it } from 'vitest'
import { isRefusal } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Order } from '../../mocks/kalshi/matching/order.ts'
import { CONTRACT } from '../../src/core/vocabulary/units.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe('a maker that leaves the orders of a person', () => {
  const world = worldForTests()
  const place = (clientOrderId: string, price: number): Order => {
    const { exchange, account } = world.mock
    const order = exchange.place(account, {
      ...{ ticker: TICKER, side: 'bid', clientOrderId, postOnly: true },
      ...{ price, quantity: 7 * CONTRACT },
    })
    if (isRefusal(order)) throw new Error(`The hand order was refused: ${order.code}`)
    return order
  }

  it('quotes beside them, halts and goes without touching one', async () => {
    await world.add({ strategy: { foreign_orders: 'leave' } })
    await world.until(({ phase, quotes }) => phase === 'quoting' && quotes.bid !== null)
    const { quotes } = await world.status()
    const price = Math.round(Number(quotes.bid!.price) * 10_000)
    const [far, near] = [place('page-far', 200), place('', price)]
    await world.until(({ foreign_orders }) => foreign_orders.count === 2)
    await world.until(({ quotes: { bid } }) => bid !== null && Number(bid.price) * 10_000 !== price)
    expect((await world.status()).foreign_orders).toMatchObject({ bid: '14.00', ask: '0.00' })
    const halt = await world.api('POST', '/halt')
    expect(halt).toMatchObject({
      status: 200,
      json: { results: [{ ok: true, foreign_orders: 2 }] },
    })
    const gone = await world.api('DELETE', `/tickers/${TICKER}`)
    expect(gone).toMatchObject({ status: 200, json: { removed: true, foreign_orders: 2 } })
    expect([far.status, near.status]).toEqual(['resting', 'resting'])
    const resting = [...world.mock.account.holding(TICKER).resting]
    expect(resting.map(({ clientOrderId }) => clientOrderId)).toEqual(['page-far', ''])
  })
})
