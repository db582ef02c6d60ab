// The Odds API and DraftKings payloads, their clocks, their errors, and what they say of a ticker.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf, SourceClock } from '../../../../src/signals/common/clock.ts'
import { isMalformed } from '../../../../src/signals/common/json.ts'
import { impliedOf } from '../../../../src/signals/common/odds.ts'
import { devig } from '../../../../src/signals/sportsbooks/devig.ts'
import { readBoard } from '../../../../src/signals/sportsbooks/draftkings-wire.ts'
import {
  type OddsEvent,
  readOddsEvent,
  readOddsEvents,
  readOddsFault,
  readQuota,
  withoutKey,
} from '../../../../src/signals/sportsbooks/odds-api-wire.ts'
import { draftKings } from '../../../../src/signals/sportsbooks/odds-hosts.ts'
import {
  exchangeProbabilities,
  type OddsPick,
  oddsApiReading,
  pollInterval,
} from '../../../../src/signals/sportsbooks/odds-value.ts'

const DATA = '../shared/oracle-data'
const recorded = (name: string): unknown =>
  JSON.parse(gunzipSync(readFileSync(join(DATA, name))).toString())
const absent = !existsSync(DATA)

const NOW = Date.UTC(2026, 7, 7, 13, 49, 22)

describe('time stamps', () => {
  it('are read with any fraction, a blank, and a short offset', () => {
    expect(instantOf('2026-04-05 15:10:00+00')).toBe(Date.UTC(2026, 3, 5, 15, 10))
    expect(instantOf('2026-09-27T17:00:00.0000000Z')).toBe(Date.UTC(2026, 8, 27, 17))
    expect(instantOf('2026-04-05T14:00:05.980362Z')).toBe(Date.UTC(2026, 3, 5, 14, 0, 5, 980))
    expect(instantOf('2026-08-09T16:15Z')).toBe(Date.UTC(2026, 7, 9, 16, 15))
    expect(instantOf('2026-08-07T20:15:00-04:00')).toBe(Date.UTC(2026, 7, 8, 0, 15))
    expect(instantOf('2026-08-07T20:15:00.5+0530')).toBe(Date.UTC(2026, 7, 7, 14, 45, 0, 500))
  })

  it('without a zone, or that never were, are none', () => {
    for (const bad of ['', '2026-04-05', '2026-04-05T10:00:00', '2026-02-30T10:00:00Z', 5, null]) {
      expect(instantOf(bad)).toBeNaN()
    }
    expect(instantOf('2026-04-05T25:00:00Z')).toBeNaN()
  })

  it('of a scrape advance a value that stands still, and do not change it', () => {
    const clock = new SourceClock()
    clock.read('2.15', NOW - 30_000, NOW)
    clock.read('2.15', NOW + 30_000, NOW + 60_000)
    expect(clock).toMatchObject({ changedAt: NOW, confirmedAt: NOW + 30_000 })
    clock.read('2.20', NOW + 80_000, NOW + 90_000)
    expect(clock.changedAt).toBe(NOW + 90_000)
  })

  it('of the future count as now and are counted', () => {
    const clock = new SourceClock()
    clock.read('x', NOW + 5000, NOW)
    expect(clock).toMatchObject({ confirmedAt: NOW, futureStamps: 1 })
    clock.read('x', Number.NaN, NOW + 1000)
    expect(clock.confirmedAt).toBe(NOW + 1000)
    clock.read('x', NOW - 5000, NOW + 2000)
    expect(clock.confirmedAt).toBe(NOW + 1000)
  })
})

