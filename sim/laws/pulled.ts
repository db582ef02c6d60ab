// What must hold while quotes are pulled for good: what the maker has placed goes away.

import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** Time for a cancel, its retries and a listing. */
const GONE_WITHIN_MS = 15_000
const OWN = 'kmm-'

export class Pulled {
  readonly #scene: Scene
  readonly #law: Law
  readonly #name: string
  /** Since when the maker could have canceled; Infinity while it cannot. */
  #ableSince = Number.POSITIVE_INFINITY

  constructor(scene: Scene, law: Law, name: string) {
    this.#scene = scene
    this.#law = law
    this.#name = name
  }

  /**
   * @param pulledAt since when nothing may rest; Infinity while it may
   * @param linkUpAt since when the maker is connected; Infinity when it is not
   */
  check(pulledAt: number, linkUpAt: number): void {
    const { mailbox, life, account, listing, fuses } = this.#scene
    const able = life !== null && linkUpAt <= mailbox.now && listing.status === 'active'
    if (!able || fuses.isRevoked) this.#ableSince = Number.POSITIVE_INFINITY
    else if (this.#ableSince > mailbox.now) this.#ableSince = mailbox.now
    const since = Math.max(pulledAt, this.#ableSince)
    if (mailbox.now <= since + GONE_WITHIN_MS) return
    for (const { clientOrderId: id } of account.holding(listing.ticker).resting) {
      if (!id.startsWith(OWN) || id.startsWith(PROBE_PREFIX)) continue
      const late = `${id}, ${mailbox.now - since} ms after it could have been canceled`
      this.#law(this.#name, false, () => late)
    }
  }
}
