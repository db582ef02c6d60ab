// Keys as people paste them, signatures that the exchange accepts, and headers that are ready in
// time.

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { HeaderPool, importKey, type SigningKey, sign } from '../../../../src/kalshi/auth/sign.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed = generateKeyPairSync('ed25519')
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' | 'spki') =>
  key.export({ type, format: 'pem' } as never) as unknown as string

const PKCS1 = pem(rsa.privateKey, 'pkcs1')
const PKCS8 = pem(rsa.privateKey, 'pkcs8')
const ED25519 = pem(ed.privateKey, 'pkcs8')

const verify = async (
  publicKey: KeyObject,
  algorithm: { name: string; hash?: string; saltLength?: number },
  signature: string,
  text: string,
): Promise<boolean> => {
  const der = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  const key = await crypto.subtle.importKey('spki', der, algorithm, false, ['verify'])
  const bytes = new Uint8Array(Buffer.from(signature, 'base64'))
  return crypto.subtle.verify(algorithm, key, bytes, new TextEncoder().encode(text))
}

const PATH = '/trade-api/v2/portfolio/events/orders'
const SIGNED = `1794300123456POST${PATH}`

describe('a private key', () => {
  it.each([
    ['PKCS#1', PKCS1],
    ['PKCS#8', PKCS8],
    ['PKCS#8 under the header of PKCS#1', PKCS8.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
    ['PKCS#1 under the header of PKCS#8', PKCS1.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY')],
    ['literal \\n escapes', PKCS8.replaceAll('\n', '\\n')],
    ['literal \\r\\n escapes', PKCS1.replaceAll('\n', '\\r\\n')],
    ['quotes and spaces around it', `  "${PKCS1}"  `],
    ['its lines joined by spaces', PKCS1.replaceAll('\n', ' ')],
    ['its lines joined by nothing', PKCS1.replaceAll('\n', '')],
    ['every space lost', PKCS8.replace(/\s/g, '')],
    ['single quotes around it', `'${PKCS8.trim()}'`],
    ['quotes within quotes', `"'${PKCS8.trim()}'"`],
    ['base64 of the whole file', btoa(PKCS8)],
    ['base64 of the whole file in lines', btoa(PKCS1).replace(/.{76}/g, '$&\n')],
    ['base64 of the key alone', PKCS8.replace(/-----.*-----/g, '')],
    ['text before and after', `Bag Attributes: <none>\n${PKCS8}\nthe end`],
    ['a certificate before it', `${pem(rsa.publicKey, 'spki')}${PKCS8}`],
    ['CRLF line ends and a byte order mark', `\uFEFF${PKCS8.replaceAll('\n', '\r\n')}`],
    ['lines continued by a backslash', PKCS8.replaceAll('\n', '\\\n')],
  ])('of RSA as %s signs with PSS, SHA-256 and a salt of 32', async (_what, text) => {
    const key = await importKey(text)
    expect(key.algorithm).toBe('rsa-pss')
    const signature = await sign(key, 1_794_300_123_456, 'POST', PATH)
    const pss = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 }
    expect(await verify(rsa.publicKey, pss, signature, SIGNED)).toBe(true)
    expect(await verify(rsa.publicKey, pss, signature, `${SIGNED}?a=1`)).toBe(false)
    expect(await verify(rsa.publicKey, { ...pss, saltLength: 20 }, signature, SIGNED)).toBe(false)
    const v15 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    expect(await verify(rsa.publicKey, v15, signature, SIGNED)).toBe(false)
  })

  it.each([
    ['its own header', ED25519],
    ['the header of an RSA key', ED25519.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
  ])('of Ed25519 under %s signs the plain text', async (_what, text) => {
    const key = await importKey(text)
    expect(key.algorithm).toBe('ed25519')
    const signature = await sign(key, 1_794_300_123_456, 'POST', PATH)
    expect(await verify(ed.publicKey, { name: 'Ed25519' }, signature, SIGNED)).toBe(true)
  })

  it('of Ed25519 with its public key appended is taken too', async () => {
    const der = ed.privateKey.export({ type: 'pkcs8', format: 'der' })
    const point = ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
    const tail = Buffer.concat([Buffer.from([0x81, 33, 0]), point])
    const longer = Buffer.concat([Buffer.from([0x30, der.length - 2 + tail.length, 2, 1, 1])])
    const text = Buffer.concat([longer, der.subarray(5), tail]).toString('base64')
    const key = await importKey(`-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`)
    const signature = await sign(key, 1_794_300_123_456, 'POST', PATH)
    expect(await verify(ed.publicKey, { name: 'Ed25519' }, signature, SIGNED)).toBe(true)
  })

  const encrypted = rsa.privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'secret',
  }) as string
  const legacy = rsa.privateKey.export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'secret',
  }) as string
  const block = (label: string, body: string) =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
  it.each([
    ['nothing', '', 'found nothing'],
    ['a key id', 'b2f0c0de-1111-4222-8333-944455566677', '36 characters without a -----BEGIN'],
    ['a PEM cut short', PKCS8.slice(0, 300), 'without its matching -----END'],
    ['an EC key', pem(ec.privateKey, 'pkcs8'), 'an elliptic-curve key'],
    ['an EC key of the old form', pem(ec.privateKey, 'sec1'), 'SEC1'],
    ['a public key', pem(rsa.publicKey, 'spki'), '"PUBLIC KEY"'],
    [
      'a public key under a private header',
      block('PRIVATE KEY', pem(rsa.publicKey, 'spki').replace(/-----.*-----/g, '')),
      'a public key',
    ],
    ['an encrypted key', encrypted, '"ENCRYPTED PRIVATE KEY"'],
    ['an encrypted key of the old form', legacy, 'protected by a passphrase'],
    ['an OpenSSH key', block('OPENSSH PRIVATE KEY', 'AAAA'), '"OPENSSH PRIVATE KEY"'],
    ['text that is not base64', block('PRIVATE KEY', '!!!'), 'breaks at character 1 (line 1'],
    [
      'damaged in its second line',
      PKCS8.replace(/(\n.{64}\n.{9})./, '$1*'),
      'character 74 (line 2',
    ],
    ['a certificate', block('CERTIFICATE', 'AAAA'), 'a certificate'],
    ['base64 of something else', block('PRIVATE KEY', 'aGVsbG8gd29ybGQ='), 'no key structure'],
    ['base64 that lost characters', block('PRIVATE KEY', 'aGVsbG8gd29yb'), 'cut off: 13'],
    ['bytes missing', block('PRIVATE KEY', 'MIIBVQIBADANBgkqhkiG9w0BAQEFAASC'), 'cut off'],
    ['an empty body', block('PRIVATE KEY', ''), 'nothing between'],
  ])('that is %s is refused in one sentence', async (_what, text, words) => {
    const error: unknown = await importKey(text).catch((reason) => reason)
    expect(error).toBeInstanceOf(Error)
    const { message } = error as Error
    expect(message).toMatch(/^KALSHI_PRIVATE_KEY .*: found .*, wanted /)
    expect(message).toContain(words)
  })

  it('never appears in the message that refuses it', async () => {
    const lines = PKCS8.trim().split('\n')
    lines.splice(5, 3)
    const broken = lines.join('\n')
    const error: unknown = await importKey(broken).catch((reason) => reason)
    const { message } = error as Error
    for (const line of lines.slice(1, -1)) expect(message).not.toContain(line.slice(0, 16))
    expect(message).toContain('KALSHI_PRIVATE_KEY')
  })
})

