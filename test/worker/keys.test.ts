// Every kind of key that Kalshi hands out signs, in workerd itself, requests and dials alike.

import { afterEach, describe, expect, it } from 'vitest'
import { type ClientKey, makeKeys } from '../../mocks/kalshi/access/keys.ts'
import { TICKER, World } from '../helpers/world.ts'

const keys = await makeKeys()

const escaped = ({ keyId, pem }: ClientKey): ClientKey => ({
  keyId,
  pem: pem.trimEnd().replaceAll('\n', '\\n'),
})

const CASES: readonly (readonly [string, ClientKey])[] = [
  ['an RSA key as PKCS#1', keys.rsaPkcs1],
  ['an RSA key as PKCS#8', keys.rsaPkcs8],
  ['an Ed25519 key', keys.ed25519],
  ['an RSA key in one line with \\n', escaped(keys.rsaPkcs1)],
  ['an Ed25519 key in one line with \\n', escaped(keys.ed25519)],
]

describe('a maker quotes with', () => {
  let world: World
  afterEach(() => world.close())

  for (const [what, { keyId, pem }] of CASES) {
    it(what, async () => {
      world = await World.open({
        variables: () => ({ KALSHI_KEY_ID: keyId, KALSHI_PRIVATE_KEY: pem }),
      })
      await world.add()
      await world.quoting()
      expect(world.mock.requests.byStatus.get(401) ?? 0).toBe(0)
      expect(world.mock.account.holding(TICKER).resting.size).toBe(2)
    })
  }

  it('nobody when the key id belongs to another key', async () => {
    world = await World.open({
      variables: () => ({
        KALSHI_KEY_ID: keys.ed25519.keyId,
        KALSHI_PRIVATE_KEY: keys.rsaPkcs8.pem,
      }),
    })
    const reply = await world.api('PUT', `/tickers/${TICKER}`, {})
    expect(reply).toMatchObject({ status: 502, json: { error: { code: 'exchange' } } })
    expect(reply.text).toContain('401')
    expect((await world.api('GET', '/tickers')).json.tickers).toEqual([])
    expect(world.mock.requests.count('create')).toBe(0)
  })
})
