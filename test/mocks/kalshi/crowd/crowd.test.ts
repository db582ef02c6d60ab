// The crowd: the same seed makes the same market, the market is one that can be made, and scenarios
// do to it what their names say.

import { describe, expect, it } from 'vitest'
import { Crowd, type CrowdOptions } from '../../../../mocks/kalshi/crowd/crowd.ts'
import {
  runScenario,
  SCENARIOS,
  type ScenarioName,
} from '../../../../mocks/kalshi/crowd/scenarios.ts'
import { Exchange } from '../../../../mocks/kalshi/exchange/exchange.ts'
import type { MarketSpec } from '../../../../mocks/kalshi/exchange/listing.ts'
import { isRefusal } from '../../../../mocks/kalshi/exchange/refusal.ts'
import { TAPERED } from '../../../../src/core/vocabulary/market.ts'

const T = 'KXCROWD-26DEC31-T1'
const START = 1_795_000_000_000

class World {
  at = START
  readonly exchange: Exchange
  readonly crowd: Crowd
  readonly trades: string[] = []

  constructor(options: Partial<CrowdOptions> = {}, spec: Partial<MarketSpec> = {}) {
    this.exchange = new Exchange({ now: () => this.at })
    this.exchange.addMarket({ ticker: T, ...spec })
    this.crowd = new Crowd(this.exchange, T, options)
    this.exchange.on((fact) => {
      if (fact.kind !== 'trade') return
      const { price, quantity, taker, at } = fact.trade
      this.trades.push(`${at} ${taker} ${price} ${quantity}`)
    })
    this.crowd.step(this.at)
  }

  run(seconds: number, each: () => void = () => {}): void {
    for (const end = this.at + seconds * 1000; this.at < end; ) {
      this.at += 50
      this.exchange.tick()
      this.crowd.step(this.at)
      each()
    }
  }

  get book() {
    return this.exchange.listing(T).book
  }

  /** In cents; NaN when a side is empty. */
  get spread(): number {
    const [bid, ask] = [this.book.best('bid'), this.book.best('ask')]
    return bid < 0 || ask < 0 ? Number.NaN : (ask - bid) / 100
  }

  depth(side: 'bid' | 'ask'): number {
    return this.book.levels(side).length / 2
  }
}

describe('the crowd', () => {
  it('makes the same trades from the same seed, others from another', () => {
    const play = (seed: number): string[] => {
      const world = new World({ seed })
      world.run(120)
      return world.trades
    }
    const first = play(5)
    expect(first.length).toBeGreaterThan(50)
    expect(play(5)).toEqual(first)
    expect(play(6)).not.toEqual(first)
  })

  it('keeps a spread of two to four ticks and several levels nearly always', () => {
    const world = new World({ seed: 9 })
    let good = 0
    let steps = 0
    world.run(600, () => {
      steps++
      const fits = world.spread >= 2 && world.spread <= 4
      if (fits && world.depth('bid') >= 3 && world.depth('ask') >= 3) good++
    })
    expect(good / steps).toBeGreaterThan(0.9)
  })

  it('goes on for hours without piling up orders or losing the market', () => {
    const world = new World({ seed: 2 })
    let most = 0
    let empty = 0
    world.run(4 * 3_600, () => {
      if (Number.isNaN(world.spread)) empty++
    })
    most = Math.max(world.depth('bid'), world.depth('ask'))
    expect(empty).toBe(0)
    expect(most).toBeLessThan(20)
    expect([...world.book.resting()].length).toBeLessThan(100)
    expect(world.trades.length).toBeGreaterThan(5_000)
    expect(world.exchange.accounts.size).toBe(5)
  })

  it('works on a grid of tenths of a cent near the edge', () => {
    const world = new World({ seed: 4, fair: 0.06 }, { priceRanges: TAPERED })
    world.run(120)
    expect(world.spread).toBeGreaterThan(0)
    expect(world.spread).toBeLessThan(2)
    expect(world.trades.length).toBeGreaterThan(20)
  })

  it('takes a quote that the fair value has left behind', () => {
    const world = new World({ seed: 3 })
    const me = world.exchange.addAccount('me', 1_000)
    world.run(2)
    const bid = world.book.best('bid')
    const mine = world.exchange.place(me, { ticker: T, side: 'bid', price: bid, quantity: 500 })
    if (isRefusal(mine)) throw new Error(mine.code)
    world.crowd.jump(-1_000)
    world.run(5)
    expect(mine.status).toBe('executed')
    expect(mine.price).toBeGreaterThan(world.crowd.fair)
  })

  it('stops while the market is paused and comes back after it', () => {
    const world = new World({ seed: 8 })
    world.run(5)
    world.exchange.lifecycle.deactivate(T)
    const before = world.trades.length
    world.run(30)
    expect(world.trades.length).toBe(before)
    world.exchange.lifecycle.activate(T)
    expect(world.depth('bid')).toBe(0)
    world.run(10)
    expect(world.depth('bid')).toBeGreaterThan(2)
  })
})

