// The rules of the book, one sentence each.

import { beforeEach, describe, expect, it } from 'vitest'
import { isRefusal } from '../../../../mocks/kalshi/exchange/refusal.ts'
import { Desk } from '../desk.ts'

const filled = (order: { filled: number }): number => order.filled / 100

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})

describe('price-time priority', () => {
  it('fills the best price first, then whoever came first at it', () => {
    const late = desk.place(desk.ann, 'ask', 52, 10)
    const first = desk.place(desk.ann, 'ask', 51, 10)
    const second = desk.place(desk.ann, 'ask', 51, 10)
    desk.place(desk.bob, 'bid', 52, 15)
    expect([late, first, second].map(filled)).toEqual([0, 10, 5])
  })

  it('trades at the resting price and rests what is left at its own', () => {
    desk.place(desk.ann, 'ask', 48, 10)
    const taker = desk.place(desk.bob, 'bid', 55, 25)
    expect(desk.listing.lastPrice).toBe(4_800)
    expect(filled(taker)).toBe(10)
    expect(desk.book('bid')).toEqual(['55 x 15'])
    expect(desk.book('ask')).toEqual([])
  })

  it('finds the next price across a long empty stretch', () => {
    desk.place(desk.ann, 'bid', 1, 3)
    desk.place(desk.ann, 'bid', 98, 1)
    desk.place(desk.bob, 'ask', 98, 1)
    expect(desk.book('bid')).toEqual(['1 x 3'])
    expect(desk.listing.book.best('bid')).toBe(100)
  })

  it('counts the quantity ahead of an order', () => {
    desk.place(desk.ann, 'bid', 40, 7)
    desk.place(desk.ann, 'bid', 40, 2.5)
    const mine = desk.place(desk.bob, 'bid', 40, 1)
    expect(desk.listing.book.ahead(mine)).toBe(950)
  })
})

describe('what keeps the place in the queue', () => {
  const cases = [
    { does: 'an amend to a smaller size', total: 5, cents: 40, keeps: true },
    { does: 'an amend of the expiry only', total: 10, cents: 40, expiry: true, keeps: true },
    { does: 'an amend to a larger size', total: 11, cents: 40, keeps: false },
    { does: 'an amend to another price and back', total: 10, cents: 39, back: true, keeps: false },
  ]
  for (const { does, total, cents, expiry, back, keeps } of cases) {
    it(`${does} ${keeps ? 'keeps' : 'loses'} it`, () => {
      const mine = desk.place(desk.ann, 'bid', 40, 10)
      desk.place(desk.bob, 'bid', 40, 10)
      const expiresAt = expiry ? desk.at + 5_000 : 0
      const request = { price: cents * 100, total: total * 100, expiresAt }
      desk.exchange.amend(desk.ann, mine.id, request)
      if (back) desk.exchange.amend(desk.ann, mine.id, { ...request, price: 4_000 })
      expect(desk.listing.book.ahead(mine)).toBe(keeps ? 0 : 1_000)
    })
  }

  it('a decrease keeps it', () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    desk.place(desk.bob, 'bid', 40, 10)
    desk.exchange.decrease(desk.ann, mine.id, { reduceBy: 400 })
    expect(desk.listing.book.ahead(mine)).toBe(0)
    expect(mine.remaining).toBe(600)
    expect(desk.book('bid')).toEqual(['40 x 16'])
  })
})

