// The mid, the weighted mid, the micro-price that learns from the book, and the anchor in trades.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MicroPrice,
  microCents,
  midCents,
  TradeAnchor,
} from '../../../../src/core/estimators/micro-price.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

describe('mid', () => {
  it('is halfway, to half of the finest tick', () => {
    expect([midCents(4900, 5100), midCents(4900, 5000)]).toEqual([50, 49.5])
    expect([midCents(4830, 4840), midCents(1, 2)]).toEqual([48.35, 0.015])
  })
})

describe('weighted mid', () => {
  it('of 49 x 100 against 51 x 80 is 50.1111', () => {
    expect(microCents(4900, 10_000, 5100, 8000)).toBeCloseTo(50.1111, 4)
    expect(microCents(4900, 10_000, 5100, 8000)).toBeCloseTo(9020 / 180, 12)
  })

  it('is the mid where nothing is offered on either side', () => {
    expect(microCents(4900, 0, 5100, 0)).toBe(50)
  })

  it('goes to the ask as the ask empties', () => {
    expect(microCents(4900, 10_000, 5100, 0)).toBe(51)
  })

  it('stays between bid and ask, and above the mid exactly when bids are larger', () => {
    const size = fc.integer({ min: 1, max: 100_000_000 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9998 }),
        fc.integer({ min: 1, max: 500 }),
        size,
        size,
        (bid, spread, bidSize, askSize) => {
          const ask = Math.min(9999, bid + spread)
          const micro = microCents(bid, bidSize, ask, askSize)
          expect(micro).toBeGreaterThanOrEqual(bid / 100 - 1e-9)
          expect(micro).toBeLessThanOrEqual(ask / 100 + 1e-9)
          const lean = micro - midCents(bid, ask)
          if (Math.abs(lean) > 1e-9) expect(Math.sign(lean)).toBe(Math.sign(bidSize - askSize))
        },
      ),
      { seed: 20_261_121 },
    )
  })
})

/** Shows a bid-heavy book at 49 x 51 (I = 0.9), then moves the mid by so many price units. */
const teach = (micro: MicroPrice, times: number, move: number): void => {
  for (let i = 0; i < times; i++) {
    micro.drop()
    micro.onTop(4900, 900, 5100, 100, 100)
    micro.onTop(4900 + move, 500, 5100 + move, 500, 100)
  }
}

