// A stand-in for the platform's storage that notes every write, whether it would hold back what the
// object sends, and that can refuse.

import type { PlatformStorage } from '../../src/durable/common/object-store.ts'

export class FakePlatform implements PlatformStorage {
  readonly values = new Map<string, unknown>()
  /** Writes that hold back requests until they are confirmed. */
  readonly gated: string[] = []
  alarm: number | null = null
  refuses = false
  syncs = 0

  readonly kv = {
    get: (key: string): unknown => this.values.get(key),
    list: ({ prefix }: { prefix: string }): [string, unknown][] =>
      [...this.values].filter(([key]) => key.startsWith(prefix)).sort(),
  }

  async put(key: string, value: unknown, options?: { allowUnconfirmed?: boolean }): Promise<void> {
    this.#write(`put ${key}`, options)
    this.values.set(key, value)
  }

  async delete(keys: string[], options?: { allowUnconfirmed?: boolean }): Promise<void> {
    this.#write(`delete ${keys.join()}`, options)
    for (const key of keys) this.values.delete(key)
  }

  async getAlarm(): Promise<number | null> {
    return this.alarm
  }

  async setAlarm(at: number, options?: { allowUnconfirmed?: boolean }): Promise<void> {
    this.#write('setAlarm', options)
    this.alarm = at
  }

  async deleteAlarm(options?: { allowUnconfirmed?: boolean }): Promise<void> {
    this.#write('deleteAlarm', options)
    this.alarm = null
  }

  async sync(): Promise<void> {
    this.syncs++
    if (this.refuses) throw new Error('disk is full')
  }

  #write(what: string, options?: { allowUnconfirmed?: boolean }): void {
    if (options?.allowUnconfirmed !== true) this.gated.push(what)
    if (this.refuses) throw new Error('disk is full')
  }
}
