// Who is let in: three kinds of keys, and every way of being turned away.

import { constants, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { keysIn } from '../../../../mocks/kalshi/access/keys.ts'
import { ask, Listener, type Reply, read, signed } from '../client.ts'
import { mock, openForAll } from '../rig.ts'

const PATH = '/trade-api/v2/portfolio/balance'

openForAll()

const get = async (headers: Record<string, string>): Promise<Reply> =>
  read(await fetch(`${mock.url}/portfolio/balance`, { headers }))

const refusals: Record<string, () => Promise<Reply>> = {
  auth__bad_signature: () =>
    get(signed(mock.keys.rsaPkcs8, 'GET', PATH, Date.now(), 'something else')),
  auth__unknown_key_id: () => {
    const key = { ...mock.keys.ed25519, keyId: 'b4dc0ffe-0000-4000-8000-000000000000' }
    return get(signed(key, 'GET', PATH, Date.now()))
  },
  auth__missing_signature_header: () => {
    const headers = signed(mock.keys.ed25519, 'GET', PATH, Date.now())
    delete headers['KALSHI-ACCESS-SIGNATURE']
    return get(headers)
  },
  auth__skew_minus5min: () => get(signed(mock.keys.ed25519, 'GET', PATH, Date.now() - 300_000)),
}

describe('keys', () => {
  it.each(['rsaPkcs1', 'rsaPkcs8', 'ed25519'] as const)(
    '%s is accepted for requests and sockets',
    async (name) => {
      const key = mock.keys[name]
      expect((await ask(mock, 'GET', '/portfolio/balance', undefined, key)).status).toBe(200)
      const listener = await Listener.dial(mock, key)
      listener.close()
    },
  )

  it('the query is not part of what is signed', async () => {
    expect((await ask(mock, 'GET', '/portfolio/orders?limit=5&status=resting')).status).toBe(200)
    const path = '/trade-api/v2/portfolio/orders?limit=5'
    const headers = signed(mock.keys.ed25519, 'GET', path, Date.now())
    const reply = await read(await fetch(`${mock.url}/portfolio/orders?limit=5`, { headers }))
    expect(reply.body).toMatchObject({ error: { details: 'INCORRECT_API_KEY_SIGNATURE' } })
  })

  it('RSA with the older padding, or another salt, is refused', async () => {
    const at = Date.now()
    const key = mock.keys.rsaPkcs8.pem
    const pss = constants.RSA_PKCS1_PSS_PADDING
    for (const how of [
      { key, padding: constants.RSA_PKCS1_PADDING },
      { key, padding: pss, saltLength: 20 },
    ]) {
      const signature = sign('sha256', Buffer.from(`${at}GET${PATH}`), how).toString('base64')
      const headers = signed(mock.keys.rsaPkcs8, 'GET', PATH, at)
      const reply = await get({ ...headers, 'KALSHI-ACCESS-SIGNATURE': signature })
      expect(reply.body).toMatchObject({ error: { details: 'INCORRECT_API_KEY_SIGNATURE' } })
    }
  })

  it('survive in a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mock-keys-'))
    try {
      const first = await keysIn(join(folder, 'keys'))
      expect(await keysIn(join(folder, 'keys'))).toEqual(first)
      await rm(join(folder, 'keys', 'ed25519.pem'))
      await expect(keysIn(join(folder, 'keys'))).rejects.toThrow(/wanted all or none/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('turned away with 401', () => {
  for (const [name, attempt] of Object.entries(refusals)) {
    it(name.replace('auth__', '').replaceAll('_', ' '), async () => {
      const reply = await attempt()
      expect(reply.status).toBe(401)
      expect(reply.body).toHaveProperty('error.code')
    })
  }

  it('a timestamp outside the window, on either side', async () => {
    for (const [skew, status] of [
      [-14_000, 200],
      [-16_000, 401],
      [29_000, 200],
      [31_000, 401],
    ] as const) {
      const reply = await get(signed(mock.keys.ed25519, 'GET', PATH, Date.now() + skew))
      expect([skew, reply.status]).toEqual([skew, status])
    }
  })

  it('a socket without a good signature', async () => {
    const key = { ...mock.keys.ed25519, keyId: 'unknown' }
    await expect(Listener.dial(mock, key)).rejects.toThrow('Dial refused: 401')
  })

  it('not at all on public paths without headers, but with wrong ones', async () => {
    expect((await fetch(`${mock.url}/markets`)).status).toBe(200)
    const headers = signed(mock.keys.ed25519, 'GET', '/wrong', Date.now())
    expect((await fetch(`${mock.url}/markets`, { headers })).status).toBe(401)
  })
})

const RECORDED = new URL(
  '../../../../../shared/data/rest-fixtures-demo-2026/kalshi-rest.jsonl.gz',
  import.meta.url,
)
const absent = !existsSync(RECORDED)

describe(`recorded 401 bodies${absent ? ' (skipped: no recordings here)' : ''}`, () => {
  it.skipIf(absent)('are what this exchange answers', async () => {
    const cases = gunzipSync(readFileSync(RECORDED)).toString().trim().split('\n')
    const bodies = new Map(cases.map((line) => [JSON.parse(line).case, JSON.parse(line).body]))
    for (const [name, attempt] of Object.entries(refusals)) {
      expect([name, (await attempt()).body]).toEqual([name, bodies.get(name)])
    }
  })
})
