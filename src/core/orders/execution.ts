// From wanted quotes to requests, and from replies back to orders.
//
// The only place where intents are made: each is planned, reviewed, paid for from the token budget
// and recorded as in flight before it leaves. A cancel needs none of the permissions that an order
// needs. After a 429 nothing but cancels goes out for two seconds.

import type {
  Ack,
  Effect,
  Intent,
  IntentKind,
  Lease,
  LogLevel,
  OrderReport,
} from '../vocabulary/events.ts'
import type { Outcome } from '../vocabulary/outcome.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { countContracts, zeroCounters } from './counters.ts'
import type { Order } from './orders.ts'
import { Orders } from './orders.ts'
import { fillRules, newRules, planSide, type Target } from './planning.ts'
import { TokenBudget } from './rate-budget.ts'
import { RejectionBackoff } from './rejection-backoff.ts'
import { approveCancel, type RiskView, review } from './risk.ts'

/** No new orders for this long after a 429. */
export const RATE_LIMIT_PAUSE_MS = 2000
/** A request whose fate is unknown is followed by a cancel no sooner than this. */
const FIRST_RETRY_MS = 500
/** The wait doubles with each cancel that settles nothing, up to this: listings need a calm moment. */
const LONGEST_RETRY_MS = 4000

/** What a reply means for the engine beyond the order itself. */
export interface FollowUp {
  /** Fills may be missing: ask for them. */
  readFills: boolean
  /** The listing must settle an order without a name. */
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

/** The patience of no order. */
const NOBODY = { wrongSince: 0 }

const newSide = (): SideState => ({ backoff: new RejectionBackoff(), loggedFatFinger: '' })

export class Execution {
  readonly orders = new Orders()
  readonly budget = new TokenBudget()
  readonly counters = zeroCounters()
  /** Nothing but cancels before this time. */
  pausedUntil: Millis = 0
  /** The earliest time at which something here must be looked at again. */
  wakeAt: Millis = Number.POSITIVE_INFINITY
  readonly #out: Effect[]
  readonly #sides: Record<Side, SideState> = { bid: newSide(), ask: newSide() }
  /** The rules of the strategy in force, filled anew for each decision. */
  readonly rules = newRules()
  #nonce = ''
  #sequence = 0
  #amendMoves = true
  /** Orders whose place has not been answered: the feed may have shown them resting before. */
  readonly #placing = new WeakSet<Order>()
  /** What the place or amend in flight counts as placed, until it is refused. */
  readonly #counted = new WeakMap<Order, Quantity>()
  /** Cancels of an order that have settled nothing. */
  readonly #vain = new WeakMap<Order, number>()

  /** @param out where effects are appended; owned and emptied by the engine */
  constructor(out: Effect[]) {
    this.#out = out
  }

  /** A new share of the write budget. However small it is, what rests can be canceled. */
  setLease(lease: Lease, at: Millis): void {
    const { cancel } = lease.cost
    const refill = Math.max(lease.refill, cancel)
    const capacity = Math.max(lease.capacity, 2 * cancel)
    this.budget.setLease({ ...lease, refill, capacity }, at)
  }

  /** Client order ids are `kmm-<nonce>-<n>`: unique for ever if the nonce is. */
  start(nonce: string): void {
    this.#nonce = nonce
  }

