// Notices that the exchange no longer answers us, or no longer takes our key.
//
// In: the outcome of every request, by the name of the call. Out: whether the maker is out of
// touch, and whether its key is refused for good. It must never know what the requests were for.

import type { Outcome } from '../vocabulary/outcome.ts'
import type { BlindReason } from '../vocabulary/reason-codes.ts'
import type { Millis } from '../vocabulary/units.ts'

/** So many requests in a row without any answer, over so long, and nothing gets through. */
const FAILURES = 5
const FAILING_MS = 10_000
/** So many refusals in a row, over so long and of more than one call, and the key is no good. */
const REFUSALS = 3
const REFUSED_MS = 10_000
/** The same of order requests alone: reads may go on while trading is not allowed. */
const ORDER_REFUSALS = 5
const ORDERS_REFUSED_MS = 30_000

/** Calls that need no key, so that their success says nothing about it. */
const PUBLIC: readonly string[] = ['market', 'programmes', 'book', 'exchange']
/** Calls that need the permission to trade; a cancel may be allowed where these are not. */
const ORDERS: readonly string[] = ['place', 'amend', 'decrease']

/** Failures in a row, since when, and of which calls. */
class Streak {
  count = 0
  since: Millis = 0
  #first = ''
  #mixed = false

  add(call: string, at: Millis): void {
    if (this.count++ > 0) this.#mixed ||= call !== this.#first
    else {
      this.since = at
      this.#first = call
      this.#mixed = false
    }
  }

  /** True when more than one call is in it. */
  get isMixed(): boolean {
    return this.#mixed
  }

  lasts(count: number, ms: Millis, at: Millis): boolean {
    return this.count >= count && at - this.since >= ms
  }
}

export class Contact {
  readonly #unanswered = new Streak()
  readonly #refused = new Streak()
  readonly #ordersRefused = new Streak()

  /**
   * Counts one outcome.
   * @param call the kind of an intent, or the name of a question
   * @returns true when it shows that the key is refused for good
   */
  note(call: string, outcome: Outcome<unknown>, at: Millis): boolean {
    if (outcome.kind === 'unknown') {
      this.#unanswered.add(call, at)
      return false
    }
    // Status 0: never sent.
    if (outcome.kind === 'rejected' && outcome.status === 0) return false
    this.#unanswered.count = 0
    const isOrder = ORDERS.includes(call)
    if (outcome.kind === 'accepted' || !isRefusal(outcome)) {
      if (!PUBLIC.includes(call)) this.#refused.count = 0
      if (isOrder) this.#ordersRefused.count = 0
      return false
    }
    this.#refused.add(call, at)
    if (isOrder) this.#ordersRefused.add(call, at)
    const all = this.#refused.isMixed && this.#refused.lasts(REFUSALS, REFUSED_MS, at)
    return all || this.#ordersRefused.lasts(ORDER_REFUSALS, ORDERS_REFUSED_MS, at)
  }

  /** Why nothing of ours can be known now; null while some request is answered. */
  lost(at: Millis): BlindReason | null {
    // One refusal may be about the one request; two calls in a row are about the key.
    if (this.#refused.count > 1 && this.#refused.isMixed) return 'key-refused'
    return this.#unanswered.lasts(FAILURES, FAILING_MS, at) ? 'requests-failing' : null
  }

  /** A person says that the key is good again. */
  forgive(): void {
    this.#refused.count = 0
    this.#ordersRefused.count = 0
  }
}

/** A wrong clock gets a 401 too, which is mended by reading the exchange's. */
const isRefusal = ({ status, code }: { status: number; code: string }): boolean =>
  (status === 401 || status === 403) && !code.startsWith('header_timestamp')
