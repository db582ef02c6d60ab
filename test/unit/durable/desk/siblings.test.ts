// What the desk tells a maker of the other markets of its event.

import { describe, expect, it } from 'vitest'
import type { RiskReport } from '../../../../src/core/vocabulary/desk.ts'
import type { Strikes, Top } from '../../../../src/core/vocabulary/siblings.ts'
import { siblingsOf } from '../../../../src/durable/desk/siblings.ts'

const AT = 1_000_000
const NOTHING = { yes: 0, no: 0 }
const topOf = (bid: number, ask: number, strikes: Strikes | null = null): Top => ({
  ...{ bid: bid * 100, ask: ask * 100, position: 300, strikes },
})
const told = (top: Top | undefined, changes: Partial<RiskReport> & { at?: number } = {}) => ({
  ...{ event: 'KXE', exclusive: false, shard: 0, held: NOTHING, used: NOTHING, wanted: 0 },
  ...{ day: 0, dayGain: 0, cash: null, bound: 0, at: AT },
  ...(top !== undefined && { top }),
  ...changes,
})
const above = (floor: number): Strikes => ({ type: 'greater', floor, cap: null })
const below = (cap: number): Strikes => ({ type: 'less', floor: null, cap })
const between = (floor: number, cap: number): Strikes => ({ type: 'between', floor, cap })

describe('makers of exclusive outcomes', () => {
  const exclusive = { exclusive: true }
  const reports = {
    'KXE-C': told(topOf(10, 12), exclusive),
    'KXE-A': told(topOf(30, 32), exclusive),
    'KXE-B': told(topOf(0, 100), { ...exclusive, at: AT - 1000 }),
    'KXF-A': told(topOf(50, 52), { ...exclusive, event: 'KXF' }),
  }

  it('are told the prices and positions of each other, in an order that does not change', () => {
    const view = siblingsOf(reports, 'KXE-A', AT)
    expect(view).toEqual({
      others: [
        { ticker: 'KXE-B', at: AT - 1000, bid: 0, ask: 10_000, position: 300 },
        { ticker: 'KXE-C', at: AT, bid: 1000, ask: 1200, position: 300 },
      ],
      low: null,
      high: null,
    })
    const { 'KXE-B': moved, ...rest } = reports
    expect(siblingsOf({ ...rest, 'KXE-B': moved }, 'KXE-A', AT)).toEqual(view)
  })

  it('are told nothing where they are alone, or nobody knows their event', () => {
    expect(siblingsOf(reports, 'KXF-A', AT)).toBeNull()
    expect(siblingsOf(reports, 'KXG-A', AT)).toBeNull()
    const nameless = { A: told(topOf(1, 2), { event: '' }), B: told(topOf(1, 2), { event: '' }) }
    expect(siblingsOf(nameless, 'A', AT)).toBeNull()
  })

  it('are told nothing of makers that are older than this, or silent for five minutes', () => {
    const old = { ...reports, 'KXE-B': told(undefined, exclusive) }
    expect(siblingsOf(old, 'KXE-A', AT)?.others.map(({ ticker }) => ticker)).toEqual(['KXE-C'])
    expect(siblingsOf(reports, 'KXE-A', AT + 300_000)?.others).toHaveLength(1)
    expect(siblingsOf(reports, 'KXE-A', AT + 300_001)).toBeNull()
  })

  it('are not told to exclude each other where one of them does not say so', () => {
    const mixed = { ...reports, 'KXE-B': told(topOf(40, 42)) }
    expect(siblingsOf(mixed, 'KXE-A', AT)).toEqual({ others: [], low: null, high: null })
  })
})

describe('makers of a ladder of strikes', () => {
  const ladder = {
    'KXE-T40': told(topOf(70, 72, above(40))),
    'KXE-T45': told(topOf(60, 66, above(45)), { at: AT - 7000 }),
    'KXE-T50': told(topOf(40, 60, above(50))),
    'KXE-T55': told(topOf(45, 47, above(55)), { at: AT - 5000 }),
    'KXE-T60': told(topOf(20, 22, above(60))),
  }
  const priceOf = (reports: Parameters<typeof siblingsOf>[0], ticker: string) => {
    const view = siblingsOf(reports, ticker, AT)
    return [view?.low?.price ?? null, view?.high?.price ?? null]
  }

  it('are told the best bid of what they contain, and the best ask of what contains them', () => {
    expect(siblingsOf(ladder, 'KXE-T50', AT)).toEqual({
      others: [],
      low: { at: AT - 5000, price: 4500 },
      high: { at: AT - 7000, price: 6600 },
    })
    expect(priceOf(ladder, 'KXE-T40')).toEqual([6000, null])
    expect(priceOf(ladder, 'KXE-T60')).toEqual([null, 4700])
  })

  it('read strikes below a number the other way round', () => {
    const downward = {
      'KXE-T40': told(topOf(20, 22, below(40))),
      'KXE-T50': told(topOf(40, 60, below(50))),
      'KXE-T60': told(topOf(70, 72, below(60))),
    }
    expect(priceOf(downward, 'KXE-T50')).toEqual([2000, 7200])
  })

  it('know the range that lies within another', () => {
    const ranges = {
      'KXE-B5': told(topOf(20, 22, between(4, 6))),
      'KXE-B6': told(topOf(40, 42, between(4, 8))),
      'KXE-B7': told(topOf(10, 12, between(6, 9))),
    }
    expect(priceOf(ranges, 'KXE-B6')).toEqual([2000, null])
    expect(priceOf(ranges, 'KXE-B5')).toEqual([null, 4200])
    expect(priceOf(ranges, 'KXE-B7')).toEqual([null, null])
  })

  it('learn nothing of another number, another type or the same strike', () => {
    const home = told(topOf(40, 42, above(1.5)))
    const other = {
      'KXE-NYY2': home,
      'KXE-BAL3': told(topOf(60, 62, above(2.5))),
      'KXE-NYY3': told(topOf(70, 72, below(2.5))),
      'KXE-NYY2.0': told(topOf(80, 82, above(1.5))),
      'KXE-NYY4': told(topOf(90, 92)),
    }
    expect(priceOf(other, 'KXE-NYY2')).toEqual([null, null])
    expect(priceOf(other, 'KXE-NYY4')).toEqual([null, null])
  })

  it('learn nothing from an empty side, nor from whoever has been silent for a minute', () => {
    const quiet = {
      'KXE-T40': told(topOf(70, 100, above(40))),
      'KXE-T50': told(topOf(40, 60, above(50))),
      'KXE-T60': told(topOf(45, 47, above(60)), { at: AT - 60_001 }),
    }
    expect(priceOf(quiet, 'KXE-T50')).toEqual([null, null])
    expect(priceOf({ ...quiet, 'KXE-T60': told(topOf(0, 47, above(60))) }, 'KXE-T50')).toEqual([
      null,
      null,
    ])
  })
})
