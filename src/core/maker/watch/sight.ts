// Decides whether the maker can still know its own orders, fills and position.
//
// In: the outcome of every request, and when orders, fills and position were last read. Out: the
// reason for being blind, or null. Blindness ends with a good read of all three, asked since.

import { Contact } from '../../guards/contact.ts'
import type { ControlEvent } from '../../vocabulary/events.ts'
import type { BlindReason } from '../../vocabulary/reason-codes.ts'
import type { Millis } from '../../vocabulary/units.ts'
import type { MakerState } from '../state.ts'

/** Rounds of reconciliation that may fail. */
const ROUNDS = 3

export class Sight {
  readonly #contact = new Contact()
  readonly #state: MakerState
  #reason: BlindReason | null = null
  #since: Millis = 0

  constructor(state: MakerState) {
    this.#state = state
  }

  /** The outcome of a request. A key that is refused for good halts the maker. */
  onOutcome(event: Extract<ControlEvent, { type: 'reply' | 'answer' }>): void {
    const { at, outcome } = event
    const call = event.type === 'reply' ? event.kind : event.what
    if (!this.#contact.note(call, outcome, at) || outcome.kind !== 'rejected') return
    const { status, code, detail } = outcome
    this.#state.trip('key-refused', { call, status, code, detail }, at)
  }

  /** A person has released or resumed the maker. */
  forgive(): void {
    this.#contact.forgive()
  }

  /** Why the maker is blind; null while it sees. */
  update(at: Millis): BlindReason | null {
    const { recovery } = this.#state
    const reason = this.#contact.lost(at) ?? (at >= this.#blindAt ? 'no-reconcile' : null)
    if (reason !== null) {
      if (this.#reason === null) {
        this.#since = at
        recovery.askAll(at)
      }
      this.#reason = reason
    } else if (this.#reason !== null && recovery.reconciledAt >= this.#since) this.#reason = null
    return this.#reason
  }

  /** When time alone makes the maker blind. */
  get nextAt(): Millis {
    return this.#reason === null ? this.#blindAt : Number.POSITIVE_INFINITY
  }

  /** Before the recovery is done there is nothing to have lost sight of. */
  get #blindAt(): Millis {
    const { recovery, parameters } = this.#state
    if (!recovery.isDone) return Number.POSITIVE_INFINITY
    return recovery.reconciledAt + ROUNDS * parameters.strategy.reconcile_seconds * 1000
  }
}
