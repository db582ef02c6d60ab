// The whole maker as one function of its history: step(event) -> effects.
//
// No clock, dice, network or promise: events carry their time, and everything asked for comes back as
// a later event. So the same engine runs live, in replay and in simulation. State is changed in place;
// the returned array is the same one each time, valid until the next step.

import type { MarkoutSnapshot } from '../estimators/markouts.ts'
import type { LedgerSnapshot } from '../ledger/ledger.ts'
import {
  trackAcknowledged,
  trackLevel,
  trackReports,
  trackTrade,
} from '../orders/queue-tracking.ts'
import { PROBE_PREFIX, QUESTIONS, READ_LAG_MS } from '../recovery/reconciliation.ts'
import type {
  ControlEvent,
  DeltaFrame,
  Effect,
  Event,
  Fill,
  Frame,
  LifecycleFrame,
  OrderReport,
  TradeFrame,
} from '../vocabulary/events.ts'
import type { Market } from '../vocabulary/market.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_ONE } from '../vocabulary/units.ts'
import { Decider } from './decide.ts'
import { applyExternalSignal } from './external-signal.ts'
import { applyPosition } from './position-check.ts'
import { MakerState } from './state.ts'

const HIGH_LATENCY_MS = 1000
const LATENCIES_KEPT = 1000

/** What survives a restart, as plain JSON. */
export interface EngineMemory {
  readonly ledger: LedgerSnapshot
  /** What our fills have cost afterwards; absent in what an earlier version has stored. */
  readonly markouts?: MarkoutSnapshot
}

export class Engine {
  readonly state: MakerState
  readonly decider: Decider
  /** When the feed last said that the market has changed; reads asked soon after may not know it. */
  #marketNewsAt: Millis = Number.NEGATIVE_INFINITY

  /**
   * @param memory from an earlier run of the same ticker, or null: then all fills are asked for
   */
  constructor(ticker: string, parameters: Parameters, memory: EngineMemory | null = null) {
    this.state = new MakerState(ticker, parameters)
    this.decider = new Decider(this.state)
    if (memory === null) return
    this.state.ledger.restore(memory.ledger)
    const { markouts } = memory
    if (markouts !== undefined) this.state.quoter.estimators.markouts.restore(markouts)
  }

  get memory(): EngineMemory {
    const { ledger, quoter } = this.state
    return { ledger: ledger.snapshot(), markouts: quoter.estimators.markouts.snapshot() }
  }

  /** When `step` must be called with a clock event at the latest; Infinity when only news counts. */
  get wakeAt(): Millis {
    return this.decider.wakeAt
  }

  /** True when the exchange has confirmed, to a question asked since, that nothing of ours rests. */
  provenClean(since: Millis): boolean {
    return this.state.recovery.cleanSince(since, this.state.execution.orders)
  }

  /** Takes in one event; returns what is to be done about it (the array is reused). */
  step(event: Event): readonly Effect[] {
    const { out } = this.state
    if (out.length > 0) out.length = 0
    if (event.type === 'delta') {
      if (this.#delta(event)) this.decider.decide(event.at, event.at)
      return out
    }
    switch (event.type) {
      case 'start':
      case 'stop':
      case 'command':
      case 'configure':
      case 'lease':
      case 'link-up':
      case 'link-down':
      case 'clock':
      case 'alpha':
      case 'reply':
      case 'answer':
        this.#control(event)
        break
      default:
        this.#frame(event)
    }
    // A reply, a report or a fill changes how much of the book is ours, and so what others show.
    this.decider.refresh(event.at)
    this.decider.decide(event.at, event.at)
    return out
  }

  // The hot path: false when nothing that we quote on has changed, and then nothing was allocated.
  #delta(frame: DeltaFrame): boolean {
    const { feed, book, execution, quoter, ticker, grid } = this.state
    const { at, price } = frame
    execution.counters.frames++
    feed.lastHeardAt = at
    // While stale, any frame at all is the news that was waited for.
    const due = at >= this.decider.wakeAt || this.decider.reason === 'stale'
    if (frame.sid !== feed.bookSid) return due
    const accepted = feed.acceptBook(frame.seq)
    if (accepted === 'repeat') return due
    if (accepted === 'book-gap') {
      this.#gap('orderbook_delta', frame, at)
      return true
    }
    if (frame.ticker !== ticker || !book.isLive) return due
    feed.lastTickAt = at
    const { orders } = execution
    if (frame.clientOrderId !== '')
      orders.applyBookChange(frame.clientOrderId, price, frame.delta, at)
    if (!book.delta(frame.side, price, frame.delta)) {
      this.state.log('error', 'book-diverged', { reason: book.reason, price: price / PRICE_ONE })
      this.decider.doubt(book.reason, at)
      return true
    }
    trackLevel(orders, book, frame)
    const { ofi_levels: deep } = this.state.parameters.strategy
    if (deep > 1) quoter.observed.refreshDepth(book, orders.ownSize, deep, at)
    const { top } = quoter
    if (frame.side === 'bid' ? price < top.bid : price > top.ask) return due
    return quoter.observed.refresh(book, orders.ownSize, grid, at) || due
  }

