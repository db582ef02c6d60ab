// Requests of unknown outcome, and cancels that fail: an order is followed until it is proven gone,
// and it counts as exposed all the while.

import { describe, expect, it } from 'vitest'
import { sendsOf } from '../../../../sim/transcript.ts'
import { exposureOf } from '../../../../src/core/orders/exposure.ts'
import { fillOf, reportOf } from '../../../helpers/core.ts'
import { placing, quoting } from '../../../helpers/engine-transcript.ts'

describe('a place that is not answered', () => {
  it('counts as exposed, is found by the listing, and is canceled before another is placed', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.pass(4000).life()
    t.lose('place', 'kmm-n-1')
    const lost = t.order('kmm-n-1')
    expect(lost.status).toBe('unknown')
    expect(exposureOf(lost)).toBe(1000)
    t.answerUntil('orders')
    t.sleepAlive(2000)
    t.answer('orders', [
      reportOf({ orderId: 'found', clientOrderId: 'kmm-n-1', price: 4300 }),
      reportOf({ orderId: 'x-kmm-n-2', clientOrderId: 'kmm-n-2', side: 'ask', price: 4700 }),
    ])
    t.accept('cancel', 'kmm-n-1')
    expect(t.text).toMatchInlineSnapshot(`
      "> place kmm-n-2: accepted
      > ok
      < ask book
      < ask market
      < ask orders
      < ask fills
      < ask position
      > place kmm-n-1: unknown
      ! outcome-unknown
      > book: accepted
      > market: accepted
      > fills: accepted
      < ask fills
      > position: accepted
      > fills: accepted
      > orders: accepted
      < cancel kmm-n-1 bid
      < ask orders
      > cancel kmm-n-1: accepted
      < place kmm-n-3 bid 10 at 43"
    `)
  })

  it('has not arrived if two listings after its deadline and the lag of reads lack it', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.pass(500).life()
    t.lose('place', 'kmm-n-1')
    t.answerUntil('orders')
    // Sent 5.5 s ago: too early to tell.
    t.sleepAlive(5000)
    t.answer('orders')
    expect(t.order('kmm-n-1').status).toBe('unknown')
    t.sleepAlive(1000)
    t.answer('orders')
    expect(t.order('kmm-n-1').status).toBe('unknown')
    void t.text
    t.sleepAlive(1000)
    t.answer('orders')
    expect(t.order('kmm-n-1').status).toBe('presumed')
    expect(t.text).toContain('< place kmm-n-3 bid 10 at 43')
  })

  it('is named by a report, and canceled then', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.lose('place', 'kmm-n-1')
    t.pass(1000)
    expect(sendsOf(t.report('kmm-n-1'))).toEqual(['cancel kmm-n-1 bid'])
  })

  it('with an id that the exchange says exists already is searched in the listing', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.refuse('place', 'kmm-n-1', 409, 'order_already_exists')
    expect(t.order('kmm-n-1')).toMatchObject({ status: 'unknown', cancelWanted: true })
    t.sleepAlive(2000)
    expect(t.open.has('orders')).toBe(true)
  })

  it('is not amended while only the feed shows it: no answer may pass for another', () => {
    const t = placing()
    t.accept('place', 'kmm-n-2')
    t.report('kmm-n-1')
    t.moveTop([44, 46], [47, 49])
    expect(t.text).not.toContain('amend kmm-n-1')
    expect(sendsOf(t.accept('place', 'kmm-n-1'))).toEqual(['amend kmm-n-1 bid 10 at 46'])
  })

  it('can be canceled as soon as the feed has named it', () => {
    const t = placing()
    t.report('kmm-n-1')
    expect(sendsOf(t.command('pause'))).toEqual(['cancel kmm-n-1 bid'])
  })

  it('is canceled once, after its answer, if a report names it but not as resting', () => {
    const t = placing()
    t.command('pause')
    t.report('kmm-n-1', { status: 'unknown' })
    t.life()
    t.life()
    expect(t.text).not.toContain('< cancel')
    expect(sendsOf(t.accept('place', 'kmm-n-1'))).toEqual(['cancel kmm-n-1 bid'])
  })
})

