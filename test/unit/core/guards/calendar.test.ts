// The calendar's rules one by one, which of them wins, and that an answer holds as long as it says.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyCalendar,
  type CalendarInput,
  type CalendarState,
  emptyCalendar,
  emptyCalendarInput,
  isLongshot,
} from '../../../../src/core/guards/calendar.ts'

const NOW = 1_800_000_000_000
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const NEVER = Number.POSITIVE_INFINITY

const timing = (changes: Partial<CalendarInput>): CalendarState => {
  const out = emptyCalendar()
  applyCalendar({ ...emptyCalendarInput(), at: NOW, closeAt: NOW + 24 * HOUR, ...changes }, out)
  return out
}
const said = (changes: Partial<CalendarInput>): string => {
  const { mode, reason, widen } = timing(changes)
  return `${mode} ${reason} ${widen}`
}

const NORMAL = 'normal  1'

describe('the outcome', () => {
  it.each([
    [300_001, NORMAL],
    [300_000, 'reduce-only near-close 1'],
    [30_001, 'reduce-only near-close 1'],
    [30_000, 'pull near-close 1'],
    [0, 'pull near-close 1'],
    [-HOUR, 'pull near-close 1'],
  ])('in %d ms: %s', (left, answer) => {
    expect(said({ closeAt: NOW + left })).toBe(answer)
    expect(said({ eventAt: NOW + left })).toBe(answer)
  })

  it('is the earlier of the event and the close', () => {
    const closeAt = NOW + 20 * SECOND
    expect(said({ closeAt, eventAt: NOW + 4 * MINUTE })).toBe('pull near-close 1')
    expect(said({ closeAt: NOW + 4 * MINUTE, eventAt: closeAt })).toBe('pull near-close 1')
  })

  it('that is not a number pulls', () => {
    expect(said({ closeAt: Number.NaN })).toBe('pull near-close 1')
  })

  it('answers until the next of its two times', () => {
    const closeAt = NOW + HOUR
    expect(timing({ closeAt }).until).toBe(closeAt - 300_000)
    expect(timing({ closeAt, at: closeAt - 300_000 }).until).toBe(closeAt - 30_000)
    expect(timing({ closeAt, at: closeAt - 30_000 }).until).toBe(NEVER)
    expect(timing({ closeAt: NEVER }).until).toBe(NEVER)
  })
})

describe('a scheduled release', () => {
  it.each([
    [-60_001, NORMAL],
    [-60_000, 'pull news 1'],
    [0, 'pull news 1'],
    [29_999, 'pull news 1'],
    [30_000, 'normal  2'],
    [30_000 + 150_000, 'normal  1.5'],
    [30_000 + 285_000, 'normal  1.05'],
    [30_000 + 300_000, NORMAL],
  ])('%d ms after it: %s', (after, answer) => {
    expect(said({ news: [NOW - 10 * HOUR, NOW - after, NOW + 10 * HOUR] })).toBe(answer)
  })

  it('leaves a width that falls from 2 to 1 within a twentieth above a straight line', () => {
    for (let passed = 0; passed < 300_000; passed += 777) {
      const { widen } = timing({ news: [NOW - 30_000 - passed] })
      const line = 2 - passed / 300_000
      expect(widen).toBeGreaterThanOrEqual(line - 1e-12)
      expect(widen).toBeLessThan(line + 0.05)
    }
  })

  it('wakes the caller for the next one', () => {
    expect(timing({ news: [NOW + 5 * HOUR, NOW + 6 * HOUR] }).until).toBe(NOW + 5 * HOUR - MINUTE)
  })

  it('fading from one while the next is due is pulled', () => {
    expect(timing({ news: [NOW - 2 * MINUTE, NOW + 30 * SECOND] }).mode).toBe('pull')
  })
})

describe('a jump', () => {
  it.each([
    [-5000, 'pull jump 1'],
    [0, 'pull jump 1'],
    [9_999, 'pull jump 1'],
    [10_000, 'normal  1.5'],
    [69_999, 'normal  1.5'],
    [70_000, NORMAL],
  ])('%d ms ago: %s', (ago, answer) => {
    expect(said({ jumpedAt: NOW - ago })).toBe(answer)
  })

  it('and a release widen by the larger of the two, not by both', () => {
    const jumpedAt = NOW - 20 * SECOND
    expect(timing({ jumpedAt, news: [NOW - 30 * SECOND] }).widen).toBe(2)
    expect(timing({ jumpedAt, news: [NOW - 30 * SECOND - 240 * SECOND] }).widen).toBe(1.5)
  })
})

