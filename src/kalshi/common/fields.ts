// Small readers of untrusted JSON, shared by everything that reads what Kalshi sends.
//
// Unknown keys and unknown enum values never throw: Kalshi adds them every few weeks. A value that
// we need and cannot read is reported as text, so that the caller can say which one it was. By
// hand, because the hot decoder uses them: a schema library allocates a result for every field.

import type { PriceRange } from '../../core/vocabulary/market.ts'
import { type Millis, PRICE_ONE, parsePrice, type Side } from '../../core/vocabulary/units.ts'

export type Json = Record<string, unknown>

/** The value as an object, or null for anything that has no named fields. */
export const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null

/** The value if it is text, else ''. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A whole number >= 0; 0 when absent (undefined or null), -1 when it is anything else. */
export const asCount = (value: unknown): number =>
  value === undefined || value === null
    ? 0
    : typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)
      ? value
      : -1

/** The last millisecond that a Date can hold. */
const LAST_INSTANT = 8.64e15

/** A time in seconds (scale 1000) or milliseconds, as milliseconds; 0 when it is none. */
export const asMillis = (value: unknown, scale: 1 | 1000): Millis =>
  typeof value === 'number' && value > 0 && value * scale <= LAST_INSTANT
    ? Math.floor(value * scale)
    : 0

/** RFC 3339 text as epoch milliseconds (microseconds are cut off); NaN when it is none. */
export const asInstant = (value: unknown): Millis =>
  typeof value === 'string' ? Date.parse(value) : Number.NaN

/** A value for a log line: short, whatever it is. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? `"${value}"` : safeJson(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const safeJson = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return typeof value
  }
}

/** 'yes' is a bid of the YES book and 'no' an ask; null for anything else. */
export const sideOfLeg = (leg: unknown): Side | null =>
  leg === 'yes' ? 'bid' : leg === 'no' ? 'ask' : null

/**
 * The side of one of our orders or fills. `book_side` and `outcome_side` name it. Only where both
 * are missing do the deprecated fields count, and there a sale flips the leg: selling YES is an
 * ask, selling NO is a bid (2026 spec: "buy-yes and sell-no produce 'yes'"). null when unreadable.
 */
export const sideOfOrder = (raw: Json): Side | null => {
  const book = raw.book_side
  if (book === 'bid' || book === 'ask') return book
  const outcome = raw.outcome_side
  if ((book !== undefined && book !== null) || (outcome !== undefined && outcome !== null)) {
    return sideOfLeg(outcome)
  }
  const side = sideOfLeg(raw.side)
  if (side === null) return null
  if (raw.action === 'sell') return side === 'bid' ? 'ask' : 'bid'
  return raw.action === 'buy' || raw.action === undefined || raw.action === null ? side : null
}

/** `price_ranges` as Price integers; text when it is not a list of readable, positive ranges. */
export const readPriceRanges = (value: unknown): PriceRange[] | string => {
  if (!Array.isArray(value)) return `price_ranges: found ${show(value)}, wanted a list`
  const ranges: PriceRange[] = []
  for (const item of value) {
    const raw = asObject(item)
    const start = parsePrice(raw?.start)
    const end = parsePrice(raw?.end)
    const step = parsePrice(raw?.step)
    if (!(start >= 0 && end >= start && end <= PRICE_ONE && step > 0)) {
      const wanted = 'start <= end within $0..$1 and a step above 0'
      return `price_ranges: found ${show(item)}, wanted ${wanted}`
    }
    ranges.push({ start, end, step })
  }
  return ranges
}
