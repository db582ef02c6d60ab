// Markets pause, come back, change their prices and close, mostly with a frame, sometimes without.

import { beforeAll, describe, expect, it } from 'vitest'
import type { Lifecycle } from '../../mocks/kalshi/exchange/lifecycle.ts'
import { WATCHDOG_CRON } from '../../src/cron/on-cron.ts'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { steadyNow } from '../helpers/steady-clock.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

const FAR_MS = 86_400_000

describe('the life of a market', () => {
  const world = worldForTests()
  let market: Lifecycle
  beforeAll(async () => {
    market = world.mock.exchange.lifecycle
    await world.add()
    await world.quoting()
  })

  const resting = () => restingOf(world.mock, TICKER)

  it('pulls the quotes when the market is paused, and stays to listen', async () => {
    market.deactivate(TICKER)
    await world.mock.until(() => resting().length === 0)
    const idle = await world.until(
      ({ phase, quotes }) => phase === 'idle' && quotes.bid === null && quotes.ask === null,
    )
    expect(idle).toMatchObject({
      reason: 'market-inactive',
      quotes: { bid: null, ask: null },
      silence: { bid: 'market-inactive' },
    })
    expect(world.mock.connections).toBe(1)
  })

  it('quotes again within 5 s of its return', async () => {
    const from = steadyNow()
    market.activate(TICKER)
    await world.quoting()
    expect(steadyNow() - from).toBeLessThan(5_000)
    expect(resting()).toHaveLength(2)
  })

  it('stops in the last half minute before a close that has been moved near', async () => {
    market.moveClose(TICKER, Date.now() + 31_000)
    const paused = await world.until(({ reason }) => reason === 'near-close')
    expect(paused.phase).toBe('paused')
    await world.mock.until(() => resting().length === 0)
    market.moveClose(TICKER, Date.now() + FAR_MS)
    await world.quoting()
  })

  it('follows a change of the legal prices', async () => {
    const before = world.mock.requests.byStatus.get(400) ?? 0
    market.changeGrid(TICKER, 'two_cents', [{ start: 0, end: 10_000, step: 200 }])
    const isEven = (price: string | undefined): boolean => (Number(price) * 10_000) % 200 === 0
    await world.until(
      ({ quotes }) =>
        quotes.bid !== null &&
        quotes.ask !== null &&
        isEven(quotes.bid.price) &&
        isEven(quotes.ask.price),
    )
    // The order that was on its way when the prices changed may be refused.
    expect((world.mock.requests.byStatus.get(400) ?? 0) - before).toBeLessThanOrEqual(2)
  })

  it('leaves nothing at a market that has closed without a word, and lets go of the socket', async () => {
    market.close(TICKER)
    await world.mock.until(({ connections }) => connections === 0)
    expect(await world.status()).toMatchObject({ phase: 'idle', reason: 'market-closed' })
    expect(resting()).toEqual([])
    const before = world.mock.requests.count('create')
    await world.cron(WATCHDOG_CRON)
    expect(await world.status()).toMatchObject({ phase: 'idle', reason: 'market-closed' })
    expect(world.mock.requests.count('create')).toBe(before)
    expect(world.mock.connections).toBe(0)
  })
})

describe('a market that is not open yet', () => {
  const world = worldForTests({
    mock: { crowd: false, markets: [{ ticker: TICKER, status: 'initialized' }] },
  })

  it('is waited for without a socket', async () => {
    await world.add({ strategy: { stale_after_seconds: 1 } })
    const idle = await world.until(({ reason }) => reason === 'market-initialized')
    expect(idle.phase).toBe('idle')
    expect(world.mock.connections).toBe(0)
  })

  it('is quoted after the next look at it, and the connection is kept alive', async () => {
    world.mock.exchange.lifecycle.open(TICKER)
    new OtherTraders(world, TICKER).show(45, 50)
    await world.cron(WATCHDOG_CRON)
    await world.quoting()
    // Quiet from here on: only our own round trips show that the other end lives.
    const { since } = await world.status()
    const from = Date.now()
    const later = await world.until((_status, { at }) => Date.parse(at) - from > 3_000)
    expect(later).toMatchObject({ phase: 'quoting', since })
  })
})
