// The connection: which sequence a frame belongs to, and the two kinds of silence.

import { describe, expect, it } from 'vitest'
import { FeedState } from '../../../../src/core/book/feed-state.ts'
import { T0 } from '../../../helpers/core.ts'

const subscribed = (): FeedState => {
  const feed = new FeedState()
  feed.up(T0)
  feed.subscribed('orderbook_delta', 1)
  feed.subscribed('fill', 2)
  feed.subscribed('market_lifecycle_v2', 3)
  return feed
}

describe('sequences of a connection', () => {
  it('are counted for each subscription apart', () => {
    const feed = subscribed()
    expect([feed.accept(1, 1), feed.accept(2, 1), feed.accept(1, 2), feed.accept(2, 2)]).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ])
  })

  it('name what was lost: the book, the lifecycle, or something else', () => {
    const feed = subscribed()
    expect(feed.accept(1, 2)).toBe('book-gap')
    expect(feed.acceptBook(9)).toBe('book-gap')
    expect(feed.accept(3, 2)).toBe('lifecycle-gap')
    expect(feed.accept(2, 2)).toBe('gap')
    expect(feed.accept(2, 2)).toBe('repeat')
  })

  it('ignore frames of a subscription that was dropped, and frames that carry no number', () => {
    const feed = subscribed()
    feed.subscribed('orderbook_delta', 8)
    expect(feed.bookSid).toBe(8)
    expect(feed.accept(1, 77)).toBe('ok')
    expect(feed.accept(8, 1)).toBe('ok')
    expect(feed.accept(0, 5)).toBe('ok')
    expect(feed.accept(2, 0)).toBe('ok')
  })

  it('start over with every connection', () => {
    const feed = subscribed()
    feed.accept(1, 1)
    feed.accept(2, 1)
    feed.down()
    expect([feed.isUp, feed.bookSid]).toEqual([false, 0])
    feed.up(T0 + 5000)
    feed.subscribed('orderbook_delta', 1)
    feed.subscribed('fill', 2)
    expect([feed.accept(1, 1), feed.accept(2, 1)]).toEqual(['ok', 'ok'])
  })
})

describe('silence', () => {
  it('is measured from the last frame of any kind, or from the last tick of the market', () => {
    const feed = subscribed()
    feed.lastTickAt = T0 + 1000
    feed.lastHeardAt = T0 + 4000
    expect(feed.staleAt('link', 5000)).toBe(T0 + 9000)
    expect(feed.staleAt('ticks', 5000)).toBe(T0 + 6000)
  })

  it('gives a new connection the whole time', () => {
    const feed = new FeedState()
    feed.up(T0)
    expect(feed.staleAt('link', 5000)).toBe(T0 + 5000)
    expect(feed.staleAt('ticks', 5000)).toBe(T0 + 5000)
  })

  it('asks for a snapshot again after three seconds, and for none while down', () => {
    const feed = new FeedState()
    expect(feed.snapshotDueAt).toBe(Number.POSITIVE_INFINITY)
    feed.up(T0)
    expect(feed.snapshotDueAt).toBe(T0 + 3000)
    feed.awaitSnapshot(T0 + 3000)
    expect(feed.snapshotDueAt).toBe(T0 + 6000)
    feed.down()
    expect(feed.snapshotDueAt).toBe(Number.POSITIVE_INFINITY)
  })
})
