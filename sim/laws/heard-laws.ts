// What a maker may quote on: a feed that is on time, a book that is subscribed, and both channels
// that tell of its own orders. Judged by what the exchange has subscribed and by when frames were
// sent, not by what the maker believes.

import type { Life } from '../world/life.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** To see by a frame that it is late, and clocks that differ. */
const LATE_WITHIN_MS = 2_000
/** Three lists of subscriptions, of which two may be lost or late. */
const FOUND_WITHIN_MS = 17_000
const NEEDED = ['orderbook_delta', 'fill', 'user_orders'] as const

export class HeardLaws {
  readonly #scene: Scene
  readonly #law: Law
  /** Since when each channel has been missing while the maker was connected; 0 while it is not. */
  readonly #missingSince: Record<string, number> = {}

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  check(life: Life, linkUpAt: number): void {
    const { mailbox, cable } = this.#scene
    const quoting = life.engine.decider.phase === 'quoting'
    const { now } = mailbox
    if (cable === null || !quoting) {
      for (const channel of NEEDED) this.#missingSince[channel] = 0
      return
    }
    const limit = life.engine.state.parameters.strategy.stale_after_seconds * 1000
    const late = cable.lateSince(limit + 1_000)
    const held = late === 0 || now - late <= LATE_WITHIN_MS
    this.#law('nothing is quoted on a feed that lags', held, () => `late for ${now - late} ms`)
    if (!cable.isOpen || now < linkUpAt) return
    for (const channel of NEEDED) {
      if (this.#scene.subscribed.has(channel)) this.#missingSince[channel] = 0
      else this.#missingSince[channel] ||= now
      const since = this.#missingSince[channel] ?? 0
      const found = since === 0 || now - since <= FOUND_WITHIN_MS
      this.#law('nothing is quoted without its channels', found, () => `${channel} lacks`)
    }
  }
}
