// Stand-ins for the tape's two stores: an object's storage and a bucket, both of which
// can fail on demand.

import type { StoredList, TapeBucket, TapeStore } from '../../src/tape/store.ts'

/** A tape line whose inventory column carries `row`, so that a test can tell rows apart. */
export const lineAt = (at: number, row: number, ticker = 'KXA'): string =>
  `${new Date(at).toISOString()},${ticker},50,49,51,${row},0,0,`

/** An object's storage: what is written is copied, as the platform does. */
export class FakeStore implements TapeStore {
  readonly #values = new Map<string, unknown>()
  calls = 0
  /** Rows written, as they are billed. */
  rows = 0
  /** Writes that are refused: all, or those of keys that begin so. */
  refuse: { put?: string; delete?: string; confirm?: boolean } = {}

  get<T>(key: string): T | undefined {
    this.calls++
    return structuredClone(this.#values.get(key)) as T | undefined
  }

  list<T>(prefix: string): [string, T][] {
    this.calls++
    const keys = [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort()
    return keys.map((key) => [key, structuredClone(this.#values.get(key)) as T])
  }

  async put(key: string, value: unknown): Promise<boolean> {
    this.calls++
    this.rows++
    if (this.refuse.put !== undefined && key.startsWith(this.refuse.put)) return false
    this.#values.set(key, structuredClone(value))
    return true
  }

  async delete(keys: string[]): Promise<boolean> {
    this.calls++
    this.rows += keys.length
    if (keys.some((key) => this.refuse.delete !== undefined && key.startsWith(this.refuse.delete)))
      return false
    for (const key of keys) this.#values.delete(key)
    return true
  }

  async confirmed(): Promise<boolean> {
    return this.refuse.confirm !== true
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
