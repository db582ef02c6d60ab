// Order flow, its depth and the response of the price: golden sequences worked out by hand and by
// an independent implementation, and what must hold for any stream of quotes.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DepthFlow,
  FlowResponse,
  OrderFlow,
  TradeSize,
} from '../../../../src/core/estimators/order-flow.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const T0 = 1_790_000_000_000

const normalOf = (dice: () => number): number =>
  Math.sqrt(-2 * Math.log(dice())) * Math.cos(2 * Math.PI * dice())

/** The flow that a new best bid and ask bring. */
const changeAt = (flow: OrderFlow, ...[bid, bidSize, ask, askSize]: number[]): number => {
  flow.update(bid!, bidSize!, ask!, askSize!, T0)
  return flow.lastChange
}
/** Any sequence of best bids and asks, and the time before each. */
const anyTops = fc.array(
  fc.record({
    bid: fc.integer({ min: 0, max: 9998 }),
    gap: fc.integer({ min: 1, max: 300 }),
    bidSize: fc.integer({ min: 0, max: 1_000_000 }),
    askSize: fc.integer({ min: 0, max: 1_000_000 }),
    wait: fc.integer({ min: -500, max: 60_000 }),
  }),
  { minLength: 2, maxLength: 50 },
)

describe('order-flow imbalance', () => {
  // bid, its size, ask, its size, the contribution wanted; cents and contracts.
  const golden: readonly [number, number, number, number, number][] = [
    [49, 100, 51, 80, 0],
    [49, 120, 51, 80, 20],
    [50, 30, 51, 80, 30],
    [50, 30, 51, 50, 30],
    [50, 30, 52, 40, 50],
    [49, 60, 52, 40, -30],
    [49, 60, 51, 20, -20],
  ]

  it('contributes 20, 30, 30, 50, -30, -20 over the golden sequence', () => {
    const flow = new OrderFlow()
    for (const [bid, bidSize, ask, askSize, wanted] of golden) {
      const change = changeAt(flow, bid * 100, bidSize * 100, ask * 100, askSize * 100)
      expect(change).toBe(wanted * 100)
    }
    expect(flow.imbalance(T0)).toBe(80)
  })

  it('halves every ten seconds', () => {
    const flow = new OrderFlow()
    flow.update(4900, 10_000, 5100, 8000, T0)
    flow.update(4900, 18_000, 5100, 8000, T0 + 1000)
    expect(flow.imbalance(T0 + 1000)).toBe(80)
    expect(flow.imbalance(T0 + 11_000)).toBeCloseTo(40, 10)
    flow.update(4900, 20_000, 5100, 8000, T0 + 21_000)
    expect(flow.imbalance(T0 + 21_000)).toBeCloseTo(40, 10)
  })

  it('reads a side that vanishes as its whole size leaving, and its return as arriving', () => {
    const flow = new OrderFlow()
    flow.update(4900, 10_000, 5100, 8000, T0)
    expect(changeAt(flow, 0, 0, 5100, 8000)).toBe(-10_000)
    expect(changeAt(flow, 4900, 3000, 5100, 8000)).toBe(3000)
    expect(changeAt(flow, 4900, 3000, 10_000, 0)).toBe(8000)
    expect(changeAt(flow, 4900, 3000, 5100, 500)).toBe(-500)
  })

  it('ignores the price of a side that has no size', () => {
    const flow = new OrderFlow()
    flow.update(4900, 10_000, 5100, 8000, T0)
    expect(changeAt(flow, 4900, 0, 5100, 8000)).toBe(-10_000)
    expect(changeAt(flow, 4800, 0, 5100, 8000)).toBe(0)
  })

  it('takes the first book after a reset as a starting point, not as flow', () => {
    const flow = new OrderFlow()
    flow.update(4900, 10_000, 5100, 8000, T0)
    flow.update(5000, 10_000, 5100, 8000, T0)
    flow.reset()
    expect(flow.imbalance(T0)).toBe(0)
    flow.update(6000, 70_000, 6100, 8000, T0 + 5)
    expect(flow.imbalance(T0 + 5)).toBe(0)
  })

  it('treats a clock that steps back as no time passed', () => {
    const flow = new OrderFlow()
    flow.update(4900, 10_000, 5100, 8000, T0)
    flow.update(4900, 18_000, 5100, 8000, T0 + 10_000)
    flow.update(4900, 20_000, 5100, 8000, T0)
    expect(flow.imbalance(T0)).toBe(100)
    expect(flow.imbalance(T0 + 20_000)).toBeCloseTo(50, 10)
  })

  it('is antisymmetric: the mirrored book has the opposite imbalance', () => {
    fc.assert(
      fc.property(anyTops, (steps) => {
        const flow = new OrderFlow()
        const mirror = new OrderFlow()
        let at = T0
        for (const s of steps) {
          at += s.wait
          const ask = Math.min(10_000, s.bid + s.gap)
          flow.update(s.bid, s.bidSize, ask, s.askSize, at)
          mirror.update(10_000 - ask, s.askSize, 10_000 - s.bid, s.bidSize, at)
          expect(mirror.imbalance(at)).toBeCloseTo(-flow.imbalance(at), 9)
        }
      }),
      { seed: 20_261_131 },
    )
  })
})

