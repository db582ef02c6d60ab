// The whole maker as one function of its history: step(event) -> effects.
//
// In: events, which carry their own time. Out: effects; the returned array is reused and valid
// until the next step. It must never know a clock, a random number, a network or a promise:
// everything asked for comes back as a later event, so the same engine runs live, in replay and in
// simulation. This file lists the events; what follows from the state afterwards is in decide.ts.

import type { MarkoutSnapshot } from '../estimators/markouts.ts'
import type { LedgerSnapshot } from '../ledger/ledger.ts'
import type { LastMid } from '../ledger/marks.ts'
import { trackLevel, trackReports, trackTrade } from '../orders/queue-tracking.ts'
import { isInquiry, READ_LAG_MS } from '../recovery/reconciliation.ts'
import {
  type ControlEvent,
  type DeltaFrame,
  type Effect,
  type Event,
  type Frame,
  type LifecycleFrame,
  OTHER_SUBACCOUNT,
  type SnapshotFrame,
  type TradeFrame,
} from '../vocabulary/events.ts'
import type { Market } from '../vocabulary/market.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { OperatorReason } from '../vocabulary/reason-codes.ts'
import { type Millis, PRICE_ONE } from '../vocabulary/units.ts'
import { AccountUpdates } from './account/account.ts'
import { Decider } from './decide.ts'
import type { BrakeMemory } from './limits/brakes.ts'
import { changeState } from './limits/trading-state.ts'
import { MakerState } from './state.ts'

/** What survives a restart, as plain JSON. */
export interface EngineMemory {
  readonly ledger: LedgerSnapshot
  /** How prices moved after our fills; absent in what an earlier version has stored. */
  readonly markouts?: MarkoutSnapshot
  /** The last mid, by which a position is marked until there is a book; absent in older ones. */
  readonly lastMid?: LastMid
  /** What the session and the day have lost; absent in what an earlier version has stored. */
  readonly brakes?: BrakeMemory
}

/** How often the mark of what is held is kept. */
const MARK_KEPT_MS = 60_000

export class Engine {
  readonly state: MakerState
  readonly decider: Decider
  readonly #account: AccountUpdates
  /** When the feed last reported a change of the market; a read asked soon after may lack it. */
  #marketChangedAt: Millis = Number.NEGATIVE_INFINITY

  /**
   * @param memory from an earlier run of the same ticker, or null: then all fills are asked for
   */
  constructor(ticker: string, parameters: Parameters, memory: EngineMemory | null = null) {
    this.state = new MakerState(ticker, parameters)
    this.decider = new Decider(this.state)
    this.#account = new AccountUpdates(this.state, this.decider)
    if (memory === null) return
    this.state.ledger.restore(memory.ledger)
    const { markouts, lastMid, brakes } = memory
    if (lastMid !== undefined) this.state.valuation.restore(lastMid)
    if (brakes !== undefined) this.decider.brakes.restore(brakes)
    if (markouts !== undefined) this.state.quoter.estimators.markouts.restore(markouts)
  }

  get memory(): EngineMemory {
    const { ledger, quoter, valuation } = this.state
    const { lastMid } = valuation
    return {
      ledger: ledger.snapshot(),
      markouts: quoter.estimators.markouts.snapshot(),
      brakes: this.decider.brakes.memory,
      ...(lastMid !== null && { lastMid }),
    }
  }

  /** Changes when `memory` has something new that must outlive a restart; asked once a second. */
  get memoryStamp(): string {
    const { ledger, execution, valuation } = this.state
    // While something is held, its mark is kept too, but not with every change of the book.
    const minute =
      ledger.position === 0 ? 0 : Math.floor((valuation.lastMid?.at ?? 0) / MARK_KEPT_MS)
    return `${execution.counters.fills} ${minute} ${ledger.settlement?.at ?? ''} ${this.decider.brakes.stamp}`
  }

  /** The latest time for the next `step`, with a clock event; Infinity when only events count. */
  get wakeAt(): Millis {
    return this.decider.wakeAt
  }

  /**
   * True when the exchange has confirmed, to a question asked since, that nothing of ours rests.
   */
  provenClean(since: Millis): boolean {
    return this.state.recovery.cleanSince(since, this.state.execution.orders)
  }

