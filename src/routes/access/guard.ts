// Lets only the holder of a token use the control API: by bearer header, or, where a browser cannot
// set headers (WebSocket), as the second of the offered subprotocols "kmm, <token>".
//
// CONTROL_TOKEN may do everything, READ_TOKEN may only read. A refused token is logged and answered
// slowly. A configuration problem stops everything but /health with 503; only a caller who has
// shown a token learns what it is, unless the token itself is what is missing.

import type { MiddlewareHandler } from 'hono'
import { readTokens } from '../../config/env.ts'
import { ApiError } from '../answer.ts'
import type { Access, AppTypes, Ctx } from '../deps.ts'
import { problemOf } from './config-problem.ts'
import { Refusals } from './refusals.ts'

/** The subprotocol of the live socket. */
export const SUBPROTOCOL = 'kmm'

const refusals = new Refusals()

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/** Compares in constant time: hashes of equal length, every byte. */
export const sameSecret = async (given: string, wanted: string): Promise<boolean> => {
  const [a, b] = await Promise.all([digest(given), digest(wanted)])
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= a[index]! ^ b[index]!
  return difference === 0
}

/** The subprotocols that a WebSocket client offers, in order. */
export const offeredProtocols = (c: Ctx): string[] =>
  (c.req.header('sec-websocket-protocol') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const unauthorized = (found: string): ApiError =>
  new ApiError(401, 'unauthorized', `Request refused: ${found}`)

const presented = (c: Ctx): string => {
  const header = c.req.header('authorization')
  if (header !== undefined) {
    const parts = /^Bearer +(\S+)$/i.exec(header.trim())
    if (parts === null) {
      throw unauthorized('the Authorization header is not "Bearer" and a token')
    }
    return parts[1]!
  }
  const [protocol, token] = offeredProtocols(c)
  const isSocket = c.req.header('upgrade')?.toLowerCase() === 'websocket'
  if (isSocket && protocol === SUBPROTOCOL && token !== undefined) return decoded(token)
  throw unauthorized(
    isSocket
      ? `there is neither an Authorization header nor the subprotocols "${SUBPROTOCOL}, <token>"`
      : 'the Authorization header is missing, wanted "Bearer" and the control token',
  )
}

/** What a token allows; null where it is neither of the two. */
const rightOf = async (
  token: string,
  { act, read }: { readonly act: string; readonly read: string | null },
): Promise<Access | null> => {
  if (await sameSecret(token, act)) return 'all'
  return read !== null && (await sameSecret(token, read)) ? 'read' : null
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** What stops something passes also where the configuration is refused. */
const BRAKE =
  /^(POST \/(halt|flatten)|POST \/tickers\/[^/]+\/(pause|flatten)|DELETE \/tickers\/[^/]+)$/
const isBrake = ({ req }: Ctx): boolean => BRAKE.test(`${req.method} ${req.path}`)

/** Lets a request pass only with a token that allows it and a configuration that can work. */
export const guard: MiddlewareHandler<AppTypes> = async (c, next) => {
  const tokens = readTokens(c.env)
  if (!tokens.ok) throw new ApiError(503, 'config', tokens.message)
  const { deps } = c.var
  const right = await rightOf(presented(c), tokens)
  if (right === null) {
    await refusals.slow(deps, c.req.path, c.req.header('cf-connecting-ip') ?? 'unknown')
    throw unauthorized('the token is not the control token')
  }
  if (right === 'read' && !READING.has(c.req.method)) {
    throw new ApiError(
      403,
      'read-only',
      `${c.req.method} ${c.req.path} refused: this token only reads, wanted CONTROL_TOKEN`,
    )
  }
  c.set('access', right)
  const problem = isBrake(c) ? null : await problemOf(c)
  if (problem !== null) throw new ApiError(503, 'config', problem.message)
  await next()
}
