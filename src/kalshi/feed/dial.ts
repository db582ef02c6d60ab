// Opens the socket to Kalshi by an HTTP upgrade, the only way to send signed headers with it.
//
// Each dial is signed anew. A refusal carries the status and what the exchange wrote, because
// "connection failed" does not tell an operator which key is wrong.

import type { HeaderPool } from '../auth/sign.ts'
import { describe, readError } from '../common/errors.ts'
import type { FeedSocket } from './feed.ts'

/** The part of fetch that is used: the global one, or a stand-in. */
export type Fetcher = (url: string, init: RequestInit) => Promise<Response>

/**
 * Dials the exchange.
 * @param wsUrl ws:// or wss://, with its path
 * @throws Error that says what the exchange answered, or why it could not be reached
 */
export const dialKalshi = async (
  wsUrl: string,
  pool: HeaderPool,
  fetcher: Fetcher,
): Promise<FeedSocket> => {
  const url = new URL(wsUrl)
  // fetch upgrades http(s) URLs; ws:// -> http://, wss:// -> https://.
  url.protocol = url.protocol.replace(/^ws/, 'http')
  const signed = await pool.fresh('GET', url.pathname)
  const init: RequestInit = { headers: { Upgrade: 'websocket', ...signed } }
  let response: Response & { webSocket?: (FeedSocket & { accept(): void }) | null }
  try {
    response = (await fetcher(url.href, init)) as typeof response
  } catch (error) {
    throw new Error(`Dialing ${url.host} failed: ${describe(error)}`)
  }
  const socket = response.webSocket
  if (!socket) throw await explain(url.host, response, pool)
  socket.accept()
  return socket
}

const explain = async (host: string, response: Response, pool: HeaderPool): Promise<Error> => {
  const body = await response.text().catch(() => '')
  const { code, detail } = readError(response.status, body)
  if (code === 'header_timestamp_expired') correctClock(response, pool)
  const found = `HTTP ${response.status} ${code}${detail === '' ? '' : ` (${detail})`}`
  return new Error(`Dialing ${host} refused: found ${found}, wanted 101 Switching Protocols`)
}

/**
 * Sets the pool's clock by an answer's Date header; null when there is none. Returns the offset.
 */
export const correctClock = (response: Response, pool: HeaderPool): number | null => {
  const date = Date.parse(response.headers.get('date') ?? '')
  // The header has whole seconds: half a second is the best guess for the rest.
  return Number.isNaN(date) ? null : pool.correctClock(date + 500)
}
