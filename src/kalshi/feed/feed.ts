// Keeps one socket to Kalshi open for one market: dials, subscribes, listens, notices silence,
// redials.
//
// Frames go out through `onFrame`, which returns what it decoded, so that the feed sees the replies
// to its own commands. It knows nothing of books; clock, random numbers and timers are passed in.
// Each dial has a number, and events of a socket from an earlier dial are ignored.

import { backoffMs } from '../../core/vocabulary/backoff.ts'
import type { Frame, LogLevel } from '../../core/vocabulary/events.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { describe } from '../common/errors.ts'
import {
  CHANNELS,
  type Channel,
  listCommand,
  subscribeCommand,
  unsubscribeCommand,
} from '../common/requests.ts'

/** The part of a WebSocket that the feed uses. */
export interface FeedSocket {
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(
    type: 'message' | 'close' | 'error',
    listener: (event: {
      readonly data?: unknown
      readonly code?: number
      readonly reason?: string
    }) => void,
  ): void
}

interface FeedDeps {
  readonly ticker: string
  readonly dial: () => Promise<FeedSocket>
  readonly now: () => Millis
  /** 0 <= x < 1. */
  readonly random: () => number
  readonly setTimer: (run: () => void, ms: number) => unknown
  readonly clearTimer: (timer: unknown) => void
  /** The socket is open and all subscriptions have been sent. */
  readonly onUp: (at: Millis) => void
  /** The socket is gone; once for each `onUp`. */
  readonly onDown: (at: Millis, reason: string) => void
  /** Every text frame. Must return what it decoded, unchanged. */
  readonly onFrame: (text: string, at: Millis) => Frame
  readonly log: (
    level: LogLevel,
    event: string,
    detail: Readonly<Record<string, string | number | boolean | null>>,
  ) => void
}

interface FeedOptions {
  /** Silence after which a ping is sent, ms. */
  readonly pingAfterMs: number
  /** Silence after which the socket is dropped, ms; also the timeout of a dial or a command. */
  readonly deadAfterMs: number
  readonly backoffBaseMs: number
  readonly backoffCapMs: number
}

const DEFAULTS: FeedOptions = {
  pingAfterMs: 2_000,
  deadAfterMs: 10_000,
  backoffBaseMs: 250,
  backoffCapMs: 30_000,
}

// Error codes that end a subscription: channel error, and buffer overflow of a slow reader.
const TERMINAL_CODES: ReadonlySet<number> = new Set([10, 25])

interface PendingSubscribe {
  readonly channel: Channel
  readonly askedAt: Millis
}

/** The state of one open socket. */
class Session {
  readonly socket: FeedSocket
  lastFrameAt: Millis
  pingedAt: Millis
  /** Command ids are counted from 1; 0 would mean "no id". */
  lastId = 0
  readonly pending = new Map<number, PendingSubscribe>()
  readonly channelOf = new Map<number, Channel>()
  /** Refusals in a row, by channel. */
  readonly refusals = new Map<Channel, number>()
  readonly timers = new Set<unknown>()

  constructor(socket: FeedSocket, at: Millis) {
    this.socket = socket
    this.lastFrameAt = at
    this.pingedAt = at
  }
}

export class Feed {
  readonly #deps: FeedDeps
  readonly #options: FeedOptions
  #running = false
  /** Counts dials, losses and stops: a callback with an earlier number is late. */
  #dialNumber = 0
  #dialingSince: Millis | null = null
  #session: Session | null = null
  #retry: { readonly timer: unknown; readonly due: Millis } | null = null
  /** Dials since the last granted subscription. */
  #attempt = 0

  constructor(deps: FeedDeps, options: Partial<FeedOptions> = {}) {
    this.#deps = deps
    this.#options = { ...DEFAULTS, ...options }
  }

  /** True between `onUp` and `onDown`. */
  get up(): boolean {
    return this.#session !== null
  }

  /** When the last frame came, or null without a socket. */
  get lastFrameAt(): Millis | null {
    return this.#session?.lastFrameAt ?? null
  }

