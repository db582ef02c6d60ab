// The lab with the product's estimators inside the loop: that they hear what a live maker would
// hear, find what the world was made with, and that a maker who relies on them still keeps its
// lead.

import { describe, expect, it } from 'vitest'
import { Learning } from '../../../../research/lab/makers/learning.ts'
import { Maker } from '../../../../research/lab/makers/makers.ts'
import { estimated, experimentsOf, full } from '../../../../research/lab/results/experiments.ts'
import { mustPass } from '../../../../research/lab/results/requirements.ts'
import { emptyAccount, play } from '../../../../research/lab/sessions/play.ts'
import { run } from '../../../../research/lab/sessions/run.ts'
import { SessionDice } from '../../../../research/lab/worlds/dice.ts'
import { clockWorld, emptySession, W1, W2 } from '../../../../research/lab/worlds/worlds.ts'

const SEED = 3
const MONTH = 30 * 86_400
/** Nobody came: no bid lies above this limit, and no ask below the other. */
const [NO_SELLER, NO_BUYER] = [1000, -1000]

/** k and A after the same second of takers has come 400 times, a minute apart. */
const afterMany = (
  mid: number,
  seller: number,
  buyer: number,
  bid = Number.NaN,
  ask = Number.NaN,
): { k: number; arrivals: number } => {
  const learning = new Learning({ k: 0.7, arrivals: 0.02 })
  learning.read(mid, 0)
  for (let n = 1; n <= 400; n++) learning.onTakers(mid, seller, buyer, { bid, ask }, 60 * n)
  learning.read(mid, 60 * 400)
  return { k: learning.k, arrivals: learning.arrivals }
}

const NOT_QUOTED = { bid: Number.NaN, ask: Number.NaN }

describe('what the public sees of takers', () => {
  const silence = afterMany(50, NO_SELLER, NO_BUYER)

  it('is nothing where the taker stops short of the touch and of our quote', () => {
    // With the mid at 50 the touch is 49 and 51; this seller takes nothing at or below 49.
    expect(afterMany(50, 49, NO_BUYER)).toEqual(silence)
    expect(afterMany(50, NO_SELLER, 51)).toEqual(silence)
    expect(afterMany(50, 49.5, NO_BUYER, 49)).toEqual(silence)
  })

  it('is a print at the touch, or at our better quote, where it goes no further', () => {
    const touch = afterMany(50, 48.9, NO_BUYER)
    expect(touch.k).toBeGreaterThan(2)
    expect(touch.arrivals).toBeGreaterThan(silence.arrivals)
    expect(afterMany(50, 49.2, NO_BUYER, 49.5)).toEqual(touch)
  })

  it('is deeper the further the taker reaches, and the same from both sides', () => {
    const deep = afterMany(50, 44.5, NO_BUYER)
    expect(deep.k).toBeLessThan(0.4)
    expect(afterMany(50, NO_SELLER, 55.5)).toEqual(deep)
  })

  it('has a touch half a cent away where the mid is a half cent', () => {
    expect(afterMany(50.5, 49.9, NO_BUYER).k).toBeGreaterThan(2)
    expect(afterMany(50.5, 50, NO_BUYER).k).toBe(silence.k)
  })

  it('never prints outside the book', () => {
    expect(afterMany(0, -5, NO_BUYER)).toEqual(silence)
    expect(afterMany(100, NO_SELLER, 105)).toEqual(silence)
    expect(afterMany(3, -50, NO_BUYER)).toEqual(afterMany(3, 0.5, NO_BUYER))
  })
})

