// The place in the queue: what trades and cancellations do to it, and that the two streams may come
// in either order.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CREDIT_LIFE_MS, QueuePlace } from '../../../../src/core/orders/queue-position.ts'

const T0 = 1_790_000_000_000

const joined = (ahead: number): QueuePlace => {
  const place = new QueuePlace()
  place.join(ahead, T0)
  return place
}

describe('the place in the queue', () => {
  it('is behind all others when we join', () => {
    const place = joined(10_000)
    expect(place.ahead).toBe(10_000)
    expect(place.source).toBe('joined')
  })

  it('is not moved by what joins behind us', () => {
    const place = joined(10_000)
    place.onLevel(5000, 10_000, T0)
    expect(place.ahead).toBe(10_000)
  })

  it('moves up by our share of a cancellation', () => {
    const place = joined(10_000)
    place.onLevel(10_000, 10_000, T0)
    place.onLevel(-5000, 20_000, T0 + 1)
    expect(place.ahead).toBe(7500)
  })

  it('moves up by the whole of a trade, however it is told', () => {
    // 100 ahead of us, 100 behind, 20 traded.
    const print = joined(10_000)
    print.onLevel(10_000, 10_000, T0)
    print.onTrade(2000, T0 + 10)
    expect(print.ahead).toBe(8000)
    print.onLevel(-2000, 20_000, T0 + 30)
    expect(print.ahead).toBe(8000)

    const level = joined(10_000)
    level.onLevel(10_000, 10_000, T0)
    level.onLevel(-2000, 20_000, T0 + 10)
    expect(level.ahead).toBe(9000)
    level.onTrade(2000, T0 + 30)
    expect(level.ahead).toBe(8000)
  })

  it('takes a level change larger than the trade as trade first, cancellation for the rest', () => {
    const place = joined(6000)
    place.onLevel(4000, 6000, T0)
    place.onTrade(2000, T0 + 10)
    // 40 of the 80 that are left are ahead; 10 of 80 were canceled, so 5 of them ahead.
    place.onLevel(-3000, 10_000, T0 + 20)
    expect(place.ahead).toBe(3500)
  })

  it('gives back only the part of a cancellation that a trade explains', () => {
    const place = joined(10_000)
    place.onLevel(10_000, 10_000, T0)
    place.onLevel(-2000, 20_000, T0 + 10)
    expect(place.ahead).toBe(9000)
    place.onTrade(1000, T0 + 11)
    expect(place.ahead).toBe(8500)
    place.onTrade(1000, T0 + 12)
    expect(place.ahead).toBe(8000)
  })

  it('counts several trades and one level change once', () => {
    const place = joined(10_000)
    place.onTrade(1000, T0 + 10)
    place.onTrade(1500, T0 + 11)
    place.onLevel(-2500, 10_000, T0 + 12)
    expect(place.ahead).toBe(7500)
    place.onLevel(-1500, 7500, T0 + 20)
    place.onLevel(-500, 6000, T0 + 21)
    place.onTrade(2000, T0 + 22)
    expect(place.ahead).toBe(5500)
  })

  it('holds credit for two seconds and no longer', () => {
    const inTime = joined(10_000)
    inTime.onLevel(10_000, 10_000, T0)
    inTime.onTrade(2000, T0)
    inTime.onLevel(-2000, 20_000, T0 + CREDIT_LIFE_MS)
    expect(inTime.ahead).toBe(8000)
    const late = joined(10_000)
    late.onLevel(10_000, 10_000, T0)
    late.onTrade(2000, T0)
    late.onLevel(-2000, 20_000, T0 + CREDIT_LIFE_MS + 1)
    expect(late.ahead).toBe(7200)

    const lateTrade = joined(10_000)
    lateTrade.onLevel(10_000, 10_000, T0)
    lateTrade.onLevel(-2000, 20_000, T0)
    lateTrade.onTrade(2000, T0 + CREDIT_LIFE_MS + 1)
    expect(lateTrade.ahead).toBe(7000)
  })

  it('never falls below zero nor rises above what others show', () => {
    const place = joined(1000)
    place.onTrade(5000, T0)
    expect(place.ahead).toBe(0)
    const bounded = joined(1000)
    bounded.bound(400)
    expect(bounded.ahead).toBe(400)
    bounded.bound(-5)
    expect(bounded.ahead).toBe(0)
    const surprised = joined(1000)
    surprised.onLevel(100, 300, T0)
    expect(surprised.ahead).toBe(400)
    const shrunk = joined(1000)
    shrunk.onLevel(-1000, 1000, T0)
    expect(shrunk.ahead).toBe(0)
  })

  it('takes the answer of the exchange, and does not count twice what it contains', () => {
    const place = joined(10_000)
    place.onLevel(10_000, 10_000, T0)
    place.onTrade(2000, T0 + 10)
    place.onLevel(-1000, 20_000, T0 + 11)
    place.onLevel(-4000, 19_000, T0 + 12)
    place.correct(5000, T0 + 20)
    expect(place.source).toBe('exchange')
    expect(place.ahead).toBe(5000)
    // The trade behind the canceled 30 of level change, told late.
    place.onTrade(3000, T0 + 30)
    expect(place.ahead).toBe(5000)
    // And a new one counts.
    place.onTrade(1000, T0 + 31)
    expect(place.ahead).toBe(4000)
    // Its level change, late after another answer.
    place.correct(3500, T0 + 40)
    place.onLevel(-1000, 15_000, T0 + 41)
    expect(place.ahead).toBe(3500)
  })

  it('knows nothing before it is joined and after it is left', () => {
    const place = new QueuePlace()
    expect(place.source).toBe('none')
    place.onTrade(100, T0)
    place.onLevel(-100, 1000, T0)
    expect(place.ahead).toBe(0)
    place.join(1000, T0)
    place.onTrade(400, T0)
    place.leave()
    expect(place.source).toBe('none')
    place.join(1000, T0 + 1)
    // The credit of the order before is not ours, nor is it after joining anew.
    place.onLevel(1000, 1000, T0 + 1)
    place.onLevel(-400, 2000, T0 + 1)
    expect(place.ahead).toBe(800)
    place.onTrade(1000, T0 + 2)
    place.join(1000, T0 + 2)
    place.onLevel(1000, 1000, T0 + 2)
    place.onLevel(-400, 2000, T0 + 2)
    expect(place.ahead).toBe(800)
  })

  it('treats a clock that steps back as no time passed', () => {
    const place = joined(10_000)
    place.onLevel(10_000, 10_000, T0)
    place.onTrade(2000, T0 + 60_000)
    place.onLevel(-2000, 20_000, T0)
    expect(place.ahead).toBe(8000)
  })

  it('keeps its count through more half-told trades than it has room for', () => {
    const place = joined(10_000)
    for (let i = 0; i < 40; i++) place.onTrade(100, T0 + i)
    expect(place.ahead).toBe(6000)
    for (let i = 0; i < 40; i++) place.onLevel(-100, 10_000 - 100 * i, T0 + 50 + i)
    expect(place.ahead).toBe(6000)
  })

  it('ends alike whichever stream tells of each trade first', () => {
    const trade = fc.record({ size: fc.integer({ min: 1, max: 900 }), printFirst: fc.boolean() })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.array(trade, { maxLength: 20 }),
        (ahead, behind, trades) => {
          const place = joined(ahead)
          place.onLevel(behind, ahead, T0)
          let others = ahead + behind
          let wanted = ahead
          for (const { size, printFirst } of trades) {
            // Trades that reach us would be fills of ours, and are tested apart.
            if (size > wanted) break
            if (printFirst) place.onTrade(size, T0)
            place.onLevel(-size, others, T0)
            if (!printFirst) place.onTrade(size, T0)
            others -= size
            wanted -= size
          }
          expect(Math.abs(place.ahead - wanted)).toBeLessThanOrEqual(1)
        },
      ),
      { seed: 20_261_204 },
    )
  })

  it('stays between nothing and the others, whatever is heard', () => {
    const step = fc.record({
      kind: fc.constantFrom('trade', 'level', 'correct'),
      size: fc.integer({ min: -3000, max: 3000 }),
      wait: fc.integer({ min: -100, max: 1500 }),
    })
    fc.assert(
      fc.property(fc.nat(20_000), fc.array(step, { maxLength: 60 }), (start, steps) => {
        const place = joined(start)
        let others = start
        let at = T0
        for (const { kind, size, wait } of steps) {
          at += wait
          const before = place.ahead
          if (kind === 'trade') place.onTrade(size, at)
          else if (kind === 'correct') {
            place.correct(size, at)
            place.bound(others)
          } else {
            const change = Math.max(size, -others)
            place.onLevel(change, others, at)
            others += change
          }
          expect(place.ahead).toBeGreaterThanOrEqual(0)
          expect(place.ahead).toBeLessThanOrEqual(others)
          if (kind !== 'correct') expect(place.ahead).toBeLessThanOrEqual(before)
        }
      }),
      { seed: 20_261_205 },
    )
  })
})
