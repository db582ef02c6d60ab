// Proposes candidates for a mapping, ranked for the operator to read. None is ever activated by
// itself.
//
// Automatic matching is mostly wrong, so a candidate must fit in both teams and in time. When two
// fit equally well, both are shown and both are marked as ambiguous.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { MappedSource } from '../mapping/mapping-config.ts'
import { teamNamed } from '../mapping/teams.ts'
import { type ParsedTicker, parseTicker } from '../mapping/ticker.ts'
import type { GammaMarket } from '../polymarket/gamma-wire.ts'
import type { OddsEvent } from '../sportsbooks/odds-api-wire.ts'
import { eventsFor, marketsFor } from './verify.ts'

export interface Proposal {
  /** Ready to be pasted, but for the hash of the rules, which the operator must have read. */
  readonly source: MappedSource
  /** 0..1: 1 is the same teams at the same minute. */
  readonly score: number
  /** Another candidate of its kind fits too. */
  readonly ambiguous: boolean
  readonly reasons: readonly string[]
}

export interface Proposals {
  readonly ticker: string
  /** Why there can be none; '' otherwise. */
  readonly refusal: string
  readonly candidates: readonly Proposal[]
}

const HOUR: Millis = 3_600_000

const scoreOf = (parsed: ParsedTicker, startAt: Millis): number =>
  Number.isNaN(parsed.startAt) ? 0.5 : 1 / (1 + Math.abs(startAt - parsed.startAt) / HOUR)

const timeReason = (parsed: ParsedTicker, startAt: Millis): string =>
  Number.isNaN(parsed.startAt)
    ? 'same local date; the ticker names no time'
    : `starts ${Math.round((startAt - parsed.startAt) / 1000)} s from the ticker's time`

/** Candidates for a game's ticker among the rows supplied, best first. */
export const propose = (
  ticker: string,
  markets: readonly GammaMarket[],
  events: readonly OddsEvent[],
  book: string,
): Proposals => {
  const parsed = parseTicker(ticker)
  if (parsed.kind === 'refused') return { ticker, refusal: parsed.reason, candidates: [] }
  if (parsed.question !== 'game' || parsed.yes === null) {
    return { ticker, refusal: `Ticker ${ticker}: lines are mapped by hand`, candidates: [] }
  }
  const { yes } = parsed
  const noon = Date.parse(`${parsed.date}T12:00:00Z`)
  const named = (name: string): boolean => teamNamed(parsed.league, name, noon) === yes
  const fittingMarkets = marketsFor(parsed, markets)
  const fittingEvents = eventsFor(parsed, events)
  const candidates: Proposal[] = []
  for (const market of fittingMarkets) {
    candidates.push({
      source: {
        kind: 'polymarket',
        slug: market.slug,
        outcome: market.outcomes.find(named) ?? '',
        side: 'same',
        rulesSha256: '',
        expiresAt: Number.isNaN(parsed.startAt) ? market.startAt : parsed.startAt,
      },
      score: scoreOf(parsed, market.startAt) * (market.refusal === '' ? 1 : 0.5),
      ambiguous: fittingMarkets.length > 1,
      reasons: [
        'both teams fit',
        timeReason(parsed, market.startAt),
        ...(market.refusal === '' ? [] : [`unusable now: ${market.refusal}`]),
        'settlement text must be read and hashed',
      ],
    })
  }
  for (const event of fittingEvents) {
    const offered = event.books
      .find(({ key }) => key === book)
      ?.markets.find(({ key }) => key === 'h2h')
    candidates.push({
      source: {
        kind: 'oddsapi',
        sport: event.sport,
        eventId: event.id,
        book,
        market: 'h2h',
        outcome: named(event.home) ? event.home : event.away,
        outcomes: 2,
        point: null,
        side: 'same',
        expiresAt: Number.NaN,
      },
      score: scoreOf(parsed, event.startAt) * (offered === undefined ? 0.5 : 1),
      ambiguous: fittingEvents.length > 1,
      reasons: [
        'both teams fit',
        timeReason(parsed, event.startAt),
        ...(offered === undefined ? [`${book} has no h2h for it now`] : []),
      ],
    })
  }
  candidates.sort((a, b) => b.score - a.score)
  return { ticker, refusal: '', candidates }
}
