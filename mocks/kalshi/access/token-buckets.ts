// The exchange's rate limit: token buckets per account, one for reads and one per shard for writes,
// refilled continuously. The numbers per tier are those documented in October 2026. A request over
// the limit costs nothing and is answered with 429.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Account } from '../exchange/account.ts'

export type Tier =
  | 'basic'
  | 'advanced'
  | 'expert'
  | 'premier'
  | 'paragon'
  | 'prime'
  | 'prestige'
  | 'unlimited'

/** Tokens per second and the seconds of burst that a bucket holds. */
interface Rates {
  readonly read: number
  readonly write: number
  readonly readBurst: number
  readonly writeBurst: number
}

const UNLIMITED = 1_000_000_000

const TIERS: Readonly<Record<Tier, Rates>> = {
  basic: { read: 200, write: 100, readBurst: 3, writeBurst: 1 },
  advanced: { read: 300, write: 300, readBurst: 3, writeBurst: 3 },
  expert: { read: 600, write: 600, readBurst: 1, writeBurst: 3 },
  premier: { read: 1_200, write: 1_200, readBurst: 1, writeBurst: 3 },
  paragon: { read: 2_400, write: 2_400, readBurst: 1, writeBurst: 3 },
  prime: { read: 4_800, write: 4_800, readBurst: 1, writeBurst: 3 },
  prestige: { read: 12_000, write: 9_600, readBurst: 1, writeBurst: 3 },
  unlimited: { read: UNLIMITED, write: UNLIMITED, readBurst: 1, writeBurst: 1 },
}

class Bucket {
  readonly refill: number
  readonly capacity: number
  #tokens: number
  #at: Millis

  constructor(refill: number, burst: number, now: Millis) {
    this.refill = refill
    this.capacity = refill * burst
    this.#tokens = this.capacity
    this.#at = now
  }

  /** Whether `cost` tokens are there. */
  has(cost: number, now: Millis): boolean {
    const gained = (Math.max(0, now - this.#at) * this.refill) / 1000
    this.#tokens = Math.min(this.capacity, this.#tokens + gained)
    this.#at = now
    return this.#tokens >= cost
  }

  take(cost: number): void {
    this.#tokens -= cost
  }
}

/** Every account's buckets. */
export class TokenBuckets {
  readonly #buckets = new Map<Account, Map<string, Bucket>>()
  #tier: Tier

  constructor(tier: Tier) {
    this.#tier = tier
  }

  get tier(): Tier {
    return this.#tier
  }

  /** Changes the tier; all buckets are full afterwards. */
  set tier(tier: Tier) {
    this.#tier = tier
    this.#buckets.clear()
  }

  /** Takes `cost` read tokens; false when there are not enough. */
  read(account: Account, cost: number, now: Millis): boolean {
    const bucket = this.#bucket(account, 'read', now)
    if (!bucket.has(cost, now)) return false
    bucket.take(cost)
    return true
  }

  /** Takes write tokens, by shard; none, and false, when one of the shards has not enough. */
  write(account: Account, costs: ReadonlyMap<number, number>, now: Millis): boolean {
    const buckets = [...costs].map(
      ([shard, cost]) => [this.#bucket(account, `write-${shard}`, now), cost] as const,
    )
    if (!buckets.every(([bucket, cost]) => bucket.has(cost, now))) return false
    for (const [bucket, cost] of buckets) bucket.take(cost)
    return true
  }

  /** The body of GET /account/limits. */
  describe(): Record<string, unknown> {
    const rates = TIERS[this.#tier]
    return {
      grants: [],
      read: { bucket_capacity: rates.read * rates.readBurst, refill_rate: rates.read },
      usage_tier: this.#tier,
      write: { bucket_capacity: rates.write * rates.writeBurst, refill_rate: rates.write },
    }
  }

  #bucket(account: Account, name: string, now: Millis): Bucket {
    let own = this.#buckets.get(account)
    if (own === undefined) this.#buckets.set(account, (own = new Map()))
    let bucket = own.get(name)
    if (bucket === undefined) {
      const rates = TIERS[this.#tier]
      bucket =
        name === 'read'
          ? new Bucket(rates.read, rates.readBurst, now)
          : new Bucket(rates.write, rates.writeBurst, now)
      own.set(name, bucket)
    }
    return bucket
  }
}

export const isTier = (name: string): name is Tier => Object.hasOwn(TIERS, name)