describe('amend', () => {
  it('takes count as the new total, filled part included', () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    desk.place(desk.bob, 'ask', 40, 4)
    desk.exchange.amend(desk.ann, mine.id, { price: 4_000, total: 900 })
    expect([mine.filled, mine.remaining, mine.initial]).toEqual([400, 500, 900])
  })

  it('can cross and trade', () => {
    desk.place(desk.bob, 'ask', 45, 6)
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    desk.exchange.amend(desk.ann, mine.id, { price: 4_600, total: 1_000 })
    expect([mine.filled, mine.remaining]).toEqual([600, 400])
    expect(desk.book('bid')).toEqual(['46 x 4'])
  })

  it('of a post-only order that would cross is refused and changes nothing', () => {
    desk.place(desk.bob, 'ask', 45, 6)
    const mine = desk.place(desk.ann, 'bid', 40, 10, { postOnly: true, clientOrderId: 'a' })
    const answer = desk.exchange.amend(desk.ann, mine.id, {
      price: 4_600,
      total: 1_000,
      updatedClientOrderId: 'b',
    })
    expect(answer).toMatchObject({ status: 400, details: 'post only cross' })
    expect(mine.clientOrderId).toBe('a')
    expect(desk.book('bid')).toEqual(['40 x 10'])
  })

  it('to a total that is already filled is refused', () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    desk.place(desk.bob, 'ask', 40, 4)
    expect(desk.exchange.amend(desk.ann, mine.id, { price: 4_000, total: 400 })).toMatchObject({
      code: 'invalid_order_size',
    })
  })
})

describe('self-trade prevention', () => {
  it('taker_at_cross keeps earlier fills and drops the rest, the resting order stays', () => {
    desk.place(desk.bob, 'ask', 50, 3)
    const resting = desk.place(desk.ann, 'ask', 51, 5)
    const taker = desk.place(desk.ann, 'bid', 52, 10, { selfTrade: 'taker_at_cross' })
    expect([taker.filled, taker.remaining, taker.status, taker.reason]).toEqual([
      300,
      0,
      'canceled',
      'SelfTradeCancel',
    ])
    expect(resting.remaining).toBe(500)
  })

  it('maker removes the resting order and goes on', () => {
    const resting = desk.place(desk.ann, 'ask', 50, 5)
    desk.place(desk.bob, 'ask', 51, 3)
    const taker = desk.place(desk.ann, 'bid', 52, 10, { selfTrade: 'maker' })
    expect([resting.status, resting.reason]).toEqual(['canceled', 'SelfTradeCancel'])
    expect([taker.filled, taker.remaining]).toEqual([300, 700])
  })

  it('a fill-or-kill that meets its own owner acts like immediate-or-cancel', () => {
    desk.place(desk.bob, 'ask', 50, 3)
    desk.place(desk.ann, 'ask', 51, 7)
    const taker = desk.place(desk.ann, 'bid', 52, 10, { timeInForce: 'fill_or_kill' })
    expect([taker.filled, taker.status]).toEqual([300, 'canceled'])
  })
})

describe('time in force', () => {
  it('immediate-or-cancel drops the rest', () => {
    desk.place(desk.bob, 'ask', 50, 3)
    const taker = desk.place(desk.ann, 'bid', 50, 10, { timeInForce: 'immediate_or_cancel' })
    expect([taker.filled, taker.remaining, taker.status]).toEqual([300, 0, 'canceled'])
    expect(desk.book('bid')).toEqual([])
  })

  it('fill-or-kill fills wholly across levels', () => {
    desk.place(desk.bob, 'ask', 50, 3)
    desk.place(desk.bob, 'ask', 51, 3)
    const taker = desk.place(desk.ann, 'bid', 51, 6, { timeInForce: 'fill_or_kill' })
    expect([taker.filled, taker.status]).toEqual([600, 'executed'])
  })

  it('fill-or-kill without enough volume trades nothing and uses its id up', () => {
    desk.place(desk.bob, 'ask', 50, 3)
    const more = { timeInForce: 'fill_or_kill', clientOrderId: 'fok' } as const
    expect(desk.try(desk.ann, 'bid', 50, 4, more)).toMatchObject({
      status: 409,
      code: 'fill_or_kill_insufficient_resting_volume',
    })
    expect(desk.book('ask')).toEqual(['50 x 3'])
    expect(desk.try(desk.ann, 'bid', 50, 1, more)).toMatchObject({ code: 'order_already_exists' })
  })

  it.each([
    ['at its time by the exchange clock, also while nobody trades', undefined, 1_000],
    ['when its expiry was moved, at the new time and not before', 3_000, 3_000],
    ['never when its expiry was cleared', 0, Number.POSITIVE_INFINITY],
  ])('an order expires %s', (_when, moved, end) => {
    const mine = desk.place(desk.ann, 'bid', 40, 1, { expiresAt: desk.at + 1_000 })
    if (moved !== undefined) {
      const expiresAt = moved === 0 ? 0 : desk.at + moved
      desk.exchange.amend(desk.ann, mine.id, { price: 4_000, total: 100, expiresAt })
    }
    desk.at += Math.min(end - 1, 5_000)
    desk.exchange.tick()
    expect(mine.status).toBe('resting')
    if (end === Number.POSITIVE_INFINITY) return
    desk.at += 1
    desk.exchange.tick()
    expect([mine.status, mine.reason]).toEqual(['canceled', 'ExpiryCancel'])
  })

  it('an expired order is gone before the next order can meet it', () => {
    desk.place(desk.ann, 'ask', 50, 1, { expiresAt: desk.at + 1_000 })
    desk.at += 1_000
    expect(desk.place(desk.bob, 'bid', 50, 1).filled).toBe(0)
  })
})

