// What the other markets of an event may do to a price, and what they may not.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EventFair,
  FRESH_MS,
  LAST_MS,
  WIDEST_CENTS,
} from '../../../../src/core/siblings/event-fair.ts'
import type { Sibling, SiblingsView } from '../../../../src/core/vocabulary/siblings.ts'

const AT = 1_000_000
const sibling = (bid: number, ask: number, changes: Partial<Sibling> = {}): Sibling => ({
  ...{ ticker: 'B', at: AT, bid: bid * 100, ask: ask * 100, position: 0 },
  ...changes,
})
const exclusive = (...others: Sibling[]): SiblingsView => ({ others, low: null, high: null })
const ladder = (low: number | null, high: number | null, at = AT): SiblingsView => ({
  others: [],
  low: low === null ? null : { at, price: low * 100 },
  high: high === null ? null : { at, price: high * 100 },
})
const heard = (view: SiblingsView, at = AT): EventFair => {
  const event = new EventFair()
  event.hear(view, at)
  return event
}

describe('the fair value among exclusive outcomes', () => {
  it('is scaled where all of them cost more than a dollar', () => {
    const event = heard(exclusive(sibling(48, 50), sibling(24, 26)))
    // 36 + 49 + 25 = 110.
    expect(36 + event.adjustment(36, 30, 42, AT)).toBeCloseTo((36 * 100) / 110, 9)
    expect(event.sums(AT)).toMatchObject({ mids: 2, bids: 0, price: 74 })
  })

  it('says nothing where they cost less: there may be others', () => {
    const event = heard(exclusive(sibling(48, 50)))
    expect(event.adjustment(50, 48, 52, AT)).toBe(0)
    expect(event.adjustment(51, 48, 52, AT)).toBe(0)
  })

  it('never falls below the best bid of others', () => {
    const event = heard(exclusive(sibling(48, 50), sibling(24, 26)))
    expect(36 + event.adjustment(36, 35, 37, AT)).toBe(35)
  })

  it.each([
    ['a book that is wide', sibling(40, 40 + WIDEST_CENTS + 1), 40],
    ['one that is just narrow enough', sibling(40, 40 + WIDEST_CENTS), 40 + WIDEST_CENTS / 2],
    ['one without an ask', sibling(40, 100), 40],
    ['a dark one', sibling(0, 100), 0],
    ['one without a bid, however narrow', sibling(0, 2), 0],
    ['a crossed one', sibling(45, 40), 0],
    ['a price that is none', sibling(-5, 40), 0],
    ['a number that is none', sibling(Number.NaN, 40), 0],
    ['what was told a minute ago', sibling(40, 42, { at: AT - FRESH_MS }), 41],
    ['what was told before that', sibling(40, 42, { at: AT - FRESH_MS - 1 }), 40],
    ['what was told five minutes ago', sibling(40, 42, { at: AT - LAST_MS }), 40],
    ['what is older', sibling(40, 42, { at: AT - LAST_MS - 1 }), 0],
    ['what comes from the future', sibling(40, 42, { at: AT + FRESH_MS + 1 }), 40],
  ])('counts %s with what can be relied on', (_, one, price) => {
    expect(heard(exclusive(one)).sums(AT).price).toBe(price)
  })

  it('counts a sibling for less as time passes, also between two views', () => {
    const event = heard(exclusive(sibling(60, 64, { at: AT - 30_000 })))
    expect(event.sums(AT).price).toBe(62)
    expect(event.sums(AT + FRESH_MS - 30_000).price).toBe(62)
    expect(event.sums(AT + FRESH_MS - 29_999).price).toBe(60)
    // And for more again where the clock goes back.
    expect(event.sums(AT).price).toBe(62)
  })

  it('is that of our own book when the desk has been silent for a minute', () => {
    const event = heard(exclusive(sibling(60, 64, { at: AT + 50_000, position: 1000 })))
    expect(event.adjustment(50, 40, 60, AT + FRESH_MS)).toBeLessThan(0)
    expect(event.adjustment(50, 40, 60, AT + FRESH_MS + 1)).toBe(0)
    expect(event.inventory(5, 50, AT + FRESH_MS + 1)).toBe(5)
  })

  it('is that of our own book before the first view, and where the strategy wants it so', () => {
    expect(new EventFair().adjustment(50, 40, 60, AT)).toBe(0)
    expect(new EventFair().inventory(5, 50, AT)).toBe(5)
    const event = heard(exclusive(sibling(60, 64, { position: 1000 })))
    event.isOn = false
    expect(event.adjustment(50, 40, 60, AT)).toBe(0)
    expect(event.inventory(5, 50, AT)).toBe(5)
  })
})

