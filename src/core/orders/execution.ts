// Turns wanted quotes into requests, and replies back into orders.
//
// Targets, replies and reports of our orders come in; effects of type `send` go out. This is the
// only place that makes intents: each one is planned, reviewed, paid for from the token budget and
// recorded as in flight before it leaves. A cancel needs none of the permissions that an order
// needs. The room never knows how a price was found, or how a request travels.

import { backoffMs } from '../vocabulary/backoff.ts'
import type {
  Ack,
  AmendIntent,
  Approved,
  DecreaseIntent,
  Effect,
  Intent,
  IntentKind,
  Lease,
  LogLevel,
  OrderReport,
  PlaceIntent,
} from '../vocabulary/events.ts'
import type { Outcome } from '../vocabulary/outcome.ts'
import type { KillCode, SilenceReason } from '../vocabulary/reason-codes.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { countContracts, zeroCounters } from './counters.ts'
import { OWN_PREFIX } from './foreign.ts'
import { cancelAgainAt, settleByFills } from './inferred-end.ts'
import { isOver } from './lifecycle.ts'
import type { Order } from './orders.ts'
import { Orders } from './orders.ts'
import { type Amendment, isCloser, newRules, planSide, type Target } from './planning.ts'
import { TokenBudget } from './rate-budget.ts'
import { RejectionBackoff } from './rejection-backoff.ts'
import { approveCancel, type RiskView, review } from './risk.ts'
import { isTake, reviewTake, type TakeIntent } from './taking.ts'

/** The level of orders that take: that of no quote. */
const TAKE_LEVEL = -1
/** No new orders for this long after a 429. */
export const RATE_LIMIT_PAUSE_MS = 2000
/** A request whose fate is unknown is followed by a cancel no sooner than this. */
const FIRST_RETRY_MS = 500
/** Each cancel that settles nothing doubles the wait, up to this: a listing needs a calm moment. */
const LONGEST_RETRY_MS = 4000

/** What one decision needs to move its quotes; one object, filled in place for each decision. */
export interface Decision {
  readonly view: RiskView
  /** The tick at the side's innermost price, Price units. */
  tick: Price
  at: Millis
  /** Time of the frame that led here, for the latency of what is sent. */
  triggeredAt: Millis
}

/** What the engine must do after a reply, beyond the order itself. */
interface FollowUp {
  /** Fills may be missing: read them. */
  readFills: boolean
  /** The listing must settle an order without an exchange id. */
  readOrders: boolean
  /** The market's own state is in doubt. */
  readMarket: boolean
  /** Milliseconds from the causing frame to the acknowledgement; null where not measured. */
  latency: number | null
}

interface SideState {
  readonly backoff: RejectionBackoff
  /** The last fat finger logged, so that it is not repeated with every frame. */
  loggedFatFinger: string
}

const newSide = (): SideState => ({ backoff: new RejectionBackoff(), loggedFatFinger: '' })

