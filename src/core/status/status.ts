// What a maker says of itself: the body of GET /tickers/{ticker} and of the live socket.
//
// Prices are dollars, quantities contracts and money dollars, all as decimal strings, the way
// Kalshi writes them. Snake case because this is the public API.

import type { MarkSource } from '../ledger/marks.ts'
import type { FlattenState } from '../maker/account/flatten.ts'
import type { UptimeStatus } from '../maker/uptime.ts'
import type { TradingState } from '../vocabulary/desk.ts'
import type { Phase } from '../vocabulary/reason-codes.ts'
import type { WitnessStatus } from './witnesses.ts'

export interface QuoteStatus {
  price: string
  quantity: string
  /** null while the order is on its way and has no id yet. */
  order_id: string | null
  /** Contracts of others ahead of it at its price, as far as is known; null where it is not. */
  queue_ahead: string | null
  /** The parts of its price when it was sent; null for one found on the exchange. */
  why: QuoteExplanation | null
}

/** The parts of one price, in cents. They add up: see docs/strategy.md. */
export interface QuoteExplanation {
  fair: number
  flow: number
  /** What the other markets of the event add. */
  event: number
  external: number
  skew: number
  half_spread: {
    total: number
    volatility: number
    intensity: number
    fee: number
    markout: number
    /** What is lost because the mid is a moment old; 0 where prices are rounded outward. */
    staleness: number
    widened_by: number
  }
  break_even: number
  raw: number
  price: number | null
  rounding: number | null
  /**
   * Limits that bit: 'alpha', 'skew', 'inventory-width', 'floor', 'max-through', 'post-only' ...
   */
  clamps: string[]
  /**
   * The legal prices that were compared, outermost first, and what each is worth in cents an hour:
   * fills a second at that price, times what a fill of a lot is worth. Empty with outward rounding.
   */
  candidates: { price: number; worth: number }[]
  /** How the price was chosen: 'model', 'join', 'improve', 'step-back' or 'stay'. */
  place: string
  /** What had the last word where nothing is shown; null where a quote is. */
  guard: string | null
}

/** Whether the market is worth quoting, by arithmetic. */
export interface ViabilityStatus {
  ok: boolean
  reasons: string[]
  /** One sentence with the numbers. */
  sentence: string
  expected_cents_per_hour: number | null
}

/** What has been learnt from the market. Cents, seconds, contracts. */
export interface EstimateStatus {
  /** cents per square-root second, jumps included; both names mean the same. */
  sigma: number
  sigma_with_jumps: number
  /** Seconds over which moves are squared. */
  sigma_interval_s: number
  /** How fast information comes, 1 being evenly until the outcome; null: its time is unknown. */
  information_rate: number | null
  /** What evenly coming information is multiplied by at this hour; null: the desk is silent. */
  hour_factor: number | null
  /** Seconds that a lot is expected to be held. */
  holding_s: number
  jumps: number
  k: number
  arrivals_bid: number
  arrivals_ask: number
  aggressive_orders: number
  gamma: number
  flow_imbalance: number
  flow_theta: number
  toxicity: number
  typical_trade: number
  markouts: Record<'bid' | 'ask', MarkoutStatus>
  /** What our fills earned in blocks of five minutes: t of their mean, and how many there are. */
  fills_t: number
  fills_blocks: number
}

/** What is known from outside the exchange, and what it does. Cents unless said. */
export interface ExternalStatus {
  source: string
  mode: 'shadow' | 'licensed'
  /** 'off', 'starting', 'live', 'quiet', 'stale', 'suspended', 'blocked', 'closed' or 'error'. */
  state: string
  /** Why it counts for nothing now; '' when it counts. */
  reason: string
  /** What elsewhere a YES contract is worth; null without a value that is fresh. */
  value_cents: number | null
  /** Since the venue last proved that the value stands. */
  age_ms: number | null
  /** What the first licence would add to the fair value now, and what is added. */
  skew_would_be: number
  skew_cents: number
  /** Quotes that a shock has taken away. */
  pull: 'none' | 'bid' | 'ask' | 'both'
  /** 0 none, 1 or 2 the cents it allows. */
  licence: number
  /** Whether the mapping holds; null before it was looked at. */
  verified: boolean | null
  failures: string[]
  /** The value minus our fair value before any signal; null without either. */
  gap_cents: number | null
  /**
   * The usual gap, which is no signal, and how much of it is learnt: ready after 8 looks and 1800
   * s.
   */
  basis: { cents: number | null; observations: number; seconds: number; ready: boolean }
  /** Share of the gap beyond the usual one that the fair value would take over, 0 to 0.5. */
  gain: number
  /** The gain that came with the licence; null: the formula's is used. */
  learned_gain: number | null
  /** Each mapped source by itself. */
  sources: {
    source: string
    state: string
    reason: string
    value_cents: number | null
    age_ms: number | null
  }[]
}

