// Notices that a maker loses: since its session began, from its highest equity, and in the UTC day.
//
// In: the equity at each look, with open positions at what they would fetch now. Out: the brake
// that has been run over, and what each still allows. A session begins with a person: when the
// ticker is added, and with each release. All of it survives a restart.

import type { LossBrake } from '../vocabulary/reason-codes.ts'
import type { Millis, Money } from '../vocabulary/units.ts'

const DAY_MS = 86_400_000

/** The UTC day of a time, counted from 1970. */
export const dayOf = (at: Millis): number => Math.floor(at / DAY_MS)

/** What survives a restart, as plain JSON. */
export interface LossMemory {
  readonly since: Millis
  readonly start: Money
  readonly peak: Money
  readonly day: number
  readonly dayStart: Money
  readonly last: Money
}

export class LossBrakes {
  /** When the session began; 0 before the first look. */
  since: Millis = 0
  /** Equity at the start of the session, and its highest since. */
  start: Money = 0
  peak: Money = 0
  /** The UTC day, and the equity with which it began. */
  day = 0
  dayStart: Money = 0
  /** Equity at the last look. */
  last: Money = 0

  /** A look at the equity. The first one begins the session. */
  look(equity: Money, at: Millis): void {
    const day = dayOf(at)
    if (this.since === 0) {
      this.restart(equity, at)
      this.day = day
      this.dayStart = equity
    }
    // The day begins with what the day before has ended with. A clock that steps back across
    // midnight begins none.
    if (day > this.day) {
      this.day = day
      this.dayStart = this.last
    }
    if (equity > this.peak) this.peak = equity
    this.last = equity
  }

  /** A new session, with a new peak. The day goes on. */
  restart(equity: Money, at: Millis): void {
    this.since = at
    this.start = equity
    this.peak = equity
    this.last = equity
  }

  /** Lost since the session began; negative for a gain. */
  get sessionLoss(): Money {
    return this.start - this.last
  }

  /** Below the highest equity of the session, at least 0. */
  get drawdown(): Money {
    return this.peak - this.last
  }

  /** Gained in the UTC day of `at`; negative for a loss. */
  dayGain(at: Millis): Money {
    return dayOf(at) > this.day ? 0 : this.last - this.dayStart
  }

  /** The brake that the losses at the last look have run over; null for none. */
  crossed(maxSession: Money, maxDrawdown: Money): Exclude<LossBrake, 'daily-loss'> | null {
    if (this.since === 0) return null
    if (this.sessionLoss > maxSession) return 'session-loss'
    return this.drawdown > maxDrawdown ? 'drawdown' : null
  }

  get memory(): LossMemory {
    const { since, start, peak, day, dayStart, last } = this
    return { since, start, peak, day, dayStart, last }
  }

  restore({ since, start, peak, day, dayStart, last }: LossMemory): void {
    Object.assign(this, { since, start, peak, day, dayStart, last })
  }
}
