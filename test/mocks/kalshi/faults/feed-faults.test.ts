// The feed's own faults: numbers that make no sense, channels and snapshots that do not come, ends
// without a word, other markets' news, and a feed that falls behind.

import { describe, expect, it } from 'vitest'
import { DISORDERS } from '../../../../mocks/kalshi/faults/feed-faults.ts'
import type { Json } from '../client.ts'
import { listener, mock, openWithSocket, other } from '../rig.ts'

const A = 'KXFEED-26DEC31-A'

openWithSocket(A)

const channel = (name: string, market_ticker = A): Json => ({
  cmd: 'subscribe',
  params: { channels: [name], ...(name === 'market_lifecycle_v2' ? {} : { market_ticker }) },
})
const list = { cmd: 'list_subscriptions' }

describe('a feed', () => {
  it.each([
    ['back', 1, 1],
    ['restart', 1, 1],
    ['repeat', 1, 2],
    ['jump', 1, 1_003],
    ['absent', 1, undefined],
    ['negative', 1, -1],
    ['fraction', 1, 3.5],
    ['stray', 1_001, 3],
  ] as const)('counts wrong: %s', async (what, sid, seq) => {
    await listener.command({ id: 1, ...channel('orderbook_delta') })
    other('bid', 40, 1, A)
    mock.faults.feed.confuse('orderbook_delta', what)
    other('bid', 41, 1, A)
    other('bid', 42, 1, A)
    await listener.count('orderbook_delta', 3)
    const frames = listener.of('orderbook_delta')
    expect([frames[1]?.sid, frames[1]?.seq]).toEqual([sid, seq])
    expect([frames[2]?.sid, frames[2]?.seq]).toEqual([1, 4])
    expect(DISORDERS).toContain(what)
  })

  it('sends no snapshot', async () => {
    mock.faults.feed.withoutSnapshot = true
    await listener.command({ id: 1, ...channel('orderbook_delta') })
    other('bid', 40, 1, A)
    await listener.count('orderbook_delta')
    expect(listener.of('orderbook_snapshot')).toEqual([])
  })

  it('refuses a channel, or does not answer', async () => {
    mock.faults.feed.refused.set('fill', 10)
    mock.faults.feed.refused.set('user_orders', 0)
    const [refused] = await listener.command({ id: 1, ...channel('fill') })
    expect(refused).toMatchObject({ type: 'error', id: 1, msg: { code: 10 } })
    listener.send({ id: 2, ...channel('user_orders') })
    const [answer] = await listener.command({ id: 3, ...list })
    expect(answer).toMatchObject({ id: 3, msg: [] })
  })

  it('ends a subscription without a word, and a list shows it', async () => {
    await listener.command({ id: 1, ...channel('orderbook_delta') })
    const [before] = await listener.command({ id: 2, ...list })
    expect(before).toMatchObject({ msg: [{ channel: 'orderbook_delta', sid: 1 }] })
    mock.faults.endSubscription('orderbook_delta', 0)
    const [after] = await listener.command({ id: 3, ...list })
    expect(after).toMatchObject({ msg: [] })
    expect(listener.of('error')).toEqual([])
  })

  it('answers without a list, and does not say when', async () => {
    mock.faults.feed.plainLists = true
    mock.faults.feed.omitSendingTs = true
    const [plain] = await listener.command({ id: 1, ...list })
    expect(plain).toEqual({ id: 1, type: 'ok' })
    mock.faults.clear()
    const [whole] = await listener.command({ id: 2, ...list })
    expect(whole).toEqual({ id: 2, type: 'ok', sending_ts_ms: expect.any(Number), msg: [] })
  })

  it('tells of other markets, each with a number of the lifecycle channel', async () => {
    await listener.command({ id: 1, ...channel('market_lifecycle_v2') })
    mock.faults.otherMarkets(6)
    await listener.until(() => listener.frames.length === 7)
    const frames = listener.frames.slice(1)
    expect(frames.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(new Set(frames.map(({ type }) => type)).size).toBe(3)
    expect(JSON.stringify(frames)).not.toContain(A)
  })

  it('falls behind with every second, up to a most', () => {
    const { feed } = mock.faults
    feed.lag = { msPerSecond: 500, mostMs: 3_000, since: 10_000 }
    expect([10_000, 12_000, 60_000].map((at) => feed.lateness(at))).toEqual([0, 1_000, 3_000])
    mock.faults.clear()
    expect(feed.lateness(60_000)).toBe(0)
  })
})
