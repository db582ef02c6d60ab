// The exact solver against what is known otherwise: a closed form, finer grids, and a simulation of
// the same policy. Worlds are shortened, so that each check takes a second.

import { describe, expect, it } from 'vitest'
import { anyPrice, WholeCents } from '../../../../research/lab/exact/optimum.ts'
import {
  CALM_FAR,
  CALM_SETTLING,
  EVEN_NEWS,
  type Setting,
} from '../../../../research/lab/exact/setting.ts'
import { type Quoting, Sweep } from '../../../../research/lab/exact/sweep.ts'
import { worthOf } from '../../../../research/lab/exact/table.ts'
import { takerCost } from '../../../../research/lab/makers/leaving.ts'
import { byValue, type Shown } from '../../../../research/lab/makers/rounding.ts'
import { SessionDice } from '../../../../research/lab/worlds/dice.ts'
import { emptyPricing, emptyQuoteInput } from '../../../../src/core/pricing/quoting.ts'

const SEED = 5

/**
 * The optimum at any price with a constant variance, by another way: v = w^(-k/gamma) obeys the
 * linear equations v' = alpha q^2 v - eta (v of q-1 + v of q+1) (Gueant, Lehalle and
 * Fernandez-Tapia 2013, theorem 1), solved here by Runge-Kutta.
 */
const closedForm = (setting: Setting, variance: number): number => {
  const { gamma, k, arrivals, seconds, mostLots } = setting
  const alpha = (k * gamma * variance) / 2
  const eta = arrivals * (1 + gamma / k) ** -(1 + k / gamma)
  const slope = (v: number[]): number[] =>
    v.map((value, i) => {
      const q = i - mostLots
      return -alpha * q * q * value + eta * ((v[i - 1] ?? 0) + (v[i + 1] ?? 0))
    })
  const plus = (v: number[], d: number[], h: number): number[] => v.map((x, i) => x + h * d[i]!)
  let v = Array<number>(2 * mostLots + 1).fill(1)
  const h = 0.5
  for (let t = 0; t < seconds; t += h) {
    const a = slope(v)
    const b = slope(plus(v, a, h / 2))
    const c = slope(plus(v, b, h / 2))
    const d = slope(plus(v, c, h))
    v = v.map((x, i) => x + (h / 6) * (a[i]! + 2 * b[i]! + 2 * c[i]! + d[i]!))
  }
  return Math.log(v[mostLots]!) / k
}

describe('the exact optimum', () => {
  it('meets the closed form where the variance is constant and prices are free', () => {
    for (const variance of [0.01, 0.25]) {
      const setting: Setting = {
        ...CALM_FAR,
        seconds: 1800,
        step: 2,
        lowest: -50,
        highest: 150,
        spacing: 0.5,
        mostLots: 5,
        variance: () => variance,
      }
      expect(new Sweep(setting).solve(anyPrice)).toBeCloseTo(closedForm(setting, variance), 1)
    }
  })

  it('does not change when time and price are halved', () => {
    for (const world of [CALM_SETTLING, EVEN_NEWS]) {
      const coarse: Setting = { ...world, seconds: 300, mostLots: 3, lowest: 25, highest: 75 }
      const fine: Setting = {
        ...coarse,
        step: coarse.step / 2,
        spacing: coarse.spacing / 2,
        shareOfTimeLeft: coarse.shareOfTimeLeft / 2,
      }
      for (const way of [
        'optimum, any price',
        'optimum, whole cents',
        'optimum with exit',
      ] as const) {
        expect(Math.abs(worthOf(fine, way) - worthOf(coarse, way))).toBeLessThan(0.1)
      }
    }
  })

  it('is no less than anything it contains', () => {
    const setting: Setting = {
      ...CALM_SETTLING,
      seconds: 300,
      spacing: 0.5,
      mostLots: 4,
      lowest: 35,
      highest: 65,
    }
    const any = worthOf(setting, 'optimum, any price')
    const whole = worthOf(setting, 'optimum, whole cents')
    const exit = worthOf(setting, 'optimum with exit')
    expect(any).toBeGreaterThan(whole)
    expect(exit).toBeGreaterThan(whole)
    expect(whole).toBeGreaterThan(worthOf(setting, 'by value'))
    expect(exit).toBeGreaterThan(worthOf(setting, 'by value with exit'))
    expect(any).toBeGreaterThan(worthOf(setting, 'product, any price'))
  })

  it('is symmetric: long at a price is short at its complement', () => {
    const sweep = new Sweep({ ...EVEN_NEWS, seconds: 300, mostLots: 3 })
    sweep.solve(new WholeCents())
    for (const [price, lots] of [
      [30, 2],
      [50, 1],
      [92, -3],
    ] as const) {
      expect(sweep.worth(price, lots)).toBeCloseTo(sweep.worth(100 - price, -lots), 6)
    }
  })
})