describe('depth and impact', () => {
  it('averages the depth over the time it stood, halving every ten seconds', () => {
    const flow = new OrderFlow()
    expect(flow.depth(T0)).toBe(0)
    flow.update(4900, 10_000, 5100, 8000, T0)
    expect(flow.depth(T0)).toBe(90)
    flow.update(4900, 2000, 5100, 2000, T0 + 5000)
    expect(flow.depth(T0 + 5000)).toBeCloseTo(90, 10)
    expect(flow.depth(T0 + 15_000)).toBeCloseTo(55, 10)
    flow.update(4900, 2000, 5100, 2000, T0 + 15_000)
    expect(flow.depth(T0 + 25_000)).toBeCloseTo(37.5, 10)
  })

  it('expects the flow over twice the depth, times theta, and at most half a tick', () => {
    const flow = new OrderFlow()
    expect(flow.impact(T0, 0.25)).toBe(0)
    flow.update(4900, 10_000, 5100, 10_000, T0)
    flow.update(4900, 14_000, 5100, 10_000, T0)
    expect(flow.impact(T0, 0.25)).toBeCloseTo((0.25 * 40) / (2 * 100), 12)
    expect(flow.impact(T0, -0.25)).toBeCloseTo(-0.05, 12)
    expect([flow.impact(T0, 1000), flow.impact(T0, -1000)]).toEqual([0.5, -0.5])
    flow.reset()
    expect([flow.impact(T0, 0.25), flow.depth(T0)]).toEqual([0, 0])
  })

  it('lets no wall count for more than the cap, and takes a new cap for no flow', () => {
    const flow = new OrderFlow()
    flow.setSizeCap(100)
    flow.update(4900, 1_000_000, 5100, 5000, T0)
    expect(flow.depth(T0)).toBe(75)
    expect(changeAt(flow, 4900, 2_000_000, 5100, 5000)).toBe(0)
    flow.setSizeCap(200)
    expect(changeAt(flow, 4900, 2_000_000, 5100, 6000)).toBe(-1000)
    flow.setSizeCap(0)
    expect(changeAt(flow, 5000, 2_000_000, 5100, 6000)).toBe(2_000_000)
  })
})

describe('flow over several levels', () => {
  const levels = (prices: number[], sizes: number[]) => ({
    prices: Float64Array.from(prices),
    sizes: Float64Array.from(sizes),
  })

  it('equals the flow at the best level where there is one level', () => {
    fc.assert(
      fc.property(anyTops, (steps) => {
        const flow = new OrderFlow()
        const deep = new DepthFlow()
        flow.setSizeCap(3000)
        deep.setSizeCap(3000)
        let at = T0
        for (const s of steps) {
          at += s.wait
          const ask = Math.min(10_000, s.bid + s.gap)
          flow.update(s.bid, s.bidSize, ask, s.askSize, at)
          deep.update(1, levels([s.bid], [s.bidSize]), levels([ask], [s.askSize]), at)
          expect(deep.lastChange).toBe(flow.lastChange)
          expect(deep.imbalance(at + 700)).toBe(flow.imbalance(at + 700))
          expect(deep.depth(at + 700)).toBe(flow.depth(at + 700))
          expect(deep.impact(at, 0.3)).toBe(flow.impact(at, 0.3))
        }
      }),
      { seed: 20_261_141 },
    )
  })

  it('weighs level m by exp(-m/2), and a level that goes as its whole size leaving', () => {
    const deep = new DepthFlow()
    const bid = [4900, 4800, 4700, 4600, 4500]
    const ask = [5100, 5200, 5300, 5400, 5500]
    const even = [1000, 1000, 1000, 1000, 1000]
    const bids = levels(bid, even)
    const asks = levels(ask, even)
    deep.update(5, bids, asks, T0)
    expect(deep.depth(T0)).toBeCloseTo(10, 12)
    const total = 1 + Math.exp(-0.5) + Math.exp(-1) + Math.exp(-1.5) + Math.exp(-2)
    deep.update(5, levels(bid, [1000, 1000, 4000, 1000, 1000]), asks, T0)
    expect(deep.imbalance(T0)).toBeCloseTo((30 * Math.exp(-1)) / total, 12)
    deep.reset()
    deep.update(5, bids, asks, T0)
    deep.update(5, bids, levels(ask, [1000, 1000, 1000, 1000, 0]), T0)
    expect(deep.imbalance(T0)).toBeCloseTo((10 * Math.exp(-2)) / total, 12)
  })
})

