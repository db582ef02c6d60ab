// The price of an order: join, improve, step back or stay; and what holds for any book.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SideLevels } from '../../../../src/core/placement/incentive.ts'
import {
  choosePrice,
  emptyPriceChoice,
  fillProbability,
  PennyGuard,
  type PriceChoice,
  type PriceChoiceInput,
} from '../../../../src/core/placement/queue-value.ts'
import { LINEAR_CENT, PriceGrid } from '../../../../src/core/vocabulary/market.ts'

const T0 = 1_790_000_000_000
const CENTS = new PriceGrid(LINEAR_CENT)

/** Others' levels of a side, best first, from pairs of price and contracts. */
const queue = (...pairs: readonly (readonly [number, number])[]): SideLevels => ({
  prices: pairs.map(([price]) => price),
  sizes: pairs.map(([, contracts]) => contracts * 100),
  count: pairs.length,
})
/** Five thousand contracts at each of many cents, from a touch on. */
const full = (touch: number): SideLevels =>
  queue(...Array.from({ length: 8 }, (_, behind) => [touch - 100 * behind, 5000] as const))

/** A bid in a 47/51 market, full at the touch and behind it, with the model at the touch. */
const scene = (over: Partial<PriceChoiceInput> = {}): PriceChoiceInput => ({
  ...{ side: 'bid', grid: CENTS, target: 4700, bestBid: 4700, bestAsk: 5100 },
  ...{ fairCents: 49, reservationCents: 49, cost: 0.5, maxThrough: 2 },
  ...{ arrivals: 0.02, takers: 0.02, k: 0.7, meanTrade: 20, theta: 1 / 600, nu: 1 / 240 },
  levels: full(4700),
  ...{ current: 0, currentAhead: 0, mayImprove: true, incentiveAt: null },
  ...over,
})

const choose = (over: Partial<PriceChoiceInput> = {}): PriceChoice => {
  const out = emptyPriceChoice()
  choosePrice(scene(over), out)
  return out
}

describe('the chance of a fill', () => {
  it('is certain at the front and exp(-nu Tq) behind a queue', () => {
    expect(fillProbability(0, 0.4, 0.001, 0.01)).toBe(1)
    // Tq = 100/(.4 + .002 x 50) = 200 s
    expect(fillProbability(100, 0.4, 0.002, 0.01)).toBeCloseTo(Math.exp(-2), 12)
  })

  it('is 0 where the price moves and the queue does not, and 1 where the price never moves', () => {
    expect([fillProbability(100, 0, 0, 0.01), fillProbability(100, 0, 0, 0)]).toEqual([0, 1])
  })

  it('falls with the queue, and rises with trades and cancellations', () => {
    const plain = fillProbability(100, 0.4, 0.002, 0.01)
    expect(fillProbability(200, 0.4, 0.002, 0.01)).toBeLessThan(plain)
    expect(fillProbability(100, 0.5, 0.002, 0.01)).toBeGreaterThan(plain)
    expect(fillProbability(100, 0.4, 0.003, 0.01)).toBeGreaterThan(plain)
  })
})

