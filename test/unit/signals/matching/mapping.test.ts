// The checks that an operator's mapping must pass at every look.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  type Mapping,
  readMapping,
  SAME_QUESTION,
} from '../../../../src/signals/mapping/mapping-config.ts'
import { type ParsedTicker, parseTicker } from '../../../../src/signals/mapping/ticker.ts'
import { propose } from '../../../../src/signals/matching/propose.ts'
import {
  type ExternalRows,
  type KalshiFacts,
  verifySource,
} from '../../../../src/signals/matching/verify.ts'
import { GapWatch, sumCheck, wrongSide } from '../../../../src/signals/matching/watch.ts'
import { type GammaMarket, readGammaMarket } from '../../../../src/signals/polymarket/gamma-wire.ts'
import { type OddsEvent, readOddsEvent } from '../../../../src/signals/sportsbooks/odds-api-wire.ts'

const DATA = '../shared/oracle-data'
const MATCHES = join(DATA, 'match-mlb-2026-08-07/golden-matches.csv.gz')
const NOW = Date.UTC(2026, 7, 7, 20)

const parsed = (ticker: string): ParsedTicker => {
  const got = parseTicker(ticker)
  if (got.kind === 'refused') throw new Error(got.reason)
  return got
}
const HASH = 'ab'.repeat(32)
const OURS = 'cd'.repeat(32)
const START = '2026-08-08T00:15:00Z'

const poly = {
  kind: 'polymarket',
  slug: 'mlb-col-stl-2026-08-07',
  outcome: 'Colorado Rockies',
  side: 'same',
  rulesSha256: HASH,
  expires: START,
}
const odds = {
  kind: 'oddsapi',
  sport: 'baseball_mlb',
  eventId: 'e1',
  book: 'draftkings',
  market: 'h2h',
  outcome: 'Colorado Rockies',
  outcomes: 2,
  side: 'same',
}
const config = (source: object, more: object = {}): object => ({
  ticker: 'KXMLBGAME-26AUG072015COLSTL-COL',
  cluster: '26AUG072015COLSTL',
  start: START,
  maxCents: 1,
  rulesSha256: OURS,
  sources: [source],
  ...more,
})
const mapping = (source: object, more: object = {}): Mapping => {
  const got = readMapping(config(source, more))
  if (got.kind === 'malformed') throw new Error(got.detail)
  return got
}
const gamma = (more: object = {}): GammaMarket => {
  const got = readGammaMarket({
    slug: 'mlb-col-stl-2026-08-07',
    active: true,
    acceptingOrders: true,
    enableOrderBook: true,
    outcomes: ['Colorado Rockies', 'St. Louis Cardinals'],
    clobTokenIds: ['1', '2'],
    sportsMarketType: 'moneyline',
    gameStartTime: '2026-08-08 00:15:00+00',
    ...more,
  })
  if (got.kind === 'malformed') throw new Error(got.detail)
  return got
}
const event = (more: object = {}, marketKey = 'h2h', outcomes?: object[]): OddsEvent => {
  const names = outcomes ?? [
    { name: 'Colorado Rockies', price: 2.2 },
    { name: 'St. Louis Cardinals', price: 1.78 },
  ]
  const got = readOddsEvent({
    id: 'e1',
    sport_key: 'baseball_mlb',
    commence_time: '2026-08-08T00:16:00Z',
    home_team: 'St. Louis Cardinals',
    away_team: 'Colorado Rockies',
    bookmakers: [{ key: 'draftkings', markets: [{ key: marketKey, outcomes: names }] }],
    ...more,
  })
  if (got.kind === 'malformed') throw new Error(got.detail)
  return got
}
const rows = (more: Partial<ExternalRows> = {}): ExternalRows => ({
  markets: [gamma()],
  descriptionSha256: HASH,
  events: [event()],
  ...more,
})
const ours = (more: Partial<KalshiFacts> = {}): KalshiFacts => ({
  open: true,
  floorStrike: null,
  rulesSha256: OURS,
  ...more,
})
const failed = (given: Mapping, external = rows(), kalshi = ours(), at = NOW): string[] => {
  const got = verifySource(given, 0, kalshi, external, at)
  const codes = [...new Set(got.checks.filter(({ ok }) => !ok).map(({ code }) => code))]
  expect(got.ok).toBe(codes.length === 0)
  for (const { ok, detail } of got.checks) expect(detail === '').toBe(ok)
  return codes
}