/** Average move after our own fills of a side, in our favour, cents per contract. */
export interface MarkoutStatus {
  fills: number
  edge: number
  after_5s: number
  after_30s: number
  after_300s: number
}

/** Dollars; null where not known, never zero instead. */
export interface PnlStatus {
  /** Before fees. */
  realized: string
  /** Of what is open, at the mark; a position without any mark counts at its worst. */
  unrealized: string
  fees: string
  /** What a YES contract is taken to be worth. */
  mark: string | null
  /** 'mid' of others, the 'last' mid known, the 'result' of the market, or 'unmarked'. */
  mark_source: MarkSource | 'unmarked'
  /** Since the mark was last known to be so; null for a result, and where there is no mark. */
  mark_age_seconds: number | null
  /**
   * What `unrealized` would be if the whole position were closed into the book of others now, the
   * taker's fee included; what the book would not take counts at its worst. Null without a book.
   */
  liquidation: string | null
  /** Contracts of the position that the book would not take. */
  liquidation_missing: string | null
  /** Realized less fees plus unrealized; null for an unmarked position. */
  equity: string | null
  /** The same with `liquidation` in place of `unrealized`. */
  liquidation_equity: string | null
}

/** How the market was paid out, by the exchange. */
export interface SettlementStatus {
  /** 'yes', 'no', or another word where the market was voided. */
  result: string
  /** Contracts that were held, and dollars that were paid for them. */
  position: string
  paid: string
  time: string
}

/** What taking the position off would bring, by the book as it is. Dollars and contracts. */
export interface FlattenQuote {
  /** 'ask' sells a long, 'bid' buys a short back. */
  side: 'bid' | 'ask'
  position: string
  limit_price: string
  /** What the book takes within the limit, and what it does not. */
  fills: string
  remains: string
  average_price: string | null
  worst_price: string | null
  /** How many orders that takes, by `max_order_size`. */
  orders: number
  /** Received, or paid where negative, before fees. */
  cash: string
  fees: string
  /** What that gives up against the mark, fees included; null for an unmarked position. */
  cost_against_mark: string | null
}

/** What flattening has done. */
export interface FlattenStatus {
  /** 'working', 'flat', 'limit-reached', 'timed-out', 'interrupted' or 'refused'. */
  state: FlattenState
  side: 'bid' | 'ask'
  limit_price: string
  /** Held when it began, taken off since, and held now. */
  asked: string
  filled: string
  position: string
  average_price: string | null
  fees: string
  orders: number
  since: string
  ended: string | null
}

/** What the exit before the close has taken since the maker started; see `strategy.exit`. */
export interface TakerExitStatus {
  orders: number
  filled: string
  average_price: string | null
  fees: string
  last_at: string | null
  /**
   * By how many cents a contract taking a lot beats holding it, now; null where it was not asked,
   * because nothing is held, the close is not near, or `exit` is `maker`.
   */
  gain_cents: number | null
}

/** The body of POST /tickers/{ticker}/flatten. */
export interface FlattenAnswer {
  dry_run: boolean
  quote: FlattenQuote
  /** null of a dry run. */
  result: FlattenStatus | null
}

/** The exact sums that fills are folded into: contracts and dollars. */
export interface LedgerStatus {
  position: string
  /** What is open, at the prices paid; negative for a short, as if YES were sold outright. */
  cost: string
  /** Before fees. */
  realized: string
  fees: string
  /** Moved in and out by trading, fees taken off. */
  cash: string
}

/** One brake or limit: what it would take to run over it. */
export interface BrakeUse {
  /** The parameter, or the key of PUT /desk. */
  name: string
  /** The reason that it gives. */
  code: string
  /** 'dollars', 'requests' or 'share'. */
  unit: string
  limit: number
  /** Negative for a gain. */
  used: number
  left: number
  /** Halts until a person releases it; else it only leaves no room for orders. */
  trips: boolean
}

