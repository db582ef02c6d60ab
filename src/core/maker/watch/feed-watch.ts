// Watches the feed: whether what is heard is whole, in order, on time and about us.
//
// In: frames that are not plain changes, and the time. Out: doubts about the book, questions for a
// fresh one, new connections, and what the phase reads in FeedState: silence, lag, and whether
// fills and orders are reported to us. What a frame means for the market is not known here.

import type { Accepted } from '../../book/feed-state.ts'
import { QUESTIONS, READ_LAG_MS } from '../../recovery/reconciliation.ts'
import { backoffMs } from '../../vocabulary/backoff.ts'
import type {
  DeltaFrame,
  FeedErrorFrame,
  Frame,
  OkFrame,
  SnapshotFrame,
  SubscribedFrame,
  UnsubscribedFrame,
} from '../../vocabulary/events.ts'
import type { BookReason } from '../../vocabulary/reason-codes.ts'
import type { Millis } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

const NEVER = Number.POSITIVE_INFINITY
const BOOK = 'orderbook_delta'
const LIFECYCLE = 'market_lifecycle_v2'
/** A book that nothing proves for so long after a silence is asked for anew. */
const UNPROVEN_MS = 10_000
/** A late feed may catch up; after this a new connection is tried, each later one twice as late. */
const LATE_WAIT_MS = 3000
const LONGEST_LATE_WAIT_MS = 120_000
/** A feed that has been on time for so long is well again. */
const ON_TIME_MS = 60_000
/** How often a subscription other than the book is renewed, and its disorder told. */
const OTHER_EVERY_MS = 10_000
/** Codes that end a subscription: channel error, buffer overflow. */
const TERMINAL = [10, 25]

export class FeedWatch {
  readonly #state: MakerState
  readonly #doubt: (reason: BookReason, at: Millis) => void
  #lateAt: Millis = 0
  #lateTries = 0
  /** When a new connection is tried for being late; Infinity while on time. */
  #reconnectAt: Millis = NEVER
  #otherAt: Millis = 0

  constructor(state: MakerState, doubt: (reason: BookReason, at: Millis) => void) {
    this.#state = state
    this.#doubt = doubt
  }

