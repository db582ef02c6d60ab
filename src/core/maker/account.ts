// Applies what the exchange says about our own orders, fills and position, whichever way it comes.
//
// In: frames of the feed, replies to requests, answers to questions. Out: orders, ledger and
// recovery brought up to date, and a new question where something is missing. The exchange's reads
// lag behind its writes, so such a question waits for READ_LAG_MS.

import { trackAcknowledged } from '../orders/queue-tracking.ts'
import { PROBE_PREFIX, READ_LAG_MS } from '../recovery/reconciliation.ts'
import type { ControlEvent, Fill, OrderReport, PositionReport } from '../vocabulary/events.ts'
import { CONTRACT, type Millis, PRICE_ONE } from '../vocabulary/units.ts'
import type { Decider } from './decide.ts'
import type { MakerState } from './state.ts'

const HIGH_LATENCY_MS = 1000
const LATENCIES_KEPT = 1000

export class AccountUpdates {
  readonly #state: MakerState
  readonly #decider: Decider

  constructor(state: MakerState, decider: Decider) {
    this.#state = state
    this.#decider = decider
  }

  /** @param previous the fill before it in a list; absent for one from the feed */
  fill(fill: Fill, at: Millis, previous?: Fill | null): void {
    const { ledger, execution, recovery } = this.#state
    const before = ledger.position
    if (ledger.apply(fill, previous) === 'duplicate') return
    this.#state.lastFillAt = at
    execution.counters.fills++
    this.#decider.rows.touch()
    // A fill from a list may be old: how the market moved since says nothing about it.
    if (previous === undefined) this.#decider.quotes.onFill(fill, at)
    const order = execution.orders.find(fill.orderId, fill.clientOrderId)
    if (order !== undefined) {
      execution.orders.applyFill(order, fill.quantity, fill.venueAt, at)
      if (fill.isTaker) execution.onTakerFill(order)
    }
    this.#state.log('info', 'fill', {
      side: fill.side,
      price: fill.price / PRICE_ONE,
      contracts: fill.quantity / CONTRACT,
      position: ledger.position / CONTRACT,
      trade: fill.tradeId,
    })
    this.#state.positionMoved(before, at)
    // Fills may arrive out of order; only a difference that lasts means that one is missing.
    if (fill.positionAfter !== null && fill.positionAfter !== ledger.position) {
      recovery.inquiries.want('fills', at + READ_LAG_MS)
      recovery.inquiries.want('position', at + READ_LAG_MS)
    }
  }

  /** The answer to a question for fills. */
  fills(fills: readonly Fill[], askedAt: Millis, at: Millis): void {
    let previous: Fill | null = null
    for (const fill of fills) {
      this.fill(fill, at, previous)
      previous = fill
    }
    const { execution, recovery } = this.#state
    const missing = execution.onFillsRead(askedAt - READ_LAG_MS)
    if (missing !== null) recovery.inquiries.want('fills', Math.max(at, missing + READ_LAG_MS))
  }

  /** A frame about one of our orders. */
  orderReport(report: OrderReport, at: Millis): void {
    const { execution, recovery } = this.#state
    const { orders } = execution
    const order = orders.find(report.orderId, report.clientOrderId)
    if (order === undefined) {
      if (report.status !== 'resting' || report.clientOrderId.startsWith(PROBE_PREFIX)) return
      orders.adopt(report, at)
      this.#countOrphan(report.orderId)
      return
    }
    // Canceled without our asking: a market that closes on schedule gives no other sign.
    const asked = order.status === 'canceling' || order.status === 'done'
    if (report.status === 'canceled' && !asked) recovery.inquiries.want('market', at + READ_LAG_MS)
    execution.onReport(order, report, at)
    this.#decider.rows.touch()
    if (order.filled > order.booked) recovery.inquiries.want('fills', at + READ_LAG_MS)
  }

  /** The answer to a question for resting orders. */
  listing(listing: readonly OrderReport[], askedAt: Millis, at: Millis): void {
    const { execution, recovery } = this.#state
    const { orphans } = recovery.applyListing(execution.orders, listing, askedAt, at)
    for (const order of orphans) this.#countOrphan(order.orderId)
  }

  /** The outcome of one of our requests. */
  reply({ kind, clientOrderId, outcome, at }: Extract<ControlEvent, { type: 'reply' }>): void {
    const { execution, book, recovery } = this.#state
    const { inquiries } = recovery
    const followUp = execution.onReply(kind, clientOrderId, outcome, at)
    const order = execution.orders.byClient(clientOrderId)
    if (order !== undefined) trackAcknowledged(execution.orders, book, order, at)
    this.#decider.rows.touch()
    if (followUp.latency !== null) this.#recordLatency(followUp.latency)
    if (followUp.readFills) inquiries.want('fills', at)
    if (kind === 'decrease' && order !== undefined && order.filled > order.booked) {
      inquiries.want('fills', at + READ_LAG_MS)
    }
    if (followUp.readOrders) inquiries.want('orders', at + READ_LAG_MS)
    if (followUp.readMarket) inquiries.want('market', at)
  }

  /**
   * The answer to a question for the position: compared with ours, and adopted where it must be.
   */
  position(report: PositionReport, askedAt: Millis, at: Millis): void {
    const { ledger, recovery, lastFillAt } = this.#state
    const before = ledger.position
    const verdict = recovery.checkPosition(ledger, report, askedAt, lastFillAt, at)
    if (verdict === 'adopted') {
      const ours = before / CONTRACT
      this.#state.log('error', 'position-adopted', { ours, exchange: report.position / CONTRACT })
      this.#decider.rows.touch()
      this.#state.positionMoved(before, at)
    } else if (verdict === 'sums-differ') {
      this.#state.log('warn', 'ledger-differs', {
        realized: ledger.realized,
        exchange_realized: report.realized,
        fees: ledger.fees,
        exchange_fees: report.fees,
      })
    }
  }

  #countOrphan(orderId: string): void {
    this.#state.execution.counters.orphans++
    this.#state.log('warn', 'orphan-order', { order: orderId })
  }

  #recordLatency(ms: number): void {
    const { latencies } = this.#state
    latencies.push(ms)
    if (latencies.length > LATENCIES_KEPT) latencies.splice(0, LATENCIES_KEPT / 2)
    this.#decider.rows.latency = ms
    if (ms >= HIGH_LATENCY_MS) this.#state.log('warn', 'high-latency', { ms })
  }
}