describe('the pool of headers', async () => {
  const key: SigningKey = await importKey(ED25519)
  const create = () => {
    const clock = { now: 1_000_000 }
    const pool = new HeaderPool('key-1', key, () => clock.now)
    return { clock, pool }
  }
  let { pool, clock } = create()
  beforeEach(() => {
    ;({ pool, clock } = create())
  })

  it('keeps what was asked for, signed for now, and gives each out once', async () => {
    pool.keep('POST', PATH, 2)
    expect(pool.take('POST', PATH)).toBeNull()
    await pool.refresh()
    const first = pool.take('POST', PATH)
    const second = pool.take('POST', PATH)
    expect(first).not.toBe(second)
    expect(pool.take('POST', PATH)).toBeNull()
    expect(pool.counters).toEqual({ taken: 2, missed: 2, signed: 2 })
    const text = `1000000POST${PATH}`
    expect(first).toMatchObject({
      'KALSHI-ACCESS-KEY': 'key-1',
      'KALSHI-ACCESS-TIMESTAMP': '1000000',
    })
    const signature = first!['KALSHI-ACCESS-SIGNATURE']!
    expect(await verify(ed.publicKey, { name: 'Ed25519' }, signature, text)).toBe(true)
  })

  it('never gives out headers older than four seconds', async () => {
    pool.keep('POST', PATH, 1)
    await pool.refresh()
    clock.now += 4_001
    expect(pool.take('POST', PATH)).toBeNull()
    await pool.refresh()
    clock.now += 4_000
    expect(pool.take('POST', PATH)).not.toBeNull()
  })

  it('renews at half the age, so that a timer of two seconds never finds it empty', async () => {
    pool.keep('POST', PATH, 1)
    await pool.refresh()
    clock.now += 2_000
    await pool.refresh()
    expect(pool.counters.signed).toBe(1)
    clock.now += 1
    await pool.refresh()
    expect(pool.counters.signed).toBe(2)
    expect(pool.take('POST', PATH)!['KALSHI-ACCESS-TIMESTAMP']).toBe('1002001')
  })

  it('signs only what is missing, also when refreshed twice at once', async () => {
    pool.keep('POST', PATH, 3)
    await Promise.all([pool.refresh(), pool.refresh()])
    pool.take('POST', PATH)
    await pool.refresh()
    expect(pool.counters.signed).toBe(4)
  })

  it('signs a path that is registered while it is signing', async () => {
    pool.keep('POST', PATH, 1)
    const refreshed = pool.refresh()
    pool.keep('DELETE', `${PATH}/o-1`, 1)
    await refreshed
    expect(pool.take('DELETE', `${PATH}/o-1`)).not.toBeNull()
  })

  it('tells methods apart and forgets what was dropped', async () => {
    pool.keep('POST', PATH, 1)
    await pool.refresh()
    expect(pool.take('DELETE', PATH)).toBeNull()
    pool.drop('POST', PATH)
    expect(pool.take('POST', PATH)).toBeNull()
    await pool.refresh()
    expect(pool.counters.signed).toBe(1)
  })

  it('signs by the clock of the exchange once it knows it, and nothing by the old one', async () => {
    pool.keep('POST', PATH, 1)
    await pool.refresh()
    expect(pool.correctClock(1_030_500)).toBe(30_500)
    expect(pool.take('POST', PATH)).toBeNull()
    await pool.refresh()
    expect(pool.take('POST', PATH)!['KALSHI-ACCESS-TIMESTAMP']).toBe('1030500')
    expect((await pool.fresh('GET', '/x'))['KALSHI-ACCESS-TIMESTAMP']).toBe('1030500')
  })

  it('ends a refresh even when signing takes longer than the headers live', async () => {
    let now = 0
    const pool = new HeaderPool('key-1', key, () => (now += 5_000))
    pool.keep('POST', PATH, 2)
    await pool.refresh()
    expect(pool.counters.signed).toBeLessThanOrEqual(5)
  })
})
