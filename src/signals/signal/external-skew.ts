// External skew: what anything beyond our own book says about the price, as one interface.
//
// In: nothing; a source answers at once from what it already knows, and fetches off the path of a
// quote. Out: cents, quotes to pull, and until when. The built-in source knows
// nothing.

import type { Event } from '../../core/vocabulary/events.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import type { PullSide } from '../common/types.ts'

export interface SkewAnswer {
  /** Cents of YES to add to the fair value; positive means worth more. */
  readonly cents: number
  /** Quotes that must not stand; null for none. */
  readonly pull: PullSide | null
  /** End of the pull, by our clock; 0 without one. */
  readonly until: Millis
}

/** One source for one ticker. */
export interface ExternalSkew {
  /** What the source knows now. Never waits. */
  skew(): SkewAnswer
}

export const NO_SKEW: SkewAnswer = { cents: 0, pull: null, until: 0 }

/** The source that knows nothing. */
export const none: ExternalSkew = { skew: () => NO_SKEW }

const REPEAT_EVERY: Millis = 30_000
/** A change of the skew that is worth a decision of the engine, cents. */
const STEP_CENTS = 0.005
/**
 * Ages that cross between objects shift by milliseconds: a pull that ends this near is the same
 * one.
 */
const SAME_PULL: Millis = 1_000

/** Asks one source and notifies the engine of what has changed since the last event. */
export class SkewRelay {
  #source: ExternalSkew = none
  readonly #deliver: (event: Event) => void
  #sent = NO_SKEW
  #sentAt: Millis = 0

  constructor(deliver: (event: Event) => void) {
    this.#deliver = deliver
  }

  /** Asks this source from now on. A skew that stands is repeated: the engine may be a new one. */
  use(source: ExternalSkew): void {
    this.#source = source
    this.#sentAt = 0
  }

  /** Cents of the last event. */
  get cents(): number {
    return this.#sent.cents
  }

  /** Asks the source at `at`, our clock; call it whenever the source may say something else. */
  relay(at: Millis): void {
    const { cents, pull, until } = this.#source.skew()
    const sent = this.#sent
    const moved = pull !== sent.pull || Math.abs(until - sent.until) > SAME_PULL
    const stepped =
      Math.abs(cents - sent.cents) > STEP_CENTS || (cents === 0) !== (sent.cents === 0)
    const again = (cents !== 0 || pull !== null) && Math.abs(at - this.#sentAt) >= REPEAT_EVERY
    if (!moved && !stepped && !again) return
    this.#sent = { cents, pull, until }
    this.#sentAt = at
    this.#deliver({ type: 'alpha', at, cents, pull: pull ?? 'none', until })
  }
}
