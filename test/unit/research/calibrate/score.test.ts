// Scoring estimators of volatility: on a path whose variance is known, strictly from the past, and
// a plain word for every kind of recording that is missing.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Path } from '../../../../research/calibrate/data.ts'
import { CONTENDERS } from '../../../../research/calibrate/score/candidates.ts'
import {
  type Kind,
  kindsIn,
  type MidPath,
} from '../../../../research/calibrate/score/recordings.ts'
import { linesOf, MOVES, scoreOf } from '../../../../research/calibrate/score/score.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'

const T0 = Date.parse('2026-05-13T15:00:00Z')
const DAY = 86_400_000

/** A fair coin moves the mid by a cent each second, for three hours: 1 cent^2 a second. */
const walk = (until = 10_800, after: (s: number) => number = () => 0): MidPath => {
  const dice = mulberry32(20_261_203)
  const path = new Path()
  let mid = 50
  for (let s = 0; s <= 10_800; s++) {
    mid += (mid > 90 || (mid > 10 && dice() < 0.5) ? -1 : 1) * (s < until ? 1 : 0)
    path.mid(T0 + 1000 * s, mid + (s < until ? 0 : after(s)), 1)
  }
  path.lose(T0 + 10_801_000)
  const { stretches } = path
  return { ticker: 'W', expectedAt: T0 + 30 * DAY, eventTimeKnown: false, stretches, orders: [] }
}

const kind = (...paths: MidPath[]): Kind => ({ name: 'walks', paths, skipped: null })

describe('scoring estimators of volatility', () => {
  it('finds the product right, and near the best possible score, where the truth is known', () => {
    const { paths, rows } = scoreOf(kind(walk()))
    expect(paths).toBe(1)
    const row = rows.find(({ candidate }) => candidate === 'product')!
    for (const [index, seconds] of MOVES.entries()) {
      expect(row.ratios[index]).toBeGreaterThan(0.7)
      expect(row.ratios[index]).toBeLessThan(1.4)
      // x^2/v + ln v at v = x^2's mean: 1 + ln of it. Between 10 and 90 c a walk reflects a little.
      expect(row.scores[index]).toBeGreaterThan(0.6 + Math.log(seconds))
      expect(row.scores[index]).toBeLessThan(1.4 + Math.log(seconds))
    }
  })

  it('lets no candidate see what comes later', () => {
    // Two paths that are one until the last ten minutes, and takers who come only then.
    const order = { taker: 'bid', first: 50, deepest: 50, tick: 1, weight: 1 } as const
    const orders = [
      { ...order, at: T0 + 10_300_000, contracts: 999, touch: Number.NaN, fair: Number.NaN },
    ]
    const other = { ...walk(10_200, (s) => (s % 7) * 3), orders }
    for (const { name, make } of CONTENDERS) {
      const named = [walk(10_200), other].map((path) => {
        const candidate = make(path, [path])
        const past = path.stretches.filter(({ from }) => from <= T0 + 10_000_000)
        for (const { mid, from, tick } of past) candidate.onMid(mid, from, tick)
        return candidate.variance(T0 + 10_000_000, past.at(-1)!.mid, DAY / 1000, 60)
      })
      expect(named[0], name).toBe(named[1])
      expect(named[0], name).toBeGreaterThan(0)
    }
  })

  it('passes over a kind without enough changes, and says so', () => {
    const path = walk()
    const score = scoreOf(kind({ ...path, stretches: path.stretches.slice(0, 5) }))
    expect(linesOf(score)).toEqual([
      '| walks | passed over: no path with 20 changes of the mid | | | |',
    ])
  })
})

describe('the kinds of recordings', () => {
  it('are named when they are absent', () => {
    const kinds = [...kindsIn('/nowhere')]
    expect(kinds.length).toBeGreaterThan(5)
    for (const { skipped, paths } of kinds) {
      expect(skipped).toContain('absent: no ')
      expect(paths).toEqual([])
    }
  })

  it('are read, each as its recorder wrote it', () => {
    const root = mkdtempSync(join(tmpdir(), 'kmm-score-'))
    const write = (folder: string, name: string, lines: readonly string[]): void => {
      mkdirSync(join(root, folder))
      writeFileSync(join(root, folder, name), gzipSync(`${lines.join('\n')}\n`))
    }
    write('bbo-weather-2025', 'a.bbo.csv.gz', [
      'timestamp,market_ticker,best_yes_bid,best_no_bid,implied_no_ask,implied_yes_ask',
      '2025-12-14T07:00:00.000000,KXHIGHNY-25DEC14-T34,40,56,60,44',
      '2025-12-14T07:00:05.500000,KXHIGHNY-25DEC14-T34,41,56,59,44',
      '2025-12-14T07:00:06.000000,KXHIGHNY-25DEC14-T34,9,37,91,63',
    ])
    write('bbo-worldcup-2026', 'b.jsonl.gz', [
      '{"ts":1783017245288,"ticker":"KXMENWORLDCUP-26-ES","yes_bid":10.1,"yes_ask":10.299999999999997}',
      '{"ts":1783017248594,"ticker":"KXMENWORLDCUP-26-ES","yes_bid":null,"yes_ask":10.3}',
    ])
    write('ws-spx-cents-2023', 'c.frames.jsonl.gz', [
      '{"recv_ns":1681392661000000000,"conn":1,"frame":{"type":"orderbook_snapshot","msg":{"market_ticker":"SPX","yes":[[48,3],[40,2]],"no":[[48,9]]}}}',
      '{"recv_ns":1681392662000000000,"conn":1,"frame":{"type":"orderbook_delta","msg":{"market_ticker":"SPX","price":48,"delta":-3,"side":"yes"}}}',
      '{"recv_ns":1681392663000000000,"conn":1,"frame":{"type":"orderbook_delta","msg":{"market_ticker":"SPX","price":47,"delta":5,"side":"yes"}}}',
    ])
    write('trades-weather', 'd.trades.json.gz', [
      JSON.stringify({
        'KXHIGHNY-24NOV10-T55': [
          ['2024-11-10T12:00:09Z', 'no', 38],
          ['2024-11-10T12:00:00Z', 'yes', 41],
        ].map(([created_time, taker_side, yes_price]) => ({
          ticker: 'KXHIGHNY-24NOV10-T55',
          count: 5,
          created_time,
          taker_side,
          yes_price,
        })),
      }),
    ])
    const found = new Map([...kindsIn(root)].map(({ name, paths }) => [name, paths]))
    rmSync(root, { recursive: true })
    const midsOf = (name: string): number[] => found.get(name)![0]!.stretches.map(({ mid }) => mid)
    // The third row is 54 c wide: no mid that anybody believes.
    expect(midsOf('weather, books')).toEqual([42, 42.5])
    expect(found.get('weather, books')![0]!.expectedAt).toBe(Date.parse('2025-12-14T21:00:00Z'))
    expect(midsOf('football winner')).toEqual([10.2])
    expect(midsOf('S&P 500 range, one day')).toEqual([50, 46, 49.5])
    expect(found.get('S&P 500 range, one day')![0]!.expectedAt).toBe(
      Date.parse('2023-04-13T20:00:00Z'),
    )
    expect(midsOf('weather, trades')).toEqual([39.5])
    expect(found.get('weather, trades')![0]!.expectedAt).toBe(Date.parse('2024-11-11T05:00:00Z'))
  })
})
