// Reads The Odds API v4: events with the odds of many books, its quota headers, and its errors.
//
// This is the licensed way to sportsbook prices. Outcomes are matched by name, never by position.
// `last_update` is a scrape clock: it advances although the price stands still. The key travels in
// the query, so no address of this service may ever be logged as it is.

import type { Millis } from '../../core/vocabulary/units.ts'
import { instantOf } from '../common/clock.ts'
import {
  asDecimal,
  asList,
  asObject,
  asText,
  isMalformed,
  type Json,
  show,
} from '../common/json.ts'
import { fromAmerican } from '../common/odds.ts'
import { type Malformed, malformed } from '../common/types.ts'

export interface PricedOutcome {
  readonly name: string
  /** Decimal odds. */
  readonly decimal: number
  /** As sent, for the log. */
  readonly text: string
  /** The line of a spread or a total; null for a plain result. */
  readonly point: number | null
}

export interface OddsMarket {
  /** 'h2h', 'h2h_lay', 'spreads', 'totals', ... */
  readonly key: string
  readonly lastUpdate: Millis
  readonly outcomes: readonly PricedOutcome[]
}

interface OddsBook {
  readonly key: string
  readonly title: string
  readonly lastUpdate: Millis
  readonly markets: readonly OddsMarket[]
}

export interface OddsEvent {
  readonly kind: 'event'
  readonly id: string
  readonly sport: string
  readonly startAt: Millis
  readonly home: string
  readonly away: string
  readonly books: readonly OddsBook[]
}

/**
 * American or decimal odds as decimal odds; NaN when unreadable. A number of 100 and more is taken
 * as American: decimal odds that long are below 1 percent, and misread they make a book that sums
 * far above one, which the guards refuse.
 */
const decimalOf = (price: unknown): number => {
  const number = asDecimal(price)
  if (Math.abs(number) >= 100) return fromAmerican(number)
  return number > 1 ? number : Number.NaN
}

const readMarket = (value: unknown, fallback: Millis): OddsMarket | null => {
  const raw = asObject(value)
  if (raw === null || asText(raw.key) === '') return null
  const stamp = instantOf(raw.last_update)
  return {
    key: asText(raw.key),
    lastUpdate: Number.isNaN(stamp) ? fallback : stamp,
    outcomes: asList(raw.outcomes).flatMap((item) => {
      const outcome = asObject(item)
      const name = asText(outcome?.name)
      const point = asDecimal(outcome?.point)
      const text = String(outcome?.price ?? '')
      // An outcome without a readable price stays, as NaN, so that the count of outcomes is right.
      const decimal = decimalOf(outcome?.price)
      return name === '' ? [] : [{ name, decimal, text, point: Number.isNaN(point) ? null : point }]
    }),
  }
}

const readOddsBook = (value: unknown): readonly OddsBook[] => {
  const raw = asObject(value)
  const key = asText(raw?.key)
  if (raw === null || key === '') return []
  const lastUpdate = instantOf(raw.last_update)
  const markets = asList(raw.markets).flatMap((item) => readMarket(item, lastUpdate) ?? [])
  return [{ key, title: asText(raw.title), lastUpdate, markets }]
}

/** One event with its books. */
export const readOddsEvent = (value: unknown): OddsEvent | Malformed => {
  const raw = asObject(value)
  if (raw === null) return malformed(`Event: found ${show(value)}, wanted an object`)
  const id = asText(raw.id)
  const startAt = instantOf(raw.commence_time)
  const home = asText(raw.home_team)
  const away = asText(raw.away_team)
  if (id === '' || Number.isNaN(startAt) || home === '' || away === '') {
    return malformed(`Event ${show(raw.id)}: wanted id, commence_time, home_team and away_team`)
  }
  return {
    kind: 'event',
    id,
    sport: asText(raw.sport_key),
    startAt,
    home,
    away,
    books: asList(raw.bookmakers).flatMap(readOddsBook),
  }
}

/** The body of GET /sports/{sport}/odds: a bare list. One event alone is accepted too. */
export const readOddsEvents = (body: unknown): readonly (OddsEvent | Malformed)[] => {
  if (isMalformed(body)) return [body]
  return Array.isArray(body) ? body.map(readOddsEvent) : [readOddsEvent(body)]
}

export interface Quota {
  /** Credits left until the 1st of next month; null when the header is absent. */
  readonly remaining: number | null
  readonly used: number | null
  /** What this call cost. */
  readonly last: number | null
}

/** The quota headers, present on every answer and on errors. */
export const readQuota = (header: (name: string) => string | null | undefined): Quota => {
  const read = (name: string): number | null => {
    const value = asDecimal(header(name) ?? '')
    return Number.isNaN(value) ? null : value
  }
  return {
    remaining: read('x-requests-remaining'),
    used: read('x-requests-used'),
    last: read('x-requests-last'),
  }
}

/**
 * key: off until the configuration changes. credits: off until the 1st. rate: wait 2 s. plan and
 * request: our mistake, do not repeat. blocked: the host refuses us. unavailable: try again later.
 */
export interface OddsFault {
  readonly kind: 'key' | 'credits' | 'rate' | 'plan' | 'request' | 'blocked' | 'unavailable'
  /** The service's own code, or the status. */
  readonly code: string
}

const KEY_CODES = new Set(['MISSING_KEY', 'INVALID_KEY', 'DEACTIVATED_KEY'])

/** What a failed answer means. `body` is the parsed body, or anything else when it was none. */
export const readOddsFault = (status: number, body: unknown): OddsFault => {
  const raw: Json | null = asObject(body)
  const code = asText(raw?.error_code)
  if (KEY_CODES.has(code)) return { kind: 'key', code }
  if (code === 'OUT_OF_USAGE_CREDITS') return { kind: 'credits', code }
  if (code === 'EXCEEDED_FREQ_LIMIT') return { kind: 'rate', code }
  if (code === 'HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN') return { kind: 'plan', code }
  if (code.startsWith('INVALID_')) return { kind: 'request', code }
  const named = code === '' ? String(status) : code
  if (status === 401) return { kind: 'key', code: named }
  if (status === 403) return { kind: raw === null ? 'blocked' : 'plan', code: named }
  if (status === 429) return { kind: 'rate', code: named }
  if (status >= 400 && status < 500) return { kind: 'request', code: named }
  return { kind: 'unavailable', code: named }
}

/** A text with every API key in it blanked out. */
export const withoutKey = (text: string): string =>
  text.replace(/(api_?key=)[^&\s"']*/gi, '$1[hidden]')
