// When trading stands still: the weekly pause by timetable, a pause of the whole exchange, of one
// shard, or the rare stop of the exchange in which not even cancels pass. Orders that asked for it
// are canceled when a pause begins; all others stay and trade again after it.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Hub } from './hub.ts'
import type { Lifecycle } from './lifecycle.ts'
import { type Refusal, refuse } from './refusal.ts'
import { thursdayPause } from './schedule.ts'

/** Reached as `exchange.pauses`. */
export class Pauses {
  readonly #hub: Hub
  readonly #lifecycle: Lifecycle
  readonly #shards = new Set<number>()
  #trading = false
  #stopped = false
  #scheduled = false
  /** When the timetable has to be looked at again; Infinity while it does not count. */
  #nextLook: Millis = Number.NEGATIVE_INFINITY

  constructor(hub: Hub, lifecycle: Lifecycle) {
    this.#hub = hub
    this.#lifecycle = lifecycle
  }

  /** True when the exchange does not even take cancels. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** True when the timetable's pause is on. */
  get scheduled(): boolean {
    return this.#scheduled
  }

  /** Whether no orders are taken on a shard. */
  isPaused(shard: number): boolean {
    return this.#trading || this.#stopped || this.#scheduled || this.#shards.has(shard)
  }

  /** Why no order can be placed or amended on a shard now, or null. */
  refusal(shard: number): Refusal | null {
    if (this.#trading || this.#stopped || this.#scheduled) return refuse(409, 'exchange_is_paused')
    return this.#shards.has(shard) ? refuse(409, 'trading_is_paused') : null
  }

  /** Why not even a cancel passes, or null. */
  cancelRefusal(): Refusal | null {
    return this.#stopped ? refuse(409, 'exchange_is_paused') : null
  }

  /** Pauses or resumes trading everywhere. */
  trading(paused: boolean): void {
    this.#change(null, () => (this.#trading = paused))
  }

  /** Pauses or resumes trading on one shard. */
  shard(shard: number, paused: boolean): void {
    this.#change(shard, () => {
      if (paused) this.#shards.add(shard)
      else this.#shards.delete(shard)
    })
  }

  /** Stops or restarts the exchange: cancels are refused as well. */
  exchange(stopped: boolean): void {
    this.#change(null, () => (this.#stopped = stopped))
  }

  /** Follows the timetable up to `at`. Cheap when nothing is due. */
  follow(at: Millis): void {
    if (!this.#hub.knobs.thursdayPause) {
      if (this.#scheduled) this.#scheduled = false
      this.#nextLook = Number.NEGATIVE_INFINITY
      return
    }
    if (at < this.#nextLook) return
    const { start, end } = thursdayPause(at)
    const on = at >= start
    this.#nextLook = on ? end : start
    if (on === this.#scheduled) return
    this.#scheduled = on
    if (on) this.#cancelMarked(null)
  }

  /** When the timetable's pause ends, while it is on; else null. */
  get resumesAt(): Millis | null {
    return this.#scheduled ? this.#nextLook : null
  }

  #change(shard: number | null, act: () => void): void {
    const before = this.isPaused(shard ?? -1)
    this.#hub.at = this.#hub.now()
    act()
    if (!before && this.isPaused(shard ?? -1)) this.#cancelMarked(shard)
  }

  #cancelMarked(shard: number | null): void {
    for (const listing of this.#hub.listings.values()) {
      if (shard === null || listing.exchangeIndex === shard) {
        this.#lifecycle.cancelOnPause(listing)
      }
    }
  }
}