const market = (key: string, outcomes: object[]): object => ({
  ...{ key, last_update: '2026-08-07T13:49:00Z', outcomes },
})
const raw = (markets: object[], book = 'draftkings'): object => ({
  ...{ id: 'b16e', sport_key: 'baseball_mlb', commence_time: '2026-08-07T22:41:00Z' },
  ...{ home_team: 'Pittsburgh Pirates', away_team: 'New York Mets' },
  bookmakers: [{ key: book, title: book, last_update: '2026-08-07T13:49:00Z', markets }],
})
const event = (markets: object[], book?: string): OddsEvent => {
  const got = readOddsEvent(raw(markets, book))
  if (got.kind === 'malformed') throw new Error(got.detail)
  return got
}
const NYM = { name: 'New York Mets', price: 2.2 }
const PIT = { name: 'Pittsburgh Pirates', price: 1.78 }
const priced = (team: { name: string }, price: number) => ({ ...team, price })
const pick = (more: Partial<OddsPick> = {}): OddsPick => ({
  ...{ book: 'draftkings', market: 'h2h', outcome: 'New York Mets', outcomes: 2, side: 'same' },
  ...more,
})
const reading = (given: OddsEvent | null, picked = pick(), inPlay = false, at = NOW) =>
  oddsApiReading(given, picked, new SourceClock(), at, inPlay)

