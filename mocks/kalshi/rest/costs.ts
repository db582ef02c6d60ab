// Computes what a request costs in tokens and which buckets pay. A write that names its shard pays
// from that shard's bucket. One that leaves the shard to the exchange (absent or -1, with a ticker)
// pays from every shard's. One without both pays from shard 0.

import type { Kind } from '../protocol/call.ts'

/** Write tokens by kind, each order of a batch counted. Kinds that are not here read. */
const WRITE: Partial<Record<Kind, number>> = {
  create: 10,
  'batch-create': 10,
  amend: 10,
  decrease: 10,
  cancel: 2,
  'batch-cancel': 2,
  'cancel-all': 2,
  'group-write': 10,
  'subaccount-write': 10,
  transfer: 10,
  'key-write': 10,
  'account-write': 30,
  v1: 0,
}
const READ: Partial<Record<Kind, number>> = { order: 2 }
const DEFAULT = 10

export type Charge =
  | { readonly from: 'read'; readonly cost: number }
  | { readonly from: 'write'; readonly costs: ReadonlyMap<number, number> }

/** What decides about the shard of one order or request. */
interface Routing {
  readonly exchange_index?: unknown
  readonly ticker?: unknown
  readonly market_ticker?: unknown
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** The shards that a routing concerns: the one named, all of them, or shard 0. */
const routed = (routing: Routing, shards: Iterable<number>): readonly number[] => {
  const { exchange_index: index } = routing
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0) return [index]
  return isText(routing.ticker) || isText(routing.market_ticker) ? [...shards] : [0]
}

const itemsOf = (body: unknown): readonly Routing[] => {
  const items = (body as { orders?: unknown } | null)?.orders
  // A batch that cannot be read costs one; the handler then says what is wrong with it.
  if (!Array.isArray(items) || items.length === 0) return [{}]
  return items.map((item) => (typeof item === 'object' && item !== null ? (item as Routing) : {}))
}

const inQuery = (query: URLSearchParams): Routing => {
  const index = query.get('exchange_index')
  return {
    exchange_index: index === null || index === '' ? undefined : Number(index),
    market_ticker: query.get('market_ticker'),
  }
}

/** The charge for a request. */
export const chargeOf = (
  kind: Kind,
  body: unknown,
  query: URLSearchParams,
  shards: Iterable<number>,
): Charge => {
  const each = WRITE[kind]
  if (each === undefined) return { from: 'read', cost: READ[kind] ?? DEFAULT }
  const costs = new Map<number, number>()
  const add = (shard: number): unknown => costs.set(shard, (costs.get(shard) ?? 0) + each)
  if (kind === 'cancel-all') for (const shard of shards) add(shard)
  else {
    const inBody = typeof body === 'object' && body !== null ? (body as Routing) : {}
    const routings =
      kind === 'batch-create' || kind === 'batch-cancel'
        ? itemsOf(body)
        : [{ ...inQuery(query), ...inBody }]
    for (const routing of routings) for (const shard of routed(routing, shards)) add(shard)
  }
  return { from: 'write', costs }
}
