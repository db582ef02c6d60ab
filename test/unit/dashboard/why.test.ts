// The page's account of a decision: steps that add up, queues, clocks and what was learnt.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  candidateWords,
  estimateFacts,
  grouped,
  halfParts,
  levelLine,
  markoutRows,
  queuePlace,
  timingWords,
  waterfall,
} from '../../../dashboard/why.js'
import type { MakerStatus, QuoteExplanation, QuoteStatus } from '../../../src/core/status/status.ts'
import { statusOf } from '../../../src/core/status/view.ts'
import { quotingEngine, T0 } from '../../helpers/core.ts'

const WHY: QuoteExplanation = {
  ...{ fair: 54.5333, flow: 0.4651, event: 0, external: 0, skew: -0.15, break_even: 0.3348 },
  half_spread: {
    ...{ total: 0.505, volatility: 0.1077, intensity: 0.3973 },
    ...{ fee: 0, markout: 0.3348, staleness: 0, widened_by: 1 },
  },
  ...{
    raw: 55.3534,
    price: 56,
    rounding: 0.6466,
    clamps: [],
    candidates: [],
    place: 'model',
    guard: null,
  },
}
const number = (text: string): number => Number(text.replace('−', '-'))

describe('the prices compared', () => {
  it('are listed best first, without those that earn nothing', () => {
    const candidates = [
      { price: 53, worth: 221.93 },
      { price: 52, worth: 349.31 },
      { price: 51, worth: 463.35 },
      { price: 50.1, worth: 8.25 },
      { price: 50, worth: -3 },
    ]
    expect(candidateWords({ ...WHY, candidates })).toBe(
      'Worth an hour, in ¢: 51 ¢ 463, 52 ¢ 349, 53 ¢ 222, 50.1 ¢ 8.3',
    )
  })

  it('are none where prices are rounded outward, or nothing was decided', () => {
    expect(candidateWords(WHY)).toBe('')
    expect(candidateWords(null)).toBe('')
  })
})

describe('the steps of a price', () => {
  it('begin at the fair value, end at the price, and show a signed number each', () => {
    const steps = waterfall(WHY, 'ask')
    expect(steps.map(({ name, text }) => `${name} ${text}`)).toEqual([
      'fair value 54.53',
      'order flow +0.47',
      'inventory −0.15',
      'risk held +0.11',
      'fill rate +0.40',
      'costs 0.00',
      'caution 0.00',
      'rounding +0.65',
      'price 56.00',
    ])
  })

  it('count what the other markets of the event say', () => {
    const steps = waterfall({ ...WHY, event: -2, raw: 53.3534, price: 54 }, 'ask')
    expect(steps.map(({ name, text }) => `${name} ${text}`)).toContain('event −2.00')
    expect(steps.some(({ name }) => name === 'limits')).toBe(false)
  })

  it('of the bid take the half-spread away', () => {
    const bid: QuoteExplanation = { ...WHY, raw: 54.3434, price: 54, rounding: -0.3434 }
    const steps = waterfall(bid, 'bid')
    const rate = steps.find(({ name }) => name === 'fill rate')
    expect(rate).toMatchObject({ text: '−0.40', kind: 'down' })
    expect(steps.at(-1)?.text).toBe('54.00')
  })

  it('add up on both sides for every decision of a real engine, whatever bites', () => {
    const seed = Date.now()
    const wide = { min: 1, max: 60, noNaN: true }
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 90 }),
        fc.integer({ min: 1, max: 8 }),
        fc.double(wide),
        fc.constantFrom('full', 'linear'),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (bid, spread, size, model, floor) => {
          const engine = quotingEngine(
            { bids: [bid * 100, 5000], asks: [(bid + spread) * 100, 800] },
            {
              strategy: {
                ...{ model: model as 'full' | 'linear', gamma: 0.05, max_through: 1 },
                ...{ size: Math.round(size) * 100, min_half_spread: floor },
              },
              limits: { max_order_size: 6000, max_position: 6000, min_price: 500 },
            },
          )
          const { explain } = statusOf(engine, T0)
          for (const side of ['bid', 'ask'] as const) {
            const why = explain![side]
            const steps = waterfall(why, side)
            const first = number(steps[0]!.text)
            const moves = steps.slice(1, -1).reduce((sum, { text }) => sum + number(text), first)
            // Each step is rounded to a hundredth of a cent.
            expect(Math.abs(moves - number(steps.at(-1)!.text))).toBeLessThan(0.005 * steps.length)
            for (const { from, to } of steps) {
              expect(Math.min(from, to)).toBeGreaterThanOrEqual(0)
              expect(Math.max(from, to)).toBeLessThanOrEqual(1 + 1e-9)
            }
          }
        },
      ),
      { seed, numRuns: 60, verbose: true },
    )
  })

  it('end at what was wanted where nothing is shown, and are none without a decision', () => {
    const silent = waterfall({ ...WHY, price: null, rounding: null, guard: 'longshot' }, 'ask')
    expect(silent.at(-1)).toMatchObject({ name: 'wanted', text: '55.35' })
    expect(waterfall({ ...WHY, raw: 0, price: null }, 'ask')).toEqual([])
    expect(waterfall(null, 'bid')).toEqual([])
  })

  it('show what a limit took away as a step of its own', () => {
    const raw = 54.5333 + 3 - 0.15 + 0.505
    const capped: QuoteExplanation = { ...WHY, flow: 5, clamps: ['alpha'], raw }
    expect(waterfall(capped, 'ask').find(({ name }) => name === 'limits')?.text).toBe('−2.00')
  })
})

