// The desk as a maker hears it: a renewal of the lease every few seconds, and in some storms long
// spells without any, in which nobody could tell the maker that the account is halted.
//
// Only seeds that have this trouble hear of a desk at all, with dice of their own, so that the
// storms of all others stay as they were.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import { Recurring } from '../troubles/recurring.ts'
import type { Mailbox } from './mailbox.ts'

const RENEW_MS = 5_000
/** Asked again this soon while there is no answer. */
const RETRY_MS = 1_000

interface Office {
  readonly mailbox: Mailbox
  say(line: () => string): void
  count(what: string): void
  /** A renewal has come: the account is not halted. */
  renewed(): void
}

export class DeskLine {
  /** Whether this storm knows the desk. */
  readonly isHeard: boolean
  /** The exchange's time of the last word from the desk. */
  heardAt: Millis = Number.POSITIVE_INFINITY
  isAway = false
  readonly #world: Office
  readonly #course: Recurring

  constructor(world: Office, seed: number) {
    this.#world = world
    const dice = new Dice(seed, 36)
    this.#course = new Recurring(world, dice)
    this.isHeard = dice.chance(0.25)
    if (!this.isHeard) return
    this.#renew()
    const leave = (): Millis => {
      this.isAway = true
      return dice.whole(5_000, 180_000)
    }
    this.#course.spells(90_000, 'desk away', leave, () => {
      this.isAway = false
    })
  }

  /** The desk is back for good. */
  end(): void {
    this.#course.end()
    this.isAway = false
    this.hear()
  }

  /** A life that begins asks the desk at once. */
  hear(): void {
    if (!this.isAway) this.trusted()
  }

  /** The word of a person who releases the maker stands for the desk's. */
  trusted(): void {
    if (!this.isHeard) return
    this.heardAt = this.#world.mailbox.now
    this.#world.renewed()
  }

  #renew(): void {
    this.hear()
    this.#world.mailbox.post(this.isAway ? RETRY_MS : RENEW_MS, () => this.#renew())
  }
}
