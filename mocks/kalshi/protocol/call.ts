// One REST request as the handlers see it, and the readers of its body, query and cursor. A reader
// that finds something invalid throws the answer to send.

import {
  type Price,
  parsePrice,
  parseQuantity,
  type Quantity,
} from '../../../src/core/vocabulary/units.ts'
import type { ApiKey } from '../access/auth.ts'
import { type Account, LAST_SUBACCOUNT } from '../exchange/account.ts'
import {
  type Answer,
  bare,
  flat,
  isRefusal,
  nested,
  type Refusal,
  refuse,
} from '../exchange/refusal.ts'
import type { Row } from './rows.ts'

export const PREFIX = '/trade-api/v2'

export interface Call {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly kind: Kind
  readonly params: readonly string[]
  readonly query: URLSearchParams
  readonly body: unknown
  /** The caller; null for public requests without headers. */
  readonly account: Account | null
  /** With which key; null as above. */
  readonly key: ApiKey | null
}

/** What a request is, for budgets, faults and logs. */
export const KINDS = [
  'create',
  'batch-create',
  'amend',
  'decrease',
  'cancel',
  'batch-cancel',
  'cancel-all',
  'orders',
  'order',
  'queue-positions',
  'fills',
  'positions',
  'balance',
  'settlements',
  'markets',
  'market',
  'orderbook',
  'trades',
  'events',
  'event',
  'series',
  'incentives',
  'historical',
  'group',
  'group-write',
  'subaccounts',
  'subaccount-write',
  'transfer',
  'transfers',
  'keys',
  'key-write',
  'account',
  'account-write',
  'fee-changes',
  'status',
  'schedule',
  'limits',
  'costs',
  'v1',
  'unknown',
] as const
export type Kind = (typeof KINDS)[number]

/** Thrown by the readers below; carries the answer to send. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`Request refused: ${JSON.stringify(answer.body)}`)
    this.answer = answer
  }
}

/** The account of a call on an authenticated route. */
export const caller = (call: Call): Account => {
  if (call.account === null) throw new Error(`Route failed: ${call.path} needs an account`)
  return call.account
}

/** Throws the nested answer of a refusal; returns anything else. */
export const accept = <T extends object>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Refused(nested(value))
  return value
}

export const invalid = (details: string): Refused =>
  new Refused(nested(refuse(400, 'invalid_parameters', details)))

const goType = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value

const undecodable = (value: unknown, struct: string, field: string, wanted: string): Refused =>
  new Refused(
    flat(
      refuse(
        400,
        'bad_request',
        `json: cannot unmarshal ${goType(value) === 'boolean' ? 'bool' : goType(value)} into Go struct field ${struct}.${field} of type ${wanted}`,
      ),
    ),
  )

/** The body as an object. */
const objectIn = (body: unknown, struct: string): Row => {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Row
  throw new Refused(
    flat(
      refuse(
        400,
        'bad_request',
        `json: cannot unmarshal ${goType(body)} into Go value of type ${struct}`,
      ),
    ),
  )
}

/** Reads the fields of one JSON struct, refusing wrong types the way the exchange does. */
export class Fields {
  readonly #row: Row
  readonly #struct: string

  constructor(body: unknown, struct: string) {
    this.#row = objectIn(body, struct)
    this.#struct = struct
  }

  has(field: string): boolean {
    return this.#row[field] !== undefined && this.#row[field] !== null
  }

