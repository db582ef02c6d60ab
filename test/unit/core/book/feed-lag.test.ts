// How late the feed is: by whose clock, measured how, and what a wrong clock of ours must not do.

import { describe, expect, it } from 'vitest'
import { FeedLag } from '../../../../src/core/book/feed-lag.ts'
import { T0 } from '../../../helpers/core.ts'

/** A link to an exchange whose clock is `ahead` of ours, ms. */
const linkTo = (ahead: number, known?: number) => {
  const lag = new FeedLag()
  lag.up(known)
  return {
    lag,
    /** A question, asked at `asked`; each way takes `each` ms. */
    ask: (asked: number, each: number, late = 0) =>
      lag.answered(asked, asked + each + ahead, asked + 2 * each + late),
    /** A change of the book that comes `late`. */
    change: (at: number, late: number) => lag.look(at - late + ahead, at),
  }
}

describe('a lag', () => {
  it('is the age of the newest change, less the difference of the clocks', () => {
    for (const ahead of [-40_000, 0, 40_000]) {
      const { lag, ask, change } = linkTo(ahead)
      ask(T0, 10)
      change(T0 + 1000, 7000)
      expect(lag.now).toBe(7000)
      change(T0 + 2000, 30)
      expect(lag.now).toBe(30)
    }
  })

  it('that begins with the link is found when the clock is measured, even after the frame', () => {
    const { lag, ask, change } = linkTo(40_000)
    change(T0, 6000)
    expect(lag.now).toBe(0)
    ask(T0 + 500, 10)
    expect(lag.now).toBe(6000)
  })

  it('that begins with the link is found by the offset that requests have measured', () => {
    const { lag, change } = linkTo(40_000, 40_000)
    change(T0, 6000)
    expect(lag.now).toBe(6000)
  })

  it('is taken for a wrong clock of ours where nothing measures any: it may grow from there', () => {
    const { lag, change } = linkTo(40_000)
    change(T0, 100)
    expect(lag.now).toBe(0)
    change(T0 + 20_000, 5100)
    expect(lag.now).toBe(5000)
  })

  it('is at least what an answer took, which no clock can falsify', () => {
    const { lag, ask } = linkTo(0)
    ask(T0, 10, 8000)
    expect(lag.now).toBe(8020)
    ask(T0 + 20_000, 10)
    expect(lag.now).toBe(20)
  })

  it('of the trades alone counts too', () => {
    const { lag, ask, change } = linkTo(0)
    ask(T0, 10)
    change(T0 + 100, 20)
    lag.traded(T0 - 9000, T0)
    expect(lag.now).toBe(9000)
  })

  it('of a snapshot without a time is at most the time since it was asked for', () => {
    const { lag, ask, change } = linkTo(0)
    lag.snapshot(0, T0 + 8000, 8000)
    expect(lag.now).toBe(8000)
    // A prompt answer of another subscription proves nothing of this one.
    ask(T0 + 9000, 10)
    expect(lag.now).toBe(8000)
    change(T0 + 9500, 40)
    expect(lag.now).toBe(40)
    lag.snapshot(0, T0 + 20_000, 8000)
    lag.snapshot(T0 + 20_960, T0 + 21_000, 8000)
    expect(lag.now).toBe(40)
    lag.snapshot(0, T0 + 30_000, 8000)
    lag.up(undefined)
    expect(lag.now).toBe(0)
  })

  it('is not known of a change without a time, and begins anew with a snapshot and a link', () => {
    const { lag, ask, change } = linkTo(0)
    ask(T0, 10)
    expect(lag.look(0, T0)).toBe(false)
    change(T0, 9000)
    lag.snapshot(0, T0 + 100)
    expect(lag.now).toBe(20)
    lag.snapshot(T0 - 6000, T0)
    expect(lag.now).toBe(6000)
    lag.up(undefined)
    expect(lag.now).toBe(0)
  })
})

describe('the clock', () => {
  it('is taken from the quickest answer, and kept over links', () => {
    const { lag, ask } = linkTo(40_000)
    ask(T0, 300, 200)
    expect(lag.clock).toBe(-39_900)
    ask(T0 + 2000, 5)
    expect(lag.clock).toBe(-40_000)
    ask(T0 + 4000, 300, 200)
    expect(lag.clock).toBe(-40_000)
    lag.up(undefined)
    expect(lag.clock).toBe(-40_000)
  })

  it('follows when it is set, by more than any answer can be wrong', () => {
    const { lag, ask } = linkTo(0)
    ask(T0, 5)
    lag.answered(T0 + 40_000, T0 + 150, T0 + 40_300)
    expect(Math.round(lag.clock)).toBe(40_000)
  })

  it('is not measured by an answer that took more than a second', () => {
    const { lag, ask } = linkTo(40_000)
    ask(T0, 10, 3000)
    expect([lag.isMeasured, lag.clock]).toEqual([false, 0])
  })
})

it('samples the book at each answer, the answer itself where nothing has changed, and keeps few', () => {
  const { lag, ask, change } = linkTo(40_000)
  ask(T0, 10)
  change(T0 + 100, 70)
  ask(T0 + 2000, 10)
  ask(T0 + 4000, 10)
  expect(lag.samples).toEqual([10, 70, 10])
  for (let turn = 0; turn < 2000; turn++) ask(T0 + 6000 + turn, 10)
  expect(lag.samples.length).toBeLessThanOrEqual(500)
})
