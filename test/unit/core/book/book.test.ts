// The book: exact sizes at exact prices, and no answer at all where it is in doubt.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Book, type Top } from '../../../../src/core/book/book.ts'
import type { Side } from '../../../../src/core/vocabulary/units.ts'

const liveBook = (bids: readonly number[], asks: readonly number[]): Book => {
  const book = new Book()
  book.snapshot(bids, asks)
  return book
}

/** A book of 3 bid at 44 and 2 asked at 46. */
const plainBook = (): Book => liveBook([4400, 300], [4600, 200])

const untouched: Top = { bid: -1, bidSize: -1, ask: -1, askSize: -1 }
const topOf = (book: Book): Top | null => {
  const out = { ...untouched }
  return book.top(out) ? out : null
}

describe('a snapshot', () => {
  it('may list its levels in any order', () => {
    const book = liveBook([4200, 100, 4400, 300, 4300, 200], [4900, 1, 4600, 2, 4700, 3])
    expect(topOf(book)).toEqual({ bid: 4400, bidSize: 300, ask: 4600, askSize: 2 })
  })

  it('replaces everything that was there', () => {
    const book = plainBook()
    book.snapshot([100, 5], [])
    expect(topOf(book)).toEqual({ bid: 100, bidSize: 5, ask: 10_000, askSize: 0 })
    expect([book.sizeAt('bid', 4400), book.sizeAt('ask', 4600)]).toEqual([0, 0])
  })

  it.each([
    ['a price of 0', [0, 100], []],
    ['a price of $1', [], [10_000, 100]],
    ['a price between units', [4400.5, 100], []],
    ['a negative size', [4400, -1], []],
    ['a size that is not a number', [4400, Number.NaN], []],
  ])('with %s leaves the book dark', (_, bids, asks) => {
    const book = plainBook()
    expect(book.snapshot(bids, asks)).toBe(false)
    expect([book.state, book.reason]).toEqual(['dark', 'bad-snapshot'])
  })

  it('of an empty market is a live book with two empty sides', () => {
    const book = liveBook([], [])
    expect(book.isLive).toBe(true)
    expect(topOf(book)).toEqual({ bid: 0, bidSize: 0, ask: 10_000, askSize: 0 })
    expect(book.isCrossed).toBe(false)
  })
})

describe('a delta', () => {
  it('is added to the level, not put in its place', () => {
    const book = plainBook()
    book.delta('bid', 4400, 50)
    book.delta('ask', 4600, -50)
    book.delta('bid', 4500, 7)
    expect(book.sizeAt('bid', 4400)).toBe(350)
    expect(topOf(book)).toEqual({ bid: 4500, bidSize: 7, ask: 4600, askSize: 150 })
  })

  it('that takes the last contract removes the level and finds the next, however far', () => {
    const book = liveBook([1, 10, 4400, 300], [4600, 200, 9999, 20])
    book.delta('bid', 4400, -300)
    book.delta('ask', 4600, -200)
    expect(topOf(book)).toEqual({ bid: 1, bidSize: 10, ask: 9999, askSize: 20 })
    book.delta('bid', 1, -10)
    book.delta('ask', 9999, -20)
    expect(topOf(book)).toEqual({ bid: 0, bidSize: 0, ask: 10_000, askSize: 0 })
  })

  it('finds the next level across every distance that the bitmap can have', () => {
    for (let next = 1; next < 5000; next++) {
      const book = bitmap
      book.snapshot([next, 1, 5000, 1], [10_000 - next, 1, 5001, 1])
      book.delta('bid', 5000, -1)
      book.delta('ask', 5001, -1)
      const top = topOf(book)
      if (top?.bid !== next || top.ask !== 10_000 - next) {
        throw new Error(`After removal: found ${JSON.stringify(top)}, wanted ${next}`)
      }
    }
  })
  const bitmap = new Book()

  it('below zero means that we and the exchange have diverged: dark, and false', () => {
    const book = plainBook()
    expect(book.delta('bid', 4400, -301)).toBe(false)
    expect([book.state, book.reason]).toEqual(['dark', 'negative-level'])
    const other = plainBook()
    expect(other.delta('ask', 4700, -1)).toBe(false)
  })

  it.each([0, 10_000, -5, 4400.5, Number.NaN])('at the impossible price %s darkens', (price) => {
    const book = plainBook()
    expect(book.delta('bid', price, 1)).toBe(false)
    expect([book.state, book.reason]).toEqual(['dark', 'bad-price'])
  })

  it('that is not a number darkens rather than poisoning the level', () => {
    const book = plainBook()
    expect(book.delta('bid', 4400, Number.NaN)).toBe(false)
    expect(book.isLive).toBe(false)
  })

  it('on a book that is not live has nothing to be added to and is ignored', () => {
    const book = new Book()
    expect(book.delta('bid', 4400, 100)).toBe(true)
    book.snapshot([], [])
    expect(book.sizeAt('bid', 4400)).toBe(0)
  })
})

