// Reads how many requests the account may make: the token buckets and what each order call costs.
//
// Both come from the exchange, because its tiers and costs change several times a year.

import * as v from 'valibot'
import type { Lease } from '../../core/vocabulary/events.ts'
import { atLeastZero, positive, reader } from './payload.ts'

/** Tokens per second and tokens at most. */
interface Bucket {
  refill: number
  capacity: number
}

/** The whole account's budget, for all makers together. */
export interface AccountBudget {
  read: Bucket
  write: Bucket
  cost: Lease['cost']
}

/** Costs as published in October 2026; used for what the exchange's table does not list. */
export const DEFAULT_COST: Lease['cost'] = { place: 10, amend: 10, decrease: 10, cancel: 2 }

const BUCKET = v.pipe(
  v.object({ refill_rate: positive, bucket_capacity: positive }),
  v.transform((raw): Bucket => ({ refill: raw.refill_rate, capacity: raw.bucket_capacity })),
)

/** GET /account/limits. */
export const readLimits = reader('account limits', v.object({ read: BUCKET, write: BUCKET }))

const ORDER = '/portfolio/events/orders'
const CALLS = {
  place: `POST ${ORDER}`,
  amend: `POST ${ORDER}/*/amend`,
  decrease: `POST ${ORDER}/*/decrease`,
  cancel: `DELETE ${ORDER}/*`,
} as const

const COST = atLeastZero(Number.MAX_VALUE)
const readCosts = reader(
  'endpoint costs',
  v.object({
    default_cost: COST,
    // A row that cannot be read is left out: its call then has the default cost.
    endpoint_costs: v.array(
      v.fallback(
        v.nullable(v.object({ method: v.unknown(), path: v.unknown(), cost: COST })),
        null,
      ),
    ),
  }),
)

/**
 * Reads GET /account/endpoint_costs; text when it is not that. The table lists only calls that
 * differ from its own default. Paths appear as '/trade-api/v2/x/:order_id' and as '/x/{order_id}'.
 */
export const readEndpointCosts = (body: unknown): Lease['cost'] | string => {
  const read = readCosts(body)
  if (typeof read === 'string') return read
  const costs = new Map<string, number>()
  for (const row of read.endpoint_costs) if (row !== null) costs.set(callOf(row), row.cost)
  const cost = (kind: keyof typeof CALLS): number => costs.get(CALLS[kind]) ?? read.default_cost
  return {
    place: cost('place'),
    amend: cost('amend'),
    decrease: cost('decrease'),
    cancel: cost('cancel'),
  }
}

const callOf = (entry: { readonly method: unknown; readonly path: unknown }): string => {
  const path = String(entry.path)
    .replace(/^\/trade-api\/v\d+/, '')
    .replace(/\/(:[^/]+|\{[^/}]+\})/g, '/*')
  return `${String(entry.method).toUpperCase()} ${path}`
}
