// What a run comes to: its fills and curves, the profit to settlement and at the last mid, and how
// prices moved after its fills.

import type { Engine } from '../../../src/core/maker/engine.ts'
import type { IntentKind } from '../../../src/core/vocabulary/events.ts'
import {
  CONTRACT,
  DOLLAR,
  type Millis,
  PRICE_CENT,
  PRICE_ONE,
} from '../../../src/core/vocabulary/units.ts'
import type { Account } from '../exchange/account.ts'
import type { Session } from '../sessions/session.ts'
import { COST, type FillRow, type Meter } from './meter.ts'

/** Seconds after a fill at which the price is looked at again. */
export const MARKOUTS = [1, 5, 30, 60, 300] as const

export type Settlement = 'yes' | 'no' | null

/** Gain per contract after a fill, cents, and the contracts it is the mean of. */
interface Markout {
  /** Seconds after the fill, or the settlement. */
  readonly after: number | 'settlement'
  readonly cents: number | null
  readonly contracts: number
}

export interface Result {
  readonly ticker: string
  readonly settled: Settlement
  /** What a contract was worth in the end, cents: 100, 0, or the last mid. */
  readonly finalCents: number
  /** When the recording begins and when the market closes. */
  readonly from: Millis
  readonly closeAt: Millis
  readonly seconds: number
  readonly fills: readonly FillRow[]
  /** Pairs of epoch ms and dollars at mid, once a second. */
  readonly equity: readonly (readonly [Millis, number])[]
  /** The rows that the maker would have written, as lines of the tape's CSV. */
  readonly tape: readonly string[]
  readonly inventory: readonly (readonly [Millis, number])[]
  readonly markouts: readonly Markout[]
  /** Dollars to settlement, before fees; fees; after fees. */
  readonly gross: number
  readonly fees: number
  readonly net: number
  /** As `net`, what is held valued at the last mid instead of at the settlement. */
  readonly netAtMid: number
  readonly maxDrawdown: number
  readonly maxInventory: number
  readonly finalInventory: number
  readonly contracts: number
  readonly calls: Readonly<Record<IntentKind, number>>
  readonly orders: number
  /** Contracts of the orders that the exchange took: see the counter of that name. */
  readonly placedContracts: number
  readonly tokens: number
  readonly repricesPerMinute: number
  /** Shares of the time up to the close, 0..1. */
  readonly twoSided: number
  readonly oneSided: number
  readonly rejected: number
  readonly gaps: number
  readonly malformed: number
  readonly stale: number
}

/** What only the engine can say of a run. */
interface EngineFigures extends Pick<Result, 'tape' | 'placedContracts'> {
  readonly faults: Pick<Result, 'rejected' | 'gaps' | 'malformed' | 'stale'>
}

export const resultOf = (
  { ticker, items, closeAt }: Session,
  settled: Settlement,
  account: Account,
  meter: Meter,
  { tape, placedContracts, faults }: EngineFigures,
): Result => {
  const from = items[0]?.at ?? 0
  const end = items.at(-1)?.at ?? 0
  const finalCents = settled === null ? (meter.mid ?? 0) : settled === 'yes' ? 100 : 0
  const net = account.worthAt(finalCents * PRICE_CENT) / DOLLAR
  const fees = account.fees / DOLLAR
  const { calls, quoted, fills, equity, inventory } = meter
  const time = quoted[0] + quoted[1] + quoted[2]
  return {
    ticker,
    settled,
    finalCents,
    from,
    closeAt,
    seconds: (end - from) / 1000,
    fills,
    equity,
    tape,
    inventory,
    markouts: markoutsOf(meter, settled === null ? null : finalCents),
    gross: net + fees,
    fees,
    net,
    netAtMid: account.worthAt((meter.mid ?? 0) * PRICE_CENT) / DOLLAR,
    maxDrawdown: drawdownOf(equity),
    maxInventory: peakOf(fills),
    finalInventory: account.position / CONTRACT,
    contracts: hundredths(fills.reduce((sum, { quantity }) => sum + quantity, 0)),
    calls,
    orders: calls.place,
    placedContracts,
    tokens:
      calls.place * COST.place +
      calls.amend * COST.amend +
      calls.decrease * COST.decrease +
      calls.cancel * COST.cancel,
    repricesPerMinute: time > 0 ? meter.reprices / (time / 60_000) : 0,
    twoSided: time > 0 ? quoted[2] / time : 0,
    oneSided: time > 0 ? quoted[1] / time : 0,
    ...faults,
  }
}

/** @throws Error naming the first sum in which the two differ. */
export const reconcile = ({ state }: Engine, account: Account): void => {
  for (const key of ['position', 'realized', 'fees', 'cash'] as const) {
    const [ours, theirs] = [state.ledger[key], account[key]]
    if (ours !== theirs) {
      throw new Error(
        `Reconciling ${state.ticker} failed: found ${key} ${ours} in the engine's ledger, wanted the exchange's ${theirs}`,
      )
    }
  }
  const cost = account.position < 0 ? account.position * PRICE_ONE + account.paid : account.paid
  if (state.ledger.cost !== cost) {
    throw new Error(
      `Reconciling ${state.ticker} failed: found cost ${state.ledger.cost} in the engine's ledger, wanted the exchange's ${cost}`,
    )
  }
}

const markoutsOf = (meter: Meter, finalCents: number | null): Markout[] => {
  const mean = (after: Markout['after'], priceAfter: (fill: FillRow) => number | null): Markout => {
    let sum = 0
    let contracts = 0
    for (const fill of meter.fills) {
      const price = priceAfter(fill)
      if (price === null) continue
      sum += (fill.side === 'bid' ? 1 : -1) * (price - fill.price) * fill.quantity
      contracts += fill.quantity
    }
    return { after, cents: contracts > 0 ? sum / contracts : null, contracts }
  }
  return [
    ...MARKOUTS.map((after) => mean(after, ({ at }) => meter.midAt(at + after * 1000))),
    mean('settlement', () => finalCents),
  ]
}

/** Largest fall of the equity below its highest point so far, dollars >= 0. */
export const drawdownOf = (equity: readonly (readonly [Millis, number])[]): number => {
  let peak = 0
  let worst = 0
  for (const [, value] of equity) {
    if (value > peak) peak = value
    if (peak - value > worst) worst = peak - value
  }
  return worst
}

/** Sums of contracts as floats, back to the two decimals that contracts have. */
const hundredths = (value: number): number => Math.round(value * CONTRACT) / CONTRACT

const peakOf = (fills: readonly FillRow[]): number => {
  let position = 0
  let peak = 0
  for (const { side, quantity } of fills) {
    position += side === 'bid' ? quantity : -quantity
    peak = Math.max(peak, Math.abs(position))
  }
  return hundredths(peak)
}
