// Keeps every order that this run has intended, by client order id, and what is known of each.
//
// Intents, replies, reports, fills and marked book changes come in; orders and our own size at a
// price go out. Nothing here decides or sends. An order whose end was only inferred comes back with
// the first sign of life (inferred-end.ts). Counts follow one rule: filled never falls, and a
// report older than the newest one changes nothing.

import type { Ack, OrderReport, PlaceIntent } from '../vocabulary/events.ts'
import { invariant } from '../vocabulary/outcome.ts'
import type { QuoteReasons } from '../vocabulary/price-reasons.ts'
import type { Millis, Price, Quantity, Side } from '../vocabulary/units.ts'
import { ExpiryReports } from './expiry.ts'
import { FOREIGN_LEVEL, isForeignId } from './foreign.ts'
import {
  forgetInferred,
  type InferredEnd,
  inferEnd,
  isNews,
  noInferredEnd,
  restoreLost,
  takeFill,
  undelivered,
} from './inferred-end.ts'
import { isOver, LIFECYCLE, type OrderEvent, type OrderStatus } from './lifecycle.ts'
import { QueuePlace } from './queue-position.ts'

/** Price, size and end of an order, as an amend changes them. */
interface Terms {
  price: Price
  remaining: Quantity
  expiresAt: Millis
}

/** What one level of the public book shows of an order, and until when at the latest. */
interface Shown {
  price: Price
  size: Quantity
  until: Millis
}

/** Our requests about one order. */
interface Requests {
  /** When the last one was sent, and the time of the frame that caused it (for latency). */
  sentAt: Millis
  triggeredAt: Millis
  /** The place is not answered yet, though the feed may already have shown the order resting. */
  placing: boolean
  /** An amend has been sent: it may be the cause of a taker fill from here on. */
  amended: boolean
  /** What the place or amend in flight counts as placed, until it is rejected. */
  countedPlaced: Quantity
  /** What a rejection has taken back of that; an order that rests all the same counts it again. */
  takenBack: Quantity
  /** Cancels that have settled nothing. */
  failedCancels: number
}

export interface Order extends Terms {
  // Identity.
  readonly clientOrderId: string
  /** '' until the exchange has named it. */
  orderId: string
  readonly side: Side
  /** Which quote of its side it stands for: 0 is the innermost. */
  level: number
  /** It takes at once what it can and never rests. */
  readonly take: boolean
  /** Found on the exchange, not placed by this run. */
  readonly adopted: boolean
  /** Placed by a maker, this run's or an earlier one's, as far as its client order id tells. */
  ours: boolean
  /** Not ours, and let alone: it counts, but no request of ours names it. */
  foreign: boolean
  /** Fills up to this exchange time were counted at adoption; before all time for our own. */
  readonly countedUntil: Millis

  // What rests: price, remaining and expiresAt, and what became of the order.
  status: OrderStatus
  /** The most the exchange has ever reported as filled. */
  filled: Quantity
  /** How much of that has reached the ledger as fills. */
  booked: Quantity
  /** The newest exchange time reported for this order. */
  venueAt: Millis
  /** When it was over, told or inferred; 0 before. */
  doneAt: Millis
  /** What is in doubt when its end was only inferred. */
  readonly inferred: InferredEnd
  /** When it last showed a sign of life after an inferred end; 0 for never. */
  revivedAt: Millis

  // What is in flight.
  /** What an amend in flight would make of it; equal to what rests otherwise. */
  readonly next: Terms
  readonly requests: Requests
  /** An amend has been sent to give it the expiry that the exchange did not keep. */
  expiryMended: boolean
  /** It must go, but a request in flight or an unknown id stands in the way. */
  cancelWanted: boolean
  /** Listings in a row that lacked it. */
  missedListings: number

  // The public book and the queue.
  /** What the public book shows of it, so that it can be subtracted. */
  readonly shown: Shown
  /** The level that an amend has left, while the book still shows it there. */
  readonly left: Shown
  /** Until when the book's own mark of a change of ours is awaited; 0 while none is. */
  markDueAt: Millis
  readonly place: QueuePlace

