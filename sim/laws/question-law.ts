// No question is asked as fast as it is answered: an answer that leaves everything as it was would
// be asked for without end.

import type { Effect, Question } from '../../src/core/vocabulary/events.ts'
import type { Scene } from './scene.ts'
import type { Law } from './venue-laws.ts'

/** Links, restarts and doubts that come together ask no more than five times. */
const MOST = 8
const WITHIN_MS = 1_000

export class QuestionLaw {
  readonly #scene: Scene
  readonly #law: Law
  /** When each was asked last, the newest at the end. */
  readonly #asked = new Map<Question, number[]>()

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  decided(effects: readonly Effect[]): void {
    for (const effect of effects) if (effect.type === 'ask') this.#ask(effect.what)
  }

  #ask(what: Question): void {
    const { now } = this.#scene.mailbox
    const times = this.#asked.get(what) ?? []
    this.#asked.set(what, times)
    times.push(now)
    while (times[0]! <= now - WITHIN_MS) times.shift()
    const few = times.length <= MOST
    this.#law('no question is asked without end', few, () => `${what} more than ${MOST} in 1 s`)
  }
}
