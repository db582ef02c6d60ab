// The licence test: the worked numbers, and real data on which the answer has to be no.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { levelAt, UNLICENSED } from '../../../../src/signals/common/licence-state.ts'
import {
  afterFailedCheck,
  afterVerdict,
  judge,
  LEAST_RESULTS,
  type LicenceVerdict,
  nextWindow,
} from '../../../../src/signals/licence/licence.ts'
import {
  fixtureDay,
  fixtureOf,
  type Observation,
  observe,
  type ShadowRow,
} from '../../../../src/signals/licence/observations.ts'
import { type Scored, scores, skill } from '../../../../src/signals/licence/statistics.ts'
import { Basis } from '../../../../src/signals/signal/basis.ts'
import { mulberry32 } from '../../../../src/statistics/random.ts'
import { close } from '../../../helpers/tables.ts'

const DATA = '../shared/oracle-data'
const PAIRS = join(DATA, 'kalshi-polymarket-pairs/fed-decision-pairs.csv.gz')
const OUTCOMES = join(DATA, 'devig-outcomes-mlb/mlb-devig-outcomes-2026-08.csv.gz')

const csv = (path: string): string[][] =>
  gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','))

describe('statistics', () => {
  const alpha = [
    0.5, 0.8, -0.4, 1.2, 0.3, -0.9, -0.6, 0.2, 0.7, -1.1, 0.4, 0.9, 0.6, -0.3, 0.5, -0.7, -0.2, 1,
    0.3, 0.8, -0.5,
  ]
  const move = [
    0.6, 1.5, -1, 0.5, -0.5, -2, -0.5, 0, 1, -0.5, 1, 2, 0, -0.5, -1, -1.5, 0.5, 1, 0.5, 0.5, -1,
  ]
  const cluster = [0, 0, 0, 1, 1, 2, 2, 2, 3, 4, 4, 5, 5, 5, 6, 7, 7, 8, 9, 9, 10]
  const observations = alpha.map((a, i) => ({ alpha: a, move: move[i]!, cluster: `${cluster[i]}` }))

  it('draw from a known generator', () => {
    const random = mulberry32(42)
    const wanted = [0.6011037519, 0.448290559, 0.8524657935, 0.6697340414, 0.1748138987]
    for (const value of wanted) expect(random()).toBeCloseTo(value, 10)
  })

  it('are the worked numbers', () => {
    const got = skill(observations)
    expect(got).toMatchObject({ observations: 21, clusters: 11, t: expect.closeTo(3.20415, 5) })
    expect(got.meanD * 21).toBeCloseTo(11.43, 10)
    expect(got).toMatchObject(
      close(8, { meanD: 0.54428571, standardError: 0.16986898, beta: 1.0910031 }),
    )
    expect(got.bootstrap).toMatchObject(close(8, { q0167: 0.14266667, q95: 0.787 }))
  })

  it('of results are the worked scores', () => {
    const y = [1, 0, 1, 1, 0, 0, 1, 0]
    const mid = [0.6, 0.45, 0.7, 0.52, 0.3, 0.55, 0.8, 0.2]
    const ext = [0.64, 0.42, 0.73, 0.55, 0.27, 0.5, 0.83, 0.18]
    const got = scores(y.map((yes, i) => ({ yes: yes === 1, mid: mid[i]!, forecast: ext[i]! })))
    expect(got.gain).toBeCloseTo(0.144425 - 0.1207, 10)
  })

  it('of results have the bound of a bootstrap of whole games', () => {
    // Both scores of a game are drawn together; B = 2000.
    const rows = Array.from({ length: 20 }, (_, i) => ({
      yes: true,
      mid: 0.5 + i / 100,
      forecast: 0.5 + ((7 * i) % 20) / 100,
    }))
    const gains = rows.map(({ mid, forecast }) => (1 - mid) ** 2 - (1 - forecast) ** 2)
    const random = mulberry32(42)
    const draws = Array.from({ length: 2000 }, () => {
      let sum = 0
      for (let i = 0; i < 20; i++) sum += gains[Math.floor(random() * 20)]!
      return sum / 20
    }).sort((a, b) => a - b)
    expect(scores(rows).upper95).toBeCloseTo(draws[Math.floor(0.95 * 1999)]!, 12)
    expect(scores([]).upper95).toBeNaN()
  })

  it('of nothing are no numbers, and no licence', () => {
    expect(skill([]).meanD).toBeNaN()
    const verdict = judge([], 0)
    expect(verdict).toMatchObject({ licensed: false, revoke: false })
    expect(verdict.reasons).toContain('no-observations')
  })
})

