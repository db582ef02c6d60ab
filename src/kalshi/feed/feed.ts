// Keeps one socket to Kalshi open for one market: dials, subscribes, listens, notices silence,
// redials.
//
// It keeps all channels subscribed: what a list of subscriptions lacks is subscribed to again. It
// knows nothing of books; decoder, clock, random numbers and timers are passed in. Each dial has a
// number, and events of a socket from an earlier dial are ignored.

import { backoffMs } from '../../core/vocabulary/backoff.ts'
import type { Frame, Listed, LogLevel, OkFrame } from '../../core/vocabulary/events.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import { describe } from '../common/errors.ts'
import {
  CHANNELS,
  type Channel,
  GROUP_CHANNEL,
  listCommand,
  snapshotCommand,
  subscribeCommand,
  unsubscribeCommand,
} from '../common/requests.ts'
import { ForeignFrames } from './foreign-frames.ts'

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
  readonly decode: (text: string, at: Millis) => Frame
  /** Every frame but those about other markets; of an unbroken run of these, one. */
  readonly onFrame: (frame: Frame) => void
  readonly log: (
    level: LogLevel,
    event: string,
    detail: Readonly<Record<string, string | number | boolean | null>>,
  ) => void
}

interface FeedOptions {
  /** Silence after which the exchange is asked what is subscribed, ms. */
  readonly pingAfterMs: number
  /** The same where frames come: they may be those of other channels, ms. */
  readonly verifyEveryMs: number
  /** Silence after which the socket is dropped, ms; also the timeout of a dial or a command. */
  readonly deadAfterMs: number
  readonly backoffBaseMs: number
  readonly backoffCapMs: number
}

