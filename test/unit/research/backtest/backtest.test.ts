// A recording of a few frames, in which what each fill model should make of our orders can be
// worked out by hand, and then a real one.
//
// The maker is the naive one: mid 2 cents either way, 10 contracts. Book 45 to 49 with 100 on each
// side, so that it joins both best prices, behind 100.

import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FILL_MODELS, type FillModel } from '../../../../research/backtest/exchange/fills.ts'
import { totalOf } from '../../../../research/backtest/results/report.ts'
import type { RunOptions } from '../../../../research/backtest/runs/play.ts'
import type { Result } from '../../../../research/backtest/runs/result.ts'
import { run, runTogether } from '../../../../research/backtest/runs/run.ts'
import { parametersOf } from '../../../../research/backtest/runs/settings.ts'
import { siblingsTold } from '../../../../research/backtest/runs/siblings.ts'
import { type Session, sessionsOf } from '../../../../research/backtest/sessions/session.ts'
import type { Recorded, Recording } from '../../../../research/recordings/recording.ts'
import { readRecording } from '../../../../research/recordings/recording.ts'
import type { Event } from '../../../../src/core/vocabulary/events.ts'
import type { SiblingsView } from '../../../../src/core/vocabulary/siblings.ts'
import { PAPER } from '../../../helpers/core.ts'

const T0 = 1_780_000_000_000
const TICKER = 'KXTEST-26-A'
const NAIVE = parametersOf(['reduce_only_seconds=0', 'longshot_cents=0'], 'naive')

class Script {
  readonly #items: Recorded[] = [
    { kind: 'connected', conn: 1, line: 1, ns: T0 * 1e6, at: T0, ticker: '', closeAt: 0 },
    this.#frame(10, { type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 1 } }),
  ]
  #seq = 0

  #frame(after: number, frame: object): Recorded {
    const at = T0 + after
    return { kind: 'frame', conn: 1, line: 2, ns: at * 1e6, at, text: JSON.stringify(frame) }
  }

  #book(after: number, type: string, msg: object): this {
    const seq = ++this.#seq
    const full = { market_ticker: TICKER, ...msg }
    this.#items.push(this.#frame(after, { type, sid: 1, seq, msg: full }))
    return this
  }

  snapshot(after: number): this {
    const levels = (far: string, best: string) =>
      [`${far} 500.00`, `${best} 100.00`].map((level) => level.split(' '))
    const [yes_dollars_fp, no_dollars_fp] = [levels('0.4300', '0.4500'), levels('0.4900', '0.5100')]
    // NO at 51 is an ask of YES at 49.
    return this.#book(after, 'orderbook_snapshot', { yes_dollars_fp, no_dollars_fp })
  }

  delta(after: number, side: 'yes' | 'no', price: string, change: string): this {
    const msg = { side, price_dollars: price, delta_fp: change }
    return this.#book(after, 'orderbook_delta', msg)
  }

  trade(after: number, price: string, count: string, taker: 'bid' | 'ask'): this {
    const msg = {
      market_ticker: TICKER,
      trade_id: `t${after}`,
      yes_price_dollars: price,
      count_fp: count,
      taker_book_side: taker,
    }
    this.#items.push(this.#frame(after, { type: 'trade', sid: 0, seq: 0, msg }))
    return this
  }

  ticker(after: number, volume: string, price: string, size: string): this {
    const last = { price_dollars: price, last_trade_size_fp: size }
    const msg = { market_ticker: TICKER, volume_fp: volume, ...last }
    this.#items.push(this.#frame(after, { type: 'ticker', sid: 2, msg }))
    return this
  }

  beats(from: number, to: number): this {
    for (let at = from; at <= to; at += 500) this.#items.push(this.#frame(at, { type: 'pong' }))
    return this
  }

  /** The frame that follows will be found to lack one before it. */
  lose(): this {
    this.#seq++
    return this
  }

  session(): Session {
    const items = this.#items.sort((a, b) => a.at - b.at)
    const recording: Recording = {
      file: 'made.jsonl',
      items,
      tickers: new Map([[1, [TICKER]]]),
      closeAt: new Map([[TICKER, T0 + 900_000]]),
    }
    const [session] = sessionsOf(recording)
    if (session === undefined) throw new Error('A session was wanted, none was found')
    return session
  }
}

const play = (session: Session, fills: FillModel, more: Partial<RunOptions> = {}): Result =>
  run(session, NAIVE, { ...PAPER, fills, settled: 'yes', ...more })

const fillsOf = (result: Result): string[] =>
  result.fills.map(({ side, price, quantity }) => `${side} ${quantity} at ${price}`)

