// What a maker says of itself: the body of GET /tickers/{ticker} and of the live socket.
//
// Prices are dollars, quantities contracts and money dollars, all as decimal strings, the way Kalshi
// writes them. Snake case because this is the public API.

/** halted needs a person to release it. */
export type Phase = 'idle' | 'recovering' | 'quoting' | 'paused' | 'dark' | 'halted'

export interface QuoteStatus {
  price: string
  quantity: string
  /** null while the order is on its way and has no id yet. */
  order_id: string | null
}

export interface MakerStatus {
  ticker: string
  phase: Phase
  /** Why, in one kebab-case code: 'quoting', 'stale', 'gap', 'operator', 'market-closed' ... */
  reason: string
  /** ISO time of the last change of phase or reason. */
  since: string
  book: { bid: string | null; ask: string | null; mid: string | null }
  quotes: { bid: QuoteStatus | null; ask: QuoteStatus | null }
  /** Why a side shows no quote; null where it shows one. */
  silence: { bid: string | null; ask: string | null }
  position: string
  average_price: string | null
  pnl: { realized: string; unrealized: string; fees: string }
  /** Message received -> order acknowledged, milliseconds; null before the first order. */
  latency: { last_ms: number | null; p50_ms: number | null; p99_ms: number | null; count: number }
  /** What the quotes are made of, in cents; null while there is no fair value. */
  model: {
    fair_cents: number
    alpha_cents: number
    reservation_cents: number
    half_spread_cents: number
    sigma_cents: number
    horizon_s: number
  } | null
  market: { status: string; close_time: string | null; exchange_index: number } | null
  counters: Record<string, number>
  parameters: { strategy: Record<string, unknown>; limits: Record<string, unknown> }
}

/** One price level of the ladder: price, others' contracts, ours. */
export type LadderLevel = [price: string, others: string, ours: string]

export interface FillStatus {
  time: string
  side: 'bid' | 'ask'
  price: string
  quantity: string
  fee: string
  trade_id: string
}

/** One message of the live socket. */
export interface LiveView {
  type: 'view'
  at: string
  status: MakerStatus
  /** Best level first on both sides, at most `LADDER_LEVELS` each. */
  ladder: { bids: LadderLevel[]; asks: LadderLevel[] }
  /** Newest first. */
  fills: FillStatus[]
}

export const LADDER_LEVELS = 12
