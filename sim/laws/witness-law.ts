// What the maker believes of the best prices must not be wrong for long while it quotes: where the
// exchange would say otherwise to whoever asks, 20 seconds are enough to find out.
//
// A read that fails tells nothing, so the time counts from the last failure on.

import { PRICE_CENT, PRICE_ONE } from '../../src/core/vocabulary/units.ts'
import type { Life } from '../world/life.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const WITHIN_MS = 20_000
/** Clocks jump, and timers are set by our own. */
const SLACK_MS = 1_000
/** Best prices that are no further apart than this are close enough. */
const NEAR = PRICE_CENT

export class WitnessLaw {
  readonly #scene: Scene
  readonly #law: Law
  /** Since when the book has been wrong while the maker quoted; null while it is not. */
  #since: number | null = null

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  /** A market read of this life has failed, or a new life has begun. */
  excuse(): void {
    if (this.#since !== null) this.#since = this.#scene.mailbox.now
  }

  check(life: Life): void {
    const { listing, mailbox } = this.#scene
    const { decider, state } = life.engine
    if (decider.phase !== 'quoting' || listing.status !== 'active') {
      this.#since = null
      return
    }
    const [[bid] = [0]] = state.book.depth('bid', 1)
    const [[ask] = [PRICE_ONE]] = state.book.depth('ask', 1)
    const trueBid = Math.max(0, listing.book.best('bid'))
    const bestAsk = listing.book.best('ask')
    const trueAsk = bestAsk < 0 ? PRICE_ONE : bestAsk
    if (Math.abs(bid - trueBid) <= NEAR && Math.abs(ask - trueAsk) <= NEAR) {
      this.#since = null
      return
    }
    this.#since ??= mailbox.now
    const wrong = mailbox.now - this.#since
    this.#law(
      'no quoting on a book that has been wrong for 20 s',
      wrong <= WITHIN_MS + SLACK_MS,
      () => `${wrong} ms at ${bid}/${ask}, exchange ${trueBid}/${trueAsk}`,
    )
  }
}
