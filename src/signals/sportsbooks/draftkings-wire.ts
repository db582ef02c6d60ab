// Reads DraftKings' own league payload: five flat lists joined by ids.
//
// Members that are false are left out, so a suspension exists only when it is true. Odds carry a
// typographic minus, and `decimal` is cut to two places (up to 0.6 cents off); the exact odds are
// `trueOdds`, which despite the name contain the margin, or the American ones. Nothing here
// fetches: reading the service by machine is believed to be against its terms.

import type { Millis } from '../../core/vocabulary/units.ts'
import { instantOf, type SourceClock } from '../common/clock.ts'
import { asDecimal, asList, asObject, asText, type Json, show } from '../common/json.ts'
import { fromAmerican } from '../common/odds.ts'
import {
  type Malformed,
  type MappedSide,
  malformed,
  type SourceReading,
  silent,
} from '../common/types.ts'
import { halfLine, oddsReading } from './odds-value.ts'

interface DraftKingsSelection {
  readonly id: string
  readonly label: string
  /** 'Home', 'Away', 'Draw', 'Over' or 'Under'; '' when absent. */
  readonly outcomeType: string
  /** Decimal odds with margin, exact. NaN when unreadable. */
  readonly decimal: number
  /** American odds as sent. */
  readonly american: string
  readonly points: number | null
  readonly suspended: boolean
}

interface DraftKingsMarket {
  readonly id: string
  readonly eventId: string
  readonly type: 'moneyline' | 'spread' | 'total' | 'other'
  readonly name: string
  readonly suspended: boolean
  readonly selections: readonly DraftKingsSelection[]
}

export interface DraftKingsEvent {
  readonly id: string
  readonly leagueId: string
  readonly name: string
  readonly startAt: Millis
  readonly status: string
  readonly home: string
  readonly away: string
  readonly markets: readonly DraftKingsMarket[]
}

export interface DraftKingsBoard {
  readonly kind: 'board'
  readonly events: readonly DraftKingsEvent[]
  /** Rows that could not be read or joined, in words. */
  readonly faults: readonly string[]
}

/** The exact odds: `trueOdds` (decimal), else the American ones; never the cut decimal. */
const exactDecimal = (raw: Json): number => {
  const exact = asDecimal(raw.trueOdds)
  return exact > 1 ? exact : fromAmerican(asText(asObject(raw.displayOdds)?.american))
}

const readSelection = (raw: Json): DraftKingsSelection => {
  const points = asDecimal(raw.points)
  return {
    id: asText(raw.id),
    label: asText(raw.label),
    outcomeType: asText(raw.outcomeType),
    decimal: exactDecimal(raw),
    american: asText(asObject(raw.displayOdds)?.american),
    points: Number.isNaN(points) ? null : points,
    suspended: raw.isSuspended === true,
  }
}

const typeOf = (raw: Json): DraftKingsMarket['type'] => {
  const id = asText(raw.id)
  const name = asText(raw.name)
  if (asObject(raw.marketType)?.betOfferTypeId === 2 || name === 'Moneyline') return 'moneyline'
  if (id.startsWith('1_')) return 'moneyline'
  if (id.startsWith('2_')) return 'spread'
  return id.startsWith('3_') ? 'total' : 'other'
}

const readEvent = (raw: Json, markets: readonly DraftKingsMarket[]): DraftKingsEvent => {
  const team = (role: string): string => {
    const found = asList(raw.participants).find((item) => asObject(item)?.venueRole === role)
    return asText(asObject(found)?.name)
  }
  return {
    id: asText(raw.id),
    leagueId: asText(raw.leagueId),
    name: asText(raw.name),
    startAt: instantOf(raw.startEventDate),
    status: asText(raw.status),
    home: team('Home'),
    away: team('Away'),
    markets,
  }
}

const grow = <T>(groups: Map<string, T[]>, key: string, item: T): void => {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [item])
  else group.push(item)
}

