// Authenticates a request: checks the three Kalshi headers against the known keys. The signed text
// is timestamp + METHOD + path, without the query. RSA keys sign with PSS (SHA-256, salt of 32
// bytes), Ed25519 keys sign the text directly. The 401 bodies are the recorded ones.

import { constants, type KeyObject, verify } from 'node:crypto'
import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Account } from '../exchange/account.ts'
import { type Refusal, refuse } from '../exchange/refusal.ts'
import { publicHalf } from './keys.ts'

/** How far a timestamp may be from the exchange's clock. The defaults are within what was seen. */
export interface AuthWindow {
  readonly behindMs: number
  readonly aheadMs: number
}

export const DEFAULT_WINDOW: AuthWindow = { behindMs: 15_000, aheadMs: 30_000 }

/** Categories that need an attested location (2026-08-16). */
const ATTESTED = new Set(['sports', 'elections', 'entertainment'])

type Headers = Readonly<Record<string, string | string[] | undefined>>

const one = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export const SCOPES = [
  'read',
  'write',
  'read::block_trade_accept',
  'read::portfolio_balance',
  'write::trade',
  'write::transfer',
  'write::block_trade_accept',
] as const
export type Scope = (typeof SCOPES)[number]

/** A key that the exchange knows: whose it is and what it may do. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly account: Account
  readonly key: KeyObject
  readonly scopes: readonly Scope[]
  /** Locked to this subaccount; null = not locked. */
  readonly subaccount: number | null
}

/** Whether a key has a scope itself or through its parent. */
export const hasScope = ({ scopes }: ApiKey, scope: Scope): boolean =>
  scopes.includes(scope) || scopes.includes(scope.split('::', 1)[0] as Scope)

/** Knows the keys and checks signatures. */
export class Gatekeeper {
  readonly window: AuthWindow
  readonly keys = new Map<string, ApiKey>()
  /**
   * When the location attestation ends, without which keys may not trade sports, elections and
   * entertainment; null = there is none.
   */
  regionExpiresAt: Millis | null = Number.POSITIVE_INFINITY
  readonly #now: () => Millis

  constructor(now: () => Millis, window: AuthWindow = DEFAULT_WINDOW) {
    this.#now = now
    this.window = window
  }

  /** Registers a key of the account. `pem` is private or public; the public half is kept. */
  register(
    keyId: string,
    pem: string,
    account: Account,
    terms: Partial<Pick<ApiKey, 'name' | 'scopes' | 'subaccount'>> = {},
  ): ApiKey {
    const { name = keyId, scopes = ['read', 'write'], subaccount = null } = terms
    const key: ApiKey = { id: keyId, name, account, key: publicHalf(pem), scopes, subaccount }
    this.keys.set(keyId, key)
    return key
  }

  /** Whether keys may trade in a category now. */
  mayTradeIn(category: string): boolean {
    if (!ATTESTED.has(category.toLowerCase())) return true
    return this.regionExpiresAt !== null && this.#now() < this.regionExpiresAt
  }

  /** The key behind a request, or the 401 that the exchange answers with. */
  admit(headers: Headers, method: string, path: string): ApiKey | Refusal {
    const keyId = one(headers, 'kalshi-access-key')
    const signature = one(headers, 'kalshi-access-signature')
    const timestamp = one(headers, 'kalshi-access-timestamp')
    if (keyId === undefined) return refuse(401, 'token_authentication_failure')
    if (signature === undefined) return refuse(401, 'signature_is_missing_from_headers')
    if (timestamp === undefined) return refuse(401, 'timestamp_is_missing_from_headers')
    const skew = Number(timestamp) - this.#now()
    if (!(skew >= -this.window.behindMs && skew <= this.window.aheadMs)) {
      return refuse(401, 'header_timestamp_expired')
    }
    const known = this.keys.get(keyId)
    if (known === undefined) return denied('NOT_FOUND')
    const cut = path.indexOf('?')
    const signed = Buffer.from(timestamp + method + (cut < 0 ? path : path.slice(0, cut)))
    const bytes = Buffer.from(signature, 'base64')
    const valid =
      known.key.asymmetricKeyType === 'ed25519'
        ? verify(null, signed, known.key, bytes)
        : verify(
            'sha256',
            signed,
            { key: known.key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
            bytes,
          )
    return valid ? known : denied('INCORRECT_API_KEY_SIGNATURE')
  }
}

const denied = (details: string): Refusal =>
  refuse(401, 'authentication_error', details, 'authentication_error')
