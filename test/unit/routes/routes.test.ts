// The control API: who may speak, what it refuses and how, and the order in which things are done.

import { beforeEach, describe, expect, it } from 'vitest'
import { type Env, VERSION } from '../../../src/config/env.ts'
import { sameSecret } from '../../../src/routes/access/guard.ts'
import { Refusals } from '../../../src/routes/access/refusals.ts'
import { createApp, routeTable } from '../../../src/routes/app.ts'
import { bad } from '../../../src/rpc/contracts.ts'
import { fakeWorker, NOW, TOKEN } from '../../helpers/fake-worker.ts'

const BAD_CONFIG = {
  ok: false as const,
  message: 'Configuration refused: KALSHI_KEY_ID is missing',
}

let { ask, refusal, calls, deps, logged, maker, desk } = fakeWorker()
beforeEach(() => {
  ;({ ask, refusal, calls, deps, logged, maker, desk } = fakeWorker())
})

describe('health', () => {
  it('answers without a token', async () => {
    const { status, json } = await ask('GET', '/health', undefined, {})
    expect(status).toBe(200)
    expect(json).toEqual({
      status: 'ok',
      version: VERSION,
      environment: 'mock',
      ready: true,
      problem: null,
    })
  })

  it('says what is wrong with the configuration, and is still 200', async () => {
    const { ask } = fakeWorker({}, BAD_CONFIG)
    const { status, json } = await ask('GET', '/health', undefined, {})
    expect(status).toBe(200)
    const problem =
      'Configuration refused: KALSHI_KEY_ID is not as wanted: a value that can be used'
    expect(json).toMatchObject({ ready: false, problem })
  })

  it('refuses the mock where the worker is deployed, and so does every route', async () => {
    const ray = { 'cf-ray': '8f0-IAD' }
    const { json } = await ask('GET', '/health', undefined, ray)
    expect(json).toMatchObject({
      ready: false,
      problem: expect.stringContaining('mock on a deployed worker'),
    })
    const authorization = `Bearer ${TOKEN}`
    const { status } = await ask('GET', '/tickers', undefined, { ...ray, authorization })
    expect(status).toBe(503)
  })

  it('forbids to frame, sniff and keep its answers, errors included', async () => {
    for (const path of ['/health', '/tickers', '/nothing']) {
      const { headers } = await ask('GET', path)
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('strict-transport-security')).toContain('max-age=')
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })
})

