// Volatility: against a plain implementation that keeps every move, on the movements that real mids
// make (pairs of half ticks, flicker, a settlement that comes nearer), and what holds for any path.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shapeAt } from '../../../../src/core/estimators/return-grid.ts'
import { Volatility } from '../../../../src/core/estimators/volatility.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const T0 = 1_790_000_000_000
const HOUR = 3600
const DAY = 86_400
/** 1e4 x pdf(0)^2: what a price of 50 c has to learn, in cents^2. */
const AT_50 = 1591.549431

/** A mid by the second in which it was reached, from second 0 on. */
type Steps = readonly (readonly [second: number, mid: number])[]

const fed = (steps: Steps, tick = 1): Volatility => {
  const volatility = new Volatility()
  for (const [second, mid] of steps) volatility.onMid(mid, T0 + 1000 * second, tick)
  return volatility
}

/** (sum r^2 fade^age + W0 prior) / (sum dt fade^age + W0) over intervals of `grid` seconds. */
const plainly = (steps: Steps, now: number, grid: number, prior: number): number => {
  const midAt = (second: number): number => steps.findLast(([then]) => then <= second)![1]
  const halfLife = Math.max(300, 20 * grid)
  let squares = 0
  let seconds = 0
  for (let end = grid; end <= now; end += grid) {
    const fade = 2 ** ((end - grid * Math.floor(now / grid)) / halfLife)
    // A move at the very end of an interval belongs to the next one.
    squares += fade * (midAt(end - 1e-9) - midAt(end - grid - 1e-9 * (end > grid ? 1 : 0))) ** 2
    seconds += fade * grid
  }
  const weight = 60 + 2 * grid
  return (squares + weight * prior) / (seconds + weight)
}

const normal = (dice: () => number): number =>
  Math.sqrt(-2 * Math.log(dice())) * Math.cos(2 * Math.PI * dice())

