// Playing a recorded session: the book shown is the recorded one at every frame while nobody is
// here, and the people here trade with it when they are.

import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Exchange } from '../../../../mocks/kalshi/exchange/exchange.ts'
import { isRefusal } from '../../../../mocks/kalshi/exchange/refusal.ts'
import { type PlayerOptions, RecordedPlayer } from '../../../../mocks/kalshi/recorded/player.ts'
import { parseRecording, readRecording } from '../../../../research/recordings/recording.ts'

const FIRST = 'KXTEST15M-26MAY131245-45'
const NEXT = 'KXTEST15M-26MAY131300-00'
const T0 = Date.parse('2026-05-13T16:40:00Z')

/** A recording made by hand, in the recorder's format. */
class Tape {
  readonly lines: string[] = []

  event(ms: number, info: Record<string, string>): this {
    this.lines.push(
      JSON.stringify({ recv_ns: (T0 + ms) * 1e6, conn: 0, event: 'watch_market', info }),
    )
    return this
  }

  frame(ms: number, type: string, msg: Record<string, unknown>): this {
    this.lines.push(JSON.stringify({ recv_ns: (T0 + ms) * 1e6, conn: 1, frame: { type, msg } }))
    return this
  }

  delta(ms: number, side: 'yes' | 'no', price: string, delta: string, ticker = FIRST): this {
    const msg = { market_ticker: ticker, side, price_dollars: price, delta_fp: delta }
    return this.frame(ms, 'orderbook_delta', msg)
  }
}

const tape = (): Tape =>
  new Tape()
    .event(0, { market_ticker: FIRST, close_time: '2026-05-13T16:45:00Z' })
    .frame(0, 'orderbook_snapshot', {
      market_ticker: FIRST,
      yes_dollars_fp: [
        ['0.4000', '100.00'],
        ['0.4100', '50.00'],
      ],
      no_dollars_fp: [['0.5500', '70.00']],
    })

class World {
  at = 1_795_000_000_000
  readonly exchange = new Exchange({ now: () => this.at })
  readonly player: RecordedPlayer
  readonly me = this.exchange.addAccount('me', 1_000)

  constructor(recorded: Tape, options: Partial<PlayerOptions> = {}) {
    const recording = parseRecording(recorded.lines.join('\n'))
    this.player = new RecordedPlayer(this.exchange, recording, { startAt: this.at, ...options })
  }

  forward(ms: number): void {
    this.at += ms
    this.exchange.tick()
    this.player.step(this.at)
  }

  place(side: 'bid' | 'ask', cents: number, contracts: number) {
    const request = { ticker: FIRST, side, price: cents * 100, quantity: contracts * 100 }
    const order = this.exchange.place(this.me, request)
    if (isRefusal(order)) throw new Error(order.code)
    return order
  }

  book(side: 'bid' | 'ask', ticker = FIRST): number[] {
    return this.exchange.listing(ticker).book.levels(side)
  }
}

describe('a recorded session', () => {
  it('is resting orders at the recorded levels, asks on the YES scale', () => {
    const world = new World(tape())
    expect(world.book('bid')).toEqual([4_100, 5_000, 4_000, 10_000])
    expect(world.book('ask')).toEqual([4_500, 7_000])
  })

  it('goes at its own pace, or faster, from where it is told to', () => {
    const recorded = tape()
      .delta(10_000, 'yes', '0.4200', '5.00')
      .delta(20_000, 'yes', '0.4300', '5.00')
    const slow = new World(recorded)
    slow.forward(9_999)
    expect(slow.book('bid')[0]).toBe(4_100)
    slow.forward(1)
    expect(slow.book('bid')[0]).toBe(4_200)
    const fast = new World(recorded, { pace: 10 })
    fast.forward(1_000)
    expect(fast.book('bid')[0]).toBe(4_200)
    const later = new World(recorded, { offsetMs: 15_000 })
    expect(later.book('bid')[0]).toBe(4_200)
    later.forward(5_000)
    expect(later.book('bid')[0]).toBe(4_300)
  })

  it('closes its market when it did and opens the next one when it was watched', () => {
    const recorded = tape()
      .event(320_000, { market_ticker: NEXT, close_time: '2026-05-13T17:00:00Z' })
      .frame(320_500, 'orderbook_snapshot', {
        market_ticker: NEXT,
        yes_dollars_fp: [['0.5000', '1.00']],
      })
    const world = new World(recorded)
    expect(world.exchange.listing(NEXT).status).toBe('initialized')
    world.forward(299_999)
    expect(world.exchange.listing(FIRST).status).toBe('active')
    world.forward(1)
    expect(world.exchange.listing(FIRST).status).toBe('closed')
    expect(world.book('bid')).toEqual([])
    world.forward(21_000)
    expect(world.exchange.listing(NEXT).status).toBe('active')
    expect(world.book('bid', NEXT)).toEqual([5_000, 100])
  })

  it('lets recorded participants stand crossed among themselves', () => {
    const world = new World(
      tape().delta(10, 'yes', '0.4600', '5.00').delta(20, 'yes', '0.4600', '-5.00'),
    )
    world.forward(15)
    expect(world.book('bid')[0]).toBe(4_600)
    expect(world.book('ask')[0]).toBe(4_500)
    world.forward(10)
    expect(world.book('bid')[0]).toBe(4_100)
  })
})

