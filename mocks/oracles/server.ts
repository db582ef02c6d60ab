// Opens the mock oracles on loopback, on one port: Polymarket's metadata under /gamma, its books
// under /clob, its market channel at /ws/market, The Odds API under /v4, and the operator API under
// /admin. Only the transport is here; `oracles.ts` decides every answer.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { turnAway, whenRead } from '../common/http.ts'
import { PAGE } from './common/trouble.ts'
import { admin } from './operator.ts'
import { Oracles, type OraclesOptions, type Outcome } from './oracles.ts'
import type { Wire } from './polymarket/channel.ts'

const TICK_MS = 50
const LARGEST_BODY = 1024 * 1024
const SOCKET_PATH = '/ws/market'

export interface MockOraclesOptions extends OraclesOptions {
  /** 0 = any free one. */
  readonly port?: number
  readonly now?: () => Millis
  /** False: nothing happens without a call of `tick`. For tests with their own clock. */
  readonly timers?: boolean
}

export interface MockOracles {
  readonly port: number
  /** http://127.0.0.1:PORT/gamma, /clob, /v4, /admin, and ws://127.0.0.1:PORT/ws/market */
  readonly gammaUrl: string
  readonly clobUrl: string
  readonly oddsUrl: string
  readonly adminUrl: string
  readonly wsUrl: string
  readonly oddsKey: string
  readonly oracles: Oracles
  /** Carries out what is due by now. */
  tick(): void
  close(): Promise<void>
}

const wireOf = (socket: WebSocket): Wire => ({
  send: (text) => {
    if (socket.readyState === socket.OPEN) socket.send(text)
  },
  close: (code) => socket.close(code),
  cut: () => socket.terminate(),
})

const reply = (response: ServerResponse, outcome: Outcome): void => {
  response
    .writeHead(outcome.status, {
      ...outcome.headers,
      'content-type': outcome.contentType,
      'content-length': Buffer.byteLength(outcome.text),
    })
    .end(outcome.text)
}

/** Opens both sources. */
export const startMockOracles = async (options: MockOraclesOptions = {}): Promise<MockOracles> => {
  const now = options.now ?? Date.now
  const oracles = new Oracles(options, now())

  const serve = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const method = request.method ?? 'GET'
    const url = request.url ?? '/'
    try {
      if (url.startsWith('/admin/')) {
        const { status, body } = admin(oracles, method, url, text, now())
        const contentType = 'application/json'
        reply(response, { status, contentType, headers: {}, text: JSON.stringify(body) })
        return
      }
      const outcome = oracles.answer(method, url, text, now())
      // Null is never answered: the caller has to time out.
      if (outcome !== null) reply(response, outcome)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      // The path alone: the query of The Odds API holds a key.
      console.error(`Mock oracles failed on ${method} ${url.split('?', 1)[0]}: ${reason}`)
      reply(response, { status: 500, contentType: 'text/plain', headers: {}, text: reason })
    }
  }

  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    whenRead(request, LARGEST_BODY, (text) => serve(request, response, text))
  })

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_BODY })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if ((request.url ?? '/').split('?', 1)[0] !== SOCKET_PATH) {
      turnAway(socket, 404, 'text/html', PAGE)
      return
    }
    const refused = oracles.troubles.polymarket.meetDial()
    if (refused !== null) {
      turnAway(socket, refused, 'text/html', PAGE)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const wire = wireOf(webSocket)
      oracles.channel.attach(wire, oracles.step(now()))
      webSocket.on('message', (data, binary) => {
        if (!binary) oracles.channel.receive(wire, String(data), oracles.step(now()))
      })
      webSocket.on('close', () => oracles.channel.detach(wire))
      webSocket.on('error', () => webSocket.terminate())
    })
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const tick = (): void => {
    oracles.step(now())
  }
  const timer = options.timers === false ? null : setInterval(tick, TICK_MS)
  const root = `http://127.0.0.1:${port}`
  return {
    port,
    gammaUrl: `${root}/gamma`,
    clobUrl: `${root}/clob`,
    oddsUrl: `${root}/v4`,
    adminUrl: `${root}/admin`,
    wsUrl: `ws://127.0.0.1:${port}${SOCKET_PATH}`,
    oddsKey: oracles.quota.key,
    oracles,
    tick,
    close: () =>
      new Promise((resolve) => {
        if (timer !== null) clearInterval(timer)
        oracles.channel.drop()
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
