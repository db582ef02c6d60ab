// A storage that refuses the object's writes for a while, or one of them, in some storms. The
// maker's own watch (durable/maker/storage-watch.ts) sees it, pulls the quotes and ends the object;
// or the platform ends it at once, as it does when a write that was not waited for has failed.
//
// Its dice are its own, so that the storms of all other seeds stay as they were.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import { StorageWatch } from '../../src/durable/maker/storage-watch.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

const LOOK_EVERY_MS = 100
/** So that the quiet time after the last one, 15 s doubled, is over before the calm is. */
const MOST_ENDS = 2

interface Floor {
  readonly mailbox: Mailbox
  readonly ownNow: Millis
  readonly life: Life | null
  say(line: () => string): void
  count(what: string): void
  stir(): void
  evict(): void
  /** Whether the maker may quote has changed. */
  obey(reason: 'storage-failing' | 'storage-answered'): void
}

/** The watch counts by name, and outlives its objects. */
let worlds = 0

export class StorageTrouble {
  readonly isHere: boolean
  /** Since when the maker has known that nothing can be kept; Infinity while it can. */
  failingSince = Number.POSITIVE_INFINITY
  /** When the maker last ended its own object. */
  endedAt = Number.NEGATIVE_INFINITY
  readonly #world: Floor
  readonly #dice: Dice
  readonly #course: Recurring
  readonly #name = `sim-${++worlds}`
  #watch: StorageWatch | null = null
  #refuses: 'nothing' | 'one' | 'all' = 'nothing'
  #ends = 0

  constructor(world: Floor, seed: number) {
    this.#world = world
    this.#dice = new Dice(seed, 42)
    this.#course = new Recurring(world, this.#dice)
    const dice = this.#dice
    this.isHere = dice.chance(0.25)
    if (!this.isHere) return
    const begin = (): Millis => {
      if (this.#ends < MOST_ENDS) this.#refuses = dice.chance(0.3) ? 'one' : 'all'
      return dice.whole(1_000, 20_000)
    }
    this.#course.spells(dice.whole(30_000, 150_000), 'storage failing', begin, () => {
      this.#refuses = 'nothing'
    })
  }

  /** The storage takes everything again. */
  end(): void {
    this.#course.end()
    this.#refuses = 'nothing'
  }

  /** True while nothing may be quoted. */
  get isFailing(): boolean {
    return this.#watch?.isFailing === true
  }

  /** A life begins; whether it may quote is known after this. */
  born(life: Life): void {
    if (!this.isHere) return
    const watch: StorageWatch = new StorageWatch(this.#name, {
      store: {
        put: () => Promise.resolve(this.write()),
        confirmed: () => Promise.resolve(this.#refuses === 'nothing'),
      },
      now: () => this.#world.mailbox.now,
      log: (_level, event) => this.#world.say(() => `! ${event}`),
      changed: (reason) => this.#changed(reason, life),
      clean: (_since, ms) => this.#clean(life, ms),
      abort: () => this.#abort(life),
    })
    this.#watch = watch
    this.#world.stir()
    watch.begin()
    this.#note()
  }

  /** The object stores something; false when it is lost. */
  write(): boolean {
    if (this.#refuses === 'nothing') return true
    if (this.#refuses === 'one') this.#refuses = 'nothing'
    this.#world.count('writes refused')
    this.#world.stir()
    // What the platform does with a write that nobody waits for.
    if (this.#dice.chance(0.3) && this.#ends < MOST_ENDS) {
      this.#ends++
      this.#world.count('objects ended by the platform')
      this.#world.evict()
    } else this.#watch?.failed('storage is refusing')
    return false
  }

  /** At each alarm, which is stored too. */
  alarmed(): void {
    if (!this.isHere || !this.write()) return
    this.#world.stir()
    void this.#watch?.recheck()
  }

  #changed(reason: 'storage-failing' | 'storage-answered', life: Life): void {
    this.#note()
    if (life.alive) this.#world.obey(reason)
  }

  #note(): void {
    if (!this.isFailing) this.failingSince = Number.POSITIVE_INFINITY
    else this.failingSince = Math.min(this.failingSince, this.#world.mailbox.now)
  }

  /** Never resolves for an object that is gone. */
  #clean(life: Life, ms: Millis): Promise<boolean> {
    const { mailbox, ownNow } = this.#world
    const since = ownNow
    const until = mailbox.now + ms
    return new Promise((resolve) => {
      const look = (): void => {
        if (!life.alive) return
        const isClean = life.engine.provenClean(since)
        if (!isClean && mailbox.now < until) {
          mailbox.post(LOOK_EVERY_MS, look)
          return
        }
        this.#world.stir()
        resolve(isClean)
      }
      look()
    })
  }

  #abort(life: Life): void {
    if (!life.alive) return
    this.#world.count('objects that ended themselves')
    this.endedAt = this.#world.mailbox.now
    if (++this.#ends >= MOST_ENDS) this.#refuses = 'nothing'
    this.#world.evict()
  }
}
