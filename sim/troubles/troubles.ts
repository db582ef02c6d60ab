// What befalls a world while its storm lasts: each trouble at random times, as often as its weather
// says.

import type { Crowd } from '../../mocks/kalshi/crowd/crowd.ts'
import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import { isRefusal } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Faults } from '../../mocks/kalshi/faults/faults.ts'
import { FIRST_LEASE } from '../../src/core/orders/rate-budget.ts'
import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import type { Command, Lease } from '../../src/core/vocabulary/events.ts'
import type { Strategy } from '../../src/core/vocabulary/parameters.ts'
import { CONTRACT, type Millis, PRICE_CENT, type Side } from '../../src/core/vocabulary/units.ts'
import type { Dice } from '../../src/statistics/random.ts'
import type { Laws } from '../laws/laws.ts'
import { TICKER } from '../market.ts'
import type { Cable } from '../world/cable.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { CENTS, TENTHS } from '../world/venue.ts'
import { Recurring } from './recurring.ts'
import type { Weather } from './weather.ts'

/** What the troubles can do to a world. */
export interface Stage {
  readonly exchange: Exchange
  readonly account: Account
  readonly listing: Listing
  readonly crowd: Crowd
  readonly faults: Faults
  readonly mailbox: Mailbox
  /** The exchange's clock. */
  readonly venueNow: Millis
  readonly laws: Laws
  readonly cable: Cable | null
  /** What persons want of the maker now. */
  readonly wanted: Command
  say(line: () => string): void
  count(what: string): void
  evict(): void
  setClock(offset: Millis): void
  command(command: Command): void
  configure(strategy: Partial<Strategy>): void
  grant(lease: Lease): void
}

export class Troubles {
  readonly #world: Stage
  readonly #dice: Dice
  readonly #course: Recurring
  #others = 0

  constructor(world: Stage, dice: Dice, weather: Weather) {
    this.#world = world
    this.#dice = dice
    this.#course = new Recurring(world, dice)
    this.#line(weather)
    this.#market(weather)
    this.#house(weather)
  }

  /** No further trouble begins. */
  end(): void {
    this.#course.end()
  }

  #line(weather: Weather): void {
    const world = this.#world
    const dice = this.#dice
    this.#course.often(weather.cutEvery, 'disconnects', () => {
      world.cable?.cut(dice.chance(weather.silentCut))
    })
    this.#course.often(weather.muteEvery, 'silences', () =>
      world.cable?.mute(dice.whole(500, 15_000)),
    )
    this.#course.often(weather.endSubscriptionEvery, 'subscriptions ended', () => {
      const channel = ['orderbook_delta', 'fill', 'user_orders', 'trade'][dice.whole(0, 3)]!
      // No frame shows that there will be no more, so the book is not known to be whole any longer.
      if (channel === 'orderbook_delta' && world.cable !== null) world.cable.bookSent++
      world.faults.endSubscription(channel, dice.chance(0.5) ? 25 : 10)
    })
  }

  #market(weather: Weather): void {
    const { exchange, crowd, mailbox, listing } = this.#world
    const { lifecycle } = exchange
    const dice = this.#dice
    this.#course.often(weather.pauseEvery, 'market pauses', () => {
      lifecycle.deactivate(TICKER)
      mailbox.post(dice.whole(100, 8_000), () => lifecycle.activate(TICKER))
    })
    this.#course.often(weather.haltAllEvery, 'exchange pauses', () => {
      exchange.pauseTrading(true)
      mailbox.post(dice.whole(500, 10_000), () => exchange.pauseTrading(false))
    })
    this.#course.often(weather.shockEvery, 'price shocks', () => this.#shock())
    this.#course.often(weather.thinEvery, 'thin books', () => {
      crowd.thin({ levels: dice.whole(0, 1), contracts: dice.whole(1, 3) })
      mailbox.post(dice.whole(500, 8_000), () => crowd.thin(null))
    })
    this.#course.often(weather.gridEvery, 'grid changes', () => {
      if (listing.priceRanges.length === 1) {
        lifecycle.changeGrid(TICKER, 'tapered_deci_cent', TENTHS)
      } else lifecycle.changeGrid(TICKER, 'linear_cent', CENTS)
    })
    this.#course.often(weather.closeMoveEvery, 'close moves', () => {
      lifecycle.moveClose(TICKER, this.#world.venueNow + dice.whole(1_200_000, 86_400_000))
    })
  }

  #house(weather: Weather): void {
    const world = this.#world
    const dice = this.#dice
    this.#course.often(weather.evictEvery, 'evictions', () => world.evict())
    world.setClock(dice.whole(-weather.skewMs, weather.skewMs))
    this.#course.often(weather.jumpEvery, 'clock jumps', () => {
      world.setClock(dice.whole(-weather.skewMs, weather.skewMs))
    })
    this.#course.often(weather.orphanEvery, 'orders of others', () => this.#stranger())
    this.#course.often(weather.commandEvery, 'commands', () => {
      world.command((['pause', 'halt', 'pause'] as const)[dice.whole(0, 2)]!)
      world.mailbox.post(dice.whole(200, 8_000), () =>
        world.command(world.wanted === 'halt' ? 'release' : 'resume'),
      )
    })
    this.#course.often(weather.configureEvery, 'configurations', () => {
      const size = dice.whole(1, 12) * CONTRACT
      world.configure({ size, gamma: 0.01 * dice.next() })
    })
    this.#course.often(weather.leaseEvery, 'leases', () => {
      const refill = dice.whole(12, 120)
      world.grant({ refill, capacity: refill * dice.whole(1, 3), cost: FIRST_LEASE.cost })
    })
  }

  #shock(): void {
    const { crowd, mailbox } = this.#world
    const dice = this.#dice
    const at = mailbox.now
    switch (dice.whole(0, 3)) {
      case 0:
        crowd.glide(0.05 + 0.9 * dice.next(), at, dice.whole(0, 4_000))
        crowd.rush(dice.chance(0.5) ? 'bid' : 'ask', 10, at + 3_000)
        return
      case 1:
        crowd.rush(dice.chance(0.5) ? 'bid' : 'ask', 8, at + 2_000)
        return
      default:
        crowd.jump((dice.chance(0.5) ? 1 : -1) * dice.whole(100, 1_500))
    }
  }

  /** Another client of the same account, or the probe, on the same market. */
  #stranger(): void {
    const dice = this.#dice
    const side: Side = dice.chance(0.5) ? 'bid' : 'ask'
    const probe = dice.chance(0.3)
    const { exchange, account, listing, laws, venueNow } = this.#world
    const { book, grid } = listing
    const best = book.best(side)
    if (best < 0) return
    const away = dice.whole(0, 5) * PRICE_CENT
    const price = probe
      ? side === 'bid'
        ? grid.lowest
        : grid.highest
      : side === 'bid'
        ? grid.floor(Math.max(best - away, grid.lowest))
        : grid.ceil(Math.min(best + away, grid.highest))
    const order = exchange.place(account, {
      ticker: TICKER,
      side,
      price,
      quantity: dice.whole(1, 5) * CONTRACT,
      postOnly: true,
      clientOrderId: `${probe ? PROBE_PREFIX : 'other-'}${++this.#others}`,
      expiresAt: venueNow + dice.whole(3_000, 200_000),
    })
    if (!isRefusal(order)) laws.venue.strange(order)
  }
}
