// The HTTP server of the mock exchange: reads a request, applies faults, passes it to the REST
// routes or to the operator API, and upgrades signed WebSocket requests. It adds little delay: a
// body is answered as soon as it is complete, and sockets stay open and send at once.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { turnAway, whenRead } from '../common/http.ts'
import type { Gatekeeper } from './access/auth.ts'
import type { Exchange } from './exchange/exchange.ts'
import { type Answer, isRefusal, nested } from './exchange/refusal.ts'
import type { Faults } from './faults/faults.ts'
import type { Feed } from './feed/feed.ts'
import type { Admin } from './operator/admin.ts'
import type { LoggedRequest, RequestLog } from './rest/request-log.ts'
import type { Rest } from './rest/rest.ts'
import type { Waiters } from './waiters.ts'

const WS_PATH = '/trade-api/ws/v2'
const LARGEST_BODY = 4 * 1024 * 1024

interface HttpServerParts {
  readonly exchange: Exchange
  readonly rest: Rest
  readonly admin: Admin
  readonly gate: Gatekeeper
  readonly feed: Feed
  readonly faults: Faults
  readonly requests: RequestLog
  readonly waiters: Waiters
  /** Offers permessage-deflate to sockets. */
  readonly compress: boolean
}

/** The server; the caller lets `server` listen. */
export class HttpServer {
  readonly server: Server
  readonly #parts: HttpServerParts
  readonly #sockets: WebSocketServer
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(parts: HttpServerParts) {
    this.#parts = parts
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: parts.compress,
      autoPong: false,
    })
    this.server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
      const at = performance.now()
      whenRead(request, LARGEST_BODY, (text) => this.#serve(request, response, text, at))
    })
    this.server.keepAliveTimeout = 120_000
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    )
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      for (const timer of this.#timers) clearTimeout(timer)
      this.#sockets.close()
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }

  #serve(request: IncomingMessage, response: ServerResponse, text: string, at: number): void {
    const { admin, rest, requests, faults, waiters } = this.#parts
    const method = request.method ?? 'GET'
    const url = request.url ?? '/'
    if (url === '/admin' || url.startsWith('/admin/')) {
      this.#reply(response, admin.handle(method, url, text), null)
      return
    }
    const match = rest.match(method, url)
    const logged = requests.arrived(method, url, match.kind, text, at)
    waiters.notify()
    const trouble = faults.meet(match.kind)
    const answer = (): Answer => {
      try {
        return rest.handle({ method, url, headers: request.headers, text }, match)
      } catch (error) {
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
        console.error(`Mock exchange failed on ${method} ${url}: ${reason}`)
        return { status: 500, body: { error: { code: 'internal_server_error', message: reason } } }
      }
    }
    if (trouble === null) this.#reply(response, answer(), logged)
    else if (trouble.what === 'answer') {
      if (trouble.when === 'after') answer()
      this.#reply(response, trouble.answer, logged)
    } else if (trouble.what === 'delay') {
      if (trouble.when === 'before') {
        this.#later(trouble.ms, () => this.#reply(response, answer(), logged))
      } else {
        const ready = answer()
        this.#later(trouble.ms, () => this.#reply(response, ready, logged))
      }
    } else {
      answer()
      if (trouble.how === 'destroy') request.socket.destroy()
      waiters.notify()
    }
  }

  #reply(response: ServerResponse, answer: Answer, logged: LoggedRequest | null): void {
    const { exchange, requests, waiters } = this.#parts
    if (logged !== null) requests.answered(logged, answer.status)
    waiters.notify()
    if (response.destroyed) return
    const headers: Record<string, string | number> = {
      // From the exchange's own clock, by which clients may correct theirs.
      date: new Date(exchange.now()).toUTCString(),
    }
    if (answer.body === null) {
      response.writeHead(answer.status, headers).end()
      return
    }
    const text = JSON.stringify(answer.body)
    headers['content-type'] = 'application/json'
    headers['content-length'] = Buffer.byteLength(text)
    response.writeHead(answer.status, headers).end(text)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { faults, feed, gate, waiters } = this.#parts
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '/').split('?', 1)[0]!
    if (path !== WS_PATH) {
      turnAwayJson(socket, 404, { error: { code: 'not_found', message: 'not found' } })
      return
    }
    const refused = faults.meetDial()
    if (refused !== null) {
      turnAwayJson(socket, refused, { error: { code: 'dial_refused', message: 'dial refused' } })
      waiters.notify()
      return
    }
    const admitted = gate.admit(request.headers, 'GET', path)
    if (isRefusal(admitted)) {
      const { status, body } = nested(admitted)
      turnAwayJson(socket, status, body)
      return
    }
    if (!feed.admits(admitted.account)) {
      turnAwayJson(socket, 429, { error: 'too many connections' })
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      feed.attach(webSocket, admitted.account, admitted.subaccount)
      webSocket.on('close', () => waiters.notify())
      waiters.notify()
    })
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }
}

const turnAwayJson = (socket: Duplex, status: number, body: unknown): void =>
  turnAway(socket, status, 'application/json', JSON.stringify(body))
