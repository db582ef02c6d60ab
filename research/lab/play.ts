// One session played by one maker: quotes, fills, and the account of it.
//
// Profit is taken apart as it is made: what each fill earned against the true price at that moment,
// what the inventory then gained or lost, and fees. The parts add up to the profit, which a test holds
// to a billionth of a cent.

import { feePerContractCents } from '../../src/core/vocabulary/fees.ts'
import type { Maker } from './makers.ts'
import type { Session, World } from './worlds.ts'

/** Times after a fill at which the price is looked at again, seconds. */
export const MARKOUTS = [5, 30, 300] as const

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
})

/** Whether a quote moved, appeared or went; NaN is a side not shown. */
const moved = (before: number, now: number): boolean =>
  before !== now && !(Number.isNaN(before) && Number.isNaN(now))

/**
 * Plays the session and writes the result into `out`. A taker who reaches a
 * quote takes all of it, and it is out of the market until the next step. Allocates nothing.
 */
export const play = (world: World, session: Session, maker: Maker, out: Account): void => {
  const { price, seen, seller, buyer } = session
  const { steps, dt } = world
  const limit = maker.spec.limit ?? Number.POSITIVE_INFINITY
  const fee = maker.spec.fee ?? 0
  const h5 = Math.round(5 / dt)
  const h30 = Math.round(30 / dt)
  const h300 = Math.round(300 / dt)
  let q = 0
  let cash = 0
  let edge = 0
  let carried = 0
  let fees = 0
  let fills = 0
  let absSum = 0
  let absMax = 0
  let both = 0
  let limited = 0
  let peak = 0
  let drawdown = 0
  let reprices = 0
  let locked = 0
  let after5 = 0
  let after30 = 0
  let after300 = 0
  let lastBid = Number.NaN
  let lastAsk = Number.NaN
  maker.reset()
  for (let t = 0; t < steps; t++) {
    maker.quote(t, seen[t]!, q)
    const { bid, ask } = maker
    const s = price[t]!
    const showsBid = !Number.isNaN(bid)
    const showsAsk = !Number.isNaN(ask)
    if (showsBid && showsAsk) both++
    if (moved(lastBid, bid)) reprices++
    if (moved(lastAsk, ask)) reprices++
    lastBid = bid
    lastAsk = ask
    if (q >= limit || q <= -limit) limited++
    locked += (showsBid ? bid : 0) + (showsAsk ? 100 - ask : 0) + (q > 0 ? q * s : -q * (100 - s))
    const bidHit = bid > seller[t]!
    const askHit = ask < buyer[t]!
    if (bidHit) {
      const n = maker.bidSize
      q += n
      cash -= n * bid
      edge += n * (s - bid)
      fills += n
      if (fee > 0) fees += n * feePerContractCents(fee, bid)
      after5 += n * (price[Math.min(t + h5, steps)]! - s)
      after30 += n * (price[Math.min(t + h30, steps)]! - s)
      after300 += n * (price[Math.min(t + h300, steps)]! - s)
    }
    if (askHit) {
      const n = maker.askSize
      q -= n
      cash += n * ask
      edge += n * (ask - s)
      fills += n
      if (fee > 0) fees += n * feePerContractCents(fee, ask)
      after5 -= n * (price[Math.min(t + h5, steps)]! - s)
      after30 -= n * (price[Math.min(t + h30, steps)]! - s)
      after300 -= n * (price[Math.min(t + h300, steps)]! - s)
    }
    // What happened in this step becomes known, like the price, when it is over.
    if (maker.watches && t + 1 < steps) {
      const second = (t + 1) * dt
      if (bidHit) maker.onFill('bid', bid, maker.bidSize, second)
      if (askHit) maker.onFill('ask', ask, maker.askSize, second)
      maker.onTakers(seen[t + 1]!, seller[t]!, buyer[t]!, second)
    }
    carried += q * (price[t + 1]! - s)
    const held = q < 0 ? -q : q
    absSum += held
    if (held > absMax) absMax = held
    const worth = cash + q * price[t + 1]! - fees
    if (worth > peak) peak = worth
    else if (peak - worth > drawdown) drawdown = peak - worth
  }
  out.pnl = cash + q * price[steps]! - fees
  out.edge = edge
  out.carried = carried
  out.fees = fees
  out.fills = fills
  out.inventory = q
  out.meanAbsInventory = absSum / steps
  out.maxAbsInventory = absMax
  out.twoSided = both / steps
  out.atLimit = limited / steps
  out.drawdown = drawdown
  out.reprices = reprices
  out.locked = locked / steps
  out.after5 = after5
  out.after30 = after30
  out.after300 = after300
}