  /** Starts to dial, and keeps the socket open until `stop`. Does nothing when started already. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#attempt = 0
    this.#dial()
  }

  /** Closes the socket and stops dialing. */
  stop(): void {
    if (!this.#running) return
    this.#running = false
    this.#cancelRetry()
    this.#dialingSince = null
    this.#drop('stopped')
  }

  /**
   * Renews a subscription of the book: a fresh snapshot and a fresh sequence. The old one is
   * dropped first, because Kalshi answers a second subscribe with 'ok' and no snapshot.
   * @param sid the subscription that went wrong; one that is no longer ours is ignored
   */
  resubscribe(sid: number): void {
    const session = this.#session
    if (session === null) return
    const channel = session.channelOf.get(sid)
    if (channel === undefined) {
      this.#log('info', 'feed-resubscribe-ignored', { sid })
      return
    }
    session.channelOf.delete(sid)
    this.#send(session, (id) => unsubscribeCommand(id, sid))
    this.#subscribe(session, channel)
  }

  /**
   * Checks whether the connection is alive. Call it about once a second, or more often for a
   * smaller `pingAfterMs`.
   * @param pingAfterMs silence after which a ping is sent
   */
  check(at: Millis, pingAfterMs = this.#options.pingAfterMs): void {
    const { deadAfterMs } = this.#options
    const session = this.#session
    if (session === null) {
      if (this.#dialingSince !== null && at - this.#dialingSince >= deadAfterMs) {
        this.#failDial('the dial was not answered')
      } else if (this.#retry !== null && at >= this.#retry.due + deadAfterMs) {
        // The timer was lost.
        this.#dial()
      }
      return
    }
    const silence = at - session.lastFrameAt
    const overdue = [...session.pending.values()].find(({ askedAt }) => at - askedAt >= deadAfterMs)
    if (silence >= deadAfterMs) this.#lose(`nothing heard for ${silence} ms`)
    else if (overdue !== undefined) this.#lose(`no answer to subscribe ${overdue.channel}`)
    else if (silence >= pingAfterMs && at - session.pingedAt >= pingAfterMs) {
      session.pingedAt = at
      this.#send(session, listCommand)
    }
  }

  #dial(): void {
    this.#cancelRetry()
    const number = ++this.#dialNumber
    this.#dialingSince = this.#deps.now()
    void this.#connect(number)
  }

  async #connect(number: number): Promise<void> {
    let socket: FeedSocket
    try {
      socket = await this.#deps.dial()
    } catch (error) {
      if (number === this.#dialNumber) this.#failDial(describe(error))
      return
    }
    if (number === this.#dialNumber) this.#open(socket, number)
    else closeQuietly(socket, 'late')
  }

  #failDial(reason: string): void {
    this.#dialingSince = null
    this.#dialNumber++
    this.#log('warn', 'feed-dial-failed', { reason, attempt: this.#attempt })
    this.#scheduleDial()
  }

