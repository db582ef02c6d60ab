// One session played by one maker: quotes, fills, and the account of it.
//
// Profit is taken apart as it is made: what each fill earned against the true price at that moment,
// what the inventory then gained or lost, and fees. The parts add up to the profit, which a test
// holds to a billionth of a cent.

import { feePerContractCents } from '../../../src/core/vocabulary/fees.ts'
import { TAKER_FEE, touchFor } from '../makers/leaving.ts'
import type { Maker } from '../makers/makers.ts'
import type { Session, World } from '../worlds/worlds.ts'

/** Times after a fill at which the price is looked at again, seconds. */
const MARKOUTS = [5, 30, 300] as const

/** What one session came to. Cents, contracts, steps. */
export interface Account {
  pnl: number
  /** Sum over contracts filled of the distance from the true price, in the maker's favour. */
  edge: number
  /** Sum of inventory times price change. */
  carried: number
  fees: number
  /** Contracts traded. */
  fills: number
  /** Contracts held at the end, signed. */
  inventory: number
  meanAbsInventory: number
  maxAbsInventory: number
  /** Shares of the session's steps: with both sides shown; at the inventory limit. */
  twoSided: number
  atLimit: number
  /** Largest fall of marked-to-market profit from its peak. */
  drawdown: number
  /** Quotes changed, both sides. */
  reprices: number
  /** Average cents that orders and position tie up. */
  locked: number
  /** Sums over fills of the price's move in the maker's favour afterwards; order of MARKOUTS. */
  after5: number
  after30: number
  after300: number
  /** Profit with the inventory at the price before the last step, and that price. */
  marked: number
  lastPrice: number
  /** Contracts traded away as a taker; they count as fills too. */
  left: number
  /** The variance rate it reckoned with over the true one: geometric mean, NaN without one. */
  varianceRatio: number
}

export const emptyAccount = (): Account => ({
  pnl: 0,
  edge: 0,
  carried: 0,
  fees: 0,
  fills: 0,
  inventory: 0,
  meanAbsInventory: 0,
  maxAbsInventory: 0,
  twoSided: 0,
  atLimit: 0,
  drawdown: 0,
  reprices: 0,
  locked: 0,
  after5: 0,
  after30: 0,
  after300: 0,
  marked: 0,
  lastPrice: 0,
  left: 0,
  varianceRatio: Number.NaN,
})

/** Whether a quote moved, appeared or went; NaN is a side not shown. */
const moved = (before: number, now: number): boolean =>
  before !== now && !(Number.isNaN(before) && Number.isNaN(now))

/** Inventory, cash and fees of one session, as its fills change them. */
export class Purse {
  /** Contracts held, signed. */
  q = 0
  cash = 0
  fees = 0
  /** Sum over contracts filled of the distance from the true price, in our favour. */
  edge = 0
  fills = 0
  readonly #fee: number

  /** @param fee maker fee coefficient, millionths */
  constructor(fee: number) {
    this.#fee = fee
  }

  /** Buys (`sign` 1) or sells (-1) `n` contracts at `ours`, while the true price is `s`. */
  fill(sign: 1 | -1, n: number, ours: number, s: number): void {
    this.q += sign * n
    this.cash -= sign * n * ours
    this.edge += sign * n * (s - ours)
    this.fills += n
    if (this.#fee > 0) this.fees += n * feePerContractCents(this.#fee, ours)
  }

  /** Trades a contract away as a taker at the touch, if there is one; whether it did. */
  leave(s: number): boolean {
    const sign = this.q > 0 ? -1 : 1
    const touch = touchFor(s, sign)
    if (Number.isNaN(touch)) return false
    const fees = this.fees + feePerContractCents(TAKER_FEE, touch)
    this.fill(sign, 1, touch, s)
    this.fees = fees
    return true
  }

  /** Cents, the inventory at `price`. */
  at(price: number): number {
    return this.cash + this.q * price - this.fees
  }
}

/** Adds how the price moves in favour of `n` contracts, negative when sold, after step `t`. */
const follow = (
  out: Account,
  price: Float64Array,
  after: readonly number[],
  n: number,
  t: number,
) => {
  const moved = (steps: number): number => price[Math.min(t + steps, price.length - 1)]! - price[t]!
  out.after5 += n * moved(after[0]!)
  out.after30 += n * moved(after[1]!)
  out.after300 += n * moved(after[2]!)
}

/** The maker's variance rate is looked at so often, seconds, after so many. */
const VARIANCE_EVERY = 60
const VARIANCE_AFTER = 300

/** Collects logarithms of a maker's variance rate over the true one. */
class VarianceRatio {
  #sum = 0
  #count = 0

