// The control API's readings: the tape as one CSV, the probe's results, the live socket.

import { beforeEach, describe, expect, it } from 'vitest'
import { TAPE_HEADER } from '../../../src/core/record/tape.ts'
import { good, type ProbeResult } from '../../../src/rpc/contracts.ts'
import { TapeWriter } from '../../../src/tape/writer.ts'
import { fakeWorker, NOW, TOKEN } from '../../helpers/fake-worker.ts'
import { FakeStore, lineAt } from '../../helpers/tape-fakes.ts'

let { ask, refusal, bucket, desk, deps, maker } = fakeWorker()
beforeEach(() => {
  ;({ ask, refusal, bucket, desk, deps, maker } = fakeWorker())
})

describe('tape', () => {
  beforeEach(async () => {
    const writer = new TapeWriter({ store: new FakeStore(), bucket, ticker: 'KXA' })
    for (let row = 0; row < 6; row++) {
      const at = NOW + row * 1000
      writer.push(lineAt(at, row), at)
      if (row === 1 || row === 3) await writer.flush()
    }
    maker('KXA').tail = writer.tail(0, Number.MAX_SAFE_INTEGER)
  })

  it('lists the segments', async () => {
    const { json } = await ask('GET', '/tape')
    expect(json.segments).toMatchObject([
      { ticker: 'KXA', from: '2026-11-10T12:00:00.000Z', to: '2026-11-10T12:00:01.000Z', rows: 2 },
      { ticker: 'KXA', rows: 2 },
    ])
    const page = await ask('GET', '/tape?limit=1&ticker=KXA')
    expect(page.json.segments).toHaveLength(1)
    expect(page.json.cursor).not.toBeNull()
    expect((await ask('GET', '/tape?limit=0')).status).toBe(422)
  })

  it('joins the segments with the rows that the maker still holds into one CSV', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const { status, headers, text } = await ask('GET', '/tape/KXA')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const [header, ...rows] = text.trimEnd().split('\n')
    expect(header).toBe(TAPE_HEADER)
    expect(header?.split(',')).toHaveLength(9)
    expect(rows.map((row) => row.split(',')[5])).toEqual(['0', '1', '2', '3', '4', '5'])
  })

  it('takes a range as ISO or as epoch milliseconds', async () => {
    // The fake maker's rows are not filtered, so they are left out.
    const count = async (query: string): Promise<number> =>
      (await ask('GET', `/tape/KXA?${query}`)).text.trimEnd().split('\n').length - 1
    expect(await count(`from=${NOW + 1000}&to=${NOW + 3000}&tail=no`)).toBe(2)
    expect(await count('from=2026-11-10T12:00:01Z&to=2026-11-10T12:00:03&tail=no')).toBe(2)
    expect(await count('from=2026-11-10&tail=no')).toBe(4)
    expect(await count('from=2026-11-11&tail=no')).toBe(0)
    for (const query of ['from=yesterday', 'to=12:00', 'from=5&to=5', 'tail=maybe']) {
      expect((await ask('GET', `/tape/KXA?${query}`)).status).toBe(422)
    }
  })

  it('is whole after its ticker was removed, and 404 for a ticker that never was', async () => {
    expect((await ask('GET', '/tape/KXA')).text.trimEnd().split('\n')).toHaveLength(7)
    expect((await ask('GET', '/tape/KXZ')).json.error?.code).toBe('no-tape')
  })

  it('is refused rather than cut short when the maker cannot give its rows', async () => {
    await ask('PUT', '/tickers/KXA', {})
    maker('KXA').broken.add('tapeTail')
    const { status, json } = await ask('GET', '/tape/KXA')
    expect([status, json.error?.code]).toEqual([502, 'maker-unreachable'])
    expect((await ask('GET', '/tape/KXA?tail=no')).status).toBe(200)
  })
})

describe('probe', () => {
  it('has no result before the first run, then the last one', async () => {
    expect((await ask('GET', '/probe')).json.error?.code).toBe('no-probe')
    const result = { ok: true, verdict: 'Passed.' } as ProbeResult
    deps.probe = async () => good(await desk.saveProbe(result))
    expect((await ask('POST', '/probe')).json).toEqual(result)
    expect((await ask('GET', '/probe')).json).toEqual(result)
  })

  it('passes on why it was refused', async () => {
    expect(await refusal('POST', '/probe')).toBe('409 no-probe-ticker')
  })
})

describe('live socket', () => {
  const BROWSER = { upgrade: 'websocket', 'sec-websocket-protocol': `kmm, ${TOKEN}` }

  it('lets a browser in by subprotocol and hands on neither token nor headers', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const { status, json } = await ask('GET', '/tickers/KXA/live', undefined, {
      ...BROWSER,
      cookie: 'secret',
    })
    expect([status, json]).toEqual([200, { socket: 'socket', protocol: 'kmm' }])
    const { lastRequest } = maker('KXA')
    expect(lastRequest?.url).toBe('https://maker/live')
    expect([...(lastRequest?.headers ?? [])]).toEqual([
      ['sec-websocket-protocol', 'kmm'],
      ['upgrade', 'websocket'],
    ])
  })

  it('lets another client in by bearer header, then without a subprotocol', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const headers = { authorization: `Bearer ${TOKEN}`, upgrade: 'websocket' }
    const { json } = await ask('GET', '/tickers/KXA/live', undefined, headers)
    expect(json).toEqual({ socket: 'socket', protocol: null })
  })

  it('refuses a wrong token, a plain request, an unknown ticker, a maker without a socket', async () => {
    const wrong = { ...BROWSER, 'sec-websocket-protocol': 'kmm, wrong-token' }
    expect((await ask('GET', '/tickers/KXA/live', undefined, wrong)).status).toBe(401)
    expect((await ask('GET', '/tickers/KXA/live')).status).toBe(426)
    expect((await ask('GET', '/tickers/KXA/live', undefined, BROWSER)).status).toBe(404)
    await ask('PUT', '/tickers/KXA', {})
    maker('KXA').live = { status: 426 }
    expect(await refusal('GET', '/tickers/KXA/live', undefined, BROWSER)).toBe(
      '502 maker-unreachable',
    )
  })
})
