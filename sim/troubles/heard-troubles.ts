// What befalls what the maker hears: other markets' news, a feed that falls behind, numbers that
// make no sense, subscriptions that end without a word, snapshots and private channels that do not
// come.
//
// Drawn from dice of its own, so that the storms of old seeds stay as they were. What is bounded
// here, so that the calm can heal it: no snapshot is withheld for more than 15 s.

import type { Faults } from '../../mocks/kalshi/faults/faults.ts'
import { DISORDERS } from '../../mocks/kalshi/faults/feed-faults.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Cable } from '../world/cable.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

/** What these troubles act on. */
export interface HeardStage {
  readonly mailbox: Mailbox
  readonly faults: Faults
  readonly cable: Cable | null
  say(line: () => string): void
  count(what: string): void
}

const PRIVATE = ['fill', 'user_orders'] as const
const QUIET_ENDS = ['orderbook_delta', ...PRIVATE, 'trade', 'market_lifecycle_v2'] as const

/** A frame has arrived after this: feeds lag by half a minute. */
const ON_THE_WAY_MS = 33_000
/** The pause between two audits, and a retry of a read that has failed. */
const AUDITED_MS = 120_000

export class HeardTroubles {
  readonly #world: HeardStage
  readonly #dice: Dice
  readonly #course: Recurring
  #disorderedAt: Millis = Number.NEGATIVE_INFINITY
  /** How much later everything comes with each ms, since when, at most, and on which socket. */
  #lag: { rate: number; since: Millis; most: Millis; cable: Cable | null; book: boolean } | null =
    null

  constructor(world: HeardStage, seed: number) {
    this.#world = world
    const dice = new Dice(seed, 31)
    this.#dice = dice
    this.#course = new Recurring(world, dice)
    const every = (least: Millis): Millis =>
      dice.chance(0.6) ? Math.round(least * 8 ** dice.next()) : 0
    world.faults.feed.omitSendingTs = dice.chance(0.25)
    world.faults.feed.onDisorder = (channel) => {
      if (channel === 'orderbook_delta') this.#disorderedAt = world.mailbox.now
    }
    this.#others()
    this.#course.often(every(60_000), 'lagging feeds', () => this.#fallBehind())
    this.#course.often(every(25_000), 'senseless sequences', () => this.#confuse())
    this.#course.often(every(25_000), 'subscriptions lost without a word', () => this.#endQuietly())
    this.#course.often(every(60_000), 'snapshots withheld', () => {
      world.faults.feed.withoutSnapshot = true
      // There must be a reason to ask for one.
      world.faults.feed.confuse('orderbook_delta', 'jump')
      this.#later(dice.whole(1_000, 15_000), () => {
        world.faults.feed.withoutSnapshot = false
      })
    })
    this.#course.often(every(60_000), 'private channels refused', () => {
      const channel = PRIVATE[dice.whole(0, 1)]!
      world.faults.feed.refused.set(channel, dice.chance(0.5) ? 0 : 10)
      world.faults.endSubscription(channel, dice.chance(0.5) ? 0 : 25)
      this.#later(dice.whole(1_000, 25_000), () => world.faults.feed.refused.delete(channel))
    })
  }

  /**
   * Whether wrong numbers may hide a loss from a book whose snapshot was heard at `snapshotAt`: a
   * lost change whose number a later one carries is missed by nobody. The audit of the whole book
   * finds it, within a minute and what the reads take.
   */
  hidesLoss(snapshotAt: Millis): boolean {
    const { now } = this.#world.mailbox
    const isBefore = snapshotAt < this.#disorderedAt + ON_THE_WAY_MS
    return isBefore && now < this.#disorderedAt + ON_THE_WAY_MS + AUDITED_MS
  }

  /** All of it is over, but for other markets' news. */
  end(): void {
    const { faults } = this.#world
    this.#course.end()
    this.#lag = null
    faults.feed.refused.clear()
    faults.feed.withoutSnapshot = false
  }

  /** How late a frame comes on this socket beside all else, ms. */
  lagMs(cable: Cable, isBook: boolean): Millis {
    const lag = this.#lag
    if (lag === null || (lag.cable !== null && lag.cable !== cable)) return 0
    if (lag.book && !isBook) return 0
    return Math.min(lag.most, (this.#world.mailbox.now - lag.since) * lag.rate)
  }

  #others(): void {
    const world = this.#world
    // In the calm too.
    new Recurring(world, this.#dice).often(2_000, null, () => {
      world.faults.otherMarkets(this.#dice.whole(1, 5))
    })
  }

  #fallBehind(): void {
    const dice = this.#dice
    const { mailbox, cable, faults } = this.#world
    const lag = {
      rate: 0.2 + 0.8 * dice.next(),
      since: mailbox.now,
      most: dice.whole(5_000, 30_000),
      // Of this socket alone, or of every one.
      // Without times in answers, a lag that begins with a link is not told from a wrong clock.
      cable: dice.chance(0.6) || faults.feed.omitSendingTs ? cable : null,
      book: dice.chance(0.5),
    }
    this.#lag = lag
    this.#later(dice.whole(10_000, 40_000), () => {
      if (this.#lag === lag) this.#lag = null
    })
  }

  #confuse(): void {
    const dice = this.#dice
    const { faults, cable } = this.#world
    const channel = (['orderbook_delta', 'orderbook_delta', 'trade'] as const)[dice.whole(0, 2)]!
    const what = DISORDERS[dice.whole(0, DISORDERS.length - 1)]!
    faults.feed.confuse(channel, what, dice.whole(1, 3))
    // A change that is not applied is as good as lost until the next one.
    if (cable !== null && channel === 'orderbook_delta') cable.bookSent++
  }

  #endQuietly(): void {
    const { faults, cable } = this.#world
    const channel = QUIET_ENDS[this.#dice.whole(0, QUIET_ENDS.length - 1)]!
    if (channel === 'orderbook_delta' && cable !== null) cable.bookSent++
    faults.endSubscription(channel, 0)
  }

  #later(ms: Millis, act: () => void): void {
    this.#world.mailbox.post(ms, act)
  }
}
