// Reads a market's terms and its fees, from the market, its event and its series.
//
// The market says when it closes and which prices are legal. The fee comes from the series; the
// event may override it, and a running waiver removes it. A fee that cannot be read is assumed to
// be the highest. The fee readers stay by hand: every field may be missing, so a schema would only
// list defaults.

import * as v from 'valibot'
import {
  type FeeTerms,
  LINEAR_CENT,
  type Market,
  type MarketStatus,
} from '../../core/vocabulary/market.ts'
import { STRIKE_TYPES, type Strikes } from '../../core/vocabulary/siblings.ts'
import { type Millis, PRICE_ONE, parsePrice } from '../../core/vocabulary/units.ts'
import { asObject, asText, readPriceRanges } from '../common/fields.ts'
import { anyText, instant, ours, reader, text, under, wholeOrZero } from './payload.ts'

/** The highest fees of the general table (2026-07-07): used when the real ones are unknown. */
export const ASSUMED_FEES: FeeTerms = { maker: 17_500, taker: 70_000, source: 'assumed' }

/** Coefficients of `coefficient x C x P x (1-P)` in millionths, by the API's fee_type. */
const FEE_TYPES: Readonly<Record<string, { readonly maker: number; readonly taker: number }>> = {
  quadratic: { maker: 0, taker: 70_000 },
  quadratic_with_maker_fees: { maker: 17_500, taker: 70_000 },
  quadratic_with_combo_maker_fees: { maker: 35_000, taker: 70_000 },
}

/** Fee type and multiplier as one source gives them; null where it gives none. */
interface FeeRule {
  readonly type: string | null
  readonly multiplier: number | null
}

/** The rule of GET /series/{ticker}. */
export const readSeriesFee = (body: unknown): FeeRule => {
  const raw = asObject(asObject(body)?.series)
  return { type: asText(raw?.fee_type) || null, multiplier: asMultiplier(raw?.fee_multiplier) }
}

/**
 * The override of GET /events/{ticker}, the series that it belongs to ('' when unreadable), and
 * whether at most one of its markets can be yes.
 */
export const readEventFee = (
  body: unknown,
): { override: FeeRule; seriesTicker: string; exclusive: boolean } => {
  const raw = asObject(asObject(body)?.event)
  const override = {
    type: asText(raw?.fee_type_override) || null,
    multiplier: asMultiplier(raw?.fee_multiplier_override),
  }
  // Either field may be missing; not knowing counts every market at its own worst.
  const exclusive = raw?.mutually_exclusive === true || raw?.collateral_return_type === 'MECNET'
  return { override, seriesTicker: asText(raw?.series_ticker), exclusive }
}

const asMultiplier = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null

/** The fee that applies: the event's over the series'; assumed when neither is known. */
export const feeTerms = (series: FeeRule, override: FeeRule): FeeTerms => {
  const type = override.type ?? series.type
  const multiplier = override.multiplier ?? series.multiplier
  const coefficients = type !== null && Object.hasOwn(FEE_TYPES, type) ? FEE_TYPES[type] : undefined
  if (type === null || multiplier === null || coefficients === undefined) return ASSUMED_FEES
  return {
    maker: Math.round(coefficients.maker * multiplier),
    taker: Math.round(coefficients.taker * multiplier),
    source: type,
  }
}

/** The event of a market by GET /markets/{ticker}; '' where it names none. */
export const eventTickerOf = (body: unknown): string =>
  asText(asObject(asObject(body)?.market)?.event_ticker)

const STATUSES = [
  'initialized',
  'inactive',
  'active',
  'closed',
  'determined',
  'disputed',
  'amended',
  'finalized',
] as const satisfies readonly MarketStatus[]

const readTerms = reader(
  'market',
  under(
    'market',
    v.object({
      ticker: text,
      event_ticker: anyText,
      market_type: anyText,
      settlement_bounds_type: v.nullish(v.unknown(), ''),
      status: v.fallback(v.picklist([...STATUSES, 'other']), 'other'),
      result: anyText,
      close_time: instant,
      can_close_early: v.fallback(v.boolean(), false),
      expected_expiration_time: v.fallback(instant, Number.NaN),
      fee_waiver_expiration_time: v.fallback(instant, Number.NaN),
      exchange_index: wholeOrZero,
      price_ranges: v.nullish(ours(readPriceRanges), []),
      strike_type: v.optional(v.unknown()),
      floor_strike: v.optional(v.unknown()),
      cap_strike: v.optional(v.unknown()),
      yes_bid_dollars: v.optional(v.unknown()),
      yes_ask_dollars: v.optional(v.unknown()),
    }),
  ),
)

/**
 * Reads GET /markets/{ticker}; text when something we need is missing or unreadable.
 * @param fees what `feeTerms` found; a fee waiver that runs at `at` (ms) takes its place.
 */
export const readMarket = (body: unknown, fees: FeeTerms, at: Millis): Market | string => {
  const market = readTerms(body)
  if (typeof market === 'string') return market
  const { settlement_bounds_type: bounds, price_ranges: ranges, close_time: closeAt } = market
  const { can_close_early: canCloseEarly, expected_expiration_time: expected } = market
  return {
    ticker: market.ticker,
    eventTicker: market.event_ticker,
    status: market.status,
    binary: market.market_type === 'binary' && (bounds === '' || bounds === 'default'),
    exchangeIndex: market.exchange_index,
    closeAt,
    expectedAt: canCloseEarly && expected < closeAt ? expected : closeAt,
    canCloseEarly,
    // Markets without ranges exist; whole cents are legal in every structure.
    priceRanges: ranges.length === 0 ? LINEAR_CENT : ranges,
    fees: market.fee_waiver_expiration_time > at ? { maker: 0, taker: 0, source: 'waived' } : fees,
    result: market.result,
    ...strikesOf(market.strike_type, market.floor_strike, market.cap_strike),
    ...bestPrices(market.yes_bid_dollars, market.yes_ask_dollars),
  }
}

const asNumber = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

// Help as well: strikes that are missing, of another type or without a number say nothing.
const strikesOf = (kind: unknown, low: unknown, high: unknown): { readonly strikes?: Strikes } => {
  const type = STRIKE_TYPES.find((known) => known === kind)
  if (type === undefined) return {}
  const needsFloor = !type.startsWith('less')
  const needsCap = type === 'between' || !needsFloor
  const floor = needsFloor ? asNumber(low) : null
  const cap = needsCap ? asNumber(high) : null
  if ((needsFloor && floor === null) || (needsCap && cap === null)) return {}
  return { strikes: { type, floor, cap } }
}

// Help, and no terms: prices that are missing or unreadable leave the market readable.
const bestPrices = (bid: unknown, ask: unknown): Pick<Market, 'yesBid' | 'yesAsk'> => {
  const [yesBid, yesAsk] = [parsePrice(bid), parsePrice(ask)]
  const isReadable = yesBid >= 0 && yesBid < PRICE_ONE && yesAsk > 0 && yesAsk <= PRICE_ONE
  return isReadable ? { yesBid, yesAsk } : {}
}
