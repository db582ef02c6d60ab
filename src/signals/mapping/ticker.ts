// Parses the ticker of a game: SERIES-FIXTURE-OUTCOME, for the series that are about whole games.
//
// The fixture holds the date, usually the start in New York's local time, both teams' codes run
// together (away first in these leagues) and G1 or G2 for a double-header. Series about an inning,
// a quarter or a half must never be matched with prices of a whole game, so only listed series
// count.

import type { Millis } from '../../core/vocabulary/units.ts'
import { easternDate, easternInstant } from '../common/clock.ts'
import { type League, splitPair, type Team } from './teams.ts'

type Question = 'game' | 'spread' | 'total'

/** Series that may be mapped at all. */
const SERIES: Readonly<Record<string, { readonly league: League; readonly question: Question }>> = {
  KXMLBGAME: { league: 'mlb', question: 'game' },
  KXNFLGAME: { league: 'nfl', question: 'game' },
  KXNBAGAME: { league: 'nba', question: 'game' },
  KXWNBAGAME: { league: 'wnba', question: 'game' },
  KXMLBSPREAD: { league: 'mlb', question: 'spread' },
  KXMLBTOTAL: { league: 'mlb', question: 'total' },
}

export interface ParsedTicker {
  readonly kind: 'ticker'
  readonly ticker: string
  readonly series: string
  readonly league: League
  readonly question: Question
  /** The fixture segment: the cluster of all statistics. */
  readonly fixture: string
  /** Local date in New York, 'YYYY-MM-DD'. */
  readonly date: string
  /** The start; NaN where the ticker names no time. */
  readonly startAt: Millis
  readonly away: Team
  readonly home: Team
  /** 'G1', 'G2' or ''. */
  readonly doubleHeader: string
  /** The team that YES is about; null for totals. */
  readonly yes: Team | null
  /** For spreads and totals: the suffix n means a line of n - 0.5. null for games. */
  readonly line: number | null
}

export interface TickerRefusal {
  readonly kind: 'refused'
  readonly reason: string
}

const MONTHS = 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC'
const GRAMMAR = new RegExp(
  `^([A-Z0-9]+)-(\\d{2})(${MONTHS.match(/.../g)!.join('|')})(\\d{2})(\\d{4})?` +
    '([A-Z]{4,}?)(G[12])?-([A-Z0-9.]+)$',
)

const refuse = (ticker: string, reason: string): TickerRefusal => ({
  kind: 'refused',
  reason: `Ticker ${ticker}: ${reason}`,
})

/** Reads a ticker, or says why it cannot be matched with anything. */
export const parseTicker = (ticker: string): ParsedTicker | TickerRefusal => {
  const found = GRAMMAR.exec(ticker)
  if (found === null) return refuse(ticker, 'wanted SERIES-FIXTURE-OUTCOME of a dated game')
  const [, series = '', yy, mmm = '', dd, hhmm, pair = '', doubleHeader = '', outcome = ''] = found
  const known = SERIES[series]
  if (known === undefined) return refuse(ticker, `series ${series} is not on the list`)
  const month = MONTHS.indexOf(mmm) / 3 + 1
  const [year, day] = [2000 + Number(yy), Number(dd)]
  // Noon UTC is the same date in New York: good enough to know the season.
  const noon = Date.UTC(year, month - 1, day, 12)
  if (new Date(noon).getUTCDate() !== day) return refuse(ticker, `no such date ${mmm} ${dd}`)
  const ways = splitPair(known.league, pair, noon)
  if (ways.length !== 1) {
    return refuse(ticker, `${pair} splits into two ${known.league} teams in ${ways.length} ways`)
  }
  const [away, home] = ways[0]!
  let yes: Team | null = null
  let line: number | null = null
  if (known.question === 'total') {
    if (!/^\d+$/.test(outcome)) return refuse(ticker, `found total ${outcome}, wanted a number`)
    line = Number(outcome) - 0.5
  } else {
    const code = known.question === 'game' ? outcome : outcome.replace(/\d+$/, '')
    yes = code === away.code ? away : code === home.code ? home : null
    if (yes === null) return refuse(ticker, `${outcome} is neither ${away.code} nor ${home.code}`)
    if (known.question === 'spread') {
      const digits = outcome.slice(code.length)
      if (digits === '')
        return refuse(ticker, `found spread ${outcome}, wanted a number at its end`)
      line = Number(digits) - 0.5
    }
  }
  const [hour, minute] = [Number(hhmm?.slice(0, 2)), Number(hhmm?.slice(2))]
  if (hhmm !== undefined && (hour > 23 || minute > 59))
    return refuse(ticker, `no such time ${hhmm}`)
  const startAt = hhmm === undefined ? Number.NaN : easternInstant(year, month, day, hour, minute)
  return {
    kind: 'ticker',
    ticker,
    series,
    league: known.league,
    question: known.question,
    fixture: ticker.split('-')[1]!,
    date: new Date(noon).toISOString().slice(0, 10),
    startAt,
    away,
    home,
    doubleHeader,
    yes,
    line,
  }
}

const WINDOW: Millis = 90 * 60_000

/** Whether an external start can be the ticker's: within 90 minutes, or on the same local date. */
export const startsAgree = (parsed: ParsedTicker, startAt: Millis): boolean => {
  if (Number.isNaN(startAt)) return false
  if (!Number.isNaN(parsed.startAt)) return Math.abs(startAt - parsed.startAt) <= WINDOW
  return easternDate(startAt) === parsed.date
}