  // Explanation.
  /** Why it was sent as it was: a copy of the decision that sent it. */
  why: QuoteReasons | null
  /** Since when its price has not been the wanted one; 0 while it is. */
  wrongSince: Millis
}

type NewOrder = Omit<PlaceIntent, 'kind'>

/** How many done orders are remembered, to recognise late news of them. */
const REMEMBERED = 256

/** A level we have left may outlive the reply by a moment on the feed; it is ours until then. */
const BOOK_LAG_MS = 500

/** Before all time: no fill of our own order is counted yet. */
const NEVER = Number.NEGATIVE_INFINITY

export class Orders {
  /** Exposed orders, and done ones whose level or fills are still on the way; a short list. */
  readonly live: Order[] = []
  readonly expiries = new ExpiryReports()
  #leavesForeign = false
  /** Whether the feed marks changes that our own orders cause, as documented. */
  #feedMarksOurs = true
  #markSeen = false
  readonly #onRevived: (order: Order) => void
  readonly #byClient = new Map<string, Order>()
  readonly #byId = new Map<string, Order>()

  /** @param onRevived called for an order that seemed gone and has shown a sign of life */
  constructor(onRevived: (order: Order) => void = () => undefined) {
    this.#onRevived = onRevived
  }

  /**
   * A new order, about to be sent.
   * @param triggeredAt time of the frame that caused it
   * @param level which quote of its side, 0 the innermost
   */
  submit(intent: NewOrder, at: Millis, triggeredAt: Millis = at, level = 0): Order {
    const { clientOrderId } = intent
    invariant(!this.#byClient.has(clientOrderId), `client order id ${clientOrderId} used twice`)
    const order = newOrder(intent, at, NEVER)
    order.requests.triggeredAt = triggeredAt
    order.level = level
    return this.#add(order)
  }

  /**
   * An order that the exchange holds and we did not know.
   * @param known what we took for over, when it is the same order
   */
  adopt(report: OrderReport, at: Millis, known?: Order): Order {
    const { orderId, side, price, remaining, filled, venueAt } = report
    const named = known === undefined ? report.clientOrderId : ''
    const clientOrderId = named === '' ? `exchange:${orderId}` : named
    const expiresAt = report.expiresAt ?? Number.POSITIVE_INFINITY
    const order = newOrder(
      { clientOrderId, side, price, quantity: remaining, expiresAt },
      at,
      venueAt,
    )
    order.orderId = orderId
    order.ours = known?.ours ?? !isForeignId(report.clientOrderId)
    this.#leaveOrNot(order)
    order.status = 'resting'
    order.filled = filled
    order.booked = filled
    order.venueAt = venueAt
    this.#show(order)
    return this.#add(order)
  }

  /** Whether orders that no maker has placed are let alone; those that are known follow. */
  leaveForeign(leaves: boolean): void {
    if (leaves === this.#leavesForeign) return
    this.#leavesForeign = leaves
    for (const order of this.live) this.#leaveOrNot(order)
  }

  #leaveOrNot(order: Order): void {
    order.foreign = this.#leavesForeign && !order.ours
    if (!order.ours) order.level = order.foreign ? FOREIGN_LEVEL : 0
    if (order.foreign) order.cancelWanted = false
  }

  byClient(clientOrderId: string): Order | undefined {
    return this.#byClient.get(clientOrderId)
  }

  /** By the exchange's id, else by ours. */
  find(orderId: string, clientOrderId: string): Order | undefined {
    return (
      (orderId === '' ? undefined : this.#byId.get(orderId)) ??
      (clientOrderId === '' ? undefined : this.#byClient.get(clientOrderId))
    )
  }

  transition(order: Order, event: OrderEvent, at: Millis): void {
    const before = order.status
    order.status = LIFECYCLE[before][event]
    if (isOver(order.status)) {
      if (order.status === 'done') forgetInferred(order)
      if (!isOver(before)) this.#end(order, at)
    } else if (before === 'presumed') this.#revive(order, at)
    if (order.status === 'resting') {
      order.next.price = order.price
      order.next.remaining = order.remaining
      order.next.expiresAt = order.expiresAt
    }
  }

  /**
   * The order seems to rest no more, and the reason is unknown. It may have been filled, so the
   * limits assume the largest possible fill until fills and a listing have shown what became of it.
   */
  assumeFilled(order: Order, at: Millis): void {
    if (isOver(order.status)) return
    this.transition(order, 'vanished', at)
    order.inferred.assumed = order.inferred.lost
  }

  /** The order rests after all: undoes an end that was only inferred, and no other. */
  revive(order: Order, at: Millis): void {
    if (order.status === 'presumed') this.transition(order, reportedEvent(order), at)
  }

  #end(order: Order, at: Millis): void {
    if (order.status === 'presumed') inferEnd(order, at)
    order.doneAt = at
    order.shown.until = at + BOOK_LAG_MS
    order.remaining = 0
    order.next.remaining = 0
  }

  #revive(order: Order, at: Millis): void {
    restoreLost(order, at)
    if (order.foreign) order.cancelWanted = false
    if (!this.live.includes(order)) this.live.push(order)
    this.#onRevived(order)
  }

  setOrderId(order: Order, orderId: string): void {
    if (orderId === '' || order.orderId === orderId) return
    order.orderId = orderId
    this.#byId.set(orderId, order)
  }

  /**
   * Applies the reply to a place, amend or decrease. Fills may have overtaken the reply, so what
   * remains is the reply's total less the most ever reported as filled.
   */
  acknowledge(order: Order, ack: Ack, at: Millis): void {
    this.setOrderId(order, ack.orderId)
    if (order.status === 'done') return
    this.revive(order, at)
    if (order.take) {
      this.#endTake(order, ack.filled, at)
      return
    }
    if (ack.filled !== null && ack.filled > order.filled) order.filled = ack.filled
    order.price = order.next.price
    order.expiresAt = order.next.expiresAt
    if (ack.remaining === null) order.remaining = order.next.remaining
    else if (ack.filled !== null) {
      order.remaining = Math.max(0, ack.filled + ack.remaining - order.filled)
    } else {
      // A decrease answers what is left. It removed what we asked, so whatever else is missing of
      // the whole order has been filled, whether or not its fills have come.
      const whole = order.filled + order.next.remaining
      order.filled = Math.max(order.filled, whole - ack.remaining)
      order.remaining = Math.max(0, whole - order.filled)
    }
    if (ack.venueAt > order.venueAt) order.venueAt = ack.venueAt
    this.transition(order, 'accepted', at)
    if (order.remaining === 0 && order.status === 'resting') this.transition(order, 'ended', at)
    else this.#awaitBook(order, at)
  }

  /** Whatever it has not taken is gone, and the reply need not say so. */
  #endTake(order: Order, filled: Quantity | null, at: Millis): void {
    if (filled === null) this.assumeFilled(order, at)
    else {
      order.filled = Math.max(order.filled, filled)
      this.transition(order, 'ended', at)
    }
  }