describe('a dark book', () => {
  it('answers no question about prices until the next snapshot', () => {
    const book = liveBook([4700, 300], [4600, 200])
    expect(book.isCrossed).toBe(true)
    book.darken('gap')
    const out = { ...untouched }
    expect(book.top(out)).toBe(false)
    expect(book.topWithout(() => 0, out)).toBe(false)
    expect(out).toEqual(untouched)
    expect([book.sizeAt('bid', 4700), book.depth('bid', 5)]).toEqual([0, []])
    expect([book.depth('ask', 5), book.isCrossed]).toEqual([[], false])
    expect([book.isLive, book.reason]).toEqual([false, 'gap'])
    book.snapshot([4400, 300], [4600, 200])
    expect([book.isLive, book.reason, topOf(book)?.bid]).toEqual([true, '', 4400])
  })

  it('is what a book is before its first snapshot: empty, and says so', () => {
    const book = new Book()
    expect([book.state, book.reason, book.isLive]).toEqual(['empty', 'no-snapshot', false])
    expect(topOf(book)).toBe(null)
  })
})

describe('the version', () => {
  it('changes with every change and with nothing else', () => {
    const book = new Book()
    const seen = new Set([book.version])
    const changed = (change: () => unknown): void => {
      change()
      expect(seen.has(book.version)).toBe(false)
      seen.add(book.version)
    }
    changed(() => book.snapshot([4400, 300], [4600, 200]))
    changed(() => book.delta('bid', 4400, 5))
    changed(() => book.delta('bid', 4400, -305))
    const before = book.version
    topOf(book)
    book.depth('ask', 3)
    book.sizeAt('ask', 4600)
    expect(book.version).toBe(before)
    changed(() => book.darken('gap'))
    const dark = book.version
    book.delta('bid', 4400, 5)
    expect(book.version).toBe(dark)
  })
})

describe('crossing', () => {
  it('is a bid at or above an ask', () => {
    const crossed = [4600, 4700, 4500].map((bid) => liveBook([bid, 1], [4600, 1]).isCrossed)
    expect(crossed).toEqual([true, true, false])
  })

  it('needs both sides', () => {
    expect(liveBook([], [4600, 1]).isCrossed).toBe(false)
    expect(liveBook([4600, 1], []).isCrossed).toBe(false)
  })
})

describe('depth', () => {
  it('lists the best levels first, as many as asked for', () => {
    const book = liveBook([4400, 3, 4300, 2, 100, 1], [4600, 4, 9900, 6])
    expect(book.depth('bid', 2).flat()).toEqual([4400, 3, 4300, 2])
    expect(book.depth('ask', 9).flat()).toEqual([4600, 4, 9900, 6])
  })
})

