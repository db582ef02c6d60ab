// Decides whether our memory of the account can be trusted: every order, every fill, the position.
//
// In: connections, disconnections and the exchange's answers. Out: questions to ask, and whether
// the recovery is done; until then no quote is sent. While quoting, the same questions are asked
// once a minute. It must never know prices, the book or the strategy.

import type { Ledger } from '../ledger/ledger.ts'
import { settleByListing } from '../orders/inferred-end.ts'
import type { Orders } from '../orders/orders.ts'
import type { Inquiry, OrderReport, PositionReport } from '../vocabulary/events.ts'
import type { RecoveryStep } from '../vocabulary/reason-codes.ts'
import type { Millis, Quantity } from '../vocabulary/units.ts'
import {
  ARRIVES_WITHIN_MS,
  Inquiries,
  type ListingVerdict,
  QUESTIONS,
  READ_LAG_MS,
  reconcileListing,
} from './reconciliation.ts'

/** Position reads that may disagree before the exchange's number replaces ours. */
const POSITION_TRIES = 4
const POSITION_RETRY_MS = 1000
const LISTING_RETRY_MS = 1000
/** The second round after a recovery, once the exchange's reads have caught up with its writes. */
const SECOND_LOOK_MS = 3000
/** Fills are asked for from this long before the newest one known. */
export const FILL_OVERLAP_MS = 60_000

/** The result of a position read. 'adopted': ours was wrong and has been replaced. */
export type PositionVerdict = 'equal' | 'sums-differ' | 'asked-again' | 'adopted'

export class Recovery {
  readonly inquiries = new Inquiries()
  isDone = false
  /** Answers count when asked from then on; before the first connection none does. */
  #since: Millis = NEVER
  #cleanAskedAt: Millis = 0
  #listAgainAt: Millis = 0
  /** When the position that agreed with ours was asked for. */
  #positionAskedAt: Millis = 0
  /** A listing asked since then must show nothing of ours; null while none is required. */
  #cleanRequiredSince: Millis | null = null
  /** Reads asked from then on include all that an earlier run has done. */
  #trustFrom: Millis = 0
  #tries = 0
  /** When the fills behind the last try were asked for. */
  #triedWith: Millis = -1
  /** A position that replaces ours unless later fills explain the difference. */
  #disputed: { report: PositionReport; ours: Quantity; askedAt: Millis } | null = null
  #nextRoundAt: Millis = Number.POSITIVE_INFINITY

