// Reach and frequency of takers: the worked example, prints that belong together, and recovery of
// known parameters from synthetic takers.

import { describe, expect, it } from 'vitest'
import { Intensity } from '../../../../src/core/estimators/intensity.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const T0 = 1_790_000_000_000

/**
 * D = 1,1,2,1,3,1,1,2 cents from the fair price at dmin = 1, one order in the middle of every 50 s.
 */
const golden = (): Intensity => {
  const intensity = new Intensity()
  intensity.onTouch(1, T0)
  for (const [i, distance] of [1, 1, 2, 1, 3, 1, 1, 2].entries()) {
    intensity.onTrade('ask', distance, 1, 1, T0 + 25_000 + i * 50_000)
  }
  return intensity
}

/** The average depth beyond the touch, in ticks of a cent: `k` without its prior of 20 orders. */
const excessOf = (intensity: Intensity): number => {
  const { count } = intensity
  return ((count + 20) / Math.expm1(intensity.k(0.7)) - 20 / Math.expm1(0.7)) / count
}

describe('reach of takers', () => {
  it('reproduces k = ln 3 and A = .06 of the worked example', () => {
    const seen = golden()
    expect(seen.count).toBe(8)
    // ln(1 + 1/excess).
    expect(excessOf(seen)).toBeCloseTo(1 / (3 - 1), 12)
    // Rate over the share that reaches a cent away: .02 x e^k.
    const at = T0 + 400_000
    expect(seen.rate('bid', at) * 3).toBeCloseTo(0.06, 5)
    expect(seen.rate('ask', at)).toBe(0)
  })

  it('counts the prior as twenty orders of its own mean', () => {
    // (8 x 0.5 + 20 / (e^0.7 - 1)) / 28, then ln(1 + 1/m).
    expect(golden().k(0.7)).toBeCloseTo(0.7793279857, 9)
    expect(new Intensity().k(0.7)).toBe(0.7)
  })

  it('keeps k between 0.1 per cent and 5 a tick, and A between 1e-4 and 100', () => {
    const near = new Intensity()
    const fine = new Intensity()
    const far = new Intensity()
    near.onTouch(0, T0)
    for (let i = 0; i < 5000; i++) {
      near.onTrade('ask', 1, 1, 1, T0 + i * 1000)
      fine.onTrade('ask', 1, 1, 0.1, T0 + i * 1000)
      far.onTrade('bid', 40, 1, 1, T0 + i * 1000)
    }
    // Nobody goes beyond the touch: on a grid of tenths that says ten times as much.
    expect(near.k(9)).toBe(5)
    expect(fine.k(90)).toBe(50)
    expect(far.k(0.7)).toBe(0.1)
    expect(new Intensity().k(9)).toBe(9)
    expect(new Intensity().k(0.01)).toBe(0.1)
    for (let i = 0; i < 20_000; i++) near.onTrade('ask', 1, 1, 1, T0 + 4_900_000 + i * 60)
    // Twenty thousand in twenty minutes, and one a second before: some 7 a second, and not 2.
    expect(near.arrivals('bid', 0.02, T0 + 6_100_000)).toBeGreaterThan(5)
    const wide = new Intensity()
    wide.onTouch(20, T0)
    for (let i = 0; i < 1000; i++) wide.onTrade('ask', 20, 20, 1, T0 + i * 100)
    expect(wide.arrivals('bid', 1, T0 + 100_000, 5)).toBe(100)
    expect(near.arrivals('ask', 0, T0 + 3_600_000_000)).toBe(1e-4)
  })

  it('makes one order of the prints of one side within 50 ms, as deep as the deepest', () => {
    const split = new Intensity()
    const whole = new Intensity()
    split.onTrade('ask', 1, 1, 1, T0)
    whole.onTrade('ask', 1, 1, 1, T0)
    // Meanwhile a buyer comes too; his order is his own, and does not end the seller's.
    split.onTrade('ask', 1, 1, 1, T0 + 60_000)
    split.onTrade('bid', 2, 1, 1, T0 + 60_010)
    split.onTrade('ask', 3, 1, 1, T0 + 60_030)
    split.onTrade('ask', 2, 1, 1, T0 + 60_050)
    whole.onTrade('ask', 3, 1, 1, T0 + 60_000)
    whole.onTrade('bid', 2, 1, 1, T0 + 60_010)
    expect(split.count).toBe(3)
    expect(excessOf(split)).toBeCloseTo(1, 12)
    expect(split.k(0.7)).toBeCloseTo(whole.k(0.7), 12)
    split.onTrade('ask', 1, 1, 1, T0 + 60_051)
    expect(split.count).toBe(4)
  })

  it('weighs an order by 1/50 once fifty have been averaged', () => {
    const intensity = new Intensity()
    for (let i = 0; i < 100; i++) intensity.onTrade('ask', 2, 1, 1, T0 + i * 1000)
    intensity.onTrade('ask', 12, 1, 1, T0 + 100_000)
    expect(excessOf(intensity)).toBeCloseTo(1.2, 12)
  })
})

