// The state of the feed: up or down, its subscriptions, and how long it has been silent.
//
// Two kinds of silence: of the connection (no frame of any kind, so not even the reply to a round
// trip), and of the market (no tick). A quiet market on a healthy connection is not stale.

import type { Millis } from '../vocabulary/units.ts'

/** A snapshot that was asked for and has not come is asked for again after this. */
const SNAPSHOT_WAIT_MS = 3000
const NEVER = Number.POSITIVE_INFINITY

/**
 * One subscription's sequence: the server's `sid` and the `seq` that must come next.
 *
 * The counter belongs to the sid, not to a market: every frame that carries it counts, control
 * frames (ok, unsubscribed, scoped errors) included. A detector that counts only book frames sees
 * phantom gaps; one that counts per market sees them on every multi-market subscription.
 */
export class Sequence {
  /** 0 while not subscribed. */
  sid = 0
  #next = 1

  /** A `subscribed` reply: the sequence starts at 1 again. 0 closes it. */
  open(sid: number): void {
    this.sid = sid
    this.#next = 1
  }

  /**
   * Counts one frame; a seq of 0 (none) is always 'ok'. 'repeat': already seen, ignore it. 'gap':
   * at least one was lost; the next one expected is then the one after this, so that one loss is
   * reported once.
   */
  accept(seq: number): 'ok' | 'repeat' | 'gap' {
    if (seq === 0) return 'ok'
    const expected = this.#next
    if (seq === expected) {
      this.#next = expected + 1
      return 'ok'
    }
    if (seq < expected) return 'repeat'
    this.#next = seq + 1
    return 'gap'
  }
}

export type Accepted = 'ok' | 'repeat' | 'gap' | 'book-gap' | 'lifecycle-gap'

export class FeedState {
  isUp = false
  lastHeardAt: Millis = 0
  lastTickAt: Millis = 0
  /** When to ask for a snapshot again; Infinity while none is awaited. */
  snapshotDueAt: Millis = NEVER
  readonly #book = new Sequence()
  readonly #others = new Map<number, { channel: string; sequence: Sequence }>()

  up(at: Millis): void {
    this.#reset()
    this.isUp = true
    this.lastHeardAt = at
    this.lastTickAt = at
    this.snapshotDueAt = at + SNAPSHOT_WAIT_MS
  }

  down(): void {
    this.#reset()
    this.isUp = false
    this.snapshotDueAt = NEVER
  }

  /** The book subscription's sid; 0 while there is none. */
  get bookSid(): number {
    return this.#book.sid
  }

  subscribed(channel: string, sid: number): void {
    if (channel === 'orderbook_delta') {
      this.#book.open(sid)
      return
    }
    const sequence = new Sequence()
    sequence.open(sid)
    this.#others.set(sid, { channel, sequence })
  }

  /** Counts a frame of the book subscription. */
  acceptBook(seq: number): Accepted {
    const verdict = this.#book.accept(seq)
    return verdict === 'gap' ? 'book-gap' : verdict
  }

  /** Counts a frame of any subscription; those of one we do not know (an old sid) are 'ok'. */
  accept(sid: number, seq: number): Accepted {
    if (sid === 0 || seq === 0) return 'ok'
    if (sid === this.#book.sid) return this.acceptBook(seq)
    const other = this.#others.get(sid)
    if (other === undefined) return 'ok'
    const verdict = other.sequence.accept(seq)
    if (verdict !== 'gap') return verdict
    return other.channel === 'market_lifecycle_v2' ? 'lifecycle-gap' : 'gap'
  }

  awaitSnapshot(at: Millis): void {
    this.snapshotDueAt = at + SNAPSHOT_WAIT_MS
  }

  /** When the quotes must go if no more frames come. */
  staleAt(rule: 'link' | 'ticks', afterMs: number): Millis {
    return (rule === 'link' ? this.lastHeardAt : this.lastTickAt) + afterMs
  }

  #reset(): void {
    this.#book.open(0)
    this.#others.clear()
  }
}
