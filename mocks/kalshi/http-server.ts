// The HTTP server: reads a request, lets faults have their way with it, passes it to the REST routes
// or to the operator's door, and upgrades signed WebSocket dials. Built to add little: bodies are
// answered in the turn in which they are complete, sockets send without delay and stay open.

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
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

export interface DoorParts {
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

export interface Door {
  readonly server: Server
  close(): Promise<void>
}

/** Makes the server; the caller lets it listen. */
export const openDoor = (parts: DoorParts): Door => {
  const { exchange, rest, admin, gate, feed, faults, requests, waiters } = parts
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }

  const reply = (response: ServerResponse, answer: Answer, logged: LoggedRequest | null): void => {
    if (logged !== null) requests.answered(logged, answer.status)
    waiters.poke()
    if (response.destroyed) return
    const headers: Record<string, string | number> = {
      // Of the exchange's own clock, by which clients may correct theirs.
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

  const serve = (
    request: IncomingMessage,
    response: ServerResponse,
    text: string,
    at: number,
  ): void => {
    const method = request.method ?? 'GET'
    const url = request.url ?? '/'
    if (url === '/admin' || url.startsWith('/admin/')) {
      reply(response, admin.handle(method, url, text), null)
      return
    }
    const match = rest.match(method, url)
    const logged = requests.arrived(method, url, match.kind, text, at)
    waiters.poke()
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
    if (trouble === null) reply(response, answer(), logged)
    else if (trouble.what === 'answer') {
      if (trouble.when === 'after') answer()
      reply(response, trouble.answer, logged)
    } else if (trouble.what === 'delay') {
      if (trouble.when === 'before') later(trouble.ms, () => reply(response, answer(), logged))
      else {
        const ready = answer()
        later(trouble.ms, () => reply(response, ready, logged))
      }
    } else {
      answer()
      if (trouble.how === 'destroy') request.socket.destroy()
      waiters.poke()
    }
  }

  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    const at = performance.now()
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > LARGEST_BODY) request.destroy()
      else chunks.push(chunk)
    })
    request.on('end', () => {
      const text = chunks.length === 0 ? '' : Buffer.concat(chunks).toString()
      serve(request, response, text, at)
    })
  })
  server.keepAliveTimeout = 120_000

  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: parts.compress,
    autoPong: false,
  })
  const turnAway = (socket: Duplex, status: number, body: unknown): void => {
    const text = JSON.stringify(body)
    const title = STATUS_CODES[status] ?? 'Error'
    socket.end(
      `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
    )
  }
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const url = request.url ?? '/'
    const path = url.split('?', 1)[0]!
    if (path !== WS_PATH) {
      turnAway(socket, 404, { error: { code: 'not_found', message: 'not found' } })
      return
    }
    const refused = faults.meetDial()
    if (refused !== null) {
      turnAway(socket, refused, { error: { code: 'dial_refused', message: 'dial refused' } })
      waiters.poke()
      return
    }
    const admitted = gate.admit(request.headers, 'GET', path)
    if (isRefusal(admitted)) {
      const { status, body } = nested(admitted)
      turnAway(socket, status, body)
      return
    }
    if (!feed.admits(admitted.account)) {
      turnAway(socket, 429, { error: 'too many connections' })
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      feed.attach(webSocket, admitted.account, admitted.subaccount)
      webSocket.on('close', () => waiters.poke())
      waiters.poke()
    })
  })

  return {
    server,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer)
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