  /**
   * Moves one quote toward its target. Returns null, or the reason why it is not shown.
   * @param level which quote of the side, 0 the innermost
   * @param target null to show nothing
   * @param triggeredAt time of the frame that led here, for the latency of what is sent
   */
  moveToward(
    which: Side,
    level: number,
    target: Target | null,
    tick: Price,
    parameters: Parameters,
    view: RiskView,
    at: Millis,
    triggeredAt: Millis,
  ): string | null {
    const state = this.#sides[which]
    const order = this.orders.slot(which, level)
    const { rules } = this
    fillRules(parameters.strategy, rules)
    rules.amendMoves = this.#amendMoves || order === null || !movesToward(order, target)
    if (order !== null && (order.cancelWanted || order.adopted)) return 'replacing'
    // Its answer would be taken for that of an amend sent meanwhile. A cancel need not wait for it.
    if (order !== null && target !== null && this.#placing.has(order)) return null
    const plan = planSide(order, target, tick, rules, order ?? NOBODY, at)
    const expiresAt = at + rules.ttlMs
    switch (plan.do) {
      case 'wait':
        return order?.status === 'unknown' ? 'unknown-order' : null
      case 'keep':
        this.#wakeBy(plan.again)
        return null
      case 'cancel':
        this.cancel(plan.order, at)
        return null
      case 'place': {
        const blocked = this.#blocked('place', state, at)
        if (blocked !== null) return blocked
        const clientOrderId = `kmm-${this.#nonce}-${++this.#sequence}`
        const { price, quantity } = plan.target
        return this.#send(
          { kind: 'place', clientOrderId, side: which, price, quantity, expiresAt },
          view,
          at,
          () => {
            this.counters.placed++
            const { orders } = this
            const id = clientOrderId
            const own = orders.submit(id, which, price, quantity, expiresAt, at, triggeredAt, level)
            this.#placing.add(own)
            this.#countPlaced(own, quantity)
          },
          level,
        )
      }
      case 'amend':
      case 'renew': {
        const { order } = plan
        const blocked = this.#blocked('amend', state, at)
        const price = plan.do === 'amend' ? plan.price : order.price
        if (blocked !== null) {
          // What cannot be moved out of harm's way is taken away; a cancel is cheap and allowed.
          if (price !== order.price && !movesToward(order, target)) this.cancel(order, at)
          return null
        }
        const remaining = plan.do === 'amend' ? plan.remaining : order.remaining
        const refused = this.#send(
          {
            kind: 'amend',
            clientOrderId: order.clientOrderId,
            orderId: order.orderId,
            side: which,
            price,
            total: order.filled + remaining,
            expiresAt,
          },
          view,
          at,
          () => {
            if (plan.do === 'amend') this.counters.amended++
            else this.counters.renewed++
            this.#countPlaced(order, Math.max(0, remaining - order.remaining))
            this.#markSent(order, 'amend-sent', at, triggeredAt)
            order.amended = true
            order.nextPrice = price
            order.nextRemaining = remaining
            order.nextExpiresAt = expiresAt
          },
        )
        // Limits that forbid the move forbid staying on the wrong side of it too.
        if (refused !== null && !movesToward(order, target)) this.cancel(order, at)
        return null
      }
      case 'decrease': {
        const { order, remaining } = plan
        if (this.#blocked('decrease', state, at) !== null) {
          // Too much must not rest on until an order may be changed again; a cancel may go now.
          this.cancel(order, at)
          return null
        }
        const { clientOrderId, orderId } = order
        const by = order.remaining - remaining
        this.#send(
          { kind: 'decrease', clientOrderId, orderId, side: which, remaining, by },
          view,
          at,
          () => {
            this.counters.decreased++
            this.#markSent(order, 'amend-sent', at, triggeredAt)
            order.nextPrice = order.price
            order.nextRemaining = remaining
            order.nextExpiresAt = order.expiresAt
          },
        )
        return null
      }
    }
  }

  /** Cancels one order now, or as soon as it has a name and the budget allows. */
  cancel(order: Order, at: Millis): void {
    if (order.status === 'done' || order.status === 'canceling') return
    order.cancelWanted = true
    // Named before its reply has come: that reply is awaited, because the cancel would leave no mark.
    if (order.orderId === '' || order.status === 'submitting') return
    const again = Math.max(0, (this.#vain.get(order) ?? 0) - 1)
    const wait = Math.min(FIRST_RETRY_MS * 2 ** again, LONGEST_RETRY_MS)
    if (order.status === 'unknown' && at < order.sentAt + wait) {
      this.#wakeBy(order.sentAt + wait)
      return
    }
    if (!this.budget.take('cancel', at)) {
      this.#wakeBy(this.budget.readyAt('cancel', at))
      return
    }
    this.counters.canceled++
    this.#markSent(order, 'cancel-sent', at, at)
    const { clientOrderId, orderId } = order
    const intent = approveCancel({ kind: 'cancel', clientOrderId, orderId, side: order.side })
    this.#out.push({ type: 'send', intent })
  }

  /**
   * Cancels whatever must go: everything when `all`, else orders that were adopted, are marked to
   * go, or whose fate is unknown.
   */
  cancelUnwanted(all: boolean, at: Millis): void {
    for (const order of this.orders.live) {
      if (order.status === 'done') continue
      if (all || order.cancelWanted || order.adopted || order.status === 'unknown') {
        this.cancel(order, at)
      }
    }
  }

  /** Takes in the outcome of an intent. */
  onReply(kind: IntentKind, id: string, outcome: Outcome<Ack>, at: Millis): FollowUp {
    const followUp: FollowUp = {
      readFills: false,
      readOrders: false,
      readMarket: false,
      latency: null,
    }
    const order = this.orders.byClient(id)
    if (order === undefined) return followUp
    const state = this.#sides[order.side]
    if (kind === 'place') this.#placing.delete(order)
    switch (outcome.kind) {
      case 'accepted':
        if (kind === 'cancel') {
          const removed = outcome.value.remaining
          // The exchange removed less than may have been left: the rest has perhaps been filled. Only
          // the fills can tell, where an amend or decrease went before whose fate is not known.
          const left = Math.max(order.remaining, order.nextRemaining)
          if (removed !== null && removed < left) {
            order.filled += left - removed
            followUp.readFills = order.filled > order.booked
          }
          this.orders.transition(order, 'ended', at)
        } else {
          if (order.status === 'done') break
          followUp.latency = Math.max(0, at - order.triggeredAt)
          this.orders.acknowledge(order, outcome.value, at)
          // 201 with nothing left and nothing filled: killed on arrival (post-only or self-trade).
          if (kind === 'place' && isDone(order) && order.filled === 0) {
            state.backoff.rejected('killed-on-arrival', at)
          } else if (kind === 'place') state.backoff.accepted(at)
        }
        break
      case 'unknown':
        this.counters.unknown++
        this.orders.transition(order, 'unanswered', at)
        this.log('warn', 'outcome-unknown', { kind, order: id, detail: outcome.detail })
        if (order.status === 'unknown') order.cancelWanted = true
        if (kind === 'cancel') this.#countFailedCancel(order)
        followUp.readFills = true
        followUp.readOrders = order.orderId === ''
        break
      case 'rejected':
        this.#rejected(kind, order, state, outcome, followUp, at)
    }
    return followUp
  }

  /** News of an order from user_orders. */
  onReport(order: Order, report: OrderReport, at: Millis): void {
    const ours = order.cancelWanted || order.status === 'canceling' || order.adopted
    const before = order.status
    this.orders.applyReport(order, report, at)
    // Ended by the exchange itself (post-only, self-trade, a pause): not to be repeated at once.
    if (before !== 'done' && isDone(order) && report.status === 'canceled' && !ours) {
      this.#sides[order.side].backoff.rejected('canceled-by-exchange', at)
    }
  }

  /**
   * The fills up to `until` (our clock) are all in, so that what an order ended by then still seems
   * to owe has not happened. Returns the end of the first order that may owe some yet, else null.
   */
  onFillsRead(until: Millis): Millis | null {
    let next: Millis | null = null
    for (const order of this.orders.live) {
      if (order.status !== 'done' || order.booked >= order.filled) continue
      if (order.doneAt <= until) order.booked = order.filled
      else if (next === null || order.doneAt < next) next = order.doneAt
    }
    return next
  }

  /** One of our trades was a taker: if an amend did it, amends no longer move quotes closer. */
  onTakerFill(order: Order): void {
    if (!order.amended || !this.#amendMoves) return
    this.#amendMoves = false
    this.log('warn', 'amend-traded', { order: order.clientOrderId })
  }

  log(level: LogLevel, event: string, detail: Record<string, string | number | boolean | null>) {
    this.#out.push({ type: 'log', level, event, detail })
  }

  #rejected(
    kind: IntentKind,
    order: Order,
    state: SideState,
    outcome: { status: number; code: string; detail: string },
    followUp: FollowUp,
    at: Millis,
  ): void {
    const { status, code, detail } = outcome
    const landed = kind === 'place' && code.startsWith('order_already_exists')
    const adds = kind === 'amend' || (kind === 'place' && !landed)
    if (adds) countContracts(this.counters, -(this.#counted.get(order) ?? 0))
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
        // An earlier attempt landed after all; the listing will name it.
        this.orders.transition(order, 'unanswered', at)
        order.cancelWanted = true
        followUp.readOrders = true
        return
      }
      this.orders.transition(order, 'rejected', at)
      if (status !== 429) state.backoff.rejected(code, at)
      followUp.readMarket = status === 409 || status === 404
      return
    }
    if (status === 404) {
      this.orders.assumeFilled(order, at)
      followUp.readFills = true
      return
    }
    if (kind === 'cancel') {
      this.orders.transition(order, 'rejected', at)
      if (status === 429 || isDone(order)) return
      this.#countFailedCancel(order)
      followUp.readOrders = true
      return
    }
    // A refused amend while a cancel is on its way changes nothing.
    if (order.status !== 'amending') return
    this.orders.transition(order, 'rejected', at)
    if (status !== 429) {
      order.cancelWanted = true
      state.backoff.rejected(code, at)
      followUp.readMarket = status === 409
    }
  }

  #countPlaced(order: Order, quantity: Quantity): void {
    this.#counted.set(order, quantity)
    countContracts(this.counters, quantity)
  }

  #countFailedCancel(order: Order): void {
    this.#vain.set(order, (this.#vain.get(order) ?? 0) + 1)
  }

  #blocked(kind: IntentKind, state: SideState, at: Millis): string | null {
    if (at < this.pausedUntil) {
      this.#wakeBy(this.pausedUntil)
      return 'rate-limited'
    }
    const { backoff } = state
    if (at < backoff.until) {
      this.#wakeBy(backoff.until)
      return `rejected:${backoff.code}`
    }
    const ready = this.budget.readyAt(kind, at)
    if (ready > at) {
      this.#wakeBy(ready)
      return 'budget'
    }
    return null
  }

  // Reviews, pays, records, sends: in this order, so that nothing leaves unrecorded.
  #send(intent: Intent, view: RiskView, at: Millis, record: () => void, level = 0): string | null {
    const verdict = review(intent, view, level)
    if (!verdict.ok) {
      this.counters.refused_by_risk++
      const state = this.#sides[intent.side]
      if (verdict.code === 'fat-finger' && verdict.detail !== state.loggedFatFinger) {
        state.loggedFatFinger = verdict.detail
        this.log('error', 'fat-finger', { detail: verdict.detail })
      }
      return verdict.code
    }
    if (!this.budget.take(intent.kind, at)) return 'budget'
    record()
    this.#out.push({ type: 'send', intent: verdict.intent })
    return null
  }

  #markSent(
    order: Order,
    event: 'amend-sent' | 'cancel-sent',
    at: Millis,
    triggeredAt: Millis,
  ): void {
    this.orders.transition(order, event, at)
    order.sentAt = at
    order.triggeredAt = triggeredAt
  }

  #wakeBy(at: Millis): void {
    if (at < this.wakeAt) this.wakeAt = at
  }
}

// A call, because the compiler does not see that methods change the status.
const isDone = (order: Order): boolean => order.status === 'done'

/** Whether the target is the more aggressive price: higher for a bid, lower for an ask. */
const movesToward = (order: Order, target: Target | null): boolean =>
  target !== null &&
  (order.side === 'bid' ? target.price > order.price : target.price < order.price)