/** A league's board. */
export const readBoard = (body: unknown): DraftKingsBoard | Malformed => {
  const raw = asObject(body)
  if (raw === null || !Array.isArray(raw.events) || !Array.isArray(raw.markets)) {
    return malformed(`Board: found ${show(body)}, wanted events, markets and selections`)
  }
  const faults: string[] = []
  const rows = (list: unknown, name: string): Json[] =>
    asList(list).flatMap((item) => {
      const row = asObject(item)
      if (row !== null && asText(row.id) !== '') return [row]
      faults.push(`${name}: found ${show(item)}, wanted an object with an id`)
      return []
    })
  const selections = new Map<string, DraftKingsSelection[]>()
  for (const row of rows(raw.selections, 'Selection')) {
    grow(selections, asText(row.marketId), readSelection(row))
  }
  const markets = new Map<string, DraftKingsMarket[]>()
  const known = new Set<string>()
  for (const row of rows(raw.markets, 'Market')) {
    known.add(asText(row.id))
    grow(markets, asText(row.eventId), {
      id: asText(row.id),
      eventId: asText(row.eventId),
      type: typeOf(row),
      name: asText(row.name),
      suspended: row.isSuspended === true,
      selections: selections.get(asText(row.id)) ?? [],
    })
  }
  for (const id of selections.keys()) {
    if (!known.has(id)) faults.push(`Selection: found market ${show(id)}, which is not listed`)
  }
  const events = rows(raw.events, 'Event').map((row) =>
    readEvent(row, markets.get(asText(row.id)) ?? []),
  )
  return { kind: 'board', events, faults }
}

export interface DraftKingsPick {
  /** State site, part of the source's name because prices differ by state: 'US-NJ-SB'. */
  readonly site: string
  readonly eventId: string
  readonly type: 'moneyline' | 'spread' | 'total'
  readonly outcomeType: string
  readonly outcomes: number
  readonly point?: number
  readonly side: MappedSide
}

/** What a board says about one of our tickers. `clock` belongs to this pick and is fed here. */
export const draftKingsReading = (
  board: DraftKingsBoard,
  pick: DraftKingsPick,
  clock: SourceClock,
  receivedAt: Millis,
): SourceReading => {
  const event = board.events.find(({ id }) => id === pick.eventId)
  if (event === undefined) return silent('suspended', 'event is off the board')
  if (event.status !== 'NOT_STARTED' || !(receivedAt < event.startAt)) {
    return silent('closed', 'started')
  }
  if (pick.point !== undefined && !halfLine(pick.point)) {
    return silent('error', `line ${pick.point} can end in a refund, wanted x.5`)
  }
  const ofType = event.markets.filter(({ type }) => type === pick.type)
  const fits = (selection: DraftKingsSelection): boolean =>
    pick.point === undefined ||
    selection.points === pick.point ||
    (pick.type === 'spread' &&
      selection.outcomeType !== pick.outcomeType &&
      selection.points === -pick.point)
  const market = ofType.find(({ selections }) =>
    selections.some((each) => each.outcomeType === pick.outcomeType && fits(each)),
  )
  if (market === undefined) return silent('suspended', `no ${pick.type} for ${pick.outcomeType}`)
  const selections = market.selections.filter(fits)
  if (market.suspended || selections.some(({ suspended }) => suspended)) {
    return silent('suspended', 'suspended by the book')
  }
  const texts = selections.map(({ american }) => american)
  clock.read(
    selections.map(({ id, decimal }) => `${id}=${decimal}`).join(' '),
    Number.NaN,
    receivedAt,
  )
  return oddsReading(
    {
      source: `draftkings:${pick.site}`,
      kind: 'sportsbook',
      key: `${event.id}/${market.id}/${pick.outcomeType}`,
      decimals: selections.map(({ decimal }) => decimal),
      texts,
      chosen: selections.findIndex(({ outcomeType }) => outcomeType === pick.outcomeType),
      outcomes: pick.outcomes,
      side: pick.side,
    },
    clock,
  )
}
