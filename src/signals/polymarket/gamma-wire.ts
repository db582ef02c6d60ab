// Reads Polymarket's market rows (its Gamma service) for matching and for the settlement text.
//
// Lists arrive as JSON inside strings, `active` stays true after closing, and cached prices outlive
// the market, so nothing here is ever a price. A row that cannot be used says why in words.

import type { Millis } from '../../core/vocabulary/units.ts'
import { instantOf } from '../common/clock.ts'
import { asList, asObject, asStrings, asText, isMalformed, show } from '../common/json.ts'
import { type Malformed, malformed } from '../common/types.ts'

export interface GammaMarket {
  readonly kind: 'market'
  readonly slug: string
  /** Settlement rules, to be hashed. */
  readonly description: string
  readonly outcomes: readonly string[]
  /** Token of each outcome, from the list that the market's version makes valid. */
  readonly tokens: readonly string[]
  /** Why it cannot be priced now; '' when it can. */
  readonly refusal: string
  /** Start of the game; NaN where there is none. `endDate` is not it. */
  readonly startAt: Millis
  /** 'moneyline', 'spreads', ...; '' for a market that is no sport. */
  readonly sportsMarketType: string
}

const TOKEN = /^\d{1,80}$/

/** One row of GET /markets, or the answer of GET /markets/slug/{slug}. */
export const readGammaMarket = (value: unknown): GammaMarket | Malformed => {
  const raw = asObject(value)
  if (raw === null) return malformed(`Market: found ${show(value)}, wanted an object`)
  const slug = asText(raw.slug)
  if (slug === '') return malformed(`Market: found slug ${show(raw.slug)}, wanted text`)
  const outcomes = asStrings(raw.outcomes)
  if (outcomes === null || outcomes.length === 0) {
    return malformed(`Market ${slug}: found outcomes ${show(raw.outcomes)}, wanted a list of names`)
  }
  const version = asText(raw.version)
  const ids = asStrings(version === 'v2' ? raw.positionIds : raw.clobTokenIds)
  const tokens = (ids ?? []).filter((id) => TOKEN.test(id))
  const resolution = asText(raw.umaResolutionStatus)
  const refusals: readonly [boolean, string][] = [
    [raw.closed === true, 'closed'],
    [raw.archived === true, 'archived'],
    [raw.active !== true, 'not active'],
    [resolution !== '', `resolution ${resolution}`],
    [!['', 'v1', 'v2'].includes(version), `unknown version ${show(version)}`],
    [(raw.marketType ?? 'normal') !== 'normal', `type ${show(raw.marketType)}`],
    [outcomes.length !== 2, `${outcomes.length} outcomes`],
    [raw.negRiskOther === true, 'the "other" bucket, whose meaning drifts'],
    [raw.enableOrderBook !== true, 'no order book'],
    [raw.acceptingOrders !== true, 'not accepting orders'],
    [tokens.length !== outcomes.length, 'token ids missing or unreadable'],
  ]
  const start = instantOf(raw.gameStartTime)
  return {
    kind: 'market',
    slug,
    description: asText(raw.description),
    outcomes,
    tokens: tokens.length === outcomes.length ? tokens : [],
    refusal: refusals.find(([applies]) => applies)?.[1] ?? '',
    startAt: Number.isNaN(start) ? instantOf(raw.eventStartTime) : start,
    sportsMarketType: asText(raw.sportsMarketType),
  }
}

/**
 * Every market in an answer: a list of markets, a page with `markets`, one market, or events with
 * markets inside. Rows that cannot be read are among them as 'malformed'.
 */
export const readGammaMarkets = (value: unknown): readonly (GammaMarket | Malformed)[] => {
  if (isMalformed(value)) return [value]
  if (Array.isArray(value)) return value.flatMap((item) => readGammaMarkets(item))
  const raw = asObject(value)
  if (raw === null) return [malformed(`Markets: found ${show(value)}, wanted a list`)]
  for (const inner of [raw.markets, raw.events, raw.data]) {
    if (Array.isArray(inner)) return asList(inner).flatMap((item) => readGammaMarkets(item))
  }
  return [readGammaMarket(raw)]
}

/** The token of an outcome, by its exact name; '' when there is none or it is there twice. */
export const tokenOfOutcome = (market: GammaMarket, outcome: string): string => {
  const index = market.outcomes.indexOf(outcome)
  if (index < 0 || market.outcomes.lastIndexOf(outcome) !== index) return ''
  return market.tokens[index] ?? ''
}