describe('guard', () => {
  const closed = routeTable().filter(([, path]) => path !== '/health')

  it.each(closed)('%s %s needs the token', async (method, path) => {
    const place = path.replace(':ticker', 'KXA')
    expect(await refusal(method, place, undefined, {})).toBe('401 unauthorized')
    const wrong = await ask(method, place, undefined, { authorization: 'Bearer another-token' })
    expect(wrong.status).toBe(401)
    expect(calls).toEqual([])
  })

  it.each([
    [{}, /the Authorization header is missing/],
    [{ authorization: `Basic ${TOKEN}` }, /is not "Bearer" and a token/],
    [{ authorization: 'Bearer wrong' }, /the token is not the control token/],
    [{ authorization: `Bearer ${TOKEN}x` }, /the token is not the control token/],
    [{ upgrade: 'websocket' }, /nor the subprotocols "kmm, <token>"/],
  ])('names what is wrong with %o', async (headers, sentence) => {
    const { status, json } = await ask('GET', '/tickers', undefined, headers)
    expect(status).toBe(401)
    expect(json.error?.message).toMatch(sentence)
  })

  it('logs each refused token, and answers it more slowly each time', async () => {
    const waits: number[] = []
    const sleep = async (ms: number) => void waits.push(ms)
    const refusals = new Refusals()
    const quiet = { ...deps, sleep }
    for (let tries = 0; tries < 7; tries++) await refusals.slow(quiet, '/tickers', '192.0.2.1')
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000])
    await refusals.slow({ ...quiet, now: () => NOW + 60_001 }, '/tickers', '192.0.2.1')
    expect(waits.at(-1)).toBe(100)
    expect(logged.filter((event) => event === 'token-refused')).toHaveLength(8)
  })

  it('lets the reading token read, and nothing else', async () => {
    const READ_TOKEN = 'a-token-that-only-reads'
    const worker = fakeWorker({ CONTROL_TOKEN: TOKEN, READ_TOKEN })
    const headers = { authorization: `Bearer ${READ_TOKEN}` }
    for (const [method, path] of closed) {
      const place = path.replace(':ticker', 'KXA')
      const { status, json } = await worker.ask(method, place, undefined, headers)
      if (method === 'GET') expect(status).not.toBe(403)
      else expect([status, json.error?.code]).toEqual([403, 'read-only'])
    }
    expect(worker.calls.filter((call) => /halt|remove|pause|configure/.test(call))).toEqual([])
    const list = await worker.ask('GET', '/tickers', undefined, headers)
    expect(list.json.access).toBe('read')
  })

  it('takes no token from the URL', async () => {
    expect((await ask('GET', `/tickers?token=${TOKEN}`, undefined, {})).status).toBe(401)
  })

  it('tells a configuration problem only to whoever holds the token', async () => {
    const { ask, calls } = fakeWorker({ CONTROL_TOKEN: TOKEN }, BAD_CONFIG)
    expect((await ask('GET', '/tickers', undefined, {})).status).toBe(401)
    const { status, json } = await ask('PUT', '/tickers/KXA', {})
    expect([status, json]).toEqual([
      503,
      { error: { code: 'config', message: BAD_CONFIG.message } },
    ])
    expect(calls).toEqual([])
  })

  it('says that the token itself is missing to everyone, for nobody could be let in', async () => {
    const { ask } = fakeWorker({})
    const { status, json } = await ask('GET', '/tickers', undefined, {})
    expect(status).toBe(503)
    expect(json.error?.message).toMatch(/CONTROL_TOKEN is missing/)
  })

  it('compares secrets of any lengths', async () => {
    expect(await sameSecret('abc', 'abc')).toBe(true)
    expect(await sameSecret('abc', 'abcd')).toBe(false)
    expect(await sameSecret('', 'abc')).toBe(false)
  })
})

describe('requests that fit nothing', () => {
  it('answers 404 and 405 as JSON, and names the methods that fit', async () => {
    expect(await refusal('GET', '/nowhere')).toBe('404 not-found')
    const wrong = await ask('PATCH', '/tickers/KXA')
    expect([wrong.status, wrong.json.error?.code]).toEqual([405, 'wrong-method'])
    expect(wrong.headers.get('allow')).toBe('PUT, GET, DELETE')
  })

  it('refuses bodies that are not JSON, and says where', async () => {
    const broken = await ask('PUT', '/tickers/KXA', '{"strategy": {"size": 10,}}')
    expect([broken.status, broken.json.error?.code]).toEqual([400, 'bad-json'])
    expect(broken.json.error?.message).toMatch(/position 25 \(line 1 column 26\)/)
    expect(
      await refusal('PUT', '/tickers/KXA', '{}', {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ).toBe('415 not-json')
    const long = await ask('PUT', '/tickers/KXA', JSON.stringify('x'.repeat(70_000)))
    expect(long.status).toBe(413)
    expect(calls).toEqual([])
  })

  it('stops reading a body at the limit, whatever it declares', async () => {
    let given = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += 16_384
        controller.enqueue(new Uint8Array(16_384).fill(32))
      },
    })
    const request = new Request('https://kmm/tickers/KXA', {
      method: 'PUT',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit)
    const answer = await createApp(() => deps).fetch(request, { CONTROL_TOKEN: TOKEN } as Env)
    expect(answer.status).toBe(413)
    expect(given).toBeLessThan(200_000)
  })

  it.each([
    '['.repeat(20_000),
    `{"alpha":${'['.repeat(33)}${']'.repeat(33)}}`,
    `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
  ])('refuses JSON that nests too deep', async (body) => {
    expect(await refusal('PUT', '/tickers/KXA', body)).toBe('422 parameters')
  })

  it('counts no brackets within strings as depth', async () => {
    const name = JSON.stringify(`${'['.repeat(100)}\\"${'{'.repeat(100)}`)
    expect(await refusal('POST', '/halt', `{"reason2": ${name}}`)).toBe('422 parameters')
    const { json } = await ask('POST', '/halt', `{"reason2": ${name}}`)
    expect(json.error?.message).toContain('unknown key')
  })

  it.each(['-KXA', 'a b', 'x'.repeat(81), 'KXA%2F..'])('refuses the ticker %s', async (ticker) => {
    expect(await refusal('PUT', `/tickers/${ticker}`, {})).toBe('400 bad-ticker')
    expect(calls).toEqual([])
  })

  it('refuses unknown keys by name where a body has few or none', async () => {
    const halt = await ask('POST', '/halt', { reasn: 'x' })
    expect([halt.status, halt.json.error?.message]).toEqual([
      422,
      'Refused unknown key "reasn": known are reason, cancel_all',
    ])
    expect((await ask('POST', '/tickers/KXA/pause', { now: true })).status).toBe(422)
    expect((await ask('GET', '/tape/KXA?form=1')).json.error?.message).toMatch(/"form"/)
  })

  it('answers 500 without detail when something of ours breaks, and logs it', async () => {
    Object.assign(deps, { now: () => Number.NaN.toFixed(-1) })
    expect(await refusal('PUT', '/tickers/KXA', {})).toBe('500 internal')
    expect(logged).toEqual(['request-failed'])
  })
})

