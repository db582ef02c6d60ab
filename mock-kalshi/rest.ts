// From an HTTP request to its answer: finds the route, admits the caller, charges the token buckets,
// reads the body and calls the handler. No sockets in here, so it can be used without a server.

import type { Account } from './account.ts'
import type { Gatekeeper } from './auth.ts'
import { type Call, type Kind, Refused } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Faults } from './faults.ts'
import type { ReadModel } from './read-model.ts'
import { type Answer, flat, isRefusal, nested, refuse } from './refusal.ts'
import { MarketReads } from './rest-markets.ts'
import { batchSize, OrderWrites, wrongContentType } from './rest-orders.ts'
import { noRoute, PortfolioReads } from './rest-portfolio.ts'
import type { TokenBuckets } from './token-buckets.ts'

const PREFIX = '/trade-api/v2'

interface Route {
  readonly method: string
  /** Path parts; '*' takes any one. */
  readonly parts: readonly string[]
  readonly kind: Kind
  readonly public: boolean
  readonly handle: (call: Call) => Answer
}

/** A route found for a request. */
export interface Match {
  readonly route: Route | null
  readonly kind: Kind
  readonly params: readonly string[]
}

/** Write tokens by kind, each order of a batch counted. */
const WRITE_COST: Partial<Record<Kind, number>> = {
  create: 10,
  'batch-create': 10,
  amend: 10,
  decrease: 10,
  cancel: 2,
  'batch-cancel': 2,
  'cancel-all': 2,
  v1: 0,
}

const READ_COST: Partial<Record<Kind, number>> = { order: 2 }

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** What `handle` needs of a request. */
export interface Incoming {
  readonly method: string
  /** Path with query, as it came. */
  readonly url: string
  readonly headers: Headers
  readonly text: string
}

export class Rest {
  readonly #exchange: Exchange
  readonly #gate: Gatekeeper
  readonly #buckets: TokenBuckets
  readonly #faults: Faults
  readonly #routes: readonly Route[]

  constructor(
    exchange: Exchange,
    gate: Gatekeeper,
    buckets: TokenBuckets,
    reads: ReadModel,
    faults: Faults,
  ) {
    this.#exchange = exchange
    this.#gate = gate
    this.#buckets = buckets
    this.#faults = faults
    this.#routes = routes(
      new OrderWrites(exchange),
      new PortfolioReads(exchange, reads, buckets),
      new MarketReads(exchange),
    )
  }

  /** Which route a request goes to. */
  match(method: string, url: string): Match {
    const cut = url.indexOf('?')
    const path = cut < 0 ? url : url.slice(0, cut)
    if (!path.startsWith(`${PREFIX}/`)) return { route: null, kind: 'unknown', params: [] }
    const parts = path.slice(PREFIX.length + 1).split('/')
    for (const route of this.#routes) {
      if (route.method !== method || route.parts.length !== parts.length) continue
      const params: string[] = []
      const fits = route.parts.every((part, index) => {
        if (part !== '*') return part === parts[index]
        params.push(decode(parts[index]!))
        return parts[index] !== ''
      })
      if (fits) return { route, kind: route.kind, params }
    }
    return { route: null, kind: 'unknown', params: [] }
  }

  /** Carries the request out. Never throws for what the caller did. */
  handle(incoming: Incoming, match = this.match(incoming.method, incoming.url)): Answer {
    const { route } = match
    if (route === null) return noRoute()
    const { method, url, headers, text } = incoming
    const cut = url.indexOf('?')
    const path = cut < 0 ? url : url.slice(0, cut)
    let account: Account | null = null
    if (!route.public || headers['kalshi-access-key'] !== undefined) {
      const admitted = this.#gate.admit(headers, method, path)
      if (isRefusal(admitted)) return nested(admitted)
      account = admitted
    }
    const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1))
    let body: unknown = null
    if (route.kind !== 'v1' && (method === 'POST' || route.kind === 'batch-cancel')) {
      const type = headers['content-type']
      if (text === '' || typeof type !== 'string' || !type.startsWith('application/json')) {
        return wrongContentType()
      }
      try {
        body = JSON.parse(text)
      } catch {
        return flat(refuse(400, 'bad_request', 'invalid JSON'))
      }
    }
    if (account !== null && !this.#charge(account, route.kind, body, query)) {
      return this.#faults.tooMany()
    }
    try {
      return route.handle({
        method,
        path,
        kind: route.kind,
        params: match.params,
        query,
        body,
        account,
      })
    } catch (error) {
      if (error instanceof Refused) return error.answer
      throw error
    }
  }

  #charge(account: Account, kind: Kind, body: unknown, query: URLSearchParams): boolean {
    const now = this.#exchange.now()
    const each = WRITE_COST[kind]
    if (each === undefined) return this.#buckets.read(account, READ_COST[kind] ?? 10, now)
    const many = kind === 'batch-create' || kind === 'batch-cancel'
    return this.#buckets.write(
      account,
      each * (many ? batchSize(body) : 1),
      shardOf(body, query),
      now,
    )
  }
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The shard whose bucket pays: the one named, else the unscoped one. */
const shardOf = (body: unknown, query: URLSearchParams): number => {
  const named = (body as { exchange_index?: unknown } | null)?.exchange_index
  const shard = typeof named === 'number' ? named : Number(query.get('exchange_index') ?? 0)
  return Number.isInteger(shard) && shard > 0 ? shard : 0
}

