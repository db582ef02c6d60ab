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
type News = (place: QueuePlace) => void
/** The level changes by so much, where others showed so much before it; ms after T0. */
const level =
  (change: number, others: number, ms = 0): News =>
  (place) =>
    place.onLevel(change, others, T0 + ms)
const trade =
  (size: number, ms = 0): News =>
  (place) =>
    place.onTrade(size, T0 + ms)
/** How much is ahead of us after each piece of news. */
const ahead = (start: number | QueuePlace, ...news: News[]): number[] => {
  const place = typeof start === 'number' ? joined(start) : start
  return news.map((each) => {
    each(place)
    return place.ahead
  })
}

describe('the place in the queue', () => {
  it('is behind all others when we join', () => {
    expect(joined(10_000)).toMatchObject({ ahead: 10_000, source: 'joined' })
  })

  it('is not moved by what joins behind us', () => {
    expect(ahead(10_000, level(5000, 10_000))).toEqual([10_000])
  })

  it('moves up by our share of a cancellation', () => {
    expect(ahead(10_000, level(10_000, 10_000), level(-5000, 20_000, 1))[1]).toBe(7500)
  })

  it('moves up by the whole of a trade, whichever stream reports it first', () => {
    // 100 ahead of us, 100 behind, 20 traded.
    const printFirst = ahead(
      10_000,
      level(10_000, 10_000),
      trade(2000, 10),
      level(-2000, 20_000, 30),
    )
    expect(printFirst.slice(1)).toEqual([8000, 8000])
    const levelFirst = ahead(
      10_000,
      level(10_000, 10_000),
      level(-2000, 20_000, 10),
      trade(2000, 30),
    )
    expect(levelFirst.slice(1)).toEqual([9000, 8000])
  })

  it('takes a level change larger than the trade as trade first, cancellation for the rest', () => {
    // 40 of the 80 that are left are ahead; 10 of 80 were canceled, so 5 of them ahead.
    expect(ahead(6000, level(4000, 6000), trade(2000, 10), level(-3000, 10_000, 20))[2]).toBe(3500)
  })

  it('gives back only the part of a cancellation that a trade explains', () => {
    const canceled = [level(10_000, 10_000), level(-2000, 20_000, 10)]
    const after = ahead(10_000, ...canceled, trade(1000, 11), trade(1000, 12))
    expect(after.slice(1)).toEqual([9000, 8500, 8000])
  })

  it('counts several trades and one level change once', () => {
    const place = joined(10_000)
    expect(ahead(place, trade(1000, 10), trade(1500, 11), level(-2500, 10_000, 12))[2]).toBe(7500)
    const more = [level(-1500, 7500, 20), level(-500, 6000, 21), trade(2000, 22)]
    expect(ahead(place, ...more)[2]).toBe(5500)
  })

  it('holds credit for two seconds and no longer', () => {
    const aheadAfter = (...news: News[]): number =>
      ahead(10_000, level(10_000, 10_000), ...news)[2]!
    expect(aheadAfter(trade(2000), level(-2000, 20_000, CREDIT_LIFE_MS))).toBe(8000)
    expect(aheadAfter(trade(2000), level(-2000, 20_000, CREDIT_LIFE_MS + 1))).toBe(7200)
    expect(aheadAfter(level(-2000, 20_000), trade(2000, CREDIT_LIFE_MS + 1))).toBe(7000)
  })

  it('never falls below zero nor rises above what others show', () => {
    expect(ahead(1000, trade(5000))).toEqual([0])
    const bound =
      (most: number): News =>
      (place) =>
        place.bound(most)
    expect(ahead(1000, bound(400), bound(-5))).toEqual([400, 0])
    expect([ahead(1000, level(100, 300)), ahead(1000, level(-1000, 1000))]).toEqual([[400], [0]])
  })

  it('takes the answer of the exchange, and does not count twice what it contains', () => {
    const place = joined(10_000)
    ahead(place, level(10_000, 10_000), trade(2000, 10))
    ahead(place, level(-1000, 20_000, 11), level(-4000, 19_000, 12))
    place.correct(5000, T0 + 20)
    expect(place).toMatchObject({ source: 'exchange', ahead: 5000 })
    // The trade behind the canceled 30 of level change, reported late; then a new one, which
    // counts.
    expect(ahead(place, trade(3000, 30), trade(1000, 31))).toEqual([5000, 4000])
    // Its level change, late after another answer.
    place.correct(3500, T0 + 40)
    expect(ahead(place, level(-1000, 15_000, 41))).toEqual([3500])
  })

  it('knows nothing before it is joined and after it is left', () => {
    const place = new QueuePlace()
    expect(place.source).toBe('none')
    expect(ahead(place, trade(100), level(-100, 1000))[1]).toBe(0)
    place.join(1000, T0)
    ahead(place, trade(400))
    place.leave()
    expect(place.source).toBe('none')
    place.join(1000, T0 + 1)
    // The credit of the order before is not ours, nor is it after joining anew.
    expect(ahead(place, level(1000, 1000, 1), level(-400, 2000, 1))[1]).toBe(800)
    ahead(place, trade(1000, 2))
    place.join(1000, T0 + 2)
    expect(ahead(place, level(1000, 1000, 2), level(-400, 2000, 2))[1]).toBe(800)
  })

  it('treats a clock that steps back as no time passed', () => {
    const steps = [level(10_000, 10_000), trade(2000, 60_000), level(-2000, 20_000)]
    expect(ahead(10_000, ...steps)[2]).toBe(8000)
  })

  it('keeps its count through more half-reported trades than it has room for', () => {
    const place = joined(10_000)
    for (let i = 0; i < 40; i++) place.onTrade(100, T0 + i)
    expect(place.ahead).toBe(6000)
    for (let i = 0; i < 40; i++) place.onLevel(-100, 10_000 - 100 * i, T0 + 50 + i)
    expect(place.ahead).toBe(6000)
  })

  it('ends alike whichever stream tells of each trade first', () => {
    const aTrade = fc.record({ size: fc.integer({ min: 1, max: 900 }), printFirst: fc.boolean() })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.array(aTrade, { maxLength: 20 }),
        (before, behind, trades) => {
          const place = joined(before)
          place.onLevel(behind, before, T0)
          let others = before + behind
          let wanted = before
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

  it('stays between nothing and the others, whatever is reported', () => {
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
