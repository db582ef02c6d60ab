// What the other markets of an event say about the price of ours, and about its risk.
//
// In: the desk's view of the siblings. Out: cents to add to the fair value, and the position that
// counts for the skew. Of exclusive outcomes at most one pays a dollar, so prices that sum to more
// are too high, and are scaled back; of a ladder of strikes the wider question is worth no less.
// Knows no order and no limit. Whatever the view says, the fair value stays within our own touch.

import type { LadderBound, Sibling, SiblingsView } from '../vocabulary/siblings.ts'
import { CONTRACT, type Millis, PRICE_CENT, PRICE_ONE, type Price } from '../vocabulary/units.ts'

/** A view counts for so long, and a sibling's mid; its bid alone counts on until `LAST_MS`. */
export const FRESH_MS = 60_000
export const LAST_MS = 300_000
/**
 * How much of the group's risk the skew takes over; the rest is that of the position alone. The
 * whole would let equal positions in all outcomes, which bear no risk, run to their limits, and a
 * maker at its limit earns on one side only (`npm run lab -- W6`).
 */
const SHARED_RISK = 0.5
/** A wider book has no mid that could be summed. */
export const WIDEST_CENTS = 10

/** What counts now: prices in cents, position times price in contracts times cents. */
interface Sums {
  /** Siblings that count with their mid, and with their bid alone. */
  mids: number
  bids: number
  /** What they sum to, and each position times its price. */
  price: number
  exposure: number
  low: number
  high: number
}

const nothing = (): Sums => ({
  ...{ mids: 0, bids: 0, price: 0, exposure: 0 },
  ...{ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
})

const isPrice = (price: Price): boolean => price >= 0 && price <= PRICE_ONE

/** Distance in time; a time of the future says as little as one of the past. */
const ageOf = (told: Millis, at: Millis): Millis => Math.abs(at - told)

/** What a sibling counts for, cents: its mid, or its bid where no more can be relied on. */
const priceOf = ({ bid, ask, at: told }: Sibling, at: Millis): { cents: number; mid: boolean } => {
  const age = ageOf(told, at)
  const readable = isPrice(bid) && isPrice(ask) && bid <= ask && age <= LAST_MS
  if (!readable) return { cents: 0, mid: false }
  const mid = age <= FRESH_MS && bid > 0 && ask - bid <= WIDEST_CENTS * PRICE_CENT
  return { cents: (mid ? (bid + ask) / 2 : bid) / PRICE_CENT, mid }
}

const boundOf = (bound: LadderBound | null, at: Millis, none: number): number => {
  if (bound === null || !isPrice(bound.price) || ageOf(bound.at, at) > FRESH_MS) return none
  return bound.price / PRICE_CENT
}

export class EventFair {
  /** False: all is as if the desk were silent. */
  isOn = true
  #view: SiblingsView | null = null
  #heardAt: Millis = 0
  readonly #sums = nothing()
  /** The sums hold from one time to the other; empty before the first view. */
  #from: Millis = Number.POSITIVE_INFINITY
  #until: Millis = Number.NEGATIVE_INFINITY

  /** A view of the desk, which replaces the one before. */
  hear(view: SiblingsView, at: Millis): void {
    this.#view = view
    this.#heardAt = at
    this.#until = Number.NEGATIVE_INFINITY
  }

  /** When the desk last said something new; null before. */
  get heardAt(): Millis | null {
    return this.#view === null ? null : this.#heardAt
  }

  /** What counts at `at`; the object is reused. */
  sums(at: Millis): Readonly<Sums> {
    if (at < this.#from || at >= this.#until) this.#sum(at)
    return this.#sums
  }

  /**
   * What the event adds to the fair value, cents; 0 without a view that counts. With it the fair
   * value lies within our own touch, or where it was.
   * @param fair by our own book, cents
   * @param bid best prices of others in our own book, cents
   */
  adjustment(fair: number, bid: number, ask: number, at: Millis): number {
    if (!this.#counts) return 0
    const { price, low, high } = this.sums(at)
    let value = fair
    // A sum below a dollar says nothing: there may be outcomes that nobody here makes.
    if (price > 0 && fair + price > 100) value = Math.max((fair * 100) / (fair + price), bid)
    if (low <= high) {
      if (value < low) value = Math.min(low, ask)
      else if (value > high) value = Math.max(high, bid)
    }
    return value === fair ? 0 : value - fair
  }

  /**
   * The position that the skew is made for: halfway from our own to the one that bears as much risk
   * alone as ours does beside those of the siblings, q - sum of q_j p_j / (1 - p), contracts. From
   * the covariance -p p_j of outcomes that exclude each other; prices that sum to more than a
   * dollar are scaled.
   * @param position contracts
   * @param fair by our own book, cents
   */
  inventory(position: number, fair: number, at: Millis): number {
    if (!this.#counts) return position
    const { price, exposure } = this.sums(at)
    if (exposure === 0) return position
    const whole = Math.max(100, fair + price)
    return whole - fair > 0 ? position - (SHARED_RISK * exposure) / (whole - fair) : position
  }

  get #counts(): boolean {
    return this.isOn && this.#view !== null
  }

  #sum(at: Millis): void {
    const sums = this.#sums
    Object.assign(sums, nothing())
    this.#from = at
    this.#until = Number.POSITIVE_INFINITY
    const view = this.#view
    if (view === null || !this.#holds(this.#heardAt, at, FRESH_MS)) return
    for (const sibling of view.others) {
      if (!this.#holds(sibling.at, at, FRESH_MS)) this.#holds(sibling.at, at, LAST_MS)
      const { cents, mid } = priceOf(sibling, at)
      if (!(cents > 0)) continue
      if (mid) sums.mids++
      else sums.bids++
      sums.price += cents
      const held = (sibling.position / CONTRACT) * cents
      if (Number.isFinite(held)) sums.exposure += held
    }
    const { low, high } = view
    if (low !== null) this.#holds(low.at, at, FRESH_MS)
    if (high !== null) this.#holds(high.at, at, FRESH_MS)
    sums.low = boundOf(low, at, Number.NEGATIVE_INFINITY)
    sums.high = boundOf(high, at, Number.POSITIVE_INFINITY)
  }

  /** Whether what was told then counts at `at`; the sums hold until that changes. */
  #holds(told: Millis, at: Millis, forMs: Millis): boolean {
    const begins = told - forMs
    const ends = told + forMs + 1
    if (begins > at) this.#until = Math.min(this.#until, begins)
    if (ends > at) this.#until = Math.min(this.#until, ends)
    return begins <= at && at < ends
  }
}