  /** Silence, and lag, beyond which nothing is quoted, ms. */
  get #limit(): Millis {
    return this.#state.parameters.strategy.stale_after_seconds * 1000
  }

  /** When `check` has something to do by itself. */
  get nextAt(): Millis {
    const { feed, book } = this.#state
    if (!feed.isUp) return NEVER
    const isUnproven = feed.silentSince !== 0 && book.isLive
    const unproven = isUnproven ? feed.silentSince + UNPROVEN_MS : NEVER
    return Math.min(feed.resubscription.dueAt, this.#reconnectAt, unproven)
  }

  /** Notes silence and lag, and asks for what is overdue. */
  check(at: Millis): void {
    const { feed, book } = this.#state
    if (!feed.isUp) return
    feed.watch(this.#limit, at)
    if (feed.silentSince !== 0 && at >= feed.silentSince + UNPROVEN_MS && book.isLive) {
      this.#doubt('subscription-ended', at)
    }
    this.act(at)
    this.#checkLag(at)
  }

  /** Asks for a fresh book, or for a new connection, where that is due. */
  act(at: Millis): void {
    const { feed, out, execution, book } = this.#state
    const { resubscription } = feed
    const what = resubscription.act(at)
    if (what === null) return
    if (resubscription.isRepeated) {
      const next_s = Math.round((resubscription.dueAt - at) / 1000)
      const attempt = resubscription.unanswered
      this.#state.log('warn', 'book-missing', { reason: book.reason, what, attempt, next_s })
    }
    if (what === 'reconnect') this.reconnect(book.reason || 'no-snapshot')
    else {
      execution.counters.resubscribes++
      out.push({ type: 'resubscribe', sid: feed.bookSid })
    }
  }

  #checkLag(at: Millis): void {
    const { lag, silentSince } = this.#state.feed
    const limit = this.#limit
    const late = lag.now > limit
    const isClear = !late && silentSince === 0 && !Number.isNaN(lag.book)
    lag.bound = isClear ? lag.clock + limit : Number.NEGATIVE_INFINITY
    if (!late) {
      if (at - this.#lateAt > ON_TIME_MS) this.#lateTries = 0
      this.#reconnectAt = NEVER
      return
    }
    this.#lateAt = at
    if (this.#reconnectAt === NEVER) this.#reconnectAt = at + this.#lateWait
    if (at < this.#reconnectAt) return
    this.#lateTries++
    this.#reconnectAt = at + this.#lateWait
    this.reconnect('lagging')
  }

  get #lateWait(): Millis {
    return backoffMs(this.#lateTries, LATE_WAIT_MS, LONGEST_LATE_WAIT_MS)
  }

  /** Gives up the socket for a new one. */
  reconnect(reason: string): void {
    this.#state.execution.counters.reconnects++
    this.#state.log('warn', 'new-connection', { reason })
    this.#state.out.push({ type: 'reconnect', reason })
  }

  // --- frames -----------------------------------------------------------------------------------

  /**
   * A change of the book that is late, says no time, or is the first after a silence. True when it
   * may change the phase.
   */
  look({ venueAt, at }: DeltaFrame): boolean {
    const { feed } = this.#state
    const { lag } = feed
    if (!lag.look(venueAt, at)) return false
    // In sequence and on time: nothing was missed.
    if (feed.silentSince !== 0 && lag.isKnown && lag.now <= this.#limit) feed.proven(at)
    return true
  }

  /** Counts a frame that is no change of the book, and acts on what its number tells. */
  accept(frame: Exclude<Frame, DeltaFrame>): Accepted {
    const { feed } = this.#state
    const { sid, seq, type } = frame
    if (type === 'snapshot' && sid !== 0 && sid === feed.bookSid) {
      return this.#judged(feed.acceptBook(seq, printOf(frame)), frame)
    }
    const numbered = type === 'trade' || type === 'lifecycle'
    if (numbered && seq === 0 && feed.channelOf(sid) !== '') return this.#judged('senseless', frame)
    const first = type === 'other' ? (frame.first ?? seq) : seq
    const print = type === 'trade' ? frame.quantity * 32_768 + frame.price : 0
    return this.#judged(feed.accept(sid, seq, print, first), frame)
  }

  /** A frame of the book whose number is not the next one. */
  outOfOrder(accepted: Accepted, frame: Frame): void {
    this.#judged(accepted, frame)
  }

  #judged(accepted: Accepted, { sid, seq, at }: Frame): Accepted {
    if (accepted === 'ok' || accepted === 'repeat') return accepted
    const { feed, book, execution, recovery } = this.#state
    const channel = feed.channelOf(sid)
    const isBook = channel === BOOK
    // While a new subscription is awaited, the old one may say what it likes.
    if (accepted === 'senseless' && isBook && !book.isLive) return accepted
    if (accepted === 'gap') {
      execution.counters.gaps++
      this.#state.log('warn', 'sequence-gap', { channel: isBook ? BOOK : 'other', sid, seq })
    } else execution.counters.bad_sequences++
    if (channel === LIFECYCLE) recovery.inquiries.want('market', at)
    // The frame may have been about any market of the subscription, so the book is not reliable.
    if (isBook) {
      if (accepted === 'senseless') this.#state.log('warn', 'bad-sequence', { channel, sid, seq })
      this.#doubt(accepted === 'gap' ? 'gap' : 'bad-sequence', at)
    } else if (accepted === 'senseless') this.#renewOther(channel, sid, seq, at)
    return accepted
  }

  #renewOther(channel: string, sid: number, seq: number, at: Millis): void {
    if (at < this.#otherAt) return
    this.#otherAt = at + OTHER_EVERY_MS
    this.#state.log('warn', 'bad-sequence', { channel, sid, seq })
    this.#state.execution.counters.resubscribes++
    this.#state.out.push({ type: 'resubscribe', sid })
  }

  /** A frame of the book under a subscription that is not the present one. */
  stray({ sid, seq, ticker, at }: DeltaFrame | SnapshotFrame): void {
    const { feed, book, execution } = this.#state
    if (!feed.isUp || !book.isLive || ticker !== this.#state.ticker) return
    if (sid !== 0 && feed.isKnown(sid)) return
    execution.counters.bad_sequences++
    this.#state.log('warn', 'bad-sequence', { channel: BOOK, sid, seq })
    this.#doubt('bad-sequence', at)
  }

  subscribed({ channel, sid, id, at }: SubscribedFrame): void {
    const { feed, book } = this.#state
    const had = feed.hasPrivate
    feed.subscribed(channel, sid, id)
    this.#regained(had, at)
    if (channel !== BOOK || !book.isLive) return
    // The book as it stands belongs to the subscription before.
    book.darken('no-snapshot')
    feed.resubscription.expect(at)
  }

  /** An answer: to list_subscriptions it proves what is subscribed, and how late the feed is. */
  answered({ id, listed, askedAt = 0, sentAt = 0, at }: OkFrame): void {
    const { feed } = this.#state
    // Journals of earlier versions do not tell answers apart.
    if (listed === undefined) {
      feed.proven(at)
      return
    }
    if (askedAt > 0 || sentAt > 0) feed.lag.answered(askedAt, sentAt, at)
    if (listed === null) return
    const had = feed.hasPrivate
    const verdict = feed.listed(listed, id)
    this.#regained(had, at)
    for (const channel of verdict.lost) this.#state.log('warn', 'subscription-lost', { channel })
    if (verdict.bookLost) {
      const sid = feed.bookSid
      feed.ended(sid)
      this.#state.log('warn', 'subscription-lost', { channel: BOOK })
      if (this.#state.book.isLive) this.#doubt('subscription-ended', at)
      return
    }
    if (!verdict.book) return
    // A question from before the silence may have waited in line with what is old by now.
    if (askedAt === 0 || askedAt >= feed.silentSince) feed.proven(at)
    else feed.heard(at)
  }

  /** Codes 10 and 25 end a subscription; so does a word that nobody asked for. */
  ended(frame: FeedErrorFrame | UnsubscribedFrame): void {
    const { feed, book } = this.#state
    const { sid, at } = frame
    if (frame.type === 'error' && !TERMINAL.includes(frame.code)) return
    // We unsubscribe only in doubt, when the book is dark; on a live book nobody asked for it.
    if (sid === 0 || (sid === feed.bookSid && frame.type === 'unsubscribed' && !book.isLive)) return
    if (feed.ended(sid) === BOOK) this.#doubt('subscription-ended', at)
  }

  /** A frame that cannot be read is a lost one: a change of the book, or a report on our orders. */
  unreadable(sid: number, at: Millis): void {
    const { feed, book, recovery } = this.#state
    if (sid === 0) return
    if (sid === feed.bookSid) {
      if (book.isLive) this.#doubt('malformed-frame', at)
      return
    }
    for (const what of QUESTIONS) recovery.inquiries.want(what, at + READ_LAG_MS)
  }

  // What happened while nobody told us is not known: everything is read again before a quote.
  #regained(had: boolean, at: Millis): void {
    const { feed, recovery } = this.#state
    if (!had && feed.hasPrivate && recovery.isDone) recovery.begin(at)
  }
}

/** The content of a snapshot as one number. */
const printOf = ({ bids, asks }: SnapshotFrame): number => {
  let print = bids.length * 4_096 + asks.length
  for (let index = 0; index < bids.length; index++) print += bids[index]! * (index + 1)
  for (let index = 0; index < asks.length; index++) print -= asks[index]! * (index + 1)
  return print
}
