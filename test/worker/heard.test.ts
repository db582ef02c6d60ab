// What is heard, over a real socket: other markets are no sign of life, and what the exchange drops
// without a word is missed and fetched back.

import { beforeAll, describe, expect, it } from 'vitest'
import { PLAIN } from '../helpers/core.ts'
import { restingOf } from '../helpers/guard.ts'
import { OtherTraders } from '../helpers/other-traders.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe('what is heard', () => {
  const world = worldForTests({ mock: { crowd: false } })
  const traders = new OtherTraders(world, TICKER)
  beforeAll(async () => {
    traders.show(45, 50)
    await world.add({ strategy: PLAIN })
    await world.quoting()
  })
  const resting = (): number => restingOf(world.mock, TICKER).length

  it('shows which channels are granted, and a lag measured by the exchange', async () => {
    // The order group is made a moment later than the rest.
    const { feed } = await world.until(
      ({ feed }) => feed.lag_p50_ms !== null && feed.channels.includes('order_group_updates'),
    )
    expect(feed.channels).toEqual([
      ...['fill', 'market_lifecycle_v2', 'order_group_updates', 'orderbook_delta', 'trade'],
      'user_orders',
    ])
    expect(Math.abs(feed.clock_offset_ms ?? 1e9)).toBeLessThan(1_000)
  })

  it('news of other markets cost no frame of ours', async () => {
    const before = await world.status()
    world.mock.faults.otherMarkets(500)
    const after = await world.until(({ feed }) => feed.lag_p50_ms !== null)
    expect(after.counters.frames! - before.counters.frames!).toBeLessThan(50)
    expect(after.counters.gaps).toBe(0)
    expect(after.phase).toBe('quoting')
  })

  it('a fill channel that ends without a word is missed, and fetched back', async () => {
    await world.mock.until(() => resting() === 2)
    world.mock.faults.feed.refused.set('fill', 10)
    world.mock.faults.endSubscription('fill', 0)
    const blind = await world.until(({ phase }) => phase === 'blind')
    expect(blind).toMatchObject({ reason: 'private-channels' })
    await world.mock.until(() => resting() === 0)
    world.mock.faults.feed.refused.clear()
    await world.quoting()
  })

  it('a book that ends without a word is missed, and fetched back', async () => {
    const { counters } = await world.status()
    world.mock.faults.endSubscription('orderbook_delta', 0)
    await world.until((status) => status.counters.resubscribes! > counters.resubscribes!)
    await world.quoting()
  })
})
