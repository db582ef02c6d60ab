// How many requests the account may make: the token buckets and what each order call costs.
//
// Both are read from the exchange, because the tiers and the costs change several times a year.

import type { Lease } from '../../core/vocabulary/events.ts'
import { asObject, type Json, show } from '../common/fields.ts'

/** Tokens per second and tokens at most. */
export interface Bucket {
  refill: number
  capacity: number
}

/** The account's whole budget: what all makers together may spend. */
export interface AccountBudget {
  read: Bucket
  write: Bucket
  cost: Lease['cost']
}

/** Costs as published in October 2026; used for what the exchange's table does not list. */
export const DEFAULT_COST: Lease['cost'] = { place: 10, amend: 10, decrease: 10, cancel: 2 }

/** Reads GET /account/limits; text when it is not that. */
export const readLimits = (body: unknown): Pick<AccountBudget, 'read' | 'write'> | string => {
  const raw = asObject(body)
  const read = readBucket(raw?.read)
  const write = readBucket(raw?.write)
  if (read === null || write === null) {
    return `account limits: found ${show(body)}, wanted read and write with refill_rate and bucket_capacity`
  }
  return { read, write }
}

const readBucket = (value: unknown): Bucket | null => {
  const raw = asObject(value)
  const refill = raw?.refill_rate
  const capacity = raw?.bucket_capacity
  const readable =
    typeof refill === 'number' && refill > 0 && typeof capacity === 'number' && capacity > 0
  return readable ? { refill, capacity } : null
}

const ORDER = '/portfolio/events/orders'
const CALLS = {
  place: `POST ${ORDER}`,
  amend: `POST ${ORDER}/*/amend`,
  decrease: `POST ${ORDER}/*/decrease`,
  cancel: `DELETE ${ORDER}/*`,
} as const

/**
 * Reads GET /account/endpoint_costs; text when it is not that. The table lists only calls that differ
 * from its own default. Paths appear as '/trade-api/v2/x/:order_id' and as '/x/{order_id}'.
 */
export const readEndpointCosts = (body: unknown): Lease['cost'] | string => {
  const raw = asObject(body)
  const list = raw?.endpoint_costs
  const standard = raw?.default_cost
  if (!Array.isArray(list) || typeof standard !== 'number' || !(standard >= 0)) {
    return `endpoint costs: found ${show(body)}, wanted default_cost and endpoint_costs`
  }
  const costs = new Map<string, number>()
  for (const item of list) {
    const entry = asObject(item)
    if (entry !== null && typeof entry.cost === 'number' && entry.cost >= 0) {
      costs.set(callOf(entry), entry.cost)
    }
  }
  const cost = (kind: keyof typeof CALLS): number => costs.get(CALLS[kind]) ?? standard
  return {
    place: cost('place'),
    amend: cost('amend'),
    decrease: cost('decrease'),
    cancel: cost('cancel'),
  }
}

const callOf = (entry: Json): string => {
  const path = String(entry.path)
    .replace(/^\/trade-api\/v\d+/, '')
    .replace(/\/(:[^/]+|\{[^/}]+\})/g, '/*')
  return `${String(entry.method).toUpperCase()} ${path}`
}
