// The hours of the series, in some storms: the desk tells the maker of them late, wrongly, against
// each other, or not at all, as if it had learnt from liars.
//
// The dice are its own, so that the storms of all other seeds stay as they were.

import { factorsOf, learn, nothingLearnt } from '../../src/core/hours/learnt.ts'
import { isHoursNews } from '../../src/core/hours/news.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import type { HourFactors } from '../../src/core/vocabulary/hours.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import { TICKER } from '../market.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

const RENEW_MS = 15_000
const HOURS = 24
const EVEN: HourFactors = { overall: 1, byHour: new Array<number>(HOURS).fill(1) }

interface Town {
  readonly mailbox: Mailbox
  readonly ownNow: Millis
  readonly life: Life | null
  readonly desk: { readonly isAway: boolean }
  say(line: () => string): void
  count(what: string): void
  tell(event: Event): void
}

export class HoursTrouble {
  /** Whether the engine of this life has heard of them. */
  isHeard = false
  readonly #world: Town
  readonly #dice: Dice
  readonly #course: Recurring
  #learnt = nothingLearnt()
  #told: HourFactors | null = null

  constructor(world: Town, seed: number) {
    this.#world = world
    const dice = new Dice(seed, 82)
    this.#dice = dice
    this.#course = new Recurring(world, dice)
    if (!dice.chance(0.3)) return
    this.#renew()
    this.#course.often(30_000, 'hours told nonsense', () => this.#hear(this.#nonsense()))
  }

  /** A life that begins knows of none. */
  born(): void {
    this.isHeard = false
    this.#told = null
  }

  /** What was learnt is forgotten. */
  end(): void {
    this.#course.end()
    if (this.#told !== null) this.#hear(EVEN)
  }

  #renew(): void {
    this.#world.mailbox.post(RENEW_MS, () => {
      if (this.#course.isOver) return
      this.#renew()
      if (!this.#world.desk.isAway) this.#answer()
    })
  }

  /** The desk's own rule, fed by this maker and by one that says anything. */
  #answer(): void {
    const { life, ownNow, mailbox } = this.#world
    if (life === null) return
    const dice = this.#dice
    const own = life.engine.decider.hours.report
    if (own !== null) this.#learnt = learn(this.#learnt, TICKER, own, ownNow)
    const series = TICKER.split('-')[0]
    const since = ownNow - dice.whole(-60_000, 30 * 86_400_000)
    const totals = Array.from({ length: HOURS }, (_, hour) => {
      const watched = dice.whole(0, 200_000)
      return [hour, watched * dice.whole(0, 20), watched] as const
    })
    this.#learnt = learn(this.#learnt, `${series}-LIAR`, { since, totals }, ownNow)
    const factors = factorsOf(this.#learnt, TICKER, ownNow)
    mailbox.post(dice.whole(1, dice.chance(0.1) ? 90_000 : 300), () => {
      if (factors === null || this.#course.isOver || this.#world.life !== life) return
      if (isHoursNews(this.#told, factors)) this.#hear(factors)
    })
  }

  #hear(factors: HourFactors): void {
    if (this.#world.life === null) return
    this.#told = factors
    this.isHeard = true
    this.#world.count('hours heard of')
    this.#world.tell({ type: 'hours', at: this.#world.ownNow, factors })
  }

  /** What no desk would say. */
  #nonsense(): HourFactors {
    const dice = this.#dice
    const wild = [0, -1, 1e-9, 1e9, Number.NaN, Number.POSITIVE_INFINITY, 0.25, 4]
    const one = (): number =>
      dice.chance(0.9) ? dice.whole(1, 800) / 100 : wild[dice.whole(0, wild.length - 1)]!
    const length = dice.chance(0.8) ? HOURS : dice.whole(0, 30)
    return { overall: one(), byHour: Array.from({ length }, () => dice.whole(1, 1e6) / 1e4) }
  }
}
