// The position and its profit, folded from fills: one signed YES position, NO held being negative.
//
// In: fills in any order, each counted once, and the exchange's position report, which always wins
// (`adopt`). Out: five exact integer sums. It must never know orders, the book or a current price.
// For every mark, cash + position x mark == realized + (position x mark - cost) - fees to the last
// digit. Fills are folded in the exchange's order: a late one causes the newest to be folded again.

import type { Fill, PositionReport } from '../vocabulary/events.ts'
import { invariant } from '../vocabulary/outcome.ts'
import type { Millis, Money, Quantity } from '../vocabulary/units.ts'
import { mulDivRound, PRICE_CENT, PRICE_ONE, signOf } from '../vocabulary/units.ts'

/** The sums that fills are folded into. */
export interface Holdings {
  /** Signed YES quantity. */
  position: Quantity
  /** What is open, at the prices paid: position x average price. Has the sign of the position. */
  cost: Money
  /** Gains of what was closed, before fees. */
  realized: Money
  /** Fees of all fills. */
  fees: Money
  /** Money moved in and out by trading, as if a short were sold outright. */
  cash: Money
}

/** All that survives a restart. Plain JSON. */
export interface LedgerSnapshot {
  readonly version: 1
  readonly base: Holdings
  readonly fills: readonly Fill[]
  /** How many of `fills`, from the front, are already in `base`. */
  readonly settled: number
  /** Keys of fills in `base` that are no longer listed, oldest first. */
  readonly merged: readonly string[]
  readonly coveredUntil: Millis
  readonly cursor: Millis
  /** Absent in what older versions stored. */
  readonly readUntil?: Millis
  /** How it was paid out; absent before, and in what older versions stored. */
  readonly settlement?: Settlement
}

/** The payout of a market, as the exchange booked it. */
export interface Settlement {
  readonly at: Millis
  readonly result: string
  /** What was held, and what was paid for it. */
  readonly net: Quantity
  readonly revenue: Money
  /** All fees of the market, those of its trades included. */
  readonly fee: Money
  /** All that trading and the payout brought, before fees; null where not given. */
  readonly total: Money | null
}

const MERGED_LIMIT = 5000
/** Fewer than in memory, so that the stored value stays below about 200 kB. */
const SNAPSHOT_MERGED_LIMIT = 1000

const nothing = (): Holdings => ({ position: 0, cost: 0, realized: 0, fees: 0, cash: 0 })

const assign = (to: Holdings, from: Holdings): void => {
  to.position = from.position
  to.cost = from.cost
  to.realized = from.realized
  to.fees = from.fees
  to.cash = from.cash
}

/** A trade between two orders of our own has one trade id and is two fills. */
const keyOf = (fill: Fill): string => `${fill.tradeId}/${fill.orderId}`

/**
 * What closing takes out of the cost. A short is what was paid for NO, a dollar a contract less
 * than its YES cost, and the exchange rounds what was paid: halves would go the other way on ours.
 */
const shareOf = (cost: Money, position: Quantity, closing: Quantity): Money => {
  if (position > 0) return mulDivRound(cost, closing, position)
  const paid = cost - position * PRICE_ONE
  return mulDivRound(paid, closing, -position) - closing * PRICE_ONE
}

/**
 * Folds one fill in place. Opening adds to cost; closing c of |q| takes out the same share of cost
 * (average cost, rounded to a millionth of a dollar) and books the difference; what goes through
 * zero opens at the fill's price.
 */
const fold = (sums: Holdings, fill: Fill): void => {
  const sign = signOf(fill.side)
  const before = sums.position
  const size = Math.abs(before)
  const closing = before !== 0 && Math.sign(before) !== sign ? Math.min(fill.quantity, size) : 0
  if (closing > 0) {
    const removed = closing === size ? sums.cost : shareOf(sums.cost, before, closing)
    // A fill opposite to the position: the proceeds of closing have the position's sign.
    sums.realized += -sign * closing * fill.price - removed
    sums.cost -= removed
  }
  sums.cost += sign * (fill.quantity - closing) * fill.price
  sums.position = before + sign * fill.quantity
  sums.fees += fill.fee
  sums.cash -= sign * fill.quantity * fill.price + fill.fee
}