  /** Applies one event; returns what is to be done about it (the array is reused). */
  step(event: Event): readonly Effect[] {
    const { out } = this.state
    if (out.length > 0) out.length = 0
    if (event.type === 'delta') {
      if (this.#delta(event)) this.decider.decide(event.at, event.at, true)
      return out
    }
    switch (event.type) {
      case 'start':
      case 'stop':
      case 'command':
      case 'configure':
      case 'flatten':
      case 'lease':
      case 'desk':
      case 'state':
      case 'rearm':
      case 'group-triggered':
      case 'link-up':
      case 'link-down':
      case 'clock':
      case 'reply':
      case 'answer':
        this.#control(event)
        break
      case 'alpha':
      case 'siblings':
      case 'hours':
        this.state.hearOfOthers(event)
        break
      default:
        this.#frame(event)
    }
    this.#account.seekUnheard(event.at)
    // A reply, a report or a fill changes how much of the book is ours, and so what others show.
    this.state.refreshTop(event.at)
    this.decider.decide(event.at, event.at)
    return out
  }

  // The hot path. Returns false, with nothing allocated, when nothing has changed that we quote on.
  #delta(frame: DeltaFrame): boolean {
    const { feed, book, execution, quoter, ticker, grid } = this.state
    const { at, price } = frame
    execution.counters.frames++
    const { decider } = this
    let due = at >= decider.wakeAt || decider.tracker.isWaiting
    if (frame.sid !== feed.bookSid) {
      decider.feedWatch.stray(frame)
      return due || !book.isLive
    }
    const side = frame.side === 'bid' ? 0 : 1
    const accepted = feed.acceptBook(frame.seq, frame.delta * 32_768 + price * 2 + side)
    if (accepted !== 'ok') {
      decider.feedWatch.outOfOrder(accepted, frame)
      return due || !book.isLive
    }
    if (frame.ticker !== ticker || !book.isLive) return due
    feed.lastHeardAt = feed.lastTickAt = at
    feed.venueAt = frame.venueAt
    const age = at - frame.venueAt
    if (age <= feed.lag.bound) feed.lag.book = age
    else if (decider.feedWatch.look(frame)) due = true
    const { orders } = execution
    if (frame.clientOrderId !== '' && this.#account.bookMark(frame)) due = true
    if (!book.delta(frame.side, price, frame.delta)) {
      this.state.log('error', 'book-diverged', { reason: book.reason, price: price / PRICE_ONE })
      decider.doubt(book.reason || 'no-snapshot', at)
      return true
    }
    this.decider.witnesses.levels.record(frame.side, price, frame.delta, at)
    trackLevel(orders, book, frame)
    const { ofi_levels: deep } = this.state.parameters.strategy
    if (deep > 1) quoter.observed.refreshDepth(book, orders.ownSize, deep, at)
    const { top } = quoter
    if (frame.side === 'bid' ? price < top.bid : price > top.ask) return due
    return quoter.observed.refresh(book, orders.ownSize, grid, at) || due
  }

  #frame(frame: Exclude<Frame, DeltaFrame>): void {
    const { at, sid } = frame
    const { feed, execution, ticker } = this.state
    const { feedWatch } = this.decider
    execution.counters.frames++
    if (frame.type === 'subscribed') {
      feedWatch.subscribed(frame)
      return
    }
    const accepted = feedWatch.accept(frame)
    if (accepted === 'repeat') return
    switch (frame.type) {
      case 'snapshot':
        // After a gap a new subscription has just been requested; only its snapshot counts.
        if (sid !== feed.bookSid) feedWatch.stray(frame)
        else if (accepted === 'ok') this.#snapshot(frame)
        return
      case 'trade':
        if (frame.ticker === ticker && accepted !== 'senseless') this.#trade(frame)
        return
      case 'fill':
        if (frame.fill.ticker !== ticker) return
        feed.heard(at)
        this.#account.fill(frame.fill, at)
        return
      case 'order':
        if (frame.order.ticker !== ticker) return
        feed.heard(at)
        this.#account.orderReport(frame.order, at)
        return
      case 'lifecycle':
        if (frame.ticker !== ticker) return
        feed.heard(at)
        this.#lifecycle(frame)
        return
      case 'ok':
        feedWatch.answered(frame)
        return
      case 'error':
        this.state.log('warn', 'feed-error', { code: frame.code, message: frame.message })
        feedWatch.ended(frame)
        return
      case 'unsubscribed':
        feedWatch.ended(frame)
        return
      case 'group':
        // Which group is ours is for the shell to say.
        return
      case 'other':
        if (frame.what === OTHER_SUBACCOUNT) execution.counters.other_subaccount++
        return
      case 'malformed':
        execution.counters.malformed++
        this.state.log('warn', 'malformed-frame', { detail: frame.detail })
        feedWatch.unreadable(sid, at)
    }
  }