describe('The Odds API', () => {
  it('finds outcomes by name in any order', () => {
    for (const outcomes of [
      [NYM, PIT],
      [PIT, NYM],
    ]) {
      const got = reading(event([market('h2h', outcomes)]))
      expect(got.state).toBe('live')
      expect(got.value!.pYes).toBeCloseTo(0.44597168, 8)
      expect(got.value).toMatchObject({ source: 'oddsapi:draftkings', confirmedAt: NOW - 22_000 })
      expect(got.value!.changedAt).toBe(NOW)
      expect(got.value!.sigma).toBeGreaterThan(0.08)
    }
  })

  it('reads American odds the same way', () => {
    const outcomes = [priced(NYM, -102), priced(PIT, -118)]
    expect(reading(event([market('h2h', outcomes)])).value!.pYes).toBeCloseTo(0.48142451, 8)
  })

  it('has a draw as a third outcome, and no inverse then', () => {
    const three = event([
      market('h2h', [priced(NYM, 2.7), { name: 'Draw', price: 4.4 }, priced(PIT, 2.3)]),
    ])
    expect(reading(three, pick({ outcomes: 3 })).value!.pYes).toBeCloseTo(0.35934392, 8)
    expect(reading(three, pick({ outcomes: 3, side: 'inverse' })).state).toBe('error')
    expect(reading(three).reason).toContain('outcome-count')
  })

  it('is suspended where event, book, market, outcome or price is missing', () => {
    const full = event([market('h2h', [NYM, PIT])])
    expect(reading(null)).toMatchObject({ state: 'suspended', value: null })
    expect(reading(full, pick({ book: 'pinnacle' })).state).toBe('suspended')
    expect(reading(full, pick({ market: 'totals', point: 8.5 })).state).toBe('suspended')
    expect(reading(full, pick({ outcome: 'Draw' })).state).toBe('suspended')
    const broken = event([market('h2h', [NYM, { name: 'Pittsburgh Pirates', price: '' }])])
    expect(reading(broken)).toMatchObject({ state: 'error', value: null })
  })

  it('is closed from the start on, unless the game is mapped in play', () => {
    const full = event([market('h2h', [NYM, PIT])])
    expect(reading(full, pick(), false, full.startAt).state).toBe('closed')
    expect(reading(full, pick(), true, full.startAt).state).toBe('live')
  })

  it('takes the one line asked for, and no line that can end in a refund', () => {
    const lines = event([
      market('spreads', [
        { ...NYM, price: 2.4, point: -1.5 },
        { ...PIT, price: 1.66, point: 1.5 },
        { ...NYM, price: 1.6, point: 1.5 },
        { ...PIT, price: 2.5, point: -1.5 },
      ]),
      market('totals', [
        { name: 'Over', price: 1.99, point: 7.5 },
        { name: 'Under', price: 1.83, point: 7.5 },
      ]),
    ])
    const minus = reading(lines, pick({ market: 'spreads', point: -1.5 }))
    const plus = reading(lines, pick({ market: 'spreads', point: 1.5 }))
    expect(minus.value!.pYes).toBeLessThan(0.42)
    expect(plus.value!.pYes).toBeGreaterThan(0.6)
    const total = (point: number): string =>
      reading(lines, pick({ market: 'totals', outcome: 'Over', point })).state
    expect([total(7.5), total(8)]).toEqual(['live', 'error'])
  })

  it('needs no de-vig on an exchange: mid of back and lay', () => {
    const p = exchangeProbabilities([2.24, 1.79], [2.28, 1.81])!
    expect(p[0]).toBeCloseTo(0.44336146, 8)
    expect(p[1]).toBeCloseTo(0.55663854, 8)
    const back = market('h2h', [priced(NYM, 2.24), priced(PIT, 1.79)])
    const lay = market('h2h_lay', [priced(PIT, 1.81), priced(NYM, 2.28)])
    const picked = pick({ book: 'betfair_ex_eu' })
    const got = reading(event([back, lay], 'betfair_ex_eu'), picked)
    expect(got.value).toMatchObject({ kind: 'exchange' })
    expect(got.value!.pYes).toBeCloseTo(0.44336146, 8)
    expect(reading(event([back], 'betfair_ex_eu'), picked).state).toBe('suspended')
  })

  it('says what is left in its headers', () => {
    const headers: Record<string, string> = {
      ...{ 'x-requests-remaining': '19880', 'x-requests-used': '120' },
    }
    const left = { remaining: 19_880, used: 120, last: null }
    expect(readQuota((name) => headers[name])).toEqual(left)
  })

  it('names its errors', () => {
    const kind = (status: number, code?: string): string =>
      readOddsFault(status, code === undefined ? null : { error_code: code }).kind
    expect([kind(401, 'MISSING_KEY'), kind(401, 'INVALID_KEY')]).toEqual(['key', 'key'])
    expect(kind(401, 'DEACTIVATED_KEY')).toBe('key')
    expect(kind(401, 'OUT_OF_USAGE_CREDITS')).toBe('credits')
    expect(kind(429, 'OUT_OF_USAGE_CREDITS')).toBe('credits')
    expect([kind(429, 'EXCEEDED_FREQ_LIMIT'), kind(429)]).toEqual(['rate', 'rate'])
    expect(kind(422, 'INVALID_MARKET')).toBe('request')
    expect(kind(403, 'HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN')).toBe('plan')
    expect([kind(403), kind(503)]).toEqual(['blocked', 'unavailable'])
  })

  it('never shows its key', () => {
    const url = 'https://api.the-odds-api.com/v4/sports/x/odds?apiKey=5ec7e7&markets=h2h'
    expect(withoutKey(`GET ${url} failed`)).toBe(
      'GET https://api.the-odds-api.com/v4/sports/x/odds?apiKey=[hidden]&markets=h2h failed',
    )
  })

  it('is asked more often near a start, and less when credits run short', () => {
    const facts = {
      ...{ now: NOW, nextStartAt: NOW + 7 * 3_600_000, inPlay: false },
      ...{ creditsLeft: 1000, planCredits: 20_000, plannedCredits: 500 },
    }
    expect(pollInterval({ ...facts, creditsLeft: 1001 })).toBe(600_000)
    expect(pollInterval({ ...facts, creditsLeft: 1000 })).toBe(Number.POSITIVE_INFINITY)
    expect(pollInterval({ ...facts, creditsLeft: null })).toBe(600_000)
    const near = { ...facts, creditsLeft: 5000, nextStartAt: NOW + 2 * 3_600_000 }
    expect(pollInterval(near)).toBe(120_000)
    expect(pollInterval({ ...near, nextStartAt: NOW + 3_600_000 })).toBe(60_000)
    expect(pollInterval({ ...near, plannedCredits: 10_000 })).toBe(240_000)
    expect(pollInterval({ ...near, nextStartAt: NOW })).toBe(Number.POSITIVE_INFINITY)
    expect(pollInterval({ ...near, nextStartAt: NOW, inPlay: true })).toBe(60_000)
    expect(pollInterval({ ...near, nextStartAt: Number.NaN })).toBe(Number.POSITIVE_INFINITY)
  })

  it('whatever it sends never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readOddsEvents(value)
        readOddsEvents([{ ...raw([]), bookmakers: value }])
        readOddsFault(500, value)
        readBoard(value)
        readBoard({ events: [value], markets: [value], selections: value })
      }),
      { seed: 20_261_124 },
    )
    expect(readOddsEvents({ message: 'no' })[0]?.kind).toBe('malformed')
  })
})

