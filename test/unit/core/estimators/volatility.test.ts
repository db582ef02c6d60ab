// Volatility: golden sequences worked out by hand and by an independent implementation, jumps apart
// from ordinary moves, and what must hold for any path of the mid.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Volatility } from '../../../../src/core/estimators/volatility.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const T0 = 1_790_000_000_000

/** The alternation estimate alone, without prior or cap. */
const realised = (volatility: Volatility, at: number): number => {
  const { ratio, squares, window } = volatility.explain(at)
  return (ratio * squares) / window
}

describe('volatility', () => {
  const golden = (): Volatility => {
    const volatility = new Volatility()
    volatility.onMid(50, T0, 1)
    const seconds = [5, 40, 70, 100, 160, 200, 230]
    const mids = [51, 50, 51, 52, 53, 52, 51]
    for (const [i, s] of seconds.entries()) volatility.onMid(mids[i]!, T0 + s * 1000, 1)
    return volatility
  }

  it('reproduces every number of the golden sequence', () => {
    const volatility = golden()
    const parts = volatility.explain(T0 + 300_000)
    expect(parts.squares).toBeCloseTo(6.081381, 6)
    expect(parts.continued).toBeCloseTo(2.922241, 6)
    expect(parts.alternated).toBeCloseTo(2.888784, 6)
    expect(parts.window).toBeCloseTo(267.864505, 6)
    expect(parts.ratio).toBeCloseTo(0.802294, 6)
    expect(realised(volatility, T0 + 300_000)).toBeCloseTo(0.0182146, 7)
    expect(volatility.jumps).toBe(0)
  })

  it('does not depend on how often it is asked or notified that nothing moved', () => {
    const calm = new Volatility()
    calm.onMid(50, T0, 1)
    const nagged = new Volatility()
    nagged.onMid(50, T0, 1)
    for (let s = 1; s <= 600; s++) {
      const mid = s < 200 ? 50 : s < 400 ? 51 : 50.5
      if (s === 200 || s === 400) calm.onMid(mid, T0 + s * 1000, 1)
      nagged.onMid(mid, T0 + s * 1000, 1)
      nagged.sigma2(T0 + s * 1000, mid, 3600, true)
    }
    const at = T0 + 700_000
    expect(nagged.sigma2(at, 50.5, 3600, true)).toBe(calm.sigma2(at, 50.5, 3600, true))
    expect(realised(nagged, at)).toBeGreaterThan(0)
  })

  it('is the prior before anything has been seen, from a tenth of the natural variance', () => {
    // p = 1/2: 0.1 x 1e4 x pdf(0)^2 / tau = 159.1549 / tau
    const volatility = new Volatility()
    expect(volatility.sigma2(T0, 50, 3600, true)).toBeCloseTo(159.154943 / 3600, 8)
    expect(volatility.sigma2(T0, 50, 86_400, false)).toBeCloseTo(159.154943 / 86_400, 8)
    // Never over less than a minute.
    expect(volatility.sigma2(T0, 50, 0, false)).toBeCloseTo(159.154943 / 60, 5)
    expect(volatility.sigma2(T0, 50, -5, false)).toBeCloseTo(159.154943 / 60, 5)
  })

  it('blends what was seen with the prior, in proportion to the seconds watched', () => {
    // (W x realised + 300 x prior) / (W + 300), computed independently at mid 5 with a day to go.
    expect(golden().sigma2(T0 + 300_000, 5, 86_400, false)).toBeCloseTo(0.008656973366, 11)
  })

  it('is capped by what could still happen only where the event time is real', () => {
    const volatility = golden()
    expect(volatility.sigma2(T0 + 300_000, 5, 86_400, true)).toBeCloseTo(0.004924518665, 11)
    expect(volatility.sigma2(T0 + 300_000, 5, 86_400, false)).toBeGreaterThan(0.005)
    // A month ahead the cap is that of a day: much may happen on the first one.
    const month = 30 * 86_400
    const free = volatility.sigma2(T0 + 300_000, 50, month, false)
    expect(free).toBeGreaterThan((4 * 1591.55) / month)
    expect(volatility.sigma2(T0 + 300_000, 50, month, true)).toBe(free)
    expect(volatility.sigma2(T0 + 300_000, 5, month, true)).toBeCloseTo(0.004924518665, 11)
  })

  it('lets a quiet market fall below the prior, but never below its share of it nor 1e-6', () => {
    const volatility = golden()
    const prior = 0.0441819315458
    const { window } = volatility.explain(T0 + 300_000)
    const blend = (window * realised(volatility, T0 + 300_000) + 300 * prior) / (window + 300)
    expect(volatility.sigma2(T0 + 300_000, 51, 3600, true)).toBeCloseTo(blend, 11)
    expect(blend).toBeLessThan(prior)
    // After days without a move only the prior is left, diluted by 900 s / ln 2.
    const least = 300 / (300 + 900 / Math.LN2)
    const quiet = volatility.sigma2(T0 + 1e9, 50, 3600, true)
    expect(quiet).toBeCloseTo((least * 159.154943) / 3600, 8)
    expect(least).toBeGreaterThan(0.187)
    expect(volatility.sigma2(T0 + 1e9, 0.1, 31_536_000, false)).toBe(1e-6)
    expect(volatility.sigma2(T0 + 1e9, 50, Number.POSITIVE_INFINITY, false)).toBe(1e-6)
  })

  it('stays finite for prices at and beyond the bounds', () => {
    const volatility = new Volatility()
    for (const mid of [-1, 0, 100, 101]) {
      expect(volatility.sigma2(T0, mid, 60, true)).toBeGreaterThan(0)
      expect(volatility.sigma2(T0, mid, 60, true)).toBe(volatility.sigma2(T0, 0.1, 60, true))
    }
  })

  it('counts a sudden move of three ticks as news and lets it in as three ticks', () => {
    const news = golden()
    news.onMid(66, T0 + 231_000, 1)
    expect(news.jumps).toBe(1)
    const three = golden()
    three.onMid(54, T0 + 231_000, 1)
    expect(three.jumps).toBe(1)
    expect(news.explain(T0 + 300_000)).toEqual(three.explain(T0 + 300_000))

    const two = golden()
    two.onMid(53, T0 + 231_000, 1)
    expect(two.jumps).toBe(0)
  })

  it('measures three ticks in the tick of the market', () => {
    const volatility = new Volatility()
    volatility.onMid(5, T0, 0.1)
    volatility.onMid(5.4, T0 + 1000, 0.1)
    expect(volatility.jumps).toBe(1)
    expect(volatility.explain(T0 + 1000).squares).toBeCloseTo(0.09, 12)
  })

  it('is not surprised by the same move after a long wait in a market known to be wild', () => {
    const volatility = new Volatility()
    volatility.onMid(50, T0, 1)
    let mid = 50
    for (let s = 10; s <= 3600; s += 10) {
      mid += (s / 10) % 4 < 2 ? 2 : -2
      volatility.onMid(mid, T0 + s * 1000, 1)
    }
    const jumps = volatility.jumps
    volatility.onMid(mid + 6, T0 + 3_900_000, 1)
    expect(volatility.jumps).toBe(jumps)
    volatility.onMid(mid + 12, T0 + 3_900_200, 1)
    expect(volatility.jumps).toBe(jumps + 1)
  })

  it('estimates a bouncing random walk that naive realised variance overstates', () => {
    // A fair price moves by a normal step each second; the quotes flip once it has crossed half a
    // tick plus eta = 0.25 ticks, so the mid bounces and naive variance is 1/(2 eta) = 2 times too
    // high. True sigma2 = 0.01.
    const dice = mulberry32(20_261_132)
    let ratios = 0
    let naive = 0
    const runs = 20
    for (let run = 0; run < runs; run++) {
      const volatility = new Volatility()
      let fair = 50
      let mid = 50
      let sum = 0
      volatility.onMid(mid, T0, 1)
      for (let s = 1; s <= 7200; s++) {
        fair += 0.1 * Math.sqrt(-2 * Math.log(dice())) * Math.cos(2 * Math.PI * dice())
        const next = fair - mid > 0.75 ? mid + 1 : mid - fair > 0.75 ? mid - 1 : mid
        sum += (next - mid) ** 2
        mid = next
        volatility.onMid(mid, T0 + s * 1000, 1)
      }
      ratios += realised(volatility, T0 + 7_200_000) / 0.01 / runs
      naive += sum / 7200 / 0.01 / runs
    }
    expect(naive).toBeGreaterThan(1.5)
    expect(ratios).toBeGreaterThan(0.75)
    expect(ratios).toBeLessThan(1.25)
  })

  it('is the same mirrored about 50', () => {
    const move = fc.record({
      step: fc.integer({ min: -60, max: 60 }),
      wait: fc.integer({ min: 0, max: 100_000 }),
    })
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 60 }), (moves) => {
        const up = new Volatility()
        const down = new Volatility()
        let mid = 50
        let at = T0
        for (const m of moves) {
          at += m.wait
          mid = Math.min(99, Math.max(1, mid + m.step / 8))
          up.onMid(mid, at, 1)
          down.onMid(100 - mid, at, 1)
          const estimate = up.sigma2(at, mid, 7200, true)
          expect(estimate).toBeGreaterThanOrEqual(1e-6)
          expect(down.sigma2(at, 100 - mid, 7200, true)).toBeCloseTo(estimate, 9)
        }
        expect(up.jumps).toBe(down.jumps)
      }),
      { seed: 20_261_133 },
    )
  })

  it('treats a clock that steps back as no time passed', () => {
    const straight = new Volatility()
    const stepping = new Volatility()
    straight.onMid(50, T0, 1)
    stepping.onMid(50, T0, 1)
    straight.onMid(51, T0 + 60_000, 1)
    stepping.onMid(51, T0 + 60_000, 1)
    straight.onMid(52, T0 + 60_000, 1)
    stepping.onMid(52, T0 + 20_000, 1)
    expect(stepping.explain(T0 + 90_000)).toEqual(straight.explain(T0 + 90_000))
    expect(stepping.explain(T0 + 30_000).squares).toBe(2)
    expect(stepping.explain(T0 - 1000).window).toBe(0)
  })

  it('trusts a trend at most three times as much as its moves', () => {
    const volatility = new Volatility()
    for (let s = 0; s < 40; s++) volatility.onMid(30 + s, T0 + s * 1000, 1)
    expect(volatility.explain(T0 + 40_000).ratio).toBe(3)
  })

  it('says which move was a jump', () => {
    const volatility = golden()
    expect(volatility.onMid(52, T0 + 240_000, 1)).toBe(false)
    expect(volatility.onMid(62, T0 + 241_000, 1)).toBe(true)
    expect(volatility.onMid(62, T0 + 242_000, 1)).toBe(false)
  })

  it('spreads one jump in the first minute over an hour', () => {
    const volatility = new Volatility()
    volatility.onMid(50, T0, 1)
    volatility.onMid(60, T0 + 60_000, 1)
    // 100 - 9 beyond the three ticks that count as an ordinary move, over 3600 s.
    expect(volatility.jumpVariance(T0 + 60_000)).toBeCloseTo(91 / 3600, 12)
    expect(volatility.jumpVariance(T0 + 3_660_000)).toBeCloseTo(91 / 7200, 12)
    expect(volatility.total(T0 + 60_000, 60, 86_400, false)).toBeCloseTo(
      volatility.sigma2(T0 + 60_000, 60, 86_400, false) + 91 / 3600,
      12,
    )
  })

  it('has no jump variance without jumps, and caps the total by what is still to come', () => {
    const calm = golden()
    expect(calm.jumpVariance(T0 + 300_000)).toBe(0)
    expect(calm.total(T0 + 300_000, 51, 3600, true)).toBe(calm.sigma2(T0 + 300_000, 51, 3600, true))
    calm.onMid(95, T0 + 301_000, 1)
    const cap = calm.total(T0 + 301_000, 95, 86_400, true)
    expect(cap).toBeCloseTo(0.004924518665, 11)
    expect(calm.total(T0 + 301_000, 95, 86_400, false)).toBeGreaterThan(0.4)
  })

  it('finds the rate of regular jumps in the long run', () => {
    // A jump of 10 c every 20 minutes: (100 - 9) / 1200 beyond the ordinary part.
    const volatility = new Volatility()
    volatility.onMid(40, T0, 1)
    for (let i = 1; i <= 60; i++) {
      expect(volatility.onMid(i % 2 === 0 ? 40 : 50, T0 + i * 1_200_000, 1)).toBe(true)
    }
    const seen = volatility.jumpVariance(T0 + 60.5 * 1_200_000)
    expect(seen / (91 / 1200)).toBeGreaterThan(0.97)
    expect(seen / (91 / 1200)).toBeLessThan(1.03)
  })
})
