// Lets only the holder of CONTROL_TOKEN use the control API: by bearer header, or, where a browser
// cannot set headers (WebSocket), as the second of the offered subprotocols "kmm, <token>".
//
// A configuration problem stops everything but /health with 503. Only a caller who has shown the
// token learns what it is, unless the token itself is what is missing.

import type { MiddlewareHandler } from 'hono'
import { readControlToken } from '../config/env.ts'
import { ApiError } from './answer.ts'
import type { AppTypes, Ctx } from './deps.ts'

/** The subprotocol of the live socket. */
export const SUBPROTOCOL = 'kmm'

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

/** Lets a request pass only with the right token and a configuration that can work. */
export const guard: MiddlewareHandler<AppTypes> = async (c, next) => {
  const control = readControlToken(c.env)
  if (!control.ok) throw new ApiError(503, 'config', control.message)
  if (!(await sameSecret(presented(c), control.token))) {
    throw unauthorized('the token is not the control token')
  }
  const config = await c.var.deps.config()
  if (!config.ok) throw new ApiError(503, 'config', config.message)
  await next()
}
