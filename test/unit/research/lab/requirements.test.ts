// The sentences that `npm run lab -- all` ends with: that the sweep and the queue show what they
// have to with few sessions, and that each sentence turns false where the numbers do.

import { describe, expect, it } from 'vitest'
import { naive } from '../../../../research/lab/makers/makers.ts'
import { type Experiment, GAMMAS, sweepOf } from '../../../../research/lab/results/experiments.ts'
import {
  agreement,
  mustPass,
  paperRequirements,
  queueRequirements,
  requirementLines,
  sweepRequirements,
} from '../../../../research/lab/results/requirements.ts'
import { emptyAccount } from '../../../../research/lab/sessions/play.ts'
import { run } from '../../../../research/lab/sessions/run.ts'
import { Samples } from '../../../../research/lab/sessions/samples.ts'
import { PAPER } from '../../../../research/lab/worlds/paper.ts'
import { HOLDS, QUEUE_CASES, runQueue } from '../../../../research/lab/worlds/queue.ts'
import { W1 } from '../../../../research/lab/worlds/worlds.ts'

const SEED = 4

/** Three sessions whose profits have this mean and deviation, and inventories that of `held`. */
const samplesOf = (mean: number, sd: number, held = 1, reprices = 0, name = 'x'): Samples => {
  const samples = new Samples(name, 3)
  for (const sign of [-1, 0, 1]) {
    const pnl = mean + sign * sd
    samples.add({ ...emptyAccount(), pnl, inventory: sign * held, reprices })
  }
  return samples
}

describe('the sweep over gamma', () => {
  it(`leaves a tenfold range of gamma that serves both horizons (seed ${SEED})`, () => {
    const { world, lines } = sweepOf('W1')
    const gammas = GAMMAS.filter((gamma) => gamma >= 0.01 && gamma <= 0.1)
    const from = GAMMAS.indexOf(0.01)
    const grouped = lines.map((line, i) =>
      // The linear model two hours from the close is not judged.
      i === 1 ? [] : run(world, line.slice(from, from + gammas.length), 40, SEED),
    )
    // Of 1000 sessions the worst keeps 76 %; a few points less is the luck of 40.
    expect(sweepRequirements(grouped, gammas, 0.68).filter(({ ok }) => !ok)).toEqual([])
  })

  it('fails where one gamma of the range does much worse, or the linear model earns', () => {
    const flat = (mean: number): Samples[] => GAMMAS.map(() => samplesOf(mean, 10))
    const dented = flat(100)
    dented[GAMMAS.indexOf(0.02)] = samplesOf(70, 10)
    const okOf = (lines: Samples[][]): boolean[] => sweepRequirements(lines).map(({ ok }) => ok)
    expect(okOf([flat(100), flat(0), flat(100), flat(0)])).toEqual([true, true, true])
    expect(okOf([dented, flat(0), flat(100), flat(0)])).toEqual([false, true, true])
    expect(okOf([flat(100), flat(0), dented, flat(0)])).toEqual([true, false, true])
    expect(okOf([flat(100), flat(0), flat(100), flat(2)])).toEqual([true, true, false])
  })
})

