// What a maker keeps: no write of it holds back an order, and a storage that refuses ends quoting.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
