// Notices that the exchange has paused trading, and when it goes on.
//
// No frame announces a pause: orders are refused with 409, ours are canceled, or everything answers
// 503. Each of these asks for the exchange's status; while that says paused nothing is tried. The
// status may lag or be unreadable, so a pause that was refused into lasts a while in any case, and
// one that nobody can confirm is tried again after a minute. Parameters from before 0.4.0 lack the
// key that turns this on, so that their journals replay as they were decided.

import type { Recovery } from '../../recovery/recovery.ts'
import { backoffMs } from '../../vocabulary/backoff.ts'
import type {
  ControlEvent,
  Effect,
  ExchangeReport,
  LogLevel,
  OrderReport,
} from '../../vocabulary/events.ts'
import type { Market } from '../../vocabulary/market.ts'
import type { Parameters } from '../../vocabulary/parameters.ts'
import type { Millis } from '../../vocabulary/units.ts'

const ASK_EVERY_MS = 15_000
/** After a 503: it may have another cause, again and again. */
const DOUBT_EVERY_MS = 10_000
/** Doubled each time that orders are refused again soon after the exchange has said active. */
const FIRST_HOLD_MS = 10_000
const LONGEST_HOLD_MS = 60_000
/** Without a readable status for so long, an order has to find out. */
const UNCONFIRMED_MS = 60_000
const NEVER = Number.POSITIVE_INFINITY

/** What is used of the maker's state. */
interface Surroundings {
  readonly parameters: Parameters
  readonly market: Market | null
  readonly recovery: Pick<Recovery, 'askAll'>
  readonly out: Effect[]
  log(level: LogLevel, event: string, detail: Record<string, string | number>): void
}

export class ExchangeWatch {
  isPaused = false
  readonly #state: Surroundings
  #askAt: Millis = NEVER
  #isAsking = false
  #askedAt: Millis = Number.NEGATIVE_INFINITY
  #pausedAt: Millis = 0
  #holdUntil: Millis = 0
  #holds = 0
  #resumedAt: Millis = Number.NEGATIVE_INFINITY
  /** When trading is tried again; Infinity while the exchange says paused. */
  #resumeAt: Millis = NEVER

  constructor(state: Surroundings) {
    this.#state = state
  }

  /** The outcome of a request: a refusal may name a pause, and a 503 may mean one. */
  onOutcome({ at, outcome }: Extract<ControlEvent, { type: 'reply' | 'answer' }>): void {
    if (!this.#isOn) return
    if (outcome.kind === 'rejected' && outcome.status === 409 && isPause(outcome.code)) {
      this.#refused(at)
    } else if (outcome.kind === 'unknown' && /HTTP 50[34]/.test(outcome.detail)) this.#doubt(at)
  }

  /** A report on an order of ours: a pause cancels it. */
  onReport(report: OrderReport, at: Millis): void {
    if (this.#isOn && report.reason === 'HaltCancel') this.#doubt(at)
  }

  /** The answer to the question for the exchange's status; null where it could not be read. */
  answered(report: ExchangeReport | null, askedAt: Millis, at: Millis): void {
    this.#isAsking = false
    const shard = this.#state.market?.exchangeIndex ?? 0
    if (report === null) {
      if (this.isPaused) this.#askAt = at + ASK_EVERY_MS
    } else if (report.shards[shard] ?? report.isTrading) {
      if (this.isPaused && askedAt >= this.#pausedAt) {
        this.#resumeAt = Math.max(at, this.#holdUntil)
      }
    } else {
      this.#pause(at)
      this.#askAt = at + ASK_EVERY_MS
      this.#resumeAt = at + UNCONFIRMED_MS
    }
  }

  /** Asks what is due, and ends a pause that is over. */
  step(at: Millis): void {
    const { out, recovery } = this.#state
    if (this.isPaused && at >= this.#resumeAt) {
      this.isPaused = false
      this.#resumedAt = at
      this.#askAt = NEVER
      // A pause has canceled what rested.
      recovery.askAll(at)
      this.#state.log('info', 'exchange-resumed', { paused_ms: at - this.#pausedAt })
    }
    if (this.#isAsking || at < this.#askAt) return
    this.#isAsking = true
    this.#askedAt = at
    this.#askAt = NEVER
    out.push({ type: 'ask', what: 'exchange', since: 0 })
  }

  get nextAt(): Millis {
    const ask = this.#isAsking ? NEVER : this.#askAt
    return this.isPaused ? Math.min(ask, this.#resumeAt) : ask
  }

  get #isOn(): boolean {
    return this.#state.parameters.strategy.exchange_status === 'on'
  }

  #refused(at: Millis): void {
    if (this.isPaused) return
    this.#holds = at < this.#resumedAt + UNCONFIRMED_MS ? this.#holds + 1 : 0
    this.#holdUntil = at + backoffMs(this.#holds, FIRST_HOLD_MS, LONGEST_HOLD_MS)
    this.#pause(at)
    this.#resumeAt = at + UNCONFIRMED_MS
    this.#askAt = at
  }

  #pause(at: Millis): void {
    if (this.isPaused) return
    this.isPaused = true
    this.#pausedAt = at
    this.#state.log('warn', 'exchange-paused', {})
  }

  #doubt(at: Millis): void {
    this.#askAt = Math.min(this.#askAt, Math.max(at, this.#askedAt + DOUBT_EVERY_MS))
  }
}

/** One market's own pause has the same code: its status tells, which is read as well. */
const isPause = (code: string): boolean =>
  code.startsWith('exchange_is_paused') || code.startsWith('trading_is_paused')