describe('a local participant', () => {
  it('rests beside the recorded levels', () => {
    const world = new World(tape().delta(10, 'yes', '0.4100', '-50.00'))
    world.place('bid', 41, 7)
    world.place('bid', 42, 3)
    world.forward(20)
    expect(world.book('bid')).toEqual([4_200, 300, 4_100, 700, 4_000, 10_000])
  })

  it('trades with a recorded order that reaches its own; the rest of it rests', () => {
    const world = new World(tape().delta(10, 'no', '0.5800', '30.00'))
    const mine = world.place('bid', 43, 12)
    world.forward(20)
    expect(mine.status).toBe('executed')
    const fill = { price: 4_300, quantity: 1_200, isTaker: false, fee: 0 }
    expect(world.me.fills[0]).toMatchObject(fill)
    // The recorded order was worth 0.42: what is left stands there.
    expect(world.book('ask')).toEqual([4_200, 1_800, 4_500, 7_000])
  })

  it('takes recorded liquidity, and what was taken stays taken', () => {
    const world = new World(
      tape().delta(10, 'no', '0.5500', '-30.00').delta(20, 'no', '0.5500', '10.00'),
    )
    expect(world.place('bid', 45, 60).filled).toBe(6_000)
    expect(world.book('ask')).toEqual([4_500, 1_000])
    world.forward(15)
    // 40 remain in the recording, 10 of them here: the cancel finds nothing of its own to take.
    expect(world.book('ask')).toEqual([4_500, 1_000])
    world.forward(10)
    expect(world.book('ask')).toEqual([4_500, 2_000])
  })

  it('sees the recorded volume as trades, and is filled by it only where that is set', () => {
    const volume = (ms: number, total: string): Record<string, unknown> => ({
      market_ticker: FIRST,
      price_dollars: '0.4100',
      volume_fp: total,
      ms,
    })
    const recorded = (): Tape =>
      tape().frame(10, 'ticker', volume(10, '1000.00')).frame(20, 'ticker', volume(20, '1008.00'))
    const quiet = new World(recorded())
    const passive = quiet.place('bid', 41, 5)
    quiet.forward(30)
    expect(passive.filled).toBe(0)
    expect(quiet.exchange.listing(FIRST).trades).toMatchObject([
      { price: 4_100, quantity: 800, taker: 'ask' },
    ])
    const live = new World(recorded(), { executeTrades: true })
    const filled = live.place('bid', 41, 5)
    live.forward(30)
    expect(filled.status).toBe('executed')
    expect(live.exchange.listing(FIRST).trades.map(({ quantity }) => quantity)).toEqual([500, 300])
  })
})

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/ws-kxbtc15m/', import.meta.url))
const absent = !existsSync(FOLDER)
const files = absent ? [] : readdirSync(FOLDER).filter((name) => name.endsWith('.frames.jsonl.gz'))

describe(`real recordings${absent ? ' (skipped: no recordings here)' : ''}`, () => {
  it.skipIf(absent)('are reproduced level by level at every frame', async () => {
    for (const file of files.slice(0, 3)) {
      const recording = readRecording(FOLDER + file)
      let at = 1_795_000_000_000
      const exchange = new Exchange({ now: () => at })
      const player = new RecordedPlayer(exchange, recording, { startAt: at - 1, offsetMs: -1 })
      const books = new Map<string, Record<'bid' | 'ask', Map<number, number>>>()
      let compared = 0
      let wrong = 0
      while (!player.done) {
        at = Math.max(at, player.nextAt)
        exchange.tick()
        const step = player.playOne()
        let book = books.get(step.ticker)
        if (book === undefined) books.set(step.ticker, (book = { bid: new Map(), ask: new Map() }))
        if (step.what === 'snapshot') {
          for (const [side, flat] of [
            ['bid', step.bids],
            ['ask', step.asks],
          ] as const) {
            book[side].clear()
            for (let index = 0; index < flat.length; index += 2)
              book[side].set(flat[index]!, flat[index + 1]!)
          }
        } else if (step.what === 'delta') {
          const size = (book[step.side].get(step.price) ?? 0) + step.delta
          if (size === 0) book[step.side].delete(step.price)
          else book[step.side].set(step.price, size)
        }
        const listing = exchange.listing(step.ticker)
        if (listing.status !== 'active' || step.what === 'watch' || step.what === 'volume') continue
        compared++
        // The level that changed each time; the whole book now and then, because it has 200
        // levels.
        if (step.what === 'delta') {
          const size = book[step.side].get(step.price) ?? 0
          if (listing.book.sizeAt(step.side, step.price) !== size) wrong++
        }
        if (step.what === 'delta' && compared % 500 !== 0) continue
        for (const side of ['bid', 'ask'] as const) {
          const flat = listing.book.levels(side)
          if (flat.length !== 2 * book[side].size) wrong++
          for (let index = 0; index < flat.length; index += 2) {
            if (book[side].get(flat[index]!) !== flat[index + 1]!) wrong++
          }
        }
      }
      expect(compared).toBeGreaterThan(10_000)
      expect([file, wrong]).toEqual([file, 0])
    }
  })
})