/**
 * At 3 s 60 sell at 45: of the 100 ahead of us 40 are left. Then 200 join behind us. At 4 s 45 more
 * sell: 40 ahead of us, 5 for us. At 5 s 3 trade at 44, beyond our bid.
 */
const sellers = (): Session =>
  new Script()
    .snapshot(20)
    .beats(500, 8000)
    .trade(3000, '0.4500', '60.00', 'ask')
    .delta(3001, 'yes', '0.4500', '-60.00')
    .delta(3200, 'yes', '0.4500', '200.00')
    .delta(4000, 'yes', '0.4500', '-45.00')
    .trade(4001, '0.4500', '45.00', 'ask')
    .trade(5000, '0.4400', '3.00', 'ask')
    .session()

describe('a bid behind a queue of 100', () => {
  it('fills strictly by what trades beyond its price', () => {
    const result = play(sellers(), 'strict')
    expect(fillsOf(result)).toEqual(['bid 3 at 45'])
    // Three contracts bought at 45 pay a dollar each.
    expect(result.net).toBeCloseTo(3 * 0.55, 9)
    expect(result.finalInventory).toBe(3)
  })

  it('fills by its place in the queue, and by what trades beyond', () => {
    const result = play(sellers(), 'queue')
    expect(fillsOf(result)).toEqual(['bid 5 at 45', 'bid 3 at 45'])
    expect(result.net).toBeCloseTo(8 * 0.55, 9)
  })

  it('fills at the front of the queue for the optimist, as often as anything trades', () => {
    const result = play(sellers(), 'optimistic')
    expect(fillsOf(result)).toEqual(['bid 10 at 45', 'bid 10 at 45', 'bid 3 at 45'])
    expect(result.net).toBeCloseTo(23 * 0.55, 9)
    expect(result.maxInventory).toBe(23)
  })

  it('loses what it paid when the market settles no, and is marked at the mid when nobody knows', () => {
    expect(play(sellers(), 'strict', { settled: 'no' }).net).toBeCloseTo(3 * -0.45, 9)
    const unknown = play(sellers(), 'strict', { settled: null })
    expect(unknown.finalCents).toBe(47)
    expect(unknown.net).toBeCloseTo(3 * 0.02, 9)
  })

  it('pays the fee of the exchange, rounded as the exchange rounds', () => {
    const result = play(sellers(), 'strict', { makerFee: 17_500 })
    // 0.0175 x 3 x 0.45 x 0.55 = 0.01299375, up to the next hundredth of a cent of the balance.
    expect(result.fees).toBe(0.013)
    expect(result.net).toBeCloseTo(3 * 0.55 - 0.013, 9)
    expect(result.gross).toBeCloseTo(3 * 0.55, 9)
  })

  it('is too late for a trade that comes before the order has arrived', () => {
    const early = play(sellers(), 'optimistic', { latencyMs: 2900 })
    expect(early.fills.every(({ at }) => at > T0 + 5000)).toBe(true)
  })

  it('is measured: markouts, quoting time, calls', () => {
    const result = play(sellers(), 'strict')
    const markout = (after: number | string) =>
      result.markouts.find((found) => found.after === after)?.cents
    // Bought at 45 with the mid at 47 for the rest of the session.
    expect(markout(1)).toBeCloseTo(2, 9)
    expect(markout('settlement')).toBeCloseTo(55, 9)
    // The recording ends three seconds after the fill.
    expect(markout(30)).toBe(null)
    expect(result.calls.place).toBeGreaterThanOrEqual(2)
    expect(result.twoSided).toBeGreaterThan(0.8)
    expect(result.twoSided).toBeLessThan(1)
    const { place, amend, decrease, cancel } = result.calls
    expect(result.tokens).toBe(10 * (place + amend + decrease) + 2 * cancel)
  })
})

/** The best bid goes at 4 s, and the best ask comes down to 46; somebody sells 30 at 45 some time later. */
const flight = (ms: number): Session =>
  new Script()
    .snapshot(20)
    .beats(500, 8000)
    .delta(4000, 'yes', '0.4500', '-100.00')
    .delta(4000, 'no', '0.5400', '100.00')
    .trade(4000 + ms, '0.4500', '30.00', 'ask')
    .session()

