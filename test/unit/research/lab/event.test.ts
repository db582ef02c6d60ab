// The world of exclusive outcomes: exactly one pays, books cost more than that, and makers meet the
// same sessions whatever they hear of each other.

import { describe, expect, it } from 'vitest'
import { playEvent } from '../../../../research/lab/event/makers.ts'
import { eventTable, gainOf, runEvent } from '../../../../research/lab/event/run.ts'
import { drawEvent, emptyEvent } from '../../../../research/lab/event/world.ts'
import { SessionDice } from '../../../../research/lab/worlds/dice.ts'
import { SESSION_SECONDS } from '../../../../research/lab/worlds/worlds.ts'

const drawn = (session: number) => {
  const outcomes = emptyEvent()
  drawEvent(
    outcomes,
    0.5,
    new SessionDice().start(7, session, 61),
    new SessionDice().start(7, 0, 62),
  )
  return outcomes
}
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

describe('a session of the event', () => {
  it('has true prices that sum to a dollar at every moment, and one outcome that pays it', () => {
    for (const session of [1, 2, 3]) {
      const outcomes = drawn(session)
      for (let t = 0; t <= SESSION_SECONDS; t += 100) {
        expect(sum(outcomes.map(({ price }) => price[t]!))).toBeCloseTo(100, 6)
      }
      const last = outcomes.map(({ price }) => price[SESSION_SECONDS]!)
      expect(last.filter((price) => price === 100)).toHaveLength(1)
      expect(sum(last)).toBe(100)
    }
  })

  it('has prices that move as fast as it says', () => {
    let [moved, said] = [0, 0]
    for (const session of [1, 2, 3, 4]) {
      for (const { price, sigma2 } of drawn(session)) {
        for (let t = 0; t < SESSION_SECONDS - 600; t++) {
          moved += (price[t + 1]! - price[t]!) ** 2
          said += sigma2[t]!
        }
      }
    }
    expect(moved / said).toBeGreaterThan(0.95)
    expect(moved / said).toBeLessThan(1.05)
  })

  it('has books that cost a dollar or more, a bid below each ask', () => {
    const outcomes = drawn(1)
    for (let t = 0; t < SESSION_SECONDS; t += 100) {
      for (const { bid, ask } of outcomes) expect(bid[t]!).toBeLessThan(ask[t]!)
      expect(sum(outcomes.map(({ ask }) => ask[t]!))).toBeGreaterThan(100)
    }
  })
})

describe('makers of all outcomes', () => {
  it('are paired: what one hears changes neither prices nor takers', () => {
    const once = playEvent(drawn(1), 'each alone')
    playEvent(drawn(1), 'with the whole skew')
    expect(playEvent(drawn(1), 'each alone')).toEqual(once)
    const results = runEvent(2, 7, 0.5)
    expect(runEvent(2, 7, 0.5)).toEqual(results)
    expect(gainOf(results, 'each alone').mean).toBe(0)
    expect(eventTable(results).split('\n')).toHaveLength(6)
  })

  it('bear less risk as a group when each counts what the others hold', () => {
    const outcomes = drawn(2)
    const alone = playEvent(outcomes, 'fair value of the event')
    const half = playEvent(outcomes, 'with half the skew (product)')
    const whole = playEvent(outcomes, 'with the whole skew')
    expect(half.risk).toBeLessThan(alone.risk)
    expect(whole.risk).toBeLessThan(half.risk)
    // And hold more of what cancels out.
    expect(whole.held).toBeGreaterThan(half.held)
  })
})
