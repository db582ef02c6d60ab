// A variable that is missing or wrong: one clear sentence that names it, and nothing starts.

import { afterEach, describe, expect, it } from 'vitest'
import { TICKER, World } from '../helpers/world.ts'

const CASES: readonly {
  readonly what: string
  readonly variables: Record<string, string | undefined>
  readonly names: string
}[] = [
  { what: 'no key id', variables: { KALSHI_KEY_ID: undefined }, names: 'KALSHI_KEY_ID' },
  { what: 'no key', variables: { KALSHI_PRIVATE_KEY: undefined }, names: 'KALSHI_PRIVATE_KEY' },
  {
    what: 'a key that is no PEM',
    variables: { KALSHI_PRIVATE_KEY: 'not a key' },
    names: 'KALSHI_PRIVATE_KEY',
  },
  {
    what: 'a PEM with nonsense in it',
    variables: {
      KALSHI_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END PRIVATE KEY-----',
    },
    names: 'KALSHI_PRIVATE_KEY',
  },
  { what: 'no control token', variables: { CONTROL_TOKEN: undefined }, names: 'CONTROL_TOKEN' },
  { what: 'an unknown environment', variables: { KALSHI_ENV: 'live' }, names: 'KALSHI_ENV' },
  { what: 'production by accident', variables: { KALSHI_ENV: 'prod' }, names: 'KALSHI_ENV' },
]

describe('a worker with', () => {
  let world: World
  afterEach(() => world.close())

  for (const { what, variables, names } of CASES) {
    it(`${what} refuses to work and says so in one sentence`, async () => {
      world = await World.open({ variables })
      const reply = await world.api('PUT', `/tickers/${TICKER}`, {})
      expect(reply.status).toBe(503)
      const { code, message } = reply.json.error as { code: string; message: string }
      expect(code).toBe('config')
      expect(message).toMatch(/^Configuration refused: [^\n]+$/)
      expect(message).toContain(names)
      const health = await world.api('GET', '/health', undefined, null)
      expect(health).toMatchObject({ status: 200, json: { ready: false } })
      expect(health.json.problem).toContain(names)
      expect(world.mock.requests.total).toBe(0)
      expect(world.mock.connections).toBe(0)
    })
  }

  it('no probe ticker refuses the probe, naming the variable, and does everything else', async () => {
    world = await World.open({ variables: { PROBE_TICKER: undefined } })
    const reply = await world.api('POST', '/probe')
    expect(reply).toMatchObject({ status: 409, json: { error: { code: 'no-probe-ticker' } } })
    expect(reply.text).toContain('PROBE_TICKER')
    expect(world.mock.requests.total).toBe(0)
    expect((await world.api('GET', '/tickers')).status).toBe(200)
  })
})