export class Execution {
  readonly orders = new Orders((order) => this.#revived(order))
  readonly budget = new TokenBudget()
  readonly counters = zeroCounters()
  /** The rules of the strategy in force, filled in place for each decision. */
  readonly rules = newRules()
  /** Nothing but cancels before this time. */
  pausedUntil: Millis = 0
  /** The earliest time at which something here must be checked again. */
  wakeAt: Millis = Number.POSITIVE_INFINITY
  readonly #out: Effect[]
  readonly #sides: Record<Side, SideState> = { bid: newSide(), ask: newSide() }
  #nonce = ''
  #sequence = 0
  #amendMoves = true

  /** @param out where effects are appended; owned and emptied by the engine */
  constructor(out: Effect[]) {
    this.#out = out
  }

  /** A new share of the write budget, raised so that what rests can always be canceled. */
  setLease(lease: Lease, at: Millis): void {
    const { cancel } = lease.cost
    const refill = Math.max(lease.refill, cancel)
    const capacity = Math.max(lease.capacity, 2 * cancel)
    this.budget.setLease({ ...lease, refill, capacity }, at)
  }

  /** Client order ids are `kmm-<nonce>-<n>`, so they are unique if the nonce is. */
  start(nonce: string): void {
    this.#nonce = nonce
  }

  /**
   * Moves one quote toward its target. Returns null, or the reason why it is not shown.
   * @param level which quote of the side, 0 the innermost
   * @param target null to show nothing
   */
  moveToward(
    side: Side,
    level: number,
    target: Target | null,
    decision: Decision,
  ): SilenceReason | null {
    const order = this.orders.slot(side, level)
    const { rules } = this
    rules.amendMoves = this.#amendMoves || order === null || !movesCloser(order, target)
    if (order !== null && (order.cancelWanted || order.adopted)) return 'replacing'
    // The answer to the place would pass for that of an amend sent now. A cancel need not wait.
    if (order !== null && target !== null && order.requests.placing) return null
    const plan = planSide(order, target, decision.tick, rules, decision.at)
    switch (plan.do) {
      case 'wait':
        return order?.status === 'unknown' ? 'unknown-order' : null
      case 'keep':
        this.wakeBy(plan.again)
        return null
      case 'cancel':
        this.cancel(plan.order, decision.at)
        return null
      case 'unmended':
        this.#unmended(plan.order, decision.at)
        return null
      case 'place':
        return this.#place(side, level, plan.target, decision)
      case 'amend':
      case 'renew':
      case 'mend':
        this.#amend(plan, target, decision)
        return null
      case 'decrease':
        this.#decrease(plan.order, plan.remaining, decision)
        return null
    }
  }

  #place(side: Side, level: number, target: Target, decision: Decision): SilenceReason | null {
    const { at, triggeredAt } = decision
    const blocked = this.#blocked('place', side, at)
    if (blocked !== null) return blocked
    const clientOrderId = `${OWN_PREFIX}${this.#nonce}-${++this.#sequence}`
    const { price, quantity } = target
    const expiresAt = at + this.rules.ttlMs
    const intent: PlaceIntent = { kind: 'place', clientOrderId, side, price, quantity, expiresAt }
    const permitted = this.#permit(intent, decision, level)
    if (typeof permitted === 'string') return permitted
    this.counters.placed++
    const order = this.orders.submit(intent, at, triggeredAt, level)
    order.requests.placing = true
    this.#countPlaced(order, quantity)
    this.#out.push({ type: 'send', intent: permitted })
    return null
  }