  /** Applies a report from user_orders or from a listing. */
  applyReport(order: Order, report: OrderReport, at: Millis): void {
    this.setOrderId(order, report.orderId)
    if (!order.ours && !isForeignId(report.clientOrderId)) {
      order.ours = true
      this.#leaveOrNot(order)
    }
    // A late duplicate of what was known wakes nothing.
    const rests = report.status === 'resting'
    if (order.status === 'presumed' && rests && isNews(order, report.venueAt)) {
      this.revive(order, at)
    }
    if (report.filled > order.filled) {
      const news = report.filled - order.filled
      // Also where the report is too old for the rest of it: an amend's answer without counts left
      // what had been filled unheard in what remains.
      order.remaining = Math.max(0, order.remaining - news)
      order.next.remaining = Math.max(0, order.next.remaining - news)
      order.filled = report.filled
      takeFill(order, news)
    }
    if (report.status === 'canceled' || report.status === 'executed') {
      this.transition(order, 'ended', at)
      return
    }
    if (report.status !== 'resting' || report.venueAt < order.venueAt) return
    if (isOver(order.status)) return
    order.venueAt = report.venueAt
    order.price = report.price
    order.remaining = Math.max(0, report.filled + report.remaining - order.filled)
    order.expiresAt = this.expiries.read(report, order.expiresAt)
    this.transition(order, reportedEvent(order), at)
    this.#awaitBook(order, at)
  }