  #frame(frame: Exclude<Frame, DeltaFrame>): void {
    const { at, sid } = frame
    const { feed, execution } = this.state
    execution.counters.frames++
    feed.lastHeardAt = at
    if (frame.type === 'subscribed') {
      feed.subscribed(frame.channel, sid)
      if (frame.channel === 'orderbook_delta' && this.state.book.isLive) {
        // What is known belongs to the subscription before.
        this.state.book.darken('no-snapshot')
        feed.awaitSnapshot(at)
      }
      return
    }
    const accepted = feed.accept(sid, frame.seq)
    if (accepted === 'repeat') return
    if (accepted === 'book-gap') this.#gap('orderbook_delta', frame, at)
    else if (accepted !== 'ok') {
      this.#gap('other', frame, at)
      if (accepted === 'lifecycle-gap') this.state.recovery.inquiries.want('market', at)
    }
    switch (frame.type) {
      case 'snapshot':
        if (sid !== feed.bookSid || frame.ticker !== this.state.ticker) return
        // A new subscription has just been asked for; its snapshot is the one that counts.
        if (accepted === 'book-gap') return
        feed.lastTickAt = at
        if (this.state.book.snapshot(frame.bids, frame.asks)) {
          feed.snapshotDueAt = Number.POSITIVE_INFINITY
          this.state.execution.orders.resetShown()
          const levels = (frame.bids.length + frame.asks.length) / 2
          this.state.log('info', 'book-live', { levels })
        } else this.decider.doubt(this.state.book.reason, at)
        return
      case 'trade':
        if (frame.ticker === this.state.ticker) this.#trade(frame)
        return
      case 'fill':
        if (frame.fill.ticker === this.state.ticker) this.#fill(frame.fill, at)
        return
      case 'order':
        if (frame.order.ticker === this.state.ticker) this.#orderNews(frame.order, at)
        return
      case 'lifecycle':
        if (frame.ticker === this.state.ticker) this.#lifecycle(frame)
        return
      case 'error': {
        this.state.log('warn', 'feed-error', { code: frame.code, message: frame.message })
        // 10 and 25 end a subscription; on the book's that means no more deltas will come.
        const ended = frame.code === 10 || frame.code === 25
        if (ended && sid !== 0 && sid === feed.bookSid) {
          this.decider.doubt('subscription-ended', at)
        }
        return
      }
      case 'unsubscribed':
        // Ours follow a doubt, when the book is dark already; one on a live book was not asked for.
        if (sid !== 0 && sid === feed.bookSid && this.state.book.isLive) {
          this.decider.doubt('subscription-ended', at)
        }
        return
      case 'malformed': {
        this.state.execution.counters.malformed++
        this.state.log('warn', 'malformed-frame', { detail: frame.detail })
        if (sid === 0) return
        // What could not be read is as good as lost: a change of the book, or news of our orders.
        if (sid === feed.bookSid) {
          if (this.state.book.isLive) this.decider.doubt('malformed-frame', at)
          return
        }
        const { inquiries } = this.state.recovery
        for (const what of QUESTIONS) inquiries.want(what, at + READ_LAG_MS)
      }
    }
  }

  // A lost frame may have been about any market of the subscription, so the book is worthless.
  #gap(channel: string, frame: Frame, at: Millis): void {
    this.state.execution.counters.gaps++
    this.state.log('warn', 'sequence-gap', { channel, sid: frame.sid, seq: frame.seq })
    if (channel === 'orderbook_delta') this.decider.doubt('gap', at)
  }

  #trade(frame: TradeFrame): void {
    const { taker, price, quantity, at } = frame
    const { feed, quoter, execution, grid } = this.state
    feed.lastTickAt = at
    quoter.estimators.onTrade(taker, price, quantity, grid.tickAt(price), at)
    trackTrade(execution.orders, frame)
  }

  /** @param previous the fill before it in a list; absent for one from the feed */
  #fill(fill: Fill, at: Millis, previous?: Fill | null): void {
    const { ledger, execution } = this.state
    if (ledger.apply(fill, previous) === 'duplicate') return
    this.state.lastFillAt = at
    execution.counters.fills++
    this.decider.touchRow()
    // Fills that were asked for may be old: what the market did since is no news.
    if (previous === undefined) this.decider.onFill(fill, at)
    const order = execution.orders.find(fill.orderId, fill.clientOrderId)
    if (order !== undefined) {
      execution.orders.applyFill(order, fill.quantity, fill.venueAt, at)
      if (fill.isTaker) execution.onTakerFill(order)
    }
    this.state.log('info', 'fill', {
      side: fill.side,
      price: fill.price / PRICE_ONE,
      contracts: fill.quantity / CONTRACT,
      position: ledger.position / CONTRACT,
      trade: fill.tradeId,
    })
    // Fills may arrive out of order; only a difference that lasts means that one is missing.
    if (fill.positionAfter !== null && fill.positionAfter !== ledger.position) {
      this.state.recovery.inquiries.want('fills', at + READ_LAG_MS)
      this.state.recovery.inquiries.want('position', at + READ_LAG_MS)
    }
  }

  #orderNews(report: OrderReport, at: Millis): void {
    const { orders, counters } = this.state.execution
    const order = orders.find(report.orderId, report.clientOrderId)
    if (order === undefined) {
      if (report.status !== 'resting' || report.clientOrderId.startsWith(PROBE_PREFIX)) return
      counters.orphans++
      orders.adopt(report, at)
      this.state.log('warn', 'orphan-order', { order: report.orderId })
      return
    }
    // Canceled, and we have not asked for it: closing on schedule sends no other news.
    const asked = order.status === 'canceling' || order.status === 'done'
    if (report.status === 'canceled' && !asked) {
      this.state.recovery.inquiries.want('market', at + READ_LAG_MS)
    }
    this.state.execution.onReport(order, report, at)
    this.decider.touchRow()
    if (order.filled > order.booked) {
      this.state.recovery.inquiries.want('fills', at + READ_LAG_MS)
    }
  }

  #lifecycle(frame: LifecycleFrame): void {
    this.#marketNewsAt = frame.at
    this.state.recovery.inquiries.want('market', frame.at + READ_LAG_MS)
    this.state.log('info', 'market-changed', { change: frame.change })
    if (this.state.market === null) return
    // Acted on before the market has been read again: a paused or closed market takes no quotes.
    const over = frame.change === 'determined' || frame.change === 'settled'
    this.decider.setMarket(
      {
        ...this.state.market,
        status: over
          ? 'determined'
          : frame.deactivated === true
            ? 'inactive'
            : this.state.market.status,
        closeAt: frame.closeAt ?? this.state.market.closeAt,
        priceRanges: frame.priceRanges ?? this.state.market.priceRanges,
      },
      frame.at,
    )
  }

  #control(event: ControlEvent): void {
    const { at } = event
    const { inquiries } = this.state.recovery
    switch (event.type) {
      case 'start':
        this.state.started = true
        this.state.execution.start(event.nonce)
        if (event.afterRestart === true) this.state.recovery.distrust(at)
        inquiries.want('market', at)
        // What an earlier run has left resting must not wait until a socket can be opened.
        if (!this.state.feed.isUp) this.state.recovery.onDisconnect(at)
        return
      case 'stop':
        this.state.operator = 'stop'
        this.state.recovery.requireClean(at)
        return
      case 'command':
        this.#command(event)
        return
      case 'configure':
        this.state.parameters = event.parameters
        this.decider.onConfigure()
        return
      case 'lease':
        this.state.execution.setLease(event.lease, at)
        return
      case 'alpha':
        applyExternalSignal(this.state, event)
        return
      case 'link-up':
        this.state.feed.up(at)
        this.state.book.darken('no-snapshot')
        this.state.quoter.estimators.gap()
        this.state.recovery.begin(at)
        this.state.log('info', 'connection-established', {})
        return
      case 'link-down':
        if (this.state.feed.isUp) this.state.execution.counters.disconnects++
        this.state.feed.down()
        this.state.book.darken('link-down')
        this.state.recovery.onDisconnect(at)
        this.state.log('warn', 'connection-lost', { reason: event.reason })
        return
      case 'reply': {
        const { kind, clientOrderId, outcome } = event
        const { execution, book } = this.state
        const followUp = execution.onReply(kind, clientOrderId, outcome, at)
        const order = execution.orders.byClient(clientOrderId)
        if (order !== undefined) trackAcknowledged(execution.orders, book, order, at)
        this.decider.touchRow()
        if (followUp.latency !== null) this.#measured(followUp.latency)
        if (followUp.readFills) inquiries.want('fills', at)
        if (kind === 'decrease' && order !== undefined && order.filled > order.booked) {
          inquiries.want('fills', at + READ_LAG_MS)
        }
        if (followUp.readOrders) inquiries.want('orders', at + READ_LAG_MS)
        if (followUp.readMarket) inquiries.want('market', at)
        return
      }
      case 'answer':
        this.#answer(event)
    }
  }

  #command({ command, reason, at }: Extract<ControlEvent, { type: 'command' }>): void {
    const { state } = this
    // Which command may follow which is for the shell to say; it knows who has asked for what.
    state.operator = command === 'pause' || command === 'halt' ? command : 'run'
    state.operatorReason = reason
    // A halt must be seen to hold: list what rests, even if we know of nothing.
    state.recovery.requireClean(command === 'halt' ? at : null)
    // Whoever resumes a maker that its own fills have stopped wants it to try again.
    if (command === 'resume' && this.decider.reason === 'adverse-fills') {
      state.quoter.estimators.markouts.reset()
    }
    state.log('info', command, { reason })
  }

  #measured(latency: number): void {
    this.state.latencies.push(latency)
    if (this.state.latencies.length > LATENCIES_KEPT)
      this.state.latencies.splice(0, LATENCIES_KEPT / 2)
    this.decider.rowLatency = latency
    if (latency >= HIGH_LATENCY_MS) this.state.log('warn', 'high-latency', { ms: latency })
  }

  #answer(event: Extract<ControlEvent, { type: 'answer' }>): void {
    const { at, askedAt, what, outcome } = event
    const { inquiries } = this.state.recovery
    if (what !== 'queue' && what !== 'programmes') {
      inquiries.answered(what, askedAt, outcome.kind === 'accepted', at)
    }
    if (outcome.kind !== 'accepted') {
      const code = outcome.kind === 'rejected' ? `${outcome.status} ${outcome.code} ` : ''
      this.state.log('warn', 'question-failed', { what, detail: `${code}${outcome.detail}` })
      return
    }
    switch (event.what) {
      case 'queue':
        if (event.outcome.kind === 'accepted') {
          trackReports(this.state.execution.orders, event.outcome.value, at)
        }
        return
      case 'programmes':
        if (event.outcome.kind === 'accepted') {
          this.state.placement.programmes = event.outcome.value
        }
        return
      case 'market':
        if (event.outcome.kind === 'accepted') this.#marketRead(event.outcome.value, askedAt, at)
        return
      case 'orders':
        if (event.outcome.kind === 'accepted') {
          const { orders, counters } = this.state.execution
          const verdict = this.state.recovery.applyListing(orders, event.outcome.value, askedAt, at)
          for (const order of verdict.orphans) {
            counters.orphans++
            this.state.log('warn', 'orphan-order', { order: order.orderId })
          }
        }
        return
      case 'fills':
        if (event.outcome.kind === 'accepted') {
          let previous: Fill | null = null
          for (const fill of event.outcome.value) {
            this.#fill(fill, at, previous)
            previous = fill
          }
          const missing = this.state.execution.onFillsRead(askedAt - READ_LAG_MS)
          if (missing !== null) inquiries.want('fills', Math.max(at, missing + READ_LAG_MS))
        }
        return
      case 'position':
        if (event.outcome.kind === 'accepted') {
          const report = event.outcome.value
          if (applyPosition(this.state, report, askedAt, at)) this.decider.touchRow()
        }
    }
  }
  // A read that may be older than what the feed has said does not undo it.
  #marketRead(market: Market, askedAt: Millis, at: Millis): void {
    const known = this.#marketNewsAt + READ_LAG_MS
    if (this.state.market !== null && askedAt < known) {
      this.state.recovery.inquiries.want('market', Math.max(at, known))
    } else this.decider.setMarket(market, at)
  }
}
