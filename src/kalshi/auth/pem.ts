// Reads private keys as people paste them, and returns the one form that WebCrypto accepts.
//
// A PEM header does not tell the kind of key, so the DER inside is read: PKCS#8 names its algorithm
// by object identifier, PKCS#1 is a bare RSA key and gets wrapped. Messages name what was found but
// never quote it, because it may be a secret.

import { findPem } from './pem-text.ts'

interface PrivateKeyDer {
  readonly algorithm: 'rsa' | 'ed25519'
  /** PKCS#8. */
  readonly der: Uint8Array<ArrayBuffer>
}

const RSA = '1.2.840.113549.1.1.1'
const ED25519 = '1.3.101.112'
const OTHER_ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.10045.2.1': 'an elliptic-curve key',
  '1.2.840.113549.1.1.10': 'an RSA key restricted to PSS',
  '1.3.101.110': 'an X25519 key',
}

const WANTED = 'wanted an RSA key (PKCS#1 or PKCS#8) or an Ed25519 key (PKCS#8) in PEM form'

/**
 * Reads a private key as people paste it: see `findPem`.
 * @throws Error with one sentence that says what was found and what was wanted.
 */
export const readPrivateKey = (pasted: string): PrivateKeyDer => {
  const text = findPem(pasted)
  if (!text.ok) throw refused(text.found, text.wanted)
  return readDer(Uint8Array.from(atob(text.body), (character) => character.charCodeAt(0)))
}

const refused = (what: string, wanted = ''): Error => {
  const ending = wanted === '' ? WANTED : `wanted ${wanted}`
  return new Error(`KALSHI_PRIVATE_KEY is not a key that Kalshi takes: found ${what}, ${ending}`)
}

/** One DER element: its tag and where its content lies. */
interface Element {
  readonly tag: number
  readonly start: number
  readonly end: number
}

const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const OBJECT_IDENTIFIER = 0x06
const SEQUENCE = 0x30

const readDer = (der: Uint8Array<ArrayBuffer>): PrivateKeyDer => {
  if (der[0] !== SEQUENCE) throw refused('base64 that holds no key structure')
  const outer = elementAt(der, 0, der.length)
  const first = elementAt(der, outer.start, outer.end)
  if (first.tag === SEQUENCE) {
    const second = elementAt(der, first.end, outer.end)
    throw refused(second.tag === BIT_STRING ? 'a public key' : 'a key protected by a passphrase')
  }
  if (first.tag !== INTEGER) throw refused('base64 that holds no private key')
  const second = elementAt(der, first.end, outer.end)
  if (second.tag === INTEGER) return { algorithm: 'rsa', der: wrapPkcs1(der.slice(0, outer.end)) }
  if (second.tag === OCTET_STRING) throw refused('an elliptic-curve key (SEC1)')
  if (second.tag !== SEQUENCE) throw refused('base64 that holds no private key')
  const identifier = elementAt(der, second.start, second.end)
  if (identifier.tag !== OBJECT_IDENTIFIER) throw refused('a key without an algorithm')
  const oid = readOid(der, identifier)
  if (oid === RSA) return { algorithm: 'rsa', der: der.slice(0, outer.end) }
  if (oid !== ED25519) {
    throw refused(OTHER_ALGORITHMS[oid] ?? `a key of the algorithm with object identifier ${oid}`)
  }
  const wrapped = elementAt(der, second.end, outer.end)
  const seed = elementAt(der, wrapped.start, wrapped.end)
  if (seed.tag !== OCTET_STRING || seed.end - seed.start !== 32) {
    throw refused('an Ed25519 key whose seed is not 32 bytes')
  }
  // Rebuilt from the seed: some tools append the public key (RFC 5958), which WebCrypto may refuse.
  const algorithm = [SEQUENCE, 5, OBJECT_IDENTIFIER, 3, 0x2b, 0x65, 0x70]
  const content = [INTEGER, 1, 0, ...algorithm, OCTET_STRING, 34, OCTET_STRING, 32]
  const rebuilt = [SEQUENCE, 46, ...content, ...der.subarray(seed.start, seed.end)]
  return { algorithm: 'ed25519', der: Uint8Array.from(rebuilt) }
}

/** Reads the element at `at`, which must end by `limit`. @throws Error when it does not. */
const elementAt = (der: Uint8Array, at: number, limit: number): Element => {
  const tag = der[at]
  let length = der[at + 1] ?? 0
  let start = at + 2
  if (length >= 0x80) {
    const bytes = length - 0x80
    length = 0
    for (let index = 0; index < bytes; index++) length = length * 256 + (der[start + index] ?? 0)
    start += bytes
  }
  if (tag === undefined || start > limit || start + length > limit) {
    throw refused('a key that is cut off or damaged')
  }
  return { tag, start, end: start + length }
}

const readOid = (der: Uint8Array, { start, end }: Element): string => {
  const arcs: number[] = []
  let arc = 0
  for (let index = start; index < end; index++) {
    const byte = der[index]!
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const head = arcs[0] ?? 0
  const root = Math.min(Math.floor(head / 40), 2)
  return [root, head - root * 40, ...arcs.slice(1)].join('.')
}

const derLength = (length: number): number[] =>
  length < 0x80
    ? [length]
    : length < 0x100
      ? [0x81, length]
      : [0x82, Math.floor(length / 256), length % 256]

/** PrivateKeyInfo { version 0, rsaEncryption, the PKCS#1 key } (RFC 5208). */
const wrapPkcs1 = (pkcs1: Uint8Array): Uint8Array<ArrayBuffer> => {
  const oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]
  const algorithm = [SEQUENCE, 13, OBJECT_IDENTIFIER, oid.length, ...oid, 5, 0]
  const head = [INTEGER, 1, 0, ...algorithm, OCTET_STRING, ...derLength(pkcs1.length)]
  return Uint8Array.from([SEQUENCE, ...derLength(head.length + pkcs1.length), ...head, ...pkcs1])
}