describe('a feed that is late', () => {
  it('lets an order trade that would have gone, had the maker known', () => {
    // Heard at 4050, the cancel is there at 4100; without delay of the feed, at 4050.
    expect(fillsOf(play(flight(90), 'optimistic'))).toEqual(['bid 10 at 45'])
    expect(fillsOf(play(flight(110), 'optimistic'))).toEqual([])
    expect(fillsOf(play(flight(90), 'optimistic', { feedMs: 0 }))).toEqual([])
    expect(fillsOf(play(flight(40), 'optimistic', { feedMs: 0 }))).toEqual(['bid 10 at 45'])
  })

  it('trades by the time of the exchange, and the maker hears of it later', () => {
    const [fill] = play(flight(90), 'optimistic').fills
    expect(fill).toMatchObject({ at: T0 + 4090, heardAt: T0 + 4140 })
  })

  it('is not taken for one that lags: nobody can know a delay that is always the same', () => {
    const script = new Script().snapshot(20).beats(500, 40_000)
    for (let at = 1000; at < 40_000; at += 1000) script.delta(at, 'yes', '0.4300', '1.00')
    const strict = parametersOf(['stale_after_seconds=1', 'reduce_only_seconds=0'], 'naive')
    const share = (feedMs: number): number => {
      const options = { ...PAPER, fills: 'strict', settled: null, feedMs } as const
      return run(script.session(), strict, options).twoSided
    }
    expect(share(0)).toBeGreaterThan(0.95)
    // It begins two seconds later, and then it quotes throughout.
    expect(share(2000)).toBeCloseTo(share(0) - 2 / 40, 2)
  })
})

describe('the book around our orders', () => {
  it("fills a bid that another's ask would have met, and is never seen crossed", () => {
    const session = new Script()
      .snapshot(20)
      .beats(500, 8000)
      .delta(3000, 'no', '0.5500', '4.00')
      .delta(3900, 'no', '0.5500', '-4.00')
      .session()
    for (const fills of FILL_MODELS) {
      const result = play(session, fills)
      expect(fillsOf(result)).toEqual(['bid 4 at 45'])
      expect(result.fills[0]?.cause).toBe('cross')
      expect(result.stale).toBe(0)
    }
  })

  it('is doubted after a lost frame and believed again after a fresh snapshot', () => {
    const session = new Script()
      .snapshot(20)
      .beats(500, 12_000)
      .lose()
      .delta(3000, 'yes', '0.4400', '10.00')
      .delta(9000, 'yes', '0.4500', '-100.00')
      .trade(9001, '0.4500', '105.00', 'ask')
      .session()
    const result = play(session, 'queue')
    expect(result.gaps).toBe(1)
    expect(fillsOf(result)).toEqual(['bid 5 at 45'])
  })
})

describe('trades without a trade channel', () => {
  /**
   * The volume rises by 120: 50 in the last trade, 70 among decreases of 60, 80 and 10 at the best.
   */
  const made = (): Session =>
    new Script()
      .snapshot(20)
      .beats(500, 5000)
      .ticker(1000, '1000.00', '0.4500', '1.00')
      .delta(1100, 'yes', '0.4500', '-60.00')
      .delta(1200, 'no', '0.5100', '-80.00')
      .delta(1250, 'yes', '0.4300', '-90.00')
      .delta(1300, 'yes', '0.4500', '200.00')
      .delta(1400, 'yes', '0.4500', '-50.00')
      .delta(1450, 'yes', '0.4500', '-10.00')
      .ticker(1800, '1120.00', '0.4500', '50.00')
      .session()

  it('are found in the book: the last by its size, the rest in proportion', () => {
    const session = made()
    const traded = session.items.flatMap((item) =>
      item.kind === 'delta' && item.change < 0 ? [`${item.traded} at ${item.price}`] : [],
    )
    expect(traded.join()).toBe('2800 at 4500,3733 at 4900,0 at 4300,5000 at 4500,466 at 4500')
    expect(session.printsFrom).toBe('tickers')
    expect(session.volume).toEqual({ seen: 12_000, placed: 11_999 })
  })

  it('stand by themselves when no decrease fits, with the side that the book tells', () => {
    const session = new Script()
      .snapshot(20)
      .ticker(1000, '1000.00', '0.4500', '1.00')
      .ticker(2000, '1007.00', '0.4900', '7.00')
      .session()
    expect(session.items.filter(({ kind }) => kind === 'print')).toEqual([
      { kind: 'print', at: T0 + 2000, price: 4900, quantity: 700, taker: 'bid' },
    ])
  })
})

describe('a run', () => {
  it('is the same every time', () => {
    for (const fills of FILL_MODELS) {
      const [one, two] = [play(sellers(), fills), play(sellers(), fills)]
      expect(JSON.stringify(one)).toBe(JSON.stringify(two))
    }
  })

  it('adds up with others', () => {
    const results = [play(sellers(), 'strict'), play(sellers(), 'optimistic')]
    const total = totalOf(results)
    expect(total.net).toBeCloseTo(26 * 0.55, 9)
    expect(total.fills).toBe(4)
    expect(total.equity.at(-1)?.[1]).toBeCloseTo(total.net, 9)
  })
})

