// Reads requests: the ticker of the path, the JSON body, and the keys of bodies and queries by
// schema.
//
// A schema lists the keys that there are, each with its values and, as its description, what is
// wanted of it; a refusal is 422 and quotes that. The parameters of PUT are read by the maker
// itself.

import * as v from 'valibot'
import { TICKER_SHAPE } from '../config/env.ts'
import { messageOf } from '../core/vocabulary/outcome.ts'
import { ApiError } from './answer.ts'
import type { Ctx } from './deps.ts'

/** Bytes of a request body; ours have a few hundred. */
const BODY_LIMIT = 65_536
/** Levels of objects and lists within each other; ours have four. */
const DEPTH_LIMIT = 32

/** @throws ApiError 400 when the path's ticker does not look like one */
export const readTicker = (c: Ctx): string => {
  const ticker = c.req.param('ticker') ?? ''
  if (TICKER_SHAPE.test(ticker)) return ticker
  const found = JSON.stringify(ticker.slice(0, 100))
  const wanted =
    '1 to 80 letters, digits, dots, dashes or underscores, beginning with a letter or digit'
  throw new ApiError(400, 'bad-ticker', `Ticker refused: found ${found}, wanted ${wanted}`)
}

const tooLarge = (found: string): ApiError =>
  new ApiError(
    413,
    'body-too-large',
    `Body refused: found ${found}, wanted at most ${BODY_LIMIT} bytes`,
  )

/** The body as text, of which no more than the limit is ever held. @throws ApiError 413 */
const readText = async (c: Ctx): Promise<string> => {
  const declared = Number(c.req.header('content-length') ?? 0)
  if (declared > BODY_LIMIT) throw tooLarge(`${declared} bytes`)
  const { body } = c.req.raw
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    // Leaving the loop cancels the stream.
    if (bytes > BODY_LIMIT) throw tooLarge(`more than ${BODY_LIMIT} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** How deep a JSON text nests, told before it is parsed: strings and their escapes are skipped. */
const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if (token === ']' || token === '}') depth--
  }
  return deepest
}

/**
 * The body as JSON; an empty body is {}.
 * @throws ApiError 413 (too long), 415 (not declared as JSON), 400 (not JSON, and where) or 422
 *   (nested too deep)
 */
export const readJson = async (c: Ctx): Promise<unknown> => {
  const text = await readText(c)
  c.set('body', text)
  if (text.trim() === '') return {}
  const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (type !== 'application/json' && !type.endsWith('+json')) {
    throw new ApiError(
      415,
      'not-json',
      `Body refused: found content-type ${type === '' ? 'none' : type}, wanted application/json`,
    )
  }
  const depth = depthOf(text)
  if (depth > DEPTH_LIMIT) {
    const found = `${depth} levels of objects and lists within each other`
    throw new ApiError(
      422,
      'parameters',
      `Body refused: found ${found}, wanted at most ${DEPTH_LIMIT}`,
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

/** One key of a body or query. */
export const field = <Schema extends v.GenericSchema>(schema: Schema, wanted: string) =>
  v.pipe(schema, v.description(wanted))

type Keys = v.StrictObjectSchema<v.ObjectEntries, undefined>

const readKeys = <Schema extends Keys>(
  what: 'key' | 'query parameter',
  schema: Schema,
  raw: object,
): v.InferOutput<Schema> => {
  const read = v.safeParse(schema, raw, { abortEarly: true })
  if (read.success) return read.output
  const [issue] = read.issues
  const { key, value } = issue.path![0]
  const name = String(key)
  if (issue.expected === 'never') {
    const known = Object.keys(schema.entries).join(', ')
    const list = known === '' ? 'none is known here' : `known are ${known}`
    const found = JSON.stringify(name.slice(0, 100))
    throw new ApiError(422, 'parameters', `Refused unknown ${what} ${found}: ${list}`)
  }
  const found = JSON.stringify(value)?.slice(0, 100) ?? 'nothing'
  const wanted = v.getDescription(schema.entries[name]!)
  throw new ApiError(422, 'parameters', `Refused ${name}: found ${found}, wanted ${wanted}`)
}

/** The body by its schema. @throws ApiError 422 naming the key */
export const readBody = async <Schema extends Keys>(
  c: Ctx,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  const body = await readJson(c)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(422, 'parameters', 'Body refused: wanted a JSON object')
  }
  return readKeys('key', schema, body)
}

/** The query by its schema. @throws ApiError 422 naming the key */
export const readQuery = <Schema extends Keys>(c: Ctx, schema: Schema): v.InferOutput<Schema> =>
  readKeys('query parameter', schema, c.req.query())

/** A body or query without keys. */
export const NO_KEYS = v.strictObject({})

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** Epoch ms of "1794324125321", "2026-11-10" or an ISO time (UTC where it names no zone). */
const timeOf = (text: string): number | undefined => {
  if (text === '') return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T')
  return ISO.test(text) ? Date.parse(zoned ? text : `${text}Z`) : Number.NaN
}

const TIME = field(
  v.optional(v.pipe(v.string(), v.transform(timeOf), v.optional(v.number()))),
  'an ISO time or epoch milliseconds',
)

/** The keys of a query that asks for a span of time. */
export const SPAN = { from: TIME, to: TIME }

/** The span asked for, epoch ms. @throws ApiError 422 where it is empty or longer than `longest` */
export const spanOf = (
  from: number,
  to: number,
  longest: { readonly days: number } | null = null,
): { from: number; to: number } => {
  const most = longest === null ? Number.POSITIVE_INFINITY : longest.days * 86_400_000
  if (from < to && to - from <= most) return { from, to }
  const wanted = `from before to${longest === null ? '' : ` and at most ${longest.days} days`}`
  const found = `found from ${from} and to ${to}`
  throw new ApiError(422, 'parameters', `Refused range: ${found}, wanted ${wanted}`)
}