/** A charge of the exchange smaller than this is a rounding of what it reports. */
const FEE_DUST: Money = 100

/**
 * Pays out what is held. Where our fills lead to what the exchange held, they say what was gained;
 * where they do not, some are missing, and the exchange's own total counts.
 */
const pay = (sums: Holdings, { net, revenue, fee, total }: Settlement): void => {
  if (sums.position === net || total === null) {
    // A short gets its cover back where it wins: as if YES had been sold outright, it owes nothing.
    const payout = revenue + Math.min(0, net) * PRICE_ONE
    const charged = fee - sums.fees
    sums.realized += payout - sums.cost
    // The exchange lists all fees of the market. What is beyond those of the fills is its charge.
    if (charged >= FEE_DUST) sums.fees = fee
  } else {
    sums.realized = total
    sums.fees = fee
  }
  sums.cash = sums.realized - sums.fees
  sums.position = 0
  sums.cost = 0
}

export class Ledger implements Holdings {
  position: Quantity = 0
  cost: Money = 0
  realized: Money = 0
  fees: Money = 0
  cash: Money = 0
  /** The newest exchange time of any fill seen; 0 before any. */
  cursor: Millis = 0
  /** By the exchange's clock: up to then all fills have been read. 0 before any. */
  readUntil: Millis = 0

  readonly #limit: number
  /** The sums before `#fills[#settled]`. */
  readonly #base: Holdings = nothing()
  /** Oldest first. Those before `#settled` are in the base already and kept only to be shown. */
  #fills: Fill[] = []
  #settled = 0
  readonly #listed = new Set<string>()
  readonly #merged = new Set<string>()
  #coveredUntil: Millis = Number.NEGATIVE_INFINITY
  #settlement: Settlement | null = null

  /** `limit` is how many fills stay listed, and so can be folded again when one comes late. */
  constructor(limit = 500) {
    invariant(Number.isSafeInteger(limit) && limit > 0, `fill limit is positive, found ${limit}`)
    this.#limit = limit
  }

