// Schedules questions to the exchange, and compares its listing of resting orders with our own.
//
// Used at every start and reconnect, after every doubt, and once a minute. The exchange's reads lag
// behind its writes (up to a second was seen), so a listing proves that an order is gone only where
// it was sent well before the question, and only when two listings in a row agree.

import { isOver } from '../orders/lifecycle.ts'
import type { Order, Orders } from '../orders/orders.ts'
import { backoffMs } from '../vocabulary/backoff.ts'
import type { Inquiry, OrderReport, Question } from '../vocabulary/events.ts'
import type { Millis } from '../vocabulary/units.ts'

/** Orders of the connectivity probe carry this prefix; the probe itself cancels them. */
export const PROBE_PREFIX = 'kmm-probe-'

/** An order that is this old when the question is asked is in the listing, if it rests. */
export const READ_LAG_MS = 2000
/**
 * An order with an id that this many listings in a row do not show is gone, whatever its cancels
 * got.
 */
const MISSED_FOR_GOOD = 4
/** A request arrives within this time or never: its own deadline ends it. */
export const ARRIVES_WITHIN_MS = 4000
/**
 * A create without an answer may have arrived as late as its deadline, and reads lag behind that:
 * an earlier listing proves nothing about it.
 */
const LOST_AFTER_MS = ARRIVES_WITHIN_MS + READ_LAG_MS
/** A done order that is still listed this long afterwards does rest after all. */
const REVIVE_AFTER_MS = 5000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 8000

interface Progress {
  outstanding: boolean
  dueAt: Millis
  failures: number
  /** The wait after a failure, which nothing may cut short. */
  notBefore: Millis
  /** When the question behind the last good answer was asked; 0 before the first. */
  answeredAskedAt: Millis
}

export const QUESTIONS: readonly Inquiry[] = ['market', 'orders', 'fills', 'position']

/** Whether a question is one that a recovery depends on. */
export const isInquiry = (what: Question): what is Inquiry =>
  (QUESTIONS as readonly Question[]).includes(what)

/** The open questions: each in flight at most once, repeated with back-off after a failure. */
export class Inquiries {
  readonly #state: Record<Inquiry, Progress> = {
    market: blank(),
    orders: blank(),
    fills: blank(),
    position: blank(),
  }

  /** Wants an answer no later than `at`. */
  want(what: Inquiry, at: Millis): void {
    const inquiry = this.#state[what]
    const due = Math.max(at, inquiry.notBefore)
    if (due < inquiry.dueAt) inquiry.dueAt = due
  }

  /** Wants an answer now, unless the question is in flight already. */
  wantUnlessAsked(what: Inquiry, at: Millis): void {
    if (!this.#state[what].outstanding) this.want(what, at)
  }

  /** Wants an answer no later than `at`, unless one is awaited or wanted already. */
  ensure(what: Inquiry, at: Millis): void {
    const { outstanding, dueAt } = this.#state[what]
    if (!outstanding && dueAt === Number.POSITIVE_INFINITY) this.want(what, at)
  }

  /** True when the question is to go out now; marks it as asked. */
  askIfDue(what: Inquiry, at: Millis): boolean {
    const inquiry = this.#state[what]
    if (inquiry.outstanding || inquiry.dueAt > at) return false
    inquiry.outstanding = true
    inquiry.dueAt = Number.POSITIVE_INFINITY
    return true
  }

  answered(what: Inquiry, askedAt: Millis, good: boolean, at: Millis): void {
    const inquiry = this.#state[what]
    inquiry.outstanding = false
    if (good) {
      inquiry.failures = 0
      inquiry.notBefore = 0
      inquiry.answeredAskedAt = askedAt
    } else {
      const wait = backoffMs(inquiry.failures, FIRST_RETRY_MS, LAST_RETRY_MS)
      inquiry.failures++
      inquiry.notBefore = at + wait
      inquiry.dueAt = inquiry.notBefore
    }
  }

  /** When the question behind the newest good answer was asked. */
  answeredAskedAt(what: Inquiry): Millis {
    return this.#state[what].answeredAskedAt
  }

  /** The earliest time at which something is to be asked. */
  get nextAt(): Millis {
    let next = Number.POSITIVE_INFINITY
    for (const what of QUESTIONS) {
      const inquiry = this.#state[what]
      if (!inquiry.outstanding && inquiry.dueAt < next) next = inquiry.dueAt
    }
    return next
  }
}

const blank = (): Progress => ({
  outstanding: false,
  dueAt: Number.POSITIVE_INFINITY,
  failures: 0,
  notBefore: 0,
  answeredAskedAt: 0,
})

/** The result of comparing a listing of resting orders with our own. */
export interface ListingVerdict {
  /** Orders that the exchange holds and we did not know; adopted, to be canceled or let alone. */
  orphans: Order[]
  /** Orders that we believed exposed and that are proven gone. */
  vanished: Order[]
  /** Some order is still in doubt: list again soon. */
  again: boolean
  /** The exchange holds nothing of ours, foreign orders aside, and we believe nothing exposed. */
  clean: boolean
}

/** @param askedAt our clock when the listing was requested */
export const reconcileListing = (
  orders: Orders,
  listing: readonly OrderReport[],
  askedAt: Millis,
  at: Millis,
): ListingVerdict => {
  const verdict: ListingVerdict = { orphans: [], vanished: [], again: false, clean: false }
  const listed = new Set<Order>()
  let disputed = false
  let ours = 0
  for (const report of listing) {
    if (report.status !== 'resting' || report.clientOrderId.startsWith(PROBE_PREFIX)) continue
    let order = orders.find(report.orderId, report.clientOrderId)
    if (order === undefined) {
      order = orders.adopt(report, at)
      verdict.orphans.push(order)
    } else if (order.status === 'done') {
      if (askedAt - order.doneAt < REVIVE_AFTER_MS) continue
      order = orders.adopt(report, at, order)
      verdict.orphans.push(order)
    } else {
      // Asked late enough, the listing itself is news of an order whose end was only inferred.
      if (askedAt >= order.doneAt + READ_LAG_MS) orders.revive(order, at)
      orders.applyReport(order, report, at)
      if (order.status === 'presumed') {
        disputed = true
        verdict.again = true
        continue
      }
    }
    order.missedListings = 0
    listed.add(order)
    if (!order.foreign) ours++
  }
  for (const order of [...orders.live]) {
    if (isOver(order.status) || listed.has(order)) continue
    const unheard = order.orderId === '' && order.revivedAt === 0
    const patience = unheard ? LOST_AFTER_MS : READ_LAG_MS
    const settled = order.status === 'resting' || order.status === 'unknown'
    const since = Math.max(order.requests.sentAt, order.revivedAt)
    if (!settled || since + patience > askedAt) {
      if (order.status === 'unknown') verdict.again = true
      continue
    }
    order.missedListings++
    if (order.missedListings < 2) verdict.again = true
    else if (order.orderId === '' || order.foreign || order.missedListings >= MISSED_FOR_GOOD) {
      orders.assumeFilled(order, at)
      verdict.vanished.push(order)
    } else {
      // Named but not listed: a cancel settles it either way, a 404 being as good as a yes. Where
      // the exchange refuses even that (a closed market), the listings have to do.
      orders.transition(order, 'unanswered', at)
      order.cancelWanted = true
      verdict.again = true
    }
  }
  verdict.clean = ours === 0 && !disputed && orders.exposedCount === 0
  return verdict
}
