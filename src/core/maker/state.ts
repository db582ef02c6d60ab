// Everything one maker knows, in one place: the parts that the engine fills and the decider reads.

import { Book } from '../book/book.ts'
import { FeedState } from '../book/feed-state.ts'
import { Ledger } from '../ledger/ledger.ts'
import { Execution } from '../orders/execution.ts'
import { Placement } from '../placement/placement.ts'
import { Quoter } from '../pricing/quoter.ts'
import { Recovery } from '../recovery/recovery.ts'
import type { Effect, LogLevel, Pull } from '../vocabulary/events.ts'
import { LINEAR_CENT, type Market, PriceGrid } from '../vocabulary/market.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { Millis } from '../vocabulary/units.ts'

/** What a person has asked for. 'halt' and 'stop' outlast everything but a person. */
export type Operator = 'run' | 'pause' | 'halt' | 'stop'

export class MakerState {
  readonly ticker: string
  readonly book = new Book()
  readonly feed = new FeedState()
  readonly quoter = new Quoter()
  readonly placement = new Placement()
  readonly ledger = new Ledger()
  readonly recovery = new Recovery()
  readonly execution: Execution
  parameters: Parameters
  market: Market | null = null
  grid = new PriceGrid(LINEAR_CENT)
  operator: Operator = 'run'
  operatorReason = 'operator'
  started = false
  /** External skew, cents. */
  alphaCents = 0
  /** The quotes that an external shock has taken away, and until when. */
  readonly pulled: { side: Pull; until: Millis } = { side: 'none', until: 0 }
  lastFillAt: Millis = 0
  /** Message received -> order acknowledged, ms, newest last. */
  readonly latencies: number[] = []
  /** Effects of the step under way. */
  readonly out: Effect[] = []

  constructor(ticker: string, parameters: Parameters) {
    this.ticker = ticker
    this.parameters = parameters
    this.execution = new Execution(this.out)
  }

  log(
    level: LogLevel,
    event: string,
    detail: Record<string, string | number | boolean | null>,
  ): void {
    this.out.push({ type: 'log', level, event, detail })
  }
}