  /**
   * Counts a fill once. 'duplicate' when it was counted before, or is part of the position adopted
   * last; only the list changes then. Fills of one millisecond keep the order of arrival, unless
   * `previous` names the one before it in a list from the exchange (null for the first): their
   * order decides what is realized. A fill older than every listed one is folded just before those:
   * position, cash and fees stay exact, only the split between realized and cost may differ.
   */
  apply(fill: Fill, previous?: Fill | null): 'new' | 'duplicate' {
    const key = keyOf(fill)
    if (this.#listed.has(key) || this.#merged.has(key)) return 'duplicate'
    invariant(
      Number.isSafeInteger(fill.quantity) && fill.quantity > 0,
      `a fill has a positive quantity, found ${fill.quantity} in trade ${fill.tradeId}`,
    )
    this.#listed.add(key)
    this.cursor = Math.max(this.cursor, fill.venueAt)
    // Copied because frames are used again by the decoder.
    const kept = { ...fill }
    const covered = kept.venueAt <= this.#coveredUntil
    const from = covered ? 0 : this.#settled
    const end = covered ? this.#settled : this.#fills.length
    let index = end
    while (index > from && this.#fills[index - 1]!.venueAt > kept.venueAt) index--
    if (previous !== undefined) {
      const stop = previous === null ? '' : keyOf(previous)
      for (; index > from; index--) {
        const before = this.#fills[index - 1]!
        if (before.venueAt !== kept.venueAt || keyOf(before) === stop) break
      }
    }
    if (index === this.#fills.length) this.#fills.push(kept)
    else this.#fills.splice(index, 0, kept)

    if (covered) this.#settled++
    else if (index === end && this.#settlement === null) fold(this, kept)
    else this.#refold()
    if (this.#fills.length > this.#limit) this.#mergeOldest()
    return covered ? 'duplicate' : 'new'
  }

  /**
   * Starts over from the exchange's count. `at` is a time of the exchange's clock up to which the
   * report surely contains every fill (when it was asked for, less the difference of clocks):
   * unknown fills up to `at` will not be counted again. All fills already counted are taken to be
   * in the report, so do not adopt one across which a fill arrived; ask again.
   */
  adopt(report: PositionReport, at: Millis): void {
    const base = this.#base
    const { position, exposure } = report
    base.position = position
    if (position > 0) base.cost = exposure
    else if (position < 0) base.cost = position * PRICE_ONE + exposure
    else base.cost = 0
    base.realized = report.realized
    base.fees = report.fees
    // Not reported; this is the one value that keeps the invariant.
    base.cash = base.realized - base.cost - base.fees
    assign(this, base)
    this.#settled = this.#fills.length
    this.#coveredUntil = Math.max(this.#coveredUntil, at)
  }

  /** How the market was paid out; null before. */
  get settlement(): Settlement | null {
    return this.#settlement
  }

  /**
   * Closes what is held at what the exchange paid, once. Fills that come later were made before it,
   * and are folded before it.
   */
  settle(settlement: Settlement): void {
    if (this.#settlement !== null) return
    this.#settlement = settlement
    this.#refold()
  }

  /** Gain or loss of what is open at a mark in cents of YES, to the nearest Money unit. */
  unrealizedAt(markCents: number): Money {
    return Math.round(this.position * markCents * PRICE_CENT) - this.cost
  }

  /** Average price of what is open, in cents of YES (also for a short); null when flat. */
  averagePrice(): number | null {
    return this.position === 0 ? null : this.cost / this.position / PRICE_CENT
  }

  /** The last `count` fills, newest first. They are not to be changed. */
  recent(count: number): readonly Fill[] {
    return this.#fills.slice(Math.max(0, this.#fills.length - count)).reverse()
  }

  /** Everything that `restore` needs, as plain JSON that shares nothing with the ledger. */
  snapshot(): LedgerSnapshot {
    return {
      version: 1,
      base: { ...this.#base },
      fills: this.#fills.map((fill) => ({ ...fill })),
      settled: this.#settled,
      merged: [...this.#merged].slice(-SNAPSHOT_MERGED_LIMIT),
      // JSON has no infinity.
      coveredUntil: Math.max(0, this.#coveredUntil),
      cursor: this.cursor,
      readUntil: this.readUntil,
      ...(this.#settlement !== null && { settlement: this.#settlement }),
    }
  }

  /** Replaces everything by what a snapshot says. Sums are folded again, not trusted. */
  restore(snapshot: LedgerSnapshot): void {
    invariant(snapshot.version === 1, `ledger snapshot is version 1, found ${snapshot.version}`)
    assign(this.#base, snapshot.base)
    this.#fills = snapshot.fills.map((fill) => ({ ...fill }))
    this.#settled = snapshot.settled
    this.#listed.clear()
    for (const fill of this.#fills) this.#listed.add(keyOf(fill))
    this.#merged.clear()
    for (const key of snapshot.merged) this.#merged.add(key)
    this.#coveredUntil = snapshot.coveredUntil
    this.cursor = snapshot.cursor
    this.readUntil = snapshot.readUntil ?? snapshot.cursor
    this.#settlement = snapshot.settlement ?? null
    this.#refold()
    while (this.#fills.length > this.#limit) this.#mergeOldest()
  }

  #refold(): void {
    assign(this, this.#base)
    for (let i = this.#settled; i < this.#fills.length; i++) fold(this, this.#fills[i]!)
    if (this.#settlement !== null) pay(this, this.#settlement)
  }

  #mergeOldest(): void {
    const oldest = this.#fills.shift()!
    if (this.#settled > 0) this.#settled--
    else fold(this.#base, oldest)
    const key = keyOf(oldest)
    this.#listed.delete(key)
    this.#merged.add(key)
    if (this.#merged.size > MERGED_LIMIT) {
      for (const first of this.#merged) {
        this.#merged.delete(first)
        break
      }
    }
  }
}
