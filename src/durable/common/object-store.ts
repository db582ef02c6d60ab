// All that an object keeps goes through here, and no write of it ever holds back a request.
//
// The platform keeps what an object sends until its storage writes are confirmed, unless the write
// allows otherwise. SQL and the synchronous calls have no such option, so writes go by key only,
// and unconfirmed. Whoever must know that something lasts asks `confirmed`, which waits without
// holding anything back. Rows are counted as they are billed. A write that fails is reported, never
// thrown: nobody can forget to look.

import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Tally } from './tally.ts'

/** The part of the platform's storage that is used, so that tests can replace it. */
export interface PlatformStorage {
  readonly kv: {
    get(key: string): unknown
    list(options: { prefix: string }): Iterable<[string, unknown]>
  }
  put(key: string, value: unknown, options: Unconfirmed): Promise<void>
  delete(keys: string[], options: Unconfirmed): Promise<unknown>
  getAlarm(): Promise<number | null>
  setAlarm(at: number, options: Unconfirmed): Promise<void>
  deleteAlarm(options: Unconfirmed): Promise<void>
  sync(): Promise<void>
}

interface Unconfirmed {
  readonly allowUnconfirmed: true
}

const UNCONFIRMED: Unconfirmed = { allowUnconfirmed: true }

export class ObjectStore {
  readonly #storage: PlatformStorage
  readonly #tally: Tally
  readonly #failed: (reason: string) => void

  /** @param failed called for each write that storage refused */
  constructor(storage: PlatformStorage, tally: Tally, failed: (reason: string) => void) {
    this.#storage = storage
    this.#tally = tally
    this.#failed = failed
  }

  get<T>(key: string): T | undefined {
    this.#tally.rowsRead++
    return this.#storage.kv.get(key) as T | undefined
  }

  /** Every key that begins so, in order, with its value. */
  list<T>(prefix: string): [string, T][] {
    const found = [...this.#storage.kv.list({ prefix })] as [string, T][]
    this.#tally.rowsRead += Math.max(1, found.length)
    return found
  }

  /** True once storage has taken the value, which is before it is confirmed. Never rejects. */
  put(key: string, value: unknown): Promise<boolean> {
    return this.#write(1, () => this.#storage.put(key, value, UNCONFIRMED))
  }

  delete(keys: string[]): Promise<boolean> {
    return this.#write(keys.length, () => this.#storage.delete(keys, UNCONFIRMED))
  }

  getAlarm(): Promise<number | null> {
    return this.#storage.getAlarm()
  }

  setAlarm(at: number): Promise<boolean> {
    return this.#write(1, () => this.#storage.setAlarm(at, UNCONFIRMED))
  }

  deleteAlarm(): Promise<boolean> {
    return this.#write(1, () => this.#storage.deleteAlarm(UNCONFIRMED))
  }

  /** True when everything written so far will survive; false when it may not. Never rejects. */
  confirmed(): Promise<boolean> {
    return this.#write(0, () => this.#storage.sync())
  }

  async #write(rows: number, run: () => Promise<unknown>): Promise<boolean> {
    this.#tally.rowsWritten += rows
    try {
      await run()
      return true
    } catch (error) {
      this.#failed(messageOf(error))
      return false
    }
  }
}
