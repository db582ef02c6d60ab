// Reads that several clients share: what one of them has just read the others need not.
//
// How they share is not known here. A client that shares with nobody reads everything itself.

import type { Outcome } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'

/** What was read, by whomever. */
export interface Shared<T> {
  readonly outcome: Outcome<T>
  /** When its reading began, or before, by our clock. */
  readonly at: Millis
}

export interface Sharing {
  /**
   * The value of `key`, small plain JSON, at most `maxAge` ms old; read by `read` where nobody has
   * it. The shape of a value belongs to its key: who changes it changes the key as well. Never
   * rejects where `read` does not.
   */
  get<T>(key: string, maxAge: Millis, read: () => Promise<Outcome<T>>): Promise<Shared<T>>
  /** The value has changed at the exchange: nobody may use what was read before. */
  forget(key: string): void
}

/** Shares with nobody. */
export const alone = (now: () => Millis): Sharing => ({
  async get(_key, _maxAge, read) {
    const at = now()
    return { outcome: await read(), at }
  },
  forget: () => undefined,
})
