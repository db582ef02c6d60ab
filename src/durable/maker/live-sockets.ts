// The sockets of the browsers that watch a maker. They hibernate with the object. Views are made at
// most five times a second, after the step and never inside it.

import type { Engine } from '../../core/maker/engine.ts'
import type { LiveView, MakerStatus } from '../../core/status/status.ts'
import { viewOf } from '../../core/status/view.ts'

const EVERY_MS = 200

export class LiveSockets {
  readonly #ctx: DurableObjectState
  readonly #engine: () => Engine | null
  readonly #known: () => Partial<MakerStatus>
  #timer: ReturnType<typeof setTimeout> | null = null
  #last = ''

  /** @param known the parts of the status that the engine does not know */
  constructor(
    ctx: DurableObjectState,
    engine: () => Engine | null,
    known: () => Partial<MakerStatus>,
  ) {
    this.#ctx = ctx
    this.#engine = engine
    this.#known = known
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** Answers an upgrade. The worker has chosen the subprotocol, if one was asked for. */
  accept(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.#ctx.acceptWebSocket(server)
    this.greet(server)
    const protocol = request.headers.get('sec-websocket-protocol')
    const headers = protocol === null ? {} : { 'sec-websocket-protocol': protocol }
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  greet(socket: WebSocket): void {
    const view = this.#view()
    if (view !== null) sendQuietly(socket, view)
  }

  /** Something may have changed. Cheap: called after every step. */
  touch(): void {
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#broadcast()
    }, EVERY_MS)
  }

  close(): void {
    for (const socket of this.#ctx.getWebSockets()) {
      try {
        socket.close(1000, 'removed')
      } catch {
        // Gone already.
      }
    }
  }

  #broadcast(): void {
    const sockets = this.#ctx.getWebSockets()
    if (sockets.length === 0) return
    const view = this.#view()
    if (view === null || view === this.#last) return
    this.#last = view
    for (const socket of sockets) sendQuietly(socket, view)
  }

  #view(): string | null {
    const engine = this.#engine()
    if (engine === null) return null
    const view: LiveView = viewOf(engine, Date.now())
    Object.assign(view.status, this.#known())
    return JSON.stringify(view)
  }
}

const sendQuietly = (socket: WebSocket, text: string): void => {
  try {
    socket.send(text)
  } catch {
    // Gone; its close event follows.
  }
}
