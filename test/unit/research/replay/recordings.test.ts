// Recorded sessions through the real engine, compared at every frame with a book kept the slow way.
//
// The naive book shares nothing with the product: decimal strings in maps, sums in BigInt, every
// best price found by scanning. The recordings belong to others and are not part of the project, so
// these tests are skipped, and say so, where the recordings are not at hand.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecording } from '../../../../research/recordings/recording.ts'
import { type Runner, replaySession } from '../../../../research/replay/replay.ts'

const DATA = '../shared/data'
const FOLDERS = ['ws-kxbtc15m', 'ws-sports-multi']
const absent = FOLDERS.some((folder) => !existsSync(join(DATA, folder)))
const files = absent
  ? []
  : FOLDERS.flatMap((folder) =>
      readdirSync(join(DATA, folder))
        .filter((name) => name.includes('.frames.'))
        .map((name) => join(DATA, folder, name)),
    )

/** "0.43" -> 430000n, exactly: a decimal of at most six places. */
const decimal = (text: string): bigint => {
  const found = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text)
  if (found === null) throw new Error(`Decimal refused: found ${text}`)
  const [, sign, whole, part = ''] = found
  const value = BigInt(`${whole}${part.padEnd(6, '0')}`)
  return sign === '-' ? -value : value
}
const DOLLAR = 1_000_000n

interface WireFrame {
  readonly type: string
  readonly msg?: {
    readonly market_ticker?: string
    readonly yes_dollars_fp?: readonly (readonly [string, string])[]
    readonly no_dollars_fp?: readonly (readonly [string, string])[]
    readonly price_dollars?: string
    readonly delta_fp?: string
    readonly side?: 'yes' | 'no'
  }
}

/**
 * Best bid of each outcome: price in millionths of a dollar and size in millionths of a contract.
 */
type Best = { readonly price: bigint; readonly size: bigint } | null

class NaiveBook {
  readonly #levels = { yes: new Map<string, bigint>(), no: new Map<string, bigint>() }
  readonly best: { yes: Best; no: Best } = { yes: null, no: null }
  negative = 0

  apply({ type, msg }: WireFrame): void {
    if (type === 'orderbook_snapshot') {
      for (const [side, pairs] of [
        ['yes', msg?.yes_dollars_fp ?? []],
        ['no', msg?.no_dollars_fp ?? []],
      ] as const) {
        this.#levels[side].clear()
        for (const [price, size] of pairs) this.#levels[side].set(price, decimal(size))
        this.#scan(side)
      }
      return
    }
    const side = msg!.side!
    const levels = this.#levels[side]
    const price = msg!.price_dollars!
    const size = (levels.get(price) ?? 0n) + decimal(msg!.delta_fp!)
    if (size < 0n) this.negative++
    if (size === 0n) levels.delete(price)
    else levels.set(price, size)
    this.#scan(side)
  }

  #scan(side: 'yes' | 'no'): void {
    let best: Best = null
    for (const [text, size] of this.#levels[side]) {
      const price = cached(text)
      if (best === null || price > best.price) best = { price, size }
    }
    this.best[side] = best
  }
}

// The same few hundred price strings come back half a million times.
const prices = new Map<string, bigint>()
const cached = (text: string): bigint => {
  let price = prices.get(text)
  if (price === undefined) {
    price = decimal(text)
    prices.set(text, price)
  }
  return price
}

/** Throws where the engine's book differs: expect() would be too slow for half a million frames. */
const compare = ({ engine }: Runner, naive: NaiveBook): void => {
  const { book, ticker } = engine.state
  const top = { bid: 0, bidSize: 0, ask: 0, askSize: 0 }
  if (!book.top(top)) throw new Error(`${ticker}: found the book ${book.reason}, wanted it live`)
  const { yes, no } = naive.best
  const wanted = [
    yes === null ? 0n : yes.price,
    yes === null ? 0n : yes.size,
    // A bid for NO at 30 cents is an ask of YES at 70.
    no === null ? DOLLAR : DOLLAR - no.price,
    no === null ? 0n : no.size,
  ]
  // The engine counts in hundredths of a cent and of a contract.
  const found = [
    BigInt(top.bid) * 100n,
    BigInt(top.bidSize) * 10_000n,
    BigInt(top.ask) * 100n,
    BigInt(top.askSize) * 10_000n,
  ]
  for (let index = 0; index < 4; index++) {
    if (found[index] !== wanted[index]) {
      throw new Error(`${ticker}: found top ${found.join(' ')}, wanted ${wanted.join(' ')}`)
    }
  }
}

/** Our own quotes: never crossed, never beyond a limit, one a side. Throws where they are. */
const inspect = ({ engine }: Runner): number => {
  const { execution, parameters, grid, ledger, ticker } = engine.state
  const { orders } = execution
  const { limits } = parameters
  let bid = 0
  let ask = 10_000
  let shown = 0
  for (const side of ['bid', 'ask'] as const) {
    let exposed = side === 'bid' ? ledger.position : -ledger.position
    let count = 0
    for (const order of orders.exposed(side)) {
      count++
      exposed += order.remaining
      if (side === 'bid') bid = order.price
      else ask = order.price
      const legal = grid.isLegal(order.price)
      const inBand = order.price >= limits.min_price && order.price <= limits.max_price
      const small = order.remaining > 0 && order.remaining <= limits.max_order_size
      if (!legal || !inBand || !small) {
        throw new Error(`${ticker}: found a ${side} of ${order.remaining} at ${order.price}`)
      }
    }
    if (count > 1) throw new Error(`${ticker}: found ${count} orders on the ${side} side`)
    if (exposed > limits.max_position) throw new Error(`${ticker}: found ${exposed} exposed`)
    shown += count
  }
  if (bid >= ask) throw new Error(`${ticker}: found our own ${bid} crossing our own ${ask}`)
  return shown
}

describe.skipIf(absent)(`recorded sessions (skipped: no recordings in ${DATA})`, () => {
  it('are all there', () => expect(files).toHaveLength(8))

  it.each(files)('%s: no gap, and the same best prices as a naive book at every frame', (file) => {
    const books = new Map<string, NaiveBook>()
    let compared = 0
    let changes = 0
    let quoted = 0
    const all = replaySession(readRecording(file), {
      onFrame: (_, text, runners) => {
        const wire = JSON.parse(text) as WireFrame
        const ticker = wire.msg?.market_ticker
        if (wire.type === 'subscribed') books.clear()
        if (wire.type.startsWith('orderbook_') && ticker !== undefined) {
          let naive = books.get(ticker)
          if (naive === undefined) {
            if (wire.type !== 'orderbook_snapshot') return
            naive = new NaiveBook()
            books.set(ticker, naive)
          }
          naive.apply(wire)
          changes++
        }
        for (const runner of runners) {
          const naive = books.get(runner.engine.state.ticker)
          if (naive !== undefined) {
            compare(runner, naive)
            compared++
          }
          if (inspect(runner) === 2) quoted++
        }
      },
    })
    for (const { engine } of all.values()) {
      const { counters } = engine.state.execution
      expect(counters).toMatchObject({ gaps: 0, malformed: 0, orphans: 0, unknown: 0 })
      expect(counters.decisions).toBeGreaterThan(0)
    }
    for (const naive of books.values()) expect(naive.negative).toBe(0)
    expect(changes).toBeGreaterThan(200)
    expect(compared).toBeGreaterThanOrEqual(changes)
    expect(quoted).toBeGreaterThan(0)
  })
})
