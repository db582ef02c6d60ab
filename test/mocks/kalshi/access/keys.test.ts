// What a key may do: scopes, the subaccount it is locked to, the attested location, and how keys
// are made and taken away.

import { generateKeyPairSync } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Scope } from '../../../../mocks/kalshi/access/auth.ts'
import type { ClientKey } from '../../../../mocks/kalshi/access/keys.ts'
import { ask, type Json, Listener, order } from '../client.ts'
import { get, mock, ORDERS, open, place, T } from '../rig.ts'

beforeEach(() => open())

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** A further key of the tested account, made over the API. */
const made = async (body: Json): Promise<ClientKey> => {
  const { pem, public_key } = pair()
  const reply = await ask(mock, 'POST', '/api_keys', { name: 'k', public_key, ...body })
  expect(reply.status).toBe(201)
  return { keyId: String(reply.body.api_key_id), pem }
}

describe('scopes', () => {
  const TRADING: Scope[] = ['read', 'write::trade']
  const cases: [Scope[], string, string, Json | undefined, number][] = [
    [['read'], 'GET', '/portfolio/orders', undefined, 200],
    [['read'], 'POST', ORDERS, order(T, 's', 'bid', '0.40', '1'), 403],
    [['read'], 'DELETE', `${ORDERS}/nobody`, undefined, 403],
    [TRADING, 'POST', ORDERS, order(T, 's', 'bid', '0.40', '1'), 201],
    [TRADING, 'POST', '/portfolio/order_groups/create', { contracts_limit: 1 }, 201],
    [TRADING, 'POST', '/portfolio/subaccounts', {}, 403],
    [['read::portfolio_balance'], 'GET', '/portfolio/balance', undefined, 200],
    [['read::portfolio_balance'], 'GET', '/portfolio/orders', undefined, 403],
    [['read', 'write'], 'POST', '/portfolio/subaccounts', {}, 201],
  ]
  it.each(cases)('%j: %s %s with %j gives %i', async (scopes, method, path, body, status) => {
    const key = await made({ scopes })
    expect((await ask(mock, method, path, body, key)).status).toBe(status)
  })

  it('of writing go with reading, and have to exist', async () => {
    const { public_key } = pair()
    const add = async (scopes: string[]) =>
      (await ask(mock, 'POST', '/api_keys', { name: 'k', public_key, scopes })).status
    expect(await add(['write'])).toBe(400)
    expect(await add(['everything'])).toBe(400)
  })
})

describe('a key locked to a subaccount', () => {
  const opened = async (): Promise<ClientKey> => {
    await ask(mock, 'POST', '/portfolio/subaccounts', {})
    mock.account.purses[1]!.add(0, 10_000_000)
    return made({ subaccount: 1 })
  }

  it('acts for it, opens sockets, and is refused elsewhere', async () => {
    const key = await opened()
    const placeWith = (id: string, more: Json) =>
      ask(mock, 'POST', ORDERS, { ...order(T, id, 'bid', '0.40', '1'), ...more }, key)
    expect((await placeWith('a', { subaccount: 1 })).status).toBe(201)
    expect((await placeWith('b', { subaccount: 0 })).status).toBe(403)
    expect((await placeWith('c', {})).status).toBe(201)
    expect([...mock.account.orders.values()].map(({ subaccount }) => subaccount)).toEqual([1, 1])
    ;(await Listener.dial(mock, key)).close()
  })

  it('receives only its own messages', async () => {
    const key = await opened()
    const socket = await Listener.dial(mock, key)
    await socket.subscribe(['user_orders'])
    await place('other', 'bid', '0.40', '1')
    await ask(mock, 'POST', ORDERS, order(T, 'own', 'bid', '0.40', '1'), key)
    await socket.until(() => socket.of('user_order').length > 0)
    expect(socket.of('user_order').map(({ msg }) => msg?.client_order_id)).toEqual(['own'])
    socket.close()
  })

  it('reads only its own rows', async () => {
    const key = await opened()
    await place('other', 'bid', '0.40', '1')
    await ask(mock, 'POST', ORDERS, order(T, 'own', 'bid', '0.40', '1'), key)
    const { orders } = (await ask(mock, 'GET', '/portfolio/orders', undefined, key)).body
    expect(orders).toMatchObject([{ client_order_id: 'own' }])
    const id = [...mock.account.orders.keys()][0]
    expect((await ask(mock, 'GET', `/portfolio/orders/${id}`, undefined, key)).status).toBe(404)
    const asked = await ask(mock, 'GET', '/portfolio/fills?subaccount=0', undefined, key)
    expect(asked.status).toBe(403)
  })

  it('cannot move money or make keys', async () => {
    const key = await opened()
    const body = { client_transfer_id: 't', from_subaccount: 0, to_subaccount: 1, amount_cents: 1 }
    expect((await ask(mock, 'POST', '/portfolio/subaccounts/transfer', body, key)).status).toBe(403)
    expect((await ask(mock, 'GET', '/api_keys', undefined, key)).status).toBe(403)
  })
})

describe('keys', () => {
  it('are listed with what they may do, and deleted', async () => {
    const key = await made({ name: 'reader', scopes: ['read'] })
    expect((await get('/api_keys')).api_keys).toContainEqual({
      api_key_id: key.keyId,
      name: 'reader',
      scopes: ['read'],
    })
    expect((await ask(mock, 'DELETE', `/api_keys/${key.keyId}`)).status).toBe(204)
    const after = await ask(mock, 'GET', '/portfolio/orders', undefined, key)
    expect(after).toMatchObject({ status: 401, body: { error: { details: 'NOT_FOUND' } } })
  })

  it('are made by the exchange in the two forms of key files', async () => {
    for (const [key_type, head] of [
      ['rsa', 'BEGIN RSA PRIVATE KEY'],
      ['ed25519', 'BEGIN PRIVATE KEY'],
    ] as const) {
      const { body } = await ask(mock, 'POST', '/api_keys/generate', { name: 'g', key_type })
      const pem = String(body.private_key)
      expect(pem).toContain(head)
      const key = { keyId: String(body.api_key_id), pem }
      expect((await ask(mock, 'GET', '/portfolio/balance', undefined, key)).status).toBe(200)
    }
  })

  it('whose location is not attested trade neither sports nor elections nor entertainment', async () => {
    const sport = 'KXSPORT-26DEC31-T1'
    await open({ markets: [{ ticker: T }, { ticker: sport, category: 'Sports' }] })
    expect((await get('/api_keys')).api_key_region_expiration_ts).toBeGreaterThan(Date.now() / 1000)
    const { body } = await place('before', 'bid', '0.40', '1', { ticker: sport })
    mock.gate.regionExpiresAt = null
    expect((await place('a', 'bid', '0.40', '1', { ticker: sport })).status).toBe(403)
    expect((await place('b', 'bid', '0.40', '1')).status).toBe(201)
    expect((await ask(mock, 'DELETE', `${ORDERS}/${body.order_id}`)).status).toBe(200)
    expect(await get('/api_keys')).not.toHaveProperty('api_key_region_expiration_ts')
  })
})

describe('the tier', () => {
  it('is raised to advanced once an order was made', async () => {
    await open({ tier: 'basic' })
    const upgrade = () => ask(mock, 'POST', '/account/api_usage_level/upgrade')
    expect((await upgrade()).status).toBe(403)
    await place('a', 'bid', '0.40', '1')
    expect((await upgrade()).status).toBe(200)
    expect(await get('/account/limits')).toMatchObject({
      usage_tier: 'advanced',
      write: { refill_rate: 300, bucket_capacity: 900 },
    })
  })
})
