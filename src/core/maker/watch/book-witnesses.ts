// Hears everything that can speak against the book, and proves it wrong where the exchange does.
//
// In: market reads, prints, refused post-only orders, our own orders, audits of the whole book; all
// of them reach the engine as events. Out: questions, a log line for each proof, and the doubt that
// darkens the book. A suspicion asks for a market read at once, and so does a book that has been
// silent for a while: a channel that has gone mute looks exactly like a quiet market.

import type { Order } from '../../orders/orders.ts'
import type { Ack, BookReport, IntentKind, TradeFrame } from '../../vocabulary/events.ts'
import { isTradable } from '../../vocabulary/events.ts'
import type { Market } from '../../vocabulary/market.ts'
import type { Outcome } from '../../vocabulary/outcome.ts'
import { type Millis, opposite, PRICE_ONE } from '../../vocabulary/units.ts'
import { Audit } from '../../witness/audit.ts'
import { Claims } from '../../witness/claims.ts'
import { LevelHistory } from '../../witness/level-history.ts'
import { MarketReads } from '../../witness/market-reads.ts'
import { LAG_MS, type Verdict, type WitnessName } from '../../witness/testimony.ts'
import { TopHistory } from '../../witness/top-history.ts'
import type { Renewal } from '../../witness/trust.ts'
import type { MakerState } from '../state.ts'

/** The frames of one match come within milliseconds, in any order. */
const REORDER_MS = 1000
/** Prints in a row that a silent book does not explain. */
const PRINTS = 3
/** Refusals in a row against our own top, and own orders in a row that the book does not show. */
const TWICE = 2
/** A doubted book that is live again is compared this often. */
const RECHECK_MS = 3000
/** Suspicions ask for reads no more often than this. */
const SUSPECT_EVERY_MS = 2000
/** An audit without an answer, or with one that could not be compared, is repeated after this. */
const AUDIT_RETRY_MS = 10_000
const NEVER = Number.POSITIVE_INFINITY

type Detail = Record<string, number | null>

