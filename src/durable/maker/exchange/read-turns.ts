// Lets one maker's reads wait for their turn, so that all makers together stay within the account's
// read budget. What a recovery waits for goes first.
//
// In: the maker's lease of reads, and what the desk lends beyond it. Out: turns. A small lease
// serves quiet times; a burst is paid by the desk's pool, which spreads it over all makers. Without
// a desk the lease alone has to do. Cancels and orders have tokens of their own and never wait
// here.

import type { Millis } from '../../../core/vocabulary/units.ts'
import type { Bucket } from '../../../rpc/contracts.ts'

/** Tokens of one read (Kalshi's default cost, 2026-10-07). */
const COST = 10
/** Without any word from the desk: a read a second for each of a few makers. */
export const FIRST_READS: Bucket = { refill: 10, capacity: 20 }
/** The desk was not reached: wait for the lease, and ask again after this, ms. */
const RETRY_MS = 1_000

export interface ReadWorld {
  now(): Millis
  sleep(ms: number): Promise<void>
  /** Borrows tokens of the desk's pool; resolves to the wait in ms, rejects without a desk. */
  borrow(tokens: number): Promise<number>
}

export class ReadTurns {
  readonly #world: ReadWorld
  readonly #urgent: (() => void)[] = []
  readonly #others: (() => void)[] = []
  #lease = FIRST_READS
  #tokens = 0
  #at: Millis
  #isBorrowing = false
  /** Turns given whose reads have not been sent. */
  #given = 0

  constructor(world: ReadWorld) {
    this.#world = world
    this.#at = world.now()
  }

  setLease(lease: Bucket): void {
    this.#refill()
    this.#lease = lease
    this.#serve()
  }

  /** Resolves when a read may be sent. Never rejects. */
  turn(urgent: boolean): Promise<void> {
    return new Promise((resolve) => {
      ;(urgent ? this.#urgent : this.#others).push(resolve)
      this.#serve()
    })
  }

  /** A read leaves: the one that had its turn, or a further one of the same question. */
  sent(): void {
    if (this.#given > 0) this.#given--
    else this.#tokens -= COST
  }

  get #waiting(): number {
    return this.#urgent.length + this.#others.length
  }

  #serve(): void {
    this.#refill()
    while (this.#waiting > 0 && this.#tokens >= COST) {
      this.#tokens -= COST
      this.#given++
      const next = this.#urgent.shift() ?? this.#others.shift()
      next?.()
    }
    if (this.#waiting > 0 && !this.#isBorrowing) void this.#borrow()
  }

  async #borrow(): Promise<void> {
    this.#isBorrowing = true
    const tokens = this.#waiting * COST - Math.min(0, this.#tokens)
    let lent = 0
    try {
      const wait = await this.#world.borrow(tokens)
      lent = tokens
      if (wait > 0) await this.#world.sleep(wait)
    } catch {
      await this.#world.sleep(RETRY_MS)
    }
    this.#refill()
    this.#tokens += lent
    this.#isBorrowing = false
    this.#serve()
  }

  // What was borrowed is not cut to the size of the lease.
  #refill(): void {
    const at = this.#world.now()
    const gained = Math.max(0, ((at - this.#at) / 1000) * this.#lease.refill)
    this.#at = Math.max(this.#at, at)
    const full = Math.max(this.#tokens, this.#lease.capacity)
    this.#tokens = Math.min(full, this.#tokens + gained)
  }
}
