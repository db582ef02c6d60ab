// Markouts of our fills: how far the fair value has moved 5, 30 and 300 seconds after each.
//
// If the fair value falls after we bought, the seller knew more than we did. The average of these
// moves is the cost of a fill that no fee schedule lists, and the maker's primary guard: quotes are
// widened by it, and where fills lose by more than chance (block-results.ts) quoting stops.
// Sign: a markout is s x (fair later - fair at the fill), s = +1 for a bid; negative is adverse.

import { type Millis, type Side, signOf } from '../vocabulary/units.ts'
import { BlockResults, type BlockSnapshot } from './block-results.ts'

/** Seconds after a fill. */
type Horizon = 5 | 30 | 300
const HORIZONS: readonly Horizon[] = [5, 30, 300]
/** The one that quotes are widened by. */
const PRICED = 1

/** Pending fills per horizon; at 300 s this is a fill every 0.3 s. */
export const RING = 1024
const HALF_WEIGHT_CONTRACTS = 50
const WEIGHT = 0.2
/** The square of a markout weighs one in so many, and more before that many have come. */
const SQUARES = 50
/**
 * A loss is believed by n/(n + (s/0.5)^2), n fills whose markouts deviate by s cents: by half when
 * its standard error is half a cent.
 */
const BELIEVED_CENTS = 0.5
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
  /** Mean square of the markouts at 30 s, cents^2, and the blocks; absent from older snapshots. */
  squares?: number
  blocks?: BlockSnapshot
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
  /** What all fills have earned, by five minutes. */
  readonly results = new BlockResults()
  #bid = emptySide()
  #ask = emptySide()
  #squares = 0
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
    const edge = sign * (fairCents - priceCents)
    sums.edge = markoutStep(sums.edge, edge, contracts)
    this.results.onFill(sign, edge, contracts)
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
    if (Number.isFinite(fairCents)) {
      this.#fair = fairCents
      this.results.onFair(fairCents, now)
    }
    this.#at = now
    this.#mature(now, true)
  }

  /** The expected cost of a fill of this side: max(0, -average at 30 s), at most `cap` cents. */
  adverse(side: Side, cap = 3): number {
    return Math.min(cap, Math.max(0, -this.#of(side).averages[1]))
  }

  /**
   * What a fill of either side is expected to cost, cents: the average of both sides at 30 s,
   * weighted by the fills that have matured, drawn to 0 as far as chance may have made it, at most
   * `cap`. A move that is bad for bids is good for asks, so one side alone takes a trend for
   * adverse selection, widens, and builds inventory against it.
   */
  adverseOfBoth(cap = 3): number {
    const bids = this.#bid.matured[1]
    const asks = this.#ask.matured[1]
    if (bids + asks === 0) return 0
    const pooled = (this.#bid.averages[1] * bids + this.#ask.averages[1] * asks) / (bids + asks)
    const n = bids + asks
    const variance = Math.max(0, this.#squares - pooled * pooled)
    const believed = n / (n + variance / (BELIEVED_CENTS * BELIEVED_CENTS))
    return Math.min(cap, Math.max(0, -pooled * believed))
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

  /** The averages and counts as plain JSON. Pending fills are not part of it. */
  snapshot(): MarkoutSnapshot {
    return {
      bid: copyOf(this.#bid),
      ask: copyOf(this.#ask),
      squares: this.#squares,
      blocks: this.results.snapshot(),
    }
  }

  /** Restores a snapshot; false, with nothing changed, unless all of it is finite numbers. */
  restore(snapshot: MarkoutSnapshot): boolean {
    if (!isSide(snapshot?.bid) || !isSide(snapshot.ask)) return false
    const { blocks, squares = 0 } = snapshot
    if (blocks !== undefined && !isBlocks(blocks)) return false
    if (!Number.isFinite(squares)) return false
    this.#squares = squares
    this.#bid = copyOf(snapshot.bid)
    this.#ask = copyOf(snapshot.ask)
    if (blocks !== undefined) this.results.restore(blocks)
    return true
  }

  /** Forgets the averages: a person has looked at the losses and wants to try again. */
  reset(): void {
    this.#bid = emptySide()
    this.#ask = emptySide()
    this.#squares = 0
    this.results.reset()
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
        if (index === PRICED) {
          const n = this.#bid.matured[PRICED] + this.#ask.matured[PRICED]
          this.#squares += (markout * markout - this.#squares) / Math.min(n, SQUARES)
        }
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

const isBlocks = (blocks: BlockSnapshot | null): boolean =>
  Array.isArray(blocks?.values) &&
  blocks.values.every(Number.isFinite) &&
  Number.isFinite(blocks.held)