describe('arrival of takers', () => {
  it('is the prior before anything was watched, which then counts as one order in 1/A0', () => {
    const intensity = new Intensity()
    expect(intensity.arrivals('bid', 0.02, T0)).toBeCloseTo(0.02, 12)
    const seen = golden()
    const at = T0 + 400_000
    const window = seen.window(at)
    // Watched from a cent away, where with k = ln 3 a third of what comes is seen.
    const exposure = window / 3
    const count = seen.rate('bid', at) * window
    expect(seen.arrivals('bid', 0.02, at, Math.log(3))).toBeCloseTo(
      (count + 1) / (exposure + 50),
      6,
    )
    expect(seen.arrivals('ask', 0.02, at, Math.log(3))).toBeCloseTo(1 / (exposure + 50), 6)
  })

  it('finds a busy market within a minute, and is not held back by its prior', () => {
    // Seven takers a second on each side: the prior of ten minutes said .6 after a minute.
    const intensity = new Intensity()
    intensity.onTouch(0, T0)
    for (let i = 0; i < 420; i++) intensity.onTrade('ask', 0, 0, 1, T0 + i * 143)
    expect(intensity.arrivals('bid', 0.02, T0 + 60_000)).toBeGreaterThan(3)
    expect(intensity.arrivals('bid', 0.02, T0 + 60_000)).toBeLessThan(8)
  })

  it('fades with silence', () => {
    const intensity = golden()
    const soon = intensity.rate('bid', T0 + 400_000)
    expect(soon).toBeCloseTo(8 / 400, 5)
    expect(intensity.rate('ask', T0 + 400_000)).toBe(0)
    expect(intensity.rate('bid', T0 + 400_000 + 36_000_000)).toBeLessThan(soon / 1000)
  })

  it('counts orders over the time in which they could be seen', () => {
    const intensity = new Intensity()
    intensity.onTouch(0.5, T0)
    for (let i = 1; i <= 10; i++) intensity.onTrade('bid', 0.5, 0.5, 1, T0 + i * 10_000)
    const before = intensity.arrivals('ask', 0.02, T0 + 100_000, 0.8)
    // A book that is 20 c wide for a tenth of a second, and one order in that moment.
    intensity.onTouch(10, T0 + 100_000)
    intensity.onTrade('bid', 10, 10, 1, T0 + 100_050)
    intensity.onTouch(0.5, T0 + 100_100)
    const after = intensity.arrivals('ask', 0.02, T0 + 100_100, 0.8)
    expect(after / before).toBeGreaterThan(1)
    expect(after / before).toBeLessThan(1.1)
    // Counted as exp(k dmin), that one order alone would be 3000.
    expect(Math.exp(0.8 * 10)).toBeGreaterThan(2900)
  })

  it('learns nothing from a time in which nothing near could be seen', () => {
    const near = new Intensity()
    const far = new Intensity()
    near.onTouch(0.5, T0)
    far.onTouch(40, T0)
    const at = T0 + 3_600_000
    expect(near.arrivals('bid', 0.02, at, 0.7)).toBeLessThan(0.001)
    expect(far.arrivals('bid', 0.02, at, 0.7)).toBeCloseTo(0.02, 6)
  })
})

describe('recovery of known takers', () => {
  for (const truth of [0.7, 1.5]) {
    it(`finds k = ${truth} and A from two thousand orders, where 1/(mean - dmin) does not`, () => {
      // Takers come at A = 0.05 per second and side, reach an exponential distance, and are seen
      // where they reach the touch at 1.5 c; on a grid of a cent they print at 1.5, 2.5, ...
      const seed = truth === 0.7 ? 20_261_151 : 20_261_152
      const dice = mulberry32(seed)
      const dmin = 1.5
      const arrivals = 0.05
      let ks = 0
      let naive = 0
      let found = 0
      let looks = 0
      const intensity = new Intensity()
      intensity.onTouch(dmin, T0)
      let at = T0
      while (intensity.count < 2000) {
        at += (-Math.log(dice()) / (2 * arrivals)) * 1000
        const reach = -Math.log(dice()) / truth
        const taker = dice() < 0.5 ? 'ask' : 'bid'
        if (reach < dmin) continue
        intensity.onTrade(taker, dmin + Math.floor(reach - dmin), dmin, 1, at)
        if (intensity.count % 10 === 0 && intensity.count >= 100) {
          ks += intensity.k(0.7)
          naive += 1 / excessOf(intensity)
          found += (intensity.rate('bid', at) + intensity.rate('ask', at)) / 2
          looks++
        }
      }
      const note = `seed ${seed}`
      expect(Math.abs(ks / looks / truth - 1), note).toBeLessThan(0.05)
      expect(naive / looks / truth, note).toBeGreaterThan(1.3)
      // Without the prior: what was seen, raised by the k that was found.
      const a = (found / looks) * Math.exp((ks / looks) * dmin)
      expect(Math.abs(a / arrivals - 1), note).toBeLessThan(0.15)
    })
  }
})
