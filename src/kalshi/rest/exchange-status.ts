// Reads GET /exchange/status: whether the exchange, and each of its shards, takes orders.

import * as v from 'valibot'
import type { ExchangeReport } from '../../core/vocabulary/events.ts'
import { asObject } from '../common/fields.ts'
import { list, reader, wholeOrZero } from './payload.ts'

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
