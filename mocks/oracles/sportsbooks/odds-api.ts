// The Odds API v4 over REST: sports, events, and odds by sport or by event. The key is in the
// query, so no complete address may be logged. Refusals have a sentence, a code and the address of
// a help page. A call costs markets times regions; ten named bookmakers count as one region, and an
// empty answer is free.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Answer, Call } from '../common/answer.ts'
import { SPORTS } from '../common/spec.ts'
import type { Quota } from './quota.ts'
import { BOOKMAKERS, decimal, type Game, type Offer, type Sportsbook } from './sportsbook.ts'

type Row = Record<string, unknown>

const PAGE = 'https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html'
const REGIONS = ['us', 'us2', 'us_dfs', 'us_ex', 'uk', 'eu', 'fr', 'se', 'au']
const MARKETS = ['h2h', 'spreads', 'totals', 'outrights', 'h2h_lay']

/** A request that is answered with a code. */
class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const oneOf = (value: string, of: readonly string[], code: string, what: string): string => {
  if (of.includes(value)) return value
  throw new Refused(422, code, `Invalid ${what} parameter`)
}

const listIn = (query: URLSearchParams, key: string): string[] =>
  (query.get(key) ?? '').split(',').filter((item) => item !== '')

interface Wanted {
  readonly books: readonly string[]
  readonly markets: readonly string[]
  /** Regions, or tens of named bookmakers. */
  readonly regions: number
  readonly american: boolean
  readonly time: (at: Millis) => string | number
}

const timeIn = (query: URLSearchParams): Wanted['time'] => {
  const format = oneOf(
    query.get('dateFormat') ?? 'iso',
    ['iso', 'unix'],
    'INVALID_DATE_FORMAT',
    'dateFormat',
  )
  return format === 'unix'
    ? (at) => Math.floor(at / 1000)
    : (at) => `${new Date(at).toISOString().slice(0, 19)}Z`
}

const wantedIn = (query: URLSearchParams): Wanted => {
  const named = listIn(query, 'bookmakers')
  const regions = listIn(query, 'regions')
  if (named.length === 0 && regions.length === 0) {
    throw new Refused(422, 'MISSING_REGION', 'Missing regions or bookmakers key')
  }
  for (const region of regions) oneOf(region, REGIONS, 'INVALID_REGION', 'regions')
  const keys = BOOKMAKERS.map(({ key }) => key)
  for (const key of named) oneOf(key, keys, 'INVALID_BOOKMAKERS', 'bookmakers')
  const asked = listIn(query, 'markets')
  const markets = asked.length === 0 ? ['h2h'] : asked
  for (const market of markets) oneOf(market, MARKETS, 'INVALID_MARKET', 'markets')
  const format = oneOf(
    query.get('oddsFormat') ?? 'decimal',
    ['decimal', 'american'],
    'INVALID_ODDS_FORMAT',
    'oddsFormat',
  )
  return {
    books:
      named.length > 0
        ? named
        : BOOKMAKERS.filter(({ region }) => regions.includes(region)).map(({ key }) => key),
    markets,
    regions: named.length > 0 ? Math.ceil(named.length / 10) : regions.length,
    american: format === 'american',
    time: timeIn(query),
  }
}

const eventRow = ({ spec, ids, commenceAt }: Game, time: Wanted['time']): Row => ({
  id: ids.odds,
  sport_key: spec.sport!.key,
  sport_title: spec.sport!.title,
  commence_time: time(commenceAt),
  home_team: spec.outcomes[1],
  away_team: spec.outcomes[0],
})

const bookRow = (game: Game, offer: Offer, wanted: Wanted): Row => {
  const { bookmaker, updatedAt, h2h, lay } = offer
  const update = wanted.time(updatedAt)
  const price = (line: number): number => (wanted.american ? line : decimal(line))
  // By name, as the API does: the order says nothing about home and away.
  const outcomes = ([first, second]: readonly [number, number]): Row[] =>
    [
      { name: game.spec.outcomes[0], price: price(first) },
      { name: game.spec.outcomes[1], price: price(second) },
    ].sort((a, b) => (a.name < b.name ? -1 : 1))
  const markets: Row[] = []
  if (wanted.markets.includes('h2h')) {
    markets.push({ key: 'h2h', last_update: update, outcomes: outcomes(h2h) })
  }
  // Exchanges add their lay side without being asked.
  if (lay !== null && wanted.markets.some((key) => key === 'h2h' || key === 'h2h_lay')) {
    markets.push({ key: 'h2h_lay', last_update: update, outcomes: outcomes(lay) })
  }
  return { key: bookmaker.key, title: bookmaker.title, last_update: update, markets }
}

const oddsRow = (game: Game, book: Sportsbook, wanted: Wanted): Row => ({
  ...eventRow(game, wanted.time),
  bookmakers: book
    .offers(game)
    .filter(({ bookmaker }) => wanted.books.includes(bookmaker.key))
    .map((offer) => bookRow(game, offer, wanted))
    .filter(({ markets }) => (markets as Row[]).length > 0),
})

