// The same requests that were once recorded against the real exchange get the same answers here.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ask, type Json } from '../client.ts'
import { create, mock, open, other } from '../rig.ts'

const RECORDED = new URL(
  '../../../../../shared/data/rest-fixtures-demo-2026/kalshi-rest.jsonl.gz',
  import.meta.url,
)
const absent = !existsSync(RECORDED)
/** Keys that the recording has and the exchange has dropped since. */
const DROPPED = new Set([
  'service',
  'liquidity_dollars',
  'response_price_units',
  'fractional_trading_enabled',
  'resting_orders_count',
  // Terms of that one market.
  'custom_strike',
  'early_close_condition',
  'occurrence_datetime',
  'strike_type',
])

const without = (body: Json): Json =>
  JSON.parse(JSON.stringify(body, (key, value) => (DROPPED.has(key) ? undefined : value)))

describe(`recorded exchanges${absent ? ' (skipped: no recordings here)' : ''}`, () => {
  interface Case {
    readonly case: string
    readonly auth: string
    readonly method: string
    readonly path: string
    readonly request_body: Json
    readonly status: number
    readonly body: Json
  }
  const cases = new Map<string, Case>()
  if (!absent) {
    for (const line of gunzipSync(readFileSync(RECORDED)).toString().trim().split('\n')) {
      const one = JSON.parse(line) as Case
      cases.set(one.case, one)
    }
  }
  const recorded = (name: string): Case => cases.get(name)!
  const market = 'KXWTACHALLENGERMATCH-26JUN11JIMLEP-LEP'

  it.skipIf(absent)('replayed requests get the recorded status and body', async () => {
    await open({ markets: [{ ticker: market }], balance: 100 })
    for (let index = 0; index < 3; index++) other('ask', 52, 1, market)
    const volatile = new Set(['order_id', 'ts_ms'])
    const steady = (body: Json): Json =>
      Object.fromEntries(Object.entries(without(body)).filter(([key]) => !volatile.has(key)))
    for (const name of [
      'orders__create_v2_maker',
      'orders__duplicate_client_order_id',
      'orders__create_v2_taker_ioc',
      'orders__insufficient_balance',
      'orders__numeric_field_types',
      'orders__post_only_cross',
      'orders__settlement_seed',
    ]) {
      const { request_body, status, body } = recorded(name)
      const reply = await create(request_body)
      expect([name, reply.status, steady(reply.body)]).toEqual([name, status, steady(body)])
      expect(Object.keys(reply.body).sort()).toEqual(Object.keys(without(body)).sort())
    }
    const gone = recorded('cleanup__leftover_0')
    const reply = await ask(mock, 'DELETE', '/portfolio/events/orders/nobody')
    expect([reply.status, reply.body]).toEqual([gone.status, without(gone.body)])
  })

  it.skipIf(absent)('every recorded request gets the recorded status', async () => {
    await open({ markets: [{ ticker: market }, { ticker: 'KXPGATOUR-USO26-JDAY' }] })
    const signedOnes = [...cases.values()].filter(
      ({ auth, request_body }) => auth === 'signed' && !(request_body as Json | null),
    )
    const made = await create(recorded('orders__create_v2_maker').request_body)
    for (const one of signedOnes) {
      // The one order that they read has another id here.
      const path = one.path
        .replace('/trade-api/v2', '')
        .replace(/(portfolio\/orders\/)[0-9a-f-]{36}/, `$1${made.body.order_id}`)
      const reply = await ask(mock, one.method, path)
      expect([one.case, reply.status]).toEqual([one.case, one.status])
      const wanted = Object.keys(without(one.body))
      expect([one.case, Object.keys(reply.body)]).toEqual([
        one.case,
        expect.arrayContaining(wanted),
      ])
    }
    expect(signedOnes.length).toBeGreaterThan(18)
  })

  it.skipIf(absent)('answers have every key of the recorded ones', async () => {
    await open({ markets: [{ ticker: market }] })
    other('ask', 52, 1, market)
    const { body } = await create(recorded('orders__create_v2_taker_ioc').request_body)
    const first = (value: unknown): Json => (value as Json[])[0]!
    for (const [name, path, pick] of [
      [
        'orders__get_after_create',
        `/portfolio/orders/${body.order_id}`,
        (row: Json) => row.order as Json,
      ],
      ['portfolio__orders_list', '/portfolio/orders', (row: Json) => first(row.orders)],
      ['fills__after_taker', '/portfolio/fills', (row: Json) => first(row.fills)],
      ['portfolio__positions', '/portfolio/positions', (row: Json) => first(row.market_positions)],
      ['portfolio__positions', '/portfolio/positions', (row: Json) => first(row.event_positions)],
      [
        'trades__public_recorded',
        `/markets/trades?ticker=${market}`,
        (row: Json) => first(row.trades),
      ],
      ['markets__single', `/markets/${market}`, (row: Json) => row.market as Json],
      ['auth__balance_ok', '/portfolio/balance', (row: Json) => row],
      ['account__limits', '/account/limits', (row: Json) => row],
      ['exchange__status', '/exchange/status', (row: Json) => row],
    ] as const) {
      const reply = await ask(mock, 'GET', path)
      expect([name, reply.status]).toEqual([name, recorded(name).status])
      const wanted = Object.keys(without(pick(recorded(name).body)))
      expect([name, Object.keys(pick(reply.body))]).toEqual([name, expect.arrayContaining(wanted)])
    }
  })
})

const BODIES = new URL(
  '../../../../../shared/data/rest-errors-prod/error-bodies.json',
  import.meta.url,
)
const noBodies = !existsSync(BODIES)

describe(`errors recorded in production${noBodies ? ' (skipped: no recordings here)' : ''}`, () => {
  it.skipIf(noBodies)('have the same status and body', async () => {
    interface Seen {
      readonly method: string
      readonly path: string
      readonly status: number
      readonly body: Json
    }
    const seen = JSON.parse(readFileSync(BODIES, 'utf8')) as Seen[]
    await open({ knobs: { rateLimitBody: 'object' } })
    for (const { method, path, status, body } of seen) {
      if (status === 429) mock.faults.tooManyFor('any', { times: 1 })
      const bare = path.replace('/trade-api/v2', '').replace('{series}', 'KXNO')
      const reply = await ask(mock, method, bare)
      expect([path, reply.status, reply.body]).toEqual([path, status, without(body)])
    }
    expect(seen).toHaveLength(3)
  })
})
