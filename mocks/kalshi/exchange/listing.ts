// One market as listed: its terms, its state, its book and the numbers that market data show. Also
// the event and the series it belongs to, which set its fees.

import {
  LINEAR_CENT,
  type MarketStatus,
  PriceGrid,
  type PriceRange,
} from '../../../src/core/vocabulary/market.ts'
import type { Millis, Money, Price, Quantity, Side } from '../../../src/core/vocabulary/units.ts'
import type { Book } from '../matching/matcher.ts'
import type { Result } from './account.ts'

/** The terms of a new market. Everything but the ticker has a default. */
export interface MarketSpec {
  readonly ticker: string
  /** Default: the ticker without its last part. */
  readonly eventTicker?: string
  /** Default: the first part of the event ticker. */
  readonly seriesTicker?: string
  readonly title?: string
  /** Epoch ms. Default: 30 days from now. */
  readonly closeAt?: Millis
  /** Default: `closeAt`. */
  readonly expectedAt?: Millis
  readonly canCloseEarly?: boolean
  readonly priceRanges?: readonly PriceRange[]
  readonly priceLevelStructure?: string
  /** Of the series, when this market is the first of it. Default 'quadratic'. */
  readonly feeType?: string
  readonly feeMultiplier?: number
  readonly exchangeIndex?: number
  readonly status?: MarketStatus
  /** Of the series, when this market is the first of it. Default 'Mock'. */
  readonly category?: string
  /** Scalar markets settle at any value between 0 and a dollar. Default 'binary'. */
  readonly marketType?: 'binary' | 'scalar'
  /** Default 60. */
  readonly settlementTimerSeconds?: number
  /** Guaranteed least value of YES at settlement; makes settlement_bounds_type `floor`. */
  readonly settlementFloor?: Price
  /** No fees until then. */
  readonly feeWaiverUntil?: Millis
  /** Of the event, when this market is the first of it: at most one of its markets is yes. */
  readonly mutuallyExclusive?: boolean
  /** Keys such as strike_type, floor_strike, yes_sub_title, shown as they are. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** A liquidity program on this market, as GET /incentive_programs lists it. */
  readonly incentive?: Incentive
}

/** Terms of a liquidity program. Listed only: nobody is scored or paid. */
export interface Incentive {
  readonly rewardDollars: number
  readonly targetContracts: number
  readonly discountBps: number
  readonly startAt: Millis
  readonly endAt: Millis
}

/** A series: where fees are set. */
export interface Series {
  readonly ticker: string
  readonly category: string
  readonly exchangeIndex: number
  feeType: string
  feeMultiplier: number
}

/** An event: may override its series' fees. */
export interface EventEntry {
  readonly ticker: string
  readonly series: Series
  readonly title: string
  readonly mutuallyExclusive: boolean
  feeTypeOverride: string | null
  feeMultiplierOverride: number | null
}

/** A public trade. */
export interface Trade {
  readonly number: number
  readonly id: string
  readonly ticker: string
  readonly price: Price
  readonly quantity: Quantity
  readonly taker: Side
  readonly at: Millis
}

/** Taker and maker coefficients by fee_type, in millionths (fee schedule of 2026-07-07). */
const COEFFICIENTS: Readonly<Record<string, { taker: number; maker: number }>> = {
  quadratic: { taker: 70_000, maker: 0 },
  quadratic_with_maker_fees: { taker: 70_000, maker: 17_500 },
  quadratic_with_combo_maker_fees: { taker: 70_000, maker: 35_000 },
}

/** Trades kept for GET /markets/trades, per market. */
const TRADES_KEPT = 5_000

export class Listing {
  readonly ticker: string
  readonly marketId: string
  readonly event: EventEntry
  readonly title: string
  readonly exchangeIndex: number
  readonly createdAt: Millis
  readonly canCloseEarly: boolean
  readonly book: Book
  status: MarketStatus
  openAt: Millis
  closeAt: Millis
  expectedAt: Millis
  priceRanges: readonly PriceRange[]
  priceLevelStructure: string
  grid: PriceGrid
  readonly marketType: 'binary' | 'scalar'
  readonly settlementTimerSeconds: number
  readonly incentive: Incentive | null
  metadata: Readonly<Record<string, unknown>>
  /** Least value of YES at settlement, or null. */
  settlementFloor: Price | null
  result: Result | '' = ''
  /** What a YES contract pays after determination. */
  settlementValue: Price = 0
  determinedAt: Millis = 0
  settledAt: Millis = 0
  updatedAt: Millis
  lastPrice: Price = 0
  lastSize: Quantity = 0
  volume: Quantity = 0
  dollarVolume: Money = 0
  openInterest: Quantity = 0
  /** Fees are waived until then; 0 when they are not. */
  feeWaiverUntil: Millis
  /** Market data changed since the last ticker fact. */
  stale = false
  tickerAt: Millis = 0
  readonly trades: Trade[] = []

  constructor(spec: MarketSpec, event: EventEntry, marketId: string, book: Book, now: Millis) {
    this.ticker = spec.ticker
    this.marketId = marketId
    this.event = event
    this.title = spec.title ?? spec.ticker
    this.exchangeIndex = spec.exchangeIndex ?? event.series.exchangeIndex
    this.createdAt = now
    this.updatedAt = now
    this.openAt = now
    this.book = book
    this.status = spec.status ?? 'active'
    this.closeAt = spec.closeAt ?? now + 30 * 86_400_000
    this.expectedAt = spec.expectedAt ?? this.closeAt
    this.canCloseEarly = spec.canCloseEarly ?? true
    this.priceRanges = spec.priceRanges ?? LINEAR_CENT
    this.priceLevelStructure =
      spec.priceLevelStructure ?? (spec.priceRanges === undefined ? 'linear_cent' : '')
    this.grid = new PriceGrid(this.priceRanges)
    this.marketType = spec.marketType ?? 'binary'
    this.settlementTimerSeconds = spec.settlementTimerSeconds ?? 60
    this.settlementFloor = spec.settlementFloor ?? null
    this.feeWaiverUntil = spec.feeWaiverUntil ?? 0
    this.metadata = spec.metadata ?? {}
    this.incentive = spec.incentive ?? null
  }

  /** Whether an order may have this price: on the grid, and above the settlement floor. */
  isLegal(price: Price): boolean {
    return (
      this.grid.isLegal(price) && (this.settlementFloor === null || price > this.settlementFloor)
    )
  }

  /** The fee coefficient of a fill at `at`, in millionths. */
  feeCoefficient(isTaker: boolean, at: Millis): number {
    if (at < this.feeWaiverUntil) return 0
    const type = this.event.feeTypeOverride ?? this.event.series.feeType
    const multiplier = this.event.feeMultiplierOverride ?? this.event.series.feeMultiplier
    const base = COEFFICIENTS[type]
    if (base === undefined) throw new RangeError(`Fee refused: no formula for fee type "${type}"`)
    return Math.round((isTaker ? base.taker : base.maker) * multiplier)
  }

  remember(trade: Trade): void {
    this.trades.push(trade)
    if (this.trades.length > 2 * TRADES_KEPT) this.trades.splice(0, TRADES_KEPT)
  }
}

/** Whether fees of this type can be computed. */
export const isKnownFeeType = (type: string): boolean => Object.hasOwn(COEFFICIENTS, type)