describe('mapping', () => {
  it('is read as the operator wrote it', () => {
    const got = mapping(odds, { inPlay: true, ack: ['postponement-rule-differs'] })
    expect(got).toMatchObject({ inPlay: true, maxCents: 1, ack: ['postponement-rule-differs'] })
    expect(got.startAt).toBe(Date.parse(START))
    expect(got.sources[0]).toMatchObject({ kind: 'oddsapi', point: null })
  })

  it('is refused in words where it cannot mean anything', () => {
    const detail = (value: unknown): string => {
      const got = readMapping(value)
      return got.kind === 'malformed' ? got.detail : ''
    }
    expect(detail(null)).toContain('wanted an object with a ticker')
    expect(detail(config(poly, { sources: [] }))).toContain('at least one')
    expect(detail(config(poly, { maxCents: 4 }))).toContain('0 to 3')
    expect(detail(config(poly, { start: '2026-08-08' }))).toContain('with a zone')
    expect(detail(config({ ...poly, side: 'other' }))).toContain('"same" or "inverse"')
    expect(detail(config({ ...poly, rulesSha256: 'x' }))).toContain('64 hex digits')
    expect(detail(config({ ...poly, expires: undefined }))).toContain('Expires')
    expect(detail(config({ ...poly, kind: 'espn' }))).toContain('kind')
    expect(detail(config({ ...odds, outcomes: 3, side: 'inverse' }))).toContain('three outcomes')
    expect(detail(config({ ...odds, outcomes: 4 }))).toContain('2 or 3')
    expect(detail(config({ ...odds, market: 'spreads' }))).toContain('line')
    expect(detail(config({ ...odds, point: 1.5 }))).toContain('line')
  })

  it('holds for the right market, the right event, and the complement named as such', () => {
    expect([failed(mapping(poly)), failed(mapping(odds))]).toEqual([[], []])
    const complement = { outcome: 'St. Louis Cardinals', side: 'inverse' }
    expect(failed(mapping({ ...poly, ...complement }))).toEqual([])
    expect(failed(mapping({ ...odds, ...complement }))).toEqual([])
  })

  /** What differs from a sound mapping: facts of either venue, and the time. */
  type Changes = Partial<ExternalRows & KalshiFacts> & { at?: number }
  const row = (name: string, code: string, given: Mapping, venues: Changes = {}) =>
    [name, code, given, venues] as const
  const draw = [
    { name: 'Colorado Rockies', price: 2.7 },
    { name: 'Draw', price: 4 },
    { name: 'St. Louis Cardinals', price: 2.3 },
  ]
  const [byPoly, byOdds, startAt] = [mapping(poly), mapping(odds), Date.parse(START)]
  const firstInnings = mapping(poly, { ticker: 'KXMLBF5-26AUG072015COLSTL-COL' })
  const otherSide = mapping({ ...poly, outcome: 'St. Louis Cardinals' })
  const [laterGame, others] = [{ commence_time: '2026-08-08T03:30:00Z' }, 'Boston Red Sox']
  it.each([
    row('our market is closed', 'M1', byPoly, { open: false }),
    row('the series is about a part of the game', 'M1', firstInnings),
    row('the market is gone', 'M2', byPoly, { markets: [] }),
    row('the market closed', 'M2', byPoly, { markets: [gamma({ closed: true })] }),
    row('the event is gone', 'M2', byOdds, { events: [] }),
    row('the book has no such market', 'M2', mapping({ ...odds, book: 'pinnacle' })),
    row('there is a third outcome', 'M3', byOdds, { events: [event({}, 'h2h', draw)] }),
    row('the outcome is spelled otherwise', 'M3', mapping({ ...poly, outcome: 'Rockies' })),
    row('the teams are others', 'M4', byOdds, { events: [event({ away_team: others })] }),
    row('the side is wrong', 'M4', otherSide),
    row('the side of odds is wrong', 'M4', mapping({ ...odds, side: 'inverse' })),
    row('another market fits too', 'M4', byPoly, { markets: [gamma(), gamma({ slug: 'b' })] }),
    row('another event fits too', 'M4', byOdds, { events: [event(), event({ id: 'e2' })] }),
    row('it is the other game of the day', 'M5', byOdds, { events: [event(laterGame)] }),
    row(
      'the start is not the ticker\u2019s',
      'M5',
      mapping(poly, { start: '2026-08-08T00:16:00Z' }),
    ),
    row('it is no moneyline', 'M6', byPoly, { markets: [gamma({ sportsMarketType: 'spreads' })] }),
    row('the external rules changed', 'M7', byPoly, { descriptionSha256: OURS }),
    row('our rules changed', 'M7', byOdds, { rulesSha256: HASH }),
    row('it expired', 'M10', byPoly, { at: startAt }),
    row('the game started', 'M10', byOdds, { at: startAt }),
  ])('when %s fails %s', (_, code, given, { at, ...venues }) => {
    expect(failed(given, rows(venues), ours(venues), at)).toContain(code)
  })

  it('of a line needs the same line on both venues, with its sign', () => {
    const ticker = 'KXMLBSPREAD-26AUG072015COLSTL-COL2'
    const spread = { ...odds, market: 'spreads', point: -1.5 }
    const listed = rows({ events: [event({}, 'spreads')] })
    const strike = ours({ floorStrike: 1.5 })
    expect(failed(mapping(spread, { ticker }), listed, strike)).toEqual([])
    expect(failed(mapping({ ...spread, point: 1.5 }, { ticker }), listed, strike)).toEqual(['M6'])
    expect(failed(mapping({ ...spread, point: -2 }, { ticker }), listed, strike)).toEqual(['M6'])
    expect(failed(mapping(spread, { ticker }), listed, ours({ floorStrike: 2.5 }))).toEqual(['M6'])
    const total = { ...odds, market: 'totals', point: 7.5, outcome: 'Over' }
    const totals = rows({
      events: [
        event({}, 'totals', [
          { name: 'Over', price: 1.9 },
          { name: 'Under', price: 1.9 },
        ]),
      ],
    })
    const more = { ticker: 'KXMLBTOTAL-26AUG072015COLSTL-8' }
    const eight = ours({ floorStrike: 7.5 })
    expect(failed(mapping(total, more), totals, eight)).toEqual([])
    expect(failed(mapping({ ...total, side: 'inverse' }, more), totals, eight)).toEqual(['M4'])
  })

  it('of an undated question stands on both texts, and on nothing less', () => {
    const source = { ...poly, slug: 'fed-july', outcome: 'Yes' }
    const more = { ticker: 'KXFEDDECISION-26JUL-H0', start: undefined, ack: [SAME_QUESTION] }
    const yes = gamma({ slug: 'fed-july', outcomes: ['Yes', 'No'], sportsMarketType: '' })
    const listed = rows({ markets: [yes] })
    expect(failed(mapping(source, more), listed)).toEqual([])
    expect(failed(mapping(source, { ...more, ack: [] }), listed)).toEqual(['M1'])
    expect(failed(mapping(source, { ...more, rulesSha256: '' }), listed)).toEqual(['M7'])
    expect(failed(mapping(source, more), rows({ markets: [yes, yes] }))).toContain('M2')
    expect(failed(mapping(odds, more))).toContain('M6')
  })

  it('has no source beyond its list', () => {
    expect(verifySource(mapping(poly), 1, ours(), rows(), NOW).ok).toBe(false)
  })
})

