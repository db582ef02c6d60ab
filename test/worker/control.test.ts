// The control panel as an operator uses it: pause, resume, halt, release, remove, and refusals.

import { beforeAll, describe, expect, it } from 'vitest'
import { restingOf } from '../helpers/guard.ts'
import { isSilent, type Reply, TICKER, TOKEN, worldForTests } from '../helpers/world.ts'

const OTHER = 'KXMOCK-26DEC31-T60'

const world = worldForTests({ mock: { markets: [{ ticker: TICKER }, { ticker: OTHER }] } })

const resting = (ticker = TICKER): number => restingOf(world.mock, ticker).length
const errorOf = ({ status, json }: Reply) => {
  const { code, message } = json.error as { code: string; message: string }
  return { status, code, message }
}
const post = (path: string, body?: unknown): Promise<Reply> => world.api('POST', path, body)
const phaseOf = async (ticker: string): Promise<string> => (await world.status(ticker)).phase

describe('who may ask what', () => {
  it('answers health to anyone', async () => {
    const reply = await world.api('GET', '/health', undefined, null)
    expect(reply).toMatchObject({ status: 200, json: { status: 'ok', ready: true } })
    expect(reply.text).not.toContain(TOKEN)
  })

  it('refuses a call without a token and one with another token', async () => {
    for (const token of [null, 'another-token-0123456789']) {
      const reply = await world.api('PUT', `/tickers/${TICKER}`, {}, token)
      expect(errorOf(reply)).toMatchObject({ status: 401, code: 'unauthorized' })
    }
    expect((await world.api('GET', '/tickers')).json.tickers).toEqual([])
  })

  it('refuses a ticker that the exchange does not know, and registers nothing', async () => {
    const reply = await world.api('PUT', '/tickers/KXNOSUCH-1', {})
    expect(errorOf(reply)).toMatchObject({ status: 404, code: 'unknown-ticker' })
    expect(errorOf(reply).message).toContain('KXNOSUCH-1')
    expect((await world.api('GET', '/tickers')).json.tickers).toEqual([])
    expect(errorOf(await world.api('GET', '/tickers/KXNOSUCH-1')).status).toBe(404)
  })

  it('refuses what it cannot read, naming what was wrong', async () => {
    const put = async (body: unknown) => errorOf(await world.api('PUT', `/tickers/${TICKER}`, body))
    expect(await put('{"strategy":')).toMatchObject({ status: 400, code: 'bad-json' })
    const unknownKey = await put({ strategy: { gama: 1 } })
    expect(unknownKey).toMatchObject({ status: 422, code: 'parameters' })
    expect(unknownKey.message).toContain('gama')
    for (const limits of [
      { max_position: -1 },
      { max_position: 'many' },
      { max_order_size: 60, max_position: 50 },
      { min_price: 0.6, max_price: 0.4 },
    ]) {
      const refused = await put({ limits })
      expect(refused.status).toBe(422)
      expect(refused.message).toMatch(/max_position|min_price/)
    }
    expect(world.mock.requests.count('create')).toBe(0)
  })
})

describe('one maker', () => {
  beforeAll(async () => {
    await world.add()
    await world.quoting()
  })

  it('is on the list with what matters', async () => {
    const { json } = await world.api('GET', '/tickers')
    expect(json).toMatchObject({ halted: false, halted_since: null })
    expect(json.tickers).toMatchObject([{ ticker: TICKER, phase: 'quoting', reason: 'quoting' }])
  })

  it('pauses: quotes go, the connection stays', async () => {
    const reply = await post(`/tickers/${TICKER}/pause`)
    expect(reply).toMatchObject({ status: 200, json: { phase: 'paused', reason: 'operator' } })
    await world.mock.until(() => resting() === 0)
    const paused = await world.until(isSilent)
    expect(paused).toMatchObject({ phase: 'paused', silence: { bid: 'operator' } })
    expect(paused.book.bid).not.toBeNull()
    expect(world.mock.connections).toBe(1)
  })

  it('resumes', async () => {
    expect((await post(`/tickers/${TICKER}/resume`)).status).toBe(200)
    await world.quoting()
    expect(resting()).toBe(2)
  })
})

