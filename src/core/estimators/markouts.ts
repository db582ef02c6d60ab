// Markouts of our fills: how far the fair value has moved 5, 30 and 300 seconds after each.
//
// If the fair value falls after we bought, the seller knew more than we did. The average of these
// moves is the cost of a fill that no fee schedule lists, and the maker's primary guard: quotes are
// widened by it, and where fills lose more than they earn, sizes are halved and then quoting stops.
// Sign: a markout is s x (fair later - fair at the fill), s = +1 for a bid; negative is adverse.

import { type Millis, type Side, signOf } from '../vocabulary/units.ts'

/** Seconds after a fill. */
type Horizon = 5 | 30 | 300
const HORIZONS: readonly Horizon[] = [5, 30, 300]
export type MarkoutVerdict = 'ok' | 'halve' | 'stop'

/** Pending fills per horizon; at 300 s this is a fill every 0.3 s. */
export const RING = 1024
const HALF_WEIGHT_CONTRACTS = 50
const WEIGHT = 0.2
const HALVE_FILLS = 30
const STOP_FILLS = 100
const NEVER: Millis = Number.POSITIVE_INFINITY

/** The averages of one side, cents per contract, and the counts behind them. Plain JSON. */
interface SideMarkouts {
  /** Average markout at 5, 30 and 300 seconds, and the fills that have reached each horizon. */
  averages: [number, number, number]
  matured: [number, number, number]
  edge: number
  fills: number
}
export interface MarkoutSnapshot {
  bid: SideMarkouts
  ask: SideMarkouts
}

const emptySide = (): SideMarkouts => ({
  averages: [0, 0, 0],
  matured: [0, 0, 0],
  edge: 0,
  fills: 0,
})

/**
 * The average after one more value: mo + n/(n+50) x 0.2 x (value - mo), so that a fill of 50
 * contracts moves it by a tenth and a fill of one by 0.4 %. `contracts` > 0.
 */
export const markoutStep = (average: number, value: number, contracts: number): number =>
  average + (contracts / (contracts + HALF_WEIGHT_CONTRACTS)) * WEIGHT * (value - average)

/** Fills pending at one horizon, oldest first. Times never decrease, so the head is due first. */
class PendingFills {
  readonly #dueAt = new Float64Array(RING)
  readonly #fair = new Float64Array(RING)
  readonly #contracts = new Float64Array(RING)
  readonly #side = new Int8Array(RING)
  readonly #delay: Millis
  #head = 0
  #count = 0

  constructor(horizon: Horizon) {
    this.#delay = horizon * 1000
  }

