// A variable that is missing or wrong: one clear sentence that names it, and nothing starts.

import { afterEach, describe, expect, it } from 'vitest'
import { TICKER, World } from '../helpers/world.ts'

const NONSENSE = '-----BEGIN PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END PRIVATE KEY-----'

describe('a worker with', () => {
  let world: World
  afterEach(() => world.close())

  it.each([
    ['no key id', 'KALSHI_KEY_ID', undefined],
    ['no key', 'KALSHI_PRIVATE_KEY', undefined],
    ['a key that is no PEM', 'KALSHI_PRIVATE_KEY', 'not a key'],
    ['a PEM with nonsense in it', 'KALSHI_PRIVATE_KEY', NONSENSE],
    ['no control token', 'CONTROL_TOKEN', undefined],
    ['an unknown environment', 'KALSHI_ENV', 'live'],
    ['production by accident', 'KALSHI_ENV', 'prod'],
  ])('%s refuses to work and says so in one sentence', async (_what, name, value) => {
    world = await World.open({ variables: () => ({ [name]: value }) })
    const reply = await world.api('PUT', `/tickers/${TICKER}`, {})
    expect(reply.status).toBe(503)
    const { code, message } = reply.json.error as { code: string; message: string }
    expect(code).toBe('config')
    expect(message).toMatch(/^Configuration refused: [^\n]+$/)
    expect(message).toContain(name)
    const health = await world.api('GET', '/health', undefined, null)
    expect(health).toMatchObject({ status: 200, json: { ready: false } })
    expect(health.json.problem).toContain(name)
    expect(world.mock.requests.total).toBe(0)
    expect(world.mock.connections).toBe(0)
  })

  it('no probe ticker refuses the probe, naming the variable, and does everything else', async () => {
    world = await World.open({ variables: () => ({ PROBE_TICKER: undefined }) })
    const reply = await world.api('POST', '/probe')
    expect(reply).toMatchObject({ status: 409, json: { error: { code: 'no-probe-ticker' } } })
    expect(reply.text).toContain('PROBE_TICKER')
    expect(world.mock.requests.total).toBe(0)
    expect((await world.api('GET', '/tickers')).status).toBe(200)
  })
})