export class BookWitnesses {
  readonly levels = new LevelHistory()
  readonly audit = new Audit(this.levels)
  readonly prints = new Claims(PRINTS)
  readonly refusals = new Claims(TWICE)
  readonly ownOrders = new Claims(TWICE)
  readonly #tops = new TopHistory()
  readonly reads = new MarketReads(this.#tops)
  /** The book is quoted on, or would be were it not doubted: only that is worth a read's tokens. */
  isWatched = false
  readonly #state: MakerState
  readonly #doubt: (renewal: Renewal, at: Millis) => void
  /** The feed has shown one of our orders: only then a missing one says something. */
  #showsOurs = false
  #readWantedAt: Millis = 0
  #suspectedAt: Millis = 0
  #auditAt: Millis = NEVER

  /** @param doubt darkens the book and asks for a new snapshot or a new link */
  constructor(state: MakerState, doubt: (renewal: Renewal, at: Millis) => void) {
    this.#state = state
    this.#doubt = doubt
  }

  /** Off too in a journal that is older than the witnesses: its parameters lack the key. */
  get isOn(): boolean {
    return (this.#state.parameters.strategy.verify_after_seconds ?? 0) > 0
  }

  /** A fresh snapshot: what was said of the book before it is settled. */
  onSnapshot(at: Millis): void {
    const { book, trust } = this.#state
    this.levels.restart(at)
    this.#tops.restart(book, at)
    this.#forget()
    // Earlier, a read may be older than this book.
    this.#auditAt = at + LAG_MS
    trust.restart()
    if (trust.isDoubted) this.#wantRead(at)
  }

  onTrade({ taker, price, at }: TradeFrame): void {
    if (!this.isOn || !this.#state.book.isLive) return
    this.prints.add(opposite(taker), price, at - REORDER_MS, at)
  }

  /** Before the reply is applied: the order still says what was asked. */
  onReply(kind: IntentKind, order: Order, outcome: Outcome<Ack>, at: Millis): void {
    if (!this.isOn || !this.#state.book.isLive) return
    const { side, next, requests } = order
    const from = this.#knownFrom(requests.sentAt)
    if (kind === 'place' && isCrossRefusal(outcome)) this.refusals.add(side, next.price, from, at)
    else if (outcome.kind === 'accepted') {
      const grew = next.price !== order.price || next.remaining > order.remaining
      if (kind === 'place' || (kind === 'amend' && grew)) {
        this.ownOrders.add(side, next.price, from, at)
      }
    }
  }

  /** The exchange has taken an order and canceled it because it would have traded. */
  onCrossCancel({ side, price, requests }: Order, at: Millis): void {
    if (!this.isOn || !this.#state.book.isLive) return
    this.refusals.add(side, price, this.#knownFrom(requests.sentAt), at)
  }

  onMarketRead({ status, yesBid, yesAsk }: Market, askedAt: Millis, at: Millis): void {
    this.#readWantedAt = Math.max(this.#readWantedAt, askedAt)
    if (!this.isOn || yesBid === undefined || yesAsk === undefined || !isTradable(status)) return
    const verdict = this.reads.hear(yesBid, yesAsk, askedAt, at, this.#state.book)
    this.#conclude('market-read', verdict, askedAt, at)
  }

  /** @param report null where the question has failed */
  onBookRead(report: BookReport | null, askedAt: Millis, at: Millis): void {
    if (report === null) {
      this.#auditAt = Math.min(this.#auditAt, at + AUDIT_RETRY_MS)
      return
    }
    this.#conclude('audit', this.audit.hear(report, askedAt, at, this.#state.book), askedAt, at)
  }

  /** When `look` has something to do by itself. */
  get nextAt(): Millis {
    if (!this.isOn) return NEVER
    const { trust, feed, book } = this.#state
    if (!book.isLive) return feed.isUp ? trust.nextAt : NEVER
    const reads = Math.min(this.reads.dueAt, this.audit.dueAt)
    return Math.min(this.#claimsDueAt, reads, this.#readDueAt, this.#auditDueAt)
  }

  get #claimsDueAt(): Millis {
    return Math.min(this.prints.dueAt, this.refusals.dueAt, this.ownOrders.dueAt)
  }

  /** Judges what is due, and asks for what is to be read. */
  look(at: Millis): void {
    const { trust, feed, book, out } = this.#state
    if (!this.isOn) {
      trust.isDoubted = false
      return
    }
    if (!book.isLive) {
      this.#forget()
      if (feed.isUp && trust.isOverdue(at)) this.#doubt('link', at)
      return
    }
    this.#tops.roll(book, at)
    // Most decisions have nothing to judge.
    if (at >= this.#claimsDueAt) this.#judgeClaims(at)
    const { reads, audit } = this
    if (at >= reads.dueAt) {
      const { bid, ask } = reads.held!
      const detail = { read_bid: bid / PRICE_ONE, read_ask: ask / PRICE_ONE }
      this.#conclude('market-read', reads.judge(at, book), at, at, detail)
    }
    if (at >= audit.dueAt) this.#conclude('audit', audit.judge(at, book), at, at)
    if (at >= this.#readDueAt) this.#wantRead(at)
    if (at < this.#auditDueAt) return
    this.#auditAt = at + this.#state.parameters.strategy.audit_seconds * 1000
    out.push({ type: 'ask', what: 'book', since: 0 })
  }

  /** When the market is to be read because the book is silent, or doubted. */
  get #readDueAt(): Millis {
    if (!this.isWatched || !this.#state.book.isLive) return NEVER
    const { trust, parameters } = this.#state
    const silenceMs = parameters.strategy.verify_after_seconds * 1000
    if (trust.isDoubted) return this.#readWantedAt + Math.min(RECHECK_MS, silenceMs)
    return Math.max(this.levels.lastAt, this.#readWantedAt) + silenceMs
  }

  get #auditDueAt(): Millis {
    const isOff = (this.#state.parameters.strategy.audit_seconds ?? 0) === 0
    return isOff || !this.isWatched || !this.#state.book.isLive ? NEVER : this.#auditAt
  }

  #judgeClaims(at: Millis): void {
    const { levels, prints, refusals, ownOrders } = this
    const printed = prints.judge(at, ({ side, price, from }) =>
      levels.reaches(from) ? levels.hasMoved(side, price, 'down', from) : null,
    )
    // Trades may be made in ways that we do not know of. Only a book that has been silent all the
    // while is proved wrong by them alone; otherwise the read decides.
    const silent = levels.lastAt < prints.unexplainedSince
    this.#conclude('prints', printed === 'proof' && !silent ? 'suspect' : printed, at, at)
    const refused = refusals.judge(at, ({ side, price, from }) => {
      if (!levels.reaches(from)) return null
      const { lowAsk, highBid } = this.#tops.since(from, this.#state.book)
      return side === 'bid' ? lowAsk <= price : highBid >= price
    })
    this.#conclude('refusals', refused, at, at)
    const shown = ownOrders.judge(at, ({ side, price, from }) => {
      if (!levels.reaches(from)) return null
      if (!levels.hasMoved(side, price, 'up', from)) return this.#showsOurs ? false : null
      this.#showsOurs = true
      return true
    })
    this.#conclude('own-orders', shown, at, at)
  }

  /** @param spokenAt when a read that agrees was asked for */
  #conclude(who: WitnessName, verdict: Verdict, spokenAt: Millis, at: Millis, detail?: Detail) {
    if (verdict === 'proof') this.#prove(who, detail ?? {}, at)
    else if (verdict === 'suspect') {
      if (who === 'audit') this.#auditAt = at
      if (who === 'market-read' || at >= this.#suspectedAt + SUSPECT_EVERY_MS) {
        this.#suspectedAt = at
        this.#wantRead(at)
      }
    } else if (verdict === 'agrees' && who === 'market-read' && spokenAt >= this.levels.startedAt) {
      const { lastAt, startedAt } = this.levels
      const isAlive = lastAt >= startedAt + LAG_MS
      if (this.#state.trust.agreed(at, isAlive)) this.#state.log('info', 'book-confirmed', {})
    }
  }

  #prove(witness: WitnessName, detail: Detail, at: Millis): void {
    const { book, trust } = this.#state
    const [[bid] = [0]] = book.depth('bid', 1)
    const [[ask] = [PRICE_ONE]] = book.depth('ask', 1)
    const ours = { bid: bid / PRICE_ONE, ask: ask / PRICE_ONE }
    const silentMs = at - this.levels.lastAt
    this.#state.log('error', 'book-contradicted', { witness, ...ours, ...detail, silentMs })
    this.#forget()
    this.#doubt(trust.contradicted(at), at)
  }

  /** A request sent after the snapshot concerns this book alone, however soon after it. */
  #knownFrom(sentAt: Millis): Millis {
    const { startedAt } = this.levels
    return sentAt < startedAt ? sentAt : Math.max(startedAt, sentAt - REORDER_MS)
  }

  #wantRead(at: Millis): void {
    this.#readWantedAt = at
    this.#state.recovery.inquiries.wantUnlessAsked('market', at)
  }

  #forget(): void {
    for (const witness of [this.reads, this.audit, this.prints, this.refusals, this.ownOrders]) {
      witness.restart()
    }
  }
}

/**
 * Whether a post-only order was refused, or taken and killed at once, because it would have traded.
 */
const isCrossRefusal = (outcome: Outcome<Ack>): boolean => {
  if (outcome.kind === 'rejected') return /post.?only/i.test(`${outcome.code} ${outcome.detail}`)
  return outcome.kind === 'accepted' && outcome.value.remaining === 0 && outcome.value.filled === 0
}