const DEFAULTS: FeedOptions = {
  pingAfterMs: 2_000,
  verifyEveryMs: 5_000,
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

interface Granted {
  readonly channel: Channel
  /** The command that asked for it: an answer to an earlier one cannot name it. */
  readonly id: number
}

/** The state of one open socket. */
class Session {
  readonly socket: FeedSocket
  lastFrameAt: Millis
  pingedAt: Millis
  /** When the exchange last said what is subscribed. */
  listedAt: Millis
  /** Command ids are counted from 1; 0 would mean "no id". */
  lastId = 0
  readonly pending = new Map<number, PendingSubscribe>()
  readonly granted = new Map<number, Granted>()
  /** Questions for the list of subscriptions that are not answered yet: when each was asked. */
  readonly questions = new Map<number, Millis>()
  /** An answer came without a list: from then on the book itself is asked for. */
  isListless = false
  readonly foreign = new ForeignFrames()
  /** Refusals in a row, by channel. */
  readonly refusals = new Map<Channel, number>()
  readonly timers = new Set<unknown>()
  /** Channels that are subscribed to later, after a refusal. */
  readonly waiting = new Set<Channel>()

  constructor(socket: FeedSocket, at: Millis) {
    this.socket = socket
    this.lastFrameAt = at
    this.pingedAt = at
    this.listedAt = at
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
  /** What is subscribed to on every socket. */
  readonly #channels: Channel[] = [...CHANNELS]
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

  /** When the last frame came that was about us, or null without a socket. */
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
   * Renews a subscription: a fresh sequence, and for the book a fresh snapshot. The old one is
   * dropped first, because Kalshi answers a second subscribe with 'ok' and no snapshot.
   * @param sid the subscription that went wrong; one that is no longer ours is ignored
   */
  resubscribe(sid: number): void {
    const session = this.#session
    if (session === null) return
    const channel = session.granted.get(sid)?.channel
    if (channel === undefined) {
      this.#log('info', 'feed-resubscribe-ignored', { sid })
      return
    }
    session.granted.delete(sid)
    this.#send(session, (id) => unsubscribeCommand(id, sid))
    this.#subscribe(session, channel)
  }

  /** Subscribes to one more channel from now on. It helps, and no socket is given up for it. */
  also(channel: typeof GROUP_CHANNEL): void {
    if (this.#channels.includes(channel)) return
    this.#channels.push(channel)
    if (this.#session !== null) this.#subscribe(this.#session, channel)
  }

  /** Drops the socket and dials anew. Does nothing without a socket. */
  reconnect(reason: string): void {
    if (this.#session !== null) this.#lose(reason)
  }

  /**
   * Checks whether the connection is alive and what is subscribed. Call it about once a second, or
   * more often for a smaller `pingAfterMs`.
   * @param pingAfterMs silence after which the exchange is asked what is subscribed
   */
  check(at: Millis, pingAfterMs = this.#options.pingAfterMs): void {
    const { deadAfterMs, verifyEveryMs } = this.#options
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
    const overdue = [...session.pending.values()].find(
      ({ askedAt, channel }) => channel !== GROUP_CHANNEL && at - askedAt >= deadAfterMs,
    )
    if (silence >= deadAfterMs) this.#lose(`nothing heard for ${silence} ms`)
    else if (overdue !== undefined) this.#lose(`no answer to subscribe ${overdue.channel}`)
    else if (at - session.listedAt >= 2 * deadAfterMs + verifyEveryMs) {
      this.#lose('no answer to what is subscribed')
    } else if (at - session.pingedAt >= (silence >= pingAfterMs ? pingAfterMs : verifyEveryMs)) {
      session.pingedAt = at
      this.#verify(session, at)
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
    for (const channel of this.#channels) {
      this.#subscribe(session, channel)
      // A send that failed has ended this session.
      if (this.#session !== session) return
    }
    this.#notify(() => this.#deps.onUp(at))
  }

  /** Asks what is subscribed; where that is not answered, for the book as it is. */
  #verify(session: Session, at: Millis): void {
    const book = session.isListless ? sidOf(session, 'orderbook_delta') : 0
    const id = this.#send(session, (next) =>
      book === 0 ? listCommand(next) : snapshotCommand(next, book, this.#deps.ticker),
    )
    session.questions.set(id, at)
    // Those that are never answered do not pile up.
    if (session.questions.size > 100) {
      session.questions.delete(session.questions.keys().next().value!)
    }
  }

  #receive(session: Session, data: unknown): void {
    const at = this.#deps.now()
    if (typeof data !== 'string') {
      this.#log('warn', 'feed-frame-not-text', { kind: typeof data })
      return
    }
    const frame = this.#deps.decode(data, at)
    const { before, held } = session.foreign.meet(frame)
    if (held) return
    if (frame.type !== 'other' && frame.type !== 'malformed') session.lastFrameAt = at
    if (frame.type === 'ok') frame.askedAt = session.questions.get(frame.id) ?? 0
    if (before !== null) this.#deps.onFrame(before)
    this.#deps.onFrame(frame)
    // What the maker did about the frame may have ended the session.
    if (this.#session !== session) return
    if (frame.type === 'subscribed') this.#grantedBy(session, frame)
    else if (frame.type === 'error') this.#refused(session, frame)
    else if (frame.type === 'unsubscribed') this.#unsubscribed(session, frame.sid)
    else if (frame.type === 'ok') this.#answered(session, frame)
    else if (frame.type === 'snapshot' && session.isListless) session.listedAt = at
  }

  #grantedBy(session: Session, frame: { id: number; channel: string; sid: number }): void {
    this.#attempt = 0
    const channel =
      session.pending.get(frame.id)?.channel ??
      this.#channels.find((name) => name === frame.channel)
    session.pending.delete(frame.id)
    if (channel === undefined) return
    session.granted.set(frame.sid, { channel, id: frame.id })
  }

  /** Ended without our asking: the maker renews the book itself, the others are renewed here. */
  #unsubscribed(session: Session, sid: number): void {
    const channel = session.granted.get(sid)?.channel
    session.granted.delete(sid)
    if (channel !== undefined) this.#subscribeLater(session, channel)
  }

  /** A subscribe to what is subscribed already is answered with 'ok' and its sid. */
  #answered(session: Session, frame: OkFrame): void {
    const { id, sid, listed } = frame
    const channel = session.pending.get(id)?.channel
    session.pending.delete(id)
    if (channel !== undefined && sid > 0) session.granted.set(sid, { channel, id })
    if (!session.questions.delete(id)) return
    session.listedAt = this.#deps.now()
    if (listed == null) session.isListless = true
    else this.#compare(session, listed, id)
  }

  /**
   * Compares a list with what was granted. What it lacks has ended without a word; what it shows
   * and we do not know of was granted, and the word of it was lost.
   */
  #compare(session: Session, listed: readonly Listed[], question: number): void {
    const sids = new Set(listed.map(({ sid }) => sid))
    for (const [sid, { channel, id }] of [...session.granted]) {
      if (id > question || sids.has(sid)) {
        if (id < question) session.refusals.delete(channel)
        continue
      }
      session.granted.delete(sid)
      this.#log('warn', 'feed-subscription-lost', { channel, sid })
      this.#subscribeLater(session, channel)
    }
    for (const [id, { channel }] of [...session.pending]) {
      const found = listed.find((line) => line.channel === channel)
      if (id > question || found === undefined || session.granted.has(found.sid)) continue
      session.pending.delete(id)
      session.granted.set(found.sid, { channel, id })
    }
  }

  #refused(
    session: Session,
    frame: { id: number; sid: number; code: number; message: string },
  ): void {
    const { id, sid, code, message } = frame
    session.questions.delete(id)
    const ended = TERMINAL_CODES.has(code) ? session.granted.get(sid)?.channel : undefined
    if (ended !== undefined) {
      session.granted.delete(sid)
      this.#log('warn', 'feed-subscription-ended', { channel: ended, sid, code, message })
      // At once, unless it has just been ended before.
      if ((session.refusals.get(ended) ?? 0) > 0) this.#subscribeLater(session, ended)
      else {
        session.refusals.set(ended, 1)
        this.#subscribe(session, ended)
      }
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
    if (session.waiting.has(channel)) return
    session.waiting.add(channel)
    const refusals = session.refusals.get(channel) ?? 0
    session.refusals.set(channel, refusals + 1)
    const timer = this.#deps.setTimer(() => {
      session.timers.delete(timer)
      session.waiting.delete(channel)
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

const sidOf = (session: Session, wanted: Channel): number => {
  for (const [sid, { channel }] of session.granted) if (channel === wanted) return sid
  return 0
}

const closeQuietly = (socket: FeedSocket, reason: string): void => {
  try {
    // 1000 because other codes below 3000 may not be sent; reasons are limited to 123 bytes.
    socket.close(1000, reason.replace(/[^ -~]/g, '?').slice(0, 100))
  } catch {
    // Already gone.
  }
}
