// The laws of the order group: once it has tripped at the exchange the maker stands still, soon
// where it was told, and before long where nobody told it; and what rests is in its group.

import type { Event } from '../../src/core/vocabulary/events.ts'
import type { Life } from '../world/life.ts'
import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

const HEARD_MS = 3_000
/** The group is read every minute; a read may fail a few times. */
const UNHEARD_MS = 90_000
/** What was decided before the group was known has arrived by then. */
const JOINED_MS = 8_000
/** What says tripped soon after a reset is checked by a read first. */
const SETTLED_MS = 12_000

export class GroupLaw {
  readonly #scene: Scene
  readonly #law: Law
  #usedSince = 0
  #used = ''
  /** Since when the maker has been quoting while its group is tripped; 0 while it is not. */
  #quotingSince = 0
  #heardAt = 0
  #armedAt = 0

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  received(event: Event): void {
    if (event.type !== 'group' || event.change !== 'triggered') return
    const { group, mailbox } = this.#scene
    const { now } = mailbox
    if (group.used?.id === event.groupId && group.used.triggered) this.#heardAt ||= now
  }

  /** An order is about to arrive. */
  arriving({ method, path, body, life }: Parcel): void {
    if (method !== 'POST' || !path.endsWith('/events/orders')) return
    const { group, mailbox, lifeNumber } = this.#scene
    if (life !== lifeNumber || group.used === null || this.#used !== group.used.id) return
    if (mailbox.now < this.#usedSince + JOINED_MS) return
    // What takes at once, and only reduces, never rests.
    if (body?.reduce_only === true && body.time_in_force === 'immediate_or_cancel') return
    const id = body?.order_group_id
    this.#law('an order that may rest is in its group', id === this.#used, () => `${id}`)
  }

  check(life: Life): void {
    const { group, mailbox } = this.#scene
    const { now } = mailbox
    const { used } = group
    if (used?.id !== this.#used) this.#usedSince = now
    this.#used = used?.id ?? ''
    const quoting = life.engine.decider.phase === 'quoting'
    if (used?.triggered !== true) {
      this.#armedAt = now
      this.#heardAt = 0
    }
    if (used?.triggered === true) {
      this.#law('ordinary trading trips no group', group.wasTripped(used.id), () => used.id)
    }
    if (used?.triggered !== true || !quoting) {
      this.#quotingSince = 0
      return
    }
    this.#quotingSince ||= now
    const heard = this.#heardAt > 0 && this.#heardAt > this.#armedAt + SETTLED_MS
    const most = heard ? HEARD_MS : UNHEARD_MS
    const since = heard ? Math.max(this.#heardAt, this.#quotingSince) : this.#quotingSince
    this.#law('a tripped group halts the maker', now - since <= most, () => {
      return `quoting for ${now - since} ms${heard ? ', though it heard of it' : ''}`
    })
  }
}
