// Holds the one connection to Polymarket's market channel: dials, keeps it awake, drops it when
// silent.
//
// Out: frames, as text. It must not know books. It sends the text PING every ten seconds; any frame
// is a sign of life, and twenty seconds without one end the connection. Dials back off from one
// second to thirty; a host that refuses us outright is dialled again only every ten minutes.

import { backoffMs } from '../../core/vocabulary/backoff.ts'
import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { Liveness, SILENCE_LIMIT } from '../common/freshness.ts'
import { PING } from '../polymarket/market-wire.ts'
import { DialRefused, type FeedWorld, type WireSocket } from './feed.ts'

const PING_EVERY: Millis = 10_000
const FIRST_WAIT: Millis = 1_000
const LONGEST_WAIT: Millis = 30_000
const BLOCKED_WAIT: Millis = 600_000
/** A dial that has not been answered by then will not be. */
const DIAL_PATIENCE: Millis = 15_000

export interface SocketHooks {
  /** Open: what is sent now is the first message. */
  onOpen(): void
  onFrame(text: string, at: Millis): void
  /** The connection is gone, and everything known through it. */
  onLost(reason: string): void
}

export class MarketSocket {
  readonly #world: FeedWorld
  readonly #url: string
  readonly #hooks: SocketHooks
  readonly #life = new Liveness()
  #socket: WireSocket | null = null
  #wanted = false
  /** Whatever a socket of an earlier turn still says is ignored. */
  #turn = 0
  #dialledAt: Millis = Number.NaN
  #nextDial: Millis = 0
  #attempts = 0
  #pingAt: Millis = 0
  /** Why the host refuses us; '' when it does not. */
  blocked = ''
  /** Connections that were opened so far. */
  opened = 0

  constructor(world: FeedWorld, url: string, hooks: SocketHooks) {
    this.#world = world
    this.#url = url
    this.#hooks = hooks
  }

  get isOpen(): boolean {
    return this.#socket !== null
  }

  /** Our clock at the last sign of life; NaN while there is no connection. */
  get lastAlive(): Millis {
    return this.#life.lastAlive
  }

  send(text: string): void {
    try {
      this.#socket?.send(text)
    } catch (error) {
      this.#lose(messageOf(error))
    }
  }

  /** Asks for a connection, or gives it up. */
  want(wanted: boolean): void {
    this.#wanted = wanted
    if (wanted) this.check(this.#world.now())
    else if (this.#socket !== null) this.#lose('not wanted')
  }

  /** Called each second. */
  check(at: Millis): void {
    if (this.#socket !== null) {
      if (!this.#life.alive(at)) this.#lose(`nothing heard for ${SILENCE_LIMIT / 1000} s`)
      else if (at >= this.#pingAt || at < this.#pingAt - PING_EVERY) {
        this.#pingAt = at + PING_EVERY
        this.send(PING)
      }
      return
    }
    if (!this.#wanted) return
    const dialling = !Number.isNaN(this.#dialledAt)
    if (dialling && at - this.#dialledAt < DIAL_PATIENCE && at >= this.#dialledAt) return
    if (at < this.#nextDial && this.#nextDial - at <= BLOCKED_WAIT) return
    void this.#dial(at)
  }

  async #dial(at: Millis): Promise<void> {
    const turn = ++this.#turn
    this.#dialledAt = at
    try {
      const socket = await this.#world.dial(this.#url)
      if (turn !== this.#turn || !this.#wanted) {
        closeQuietly(socket)
        return
      }
      this.#open(socket, turn)
    } catch (error) {
      if (turn === this.#turn) this.#refused(error)
    }
  }

  #open(socket: WireSocket, turn: number): void {
    const now = this.#world.now()
    this.#dialledAt = Number.NaN
    this.#socket = socket
    this.#life.received(now)
    this.#pingAt = now + PING_EVERY
    this.blocked = ''
    this.opened++
    const lost = (reason: string) => () => {
      if (turn === this.#turn) this.#lose(reason)
    }
    socket.addEventListener('close', lost('closed'))
    socket.addEventListener('error', lost('failed'))
    socket.addEventListener('message', ({ data }) => {
      if (turn !== this.#turn || typeof data !== 'string') return
      const at = this.#world.now()
      this.#life.received(at)
      this.#attempts = 0
      // A listener that throws would kill the socket silently.
      try {
        this.#hooks.onFrame(data, at)
      } catch (error) {
        this.#world.log('error', 'external-frame-failed', { detail: messageOf(error) })
      }
    })
    this.#hooks.onOpen()
  }

  #refused(error: unknown): void {
    const now = this.#world.now()
    this.#dialledAt = Number.NaN
    const status = error instanceof DialRefused ? error.status : 0
    const reason = messageOf(error)
    if (status === 403 || status === 451) {
      if (this.blocked === '') this.#world.log('error', 'external-blocked', { detail: reason })
      this.blocked = reason
      this.#nextDial = now + BLOCKED_WAIT
      return
    }
    this.#world.log('warn', 'external-dial-failed', { detail: reason })
    this.#later(now)
  }

  #lose(reason: string): void {
    const socket = this.#socket
    this.#socket = null
    this.#turn++
    this.#life.lost()
    if (socket !== null) closeQuietly(socket)
    this.#hooks.onLost(reason)
    if (!this.#wanted) return
    this.#world.log('warn', 'external-connection-lost', { reason })
    this.#later(this.#world.now())
  }

  #later(now: Millis): void {
    // Between half and the whole of the wait, so that many of us do not return together.
    const wait = backoffMs(this.#attempts++, FIRST_WAIT, LONGEST_WAIT)
    this.#nextDial = now + wait * (0.5 + this.#world.random() / 2)
  }
}

const closeQuietly = (socket: WireSocket): void => {
  try {
    socket.close(1000)
  } catch {
    // Gone already.
  }
}
