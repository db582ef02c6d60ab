// What a maker keeps: no write of it holds back an order, and a storage that refuses ends quoting.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTRACT } from '../../src/core/vocabulary/units.ts'
import { sellToOurBid, TICKER, World } from '../helpers/world.ts'

describe('a maker that quotes', () => {
  const world = new World()
  beforeAll(() => world.open())
  afterAll(() => world.close())

  it('makes no write that holds back what it sends, whatever happens', async () => {
    await world.add()
    await world.quoting()
    expect(await world.gatedWrites()).toEqual([])
    sellToOurBid(world.mock)
    await world.until(({ position }) => position !== '0')
    // An alarm, two tapes, a memory, and a person who changes things.
    const before = await world.usage()
    await world.api('PUT', `/tickers/${TICKER}`, { strategy: { size: 9 } })
    await world.api('POST', `/tickers/${TICKER}/pause`)
    await world.api('POST', `/tickers/${TICKER}/resume`)
    await world.until(() => world.mock.requests.count('create') > 2)
    await world.flushTape()
    let usage = before
    while (usage.rowsWritten < before.rowsWritten + 12) usage = await world.usage()
    expect(await world.gatedWrites()).toEqual([])
    expect((await world.tapeObjects()).length).toBeGreaterThan(0)
  })
})

describe('a maker whose storage refuses writes', () => {
  const world = new World()
  beforeAll(() => world.open())
  afterAll(() => world.close())

  it('cancels, starts anew, and quotes once a write is confirmed', async () => {
    await world.add()
    await world.quoting()
    const resting = () => world.mock.account.holding(TICKER).resting.size
    expect(resting()).toBe(2)
    await world.refuseWrites(true)
    while (resting() > 0) await world.status()
    expect(world.logged('storage-failing').length).toBeGreaterThan(0)
    let status = await world.status()
    while (status.reason !== 'storage-failing') status = await world.status()
    expect(status.phase).not.toBe('quoting')
    const placed = world.mock.requests.count('create')
    await world.refuseWrites(false)
    // The object that was told is gone; the one after it comes with the watchdog.
    while (world.logged('storage-answered').length === 0) await world.cron('* * * * *')
    expect(world.mock.requests.count('create')).toBe(placed)
    await world.watch()
    await world.quoting()
  })
})

describe('a maker that halts itself while its storage refuses writes', () => {
  const world = new World()
  beforeAll(() => world.open())
  afterAll(() => world.close())

  /** Somebody else with the same account trades far more than the maker may hold. */
  const byHand = (side: 'bid' | 'ask'): void => {
    const { exchange, account } = world.mock
    const price = side === 'bid' ? 9_900 : 100
    const order = { ticker: TICKER, side, price, quantity: 40 * CONTRACT } as const
    exchange.place(account, {
      ...order,
      timeInForce: 'immediate_or_cancel',
      clientOrderId: `by-hand-${side}`,
    })
  }

  it('is still halted when the storage is well again, until a person releases it', async () => {
    await world.add({ limits: { max_position: 20 } })
    await world.quoting()
    // Our own quotes would be in the way of the hand.
    await world.api('POST', `/tickers/${TICKER}/pause`)
    await world.mock.until(({ account }) => account.holding(TICKER).resting.size === 0)
    await world.refuseWrites(true)
    byHand('bid')
    expect(world.mock.account.position(TICKER)).toBeGreaterThan(20 * CONTRACT)
    while (world.logged('halted-itself').length === 0) await world.status()
    // Back within the limit, or the next object would halt itself for the position alone.
    do {
      byHand('ask')
      await world.status()
    } while (world.mock.account.position(TICKER) > 10 * CONTRACT)
    await world.refuseWrites(false)
    while (world.logged('storage-answered').length === 0) await world.cron('* * * * *')
    await world.watch()
    const status = await world.until(({ phase }) => phase === 'halted')
    expect(status.reason).toBe('position-beyond-limit')
    const { status: released } = await world.api('POST', `/tickers/${TICKER}/release`)
    expect(released).toBe(200)
    await world.api('POST', `/tickers/${TICKER}/resume`)
    await world.quoting()
    await world.crash()
    await world.start()
    await world.watch()
    await world.quoting()
  })
})
