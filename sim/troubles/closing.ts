// Closes that come near and go away again, in some storms, while the maker may take what it holds.
//
// The event is moved close, so that only reducing is allowed and holding is dear, and taken away
// before it happens. The dice are its own, so that the storms of all other seeds stay as they were.

import type { Strategy } from '../../src/core/vocabulary/parameters.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

interface Floor {
  readonly mailbox: Mailbox
  readonly ownNow: Millis
  readonly parameters: { readonly strategy: Strategy }
  say(line: () => string): void
  count(what: string): void
  configure(strategy: Partial<Strategy>): void
}

export class Closing {
  readonly #course: Recurring
  readonly #far: Partial<Strategy>
  readonly #world: Floor
  #isNear = false

  constructor(world: Floor, seed: number) {
    this.#world = world
    const dice = new Dice(seed, 42)
    const every = dice.chance(0.3) ? dice.whole(10_000, 60_000) : 0
    const { event_time, reduce_only_seconds, sigma, gamma, exit } = world.parameters.strategy
    this.#far = { event_time, reduce_only_seconds, sigma, gamma, exit }
    this.#course = new Recurring(world, dice)
    this.#course.spells(
      every,
      'the close comes near',
      () => {
        const lasts = dice.whole(2_000, 30_000)
        const volatile = { sigma: dice.whole(1, 5), gamma: dice.whole(1, 50) / 1000 }
        const at = world.ownNow + lasts + 40_000
        const near = { event_time: at, reduce_only_seconds: 86_400, exit: 'taker' } as const
        this.#isNear = true
        world.configure({ ...near, ...volatile })
        return lasts
      },
      () => this.#goAway(),
    )
  }

  /** No close comes near any more. */
  end(): void {
    this.#course.end()
    if (this.#isNear) this.#goAway()
  }

  #goAway(): void {
    this.#isNear = false
    this.#world.configure(this.#far)
  }
}