describe('pairing', () => {
  const row = (at: number, kalshiMid: number, ticker = 'A-1-X'): ShadowRow => ({
    ...{ at, ticker, kalshiMid },
    ...{ cluster: fixtureOf(ticker), pExt: 0.5, alpha: 1 },
  })
  const rule = { exitFrom: 600, exitTo: 2400, lagFrom: 0, lagTo: 0 }

  it('takes the first row inside the window, of the same ticker only', () => {
    const rows = [row(0, 50), row(599, 51), row(600, 52), row(700, 99), row(650, 1, 'B-2-Y')]
    expect(observe(rows, rule)[0]).toEqual({ alpha: 1, move: 2, cluster: '1' })
  })

  it('leaves out a decision whose window is empty', () => {
    expect(observe([row(0, 50), row(2401, 52)], rule)).toEqual([])
    expect(observe([row(0, 50), row(2400, 52)], rule)).toHaveLength(1)
  })

  it('lags the entry so that noise at the decision does not count', () => {
    const lagged = { ...rule, lagFrom: 300, lagTo: 3600 }
    const rows = [row(0, 40), row(300, 50), row(900, 51)]
    expect(observe(rows, lagged)).toEqual([{ alpha: 1, move: 1, cluster: '1' }])
  })

  it('puts the decisions of all tickers in order of time, whatever their names', () => {
    const rows = [row(1000, 50, 'A-2-X'), row(1600, 51, 'A-2-X')]
    const earlier = [row(0, 40, 'B-1-X'), row(600, 42, 'B-1-X')]
    const clusters = observe([...rows, ...earlier], rule).map(({ cluster }) => cluster)
    expect(clusters).toEqual(['1', '2'])
  })

  it('names clusters by fixture, and by day where a market lives long', () => {
    expect(fixtureOf('KXMLBGAME-26AUG072015COLSTL-COL')).toBe('26AUG072015COLSTL')
    expect(fixtureDay('KXFED-26JUL-H0', 86_400_000 * 3 + 5)).toBe('26JUL/3')
  })
})

describe.skipIf(!existsSync(PAIRS))('rate decisions of July 2026 (recording at hand)', () => {
  const rows = existsSync(PAIRS)
    ? csv(PAIRS)
        .map(([time = '', ticker = '', ...quotes]) => {
          const [kBid, kAsk, pBid, pAsk] = quotes.map(Number)
          const present = quotes.length === 4 && quotes.every((text) => text !== '')
          const at = Date.parse(time)
          const mid = (kBid! + kAsk!) / 2
          const narrow = (bid: number, ask: number): boolean =>
            bid > 0 && ask < 1 && ask - bid <= 0.06 + 1e-9
          // A row that fails here is no decision, but it still is a later price.
          const both = narrow(kBid!, kAsk!) && narrow(pBid!, pAsk!)
          const good = present && both && mid > 0.03 && mid < 0.97
          return { at, ticker, good, mid: 100 * mid, ext: (pBid! + pAsk!) / 2 }
        })
        .sort((a, b) => a.at - b.at)
    : []

  const log = (alphaOf: (row: (typeof rows)[number]) => number | null): ShadowRow[] =>
    rows.map((row) => ({
      at: row.at,
      ticker: row.ticker,
      cluster: fixtureDay(row.ticker, row.at),
      kalshiMid: row.mid,
      pExt: row.ext,
      alpha: (row.good ? alphaOf(row) : null) ?? Number.NaN,
    }))

  const clamp = (value: number): number => Math.min(Math.max(value, -3), 3)
  const raw = (): ShadowRow[] => log((row) => clamp(0.25 * (100 * row.ext - row.mid)))
  const withoutBasis = (gain: number): ShadowRow[] => {
    const bases = new Map<string, { basis: Basis; seen: number }>()
    return log((row) => {
      let held = bases.get(row.ticker)
      if (held === undefined) bases.set(row.ticker, (held = { basis: new Basis(), seen: 0 }))
      const x = held.basis.observe(100 * row.ext - row.mid, row.at)
      return held.seen++ < 8 ? null : clamp(gain * x)
    })
  }
  const at = (shadow: ShadowRow[], lagged: boolean): Observation[] =>
    observe(shadow, {
      ...{ exitFrom: 600_000, exitTo: 2_400_000 },
      ...{ lagFrom: lagged ? 300_000 : 0, lagTo: lagged ? 3_600_000 : 0 },
    })

  const refused = (verdict: LicenceVerdict): void => {
    expect(verdict.licensed).toBe(false)
    expect(verdict.reasons).toContain('too-few-clusters')
    expect(verdict.reasons).toContain('bound-includes-zero')
  }

  it('refuse and revoke a quarter of the raw gap', () => {
    const verdict = judge(at(raw(), false), 0)
    expect(verdict.statistics).toMatchObject({
      ...{ observations: 752, clusters: 9, t: expect.closeTo(-3.4187, 4) },
      ...close(8, { meanD: -0.32060485, standardError: 0.09377959, beta: 0.04058769 }),
    })
    refused(verdict)
    expect(verdict.revoke).toBe(true)
  })

  it('refuse and revoke it with a lagged entry', () => {
    const verdict = judge(at(raw(), true), 0)
    expect(verdict.statistics).toMatchObject({
      ...{ observations: 738, t: expect.closeTo(-3.5449, 4) },
      ...close(8, { meanD: -0.32954438, beta: 0.02562502 }),
    })
    refused(verdict)
    expect(verdict.revoke).toBe(true)
  })

  it('do not license a twentieth of the gap beyond the basis, though its size is right', () => {
    const verdict = judge(at(withoutBasis(0.05), false), 0)
    expect(verdict.statistics).toMatchObject({
      ...{ observations: 688, t: expect.closeTo(1.4733, 4) },
      ...close(8, { meanD: 0.00327194, standardError: 0.00222085, beta: 0.90478475 }),
    })
    refused(verdict)
    expect(verdict.reasons).not.toContain('beta-out-of-range')
    expect(verdict.revoke).toBe(false)
    const lagged = skill(at(withoutBasis(0.05), true))
    expect(lagged).toMatchObject({ observations: 674, t: expect.closeTo(0.5133, 4) })
    expect(lagged.meanD).toBeCloseTo(0.00137826, 8)
  })

  it('refuse and revoke a quarter of it', () => {
    const verdict = judge(at(withoutBasis(0.25), false), 0)
    const wanted = { ...close(8, { meanD: -0.06447188 }), ...close(4, { t: -3.4053 }) }
    expect(verdict.statistics).toMatchObject(wanted)
    refused(verdict)
    expect(verdict.revoke).toBe(true)
  })
})