describe('volatility', () => {
  const STEPS: Steps = [
    [0, 50],
    [5.5, 51],
    [40, 50],
    [70.2, 51],
    [100, 52],
    [160, 53],
    [200, 52],
    [230, 51],
  ]

  it.each([
    ['a second, until 100 s are seen', 90, 30, 1],
    ['5 s for a holding time of 5 s', 300, 5, 5],
    ['5 s as long as 30 s have not been seen twenty times', 599, 30, 5],
    ['30 s then', 600, 30, 30],
    ['2 minutes for a holding time of 5 minutes', 2400, 250, 120],
    ['10 minutes', 12_000, HOUR, 600],
  ])('squares moves over %s', (_, now, holding, grid) => {
    const steps = STEPS.filter(([second]) => second <= now)
    const prior = AT_50 / DAY
    const found = fed(steps).total(T0 + 1000 * now, 50, DAY, false, holding)
    expect(fed(steps).explain(T0 + 1000 * now, DAY, false, holding).grid).toBe(grid)
    expect(found / plainly(steps, now, grid, prior)).toBeCloseTo(1, 8)
  })

  it('is what evenly coming information makes of the time left, before anything was seen', () => {
    const volatility = new Volatility()
    expect(volatility.total(T0, 50, HOUR, true)).toBeCloseTo(AT_50 / HOUR, 8)
    expect(volatility.total(T0, 50, DAY, false)).toBeCloseTo(AT_50 / DAY, 8)
    // Never over less than five seconds.
    expect(volatility.total(T0, 50, 0, true)).toBeCloseTo(AT_50 / 5, 5)
    expect(volatility.total(T0, 50, -5, false)).toBeCloseTo(AT_50 / 5, 5)
    expect(volatility.total(T0, 0.1, 31_536_000, false)).toBe(1e-6)
    expect(volatility.total(T0, 50, Number.POSITIVE_INFINITY, false)).toBe(1e-6)
  })

  it('finds the variance of a mid that moves in runs of half ticks', () => {
    // A taker sweeps the book: ten half ticks in the same direction within half a second, about
    // every 20 s. Alternation, which counts single moves, reads a third of the truth.
    const dice = mulberry32(20_261_201)
    const volatility = new Volatility()
    let mid = 50
    volatility.onMid(mid, T0, 1)
    let runs = 0
    for (let s = 1; s <= 3600; s++) {
      if (dice() > 0.05) continue
      runs++
      const way = mid > 80 || (mid > 20 && dice() < 0.5) ? -0.5 : 0.5
      for (let i = 0; i < 10; i++) volatility.onMid((mid += way), T0 + 1000 * s + 50 * i, 1)
    }
    const ratio = volatility.total(T0 + 3_600_000, mid, DAY, false, 10) / ((25 * runs) / 3600)
    expect(ratio).toBeGreaterThan(0.7)
    expect(ratio).toBeLessThan(1.4)
  })

  it('takes a flicker for no risk to whoever holds longer', () => {
    // Half a cent up and back every 20 s for three hours, and nothing else.
    const steps: [number, number][] = [[0, 50]]
    for (let s = 20; s < 10_800; s += 20) steps.push([s, 50.5], [s + 1, 50])
    const volatility = fed(steps)
    const at = T0 + 10_800_000
    const short = volatility.total(at, 50, 30 * DAY, false, 1)
    const long = volatility.total(at, 50, 30 * DAY, false, 200)
    expect(short).toBeGreaterThan(0.02)
    expect(long).toBeLessThan(short / 10)
  })

  it('follows a settlement as it comes nearer', () => {
    // p = Phi(w / root tau): the true rate is shape / tau, 3600 times as much at the end.
    const dice = mulberry32(20_261_202)
    const ratios: number[] = []
    for (let run = 0; run < 40; run++) {
      const volatility = new Volatility()
      let z = 0
      let mid = 50
      for (let s = 0; s < 880; s++) {
        const tau = 900 - s
        // dz = z/(2 tau) dt + dw / root tau keeps Phi(z) a martingale.
        z += z / (2 * tau) + normal(dice) / Math.sqrt(tau)
        mid = Math.min(Math.max(Math.round(200 / (1 + Math.exp(-1.702 * z))) / 2, 0.5), 99.5)
        volatility.onMid(mid, T0 + 1000 * s, 1)
        if (s % 60 === 59 && s > 240 && mid > 5 && mid < 95) {
          ratios.push(volatility.total(T0 + 1000 * s, mid, tau, true, 10) / (shapeAt(mid) / tau))
        }
      }
    }
    const middle = ratios.toSorted((a, b) => a - b)[ratios.length >> 1]!
    expect(middle).toBeGreaterThan(0.7)
    expect(middle).toBeLessThan(1.4)
  })

  it('believes a calm market before a known outcome, and not the clock alone', () => {
    // A cent up and down every 100 s, for two hours; a minute is left.
    const steps: [number, number][] = []
    for (let s = 0; s <= 7140; s += 100) steps.push([s, 50 + ((s / 100) % 2)])
    const estimate = fed(steps).total(T0 + 7_140_000, 50, 60, true, 10)
    expect(estimate).toBeLessThan((0.05 * AT_50) / 60)
    expect(estimate).toBeGreaterThan(0.001)
  })

  it('does not care when it learns the time of the outcome', () => {
    // 300 s from the end of the steps, named at the end: each move counts by the time it had left.
    const volatility = fed(STEPS)
    const { clock, window } = volatility.explain(T0 + 300_000, 300, true, 5)
    let natural = 0
    for (const [index, [second, mid]] of STEPS.entries()) {
      if (index === 0) continue
      const before = STEPS[index - 1]![1]
      const end = 5 * (Math.floor(second / 5) + 1)
      const fade = 2 ** ((end - 300) / 300)
      natural += (fade * (mid - before) ** 2 * (600 - end)) / shapeAt((mid + before) / 2)
    }
    expect(clock! * window).toBeCloseTo(natural, 8)
    expect(volatility.explain(T0 + 300_000, 300, false, 5).clock).toBeNull()
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
      nagged.total(T0 + s * 1000, mid, 3600, true)
      nagged.explain(T0 + s * 1000, 3600, true)
    }
    const at = T0 + 700_000
    expect(nagged.total(at, 50.5, 3600, true)).toBe(calm.total(at, 50.5, 3600, true))
    expect(nagged.total(at, 50.5, 3600, false)).toBe(calm.total(at, 50.5, 3600, false))
  })

  it('forgets with a half-life of five minutes, and then falls to its prior', () => {
    const volatility = fed(STEPS)
    const seenAt = (second: number): number =>
      volatility.explain(T0 + 1000 * second, DAY, false, 5).seen
    const { window } = volatility.explain(T0 + 300_000, DAY, false, 5)
    const later = volatility.explain(T0 + 600_000, DAY, false, 5)
    expect((later.seen * later.window) / (seenAt(300) * window)).toBeCloseTo(0.5, 8)
    const most = 5 / (1 - 2 ** (-5 / 300))
    const quiet = volatility.total(T0 + 1e9, 50, DAY, false, 5)
    expect(quiet).toBeCloseTo(((70 / (most + 70)) * AT_50) / DAY, 6)
  })

  it('stays finite for prices at and beyond the bounds', () => {
    const volatility = new Volatility()
    for (const mid of [-1, 0, 100, 101]) {
      expect(volatility.total(T0, mid, 60, true)).toBeGreaterThan(0)
      expect(volatility.total(T0, mid, 60, true)).toBe(volatility.total(T0, 0.1, 60, true))
    }
  })

  it('counts a sudden move of three ticks as news, in the tick of the market', () => {
    const news = fed(STEPS)
    expect(news.onMid(54, T0 + 231_000, 1)).toBe(true)
    expect(news.onMid(56, T0 + 232_000, 1)).toBe(false)
    expect(news.jumps).toBe(1)
    const tenths = new Volatility()
    tenths.onMid(5, T0, 0.1)
    expect(tenths.onMid(5.4, T0 + 1000, 0.1)).toBe(true)
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
    expect(volatility.onMid(mid + 6, T0 + 3_660_000, 1)).toBe(false)
    expect(volatility.onMid(mid + 12, T0 + 3_660_200, 1)).toBe(true)
    expect(volatility.jumps).toBe(jumps + 1)
  })

  it('is the same mirrored about 50', () => {
    const move = fc.record({
      step: fc.integer({ min: -60, max: 60 }),
      wait: fc.integer({ min: 0, max: 100_000 }),
    })
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 60 }), fc.boolean(), (moves, known) => {
        const up = new Volatility()
        const down = new Volatility()
        let mid = 50
        let at = T0
        for (const m of moves) {
          at += m.wait
          mid = Math.min(99, Math.max(1, mid + m.step / 8))
          up.onMid(mid, at, 1)
          down.onMid(100 - mid, at, 1)
          const estimate = up.total(at, mid, 7200, known)
          expect(estimate).toBeGreaterThanOrEqual(1e-6)
          expect(down.total(at, 100 - mid, 7200, known) / estimate).toBeCloseTo(1, 9)
        }
        expect(up.jumps).toBe(down.jumps)
      }),
      { seed: 20_261_133 },
    )
  })

  it('treats a clock that steps back as no time passed', () => {
    const straight = fed([
      [0, 50],
      [60, 51],
      [60, 52],
    ])
    const stepping = fed([
      [0, 50],
      [60, 51],
      [20, 52],
    ])
    const at = T0 + 90_000
    expect(stepping.explain(at, DAY, true)).toEqual(straight.explain(at, DAY, true))
    expect(stepping.total(T0 + 30_000, 52, DAY, true)).toBe(
      straight.total(T0 + 60_000, 52, DAY, true),
    )
    expect(new Volatility().explain(T0 - 1000, DAY, false).window).toBe(0)
  })
})

