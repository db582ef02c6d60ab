// The two hosts of sportsbook odds under one contract: what to request, and how to read the answer.
//
// The Odds API is the licensed way. DraftKings' own site gives the same prices free of charge, but
// reading it by machine is, as far as known, against its terms, and data centres are refused; so it
// is off unless the operator allows it. A mapping there names DraftKings' own league and event ids.

import { isMalformed } from '../common/json.ts'
import type { League } from '../mapping/teams.ts'
import { type DraftKingsEvent, readBoard } from './draftkings-wire.ts'
import { type OddsEvent, readOddsEvents } from './odds-api-wire.ts'

export interface OddsHost {
  /** Why nothing may be asked; '' when it may. */
  readonly off: string
  /** Whether answers are paid for with credits. */
  readonly metered: boolean
  /** What the host calls each league. */
  readonly sports: Readonly<Record<League, string>>
  /** Addresses; they may hold a key and are never logged. */
  oddsUrl(sport: string, books: readonly string[], markets: readonly string[]): string
  gamesUrl(sport: string): string
  /** The events of an answer; throws an Error that says what was wrong with it. */
  read(body: unknown): readonly OddsEvent[]
}

/** @param key null without one: the host is then off */
export const theOddsApi = (url: string, key: string | null): OddsHost => ({
  off: key === null ? 'ODDS_API_KEY is not set' : '',
  metered: true,
  sports: {
    mlb: 'baseball_mlb',
    nfl: 'americanfootball_nfl',
    nba: 'basketball_nba',
    wnba: 'basketball_wnba',
  },
  oddsUrl: (sport, books, markets) =>
    `${url}/sports/${sport}/odds?apiKey=${key}&bookmakers=${books.join(',')}` +
    `&markets=${markets.join(',')}&oddsFormat=american&dateFormat=iso`,
  // The list of games costs nothing.
  gamesUrl: (sport) => `${url}/sports/${sport}/events?apiKey=${key}`,
  read: (body) => readOddsEvents(body).flatMap((event) => (event.kind === 'event' ? [event] : [])),
})

/** 'SEA Seahawks' is called 'Seahawks' by everybody else. */
const withoutCode = (name: string): string => name.replace(/^[A-Z]{2,4} (?=\S)/, '')

const eventOf = (event: DraftKingsEvent): OddsEvent => {
  const line = event.markets.find(({ isMoneyline }) => isMoneyline)
  const suspended =
    line === undefined || line.suspended || line.selections.some((each) => each.suspended)
  const nameOf = (side: string): string =>
    side === 'Home' ? withoutCode(event.home) : side === 'Away' ? withoutCode(event.away) : side
  const h2h = {
    key: 'h2h',
    // No stamp of its own: what was received now stands now.
    lastUpdate: Number.NaN,
    outcomes: (line?.selections ?? []).map(({ outcomeType, decimal, american }) => ({
      name: nameOf(outcomeType),
      decimal,
      text: american,
      point: null,
    })),
  }
  const book = { key: 'draftkings', title: 'DraftKings', lastUpdate: Number.NaN, markets: [h2h] }
  return {
    kind: 'event',
    id: event.id,
    sport: event.leagueId,
    startAt: event.startAt,
    home: withoutCode(event.home),
    away: withoutCode(event.away),
    // A suspended market is as good as none.
    books: suspended ? [] : [book],
  }
}

const DRAFTKINGS = 'https://sportsbook-nash.draftkings.com/api/sportscontent/dkusnj/v1'

/** @param off why it may not be asked; '' when the operator has allowed it */
export const draftKings = (off: string, url: string = DRAFTKINGS): OddsHost => ({
  off,
  metered: false,
  sports: { mlb: '84240', nfl: '88808', nba: '42648', wnba: '94682' },
  oddsUrl: (league) => `${url}/leagues/${league}`,
  gamesUrl: (league) => `${url}/leagues/${league}`,
  read: (body) => {
    const board = readBoard(body)
    if (isMalformed(board)) throw new Error(board.detail)
    return board.map(eventOf)
  },
})
