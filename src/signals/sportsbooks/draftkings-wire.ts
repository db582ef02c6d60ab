// Reads DraftKings' own league payload: five flat lists joined by ids.
//
// Members that are false are left out, so a suspension exists only when it is true. Odds carry a
// typographic minus, and `decimal` is cut to two places (up to 0.6 cents off); the exact odds are
// `trueOdds`, which despite the name contain the margin, or the American ones. Nothing here
// fetches: reading the service by machine is believed to be against its terms.

import type { Millis } from '../../core/vocabulary/units.ts'
import { instantOf } from '../common/clock.ts'
import { asDecimal, asList, asObject, asText, type Json, show } from '../common/json.ts'
import { fromAmerican } from '../common/odds.ts'
import { type Malformed, malformed } from '../common/types.ts'

interface DraftKingsSelection {
  /** 'Home', 'Away', 'Draw', 'Over' or 'Under'; '' when absent. */
  readonly outcomeType: string
  /** Decimal odds with margin, exact. NaN when unreadable. */
  readonly decimal: number
  /** American odds as sent. */
  readonly american: string
  readonly suspended: boolean
}

interface DraftKingsMarket {
  readonly isMoneyline: boolean
  readonly suspended: boolean
  readonly selections: readonly DraftKingsSelection[]
}

export interface DraftKingsEvent {
  readonly id: string
  readonly leagueId: string
  readonly startAt: Millis
  readonly home: string
  readonly away: string
  readonly markets: readonly DraftKingsMarket[]
}

/** The exact odds: `trueOdds` (decimal), else the American ones; never the cut decimal. */
const exactDecimal = (raw: Json): number => {
  const exact = asDecimal(raw.trueOdds)
  return exact > 1 ? exact : fromAmerican(asText(asObject(raw.displayOdds)?.american))
}

const readSelection = (raw: Json): DraftKingsSelection => ({
  outcomeType: asText(raw.outcomeType),
  decimal: exactDecimal(raw),
  american: asText(asObject(raw.displayOdds)?.american),
  suspended: raw.isSuspended === true,
})

const isMoneyline = (raw: Json): boolean =>
  asObject(raw.marketType)?.betOfferTypeId === 2 ||
  raw.name === 'Moneyline' ||
  asText(raw.id).startsWith('1_')

const readEvent = (raw: Json, markets: readonly DraftKingsMarket[]): DraftKingsEvent => {
  const team = (role: string): string => {
    const found = asList(raw.participants).find((item) => asObject(item)?.venueRole === role)
    return asText(asObject(found)?.name)
  }
  return {
    id: asText(raw.id),
    leagueId: asText(raw.leagueId),
    startAt: instantOf(raw.startEventDate),
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

/** The events of a league. Rows without an id, or that join nothing, are left out. */
export const readBoard = (body: unknown): readonly DraftKingsEvent[] | Malformed => {
  const raw = asObject(body)
  if (raw === null || !Array.isArray(raw.events) || !Array.isArray(raw.markets)) {
    return malformed(`Board: found ${show(body)}, wanted events, markets and selections`)
  }
  const rows = (list: unknown): Json[] =>
    asList(list).flatMap((item) => {
      const row = asObject(item)
      return row !== null && asText(row.id) !== '' ? [row] : []
    })
  const selections = new Map<string, DraftKingsSelection[]>()
  for (const row of rows(raw.selections)) grow(selections, asText(row.marketId), readSelection(row))
  const markets = new Map<string, DraftKingsMarket[]>()
  for (const row of rows(raw.markets)) {
    grow(markets, asText(row.eventId), {
      isMoneyline: isMoneyline(row),
      suspended: row.isSuspended === true,
      selections: selections.get(asText(row.id)) ?? [],
    })
  }
  return rows(raw.events).map((row) => readEvent(row, markets.get(asText(row.id)) ?? []))
}
