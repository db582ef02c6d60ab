// Opening the socket by an upgrade, and what is said when the exchange refuses.

import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HeaderPool, importKey } from '../../../../src/kalshi/auth/sign.ts'
import { dialKalshi, type Fetcher } from '../../../../src/kalshi/feed/dial.ts'

const WS = 'wss://exchange.test/trade-api/ws/v2'
const NOW = 1_794_324_000_000
const pair = generateKeyPairSync('ed25519')
const key = await importKey(
  pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as unknown as string,
)

const create = (answer: () => Response) => {
  const clock = { now: NOW }
  const sent: { url: string; headers: Record<string, string> }[] = []
  const fetcher: Fetcher = async (url, init) => {
    sent.push({ url, headers: init.headers as Record<string, string> })
    return answer()
  }
  return { clock, sent, fetcher, pool: new HeaderPool('key-1', key, () => clock.now) }
}

/** Node cannot make a 101 answer, so the socket is hung on another one. */
const upgraded = (socket: unknown): Response =>
  Object.assign(new Response(''), { webSocket: socket })

describe('dialing', () => {
  it.each([
    [WS, 'https://exchange.test/trade-api/ws/v2'],
    ['ws://127.0.0.1:8790/trade-api/ws/v2', 'http://127.0.0.1:8790/trade-api/ws/v2'],
  ])('upgrades %s', async (wsUrl, url) => {
    let accepted = 0
    const socket = { accept: () => accepted++ }
    const { sent, fetcher, pool } = create(() => upgraded(socket))
    expect(await dialKalshi(wsUrl, pool, fetcher)).toBe(socket)
    expect(accepted).toBe(1)
    expect(sent[0]).toMatchObject({ url, headers: { Upgrade: 'websocket' } })
  })

  it('signs anew each time, for now', async () => {
    const { clock, sent, fetcher, pool } = create(() => upgraded({ accept: () => {} }))
    await dialKalshi(WS, pool, fetcher)
    clock.now += 1
    await dialKalshi(WS, pool, fetcher)
    const times = sent.map(({ headers }) => headers['KALSHI-ACCESS-TIMESTAMP'])
    expect(times).toEqual([String(NOW), String(NOW + 1)])
  })

  it.each([
    [401, '{"error":{"code":"authentication_error","details":"NOT_FOUND"}}', 'NOT_FOUND'],
    [502, '<html>Bad gateway</html>', 'Bad gateway'],
    [200, 'hello', 'hello'],
  ])('explains HTTP %d with what the exchange wrote', async (status, body, words) => {
    const { fetcher, pool } = create(() => new Response(body, { status }))
    const dial = dialKalshi(WS, pool, fetcher)
    await expect(dial).rejects.toThrow(`Dialing exchange.test refused: found HTTP ${status}`)
    await expect(dial).rejects.toThrow(words)
  })

  it('explains a connection that could not be made', async () => {
    const { pool } = create(() => new Response(''))
    const refused: Fetcher = () => Promise.reject(new Error('Network connection lost'))
    await expect(dialKalshi(WS, pool, refused)).rejects.toThrow(
      'Dialing exchange.test failed: Error: Network connection lost',
    )
  })

  it('sets the clock when the exchange finds the timestamp expired', async () => {
    const headers = { date: new Date(NOW - 90_000).toUTCString() }
    const body = '{"error":{"code":"header_timestamp_expired","message":"expired"}}'
    const { fetcher, pool } = create(() => new Response(body, { status: 401, headers }))
    await expect(dialKalshi(WS, pool, fetcher)).rejects.toThrow('header_timestamp_expired')
    expect(pool.clockOffset).toBe(-89_500)
  })
})