describe('the halt', () => {
  beforeAll(async () => {
    await world.add({}, OTHER)
    await world.quoting()
    await world.watch(TICKER)
    await world.quoting()
  })

  it('cancels everything of every ticker', async () => {
    const reply = await post('/halt', { reason: 'drill' })
    expect(reply).toMatchObject({ status: 200, json: { halted: true } })
    expect(reply.json.results).toMatchObject([
      { ok: true, phase: 'halted' },
      { ok: true, phase: 'halted' },
    ])
    await world.mock.until(() => resting() === 0 && resting(OTHER) === 0)
    expect(await world.status()).toMatchObject({ phase: 'halted', reason: 'drill' })
    expect((await world.api('GET', '/tickers')).json.halted).toBe(true)
  })

  it('is not undone by resuming, pausing or configuring one maker', async () => {
    expect(errorOf(await post(`/tickers/${TICKER}/resume`))).toMatchObject({
      status: 409,
      code: 'halted',
    })
    expect((await post(`/tickers/${OTHER}/pause`)).json.phase).toBe('halted')
    expect(errorOf(await post(`/tickers/${OTHER}/resume`)).status).toBe(409)
    await post(`/tickers/${OTHER}/pause`)
    expect((await world.api('PUT', `/tickers/${TICKER}`, {})).json.phase).toBe('halted')
    expect(resting() + resting(OTHER)).toBe(0)
  })

  it('outlives the runtime', async () => {
    const from = world.mock.requests.total
    await world.crash()
    await world.start()
    expect(await phaseOf(TICKER)).toBe('halted')
    expect(await phaseOf(OTHER)).toBe('halted')
    // Connected and knowing everything, and still nothing is sent.
    await world.watch()
    await world.until(({ book }) => book.bid !== null)
    const since = world.mock.requests.recent.filter(({ number }) => number > from)
    expect(since.filter(({ kind }) => kind === 'create')).toEqual([])
  })

  it('is released by a person; a maker paused before stays paused', async () => {
    expect(await post('/resume')).toMatchObject({ status: 200, json: { halted: false } })
    await world.quoting()
    expect(resting()).toBe(2)
    expect(await phaseOf(OTHER)).toBe('paused')
    expect(resting(OTHER)).toBe(0)
  })

  it('holds for a maker that is added meanwhile', async () => {
    expect((await world.api('DELETE', `/tickers/${OTHER}`)).status).toBe(200)
    await post('/halt')
    expect((await world.api('PUT', `/tickers/${OTHER}`, {})).json.phase).toBe('halted')
    expect(errorOf(await post(`/tickers/${OTHER}/resume`)).status).toBe(409)
    await post('/resume')
    await world.watch(OTHER)
    await world.quoting()
  })
})

describe('removal', () => {
  it('leaves nothing resting and no socket, and keeps the tape', async () => {
    await world.watch()
    await world.quoting()
    const reply = await world.api('DELETE', `/tickers/${TICKER}`)
    expect(reply).toMatchObject({ status: 200, json: { ticker: TICKER, removed: true } })
    expect(resting()).toBe(0)
    await world.mock.until(({ connections }) => connections === 1)
    expect(errorOf(await world.api('GET', `/tickers/${TICKER}`)).status).toBe(404)
    expect(errorOf(await post(`/tickers/${TICKER}/resume`)).status).toBe(404)
    expect((await world.api('GET', '/tickers')).json.tickers).toMatchObject([{ ticker: OTHER }])
    const tape = await world.api('GET', `/tape/${TICKER}?tail=no`)
    expect(tape.status).toBe(200)
    expect(tape.text.trimEnd().split('\n').length).toBeGreaterThan(2)
  })

  it('waits for reads that trail the exchange, and is sure all the same', async () => {
    world.mock.reads.lagMs = 600
    await world.watch(OTHER)
    await world.quoting()
    expect((await world.api('DELETE', `/tickers/${OTHER}`)).status).toBe(200)
    expect(resting(OTHER)).toBe(0)
    world.mock.reads.lagMs = 0
    await world.mock.until(({ connections }) => connections === 0)
  })

  it('lets the same ticker be added again', async () => {
    await world.add()
    await world.quoting()
    expect(resting()).toBe(2)
  })

  it('goes on by itself when it could not be proven, also through a crash', async () => {
    const end = world.mock.faults.fail(['orders'], 503)
    const first = await world.api('DELETE', `/tickers/${TICKER}`)
    expect(errorOf(first)).toMatchObject({ status: 504, code: 'orders-remain' })
    await world.crash()
    await world.start()
    expect(await world.status()).toMatchObject({ phase: 'idle', reason: 'stopped' })
    end()
    expect((await world.api('DELETE', `/tickers/${TICKER}`)).status).toBe(200)
    expect(resting()).toBe(0)
    expect((await world.api('GET', '/tickers')).json.tickers).toEqual([])
  })
})