describe('PUT /tickers/{ticker}', () => {
  it('registers first and configures second', async () => {
    const { status, json } = await ask('PUT', '/tickers/KXA-T1.99', { strategy: { size: 5 } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ ticker: 'KXA-T1.99', phase: 'recovering' })
    expect(calls).toEqual([
      'copy add KXA-T1.99',
      'desk add KXA-T1.99',
      'KXA-T1.99 status',
      'KXA-T1.99 configure {"strategy":{"size":5}}',
    ])
  })

  it('takes an empty body as no changes', async () => {
    expect((await ask('PUT', '/tickers/KXA')).status).toBe(200)
    expect(calls.at(-1)).toBe('KXA configure {}')
  })

  const REFUSAL = bad(422, 'parameters', 'Refused strategy.size 20.00: it is above limits')

  it('takes a new ticker off the list again when the maker refuses it', async () => {
    maker('KXA').refused.set('configure {}', REFUSAL)
    const { status, json } = await ask('PUT', '/tickers/KXA', {})
    expect([status, json.error?.message]).toEqual([422, !REFUSAL.ok && REFUSAL.problem.message])
    expect(await desk.list()).toEqual([])
  })

  it('keeps a ticker that was there when a change is refused', async () => {
    await ask('PUT', '/tickers/KXA', {})
    maker('KXA').refused.set('configure {}', REFUSAL)
    expect((await ask('PUT', '/tickers/KXA', {})).status).toBe(422)
    expect(await desk.list()).toHaveLength(1)
  })

  it('keeps a refused ticker that another request has made run meanwhile', async () => {
    maker('KXA').refused.set('configure {}', REFUSAL)
    maker('KXA').phase = 'recovering'
    await ask('PUT', '/tickers/KXA', {})
    expect(await desk.list()).toHaveLength(1)
  })

  it('keeps it listed when nobody can say whether the maker has begun', async () => {
    maker('KXA').broken.add('configure {}')
    const { status, json } = await ask('PUT', '/tickers/KXA', {})
    expect([status, json.error?.code]).toEqual([502, 'maker-unreachable'])
    expect(json.error?.message).toMatch(/stays registered.*object overloaded/)
    expect(await desk.list()).toHaveLength(1)
  })
})

