// Reads through the desk: twenty makers read once, and a desk that is dead, slow or out of date
// never keeps one of them from the truth.

import { describe, expect, it, vi } from 'vitest'
import { accepted, type Outcome, unknown } from '../../../../src/core/vocabulary/outcome.ts'
import { Commons } from '../../../../src/durable/desk/commons.ts'
import {
  ASK_AGAIN_MS,
  AWAY_MS,
  PATIENCE_MS,
  SharedReads,
} from '../../../../src/durable/maker/exchange/shared-reads.ts'

const T = 1_000_000
const AGE = 300_000
type Desk = ConstructorParameters<typeof SharedReads>[0]['desk']

/** A desk by which makers share, and a clock that goes on only while somebody sleeps. */
const build = (change: Partial<Desk> = {}) => {
  const commons = new Commons()
  const clock = { now: T }
  const asked: string[] = []
  const desk: Desk = {
    common: async (key, maxAge) => {
      asked.push(key)
      return commons.ask(key, maxAge, clock.now)
    },
    offer: async (key, reading, value) => ({
      kept: commons.offer(key, reading, JSON.parse(JSON.stringify(value))),
    }),
    forget: async (key) => {
      commons.forget(key, clock.now)
      return { forgotten: true }
    },
    ...change,
  }
  const sleep = async (ms: number): Promise<void> => {
    const until = clock.now + ms
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    clock.now = Math.max(clock.now, until)
  }
  const maker = (scope = 'exchange account') =>
    new SharedReads({ now: () => clock.now, sleep, desk, scope })
  return { clock, asked, maker, commons }
}

/** A reading that counts how often it was made. */
const reading = (value: unknown) => vi.fn(async (): Promise<Outcome<unknown>> => accepted(value))

const DEAD = () => Promise.reject(new Error('dead'))

describe('twenty makers', () => {
  it('that ask at once read once', async () => {
    const { maker } = build()
    const read = reading({ maker: 1 })
    const all = Array.from({ length: 20 }, () => maker().get('fees', AGE, read))
    expect((await Promise.all(all)).map(({ outcome }) => outcome)).toEqual(
      all.map(() => accepted({ maker: 1 })),
    )
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('are told how old the value is', async () => {
    const { maker, clock } = build()
    await maker().get('fees', AGE, reading(1))
    clock.now += 7_000
    expect(await maker().get('fees', AGE, reading(2))).toEqual({ outcome: accepted(1), at: T })
  })

  it('take the value for rather too old than too young while the answer is on its way', async () => {
    const { maker, clock, commons } = build()
    await maker().get('fees', AGE, reading(1))
    clock.now += 7_000
    const slow = build({
      common: async (key, maxAge) => {
        const answer = commons.ask(key, maxAge, clock.now)
        slow.clock.now += 400
        return answer
      },
    })
    slow.clock.now = clock.now
    expect((await slow.maker().get('fees', AGE, reading(2))).at).toBe(T)
  })

  it('of two accounts, or of two exchanges, share nothing', async () => {
    const { maker } = build()
    await maker('demo key').get('fees', AGE, reading(1))
    for (const scope of ['demo other', 'prod key']) {
      expect((await maker(scope).get('fees', AGE, reading(scope))).outcome).toEqual(accepted(scope))
    }
    maker('prod key').forget('fees')
    expect((await maker('demo key').get('fees', AGE, reading(2))).outcome).toEqual(accepted(1))
  })

  it('try one after the other what cannot be read', async () => {
    const { maker } = build()
    const fails = vi.fn(async (): Promise<Outcome<unknown>> => unknown('HTTP 500'))
    const [first, second] = [maker(), maker()]
    expect((await first.get('fees', AGE, fails)).outcome.kind).toBe('unknown')
    expect((await second.get('fees', AGE, reading(1))).outcome).toEqual(accepted(1))
  })
})

describe('a maker reads for itself', () => {
  it('without a desk, and leaves it alone for a while', async () => {
    const common = vi.fn(DEAD)
    const { maker, clock } = build({ common, offer: DEAD, forget: DEAD })
    const shared = maker()
    for (const value of [1, 2]) {
      expect((await shared.get('fees', AGE, reading(value))).outcome).toEqual(accepted(value))
    }
    shared.forget('fees')
    expect(common).toHaveBeenCalledTimes(1)
    clock.now += AWAY_MS
    await shared.get('fees', AGE, reading(3))
    expect(common).toHaveBeenCalledTimes(2)
  })

  it('where the desk hangs, after a second', async () => {
    vi.useFakeTimers()
    const { maker } = build({ common: () => new Promise(() => undefined) })
    const read = reading(1)
    const got = maker().get('fees', AGE, read)
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1)
    expect(read).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    vi.useRealTimers()
    expect((await got).outcome).toEqual(accepted(1))
  })

  it('where another takes too long, after a second', async () => {
    const { maker, clock, asked } = build({ common: async () => ({ state: 'wait' }) })
    expect((await maker().get('fees', AGE, reading(1))).outcome).toEqual(accepted(1))
    expect(clock.now - T).toBe(PATIENCE_MS)
    expect(asked.length).toBeLessThanOrEqual(PATIENCE_MS / ASK_AGAIN_MS)
  })
})

describe('a value that has changed', () => {
  it('is read again by everyone, once', async () => {
    const { maker, clock } = build()
    const makers = Array.from({ length: 20 }, () => maker())
    await makers[0]!.get('fees', AGE, reading('before'))
    clock.now += 10
    for (const each of makers) each.forget('fees')
    clock.now += 1
    const read = reading('after')
    const all = await Promise.all(makers.map((each) => each.get('fees', AGE, read)))
    expect(new Set(all.map(({ outcome }) => JSON.stringify(outcome))).size).toBe(1)
    expect(all[0]!.outcome).toEqual(accepted('after'))
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('is dropped at the desk: a maker that heard nothing gets the new one', async () => {
    const { maker, clock } = build()
    const [one, other] = [maker(), maker()]
    await one.get('fees', AGE, reading('before'))
    clock.now += 10
    one.forget('fees')
    expect((await other.get('fees', AGE, reading('after'))).outcome).toEqual(accepted('after'))
  })

  it('while the answer of the desk is on its way is asked for again', async () => {
    const world = build()
    await world.maker().get('fees', AGE, reading('before'))
    world.clock.now += 10
    const deaf = build({
      common: async (key, maxAge) => {
        const answer = world.commons.ask(key, maxAge, deaf.clock.now)
        if (deaf.asked.push(key) === 1) shared.forget('fees')
        return answer
      },
      forget: DEAD,
    })
    deaf.clock.now = world.clock.now
    const shared = deaf.maker()
    expect((await shared.get('fees', AGE, reading('after'))).outcome).toEqual(accepted('after'))
    expect(deaf.asked).toHaveLength(2)
  })

  it('is refused by the one who knows, also where the desk did not hear of it', async () => {
    const { maker, clock } = build({ forget: DEAD })
    const shared = maker()
    await shared.get('fees', AGE, reading('before'))
    clock.now += 10
    shared.forget('fees')
    clock.now += 10
    expect((await shared.get('fees', AGE, reading('after'))).outcome).toEqual(accepted('after'))
  })
})