describe('watch', () => {
  it('fails on eight cents that last longer than two minutes, until acknowledged', () => {
    const watch = new GapWatch()
    for (let s = 0; s <= 120; s += 5) watch.observe(0.58, 50, NOW + s * 1000)
    expect(watch.failed).toBe(false)
    watch.observe(0.58, 50, NOW + 120_001)
    expect(watch.check()).toMatchObject({ code: 'M8', ok: false })
    watch.observe(0.5, 50, NOW + 130_000)
    expect(watch.failed).toBe(true)
    watch.acknowledge()
    expect(watch.check()).toEqual({ code: 'M8', ok: true, detail: '' })
  })

  it('starts again when the gap closes, the value goes, or the clock is set back', () => {
    for (const gap of [
      (watch: GapWatch) => watch.observe(0.57, 50, NOW + 60_000),
      (watch: GapWatch) => watch.noValue(),
    ]) {
      const watch = new GapWatch()
      watch.observe(0.6, 50, NOW)
      gap(watch)
      watch.observe(0.6, 50, NOW + 121_000)
      expect(watch.failed).toBe(false)
    }
    const watch = new GapWatch()
    watch.observe(0.6, 50, NOW)
    watch.observe(0.6, 50, NOW - 3_600_000)
    watch.observe(0.6, 50, NOW - 3_600_000 + 120_000)
    expect(watch.failed).toBe(false)
    watch.observe(0.6, 50, NOW - 3_600_000 + 121_000)
    expect(watch.failed).toBe(true)
  })

  it('notices the wrong side, except where both are near even', () => {
    expect([wrongSide(0.4, 60), wrongSide(0.6, 60)]).toEqual([true, false])
    expect([wrongSide(0.46, 54), wrongSide(0.44, 54)]).toEqual([false, true])
    const watch = new GapWatch()
    watch.observe(0.47, 56, NOW)
    watch.observe(0.47, 56, NOW + 121_000)
    expect(watch.check().detail).toContain('other side')
  })

  it('adds the probabilities of a fixture to one', () => {
    expect(sumCheck([0.45, 0.57]).ok).toBe(true)
    expect(sumCheck([0.45, 0.571])).toMatchObject({ code: 'M9', ok: false })
    expect(sumCheck([0.4, 0.25, 0.33]).ok).toBe(true)
  })
})

