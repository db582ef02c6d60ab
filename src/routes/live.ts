// The live socket: hands a WebSocket request on to the maker's object, which keeps the socket.
//
// The object gets a new request without the token, so that neither the token nor anything else that
// the client has sent reaches it.

import { ApiError, reach } from './answer.ts'
import type { Handler } from './deps.ts'
import { offeredProtocols, SUBPROTOCOL } from './guard.ts'
import { readTicker } from './request.ts'
import { registeredMaker } from './tickers.ts'

/** What the maker's object is asked. */
const LIVE_URL = 'https://maker/live'

/** GET /tickers/{ticker}/live */
export const liveSocket: Handler = async (c) => {
  const ticker = readTicker(c)
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new ApiError(426, 'upgrade-required', 'Request refused: wanted a WebSocket upgrade')
  }
  const maker = await registeredMaker(c.var.deps, ticker)
  const protocol = offeredProtocols(c).includes(SUBPROTOCOL) ? SUBPROTOCOL : null
  const headers = new Headers({ upgrade: 'websocket' })
  if (protocol !== null) headers.set('sec-websocket-protocol', protocol)
  const answer = await reach(
    'maker-unreachable',
    `Maker ${ticker} did not open a live socket`,
    maker.fetch(new Request(LIVE_URL, { headers })),
  )
  const socket = (answer as { webSocket?: unknown }).webSocket
  if (socket === null || socket === undefined) {
    throw new ApiError(
      502,
      'maker-unreachable',
      `Maker ${ticker} did not open a live socket: it answered ${answer.status}`,
    )
  }
  return c.var.deps.upgrade(socket, protocol)
}
