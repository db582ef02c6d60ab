// The laws of the brakes of last resort: cancels leave at once, and nothing is quoted on what has
// not been compared with the exchange for long.

import type { Event } from '../../src/core/vocabulary/events.ts'
import { MOST_BUT_CANCELS, MOST_IN_FLIGHT } from '../../src/durable/maker/request-places.ts'
import type { Life } from '../world/life.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const COMPARED = ['orders', 'fills', 'position'] as const
const ROUNDS = 3
/** Clocks jump, and an answer takes its time. */
const SLACK_MS = 5_000

export class FuseLaws {
  readonly #scene: Scene
  readonly #law: Law
  /** When each of the compared reads last came back good; absent before the first. */
  readonly #read = new Map<string, number>()

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  born(): void {
    this.#read.clear()
  }

  received(event: Event): void {
    if (event.type !== 'answer' || event.outcome.kind !== 'accepted') return
    this.#read.set(event.what, this.#scene.mailbox.now)
  }

  check(life: Life): void {
    this.#cancelsLeave(life)
    if (life.engine.decider.phase !== 'quoting') return
    const { mailbox, parameters } = this.#scene
    const most = ROUNDS * parameters.strategy.reconcile_seconds * 1000 + SLACK_MS
    for (const what of COMPARED) {
      const age = mailbox.now - (this.#read.get(what) ?? 0)
      if (age <= most) continue
      this.#law('quotes need a recent comparison', false, () => `${what} read ${age} ms ago`)
    }
  }

  #cancelsLeave({ runner: { places } }: Life): void {
    if (places.waiting('cancel') === 0) return
    const full = places.inFlight() === MOST_IN_FLIGHT
    const cancels = places.inFlight('cancel')
    this.#law(
      'a cancel waits for cancels only',
      full && cancels >= MOST_IN_FLIGHT - MOST_BUT_CANCELS,
      () => `${places.inFlight()} in flight, ${cancels} of them cancels`,
    )
  }
}
