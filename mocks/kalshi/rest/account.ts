// REST calls about the client itself: rate limits, costs, tier, and API keys with their scopes.

import { formatQuantity } from '../../../src/core/vocabulary/units.ts'
import { type ApiKey, type Gatekeeper, SCOPES, type Scope } from '../access/auth.ts'
import { generatedKey } from '../access/keys.ts'
import type { TokenBuckets } from '../access/token-buckets.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { type Answer, nested, refuse } from '../exchange/refusal.ts'
import { type Call, caller, Fields, invalid, PREFIX, wholeAccount } from '../protocol/call.ts'
import { type Row, seconds } from '../protocol/rows.ts'

const MONTH_MS = 30 * 86_400_000

export class AccountCalls {
  readonly #exchange: Exchange
  readonly #gate: Gatekeeper
  readonly #buckets: TokenBuckets

  constructor(exchange: Exchange, gate: Gatekeeper, buckets: TokenBuckets) {
    this.#exchange = exchange
    this.#gate = gate
    this.#buckets = buckets
  }

  limits = (): Answer => ({ status: 200, body: this.#buckets.describe() })

  costs = (): Answer => ({
    status: 200,
    body: {
      default_cost: 10,
      endpoint_costs: [
        { cost: 30, method: 'POST', path: `${PREFIX}/account/api_usage_level/upgrade` },
        { cost: 2, method: 'DELETE', path: `${PREFIX}/portfolio/events/orders` },
        { cost: 2, method: 'DELETE', path: `${PREFIX}/portfolio/events/orders/:order_id` },
        { cost: 2, method: 'DELETE', path: `${PREFIX}/portfolio/events/orders/batched` },
        { cost: 2, method: 'GET', path: `${PREFIX}/portfolio/orders/:order_id` },
      ],
    },
  })

  /** Every order here came through the API, so one order is enough. */
  upgrade = (call: Call): Answer => {
    if (wholeAccount(call).orders.size === 0) {
      return nested(refuse(403, 'forbidden', 'none of the last 100 orders was made by API'))
    }
    if (this.#buckets.tier === 'basic') this.#buckets.tier = 'advanced'
    return { status: 200, body: {} }
  }

  progress = (call: Call): Answer => {
    const since = this.#exchange.at - MONTH_MS
    const volume = caller(call)
      .fills.filter((fill) => fill.at >= since)
      .reduce((sum, fill) => sum + fill.quantity, 0)
    const progress = {
      computed_ts: seconds(this.#exchange.at),
      goals: [],
      trailing_30d_volume_fp: formatQuantity(volume),
    }
    return { status: 200, body: { volume_progress: [progress] } }
  }

  keys = (call: Call): Answer => {
    const account = wholeAccount(call)
    const api_keys = [...this.#gate.keys.values()]
      .filter((key) => key.account === account)
      .map(rowOf)
    const { regionExpiresAt } = this.#gate
    const body: Row = { api_keys }
    if (regionExpiresAt !== null) {
      // An attestation without an end is shown as ending in a year.
      const end = Number.isFinite(regionExpiresAt)
        ? regionExpiresAt
        : this.#exchange.at + 12 * MONTH_MS
      body.api_key_region_expiration_ts = seconds(end)
    }
    return { status: 200, body }
  }

  addKey = (call: Call): Answer => {
    const fields = new Fields(call.body, 'CreateApiKeyRequest')
    const id = this.#exchange.nextId()
    const terms = termsOf(fields, call)
    try {
      this.#gate.register(id, fields.text('public_key'), wholeAccount(call), terms)
    } catch {
      throw invalid('public_key: wanted a public key in PEM')
    }
    return { status: 201, body: { api_key_id: id } }
  }

  generateKey = (call: Call): Answer => {
    const fields = new Fields(call.body, 'GenerateApiKeyRequest')
    const type = fields.has('key_type') ? fields.choice('key_type', ['rsa', 'ed25519']) : 'rsa'
    const pem = generatedKey(type)
    const id = this.#exchange.nextId()
    this.#gate.register(id, pem, wholeAccount(call), termsOf(fields, call))
    return { status: 201, body: { api_key_id: id, private_key: pem } }
  }

  deleteKey = (call: Call): Answer => {
    const id = call.params[0]!
    if (this.#gate.keys.get(id)?.account !== wholeAccount(call)) {
      return nested(refuse(404, 'not_found'))
    }
    this.#gate.keys.delete(id)
    return { status: 204, body: null }
  }
}

const rowOf = (key: ApiKey): Row => ({
  api_key_id: key.id,
  name: key.name,
  scopes: key.scopes,
  ...(key.subaccount === null ? {} : { subaccount: key.subaccount }),
})

const termsOf = (
  fields: Fields,
  call: Call,
): { name: string; scopes: readonly Scope[]; subaccount: number | null } => {
  const scopes = (fields.raw('scopes') ?? ['read', 'write']) as Scope[]
  if (!Array.isArray(scopes) || scopes.some((scope) => !SCOPES.includes(scope))) {
    throw invalid(`scopes: wanted a list of ${SCOPES.join(', ')}`)
  }
  const reads = scopes.includes('read')
  if (scopes.includes('write') && !reads) throw invalid('scopes: write requires read')
  const subaccount = fields.whole('subaccount') ?? null
  if (subaccount !== null && caller(call).purses[subaccount] === undefined) {
    throw invalid(`subaccount: there is no ${subaccount}`)
  }
  return { name: fields.text('name'), scopes, subaccount }
}
