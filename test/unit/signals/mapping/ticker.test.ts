// The anatomy of tickers, the drifting codes of teams, and New York's clock.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { easternDate, easternInstant } from '../../../../src/signals/common/clock.ts'
import {
  type League,
  splitPair,
  teamNamed,
  teamsAt,
} from '../../../../src/signals/mapping/teams.ts'
import {
  type ParsedTicker,
  parseTicker,
  startsAgree,
} from '../../../../src/signals/mapping/ticker.ts'

const SWEEP = '../shared/oracle-data/kalshi-odds-sync/sweep-2026-08-20T2126Z.json.gz'
const NOW = Date.UTC(2026, 7, 7, 20)

const parsed = (ticker: string): ParsedTicker => {
  const got = parseTicker(ticker)
  if (got.kind === 'refused') throw new Error(got.reason)
  return got
}
const refusal = (ticker: string): string => {
  const got = parseTicker(ticker)
  return got.kind === 'refused' ? got.reason : ''
}

describe('New York time', () => {
  it('is four hours behind in summer and five in winter', () => {
    expect(easternInstant(2026, 8, 7, 20, 15)).toBe(Date.UTC(2026, 7, 8, 0, 15))
    expect(easternInstant(2026, 1, 7, 20, 15)).toBe(Date.UTC(2026, 0, 8, 1, 15))
    expect(easternInstant(2026, 11, 1, 3, 0)).toBe(Date.UTC(2026, 10, 1, 8))
    expect(easternInstant(2026, 11, 1, 1, 30)).toBe(Date.UTC(2026, 10, 1, 5, 30))
    expect(easternDate(Date.UTC(2026, 7, 8, 0, 15))).toBe('2026-08-07')
  })
})

describe('ticker', () => {
  it('names date, start, teams and the side of YES, across midnight UTC', () => {
    const got = parsed('KXMLBGAME-26AUG072015COLSTL-COL')
    expect(got).toMatchObject({ league: 'mlb', question: 'game', fixture: '26AUG072015COLSTL' })
    expect(got.startAt).toBe(Date.UTC(2026, 7, 8, 0, 15))
    expect(got.date).toBe('2026-08-07')
    expect([got.away.name, got.home.name]).toEqual(['Colorado Rockies', 'St. Louis Cardinals'])
    expect(got.yes).toBe(got.away)
  })

  it('may lack a time, or be one of two on a day', () => {
    expect(parsed('KXNFLGAME-26SEP13DALNYG-DAL').startAt).toBeNaN()
    const first = parsed('KXMLBGAME-26JUL071415MILSTLG1-STL')
    expect([first.doubleHeader, first.yes?.name]).toEqual(['G1', 'St. Louis Cardinals'])
  })

  it('has a line of half less than its suffix', () => {
    expect(parsed('KXMLBSPREAD-26AUG201835NYYBAL-NYY2')).toMatchObject({ line: 1.5 })
    expect(parsed('KXMLBTOTAL-26AUG201835NYYBAL-8')).toMatchObject({ line: 7.5, yes: null })
  })

  it('is refused outside the list of whole games, and where codes do not fit', () => {
    expect(refusal('KXMLBF5-26AUG072015COLSTL-COL')).toContain('not on the list')
    expect(refusal('KXNFL1HWINNER-26SEP13DALNYG-DAL')).toContain('not on the list')
    expect(refusal('KXFEDDECISION-26JUL-H0')).toContain('dated game')
    expect(refusal('KXMLBGAME-26AUG072015COLXXX-COL')).toContain('in 0 ways')
    expect(refusal('KXMLBGAME-26AUG072015COLSTL-NYY')).toContain('neither')
    expect(refusal('KXMLBGAME-26FEB302015COLSTL-COL')).toContain('no such date')
    expect(refusal('KXMLBGAME-26AUG072561COLSTL-COL')).toContain('no such time')
    expect(refusal('KXMLBSPREAD-26AUG201835NYYBAL-NYY')).toContain('number')
  })

  it('agrees with a start within 90 minutes, or with the local date when it names no time', () => {
    const timed = parsed('KXMLBGAME-26AUG072015COLSTL-COL')
    expect(startsAgree(timed, timed.startAt + 90 * 60_000)).toBe(true)
    expect(startsAgree(timed, timed.startAt + 90 * 60_000 + 1)).toBe(false)
    expect(startsAgree(timed, Number.NaN)).toBe(false)
    const dated = parsed('KXNFLGAME-26SEP13DALNYG-DAL')
    expect(startsAgree(dated, Date.UTC(2026, 8, 14, 0, 20))).toBe(true)
    expect(startsAgree(dated, Date.UTC(2026, 8, 14, 4, 20))).toBe(false)
  })
})

describe('teams', () => {
  it('have codes of which no pair can be split in two ways', () => {
    for (const league of ['mlb', 'nfl', 'nba', 'wnba'] satisfies League[]) {
      const teams = teamsAt(league, NOW)
      for (const away of teams) {
        for (const home of teams) {
          if (away === home) continue
          expect(splitPair(league, away.code + home.code, NOW)).toEqual([[away, home]])
        }
      }
    }
    expect(teamsAt('mlb', NOW)).toHaveLength(30)
    expect(teamsAt('nfl', NOW)).toHaveLength(32)
    expect(teamsAt('nba', NOW)).toHaveLength(30)
  })

  it('are named in full or by an ending that only one has', () => {
    expect(teamNamed('mlb', 'St Louis Cardinals', NOW)?.code).toBe('STL')
    expect(teamNamed('mlb', 'rockies', NOW)?.code).toBe('COL')
    expect(teamNamed('mlb', 'Red Sox', NOW)?.code).toBe('BOS')
    expect([teamNamed('mlb', 'Sox', NOW), teamNamed('mlb', 'New York', NOW)]).toEqual([null, null])
    expect(teamNamed('mlb', '', NOW)).toBeNull()
  })

  it('change codes between seasons: the Rams', () => {
    expect(parsed('KXNFLGAME-26SEP13LARNYG-LAR').away.name).toBe('Los Angeles Rams')
    expect(refusal('KXNFLGAME-26SEP13LANYG-LA')).toContain('in 0 ways')
    expect(parsed('KXNFLGAME-25NOV09LANYG-LA').away.name).toBe('Los Angeles Rams')
    expect(refusal('KXNFLGAME-25NOV09LARNYG-LAR')).toContain('in 0 ways')
  })
})

describe.skipIf(!existsSync(SWEEP))('lines of 20 August 2026 (recording at hand)', () => {
  it('are half less than the suffix of every ticker', () => {
    const sweep = JSON.parse(gunzipSync(readFileSync(SWEEP)).toString()) as {
      kalshi: Record<string, { markets: { ticker: string; floor_strike: number }[] }[]>
    }
    const markets = Object.values(sweep.kalshi)
      .flat()
      .flatMap((each) => each.markets)
    expect(markets.length).toBeGreaterThan(20)
    for (const { ticker, floor_strike } of markets) expect(parsed(ticker).line).toBe(floor_strike)
  })
})
