// Lost and broken frames: a gap darkens the book and brings a fresh one; nonsense is only counted.

import { beforeAll, describe, expect, it } from 'vitest'
import type { LiveView } from '../../src/core/status/status.ts'
import { formatPrice, formatQuantity, parseQuantity } from '../../src/core/vocabulary/units.ts'
import { TICKER, worldForTests } from '../helpers/world.ts'

describe('frames that do not come as agreed', () => {
  const world = worldForTests()
  beforeAll(async () => {
    await world.add()
  })

  /** The exchange's best levels: price and size, ours included. */
  const truth = (side: 'bid' | 'ask', count: number): [string, string][] => {
    const orders = [...world.mock.exchange.listing(TICKER).book.resting()]
    const sizes = new Map<number, number>()
    for (const order of orders) {
      if (order.side !== side) continue
      sizes.set(order.price, (sizes.get(order.price) ?? 0) + order.remaining)
    }
    return [...sizes]
      .sort(([a], [b]) => (side === 'bid' ? b - a : a - b))
      .slice(0, count)
      .map(([price, size]) => [formatPrice(price), formatQuantity(size)])
  }

  const shown = (levels: LiveView['ladder']['bids']): [string, string][] =>
    levels.map(([price, others, ours]) => [
      price,
      formatQuantity(parseQuantity(others) + parseQuantity(ours)),
    ])

  /** Resolves once the maker's ladder is the exchange's, both looked at in the same moment. */
  const bookIsRight = (): Promise<unknown> =>
    world.until(
      ({ phase }, { ladder }) =>
        phase === 'quoting' &&
        JSON.stringify([shown(ladder.bids), shown(ladder.asks)]) ===
          JSON.stringify([truth('bid', ladder.bids.length), truth('ask', ladder.asks.length)]),
    )

  it('has the exchange’s book, level by level', async () => {
    await world.quoting()
    await bookIsRight()
  })

  it('goes dark at a gap, pulls its quotes, and quotes again on a fresh book', async () => {
    const before = await world.quoting()
    const from = world.mock.requests.total
    world.mock.faults.skipFrames = 1
    await world.until(({ counters }) => counters.gaps! > before.counters.gaps!)
    const after = await world.until(
      ({ phase, quotes }) => phase === 'quoting' && quotes.bid !== null && quotes.ask !== null,
    )
    expect(after.counters.gaps).toBe(before.counters.gaps! + 1)
    expect(world.logged('phase')).toContainEqual(
      expect.objectContaining({ phase: 'dark', reason: 'gap' }),
    )
    const kinds = world.mock.requests.recent
      .filter(({ number }) => number > from)
      .map(({ kind }) => kind)
      .filter((kind) => kind.endsWith('cancel') || kind === 'create')
    expect(kinds[0]).toMatch(/cancel$/)
    expect(kinds).toContain('create')
    expect(after.counters.disconnects).toBe(before.counters.disconnects)
    await bookIsRight()
  })

  it('takes a frame that comes twice once', async () => {
    const before = await world.quoting()
    world.mock.faults.duplicateFrames = 5
    await world.mock.until(({ faults }) => faults.duplicateFrames === 0)
    await bookIsRight()
    expect((await world.status()).counters.gaps).toBe(before.counters.gaps)
  })

  it('counts a frame that cannot be read, and nothing else happens', async () => {
    const before = await world.quoting()
    world.mock.faults.sendRaw('{"type":"orderbook_delta","sid":1,"msg":')
    world.mock.faults.sendRaw('not even json')
    world.mock.faults.sendRaw('{"type":"a_type_of_tomorrow","msg":{"x":1}}')
    const after = await world.until(
      ({ counters }) => counters.malformed! >= before.counters.malformed! + 2,
    )
    expect(after.phase).toBe('quoting')
    expect(after.counters).toMatchObject({
      malformed: before.counters.malformed! + 2,
      gaps: before.counters.gaps,
      disconnects: before.counters.disconnects,
    })
    await bookIsRight()
  })

  it('takes a new subscription when the exchange ends the old one', async () => {
    await world.quoting()
    const from = world.logs.length
    world.mock.faults.endSubscription('orderbook_delta', 25)
    await world.until(() => world.logs.slice(from).some((line) => line.includes('book-live')))
    await world.quoting()
    await bookIsRight()
  })
})
