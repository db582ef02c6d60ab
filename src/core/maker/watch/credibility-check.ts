// Checks whether the book of others is a market, and keeps the prints that speak for it.
//
// In: the top and depth of others, and public prints. Out: credible or not. A book that is not is
// left at once, and entered again only when it has been credible for three seconds.

import { isCredible, NEAR_CENTS, PRINTS_MS } from '../../guards/credibility.ts'
import { CONTRACT, type Millis, PRICE_CENT, type Price, type Side } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

/** Depth is counted no more often than this, unless the touch has moved. */
const LOOK_EVERY_MS = 1000
const RETURN_AFTER_MS = 3000
const PRINTS_KEPT = 8
/** Levels that are looked at for depth; more stand within five cents only on the finest grids. */
const LEVELS = 50
/** Most often these are enough. */
const FIRST_LEVELS = 2
const NO_PRINTS: readonly number[] = []

interface Print {
  readonly cents: number
  readonly at: Millis
}

export class CredibilityCheck {
  isCredible = true
  readonly #state: MakerState
  readonly #prints: Print[] = []
  readonly #prices = new Float64Array(LEVELS)
  readonly #sizes = new Float64Array(LEVELS)
  #lookedAt: Millis = Number.NEGATIVE_INFINITY
  #bid: Price = 0
  #ask: Price = 0
  /** Since when it has been credible again; null while it is not, or still is. */
  #goodSince: Millis | null = null

  constructor(state: MakerState) {
    this.#state = state
  }

  onTrade(price: Price, at: Millis): void {
    this.#prints.push({ cents: price / PRICE_CENT, at })
    if (this.#prints.length > PRINTS_KEPT) this.#prints.shift()
  }

  /** When time alone may make it credible again. */
  get nextAt(): Millis {
    if (this.isCredible) return Number.POSITIVE_INFINITY
    return this.#goodSince === null
      ? this.#lookedAt + LOOK_EVERY_MS
      : this.#goodSince + RETURN_AFTER_MS
  }

  /** Looks at the present book; one without two sides has no mid, and is judged elsewhere. */
  update(at: Millis): boolean {
    const { observed } = this.#state.quoter
    const { bid, ask } = observed.top
    if (observed.mid === null) {
      this.#lookedAt = at
      this.#goodSince = null
      return this.isCredible
    }
    const moved = bid !== this.#bid || ask !== this.#ask
    if (moved || at >= this.#lookedAt + LOOK_EVERY_MS || at < this.#lookedAt) {
      this.#bid = bid
      this.#ask = ask
      this.#lookedAt = at
      this.#judge(this.#look(at), at)
    } else if (this.#goodSince !== null) this.#judge(true, at)
    return this.isCredible
  }

  #judge(good: boolean, at: Millis): void {
    if (!good) {
      this.isCredible = false
      this.#goodSince = null
    } else if (!this.isCredible) {
      this.#goodSince ??= at
      if (at < this.#goodSince + RETURN_AFTER_MS) return
      this.isCredible = true
      this.#goodSince = null
    }
  }

  #look(at: Millis): boolean {
    const { strategy } = this.#state.parameters
    // A journal that is older than the rule has neither key: both are off.
    const maxSpread = strategy.max_credible_spread ?? 0
    const minDepth = (strategy.min_credible_depth ?? 0) / CONTRACT
    const bid = this.#bid / PRICE_CENT
    const ask = this.#ask / PRICE_CENT
    return isCredible({
      ...{ bid, ask, maxSpread, minDepth },
      depth:
        minDepth === 0 ? 0 : Math.min(this.#depth('bid', minDepth), this.#depth('ask', minDepth)),
      // Only a wide book is asked for its prints.
      prints: maxSpread === 0 || ask - bid <= maxSpread ? NO_PRINTS : this.#recent(at),
    })
  }

  #recent(at: Millis): number[] {
    return this.#prints.filter((print) => at - print.at <= PRINTS_MS).map(({ cents }) => cents)
  }

  /** Contracts of others near the best price of a side; no more are counted than are wanted. */
  #depth(side: Side, wanted: number): number {
    const first = this.#near(side, FIRST_LEVELS)
    return first >= wanted ? first : this.#near(side, LEVELS)
  }

  #near(side: Side, levels: number): number {
    const { book, execution } = this.#state
    book.levels(side, execution.orders.ownSize, levels, this.#prices, this.#sizes)
    const best = this.#prices[0]!
    let total = 0
    for (let index = 0; index < levels && this.#sizes[index]! > 0; index++) {
      if (Math.abs(this.#prices[index]! - best) > NEAR_CENTS * PRICE_CENT) break
      total += this.#sizes[index]!
    }
    return total / CONTRACT
  }
}
