// Verifies one source of an operator's mapping: same event, same outcome, same side, same rules.
//
// Of ten checks, eight stand here (M8 and M9 need prices, see `watch.ts`). One that fails switches
// the source off and says why; ambiguity counts as failure. A question without a fixture (a rate
// decision, say) cannot be proved from names, so both rule texts must be on record as read by the
// operator.

import type { Millis } from '../../core/vocabulary/units.ts'
import {
  type MappedSource,
  type Mapping,
  type OddsApiSource,
  SAME_QUESTION,
} from '../mapping/mapping-config.ts'
import { teamNamed } from '../mapping/teams.ts'
import { type ParsedTicker, parseTicker, startsAgree } from '../mapping/ticker.ts'
import type { GammaMarket } from '../polymarket/gamma-wire.ts'
import type { OddsEvent } from '../sportsbooks/odds-api-wire.ts'
import { halfLine } from '../sportsbooks/odds-value.ts'

type CheckCode = 'M1' | 'M2' | 'M3' | 'M4' | 'M5' | 'M6' | 'M7' | 'M8' | 'M9' | 'M10'

export interface Check {
  readonly code: CheckCode
  readonly ok: boolean
  /** What was found and what was wanted; '' when it holds. */
  readonly detail: string
}

export interface Verification {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** The details of all failed checks, each with its code. */
  readonly reasons: readonly string[]
}

/** What our own venue says about the ticker now. */
export interface KalshiFacts {
  /** The market trades. */
  readonly open: boolean
  readonly floorStrike: number | null
  /** SHA-256 of rules_primary + rules_secondary, hex; '' when unknown. */
  readonly rulesSha256: string
}

/** What the external venue lists now: everything that could be meant, not only what was mapped. */
export interface ExternalRows {
  readonly markets: readonly GammaMarket[]
  /** SHA-256 of the description of the mapped slug, hex. */
  readonly descriptionSha256: string
  readonly events: readonly OddsEvent[]
}

const check = (code: CheckCode, ok: boolean, detail: string): Check => ({
  code,
  ok,
  detail: ok ? '' : detail,
})

const summed = (checks: readonly Check[]): Verification => {
  const failed = checks.filter(({ ok }) => !ok)
  return {
    ok: failed.length === 0,
    checks,
    reasons: failed.map(({ code, detail }) => `${code}: ${detail}`),
  }
}

/** True when two external names are exactly the ticker's two teams, in any order. */
const sameTeams = (parsed: ParsedTicker, one: string, other: string): boolean => {
  const at = Date.parse(`${parsed.date}T12:00:00Z`)
  const first = teamNamed(parsed.league, one, at)
  const second = teamNamed(parsed.league, other, at)
  return (
    (first === parsed.away && second === parsed.home) ||
    (first === parsed.home && second === parsed.away)
  )
}

/** The markets that could be this ticker's game: both teams, a moneyline, a start that agrees. */
export const marketsFor = (
  parsed: ParsedTicker,
  markets: readonly GammaMarket[],
): readonly GammaMarket[] =>
  markets.filter(
    ({ outcomes, startAt, sportsMarketType }) =>
      outcomes.length === 2 &&
      sportsMarketType === 'moneyline' &&
      sameTeams(parsed, outcomes[0]!, outcomes[1]!) &&
      startsAgree(parsed, startAt),
  )

/** The events that could be this ticker's game. */
export const eventsFor = (
  parsed: ParsedTicker,
  events: readonly OddsEvent[],
): readonly OddsEvent[] =>
  events.filter(
    ({ home, away, startAt }) => sameTeams(parsed, home, away) && startsAgree(parsed, startAt),
  )

/** Whether an external team outcome, on the mapped side, is the event of YES. */
const outcomeIsYes = (parsed: ParsedTicker, source: MappedSource): boolean => {
  const at = Date.parse(`${parsed.date}T12:00:00Z`)
  const named = teamNamed(parsed.league, source.outcome, at)
  const other = parsed.yes === parsed.home ? parsed.away : parsed.home
  return named !== null && named === (source.side === 'same' ? parsed.yes : other)
}

