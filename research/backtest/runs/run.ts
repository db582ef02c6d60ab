// Runs one market's session through the real engine, against the simulated exchange.
//
// Recorded frames, the exchange's replies and the engine's own clock are processed in the order of
// time. Nothing here reads a clock or draws random numbers: the same session and parameters give
// the same result, to the last digit. At the end the engine's ledger and the exchange's account
// must agree.

import { Engine } from '../../../src/core/maker/engine.ts'
import type { Event, IntentKind, Lease } from '../../../src/core/vocabulary/events.ts'
import type { Parameters } from '../../../src/core/vocabulary/parameters.ts'
import {
  CONTRACT,
  DOLLAR,
  type Millis,
  PRICE_CENT,
  PRICE_ONE,
} from '../../../src/core/vocabulary/units.ts'
import type { Account } from '../exchange/account.ts'
import { Agenda } from '../exchange/agenda.ts'
import { Exchange, type ExchangeOptions } from '../exchange/exchange.ts'
import type { SessionItem } from '../sessions/items.ts'
import type { Session } from '../sessions/session.ts'
import { COST, type FillRow, Meter, PaperTape } from './meter.ts'

/** How long after the recording's end replies and frames are awaited, over their own time. */
const DRAIN_MS = 10_000

/** The write budget of the exchange's lowest tier. */
const LEASE: Lease = { refill: 100, capacity: 100, cost: COST }

/** Seconds after a fill at which the price is looked at again. */
export const MARKOUTS = [1, 5, 30, 60, 300] as const

export type Settlement = 'yes' | 'no' | null

export interface RunOptions extends ExchangeOptions {
  /** How the market settled; null where it is not known, and the last mid stands for it. */
  readonly settled: Settlement
}

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

/** @throws Error when the engine's ledger and the exchange's account differ at the end. */
export const run = (session: Session, parameters: Parameters, options: RunOptions): Result => {
  const { items, ticker } = session
  const from = items[0]?.at ?? 0
  const end = items.at(-1)?.at ?? 0
  const engine = new Engine(ticker, parameters)
  const agenda = new Agenda()
  const meter = new Meter(from, Math.min(end, session.closeAt))
  const tape = new PaperTape()
  let isOver = false

  const step = (event: Event): void => {
    if (event.type === 'fill') meter.heard(event.fill, event.at, tape.mid)
    const effects = engine.step(event)
    if (effects.length === 0) return
    for (const effect of effects.slice()) {
      tape.add(effect)
      if (effect.type === 'send' && !isOver) meter.call(effect.intent)
      exchange.perform(effect, event.at)
    }
  }
  const exchange = new Exchange(session, options, agenda, step, (fill, cause) =>
    meter.fill(fill, cause, engine.state.quoter.input.fair),
  )

  /** Everything that is due up to and including `at`, in the order of its time. */
  const catchUp = (at: Millis): void => {
    let stuckAt = Number.NEGATIVE_INFINITY
    for (;;) {
      // A clock event that leaves the engine still wanting one means that it waits for news.
      const clock = engine.wakeAt > stuckAt ? engine.wakeAt : Number.POSITIVE_INFINITY
      const due = Math.min(agenda.nextAt, clock)
      if (due > at) break
      meter.pass(due, exchange)
      if (agenda.nextAt <= clock) agenda.next()
      else {
        step({ type: 'clock', at: clock })
        if (engine.wakeAt <= clock) stuckAt = clock
      }
    }
    meter.pass(at, exchange)
  }

  step({ type: 'start', at: from, nonce: 'paper' })
  step({ type: 'lease', at: from, lease: LEASE })
  for (const item of items) {
    catchUp(item.at)
    happen(exchange, item)
    meter.noteMid(item.at, exchange)
  }
  isOver = true
  const { counters } = engine.state.execution
  const { rejected, gaps, malformed, stale } = counters
  step({ type: 'stop', at: end })
  const { latencyMs, ackMs, feedMs = latencyMs } = options
  const drained = end + DRAIN_MS + latencyMs + Math.max(ackMs, feedMs)
  while (agenda.nextAt <= drained) agenda.next()
  reconcile(engine, exchange.account)
  return resultOf(session, options.settled, exchange.account, meter, {
    tape: tape.lines(),
    placedContracts: counters.contracts_placed,
    faults: { rejected, gaps, malformed, stale },
  })
}

/** What only the engine can say of a run. */
interface EngineFigures extends Pick<Result, 'tape' | 'placedContracts'> {
  readonly faults: Pick<Result, 'rejected' | 'gaps' | 'malformed' | 'stale'>
}

const resultOf = (
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

const happen = (exchange: Exchange, item: SessionItem): void => {
  if (item.kind === 'delta') exchange.delta(item)
  else if (item.kind === 'snapshot') exchange.snapshot(item)
  else if (item.kind === 'print') exchange.print(item)
  else if (item.kind === 'gap') exchange.gap()
  else exchange[item.kind](item.at)
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
