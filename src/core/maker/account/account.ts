// Applies what the exchange says about our own orders, fills and position, whichever way it comes.
//
// In: frames of the feed, replies to requests, answers to questions. Out: orders, ledger and
// recovery brought up to date, and a new question where something is missing. The exchange's reads
// lag behind its writes, so such a question waits for READ_LAG_MS.

import type { Holdings } from '../../ledger/ledger.ts'
import { isNews } from '../../orders/inferred-end.ts'
import { isOver } from '../../orders/lifecycle.ts'
import type { Order } from '../../orders/orders.ts'
import { trackAcknowledged } from '../../orders/queue-tracking.ts'
import { PROBE_PREFIX, READ_LAG_MS } from '../../recovery/reconciliation.ts'
import { FILL_OVERLAP_MS } from '../../recovery/recovery.ts'
import type {
  ControlEvent,
  DeltaFrame,
  Fill,
  OrderReport,
  PositionReport,
} from '../../vocabulary/events.ts'
import { isFinal } from '../../vocabulary/market.ts'
import { CONTRACT, type Millis, PRICE_ONE } from '../../vocabulary/units.ts'
import type { Decider } from '../decide.ts'
import type { MakerState } from '../state.ts'

/** A fills read may lack this much of the end; and it passes frames of the feed on its way. */
const READ_SLACK_MS = READ_LAG_MS + 5_000

const HIGH_LATENCY_MS = 1000
const LATENCIES_KEPT = 1000
/** The pause between two reads of a position that the settlement has not explained yet. */
const UNPAID_RETRY_MS = 30_000
const NEVER = Number.POSITIVE_INFINITY

export class AccountUpdates {
  readonly #state: MakerState
  readonly #decider: Decider
  /** Since when the exchange has said that nothing is held while we hold something. */
  #goneSince: Millis | null = null
  /** Orders of our account that the book alone has shown, and when a listing is to name them. */
  readonly #unheard = new Set<string>()
  #unheardDueAt: Millis = NEVER

  constructor(state: MakerState, decider: Decider) {
    this.#state = state
    this.#decider = decider
  }

