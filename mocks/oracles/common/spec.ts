// The events that the mock oracles quote: games between two teams, and questions with Yes and No.
// An operator or a test writes the spec. The ids that the two venues use for an event (condition,
// tokens, 32 hex digits) follow from its slug, so they survive a restart.

import { createHash } from 'node:crypto'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { OperatorError } from '../../common/operator-input.ts'

/** The sportsbook's side of a game; questions have none. */
export interface Sport {
  /** 'americanfootball_nfl', ... */
  readonly key: string
  readonly title: string
  readonly group: string
}

export interface EventSpec {
  readonly slug: string
  readonly title: string
  /** Settlement text. */
  readonly description: string
  /** Away and home team, or Yes and No. The fair value is the probability of the first. */
  readonly outcomes: readonly [string, string]
  /** null for a question. */
  readonly sport: Sport | null
  readonly startAt: Millis | null
  readonly endAt: Millis
  /** Fair value at the beginning, in (0, 1). */
  readonly p: number
  /** Which list of token ids is valid; null leaves the member out, as older markets do. */
  readonly version: 'v1' | 'v2' | null
}

/** The ids of one event at the venues. */
export interface EventIds {
  readonly gammaMarket: string
  readonly gammaEvent: string
  readonly gameId: string
  readonly condition: string
  readonly question: string
  /** By outcome: of the version in use, and of the other one. */
  readonly tokens: readonly [string, string]
  readonly otherTokens: readonly [string, string]
  readonly odds: string
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A token id as the venue writes them: 77 or 78 decimal digits, too large for a number. */
const tokenOf = (text: string): string => (BigInt(`0x${digest(text)}`) | (1n << 255n)).toString()

const numberOf = (text: string): string =>
  String(1_000_000 + (Number.parseInt(digest(text).slice(0, 8), 16) % 8_000_000))

export const idsOf = (spec: EventSpec): EventIds => {
  const { slug } = spec
  const list = (kind: string): [string, string] => [
    tokenOf(`${slug}/${kind}/0`),
    tokenOf(`${slug}/${kind}/1`),
  ]
  const clob = list('clob')
  const position = list('position')
  const second = spec.version === 'v2'
  return {
    gammaMarket: numberOf(`${slug}/market`),
    gammaEvent: numberOf(`${slug}/event`),
    gameId: numberOf(`${slug}/game`),
    condition: `0x${digest(`${slug}/condition`)}`,
    question: `0x${digest(`${slug}/question`)}`,
    tokens: second ? position : clob,
    otherTokens: second ? clob : position,
    odds: digest(`${slug}/odds`).slice(0, 32),
  }
}

export const SPORTS: Readonly<Record<string, Sport>> = {
  nfl: { key: 'americanfootball_nfl', title: 'NFL', group: 'American Football' },
  nba: { key: 'basketball_nba', title: 'NBA', group: 'Basketball' },
  wnba: { key: 'basketball_wnba', title: 'WNBA', group: 'Basketball' },
  mlb: { key: 'baseball_mlb', title: 'MLB', group: 'Baseball' },
  nhl: { key: 'icehockey_nhl', title: 'NHL', group: 'Ice Hockey' },
}

const DAY: Millis = 86_400_000

/** The date in New York, which American games go by: YYYY-MM-DD. */
const easternDate = (at: Millis): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', dateStyle: 'short' }).format(at)

export interface Team {
  /** As in slugs: 'dal'. */
  readonly code: string
  readonly name: string
}

/** A game between two teams. Its slug is league, away, home and the date in New York. */
export const game = (
  league: string,
  away: Team,
  home: Team,
  startAt: Millis,
  rest: Partial<EventSpec> = {},
): EventSpec => {
  const sport = SPORTS[league]
  if (sport === undefined) {
    throw new OperatorError(
      `Reading an event failed: found league "${league}", wanted one of ${Object.keys(SPORTS).join(', ')}`,
    )
  }
  return {
    slug: `${league}-${away.code}-${home.code}-${easternDate(startAt)}`,
    title: `${away.name} vs. ${home.name}`,
    description: `This market will resolve to the team that wins the game between ${away.name} and ${home.name}. If the game is postponed, this market will remain open until it has been completed. If it is canceled entirely, or ends in a tie, this market will resolve 50-50.`,
    outcomes: [away.name, home.name],
    sport,
    startAt,
    endAt: startAt + 7 * DAY,
    p: 0.5,
    version: 'v1',
    ...rest,
  }
}

/** A question that ends with Yes or No at `endAt`. */
export const question = (
  slug: string,
  title: string,
  endAt: Millis,
  rest: Partial<EventSpec> = {},
): EventSpec => ({
  slug,
  title,
  description: `This market will resolve to "Yes" if what its title asks has happened by the end date, and to "No" otherwise.`,
  outcomes: ['Yes', 'No'],
  sport: null,
  startAt: null,
  endAt,
  p: 0.5,
  version: 'v1',
  ...rest,
})

/** Two games and a question, a month from `at`. */
export const defaultEvents = (at: Millis): readonly EventSpec[] => {
  const evening = Math.floor(at / DAY) * DAY + 30 * DAY + 18 * 3_600_000
  return [
    game(
      'nfl',
      { code: 'dal', name: 'Dallas Cowboys' },
      { code: 'nyg', name: 'New York Giants' },
      evening,
      { p: 0.57 },
    ),
    game(
      'nba',
      { code: 'ny', name: 'New York Knicks' },
      { code: 'sa', name: 'San Antonio Spurs' },
      evening + 5 * 3_600_000,
      { p: 0.44 },
    ),
    question('mock-index-above-50', 'Mock index above 50?', evening, { p: 0.5 }),
  ]
}