describe('volatility that knows the hours of its series', () => {
  const EVEN = new Array<number>(24).fill(1)
  /** Mids that move a cent each second from the start of an hour. */
  const HOUR_AT = Math.ceil(T0 / 3_600_000) * 3_600_000
  const watched = (from: number, seconds: number): Volatility => {
    const volatility = new Volatility()
    for (let s = 0; s <= seconds; s++) volatility.onMid(50 + (s % 2), from + 1000 * s, 1)
    return volatility
  }
  const hour = new Date(HOUR_AT).getUTCHours()

  it('multiplies its prior by the factor of the hour, and nothing of the same hour', () => {
    const volatility = new Volatility()
    volatility.hours.hear({ overall: 0.5, byHour: EVEN.with(hour, 3) })
    expect(volatility.total(HOUR_AT, 50, HOUR, true, 10)).toBeCloseTo((1.5 * AT_50) / HOUR, 8)
    expect(volatility.total(HOUR_AT, 50, DAY, false, 10)).toBeCloseTo((1.5 * AT_50) / DAY, 8)
    const [plain, told] = [watched(HOUR_AT, 1800), watched(HOUR_AT, 1800)]
    told.hours.hear({ overall: 1, byHour: EVEN.with(hour, 3) })
    const at = HOUR_AT + 1_800_000
    const [before, after] = [plain, told].map((one) => one.total(at, 50, DAY, false, 1))
    expect(after! - before!).toBeLessThan(0.1 * before!)
  })

  it.each([
    { known: false, factor: 3 },
    { known: true, factor: 3 },
    { known: false, factor: 0.5 },
    { known: true, factor: 0.5 },
  ])('moves what was seen with the boundary of the hour: %j', ({ known, factor }) => {
    const [plain, told] = [watched(HOUR_AT - 1_800_000, 1799), watched(HOUR_AT - 1_800_000, 1799)]
    told.hours.hear({ overall: 1, byHour: EVEN.with(hour, factor) })
    const ratio = (at: number): number =>
      told.total(at, 50, DAY, known, 1) / plain.total(at, 50, DAY, known, 1)
    expect(ratio(HOUR_AT - 2000)).toBeCloseTo(1, 6)
    expect(ratio(HOUR_AT + 1)).toBeCloseTo(factor, 1)
    const [soon, later] = [ratio(HOUR_AT + 60_000), ratio(HOUR_AT + 600_000)]
    expect(Math.abs(later - 1)).toBeLessThan(Math.abs(soon - 1))
  })
})
