// Configuration: defaults, overrides, and one clear sentence for each thing that can be wrong.

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { variableLines } from '../../../cli/lib/worker.ts'
import {
  checkKey,
  publicRefusal,
  readConfig,
  readTokens,
  VERSION,
} from '../../../src/config/env.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const GOOD = {
  KALSHI_KEY_ID: 'b3a1c7d2-0000-4000-8000-000000000001',
  KALSHI_PRIVATE_KEY: PEM,
  CONTROL_TOKEN: 'a-token-of-some-length',
}
const messageOf = (env: Parameters<typeof readConfig>[0]): string => {
  const result = readConfig(env)
  return result.ok ? 'accepted' : result.message
}

describe('readConfig', () => {
  it('talks to the mock on this machine unless told otherwise', () => {
    expect(readConfig(GOOD)).toEqual({
      ok: true,
      config: {
        environment: 'mock',
        restUrl: 'http://127.0.0.1:8790/trade-api/v2',
        wsUrl: 'ws://127.0.0.1:8790/trade-api/ws/v2',
        keyId: GOOD.KALSHI_KEY_ID,
        privateKey: PEM.trim(),
        controlToken: GOOD.CONTROL_TOKEN,
        probeTicker: null,
        probeOnProd: false,
        subaccount: 0,
        logLevel: 'info',
        alerts: { webhook: null, email: null },
        oracles: {
          gammaUrl: 'https://gamma-api.polymarket.com',
          clobUrl: 'https://clob.polymarket.com',
          polymarketWsUrl: 'wss://ws-subscriptions-clob.polymarket.com/ws/market',
          oddsUrl: 'https://api.the-odds-api.com/v4',
          oddsKey: null,
          allowDraftKings: false,
        },
      },
    })
  })

  it.each([
    ['demo', undefined, 'https://external-api.demo.kalshi.co/trade-api/v2'],
    ['prod', 'yes', 'https://external-api.kalshi.com/trade-api/v2'],
  ])('knows the hosts of %s', (KALSHI_ENV, ALLOW_PROD, rest) => {
    const result = readConfig({ ...GOOD, KALSHI_ENV, ...(ALLOW_PROD ? { ALLOW_PROD } : {}) })
    expect(result.ok && result.config.restUrl).toBe(rest)
    expect(result.ok && result.config.wsUrl).toMatch(/^wss:\/\/external-api-ws\..*\/ws\/v2$/)
  })

  it('takes overrides of both hosts, without a slash at the end', () => {
    const result = readConfig({
      ...GOOD,
      KALSHI_REST_URL: 'http://localhost:9/trade-api/v2/',
      KALSHI_WS_URL: 'ws://[::1]:9/trade-api/ws/v2',
    })
    expect(result.ok && [result.config.restUrl, result.config.wsUrl]).toEqual([
      'http://localhost:9/trade-api/v2',
      'ws://[::1]:9/trade-api/ws/v2',
    ])
  })

  it('reads a key whose newlines are written as \\n, with or without quotes', () => {
    const flat = PEM.replaceAll('\n', '\\n')
    for (const KALSHI_PRIVATE_KEY of [flat, `"${flat}"`, PEM.replaceAll('\n', ' '), btoa(PEM)]) {
      const result = readConfig({ ...GOOD, KALSHI_PRIVATE_KEY })
      expect(result.ok && result.config.privateKey).toBe(PEM.trim())
    }
  })

  it.each([
    [{ KALSHI_ENV: 'live' }, 'KALSHI_ENV is "live", wanted one of mock, demo, prod'],
    [{ KALSHI_ENV: 'prod' }, 'KALSHI_ENV is prod without ALLOW_PROD=yes'],
    [{ KALSHI_ENV: 'prod', ALLOW_PROD: 'true' }, 'KALSHI_ENV is prod without ALLOW_PROD=yes'],
    [{ KALSHI_REST_URL: 'nowhere' }, 'KALSHI_REST_URL is "nowhere", wanted a http(s):// address'],
    [{ KALSHI_REST_URL: 'ftp://x/y' }, 'KALSHI_REST_URL begins with "ftp:"'],
    [{ KALSHI_WS_URL: 'http://127.0.0.1/x' }, 'KALSHI_WS_URL begins with "http:"'],
    [{ KALSHI_REST_URL: 'http://example.com/x' }, 'KALSHI_REST_URL is plain http to "example.com"'],
    [{ KALSHI_WS_URL: 'ws://127.0.0.1.evil.com/x' }, 'KALSHI_WS_URL is plain ws to'],
    [{ KALSHI_REST_URL: 'https://me:pw@x.com/y' }, 'KALSHI_REST_URL holds a user name or password'],
    [{ KALSHI_REST_URL: 'https://x.com/y?z=1' }, 'KALSHI_REST_URL holds a query or a fragment'],
    [
      { KALSHI_REST_URL: 'https://api.elections.kalshi.com/trade-api/v2' },
      'KALSHI_REST_URL points at "api.elections.kalshi.com" while KALSHI_ENV is mock',
    ],
    [
      { KALSHI_WS_URL: 'wss://demo-api.kalshi.co/trade-api/ws/v2' },
      'KALSHI_WS_URL points at "demo-api.kalshi.co" while KALSHI_ENV is mock',
    ],
    [{ KALSHI_KEY_ID: '' }, 'KALSHI_KEY_ID is missing'],
    [{ KALSHI_KEY_ID: 'two words' }, 'KALSHI_KEY_ID holds spaces'],
    [{ KALSHI_PRIVATE_KEY: ' ' }, 'KALSHI_PRIVATE_KEY is missing'],
    [{ KALSHI_PRIVATE_KEY: 'sesame' }, 'KALSHI_PRIVATE_KEY is not a private key: found 6 char'],
    [
      { KALSHI_PRIVATE_KEY: PEM.slice(0, 60) },
      'KALSHI_PRIVATE_KEY is not a private key: found a PEM without its matching -----END',
    ],
    [
      { KALSHI_PRIVATE_KEY: PEM.replaceAll('PRIVATE', 'PUBLIC') },
      'KALSHI_PRIVATE_KEY is not a private key: found a public key, "PUBLIC KEY"',
    ],
    [{ CONTROL_TOKEN: '' }, 'CONTROL_TOKEN is missing'],
    [{ CONTROL_TOKEN: 'short' }, 'CONTROL_TOKEN has 5 characters'],
    [{ PROBE_TICKER: 'not a ticker' }, 'PROBE_TICKER is "not a ticker"'],
    [{ PROBE_ON_PROD: 'maybe' }, 'PROBE_ON_PROD is "maybe", wanted one of yes, no'],
    [{ KALSHI_SUBACCOUNT: '64' }, 'KALSHI_SUBACCOUNT is "64", wanted a number from 0 to 63'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud", wanted one of debug, info, warn, error'],
  ])('refuses %o in one sentence', (wrong, sentence) => {
    const message = messageOf({ ...GOOD, ...wrong })
    expect(message).toContain(`Configuration refused: ${sentence}`)
    expect(message).not.toContain('\n')
  })

  it('reads where alerts go', () => {
    const ALERT_WEBHOOK_URL = 'https://ntfy.sh/my-topic'
    const mail = { ALERT_EMAIL_FROM: 'kmm@example.com', ALERT_EMAIL_TO: 'me@example.com' }
    const result = readConfig({ ...GOOD, ALERT_WEBHOOK_URL, ...mail })
    expect(result.ok && result.config.alerts).toEqual({
      webhook: { url: ALERT_WEBHOOK_URL, format: 'auto' },
      email: { from: 'kmm@example.com', to: 'me@example.com' },
    })
    for (const [wrong, name] of [
      [{ ALERT_WEBHOOK_URL: 'http://ntfy.sh/x' }, 'ALERT_WEBHOOK_URL'],
      [{ ALERT_WEBHOOK_FORMAT: 'teams' }, 'ALERT_WEBHOOK_FORMAT'],
      [{ ALERT_EMAIL_TO: 'me' }, 'ALERT_EMAIL_TO'],
      [{ ALERT_EMAIL_TO: 'me@example.com' }, 'ALERT_EMAIL_FROM'],
    ] as const) {
      expect(messageOf({ ...GOOD, ...wrong })).toContain(`Configuration refused: ${name} `)
    }
  })

  it.each([
    ['demo', 'https://demo-api.kalshi.co./trade-api/v2', false],
    ['demo', 'https://demo-api.kalshi.co:443/trade-api/v2', true],
    ['demo', 'https://DEMO-API.kalshi.co/trade-api/v2', true],
    ['demo', 'https://api.elections.kalshi.com/trade-api/v2', false],
    ['demo', 'https://evil.kalshi.co/trade-api/v2', false],
    ['demo', 'https://demo-api.kalshi.co.evil.example/trade-api/v2', false],
    ['demo', 'http://127.0.0.1:9/trade-api/v2', false],
    ['prod', 'https://api.elections.kalshi.com/trade-api/v2', true],
    ['prod', 'https://external-api.kalshi.com./trade-api/v2', false],
    ['prod', 'https://demo-api.kalshi.co/trade-api/v2', false],
    ['mock', 'https://external-api.kalshi.com./trade-api/v2', false],
    ['mock', 'https://mock.example/trade-api/v2', false],
    ['mock', 'http://127.0.0.1:9/trade-api/v2', true],
  ])('on %s the exchange at %s: %s', (KALSHI_ENV, KALSHI_REST_URL, taken) => {
    const env = { ...GOOD, KALSHI_ENV, ALLOW_PROD: 'yes', KALSHI_REST_URL }
    expect(readConfig(env).ok).toBe(taken)
  })

  it('tells everybody which variable is wrong, and nothing of any value', () => {
    const secret = '-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIEIA -----END PRIVATE KEY-----'
    const names = Object.keys(GOOD).concat('PROBE_ON_PROD', 'KALSHI_SUBACCOUNT', 'LOG_LEVEL')
    for (const name of [...names, 'PROBE_TICKER', 'KALSHI_WS_URL', 'KALSHI_REST_URL']) {
      for (const value of [secret, 'a short secret', 'x', 'https://s:e@c.r/e?t']) {
        const read = readConfig({ ...GOOD, [name]: value })
        if (read.ok) continue
        const told = publicRefusal(read.message)
        expect(told).toMatch(/^Configuration refused: [A-Z_]+ is not as wanted: \S/)
        expect(told).not.toContain(value === 'x' ? '"x"' : value)
        expect(told).not.toContain('MC4CAQAw')
        expect(read.message).not.toContain('MC4CAQAw')
      }
    }
  })

  it('never repeats a secret', () => {
    const secret = 'MC4CAQAwBQYDK2VwBCIEI'
    expect(messageOf({ ...GOOD, KALSHI_PRIVATE_KEY: secret })).not.toContain(secret)
    expect(messageOf({ ...GOOD, CONTROL_TOKEN: 'hush-hush' })).not.toContain('hush')
  })
})

it('hands a pasted key to wrangler in one line that says the same', () => {
  const pasted = `'${PEM.replaceAll('\n', '\r\n')}'`
  const text = variableLines({ KALSHI_PRIVATE_KEY: pasted, PROBE_TICKER: 'say "hi"' })
  expect(text.trim().split('\n')).toHaveLength(2)
  expect(parseEnv(text)).toEqual({ KALSHI_PRIVATE_KEY: PEM.trim(), PROBE_TICKER: 'say "hi"' })
})

describe('checkKey', () => {
  it('imports a good key', async () => {
    const result = await checkKey({ privateKey: PEM })
    expect(result.ok && result.key.algorithm).toBe('ed25519')
  })

  it('names the variable when the key cannot be imported, and shows nothing of it', async () => {
    const body = 'TUlJQmFkS2V5'
    const result = await checkKey({
      privateKey: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`,
    })
    expect(!result.ok && result.message).toContain('KALSHI_PRIVATE_KEY')
    expect(!result.ok && result.message).not.toContain(body)
  })
})

it('has the version that package.json, its lock file and the changelog name', () => {
  const read = (name: string): string =>
    readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')
  expect(VERSION).toBe(JSON.parse(read('package.json')).version)
  expect(VERSION).toBe(JSON.parse(read('package-lock.json')).version)
  expect(VERSION).toBe(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1])
})

describe('the control token', () => {
  it('must be one that a browser can send with a WebSocket', () => {
    const read = readTokens({ CONTROL_TOKEN: 'abcdefghijklmnop/+==' })
    expect(read).toMatchObject({ ok: false })
    expect(read.ok ? '' : read.message).toContain('CONTROL_TOKEN')
    expect(readTokens({ CONTROL_TOKEN: 'abcdefgh-ijklmnop.0' }).ok).toBe(true)
  })

  it.each([
    ['short', 'READ_TOKEN has 5 characters'],
    ['an-acting-token-0', 'READ_TOKEN equals CONTROL_TOKEN'],
    ['a reading token 0', 'READ_TOKEN holds a character'],
  ])('may have a reading one beside it, but not %s', (READ_TOKEN, problem) => {
    const CONTROL_TOKEN = 'an-acting-token-0'
    const read = readTokens({ CONTROL_TOKEN, READ_TOKEN })
    expect(read.ok ? '' : read.message).toContain(problem)
    const other = readTokens({ CONTROL_TOKEN, READ_TOKEN: 'a-reading-token-0' })
    expect(other).toEqual({ ok: true, act: CONTROL_TOKEN, read: 'a-reading-token-0' })
    expect(readTokens({ CONTROL_TOKEN })).toMatchObject({ read: null })
  })
})
