// What the maker tells the others of its event: what the book of others shows, as far as it can be
// relied on, and what it holds.

import { isTradable } from '../../vocabulary/events.ts'
import type { Market } from '../../vocabulary/market.ts'
import type { Top } from '../../vocabulary/siblings.ts'
import { type Millis, PRICE_ONE } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

/** Whether the book is live, believed and not stale. */
export const seesBook = ({ feed, book, trust, parameters }: MakerState, at: Millis): boolean => {
  const { stale_rule, stale_after_seconds } = parameters.strategy
  if (!feed.isUp || !book.isLive || trust.isDoubted) return false
  return at < feed.staleAt(stale_rule, stale_after_seconds * 1000)
}

export const topReport = (state: MakerState, market: Market, at: Millis): Top => {
  const { bid, ask } = state.quoter.top
  const sees = isTradable(market.status) && bid < ask && seesBook(state, at)
  return {
    bid: sees ? bid : 0,
    ask: sees && state.isCredible ? ask : PRICE_ONE,
    position: state.ledger.position,
    strikes: market.strikes ?? null,
  }
}
