// Every number of the report, from one input. Each carries its unit in its comment; null means that
// the source did not know, never zero.

import {
  CONTRACT,
  formatMoney,
  formatQuantity,
  type Millis,
  type Money,
  type Quantity,
} from '../../core/vocabulary/units.ts'
import {
  FINE_PER_CENT,
  FINE_PER_DOLLAR,
  FINE_PRICE_CENT,
  type Fine,
  type ReportCalls,
  type ReportInput,
} from '../sources/input.ts'
import { EquityCurve, type Sample } from './equity.ts'
import { type Inventory, inventoryOf } from './inventory.ts'
import { type MarkoutGroup, markoutsOf } from './markouts.ts'
import { ledgerProfit, type Split, type Walk, walk } from './split.ts'
import { type UptimeReport, uptimeOf } from './uptime.ts'

interface Latency {
  readonly count: number
  /** Milliseconds. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Two numbers that should be one. */
interface Check {
  readonly name: string
  readonly unit: string
  readonly ours: string
  readonly other: string
  readonly agrees: boolean
}

export interface Metrics {
  readonly from: Millis
  readonly to: Millis
  readonly hours: number
  readonly split: Split
  /** Dollars: after fees, and each part. */
  readonly profit: number
  readonly parts: Readonly<Record<'spread' | 'drift' | 'fees' | 'exit' | 'unassigned', number>>
  /** Parts less the ledger's profit, in Fine: 0, or the arithmetic is broken. */
  readonly residual: Fine
  readonly samples: readonly Sample[]
  /** Largest fall of equity below its highest so far, dollars >= 0. */
  readonly drawdown: number
  readonly liquidationDrawdown: number | null
  /** Profit if what is held had to be closed now, dollars. */
  readonly liquidation: number | null
  readonly inventory: Inventory
  readonly markouts: readonly MarkoutGroup[]
  readonly uptime: UptimeReport
  readonly silence: Readonly<Record<string, number>> | null
  readonly latency: Latency | null
  readonly latencies: readonly number[]
  readonly calls: ReportCalls | null
  readonly fills: number
  readonly takerFills: number
  readonly contracts: number
  /** Dollars of YES price times contracts. */
  readonly turnover: number
  /** Filled contracts over placed ones, 0..1, both of the time of the calls. */
  readonly fillRatio: number | null
  readonly fillsPerOrder: number | null
  /** Cents per contract. */
  readonly feePerContract: number | null
  readonly profitPerContract: number | null
  readonly edgePerContract: number | null
  /** Gain 30 s after the fill, cents per contract. */
  readonly realizedSpread: number | null
  /** How a contract is valued in the end, cents; null without any price. */
  readonly finalCents: number | null
  readonly checks: readonly Check[]
}

/** The value that `share` of the sorted numbers are at or below: nearest rank. */
export const rank = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!

const latencyOf = (values: readonly number[]): Latency | null => {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  return {
    count: sorted.length,
    p50: rank(sorted, 0.5),
    p90: rank(sorted, 0.9),
    p99: rank(sorted, 0.99),
    max: sorted.at(-1)!,
  }
}

/** null also where more was filled than placed: then a run before this one placed some of it. */
const fillRatioOf = (calls: ReportCalls | null): number | null => {
  const placed = calls?.placedContracts ?? 0
  const filled = calls?.filled?.contracts ?? Number.POSITIVE_INFINITY
  return placed > 0 && filled <= placed ? filled / placed : null
}

const dollars = (fine: Fine): number => fine / FINE_PER_DOLLAR

/** From the first row or fill to the last, or to the report's own end. */
const spanOf = ({ rows, fills, until }: ReportInput): { from: Millis; to: Millis } => {
  const starts = [rows.at(0)?.at, fills[0]?.at].filter((at) => at !== undefined)
  const ends = [rows.at(-1)?.at, fills.at(-1)?.at, until ?? undefined].filter(
    (at) => at !== undefined,
  )
  const from = starts.length > 0 ? Math.min(...starts) : 0
  return { from, to: ends.length > 0 ? Math.max(...ends) : 0 }
}

/** Profit if what is held had to be closed now, dollars; null where that is not known. */
const liquidationOf = ({ market }: ReportInput, { split }: Walk, curve: EquityCurve) => {
  if (market?.result != null) return dollars(split.total)
  const { lastLiquidation } = curve
  return lastLiquidation === null ? null : dollars(lastLiquidation + split.unassigned)
}

const latenciesOf = ({ latencies, rows }: ReportInput): readonly number[] => {
  if (latencies !== null) return latencies
  const out: number[] = []
  for (const { latencyMs } of rows) if (latencyMs !== null) out.push(latencyMs)
  return out
}

/** @param input rows and fills oldest first */
export const measure = (input: ReportInput): Metrics => {
  const { fills, calls } = input
  const curve = new EquityCurve(input)
  const walked = walk(input, (at, mid, position, equity) => curve.mark(at, mid, position, equity))
  const { split } = walked
  const ledger = ledgerProfit(input, walked)
  const { from, to } = spanOf(input)
  const volume = fills.reduce((sum, { quantity }) => sum + quantity, 0)
  const paid = fills.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  const perContract = (fine: Fine): number | null =>
    volume > 0 ? fine / FINE_PER_CENT / (volume / CONTRACT) : null
  const markouts = markoutsOf(input, walked)
  const latencies = latenciesOf(input)
  return {
    from,
    to,
    hours: (to - from) / 3_600_000,
    split,
    profit: dollars(split.total),
    parts: {
      spread: dollars(split.spread),
      drift: dollars(split.drift),
      fees: dollars(split.fees),
      exit: dollars(split.exit),
      unassigned: dollars(split.unassigned),
    },
    residual: split.total - ledger.profit,
    samples: curve.samples,
    drawdown: curve.drawdown,
    liquidationDrawdown: curve.liquidationDrawdown,
    liquidation: liquidationOf(input, walked, curve),
    inventory: inventoryOf(input, from, to),
    markouts,
    uptime: uptimeOf(input),
    silence: input.silence,
    latency: latencyOf(latencies),
    latencies,
    calls,
    fills: fills.length,
    takerFills: fills.filter(({ isTaker }) => isTaker).length,
    contracts: volume / CONTRACT,
    turnover: paid / 1_000_000,
    fillRatio: fillRatioOf(calls),
    fillsPerOrder:
      calls !== null && calls.filled !== null && calls.place > 0
        ? calls.filled.fills / calls.place
        : null,
    feePerContract: perContract(split.fees),
    profitPerContract: perContract(split.total),
    edgePerContract: perContract(split.spread),
    realizedSpread: markouts[0]?.markouts.find(({ after }) => after === 30)?.cents ?? null,
    finalCents: walked.finalMark === null ? null : walked.finalMark / FINE_PRICE_CENT,
    checks: checksOf(input, walked.position, split, ledger),
  }
}

const fineText = (fine: Fine): string => (fine / FINE_PER_DOLLAR).toFixed(8)

const checksOf = (
  { rows, fills, account, source, opening }: ReportInput,
  position: Quantity,
  split: Split,
  ledger: ReturnType<typeof ledgerProfit>,
): Check[] => {
  const check = (name: string, unit: string, ours: string, other: string): Check => ({
    name,
    unit,
    ours,
    other,
    agrees: ours === other,
  })
  const positions = (name: string, other: Quantity): Check =>
    check(`${name}: position`, 'contracts', formatQuantity(position), formatQuantity(other))
  const sums = (name: string, ours: Money, other: Money): Check =>
    check(`fills and exchange: ${name}`, 'dollars', formatMoney(ours), formatMoney(other))
  const out = [
    check('parts and ledger: profit', 'dollars', fineText(split.total), fineText(ledger.profit)),
    positions('parts and ledger', ledger.position),
  ]
  const last = rows.at(-1)
  if (last !== undefined && source === 'exchange') {
    // The row of the settlement shows that nothing is held any more.
    const isPaid = account?.settledAt !== undefined && last.at >= account.settledAt
    const taped = Math.round(last.inventory * CONTRACT)
    out.push(positions('fills and tape', isPaid && taped === 0 ? position : taped))
  }
  if (account === null) return out
  for (const { name, ours, exchange } of account.differences) {
    out.push(check(`ledger and exchange: ${name}`, '', ours, exchange))
  }
  // Only a report of every fill can be held against the exchange's totals.
  if (opening !== 0 || fills.length !== account.fills) return out
  out.push(
    positions('fills and exchange', account.position),
    sums('fees', ledger.fees, account.fees),
    sums('cash', ledger.cash, account.cash),
  )
  return out
}