describe('the top without our own orders', () => {
  const own =
    (mine: Record<string, number>) =>
    (side: Side, price: number): number =>
      mine[`${side} ${price}`] ?? 0
  const without = (book: Book, mine: Record<string, number>): Top => {
    const out = { ...untouched }
    book.topWithout(own(mine), out)
    return out
  }
  const book = liveBook([4400, 300, 4300, 200, 4200, 100], [4600, 300, 4700, 200])

  it('passes over levels that are all ours', () => {
    const next = { bid: 4300, bidSize: 200, ask: 4700, askSize: 200 }
    expect(without(book, { 'bid 4400': 300, 'ask 4600': 300 })).toEqual(next)
  })

  it('takes our part out of a level that we share', () => {
    expect(without(book, { 'bid 4400': 100 })).toMatchObject({ bid: 4400, bidSize: 200 })
  })

  it('passes over a level of which we believe to hold more than there is', () => {
    expect(without(book, { 'bid 4400': 301 })).toMatchObject({ bid: 4300, bidSize: 200 })
  })

  it('is an empty side when nothing is left', () => {
    const alone = plainBook()
    const empty = { bid: 0, bidSize: 0, ask: 10_000, askSize: 0 }
    expect(without(alone, { 'bid 4400': 300, 'ask 4600': 200 })).toEqual(empty)
  })
})

// The same book kept the slow way: a map from price to size, scanned for every answer.
class NaiveBook {
  readonly sides: Record<Side, Map<string, number>> = { bid: new Map(), ask: new Map() }

  add(side: Side, price: number, change: number): void {
    const levels = this.sides[side]
    const size = (levels.get(String(price)) ?? 0) + change
    if (size === 0) levels.delete(String(price))
    else levels.set(String(price), size)
  }

  depth(side: Side): [number, number][] {
    return [...this.sides[side]]
      .map(([price, size]): [number, number] => [Number(price), size])
      .sort(([a], [b]) => (side === 'bid' ? b - a : a - b))
  }
}

const aPrice = fc.oneof(
  fc.integer({ min: 1, max: 9999 }),
  fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 4999, 5000, 9983, 9984, 9998, 9999),
)
const aSize = fc.integer({ min: 1, max: 500 })
const aSide = fc.constantFrom<Side>('bid', 'ask')
const aStep = fc.oneof(
  { weight: 1, arbitrary: fc.array(fc.tuple(aSide, aPrice, aSize), { maxLength: 12 }) },
  // A change of an existing level (picked by its rank), or of any price.
  {
    weight: 12,
    arbitrary: fc.record({
      side: aSide,
      rank: fc.integer({ min: 0, max: 20 }),
      price: aPrice,
      share: fc.constantFrom(-1, -0.5, 0.5, 1, 1),
      size: aSize,
    }),
  },
)

describe('any history of snapshots and deltas', () => {
  it('gives the same best prices, sizes and depth as a naive book, at every step', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 60 }), (steps) => {
        const book = liveBook([], [])
        let naive = new NaiveBook()
        for (const step of steps) {
          if (Array.isArray(step)) {
            naive = new NaiveBook()
            const flat: Record<Side, number[]> = { bid: [], ask: [] }
            for (const [side, price, size] of step) {
              naive.add(side, price, size)
              flat[side].push(price, size)
            }
            book.snapshot(flat.bid, flat.ask)
          } else {
            const known = naive.depth(step.side)
            const level = known[step.rank % Math.max(1, known.length)]
            const [price, change] =
              step.share < 0 && level !== undefined
                ? [level[0], Math.floor(level[1] * step.share)]
                : [step.price, step.size]
            naive.add(step.side, price, change)
            expect(book.delta(step.side, price, change)).toBe(true)
          }
          const bids = naive.depth('bid')
          const asks = naive.depth('ask')
          expect(book.depth('bid', 1000)).toEqual(bids)
          expect(book.depth('ask', 1000)).toEqual(asks)
          const [bid, bidSize] = bids[0] ?? [0, 0]
          const [ask, askSize] = asks[0] ?? [10_000, 0]
          expect(topOf(book)).toEqual({ bid, bidSize, ask, askSize })
        }
      }),
    )
  })
})
