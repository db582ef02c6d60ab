// Certainty equivalents of simulated sessions against arithmetic, and a maker that leaves as a
// taker.

import { describe, expect, it } from 'vitest'
import { estimated, full } from '../../../../research/lab/results/experiments.ts'
import { SHARES, shareRequirements, shareTable } from '../../../../research/lab/results/shares.ts'
import { certaintyGain, certaintyOf } from '../../../../research/lab/sessions/certainty.ts'
import { emptyAccount } from '../../../../research/lab/sessions/play.ts'
import { run } from '../../../../research/lab/sessions/run.ts'
import { Samples } from '../../../../research/lab/sessions/samples.ts'
import { SessionDice } from '../../../../research/lab/worlds/dice.ts'
import { clockWorld, emptySession, W1_SETTLING } from '../../../../research/lab/worlds/worlds.ts'

const SEED = 8
const GAMMA = 0.05

/** Sessions whose profits are normal. */
const normal = (mean: number, sd: number, count: number): Samples => {
  const dice = new SessionDice().start(SEED, 0, 0)
  const samples = new Samples('normal', count)
  for (let i = 0; i < count; i++) {
    const pnl = mean + sd * dice.normal()
    samples.add({ ...emptyAccount(), pnl, marked: pnl, lastPrice: 50 })
  }
  return samples
}

describe('the certainty equivalent of sessions', () => {
  it(`is mean - gamma sd^2 / 2 where profits are normal (seed ${SEED})`, () => {
    for (const settles of [false, true]) {
      const { value, error } = certaintyOf(normal(300, 20, 20_000), GAMMA, settles)
      expect(error).toBeLessThan(0.4)
      expect(Math.abs(value - (300 - (GAMMA * 400) / 2))).toBeLessThan(4 * error)
    }
  })

  it('compares two makers of the same sessions by what differs alone', () => {
    const [ours, theirs] = [normal(303, 20, 2000), normal(300, 20, 2000)]
    const gain = certaintyGain(ours, theirs, GAMMA, false)
    expect(gain.value).toBeCloseTo(3, 9)
    expect(gain.error).toBeLessThan(1e-9)
  })

  it('takes the chances of the settlement for its draw', () => {
    const samples = new Samples('one', 1)
    samples.add({ ...emptyAccount(), pnl: 95, marked: 10, lastPrice: 20, inventory: 1 })
    const lottery = 0.2 * Math.exp(-GAMMA * 80) + 0.8 * Math.exp(GAMMA * 20)
    const wanted = 10 - Math.log(lottery) / GAMMA
    expect(certaintyOf(samples, GAMMA, true).value).toBeCloseTo(wanted, 9)
  })

  it(`is the same with the draw and with its chances, on average (seed ${SEED})`, () => {
    const [samples] = run(W1_SETTLING, [full('x', { limit: 1, sigma: 'known' })], 400, SEED)
    const drawn = certaintyOf(samples!, 0.005, false)
    const chances = certaintyOf(samples!, 0.005, true)
    expect(Math.abs(drawn.value - chances.value)).toBeLessThan(3 * drawn.error)
    expect(chances.error).toBeLessThan(drawn.error)
  })
})

describe('the worlds that settle', () => {
  it('end at 0 or 100 with the chance of the price before', () => {
    for (const world of [W1_SETTLING, clockWorld(false)]) {
      const session = emptySession(world.steps)
      const [path, takers] = [new SessionDice(), new SessionDice()]
      let off = 0
      let variance = 0
      for (let i = 0; i < 100; i++) {
        world.draw(session, path.start(SEED, i, 1), takers.start(SEED, i, 2))
        const last = session.price[world.steps - 1]!
        const end = session.price[world.steps]!
        expect([0, 100]).toContain(end)
        off += end - last
        variance += last * (100 - last)
      }
      expect(Math.abs(off)).toBeLessThan(4 * Math.sqrt(variance))
    }
  })
})

describe('a maker that may leave', () => {
  it('does so near the end, and carries less into the settlement', () => {
    const [stays, leaves] = run(
      W1_SETTLING,
      [
        estimated('stays', { rounding: 'value' }),
        estimated('leaves', { rounding: 'value', leaves: true }),
      ],
      30,
      SEED,
    )
    expect(stays!.mean('left').value).toBe(0)
    expect(leaves!.mean('left').value).toBeGreaterThan(0)
    expect(leaves!.sd('inventory').value).toBeLessThan(stays!.sd('inventory').value)
    const { edge, carried, fees, pnl } = leaves!.columns
    expect(edge[0]! + carried[0]! - fees[0]! - pnl[0]!).toBeCloseTo(0, 9)
    expect(leaves!.mean('fees').value).toBeGreaterThan(0)
  })
})

describe('the shares', () => {
  it('are judged by the exact value less what estimating costs', () => {
    const share = SHARES[0]!
    const worth = (_: unknown, way: string): number => (way.startsWith('optimum') ? 100 : 99.5)
    const at = (learns: number): Samples[] => [
      normal(90, 2, 50),
      normal(90, 2, 50),
      normal(90, 2, 50),
      normal(learns, 2, 50),
    ]
    expect(shareRequirements(share, at(89.8), worth)).toEqual([
      {
        text: 'W1, far from the close: by value, all estimated, at least 99 % of the optimum',
        found: '99.3 (0.0) %',
        ok: true,
      },
    ])
    expect(shareRequirements(share, at(89), worth)[0]!.ok).toBe(false)
    expect(shareTable(share, at(89), worth)).toContain('98.5 (0.0) %')
  })
})
