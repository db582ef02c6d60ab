// What must hold while nothing can be kept: no quote goes out, and what rests goes away, whichever
// object comes back to find it.

import { Pulled } from './pulled.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** An object that comes back after one that ended itself waits this long at least. */
const QUIET_MS = 15_000

export class StorageLaw {
  readonly #scene: Scene
  readonly #law: Law
  readonly #pulled: Pulled

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
    this.#pulled = new Pulled(scene, law, 'nothing rests for long while storage refuses writes')
  }

  /** A quote is about to be sent. */
  sent(): void {
    const { storage, mailbox } = this.#scene
    if (!storage.isHere) return
    const quiet = mailbox.now - storage.endedAt
    this.#law('no order soon after the object has ended itself', quiet >= QUIET_MS, () => {
      return `after ${quiet} ms`
    })
    this.#law('no order while storage refuses writes', !storage.isFailing, () => 'sent')
  }

  /** @param linkUpAt since when the maker is connected; Infinity when it is not */
  check(linkUpAt: number): void {
    const { storage } = this.#scene
    if (storage.isHere) this.#pulled.check(storage.failingSince, linkUpAt)
  }
}
