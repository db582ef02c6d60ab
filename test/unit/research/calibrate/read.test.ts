// What calibration makes of its three kinds of file, and what it says of a file that is none of
// them.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { DEFAULT_BLOCKS } from '../../../../research/calibrate/blocks.ts'
import { calibrate } from '../../../../research/calibrate/calibrate.ts'
import { Orders, Path } from '../../../../research/calibrate/data.ts'
import { kindOf, readMarkets } from '../../../../research/calibrate/read.ts'
import { reportOf } from '../../../../research/calibrate/report.ts'
import { formatRow, TAPE_HEADER } from '../../../../src/core/record/tape.ts'
import { parseParameters } from '../../../../src/core/vocabulary/parameters.ts'
import { tapeRowOf } from '../../../helpers/core.ts'

const folder = mkdtempSync(join(tmpdir(), 'kmm-calibrate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text)
  return file
}

const T0 = Date.parse('2026-11-24T12:00:00Z')
const TICKER = 'KXTEST-26NOV24-A'

/** Lines of a recording, each a frame at a number of milliseconds after the start. */
const recording = (frames: readonly (readonly [ms: number, type: string, msg: object])[]): string =>
  frames
    .map(([ms, type, msg], index) =>
      JSON.stringify({
        recv_ns: (T0 + ms) * 1e6,
        conn: 1,
        frame: { type, sid: 1, seq: index + 1, msg: { market_ticker: TICKER, ...msg } },
      }),
    )
    .join('\n')

const snapshot = {
  yes_dollars_fp: ['0.4800 30.00', '0.4900 10.00'].map((level) => level.split(' ')),
  no_dollars_fp: ['0.4800 30.00', '0.4900 20.00'].map((level) => level.split(' ')),
}
const delta = (side: 'yes' | 'no', price: string, change: string): object => ({
  side,
  price_dollars: price,
  delta_fp: change,
})
const trade = (price: string, count: string, taker: 'yes' | 'no', id: string): object => ({
  trade_id: id,
  yes_price_dollars: price,
  no_price_dollars: (1 - Number(price)).toFixed(4),
  count_fp: count,
  taker_side: taker,
})

describe('a recording', () => {
  const text = recording([
    [0, 'orderbook_snapshot', snapshot],
    // A buyer takes all of the ask at 51 and some of the one at 52; the book says so 20 ms before.
    [60_000, 'orderbook_delta', delta('no', '0.4900', '-20.00')],
    [60_000, 'orderbook_delta', delta('no', '0.4800', '-5.00')],
    [60_020, 'trade', trade('0.5100', '20.00', 'yes', 'a')],
    [60_020, 'trade', trade('0.5200', '5.00', 'yes', 'b')],
    [120_000, 'orderbook_delta', delta('no', '0.4900', '7.00')],
    [180_000, 'trade', trade('0.4900', '2.00', 'no', 'c')],
    [240_000, 'orderbook_delta', delta('yes', '0.4800', '1.00')],
  ])

  it('gives the top of the book, and orders with the touch that they met', () => {
    const [market] = readMarkets([fileOf('session.frames.jsonl.gz', text)])
    expect(market!.ticker).toBe(TICKER)
    const tops = market!.stretches.map(({ from, to, bid, ask }) => [from - T0, to - T0, bid, ask])
    expect(tops).toEqual([
      [0, 60_000, 4900, 5100],
      [60_000, 120_000, 4900, 5200],
      [120_000, 240_000, 4900, 5100],
    ])
    expect(market!.orders).toMatchObject([
      { taker: 'bid', first: 51, deepest: 52, contracts: 25, touch: 51, fair: 50, weight: 1 },
      { taker: 'ask', first: 49, deepest: 49, contracts: 2, touch: 49, fair: 50 },
    ])
  })

  it('takes several changes in one millisecond for one', () => {
    const burst = recording([
      [0, 'orderbook_snapshot', snapshot],
      [1000, 'orderbook_delta', delta('no', '0.4900', '-20.00')],
      [1000, 'orderbook_delta', delta('yes', '0.5100', '9.00')],
      [2000, 'orderbook_delta', delta('yes', '0.5100', '1.00')],
    ])
    const [market] = readMarkets([fileOf('burst.jsonl', burst)])
    expect(market!.stretches.map(({ mid }) => mid)).toEqual([50, 51.5, 51.5])
    const { moves } = calibrate(market!, DEFAULT_BLOCKS)
    expect(moves!.sigma.n).toBe(1)
  })

  it('does not take the move across a hole for one', () => {
    const path = new Path()
    path.mid(T0, 50, 1)
    path.lose(T0 + 1000)
    path.mid(T0 + 3000, 51, 1)
    path.lose(T0 + 4000)
    path.mid(T0 + 10_000, 60, 1)
    expect(path.stretches.map(({ joined }) => joined)).toEqual([false, true, false])
  })

  it.each([
    ['is no JSON', `${text}\n{"recv_ns":1,`, 'line 9: found {"recv_ns":1,'],
    ['has no time', `${text}\n{"conn":1}`, 'line 9: found {"conn":1}, wanted numbers recv_ns'],
    [
      'has a price that is none',
      `${text.replace('"price_dollars":"0.4900"', '"price_dollars":"cheap"')}`,
      'line 2: delta price_dollars',
    ],
  ])('names the line that %s', (_, broken, said) => {
    const file = fileOf('broken.jsonl', broken)
    expect(() => readMarkets([file])).toThrow(said)
    expect(() => readMarkets([file])).toThrow(file)
  })
})

describe('a tape', () => {
  const row = (second: number, mid: number | null): string =>
    formatRow(tapeRowOf({ at: T0 + 1000 * second, ticker: TICKER, mid }))
  const rows = Array.from({ length: 600 }, (_, s) => row(s, s % 60 < 30 ? 50 : 51))

  it('gives sigma alone, and says so', () => {
    const file = fileOf('tape.csv', [TAPE_HEADER, ...rows].join('\n'))
    const [market] = readMarkets([file])
    const found = calibrate(market!, DEFAULT_BLOCKS)
    expect(found.moves!.sigma.n).toBe(19)
    // Each move undoes the last: hardly anything of 19 cents^2 in 599 s remains.
    expect(found.moves!.sigma.value).toBeCloseTo(Math.sqrt(((1 / 20) * 19) / 599), 6)
    expect(found.takers).toBeNull()
    expect(found.touch).toBeNull()
    expect(reportOf(found)).toContain('only sigma comes from it')
  })

  it('knows nothing between rows that are far apart, or without a mid', () => {
    const holes = [row(0, 50), row(1, 50), row(90, 55), row(91, null)]
    const [market] = readMarkets([fileOf('holes.csv', holes.join('\n'))])
    expect(market!.stretches).toMatchObject([
      { from: T0, to: T0 + 1000, mid: 50 },
      { mid: 55, joined: false },
    ])
  })

  it('names the line that is no row', () => {
    const file = fileOf('bad.csv', [TAPE_HEADER, row(0, 50), 'yesterday,a,b'].join('\n'))
    expect(() => readMarkets([file])).toThrow(`Reading ${file} failed at line 3: Could not read`)
  })
})

describe('a list of trades', () => {
  const listed = (second: number, price: number, count: number, taker: string): object => ({
    trade_id: `t-${second}-${price}`,
    ticker: TICKER,
    created_time: new Date(T0 + 1000 * second).toISOString(),
    yes_price: price,
    no_price: 100 - price,
    count,
    taker_side: taker,
  })
  // Newest first; the first order swept from 51 to 53.
  const list = [
    listed(300, 49, 3, 'no'),
    listed(200, 51, 1, 'yes'),
    listed(100, 53, 2, 'yes'),
    listed(100, 51, 4, 'yes'),
  ]

  it('gives orders in the order of time, as deep as they swept', () => {
    for (const text of [list, { trades: list, cursor: '' }, { [TICKER]: list, 'KXTEST-B': [] }]) {
      const [market, other] = readMarkets([fileOf('list.json', JSON.stringify(text))])
      expect(market!.orders).toMatchObject([
        { taker: 'bid', first: 51, deepest: 53, contracts: 6 },
        { taker: 'bid', first: 51, deepest: 51, contracts: 1 },
        { taker: 'ask', first: 49, deepest: 49, contracts: 3 },
      ])
      if (other !== undefined) {
        expect(reportOf(calibrate(other, DEFAULT_BLOCKS))).toContain('nothing to estimate from')
      }
    }
  })

  it('reads the strings of today, and leaves block trades out', () => {
    const { yes_price: _, count: __, taker_side: ___, ...rest } = list[0] as Record<string, unknown>
    const sold = { taker_book_side: 'ask', taker_outcome_side: 'no' }
    const today = { ...rest, yes_price_dollars: '0.4950', count_fp: '2.50', ...sold }
    const text = JSON.stringify([{ ...today, is_block_trade: true }, today])
    const [market] = readMarkets([fileOf('today.json', text)])
    expect(market!.orders).toMatchObject([{ taker: 'ask', first: 49.5, contracts: 2.5 }])
  })

  it('takes what was traded before for the fair price, and says so', () => {
    const [market] = readMarkets([fileOf('bare.json', JSON.stringify(list))])
    expect(market!.orders.map(({ fair }) => fair)).toEqual([Number.NaN, 51, 51])
    expect(market!.notes.join()).toContain('an average of about ten orders before')
  })

  it('takes the mid of a tape of the same market where there is one', () => {
    const tape = [0, 1, 2, 3, 4].map(
      (s) => `${new Date(T0 + (98 + s) * 1000).toISOString()},${TICKER},50.5,,,0,0,0,`,
    )
    const files = [fileOf('some.json', JSON.stringify(list)), fileOf('some.csv', tape.join('\n'))]
    const [market, none] = readMarkets(files)
    expect(none).toBeUndefined()
    // The others came when nothing was known.
    expect(market!.orders).toMatchObject([{ first: 51, deepest: 53, fair: 50.5 }])
    expect(market!.notes).toEqual(['the fair price of the trades is the mid of the tape'])
  })

  it.each([
    ['is no JSON', '[\n{"a":1},\n{"a":]', 'line 3'],
    [
      'has no time',
      JSON.stringify([list[0], { ticker: 'A' }], null, 1),
      'trade 2: found created_time',
    ],
    [
      'has no price',
      `[\n${JSON.stringify(list[0])},\n${JSON.stringify({ ...list[1], yes_price: 100 })}]`,
      'line 3, trade 2: found yes price 100',
    ],
    ['is no list', '{"error":"no"}', 'line 1: found error, wanted lists of trades'],
  ])('names the place that %s', (_, text, said) => {
    const file = fileOf('wrong.json', text)
    expect(() => readMarkets([file])).toThrow(said)
    expect(() => readMarkets([file])).toThrow(file)
  })
})

describe('a file', () => {
  it('is known by its beginning', () => {
    expect(kindOf(`${TAPE_HEADER}\n`)).toBe('tape')
    expect(kindOf('2026-11-24T12:00:00.000Z,A,50')).toBe('tape')
    expect(kindOf('{"conn":1,"recv_ns":5}\n')).toBe('frames')
    expect(kindOf('\n{"trades":[]}')).toBe('trades')
    expect(kindOf('<html>')).toBeNull()
  })

  it('is refused when it is empty, or none of the three', () => {
    const empty = fileOf('empty.json', ' \n')
    expect(() => readMarkets([empty])).toThrow(`Reading ${empty} failed: found an empty file`)
    const page = fileOf('page.html', '<html>\n</html>')
    expect(() => readMarkets([page])).toThrow(
      `Reading ${page} failed at line 1: found <html>, wanted a recording, a tape or a list of trades`,
    )
  })
})

describe('the command', () => {
  const run = (...words: string[]) => {
    const script = new URL('../../../../cli/calibrate.ts', import.meta.url).pathname
    return spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' })
  }

  it('prints what machines read, and ends with 2 and a reason where it cannot', () => {
    const tape = [0, 1, 2].map((s) => `2026-11-24T12:00:0${s}.000Z,A,5${s},,,0,0,0,`).join('\n')
    const good = run('--json', '--seed', '9', fileOf('three.csv', tape))
    expect(good.stderr).toBe('')
    expect(JSON.parse(good.stdout)).toMatchObject([
      { ticker: 'A', kinds: ['tape'], seed: 9, moves: { sigma: { n: 2, low: null } } },
    ])
    const bad = run(join(folder, 'absent.csv'))
    expect(bad.status).toBe(2)
    expect(bad.stderr).toContain('absent.csv failed: found no such file')
  })
})

describe('prints of one taker', () => {
  it('are one order within 50 ms, as sure as the surest, with the contracts expected', () => {
    const orders = new Orders()
    const base = { taker: 'ask', touch: 49, fair: 50, tick: 1 } as const
    orders.add({ ...base, at: 0, price: 49, contracts: 10, weight: 0.5 })
    orders.add({ ...base, at: 50, price: 48, contracts: 20, weight: 1 })
    orders.add({ ...base, at: 51, price: 49, contracts: 1, weight: 1 })
    expect(orders.orders).toMatchObject([
      { deepest: 48, contracts: 25, weight: 1 },
      { deepest: 49, contracts: 1 },
    ])
  })
})

const DATA = new URL('../../../../../shared/data/', import.meta.url).pathname
const SESSION = join(DATA, 'ws-kxbtc15m/btc15m-20260513T1640.frames.jsonl.gz')
const WEATHER = join(DATA, 'trades-weather/kxhighny-2024-11-10.trades.json.gz')

/** Enough draws for what is asked here. */
const FEWER = { ...DEFAULT_BLOCKS, draws: 40 }

describe('real markets', () => {
  it.skipIf(!existsSync(SESSION))(
    'recorded as frames are live ones (skipped: no recordings)',
    () => {
      const found = readMarkets([SESSION]).map((market) => calibrate(market, FEWER))
      expect(found).toHaveLength(2)
      for (const { moves, takers, touch, suggestion } of found) {
        for (const estimate of [moves!.sigma, takers!.buyers, touch!.meanSpread]) {
          expect(estimate.low).toBeLessThanOrEqual(estimate.value)
          expect(estimate.high).toBeGreaterThanOrEqual(estimate.value)
        }
        expect(takers!.k.n).toBeGreaterThan(100)
        expect(parseParameters(suggestion.body).ok).toBe(true)
        expect(suggestion.body.strategy.preset).toBe('live')
      }
    },
  )

  it.skipIf(!existsSync(WEATHER))('listed as trades have a k and an A (skipped: no lists)', () => {
    const found = readMarkets([WEATHER]).map((market) => calibrate(market, FEWER))
    expect(found).toHaveLength(6)
    const busiest = found.find(({ ticker }) => ticker.endsWith('B57.5'))!
    expect(busiest.takers!.k.value).toBeGreaterThan(0.3)
    expect(busiest.takers!.k.value).toBeLessThan(2)
    for (const { suggestion } of found) expect(parseParameters(suggestion.body).ok).toBe(true)
  })
})
