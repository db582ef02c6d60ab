// A small client of the mock exchange for its own tests: signs with node:crypto, keeps every frame,
// and waits for frames by condition. It shares nothing with the product's client.

import { constants, sign as signBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import type { ClientKey } from '../../../mocks/kalshi/access/keys.ts'
import type { MockKalshi } from '../../../mocks/kalshi/server.ts'

export type Json = Record<string, unknown>

/** The three headers for a request. `text` replaces what is signed, to sign wrongly on purpose. */
export const signed = (
  key: ClientKey,
  method: string,
  path: string,
  at: number,
  text = `${at}${method}${path}`,
): Record<string, string> => {
  const bytes = Buffer.from(text)
  const signature = /BEGIN RSA|PRIVATE KEY/.test(key.pem)
    ? isEd25519(key.pem)
      ? signBytes(null, bytes, key.pem)
      : signBytes('sha256', bytes, {
          key: key.pem,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: 32,
        })
    : Buffer.alloc(0)
  return {
    'KALSHI-ACCESS-KEY': key.keyId,
    'KALSHI-ACCESS-TIMESTAMP': String(at),
    'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
  }
}

/** An Ed25519 PKCS#8 file is a few lines; an RSA one is dozens. */
const isEd25519 = (pem: string): boolean => pem.length < 200

export interface Reply {
  readonly status: number
  readonly body: Json
  readonly headers: Headers
}

/** A signed request. `path` begins behind /trade-api/v2 and may have a query. */
export const ask = async (
  mock: MockKalshi,
  method: string,
  path: string,
  body?: unknown,
  key: ClientKey = mock.keys.ed25519,
): Promise<Reply> => {
  const bare = `/trade-api/v2${path}`.split('?', 1)[0]!
  const response = await fetch(mock.url + path, {
    method,
    headers: {
      ...signed(key, method, bare, mock.exchange.now()),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return read(response)
}

export const read = async (response: Response): Promise<Reply> => {
  const text = await response.text()
  const body = text === '' ? {} : (JSON.parse(text) as Json)
  return { status: response.status, body, headers: response.headers }
}

/** A create body with everything required. */
export const order = (
  ticker: string,
  id: string,
  side: 'bid' | 'ask',
  price: string,
  count: string,
): Json => ({
  ticker,
  client_order_id: id,
  side,
  price,
  count,
  time_in_force: 'good_till_canceled',
  self_trade_prevention_type: 'taker_at_cross',
})

export interface WireFrame {
  readonly id?: number
  readonly type: string
  readonly sid?: number
  readonly seq?: number
  readonly sending_ts_ms?: number
  readonly msg?: Json
}

/** A socket that remembers what it heard. */
export class Listener {
  readonly frames: WireFrame[] = []
  readonly raw: string[] = []
  readonly pings: string[] = []
  closed = false
  readonly #socket: WebSocket
  readonly #waiting = new Set<() => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      this.raw.push(data.toString())
      try {
        this.frames.push(JSON.parse(data.toString()))
      } catch {
        // Spoiled on purpose by a fault; `raw` has it.
      }
      for (const look of [...this.#waiting]) look()
    })
    socket.on('ping', (data) => {
      this.pings.push(data.toString())
      for (const look of [...this.#waiting]) look()
    })
    socket.on('close', () => {
      this.closed = true
      for (const look of [...this.#waiting]) look()
    })
  }

  /** Dials; rejects with the HTTP status when refused. */
  static dial(mock: MockKalshi, key: ClientKey = mock.keys.ed25519): Promise<Listener> {
    const headers = signed(key, 'GET', '/trade-api/ws/v2', mock.exchange.now())
    const socket = new WebSocket(mock.wsUrl, { headers })
    const listener = new Listener(socket)
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(listener))
      socket.on('unexpected-response', (_request, response) => {
        reject(new Error(`Dial refused: ${response.statusCode}`))
      })
      socket.on('error', reject)
    })
  }

  send(command: Json): void {
    this.#socket.send(JSON.stringify(command))
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  ping(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('pong', () => resolve())
      this.#socket.ping('are you there')
    })
  }

  /** Frames of a type so far. */
  of(type: string): WireFrame[] {
    return this.frames.filter((frame) => frame.type === type)
  }

  /** Resolves when the condition holds, checked after each message. */
  until(holds: () => boolean, what = 'frames'): Promise<void> {
    return new Promise((resolve, reject) => {
      // Only against a test that would hang.
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`Waiting for ${what} failed; heard ${this.raw.slice(-5).join('\n')}`))
      }, 300_000)
      const look = (): void => {
        if (!holds()) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Sends a command and waits for the replies that carry its id. */
  async command(command: Json & { id: number }, replies = 1): Promise<WireFrame[]> {
    this.send(command)
    const mine = (): WireFrame[] => this.frames.filter((frame) => frame.id === command.id)
    await this.until(() => mine().length >= replies, `reply to ${JSON.stringify(command)}`)
    return mine()
  }

  /** Subscribes to these channels and waits for the reply of each; sids count from 1. */
  subscribe(channels: string[], params: Json = {}): Promise<WireFrame[]> {
    const command = { id: 1, cmd: 'subscribe', params: { channels, ...params } }
    return this.command(command, channels.length)
  }

  /** Resolves when so many frames of a type have come. */
  count(type: string, count = 1): Promise<void> {
    return this.until(() => this.of(type).length === count, type)
  }

  /** What was agreed on at the dial. */
  get extensions(): string {
    return this.#socket.extensions
  }

  close(): void {
    this.#socket.terminate()
  }
}