describe('size of an ordinary trade', () => {
  it('meets equal sizes exactly, and is 0 before any', () => {
    const size = new TradeSize()
    expect(size.median).toBe(0)
    for (let i = 0; i < 5; i++) size.onTrade(25)
    expect(size.median).toBeCloseTo(25, 12)
    size.onTrade(0)
    size.onTrade(Number.NaN)
    expect(size.count).toBe(5)
  })

  it('finds the median of sizes from one to ten thousand contracts', () => {
    const dice = mulberry32(20_261_142)
    const size = new TradeSize()
    const seen: number[] = []
    let logs = 0
    for (let i = 1; i <= 4000; i++) {
      const contracts = Math.exp(3 + 1.5 * normalOf(dice))
      seen.push(contracts)
      size.onTrade(contracts)
      if (i > 2000) logs += Math.log(size.median) / 2000
    }
    const median = seen.sort((a, b) => a - b)[2000]!
    expect(Math.exp(logs) / median).toBeGreaterThan(0.9)
    expect(Math.exp(logs) / median).toBeLessThan(1.1)
    expect(size.median / median).toBeGreaterThan(0.75)
    expect(size.median / median).toBeLessThan(1.33)
  })

  it('is moved by a whale no further than by anyone, and follows a market that changes', () => {
    const size = new TradeSize()
    for (let i = 0; i < 300; i++) size.onTrade(10)
    size.onTrade(1e9)
    expect(size.median).toBeCloseTo(10 * Math.exp(0.01), 9)
    for (let i = 0; i < 300; i++) size.onTrade(100)
    expect(size.median).toBeCloseTo(100, 9)
  })
})

describe('response of the mid to flow', () => {
  it('is a quarter until there is data', () => {
    const response = new FlowResponse()
    expect(response.theta).toBe(0.25)
    response.onMid(50, 1, 1, T0)
    expect(response.theta).toBe(0.25)
  })

  it('compares with the mid that stood ten seconds later, whenever that is noticed', () => {
    const response = new FlowResponse()
    response.onMid(50, 1, 1, T0)
    response.onMid(51, 1, 0, T0 + 4000)
    // At T0 + 10 s the mid was 51; that it is 58 a minute later was no answer.
    response.onMid(58, 1, 0, T0 + 60_000)
    // The pair at T0 + 4 s had x = 0 and teaches nothing; one pair of x = 1, y = 1 tick was learnt,
    // and has faded for 4 s when the second is taken.
    const fade = 2 ** (-4 / 3600)
    expect(response.theta).toBeCloseTo((fade + 0.25 * 50) / (fade + 50), 12)
  })

  it('measures in ticks and takes a mid at the very moment', () => {
    const response = new FlowResponse()
    response.onMid(5, 0.1, -1, T0)
    response.onMid(4.8, 0.1, 0, T0 + 10_000)
    expect(response.theta).toBeCloseTo((2 + 12.5) / 51, 9)
  })

  it('takes up at most one pair a second, and none across a gap', () => {
    const crowded = new FlowResponse()
    for (let i = 0; i < 10; i++) crowded.onMid(50, 1, 1, T0 + i * 100)
    crowded.onMid(51, 1, 0, T0 + 10_000)
    expect(crowded.theta).toBeCloseTo(13.5 / 51, 12)
    // The other nine were never taken up: by now they would have been learnt too.
    crowded.onMid(51, 1, 0, T0 + 19_000)
    expect(crowded.theta).toBeCloseTo(13.5 / 51, 12)

    const cut = new FlowResponse()
    cut.onMid(50, 1, 1, T0)
    cut.drop()
    cut.onMid(70, 1, 0, T0 + 10_000)
    expect(cut.theta).toBe(0.25)
  })

  it('learns a share of 0.6, and of minus 0.2, from an hour of noisy moves', () => {
    for (const truth of [0.6, -0.2]) {
      const dice = mulberry32(20_261_143)
      const response = new FlowResponse()
      let mid = 50
      let pull = 0
      for (let s = 0; s < 3600; s++) {
        const x = normalOf(dice)
        if (s % 10 === 0) {
          mid += pull + 0.3 * normalOf(dice)
          pull = truth * x
        }
        // Flow arrives every tenth second, and the mid answers ten seconds later.
        response.onMid(mid, 1, s % 10 === 0 ? x : 0, T0 + s * 1000)
      }
      const prior = (0.25 * 50) / (50 + 250)
      expect(Math.abs(response.theta - (truth * 250) / 300 - prior)).toBeLessThan(0.06)
    }
  })
})
