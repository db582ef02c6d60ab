// What a maker does when its storage refuses writes: it must not quote on with a halt, a position
// or a tape that nobody will find again.
//
// It pauses, so that its orders are canceled, and then ends its own object: a new one may find the
// storage well again. The new one quotes only once a write of its own has been confirmed, and waits
// longer after each end: 15 s, doubled up to 5 minutes. The platform itself ends an object whose
// unconfirmed write has failed; that path meets the same check.

import type { Log } from '../../config/log.ts'
import type { Millis } from '../../core/vocabulary/units.ts'

/** The part of the object's storage that is used. */
interface Writes {
  put(key: string, value: unknown): Promise<boolean>
  confirmed(): Promise<boolean>
}

interface WatchWorld {
  readonly store: Writes
  now(): Millis
  readonly log: Log
  /** Whether the maker may quote has changed. */
  changed(reason: 'storage-failing' | 'storage-answered'): void
  /** True once the exchange has confirmed that nothing rests; false when `ms` have passed. */
  clean(since: Millis, ms: number): Promise<boolean>
  /** Ends the object. */
  abort(reason: string): void
}

const PROOF = 'storage-proof'
/** Time to cancel before the object ends. */
const CLEAN_MS = 10_000
const FIRST_QUIET_MS = 15_000
const LONGEST_QUIET_MS = 300_000
/** Ends that are older than this count no more. */
const FORGOTTEN_MS = 3_600_000

/** Outlives objects, as far as their isolate does: a storage that refuses can keep no count. */
const ends = new Map<string, { count: number; at: Millis }>()

export class StorageWatch {
  readonly #name: string
  readonly #world: WatchWorld
  #failing = false
  #ending = false
  #checking = false

  constructor(name: string, world: WatchWorld) {
    this.#name = name
    this.#world = world
  }

  /** True while nothing may be quoted, because nothing can be kept. */
  get isFailing(): boolean {
    return this.#failing
  }

  /** The object has come to memory. */
  begin(): void {
    if (this.#world.now() < this.#quietUntil()) this.#failing = true
    else void this.check()
  }

  /** Storage has refused a write. */
  failed(reason: string): void {
    if (this.#failing) return
    this.#failing = true
    this.#world.log('error', 'storage-failing', { detail: reason })
    this.#world.changed('storage-failing')
    void this.#end()
  }

  /** Called at each alarm. */
  async recheck(): Promise<void> {
    if (this.#failing) await this.check()
  }

  /** Tries a write, and lets the maker quote again when it is confirmed. Never rejects. */
  async check(): Promise<void> {
    if (this.#checking || this.#ending || this.#world.now() < this.#quietUntil()) return
    this.#checking = true
    const { store, now, log, changed } = this.#world
    const works = (await store.put(PROOF, now())) && (await store.confirmed())
    this.#checking = false
    if (!works) {
      if (this.#failing) void this.#end()
      else this.failed('a write was not confirmed')
    } else if (this.#failing && !this.#ending) {
      this.#failing = false
      log('info', 'storage-answered', {})
      changed('storage-answered')
    }
  }

  #quietUntil(): Millis {
    const end = ends.get(this.#name)
    if (end === undefined) return 0
    return end.at + Math.min(LONGEST_QUIET_MS, FIRST_QUIET_MS * 2 ** (end.count - 1))
  }

  async #end(): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    const { now, clean, abort } = this.#world
    await clean(now(), CLEAN_MS)
    const at = now()
    const before = ends.get(this.#name)
    const recent = before !== undefined && at - before.at < FORGOTTEN_MS ? before.count : 0
    ends.set(this.#name, { count: recent + 1, at })
    abort('storage refuses writes')
  }
}
