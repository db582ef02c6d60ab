// The decoders against what Kalshi really sent. The recordings belong to others and are not part of
// the project, so these tests are skipped, and say so, where the recordings are not at hand.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/vocabulary/events.ts'
import { readError } from '../../../src/kalshi/common/errors.ts'
import { FrameDecoder } from '../../../src/kalshi/feed/decoder.ts'
import { readEndpointCosts, readLimits } from '../../../src/kalshi/rest/limits.ts'
import { ASSUMED_FEES, readMarket } from '../../../src/kalshi/rest/market-terms.ts'
import {
  readAck,
  readBalance,
  readFills,
  readOrders,
  readPosition,
  readSingleOrder,
} from '../../../src/kalshi/rest/portfolio.ts'

const DATA = '../shared/data'
const lines = (file: string): string[] =>
  gunzipSync(readFileSync(`${DATA}/${file}`))
    .toString()
    .split('\n')
    .filter((line) => line !== '')

interface Case {
  readonly case: string
  readonly status: number
  readonly body_text: string
}

const REST = 'rest-fixtures-demo-2026/kalshi-rest.jsonl.gz'
const noRest = !existsSync(`${DATA}/${REST}`)

describe.skipIf(noRest)(`recorded REST answers (skipped when ${REST} is absent)`, () => {
  const cases = noRest
    ? []
    : lines(REST).map((line) => {
        const row = JSON.parse(line) as Case
        return [row.case, row] as const
      })
  const all = new Map<string, Case>(cases)
  const body = (name: string): unknown => JSON.parse(all.get(name)!.body_text)
  const TICKER = 'KXWTACHALLENGERMATCH-26JUN11JIMLEP-LEP'

  it('orders, one order, fills, a position, the balance', () => {
    expect(readOrders(body('portfolio__orders_list'))).toMatchObject({ cursor: '' })
    expect(readSingleOrder(body('orders__get_after_create'))).toMatchObject({
      orderId: '2597b999-f887-4195-8bac-c3f97a1f2021',
      side: 'bid',
      price: 100,
      status: 'resting',
      remaining: 100,
      expiresAt: null,
      venueAt: Date.parse('2026-06-11T06:29:20.866Z'),
    })
    const fills = readFills(body('fills__after_taker'))
    if (typeof fills === 'string') throw new Error(fills)
    expect(fills.items[0]).toMatchObject({ side: 'bid', price: 5200, quantity: 100, fee: 17_500 })
    const long = { position: 300, realized: 0, fees: 18_900, exposure: 2_500_000 }
    expect(readPosition(body('portfolio__positions'), TICKER)).toEqual(long)
    expect(readBalance(body('auth__balance_ok'))).toMatchObject({ total: 98_018_600 })
  })

  it('answers to orders', () => {
    expect(readAck(body('orders__create_v2_maker'))).toEqual({
      orderId: '2597b999-f887-4195-8bac-c3f97a1f2021',
      filled: 0,
      remaining: 100,
      venueAt: 1_781_159_360_866,
    })
    const taken = readAck(body('orders__create_v2_taker_ioc'))
    expect(taken).toMatchObject({ filled: 100, remaining: 0 })
  })

  it('markets, limits and costs', () => {
    expect(readMarket(body('markets__single'), ASSUMED_FEES, 0)).toMatchObject({
      ticker: TICKER,
      status: 'active',
      binary: true,
      expectedAt: Date.parse('2026-06-11T19:00:00Z'),
      priceRanges: [{ start: 0, end: 10_000, step: 100 }],
    })
    const list = body('markets__page1') as { markets: unknown[] }
    for (const market of list.markets) {
      expect(readMarket({ market }, ASSUMED_FEES, 0)).toBeTypeOf('object')
    }
    expect(readLimits(body('account__limits'))).toEqual({
      read: { refill: 200, capacity: 200 },
      write: { refill: 100, capacity: 100 },
    })
    const costs = { place: 10, amend: 10, decrease: 10, cancel: 2 }
    expect(readEndpointCosts(body('account__endpoint_costs'))).toEqual(costs)
  })

  it('every recorded refusal has the code of the exchange', () => {
    const codes = [...all.values()]
      .filter(({ status }) => status >= 400)
      .map(({ case: name, status, body_text }) => `${name}: ${readError(status, body_text).code}`)
    expect(codes).toEqual(
      expect.arrayContaining([
        'auth__bad_signature: authentication_error',
        'auth__skew_minus5min: header_timestamp_expired',
        'cleanup__leftover_0: not_found',
        'orders__duplicate_client_order_id: order_already_exists',
        'orders__insufficient_balance: insufficient_balance',
        'orders__numeric_field_types: bad_request',
        'orders__post_only_cross: invalid_order',
      ]),
    )
    expect(codes.filter((code) => code.includes('http_'))).toEqual([])
  })
})

const FRAMES = [
  ['rest-fixtures-demo-2026/ws-binary-book-noleg.jsonl.gz', 'no-price'],
  ['rest-fixtures-demo-2026/ws-binary-book-yes.jsonl.gz', 'yes-price'],
  ['ws-sports-multi/sports-12-markets-20260807.frames.jsonl.gz', 'no-price'],
  ['ws-kxbtc15m/btc15m-20260513T1541.frames.jsonl.gz', 'no-price'],
] as const

describe('recorded socket frames', () => {
  for (const [file, noSide] of FRAMES) {
    it.skipIf(!existsSync(`${DATA}/${file}`))(
      `are all understood (skipped without ${file})`,
      () => {
        const decoder = new FrameDecoder({ noSide })
        const counts: Partial<Record<Frame['type'], number>> = {}
        for (const line of lines(file)) {
          const row = JSON.parse(line) as { frame?: unknown; event?: string; type?: string }
          if (row.event !== undefined) continue
          const frame = decoder.decode(JSON.stringify(row.frame ?? row), 1)
          if (frame.type === 'malformed')
            throw new Error(`${frame.detail} in ${line.slice(0, 300)}`)
          counts[frame.type] = (counts[frame.type] ?? 0) + 1
        }
        expect(counts.snapshot).toBeGreaterThan(0)
        expect(counts.delta).toBeGreaterThan(0)
      },
    )
  }
})
