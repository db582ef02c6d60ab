// Calibration against markets whose truth is known: is it inside the interval as often as it should
// be, and does what is suggested pass as the body of a request?

import { describe, expect, it } from 'vitest'
import { Blocks, DEFAULT_BLOCKS, rare } from '../../../../research/calibrate/blocks.ts'
import { type Calibration, calibrate } from '../../../../research/calibrate/calibrate.ts'
import { type MarketData, Orders, Path } from '../../../../research/calibrate/data.ts'
import { reportOf } from '../../../../research/calibrate/report.ts'
import { nearestPreset, suggestionOf } from '../../../../research/calibrate/suggest.ts'
import { parseParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

interface Truth {
  readonly sigma: number
  readonly k: number
  /** Orders per second and side at the fair price. */
  readonly arrivals: number
  readonly hours: number
}

const TRUTH: Truth = { sigma: 0.1, k: 0.7, arrivals: 0.05, hours: 2 }
const START = 1_700_000_000_000
const HALF = 0.5
const DEEP = { bidSize: 5000, askSize: 5000 }

/**
 * A Brownian fair price; a touch one cent wide that follows when the fair is 3/4 of a cent from the
 * mid; takers by a Poisson process who stop at each cent beyond the touch with chance 1 - exp(-k).
 */
const marketOf = ({ sigma, k, arrivals, hours }: Truth, seed: number): MarketData => {
  const next = mulberry32(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const path = new Path()
  const orders = new Orders()
  const step = 100
  const seen = arrivals * Math.exp(-k * HALF)
  let fair = 50.5
  let mid = 50.5
  const show = (at: number): void =>
    path.top(at, { bid: (mid - HALF) * 100, ask: (mid + HALF) * 100, ...DEEP }, 1)
  show(START)
  const end = START + hours * 3_600_000
  for (let at = START + step; at < end; at += step) {
    fair += sigma * Math.sqrt(step / 1000) * normal()
    while (Math.abs(fair - mid) > 0.75) mid += Math.sign(fair - mid)
    show(at)
    for (const taker of ['bid', 'ask'] as const) {
      if (next() >= (seen * step) / 1000) continue
      const way = taker === 'bid' ? 1 : -1
      const touch = mid + way * HALF
      const reach = Math.floor(-Math.log(1 - next()) / k)
      for (let ticks = 0; ticks <= reach; ticks++) {
        const price = touch + way * ticks
        orders.add({ at, taker, price, contracts: 8, touch, fair: mid, tick: 1, weight: 1 })
      }
    }
  }
  path.lose(end)
  return {
    ticker: 'KXTEST-1',
    files: ['made'],
    kinds: ['frames'],
    stretches: path.stretches,
    orders: orders.orders,
    notes: [],
  }
}

const BOTH = { bidSize: 10_000, askSize: 10_000 }
/** What a path and the orders on it amount to. */
const calibrated = (path: Path, orders = new Orders(), kind: 'frames' | 'tape' = 'frames') => {
  const data = { stretches: path.stretches, orders: orders.orders, notes: [] }
  return calibrate({ ticker: 'T', files: [], kinds: [kind], ...data }, DEFAULT_BLOCKS)
}

const holds = ({ low, high }: { low: number; high: number }, truth: number): boolean =>
  low <= truth && truth <= high

describe('a market whose truth is known', () => {
  const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)
  const all: Calibration[] = SEEDS.map((seed) => calibrate(marketOf(TRUTH, seed), DEFAULT_BLOCKS))

  // Of 20 intervals of 90 %, 14 or more hold the truth in 998 cases of 1000.
  it.each([
    ['sigma', TRUTH.sigma, (found: Calibration) => found.moves!.sigma],
    ['k', TRUTH.k, (found: Calibration) => found.takers!.k],
    ['A of sellers', TRUTH.arrivals, (found: Calibration) => found.takers!.sellers],
    ['A of buyers', TRUTH.arrivals, (found: Calibration) => found.takers!.buyers],
    ['the share of buys', 0.5, (found: Calibration) => found.takers!.shareBuys],
  ] as const)('has %s within its interval for 14 of 20 seeds (1..20)', (_, truth, of) => {
    const held = all.filter((found) => holds(of(found), truth)).length
    expect(held).toBeGreaterThanOrEqual(14)
    const mean = all.reduce((total, found) => total + of(found).value, 0) / all.length
    expect(mean / truth).toBeGreaterThan(0.88)
    expect(mean / truth).toBeLessThan(1.12)
  })

  it('has intervals that are not merely wide', () => {
    for (const { moves, takers } of all) {
      expect(moves!.sigma.high / moves!.sigma.low).toBeLessThan(2.5)
      expect(takers!.k.high / takers!.k.low).toBeLessThan(1.6)
    }
  })

  it('shows the bounce in the signature plot: plain sigma is too high at a second', () => {
    const [first] = all
    const at = (seconds: number): number =>
      first!.moves!.signature.find((row) => row.seconds === seconds)!.sigma.value
    expect(at(1)).toBeGreaterThan(1.2 * first!.moves!.sigma.value)
    expect(at(300)).toBeLessThan(at(1))
  })

  it('is read the same again, and otherwise with another seed of the draws', () => {
    const market = marketOf({ ...TRUTH, hours: 0.5 }, 3)
    const once = calibrate(market, DEFAULT_BLOCKS)
    expect(calibrate(market, DEFAULT_BLOCKS)).toEqual(once)
    const other = calibrate(market, { ...DEFAULT_BLOCKS, seed: 2 })
    expect(other.moves!.sigma.value).toBe(once.moves!.sigma.value)
    expect(other.moves!.sigma.low).not.toBe(once.moves!.sigma.low)
    expect(reportOf(once)).toContain('seed 1')
  })

  it('yields the spread and the depth that were shown', () => {
    const { touch } = all[0]!
    expect(touch!.meanSpread.value).toBeCloseTo(1, 9)
    expect(touch!.medianSpread.value).toBe(1)
    expect(touch!.oneTick.value).toBeCloseTo(1, 9)
    expect(touch!.medianDepth.value).toBe(50)
  })

  it('yields a body that the control API takes, with the numbers found', () => {
    const { suggestion, takers } = all[0]!
    const read = parseParameters(JSON.parse(JSON.stringify(suggestion.body)))
    if (!read.ok) throw new Error(read.error.message)
    expect(read.parameters.strategy.k).toBeCloseTo(takers!.k.value, 2)
    expect(read.parameters.strategy.arrival_rate).toBeCloseTo(0.05, 1)
    expect(read.parameters.strategy.preset).toBe('event-day')
    // Each order of 8 contracts a level is at least 8.
    expect(read.parameters.strategy.size).toBe(800)
  })
})

describe('a touch that moves away', () => {
  it('leaves A where it is: few come because few can reach', () => {
    // A quarter of the time the touch is 6 cents away, where exp(-0.7 x 6) of 0.5/s still come.
    const next = mulberry32(11)
    const path = new Path()
    const orders = new Orders()
    const k = 0.7
    for (let second = 0; second < 7200; second++) {
      const at = START + 1000 * second
      const half = second % 40 < 10 ? 6 : 1
      const touchOf = { bid: 5000 - 100 * half, ask: 5000 + 100 * half }
      path.top(at, { ...touchOf, bidSize: 1000, askSize: 1000 }, 1)
      if (next() >= 0.5 * Math.exp(-k * half)) continue
      const touch = 50 + half
      const price = touch + Math.floor(-Math.log(1 - next()) / k)
      orders.add({ at, taker: 'bid', price, contracts: 1, touch, fair: 50, tick: 1, weight: 1 })
    }
    path.lose(START + 7_200_000)
    const found = calibrated(path, orders)
    expect(holds(found.takers!.buyers, 0.5)).toBe(true)
    expect(found.takers!.buyers.high / found.takers!.buyers.low).toBeLessThan(1.6)
    // Nobody sold: not 0, but at most what would be seen once in twenty.
    expect(found.takers!.sellers.value).toBe(0)
    expect(found.takers!.sellers.high).toBeGreaterThan(0)
    expect(found.takers!.sellersPerHour.high).toBeCloseTo(2.996 / 2, 3)
  })
})

describe('news', () => {
  it('counts as jumps, and enters sigma as no more than three ticks', () => {
    const path = new Path()
    let at = START
    let mid = 30
    const next = mulberry32(4)
    // An hour of single ticks every 20 s, with six moves of 10 cents among them.
    for (let i = 0; i < 180; i++, at += 20_000) {
      path.mid(at, mid, 1)
      mid += i % 30 === 29 ? 10 : next() < 0.5 ? 1 : -1
    }
    path.lose(at)
    const { moves } = calibrated(path, undefined, 'tape')
    // The last of the six comes after the end.
    expect(moves!.jumps.n).toBe(5)
    expect(moves!.jumps.value).toBeCloseTo(5, 9)
    expect(moves!.jumpShare.value).toBeCloseTo(500 / (500 + 174), 9)
    // 174 single ticks and 5 x 9 cents^2 in an hour, times about as many continuations as turns.
    expect(moves!.sigma.value).toBeLessThan(Math.sqrt((1.5 * (174 + 45)) / 3600))
  })
})

describe('the flow of orders', () => {
  /** A side grows every 20 s; 5 s later the mid moves two ticks, toward it or either way. */
  const flowing = (follows: boolean, seed: number): Calibration => {
    const next = mulberry32(seed)
    const path = new Path()
    let bid = 5000
    for (let i = 0; i < 500; i++) {
      const at = START + 20_000 * i
      path.top(at, { bid, ask: bid + 100, ...BOTH }, 1)
      const up = next() < 0.5
      const grown = up ? { bidSize: 20_000 } : { askSize: 20_000 }
      path.top(at + 2000, { bid, ask: bid + 100, ...BOTH, ...grown }, 1)
      bid += (follows ? up : next() < 0.5) ? 200 : -200
      path.top(at + 7000, { bid, ask: bid + 100, ...BOTH }, 1)
    }
    path.lose(START + 10_000_000)
    return calibrated(path)
  }

  it('is followed where it is, and the suggestion says how much', () => {
    const { follow, suggestion } = flowing(true, 2)
    expect(follow!.theta.low).toBeGreaterThan(0.25)
    expect(suggestion.body.strategy.ofi_weight).toBeCloseTo(follow!.drawn, 2)
    expect(parseParameters(suggestion.body).ok).toBe(true)
  })

  it('is not where the mid goes either way', () => {
    const { follow } = flowing(false, 2)
    expect(follow!.theta.low).toBeLessThan(0)
    expect(follow!.theta.high).toBeLessThan(flowing(true, 2).follow!.theta.low)
  })
})

describe('blocks', () => {
  it('draw every moment equally often, the ends too', () => {
    const blocks = new Blocks(0, 3_600_000, { blockSeconds: 60, draws: 2000, seed: 5 })
    const drawn = blocks.column()
    blocks.estimate(9, (weights) => {
      for (let i = 0; i < drawn.length; i++) drawn[i]! += weights[i]!
      return 0
    })
    // 2000 draws once each, and once for the estimate itself.
    const [least, most] = [Math.min(...drawn), Math.max(...drawn)]
    expect(least).toBeGreaterThan(1500)
    expect(most).toBeLessThan(2500)
    expect(drawn.reduce((a, b) => a + b, 0)).toBe(2001 * drawn.length)
  })

  it('split a span over the cells that it touches, without losing any of it', () => {
    const blocks = new Blocks(0, 600_000, { blockSeconds: 60, draws: 1, seed: 1 })
    const seconds = blocks.column()
    blocks.over(3000, 47_500, (cell, part) => (seconds[cell]! += part))
    expect([...seconds.slice(0, 6)]).toEqual([7, 10, 10, 10, 7.5, 0])
  })

  it('keep what comes in bursts together: its interval is wider than that of single events', () => {
    const seconds = 7200
    const bursts = new Blocks(0, seconds * 1000, { blockSeconds: 120, draws: 400, seed: 1 })
    const count = bursts.column()
    // Sixty at a time every twelve minutes: as many as one every twelve seconds.
    for (let at = 0; at < seconds; at += 720) count[bursts.cellOf(at * 1000)]! += 60
    const { low, high } = bursts.estimate(600, (weights) =>
      count.reduce((total, value, cell) => total + value * weights[cell]!, 0),
    )
    // 1.645 sqrt(600) = 40 either way if they came singly.
    expect(high - low).toBeGreaterThan(3 * 80)
  })

  it('have no interval for fewer than 5 observations, but rates have exact bounds', () => {
    const blocks = new Blocks(0, 600_000, { blockSeconds: null, draws: 20, seed: 1 })
    const few = blocks.estimate(4, () => 7)
    expect(few).toEqual({ value: 7, low: Number.NaN, high: Number.NaN, n: 4 })
    // Garwood: after 4 events, a mean of 1.366 would show 4 or more once in 20 times.
    const { low, high } = rare(few, 4, 1)
    const below = (mean: number, most: number): number => {
      let total = 0
      let term = Math.exp(-mean)
      for (let i = 0; i <= most; i++, term *= mean / i) total += term
      return total
    }
    expect(1 - below(low, 3)).toBeCloseTo(0.05, 3)
    expect(below(high, 4)).toBeCloseTo(0.05, 3)
    expect(rare(few, 5, 1)).toBe(few)
  })
})

describe('a suggestion', () => {
  it('keeps the default k where there are too few orders, and says so', () => {
    const { body, warnings } = suggestionOf(null, null, null, true)
    expect(body).toEqual({ strategy: { preset: 'event-day' } })
    expect(warnings.join(' ')).toContain('0 orders of 50 wanted: keeps the default k')
    expect(parseParameters(body).ok).toBe(true)
  })

  it('keeps the default k where nobody went beyond the touch', () => {
    const market = marketOf({ ...TRUTH, k: 30, arrivals: 1e5, hours: 0.5 }, 1)
    const { suggestion } = calibrate(market, { ...DEFAULT_BLOCKS, draws: 20 })
    expect(suggestion.body.strategy.k).toBeUndefined()
    expect(suggestion.warnings.join(' ')).toContain('went beyond the touch')
    expect(parseParameters(suggestion.body).ok).toBe(true)
  })

  it('cuts arrivals where the maker cuts its own', () => {
    const { suggestion } = calibrate(marketOf({ ...TRUTH, arrivals: 9, hours: 0.2 }, 1), {
      ...DEFAULT_BLOCKS,
      draws: 20,
    })
    expect(suggestion.body.strategy.arrival_rate).toBe(2)
    expect(suggestion.warnings.join(' ')).toContain('arrival_rate is cut at 2/s')
  })

  it('takes the preset that is nearest by ratio', () => {
    expect(nearestPreset(0.004, 0.02)).toBe('slow')
    expect(nearestPreset(0.03, null)).toBe('event-day')
    expect(nearestPreset(null, 1)).toBe('live')
    expect(nearestPreset(5, 0.3)).toBe('live')
    expect(nearestPreset(null, null)).toBe('event-day')
  })
})