describe('micro-price', () => {
  it('is the weighted mid of the worked example before any observation', () => {
    expect(new MicroPrice().fair(4900, 10_000, 5100, 8000, 100)).toBeCloseTo(50.1111, 4)
  })

  it('stays the weighted mid for a hundred observations, then blends over the next hundred', () => {
    const micro = new MicroPrice()
    const weighted = microCents(4900, 900, 5100, 100)
    teach(micro, 100, 50)
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBe(weighted)
    teach(micro, 50, 50)
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBeCloseTo((weighted + 50.5) / 2, 12)
    teach(micro, 50, 50)
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBeCloseTo(50.5, 12)
    // Another imbalance and another spread have learnt nothing.
    expect(micro.fair(4900, 700, 5100, 300, 100)).toBe(microCents(4900, 700, 5100, 300))
    expect(micro.fair(4900, 900, 5000, 100, 100)).toBe(microCents(4900, 900, 5000, 100))
  })

  it('moves the table by 1/200 of the surprise once it is full', () => {
    const micro = new MicroPrice()
    teach(micro, 300, 50)
    teach(micro, 1, -50)
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBeCloseTo(50.5 - 1 / 200, 12)
  })

  it('observes a book once until the mid moves, and not only the last one before', () => {
    const micro = new MicroPrice()
    for (let round = 0; round < 100; round++) {
      micro.drop()
      micro.onTop(4900, 900, 5100, 100, 100)
      micro.onTop(4900, 950, 5100, 50, 100)
      micro.onTop(4900, 100, 5100, 900, 100)
      micro.onTop(5000, 500, 5200, 500, 100)
    }
    // Bid-heavy then ask-heavy: both met before the mid rose by a tick, +1 and -1 toward their
    // side.
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBeCloseTo(50, 12)
  })

  it('learns nothing across a book without two sides, and takes news as three ticks', () => {
    const micro = new MicroPrice()
    for (let round = 0; round < 300; round++) {
      micro.onTop(4900, 900, 5100, 100, 100)
      micro.onTop(4900, 900, 10_000, 0, 100)
      micro.onTop(5900, 500, 6100, 500, 100)
      micro.drop()
    }
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBe(microCents(4900, 900, 5100, 100))
    // A move of 20 ticks counts as 3, so that three moves of one tick back make up for it.
    for (let round = 0; round < 50; round++) {
      teach(micro, 1, 2000)
      teach(micro, 3, -100)
    }
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBeCloseTo(50, 12)
  })

  it('never leaves the touch', () => {
    const micro = new MicroPrice()
    teach(micro, 300, 300)
    expect(micro.fair(4900, 900, 5100, 100, 100)).toBe(51)
    const other = new MicroPrice()
    teach(other, 300, -300)
    expect(other.fair(4900, 900, 5100, 100, 100)).toBe(49)
  })

  it('is the same mirrored about 50, whatever it has seen', () => {
    const top = fc.record({
      bid: fc.integer({ min: 10, max: 90 }),
      gap: fc.integer({ min: 1, max: 4 }),
      bidSize: fc.integer({ min: 1, max: 20 }),
      askSize: fc.integer({ min: 1, max: 20 }),
    })
    fc.assert(
      fc.property(fc.array(top, { minLength: 1, maxLength: 20 }), (tops) => {
        const micro = new MicroPrice()
        const mirror = new MicroPrice()
        for (let round = 0; round < 40; round++) {
          for (const t of tops) {
            const bid = t.bid * 100
            const ask = bid + t.gap * 100
            micro.onTop(bid, t.bidSize, ask, t.askSize, 100)
            mirror.onTop(10_000 - ask, t.askSize, 10_000 - bid, t.bidSize, 100)
            const fair = micro.fair(bid, t.bidSize, ask, t.askSize, 100)
            const other = mirror.fair(10_000 - ask, t.askSize, 10_000 - bid, t.bidSize, 100)
            expect(other).toBeCloseTo(100 - fair, 10)
            // One table serves both directions.
            const same = micro.fair(10_000 - ask, t.askSize, 10_000 - bid, t.bidSize, 100)
            expect(same).toBeCloseTo(100 - fair, 10)
            expect(fair).toBeGreaterThanOrEqual(bid / 100)
            expect(fair).toBeLessThanOrEqual(ask / 100)
          }
        }
      }),
      { seed: 20_261_161, numRuns: 60 },
    )
  })

  it('finds how far a heavy side really leads, where the weighted mid is wrong', () => {
    // The mid moves a tick toward the heavier side in 60 of 100 cases: a lean of 0.2 ticks.
    const micro = new MicroPrice()
    const dice = mulberry32(20_261_162)
    for (let i = 0; i < 2000; i++) {
      teach(micro, 1, dice() < 0.6 ? 100 : -100)
    }
    expect(Math.abs(micro.fair(4900, 900, 5100, 100, 100) - 50.2)).toBeLessThan(0.15)
    expect(microCents(4900, 900, 5100, 100)).toBeCloseTo(50.8, 10)
  })
})

describe('anchor in trades', () => {
  it('is left out where nothing traded or the spread is four cents or less', () => {
    const anchor = new TradeAnchor()
    expect(anchor.blend(50.3, 40, 60)).toBe(50.3)
    expect(anchor.price).toBeNaN()
    anchor.onTrade(45)
    expect(anchor.blend(50.3, 48, 52)).toBe(50.3)
    // 4 c as floats make it: 47.3 - 43.3 is a hair more or less.
    expect([anchor.blend(45.3, 43.3, 47.3), anchor.blend(52.1, 50.1, 54.1)]).toEqual([45.3, 52.1])
  })

  it('is halfway between the mid and the average of ten trades, inside the touch', () => {
    const anchor = new TradeAnchor()
    for (const price of [44, 45, 46]) anchor.onTrade(price)
    expect([anchor.price, anchor.blend(50, 40, 60)]).toEqual([45, 47.5])
    expect(anchor.blend(52.5, 50, 55)).toBe(50)
    for (let i = 0; i < 7; i++) anchor.onTrade(45)
    anchor.onTrade(55)
    expect(anchor.price).toBeCloseTo(46, 12)
  })
})
