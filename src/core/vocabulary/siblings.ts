// What the makers of one event tell each other, by way of the desk. Plain JSON.
//
// A top is what one maker sees of its market; a view is what the desk makes of the tops of all
// others for one maker. Times are those at which a maker told, by its own clock.

import type { Millis, Price, Quantity } from './units.ts'

/** How the question of a market depends on one number; all other types are not read. */
export const STRIKE_TYPES = [
  'greater',
  'greater_or_equal',
  'less',
  'less_or_equal',
  'between',
] as const

/** The number lies above `floor`, below `cap`, or between both. */
export interface Strikes {
  readonly type: (typeof STRIKE_TYPES)[number]
  readonly floor: number | null
  readonly cap: number | null
}

/** What others show in one market, and what we hold there. */
export interface Top {
  /** 0 where there is none, or where the book cannot be seen. */
  readonly bid: Price
  /** 10000 where there is none, or where the book is not credible: then only its bid is told. */
  readonly ask: Price
  readonly position: Quantity
  readonly strikes: Strikes | null
}

/** Another market of the same event, of which at most one is answered yes. */
export interface Sibling {
  readonly ticker: string
  readonly at: Millis
  readonly bid: Price
  readonly ask: Price
  readonly position: Quantity
}

/** A price that the ladder of strikes does not let ours pass. */
export interface LadderBound {
  readonly at: Millis
  readonly price: Price
}

export interface SiblingsView {
  /** All others of an event whose outcomes exclude each other; empty for a ladder. */
  readonly others: readonly Sibling[]
  /** The best bid of markets that ours contains: whenever they are answered yes, ours is. */
  readonly low: LadderBound | null
  /** The best ask of markets that contain ours. */
  readonly high: LadderBound | null
}
