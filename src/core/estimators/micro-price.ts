// The fair price by the book and the tape alone, in cents of YES.
//
// In: the best prices and sizes of others, and trades. Out: the mid, the weighted mid, the
// micro-price that leans by what followed such books before, and an anchor in recent trades.
// The weighted mid is only the prior: how far a heavy bid lifts the price differs by market.

import { PRICE_CENT, type Price, type Quantity } from '../vocabulary/units.ts'

/** Halfway between best bid and best ask, in cents. */
export const midCents = (bid: Price, ask: Price): number => (bid + ask) / (2 * PRICE_CENT)

/**
 * The mid weighted by the size of the opposite side, in cents: it leans toward the side that is
 * likely to be eaten first. Equals the mid where both sizes are equal or nothing is offered.
 * Source: the "weighted mid" of Gatheral and Oomen (2010); Stoikov, "The micro-price" (2018).
 */
export const microCents = (
  bid: Price,
  bidQuantity: Quantity,
  ask: Price,
  askQuantity: Quantity,
): number => {
  const total = bidQuantity + askQuantity
  if (!(total > 0)) return midCents(bid, ask)
  return (bid * askQuantity + ask * bidQuantity) / (total * PRICE_CENT)
}

/** Ten buckets of imbalance are five and their mirror images; spreads of 1, 2, 3 or more ticks. */
const BUCKETS = 5
const SPREADS = 3
const CELLS = BUCKETS * SPREADS
/** A cell is not used below this many observations, and used alone from twice as many. */
const ENOUGH = 100
/** The weight of a new observation is one in so many, and more before that many. */
const OBSERVATIONS = 200
/** A longer move is news that the sizes did not foretell; it counts as this many ticks. */
const MOST_TICKS = 3

/** +1 for a heavier bid, -1 for a heavier ask, 0 where neither is. */
const leanOf = (bidSize: Quantity, askSize: Quantity): number =>
  bidSize > askSize ? 1 : bidSize < askSize ? -1 : 0

/** The cell of a book, by the lighter side's share, so that mirrored books share it exactly. */
const cellOf = (
  bid: Price,
  bidSize: Quantity,
  ask: Price,
  askSize: Quantity,
  tick: Price,
): number => {
  const share = Math.min(bidSize, askSize) / (bidSize + askSize)
  const bucket = Math.min(Math.floor(10 * share), BUCKETS - 1)
  const ticks = Math.min(Math.max(Math.round((ask - bid) / tick), 1), SPREADS)
  return bucket * SPREADS + ticks - 1
}

const hasBoth = (bid: Price, bidSize: Quantity, ask: Price, askSize: Quantity): boolean =>
  bidSize > 0 && askSize > 0 && bid < ask

/**
 * The micro-price with a one-step table: the fair price is the mid plus the mean move of the mid at
 * its next change, by imbalance bucket and spread, symmetric by construction.
 * Source: Stoikov, "The micro-price" (2018), of which this is the first-order term.
 */
export class MicroPrice {
  /** Mean next move toward the heavier side in ticks, and how often it was observed. */
  readonly #moves = new Float64Array(CELLS)
  readonly #counts = new Float64Array(CELLS)
  /** Cells met since the mid last moved, one bit each for a heavier bid and for a heavier ask. */
  #heavyBids = 0
  #heavyAsks = 0
  /** Twice the mid, so that it stays an integer; 0 = unknown. */
  #twiceMid = 0

  /**
   * The best level of both sides without our own orders, at each change; `tick` at that price. A
   * cell is observed once between two moves of the mid, at its first visit: taking only the last
   * book before each move would select the books that were about to move. A book without two sides
   * breaks the sequence.
   */
  onTop(bid: Price, bidSize: Quantity, ask: Price, askSize: Quantity, tick: Price): void {
    if (!hasBoth(bid, bidSize, ask, askSize)) {
      this.drop()
      return
    }
    const twice = bid + ask
    if (twice !== this.#twiceMid) {
      if (this.#twiceMid !== 0) this.#learn((twice - this.#twiceMid) / (2 * tick))
      this.#twiceMid = twice
      this.#heavyBids = 0
      this.#heavyAsks = 0
    }
    const lean = leanOf(bidSize, askSize)
    if (lean === 0) return
    const bit = 1 << cellOf(bid, bidSize, ask, askSize, tick)
    if (lean > 0) this.#heavyBids |= bit
    else this.#heavyAsks |= bit
  }

  /**
   * Cents, never outside the touch: the weighted mid until such books have been observed 100 times,
   * the table's price from 200 on, and in between a blend. Needs both sides.
   */
  fair(bid: Price, bidSize: Quantity, ask: Price, askSize: Quantity, tick: Price): number {
    const weighted = microCents(bid, bidSize, ask, askSize)
    const lean = leanOf(bidSize, askSize)
    if (lean === 0) return weighted
    const cell = cellOf(bid, bidSize, ask, askSize, tick)
    const trust = Math.min(Math.max(this.#counts[cell]! / ENOUGH - 1, 0), 1)
    if (trust === 0) return weighted
    const observed = (bid + ask) / 2 + lean * this.#moves[cell]! * tick
    const fair = weighted + trust * (observed / PRICE_CENT - weighted)
    return Math.min(Math.max(fair, bid / PRICE_CENT), ask / PRICE_CENT)
  }

  /** Breaks the sequence, as a gap in the feed does: the next mid is no move. Keeps the table. */
  drop(): void {
    this.#twiceMid = 0
    this.#heavyBids = 0
    this.#heavyAsks = 0
  }

  /** Enters a move of the mid, in ticks, for every cell met before it; at most 15 of each kind. */
  #learn(ticks: number): void {
    const move = Math.min(Math.max(ticks, -MOST_TICKS), MOST_TICKS)
    for (let cell = 0; cell < CELLS; cell++) {
      const bit = 1 << cell
      if ((this.#heavyBids & bit) !== 0) this.#observe(cell, move)
      if ((this.#heavyAsks & bit) !== 0) this.#observe(cell, -move)
    }
  }

  #observe(cell: number, move: number): void {
    const count = this.#counts[cell]! + 1
    this.#counts[cell] = count
    this.#moves[cell]! += (move - this.#moves[cell]!) / Math.min(count, OBSERVATIONS)
  }
}

/** The weight of a new trade is one in so many, and more before that many. */
const TRADES = 10
/** A book wider than 4 cents (plus float error) says less than the last trades. */
const WIDE_CENTS = 4 + 1e-9

/** The average price of the last ten trades or so, as a second opinion where the spread is wide. */
export class TradeAnchor {
  #price = 0
  /** Trades seen. */
  count = 0

  /** One trade at this YES price, in cents. */
  onTrade(priceCents: number): void {
    this.count++
    this.#price += (priceCents - this.#price) / Math.min(this.count, TRADES)
  }

  /** Cents; NaN before the first trade. */
  get price(): number {
    return this.count === 0 ? Number.NaN : this.#price
  }

  /**
   * `fair` unchanged where the spread is at most 4 cents or nothing has traded; else halfway
   * between mid and anchor, never outside the touch. All in cents.
   */
  blend(fair: number, bidCents: number, askCents: number): number {
    if (this.count === 0 || !(askCents - bidCents > WIDE_CENTS)) return fair
    const halfway = (bidCents + askCents) / 4 + this.#price / 2
    return Math.min(Math.max(halfway, bidCents), askCents)
  }
}