describe('post-only', () => {
  it('is refused when it would cross', () => {
    desk.place(desk.bob, 'ask', 50, 3)
    expect(desk.try(desk.ann, 'bid', 50, 1, { postOnly: true })).toMatchObject({
      status: 400,
      code: 'invalid_order',
      details: 'post only cross',
    })
    expect(desk.place(desk.ann, 'bid', 49, 1, { postOnly: true }).status).toBe('resting')
  })

  it('is accepted and canceled where the exchange is set so', () => {
    desk = new Desk({ postOnlyCross: 'accept-cancel' })
    desk.place(desk.bob, 'ask', 50, 3)
    const order = desk.place(desk.ann, 'bid', 50, 1, { postOnly: true })
    expect([order.status, order.reason, order.filled]).toEqual([
      'canceled',
      'PostOnlyCrossCancel',
      0,
    ])
  })
})

describe('reduce-only', () => {
  it('trades no more than closes the position', () => {
    desk.place(desk.ann, 'ask', 50, 4)
    desk.place(desk.bob, 'bid', 50, 4)
    desk.place(desk.ann, 'bid', 49, 20)
    const order = desk.place(desk.bob, 'ask', 49, 10, {
      timeInForce: 'immediate_or_cancel',
      reduceOnly: true,
    })
    expect([order.filled, order.reason]).toEqual([400, 'ReduceOnlyCancel'])
    expect(desk.bob.position(order.ticker)).toBe(0)
  })
})

describe('decrease and cancel', () => {
  it('a decrease to nothing ends the order', () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    desk.exchange.decrease(desk.ann, mine.id, { reduceTo: 0 })
    expect(mine.status).toBe('canceled')
    expect(desk.book('bid')).toEqual([])
  })

  it('a decrease never grows an order', () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    expect(isRefusal(desk.exchange.decrease(desk.ann, mine.id, { reduceTo: 1_100 }))).toBe(true)
    expect(isRefusal(desk.exchange.decrease(desk.ann, mine.id, { reduceBy: 1_100 }))).toBe(true)
    expect(mine.remaining).toBe(1_000)
  })

  it('cancel says how much it removed, once', () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    desk.place(desk.bob, 'ask', 40, 4)
    expect(desk.exchange.cancel(desk.ann, mine.id)).toMatchObject({ reducedBy: 600 })
    expect(desk.exchange.cancel(desk.ann, mine.id)).toMatchObject({ status: 404 })
  })

  it("nobody cancels another's order", () => {
    const mine = desk.place(desk.ann, 'bid', 40, 10)
    expect(desk.exchange.cancel(desk.bob, mine.id)).toMatchObject({ status: 404 })
  })
})

describe('who is named in a level change', () => {
  it("the owner of the order that acted; nobody for the exchange's own doing", () => {
    const actors = (): (string | null)[] =>
      desk.facts
        .splice(0)
        .flatMap((fact) => (fact.kind === 'level' ? [fact.actor?.owner ?? null] : []))
    desk.place(desk.ann, 'bid', 40, 10, { expiresAt: desk.at + 1_000 })
    expect(actors()).toEqual(['ann'])
    desk.place(desk.bob, 'ask', 40, 4)
    expect(actors()).toEqual(['bob'])
    desk.at += 1_000
    desk.exchange.tick()
    expect(actors()).toEqual([null])
  })
})
