// Binds a feed's object to the real world: fetch with a deadline, sockets, hashes.
//
// Requests carry no key of ours in a header, and no error names an address: one of the venues takes
// its key in the query.

import { asDecimal, asObject, asText } from '../../signals/common/json.ts'
import { DialRefused, type Fetched, fetchedOf, type WireSocket } from '../../signals/feeds/feed.ts'
import type { KalshiFacts } from '../../signals/matching/verify.ts'

const PATIENCE_MS = 10_000

/** One GET whose body is read whole. Rejects when nothing has answered within ten seconds. */
export const getJson = async (url: string): Promise<Fetched> => {
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return fetchedOf(answer.status, await answer.text(), (name) => answer.headers.get(name))
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    const { host } = new URL(url)
    throw new Error(late ? `${host}: no answer within 10 s` : `${host} could not be reached`)
  }
}

/** @throws DialRefused with the status, or with 0 where nothing answered */
export const dialPlain = async (wsUrl: string): Promise<WireSocket> => {
  const url = new URL(wsUrl)
  url.protocol = url.protocol.replace(/^ws/, 'http')
  let answer: Response
  try {
    answer = await fetch(url.href, { headers: { Upgrade: 'websocket' } })
  } catch {
    throw new DialRefused(0, `${url.host} could not be reached`)
  }
  const socket = answer.webSocket
  if (!socket) {
    await answer.body?.cancel().catch(() => undefined)
    throw new DialRefused(
      answer.status,
      `${url.host} refused the socket: found status ${answer.status}, wanted 101`,
    )
  }
  socket.accept()
  return socket as unknown as WireSocket
}

export const sha256 = async (text: string): Promise<string> => {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The public row of a market at our own venue, as far as the checks of a mapping need it. */
export const kalshiFacts = async (restUrl: string, ticker: string): Promise<KalshiFacts> => {
  const { status, body } = await getJson(`${restUrl}/markets/${encodeURIComponent(ticker)}`)
  const market = asObject(asObject(body)?.market)
  if (status !== 200 || market === null) {
    throw new Error(`Market ${ticker}: found status ${status}, wanted 200 and the market`)
  }
  const strike = asDecimal(market.floor_strike)
  return {
    open: market.status === 'active',
    floorStrike: Number.isNaN(strike) ? null : strike,
    rulesSha256: await sha256(asText(market.rules_primary) + asText(market.rules_secondary)),
  }
}