describe('a contract that is all but decided', () => {
  it.each([
    [0.02, HOUR, 'reduce-only near-certain 1'],
    [0.98, HOUR, 'reduce-only near-certain 1'],
    [0.021, HOUR, NORMAL],
    [0.979, HOUR, NORMAL],
    [0.01, HOUR + 1, NORMAL],
  ])('at %d with %d ms left: %s', (p, left, answer) => {
    expect(said({ p, closeAt: NOW + left })).toBe(answer)
  })

  it('changes the time of the next answer only where the price is that far out', () => {
    const closeAt = NOW + 3 * HOUR
    expect(timing({ p: 0.01, closeAt }).until).toBe(closeAt - HOUR)
    expect(timing({ p: 0.5, closeAt }).until).toBe(closeAt - 5 * MINUTE)
  })
})

describe('of several rules', () => {
  it('the strictest is named', () => {
    const closeAt = NOW + 2 * MINUTE
    expect(said({ closeAt, jumpedAt: NOW })).toBe('pull jump 1')
    expect(said({ closeAt, p: 0.01 })).toBe('reduce-only near-close 1')
    expect(said({ closeAt: NOW + SECOND, jumpedAt: NOW, news: [NOW] })).toBe('pull near-close 1')
    expect(said({ jumpedAt: NOW, news: [NOW] })).toBe('pull news 1')
  })

  it('a mode is joined by the width of another', () => {
    expect(said({ closeAt: NOW + 2 * MINUTE, jumpedAt: NOW - 20 * SECOND })).toBe(
      'reduce-only near-close 1.5',
    )
  })
})

describe('an answer', () => {
  const span = fc.integer({ min: 0, max: 500_000 })
  const offset = fc.integer({ min: -700_000, max: 700_000 })
  const near = (otherwise: number) =>
    fc.oneof(
      offset.map((by) => NOW + by),
      fc.constant(otherwise),
    )
  const world = fc.record({
    closeAt: near(NEVER),
    eventAt: near(NEVER),
    p: fc.constantFrom(0.01, 0.02, 0.5, 0.99),
    news: fc
      .array(offset, { maxLength: 4 })
      .map((all) => all.map((by) => NOW + by).sort((a, b) => a - b)),
    jumpedAt: near(Number.NEGATIVE_INFINITY),
    ...{ reduceOnlyMs: span, stopMs: span, edgeMs: span },
    ...{ newsBeforeMs: span, newsAfterMs: span, newsFadeMs: span },
    ...{ jumpPauseMs: span, jumpWidenMs: span },
  })

  it('holds from the time it was given until the time that it says', () => {
    fc.assert(
      fc.property(world, fc.double({ min: 0, max: 1, noNaN: true }), (changes, share) => {
        const first = timing(changes)
        expect(first.until).toBeGreaterThan(NOW)
        expect(first.widen).toBeGreaterThanOrEqual(1)
        const last = Math.min(first.until - 1, NOW + 2_000_000)
        for (const at of [NOW + Math.floor(share * (last - NOW)), last]) {
          expect({ ...timing({ ...changes, at }), until: 0 }).toEqual({ ...first, until: 0 })
        }
      }),
      { seed: 20_261_205, numRuns: 3000 },
    )
  })

  it('comes to rest: a caller who sleeps until it changes is done after a few dozen looks', () => {
    fc.assert(
      fc.property(world, (changes) => {
        let at = NOW
        let looks = 0
        while (at < NEVER && looks < 200) {
          at = timing({ ...changes, at }).until
          looks++
        }
        expect(looks).toBeLessThan(200)
      }),
      { seed: 20_261_206, numRuns: 300 },
    )
  })

  it('leaves nothing of the one before it', () => {
    const out = emptyCalendar()
    const input = { ...emptyCalendarInput(), at: NOW, closeAt: NOW, jumpedAt: NOW - 20 * SECOND }
    applyCalendar(input, out)
    expect(out.mode).toBe('pull')
    applyCalendar({ ...input, closeAt: NEVER, jumpedAt: Number.NEGATIVE_INFINITY }, out)
    expect(out).toEqual(emptyCalendar())
  })
})

describe('a long shot', () => {
  it('is a bid below 5 cents or an ask above 95, unless it reduces', () => {
    const bids = [0.049, 0.05, 0.96].map((p) => isLongshot('bid', p, false))
    const asks = [0.951, 0.95, 0.04].map((p) => isLongshot('ask', p, false))
    expect([bids, asks]).toEqual([
      [true, false, false],
      [true, false, false],
    ])
    expect([isLongshot('bid', 0.049, true), isLongshot('ask', 0.951, true)]).toEqual([false, false])
  })

  it('begins at the price that the strategy sets', () => {
    expect(isLongshot('bid', 0.08, false, 10)).toBe(true)
    expect(isLongshot('bid', 0.001, false, 0)).toBe(false)
  })
})