describe.skipIf(!existsSync(OUTCOMES))(
  'baseball results of August 2026 (recording at hand)',
  () => {
    it('prove nothing about the consensus of sportsbooks', () => {
      const games: Scored[] = csv(OUTCOMES).map((fields) => ({
        yes: fields.at(-1) === 'yes',
        mid: (Number(fields[6]) + Number(fields[7])) / 2,
        forecast: Number(fields[12]),
      }))
      const got = scores(games)
      expect(got).toMatchObject({
        games: 60,
        ...close(8, { gain: 0.00045855 }),
      })
      expect(got.upper95).toBeGreaterThan(0)
    })
  },
)

describe('licence', () => {
  /** Games in which the skew is right by `share` of the move. */
  const world = (games: number, truth: number, seed = 7): Observation[] => {
    const random = mulberry32(seed)
    return Array.from({ length: games * 10 }, (_, i) => {
      const alpha = random() - 0.5
      const noise = (random() + random() + random() - 1.5) * 1.5
      return { alpha, move: truth * alpha + noise, cluster: String(Math.floor(i / 10)) }
    })
  }

  it('is granted where the skew is true, at 60 games and not at 59', () => {
    const short = judge(world(59, 1), 0)
    expect(short).toMatchObject({ reasons: ['too-few-clusters'], look: -1 })
    const verdict = judge(world(60, 1), 0)
    expect(verdict).toMatchObject({ licensed: true, revoke: false, reasons: [], look: 0 })
    const state = afterVerdict(UNLICENSED, verdict, 1000)
    expect(state).toMatchObject({ level: 1, looksUsed: 1, grantedAt: 1000 })
  })

  it('is not granted where the skew is noise, is wrong, or is far too large', () => {
    expect(judge(world(120, 0), 0).licensed).toBe(false)
    const wrong = judge(world(120, -1), 0)
    expect(wrong.reasons).toEqual(expect.arrayContaining(['wrong-sign', 'harmful']))
    expect(wrong.revoke).toBe(true)
    const large = world(240, 1).map((each) => ({ ...each, alpha: 4 * each.alpha }))
    expect(judge(large, 0).reasons).toContain('beta-out-of-range')
    const small = world(240, 4).map((each) => ({ ...each, alpha: 0.5 * each.alpha }))
    expect(judge(small, 0).reasons).toEqual(['beta-out-of-range'])
  })

  it('does not repeat a look: a used one is gone until the next number of games', () => {
    expect(judge(world(100, 1), 1).reasons).toEqual(['look-already-used'])
    expect(judge(world(120, 1), 1)).toMatchObject({ licensed: true, look: 1 })
    expect(judge(world(500, 1), 3)).toMatchObject({ licensed: false, look: -1 })
    const used = afterVerdict(UNLICENSED, judge(world(130, 0), 0), 5)
    expect(used).toMatchObject({ level: 0, looksUsed: 2 })
  })

  it('rises to its second level only on a second window, and no higher', () => {
    const yes = judge(world(60, 1), 0)
    const first = afterVerdict(UNLICENSED, yes, 1)
    expect(judge(world(60, 1), first.looksUsed).licensed).toBe(false)
    const second = afterVerdict(nextWindow(first), judge(world(60, 1, 8), 0), 2)
    expect(second.level).toBe(2)
    expect(afterVerdict(nextWindow(second), yes, 3).level).toBe(2)
    expect(nextWindow(UNLICENSED)).toBe(UNLICENSED)
  })

  it('ends at once by harm, by fills that fare worse, by scores, and by two failed checks', () => {
    const held = { ...UNLICENSED, level: 1 as const, looksUsed: 1 }
    expect(afterVerdict(held, judge(world(30, -1), 1), 9)).toMatchObject({ level: 0 })
    const markout = { difference: -0.4, t: -2.5 }
    const worse = judge(world(30, 1), 1, { markout })
    expect(worse.revoke).toBe(true)
    // What is said of a licence that ended is what ended it, and not what else was missing.
    expect(worse.reasons).toEqual(['too-few-clusters', 'bound-includes-zero', 'markout-worse'])
    expect(afterVerdict(held, worse, 9)).toMatchObject({ level: 0, ended: 'markout-worse' })
    expect(judge(world(30, 1), 1, { markout: { difference: -0.4, t: -1.9 } }).revoke).toBe(false)
    const lost = (_: unknown, i: number) => ({
      yes: i % 2 === 0,
      mid: 0.5,
      forecast: 0.4 + (i % 2) / 5,
    })
    const bad = scores(Array.from({ length: 50 }, lost))
    const vetoed = judge(world(60, 1), 0, { scores: bad })
    expect(vetoed).toMatchObject({ licensed: false, revoke: true, reasons: ['scores-veto'] })
    expect(afterVerdict(held, vetoed, 9)).toMatchObject({ level: 0, ended: 'scores-veto' })
    const once = afterFailedCheck(held, 1000)
    expect(once.level).toBe(1)
    expect(afterFailedCheck(once, 1000 + 86_400_000).level).toBe(1)
    expect(afterFailedCheck(once, 2000)).toMatchObject({ level: 0, ended: 'mapping-failed-twice' })
  })

  it('is not vetoed by a handful of results', () => {
    const lost = (games: number): Scored[] =>
      Array.from({ length: games }, () => ({ yes: true, mid: 0.6, forecast: 0.5 }))
    const few = judge(world(60, 1), 0, { scores: scores(lost(LEAST_RESULTS - 1)) })
    expect(few).toMatchObject({ licensed: true, revoke: false })
    const enough = judge(world(60, 1), 0, { scores: scores(lost(LEAST_RESULTS)) })
    expect(enough).toMatchObject({ licensed: false, revoke: true })
  })

  it('that ends forgets its gain', () => {
    const held = { ...UNLICENSED, level: 1 as const, looksUsed: 1, gain: 0.2 }
    expect(afterVerdict(held, judge(world(30, 1), 1), 9).gain).toBe(0.2)
    expect(afterVerdict(held, judge(world(30, -1), 1), 9).gain).toBeNull()
    expect(afterFailedCheck(afterFailedCheck(held, 1), 2).gain).toBeNull()
    expect(UNLICENSED.gain).toBeNull()
  })

  it('judges harm on the last 60 games alone', () => {
    const later = world(60, -1).map((each) => ({ ...each, cluster: `later ${each.cluster}` }))
    const verdict = judge([...world(240, 1), ...later], 0)
    expect(verdict.statistics.meanD).toBeGreaterThan(0)
    expect([verdict.recent.clusters, verdict.revoke]).toEqual([60, true])
  })

  it('expires after 30 days or with the season', () => {
    const held = { ...UNLICENSED, level: 1 as const, grantedAt: 1000 }
    const month = 30 * 86_400_000
    expect([levelAt(held, 1000 + month, 9e15), levelAt(held, 1001 + month, 9e15)]).toEqual([1, 0])
    expect([levelAt(held, 2000, 2000), levelAt(held, 999, 9e15)]).toEqual([0, 0])
    expect(levelAt(UNLICENSED, 2000, 9e15)).toBe(0)
  })
})
