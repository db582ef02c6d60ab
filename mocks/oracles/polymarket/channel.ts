// Polymarket's market channel: who is subscribed to which tokens, and what is sent to whom. A
// socket is a `Wire` and time is an argument, so heartbeats and delays can be tested without
// waiting. There are no acknowledgements and no sequence numbers: a working subscription shows by
// its books arriving. A socket without PING, or without a subscription, is closed after a while.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { corrupt, type Trouble } from '../common/trouble.ts'
import type { Message } from './market.ts'

/** The far side of a socket. */
export interface Wire {
  send(text: string): void
  /** A close frame, then the end. */
  close(code: number): void
  /** Cut without a close frame. */
  cut(): void
}

export interface ChannelOptions {
  /** A socket without a PING for this long is closed, in ms. Default 15000. */
  readonly pingTimeoutMs: Millis
  /** So is one without a subscription for this long, in ms. Default 10000. */
  readonly subscribeTimeoutMs: Millis
  /** Tokens per socket. Default 500. */
  readonly tokensPerSocket: number
}

/** The first book of a token, or null for an unknown token. */
export type Snapshot = (token: string) => Message | null

class Session {
  readonly wire: Wire
  readonly tokens = new Set<string>()
  custom = false
  lastPingAt: Millis
  readonly openedAt: Millis
  /** Texts to be sent, in order. */
  readonly outbox: { readonly due: Millis; readonly text: string }[] = []

  constructor(wire: Wire, at: Millis) {
    this.wire = wire
    this.lastPingAt = at
    this.openedAt = at
  }
}

/** The venue's answer to an unusable text. */
const INVALID = 'INVALID OPERATION'

const tokensIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((token): token is string => typeof token === 'string') : []

export class Channel {
  readonly #sessions = new Map<Wire, Session>()
  readonly #trouble: Trouble
  readonly #snapshot: Snapshot
  readonly #options: ChannelOptions
  /** Frames sent and PINGs received, for the operator. */
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
      session.lastPingAt = at
      this.#post(session, 'PONG', at)
      return
    }
    let body: Readonly<Record<string, unknown>> | null = null
    try {
      body = JSON.parse(text)
    } catch {
      // Answered below like every unusable text.
    }
    const first = body?.type === 'market' || body?.type === 'MARKET'
    const tokens = tokensIn(body?.assets_ids)
    if (first || body?.operation === 'subscribe') {
      this.#subscribe(session, tokens, body!, at)
    } else if (body?.operation === 'unsubscribe') {
      for (const token of tokens) session.tokens.delete(token)
    } else this.#post(session, INVALID, at)
  }

  /** Sends messages to the subscribers of their tokens. */
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

  /** Sends any text to every socket. */
  raw(text: string, at: Millis): void {
    for (const session of this.#sessions.values()) this.#post(session, text, at)
  }

  /** Sends what is due, and closes sockets that were silent for too long. */
  step(at: Millis): void {
    for (const session of [...this.#sessions.values()]) {
      this.#deliver(session, at)
      const unused = session.tokens.size === 0
      const quiet = at - session.lastPingAt >= this.#options.pingTimeoutMs
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
      // Unknown tokens are ignored.
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
    this.#post(session, form === null ? text : corrupt(text, form), at)
  }

  #post(session: Session, text: string, at: Millis): void {
    // A silent source loses messages; it does not store them.
    if (this.#trouble.silent) return
    session.outbox.push({ due: at + this.#trouble.delayMs, text })
    this.#deliver(session, at)
  }

  /** Sends in order: a text that is due waits for those before it. */
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
