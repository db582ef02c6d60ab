// Polymarket's market channel: who listens to which tokens, and what is sent to whom.
//
// A socket is a `Wire` here, and time is an argument, so that heartbeats and delays can be tried
// without waiting. There are no acknowledgements and no sequence numbers; a subscription that
// works is seen by its books arriving. Who does not say PING for a while, or subscribes to
// nothing, is closed.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { spoil, type Trouble } from '../common/trouble.ts'
import type { Message } from './market.ts'

/** The far side of a socket. */
export interface Wire {
  send(text: string): void
  /** A close frame, then the end. */
  close(code: number): void
  /** Cut without a word. */
  cut(): void
}

export interface ChannelOptions {
  /** Without a PING for so long a socket is closed, in ms. Default 15000. */
  readonly pingTimeoutMs: Millis
  /** Without a subscription for so long too. Default 10000. */
  readonly subscribeTimeoutMs: Millis
  /** Tokens per socket. Default 500. */
  readonly tokensPerSocket: number
}

/** The books to begin with: of one token, or null when there is no such token. */
export type Snapshot = (token: string) => Message | null

class Session {
  readonly wire: Wire
  readonly tokens = new Set<string>()
  custom = false
  heardAt: Millis
  readonly openedAt: Millis
  /** Texts on their way, in order. */
  readonly outbox: { readonly due: Millis; readonly text: string }[] = []

  constructor(wire: Wire, at: Millis) {
    this.wire = wire
    this.heardAt = at
    this.openedAt = at
  }
}

/** What the venue says to a text that it cannot use. */
const INVALID = 'INVALID OPERATION'

const tokensIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((token): token is string => typeof token === 'string') : []

export class Channel {
  readonly #sessions = new Map<Wire, Session>()
  readonly #trouble: Trouble
  readonly #snapshot: Snapshot
  readonly #options: ChannelOptions
  /** Frames sent and PINGs heard, for the operator. */
  sent = 0
  pings = 0

  constructor(trouble: Trouble, snapshot: Snapshot, options: ChannelOptions) {
    this.#trouble = trouble
    this.#snapshot = snapshot
    this.#options = options
  }

  get connections(): number {
    return this.#sessions.size
  }

  get subscriptions(): number {
    let count = 0
    for (const { tokens } of this.#sessions.values()) count += tokens.size
    return count
  }

  attach(wire: Wire, at: Millis): void {
    this.#sessions.set(wire, new Session(wire, at))
  }

  detach(wire: Wire): void {
    this.#sessions.delete(wire)
  }

  /** A text from a client. */
  receive(wire: Wire, text: string, at: Millis): void {
    const session = this.#sessions.get(wire)
    if (session === undefined) return
    if (text === 'PING') {
      this.pings++
      session.heardAt = at
      this.#post(session, 'PONG', at)
      return
    }
    let body: Readonly<Record<string, unknown>> | null = null
    try {
      body = JSON.parse(text)
    } catch {
      // Said below, as for every text without sense.
    }
    const first = body?.type === 'market' || body?.type === 'MARKET'
    const tokens = tokensIn(body?.assets_ids)
    if (first || body?.operation === 'subscribe') {
      this.#subscribe(session, tokens, body!, at)
    } else if (body?.operation === 'unsubscribe') {
      for (const token of tokens) session.tokens.delete(token)
    } else this.#post(session, INVALID, at)
  }

  /** Sends what has happened to those who asked for it. */
  publish(messages: readonly Message[], at: Millis): void {
    for (const message of messages) {
      let text: string | null = null
      for (const session of this.#sessions.values()) {
        if (message.extra && !session.custom) continue
        if (!message.tokens.some((token) => session.tokens.has(token))) continue
        text ??= JSON.stringify(message.body)
        this.#frame(session, text, at)
      }
    }
  }

  /** A text to everybody who listens, whatever it is. */
  raw(text: string, at: Millis): void {
    for (const session of this.#sessions.values()) this.#post(session, text, at)
  }

  /** Delivers what is due, and closes who has been silent for too long. */
  step(at: Millis): void {
    for (const session of [...this.#sessions.values()]) {
      this.#deliver(session, at)
      const unused = session.tokens.size === 0
      const quiet = at - session.heardAt >= this.#options.pingTimeoutMs
      if (!quiet && !(unused && at - session.openedAt >= this.#options.subscribeTimeoutMs)) continue
      this.detach(session.wire)
      session.wire.close(1000)
    }
  }

  /** Cuts every socket. The result is their number. */
  drop(): number {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    for (const { wire } of sessions) wire.cut()
    return sessions.length
  }

  #subscribe(session: Session, tokens: string[], body: Record<string, unknown>, at: Millis): void {
    if (typeof body.custom_feature_enabled === 'boolean') {
      session.custom = body.custom_feature_enabled
    }
    const books: unknown[] = []
    for (const token of tokens) {
      if (session.tokens.size >= this.#options.tokensPerSocket) break
      const message = this.#snapshot(token)
      // Unknown tokens are passed over in silence.
      if (message === null) continue
      session.tokens.add(token)
      books.push(message.body)
    }
    if (body.initial_dump === false || books.length === 0) return
    this.#frame(session, JSON.stringify(books.length === 1 ? books[0] : books), at)
  }

  #frame(session: Session, text: string, at: Millis): void {
    if (this.#trouble.silent) return
    const form = this.#trouble.meetText()
    this.#post(session, form === null ? text : spoil(text, form), at)
  }

  #post(session: Session, text: string, at: Millis): void {
    // Silence loses; it does not store.
    if (this.#trouble.silent) return
    session.outbox.push({ due: at + this.#trouble.delayMs, text })
    this.#deliver(session, at)
  }

  /** In order: a text that is due waits for those before it. */
  #deliver(session: Session, at: Millis): void {
    if (this.#trouble.silent) {
      session.outbox.length = 0
      return
    }
    let count = 0
    while (count < session.outbox.length && session.outbox[count]!.due <= at) {
      session.wire.send(session.outbox[count]!.text)
      count++
    }
    session.outbox.splice(0, count)
    this.sent += count
  }
}