/** Two markets at once, one of them twenty seconds longer than the other. */
const together = (between?: Parameters<typeof runTogether>[2]): Result[] => {
  const long = new Script().snapshot(20).beats(500, 30_000).trade(9000, '0.4400', '4.00', 'ask')
  const options = { ...PAPER, fills: 'strict', settled: 'yes' } as const
  const entries = [sellers(), { ...long.session(), ticker: 'KXTEST-26-B' }].map((session) => {
    return { session, options: { ...options, makerFee: session.ticker === TICKER ? 0 : 17_500 } }
  })
  return runTogether(entries, NAIVE, between)
}

describe('several markets in one run', () => {
  it('trade as they do alone, each with its own fee', () => {
    const [first, second] = together()
    expect(JSON.stringify(first)).toBe(JSON.stringify(play(sellers(), 'strict')))
    expect(fillsOf(second!)).toEqual(['bid 4 at 45'])
    // 0.0175 x 4 x 0.45 x 0.55 = 0.017325, up to the next hundredth of a cent.
    expect([first?.fees, second?.fees]).toEqual([0, 0.0174])
  })

  it('can pass on what they know, once a second and nothing from later', () => {
    const seen: [number, number, number[]][] = []
    const results = together((makers, at) => {
      const positions = makers.map(({ engine }) => engine.state.ledger.position)
      seen.push([at - T0, makers.length, positions])
      for (const { engine } of makers) expect(engine.state.feed.lastHeardAt).toBeLessThanOrEqual(at)
    })
    expect(JSON.stringify(results)).toBe(JSON.stringify(together()))
    const at = (ms: number) => seen.filter(([second]) => second === ms)
    // The trade at 5 s is heard 50 ms later; at 8 s the first recording is over.
    expect(at(5000)).toEqual([[5000, 2, [0, 0]]])
    expect(at(6000)).toEqual([[6000, 2, [300, 0]]])
    expect(at(9000)).toEqual([[9000, 1, [0]]])
    expect(at(10_000)).toEqual([[10_000, 1, [400]]])
  })

  it('tell each other what they see and hold, every five seconds and where it is news', () => {
    const heard: [string, number, SiblingsView][] = []
    const tell = siblingsTold(true)
    const results = together((makers, at) => {
      const listening = makers.map((maker) => ({
        engine: maker.engine,
        tell: (event: Event) => {
          if (event.type === 'siblings')
            heard.push([maker.engine.state.ticker, at - T0, event.view])
          maker.tell(event)
        },
      }))
      tell(listening, at)
    })
    expect(results).toHaveLength(2)
    expect(heard.map(([ticker, ms]) => [ticker, ms])).toEqual([
      [TICKER, 5000],
      ['KXTEST-26-B', 5000],
    ])
    expect(heard[0]?.[2].others).toEqual([
      { ticker: 'KXTEST-26-B', at: T0 + 5000, bid: 4500, ask: 4900, position: 0 },
    ])
  })

  it('can be told what the others know', () => {
    const told = together((makers, at) => {
      if (at !== T0 + 4000) return
      for (const maker of makers)
        maker.tell({ type: 'command', at, command: 'pause', reason: 'test' })
    })
    expect(told.map((result) => fillsOf(result))).toEqual([[], []])
  })
})

const FILE = '../shared/data/ws-kxbtc15m/btc15m-20260513T1640.frames.jsonl.gz'

describe.skipIf(!existsSync(FILE))(`a recorded session (skipped: no ${FILE})`, () => {
  it('runs under each fill model without a gap, and its accounts agree', () => {
    const sessions = sessionsOf(readRecording(FILE))
    expect(sessions).toHaveLength(2)
    const fillsBy = FILL_MODELS.map((fills) => {
      let contracts = 0
      for (const session of sessions) {
        // `run` throws where the ledger and the account differ.
        const result = play(session, fills, { settled: null, makerFee: 17_500 })
        expect(result).toMatchObject({ gaps: 0, malformed: 0 })
        expect(result.maxInventory).toBeLessThanOrEqual(50)
        expect(result.twoSided).toBeLessThanOrEqual(1)
        expect(result.orders).toBeGreaterThan(0)
        contracts += result.contracts
      }
      return contracts
    })
    const [strict = 0, , optimistic = 0] = fillsBy
    expect(optimistic).toBeGreaterThan(strict)
    expect(optimistic).toBeGreaterThan(0)
  })
})