describe('the fair value on a ladder of strikes', () => {
  it.each([
    ['rises to the best bid of what it contains', ladder(55, null), 55],
    ['falls to the best ask of what contains it', ladder(null, 45), 45],
    ['stays where it is between both', ladder(45, 55), 50],
    ['goes no further than our own ask', ladder(75, null), 60],
    ['goes no further than our own bid', ladder(null, 25), 40],
    ['ignores bounds that contradict each other', ladder(56, 55), 50],
    ['ignores what is old', ladder(55, null, AT - FRESH_MS - 1), 50],
    ['ignores what is no price', ladder(Number.NaN, -1), 50],
  ])('%s', (_, view, fair) => {
    expect(50 + heard(view).adjustment(50, 40, 60, AT)).toBe(fair)
  })
})

describe('the position that counts', () => {
  it('is less where siblings that we hold pay when ours does not', () => {
    // 10 of a sibling at 40 c bear as much risk as 5 sold of ours at 20 c; half of that counts.
    const event = heard(exclusive(sibling(39, 41, { position: 1000 })))
    expect(event.inventory(0, 20, AT)).toBeCloseTo(-2.5, 9)
    expect(event.inventory(10, 20, AT)).toBeCloseTo(7.5, 9)
  })

  it('of all outcomes in equal amounts is half of it: they pay a dollar whatever happens', () => {
    const event = heard(
      exclusive(sibling(49, 51, { position: 700 }), sibling(19, 21, { position: 700 })),
    )
    expect(event.inventory(7, 30, AT)).toBeCloseTo(3.5, 9)
    // Also where they cost more than a dollar.
    expect(event.inventory(7, 50, AT)).toBeCloseTo(3.5, 9)
  })

  it('lies halfway to the derivative of the variance of the whole, tried outcome by outcome', () => {
    const p = [0.3, 0.5, 0.2]
    const q = [4, -3, 9]
    const variance = (own: number): number => {
      const paid = [own, q[1]!, q[2]!]
      const mean = paid.reduce((sum, each, at) => sum + each * p[at]!, 0)
      return paid.reduce((sum, each, at) => sum + p[at]! * (each - mean) ** 2, 0)
    }
    const event = heard(
      exclusive(sibling(50, 50, { position: -300 }), sibling(20, 20, { position: 900 })),
    )
    const slope = (variance(4.001) - variance(3.999)) / 0.002
    expect(event.inventory(4, 30, AT)).toBeCloseTo((4 + slope / (2 * 0.3 * 0.7)) / 2, 6)
  })

  it('is a number whatever is told', () => {
    const event = heard(exclusive(sibling(99, 100, { position: Number.NaN })))
    expect(event.inventory(3, 99, AT)).toBe(3)
  })
})

it('whatever is told, the fair value stays within our own touch', () => {
  const price = fc.oneof(fc.integer({ min: -10, max: 10_010 }), fc.constant(Number.NaN))
  const at = fc.integer({ min: AT - 2 * LAST_MS, max: AT + 2 * LAST_MS })
  const others = fc.array(
    fc.record({
      ...{ ticker: fc.constantFrom('A', 'B'), at, bid: price, ask: price },
      position: fc.integer({ min: -1e9, max: 1e9 }),
    }),
  )
  const bound = fc.option(fc.record({ at, price }))
  const view = fc.record({ others, low: bound, high: bound })
  const touch = fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.nat(100))
    .filter(([bid, ask]) => bid < ask)
  fc.assert(
    fc.property(view, touch, (told, [bid, ask, share]) => {
      const fair = bid + ((ask - bid) * share) / 100
      const event = heard(told as SiblingsView)
      const value = fair + event.adjustment(fair, bid, ask, AT)
      expect(value).toBeGreaterThanOrEqual(bid - 1e-9)
      expect(value).toBeLessThanOrEqual(ask + 1e-9)
      expect(event.inventory(1, fair, AT)).not.toBeNaN()
    }),
  )
})
