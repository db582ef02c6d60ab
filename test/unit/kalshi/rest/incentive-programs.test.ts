// Liquidity programs, as they are read from the exchange's list of all incentives.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readPrograms } from '../../../../src/kalshi/rest/programs.ts'

const T = 'KXA-26DEC01-T3'
const row = {
  id: 'p-1',
  market_id: 'm-1',
  market_ticker: T,
  incentive_type: 'liquidity',
  incentive_description: 'words',
  start_date: '2026-11-10T14:00:00Z',
  end_date: '2026-11-10T23:59:59.999999Z',
  period_reward: 200_000,
  paid_out: false,
  discount_factor_bps: 5_000,
  target_size_fp: '300.00',
}
/** 20 dollars for 300 contracts, half of them discounted. */
const programFrom = (start: string, end: string) => ({
  ...{ startAt: Date.parse(start), endAt: Date.parse(end) },
  ...{ rewardDollars: 20, discount: 0.5, targetQuantity: 30_000 },
})
const page = (...rows: unknown[]) => ({ incentive_programs: rows, next_cursor: '' })

const RECORDED = '../shared/data/rest-fixtures-cents-2026-01/incentive_programs_response.json.gz'
const absent = !existsSync(RECORDED)

describe('liquidity programs', () => {
  it('are read in dollars, shares, milliseconds and hundredths of a contract', () => {
    expect(readPrograms(page(row), T)).toEqual({
      items: [programFrom('2026-11-10T14:00:00Z', '2026-11-10T23:59:59.999Z')],
      cursor: '',
    })
  })

  it('take the edges of what can be: no reward, no discount, everything discounted', () => {
    const edge = (more: object) => readPrograms(page({ ...row, ...more }), T)
    expect(edge({ period_reward: 0 })).toMatchObject({ items: [{ rewardDollars: 0 }] })
    expect(edge({ discount_factor_bps: 0 })).toMatchObject({ items: [{ discount: 0 }] })
    expect(edge({ discount_factor_bps: 10_000 })).toMatchObject({ items: [{ discount: 1 }] })
    expect(edge({ target_size_fp: '0.01' })).toMatchObject({ items: [{ targetQuantity: 1 }] })
  })

  it('name the next page next_cursor, and a cursor by another name is none', () => {
    const first = { ...page(row), next_cursor: 'more' }
    expect(readPrograms(first, T)).toMatchObject({ cursor: 'more' })
    for (const none of [
      { incentive_programs: [], cursor: 'x' },
      { incentive_programs: null, next_cursor: null },
    ]) {
      expect(readPrograms(none, T)).toEqual({ items: [], cursor: '' })
    }
  })

  it.each([
    ['another market', { market_ticker: `${T}5` }],
    ['another kind', { incentive_type: 'volume' }],
    ['a kind of tomorrow', { incentive_type: 'sweepstake' }],
    ['one paid out', { paid_out: true }],
  ])('leave out %s, even where it could not be read', (_what, more) => {
    const other = { ...row, target_size_fp: 'words', start_date: 7, ...more }
    expect(readPrograms(page(other, row), T)).toMatchObject({ items: [{ rewardDollars: 20 }] })
  })

  it.each([
    ['nothing', undefined, 'incentive_programs'],
    ['no list', { next_cursor: '' }, 'incentive_programs'],
    ['a list by itself', [row], 'incentive_programs'],
    ['a row that is no object', page(row, 'x'), 'incentive_programs: found "x"'],
  ])('are unreadable as a whole with %s', (_what, body, words) => {
    expect(readPrograms(body, T)).toContain(words)
  })

  it.each([
    [{ market_ticker: undefined }, 'market_ticker: found nothing'],
    [{ start_date: undefined }, 'dates: found nothing'],
    [{ end_date: 'soon' }, '"soon"'],
    [{ end_date: row.start_date }, 'wanted a span'],
    [{ period_reward: '200000' }, 'period_reward: found "200000"'],
    [{ period_reward: -1 }, 'period_reward: found -1'],
    [{ period_reward: Number.NaN }, 'period_reward'],
    [{ discount_factor_bps: undefined }, 'discount_factor_bps: found nothing'],
    [{ discount_factor_bps: null }, 'discount_factor_bps: found null'],
    [{ discount_factor_bps: 10_001 }, 'discount_factor_bps: found 10001'],
    [{ discount_factor_bps: -1 }, 'discount_factor_bps: found -1'],
    [{ target_size_fp: undefined }, 'target_size_fp: found nothing'],
    [{ target_size_fp: '0.00' }, 'target_size_fp: found "0.00"'],
    [{ target_size_fp: 300 }, 'target_size_fp: found 300'],
  ])('say what is wrong in a row: %j', (more, words) => {
    expect(readPrograms(page(row, { ...row, ...more }), T)).toContain(words)
  })

  it.skipIf(absent)('were recorded with this cursor, these dates and these rewards', () => {
    const { response } = JSON.parse(gunzipSync(readFileSync(RECORDED)).toString())
    const found = response.incentive_programs[0]
    // The recording is older than the decimal counts.
    found.target_size_fp = `${found.target_size}.00`
    expect(readPrograms(response, found.market_ticker)).toEqual({
      items: [programFrom('2026-01-15T14:02:27.709Z', '2026-01-15T23:59:59.999Z')],
      cursor: response.next_cursor,
    })
    expect(response.next_cursor).not.toBe('')
  })
})