describe('one ticker', () => {
  it('shows, pauses and resumes a maker', async () => {
    await ask('PUT', '/tickers/KXA', {})
    expect((await ask('GET', '/tickers/KXA')).json).toMatchObject({ phase: 'recovering' })
    expect((await ask('POST', '/tickers/KXA/pause')).json).toMatchObject({ phase: 'paused' })
    expect((await ask('POST', '/tickers/KXA/resume', {})).json).toMatchObject({ phase: 'quoting' })
  })

  it.each([
    ['GET', '/tickers/KXB'],
    ['DELETE', '/tickers/KXB'],
    ['POST', '/tickers/KXB/pause'],
    ['POST', '/tickers/KXB/resume'],
  ])('%s %s is 404 when its maker says that it is none', async (method, path) => {
    expect(await refusal(method, path)).toBe('404 unknown-ticker')
    expect(calls.filter((call) => call.startsWith('desk'))).toEqual([])
  })

  it('is forgotten only after the maker has said that nothing rests', async () => {
    await ask('PUT', '/tickers/KXA', {})
    maker('KXA').refused.set('remove', bad(502, 'orders-rest', 'Two orders still rest'))
    const refused = await ask('DELETE', '/tickers/KXA')
    expect([refused.status, refused.json.error?.code]).toEqual([502, 'orders-rest'])
    expect(await desk.list()).toHaveLength(1)
    maker('KXA').refused.clear()
    calls.length = 0
    expect((await ask('DELETE', '/tickers/KXA')).json).toEqual({
      ...{ ticker: 'KXA', removed: true, foreign_orders: 3 },
    })
    expect(calls).toEqual(['KXA status', 'KXA remove', 'desk remove KXA'])
    expect((await ask('DELETE', '/tickers/KXA')).status).toBe(404)
  })
})

describe('DELETE of a ticker that is only on the list', () => {
  it('takes it off, because its maker says that it makes nothing', async () => {
    await desk.add('KXA', NOW)
    maker('KXA').refused.set('remove', bad(404, 'not-found', 'No maker here'))
    expect((await ask('DELETE', '/tickers/KXA')).status).toBe(200)
    expect(await desk.list()).toEqual([])
  })
})

describe('POST /alerts/test', () => {
  it('says that there is nobody to call, rather than that all is well', async () => {
    expect(await refusal('POST', '/alerts/test')).toBe('409 no-channel')
  })
})

describe('GET /tickers', () => {
  it('lists each maker in short', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const { json } = await ask('GET', '/tickers')
    expect(json).toMatchObject({
      halted: false,
      halted_since: null,
      access: 'all',
      tickers: [
        { ticker: 'KXA', phase: 'recovering', position: '-3.00', pnl: { fees: '0.010000' } },
      ],
    })
  })

  it('never hides the others behind one that fails, refuses or hangs', async () => {
    for (const ticker of ['KXA', 'KXB', 'KXC', 'KXD']) await ask('PUT', `/tickers/${ticker}`, {})
    maker('KXA').broken.add('status')
    maker('KXB').hung.add('status')
    maker('KXC').refused.set('status', bad(404, 'unknown-ticker', 'not configured'))
    const { status, json } = await ask('GET', '/tickers')
    expect(status).toBe(200)
    expect(
      (json.tickers as { ticker: string; phase: string; reason: string }[]).map(
        ({ ticker, phase, reason }) => [ticker, phase, reason],
      ),
    ).toEqual([
      ['KXA', 'unknown', 'object overloaded'],
      ['KXB', 'unknown', 'No answer within 5000 ms'],
      ['KXC', 'unknown', 'not configured'],
      ['KXD', 'recovering', 'recovering'],
    ])
  })
})

