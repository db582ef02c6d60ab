// Polymarket's market rows: lists inside text, two versions of ids, and why a row is unusable.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isMalformed } from '../../../../src/signals/common/json.ts'
import {
  readGammaMarket,
  readGammaMarkets,
  tokenOfOutcome,
} from '../../../../src/signals/polymarket/gamma-wire.ts'

const ROWS = '../shared/oracle-data/gamma-markets/gamma-markets.json.gz'
const A = '7667'
const B = '5417'

describe('market rows', () => {
  const row = (more: object = {}): object => ({
    slug: 'mlb-col-stl-2026-08-07',
    active: true,
    closed: false,
    archived: false,
    acceptingOrders: true,
    enableOrderBook: true,
    outcomes: '["Colorado Rockies","St. Louis Cardinals"]',
    clobTokenIds: `["${A}","${B}"]`,
    sportsMarketType: 'moneyline',
    gameStartTime: '2026-08-08 00:15:00+00',
    ...more,
  })
  const read = (more: object) => {
    const got = readGammaMarket(row(more))
    if (isMalformed(got)) throw new Error(got.detail)
    return got
  }

  it('name outcomes and tokens in one order, from text or from a list', () => {
    for (const outcomes of ['["X","Y"]', ['X', 'Y']]) {
      const got = read({ outcomes })
      expect([tokenOfOutcome(got, 'X'), tokenOfOutcome(got, 'Y')]).toEqual([A, B])
      expect(tokenOfOutcome(got, 'Z')).toBe('')
    }
    expect(tokenOfOutcome(read({ outcomes: ['X', 'X'] }), 'X')).toBe('')
    expect(read({}).startAt).toBe(Date.UTC(2026, 7, 8, 0, 15))
    expect(read({}).refusal).toBe('')
  })

  it('choose the ids by version, also when both lists are there', () => {
    const both = { positionIds: ['11', '22'] }
    expect(read({ ...both, version: 'v2' }).tokens).toEqual(['11', '22'])
    expect([read({ ...both, version: 'v1' }).tokens, read(both).tokens]).toEqual([
      [A, B],
      [A, B],
    ])
    expect(read({ ...both, version: 'v3' }).refusal).toContain('version')
  })

  it('say why they are unusable, closing first', () => {
    expect(read({ closed: true, umaResolutionStatus: 'resolved' }).refusal).toBe('closed')
    expect(read({ active: false }).refusal).toBe('not active')
    expect(read({ umaResolutionStatus: 'disputed' }).refusal).toContain('disputed')
    expect(read({ marketType: 'scalar' }).refusal).toContain('scalar')
    expect(read({ negRiskOther: true }).refusal).toContain('other')
    expect(read({ enableOrderBook: false }).refusal).toBe('no order book')
    expect(read({ acceptingOrders: false }).refusal).toBe('not accepting orders')
    expect(read({ clobTokenIds: '' }).refusal).toContain('token ids')
    expect(read({ clobTokenIds: [7667, 5417] }).refusal).toContain('token ids')
  })

  it('come alone, in lists, in pages and inside events', () => {
    for (const body of [row(), [row()], { markets: [row()] }, [{ slug: 'e', markets: [row()] }]]) {
      expect(readGammaMarkets(body)[0]).toMatchObject({ kind: 'market', refusal: '' })
    }
    expect(readGammaMarkets('x')[0]?.kind).toBe('malformed')
    expect(readGammaMarkets([{ slug: 'a' }])[0]?.kind).toBe('malformed')
  })
})

describe.skipIf(!existsSync(ROWS))('recorded rows (at hand)', () => {
  it('of market rows are all closed, also the one that still accepts orders', () => {
    const rows = readGammaMarkets(JSON.parse(gunzipSync(readFileSync(ROWS)).toString()))
    expect(rows).toHaveLength(5)
    for (const each of rows) {
      expect(each).toMatchObject({ kind: 'market', refusal: 'closed' })
      if (each.kind === 'market') expect(each.tokens).toHaveLength(2)
    }
    expect(rows[0]).toMatchObject({
      outcomes: ['FaZe', 'illwill'],
      startAt: Date.UTC(2026, 3, 5, 15, 10),
      sportsMarketType: 'moneyline',
    })
  })
})
