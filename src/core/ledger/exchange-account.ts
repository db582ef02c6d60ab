// What the exchange says of one market of ours, and where it differs from our own ledger.
//
// The exchange counts in its own way: a short is what was paid for NO, a settled position is gone.
// Here both take one form and are compared to the last millionth of a dollar, without a tolerance.

import type { Fill, PositionReport, SettlementReport } from '../vocabulary/events.ts'
import type { Millis, Money } from '../vocabulary/units.ts'
import { formatMoney, formatQuantity, PRICE_ONE } from '../vocabulary/units.ts'
import { type Holdings, Ledger, type Settlement } from './ledger.ts'

/** Everything that the exchange says of one market of ours. */
export interface ExchangeAccount {
  /** When it was asked, epoch ms. */
  readonly at: Millis
  /** Cash of the whole account, over all shards and markets. */
  readonly balance: Money
  readonly position: PositionReport
  /** All of them, oldest first. */
  readonly fills: readonly Fill[]
  readonly settlements: readonly SettlementReport[]
}

/** One number that differs, as people read it. */
export interface Difference {
  readonly name: string
  readonly ours: string
  readonly exchange: string
}

/** A row of the exchange's settlements as a ledger books it. */
export const settlementOf = (row: SettlementReport): Settlement => {
  const { at, result, yesCount, noCount, yesCost, noCost, revenue, fee } = row
  // What was bought of both outcomes was paid back in pairs, a dollar each.
  const pairs = Math.min(yesCount, noCount) * PRICE_ONE
  const total = yesCost === null || noCost === null ? null : revenue + pairs - yesCost - noCost
  return { at, result, net: yesCount - noCount, revenue, fee, total }
}

/**
 * All fills folded from nothing, and paid out where the market has settled: the holdings of a
 * ledger that missed none and adopted nothing.
 */
export const foldFills = (fills: readonly Fill[], settled?: SettlementReport): Holdings => {
  const ledger = new Ledger(Math.max(1, fills.length))
  let previous: Fill | null = null
  for (const fill of fills) {
    ledger.apply(fill, previous)
    previous = fill
  }
  if (settled !== undefined) ledger.settle(settlementOf(settled))
  const { position, cost, realized, fees, cash } = ledger
  return { position, cost, realized, fees, cash }
}

/**
 * Cost in our form of what the exchange reports: negative for a short, as if YES were sold
 * outright.
 */
export const costOf = ({ position, exposure }: PositionReport): Money =>
  position < 0 ? position * PRICE_ONE + exposure : position > 0 ? exposure : 0

/**
 * Every number in which the two accounts differ; empty where they agree.
 * The exchange's cash is worked out from its fills, because its balance is that of all markets.
 * Once the market has settled its position is gone, so what the settlement and the fills say
 * together remains.
 */
export const differencesOf = (ours: Holdings, theirs: ExchangeAccount): Difference[] => {
  const out: Difference[] = []
  const compare = (
    name: string,
    own: number,
    other: number,
    format: (value: number) => string,
  ): void => {
    if (own !== other) out.push({ name, ours: format(own), exchange: format(other) })
  }
  const folded = foldFills(theirs.fills)
  const settled = theirs.settlements.length > 0
  if (settled) {
    const net = theirs.settlements.reduce((sum, row) => sum + row.yesCount - row.noCount, 0)
    // Our own ledger keeps what it held until it has read the settlement.
    if (ours.position !== 0) compare('settled position', ours.position, net, formatQuantity)
  } else {
    compare('position', ours.position, theirs.position.position, formatQuantity)
    compare('cost', ours.cost, costOf(theirs.position), formatMoney)
    compare('realized', ours.realized, theirs.position.realized, formatMoney)
    compare('fees', ours.fees, theirs.position.fees, formatMoney)
  }
  const [row] = theirs.settlements
  if (row !== undefined && theirs.settlements.length === 1 && ours.position === 0) {
    const paid = foldFills(theirs.fills, row)
    compare('realized', ours.realized, paid.realized, formatMoney)
    compare('fees', ours.fees, paid.fees, formatMoney)
  }
  if (!settled || ours.position !== 0) {
    compare('position by fills', ours.position, folded.position, formatQuantity)
    compare('fees by fills', ours.fees, folded.fees, formatMoney)
    compare('cash by fills', ours.cash, folded.cash, formatMoney)
  }
  return out
}