describe('the half-spread', () => {
  const of = (half: Partial<QuoteExplanation['half_spread']>, clamps: string[] = []) =>
    halfParts({ ...WHY, half_spread: { ...WHY.half_spread, ...half }, clamps })
  it('has costs before caution, which multiplies them too', () => {
    const parts = of({ total: 2.4, volatility: 0.3, intensity: 0.5, widened_by: 2 })
    expect(parts.costs).toBeCloseTo(0.4, 9)
    expect(parts.caution).toBeCloseTo(1.2, 9)
    expect(parts.floor).toBeCloseTo(0, 9)
  })
  it('at the floor is what the floor adds', () => {
    const parts = of({ total: 1.5, volatility: 0.1, intensity: 0.4 }, ['floor'])
    expect(parts).toMatchObject({ costs: 0, caution: 0 })
    expect(parts.floor).toBeCloseTo(1, 9)
  })
})

describe('a resting quote', () => {
  const quote = (changes: Partial<QuoteStatus> = {}): QuoteStatus => ({
    ...{ price: '0.5600', quantity: '10.00', order_id: 'o1', queue_ahead: '1240.00', why: WHY },
    ...changes,
  })
  it('says who is ahead of it', () => {
    expect(queuePlace(quote())).toBe('behind 1,240')
    expect(queuePlace(quote({ queue_ahead: '0.00' }))).toBe('first in the queue')
    expect(queuePlace(quote({ queue_ahead: null }))).toContain('unknown')
    expect(queuePlace(quote({ order_id: null }))).toBe('on its way')
    expect(grouped('1234567.50')).toBe('1,234,567.5')
  })
  it('says what it was sent with, or that it was found', () => {
    expect(levelLine(quote(), 1)).toMatchObject({ name: 'level 2', price: '56 ¢', size: '× 10' })
    expect(levelLine(quote(), 0).note).toContain('fair 54.53')
    expect(levelLine(quote({ why: null }), 0).note).toBe('Found on the exchange')
  })
})

