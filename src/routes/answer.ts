// How the control API speaks: JSON out, JSON in, and every error as {"error":{"code","message"}}.
//
// A handler that cannot go on throws ApiError; the app turns it into the answer. Codes are short and
// stable, messages are one sentence that names what was wrong.

import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { TICKER_SHAPE } from '../config/env.ts'
import type { Answer, Problem } from '../rpc/contracts.ts'
import type { Ctx } from './deps.ts'

/** Characters of a request body; ours have a few hundred. */
const BODY_LIMIT = 65_536

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem
  /** Further keys beside "error" in the body. */
  readonly extra: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    code: string,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.problem = { status, code, message }
    this.extra = extra
  }
}

export const problemResponse = (
  c: Ctx,
  { status, code, message }: Problem,
  extra: Readonly<Record<string, unknown>> = {},
): Response => c.json({ error: { code, message }, ...extra }, status as ContentfulStatusCode)

/** An answer that crossed from an object, as a response: its value, or its problem. */
export const answerResponse = (c: Ctx, answer: Answer<object>): Response =>
  answer.ok ? c.json(answer.value) : problemResponse(c, answer.problem)

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Awaits a call to another object; its failure becomes a 502 that says which call failed. */
export const reach = async <T>(code: string, action: string, call: Promise<T>): Promise<T> => {
  try {
    return await call
  } catch (error) {
    throw new ApiError(502, code, `${action}: ${messageOf(error)}`)
  }
}

/** @throws ApiError 400 when the path's ticker does not look like one */
export const readTicker = (c: Ctx): string => {
  const ticker = c.req.param('ticker') ?? ''
  if (TICKER_SHAPE.test(ticker)) return ticker
  throw new ApiError(
    400,
    'bad-ticker',
    `Ticker refused: found ${JSON.stringify(ticker.slice(0, 100))}, wanted 1 to 80 letters, digits, dots, dashes or underscores, beginning with a letter or digit`,
  )
}

/**
 * The body as JSON; an empty body is {}.
 * @throws ApiError 413 (too long), 415 (not declared as JSON) or 400 (not JSON, and where)
 */
export const readJson = async (c: Ctx): Promise<unknown> => {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  if (text.length > BODY_LIMIT) {
    throw new ApiError(
      413,
      'body-too-large',
      `Body refused: found ${text.length} characters, wanted at most ${BODY_LIMIT}`,
    )
  }
  const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (type !== 'application/json' && !type.endsWith('+json')) {
    throw new ApiError(
      415,
      'not-json',
      `Body refused: found content-type ${type === '' ? 'none' : type}, wanted application/json`,
    )
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    // The parser's own message says where, except at the very end.
    const found = `Body of ${text.length} characters is not valid JSON`
    throw new ApiError(400, 'bad-json', `${found}: ${messageOf(error)}`)
  }
}

/** The body as an object with no other keys than these. @throws ApiError 422 naming the key */
export const readObject = async (
  c: Ctx,
  keys: readonly string[],
): Promise<Record<string, unknown>> => {
  const body = await readJson(c)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(422, 'parameters', 'Body refused: wanted a JSON object')
  }
  refuseUnknown('key', Object.keys(body), keys)
  return body as Record<string, unknown>
}

/** The query with no other keys than these. @throws ApiError 422 naming the key */
export const readQuery = (c: Ctx, keys: readonly string[]): Record<string, string> => {
  const query = c.req.query()
  refuseUnknown('query parameter', Object.keys(query), keys)
  return query
}

const refuseUnknown = (what: string, found: readonly string[], known: readonly string[]): void => {
  const stranger = found.find((key) => !known.includes(key))
  if (stranger === undefined) return
  const list = known.length === 0 ? 'none is known here' : `known are ${known.join(', ')}`
  throw new ApiError(
    422,
    'parameters',
    `Refused unknown ${what} ${JSON.stringify(stranger.slice(0, 100))}: ${list}`,
  )
}