const oddsQuestion = (
  parsed: ParsedTicker,
  source: OddsApiSource,
  floorStrike: number | null,
): string => {
  if (parsed.question === 'game') {
    return source.market === 'h2h' ? '' : `found ${source.market}, wanted h2h for a game`
  }
  const wanted = parsed.question === 'spread' ? 'spreads' : 'totals'
  if (source.market !== wanted) return `found ${source.market}, wanted ${wanted}`
  const line = parsed.line!
  if (floorStrike !== line) return `found floor strike ${floorStrike}, wanted ${line} as the ticker`
  if (source.point === null || !halfLine(source.point)) {
    return `found line ${source.point}, wanted x.5`
  }
  // "Wins by over 1.5" is -1.5 on that team, and +1.5 on the other one is its complement.
  const signed = parsed.question === 'spread' ? (source.side === 'same' ? -line : line) : line
  return source.point === signed ? '' : `found line ${source.point}, wanted ${signed}`
}

const dated = (source: MappedSource, mapping: Mapping, at: Millis): Check => {
  const end = Number.isNaN(source.expiresAt) ? mapping.startAt : source.expiresAt
  // Without an end of its own a mapped source ends with the start, and in play with nothing else.
  const over = Number.isNaN(source.expiresAt) && mapping.inPlay ? false : !(at < end)
  return check('M10', !over, 'expired, or without an end')
}

const rules = (
  source: MappedSource,
  mapping: Mapping,
  kalshi: KalshiFacts,
  external: ExternalRows,
): Check => {
  const found: string[] = []
  if (mapping.rulesSha256 !== '' && kalshi.rulesSha256 !== mapping.rulesSha256) {
    found.push("our venue's rules changed")
  }
  if (source.kind === 'polymarket' && external.descriptionSha256 !== source.rulesSha256) {
    found.push('the external rules changed')
  }
  return check('M7', found.length === 0, `${found.join(' and ')}, wanted the texts acknowledged`)
}

/** Verifies `mapping.sources[index]` against what both venues list at `at`. */
export const verifySource = (
  mapping: Mapping,
  index: number,
  kalshi: KalshiFacts,
  external: ExternalRows,
  at: Millis,
): Verification => {
  const source = mapping.sources[index]
  if (source === undefined) return summed([check('M2', false, `no source ${index} in the mapping`)])
  const always = [rules(source, mapping, kalshi, external), dated(source, mapping, at)]
  const opened = check('M1', kalshi.open, 'our market is not open')
  const parsed = parseTicker(mapping.ticker)
  if (parsed.kind === 'refused') {
    if (!mapping.ack.includes(SAME_QUESTION)) {
      return summed([check('M1', false, parsed.reason), opened, ...always])
    }
    return summed([opened, ...undated(mapping, source, external), ...always])
  }
  const start = check(
    'M5',
    Number.isNaN(parsed.startAt)
      ? startsAgree(parsed, mapping.startAt)
      : mapping.startAt === parsed.startAt,
    `found start ${show(mapping.startAt)}, wanted the ticker's ${show(parsed.startAt)}`,
  )
  const specific =
    source.kind === 'polymarket'
      ? verifyMarket(parsed, source.slug, source, external)
      : verifyEvent(parsed, source, kalshi, external)
  return summed([opened, ...specific, start, ...always])
}

const show = (at: Millis): string => (Number.isNaN(at) ? 'none' : new Date(at).toISOString())

