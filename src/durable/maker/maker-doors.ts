// The doors of a maker's object that lead past the engine: browsers that watch, readers of the tape, and
// whoever brings news from outside.
//
// Apart from the maker so that the loop and its life can be read without them. What stands behind each
// door is made by the maker, which knows its engine.

import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../config/env.ts'
import type { Engine } from '../../core/maker/engine.ts'
import type { MakerStatus } from '../../core/status/status.ts'
import { statusOf } from '../../core/status/view.ts'
import { type Answer, bad, good } from '../../rpc/contracts.ts'
import type { SignalUpdate } from '../../signals/signal/signal-update.ts'
import type { TapeTail } from '../../tape/writer.ts'
import type { LiveSockets } from './live-sockets.ts'
import type { MakerTape } from './maker-tape.ts'
import type { SignalListener } from './signal-listener.ts'

export abstract class MakerDoors extends DurableObject<Env> {
  protected live!: LiveSockets
  protected tape!: MakerTape
  protected signals!: SignalListener
  // Not a method, because methods can be called from outside.
  protected abstract readonly boot: () => Promise<void>

  async tapeTail(from: number, to: number): Promise<TapeTail> {
    return this.tape.tail(from, to)
  }

  /** Rows of the tape that are still unwritten; the shadow log is written too. */
  async flushTape(): Promise<number> {
    await this.signals.flush()
    return this.tape.flush()
  }

  /** News of prices elsewhere; false when they are not wanted. */
  async external(update: SignalUpdate): Promise<boolean> {
    await this.boot()
    return this.signals.receive(update)
  }

  /** The operator stands by the mapping. */
  async acknowledge(): Promise<Answer<{ acknowledged: true }>> {
    await this.boot()
    if (this.signals.acknowledge()) return good({ acknowledged: true })
    return bad(409, 'no-mapping', 'Nothing to acknowledge: no mapping is in use for this ticker')
  }

  /** The live socket. Only the worker can reach this, after it has checked the token. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      return new Response('Wanted a WebSocket upgrade', { status: 426 })
    }
    await this.boot()
    return this.live.accept(request)
  }

  override webSocketMessage(socket: WebSocket): void {
    this.live.greet(socket)
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 say that there was no code, and may not be sent back.
    socket.close(code >= 3000 || code === 1000 ? code : 1000)
  }
}

/** The engine's status with what only the shell knows. */
export const shellStatus = (
  engine: Engine,
  tape: MakerTape,
  signals: SignalListener,
  signedLate: number,
): MakerStatus => {
  const status = statusOf(engine, Date.now())
  status.counters.signed_on_hot_path = signedLate
  status.counters.tape_pending = tape.pending
  status.counters.tape_dropped = tape.dropped
  status.external = signals.status()
  return status
}
