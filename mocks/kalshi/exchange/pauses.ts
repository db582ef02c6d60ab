// Decides when trading is paused: the weekly pause by schedule, a pause of the whole exchange or of
// one shard, and the rare full stop in which even cancels are refused. When a pause begins, orders
// with cancel_order_on_pause are canceled; all others stay and trade again after it.

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
  /** When the schedule has to be checked again. */
  #nextCheck: Millis = Number.NEGATIVE_INFINITY

  constructor(hub: Hub, lifecycle: Lifecycle) {
    this.#hub = hub
    this.#lifecycle = lifecycle
  }

  /** True when the exchange refuses even cancels. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** True during the scheduled pause. */
  get scheduled(): boolean {
    return this.#scheduled
  }

  /** Whether a shard refuses orders. */
  isPaused(shard: number): boolean {
    return this.#trading || this.#stopped || this.#scheduled || this.#shards.has(shard)
  }

  /** Why a shard refuses to place or amend orders now, or null. */
  refusal(shard: number): Refusal | null {
    if (this.#trading || this.#stopped || this.#scheduled) return refuse(409, 'exchange_is_paused')
    return this.#shards.has(shard) ? refuse(409, 'trading_is_paused') : null
  }

  /** Why cancels are refused, or null. */
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

  /** Applies the schedule up to `at`. Cheap when nothing is due. */
  follow(at: Millis): void {
    if (!this.#hub.knobs.thursdayPause) {
      if (this.#scheduled) this.#scheduled = false
      this.#nextCheck = Number.NEGATIVE_INFINITY
      return
    }
    if (at < this.#nextCheck) return
    const { start, end } = thursdayPause(at)
    const on = at >= start
    this.#nextCheck = on ? end : start
    if (on === this.#scheduled) return
    this.#scheduled = on
    if (on) this.#cancelMarked(null)
  }

  /** When the scheduled pause ends, during one; else null. */
  get resumesAt(): Millis | null {
    return this.#scheduled ? this.#nextCheck : null
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