/** A question that names no fixture: exact Yes or No of one market, both texts on record. */
const undated = (
  mapping: Mapping,
  source: MappedSource,
  external: ExternalRows,
): readonly Check[] => {
  if (source.kind !== 'polymarket') {
    return [check('M6', false, 'a sportsbook price needs a game, wanted a Polymarket market')]
  }
  const market = external.markets.filter(({ slug }) => slug === source.slug)
  const only = market.length === 1 ? market[0]! : null
  return [
    check('M2', only !== null, `${market.length} markets are called ${source.slug}, wanted 1`),
    check('M2', only === null || only.refusal === '', `market is unusable: ${only?.refusal}`),
    check(
      'M3',
      only?.outcomes.filter((name) => name === source.outcome).length === 1,
      `no single outcome ${source.outcome}`,
    ),
    check('M6', (only?.sportsMarketType ?? '') === '', 'a sports market needs a dated game ticker'),
    check('M7', mapping.rulesSha256 !== '', "our venue's rules are not on record"),
  ]
}

const verifyMarket = (
  parsed: ParsedTicker,
  slug: string,
  source: MappedSource,
  external: ExternalRows,
): readonly Check[] => {
  const mapped = external.markets.find((market) => market.slug === slug)
  if (mapped === undefined) return [check('M2', false, `no market is called ${slug}`)]
  const fitting = marketsFor(parsed, external.markets)
  return [
    check('M2', mapped.refusal === '', `market is unusable: ${mapped.refusal}`),
    check(
      'M3',
      mapped.outcomes.length === 2 && mapped.outcomes.includes(source.outcome),
      `found ${mapped.outcomes.join(' / ')}, wanted two with ${source.outcome} among them`,
    ),
    check(
      'M4',
      sameTeams(parsed, mapped.outcomes[0] ?? '', mapped.outcomes[1] ?? ''),
      `found ${mapped.outcomes.join(' / ')}, wanted ${parsed.away.name} / ${parsed.home.name}`,
    ),
    check('M4', outcomeIsYes(parsed, source), wrongSide(parsed, source)),
    check('M4', fitting.length <= 1, `${fitting.length} markets fit, wanted 1: ambiguous`),
    check(
      'M5',
      startsAgree(parsed, mapped.startAt),
      `found external start ${show(mapped.startAt)}, too far from the ticker's`,
    ),
    check(
      'M6',
      parsed.question === 'game' && mapped.sportsMarketType === 'moneyline',
      `found ${mapped.sportsMarketType || 'no type'} for a ${parsed.question}, wanted a moneyline`,
    ),
  ]
}

const wrongSide = (parsed: ParsedTicker, source: MappedSource): string =>
  `${source.outcome} on side ${source.side} is not the event of YES (${parsed.yes?.name})`

const verifyEvent = (
  parsed: ParsedTicker,
  source: OddsApiSource,
  kalshi: KalshiFacts,
  external: ExternalRows,
): readonly Check[] => {
  const mapped = external.events.find(({ id }) => id === source.eventId)
  if (mapped === undefined) return [check('M2', false, `event ${source.eventId} is not listed`)]
  const market = mapped.books
    .find(({ key }) => key === source.book)
    ?.markets.find(({ key }) => key === source.market)
  const names = new Set(market?.outcomes.map(({ name }) => name) ?? [])
  const fitting = eventsFor(parsed, external.events)
  const question = oddsQuestion(parsed, source, kalshi.floorStrike)
  const yes =
    parsed.question === 'total'
      ? source.outcome === (source.side === 'same' ? 'Over' : 'Under')
      : outcomeIsYes(parsed, source)
  return [
    check('M2', market !== undefined, `${source.book} has no ${source.market} for the event`),
    check(
      'M3',
      names.has(source.outcome) && names.size === source.outcomes,
      `found ${[...names].join(' / ')}, wanted ${source.outcomes} with ${source.outcome}`,
    ),
    check(
      'M4',
      sameTeams(parsed, mapped.home, mapped.away),
      `found ${mapped.away} / ${mapped.home}, wanted ${parsed.away.name} / ${parsed.home.name}`,
    ),
    check('M4', yes, wrongSide(parsed, source)),
    check('M4', fitting.length <= 1, `${fitting.length} events fit, wanted 1: ambiguous`),
    check(
      'M5',
      startsAgree(parsed, mapped.startAt),
      `found external start ${show(mapped.startAt)}, too far from the ticker's`,
    ),
    check('M6', question === '', question),
  ]
}