const sportRows = (book: Sportsbook, all: boolean): Row[] =>
  Object.values(SPORTS)
    .map(({ key, title, group }) => ({
      key,
      group,
      title,
      description: group,
      active: book.games.some(({ spec, over }) => spec.sport!.key === key && !over),
      has_outrights: false,
    }))
    .filter(({ active }) => all || active)

const check = (query: URLSearchParams, quota: Quota, at: Millis): void => {
  const key = query.get('apiKey') ?? ''
  if (key === '') throw new Refused(401, 'MISSING_KEY', 'API key is missing')
  if (key !== quota.key || quota.keyState === 'invalid') {
    throw new Refused(401, 'INVALID_KEY', 'API key is not valid')
  }
  if (quota.keyState === 'deactivated') {
    throw new Refused(401, 'DEACTIVATED_KEY', 'API key has been deactivated')
  }
  if (!quota.admits(at)) {
    throw new Refused(429, 'EXCEEDED_FREQ_LIMIT', 'Requests are too frequent, try again later')
  }
}

const gamesOf = (sport: string, book: Sportsbook, query: URLSearchParams): Game[] => {
  if (sport !== 'upcoming' && !Object.values(SPORTS).some(({ key }) => key === sport)) {
    throw new Refused(404, 'UNKNOWN_SPORT', 'Unknown sport')
  }
  const ids = listIn(query, 'eventIds')
  const time = (key: string, fallback: Millis): Millis => {
    const text = query.get(key)
    if (text === null) return fallback
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN
    if (Number.isFinite(at)) return at
    const code = key === 'commenceTimeFrom' ? 'FROM' : 'TO'
    throw new Refused(422, `INVALID_COMMENCE_TIME_${code}`, `Invalid ${key} parameter`)
  }
  const from = time('commenceTimeFrom', Number.NEGATIVE_INFINITY)
  const to = time('commenceTimeTo', Number.POSITIVE_INFINITY)
  return book.games.filter(
    ({ spec, ids: { odds }, over, commenceAt }) =>
      !over &&
      (sport === 'upcoming' || spec.sport!.key === sport) &&
      (ids.length === 0 || ids.includes(odds)) &&
      commenceAt >= from &&
      commenceAt <= to,
  )
}

interface Result {
  readonly body: unknown
  readonly cost: number
}

const charge = (quota: Quota, cost: number): void => {
  if (quota.remaining >= cost && quota.remaining > 0) return
  throw new Refused(
    quota.exhaustedStatus,
    'OUT_OF_USAGE_CREDITS',
    'Usage quota has been reached. See usage plans at https://the-odds-api.com',
  )
}

const serve = (call: Call, book: Sportsbook, quota: Quota): Result | null => {
  const { query } = call
  const [, version, sports, sport, kind, id, odds, ...more] = call.path.split('/')
  if (call.method !== 'GET' || version !== 'v4' || sports !== 'sports' || more.length > 0)
    return null
  if (sport === undefined) return { body: sportRows(book, query.get('all') === 'true'), cost: 0 }
  if (kind === 'events' && id === undefined) {
    const time = timeIn(query)
    return { body: gamesOf(sport, book, query).map((game) => eventRow(game, time)), cost: 0 }
  }
  if (kind === 'events' && odds === 'odds') {
    const wanted = wantedIn(query)
    const game = gamesOf(sport, book, query).find(({ ids }) => ids.odds === id)
    if (game === undefined) throw new Refused(404, 'EVENT_NOT_FOUND', 'Event not found')
    charge(quota, wanted.regions)
    const row = oddsRow(game, book, wanted)
    const keys = new Set(
      (row.bookmakers as { markets: { key: string }[] }[]).flatMap(({ markets }) =>
        markets.map(({ key }) => key).filter((key) => wanted.markets.includes(key)),
      ),
    )
    return { body: row, cost: keys.size * wanted.regions }
  }
  if (kind !== 'odds' || id !== undefined) return null
  const wanted = wantedIn(query)
  const games = gamesOf(sport, book, query)
  const cost = games.length === 0 ? 0 : wanted.markets.length * wanted.regions
  charge(quota, cost)
  return { body: games.map((game) => oddsRow(game, book, wanted)), cost }
}

/** Answers a request under /v4; null when there is no such path. */
export const oddsApi = (call: Call, book: Sportsbook, quota: Quota, at: Millis): Answer | null => {
  try {
    check(call.query, quota, at)
    const result = serve(call, book, quota)
    if (result === null) return null
    quota.spend(result.cost)
    return { status: 200, body: result.body, headers: quota.headers(result.cost) }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { status, code, message } = error
    const anchor = code.toLowerCase().replaceAll('_', '-')
    return {
      status,
      body: { message, error_code: code, details_url: `${PAGE}#${anchor}` },
      headers: quota.headers(0),
    }
  }
}
