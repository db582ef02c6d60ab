// Turns a token's book into a probability, through every gate that a price must pass.
//
// A mid counts only between two near prices with shares behind them, on a connection that answers,
// away from the start of a game. A failed gate gives no value and says which one it was.

import type { Millis } from '../../core/vocabulary/units.ts'
import { SOURCE_LIMITS } from '../common/freshness.ts'
import { live, type MappedSide, type SourceReading, silent } from '../common/types.ts'
import type { TokenBook } from './token-book.ts'

/** What is known about the mapped token besides its book. */
export interface PolymarketFacts {
  /** `<slug>/<outcome>` or the token. */
  readonly key: string
  readonly side: MappedSide
  /** `GammaMarket.refusal`; '' when the market can be priced. */
  readonly refusal: string
  /** Game start; NaN where nothing starts. */
  readonly startAt: Millis
  readonly inPlay: boolean
  /** Our clock at the connection's last sign of life (or the REST answer); NaN when it is down. */
  readonly confirmedAt: Millis
}

const LOWEST = 0.02
const WIDEST_CENTS = 4
const LEAST_SHARES = 100
const BEFORE_START: Millis = 60_000
const AFTER_START: Millis = 300_000
const EPSILON = 1e-9

/** What Polymarket says about one of our tickers at `now`. */
export const polymarketReading = (
  book: TokenBook,
  facts: PolymarketFacts,
  now: Millis,
): SourceReading => {
  const { startAt, confirmedAt } = facts
  if (facts.refusal !== '') return silent('closed', facts.refusal)
  if (book.resolved) return silent('closed', 'resolved')
  if (now >= startAt - BEFORE_START && now <= startAt + AFTER_START) {
    return silent('closed', 'around the start')
  }
  if (now > startAt && !facts.inPlay) return silent('closed', 'started')
  if (Number.isNaN(confirmedAt)) return silent('stale', 'connection down')
  const age = now - confirmedAt
  if (!(age <= SOURCE_LIMITS.polymarket.maxAge) || age < -1000) {
    return silent('stale', `nothing heard for ${Math.round(age / 1000)} s`)
  }
  const { bid, ask } = book.top(now)
  if (book.epoch === 0 && bid === null && ask === null) return silent('starting', 'no book yet')
  if (bid === null || ask === null) return silent('suspended', 'one-sided')
  if (bid >= ask) return silent('suspended', 'crossed')
  if (bid < LOWEST || ask > 1 - LOWEST) return silent('suspended', 'near 0 or 1')
  const spreadCents = 100 * (ask - bid)
  if (spreadCents > WIDEST_CENTS + EPSILON) return silent('suspended', 'spread above 4 cents')
  const bidDepth = book.depth('bid', now)
  const askDepth = book.depth('ask', now)
  const depth = bidDepth === null || askDepth === null ? null : Math.min(bidDepth, askDepth)
  if (depth !== null && depth < LEAST_SHARES) return silent('suspended', 'fewer than 100 shares')
  const mid = (bid + ask) / 2
  const pYes = facts.side === 'inverse' ? 1 - mid : mid
  return live({
    source: 'polymarket',
    kind: 'polymarket',
    key: facts.key,
    pYes,
    sigma: Math.max(SOURCE_LIMITS.polymarket.sigma, (0.5 * (ask - bid)) / (mid * (1 - mid))),
    changedAt: Number.isNaN(book.changedAt) ? confirmedAt : book.changedAt,
    confirmedAt: Math.min(confirmedAt, now),
    spreadCents,
    ...(depth === null ? {} : { depth }),
    raw: { bid: String(bid), ask: String(ask) },
  })
}