  text(field: string): string {
    const value = this.#row[field]
    if (value === undefined || value === null) return ''
    if (typeof value !== 'string') throw undecodable(value, this.#struct, field, 'string')
    return value
  }

  flag(field: string): boolean {
    const value = this.#row[field]
    if (value === undefined || value === null) return false
    if (typeof value !== 'boolean') throw undecodable(value, this.#struct, field, 'bool')
    return value
  }

  /** A whole number, or undefined where absent. */
  whole(field: string): number | undefined {
    const value = this.#row[field]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw undecodable(value, this.#struct, field, 'int64')
    }
    return value
  }

  /** A field that must be one of `of`. */
  choice<T extends string>(field: string, of: readonly T[]): T {
    const value = this.text(field)
    if (!of.includes(value as T)) {
      throw invalid(`${field}: found "${value}", wanted one of ${of.join(', ')}`)
    }
    return value as T
  }

  /** Dollars with two to four decimals. */
  price(field: string): Price {
    const text = this.text(field)
    const price = parsePrice(text)
    if (!/^\d*\.\d{2,4}$/.test(text) || Number.isNaN(price)) {
      throw new Refused(nested(refuse(400, 'invalid_price', `${field}: found "${text}"`)))
    }
    return price
  }

  /** Contracts with at most two decimals, more than zero unless `zero`. */
  count(field: string, zero = false): Quantity {
    const text = this.text(field)
    const quantity = parseQuantity(text)
    if (!/^\d*(\.\d{0,2})?$/.test(text) || !(zero ? quantity >= 0 : quantity > 0)) {
      throw new Refused(nested(refuse(400, 'invalid_order_size', `${field}: found "${text}"`)))
    }
    return quantity
  }

  /** The raw value, for nested lists. */
  raw(field: string): unknown {
    return this.#row[field]
  }
}

/** A whole number of the query, or undefined where absent. */
export const wholeIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw new Refused(bare(400, `${name} is not a number`))
  return Number(text)
}

/** `limit` of the query. */
export const limitIn = (query: URLSearchParams, most: number, fallback = 100): number => {
  const limit = wholeIn(query, 'limit') ?? fallback
  if (limit < 1 || limit > most) throw new Refused(bare(400, 'limit out of range'))
  return limit
}

const forbidden = (details: string): Refused =>
  new Refused(nested(refuse(403, 'forbidden', details)))

/**
 * The subaccount that a request is about: the one it names, else the one its key is locked to, else
 * `fallback`. Refused when there is no such subaccount (404) or the key is locked to another (403).
 */
export const subaccountOf = <T>(call: Call, named: number | undefined, fallback: T): number | T => {
  const locked = call.key?.subaccount ?? null
  if (named === undefined) return locked ?? fallback
  if (named < 0 || named > LAST_SUBACCOUNT) {
    throw invalid(`subaccount: found ${named}, wanted 0 to ${LAST_SUBACCOUNT}`)
  }
  if (locked !== null && named !== locked) throw forbidden(`key is locked to subaccount ${locked}`)
  if (caller(call).purses[named] === undefined) {
    throw new Refused(nested(refuse(404, 'user_not_found', `subaccount ${named}`)))
  }
  return named
}

/** `subaccount` of the query; see `subaccountOf`. */
export const subaccountIn = <T>(call: Call, fallback: T): number | T =>
  subaccountOf(call, wholeIn(call.query, 'subaccount'), fallback)

/** The account; refused with 403 when the key is locked to a subaccount. */
export const wholeAccount = (call: Call): Account => {
  if (call.key !== null && call.key.subaccount !== null) {
    throw forbidden('key is locked to a subaccount')
  }
  return caller(call)
}

/**
 * One page of a list that is sorted newest first. The cursor encodes the number of the last row
 * shown, so rows that arrive meanwhile do not shift the pages. An unreadable cursor starts over, as
 * observed.
 */
export const page = <T extends { readonly number: number }>(
  rows: readonly T[],
  limit: number,
  cursor: string | null,
): { rows: readonly T[]; cursor: string } => {
  const after = Number(Buffer.from(cursor ?? '', 'base64url').toString())
  const from = after > 0 ? rows.findIndex((row) => row.number < after) : 0
  if (from < 0) return { rows: [], cursor: '' }
  const shown = rows.slice(from, from + limit)
  const last = shown.at(-1)
  const more = last !== undefined && from + limit < rows.length
  return { rows: shown, cursor: more ? Buffer.from(String(last.number)).toString('base64url') : '' }
}