describe('informed takers', () => {
  const watched = (name: ScenarioName, seed: number) => {
    const world = new World({ seed })
    world.run(10)
    const before = world.crowd.fair
    const informed: string[] = []
    world.exchange.on((fact) => {
      if (fact.kind !== 'fill' || !fact.account.id.startsWith('informed')) return
      informed.push(`${fact.fill.order.side} ${(fact.at - world.at) / 1000} ${fact.fill.price}`)
    })
    runScenario(name, world.crowd, world.at)
    world.run(29)
    return { world, before, informed }
  }

  it.each([
    ['informed-up', 'bid', 1],
    ['informed-down', 'ask', -1],
  ] as const)(
    '%s: they take one side for 30 seconds, then the value jumps ten cents',
    (name, side, sign) => {
      const { world, informed } = watched(name, 31)
      expect(informed.length).toBeGreaterThan(5)
      expect(informed.every((line) => line.startsWith(side))).toBe(true)
      const last = world.crowd.fair
      world.run(2)
      const moved = (world.crowd.fair - last) * sign
      expect(moved).toBeGreaterThan(800)
      const count = informed.length
      world.run(30)
      expect(informed).toHaveLength(count)
    },
  )

  it('never pay more than the value after the jump', () => {
    const { world, before, informed } = watched('informed-up', 7)
    const worst = Math.max(...informed.map((line) => Number(line.split(' ')[2])))
    world.run(2)
    expect(worst).toBeLessThan(world.crowd.fair + 200)
    expect(world.crowd.fair).toBeGreaterThan(before)
  })

  it('know half a minute ahead, no longer', () => {
    const world = new World({ seed: 12, jumpsPerHour: 30, volatility: 0.001 })
    const jumps: number[] = []
    const fills: number[] = []
    let last = world.crowd.fair
    world.exchange.on((fact) => {
      if (fact.kind === 'fill' && fact.account.id.startsWith('informed')) fills.push(fact.at)
    })
    world.run(3_600, () => {
      if (Math.abs(world.crowd.fair - last) > 250) jumps.push(world.at)
      last = world.crowd.fair
    })
    expect(fills.length).toBeGreaterThan(20)
    const known = fills.filter((at) => at <= jumps.at(-1)!)
    const ahead = known.map((at) => jumps.find((jump) => jump >= at)! - at)
    expect(Math.max(...ahead)).toBeLessThanOrEqual(30_050)
    expect(Math.max(...ahead)).toBeGreaterThan(20_000)
  })

  it('act before random jumps, as many an hour as set, and never by default', () => {
    const jumps = (jumpsPerHour: number): number => {
      const world = new World({ seed: 12, jumpsPerHour, volatility: 0.001 })
      let count = 0
      let last = world.crowd.fair
      world.run(3_600, () => {
        if (Math.abs(world.crowd.fair - last) > 250) count++
        last = world.crowd.fair
      })
      return count
    }
    expect(jumps(0)).toBe(0)
    expect(jumps(20)).toBeGreaterThan(8)
  })
})

describe('scenarios', () => {
  const played = (name: ScenarioName, seconds: number): World => {
    const world = new World({ seed: 21 })
    world.run(10)
    runScenario(name, world.crowd, world.at)
    world.run(seconds)
    return world
  }

  it('crash: from about 50 to about 20 cents within seconds, quotes following', () => {
    const world = played('crash', 5)
    expect(world.crowd.fair / 100).toBeGreaterThan(15)
    expect(world.crowd.fair / 100).toBeLessThan(25)
    expect(world.book.best('ask') / 100).toBeLessThan(28)
    const sold = world.trades.filter(
      (trade) => trade.includes(' ask ') && trade > `${START + 10_000}`,
    )
    expect(sold.length).toBeGreaterThan(15)
    world.run(60)
    expect(world.spread).toBeLessThan(6)
  })

  it('jumps: ten cents in one step, up or down', () => {
    expect(played('jump-up', 1).crowd.fair).toBeGreaterThan(5_700)
    expect(played('jump-down', 1).crowd.fair).toBeLessThan(4_300)
  })

  it('thin: one small level a side; empty: nothing; calm: as before', () => {
    const world = played('thin', 5)
    expect([world.depth('bid'), world.depth('ask')].every((depth) => depth <= 1)).toBe(true)
    const [, size = 0] = world.book.levels('bid')
    expect(size).toBeLessThanOrEqual(200)
    runScenario('empty', world.crowd, world.at)
    world.run(5)
    expect([world.depth('bid'), world.depth('ask')]).toEqual([0, 0])
    runScenario('calm', world.crowd, world.at)
    world.run(5)
    expect(world.depth('bid')).toBeGreaterThan(2)
  })

  it('an unknown one is refused with the list of those there are', () => {
    const world = new World()
    expect(() => runScenario('flood', world.crowd, 0)).toThrow(Object.keys(SCENARIOS).join(', '))
  })
})
