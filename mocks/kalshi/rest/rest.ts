// Turns an HTTP request into its answer: finds the route, authenticates the caller, checks the
// key's scope, reads the body, charges the token buckets and calls the handler. It knows no
// sockets, so it works without a server.

import { type ApiKey, type Gatekeeper, hasScope } from '../access/auth.ts'
import type { TokenBuckets } from '../access/token-buckets.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { type Answer, flat, isRefusal, nested, refuse } from '../exchange/refusal.ts'
import type { Faults } from '../faults/faults.ts'
import { type Call, type Kind, PREFIX, Refused } from '../protocol/call.ts'
import { chargeOf } from './costs.ts'
import type { ReadModel } from './read-model.ts'
import { type Route, routesOf } from './routes.ts'

/** A route found for a request. */
export interface Match {
  readonly route: Route | null
  readonly kind: Kind
  readonly params: readonly string[]
}

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
    this.#routes = routesOf({ exchange, gate, buckets, reads })
  }

  /** The route of a request. */
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

  /** Carries the request out. Never throws for a mistake of the caller. */
  handle(incoming: Incoming, match = this.match(incoming.method, incoming.url)): Answer {
    const { route } = match
    if (route === null) return nested(refuse(404, 'not_found'))
    const { method, url, headers, text } = incoming
    const cut = url.indexOf('?')
    const path = cut < 0 ? url : url.slice(0, cut)
    let key: ApiKey | null = null
    if (!route.public || headers['kalshi-access-key'] !== undefined) {
      const admitted = this.#gate.admit(headers, method, path)
      if (isRefusal(admitted)) return nested(admitted)
      if (route.scope !== null && !hasScope(admitted, route.scope)) {
        return nested(refuse(403, 'forbidden', `key has no scope ${route.scope}`))
      }
      key = admitted
    }
    const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1))
    let body: unknown = null
    if (route.hasBody) {
      const type = headers['content-type']
      if (text === '' || typeof type !== 'string' || !type.startsWith('application/json')) {
        return flat(refuse(400, 'invalid_content_type'))
      }
      try {
        body = JSON.parse(text)
      } catch {
        return flat(refuse(400, 'bad_request', 'invalid JSON'))
      }
    }
    if (key !== null && !this.#charge(key, route.kind, body, query)) return this.#faults.tooMany()
    // All facts of this request carry this time, also those that concern no market.
    this.#exchange.at = this.#exchange.now()
    this.#exchange.pauses.follow(this.#exchange.at)
    const account = key?.account ?? null
    const { kind } = route
    const call: Call = { method, path, kind, params: match.params, query, body, account, key }
    try {
      return route.handle(call)
    } catch (error) {
      if (error instanceof Refused) return error.answer
      throw error
    }
  }

  #charge({ account }: ApiKey, kind: Kind, body: unknown, query: URLSearchParams): boolean {
    const now = this.#exchange.now()
    const charge = chargeOf(kind, body, query, this.#exchange.shards)
    return charge.from === 'read'
      ? this.#buckets.read(account, charge.cost, now)
      : this.#buckets.write(account, charge.costs, now)
  }
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
