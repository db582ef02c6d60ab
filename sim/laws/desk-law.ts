// What must hold while nobody could tell the maker of a halt: it places nothing, and what it has
// placed goes away.

import { HALT_UNKNOWN_MS } from '../../src/core/maker/limits/desk-watch.ts'
import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** Clocks jump, and the last renewal is dated by our own. */
const CLOCK_SLACK_MS = 1_000
/** Time for a cancel, its retries and a listing. */
const GONE_WITHIN_MS = 15_000
const OWN = 'kmm-'

export class DeskLaw {
  readonly #scene: Scene
  readonly #law: Law
  /** Since when the maker could have canceled; Infinity while it cannot. */
  #ableSince = Number.POSITIVE_INFINITY

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  /** An order that may rest is about to be sent. */
  sent(): void {
    const { desk, mailbox } = this.#scene
    if (!desk.isHeard) return
    const silence = mailbox.now - desk.heardAt
    const known = silence <= HALT_UNKNOWN_MS + CLOCK_SLACK_MS
    this.#law('no order while a halt could not be heard of', known, () => `after ${silence} ms`)
  }

  /** @param linkUpAt since when the maker is connected; Infinity when it is not */
  check(linkUpAt: number): void {
    const { desk, mailbox, life, account, listing } = this.#scene
    if (!desk.isHeard) return
    const able = life !== null && linkUpAt <= mailbox.now && listing.status === 'active'
    if (!able) this.#ableSince = Number.POSITIVE_INFINITY
    else if (this.#ableSince > mailbox.now) this.#ableSince = mailbox.now
    const since = Math.max(desk.heardAt + HALT_UNKNOWN_MS, this.#ableSince)
    if (mailbox.now <= since + GONE_WITHIN_MS + CLOCK_SLACK_MS) return
    for (const order of account.holding(listing.ticker).resting) {
      const { clientOrderId: id } = order
      if (!id.startsWith(OWN) || id.startsWith(PROBE_PREFIX)) continue
      const late = `${id}, ${mailbox.now - desk.heardAt} ms after the last word`
      this.#law('nothing rests for long while a halt could not be heard of', false, () => late)
    }
  }
}