const board = (more: { market?: object; home?: object; away?: object } = {}): OddsEvent => {
  const [event] = draftKings('').read({
    leagues: [{ id: '1' }],
    events: [
      {
        ...{ id: 'e', leagueId: '1', name: 'SEA @ WAS', status: 'NOT_STARTED' },
        startEventDate: '2026-09-27T17:00:00.0000000Z',
        participants: [
          { name: 'WAS Commanders', venueRole: 'Home' },
          { name: 'SEA Seahawks', venueRole: 'Away' },
        ],
      },
    ],
    markets: [{ id: '1_1', eventId: 'e', marketType: { betOfferTypeId: 2 }, ...more.market }],
    selections: [
      {
        ...{ id: '0ML1_3', marketId: '1_1', label: 'SEA Seahawks', outcomeType: 'Away' },
        displayOdds: { american: '\u2212118', decimal: '1.84' },
        ...more.away,
      },
      {
        ...{ id: '0ML1_1', marketId: '1_1', label: 'WAS Commanders', outcomeType: 'Home' },
        displayOdds: { american: '\u2212102', decimal: '1.98' },
        ...more.home,
      },
    ],
  })
  return event!
}
const dk = (event: OddsEvent, side: 'same' | 'inverse' = 'same', at = NOW) => {
  const picked = pick({ book: 'draftkings', outcome: event.away, side })
  return oddsApiReading(event, picked, new SourceClock(), at, false)
}

describe('DraftKings', () => {
  it('is read by its American odds when there are no exact ones, never by the cut decimal', () => {
    const got = dk(board())
    expect(got.value!.pYes).toBeCloseTo(0.51857549, 8)
    expect(got.value!.source).toBe('oddsapi:draftkings')
    expect(dk(board(), 'inverse').value!.pYes).toBeCloseTo(0.48142451, 8)
  })

  it('is suspended on either level, and only when it says so', () => {
    expect(dk(board({ market: { isSuspended: true } })).state).toBe('suspended')
    expect(dk(board({ home: { isSuspended: true } })).state).toBe('suspended')
    expect(dk(board({ home: { isSuspended: false } })).state).toBe('live')
  })

  it('is closed when the event has started', () => {
    expect(dk(board(), 'same', Date.UTC(2026, 8, 27, 17)).state).toBe('closed')
  })

  it('leaves out rows that join nothing', () => {
    const stray = { events: [5], markets: [5], selections: [{ id: 's', marketId: 'm' }] }
    expect(readBoard(stray)).toEqual([])
    expect(isMalformed(readBoard('<html>'))).toBe(true)
  })
})

