// What the exchange's own fuse, the ticker's order group, is to be set to.
//
// The exchange sums what a group's orders trade over a rolling 15 seconds, both sides together. No
// position can turn further than from one end of max_position to the other, twice max_position;
// several whole turns within 15 seconds are no market making any more.

import type { Parameters } from '../../vocabulary/parameters.ts'
import { CONTRACT, type Quantity } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

/** Turns of the whole position, from one end to the other. */
const TURNS = 4
/** Lots: where max_position is no more than a few of them, they come and go faster. */
const LOTS = 20
/** The exchange's own bounds. */
const LARGEST = 1_000_000

export interface GroupTerms {
  readonly isOn: boolean
  /** Contracts traded within 15 s. */
  readonly limit: number
  readonly exchangeIndex: number
  /** The maker stands still already, and stays so until a person releases it. */
  readonly isHalted: boolean
}

/** The limit of a ticker's order group: whole contracts, 1 to 1,000,000. */
export const groupLimit = ({ strategy, limits }: Parameters): number => {
  const most: Quantity = Math.max(TURNS * 2 * limits.max_position, LOTS * strategy.size)
  return Math.min(LARGEST, Math.max(1, Math.ceil(most / CONTRACT)))
}

/** What the order group is to be; null before the market has been read. */
export const groupTerms = ({ market, parameters, operator }: MakerState): GroupTerms | null =>
  market && {
    isOn: parameters.strategy.order_group === 'on',
    limit: groupLimit(parameters),
    exchangeIndex: market.exchangeIndex,
    isHalted: operator === 'halt' || operator === 'stop',
  }
