// The state that all parts of the exchange share: the clock, the knobs, the registers of accounts,
// markets, events and series, and the bus on which every fact is announced. Clearing, life cycle,
// order groups, pauses, treasury and fee changes know the hub alone, never the exchange that puts
// them together.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import { Dice } from '../../../src/statistics/random.ts'
import { DEFAULT_KNOBS, type ExchangeKnobs, type ExchangeOptions } from '../matching/requests.ts'
import type { Account } from './account.ts'
import type { Fact } from './facts.ts'
import type { EventEntry, Listing, Series } from './listing.ts'

const hex = (value: number, digits: number): string =>
  value.toString(16).padStart(digits, '0').slice(-digits)

/** A random head for each exchange, then a counter, so that no id repeats. */
class Ids {
  readonly #head: string
  #count = 0

  constructor(dice: Dice) {
    this.#head = `${hex(dice.bits(), 8)}-${hex(dice.bits(), 4)}-4${hex(dice.bits(), 3)}-a${hex(dice.bits(), 3)}`
  }

  next(): string {
    return `${this.#head}-${hex(++this.#count, 12)}`
  }
}

export class Hub {
  readonly now: () => Millis
  readonly knobs: ExchangeKnobs
  readonly accounts = new Map<string, Account>()
  readonly listings = new Map<string, Listing>()
  readonly events = new Map<string, EventEntry>()
  readonly series = new Map<string, Series>()
  /** Kalshi's four shards of 2026, and any other shard on which a market is listed. */
  readonly shards = new Set([0, 1, 2, 3])
  /** Time of the request being handled: all its facts carry it. */
  at: Millis
  readonly #ids: Ids
  readonly #listeners = new Set<(fact: Fact) => void>()

  constructor(options: ExchangeOptions) {
    this.now = options.now
    this.#ids = new Ids(new Dice(options.seed ?? 1, 1))
    this.knobs = { ...DEFAULT_KNOBS, ...options.knobs }
    this.at = this.now()
  }

  /**
   * Calls `listener` with every fact from now on; the result stops it. It must not place orders.
   */
  on(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(fact: Fact): void {
    for (const listener of this.#listeners) listener(fact)
  }

  /** A unique id, decided by the seed and the number of ids before it. */
  nextId(): string {
    return this.#ids.next()
  }

  /** The market, for callers that know it exists. @throws Error when it does not. */
  listing(ticker: string): Listing {
    const listing = this.listings.get(ticker)
    if (listing === undefined) throw new Error(`Market lookup failed: ${ticker} is not listed`)
    return listing
  }
}
