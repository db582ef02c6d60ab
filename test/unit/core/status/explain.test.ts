// The maker's thinking as people see it: complete and made of numbers that JSON can hold, in any
// phase.

import { describe, expect, it } from 'vitest'
import { explainPrice } from '../../../../src/core/status/explain.ts'
import { statusOf, viewOf } from '../../../../src/core/status/view.ts'
import { defaultParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { CLAMPS, clampNames, emptyReasons } from '../../../../src/core/vocabulary/price-reasons.ts'
import { T0 } from '../../../helpers/core.ts'
import { quoting, Transcript } from '../../../helpers/engine-transcript.ts'

/** Where an object holds what JSON cannot say: the paths of such values. */
const unsayable = (value: unknown, path = ''): string[] => {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path]
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return []
  if (typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([key, part]) => unsayable(part, `${path}.${key}`))
}

const STRATEGY = { ...defaultParameters().strategy, levels: 3 }
const begun = (): Transcript => new Transcript({ strategy: STRATEGY }).begin()
/** A live maker, after something has happened to it. */
const live = (happen: (t: Transcript) => unknown = () => undefined): Transcript => {
  const t = begun().connect().answerAll()
  t.snapshot()
  happen(t)
  return t
}

/** A transcript in each state that a person may look at. */
const SCENES: Readonly<Record<string, () => Transcript>> = {
  'idle: not-started': () => new Transcript({ strategy: STRATEGY }),
  'recovering: connecting': begun,
  'dark: no-snapshot': () => begun().connect().answerAll(),
  quoting: () => live(),
  'paused: operator': () => live((t) => t.command('pause')),
  'halted: operator': () => live((t) => t.command('halt')),
  'dark: gap': () => live((t) => t.delta('bid', 43, 1, 99)),
  'paused: jump': () => live((t) => t.moveTop([44, 46], [52, 54])),
  'idle: market-determined': () => live((t) => t.lifecycle('determined')),
}

describe('the status', () => {
  const whole = statusOf(live().engine, T0 + 2000)

  it.each(Object.keys(SCENES))('is whole, and JSON in every part, when %s', (phase) => {
    const t = SCENES[phase]!()
    expect(t.phase).toBe(phase)
    const status = statusOf(t.engine, t.at)
    expect(Object.keys(status).sort()).toEqual(Object.keys(whole).sort())
    expect([unsayable(status), unsayable(viewOf(t.engine, t.at))]).toEqual([[], []])
    expect(JSON.parse(JSON.stringify(status))).toEqual(status)
  })

  it('stays JSON with one side of the book gone, and with the book crossed', () => {
    const empty = live((t) => t.delta('bid', 44, -50))
    expect(unsayable(statusOf(empty.engine, empty.at))).toEqual([])
    const crossed = live((t) => t.delta('bid', 47, 50))
    expect(unsayable(statusOf(crossed.engine, crossed.at))).toEqual([])
  })

  it('tells what was learnt once there is a book and a market, and nothing before', () => {
    const nothing = { explain: null, worth: null, estimates: null }
    expect(statusOf(begun().engine, T0)).toMatchObject(nothing)
    const { estimates } = whole
    expect(estimates).toMatchObject({ k: 0.7, jumps: 0, aggressive_orders: 0, toxicity: 1 })
    expect(estimates?.sigma).toBeGreaterThan(0)
    expect(estimates?.gamma).toBeGreaterThan(0)
    const columns = ['fills', 'edge', 'after_5s', 'after_30s', 'after_300s']
    expect(Object.keys(estimates?.markouts.bid ?? {})).toEqual(columns)
  })

  it('keeps with each order the reasons that it was sent for, as they were', () => {
    const t = quoting()
    const sent = statusOf(t.engine, t.at).quotes.bid?.why
    expect(sent).toMatchObject({ fair: 45, price: 43, guard: null })
    t.hear({ type: 'alpha', cents: 0.5, pull: 'none', until: 0 })
    const after = statusOf(t.engine, t.at)
    expect(after.quotes.bid?.why).toEqual(sent)
    expect(after.explain?.bid.external).toBe(0.5)
  })

  it('says which guard has the word where nothing is shown', () => {
    const t = quoting()
    t.configure({ limits: { min_price: 4400 } })
    expect(statusOf(t.engine, t.at).explain).toMatchObject({
      bid: { guard: 'price-band', price: null, rounding: null },
      ask: { guard: null, price: 47 },
    })
  })
})

describe('the reasons of a price', () => {
  it('add up as they are shown, rounded to a hundredth of a hundredth of a cent', () => {
    const t = live()
    for (const side of ['bid', 'ask'] as const) {
      const why = statusOf(t.engine, t.at).explain![side]
      const sign = side === 'bid' ? -1 : 1
      const raw = why.fair + why.flow + why.external + why.skew + sign * why.half_spread.total
      expect(raw).toBeCloseTo(why.raw, 3)
      expect(why.raw + why.rounding!).toBeCloseTo(why.price!, 3)
    }
  })

  it('before the first decision are zeros and nulls', () => {
    const why = explainPrice(emptyReasons(), 'waiting')
    expect(unsayable(why)).toEqual([])
    const endless = { ...emptyReasons(), skew: Number.POSITIVE_INFINITY, half: Number.NaN }
    expect(unsayable(explainPrice(endless, null))).toEqual([])
    const nothing = { fair: 0, price: null, rounding: null, clamps: [], guard: 'waiting' }
    expect(why).toMatchObject(nothing)
  })

  it('name their limits, each by its own bit', () => {
    const names = Object.keys(CLAMPS)
    const all = Object.values(CLAMPS).reduce((sum, bit) => sum | bit, 0)
    expect(clampNames(all)).toEqual(names)
    expect(clampNames(0)).toEqual([])
    for (const [name, bit] of Object.entries(CLAMPS)) expect(clampNames(bit)).toEqual([name])
  })
})
