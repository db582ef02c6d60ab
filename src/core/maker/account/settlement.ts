// Waits for the market's payout and books it: asks for the settlement once the outcome is known,
// until it is paid.
//
// In: the market, the fills, answers to the question. Out: the question, and a ledger in which
// nothing is held any more. A market that has settled while the maker slept is found when it wakes:
// it asks again at each start. A scalar outcome is left to a person.

import { settlementOf } from '../../ledger/exchange-account.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Inquiries } from '../../recovery/reconciliation.ts'
import { READ_LAG_MS } from '../../recovery/reconciliation.ts'
import { backoffMs } from '../../vocabulary/backoff.ts'
import type { ControlEvent, Effect, LogLevel, SettlementReport } from '../../vocabulary/events.ts'
import { isFinal, type Market } from '../../vocabulary/market.ts'
import {
  CONTRACT,
  DOLLAR,
  type Millis,
  type Money,
  PRICE_ONE,
  type Quantity,
} from '../../vocabulary/units.ts'

const NEVER = Number.POSITIVE_INFINITY
const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 60_000

/** The part of a maker's state that is read and changed. */
interface Account {
  readonly ticker: string
  readonly market: Market | null
  readonly ledger: Ledger
  readonly recovery: { readonly inquiries: Inquiries }
  readonly out: Effect[]
  log(
    level: LogLevel,
    event: string,
    detail: Record<string, string | number | boolean | null>,
  ): void
}

export class SettlementWatch {
  /** The exchange has paid something that we do not book: a person must look. */
  isRefused = false
  readonly #account: Account
  /** Fills asked for from then on contain all that there will ever be; null before the outcome. */
  #fillsFrom: Millis | null = null
  #dueAt: Millis = NEVER
  #isAsked = false
  #failures = 0

  constructor(account: Account) {
    this.#account = account
  }

  /** The outcome is known, something is held, and the payout has not been booked. */
  get isOwed(): boolean {
    const { market, ledger } = this.#account
    return isFinal(market) && ledger.position !== 0 && !this.isRefused
  }

  /** When `step` has something to do by itself. */
  get nextAt(): Millis {
    return this.#isAsked || !this.#knowsFills ? NEVER : this.#dueAt
  }

  get #knowsFills(): boolean {
    const { inquiries } = this.#account.recovery
    return this.#fillsFrom !== null && inquiries.answeredAskedAt('fills') >= this.#fillsFrom
  }

  /** The maker starts, or wakes: what was not paid may be by now. */
  again(at: Millis): void {
    if (this.#fillsFrom !== null && !this.isRefused) this.#dueAt = Math.min(this.#dueAt, at)
  }

  /** Asks where an answer is due. Fills come first: with all of them the books can be compared. */
  step(at: Millis): void {
    const { market, ledger, recovery, out } = this.#account
    if (ledger.settlement !== null || !isFinal(market)) {
      this.#fillsFrom = null
      this.#dueAt = NEVER
      return
    }
    if (this.#fillsFrom === null) {
      this.#fillsFrom = at + READ_LAG_MS
      this.#dueAt = at
      this.#failures = 0
    }
    if (!this.#knowsFills) recovery.inquiries.ensure('fills', Math.max(at, this.#fillsFrom))
    else if (!this.#isAsked && at >= this.#dueAt) {
      this.#isAsked = true
      out.push({ type: 'ask', what: 'settlement', since: 0 })
    }
  }

  /** The question has failed. */
  failed(at: Millis): void {
    this.#isAsked = false
    this.#retry(at)
  }

  /** Books the payout; true when it has. */
  answered(event: Extract<ControlEvent, { what: 'settlement' }>): boolean {
    const { ledger, ticker } = this.#account
    const { at, outcome } = event
    this.#isAsked = false
    if (outcome.kind !== 'accepted' || ledger.settlement !== null) return false
    const rows = outcome.value.filter((row) => row.ticker === ticker)
    if (rows.length === 0) {
      // Nothing was ever held, or it is not paid yet.
      if (ledger.position === 0) this.#dueAt = NEVER
      else this.#retry(at)
      return false
    }
    const row = rows.length === 1 ? rows[0]! : this.#ours(rows)
    if (row === null) {
      this.#account.log('error', 'settlement-unclear', { rows: rows.length })
      this.#retry(at)
      return false
    }
    return this.#book(row)
  }

  #retry(at: Millis): void {
    this.#dueAt = at + backoffMs(this.#failures, FIRST_RETRY_MS, LAST_RETRY_MS)
    this.#failures++
  }

  /** The one row for what we hold, where the exchange lists other subaccounts too. */
  #ours(rows: readonly SettlementReport[]): SettlementReport | null {
    const { position } = this.#account.ledger
    const fitting = rows.filter((row) => netOf(row) === position)
    return fitting.length === 1 ? fitting[0]! : null
  }

  #book(row: SettlementReport): boolean {
    const { ledger } = this.#account
    const { result, revenue } = row
    const { position } = ledger
    const [net, paid] = [netOf(row), revenue / DOLLAR]
    if (result === 'scalar') {
      this.isRefused = true
      this.#dueAt = NEVER
      this.#account.log('error', 'settlement-refused', { result, paid })
      return false
    }
    const expected = revenueOf(result, position)
    if (position !== net || (expected !== null && expected !== revenue)) {
      this.#account.log('error', 'settlement-differs', {
        ...{ position: position / CONTRACT, exchange_position: net / CONTRACT },
        ...{ expected: expected === null ? null : expected / DOLLAR, paid },
      })
    }
    ledger.settle(settlementOf(row))
    this.#account.log('info', 'settled', { result, position: position / CONTRACT, paid })
    return true
  }
}

const netOf = ({ yesCount, noCount }: SettlementReport): Quantity => yesCount - noCount

/** What a position is paid by the market's rules; null where those do not say. */
const revenueOf = (result: string, position: Quantity): Money | null => {
  if (result === 'yes') return Math.max(0, position) * PRICE_ONE
  return result === 'no' ? Math.max(0, -position) * PRICE_ONE : null
}