describe.skipIf(absent)('recordings (at hand)', () => {
  it('of DraftKings give the known probabilities', () => {
    const events = draftKings('').read(recorded('draftkings-nfl-2026-09/league-88808.json.gz'))
    expect(events).toHaveLength(3)
    expect(events[0]).toMatchObject({
      home: 'Commanders',
      away: 'Seahawks',
      startAt: Date.UTC(2026, 8, 27, 17),
    })
    // The exact odds are rounded up at the eighth decimal: seven places are what they carry.
    const moneyline = (id: string): number => {
      const [line] = events.find((each) => each.id === id)!.books[0]!.markets
      return devig(
        line!.outcomes.map(({ decimal }) => impliedOf(decimal)),
        'power',
      ).p[0]!
    }
    expect(moneyline('34118053')).toBeCloseTo(0.73669833, 7)
    expect(moneyline('34118212')).toBeCloseTo(0.24318638, 7)
    // The methods are half a cent apart and more on all three games: they are taken, for less than
    // a price on which all agree.
    for (const event of events) {
      const { value } = dk(event)
      const { pYes, sigma, methodSpreadCents } = value!
      expect(methodSpreadCents).toBeGreaterThan(0.4)
      expect(methodSpreadCents).toBeLessThan(1)
      const doubt = methodSpreadCents! / 200 / (pYes * (1 - pYes))
      expect(sigma).toBeCloseTo(Math.hypot(0.08, doubt), 12)
    }
  })

  it('weigh less the further the methods are apart', () => {
    const weights = [0.6, 0.8, 0.9].map((p) => {
      // A book of 1.05 on both sides of p.
      const odds = [p, 1 - p].map((value) => 1 / (value * 1.05))
      const event = board()
      const [book] = event.books
      const [line] = book!.markets
      const outcomes = line!.outcomes.map((each) => {
        return { ...each, decimal: odds[each.name === event.away ? 0 : 1]! }
      })
      const books = [{ ...book!, markets: [{ ...line!, outcomes }] }]
      return (0.08 / dk({ ...event, books }).value!.sigma) ** 2
    })
    // A spread of .26, .87 and 1.40 cents.
    expect(weights[0]).toBeCloseTo(1 / (1 + (0.0013 / 0.2384 / 0.08) ** 2), 3)
    expect(weights[1]).toBeCloseTo(1 / (1 + (0.004365 / 0.1452 / 0.08) ** 2), 3)
    expect(weights[2]).toBeCloseTo(1 / (1 + (0.007019 / 0.0616 / 0.08) ** 2), 3)
    expect(weights[2]).toBeLessThan(0.35)
  })

  it('of The Odds API give the known probabilities', () => {
    const body = recorded('the-odds-api-mlb/mlb-odds-2026-08-07.json.gz') as { events: unknown[] }
    const events = readOddsEvents(body.events)
    expect(events).toHaveLength(5)
    const golden: Record<string, number> = {
      'Toronto Blue Jays': 0.33512119,
      'Cincinnati Reds': 0.48562261,
      'Atlanta Braves': 0.44330671,
      Athletics: 0.28773928,
      'New York Mets': 0.44597168,
    }
    let withPinnacle = 0
    for (const each of events) {
      if (each.kind === 'malformed') throw new Error(each.detail)
      const got = reading(each, pick({ outcome: each.away }))
      expect(got.value!.pYes).toBeCloseTo(golden[each.away]!, 8)
      if (reading(each, pick({ outcome: each.away, book: 'pinnacle' })).state === 'live')
        withPinnacle++
    }
    expect(withPinnacle).toBe(4)
  })

  it('of repeated polls show a scrape clock: stamps advance, prices mostly do not', () => {
    const poll = (n: number): { at: number; events: readonly OddsEvent[] } => {
      const body = recorded(`odds-api-repeat-poll/poll${n}.json.gz`) as {
        fetched_ms: number
        payload: unknown[]
      }
      const events = readOddsEvents(body.payload).flatMap((e) => (e.kind === 'event' ? [e] : []))
      expect(events).toHaveLength(body.payload.length)
      return { at: body.fetched_ms, events }
    }
    const [first, later] = [poll(1), poll(3)]
    let confirmed = 0
    let changed = 0
    for (const before of first.events) {
      const after = later.events.find(({ id }) => id === before.id)
      if (after === undefined) continue
      const clock = new SourceClock()
      const picked = pick({ outcome: before.away })
      oddsApiReading(before, picked, clock, first.at, false)
      const confirmedAt = clock.confirmedAt
      oddsApiReading(after, picked, clock, later.at, false)
      if (clock.confirmedAt > confirmedAt) confirmed++
      if (clock.changedAt > first.at) changed++
    }
    expect(confirmed).toBeGreaterThan(5)
    expect(changed).toBeLessThan(confirmed / 2)
  })
})
