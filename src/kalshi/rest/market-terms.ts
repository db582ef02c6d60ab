// One market's terms and what trading it costs, from the market, its event and its series.
//
// A market says when it closes and which prices are legal; the fee comes from the series, unless the
// event overrides it, unless a waiver is running. What cannot be read is assumed at its dearest.

import {
  type FeeTerms,
  LINEAR_CENT,
  type Market,
  type MarketStatus,
} from '../../core/vocabulary/market.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import {
  asCount,
  asInstant,
  asObject,
  asText,
  type Json,
  readPriceRanges,
  show,
} from '../common/fields.ts'

/** The dearest terms of the general fee table (2026-07-07): used when the real ones are unknown. */
export const ASSUMED_FEES: FeeTerms = { maker: 17_500, taker: 70_000, source: 'assumed' }

/** Coefficients of `coefficient x C x P x (1-P)` in millionths, by the API's fee_type. */
const FEE_TYPES: Readonly<Record<string, { readonly maker: number; readonly taker: number }>> = {
  quadratic: { maker: 0, taker: 70_000 },
  quadratic_with_maker_fees: { maker: 17_500, taker: 70_000 },
  quadratic_with_combo_maker_fees: { maker: 35_000, taker: 70_000 },
}

/** Fee type and multiplier as one source gives them; null where it gives none. */
export interface FeeRule {
  readonly type: string | null
  readonly multiplier: number | null
}

export const NO_FEE_RULE: FeeRule = { type: null, multiplier: null }

/** The rule of GET /series/{ticker}. */
export const readSeriesFee = (body: unknown): FeeRule => {
  const raw = asObject(asObject(body)?.series)
  return { type: asText(raw?.fee_type) || null, multiplier: asMultiplier(raw?.fee_multiplier) }
}

/** The override of GET /events/{ticker}, and the series that it belongs to ('' when unreadable). */
export const readEventFee = (body: unknown): { override: FeeRule; seriesTicker: string } => {
  const raw = asObject(asObject(body)?.event)
  const override = {
    type: asText(raw?.fee_type_override) || null,
    multiplier: asMultiplier(raw?.fee_multiplier_override),
  }
  return { override, seriesTicker: asText(raw?.series_ticker) }
}

const asMultiplier = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null

/** The fee that applies: the event's word over the series' word; assumed when neither is known. */
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

const STATUSES: ReadonlySet<string> = new Set<MarketStatus>([
  'initialized',
  'inactive',
  'active',
  'closed',
  'determined',
  'disputed',
  'amended',
  'finalized',
])

/** The market object of GET /markets/{ticker}, or null. */
export const marketOf = (body: unknown): Json | null => asObject(asObject(body)?.market)

/**
 * Reads GET /markets/{ticker}; text when something we need is missing or unreadable.
 * @param fees what `feeTerms` found; a fee waiver that runs at `at` (ms) takes its place.
 */
export const readMarket = (body: unknown, fees: FeeTerms, at: Millis): Market | string => {
  const raw = marketOf(body)
  if (raw === null) return `market: found ${show(body)}, wanted {"market":{...}}`
  const ticker = asText(raw.ticker)
  const eventTicker = asText(raw.event_ticker)
  if (ticker === '') return `market ticker: found ${show(raw.ticker)}`
  const closeAt = asInstant(raw.close_time)
  if (Number.isNaN(closeAt)) return `market close_time: found ${show(raw.close_time)}`
  const exchangeIndex = asCount(raw.exchange_index)
  if (exchangeIndex < 0) return `market exchange_index: found ${show(raw.exchange_index)}`
  // Markets without ranges exist; whole cents are legal in every structure.
  const listed = raw.price_ranges
  const priceRanges =
    listed === undefined || listed === null || (Array.isArray(listed) && listed.length === 0)
      ? LINEAR_CENT
      : readPriceRanges(listed)
  if (typeof priceRanges === 'string') return `market ${priceRanges}`
  const status = asText(raw.status)
  const bounds = raw.settlement_bounds_type
  const canCloseEarly = raw.can_close_early === true
  const expected = asInstant(raw.expected_expiration_time)
  const waivedUntil = asInstant(raw.fee_waiver_expiration_time)
  return {
    ticker,
    eventTicker,
    status: STATUSES.has(status) ? (status as MarketStatus) : 'other',
    binary:
      raw.market_type === 'binary' &&
      (bounds === undefined || bounds === null || bounds === '' || bounds === 'default'),
    exchangeIndex,
    closeAt,
    expectedAt: canCloseEarly && expected < closeAt ? expected : closeAt,
    canCloseEarly,
    priceRanges,
    fees: waivedUntil > at ? { maker: 0, taker: 0, source: 'waived' } : fees,
    result: asText(raw.result),
  }
}
