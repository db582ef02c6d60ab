// The control API's account and report: what the exchange says beside the maker's own sums.

import { beforeEach, describe, expect, it } from 'vitest'
import type { ExchangeAccount } from '../../../src/core/ledger/exchange-account.ts'
import { formatRow } from '../../../src/core/record/tape.ts'
import { bad, good } from '../../../src/rpc/contracts.ts'
import { fillOf, marketOf, tapeRowOf } from '../../helpers/core.ts'
import { fakeWorker, NOW } from '../../helpers/fake-worker.ts'

// The fake maker's ledger: three sold at 51 c after a gain of $1.20, a cent of fees.
const ACCOUNT: ExchangeAccount = {
  at: NOW,
  balance: 50_000_000,
  position: { position: -300, realized: 1_200_000, fees: 10_000, exposure: 1_470_000 },
  fills: [fillOf({ side: 'ask', price: 5_000, quantity: 300, fee: 10_000, venueAt: NOW - 9 })],
  settlements: [],
}
const QUOTED = { myBid: 49, myAsk: 51, latencyMs: 4 }
const opened = async () => {
  const worker = fakeWorker()
  worker.deps.account = async (ticker) =>
    good({ account: ACCOUNT, market: marketOf({ ticker, closeAt: NOW + 3_600_000 }) })
  await worker.ask('PUT', '/tickers/KXA', {})
  const row = (at: number, mid: number) =>
    formatRow(tapeRowOf({ at, ticker: 'KXA', mid, inventory: at < NOW ? 0 : -3, ...QUOTED }))
  const lines = [row(NOW - 5_000, 49.5), row(NOW - 4_000, 50), row(NOW, 50)]
  worker.maker('KXA').tail = { lines: `${lines.join('\n')}\n`, firstSeq: 1, lo: NOW - 5_000 }
  return worker
}
let { ask, refusal, deps } = fakeWorker()
beforeEach(async () => {
  ;({ ask, refusal, deps } = await opened())
})

describe('account', () => {
  it('shows both sides and every difference by name', async () => {
    const { status, json } = await ask('GET', '/tickers/KXA/account')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      ticker: 'KXA',
      exchange: { position: '-3.00', cost: '-1.530000', balance: '50.000000', fills: 1 },
      ours: { position: '-3.00', cost: '-1.530000', cash: '2.720000' },
      differences: [{ name: 'cash by fills', ours: '2.720000', exchange: '1.490000' }],
    })
  })

  it('is there without a maker, with nothing of ours', async () => {
    const { json } = await ask('GET', '/tickers/KXB/account')
    expect([json.ours, json.differences]).toEqual([null, []])
  })

  it('passes on what the exchange refused, and what could not be reached', async () => {
    deps.account = async () => bad(404, 'unknown-ticker', 'the exchange does not know it')
    expect((await ask('GET', '/tickers/KXA/account')).status).toBe(404)
    deps.account = () => Promise.reject(new Error('no network'))
    const { status, json } = await ask('GET', '/tickers/KXA/account')
    expect([status, json.error?.code]).toEqual([502, 'exchange'])
    expect((await ask('GET', '/tickers/KXA/account?x=1')).status).toBe(422)
    expect((await ask('GET', '/tickers/KXA/account', undefined, {})).status).toBe(401)
  })
})

describe('report', () => {
  it('is a page of the last day, from the tape and the exchange’s fills', async () => {
    const { status, headers, text } = await ask('GET', '/tickers/KXA/report')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(/<p class="headline">(Lost|Made) [^<]* on 1 fill\./.test(text)).toBe(true)
    expect(text.includes('cash by fills')).toBe(true)
    expect(text.includes('2026-11-10 11:59:55 to 2026-11-10 12:00:00 UTC')).toBe(true)
  })

  it('of a market that the exchange has forgotten is made of the tape alone', async () => {
    deps.account = async () => bad(404, 'unknown-ticker', 'the exchange does not know it')
    const { status, text } = await ask('GET', '/tickers/KXA/report')
    expect([status, text.includes('Fills were worked out from changes')]).toEqual([200, true])
    deps.account = async () => bad(502, 'exchange', 'no answer')
    expect((await ask('GET', '/tickers/KXA/report')).status).toBe(502)
  })

  it('refuses a range that is none or too long, and a ticker without any record', async () => {
    for (const query of ['from=2026-11-10&to=2026-11-09', 'from=2026-10-01', 'tail=no']) {
      expect((await ask('GET', `/tickers/KXA/report?${query}`)).status).toBe(422)
    }
    deps.account = async () => bad(404, 'unknown-ticker', 'the exchange does not know it')
    expect(await refusal('GET', '/tickers/KXB/report')).toBe('404 no-tape')
  })
})
