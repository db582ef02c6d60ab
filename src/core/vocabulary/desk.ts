// What the desk lets one maker do until its next grant, and what a maker tells the desk of itself.
//
// A grant is a reservation: what is left for one maker is held by no other, so that two makers
// cannot both take the last dollar, and a maker that cannot reach the desk asks nobody.

import type { Top } from './siblings.ts'
import type { Millis, Money } from './units.ts'

/** As in the trading world: quote, quote only what reduces the position, show nothing. */
export const TRADING_STATES = ['active', 'reducing', 'halted'] as const
export type TradingState = (typeof TRADING_STATES)[number]

/** The stricter of two states. */
export const strictest = (one: TradingState, other: TradingState): TradingState =>
  TRADING_STATES.indexOf(one) >= TRADING_STATES.indexOf(other) ? one : other

/** Money by the answer to the market's question. */
export interface ByAnswer {
  readonly yes: Money
  readonly no: Money
}

/** One limit of the desk, as a maker shows it. */
interface DeskUse {
  readonly limit: Money
  /** All tickers that count, this one as the desk knew it when it made the grant. */
  readonly used: Money
}

/** What the desk lets one maker do. Plain JSON: it comes with a lease and stands in the journal. */
export interface DeskTerms {
  /** Epoch ms until which the desk answers for it; after that it binds all the more. */
  readonly until: Millis
  readonly state: TradingState
  /** The UTC day, what all others have gained in it, and the loss that halts every maker. */
  readonly day: number
  readonly othersGain: Money
  readonly maxDailyLoss: Money
  /** What this maker may still lose today while the desk cannot be reached. */
  readonly dayRoom: Money
  /** The most that this ticker may lose at settlement, orders included, by the answer. */
  readonly most: ByAnswer
  /** The limit that leaves least. */
  readonly by: 'event-risk' | 'desk-risk'
  readonly event: DeskUse
  readonly desk: DeskUse
  /** What orders that open may bind; null where no cash is kept back. */
  readonly cash: Money | null
  readonly minCash: Money
}

/** What a maker tells the desk. */
export interface RiskReport {
  /** The event of the market, whether at most one of its markets can be yes, and the shard. */
  readonly event: string
  readonly exclusive: boolean
  readonly shard: number
  /** What the position loses at settlement, and with every order that may still fill. */
  readonly held: ByAnswer
  readonly used: ByAnswer
  /** As much as the ticker's own limits would ever use. */
  readonly wanted: Money
  readonly day: number
  readonly dayGain: Money
  /** The shard's cash as last read, and when; null before. */
  readonly cash: { readonly balance: Money; readonly at: Millis } | null
  /** What orders that open bind now. */
  readonly bound: Money
  /** What others show in its market, for the makers of the same event; absent in older makers. */
  readonly top?: Top
}
