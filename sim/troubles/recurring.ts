// What befalls a world again and again at random times, until its storm is over.
//
// The dice are the caller's: a wait is drawn when it begins, and what is drawn by the trouble
// itself comes after that, so that each trouble keeps its own course.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import type { Dice } from '../../src/statistics/random.ts'
import type { Mailbox } from '../world/mailbox.ts'

/** Where troubles are timed, told and counted. */
interface Chronicle {
  readonly mailbox: Mailbox
  say(line: () => string): void
  count(what: string): void
}

export class Recurring {
  /** The storm is over: nothing begins any more. */
  isOver = false
  readonly #world: Chronicle
  readonly #dice: Dice

  constructor(world: Chronicle, dice: Dice) {
    this.#world = world
    this.#dice = dice
  }

  end(): void {
    this.isOver = true
  }

  /**
   * Does something again and again.
   * @param mean time between two of them, ms; 0 for never
   * @param what its name in the narration and in the counts; null where it tells by itself
   */
  often(mean: Millis, what: string | null, act: () => void): void {
    if (mean <= 0 || this.isOver) return
    this.#world.mailbox.post(this.#dice.exponential(mean), () => {
      if (this.isOver) return
      this.#tell(what)
      act()
      this.often(mean, what, act)
    })
  }

  /**
   * Lets something last for a while, again and again; one that has begun ends also in the calm.
   * @param mean time from the end of one to the beginning of the next, ms; 0 for never
   * @param begin returns how long it lasts, ms
   */
  spells(mean: Millis, what: string | null, begin: () => Millis, end: () => void): void {
    if (mean <= 0 || this.isOver) return
    const { mailbox } = this.#world
    mailbox.post(this.#dice.exponential(mean), () => {
      if (this.isOver) return
      this.#tell(what)
      mailbox.post(begin(), () => {
        end()
        this.spells(mean, what, begin, end)
      })
    })
  }

  #tell(what: string | null): void {
    if (what === null) return
    this.#world.say(() => `      ~ ${what}`)
    this.#world.count(what)
  }
}
