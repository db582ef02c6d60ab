// Reads the incentive programs, by which the exchange pays for orders that rest close to the best
// price.

import * as v from 'valibot'
import type { Programme } from '../../core/vocabulary/events.ts'
import { asInstant, show } from '../common/fields.ts'
import { atLeastZero, type Page, page, positiveQuantity, reader, text } from './payload.ts'

export const PROGRAMS_PATH = '/incentive_programs'

/** Rewards are written in hundredths of a cent. */
const REWARD_UNITS_PER_DOLLAR = 10_000
/** Discounts are written in basis points. */
const WHOLE_BPS = 10_000

// Unlike other lists, this one names its next page `next_cursor`.
const readAllPrograms = reader(
  'incentive_programs',
  page('incentive_programs', v.looseObject({ market_ticker: text }), 'next_cursor'),
)
const readProgram = reader(
  'program',
  v.pipe(
    v.object({
      start_date: v.optional(v.unknown()),
      end_date: v.optional(v.unknown()),
      period_reward: atLeastZero(Number.MAX_SAFE_INTEGER),
      // The exchange may leave the discount or the target out; what they would then be is not
      // published.
      discount_factor_bps: atLeastZero(WHOLE_BPS),
      target_size_fp: positiveQuantity,
    }),
    v.check(
      ({ start_date: start, end_date: end }) => asInstant(end) > asInstant(start),
      ({ input: { start_date: start, end_date: end } }) =>
        `dates: found ${show(start)} to ${show(end)}, wanted a span`,
    ),
    v.transform(
      (row): Programme => ({
        startAt: asInstant(row.start_date),
        endAt: asInstant(row.end_date),
        rewardDollars: row.period_reward / REWARD_UNITS_PER_DOLLAR,
        discount: row.discount_factor_bps / WHOLE_BPS,
        targetQuantity: row.target_size_fp,
      }),
    ),
  ),
)

/**
 * Reads one page of GET /incentive_programs: the liquidity programs of market `ticker` that have
 * not been paid out. The exchange lists those of all markets and cannot be asked for one market's.
 * Rows of other markets or kinds are left out unread, so that only a mistake in what we would quote
 * for makes the list unreadable.
 */
export const readPrograms = (body: unknown, ticker: string): Page<Programme> | string => {
  const read = readAllPrograms(body)
  if (typeof read === 'string') return read
  const items: Programme[] = []
  for (const row of read.items) {
    const { market_ticker: market, incentive_type: type, paid_out: paid } = row
    if (market !== ticker || type !== 'liquidity' || paid === true) continue
    const program = readProgram(row)
    if (typeof program === 'string') return program
    items.push(program)
  }
  return { items, cursor: read.cursor }
}
