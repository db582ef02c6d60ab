// The terms of one market: its status, close, shard and fees, and the grid of its legal prices.
//
// The grid comes from `price_ranges`, never from the structure's name: Kalshi adds structures, and
// a live market can change its own (price_level_structure_updated).

import type { Strikes } from './siblings.ts'
import { type Millis, PRICE_CENT, PRICE_ONE, type Price } from './units.ts'

/** Kalshi's market status; one that we do not know becomes 'other' and is never quoted. */
export type MarketStatus =
  | 'initialized'
  | 'inactive'
  | 'active'
  | 'closed'
  | 'determined'
  | 'disputed'
  | 'amended'
  | 'finalized'
  | 'other'

/** Legal prices from `start` to `end` (inclusive) every `step`. All Price integers. */
export interface PriceRange {
  readonly start: Price
  readonly end: Price
  readonly step: Price
}

/** Maker and taker coefficients of `coefficient x C x P x (1-P)`, in millionths (0.07 = 70000). */
export interface FeeTerms {
  readonly maker: number
  readonly taker: number
  /** Where the numbers come from: a fee_type, 'waived', or 'assumed' when it could not be read. */
  readonly source: string
}

/** What the engine needs to know of a market. */
export interface Market {
  readonly ticker: string
  readonly eventTicker: string
  /** At most one market of the event can be answered yes; absent where that is not known. */
  readonly exclusive?: boolean
  /** The number that its question depends on; absent where there is none that we can read. */
  readonly strikes?: Strikes
  readonly status: MarketStatus
  /** False for scalar markets and settlement floors, which we refuse to quote. */
  readonly binary: boolean
  readonly exchangeIndex: number
  readonly closeAt: Millis
  /** When the outcome is expected: the close, or earlier where the market can close early. */
  readonly expectedAt: Millis
  readonly canCloseEarly: boolean
  readonly priceRanges: readonly PriceRange[]
  readonly fees: FeeTerms
  /** 'yes', 'no', or '' while undetermined. */
  readonly result: string
  /**
   * The best prices when the market was read, own orders included; bid 0 and ask 10000 stand for
   * an empty side. Absent where the answer has none, and in journals older than the witnesses.
   */
  readonly yesBid?: Price
  readonly yesAsk?: Price
}

/** The outcome is known, whether or not it has been paid. */
export const isFinal = (market: Market | null): market is Market =>
  market !== null && (FINAL as readonly string[]).includes(market.status)

const FINAL = ['determined', 'amended', 'finalized'] as const satisfies readonly MarketStatus[]

/** Whole cents from 1 to 99: valid in every structure Kalshi has. */
export const LINEAR_CENT: readonly PriceRange[] = [{ start: 0, end: PRICE_ONE, step: PRICE_CENT }]

/** Tenths of a cent below 10 and above 90 cents, whole cents between. */
export const TAPERED: readonly PriceRange[] = [
  { start: 0, end: 1_000, step: 10 },
  { start: 1_000, end: 9_000, step: PRICE_CENT },
  { start: 9_000, end: PRICE_ONE, step: 10 },
]

// A float this close to a whole unit is that unit (48.3 - 0.1 = 48.199999999999996 must still floor
// to 48.2). 1e-6 of a unit is 1e-10 dollars: wider than any rounding error of the quoting formula,
// and far narrower than a tick.
const TOLERANCE = 1e-6

/**
 * The legal prices of a market, with O(1) rounding in both directions.
 * Prices 0 and 10000 are never legal: a contract at $0 or $1 is not a trade.
 */
export class PriceGrid {
  readonly lowest: Price
  readonly highest: Price
  readonly #below = new Int16Array(PRICE_ONE + 1)
  readonly #above = new Int16Array(PRICE_ONE + 1)

  /** @throws RangeError when the ranges allow no price at all, or a step is not positive. */
  constructor(ranges: readonly PriceRange[]) {
    const legal = new Uint8Array(PRICE_ONE + 1)
    for (const { start, end, step } of ranges) {
      if (!(step > 0) || !(end >= start)) {
        throw new RangeError(`Price range refused: start ${start}, end ${end}, step ${step}`)
      }
      for (let price = start; price <= end; price += step) {
        if (price > 0 && price < PRICE_ONE) legal[price] = 1
      }
    }
    let last = 0
    for (let price = 0; price <= PRICE_ONE; price++) {
      if (legal[price] === 1) last = price
      this.#below[price] = last
    }
    let next = PRICE_ONE
    for (let price = PRICE_ONE; price >= 0; price--) {
      if (legal[price] === 1) next = price
      this.#above[price] = next
    }
    this.lowest = this.#above[0]!
    this.highest = this.#below[PRICE_ONE]!
    if (this.lowest === PRICE_ONE) throw new RangeError('Price grid refused: no legal price in it')
  }

  isLegal(price: Price): boolean {
    return price > 0 && price < PRICE_ONE && this.#below[price] === price
  }

  /**
   * Highest legal price at or below `units` (Price units, may be a float); 0 when there is none.
   */
  floor(units: number): Price {
    if (!(units > 0)) return 0
    if (units >= PRICE_ONE) return this.highest
    return this.#below[Math.floor(units + TOLERANCE)]!
  }

  /** Lowest legal price at or above `units`; 10000 when there is none. */
  ceil(units: number): Price {
    if (!(units < PRICE_ONE)) return PRICE_ONE
    if (units <= 0) return this.lowest
    return this.#above[Math.ceil(units - TOLERANCE)]!
  }

  /** The next legal price above; 10000 when there is none. */
  up(price: Price): Price {
    return price >= PRICE_ONE ? PRICE_ONE : this.#above[price + 1]!
  }

  /** The next legal price below; 0 when there is none. */
  down(price: Price): Price {
    return price <= 0 ? 0 : this.#below[price - 1]!
  }

  /**
   * The tick at `price`, which need not be legal: the distance between the legal prices around it,
   * or from it to the next one above (below at the top).
   */
  tickAt(price: number): Price {
    const inside = Math.min(Math.max(Math.floor(price), this.lowest), this.highest)
    const at = this.#below[inside]!
    const up = this.up(at)
    return up < PRICE_ONE ? up - at : at - this.down(at)
  }
}
