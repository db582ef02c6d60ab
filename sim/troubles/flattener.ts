// A person who takes the position off now and then, in some storms, within a random limit, and
// resumes the maker a while later; and makers that a brake flattens.
//
// What the object does around the command (durable/maker/flatten.ts) is restated here: refused or
// priced by the engine, carried out, and paused from then on. The dice are its own, so that the
// storms of all other seeds stay as they were.

import type { Command, Event } from '../../src/core/vocabulary/events.ts'
import type { Strategy } from '../../src/core/vocabulary/parameters.ts'
import type { Millis, Price } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

interface Floor {
  readonly mailbox: Mailbox
  readonly ownNow: Millis
  readonly life: Life | null
  readonly wanted: Command
  say(line: () => string): void
  count(what: string): void
  tell(event: Event): void
  configure(strategy: Partial<Strategy>): void
  command(command: Command): void
  /** The pause that follows a flattening is stored. */
  flattened(): void
}

export class Flattener {
  readonly #world: Floor
  readonly #dice: Dice
  readonly #course: Recurring

  /** @param hasBrakes whether this storm runs a maker over tight brakes */
  constructor(world: Floor, seed: number, hasBrakes: boolean) {
    this.#world = world
    this.#dice = new Dice(seed, 40)
    const dice = this.#dice
    const every = dice.chance(0.35) ? dice.whole(5_000, 60_000) : 0
    const byBrake = dice.chance(0.5)
    const slippage = dice.whole(0, 12)
    if (hasBrakes && byBrake) {
      world.configure({ flatten_on_brake: 'on', flatten_slippage: slippage })
    }
    this.#course = new Recurring(world, dice)
    this.#course.often(every, null, () => this.#flatten())
  }

  /** Nobody flattens any more. */
  end(): void {
    this.#course.end()
  }

  #flatten(): void {
    const dice = this.#dice
    const world = this.#world
    const { life, ownNow } = world
    const slippage = dice.whole(0, 10)
    const named = dice.chance(0.2) ? dice.whole(1, 99) * 100 : null
    const patience = dice.whole(300, 20_000)
    if (life === null) return
    const { flatten } = life.engine.state
    const limit: Price | null = named ?? flatten.limitWithin(slippage)
    const why = flatten.refusal(ownNow) ?? (limit === null ? 'no-price' : null)
    if (limit === null || why !== null) {
      world.count(`flattening refused: ${why}`)
      return
    }
    world.say(() => `      ~ flatten, limit ${limit / 100}`)
    world.count('flattenings asked')
    world.tell({ type: 'flatten', at: ownNow, limit })
    world.flattened()
    world.mailbox.post(patience, () => {
      if (!this.#course.isOver && world.wanted === 'pause') world.command('resume')
    })
  }
}