  /**
   * Counts one of our trades, reduces what remains, and ends the order when nothing does. The
   * earlier fills of an adopted order are counted already, so only later ones reduce it.
   */
  applyFill(order: Order, quantity: Quantity, venueAt: Millis, at: Millis): void {
    if (venueAt <= order.countedUntil) return
    order.booked += quantity
    const news = order.booked - order.filled
    if (news > 0) {
      order.filled = order.booked
      order.remaining = Math.max(0, order.remaining - news)
      order.next.remaining = Math.max(0, order.next.remaining - news)
      if (order.status === 'presumed') {
        this.transition(order, takeFill(order, news) ? reportedEvent(order) : 'ended', at)
      }
    }
    if (venueAt > order.venueAt) order.venueAt = venueAt
    if (order.shown.size > order.remaining) order.shown.size = order.remaining
    // An amend in flight may still enlarge it, so only a settled order ends here.
    if (order.remaining === 0 && order.status === 'resting') this.transition(order, 'ended', at)
  }

  /** Applies a book change that our own order caused: it says what the book shows of us. */
  applyBookChange(clientOrderId: string, price: Price, change: Quantity, at: Millis): void {
    const order = this.#byClient.get(clientOrderId)
    if (order === undefined) return
    this.#markSeen = true
    if (change > 0) {
      const before = order.shown.price === price ? order.shown.size : 0
      if (order.shown.price !== price) this.#leave(order, at)
      // A canceled order may appear in the book after its end: all of it is ours until it goes.
      const most = isOver(order.status)
        ? before + change
        : Math.max(order.remaining, order.next.remaining)
      order.shown.price = price
      order.shown.size = Math.min(before + change, most)
    } else if (price === order.left.price && order.left.size > 0) {
      order.left.size = Math.max(0, order.left.size + change)
    } else if (price === order.shown.price) {
      order.shown.size = Math.max(0, order.shown.size + change)
    }
    if (this.#isShown(order)) order.markDueAt = 0
  }

  readonly ownSize = (side: Side, price: Price): Quantity => {
    let total = 0
    const live = this.live
    for (let index = 0; index < live.length; index++) {
      const order = live[index]!
      if (order.side !== side) continue
      if (order.shown.price === price) total += order.shown.size
      if (order.left.price === price) total += order.left.size
    }
    return total
  }

  /**
   * Forgets done orders whose level is gone and whose fills have all been counted, or been found by
   * no read; until then, however long reads fail, the limits count them as position. Returns true
   * when our own size in the book has changed.
   */
  sweep(at: Millis): boolean {
    let changed = false
    for (let index = this.live.length - 1; index >= 0; index--) {
      const order = this.live[index]!
      if (order.left.size > 0 && at >= order.left.until) {
        order.left.size = 0
        changed = true
      }
      if (!isOver(order.status)) {
        if (order.markDueAt === 0 || at < order.markDueAt) continue
        // No mark has come: this venue does not send them, or the frame is lost.
        if (!this.#markSeen && order.ours) this.#feedMarksOurs = false
        this.#show(order)
        changed = true
        continue
      }
      if (at < order.shown.until) continue
      if (order.shown.size > 0) changed = true
      order.shown.size = 0
      if (undelivered(order) > 0) continue
      this.live.splice(index, 1)
    }
    return changed
  }

  /** A new book snapshot shows only what rests now, so marks that are awaited start over. */
  resetShown(): void {
    for (const order of this.live) {
      order.shown.size = 0
      order.left.size = 0
      if (!isOver(order.status) && order.orderId !== '') this.#show(order)
    }
  }

  *exposed(side: Side): Generator<Order> {
    for (const order of this.live) {
      if (order.side === side && !isOver(order.status)) yield order
    }
  }

  /** The one exposed order of a level; the oldest if (after adoption) there are more; else null. */
  slot(side: Side, level = 0): Order | null {
    const live = this.live
    for (let index = 0; index < live.length; index++) {
      const order = live[index]!
      if (order.side === side && order.level === level && !isOver(order.status)) return order
    }
    return null
  }

  /** Exposed orders that must go before nothing of ours rests; foreign ones may stay. */
  get exposedCount(): number {
    let count = 0
    for (const order of this.live) if (!order.foreign && !isOver(order.status)) count++
    return count
  }

  get foreignCount(): number {
    let count = 0
    const live = this.live
    for (let index = 0; index < live.length; index++) {
      if (live[index]!.foreign && !isOver(live[index]!.status)) count++
    }
    return count
  }

  /**
   * Contracts reported as filled whose fills have not reached the ledger yet, of all that are
   * remembered: a check of the books. The limits count those of `live` alone.
   */
  get unbooked(): Quantity {
    let total = 0
    for (const order of this.#byClient.values()) total += Math.max(0, order.filled - order.booked)
    return total
  }

  // The answer to a request and the book change that it makes arrive on two channels, in either
  // order. If our size counted as shown before the book has it, it would be subtracted from others'
  // size and their level would disappear. If it no longer counted at the old price, it would look
  // like others' size. In both cases we would chase our own quote. So the book's marks decide, and
  // we wait half a second for them.
  #awaitBook(order: Order, at: Millis): void {
    if (this.#isShown(order)) order.markDueAt = 0
    else if (this.#feedMarksOurs && !order.foreign) order.markDueAt = at + BOOK_LAG_MS
    else {
      if (order.shown.price !== order.price) this.#leave(order, at)
      this.#show(order)
    }
  }

  #isShown(order: Order): boolean {
    return order.shown.price === order.price && order.shown.size === order.remaining
  }

  /** What the book shows at the price that the order leaves stays ours until it is gone there. */
  #leave(order: Order, at: Millis): void {
    if (order.shown.size === 0) return
    order.left.price = order.shown.price
    order.left.size = order.shown.size
    order.left.until = at + BOOK_LAG_MS
  }

  #show(order: Order): void {
    order.shown.price = order.price
    order.shown.size = order.remaining
    order.markDueAt = 0
  }

  #add(order: Order): Order {
    this.live.push(order)
    this.#byClient.set(order.clientOrderId, order)
    if (order.orderId !== '') this.#byId.set(order.orderId, order)
    if (this.#byClient.size > REMEMBERED) this.#forgetOldest()
    return order
  }

  #forgetOldest(): void {
    for (const [key, order] of this.#byClient) {
      if (!isOver(order.status) || this.live.includes(order)) continue
      this.#byClient.delete(key)
      this.#byId.delete(order.orderId)
      return
    }
  }
}

