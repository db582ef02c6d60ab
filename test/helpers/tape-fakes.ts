// Stand-ins for the tape's two stores: real SQLite in memory, and a bucket that can fail on demand.

import { DatabaseSync } from 'node:sqlite'
import type { SqlValue, StoredList, TapeBucket, TapeSql } from '../../src/tape/store.ts'

/** A tape line whose inventory column carries `row`, so that a test can tell rows apart. */
export const lineAt = (at: number, row: number, ticker = 'KXA'): string =>
  `${new Date(at).toISOString()},${ticker},50,49,51,${row},0,0,`

export class FakeSql implements TapeSql {
  readonly #database = new DatabaseSync(':memory:')
  calls = 0
  /** Statements that begin so fail. */
  failOn: string | null = null

  exec(query: string, ...bindings: SqlValue[]): { toArray(): Record<string, unknown>[] } {
    this.calls++
    if (this.failOn !== null && query.startsWith(this.failOn)) throw new Error('disk is full')
    const rows = this.#database.prepare(query).all(...bindings)
    return { toArray: () => rows.map((row) => ({ ...row })) }
  }
}

export class FakeBucket implements TapeBucket {
  readonly #objects = new Map<string, { bytes: ArrayBuffer; metadata: Record<string, string> }>()
  puts = 0
  /** 'before': nothing is written. 'after': written, but the answer is lost. */
  failure: 'before' | 'after' | null = null
  /** Objects per page of a list. */
  page = 1000
  /** Called before each list is answered. */
  onList: () => Promise<void> = async () => {}

  async put(
    key: string,
    body: ArrayBuffer,
    options: { customMetadata: Record<string, string> },
  ): Promise<unknown> {
    this.puts++
    if (this.failure === 'before') throw new Error('bucket is down')
    if (this.#objects.has(key)) return null
    this.#objects.set(key, { bytes: body, metadata: options.customMetadata })
    if (this.failure === 'after') throw new Error('answer lost')
    return { key }
  }

  async get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null> {
    const object = this.#objects.get(key)
    return object === undefined ? null : { arrayBuffer: async () => object.bytes }
  }

  async list(options: {
    prefix: string
    limit: number
    startAfter?: string
    cursor?: string
  }): Promise<StoredList> {
    await this.onList()
    const after = options.cursor ?? options.startAfter ?? ''
    const keys = this.keys().filter((key) => key.startsWith(options.prefix) && key > after)
    const shown = keys.slice(0, Math.min(options.limit, this.page))
    const objects = shown.map((key) => ({
      key,
      size: this.bytes(key).byteLength,
      customMetadata: this.metadata(key),
    }))
    return shown.length < keys.length
      ? { objects, truncated: true, cursor: shown.at(-1) }
      : { objects, truncated: false }
  }

  keys(): string[] {
    return [...this.#objects.keys()].sort()
  }

  bytes(key: string): ArrayBuffer {
    return this.#objects.get(key)!.bytes
  }

  metadata(key: string): Record<string, string> {
    return this.#objects.get(key)!.metadata
  }

  remove(key: string): void {
    this.#objects.delete(key)
  }
}
