// A second place for a maker's halt: the bucket, for when the maker's own storage refuses to keep
// it.
//
// Whoever has halted itself must stay halted, and an object whose storage refuses writes is about
// to end. What stands here is read at each start, moved into storage, and cleared with the release.

import type { Env } from '../../config/env.ts'
import type { Log } from '../../config/log.ts'
import { messageOf } from '../../core/vocabulary/outcome.ts'
import { within } from '../common/timers.ts'

/** Nothing waits longer than this for the bucket, ms. */
const DEADLINE_MS = 5_000

export class SecondLatch {
  readonly #env: Pick<Env, 'TAPE'>
  readonly #key: string
  readonly #log: Log

  constructor(env: Pick<Env, 'TAPE'>, ticker: string, log: Log) {
    this.#env = env
    this.#key = `halts/${ticker}`
    this.#log = log
  }

  /** Never rejects: a halt that can be kept nowhere has been logged, and its alert sent. */
  async set(reason: string): Promise<void> {
    try {
      const kept = this.#env.TAPE.put(this.#key, '', { customMetadata: { reason } })
      await within(DEADLINE_MS, kept)
    } catch (error) {
      this.#log('error', 'halt-not-kept', { reason, detail: messageOf(error) })
    }
  }

  /** The reason of a halt that storage refused; null where there is none, or nobody can say. */
  async read(): Promise<string | null> {
    try {
      const kept = await within(DEADLINE_MS, this.#env.TAPE.head(this.#key))
      return kept === null ? null : (kept.customMetadata?.reason ?? 'operator')
    } catch (error) {
      this.#log('warn', 'second-latch-unread', { detail: messageOf(error) })
      return null
    }
  }

  /** Never rejects: a halt left behind halts the next start, which is the safer mistake. */
  async clear(): Promise<void> {
    try {
      await within(DEADLINE_MS, this.#env.TAPE.delete(this.#key))
    } catch (error) {
      this.#log('warn', 'second-latch-left', { detail: messageOf(error) })
    }
  }
}