const routes = (
  writes: OrderWrites,
  portfolio: PortfolioReads,
  markets: MarketReads,
): readonly Route[] => {
  const route =
    (open: boolean) =>
    (spec: string, kind: Kind, handle: (call: Call) => Answer): Route => {
      const [method, path] = spec.split(' ') as [string, string]
      return { method, parts: path.split('/'), kind, public: open, handle }
    }
  const own = route(false)
  const open = route(true)
  return [
    own('POST portfolio/events/orders', 'create', writes.create),
    own('POST portfolio/events/orders/*/amend', 'amend', writes.amend),
    own('POST portfolio/events/orders/*/decrease', 'decrease', writes.decrease),
    own('DELETE portfolio/events/orders/batched', 'batch-cancel', writes.cancelMany),
    own('DELETE portfolio/events/orders/*', 'cancel', writes.cancel),
    own('DELETE portfolio/events/orders', 'cancel-all', writes.cancelAll),
    own('POST portfolio/events/orders/batched', 'batch-create', writes.createMany),
    own('GET portfolio/orders', 'orders', portfolio.orders),
    own('GET portfolio/orders/queue_positions', 'queue-positions', portfolio.queuePositions),
    own('GET portfolio/orders/*', 'order', portfolio.order),
    own('GET portfolio/orders/*/queue_position', 'queue-positions', portfolio.queuePosition),
    own('GET portfolio/fills', 'fills', portfolio.fills),
    own('GET portfolio/positions', 'positions', portfolio.positions),
    own('GET portfolio/balance', 'balance', portfolio.balance),
    own('GET portfolio/settlements', 'settlements', portfolio.settlements),
    own('GET account/limits', 'limits', portfolio.limits),
    open('GET account/endpoint_costs', 'costs', portfolio.costs),
    open('GET markets', 'markets', markets.markets),
    open('GET markets/trades', 'trades', markets.trades),
    open('GET markets/orderbooks', 'orderbook', markets.orderbooks),
    open('GET markets/*', 'market', markets.market),
    open('GET markets/*/orderbook', 'orderbook', markets.orderbook),
    open('GET events/fee_changes', 'fee-changes', markets.eventFeeChanges),
    open('GET events/*', 'event', markets.event),
    open('GET series/fee_changes', 'fee-changes', markets.seriesFeeChanges),
    open('GET series/*', 'series', markets.series),
    open('GET exchange/status', 'status', markets.status),
    own('POST portfolio/orders', 'v1', writes.gone),
    own('POST portfolio/orders/batched', 'v1', writes.gone),
    own('POST portfolio/orders/*/amend', 'v1', writes.gone),
    own('POST portfolio/orders/*/decrease', 'v1', writes.gone),
    own('DELETE portfolio/orders/*', 'v1', writes.gone),
    own('DELETE portfolio/orders/batched', 'v1', writes.gone),
  ]
}
