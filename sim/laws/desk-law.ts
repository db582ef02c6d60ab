// What must hold while nobody could tell the maker of a halt: it places nothing, and what it has
// placed goes away.

import { HALT_UNKNOWN_MS } from '../../src/core/maker/limits/desk-watch.ts'
import { Pulled } from './pulled.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** Clocks jump, and the last renewal is dated by our own. */
const CLOCK_SLACK_MS = 1_000

export class DeskLaw {
  readonly #scene: Scene
  readonly #law: Law
  readonly #pulled: Pulled

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
    const name = 'nothing rests for long while a halt could not be heard of'
    this.#pulled = new Pulled(scene, law, name)
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
    const { desk } = this.#scene
    if (!desk.isHeard) return
    this.#pulled.check(desk.heardAt + HALT_UNKNOWN_MS + CLOCK_SLACK_MS, linkUpAt)
  }
}