/** Whole cents about a cent away from the price, leaning a cent a lot, and nothing beyond two. */
const LEANING = {
  bid: (price: number, lots: number): number => Math.floor(price - 0.6 - lots),
  ask: (price: number, lots: number): number => Math.ceil(price + 0.6 - lots),
  most: 2,
}

const leaning: Quoting = {
  quote({ prices, setting, bidRate, bidGain, askRate, askGain, size }) {
    const { gamma, k, arrivals, mostLots } = setting
    for (let s = 0; s < bidRate.length; s++) {
      const price = prices[s % size]!
      const lots = Math.floor(s / size) - mostLots
      const below = price - LEANING.bid(price, lots)
      const above = LEANING.ask(price, lots) - price
      bidRate[s] = lots < LEANING.most ? arrivals * Math.exp(-k * below) : 0
      bidGain[s] = Math.exp(-gamma * below)
      askRate[s] = lots > -LEANING.most ? arrivals * Math.exp(-k * above) : 0
      askGain[s] = Math.exp(-gamma * above)
    }
  },
}

describe('the value of a policy', () => {
  it(`is what a simulation of it finds (seed ${SEED})`, () => {
    const setting: Setting = { ...CALM_SETTLING, seconds: 600, mostLots: 3, spacing: 0.125 }
    const { gamma, k, arrivals, seconds, start } = setting
    const exact = new Sweep(setting).solve(leaning)
    const dice = new SessionDice()
    const dt = 0.25
    const sessions = 6000
    let sum = 0
    let squares = 0
    for (let i = 0; i < sessions; i++) {
      dice.start(SEED, i, 1)
      let price: number = start
      let lots = 0
      let cash = 0
      for (let t = 0; t < seconds; t += dt) {
        const bid = LEANING.bid(price, lots)
        const ask = LEANING.ask(price, lots)
        const sold = arrivals * dt * Math.exp(-k * (price - bid))
        const bought = arrivals * dt * Math.exp(-k * (ask - price))
        const u = dice.uniform()
        if (u < sold && lots < LEANING.most) {
          lots++
          cash -= bid
        } else if (u > 1 - bought && lots > -LEANING.most) {
          lots--
          cash += ask
        }
        price += Math.sqrt(setting.variance(price) * dt) * dice.normal()
      }
      const settled = dice.uniform() < price / 100 ? 100 : 0
      const utility = Math.exp(-gamma * (cash + lots * settled))
      sum += utility
      squares += utility * utility
    }
    const mean = sum / sessions
    const error = Math.sqrt((squares / sessions - mean * mean) / sessions) / mean / gamma
    expect(error).toBeLessThan(1.5)
    expect(Math.abs(-Math.log(mean) / gamma - exact)).toBeLessThan(3 * error)
  })

  it('finds the product by value at the optimum far from the close, and outward 4 % below it', () => {
    const setting: Setting = { ...CALM_FAR, step: 8, seconds: 3600, mostLots: 8 }
    const best = worthOf(setting, 'optimum, whole cents')
    expect(worthOf(setting, 'by value') / best).toBeGreaterThan(0.999)
    expect(worthOf(setting, 'by value') / best).toBeLessThanOrEqual(1)
    expect(worthOf(setting, 'outward') / best).toBeLessThan(0.965)
  })

  it('charges a taker the way to the touch and the fee', () => {
    // A mid of 50 has its touch at 49, of 50.5 at 50; 1.7493 and 1.75 c of fee.
    expect(takerCost(50, -1)).toBeCloseTo(1 + 1.7493, 9)
    expect(takerCost(50.5, 1)).toBeCloseTo(0.5 + 1.7493, 9)
    expect(takerCost(0.3, -1)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('rounding by value', () => {
  it('takes the whole cent where rate times utility is largest', () => {
    const input = { ...emptyQuoteInput(), gamma: 0.05, k: 0.7 }
    const shown: Shown = { bid: 0, ask: 0 }
    const half = Math.log1p(input.gamma / input.k) / input.gamma
    for (let r = 20; r < 80; r += 0.37) {
      const pricing = {
        ...emptyPricing(),
        reservation: r,
        halfBid: half + 0.3,
        halfAsk: half + 0.3,
      }
      pricing.volatilityPart = 0.3
      byValue(pricing, input, shown)
      const worth = (x: number): number => Math.exp(0.7 * x) * -Math.expm1(-0.05 * (r - 0.3 - x))
      const all = Array.from({ length: 99 }, (_, i) => i + 1)
      expect(shown.bid).toBe(all.reduce((a, b) => (worth(b) > worth(a) ? b : a)))
    }
  })
})
