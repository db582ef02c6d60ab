// Everything a maker decides, as a few short hashes, so that two versions of the code can be
// compared.
//
// In: the effects, requests and views of a run. Out: one hash of each, in a fixed order.
// Equal hashes mean equal decisions, down to the bytes of every request.

import { createHash, type Hash } from 'node:crypto'
import type { Engine } from '../../src/core/maker/engine.ts'
import { Fingerprint } from '../../src/core/record/journal.ts'
import { viewOf } from '../../src/core/status/view.ts'
import type { Effect } from '../../src/core/vocabulary/events.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'

/** A view is hashed each time that so many steps have led to effects. */
const VIEW_EVERY = 200
const DIGITS = 10

export class DecisionTrace {
  readonly #effects: Hash = createHash('sha256')
  readonly #logs: Hash = createHash('sha256')
  readonly #requests: Hash = createHash('sha256')
  readonly #views: Hash = createHash('sha256')
  readonly #journal = new Fingerprint()
  #steps = 0

  /** Adds the effects of one step. */
  step(engine: Engine, effects: readonly Effect[], at: Millis): void {
    if (effects.length === 0) return
    for (const effect of effects) {
      const hash = effect.type === 'log' ? this.#logs : this.#effects
      hash.update(JSON.stringify(effect, spellNumbers))
    }
    this.#journal.add(effects)
    if (++this.#steps % VIEW_EVERY === 0) this.view(engine, at)
  }

  /** Adds a request as the exchange gets it. */
  request(method: string, path: string, body: string): void {
    this.#requests.update(`${method} ${path} ${body}\n`)
  }

  /** Adds what people see: status, explanations, estimates, counters and the ladder. */
  view(engine: Engine, at: Millis): void {
    this.#views.update(JSON.stringify(viewOf(engine, at), spellNumbers))
  }

  /** The hashes; nothing can be added afterwards. */
  toString(): string {
    const parts = {
      effects: this.#effects,
      logs: this.#logs,
      requests: this.#requests,
      views: this.#views,
    }
    const texts = Object.entries(parts).map(
      ([name, hash]) => `${name} ${hash.digest('hex').slice(0, DIGITS)}`,
    )
    return [...texts, `journal ${this.#journal}`].join(', ')
  }
}

/** JSON has no infinities; without this they would all be the same null. */
const spellNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
