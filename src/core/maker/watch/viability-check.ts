// Checks every few seconds whether the market is worth quoting, and keeps the verdict.
//
// In: the book, the estimators and our own fills. Out: a verdict that can be read at any time; the
// strategy says whether a bad one also stops the quotes.

import { assessViability, type ViabilityVerdict } from '../../guards/viability.ts'
import { isTradable } from '../../vocabulary/events.ts'
import { feePerContractCents } from '../../vocabulary/fees.ts'
import { CONTRACT, type Millis, PRICE_CENT } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

/** A verdict stands this long: it rests on rates that take minutes to change. */
const LOOK_EVERY_MS = 10_000

export class ViabilityCheck {
  /** null before the first look at a book. */
  verdict: ViabilityVerdict | null = null
  nextAt: Millis = 0
  readonly #state: MakerState

  constructor(state: MakerState) {
    this.#state = state
  }

  /** Judges anew where the last verdict is older than ten seconds and the book can be read. */
  update(at: Millis): void {
    if (at < this.nextAt) return
    const { market, quoter, parameters, book } = this.#state
    if (market === null) return
    const readable = book.isLive && quoter.observed.mid !== null
    // A verdict that keeps us out is looked at again by the clock: that time must never lie behind.
    if (readable || this.verdict !== null) this.nextAt = at + LOOK_EVERY_MS
    if (!readable) return
    const { strategy } = parameters
    const { estimators, top, mid } = quoter.observed
    const tickCents = this.#state.grid.tickAt((mid ?? 50) * PRICE_CENT) / PRICE_CENT
    const { intensity, markouts } = estimators
    const ownFills = markouts.fills('bid') + markouts.fills('ask')
    const share = (bid: number, ask: number): number =>
      ownFills === 0 ? 0 : (bid * markouts.fills('bid') + ask * markouts.fills('ask')) / ownFills
    const end = Math.min(market.closeAt, strategy.event_time ?? market.closeAt)
    this.verdict = assessViability({
      tradable: isTradable(market.status) && market.binary,
      credible: this.#state.isCredible,
      bid: top.bid / PRICE_CENT,
      ask: top.ask / PRICE_CENT,
      tick: tickCents,
      fee: feePerContractCents(market.fees.maker, mid ?? 50),
      adverseBid: markouts.adverseOfBoth(strategy.max_markout),
      adverseAsk: markouts.adverseOfBoth(strategy.max_markout),
      arrivalsBid: intensity.arrivals('bid', strategy.arrival_rate, at),
      arrivalsAsk: intensity.arrivals('ask', strategy.arrival_rate, at),
      k: intensity.k(strategy.k),
      // Judged at the touch and inside it. The model's own width always pays on paper, behind a
      // queue that its exponential does not know of.
      half: tickCents / 2,
      sellers: intensity.rate('bid', at),
      buyers: intensity.rate('ask', at),
      orders: intensity.count,
      watched: intensity.window(at),
      lot: strategy.size / CONTRACT,
      secondsLeft: Math.max(0, (end - at) / 1000),
      reduceOnlySeconds: strategy.reduce_only_seconds,
      ownLosing: markouts.results.isLosing,
      ownEdge: share(markouts.edge('bid'), markouts.edge('ask')),
      ownMarkout: share(markouts.average('bid', 300), markouts.average('ask', 300)),
    })
  }
}