  /** @param previous the fill before it in a list; absent for one from the feed */
  fill(fill: Fill, at: Millis, previous?: Fill | null): void {
    const { ledger, execution, recovery, flatten, takerExit } = this.#state
    const before = ledger.position
    if (ledger.apply(fill, previous) === 'duplicate') return
    this.#state.lastFillAt = at
    execution.counters.fills++
    this.#decider.rows.touch()
    const order = execution.orders.find(fill.orderId, fill.clientOrderId)
    if (order?.take === true) {
      const taker = takerExit.isOwn(order.clientOrderId) ? takerExit : flatten
      taker.onFill(fill)
    }
    // A fill from a list may be old, and one that we took ourselves is no sign of informed takers:
    // how the market moved since says nothing about our quotes.
    // Nor does a foreign order's.
    else if (previous === undefined && order?.foreign !== true)
      this.#decider.quotes.onFill(fill, at)
    if (order !== undefined) {
      // A fill may be the first that is heard of an order whose place was not answered.
      if (order.orderId === '') execution.orders.setOrderId(order, fill.orderId)
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
    const { settlement } = ledger
    const after = fill.positionAfter
    if (after !== null && after !== ledger.position && settlement === null) {
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
    const { execution, recovery, ledger, feed } = this.#state
    // By the exchange's clock as last heard, and not by `askedAt`: ours may be a minute ahead.
    const venueAt = feed.venueAt - (at - askedAt) - READ_SLACK_MS
    ledger.readUntil = Math.max(ledger.readUntil, venueAt, ledger.cursor - FILL_OVERLAP_MS)
    const missing = execution.onFillsRead(askedAt - READ_LAG_MS)
    if (missing !== null) recovery.inquiries.want('fills', Math.max(at, missing + READ_LAG_MS))
  }

  /**
   * A change of the book that bears a client order id of our account. True when it is news of an
   * order that seemed gone: then a decision is due, and where the exchange has not named the order,
   * a listing is asked for, which does.
   */
  bookMark({ clientOrderId, price, delta, venueAt, at }: DeltaFrame): boolean {
    const { execution, recovery } = this.#state
    const order = execution.orders.byClient(clientOrderId)
    if (order === undefined) {
      if (delta <= 0 || clientOrderId.startsWith(PROBE_PREFIX)) return false
      this.#unheard.add(clientOrderId)
      this.#unheardDueAt = at + READ_LAG_MS
      return false
    }
    const late = order.status === 'presumed' && delta > 0 && isNews(order, venueAt)
    if (late) execution.orders.revive(order, at)
    execution.orders.applyBookChange(clientOrderId, price, delta, at)
    if (!late) return false
    if (order.orderId === '') recovery.inquiries.want('orders', at)
    return true
  }

  /** Looks in a listing for orders that the book alone has shown; their frames may be lost. */
  seekUnheard(at: Millis): void {
    if (at < this.#unheardDueAt) return
    const { execution, recovery } = this.#state
    for (const id of this.#unheard) {
      if (execution.orders.byClient(id) === undefined) recovery.inquiries.want('orders', at)
    }
    this.#unheard.clear()
    this.#unheardDueAt = NEVER
  }

  /** A frame about one of our orders. */
  orderReport(report: OrderReport, at: Millis): void {
    const { execution, recovery } = this.#state
    const { orders } = execution
    this.#state.exchange.onReport(report, at)
    const order = orders.find(report.orderId, report.clientOrderId)
    if (order === undefined) {
      if (report.status !== 'resting' || report.clientOrderId.startsWith(PROBE_PREFIX)) return
      this.#countOrphan(orders.adopt(report, at))
      return
    }
    // Canceled without our asking: a market that closes on schedule gives no other sign.
    const asked = order.status === 'canceling' || isOver(order.status)
    if (report.status === 'canceled' && !asked) recovery.inquiries.want('market', at + READ_LAG_MS)
    if (report.reason === 'PostOnlyCrossCancel') this.#decider.witnesses.onCrossCancel(order, at)
    execution.onReport(order, report, at)
    this.#decider.rows.touch()
    if (order.filled > order.booked) recovery.inquiries.want('fills', at + READ_LAG_MS)
  }

  /** The answer to a question for resting orders. */
  listing(listing: readonly OrderReport[], askedAt: Millis, at: Millis): void {
    const { execution, recovery } = this.#state
    const { orphans } = recovery.applyListing(execution.orders, listing, askedAt, at)
    for (const order of orphans) this.#countOrphan(order)
  }

  /** The outcome of one of our requests. */
  reply({ kind, clientOrderId, outcome, at }: Extract<ControlEvent, { type: 'reply' }>): void {
    const { execution, book, recovery } = this.#state
    const { inquiries } = recovery
    const order = execution.orders.byClient(clientOrderId)
    if (order !== undefined) this.#decider.witnesses.onReply(kind, order, outcome, at)
    const followUp = execution.onReply(kind, clientOrderId, outcome, at)
    if (order !== undefined) trackAcknowledged(execution.orders, book, order, at)
    this.#decider.brakes.onReply(kind, outcome, at)
    this.#decider.rows.touch()
    if (followUp.latency !== null) this.#recordLatency(followUp.latency)
    // Its fills are on their way by the feed; they are read where the feed loses them.
    const fillsAt = order?.take === true ? at + READ_LAG_MS : at
    if (followUp.readFills) inquiries.want('fills', fillsAt)
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
    if (this.#mayBePaidOut(report, at)) return
    const before = ledger.position
    // Once it has been paid out, the exchange lists it no more and has no sums to compare.
    const sums = ledger.settlement === null ? report : { ...report, ...sumsOf(ledger) }
    const verdict = recovery.checkPosition(ledger, sums, askedAt, lastFillAt, at)
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

  /**
   * A settled market is no longer listed, so that its position reads as nothing. It is the
   * settlement that says what became of it: adopted as it is, the result of all trading would be
   * lost. Whether the market has settled is known once it has been read again.
   */
  #mayBePaidOut(report: PositionReport, at: Millis): boolean {
    const { ledger, recovery, market } = this.#state
    const { inquiries } = recovery
    if (report.position !== 0 || ledger.position === 0) {
      this.#goneSince = null
      return false
    }
    this.#goneSince ??= at
    const isKnown = inquiries.answeredAskedAt('market') > this.#goneSince
    if (isKnown && !isFinal(market)) return false
    if (!isKnown) inquiries.want('market', at + 1)
    inquiries.want('position', at + (isKnown ? UNPAID_RETRY_MS : READ_LAG_MS))
    return true
  }

  #countOrphan({ orderId, foreign, side }: Order): void {
    if (foreign) this.#state.log('info', 'foreign-order', { order: orderId, side })
    else {
      this.#state.execution.counters.orphans++
      this.#state.log('warn', 'orphan-order', { order: orderId })
    }
  }

  #recordLatency(ms: number): void {
    const { latencies } = this.#state
    latencies.push(ms)
    if (latencies.length > LATENCIES_KEPT) latencies.splice(0, LATENCIES_KEPT / 2)
    this.#decider.rows.latency = ms
    if (ms >= HIGH_LATENCY_MS) this.#state.log('warn', 'high-latency', { ms })
  }
}

const sumsOf = ({ realized, fees }: Holdings): Pick<Holdings, 'realized' | 'fees'> => ({
  realized,
  fees,
})
