// Notices an object that the platform lets send nothing: each request throws, none gets an answer.
//
// It happens when an object has used up the requests that one invocation may make ("Too many
// subrequests"), and only a new instance is let out again. A restart costs a recovery, and helps
// nothing where the exchange itself cannot be reached, so it comes at most once in ten minutes.

import type { Millis } from '../../../core/vocabulary/units.ts'
import type { Fetcher } from '../../../kalshi/feed/dial.ts'

/** So many requests in a row, over so long. */
const FAILURES = 5
const FAILING_MS = 30_000
const RESTART_EVERY_MS = 600_000

export class RequestHealth {
  readonly #now: () => Millis
  #failures = 0
  #since: Millis = 0
  #why = ''

  constructor(now: () => Millis) {
    this.#now = now
  }

  /** The same fetch, called in the same turn, with its outcomes counted. */
  watch(fetcher: Fetcher): Fetcher {
    return async (url, init) => {
      try {
        const response = await fetcher(url, init)
        this.#failures = 0
        return response
      } catch (error) {
        if (this.#failures++ === 0) this.#since = this.#now()
        this.#why = String(error)
        throw error
      }
    }
  }

  /**
   * Why the object must be restarted now, as the last request said; null where it need not be.
   * @param restartedAt when that was last done; 0 for never
   */
  restartFor(restartedAt: Millis, at: Millis): string | null {
    if (this.#failures < FAILURES || at - this.#since < FAILING_MS) return null
    return restartedAt > 0 && at < restartedAt + RESTART_EVERY_MS ? null : this.#why
  }
}
