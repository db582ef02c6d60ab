// Polymarket's matching side: one book per event, rearranged around the venue's belief of the fair
// value, with an occasional taker, a grid that becomes finer near the ends, and a resolution. Out
// come messages of the market channel (see `frames.ts`), in the venue's order.

import type { Millis } from '../../../src/core/vocabulary/units.ts'
import type { Dice } from '../../../src/statistics/random.ts'
import { streamOf } from '../common/chance.ts'
import { type EventIds, type EventSpec, idsOf } from '../common/spec.ts'
import {
  bookFrame,
  changeFrame,
  resolvedFrame,
  type Trade,
  tickFrame,
  topFrame,
  tradeFrame,
} from './frames.ts'
import { type BookSide, Ladder, ONE } from './ladder.ts'

/** A message, and the tokens whose subscribers get it. `extra`: only with custom features. */
export interface Message {
  readonly tokens: readonly string[]
  readonly body: Readonly<Record<string, unknown>>
  readonly extra: boolean
}

export interface PolymarketOptions {
  /** Between best bid and best ask, in cents. Default 1. */
  readonly spreadCents: number
  /** How often makers requote, in ms. Default 500. */
  readonly requoteMs: Millis
  /** Mean time between takers, in ms. 0 = none. Default 20000. */
  readonly takerEveryMs: Millis
}

const COARSE = 100
const FINE = 10
/** Beyond these the grid is ten times finer. */
const LOW = 400
const HIGH = 9_600

export class PolyMarket {
  readonly spec: EventSpec
  readonly ids: EventIds
  readonly ladder: Ladder
  tick = COARSE
  /** Time of the last change of the book. */
  changedAt: Millis
  last: Trade | null = null
  volume = 0
  suspended = false
  /** 0 or 1 once resolved, 0.5 for a draw: what the first outcome pays. */
  result: number | null = null
  closedAt: Millis | null = null
  readonly #options: PolymarketOptions
  readonly #chance: Dice
  #requoteAt: Millis
  #takerAt: Millis

  constructor(spec: EventSpec, options: PolymarketOptions, seed: number, at: Millis) {
    this.spec = spec
    this.ids = idsOf(spec)
    this.#options = options
    this.#chance = streamOf(seed, `polymarket/${spec.slug}`)
    this.ladder = new Ladder(Math.floor(this.#chance.next() * 0x7fffffff))
    this.changedAt = at
    this.#requoteAt = at + options.requoteMs
    this.#takerAt = at + this.#chance.exponential(options.takerEveryMs)
    this.#arrange(spec.p)
  }

  /** Whether the market quotes and accepts orders. */
  get open(): boolean {
    return !this.suspended && this.result === null
  }

  /** Carries out what is due by `at`, with `fair` as the venue's belief. */
  step(fair: number, at: Millis): Message[] {
    if (!this.open) return []
    const messages: Message[] = []
    if (at >= this.#requoteAt) {
      this.#requoteAt = at + this.#options.requoteMs
      messages.push(...this.#requote(fair, at))
    }
    if (this.#options.takerEveryMs > 0 && at >= this.#takerAt) {
      this.#takerAt = at + this.#chance.exponential(this.#options.takerEveryMs)
      const side = this.#chance.next() < 0.5 ? 'BUY' : 'SELL'
      messages.push(...this.take(side, 500 + Math.floor(this.#chance.next() * 20_000), at))
    }
    return messages
  }

  /** A taker of the first outcome; sizes in 1/100 share. */
  take(side: BookSide, size: number, at: Millis): Message[] {
    const { changes, fills } = this.ladder.take(side, size)
    const worst = fills.at(-1)
    if (worst === undefined) return []
    const filled = fills.reduce((sum, fill) => sum + fill.size, 0)
    this.changedAt = at
    this.last = { price: worst.price, size: filled, side }
    this.volume += filled
    return [
      ...changes.map((change) => this.#both(changeFrame(this, change, at))),
      this.#one(0, tradeFrame(this, at)),
      ...this.#tops(at),
      ...this.books(),
    ]
  }

  /** Withdraws all quotes, or allows them again. */
  suspend(on: boolean, at: Millis): Message[] {
    this.suspended = on
    this.changedAt = at
    if (on) this.ladder.clear()
    else this.#requoteAt = at
    return this.books()
  }

  /** Resolves the market: the first outcome pays `result`. */
  resolve(result: number, at: Millis): Message[] {
    this.result = result
    this.closedAt = at
    this.changedAt = at
    this.ladder.clear()
    return [...this.books(), { ...this.#both(resolvedFrame(this, at)), extra: true }]
  }

  /** Both complete books. */
  books(): Message[] {
    return [this.#one(0, bookFrame(this, 0)), this.#one(1, bookFrame(this, 1))]
  }

  #requote(fair: number, at: Millis): Message[] {
    const tick = fair * ONE > HIGH || fair * ONE < LOW ? FINE : COARSE
    if (tick !== this.tick) {
      const old = this.tick
      this.tick = tick
      this.changedAt = at
      this.#arrange(fair)
      return [
        this.#one(0, tickFrame(this, 0, old, at)),
        this.#one(1, tickFrame(this, 1, old, at)),
        ...this.books(),
      ]
    }
    const { bestBid, bestAsk } = this.ladder
    const oneSided = bestBid === 0 || bestAsk === ONE
    // Makers ignore moves within the tick.
    const near = !oneSided && Math.abs((bestBid + bestAsk) / 2 - fair * ONE) <= 0.6 * tick
    const changes = near ? this.#fidget() : this.#arrange(fair)
    if (changes.length === 0) return []
    this.changedAt = at
    const messages = changes.map((change) => this.#both(changeFrame(this, change, at)))
    const moved = bestBid !== this.ladder.bestBid || bestAsk !== this.ladder.bestAsk
    return moved ? [...messages, ...this.#tops(at)] : messages
  }

  /** Sometimes an order joins the best price, or leaves it. */
  #fidget() {
    if (this.#chance.next() > 0.3) return []
    const side = this.#chance.next() < 0.5 ? 'BUY' : 'SELL'
    return this.ladder.resize(side, 10_000 + Math.floor(this.#chance.next() * 500_000))
  }

  #arrange(fair: number) {
    return this.ladder.moveTo(fair, this.tick, this.#options.spreadCents * 100)
  }

  #tops(at: Millis): Message[] {
    return [
      { ...this.#one(0, topFrame(this, 0, at)), extra: true },
      { ...this.#one(1, topFrame(this, 1, at)), extra: true },
    ]
  }

  #one(outcome: 0 | 1, body: Message['body']): Message {
    return { tokens: [this.ids.tokens[outcome]], body, extra: false }
  }

  #both(body: Message['body']): Message {
    return { tokens: this.ids.tokens, body, extra: false }
  }
}