  look(world: World, step: number, mid: number, variance: number): void {
    const truth = world.sigma2(mid, step)
    if (!(variance > 0 && truth > 0)) return
    this.#sum += Math.log(variance / truth)
    this.#count++
  }

  get value(): number {
    return this.#count === 0 ? Number.NaN : Math.exp(this.#sum / this.#count)
  }
}

/**
 * Plays the session and writes the result into `out`. A taker who reaches a quote takes all of it,
 * and it is out of the market until the next step.
 */
export const play = (world: World, session: Session, maker: Maker, out: Account): void => {
  const { price, seen, seller, buyer } = session
  const { steps, dt } = world
  const limit = maker.spec.limit ?? Number.POSITIVE_INFINITY
  const after = MARKOUTS.map((seconds) => Math.round(seconds / dt))
  const purse = new Purse(maker.spec.fee ?? 0)
  const ratio = new VarianceRatio()
  let peak = 0
  let lastBid = Number.NaN
  let lastAsk = Number.NaN
  Object.assign(out, emptyAccount())
  maker.reset()
  for (let t = 0; t < steps; t++) {
    const before = purse.q
    maker.quote(t, seen[t]!, before)
    const { bid, ask } = maker
    if (t * dt >= VARIANCE_AFTER && (t * dt) % VARIANCE_EVERY === 0) {
      ratio.look(world, t, seen[t]!, maker.variance)
    }
    const s = price[t]!
    const showsBid = !Number.isNaN(bid)
    const showsAsk = !Number.isNaN(ask)
    if (showsBid && showsAsk) out.twoSided++
    if (moved(lastBid, bid)) out.reprices++
    if (moved(lastAsk, ask)) out.reprices++
    lastBid = bid
    lastAsk = ask
    if (before >= limit || before <= -limit) out.atLimit++
    const tied = before > 0 ? before * s : -before * (100 - s)
    out.locked += (showsBid ? bid : 0) + (showsAsk ? 100 - ask : 0) + tied
    if (maker.leaving && purse.leave(s)) out.left++
    const bidHit = bid > seller[t]!
    const askHit = ask < buyer[t]!
    if (bidHit) {
      purse.fill(1, maker.bidSize, bid, s)
      follow(out, price, after, maker.bidSize, t)
    }
    if (askHit) {
      purse.fill(-1, maker.askSize, ask, s)
      follow(out, price, after, -maker.askSize, t)
    }
    // What happened in this step becomes known, like the price, when it is over.
    if (maker.watches && t + 1 < steps) {
      const second = (t + 1) * dt
      if (bidHit) maker.onFill('bid', bid, maker.bidSize, second)
      if (askHit) maker.onFill('ask', ask, maker.askSize, second)
      maker.onTakers(seen[t + 1]!, seller[t]!, buyer[t]!, second)
    }
    const { q } = purse
    out.carried += q * (price[t + 1]! - s)
    out.meanAbsInventory += Math.abs(q)
    out.maxAbsInventory = Math.max(out.maxAbsInventory, Math.abs(q))
    const profit = purse.at(price[t + 1]!)
    if (profit > peak) peak = profit
    else if (peak - profit > out.drawdown) out.drawdown = peak - profit
  }
  out.pnl = purse.at(price[steps]!)
  out.lastPrice = price[steps - 1]!
  out.marked = purse.at(out.lastPrice)
  out.edge = purse.edge
  out.fees = purse.fees
  out.fills = purse.fills
  out.inventory = purse.q
  out.varianceRatio = ratio.value
  out.meanAbsInventory /= steps
  out.twoSided /= steps
  out.atLimit /= steps
  out.locked /= steps
}
