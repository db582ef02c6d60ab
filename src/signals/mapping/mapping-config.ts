// Reads the operator's mapping: which external price belongs to which ticker.
//
// In: untrusted JSON. Out: a mapping, or one sentence that says what was found and what was wanted.
// The mapping is an authority: code verifies it and proposes others, but never makes one. It holds
// durable names (slug, event, outcome); token ids are looked up afresh. Read by hand, not by
// schema: numbers may be text, some members may be unreadable without harm, and a schema was no
// shorter.

import type { Millis } from '../../core/vocabulary/units.ts'
import { instantOf } from '../common/clock.ts'
import { asDecimal, asObject, asText, type Json, show } from '../common/json.ts'
import { type Malformed, type MappedSide, malformed } from '../common/types.ts'

export interface PolymarketSource {
  readonly kind: 'polymarket'
  readonly slug: string
  readonly outcome: string
  readonly side: MappedSide
  /** SHA-256 of the settlement text that the operator read, hex. */
  readonly rulesSha256: string
  readonly expiresAt: Millis
}

export interface OddsApiSource {
  readonly kind: 'oddsapi'
  readonly sport: string
  readonly eventId: string
  readonly book: string
  readonly market: 'h2h' | 'spreads' | 'totals'
  readonly outcome: string
  readonly outcomes: number
  /** The line; null for h2h. */
  readonly point: number | null
  readonly side: MappedSide
  /** NaN for none of its own: the start ends it. */
  readonly expiresAt: Millis
}

export type MappedSource = PolymarketSource | OddsApiSource

export interface Mapping {
  readonly kind: 'mapping'
  readonly ticker: string
  readonly cluster: string
  /** NaN for a question without a start. */
  readonly startAt: Millis
  readonly inPlay: boolean
  readonly maxCents: number
  /** SHA-256 of our venue's own rules as the operator read them, hex; '' when not recorded. */
  readonly rulesSha256: string
  readonly sources: readonly MappedSource[]
  readonly ack: readonly string[]
}

/** What an operator writes to say that both settlement texts of an undated question were read. */
export const SAME_QUESTION = 'same-question'

const SHA256 = /^[0-9a-f]{64}$/

const sideOf = (raw: Json): MappedSide | null =>
  raw.side === 'same' || raw.side === 'inverse' ? raw.side : null

const readSource = (value: unknown): MappedSource | Malformed => {
  const raw = asObject(value)
  if (raw === null) return malformed(`Source: found ${show(value)}, wanted an object`)
  const side = sideOf(raw)
  if (side === null) return malformed(`Side: found ${show(raw.side)}, wanted "same" or "inverse"`)
  const outcome = asText(raw.outcome)
  if (outcome === '') return malformed(`Outcome: found ${show(raw.outcome)}, wanted its exact name`)
  const expiresAt = instantOf(raw.expires)
  if (raw.kind === 'polymarket') {
    const slug = asText(raw.slug)
    const rulesSha256 = asText(raw.rulesSha256)
    if (slug === '') return malformed(`Slug: found ${show(raw.slug)}, wanted text`)
    if (!SHA256.test(rulesSha256)) {
      return malformed(`Rules: found ${show(raw.rulesSha256)}, wanted 64 hex digits`)
    }
    if (Number.isNaN(expiresAt)) {
      return malformed(`Expires: found ${show(raw.expires)}, wanted a time with a zone`)
    }
    return { kind: 'polymarket', slug, outcome, side, rulesSha256, expiresAt }
  }
  if (raw.kind !== 'oddsapi') {
    return malformed(`Source: found kind ${show(raw.kind)}, wanted "polymarket" or "oddsapi"`)
  }
  const market = raw.market
  if (market !== 'h2h' && market !== 'spreads' && market !== 'totals') {
    return malformed(`Market: found ${show(market)}, wanted "h2h", "spreads" or "totals"`)
  }
  const [sport, eventId, book] = [asText(raw.sport), asText(raw.eventId), asText(raw.book)]
  if (sport === '' || eventId === '' || book === '') {
    return malformed(`Source: found ${show(raw)}, wanted sport, eventId and book`)
  }
  const outcomes = asDecimal(raw.outcomes)
  if (outcomes !== 2 && outcomes !== 3) {
    return malformed(`Outcomes: found ${show(raw.outcomes)}, wanted 2 or 3`)
  }
  if (side === 'inverse' && outcomes !== 2) {
    return malformed('Side: found "inverse" with three outcomes, wanted "same"')
  }
  const point = asDecimal(raw.point)
  if ((market !== 'h2h') === Number.isNaN(point)) {
    return malformed(`Point: found ${show(raw.point)}, wanted a line for spreads and totals only`)
  }
  return {
    kind: 'oddsapi',
    sport,
    eventId,
    book,
    market,
    outcome,
    outcomes,
    point: Number.isNaN(point) ? null : point,
    side,
    expiresAt,
  }
}

/** One entry of the operator's mapping. */
export const readMapping = (value: unknown): Mapping | Malformed => {
  const raw = asObject(value)
  const ticker = asText(raw?.ticker)
  if (raw === null || ticker === '') {
    return malformed(`Mapping: found ${show(value)}, wanted an object with a ticker`)
  }
  const wrong = (detail: string): Malformed => malformed(`Mapping ${ticker}: ${detail}`)
  const startAt = instantOf(raw.start)
  if (raw.start !== undefined && Number.isNaN(startAt)) {
    return wrong(`found start ${show(raw.start)}, wanted a time with a zone`)
  }
  const maxCents = raw.maxCents === undefined ? 1 : asDecimal(raw.maxCents)
  if (!(maxCents >= 0 && maxCents <= 3)) {
    return wrong(`found maxCents ${show(raw.maxCents)}, wanted 0 to 3`)
  }
  if (!Array.isArray(raw.sources) || raw.sources.length === 0) {
    return wrong(`found sources ${show(raw.sources)}, wanted a list with at least one`)
  }
  const sources: MappedSource[] = []
  for (const item of raw.sources) {
    const source = readSource(item)
    if (source.kind === 'malformed') return wrong(source.detail)
    sources.push(source)
  }
  const rulesSha256 = asText(raw.rulesSha256)
  if (rulesSha256 !== '' && !SHA256.test(rulesSha256)) {
    return wrong(`found rulesSha256 ${show(rulesSha256)}, wanted 64 hex digits`)
  }
  return {
    kind: 'mapping',
    ticker,
    cluster: asText(raw.cluster),
    startAt,
    inPlay: raw.inPlay === true,
    maxCents,
    rulesSha256,
    sources,
    ack: Array.isArray(raw.ack) ? raw.ack.map(asText) : [],
  }
}
