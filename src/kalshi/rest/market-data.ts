// Reads what REST says to everyone: a market's book, whether the exchange trades, and the incentive
// programs, by which the exchange pays for orders that rest close to the best price.

import * as v from 'valibot'
import type { Programme } from '../../core/vocabulary/events.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { asInstant, asObject, show } from '../common/fields.ts'
import { readLevels } from '../feed/decoder.ts'
import {
  atLeastZero,
  type Page,
  page,
  positiveQuantity,
  reader,
  text,
  wholeOrZero,
} from './payload.ts'

export const PROGRAMS_PATH = '/incentive_programs'

/** A book without time or sequence: flat pairs price, quantity, YES prices on both sides. */
export interface BookView {
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}

/** Reads GET /markets/{ticker}/orderbook, which always prices NO levels on the NO scale. */
export const readOrderbook = (body: unknown): BookView | string => {
  const raw = asObject(asObject(body)?.orderbook_fp)
  if (raw === null) return `orderbook: found ${show(body)}, wanted {"orderbook_fp":{...}}`
  const bids: number[] = []
  const asks: number[] = []
  const wrong = readLevels(raw.yes_dollars, false, bids) || readLevels(raw.no_dollars, true, asks)
  return wrong === '' ? { bids, asks } : `orderbook ${wrong}`
}

interface ShardStatus {
  readonly exchangeIndex: number
  readonly exchangeActive: boolean
  readonly tradingActive: boolean
}
export interface ExchangeStatus {
  /** The default shard first; one entry per shard where the exchange lists them. */
  readonly shards: readonly ShardStatus[]
  /** When a pause is expected to end; null when not paused or not known. */
  readonly resumeAt: Millis | null
}

const ACTIVE = { exchange_active: v.boolean(), trading_active: v.boolean() }
const STATUS = v.pipe(
  v.object({
    ...ACTIVE,
    exchange_index_statuses: v.nullish(
      v.array(v.object({ exchange_index: wholeOrZero, ...ACTIVE })),
      [],
    ),
    exchange_estimated_resume_time: v.optional(v.unknown()),
  }),
  v.transform((body): ExchangeStatus => {
    const { exchange_index_statuses: listed, exchange_estimated_resume_time: resume } = body
    const resumeAt = asInstant(resume)
    return {
      shards: (listed.length > 0 ? listed : [{ ...body, exchange_index: 0 }]).map((shard) => ({
        exchangeIndex: shard.exchange_index,
        exchangeActive: shard.exchange_active,
        tradingActive: shard.trading_active,
      })),
      resumeAt: Number.isNaN(resumeAt) ? null : resumeAt,
    }
  }),
)

/** GET /exchange/status. Trading may pause without any message on the socket. */
export const readExchangeStatus = reader('exchange status', STATUS)

/** Rewards are written in hundredths of a cent. */
const REWARD_UNITS_PER_DOLLAR = 10_000
/** Discounts are written in basis points. */
const WHOLE_BPS = 10_000

// Unlike other lists, this one names its next page `next_cursor`.
const readAllPrograms = reader(
  'incentive_programs',
  page('incentive_programs', v.looseObject({ market_ticker: text }), 'next_cursor'),
)
const PROGRAM = v.pipe(
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
)

const readProgram = reader('program', PROGRAM)

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
