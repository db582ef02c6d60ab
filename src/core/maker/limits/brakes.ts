// Looks once a second, and after each fill, at what the maker has lost and how it sends orders, and
// halts it when a brake has been run over.
//
// In: the state after an event. Out: a trip, which cancels everything and lasts until a person
// releases it; and the use of each brake, for the status. Equity counts an open position at what
// the book of others would pay for it now. On a dark book the last such price holds: a position is
// never worth nothing because nobody can be seen.

import { dayOf, LossBrakes, type LossMemory } from '../../guards/loss-brakes.ts'
import { OrderRate, RejectShare, verdictOf } from '../../guards/request-brakes.ts'
import type { IntentKind } from '../../vocabulary/events.ts'
import type { Outcome } from '../../vocabulary/outcome.ts'
import { type LatchCode, LOSS_BRAKES } from '../../vocabulary/reason-codes.ts'
import { DOLLAR, type Millis, type Money } from '../../vocabulary/units.ts'
import { ExitPrice } from '../account/exit-price.ts'
import type { MakerState } from '../state.ts'

const EVERY_MS = 1000

/** What survives a restart, as plain JSON. */
export interface BrakeMemory {
  readonly losses: LossMemory
}

export class Brakes {
  readonly losses = new LossBrakes()
  readonly rate = new OrderRate()
  readonly rejects = new RejectShare()
  readonly exit: ExitPrice
  readonly #state: MakerState
  #lookedAt: Millis = Number.NEGATIVE_INFINITY
  #fills = 0
  #restarts = false
  /** Our own gain of the day when the desk's terms came. */
  #gainAtTerms: Money = 0

  constructor(state: MakerState) {
    this.#state = state
    this.exit = new ExitPrice(state)
  }

  get memory(): BrakeMemory {
    return { losses: this.losses.memory }
  }

  /** Changes when a session or a day has begun, or the peak has moved by a dime. */
  get stamp(): string {
    const { since, day, peak } = this.losses
    return `${since} ${day} ${Math.floor((peak / DOLLAR) * 10)}`
  }

  restore(memory: BrakeMemory): void {
    this.losses.restore(memory.losses)
  }

  /** A person has looked: a new session begins, with a new peak. The day goes on. */
  rearm(): void {
    this.#restarts = true
    this.#lookedAt = Number.NEGATIVE_INFINITY
    this.rate.clear()
    this.rejects.clear()
  }

  /** The desk's terms have just come. */
  onTerms(at: Millis): void {
    this.#gainAtTerms = this.losses.dayGain(at)
    this.#lookedAt = Number.NEGATIVE_INFINITY
  }

  /** Counts the outcome of a request, where it says anything about the order. */
  onReply(kind: IntentKind, outcome: Outcome<unknown>, at: Millis): void {
    if (kind !== 'cancel') this.rejects.add(verdictOf(outcome), at)
  }

  /** Runs at every decision; looks when a second has passed or a fill has come. */
  check(at: Millis): void {
    const { recovery, book, execution } = this.#state
    const { counters } = execution
    this.rate.count(counters.placed + counters.amended + counters.renewed, at)
    // A clock that steps back must not put off the next look.
    const isDue = at >= this.#lookedAt + EVERY_MS || at < this.#lookedAt
    if (!isDue && counters.fills === this.#fills) return
    // Until fills and position have been read, the sums lack what happened meanwhile.
    if (!recovery.isDone) return
    // While it is dark every step looks, so that the first one with a book does.
    if (book.isLive) this.#lookedAt = at
    this.#fills = counters.fills
    const code = this.#look(at)
    const { operator, flatten } = this.#state
    if (code === null || operator === 'halt' || operator === 'stop') return
    this.#state.trip(code, this.#detail(code, at), at)
    // Too many orders, or refused ones, are no reason to send more.
    if ((LOSS_BRAKES as readonly string[]).includes(code)) flatten.onBrake(at)
  }

  #look(at: Millis): LatchCode | null {
    const { limits } = this.#state.parameters
    const equity = this.exit.equity(at)
    if (equity !== null) this.#value(equity, at)
    if (this.rate.lastMinute(at) > limits.max_orders_per_minute) return 'order-rate'
    if (this.rejects.share(at) > limits.max_reject_share) return 'reject-share'
    if (equity === null) return null
    const { max_session_loss, max_drawdown } = limits
    const own = this.losses.crossed(max_session_loss * DOLLAR, max_drawdown * DOLLAR)
    if (own !== null) return own
    return this.dayLoss(at) > this.dayLimit(at) ? 'daily-loss' : null
  }

  #value(equity: Money, at: Millis): void {
    const { losses } = this
    losses.look(equity, at)
    if (this.#restarts) {
      this.#restarts = false
      losses.restart(equity, at)
    }
  }

  /** Lost by all tickers in the UTC day; negative for a gain. */
  dayLoss(at: Millis): Money {
    const { terms } = this.#state.deskRoom
    const others = terms !== null && terms.day === dayOf(at) ? terms.othersGain : 0
    return -this.losses.dayGain(at) - others
  }

  /**
   * The day's loss beyond which this maker halts. When the desk does not answer any more, nobody
   * tells what others lose meanwhile: then each has its share of what was left.
   */
  dayLimit(at: Millis): Money {
    const { terms } = this.#state.deskRoom
    if (terms === null) return Number.POSITIVE_INFINITY
    if (at <= terms.until || terms.day !== dayOf(at)) return terms.maxDailyLoss
    const share = terms.dayRoom - this.#gainAtTerms - terms.othersGain
    return Math.min(terms.maxDailyLoss, share)
  }

  #detail(code: LatchCode, at: Millis): Record<string, number> {
    const { losses } = this
    switch (code) {
      case 'order-rate':
        return { orders: this.rate.lastMinute(at) }
      case 'reject-share':
        return { share: this.rejects.share(at) }
      case 'daily-loss':
        return { lost: this.dayLoss(at) / DOLLAR, own: -losses.dayGain(at) / DOLLAR }
      case 'drawdown':
        return { lost: losses.drawdown / DOLLAR, peak: losses.peak / DOLLAR }
      default:
        return { lost: losses.sessionLoss / DOLLAR, since: losses.since }
    }
  }
}