describe('the queue', () => {
  const calm = QUEUE_CASES.find(({ name }) => name === 'sigma .10')!
  const back = runQueue(calm, { from: 0, to: 20, seed: SEED }, 'back')
  const front = runQueue(calm, { from: 0, to: 20, seed: SEED }, 'front')
  const profit = (results: readonly Samples[], i: number): number => results[i]!.mean('pnl').value
  const moves = (i: number): number => back[i]!.mean('reprices').value
  const [tick, rule, none] = [HOLDS.indexOf(1), HOLDS.indexOf('break-even'), HOLDS.length]

  it('rewards an order that stays: less repricing, more profit, and far from no queue at all', () => {
    expect(profit(back, tick)).toBeGreaterThan(1.5 * profit(back, 0))
    for (let i = 0; i < tick; i++) expect(moves(i + 1)).toBeLessThan(moves(i))
    expect(moves(tick)).toBeLessThan(0.1 * moves(0))
    expect(profit(back, none)).toBeGreaterThan(3 * profit(back, tick))
  })

  it('pays the product’s rule nearly as much as the best tolerance', () => {
    for (const results of [back, front]) {
      expect(profit(results, rule)).toBeGreaterThan(0.85 * profit(results, tick))
      expect(profit(results, rule)).toBeGreaterThan(1.2 * profit(results, HOLDS.indexOf(0.25)))
    }
    expect(moves(rule)).toBeLessThan(0.1 * moves(0))
  })

  it('pays more to an order that is renewed in its place', () => {
    expect(profit(front, tick)).toBeGreaterThan(1.3 * profit(back, tick))
    expect(profit(front, none)).toBeCloseTo(profit(back, none), -2)
  })

  it('is judged by direction in every case, and by size where it was read the same way', () => {
    const line = [50, 77, 123, 172, 206, 190, 560].map((pnl, i) => samplesOf(pnl, 9, 1, 90 - i))
    const which = QUEUE_CASES[1]!
    const others = QUEUE_CASES.map((each, c) => {
      const reference = [
        [65, 183, 354, 438, 414, 420, 560],
        [50, 77, 123, 172, 206, 190, 560],
        [43, 43, 46, 53, 63, 60, 560],
        [15, 38, 76, 100, 136, 130, 560],
        [1, 17, 39, 60, 85, 80, 400],
      ][c]!
      return { which: each, back: line, front: reference.map((p, i) => samplesOf(p, 9, 1, 90 - i)) }
    })
    expect(queueRequirements(others).map(({ ok }) => ok)).toEqual(Array(5).fill(true))
    const broken = line.with(HOLDS.indexOf(0.75), samplesOf(300, 9, 1, 99))
    const judged = queueRequirements(others.with(1, { which, back: line, front: broken }))
    expect(judged.map(({ ok }) => ok)).toEqual([true, false, false, false, true])
    const falling = line.with(HOLDS.indexOf(1), samplesOf(40, 9, 1, 1))
    const worse = queueRequirements(others.with(1, { which, back: falling, front: line }))
    expect(worse[0]!.ok).toBe(false)
  })
})

describe('the sentences', () => {
  const experiment: Experiment = {
    title: 'a world',
    world: W1,
    rows: [
      { spec: naive(), role: 'naive' },
      { spec: naive(6), role: 'limited' },
      { spec: naive(3), role: 'judged' },
    ],
  }
  const judge = (ours: Samples): boolean[] =>
    mustPass([experiment], [[samplesOf(100, 80, 12), samplesOf(95, 40, 4), ours]]).map(
      ({ ok }) => ok,
    )

  it('judge each bound on its own', () => {
    expect(judge(samplesOf(100, 30, 3))).toEqual([true, true, true, true, true])
    expect(judge(samplesOf(100, 39, 3))).toEqual([true, false, true, true, true])
    expect(judge(samplesOf(97, 30, 3))).toEqual([true, true, false, true, true])
    expect(judge(samplesOf(94, 41, 4))).toEqual([false, false, false, false, false])
  })

  it('hold the paper’s numbers for themselves, and no others', () => {
    const exact = PAPER.map((row) => samplesOf(row.profit, row.profitSd, row.finalQSd))
    expect(paperRequirements(exact).map(({ ok }) => ok)).toEqual([true, true, true, true])
    const wide = exact.with(0, samplesOf(PAPER[0]!.profit, 1.2 * PAPER[0]!.profitSd, 2.9))
    expect(paperRequirements(wide)[1]!.ok).toBe(false)
    const poor = exact.with(2, samplesOf(60, PAPER[2]!.profitSd, 5.1))
    expect(paperRequirements(poor)[0]!.ok).toBe(false)
    const swapped = exact.with(1, exact[0]!)
    expect(paperRequirements(swapped)[3]!.ok).toBe(false)
  })

  it('want an earlier simulation’s money to agree, and nearly all of its numbers', () => {
    const reference = {
      sessions: 1e9,
      pnl: 0,
      sd: 1,
      low: -1,
      inventorySd: 1,
      meanAbsInventory: 0,
      fills: 0,
    }
    const near = new Samples('near', 4000)
    const far = new Samples('far', 4000)
    for (let i = 0; i < 4000; i++) {
      const pnl = Math.SQRT2 * Math.cos(i)
      near.add({ ...emptyAccount(), pnl, inventory: pnl })
      far.add({ ...emptyAccount(), pnl: pnl + 1, inventory: pnl })
    }
    const of = (samples: Samples): boolean[] =>
      agreement(
        [
          {
            ...experiment,
            rows: [
              { spec: naive(), reference: { ...reference, low: near.quantile('pnl', 0.05).value } },
            ],
          },
        ],
        [[samples]],
      ).map(({ ok }) => ok)
    expect(of(near)).toEqual([true, true])
    expect(of(far)).toEqual([false, false])
  })

  it('are counted and named', () => {
    const text = requirementLines([
      { text: 'a', found: '1', ok: true },
      { text: 'b', found: '2', ok: false },
    ])
    expect(text).toContain('pass  a: 1')
    expect(text).toContain('FAIL  b: 2')
    expect(text).toContain('1 of 2 FAIL')
  })
})
