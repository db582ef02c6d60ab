// Every call that may change something becomes a line in R2; a line that cannot be written stops
// nothing and is not lost in silence.

import { beforeEach, describe, expect, it } from 'vitest'
import { readAudit } from '../../../src/tape/audit-store.ts'
import { fakeWorker, NOW, TOKEN } from '../../helpers/fake-worker.ts'

let worker = fakeWorker()
beforeEach(() => {
  worker = fakeWorker()
})

const lines = () => readAudit(worker.bucket, NOW - 1, NOW + 1, 100)

describe('the audit', () => {
  it('has when, what, from where, old and new of a change', async () => {
    await worker.ask('PUT', '/tickers/KXA', {})
    await worker.ask(
      'PUT',
      '/tickers/KXA',
      { strategy: { size: 5 } },
      {
        authorization: `Bearer ${TOKEN}`,
        'cf-connecting-ip': '192.0.2.7',
        'user-agent': 'curl',
      },
    )
    const [, line] = await lines().then((all) => all.sort((a, b) => (a.from < b.from ? 1 : -1)))
    expect(line).toMatchObject({
      ...{ at: new Date(NOW).toISOString(), method: 'PUT', path: '/tickers/KXA', status: 200 },
      ...{ from: '192.0.2.7', agent: 'curl', request: { strategy: { size: 5 } } },
      old: { phase: 'recovering', parameters: {} },
      new: { phase: 'recovering' },
    })
  })

  it('has every acting call, refused ones too, and no reading one', async () => {
    await worker.ask('POST', '/halt', { reason: 'a test' })
    await worker.ask('POST', '/tickers/KXB/pause')
    await worker.ask('PUT', '/tickers/KXA', '{"strategy": ')
    await worker.ask('GET', '/tickers')
    await worker.ask('POST', '/halt', {}, { authorization: 'Bearer wrong-wrong-wrong' })
    const seen = (await lines()).map(({ method, path, status }) => `${method} ${path} ${status}`)
    expect(seen.sort()).toEqual([
      'POST /halt 200',
      'POST /tickers/KXB/pause 404',
      'PUT /tickers/KXA 400',
    ])
  })

  it('does its work all the same when R2 does not, and reports the line that is lost', async () => {
    worker.bucket.failure = 'before'
    const { status } = await worker.ask('POST', '/halt', { reason: 'a test' })
    expect(status).toBe(200)
    expect(worker.logged).toContain('audit-lost')
    expect(worker.reported).toEqual([
      {
        source: 'operator',
        alerts: [{ code: 'audit-lost', reason: 'POST /halt', at: NOW }],
      },
    ])
  })

  it('is read by GET /audit, the last day unless the query says otherwise', async () => {
    await worker.ask('POST', '/halt', { reason: 'a test' })
    const { json } = await worker.ask('GET', '/audit')
    expect(json.lines).toHaveLength(1)
    const before = await worker.ask('GET', `/audit?from=2026-11-01&to=2026-11-09`)
    expect(before.json.lines).toEqual([])
    expect(await worker.refusal('GET', '/audit?limit=0')).toBe('422 parameters')
    expect(await worker.refusal('GET', '/audit?from=2026-01-01')).toBe('422 parameters')
  })
})