  #snapshot({ ticker, bids, asks, sentAt = 0, at }: SnapshotFrame): void {
    const { feed, book, execution } = this.state
    if (ticker !== this.state.ticker) return
    feed.lastTickAt = at
    feed.lag.snapshot(sentAt, at, feed.resubscription.waited(at))
    if (!book.snapshot(bids, asks)) {
      this.decider.doubt(book.reason || 'no-snapshot', at)
      return
    }
    feed.resubscription.snapshot(at)
    feed.proven(at)
    this.decider.witnesses.onSnapshot(at)
    execution.orders.resetShown()
    this.state.log('info', 'book-live', { levels: (bids.length + asks.length) / 2 })
  }

  #trade(frame: TradeFrame): void {
    const { taker, price, quantity, venueAt, sentAt = 0, at } = frame
    const { feed, quoter, execution, grid } = this.state
    feed.heard(at)
    feed.lastTickAt = at
    feed.venueAt = venueAt
    feed.lag.traded(sentAt > 0 ? Math.min(sentAt, venueAt || sentAt) : venueAt, at)
    quoter.estimators.onTrade(taker, price, quantity, grid.tickAt(price), at)
    trackTrade(execution.orders, frame)
    this.decider.witnesses.onTrade(frame)
    this.decider.tracker.credibility.onTrade(price, at)
  }

  #lifecycle({ change, deactivated, closeAt, priceRanges, result, at }: LifecycleFrame): void {
    const { market, recovery } = this.state
    this.#marketChangedAt = at
    recovery.inquiries.want('market', at + READ_LAG_MS)
    this.state.log('info', 'market-changed', { change })
    if (market === null) return
    // Applied before the market has been read again: a paused or closed market takes no quotes.
    const over = change === 'determined' || change === 'settled'
    this.state.setMarket(
      {
        ...market,
        status: over ? 'determined' : deactivated === true ? 'inactive' : market.status,
        closeAt: closeAt ?? market.closeAt,
        result: result === '' ? market.result : result,
        priceRanges: priceRanges ?? market.priceRanges,
      },
      at,
    )
  }

  #control(event: ControlEvent): void {
    const { at } = event
    const { state } = this
    const { recovery, execution, feed, book } = state
    switch (event.type) {
      case 'start':
        state.started = true
        execution.start(event.nonce)
        if (event.afterRestart === true) recovery.distrust(at)
        state.settlement.again(at)
        recovery.inquiries.want('market', at)
        // What an earlier run has left resting must not wait until a socket can be opened.
        if (!feed.isUp) recovery.onDisconnect(at)
        return
      case 'stop':
        state.flatten.interrupt(at)
        state.operator = 'stop'
        recovery.requireClean(at)
        return
      case 'command':
        this.#command(event)
        return
      case 'configure':
        state.configure(event.parameters)
        state.positionWire.setLimit(event.parameters.limits.max_position, at)
        this.decider.quotes.onConfigure()
        return
      case 'lease':
        execution.setLease(event.lease, at)
        if (event.notHaltedAt !== undefined) state.desk.heard(event.notHaltedAt)
        return
      case 'desk':
        changeState(state, at, () => state.deskRoom.grant(event.terms, state.ledger))
        this.decider.brakes.onTerms(at)
        return
      case 'state':
        changeState(state, at, () => {
          state.trading = event.state
        })
        return
      case 'rearm':
        this.decider.brakes.rearm()
        return
      case 'group-triggered':
        state.trip('order-group-triggered', { how: event.how }, at)
        return
      case 'flatten':
        if (!state.flatten.begin(event.limit, at)) state.log('warn', 'flatten-ignored', {})
        return
      case 'link-up':
        feed.up(at, event.clockOffset)
        state.trust.linkUp(at)
        book.darken('no-snapshot')
        state.quoter.estimators.gap()
        recovery.begin(at)
        state.log('info', 'connection-established', {})
        return
      case 'link-down':
        if (feed.isUp) execution.counters.disconnects++
        feed.down()
        book.darken('link-down')
        recovery.onDisconnect(at)
        state.log('warn', 'connection-lost', { reason: event.reason })
        return
      case 'reply':
        this.decider.onOutcome(event)
        this.#account.reply(event)
        return
      case 'answer':
        this.#answer(event)
    }
  }

  #command({ command, reason, at }: Extract<ControlEvent, { type: 'command' }>): void {
    const { state } = this
    const said = state.flatten.obeying(command, reason as OperatorReason, at)
    // Which command may follow which is for the shell to say: it knows who has asked for what.
    state.operator = command === 'pause' || command === 'halt' ? command : 'run'
    state.operatorReason = said
    if (command === 'resume' || command === 'release') this.decider.tracker.sight.forgive()
    // A halt must be proven: list what rests, even if we know of nothing.
    state.recovery.requireClean(command === 'halt' ? at : null)
    // Whoever resumes a maker that its own fills have stopped wants it to try again.
    if (command === 'resume' && this.decider.reason === 'adverse-fills') {
      state.quoter.estimators.markouts.reset()
    }
    state.log('info', command, { reason })
  }

  #answer(event: Extract<ControlEvent, { type: 'answer' }>): void {
    const { at, askedAt, what, outcome } = event
    const { execution, placement, recovery } = this.state
    this.decider.onOutcome(event)
    if (isInquiry(what)) {
      recovery.inquiries.answered(what, askedAt, outcome.kind === 'accepted', at)
    }
    // Narrowed through `event`, so that each case below has the answer to its own question.
    if (event.outcome.kind !== 'accepted') {
      if (what === 'settlement') this.state.settlement.failed(at)
      if (what === 'exchange') this.state.exchange.answered(null, askedAt, at)
      const code = outcome.kind === 'rejected' ? `${outcome.status} ${outcome.code} ` : ''
      this.state.log('warn', 'question-failed', { what, detail: `${code}${event.outcome.detail}` })
      if (what === 'book') this.decider.witnesses.onBookRead(null, askedAt, at)
      return
    }
    switch (event.what) {
      case 'queue':
        trackReports(execution.orders, event.outcome.value, at)
        return
      case 'programmes':
        placement.programmes = event.outcome.value
        return
      case 'exchange':
        this.state.exchange.answered(event.outcome.value, askedAt, at)
        return
      case 'cash':
        this.decider.cash.read(event.outcome.value, askedAt)
        return
      case 'book':
        this.decider.witnesses.onBookRead(event.outcome.value, askedAt, at)
        return
      case 'market':
        this.#marketRead(event.outcome.value, askedAt, at)
        return
      case 'orders':
        this.#account.listing(event.outcome.value, askedAt, at)
        return
      case 'fills':
        this.#account.fills(event.outcome.value, askedAt, at)
        return
      case 'position':
        this.#account.position(event.outcome.value, askedAt, at)
        return
      case 'settlement':
        if (this.state.settlement.answered(event)) this.decider.rows.insist()
    }
  }

  // A read that may be older than a change that the feed has reported does not undo it.
  #marketRead(market: Market, askedAt: Millis, at: Millis): void {
    this.decider.witnesses.onMarketRead(market, askedAt, at)
    const known = this.#marketChangedAt + READ_LAG_MS
    if (this.state.market !== null && askedAt < known) {
      this.state.recovery.inquiries.want('market', Math.max(at, known))
    } else this.state.setMarket(market, at)
  }
}