  #open(socket: FeedSocket, number: number): void {
    this.#dialingSince = null
    const at = this.#deps.now()
    const session = new Session(socket, at)
    // A throw inside a listener would kill the socket without a close event.
    const guarded = (run: () => void): void => {
      if (number !== this.#dialNumber) return
      try {
        run()
      } catch (error) {
        this.#log('error', 'feed-listener-failed', { error: describe(error) })
      }
    }
    socket.addEventListener('message', ({ data }) => guarded(() => this.#receive(session, data)))
    // One of these may come without the other, or both; the first ends the session.
    socket.addEventListener('close', ({ code, reason }) =>
      guarded(() => this.#lose(`closed ${code ?? ''} ${reason ?? ''}`.trimEnd())),
    )
    socket.addEventListener('error', () => guarded(() => this.#lose('socket error')))
    this.#session = session
    for (const channel of CHANNELS) {
      this.#subscribe(session, channel)
      // A send that failed has ended this session.
      if (this.#session !== session) return
    }
    this.#notify(() => this.#deps.onUp(at))
  }

  #receive(session: Session, data: unknown): void {
    const at = this.#deps.now()
    session.lastFrameAt = at
    if (typeof data !== 'string') {
      this.#log('warn', 'feed-frame-not-text', { kind: typeof data })
      return
    }
    const frame = this.#deps.onFrame(data, at)
    if (frame.type === 'subscribed') this.#granted(session, frame)
    else if (frame.type === 'error') this.#refused(session, frame)
    else if (frame.type === 'unsubscribed') session.channelOf.delete(frame.sid)
    else if (frame.type === 'ok') this.#unchanged(session, frame)
  }

  #granted(session: Session, frame: { id: number; channel: string; sid: number }): void {
    this.#attempt = 0
    const channel =
      session.pending.get(frame.id)?.channel ?? CHANNELS.find((name) => name === frame.channel)
    session.pending.delete(frame.id)
    if (channel === undefined) return
    session.refusals.delete(channel)
    session.channelOf.set(frame.sid, channel)
  }

  /** A subscribe to what is subscribed already is answered with 'ok' and its sid. */
  #unchanged(session: Session, frame: { id: number; sid: number }): void {
    const channel = session.pending.get(frame.id)?.channel
    session.pending.delete(frame.id)
    if (channel !== undefined && frame.sid > 0) session.channelOf.set(frame.sid, channel)
  }

  #refused(
    session: Session,
    frame: { id: number; sid: number; code: number; message: string },
  ): void {
    const { id, sid, code, message } = frame
    const ended = TERMINAL_CODES.has(code) ? session.channelOf.get(sid) : undefined
    if (ended !== undefined) {
      session.channelOf.delete(sid)
      this.#log('warn', 'feed-subscription-ended', { channel: ended, sid, code, message })
      this.#subscribe(session, ended)
      return
    }
    const channel = session.pending.get(id)?.channel
    session.pending.delete(id)
    this.#log('warn', 'feed-command-refused', { id, sid, code, message, channel: channel ?? null })
    if (channel !== undefined) this.#subscribeLater(session, channel)
  }

  #subscribe(session: Session, channel: Channel): void {
    const { ticker, now } = this.#deps
    const id = this.#send(session, (next) => subscribeCommand(next, channel, ticker))
    session.pending.set(id, { channel, askedAt: now() })
  }

  #subscribeLater(session: Session, channel: Channel): void {
    const refusals = session.refusals.get(channel) ?? 0
    session.refusals.set(channel, refusals + 1)
    const timer = this.#deps.setTimer(() => {
      session.timers.delete(timer)
      if (this.#session === session) this.#subscribe(session, channel)
    }, this.#backoff(refusals))
    session.timers.add(timer)
  }

  /** Sends a command and returns its id. A send that throws means that the socket is gone. */
  #send(session: Session, command: (id: number) => string): number {
    const id = ++session.lastId
    try {
      session.socket.send(command(id))
    } catch (error) {
      if (this.#session === session) this.#lose(`send failed: ${describe(error)}`)
    }
    return id
  }

  #lose(reason: string): void {
    this.#drop(reason)
    this.#scheduleDial()
  }

  #drop(reason: string): void {
    this.#dialNumber++
    const session = this.#session
    this.#session = null
    if (session === null) return
    for (const timer of session.timers) this.#deps.clearTimer(timer)
    closeQuietly(session.socket, reason)
    this.#log('info', 'feed-down', { reason })
    this.#notify(() => this.#deps.onDown(this.#deps.now(), reason))
  }

  #scheduleDial(): void {
    // The listener of the loss may have stopped or restarted the feed.
    if (!this.#running || this.#retry !== null || this.#dialingSince !== null) return
    const delay = this.#backoff(this.#attempt++)
    const timer = this.#deps.setTimer(() => {
      this.#retry = null
      if (this.#running) this.#dial()
    }, delay)
    this.#retry = { timer, due: this.#deps.now() + delay }
  }

  #cancelRetry(): void {
    if (this.#retry !== null) this.#deps.clearTimer(this.#retry.timer)
    this.#retry = null
  }

  /** Exponential with full jitter, so that makers that lost the exchange do not return together. */
  #backoff(attempt: number): number {
    const { backoffBaseMs, backoffCapMs } = this.#options
    return this.#deps.random() * backoffMs(attempt, backoffBaseMs, backoffCapMs)
  }

  #notify(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#log('error', 'feed-listener-failed', { error: describe(error) })
    }
  }

  #log: FeedDeps['log'] = (level, event, detail) => {
    try {
      this.#deps.log(level, event, { ticker: this.#deps.ticker, ...detail })
    } catch {
      // A failing log must not end the socket.
    }
  }
}

const closeQuietly = (socket: FeedSocket, reason: string): void => {
  try {
    // 1000 because other codes below 3000 may not be sent; reasons are limited to 123 bytes.
    socket.close(1000, reason.replace(/[^ -~]/g, '?').slice(0, 100))
  } catch {
    // Already gone.
  }
}
