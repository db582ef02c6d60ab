// Liquidity programmes: what the exchange pays for orders that rest close to the best price.
//
// The exchange lists the programmes of all markets and cannot be asked for one market's. Rows about
// other markets or of other kinds are passed over unread, so that only a mistake in what we would
// quote for makes the list unreadable.

import type { Programme } from '../../core/vocabulary/events.ts'
import { parseQuantity } from '../../core/vocabulary/units.ts'
import { asInstant, asObject, asText, type Json, show } from '../common/fields.ts'
import type { Page } from './bodies.ts'

export const PROGRAMMES_PATH = '/incentive_programs'

/** Rewards are written in hundredths of a cent. */
const REWARD_UNITS_PER_DOLLAR = 10_000
/** Discounts are written in basis points. */
const WHOLE_BPS = 10_000

/**
 * Reads one page of GET /incentive_programs: the liquidity programmes of market `ticker` that have
 * not been paid out. Returns one sentence that says what was found where the page or a row of these
 * cannot be read. Unlike other lists, this one names its next page `next_cursor`.
 */
export const readProgrammes = (body: unknown, ticker: string): Page<Programme> | string => {
  const raw = asObject(body)
  const list = raw?.incentive_programs
  if (raw === null || (list !== null && !Array.isArray(list))) {
    return `incentive_programs: found ${show(body)}, wanted a list of incentive_programs`
  }
  const items: Programme[] = []
  for (const item of list ?? []) {
    const row = asObject(item)
    if (row === null) return `incentive_programs: found ${show(item)} among them, wanted an object`
    const market = asText(row.market_ticker)
    if (market === '') {
      return `programme market_ticker: found ${show(row.market_ticker)}, wanted a ticker`
    }
    if (market !== ticker || row.incentive_type !== 'liquidity' || row.paid_out === true) continue
    const programme = readProgramme(row)
    if (typeof programme === 'string') return programme
    items.push(programme)
  }
  return { items, cursor: asText(raw.next_cursor) }
}

const readProgramme = (row: Json): Programme | string => {
  const startAt = asInstant(row.start_date)
  const endAt = asInstant(row.end_date)
  if (!(endAt > startAt)) {
    return `programme dates: found ${show(row.start_date)} to ${show(row.end_date)}, wanted a span`
  }
  const { period_reward: reward, discount_factor_bps: bps } = row
  if (!isWithin(reward, Number.MAX_SAFE_INTEGER)) {
    return `programme period_reward: found ${show(reward)}, wanted a number from 0 on`
  }
  // The exchange may leave the discount or the target out; what they would then be is not published.
  if (!isWithin(bps, WHOLE_BPS)) {
    return `programme discount_factor_bps: found ${show(bps)}, wanted 0 to ${WHOLE_BPS}`
  }
  const targetQuantity = parseQuantity(row.target_size_fp)
  if (!(targetQuantity > 0)) {
    return `programme target_size_fp: found ${show(row.target_size_fp)}, wanted more than 0`
  }
  return {
    startAt,
    endAt,
    rewardDollars: reward / REWARD_UNITS_PER_DOLLAR,
    discount: bps / WHOLE_BPS,
    targetQuantity,
  }
}

const isWithin = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= most
