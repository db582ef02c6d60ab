// The connection: which sequence a frame belongs to, and the two kinds of silence.

import { describe, expect, it } from 'vitest'
import { Link } from '../../../../src/core/book/feed-state.ts'
import { T0 } from '../../../helpers/core.ts'

const subscribed = (): Link => {
  const link = new Link()
  link.up(T0)
  link.subscribed('orderbook_delta', 1)
  link.subscribed('fill', 2)
  link.subscribed('market_lifecycle_v2', 3)
  return link
}

describe('sequences of a connection', () => {
  it('are counted for each subscription apart', () => {
    const link = subscribed()
    expect([link.accept(1, 1), link.accept(2, 1), link.accept(1, 2), link.accept(2, 2)]).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ])
  })

  it('name what was lost: the book, the lifecycle, or something else', () => {
    const link = subscribed()
    expect(link.accept(1, 2)).toBe('book-gap')
    expect(link.acceptBook(9)).toBe('book-gap')
    expect(link.accept(3, 2)).toBe('lifecycle-gap')
    expect(link.accept(2, 2)).toBe('gap')
    expect(link.accept(2, 2)).toBe('repeat')
  })

  it('ignore frames of a subscription that was dropped, and frames that carry no number', () => {
    const link = subscribed()
    link.subscribed('orderbook_delta', 8)
    expect(link.bookSid).toBe(8)
    expect(link.accept(1, 77)).toBe('ok')
    expect(link.accept(8, 1)).toBe('ok')
    expect(link.accept(0, 5)).toBe('ok')
    expect(link.accept(2, 0)).toBe('ok')
  })

  it('start over with every connection', () => {
    const link = subscribed()
    link.accept(1, 1)
    link.accept(2, 1)
    link.down()
    expect([link.isUp, link.bookSid]).toEqual([false, 0])
    link.up(T0 + 5000)
    link.subscribed('orderbook_delta', 1)
    link.subscribed('fill', 2)
    expect([link.accept(1, 1), link.accept(2, 1)]).toEqual(['ok', 'ok'])
  })
})

describe('silence', () => {
  it('is measured from the last frame of any kind, or from the last tick of the market', () => {
    const link = subscribed()
    link.lastTickAt = T0 + 1000
    link.lastHeardAt = T0 + 4000
    expect(link.staleAt('link', 5000)).toBe(T0 + 9000)
    expect(link.staleAt('ticks', 5000)).toBe(T0 + 6000)
  })

  it('gives a new connection the whole time', () => {
    const link = new Link()
    link.up(T0)
    expect(link.staleAt('link', 5000)).toBe(T0 + 5000)
    expect(link.staleAt('ticks', 5000)).toBe(T0 + 5000)
  })

  it('asks for a snapshot again after three seconds, and for none while down', () => {
    const link = new Link()
    expect(link.snapshotDueAt).toBe(Number.POSITIVE_INFINITY)
    link.up(T0)
    expect(link.snapshotDueAt).toBe(T0 + 3000)
    link.awaitSnapshot(T0 + 3000)
    expect(link.snapshotDueAt).toBe(T0 + 6000)
    link.down()
    expect(link.snapshotDueAt).toBe(Number.POSITIVE_INFINITY)
  })
})
