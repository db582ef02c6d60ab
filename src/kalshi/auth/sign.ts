// Signs requests, and keeps signatures ready before they are needed.
//
// Kalshi signs timestamp + METHOD + path (no query, no body), so a signature can be made before the
// order is known. A pool keeps a few fresh ones for each path that is about to be used, so that the
// order path awaits nothing before fetch. WebCrypto only: the runtime's node:crypto has returned
// PKCS#1 v1.5 where PSS was asked for.

import type { Millis } from '../../core/vocabulary/units.ts'
import { readPrivateKey } from './pem.ts'

/** A private key ready to sign with. */
export interface SigningKey {
  readonly algorithm: 'rsa-pss' | 'ed25519'
  readonly key: CryptoKey
}

/** The three headers of a signed request. */
type SignedHeaders = Readonly<Record<string, string>>

/**
 * Imports a private key in PEM form: RSA as PKCS#1 or PKCS#8, or Ed25519 as PKCS#8.
 * @throws Error with a sentence that names KALSHI_PRIVATE_KEY and what was found, never the key.
 */
export const importKey = async (pem: string): Promise<SigningKey> => {
  const { algorithm, der } = readPrivateKey(pem)
  const parameters =
    algorithm === 'rsa' ? { name: 'RSA-PSS', hash: 'SHA-256' } : { name: 'Ed25519' }
  try {
    const key = await crypto.subtle.importKey('pkcs8', der, parameters, false, ['sign'])
    return { algorithm: algorithm === 'rsa' ? 'rsa-pss' : 'ed25519', key }
  } catch {
    const found = `a damaged ${algorithm === 'rsa' ? 'RSA' : 'Ed25519'} key`
    throw new Error(
      `KALSHI_PRIVATE_KEY could not be imported: found ${found}, wanted an intact one`,
    )
  }
}

const encoder = new TextEncoder()

/**
 * Signs one request. RSA-PSS with SHA-256 and a salt of 32 bytes, or plain Ed25519.
 * @param timestamp epoch milliseconds, the same as in the header
 * @param path from the root, with /trade-api/v2 and without the query
 * @returns standard base64
 */
export const sign = async (
  key: SigningKey,
  timestamp: Millis,
  method: string,
  path: string,
): Promise<string> => {
  const parameters =
    key.algorithm === 'rsa-pss' ? { name: 'RSA-PSS', saltLength: 32 } : { name: 'Ed25519' }
  const text = encoder.encode(`${timestamp}${method}${path}`)
  const signature = await crypto.subtle.sign(parameters, key.key, text)
  return btoa(String.fromCharCode(...new Uint8Array(signature)))
}

/** One path that is kept signed. */
interface Stock {
  readonly method: string
  readonly path: string
  count: number
  /** Oldest first. */
  readonly ready: { readonly headers: SignedHeaders; readonly signedAt: Millis }[]
}

/** The oldest signature that is handed out. The exchange accepts timestamps within 5 s. */
const MAX_AGE_MS = 4_000

/**
 * Headers signed in advance. Each is used once, because reuse inside the exchange's window is not
 * documented. Call `refresh` after use and on a timer of at most half the maximum age.
 */
export class HeaderPool {
  /** Headers taken that were signed in advance, requests that found none, and all signatures. */
  readonly counters = { taken: 0, missed: 0, signed: 0 }
  readonly now: () => Millis
  readonly #keyId: string
  readonly #key: SigningKey
  readonly #maxAge: number
  readonly #stock = new Map<string, Stock>()
  /** What to add to our clock to get the exchange's, in ms. */
  #offset = 0
  #corrected = false
  #refreshing: Promise<void> | null = null

  constructor(keyId: string, key: SigningKey, now: () => Millis, maxAge: number = MAX_AGE_MS) {
    this.#keyId = keyId
    this.#key = key
    this.now = now
    this.#maxAge = maxAge
  }

  get clockOffset(): number {
    return this.#offset
  }

  /** Whether the offset was measured, by this pool or by another for the same account. */
  get isCorrected(): boolean {
    return this.#corrected
  }

  /** Takes over an offset that was measured elsewhere, ms. */
  adoptOffset(ms: number): void {
    if (this.#corrected && ms === this.#offset) return
    this.#corrected = true
    this.#setOffset(ms)
  }

  /**
   * Keeps `count` headers ready for this method and path (without the query). Signs nothing yet.
   */
  keep(method: string, path: string, count: number): void {
    const key = `${method} ${path}`
    const stock = this.#stock.get(key)
    if (stock) stock.count = count
    else this.#stock.set(key, { method, path, count, ready: [] })
  }

  /** Stops keeping headers for this path. */
  drop(method: string, path: string): void {
    this.#stock.delete(`${method} ${path}`)
  }

  /** Headers signed in advance and still fresh, or null: then await `fresh`. */
  take(method: string, path: string): SignedHeaders | null {
    const ready = this.#stock.get(`${method} ${path}`)?.ready ?? []
    const oldest = this.now() - this.#maxAge
    for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
      if (next.signedAt >= oldest) {
        this.counters.taken++
        return next.headers
      }
    }
    this.counters.missed++
    return null
  }

  /** Signs what is missing, and replaces what is past half its maximum age. Calls may overlap. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refill()
    return this.#refreshing
  }

  /** Signs now. */
  async fresh(method: string, path: string): Promise<SignedHeaders> {
    const timestamp = Math.round(this.now() + this.#offset)
    const signature = await sign(this.#key, timestamp, method, path)
    this.counters.signed++
    return {
      'KALSHI-ACCESS-KEY': this.#keyId,
      'KALSHI-ACCESS-TIMESTAMP': String(timestamp),
      'KALSHI-ACCESS-SIGNATURE': signature,
    }
  }

  /**
   * Sets our clock by the exchange's and discards what was signed by the old one.
   * @param venueNow the exchange's time now; an HTTP Date has whole seconds, so give its middle
   * @returns the new offset, ms
   */
  correctClock(venueNow: Millis): number {
    this.#corrected = true
    this.#setOffset(Math.round(venueNow - this.now()))
    return this.#offset
  }

  // What was signed by the clock as it was is of no use.
  #setOffset(ms: number): void {
    this.#offset = ms
    for (const stock of this.#stock.values()) stock.ready.length = 0
  }

  async #refill(): Promise<void> {
    // Yields first, so that the line below that clears #refreshing runs after the one that sets it.
    await null
    try {
      // Bounded: with very many paths the first would be old again before the last is signed.
      let left = 1
      for (const stock of this.#stock.values()) left += 2 * stock.count
      for (let stock = this.#nextShort(); stock !== null && left > 0; left--) {
        const signedAt = this.now()
        const offset = this.#offset
        const headers = await this.fresh(stock.method, stock.path)
        // While this was being signed, the clock may have been corrected.
        if (offset === this.#offset) stock.ready.push({ headers, signedAt })
        stock = this.#nextShort()
      }
    } finally {
      this.#refreshing = null
    }
  }

  /** A path that lacks headers, after dropping those past half their maximum age. */
  #nextShort(): Stock | null {
    const renewBefore = this.now() - this.#maxAge / 2
    for (const stock of this.#stock.values()) {
      while (stock.ready.length > 0 && stock.ready[0]!.signedAt < renewBefore) stock.ready.shift()
      if (stock.ready.length < stock.count) return stock
    }
    return null
  }
}
