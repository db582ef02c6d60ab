// The state of the feed: up or down, what is subscribed, and how long it has been silent.
//
// Two kinds of silence: of the connection (nothing about our market and no answer that names our
// subscription), and of the market (no tick). A quiet market on a proven connection is not stale.
// A silence of the connection ends only with a proof that nothing was missed; see
// docs/decisions/31.

import type { Listed } from '../vocabulary/events.ts'
import type { Millis } from '../vocabulary/units.ts'
import { FeedLag } from './feed-lag.ts'
import { Resubscription } from './resubscription.ts'
import { Sequence } from './sequence.ts'

const BOOK = 'orderbook_delta'
/** Without both of these a fill, or the end of an order, is known only much later. */
const PRIVATE = ['fill', 'user_orders'] as const

export type Accepted = 'ok' | 'repeat' | 'gap' | 'senseless'

interface Subscription {
  readonly channel: string
  /** The command that asked for it: an answer to an earlier one cannot name it. */
  readonly id: number
  readonly sequence: Sequence
}

/** What an answer to list_subscriptions shows. */
export interface ListVerdict {
  /** Our book is among them. */
  readonly book: boolean
  /** Our book was subscribed and is not any more. */
  readonly bookLost: boolean
  /** Other channels that have ended without a word. */
  readonly lost: readonly string[]
}

export class FeedState {
  isUp = false
  lastHeardAt: Millis = 0
  lastTickAt: Millis = 0
  /** The exchange's time in the newest change of the book or trade; 0 where it had none. */
  venueAt: Millis = 0
  /** Since when the connection has been silent and not proven since; 0 while it is proven. */
  silentSince: Millis = 0
  /** Whether fills and changes of our orders are sent to us. */
  hasPrivate = false
  readonly lag = new FeedLag()
  readonly resubscription = new Resubscription()
  readonly #book = new Sequence()
  #bookId = 0
  /** The book's subscription is over; its sid stays, so that it can be named until a new one. */
  #bookOver = false
  readonly #others = new Map<number, Subscription>()
  /** Subscriptions of this link that are over: what is still on its way from them is no riddle. */
  readonly #over = new Set<number>()

  up(at: Millis, clockOffset?: Millis): void {
    this.#reset()
    this.isUp = true
    this.lastHeardAt = at
    this.lastTickAt = at
    this.lag.up(clockOffset)
    this.resubscription.up(at)
  }

  down(): void {
    this.#reset()
    this.isUp = false
    this.resubscription.down()
  }

  /** The book subscription's sid; 0 while there is none. */
  get bookSid(): number {
    return this.#book.sid
  }

  /** The channels that the exchange has granted, in alphabetical order. */
  get granted(): string[] {
    const channels = [...this.#others.values()].map(({ channel }) => channel)
    if (this.#book.sid !== 0 && !this.#bookOver) channels.push(BOOK)
    return [...new Set(channels)].sort()
  }

  /** @param id of the command that asked for it */
  subscribed(channel: string, sid: number, id = 0): void {
    this.#over.delete(sid)
    if (channel === BOOK) {
      if (this.#book.sid !== 0 && this.#book.sid !== sid) this.#over.add(this.#book.sid)
      this.#book.open(sid)
      this.#bookId = id
      this.#bookOver = false
      return
    }
    const sequence = new Sequence()
    sequence.open(sid)
    this.#others.set(sid, { channel, id, sequence })
    this.#lookAtPrivate()
  }

  /** A subscription is over. Returns its channel; '' for one that we do not have. */
  ended(sid: number): string {
    if (sid === 0) return ''
    if (sid === this.#book.sid) {
      this.#bookOver = true
      return BOOK
    }
    this.#over.add(sid)
    const channel = this.#others.get(sid)?.channel ?? ''
    this.#others.delete(sid)
    this.#lookAtPrivate()
    return channel
  }

  /** Whether frames of this subscription can be explained: it is ours, or was. */
  isKnown(sid: number): boolean {
    return sid === this.#book.sid || this.#over.has(sid) || this.#others.has(sid)
  }

  /** Compares what the exchange lists with what it has granted. @param id of the question */
  listed(list: readonly Listed[], id: number): ListVerdict {
    const sids = new Set(list.map(({ sid }) => sid))
    const { sid } = this.#book
    const book = sid !== 0 && sids.has(sid)
    const lost: string[] = []
    for (const [known, other] of [...this.#others]) {
      if (other.id < id && !sids.has(known)) lost.push(this.ended(known))
    }
    // Granted, but the word of it was lost. One that has ended may be in a list of just before.
    for (const { channel, sid } of list) {
      if (!this.isKnown(sid) && !this.granted.includes(channel)) this.subscribed(channel, sid, id)
    }
    const bookLost = sid !== 0 && !book && !this.#bookOver && this.#bookId < id
    return { book, bookLost, lost }
  }

  /** Counts a frame of the book subscription; `print`: its content as one number. */
  acceptBook(seq: number, print: number): Accepted {
    return this.#book.accept(seq, print)
  }

  /**
   * Counts a frame of any subscription; those of one we do not know, and those without a number,
   * are 'ok'.
   * @param first where the frame stands for a run of several
   */
  accept(sid: number, seq: number, print = 0, first = seq): Accepted {
    if (sid === 0 || seq === 0) return 'ok'
    const sequence = sid === this.#book.sid ? this.#book : this.#others.get(sid)?.sequence
    if (sequence === undefined) return 'ok'
    return first === seq ? sequence.accept(seq, print) : sequence.acceptRun(first, seq)
  }

  channelOf(sid: number): string {
    return sid !== 0 && sid === this.#book.sid ? BOOK : (this.#others.get(sid)?.channel ?? '')
  }

  /** Something about our market has come. */
  heard(at: Millis): void {
    this.lastHeardAt = at
  }

  /** It is certain that nothing about the book was missed until now. */
  proven(at: Millis): void {
    this.lastHeardAt = at
    this.silentSince = 0
  }

  /** Notes a silence of the connection that has lasted for `afterMs`. */
  watch(afterMs: number, at: Millis): void {
    if (this.isUp && this.silentSince === 0 && at >= this.lastHeardAt + afterMs) {
      this.silentSince = at
    }
  }

  /** When the quotes must go if no more frames come. */
  staleAt(rule: 'link' | 'ticks', afterMs: number): Millis {
    if (this.silentSince !== 0) return this.silentSince
    return (rule === 'link' ? this.lastHeardAt : this.lastTickAt) + afterMs
  }

  #lookAtPrivate(): void {
    const channels = [...this.#others.values()].map(({ channel }) => channel)
    this.hasPrivate = PRIVATE.every((channel) => channels.includes(channel))
  }

  #reset(): void {
    this.#book.open(0)
    this.#bookId = 0
    this.#bookOver = false
    this.#others.clear()
    this.#over.clear()
    this.silentSince = 0
    this.hasPrivate = false
  }
}
