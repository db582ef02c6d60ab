// The price falls by thirty cents in three seconds, with sellers sweeping the bids.

import { beforeAll, describe, expect, it } from 'vitest'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { formatQuantity, PRICE_CENT } from '../../src/core/vocabulary/units.ts'
import { type Guard, restingOf, watchRules } from '../helpers/guard.ts'
import { held, sellToOurBid, TICKER, worldForTests } from '../helpers/world.ts'

const LIMITS = { max_order_size: 10, max_position: 20, max_dollars_at_risk: 50 }
const BOTTOM = 0.2

describe('a price crash', () => {
  const world = worldForTests()
  let guard: Guard
  let before: MakerStatus
  let after: MakerStatus
  beforeAll(async () => {
    guard = watchRules(world.mock, TICKER, LIMITS)
    await world.add({ limits: LIMITS })
    before = await world.quoting()
    // Whether the sellers of the crash meet our bid is a race that the maker may win. One does here.
    sellToOurBid(world.mock)
    await world.mock.until(({ account }) => account.fills.length > 0)
    before = await world.quoting()
    world.mock.scenario('crash')
    after = await world.until(
      ({ phase, book, quotes }) =>
        phase === 'quoting' &&
        Number(book.ask) > 0 &&
        Number(book.ask) <= BOTTOM + 0.05 &&
        (quotes.bid !== null || quotes.ask !== null),
    )
  })

  it('takes the quotes down with the market', () => {
    expect(Number(before.quotes.bid?.price)).toBeGreaterThan(0.4)
    const shown = [after.quotes.bid, after.quotes.ask].filter((quote) => quote !== null)
    for (const { price } of shown) expect(Number(price)).toBeLessThan(BOTTOM + 0.15)
  })

  it('leaves nothing of ours at the old price', async () => {
    const old = Number(before.quotes.bid?.price) * 100 * PRICE_CENT
    await world.mock.until(() =>
      restingOf(world.mock, TICKER).every(({ price }) => price < old - 10 * PRICE_CENT),
    )
    const best = world.mock.exchange.listing(TICKER).book.best('ask')
    for (const { side, price } of restingOf(world.mock, TICKER)) {
      if (side === 'bid') expect(price).toBeLessThan(best)
    }
  })

  it('keeps the position within its limit at every moment, fills and all', () => {
    expect(guard.broken).toEqual([])
    expect(world.mock.account.fills.length).toBeGreaterThan(0)
    const { position } = world.mock.account.holding(TICKER)
    expect(Math.abs(position)).toBeLessThanOrEqual(LIMITS.max_position * 100)
  })

  it('knows afterwards what it holds and what it cost', async () => {
    const status = await world.until(
      ({ position }) => position === formatQuantity(world.mock.account.position(TICKER)),
    )
    expect(status).toMatchObject(held(world))
  })
})