describe('an amend or cancel that is not answered', () => {
  it('is followed by cancels until one is taken', () => {
    const t = quoting()
    t.moveTop([44, 46], [47, 49])
    t.accept('amend', 'kmm-n-2')
    void t.text
    t.pass(4000).life()
    t.lose('amend', 'kmm-n-1')
    t.pass(100).lose('cancel', 'kmm-n-1')
    t.sleepAlive(400)
    t.pass(50).lose('cancel', 'kmm-n-1')
    t.sleepAlive(950)
    t.answerUntil('orders')
    t.accept('cancel', 'kmm-n-1')
    expect(t.text).toMatchInlineSnapshot(`
      "> ok
      > amend kmm-n-1: unknown
      ! outcome-unknown
      < cancel kmm-n-1 bid
      < ask fills
      > cancel kmm-n-1: unknown
      ! outcome-unknown
      > clock
      < cancel kmm-n-1 bid
      > cancel kmm-n-1: unknown
      ! outcome-unknown
      > clock
      < cancel kmm-n-1 bid
      > fills: accepted
      < ask fills
      > fills: accepted
      > cancel kmm-n-1: accepted
      < place kmm-n-3 bid 10 at 46"
    `)
  })

  it('counts the amend at the worse of its two ends meanwhile', () => {
    const t = quoting({ strategy: { refill_below: 1 } })
    t.fill('kmm-n-1', 4)
    const order = t.order('kmm-n-1')
    expect(order).toMatchObject({ status: 'amending', remaining: 600, next: { remaining: 1000 } })
    t.lose('amend', 'kmm-n-1')
    expect(exposureOf(order)).toBe(1000)
  })

  it('ends with a 404, which asks for fills because it may mean filled', () => {
    const t = quoting()
    t.command('pause')
    t.lose('cancel', 'kmm-n-1')
    t.answerUntil(null)
    t.sleepAlive(500)
    t.refuse('cancel', 'kmm-n-1', 404, 'not_found')
    expect([t.order('kmm-n-1').status, t.open.has('fills')]).toEqual(['presumed', true])
  })
})

describe('a 404 on a cancel', () => {
  it('leaves the order counted as filled until the fills have been read', () => {
    const t = quoting({ limits: { max_position: 1000 } })
    t.moveTop([44, 46], [40, 42])
    t.refuse('amend', 'kmm-n-1', 404, 'not_found')
    t.accept('amend', 'kmm-n-2')
    expect(t.engine.state.quoter.silence.bid).toBe('position-limit')
    // The first read may be too early to show the fill.
    t.answerAll()
    expect(t.engine.state.quoter.silence.bid).toBe('position-limit')
    void t.text
    t.sleepAlive(2000)
    t.answerAll()
    expect(t.text).toContain('< place kmm-n-3 bid 10 at 39')
  })

  it('does not count a fill twice that the read brings', () => {
    const t = quoting({ limits: { max_position: 1000 } })
    t.moveTop([44, 46], [40, 42])
    t.refuse('amend', 'kmm-n-1', 404, 'not_found')
    t.answer('fills', [
      fillOf({ orderId: 'x-kmm-n-1', price: 4300, quantity: 1000, venueAt: t.at }),
    ])
    expect(t.engine.state.ledger.position).toBe(1000)
    expect(t.order('kmm-n-1')).toMatchObject({ filled: 1000, booked: 1000 })
    t.fill('kmm-n-2', 3)
    expect(t.engine.state.quoter.silence.bid).toBe(null)
  })
})

describe('a cancel that is refused', () => {
  it('is repeated more slowly each time, and listings that lack the order end it', () => {
    const t = quoting()
    t.command('halt')
    t.accept('cancel', 'kmm-n-2')
    const sent: number[] = [t.at]
    t.refuse('cancel', 'kmm-n-1', 409, 'market_closed')
    for (let turn = 0; turn < 400 && t.orders.exposedCount > 0; turn++) {
      const before = t.engine.state.execution.counters.canceled
      t.sleepAlive(100)
      if (t.open.has('orders')) t.answer('orders', [])
      t.answerUntil('orders')
      if (t.engine.state.execution.counters.canceled === before) continue
      sent.push(t.at)
      t.refuse('cancel', 'kmm-n-1', 409, 'market_closed')
    }
    const waits = sent.slice(1).map((at, index) => at - sent[index]!)
    expect(waits).toEqual([500, 1000, 2000, 4000])
    expect([t.orders.exposedCount, t.engine.provenClean(sent[0]!)]).toEqual([0, true])
  })

  it('stays exposed while a listing shows the order', () => {
    const t = quoting()
    t.command('halt')
    t.accept('cancel', 'kmm-n-2')
    t.refuse('cancel', 'kmm-n-1', 403, 'forbidden')
    for (let second = 0; second < 60; second++) {
      t.sleepAlive(1000)
      t.answerAll()
      if (t.order('kmm-n-1').status === 'canceling') t.refuse('cancel', 'kmm-n-1', 403, 'forbidden')
    }
    expect(t.order('kmm-n-1').status).not.toBe('done')
    expect(t.engine.state.execution.counters.canceled).toBeGreaterThan(12)
  })
})