  #amend(plan: Amendment, target: Target | null, decision: Decision): void {
    const { order, price, remaining } = plan
    const { at, triggeredAt } = decision
    if (this.#blocked('amend', order.side, at) !== null) {
      // A quote that must retreat and may not be amended is canceled; a cancel is always allowed.
      if (price !== order.price && !movesCloser(order, target)) this.cancel(order, at)
      return
    }
    const expiresAt = at + this.rules.ttlMs
    const { clientOrderId, orderId, side } = order
    const intent: AmendIntent = {
      kind: 'amend',
      clientOrderId,
      orderId,
      side,
      price,
      total: order.filled + remaining,
      expiresAt,
    }
    const permitted = this.#permit(intent, decision)
    if (typeof permitted === 'string') {
      // Limits that forbid a retreat also forbid staying at the old price.
      if (!movesCloser(order, target)) this.cancel(order, at)
      return
    }
    if (plan.do === 'amend') this.counters.amended++
    else this.counters.renewed++
    if (plan.do === 'mend') this.#mended(order)
    this.#countPlaced(order, Math.max(0, remaining - order.remaining))
    this.#markSent(order, 'amend-sent', at, triggeredAt)
    order.requests.amended = true
    setTerms(order.next, price, remaining, expiresAt)
    this.#out.push({ type: 'send', intent: permitted })
  }

  #mended(order: Order): void {
    this.counters.expiry_mended++
    order.expiryMended = true
    this.log('warn', 'expiry-mended', { order: order.clientOrderId })
  }

  // Canceled and placed anew, more and more rarely: the exchange does not keep what is asked for.
  #unmended(order: Order, at: Millis): void {
    if (order.cancelWanted) return
    const silent = this.orders.expiries.giveUp(order)
    const event = silent ? 'expiry-not-reported' : 'expiry-not-kept'
    this.log('error', event, { order: order.clientOrderId })
    this.#sides[order.side].backoff.rejected('expiry-not-kept' satisfies KillCode, at)
    this.cancel(order, at)
  }

  #decrease(order: Order, remaining: Quantity, decision: Decision): void {
    const { at, triggeredAt } = decision
    const { clientOrderId, orderId, side } = order
    if (this.#blocked('decrease', side, at) !== null) {
      // Too large an order must not rest until it may be changed again; a cancel may go now.
      this.cancel(order, at)
      return
    }
    const by = order.remaining - remaining
    const intent: DecreaseIntent = { kind: 'decrease', clientOrderId, orderId, side, remaining, by }
    const permitted = this.#permit(intent, decision)
    if (typeof permitted === 'string') return
    this.counters.decreased++
    this.#markSent(order, 'amend-sent', at, triggeredAt)
    setTerms(order.next, order.price, remaining, order.expiresAt)
    this.#out.push({ type: 'send', intent: permitted })
  }

  /**
   * Sends an order that takes. Returns null, or the reason why it is not sent.
   * @param view whose best prices are not looked at
   */
  take(
    wish: Pick<TakeIntent, 'side' | 'price' | 'quantity' | 'take'>,
    view: RiskView,
    at: Millis,
  ): SilenceReason | null {
    const blocked = this.#blocked('place', wish.side, at)
    if (blocked !== null) return blocked
    const clientOrderId = `${OWN_PREFIX}${this.#nonce}-${++this.#sequence}`
    const intent: TakeIntent = { kind: 'place', clientOrderId, ...wish, expiresAt: at }
    const permitted = this.#permit(intent, { view, tick: 0, at, triggeredAt: at })
    if (typeof permitted === 'string') return permitted
    this.counters.placed++
    const order = this.orders.submit(intent, at, at, TAKE_LEVEL)
    order.requests.placing = true
    this.#countPlaced(order, wish.quantity)
    this.#out.push({ type: 'send', intent: permitted })
    return null
  }

  /** Cancels one order now, or as soon as it has a name and the budget allows; no foreign one. */
  cancel(order: Order, at: Millis): void {
    if (order.foreign || isOver(order.status) || order.status === 'canceling') return
    order.cancelWanted = true
    // The feed has named it before its reply: wait for the reply, or the cancel leaves no trace.
    if (order.orderId === '' || order.status === 'submitting') return
    const again = Math.max(0, order.requests.failedCancels - 1)
    const wait = backoffMs(again, FIRST_RETRY_MS, LONGEST_RETRY_MS)
    // News since the last request is no echo of it: what has come back is canceled at once.
    const heardOf = order.revivedAt >= order.requests.sentAt
    if (order.status === 'unknown' && !heardOf && at < order.requests.sentAt + wait) {
      this.wakeBy(order.requests.sentAt + wait)
      return
    }
    this.#sendCancel(order, at)
  }

  #sendCancel(order: Order, at: Millis): void {
    if (!this.budget.take('cancel', at)) {
      this.wakeBy(this.budget.readyAt('cancel', at))
      return
    }
    this.counters.canceled++
    this.#markSent(order, 'cancel-sent', at, at)
    const { clientOrderId, orderId } = order
    const intent = approveCancel({ kind: 'cancel', clientOrderId, orderId, side: order.side })
    this.#out.push({ type: 'send', intent })
  }

  /**
   * Cancels what must go: everything when `all`, even what only seems gone; else orders that were
   * adopted, that are marked for cancel, or whose outcome is unknown. Foreign ones that are let
   * alone never.
   */
  cancelUnwanted(all: boolean, at: Millis): void {
    for (const order of this.orders.live) {
      if (all && order.status === 'presumed') this.#cancelAgain(order, at)
      // One that takes ends by itself, unless nobody knows.
      if (isOver(order.status) || (order.take && order.status !== 'unknown')) continue
      if (all || order.cancelWanted || order.adopted || order.status === 'unknown') {
        this.cancel(order, at)
      }
    }
  }

  #cancelAgain(order: Order, at: Millis): void {
    const due = cancelAgainAt(order)
    if (order.foreign || order.take || due === Number.POSITIVE_INFINITY) return
    if (at < due) this.wakeBy(due)
    else this.#sendCancel(order, at)
  }

  onReply(kind: IntentKind, id: string, outcome: Outcome<Ack>, at: Millis): FollowUp {
    const followUp: FollowUp = {
      readFills: false,
      readOrders: false,
      readMarket: false,
      latency: null,
    }
    const order = this.orders.byClient(id)
    if (order === undefined) return followUp
    const { backoff } = this.#sides[order.side]
    if (kind === 'place') order.requests.placing = false
    switch (outcome.kind) {
      case 'accepted':
        if (kind === 'cancel') {
          const removed = outcome.value.remaining
          // The exchange removed less than may have been left: the rest may have been filled. After
          // an amend or decrease of unknown outcome, only the fills can tell.
          const left = Math.max(order.remaining, order.next.remaining, order.inferred.lost)
          if (removed !== null && removed < left) {
            order.filled += left - removed
            followUp.readFills = order.filled > order.booked
          }
          if (outcome.value.venueAt > order.venueAt) order.venueAt = outcome.value.venueAt
          this.orders.transition(order, 'ended', at)
        } else {
          if (order.status === 'done') break
          followUp.latency = Math.max(0, at - order.requests.triggeredAt)
          this.orders.acknowledge(order, outcome.value, at)
          // 201 with nothing left and nothing filled: killed on arrival (post-only or self-trade).
          if (order.take) followUp.readFills = order.filled > order.booked
          else if (kind === 'place' && isDone(order) && order.filled === 0) {
            backoff.rejected('killed-on-arrival' satisfies KillCode, at)
          } else if (kind === 'place') backoff.accepted(at)
        }
        break
      case 'unknown':
        this.counters.unknown++
        this.orders.transition(order, 'unanswered', at)
        this.log('warn', 'outcome-unknown', { kind, order: id, detail: outcome.detail })
        if (order.status === 'unknown') order.cancelWanted = true
        if (kind === 'cancel') order.requests.failedCancels++
        followUp.readFills = true
        followUp.readOrders = order.orderId === ''
        break
      case 'rejected':
        this.#rejected(kind, order, outcome, followUp, at)
    }
    return followUp
  }

  /** Applies a report of an order from user_orders. */
  onReport(order: Order, report: OrderReport, at: Millis): void {
    const ours = order.cancelWanted || order.status === 'canceling' || order.adopted
    const before = order.status
    this.orders.applyReport(order, report, at)
    // The exchange itself ended it (post-only, self-trade, a pause): back off before the next one.
    if (!isOver(before) && isDone(order) && report.status === 'canceled' && !ours) {
      this.#sides[order.side].backoff.rejected('canceled-by-exchange' satisfies KillCode, at)
    }
  }

  /**
   * All fills up to `until` (our clock) have been read, so an order that ended by then has no more
   * to come. Returns when the first order ended that may still have some; null if there is none.
   */
  onFillsRead(until: Millis): Millis | null {
    return settleByFills(this.orders.live, until)
  }

  /** One of our trades took liquidity: if an amend did it, amends no longer move quotes closer. */
  onTakerFill(order: Order): void {
    if (!order.requests.amended || !this.#amendMoves) return
    this.#amendMoves = false
    this.log('warn', 'amend-traded', { order: order.clientOrderId })
  }

  log(level: LogLevel, event: string, detail: Record<string, string | number | boolean | null>) {
    this.#out.push({ type: 'log', level, event, detail })
  }

  #rejected(
    kind: IntentKind,
    order: Order,
    outcome: { status: number; code: string; detail: string },
    followUp: FollowUp,
    at: Millis,
  ): void {
    const { status, code, detail } = outcome
    const { backoff } = this.#sides[order.side]
    const landed = kind === 'place' && code.startsWith('order_already_exists')
    const adds = kind === 'amend' || (kind === 'place' && !landed)
    // Where the feed has shown the order resting, a refusal of its place is not believed.
    const refuted = kind === 'place' && order.orderId !== ''
    if (adds && !refuted) {
      countContracts(this.counters, -order.requests.countedPlaced)
      order.requests.takenBack = order.requests.countedPlaced
    }
    if (status === 429) {
      this.counters.rate_limited++
      this.pausedUntil = at + RATE_LIMIT_PAUSE_MS
      this.budget.drain(at)
      this.log('warn', 'rate-limited', {
        kind,
        order: order.clientOrderId,
        pause_ms: RATE_LIMIT_PAUSE_MS,
      })
    } else {
      this.counters.rejected++
      const level = kind === 'cancel' && status === 404 ? 'info' : 'warn'
      this.log(level, 'order-rejected', { kind, order: order.clientOrderId, status, code, detail })
    }
    if (kind === 'place') {
      if (landed) {
        // An earlier attempt arrived after all; the listing will name it.
        this.orders.transition(order, 'unanswered', at)
        order.cancelWanted = true
        followUp.readOrders = true
        return
      }
      this.orders.transition(order, 'rejected', at)
      if (refuted) order.cancelWanted = true
      if (status !== 429) backoff.rejected(code, at)
      followUp.readMarket = status === 409 || status === 404
      return
    }
    if (status === 404) {
      this.orders.assumeFilled(order, at)
      followUp.readFills = true
      // If it rests all the same, nothing else would tell us.
      followUp.readOrders = order.status === 'presumed'
      return
    }
    if (kind === 'cancel') {
      this.orders.transition(order, 'rejected', at)
      if (status === 429 || isOver(order.status)) return
      order.requests.failedCancels++
      followUp.readOrders = true
      return
    }
    // A refused amend while a cancel is on its way changes nothing.
    if (order.status !== 'amending') return
    this.orders.transition(order, 'rejected', at)
    if (status !== 429) {
      order.cancelWanted = true
      backoff.rejected(code, at)
      followUp.readMarket = status === 409
    }
  }

  /** It seemed gone and rests: it counts, and `cancelUnwanted` cancels it. */
  #revived(order: Order): void {
    this.counters.late_orders++
    countContracts(this.counters, order.requests.takenBack)
    order.requests.takenBack = 0
    this.log('warn', 'late-order', { order: order.clientOrderId, side: order.side })
  }

  #countPlaced(order: Order, quantity: Quantity): void {
    order.requests.countedPlaced = quantity
    order.requests.takenBack = 0
    countContracts(this.counters, quantity)
  }

  #blocked(kind: IntentKind, side: Side, at: Millis): SilenceReason | null {
    if (at < this.pausedUntil) {
      this.wakeBy(this.pausedUntil)
      return 'rate-limited'
    }
    const { backoff } = this.#sides[side]
    if (at < backoff.until) {
      this.wakeBy(backoff.until)
      return `rejected:${backoff.code}`
    }
    const ready = this.budget.readyAt(kind, at)
    if (ready > at) {
      this.wakeBy(ready)
      return 'budget'
    }
    return null
  }

  /**
   * Reviews an intent and pays for it; returns the reason where it may not go. The caller records
   * it as in flight and then sends it, so that nothing leaves unrecorded.
   */
  #permit(intent: Intent, decision: Decision, level = 0): Approved | SilenceReason {
    const { view } = decision
    const verdict = isTake(intent as TakeIntent)
      ? reviewTake(intent as TakeIntent, view)
      : review(intent, view, level)
    if (!verdict.ok) {
      this.counters.refused_by_risk++
      const state = this.#sides[intent.side]
      if (verdict.code === 'fat-finger' && verdict.detail !== state.loggedFatFinger) {
        state.loggedFatFinger = verdict.detail
        this.log('error', 'fat-finger', { detail: verdict.detail })
      }
      return verdict.code
    }
    if (!this.budget.take(intent.kind, decision.at)) return 'budget'
    return verdict.intent
  }

  #markSent(
    order: Order,
    event: 'amend-sent' | 'cancel-sent',
    at: Millis,
    triggeredAt: Millis,
  ): void {
    this.orders.transition(order, event, at)
    order.requests.sentAt = at
    order.requests.triggeredAt = triggeredAt
  }

  /** Something here must be checked again by then. */
  wakeBy(at: Millis): void {
    if (at < this.wakeAt) this.wakeAt = at
  }
}

// A call, because the compiler does not see that methods change the status.
const isDone = (order: Order): boolean => order.status === 'done'

const movesCloser = (order: Order, target: Target | null): boolean =>
  target !== null && isCloser(order.side, target.price, order.price)

const setTerms = (
  terms: Order['next'],
  price: Price,
  remaining: Quantity,
  expiresAt: Millis,
): void => {
  terms.price = price
  terms.remaining = remaining
  terms.expiresAt = expiresAt
}