describe('the estimators in a session', () => {
  it('find the decay and the number of takers that the world was made with, from wrong priors', () => {
    const session = emptySession(W1.steps)
    let k = 0
    let arrivals = 0
    const sessions = 40
    for (let i = 0; i < sessions; i++) {
      const learning = new Learning({ k: 1.5, arrivals: 0.005 })
      W1.draw(session, new SessionDice().start(SEED, i, 1), new SessionDice().start(SEED, i, 2))
      for (let t = 0; t + 1 < W1.steps; t++) {
        learning.read(session.seen[t]!, t)
        const mid = session.seen[t + 1]!
        learning.onTakers(mid, session.seller[t]!, session.buyer[t]!, NOT_QUOTED, t + 1)
      }
      learning.read(session.seen[W1.steps - 1]!, W1.steps)
      k += learning.k / sessions
      arrivals += learning.arrivals / sessions
    }
    expect(Math.abs(k / 0.7 - 1)).toBeLessThan(0.2)
    // The prior, a tenth of the truth, weighs 600 s against the 1360 that the session is worth.
    expect(arrivals).toBeGreaterThan(0.032)
    expect(arrivals).toBeLessThan(0.055)
  })

  it('start anew with each session', () => {
    const session = emptySession(W2.steps)
    W2.draw(session, new SessionDice().start(SEED, 0, 1), new SessionDice().start(SEED, 0, 2))
    const maker = new Maker(estimated('all', { close: MONTH, markouts: 'sides', lot: 10 }), W2)
    const [first, second] = [emptyAccount(), emptyAccount()]
    play(W2, session, maker, first)
    play(W2, session, maker, second)
    expect(first.fills).toBeGreaterThan(500)
    expect(second).toEqual(first)
  })

  it('change the quotes only where they are asked for', () => {
    const [plain, same] = run(
      W1,
      [full('a'), full('b', { flow: { k: 0.7, arrivals: 0.05 } })],
      3,
      1,
    )
    expect(same!.columns.pnl).not.toEqual(plain!.columns.pnl)
    const [again] = run(W1, [full('a')], 3, 1)
    expect(again!.columns.pnl).toEqual(plain!.columns.pnl)
  })
})

describe('the full model with everything estimated', () => {
  for (const id of ['W1', 'W2', 'W4']) {
    it(`${id}: beats the fixed makers by as much as it has to (seed ${SEED})`, () => {
      const experiments = experimentsOf(id)
        .map((experiment) => ({
          ...experiment,
          rows: experiment.rows.filter(
            ({ role, spec }) =>
              role !== undefined && (role !== 'judged' || spec.flow !== undefined),
          ),
        }))
        .filter(({ rows }) => rows.some(({ spec }) => spec.flow !== undefined && !spec.edges))
      const results = experiments.map(({ world, rows }) =>
        run(
          world,
          rows.map(({ spec }) => spec),
          60,
          SEED,
        ),
      )
      const found = mustPass(experiments, results)
      expect(found.length).toBeGreaterThanOrEqual(2)
      expect(found.filter(({ ok }) => !ok)).toEqual([])
    })
  }

  it('quotes by what it has learnt: further out where takers are believed to reach further', () => {
    const halfAt = (k: number): number => {
      const maker = new Maker(estimated('learning', { flow: { k, arrivals: 0.02 } }), W1)
      maker.quote(0, 50, 0)
      return maker.halfBid
    }
    expect(halfAt(0.4) - halfAt(1.5)).toBeGreaterThan(1 / 0.4 - 1 / 1.5 - 0.3)
  })

  it('comes to exactly ten times as much with ten contracts an order', () => {
    const [one, ten] = run(
      W2,
      [estimated('one'), estimated('ten', { lot: 10, gamma: 0.005, limit: 300 })],
      2,
      SEED,
    )
    expect(ten!.mean('pnl').value / one!.mean('pnl').value).toBeCloseTo(10, 9)
    expect(ten!.mean('after30').value / one!.mean('after30').value).toBeCloseTo(10, 9)
  })

  it('sizes orders so that the side which adds to a position shrinks', () => {
    const world = clockWorld(false)
    const maker = new Maker(
      estimated('skewed', { lot: 10, gamma: 0.005, limit: 100, eta: 1.5 }),
      world,
    )
    maker.quote(0, 50, 60)
    expect(maker.bidSize).toBe(4)
    expect(maker.askSize).toBe(10)
    maker.quote(1, 50, -60)
    expect(maker.bidSize).toBe(10)
    expect(maker.askSize).toBe(4)
  })
})
