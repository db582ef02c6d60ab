// The equity over time, also as closing everything at once would leave it, where that is known: one
// mark after the other, so that a long report need not hold them all.

import { modelFee } from '../../core/vocabulary/fees.ts'
import { CONTRACT, type Millis, PRICE_ONE, type Quantity } from '../../core/vocabulary/units.ts'
import {
  FINE_PER_DOLLAR,
  FINE_PER_MONEY,
  FINE_PER_PRICE,
  FINE_PRICE_CENT,
  type Fine,
  type FinePrice,
  type ReportInput,
} from '../sources/input.ts'
import { Thinner } from '../sources/thinner.ts'

/** A sample of the account: epoch ms, dollars, contracts. */
export interface Sample {
  readonly at: Millis
  readonly equity: number
  /** null where what closing would cost is not known. */
  readonly liquidation: number | null
  readonly position: number
}

/** Largest fall below the highest value so far, starting from zero. */
export class Fall {
  worst = 0
  #peak = 0

  add(value: number): void {
    if (value > this.#peak) this.#peak = value
    if (this.#peak - value > this.worst) this.worst = this.#peak - value
  }
}

/** What closing would cost, Fine: half the touch and the taker's fee at the price that is hit. */
const closingCost = (
  position: Quantity,
  mid: FinePrice,
  touchCents: number,
  taker: number,
): Fine => {
  if (position === 0) return 0
  const half = (touchCents * FINE_PRICE_CENT) / 2
  const hit = mid + (position > 0 ? -half : half)
  const price = Math.round(Math.min(PRICE_ONE, Math.max(0, hit / FINE_PER_PRICE)))
  const size = Math.abs(position)
  return Math.round(size * half) + modelFee(taker, size, price) * FINE_PER_MONEY
}

const dollars = (fine: Fine): number => fine / FINE_PER_DOLLAR

export class EquityCurve {
  readonly #touchCents: number | null
  readonly #taker: number | null
  readonly #thinner: Thinner<Sample>
  readonly #fall = new Fall()
  readonly #liquidationFall = new Fall()
  /** Of the last mark, Fine; null where it is not known. */
  lastLiquidation: Fine | null = null

  constructor({ market, touchCents, rows, fills }: ReportInput) {
    this.#touchCents = touchCents
    this.#taker = market?.fees?.taker ?? null
    const values = [({ equity }: Sample) => equity, ({ position }: Sample) => position]
    this.#thinner = new Thinner(rows.length + fills.length, values)
  }

  mark(at: Millis, mid: FinePrice, position: Quantity, equity: Fine): void {
    this.#fall.add(equity)
    const isKnown = this.#touchCents !== null && this.#taker !== null
    const closed = isKnown
      ? equity - closingCost(position, mid, this.#touchCents!, this.#taker!)
      : position === 0
        ? equity
        : null
    this.lastLiquidation = closed
    if (closed !== null) this.#liquidationFall.add(closed)
    this.#thinner.add({
      at,
      equity: dollars(equity),
      liquidation: isKnown ? dollars(closed!) : null,
      position: position / CONTRACT,
    })
  }

  /** Every mark, or of a long series what a picture can show. */
  get samples(): readonly Sample[] {
    this.#thinner.end()
    return this.#thinner.kept
  }

  /** Dollars >= 0. */
  get drawdown(): number {
    return dollars(this.#fall.worst)
  }

  get liquidationDrawdown(): number | null {
    return this.#touchCents !== null && this.#taker !== null
      ? dollars(this.#liquidationFall.worst)
      : null
  }
}
