// When to ask for a fresh book, and when for a whole new connection instead.
//
// The first doubt of a good book asks at once. After that each question that no snapshot follows
// waits twice as long as the one before, and so does a book that is doubted again as soon as it has
// come: neither may ask hundreds of times for what it does not get.

import { backoffMs } from '../vocabulary/backoff.ts'
import type { Millis } from '../vocabulary/units.ts'

const NEVER = Number.POSITIVE_INFINITY
const FIRST_WAIT_MS = 3000
/** Between questions that no snapshot follows. */
const LONGEST_WAIT_MS = 60_000
/** Between books that come and are wrong. */
const LONGEST_WRONG_MS = 12_000
/** A book that has stood for so long was good. */
const GOOD_AFTER_MS = 3000
/** Every so many vain questions, or wrong books, the connection itself is given up. */
const QUESTIONS_PER_LINK = 4
const WRONG_PER_LINK = 3

export class Resubscription {
  /** When to act; Infinity while nothing is awaited. */
  dueAt: Millis = NEVER
  /** Questions since the last snapshot. */
  unanswered = 0
  /** Books in a row that were doubted as soon as they had come. */
  #wrong = 0
  #askedAt: Millis = 0
  #liveAt: Millis = 0

  /** A new link: it subscribes by itself, which is a question too. */
  up(at: Millis): void {
    this.unanswered = Math.max(1, this.unanswered)
    this.#asked(at)
  }

  down(): void {
    this.dueAt = NEVER
  }

  snapshot(at: Millis): void {
    this.unanswered = 0
    this.#liveAt = at
    this.dueAt = NEVER
  }

  /** The book is not to be trusted. Nothing changes while a snapshot is awaited. */
  doubted(at: Millis): void {
    if (this.dueAt !== NEVER) return
    this.#wrong = at - this.#liveAt >= GOOD_AFTER_MS ? 0 : this.#wrong + 1
    const wait = this.#wrong === 0 ? 0 : backoffMs(this.#wrong - 1, FIRST_WAIT_MS, LONGEST_WRONG_MS)
    this.dueAt = Math.max(at, this.#askedAt + wait)
  }

  /** A subscription has begun that nobody asked for: its snapshot is awaited. */
  expect(at: Millis): void {
    if (this.dueAt !== NEVER) return
    this.unanswered = 1
    this.#asked(at)
  }

  /** What is to be done now; null when nothing is due. Counts it as done. */
  act(at: Millis): 'resubscribe' | 'reconnect' | null {
    if (at < this.dueAt) return null
    const wrong = this.unanswered === 0 ? this.#wrong : 0
    this.unanswered++
    this.#asked(at)
    const vain = this.unanswered % QUESTIONS_PER_LINK === 0
    return vain || (wrong > 0 && wrong % WRONG_PER_LINK === 0) ? 'reconnect' : 'resubscribe'
  }

  /** How long a snapshot that comes now has been asked for, ms; 0 for one that nobody asked for. */
  waited(at: Millis): Millis {
    return this.unanswered === 0 ? 0 : at - this.#askedAt
  }

  /** True when this question is not the first after a good book. */
  get isRepeated(): boolean {
    return this.unanswered > 1 || this.#wrong > 0
  }

  #asked(at: Millis): void {
    this.#askedAt = at
    this.dueAt = at + backoffMs(this.unanswered - 1, FIRST_WAIT_MS, LONGEST_WAIT_MS)
  }
}