describe('the whole account', () => {
  it('latches the halt before it tells the makers, and lists what each said', async () => {
    for (const ticker of ['KXA', 'KXB']) await ask('PUT', `/tickers/${ticker}`, {})
    calls.length = 0
    const { status, json } = await ask('POST', '/halt', { reason: 'fat finger' })
    expect(status).toBe(200)
    expect(calls).toEqual(['desk halt true', 'KXA halt fat finger', 'KXB halt fat finger'])
    expect(json).toEqual({
      halted: true,
      since: new Date(NOW).toISOString(),
      results: [
        { ticker: 'KXA', ok: true, phase: 'halted', message: null, foreign_orders: 2 },
        { ticker: 'KXB', ok: true, phase: 'halted', message: null, foreign_orders: 2 },
      ],
      desk: null,
      cancel_all: null,
    })
    expect((await ask('GET', '/tickers')).json).toMatchObject({ halted: true })
  })

  it('halts the others when one fails or hangs, and is 502 with the list', async () => {
    for (const ticker of ['KXA', 'KXB', 'KXC']) await ask('PUT', `/tickers/${ticker}`, {})
    maker('KXA').broken.add('halt operator')
    maker('KXB').hung.add('halt operator')
    const { status, json } = await ask('POST', '/halt')
    expect(status).toBe(502)
    expect(json.error).toMatchObject({ code: 'halt-incomplete' })
    expect(json.error?.message).toMatch(/did not confirm it: KXA, KXB;/)
    expect((json.results as { ok: boolean }[]).map(({ ok }) => ok)).toEqual([false, false, true])
    expect(maker('KXC').phase).toBe('halted')
  })

  it('does not fail over a ticker that is listed while its maker makes nothing', async () => {
    await desk.add('KXA', NOW)
    maker('KXA').refused.set('halt operator', bad(404, 'not-found', 'No maker here'))
    const { status, json } = await ask('POST', '/halt')
    expect(status).toBe(200)
    expect(json.results).toEqual([
      { ticker: 'KXA', ok: true, phase: null, message: 'No maker here' },
    ])
  })

  it('tells the makers to halt even when the latch cannot be set', async () => {
    await ask('PUT', '/tickers/KXA', {})
    desk.setHalt = () => Promise.reject(new Error('storage failed'))
    const { status, json } = await ask('POST', '/halt')
    expect([status, json.halted]).toEqual([502, false])
    expect(json.error?.message).toMatch(/latch could not be set \(storage failed\)/)
    expect(maker('KXA').phase).toBe('halted')
  })

  it('releases the latch and then every maker', async () => {
    for (const ticker of ['KXA', 'KXB']) await ask('PUT', `/tickers/${ticker}`, {})
    await ask('POST', '/halt')
    calls.length = 0
    expect((await ask('POST', '/resume')).json).toMatchObject({ halted: false })
    expect(calls).toEqual(['desk halt false', 'KXA release', 'KXB release'])
    maker('KXB').broken.add('release')
    expect(await refusal('POST', '/resume')).toBe('502 resume-incomplete')
  })
})

describe('flattening', () => {
  it('passes one limit on to the maker, or none', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const sent = async (body: unknown) => {
      calls.length = 0
      const { status } = await ask('POST', '/tickers/KXA/flatten', body)
      expect(status).toBe(200)
      return calls.find((call) => call.startsWith('KXA flatten'))
    }
    const request = { limit_price: null, max_slippage_cents: null, dry_run: false }
    const text = (changes: object) => `KXA flatten ${JSON.stringify({ ...request, ...changes })}`
    expect(await sent({})).toBe(text({}))
    expect(await sent({ dry_run: true })).toBe(text({ dry_run: true }))
    expect(await sent({ limit_price: '0.4250' })).toBe(text({ limit_price: 4250 }))
    expect(await sent({ max_slippage_cents: 2.5 })).toBe(text({ max_slippage_cents: 2.5 }))
  })

  it('refuses two limits, and one that is none', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const both = { limit_price: '0.4', max_slippage_cents: 1 }
    for (const body of [both, { limit_price: '1.2' }, { limit_price: '0' }, { dry_run: 'yes' }]) {
      const { status, json } = await ask('POST', '/tickers/KXA/flatten', body)
      expect([status, json.error?.code]).toEqual([422, 'parameters'])
    }
    expect((await ask('POST', '/tickers/KXNONE/flatten', {})).status).toBe(404)
  })

  it('of all asks every maker, and says which is not flat', async () => {
    await ask('PUT', '/tickers/KXA', {})
    await ask('PUT', '/tickers/KXB', {})
    expect((await ask('POST', '/flatten', {})).status).toBe(200)
    const request = { limit_price: null, max_slippage_cents: 3, dry_run: false }
    const name = `flatten ${JSON.stringify(request)}`
    maker('KXA').refused.set(name, bad(409, 'nothing-held', 'nothing is held'))
    expect((await ask('POST', '/flatten', { max_slippage_cents: 3 })).status).toBe(200)
    maker('KXB').refused.set(name, bad(409, 'book-dark', 'the book is dark'))
    const { status, json } = await ask('POST', '/flatten', { max_slippage_cents: 3 })
    expect([status, json.error?.code]).toEqual([502, 'flatten-incomplete'])
    expect(json.error?.message).toContain('KXB')
    expect(json.results).toMatchObject([
      { ticker: 'KXA', ok: true },
      { ticker: 'KXB', ok: false, message: 'the book is dark' },
    ])
  })
})
