// Reads GET /exchange/status: whether the exchange, and each of its shards, takes orders.
//
// While all of it is paused every maker asks again and again, so the answers are shared. The first
// question of a pause is not: a maker that has just been refused needs a newer answer than others
// have.

import * as v from 'valibot'
import type { ExchangeReport } from '../../core/vocabulary/events.ts'
import type { Outcome } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { asObject } from '../common/fields.ts'
import { list, reader, wholeOrZero } from './payload.ts'
import type { Sharing } from './sharing.ts'

export const STATUS_PATH = '/exchange/status'

const FLAGS = { exchange_active: v.boolean(), trading_active: v.boolean() }
const SHARD = v.object({ exchange_index: wholeOrZero, ...FLAGS })
const STATUS = v.pipe(
  v.object({ ...FLAGS, exchange_index_statuses: v.nullish(list(SHARD), []) }),
  v.transform((row): ExchangeReport => {
    const isTrading = row.exchange_active && row.trading_active
    const shards = row.exchange_index_statuses.map(
      (shard) => [shard.exchange_index, shard.exchange_active && shard.trading_active] as const,
    )
    return { isTrading, shards: Object.fromEntries(shards) }
  }),
)

/** GET /exchange/status. */
export const readExchangeStatus = reader('exchange status', STATUS)

/** Whether the body of a 503 or 504 is the status all the same. */
export const isExchangeStatus = (body: unknown): boolean =>
  typeof asObject(body)?.trading_active === 'boolean'

/** A shared answer is no older, ms. */
export const STATUS_AGE_MS = 5_000
/** After so long without a question, ms, the pause may be another one. */
const SAME_PAUSE_MS = 30_000

const isAllPaused = ({ isTrading, shards }: ExchangeReport): boolean =>
  !isTrading && !Object.values(shards).includes(true)

/** Asks for the status, and shares it from the second question of a pause on. */
export class StatusReader {
  readonly #read: () => Promise<Outcome<ExchangeReport>>
  readonly #sharing: Sharing
  readonly #now: () => Millis
  /** When the last answer came, if it was that all is paused; otherwise -Infinity. */
  #pausedAt = Number.NEGATIVE_INFINITY

  constructor(read: () => Promise<Outcome<ExchangeReport>>, sharing: Sharing, now: () => Millis) {
    this.#read = read
    this.#sharing = sharing
    this.#now = now
  }

  async ask(): Promise<Outcome<ExchangeReport>> {
    const since = this.#now() - this.#pausedAt
    // What began before our last answer came tells nothing new.
    const age = Math.min(STATUS_AGE_MS, since - 1)
    const outcome =
      since > SAME_PAUSE_MS
        ? await this.#read()
        : (await this.#sharing.get('exchange-status', age, this.#read)).outcome
    const isPaused = outcome.kind === 'accepted' && isAllPaused(outcome.value)
    this.#pausedAt = isPaused ? this.#now() : Number.NEGATIVE_INFINITY
    return outcome
  }
}