/** What is let alone rests again as soon as it is seen: nobody cancels it. */
const reportedEvent = (order: Order): OrderEvent => (order.foreign ? 'confirmed' : 'reported')

/** @param countedUntil fills up to this exchange time are counted already; NEVER for our own */
const newOrder = (intent: NewOrder, at: Millis, countedUntil: Millis): Order => {
  const { clientOrderId, side, price, quantity, expiresAt, take } = intent
  return {
    clientOrderId,
    orderId: '',
    side,
    level: 0,
    take: take !== undefined,
    adopted: countedUntil !== NEVER,
    ours: true,
    foreign: false,
    countedUntil,
    status: 'submitting',
    price,
    remaining: quantity,
    expiresAt,
    filled: 0,
    booked: 0,
    venueAt: 0,
    doneAt: 0,
    inferred: noInferredEnd(),
    revivedAt: 0,
    next: { price, remaining: quantity, expiresAt },
    requests: {
      sentAt: at,
      triggeredAt: at,
      placing: false,
      amended: false,
      countedPlaced: 0,
      takenBack: 0,
      failedCancels: 0,
    },
    expiryMended: false,
    cancelWanted: false,
    missedListings: 0,
    shown: { price, size: 0, until: 0 },
    left: { price, size: 0, until: 0 },
    markDueAt: 0,
    place: new QueuePlace(),
    why: null,
    wrongSince: 0,
  }
}
