// Small values that are the same for all makers, such as the fees of an event: one maker reads
// them from the exchange, and the others are told.
//
// In: questions, and what was read. Out: the value, or whose turn it is to read it. The desk knows
// nothing of what the values mean; whoever asks says how old one may be. Kept in memory only: a
// desk that restarts has one maker read each value again.

import type { CommonAnswer } from '../../rpc/contracts.ts'

/** Whoever has its turn and is silent for so long, ms, loses it to the next that asks. */
export const READING_MS = 1_000
/** No value is kept for longer, ms. */
export const KEPT_MS = 600_000

interface Entry {
  /** Readings that began before count for nothing, epoch ms. */
  notBefore: number
  /** When the newest reading began, -Infinity where none is under way. */
  reading: number
  /** When the reading of the value began. */
  begunAt: number
  /** Plain JSON; null where there is none. */
  value: unknown
}

const NEVER = Number.NEGATIVE_INFINITY

export class Commons {
  readonly #entries = new Map<string, Entry>()
  #last = 0

  /**
   * @param maxAge ms; a value counts from when its reading began, because it may be as old as that
   * @param at epoch ms, by the desk's clock
   */
  ask(key: string, maxAge: number, at: number): CommonAnswer {
    const entry = this.#entries.get(key)
    if (entry && entry.value !== null && at - entry.begunAt <= maxAge) {
      return { state: 'known', value: entry.value, age: Math.max(0, at - entry.begunAt) }
    }
    if (entry && at - entry.reading <= Math.min(maxAge, READING_MS)) return { state: 'wait' }
    const reading = this.#next(at)
    if (entry) entry.reading = reading
    else {
      this.#dropOld(at)
      this.#entries.set(key, { notBefore: reading, reading, begunAt: NEVER, value: null })
    }
    return { state: 'yours', reading }
  }

  /**
   * What was read, or null where it could not be read: then it is the next one's turn.
   * @param reading as `ask` has named it
   * @returns whether the value is kept
   */
  offer(key: string, reading: number, value: unknown): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    if (entry.reading === reading) entry.reading = NEVER
    if (value === null || reading > this.#last) return false
    if (reading < entry.notBefore || reading <= entry.begunAt) return false
    Object.assign(entry, { begunAt: reading, value })
    return true
  }

  /** The value has changed at the exchange: neither it nor what is being read now counts. */
  forget(key: string, at: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    Object.assign(entry, { notBefore: this.#next(at), reading: NEVER, value: null })
  }

  /** Times that are names as well: no two readings have the same. */
  #next(at: number): number {
    this.#last = Math.max(this.#last + 1, at)
    return this.#last
  }

  #dropOld(at: number): void {
    for (const [key, { begunAt, reading }] of this.#entries) {
      if (at - Math.max(begunAt, reading) > KEPT_MS) this.#entries.delete(key)
    }
  }
}
