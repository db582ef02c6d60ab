// Values that makers share: one reads, the others are told, and nothing older than they want.

import { describe, expect, it } from 'vitest'
import { Commons, KEPT_MS, READING_MS } from '../../../../src/durable/desk/commons.ts'
import { LIMITS_EVERY_MS, LimitsTurn, TURN_MS } from '../../../../src/durable/desk/limits-turn.ts'

const T = 1_000_000
const AGE = 60_000

/** A desk at which the reading of `fees` began at T and has been offered. */
const withFees = (): Commons => {
  const commons = new Commons()
  expect(commons.ask('fees', AGE, T)).toEqual({ state: 'yours', reading: T })
  expect(commons.offer('fees', T, { maker: 1 })).toBe(true)
  return commons
}

describe('a shared value', () => {
  it('is read by the first that asks; the others wait for it, and are told', () => {
    const commons = new Commons()
    expect(commons.ask('fees', AGE, T).state).toBe('yours')
    expect(commons.ask('fees', AGE, T + 10)).toEqual({ state: 'wait' })
    expect(commons.ask('limits', AGE, T + 10).state).toBe('yours')
    commons.offer('fees', T, { maker: 1 })
    const known = { state: 'known', value: { maker: 1 }, age: 20 }
    expect(commons.ask('fees', AGE, T + 20)).toEqual(known)
  })

  it('is as old as the question that it answers, not as its arrival', () => {
    const commons = new Commons()
    commons.ask('fees', AGE, T)
    commons.offer('fees', T, 1)
    expect(commons.ask('fees', AGE, T + AGE).state).toBe('known')
    expect(commons.ask('fees', AGE, T + AGE + 1).state).toBe('yours')
  })

  it('is too old for one and young enough for another', () => {
    const commons = withFees()
    expect(commons.ask('fees', 5, T + 10).state).toBe('yours')
    expect(commons.ask('fees', 10, T + 10).state).toBe('known')
  })

  it('is not waited for where its reading began too early for the one who asks', () => {
    const commons = new Commons()
    commons.ask('status', AGE, T)
    expect(commons.ask('status', 50, T + 100)).toEqual({ state: 'yours', reading: T + 100 })
    // Both offer theirs, in the wrong order: the later reading stays.
    expect(commons.offer('status', T + 100, 'new')).toBe(true)
    expect(commons.offer('status', T, 'old')).toBe(false)
    expect(commons.ask('status', AGE, T + 110)).toMatchObject({ value: 'new' })
  })

  it('that could not be read is read by the next', () => {
    const commons = new Commons()
    commons.ask('fees', AGE, T)
    expect(commons.offer('fees', T, null)).toBe(false)
    expect(commons.ask('fees', AGE, T + 1).state).toBe('yours')
  })

  it('is read by the next where its reader is not heard of again', () => {
    const commons = new Commons()
    commons.ask('fees', AGE, T)
    expect(commons.ask('fees', AGE, T + READING_MS).state).toBe('wait')
    expect(commons.ask('fees', AGE, T + READING_MS + 1).state).toBe('yours')
  })

  it('gives each reading a name of its own, also within one millisecond', () => {
    const commons = new Commons()
    const names = ['a', 'b', 'c'].map((key) => commons.ask(key, AGE, T))
    expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(3)
  })

  it('that nobody reads any more does not stay in memory', () => {
    const commons = withFees()
    commons.ask('other', AGE, T + KEPT_MS + 1)
    expect(commons.ask('fees', 10 * KEPT_MS, T + KEPT_MS + 2).state).toBe('yours')
  })

  it('of a reading that this desk did not ask for is not kept', () => {
    expect(new Commons().offer('fees', T, 1)).toBe(false)
    const commons = new Commons()
    commons.ask('fees', AGE, T)
    expect(commons.offer('fees', T - 1, 1)).toBe(false)
    // Of a desk before a restart, whose clock was ahead: it would seem to be young for too long.
    expect(commons.offer('fees', T + 5_000, 1)).toBe(false)
  })
})

describe('a value that has changed', () => {
  it('is forgotten', () => {
    const commons = withFees()
    commons.forget('fees', T + 5)
    expect(commons.ask('fees', AGE, T + 6).state).toBe('yours')
    commons.forget('never heard of', T + 6)
  })

  it('is not brought back by a reading that began before', () => {
    const commons = new Commons()
    commons.ask('fees', AGE, T)
    commons.forget('fees', T)
    expect(commons.offer('fees', T, 'before')).toBe(false)
    const again = commons.ask('fees', AGE, T + 1)
    expect(again.state).toBe('yours')
    expect(commons.offer('fees', (again as { reading: number }).reading, 'after')).toBe(true)
    expect(commons.ask('fees', AGE, T + 2)).toMatchObject({ value: 'after' })
  })
})

describe("the account's limits", () => {
  it('are read by one maker, and again after a while', () => {
    const turn = new LimitsTurn()
    expect([turn.take('me', 'A', T), turn.take('me', 'B', T + 1)]).toEqual([true, false])
    turn.reported('me', T + 2)
    expect(turn.take('me', 'B', T + LIMITS_EVERY_MS + 1)).toBe(false)
    expect(turn.take('me', 'B', T + LIMITS_EVERY_MS + 2)).toBe(true)
  })

  it('are read by another where the one whose turn it was reports nothing', () => {
    const turn = new LimitsTurn()
    turn.take('me', 'A', T)
    expect(turn.take('me', 'B', T + TURN_MS - 1)).toBe(false)
    expect(turn.take('me', 'A', T + TURN_MS)).toBe(false)
    expect(turn.take('me', 'B', T + TURN_MS)).toBe(true)
  })

  it('are read again by the same maker where it is the only one', () => {
    const turn = new LimitsTurn()
    turn.take('me', 'A', T)
    expect(turn.take('me', 'A', T + 2 * TURN_MS - 1)).toBe(false)
    expect(turn.take('me', 'A', T + 2 * TURN_MS)).toBe(true)
  })

  it('of one account are not those of another', () => {
    const turn = new LimitsTurn()
    turn.take('old key', 'A', T)
    turn.reported('old key', T)
    expect(turn.take('new key', 'A', T + 1)).toBe(true)
    expect(turn.take('old key', 'B', T + 1)).toBe(false)
  })
})
