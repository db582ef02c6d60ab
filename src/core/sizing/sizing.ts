// Sizes: how much to hold at most, and how much to show on each side.
//
// A contract bought at p loses p at worst and one sold loses 1 - p, so the same dollars buy more of
// a long shot; and its settlement varies less than an even one's, so the same standard deviation
// allows more of it, long or short. Of the limits in contracts, dollars and deviation the tightest
// counts. The side that adds to a position shrinks as the position grows; the side that reduces
// never does.

import type { Side } from '../vocabulary/units.ts'

/** The most that a market may cost. */
interface SizeLimits {
  /** Contracts either way, >= 0. */
  readonly maxPosition: number
  /** L: dollars lost at worst when the market settles, >= 0. */
  readonly dollarsAtRisk: number
  /** R: dollars of standard deviation at settlement, >= 0. */
  readonly settlementSd: number
}

/** The largest position either way, contracts, >= 0. */
export interface Caps {
  long: number
  short: number
}

/**
 * min(maxPosition, L/p, R/sqrt(p(1-p))) long, and with 1 - p for p short. `p` is the fair YES price
 * in dollars, clamped to 0..1; both caps are 0 where it is not a number.
 */
export const capsOf = (p: number, limits: SizeLimits, out: Caps): void => {
  if (Number.isNaN(p)) {
    out.long = 0
    out.short = 0
    return
  }
  const yes = Math.min(Math.max(p, 0), 1)
  const no = 1 - yes
  const most = Math.min(limits.maxPosition, ratio(limits.settlementSd, Math.sqrt(yes * no)))
  out.long = Math.max(Math.min(most, ratio(limits.dollarsAtRisk, yes)), 0)
  out.short = Math.max(Math.min(most, ratio(limits.dollarsAtRisk, no)), 0)
}

/** What costs nothing is not limited by its cost, not even by a limit of 0 (0/0). */
const ratio = (limit: number, each: number): number =>
  each > 0 ? limit / each : Number.POSITIVE_INFINITY

/** Sizes are whole contracts for lots of 1 and more, and hundredths for smaller lots. */
const stepsPerContract = (lot: number): 1 | 100 => (lot >= 1 ? 1 : 100)
/** A size that is a rounding error below a step counts as that step. */
const TOLERANCE = 1e-9

/**
 * Contracts to show on a side: lot x exp(-eta max(q, 0) / cap), where q is what is held in the
 * direction of the side, and no more than cap - q. The reducing side (q < 0) shows the lot.
 * @param inventory signed YES contracts
 * @param cap of this side, contracts: `long` of the caps for a bid, `short` for an ask
 * @param lot contracts of a full quote, > 0
 * @param eta how fast the increasing side shrinks, >= 0; 0 keeps the lot
 * @returns rounded down to whole contracts for a lot of 1 or more, else to hundredths; >= 0
 */
export const sizeFor = (
  side: Side,
  inventory: number,
  cap: number,
  lot: number,
  eta: number,
): number => {
  const held = side === 'bid' ? inventory : -inventory
  const room = cap - held
  if (!(room > 0)) return 0
  const wanted = held > 0 ? lot * Math.exp((-eta * held) / cap) : lot
  const steps = stepsPerContract(lot)
  // A lot that cannot be divided stays whole while there is room: otherwise a maker of single
  // contracts would show one side only from its first fill on.
  const most = Math.max(Math.min(wanted, room), Math.min(1 / steps, room))
  const size = Math.floor(most * steps + TOLERANCE) / steps
  return size >= 1 / steps ? size : 0
}

/**
 * Size of a level of the ladder as a multiple of the lot: 1, 1, 2 from the touch outward, because
 * an order further out fills when the price has moved far, and then with more edge. 0 for other
 * levels.
 */
export const ladderMultiple = (level: number): number => {
  if (level === 0 || level === 1) return 1
  return level === 2 ? 2 : 0
}
