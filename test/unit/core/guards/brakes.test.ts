// The brakes by themselves: what a session, a peak and a day are, and how requests are counted.

import { describe, expect, it } from 'vitest'
import { LossBrakes } from '../../../../src/core/guards/loss-brakes.ts'
import { OrderRate, RejectShare, verdictOf } from '../../../../src/core/guards/request-brakes.ts'
import { accepted, rejected, unknown } from '../../../../src/core/vocabulary/outcome.ts'
import { DOLLAR } from '../../../../src/core/vocabulary/units.ts'

const DAY = 86_400_000
const MIDNIGHT = 20_000 * DAY
const wide = 1e15

describe('losses', () => {
  const lookedAt = (...dollars: number[]): LossBrakes => {
    const brakes = new LossBrakes()
    for (const [index, equity] of dollars.entries()) brakes.look(equity * DOLLAR, index + 1)
    return brakes
  }

  it('begin with the first look: what was lost before a session does not count', () => {
    const brakes = lookedAt(-400)
    expect([brakes.sessionLoss, brakes.drawdown, brakes.dayGain(1)]).toEqual([0, 0, 0])
  })

  it.each([
    [[0, -25], null],
    [[0, -25.000001], 'session-loss'],
    [[10, -15.01], 'session-loss'],
    [[0, 25, 0], null],
    [[0, 25, -0.01], 'drawdown'],
    [[0, 25, 0.01, 25], null],
  ])('after %j the brake of 25 dollars is %s', (equities, code) => {
    expect(lookedAt(...equities).crossed(25 * DOLLAR, 25 * DOLLAR)).toBe(code)
  })

  it('a new session forgets the loss and the peak, and not the day', () => {
    const brakes = lookedAt(0, 5, -20)
    brakes.restart(-20 * DOLLAR, 9)
    expect([brakes.since, brakes.sessionLoss, brakes.drawdown]).toEqual([9, 0, 0])
    expect(brakes.dayGain(9)).toBe(-20 * DOLLAR)
  })

  it('a day begins at midnight UTC with what the day before ended with', () => {
    const brakes = new LossBrakes()
    brakes.look(0, MIDNIGHT - 10_000)
    brakes.look(-3 * DOLLAR, MIDNIGHT - 1)
    expect(brakes.dayGain(MIDNIGHT - 1)).toBe(-3 * DOLLAR)
    // Not looked at yet: nothing is known of the new day.
    expect(brakes.dayGain(MIDNIGHT)).toBe(0)
    brakes.look(-4 * DOLLAR, MIDNIGHT + 5_000)
    expect(brakes.dayGain(MIDNIGHT + 5_000)).toBe(-DOLLAR)
    // The clock steps back across midnight.
    brakes.look(-5 * DOLLAR, MIDNIGHT - 100)
    expect(brakes.dayGain(MIDNIGHT - 100)).toBe(-2 * DOLLAR)
  })

  it('survive a restart', () => {
    const brakes = lookedAt(0, 7, -3)
    const again = new LossBrakes()
    again.restore(JSON.parse(JSON.stringify(brakes.memory)))
    again.look(-3 * DOLLAR, 5)
    expect(again.memory).toEqual(brakes.memory)
    expect(again.crossed(wide, 9 * DOLLAR)).toBe('drawdown')
  })
})

describe('the order rate', () => {
  it('counts what is new in a rolling minute', () => {
    const rate = new OrderRate()
    rate.count(3, 1_000)
    rate.count(3, 2_000)
    rate.count(10, 59_999)
    expect(rate.lastMinute(60_999)).toBe(10)
    expect(rate.lastMinute(61_000)).toBe(7)
    expect(rate.lastMinute(118_999)).toBe(7)
    expect(rate.lastMinute(119_000)).toBe(0)
    rate.count(11, 121_500)
    expect(rate.lastMinute(121_500)).toBe(1)
    rate.clear()
    expect(rate.lastMinute(121_500)).toBe(0)
  })
})

describe('the share of refused requests', () => {
  const shareOf = (refused: number, taken: number): RejectShare => {
    const rejects = new RejectShare()
    for (let index = 0; index < refused; index++) rejects.add('refused', 1_000)
    for (let index = 0; index < taken; index++) rejects.add('taken', 1_000)
    return rejects
  }

  it.each([
    [19, 0, 0],
    [20, 0, 1],
    [10, 10, 0.5],
    // Only the last 40 count.
    [100, 30, 0.25],
    [100, 40, 0],
  ])('%d refused, then %d taken: %d', (refused, taken, share) => {
    expect(shareOf(refused, taken).share(1_000)).toBe(share)
  })

  it.each([
    // A fast market: only what else was refused counts.
    [20, 4, 16, 0.1],
    // More than four in five: no market is that fast.
    [36, 0, 4, 0.9],
    [32, 0, 8, 0],
    [33, 3, 4, 0.9],
  ])('%d crossed, %d refused, %d taken: %d', (crossed, refused, taken, share) => {
    const rejects = shareOf(refused, taken)
    for (let index = 0; index < crossed; index++) rejects.add('crossed', 1_000)
    expect(rejects.share(1_000)).toBe(share)
  })

  it('does not know what says nothing about the order', () => {
    const rejects = shareOf(0, 20)
    for (let index = 0; index < 40; index++) rejects.add(null, 1_000)
    rejects.add('refused', 1_000)
    expect(rejects.share(1_000)).toBe(1 / 21)
  })

  it.each([
    [400, 'insufficient_balance', '', 'refused'],
    [400, 'invalid_order', 'post only cross', 'crossed'],
    [400, 'post_only_cross', '', 'crossed'],
    [400, 'invalid_order', '', 'refused'],
    [409, 'order_already_exists', '', 'refused'],
    [409, 'trading_is_paused', '', null],
    [409, 'exchange_is_paused', '', null],
    [409, 'market_closed', '', null],
    [409, 'MARKET_INACTIVE', '', null],
    [401, 'authentication_error', 'NOT_FOUND', null],
    [403, 'http_403', '', null],
    [404, 'not_found', '', null],
    [404, 'user_not_found:_1', '', 'refused'],
    [429, 'too_many_requests', '', null],
    [0, 'not_sent', '', null],
  ])('a refusal %d %s %s is %s', (status, code, detail, verdict) => {
    expect(verdictOf(rejected(status, code, detail))).toBe(verdict)
  })

  it('an answer that never came says nothing, and one that took the order says so', () => {
    expect([verdictOf(unknown('timeout')), verdictOf(accepted(1))]).toEqual([null, 'taken'])
  })

  it('forgets what is older than five minutes, and everything at a release', () => {
    const rejects = shareOf(20, 0)
    expect(rejects.share(300_999)).toBe(1)
    expect(rejects.share(301_000)).toBe(0)
    rejects.clear()
    expect(rejects.share(1_000)).toBe(0)
  })
})