/** What stops the maker when it loses. Dollars; null before the first look at the equity. */
export interface BrakesStatus {
  /** The stricter of the ticker's state and the desk's: 'active', 'reducing' or 'halted'. */
  state: TradingState
  ticker_state: TradingState
  /** null before the desk has spoken. */
  desk_state: TradingState | null
  /** ISO time of the start or the release that began the session. */
  session_since: string | null
  /** Net of fees, with the position at what the book would pay for it now; and its peak. */
  equity: string | null
  peak: string | null
  /** Gained in the UTC day, by this ticker and by all others. */
  day_gain: string | null
  others_day_gain: string | null
  /** Since the book last showed the price that the position counts at. */
  price_age_ms: number | null
  uses: BrakeUse[]
}

/** What is heard. Milliseconds. */
export interface FeedStatus {
  /** Granted by the exchange, in alphabetical order. */
  channels: string[]
  /** Behind what happens, by the exchange's own times. */
  lag_ms: number
  /** Of the last 500 looks, one every few seconds; null before the first. */
  lag_p50_ms: number | null
  lag_p99_ms: number | null
  /** What to add to our clock to get the exchange's; null while it was not measured. */
  clock_offset_ms: number | null
  /** Questions for a snapshot in a row that none has followed. */
  book_questions: number
}

/** The order group that new orders join: the exchange cancels and refuses once it has tripped. */
export interface OrderGroupStatus {
  /** null while there is none. */
  id: string | null
  /** Contracts traded within 15 s that trip it. */
  limit: number | null
  state: 'armed' | 'triggered' | 'none'
  /** What the last failed call about it was answered; '' after one that worked. */
  detail: string
}

/** Orders of the account that no maker has placed and that are left alone. */
export interface ForeignStatus {
  count: number
  /** Contracts that rest on each side. */
  bid: string
  ask: string
  orders: { order_id: string; side: 'bid' | 'ask'; price: string; quantity: string }[]
}

/** What the desk says of the other markets of the event, and what it does. Cents, contracts. */
export interface SiblingsStatus {
  /** Since the engine was last told something. */
  age_ms: number
  /** Markets that count with their mid, and with their bid alone. */
  mids: number
  bids: number
  /** Our own fair value by the book alone and their prices together; above 100 it is scaled. */
  sum_cents: number | null
  /** The bounds that the ladder of strikes gives now. */
  low_cents: number | null
  high_cents: number | null
  /** Added to the fair value at the last decision. */
  event_cents: number
  /** The position that the skew was made for: ours and its share of what the others hold. */
  skewed_for: number
}

export interface MakerStatus {
  ticker: string
  phase: Phase
  /** Why, in one kebab-case code: 'quoting', 'stale', 'gap', 'operator', 'market-closed' ... */
  reason: string
  /** ISO time of the last change of phase or reason. */
  since: string
  book: { bid: string | null; ask: string | null; mid: string | null }
  /** What speaks for and against this book. */
  witnesses: WitnessStatus
  /** The innermost quote of each side, and all of them, innermost first. */
  quotes: { bid: QuoteStatus | null; ask: QuoteStatus | null }
  levels: { bid: QuoteStatus[]; ask: QuoteStatus[] }
  /** The decision of this moment, whether or not anything was sent for it. */
  explain: { bid: QuoteExplanation; ask: QuoteExplanation } | null
  worth: ViabilityStatus | null
  estimates: EstimateStatus | null
  /** What the clock says: 'normal', 'reduce-only' or 'pull', why, and how much it widens. */
  timing: { mode: string; reason: string; widen: number }
  /** Why a side shows no quote; null where it shows one. */
  silence: { bid: string | null; ask: string | null }
  uptime: UptimeStatus
  position: string
  average_price: string | null
  pnl: PnlStatus
  ledger: LedgerStatus
  /** null until the payout has been booked. */
  settlement: SettlementStatus | null
  /** The last flattening since the maker started; null before the first. */
  flatten: FlattenStatus | null
  taker_exit: TakerExitStatus
  foreign_orders: ForeignStatus
  /** Message received -> order acknowledged, milliseconds; null before the first order. */
  latency: { last_ms: number | null; p50_ms: number | null; p99_ms: number | null; count: number }
  /** What is subscribed, and how late it comes. */
  feed: FeedStatus
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
  /** Totals since the maker started; what each counts is said where they are kept (counters.ts). */
  counters: Record<string, number>
  brakes: BrakesStatus
  /** What is added to our clock to get the exchange's, ms; null while it was never found wrong. */
  clock_offset_ms: number | null
  /** The exchange's own fuse. */
  order_group: OrderGroupStatus
  /** null where nothing outside is looked at. */
  external: ExternalStatus | null
  /** null before the desk has spoken of any, and where `event_fair` is off. */
  siblings: SiblingsStatus | null
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
