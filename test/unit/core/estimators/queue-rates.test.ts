// The rates at which queues shrink: priors, fading, and what is ignored.

import { describe, expect, it } from 'vitest'
import { QueueRates } from '../../../../src/core/estimators/queue-rates.ts'

const T0 = 1_790_000_000_000

describe('queue rates', () => {
  it('are the priors before anything was seen', () => {
    const rates = new QueueRates({ cancelRate: 0.01, moves: 0.1, meanTrade: 7 })
    expect([rates.cancelRate(T0), rates.moveRate(T0), rates.meanTrade]).toEqual([0.01, 0.05, 7])
    expect(rates.takerRate(0.02, T0)).toBe(0.02)
    rates.start(T0)
    expect(rates.cancelRate(T0)).toBeCloseTo(0.01, 12)
  })

  it('fall with quiet watching', () => {
    const rates = new QueueRates({ cancelRate: 0.01, moves: 0.1, meanTrade: 7 })
    rates.start(T0)
    // W = (1 - 1/2)/(ln 2/900) = 649.21 s after one half-life; 3/(649.21 + 300)
    expect(rates.cancelRate(T0 + 900_000)).toBeCloseTo(3 / 949.2129, 8)
    expect(rates.moveRate(T0 + 900_000)).toBeCloseTo(15 / 949.2129, 7)
  })

  it('count a cancellation by its share of the level, and half of the moves', () => {
    const rates = new QueueRates({ cancelRate: 0, moves: 0, meanTrade: 7 })
    rates.start(T0)
    rates.onCancel(25, 100, T0)
    rates.onCancel(500, 100, T0)
    rates.onMidMove(T0)
    rates.onMidMove(T0)
    expect(rates.cancelRate(T0)).toBeCloseTo(1.25 / 300, 12)
    expect(rates.moveRate(T0)).toBeCloseTo(1 / 300, 12)
    // After a half-life the counts are half.
    expect(rates.cancelRate(T0 + 900_000)).toBeCloseTo(0.625 / 949.2129, 8)
  })

  it('find the rates of a steady market', () => {
    const rates = new QueueRates()
    for (let s = 0; s < 20_000; s += 10) {
      rates.onCancel(5, 100, T0 + s * 1000)
      rates.onMidMove(T0 + s * 1000)
      rates.onTrade(s % 20 === 0 ? 10 : 30, T0 + s * 1000)
    }
    const end = T0 + 20_000_000
    // The prior keeps 300 of 1,598 seconds: a fifth of the weight.
    const blend = (seen: number, prior: number): number => (seen * 1298.4 + prior * 300) / 1598.4
    expect(rates.cancelRate(end) / blend(0.005, 1 / 600)).toBeCloseTo(1, 2)
    expect(rates.moveRate(end) / blend(0.05, 1 / 240)).toBeCloseTo(1, 2)
    expect(rates.meanTrade).toBeCloseTo(20, 0)
    // A trade each ten seconds, on one side or the other.
    expect(rates.takerRate(0.02, end) / blend(0.05, 0.02)).toBeCloseTo(1, 2)
  })

  it('weigh the mean trade by its prior of five', () => {
    const rates = new QueueRates({ cancelRate: 0, moves: 0, meanTrade: 20 })
    for (let i = 0; i < 5; i++) rates.onTrade(100, T0)
    expect(rates.meanTrade).toBeCloseTo(60, 12)
  })

  it('ignore what is no event, and time that runs backwards', () => {
    const rates = new QueueRates({ cancelRate: 0, moves: 0, meanTrade: 20 })
    rates.start(T0)
    rates.onMidMove(T0 + 900_000)
    rates.onMidMove(T0)
    rates.onCancel(0, 100, T0)
    rates.onCancel(5, 0, T0)
    rates.onTrade(0, T0)
    expect([rates.cancelRate(T0), rates.meanTrade]).toEqual([0, 20])
    expect(rates.moveRate(T0)).toBe(rates.moveRate(T0 + 900_000))
    expect(rates.moveRate(T0 + 900_000)).toBeCloseTo(1 / 949.2129, 8)
  })
})