describe('the chosen price', () => {
  it('is a tick better than a full touch where the spread leaves room', () => {
    const choice = choose()
    expect(choice).toMatchObject({ price: 4800, reason: 'improve', improves: true })
    // .02 exp(-.7) x 1 x (1 - .5)
    expect(choice.value).toBeCloseTo(0.02 * Math.exp(-0.7) * 0.5, 12)
  })

  it('is not a tick better once that would no longer pay for itself', () => {
    expect(choose({ cost: 1 }).price).not.toBe(4800)
    expect(choose({ cost: 1 + 1e-6 }).reason).not.toBe('improve')
    expect(choose({ cost: 0.95 }).price).toBe(4800)
  })

  it('is the touch itself where its queue is short', () => {
    const choice = choose({ levels: queue([4700, 1]), target: 4600 })
    expect(choice).toMatchObject({ price: 4700, reason: 'join', improves: false })
  })

  it('is the touch in a market one tick wide, where nothing better is post-only', () => {
    const narrow = { bestBid: 4800, bestAsk: 4900, target: 4800, fairCents: 48.6 }
    const choice = choose({
      ...narrow,
      reservationCents: 48.6,
      levels: queue([4800, 10], [4700, 5000]),
    })
    expect(choice).toMatchObject({ price: 4800, reason: 'model' })
  })

  it('is kept for its place in the queue, which a newcomer would not have', () => {
    const narrow = {
      bestBid: 4800,
      bestAsk: 4900,
      target: 4700,
      fairCents: 49,
      reservationCents: 49,
      levels: queue([4800, 5000], [4700, 200]),
    }
    const front = choose({ ...narrow, current: 4800, currentAhead: 1000 })
    expect(front).toMatchObject({ price: 4800, reason: 'stay' })
    // At the back, the level goes before its queue does, and takes us along a tick too high.
    expect(choose({ ...narrow, current: 4800, currentAhead: 500_000 }).reason).toBe('none')
    expect(choose(narrow).reason).toBe('none')
  })

  describe('with 500 at 49, 300 at 48 and nobody at 47', () => {
    const scene500 = {
      ...{ bestBid: 4900, bestAsk: 5100, fairCents: 50, reservationCents: 50, target: 4800 },
      levels: queue([4900, 500], [4800, 300]),
    }
    /** Who comes to the touch, a cent from fair. */
    const comers = 0.02 * Math.exp(-0.7)
    /** The rule before: alone at an empty price meets A exp(-k distance), however far behind. */
    const oldValue = (cents: number, ahead: number, cost: number): number => {
      const lambda = 0.02 * Math.exp(-0.7 * (50 - cents))
      return lambda * fillProbability(ahead, 20 * lambda, 1 / 600, 1 / 240) * (50 - cents - cost)
    }

    it('is the touch, where the rule before had it that 47 is worth 22 times as much', () => {
      expect(oldValue(47, 0, 0) / oldValue(49, 500, 0)).toBeGreaterThan(20)
      expect(oldValue(47, 0, 0)).toBeGreaterThan(oldValue(48, 300, 0))
      const choice = choose({ ...scene500, cost: 0 })
      expect(choice).toMatchObject({ price: 4900, reason: 'join' })
      // 500 go in 500/(20 R + 500/1200) s; passed over, the edge of a cent is gone.
      const reached = Math.exp(-500 / (20 * comers + 500 / 1200) / 240)
      expect(choice.value).toBeCloseTo(comers * reached, 12)
    })

    it.each([0, 0.1, 0.2, 0.4, 0.6, 0.9, 1.5])('is never 48 or 47 at a cost of %d', (cost) => {
      expect(oldValue(47, 0, cost)).toBeGreaterThan(oldValue(49, 500, cost))
      for (const target of [4600, 4700, 4800]) {
        const { price } = choose({ ...scene500, target, cost })
        expect([0, 4900]).toContain(price)
      }
    })

    it('counts every order before us, half as many falls for each level, and what a fall costs', () => {
      const paid = { ...scene500, incentiveAt: (price: number) => (price === 4700 ? 1 : 0) }
      const { price, value } = choose({ ...paid, cost: 0.2 })
      expect(price).toBe(4700)
      const reached = Math.exp(-800 / (20 * comers + 800 / 1200) / 240)
      const passed = (1 - reached) / 240
      expect(value - 1).toBeCloseTo((comers * reached * 0.8 - passed * 0.2) / 4, 12)
    })
  })

  it('meets no more inside the touch than come at all', () => {
    const endless = { levels: queue([4700, 500_000]), theta: 0, nu: 0.001 }
    const busy = { ...endless, arrivals: 3, takers: 0.02 }
    expect(choose(busy)).toMatchObject({ price: 4800, value: 0.02 * 0.5 })
    const more = choose({ ...busy, takers: 0.5 })
    expect(more).toMatchObject({ price: 4800, value: 0.5 * 0.5 })
  })

  it('is none where the touch does not pay: a level back costs as much when it is met', () => {
    // Touch 48, a cent from fair, costs 1.5: 47 would pay, if the touch were not above it.
    const levels = queue([4800, 5000])
    expect(choose({ bestBid: 4800, target: 4800, cost: 1.5, levels }).reason).toBe('none')
  })

  it('is left only for a price worth more than a fifth more', () => {
    // Alone on the side: 47 earns exp(-1.4)(2 - c), 48 earns exp(-.7)(1 - c); equal at c = .0137.
    const worth = (cost: number, cents: number): number =>
      0.02 * Math.exp(-0.7 * (49 - cents)) * (49 - cents - cost)
    let moved = 0
    for (let cost = 0; cost < 1; cost += 0.01) {
      const alone = { bestBid: 0, levels: queue() }
      const choice = choose({ current: 4800, ...alone, cost, target: 4700 })
      const better = worth(cost, 47) > 1.2 * worth(cost, 48) + 1e-15
      const close = Math.abs(worth(cost, 47) - 1.2 * worth(cost, 48)) < 1e-9
      if (!close) expect(choice.price === 4800).toBe(!better)
      if (choice.price !== 4800) moved++
    }
    expect(moved).toBeGreaterThan(50)
    expect(moved).toBeLessThan(95)
  })

  it('is left when it no longer pays for itself or would cross', () => {
    expect(choose({ current: 4900, currentAhead: 0, cost: 0.5 }).price).not.toBe(4900)
    expect(choose({ current: 4800, bestAsk: 4800, target: 4700 }).price).not.toBe(4800)
  })

  it('never goes further beyond the fair price than allowed, however good the reservation', () => {
    const eager = { reservationCents: 60, target: 5100, bestAsk: 5600, bestBid: 5000 }
    const thin = { levels: queue([5000, 1]) }
    expect(choose({ ...eager, ...thin }).price).toBeLessThanOrEqual(5100)
    expect(choose({ ...eager, maxThrough: 0, fairCents: 49 }).price).toBe(0)
  })

  it('may be the touch or a tick inside it, however far back the model is', () => {
    const far = { target: 4400, levels: queue([4700, 1], [4600, 9000]) }
    expect(choose(far)).toMatchObject({ price: 4700, reason: 'join', improves: false })
    const better = { price: 4800, reason: 'improve', improves: true }
    expect(choose({ target: 4400 })).toMatchObject(better)
  })

  it('may be the model\u2019s or a tick to either side, however far away the touch is', () => {
    const back = { bestBid: 4000, target: 4600, levels: queue([4000, 9000]), cost: 1.5 }
    // Nobody comes nine cents down. Inside: exp(-.7 distance)(distance - 1.5), best 1.43 beyond.
    expect(choose(back)).toMatchObject({ price: 4600, reason: 'model' })
    expect(choose({ ...back, target: 4500 }).price).toBe(4600)
    expect(choose({ ...back, target: 4700 }).price).toBe(4600)
  })

  it('is none when no price passes', () => {
    const choice = choose({ cost: 30 })
    expect(choice).toEqual({ price: 0, value: 0, reason: 'none', improves: false })
  })

  it('betters nobody while that is forbidden, but may stay where it already does', () => {
    const barred = choose({ mayImprove: false })
    expect(barred.price).not.toBe(4800)
    expect(barred.improves).toBe(false)
    expect(choose({ mayImprove: false, current: 4800 }).price).toBe(4800)
    // Coming down from 49 to 48 still betters the touch, and starts no war.
    const down = choose({ mayImprove: false, current: 4900, cost: 0.5 })
    expect(down).toMatchObject({ price: 4800, improves: false })
  })

  it('is the model\u2019s where there are no others at all', () => {
    const nobody = { bestBid: 0, bestAsk: 10_000, levels: queue() }
    const choice = choose({ ...nobody, target: 4800, k: 1.5 })
    expect(choice).toMatchObject({ price: 4800, reason: 'model', improves: false })
  })

  it('counts a programme, which never buys a price that does not pay', () => {
    const paid = (at: number) => (price: number) => (price === at ? 1 : 0)
    expect(choose({ incentiveAt: paid(4700) }).price).toBe(4700)
    expect(choose({ incentiveAt: paid(4600) }).price).toBe(4600)
    expect(choose({ incentiveAt: paid(4800), cost: 1.5 }).price).not.toBe(4800)
  })

  const book = fc.record({
    fair: fc.integer({ min: 300, max: 9700 }),
    skew: fc.integer({ min: -400, max: 400 }),
    bid: fc.integer({ min: 0, max: 97 }),
    gap: fc.integer({ min: 1, max: 6 }),
    target: fc.integer({ min: 1, max: 99 }),
    cost: fc.integer({ min: 0, max: 200 }),
    sizes: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 }),
    current: fc.integer({ min: 0, max: 99 }),
    mayImprove: fc.boolean(),
  })
  const inputOf = (b: typeof book extends fc.Arbitrary<infer T> ? T : never): PriceChoiceInput =>
    scene({
      fairCents: b.fair / 100,
      reservationCents: (b.fair + b.skew) / 100,
      bestBid: b.bid * 100,
      bestAsk: Math.min(10_000, (b.bid + b.gap) * 100),
      target: b.target * 100,
      cost: b.cost / 100,
      levels: queue(
        ...b.sizes
          .map((contracts, behind) => [100 * (b.bid - behind), contracts] as const)
          .filter(([price]) => price > 0),
      ),
      current: b.current * 100,
      currentAhead: b.sizes[0]!,
      mayImprove: b.mayImprove,
    })

  it('is always legal, post-only, within reach and paying for itself', () => {
    fc.assert(
      fc.property(book, (b) => {
        const input = inputOf(b)
        const out = emptyPriceChoice()
        choosePrice(input, out)
        if (out.price === 0) return
        const cents = out.price / 100
        expect(CENTS.isLegal(out.price)).toBe(true)
        expect(out.price).toBeLessThan(input.bestAsk)
        expect(cents).toBeLessThanOrEqual(input.fairCents + 2 + 1e-9)
        expect(input.reservationCents - cents).toBeGreaterThanOrEqual(input.cost - 1e-9)
        expect(out.value).toBeGreaterThan(0)
        if (out.improves) expect(input.mayImprove).toBe(true)
      }),
      { seed: 20_261_206, numRuns: 1000 },
    )
  })

  it('is mirrored for an ask', () => {
    fc.assert(
      fc.property(book, (b) => {
        const input = inputOf(b)
        const bid = emptyPriceChoice()
        choosePrice(input, bid)
        const ask = emptyPriceChoice()
        choosePrice(
          {
            ...input,
            side: 'ask',
            target: 10_000 - input.target,
            bestBid: 10_000 - input.bestAsk,
            bestAsk: 10_000 - input.bestBid,
            fairCents: 100 - input.fairCents,
            reservationCents: 100 - input.reservationCents,
            levels: {
              ...input.levels,
              prices: Array.from(input.levels.prices, (price) => 10_000 - price),
            },
            current: input.current === 0 ? 0 : 10_000 - input.current,
          },
          ask,
        )
        expect(ask.price).toBe(bid.price === 0 ? 0 : 10_000 - bid.price)
        expect(ask.value).toBeCloseTo(bid.value, 9)
        expect(ask.reason).toBe(bid.reason)
        expect(ask.improves).toBe(bid.improves)
      }),
      { seed: 20_261_207, numRuns: 1000 },
    )
  })
})

describe('the penny guard', () => {
  it('allows two improvements in ten seconds, a third once the first is ten seconds old', () => {
    const guard = new PennyGuard()
    expect(guard.allow(T0)).toBe(true)
    guard.note(T0)
    expect(guard.allow(T0 + 1)).toBe(true)
    guard.note(T0 + 4000)
    expect(guard.allow(T0 + 4000)).toBe(false)
    expect(guard.allow(T0 + 9999)).toBe(false)
    expect(guard.allow(T0 + 10_000)).toBe(true)
    guard.note(T0 + 10_000)
    expect(guard.allow(T0 + 13_999)).toBe(false)
    expect(guard.allow(T0 + 14_000)).toBe(true)
  })

  it('is not fooled by a clock that steps back', () => {
    const guard = new PennyGuard()
    guard.note(T0)
    guard.note(T0 - 60_000)
    expect(guard.allow(T0 - 30_000)).toBe(false)
    expect(guard.allow(T0 + 9999)).toBe(false)
    expect(guard.allow(T0 + 10_000)).toBe(true)
    const rested = new PennyGuard()
    rested.note(T0)
    rested.note(T0 + 15_000)
    expect(rested.allow(T0 + 5000)).toBe(true)
  })
})