  /** Starts over: ask everything. */
  begin(at: Millis): void {
    this.isDone = false
    this.#since = at
    this.#tries = 0
    for (const what of QUESTIONS) this.inquiries.want(what, this.#from(what, at))
  }

  /**
   * An earlier run may have acted until `at`. Its last request may still arrive; reads lag behind.
   */
  distrust(at: Millis): void {
    this.#trustFrom = at + ARRIVES_WITHIN_MS + READ_LAG_MS
  }

  /** Without a connection nothing is certain; what rests is asked for at once. */
  onDisconnect(at: Millis): void {
    this.isDone = false
    this.#since = NEVER
    this.#nextRoundAt = NEVER
    this.inquiries.want('orders', at)
  }

  /**
   * Asks for listings until one, asked at or after `since`, shows nothing of ours; null: enough.
   */
  requireClean(since: Millis | null): void {
    this.#cleanRequiredSince = since
    if (since !== null) this.inquiries.want('orders', since)
  }

  /**
   * True when the exchange has said, to a question asked at or after `since`, that nothing rests.
   */
  cleanSince(since: Millis, orders: Orders): boolean {
    return orders.exposedCount === 0 && this.#cleanAskedAt >= this.#from('orders', since)
  }

  /** What is still missing; null when recovery is complete. */
  missing(orders: Orders): RecoveryStep | null {
    const { inquiries } = this
    const since = this.#since
    if (inquiries.answeredAskedAt('market') < since) return 'reading-market'
    if (!this.cleanSince(since, orders)) return 'clearing-orders'
    // An order of an earlier run may trade until a listing shows that it is gone, so only what is
    // asked after that listing has seen all of it.
    const after = Math.max(this.#from('fills', since), this.#cleanAskedAt)
    if (inquiries.answeredAskedAt('fills') < after) return 'reading-fills'
    return this.#positionAskedAt >= after ? null : 'checking-position'
  }

  /** When the oldest of the last good reads of orders, fills and position was asked for. */
  get reconciledAt(): Millis {
    const { inquiries } = this
    return Math.min(
      inquiries.answeredAskedAt('orders'),
      inquiries.answeredAskedAt('fills'),
      inquiries.answeredAskedAt('position'),
    )
  }

  /** Asks everything, now. */
  askAll(at: Millis): void {
    for (const what of QUESTIONS) this.inquiries.want(what, at)
  }

  /** Completes the recovery if nothing is missing; true at the moment it does. */
  advance(orders: Orders, at: Millis, everyMs: number): boolean {
    if (this.#cleanRequiredSince !== null) {
      if (this.cleanSince(this.#cleanRequiredSince, orders)) this.#cleanRequiredSince = null
      else if (orders.exposedCount === 0) {
        this.inquiries.wantUnlessAsked('orders', this.#nextListing(at))
      }
    }
    if (this.isDone) {
      if (at >= this.#nextRoundAt) this.#round(at, everyMs)
      return false
    }
    const missing = this.missing(orders)
    if (missing === 'clearing-orders' && orders.exposedCount === 0) {
      // The cancels are through: only a listing asked from now on proves it.
      this.inquiries.wantUnlessAsked('orders', this.#nextListing(at))
    }
    // Asked too soon after a restart, an answer does not count: ask once more when it does.
    if (missing === 'reading-fills') this.inquiries.ensure('fills', this.#from('fills', at))
    if (missing === 'checking-position') {
      this.inquiries.ensure('position', this.#from('position', at))
    }
    if (missing !== null) return false
    this.isDone = true
    this.#nextRoundAt = at + Math.min(SECOND_LOOK_MS, everyMs)
    return true
  }

  /** A listing that leaves nothing to cancel and is not clean would say the same again at once. */
  #nextListing(at: Millis): Millis {
    return Math.max(this.#from('orders', at), this.#listAgainAt)
  }

  /** When `advance` has something to do by itself. */
  get nextAt(): Millis {
    return Math.min(this.inquiries.nextAt, this.isDone ? this.#nextRoundAt : NEVER)
  }

  /** While reads fail, the feed may bring a new fill and have missed those before it. */
  fillsSince({ cursor, readUntil }: Ledger): Millis {
    return Math.max(0, Math.min(cursor - FILL_OVERLAP_MS, readUntil))
  }

  applyListing(
    orders: Orders,
    listing: readonly OrderReport[],
    askedAt: Millis,
    at: Millis,
  ): ListingVerdict {
    const verdict = reconcileListing(orders, listing, askedAt, at)
    if (verdict.vanished.length > 0) this.inquiries.want('fills', at)
    if (verdict.again) this.inquiries.want('orders', at + LISTING_RETRY_MS)
    if (!verdict.clean && orders.exposedCount === 0) this.#listAgainAt = at + LISTING_RETRY_MS
    if (verdict.clean) this.#cleanAskedAt = askedAt
    // What seems gone counts as filled until a listing asked late enough has lacked it.
    const due = settleByListing(orders.live, askedAt - READ_LAG_MS)
    if (due !== null) this.inquiries.want('orders', Math.max(at, due + READ_LAG_MS))
    return verdict
  }

  /**
   * Compares the exchange's position with ours. A difference may only mean that the read is older
   * than our last fill, or that a fill is missing, so both are read again before we adopt it.
   */
  checkPosition(
    ledger: Ledger,
    report: PositionReport,
    askedAt: Millis,
    lastFillAt: Millis,
    at: Millis,
  ): PositionVerdict {
    if (report.position === ledger.position) {
      this.#positionAskedAt = askedAt
      this.#tries = 0
      this.#disputed = null
      const equal = report.realized === ledger.realized && report.fees === ledger.fees
      return equal || askedAt < lastFillAt + READ_LAG_MS ? 'equal' : 'sums-differ'
    }
    // Without new fills in between, the same question has no new answer.
    const fillsAt = this.inquiries.answeredAskedAt('fills')
    if (fillsAt > this.#triedWith) this.#tries++
    this.#triedWith = fillsAt
    if (this.#tries < POSITION_TRIES || askedAt < lastFillAt + READ_LAG_MS) {
      this.inquiries.want('fills', at + POSITION_RETRY_MS)
      this.inquiries.want('position', at + POSITION_RETRY_MS + 1)
      return 'asked-again'
    }
    // Reads lag, each by its own time, so a trade of a moment ago may be in this report and not yet
    // in the fills. Adopted now, it would be counted again when it comes. So the report is held
    // until the fills have been asked for so much later that they must have shown it, and have not.
    const held = this.#disputed
    const same = held?.report.position === report.position && held.ours === ledger.position
    if (held !== null && same && fillsAt >= held.askedAt + READ_LAG_MS) {
      ledger.adopt(held.report, held.askedAt - READ_LAG_MS)
      this.#positionAskedAt = held.askedAt
      this.#tries = 0
      this.#disputed = null
      return 'adopted'
    }
    if (held === null || !same) this.#disputed = { report, ours: ledger.position, askedAt }
    const later = Math.max(at, (this.#disputed?.askedAt ?? askedAt) + READ_LAG_MS)
    this.inquiries.want('fills', later)
    this.inquiries.want('position', later + POSITION_RETRY_MS)
    return 'asked-again'
  }

  /** The earliest time of a question whose answer counts, if otherwise it were `at`. */
  #from(what: Inquiry, at: Millis): Millis {
    return what === 'market' ? at : Math.max(at, this.#trustFrom)
  }

  #round(at: Millis, everyMs: number): void {
    this.#nextRoundAt = at + everyMs
    this.askAll(at)
  }
}

const NEVER = Number.POSITIVE_INFINITY
