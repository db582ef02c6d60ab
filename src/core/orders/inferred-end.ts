// What counts of an order whose end we only inferred, and what news of it brings back.
//
// It may rest after all: a gateway may hold a create for a minute, a 404 may be wrong. Until reads
// asked late enough have shown neither fill nor order, it counts in the limits as if all of it had
// been filled. A sign of life makes it an order of unknown state again, which is canceled.

import type { Millis, Quantity } from '../vocabulary/units.ts'
import { isOver, type OrderStatus } from './lifecycle.ts'

/** A create without an answer may arrive this long after it was sent, unless it expires before. */
const ARRIVES_AT_LATEST_MS = 60_000

/** By then its last request and a listing asked for at its end have been answered, if ever. */
const CANCEL_AGAIN_MS = 5_000

/** What an order remembers of an end that nobody has told us. */
export interface InferredEnd {
  /** What may rest after all; 0 for an order that is exposed or whose end was told. */
  lost: Quantity
  /** How much of that counts as filled. */
  assumed: Quantity
  /** Only reads asked after this can have seen all that becomes of it. */
  doubtUntil: Millis
  /** Fills asked for up to then have been read. */
  readUntil: Millis
  /** A listing asked after `doubtUntil` lacked it. */
  unlisted: boolean
}

/** The part of an order that is read and written here. */
interface Order {
  readonly status: OrderStatus
  readonly orderId: string
  readonly take: boolean
  readonly expiresAt: Millis
  readonly venueAt: Millis
  readonly filled: Quantity
  booked: Quantity
  remaining: Quantity
  readonly next: { remaining: Quantity }
  readonly requests: { readonly sentAt: Millis }
  readonly inferred: InferredEnd
  doneAt: Millis
  revivedAt: Millis
  cancelWanted: boolean
  missedListings: number
}

export const noInferredEnd = (): InferredEnd => ({
  lost: 0,
  assumed: 0,
  doubtUntil: 0,
  readUntil: 0,
  unlisted: false,
})

/** Contracts reported as filled that are not in the ledger. */
const unbooked = (order: Order): Quantity => Math.max(0, order.filled - order.booked)

/** Contracts that count as filled and are not in the ledger: reported ones, and assumed ones. */
export const undelivered = (order: Order): Quantity => unbooked(order) + order.inferred.assumed

/**
 * The same as far as reads can already tell: what was assumed counts only until fills asked for
 * since the end have been read. A create that arrives later may trade still, so this is for those
 * who only ever reduce, whom the exchange caps at what is held then.
 */
export const unread = (order: Order): Quantity =>
  unbooked(order) + (order.inferred.readUntil >= order.doneAt ? 0 : order.inferred.assumed)

/**
 * When an order that only seems gone must be canceled again, where nothing may rest: no listing has
 * shown that it is gone, and reads may be failing. Infinity where no cancel can name it or help.
 * Each further 404 makes it less likely that it rests, so the waits double.
 */
export const cancelAgainAt = (order: Order): Millis => {
  const { status, orderId, doneAt, requests, inferred } = order
  if (status !== 'presumed' || orderId === '') return Number.POSITIVE_INFINITY
  if (inferred.assumed === 0 || inferred.unlisted) return Number.POSITIVE_INFINITY
  const last = Math.max(doneAt, requests.sentAt)
  return last + Math.max(CANCEL_AGAIN_MS, last - doneAt)
}

/** Whether a sign of this venue time is newer than all that was known when the end was inferred. */
export const isNews = (order: Order, venueAt: Millis): boolean =>
  venueAt === 0 || venueAt > order.venueAt

/** The end of an order is inferred now; `order` still has what remained. */
export const inferEnd = (order: Order, at: Millis): void => {
  const { inferred } = order
  inferred.lost = Math.max(order.remaining, order.next.remaining)
  inferred.assumed = 0
  // What the exchange has named has arrived; a create without an answer may still be on its way.
  // The expiry of one that takes is when it was sent, and does not keep it from arriving later.
  const arrives = order.requests.sentAt + ARRIVES_AT_LATEST_MS
  const latest = order.take ? arrives : Math.min(order.expiresAt, arrives)
  inferred.doubtUntil = order.orderId === '' ? Math.max(at, latest) : at
  inferred.readUntil = 0
  inferred.unlisted = false
}

/** The exchange has told the end: nothing is left to be inferred. */
export const forgetInferred = ({ inferred }: Order): void => {
  inferred.lost = 0
  inferred.assumed = 0
}

/** A fill of an order that seemed gone; true when some of it may still rest. */
export const takeFill = ({ inferred }: Order, quantity: Quantity): boolean => {
  inferred.lost = Math.max(0, inferred.lost - quantity)
  inferred.assumed = Math.max(0, inferred.assumed - quantity)
  return inferred.lost > 0
}

/** The order shows a sign of life: what was lost may rest, and counts as that again. */
export const restoreLost = (order: Order, at: Millis): void => {
  order.remaining = order.inferred.lost
  order.next.remaining = order.inferred.lost
  order.revivedAt = at
  order.doneAt = 0
  order.cancelWanted = true
  order.missedListings = 0
  forgetInferred(order)
}

/**
 * Fills asked for up to `until` (our clock) have been read. Returns the earliest time from which
 * fills must have been asked for to settle the next order; null when none waits.
 */
export const settleByFills = (orders: readonly Order[], until: Millis): Millis | null => {
  let next: Millis | null = null
  for (const order of orders) {
    if (!isOver(order.status) || undelivered(order) === 0) continue
    if (order.doneAt <= until) order.booked = Math.max(order.booked, order.filled)
    order.inferred.readUntil = Math.max(order.inferred.readUntil, until)
    settle(order)
    if (undelivered(order) === 0) continue
    const { assumed, doubtUntil } = order.inferred
    const due = assumed > 0 && order.doneAt <= until ? doubtUntil : order.doneAt
    // Read already: only a listing is missing.
    if (due > until && (next === null || due < next)) next = due
  }
  return next
}

/**
 * A listing asked for late enough to show all that had happened by `until` lacks every order that
 * counts as lost. Returns as `settleByFills` does.
 */
export const settleByListing = (orders: readonly Order[], until: Millis): Millis | null => {
  let next: Millis | null = null
  for (const order of orders) {
    const { inferred } = order
    if (order.status !== 'presumed' || inferred.assumed === 0) continue
    if (inferred.doubtUntil <= until) inferred.unlisted = true
    settle(order)
    if (inferred.unlisted) continue
    if (next === null || inferred.doubtUntil < next) next = inferred.doubtUntil
  }
  return next
}

const settle = ({ inferred }: Order): void => {
  if (inferred.unlisted && inferred.readUntil >= inferred.doubtUntil) inferred.assumed = 0
}