describe('proposals', () => {
  const ticker = 'KXMLBGAME-26AUG072015COLSTL-STL'

  it('name the outcome of YES, best time first, and are never hashed for the operator', () => {
    const got = propose(ticker, [gamma()], [event()], 'draftkings')
    expect(got.refusal).toBe('')
    expect(got.candidates.map(({ source }) => [source.kind, source.outcome])).toEqual([
      ['polymarket', 'St. Louis Cardinals'],
      ['oddsapi', 'St. Louis Cardinals'],
    ])
    expect(got.candidates[0]).toMatchObject({ score: 1, ambiguous: false })
    expect(got.candidates[0]!.source).toMatchObject({ rulesSha256: '' })
  })

  it('mark what is ambiguous and leave out what does not fit', () => {
    const late = event({ id: 'e2', commence_time: '2026-08-08T01:00:00Z' })
    const other = event({ id: 'e3', away_team: 'Boston Red Sox' })
    const got = propose(ticker, [], [late, other, event()], 'draftkings')
    expect(got.candidates).toHaveLength(2)
    expect(got.candidates.every(({ ambiguous }) => ambiguous)).toBe(true)
    expect(got.candidates[0]!.source).toMatchObject({ eventId: 'e1' })
  })

  it('say why there are none', () => {
    expect(propose('KXFEDDECISION-26JUL-H0', [], [], 'x').refusal).toContain('dated game')
    expect(propose('KXMLBTOTAL-26AUG201835NYYBAL-8', [], [], 'x').refusal).toContain('by hand')
  })
})

describe.skipIf(!existsSync(MATCHES))('games of 7 August 2026 (recording at hand)', () => {
  const table = existsSync(MATCHES)
    ? gunzipSync(readFileSync(MATCHES))
        .toString()
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(','))
    : []

  it('match one event each, start 60 s apart, and name the team of YES', () => {
    const events = new Map(
      table.map(([, , id, commence, away, home]) => [
        id,
        event({ id, commence_time: commence, away_team: away, home_team: home }),
      ]),
    )
    expect(table).toHaveLength(16)
    for (const [ticker = '', start = '', id, commence = '', away, home, yes, role] of table) {
      const got = parsed(ticker)
      expect(got.startAt).toBe(Date.parse(start))
      expect(Date.parse(commence) - got.startAt).toBe(60_000)
      expect([got.away.name, got.home.name, got.yes?.name]).toEqual([away, home, yes])
      expect(got.yes === got.away ? 'away' : 'home').toBe(role)
      const { candidates } = propose(ticker, [], [...events.values()], 'draftkings')
      expect(candidates).toHaveLength(1)
      expect(candidates[0]).toMatchObject({
        ambiguous: false,
        source: { eventId: id, outcome: yes },
      })
    }
  })
})
