// Slows down whoever presents wrong tokens, and logs each of them.
//
// Counted for all callers of one isolate together: a guesser has many addresses. A request with a
// good token is never slowed.

import type { Deps } from '../deps.ts'

const FIRST_MS = 100
const LONGEST_MS = 3_000
/** Refusals are forgotten after a quiet minute. */
const FORGOTTEN_MS = 60_000

export class Refusals {
  #count = 0
  #lastAt = 0

  /** Logs a refused token, and resolves after a wait that doubles with each of them. */
  async slow(deps: Pick<Deps, 'now' | 'sleep' | 'log'>, path: string, from: string): Promise<void> {
    const at = deps.now()
    if (at - this.#lastAt > FORGOTTEN_MS) this.#count = 0
    this.#lastAt = at
    this.#count++
    deps.log('warn', 'token-refused', { path: path.slice(0, 100), from, count: this.#count })
    await deps.sleep(Math.min(FIRST_MS * 2 ** (this.#count - 1), LONGEST_MS))
  }
}
