// Whether the book may be quoted on after a witness has proved it wrong.
//
// In: proofs, and reads that agree with a fresh book. Out: trusted or not, and what the feed must
// renew. A first proof asks for a new snapshot, a further one within ten minutes for a new link.
// The book is trusted again when a read agrees with it. After a further proof it must also have
// changed since its snapshot, or reads must have agreed for longer and longer: a channel that is
// mute but for its snapshots would be quoted in between.

import type { Millis } from '../vocabulary/units.ts'

/** Proofs this far apart have nothing to do with each other. */
const FORGET_MS = 600_000
/** How long reads must agree after a second proof; doubled with each further one, to the most. */
const FIRST_PROBATION_MS = 10_000
const LONGEST_PROBATION_MS = 300_000
/** A doubted book without a snapshot for this long gets a new link. */
const SNAPSHOT_WITHIN_MS = 10_000

/** What the feed must renew. */
export type Renewal = 'snapshot' | 'link'

export class Trust {
  /** A witness has proved the book wrong, and reads have not agreed for long enough since. */
  isDoubted = false
  /** Proofs since the maker started. */
  proofs = 0
  /** Proofs that count together. */
  #inARow = 0
  #provedAt: Millis = 0
  #overdueAt: Millis = 0
  #agreedSince: Millis | null = null

  /** The book is wrong. */
  contradicted(at: Millis): Renewal {
    this.#inARow = this.proofs > 0 && at - this.#provedAt < FORGET_MS ? this.#inARow + 1 : 1
    this.proofs++
    this.#provedAt = at
    this.isDoubted = true
    this.#agreedSince = null
    this.#overdueAt = at + SNAPSHOT_WITHIN_MS
    return this.#inARow === 1 ? 'snapshot' : 'link'
  }

  /** When a doubted book that is still dark needs a new link; Infinity while it is trusted. */
  get nextAt(): Millis {
    return this.isDoubted ? this.#overdueAt : Number.POSITIVE_INFINITY
  }

  /** Whether that time has come; once for each wait. */
  isOverdue(at: Millis): boolean {
    if (at < this.nextAt) return false
    this.#overdueAt = at + SNAPSHOT_WITHIN_MS
    return true
  }

  /** A new link has its own time to bring a snapshot, however long it took to open it. */
  linkUp(at: Millis): void {
    this.#overdueAt = at + SNAPSHOT_WITHIN_MS
  }

  /** A new snapshot: what agreed with the book before says nothing. */
  restart(): void {
    this.#agreedSince = null
  }

  /**
   * A read asked for after the snapshot agrees. True at the moment at which trust returns.
   * @param isAlive the book has changed since its snapshot, so the channel is not mute
   */
  agreed(at: Millis, isAlive: boolean): boolean {
    if (!this.isDoubted) return false
    this.#agreedSince ??= at
    if (!isAlive && at - this.#agreedSince < this.#probationMs) return false
    this.isDoubted = false
    return true
  }

  get #probationMs(): Millis {
    if (this.#inARow < 2) return 0
    return Math.min(FIRST_PROBATION_MS * 2 ** (this.#inARow - 2), LONGEST_PROBATION_MS)
  }
}
