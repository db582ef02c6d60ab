// Other markets of the event, in some storms: the desk tells the maker of their books late, twice,
// wrongly, against each other, or not at all.
//
// The real desk (durable/desk/siblings.ts) makes the view of what invented makers have reported;
// what is told of it is decided as in durable/maker/exchange/connection.ts. The dice are its own,
// so that the storms of all other seeds stay as they were.

import { riskReport } from '../../src/core/maker/limits/risk-report.ts'
import { isNews } from '../../src/core/siblings/news.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import type { LadderBound, SiblingsView, Strikes } from '../../src/core/vocabulary/siblings.ts'
import { type Millis, PRICE_ONE } from '../../src/core/vocabulary/units.ts'
import { siblingsOf } from '../../src/durable/desk/siblings.ts'
import { Dice } from '../../src/statistics/random.ts'
import { TICKER } from '../market.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

const RENEW_MS = 5_000
const EMPTY: SiblingsView = { others: [], low: null, high: null }

interface Town {
  readonly mailbox: Mailbox
  readonly ownNow: Millis
  readonly life: Life | null
  readonly desk: { readonly isAway: boolean }
  say(line: () => string): void
  count(what: string): void
  tell(event: Event): void
}

type Reports = Parameters<typeof siblingsOf>[0]

export class SiblingTrouble {
  /** When the engine last heard of them, by our own clock; null in a life that never has. */
  heardAt: Millis | null = null
  readonly #world: Town
  readonly #dice: Dice
  readonly #course: Recurring
  readonly #isExclusive: boolean
  readonly #strikes: readonly number[]
  #told: SiblingsView | null = null
  #silent = false

  constructor(world: Town, seed: number) {
    this.#world = world
    const dice = new Dice(seed, 80)
    this.#dice = dice
    this.#course = new Recurring(world, dice)
    const isHere = dice.chance(0.3)
    this.#isExclusive = dice.chance(0.6)
    this.#strikes = Array.from({ length: dice.whole(1, 5) }, () => dice.whole(30, 70))
    if (!isHere) return
    this.#renew()
    this.#course.often(20_000, 'siblings told nonsense', () => this.#hear(this.#nonsense()))
    const silent = (): Millis => {
      this.#silent = true
      return dice.whole(5_000, 120_000)
    }
    this.#course.spells(60_000, 'siblings not told of', silent, () => {
      this.#silent = false
    })
  }

  /** A life that begins knows of none. */
  born(): void {
    this.heardAt = null
    this.#told = null
  }

  /** The others have gone. */
  end(): void {
    this.#course.end()
    if (this.#told !== null) this.#hear(EMPTY)
  }

  #renew(): void {
    this.#world.mailbox.post(RENEW_MS, () => {
      if (this.#course.isOver) return
      this.#renew()
      if (!this.#silent && !this.#world.desk.isAway) this.#answer()
    })
  }

  /** The desk's answer, on its way for as long as answers are, or for much longer. */
  #answer(): void {
    const { life, ownNow, mailbox } = this.#world
    if (life === null) return
    const view = siblingsOf(this.#reports(life, ownNow), TICKER, ownNow)
    const late = this.#dice.chance(0.1) ? 90_000 : 300
    mailbox.post(this.#dice.whole(1, late), () => {
      if (view === null || this.#course.isOver || this.#world.life !== life) return
      if (isNews(this.#told, view)) this.#hear(view)
      else this.#world.count('siblings told nothing new')
    })
  }

  #hear(view: SiblingsView): void {
    if (this.#world.life === null) return
    this.#told = view
    this.heardAt = this.#world.ownNow
    this.#world.count('siblings heard of')
    this.#world.tell({ type: 'siblings', at: this.heardAt, view })
  }

  #reports(life: Life, at: Millis): Reports {
    const own = riskReport(life.engine.state, life.engine.decider, at)
    if (own?.top === undefined) return {}
    const strikesAt = (floor: number): Strikes => ({ type: 'greater', floor, cap: null })
    const exclusive = this.#isExclusive
    const top = { ...own.top, strikes: strikesAt(50) }
    const others = this.#strikes.map((strike) => {
      const seen = { ...this.#book(), strikes: strikesAt(strike) }
      const told = at - (this.#dice.chance(0.2) ? this.#dice.whole(0, 400_000) : 0)
      const ticker = `KXTEST-26DEC31-T${strike}`
      return [ticker, { ...own, exclusive, at: told, top: seen }] as const
    })
    return { ...Object.fromEntries(others), [TICKER]: { ...own, exclusive, at, top } }
  }

  /** The top of a book: mostly one, sometimes wide, crossed, empty or beyond the scale. */
  #book(): { bid: number; ask: number; position: number } {
    const dice = this.#dice
    const bid = dice.whole(0, 95) * 100
    const width = dice.chance(0.7) ? dice.whole(1, 5) : dice.whole(-10, 60)
    const ask = dice.chance(0.1) ? PRICE_ONE : bid + width * 100
    return { bid, ask, position: dice.whole(-5_000, 5_000) }
  }

  /** What no desk would say. */
  #nonsense(): SiblingsView {
    const dice = this.#dice
    const at = this.#world.ownNow + dice.whole(-400_000, 400_000)
    const price = (): number => dice.whole(-5_000, 15_000)
    const bound = (): LadderBound | null => (dice.chance(0.3) ? null : { at, price: price() })
    const others = Array.from({ length: dice.whole(0, 8) }, (_, index) => ({
      ...{ ticker: `?${index}`, at, bid: price(), ask: price() },
      position: dice.whole(-1e9, 1e9),
    }))
    return { others, low: bound(), high: bound() }
  }
}