describe('the clock', () => {
  const base = statusOf(quotingEngine(), T0)
  const BEFORE_CLOSE = { reduce_only_seconds: 300, stop_before_close_seconds: 30 }
  const from = (
    timing: MakerStatus['timing'],
    strategy: Record<string, unknown> = {},
    changes: Partial<MakerStatus> = {},
  ): MakerStatus => ({
    ...base,
    timing,
    ...changes,
    parameters: {
      ...base.parameters,
      strategy: { ...base.parameters.strategy, ...BEFORE_CLOSE, ...strategy },
    },
  })
  const normal = { mode: 'normal', reason: '', widen: 1 }
  const close = T0 + 3_600_000
  it('counts down to what comes next', () => {
    expect(timingWords(from(normal), T0)).toEqual({
      mode: 'normal',
      word: 'Normal',
      text: 'reduce-only in 55 min 0 s at the latest',
    })
    const event = new Date(T0 + 600_000).toISOString()
    expect(timingWords(from(normal, { event_time: event }), T0).text).toContain('5 min 0 s')
    const news = [new Date(T0 - 1000).toISOString(), new Date(T0 + 90_000).toISOString()]
    const soon = timingWords(from(normal, { news_times: news }), T0 + 5000)
    expect(soon.text).toContain('release in 25 s')
  })
  it('says how long only reducing goes on, and not where nobody knows', () => {
    const reduce = { mode: 'reduce-only', reason: 'near-close', widen: 1.5 }
    const words = timingWords(from(reduce), close - 100_000)
    expect(words.text).toBe('no quotes at all in 1 min 10 s, spreads widened ×1.50')
    expect(timingWords(from(reduce), T0).text).toContain('may close early')
    const certain = timingWords(from({ ...reduce, reason: 'near-certain' }), T0)
    expect(certain.text).toContain('all but certain')
  })
  it('says how long a pause lasts', () => {
    const pull = { mode: 'pull', reason: 'news', widen: 1 }
    const news = { news_times: [new Date(T0).toISOString()], news_after_seconds: 30 }
    const paused = { phase: 'paused', reason: 'news' } as const
    expect(timingWords(from(pull, news, paused), T0 + 10_000).text).toBe(
      'a scheduled release; 20 s left',
    )
    const jump = { ...paused, reason: 'jump' }
    const jumped = from({ ...pull, reason: 'jump' }, { jump_pause_seconds: 10 }, jump)
    const words = timingWords(jumped, T0)
    expect(words).toMatchObject({ mode: 'pull', text: 'a jump of the price; at most 10 s' })
  })
  it('is not quoted when it was not asked', () => {
    for (const [phase, reason] of [
      ['paused', 'operator'],
      ['dark', 'stale'],
      ['halted', 'crash'],
    ] as const) {
      expect(timingWords(from(normal, {}, { phase, reason }), T0).mode).toBe('unknown')
    }
    const lost = from(normal, {}, { phase: 'paused', reason: 'adverse-fills' })
    expect(timingWords(lost, T0).mode).toBe('normal')
  })
})

describe('what was learnt', () => {
  const estimates = statusOf(quotingEngine(), T0).estimates!
  it('is named with its unit', () => {
    const shown = estimateFacts({ ...estimates, sigma: 0.1894, k: 2.4185, arrivals_bid: 0.5 })
    expect(shown.map(([name, value]) => `${name}: ${value}`)).toEqual(
      expect.arrayContaining(['sigma: 0.189 ¢/√s', 'k: 2.42 /¢', 'A bid: 1,800 /h']),
    )
    for (const [, value, note] of shown) {
      expect(value).not.toMatch(/NaN|undefined/)
      expect(note).toMatch(/^[A-Z]/)
    }
  })
  it('of our own fills is a dash before the first, and signed after', () => {
    const { markouts } = estimates
    expect(markoutRows(markouts)[0]?.values.map(({ text }) => text)).toEqual(['–', '–', '–', '–'])
    const ask = { fills: 27, edge: 0.3068, after_5s: -0.1407, after_30s: -0.3348, after_300s: 0 }
    const [, row] = markoutRows({ ...markouts, ask })
    expect(row?.values).toEqual([
      { text: '+0.31', direction: 'up' },
      { text: '−0.14', direction: 'down' },
      { text: '−0.33', direction: 'down' },
      { text: '0.00', direction: 'flat' },
    ])
  })
})
