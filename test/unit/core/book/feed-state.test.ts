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

  it('find what was lost, each on its own channel', () => {
    const feed = subscribed()
    expect(feed.accept(1, 2)).toBe('gap')
    expect(feed.acceptBook(9, 0)).toBe('gap')
    expect(feed.accept(3, 2)).toBe('gap')
    expect(feed.accept(3, 2)).toBe('repeat')
    expect([1, 2, 3, 4].map((sid) => feed.channelOf(sid))).toEqual([
      ...['orderbook_delta', 'fill', 'market_lifecycle_v2', ''],
    ])
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

  it('of the connection lasts until it is proven that nothing was missed', () => {
    const feed = subscribed()
    feed.watch(5000, T0 + 4999)
    expect(feed.silentSince).toBe(0)
    feed.watch(5000, T0 + 5000)
    feed.heard(T0 + 5001)
    expect(feed.staleAt('link', 5000)).toBe(T0 + 5000)
    feed.proven(T0 + 5002)
    expect(feed.staleAt('link', 5000)).toBe(T0 + 10_002)
  })
})

describe('what is subscribed', () => {
  const LIST = [
    { channel: 'orderbook_delta', sid: 1 },
    { channel: 'fill', sid: 2 },
    { channel: 'market_lifecycle_v2', sid: 3 },
  ]

  it('is proven by a list that names it', () => {
    expect(subscribed().listed(LIST, 9)).toEqual({ book: true, bookLost: false, lost: [] })
  })

  it('has ended where a list lacks it, which is told once', () => {
    const feed = subscribed()
    expect(feed.listed([], 9)).toEqual({
      ...{ book: false, bookLost: true, lost: ['fill', 'market_lifecycle_v2'] },
    })
    expect(feed.ended(1)).toBe('orderbook_delta')
    expect(feed.listed([], 9)).toEqual({ book: false, bookLost: false, lost: [] })
    expect(feed.granted).toEqual([])
  })

  it('is not judged by the answer to an earlier question', () => {
    const feed = new FeedState()
    feed.up(T0)
    feed.subscribed('orderbook_delta', 1, 12)
    feed.subscribed('fill', 2, 13)
    expect(feed.listed([], 11)).toEqual({ book: false, bookLost: false, lost: [] })
  })

  it('was granted where a list names it and the word of it was lost', () => {
    const feed = new FeedState()
    feed.up(T0)
    feed.subscribed('orderbook_delta', 1, 1)
    feed.subscribed('fill', 2, 2)
    expect(feed.hasPrivate).toBe(false)
    feed.listed([...LIST, { channel: 'user_orders', sid: 4 }], 9)
    expect(feed.hasPrivate).toBe(true)
    expect(feed.ended(4)).toBe('user_orders')
    expect(feed.hasPrivate).toBe(false)
    // A list of just before does not bring it back.
    feed.listed([...LIST, { channel: 'user_orders', sid: 4 }], 9)
    expect(feed.hasPrivate).toBe(false)
  })

  it('lacks a private channel until both are granted, and on every new link', () => {
    const feed = subscribed()
    expect(feed.hasPrivate).toBe(false)
    feed.subscribed('user_orders', 5)
    expect([feed.hasPrivate, feed.granted]).toEqual([
      true,
      ['fill', 'market_lifecycle_v2', 'orderbook_delta', 'user_orders'],
    ])
    feed.up(T0 + 9000)
    expect(feed.hasPrivate).toBe(false)
  })
})