  /** The oldest makes room where the ring is full. */
  push(sign: number, fair: number, contracts: number, at: Millis): void {
    if (this.#count === RING) this.drop()
    const slot = (this.#head + this.#count) % RING
    this.#dueAt[slot] = at + this.#delay
    this.#fair[slot] = fair
    this.#contracts[slot] = contracts
    this.#side[slot] = sign
    this.#count++
  }

  get dueAt(): Millis {
    return this.#count === 0 ? NEVER : this.#dueAt[this.#head]!
  }
  get fair(): number {
    return this.#fair[this.#head]!
  }
  get contracts(): number {
    return this.#contracts[this.#head]!
  }
  get sign(): number {
    return this.#side[this.#head]!
  }

  drop(): void {
    this.#head = (this.#head + 1) % RING
    this.#count--
  }
}

/** The markouts of one market. Allocates nothing after construction, except in `snapshot`. */
export class Markouts {
  readonly #pending = HORIZONS.map((horizon) => new PendingFills(horizon))
  #bid = emptySide()
  #ask = emptySide()
  #fair = Number.NaN
  #at: Millis = 0

  /**
   * A fill of ours: its price, and the fair value just before we knew, in cents; contracts > 0.
   * The fair value counts as known at `at`. Fills of 0, or without a fair value, are ignored.
   */
  onFill(side: Side, priceCents: number, fairCents: number, contracts: number, at: Millis): void {
    if (!(contracts > 0) || !Number.isFinite(priceCents) || !Number.isFinite(fairCents)) return
    this.onFair(fairCents, at)
    const sign = signOf(side)
    const sums = this.#of(side)
    sums.fills++
    sums.edge = markoutStep(sums.edge, sign * (fairCents - priceCents), contracts)
    for (const pending of this.#pending) pending.push(sign, fairCents, contracts, this.#at)
  }

  /**
   * A new fair value in cents. Call it at every change: a fill due strictly before `at` matures at
   * the fair value that held until now, one due exactly at `at` at the new one. A value that is not
   * finite changes nothing: fills that are due mature at the last one known.
   */
  onFair(fairCents: number, at: Millis): void {
    const now = Math.max(this.#at, at)
    this.#mature(now, false)
    if (Number.isFinite(fairCents)) this.#fair = fairCents
    this.#at = now
    this.#mature(now, true)
  }

  /** The expected cost of a fill of this side: max(0, -average at 30 s), at most `cap` cents. */
  adverse(side: Side, cap = 3): number {
    return Math.min(cap, Math.max(0, -this.#of(side).averages[1]))
  }

  /**
   * What a fill of either side is expected to cost, cents: the average of both sides at 30 s,
   * weighted by the fills that have matured, at most `cap`. A move that is bad for bids is good for
   * asks, so one side alone takes a trend for adverse selection, widens, and builds inventory
   * against it.
   */
  adverseOfBoth(cap = 3): number {
    const bids = this.#bid.matured[1]
    const asks = this.#ask.matured[1]
    if (bids + asks === 0) return 0
    const pooled = (this.#bid.averages[1] * bids + this.#ask.averages[1] * asks) / (bids + asks)
    return Math.min(cap, Math.max(0, -pooled))
  }

  /** Average markout in cents per contract, negative when adverse; 0 before the first. */
  average(side: Side, horizon: Horizon): number {
    return this.#of(side).averages[HORIZONS.indexOf(horizon)]!
  }

  /** Average edge earned at the fill, s x (fair - price), cents per contract. */
  edge(side: Side): number {
    return this.#of(side).edge
  }

  /** All fills of this side, matured or not. */
  fills(side: Side): number {
    return this.#of(side).fills
  }

  /**
   * Whether our fills earn their costs, both sides together (see `adverseOfBoth`). They do not
   * where the average at 300 s is below minus the edge earned: 'halve' the size once 30 fills are
   * that old, 'stop' the market once 100 are.
   */
  verdictOfBoth(): MarkoutVerdict {
    const [bid, ask] = [this.#bid, this.#ask]
    const old = bid.matured[2] + ask.matured[2]
    if (old < HALVE_FILLS) return 'ok'
    const lost = (bid.averages[2] * bid.matured[2] + ask.averages[2] * ask.matured[2]) / old
    const earned = (bid.edge * bid.matured[2] + ask.edge * ask.matured[2]) / old
    if (!(lost < -earned)) return 'ok'
    return old < STOP_FILLS ? 'halve' : 'stop'
  }

  /** The averages and counts as plain JSON. Pending fills are not part of it. */
  snapshot(): MarkoutSnapshot {
    return { bid: copyOf(this.#bid), ask: copyOf(this.#ask) }
  }

  /** Restores a snapshot; false, with nothing changed, unless all of it is finite numbers. */
  restore(snapshot: MarkoutSnapshot): boolean {
    if (!isSide(snapshot?.bid) || !isSide(snapshot.ask)) return false
    this.#bid = copyOf(snapshot.bid)
    this.#ask = copyOf(snapshot.ask)
    return true
  }

  /** Forgets the averages: a person has looked at the losses and wants to try again. */
  reset(): void {
    this.#bid = emptySide()
    this.#ask = emptySide()
  }

  #of(side: Side): SideMarkouts {
    return side === 'bid' ? this.#bid : this.#ask
  }

  /** Matures fills due before `at`, and with `inclusive` at it too, at the known fair value. */
  #mature(at: Millis, inclusive: boolean): void {
    for (let index = 0; index < HORIZONS.length; index++) {
      const pending = this.#pending[index]!
      while (pending.dueAt < at || (inclusive && pending.dueAt === at)) {
        const sums = pending.sign > 0 ? this.#bid : this.#ask
        const markout = pending.sign * (this.#fair - pending.fair)
        sums.averages[index] = markoutStep(sums.averages[index]!, markout, pending.contracts)
        sums.matured[index]!++
        pending.drop()
      }
    }
  }
}

const copyOf = (side: SideMarkouts): SideMarkouts => ({
  averages: [...side.averages],
  matured: [...side.matured],
  edge: side.edge,
  fills: side.fills,
})

const areNumbers = (values: unknown): boolean =>
  Array.isArray(values) && values.length === HORIZONS.length && values.every(Number.isFinite)

// A snapshot stored by another version, or by hand, may be anything.
const isSide = (side: SideMarkouts | null | undefined): side is SideMarkouts =>
  side != null &&
  areNumbers(side.averages) &&
  areNumbers(side.matured) &&
  Number.isFinite(side.edge) &&
  Number.isFinite(side.fills)
