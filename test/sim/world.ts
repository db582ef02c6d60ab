// One seed's world: an exchange with its crowd, a maker, the network between them and everything that
// befalls them. A storm first, in which only safety is asked for; then calm, in which the maker must
// find back to quoting, with books that are the exchange's to the last digit.

import type { Account } from '../../mock-kalshi/account.ts'
import { type ApiKey, Gatekeeper } from '../../mock-kalshi/auth.ts'
import { Crowd } from '../../mock-kalshi/crowd.ts'
import { Dice } from '../../mock-kalshi/dice.ts'
import { Exchange } from '../../mock-kalshi/exchange.ts'
import { Faults } from '../../mock-kalshi/faults.ts'
import { Feed as VenueFeed } from '../../mock-kalshi/feed.ts'
import type { Listing } from '../../mock-kalshi/listing.ts'
import { ReadModel } from '../../mock-kalshi/read-model.ts'
import { isRefusal } from '../../mock-kalshi/refusal.ts'
import { Rest } from '../../mock-kalshi/rest.ts'
import { TokenBuckets } from '../../mock-kalshi/token-buckets.ts'
import { FIRST_LEASE } from '../../src/core/budget.ts'
import type { EngineMemory } from '../../src/core/engine.ts'
import type { Command, Effect, Event, Lease } from '../../src/core/events.ts'
import { PROBE_PREFIX } from '../../src/core/reconcile.ts'
import { CONTRACT, type Millis, PRICE_CENT, type Side } from '../../src/core/units.ts'
import type { FeedSocket } from '../../src/kalshi/feed.ts'
import { parametersOf, T0, TICKER } from '../helpers/core.ts'
import { effectText, eventText } from '../helpers/engine-text.ts'
import { Cable } from './cable.ts'
import { Laws } from './laws.ts'
import { Life } from './life.ts'
import { Mailbox } from './mailbox.ts'
import { Post } from './post.ts'
import { calmOf, type Weather, weatherOf } from './weather.ts'

const COST = FIRST_LEASE.cost
const TENTHS = [
  { start: 0, end: 1_000, step: 10 },
  { start: 1_000, end: 9_000, step: 100 },
  { start: 9_000, end: 10_000, step: 10 },
]

/** Of the calm: with the crowd about, and then without. Together they bound the time to heal. */
export const BUSY_CALM_MS = 35_000
export const QUIET_CALM_MS = 25_000

/** Signatures are checked elsewhere: here every caller is us. */
class OpenGate extends Gatekeeper {
  account: Account | null = null

  override admit(): ApiKey {
    const { account } = this
    const scopes = ['read', 'write'] as const
    return { id: 'sim', name: 'sim', account: account!, scopes, subaccount: null } as unknown as ApiKey
  }
}

export class World {
  readonly seed: number
  readonly mailbox = new Mailbox(T0)
  readonly exchange: Exchange
  readonly account: Account
  readonly listing: Listing
  readonly crowd: Crowd
  readonly post: Post
  readonly laws: Laws
  readonly counts = new Map<string, number>()
  /** The last lines of what was heard and asked; null unless narrating. */
  readonly lines: string[] | null
  weather: Weather
  parameters
  life: Life | null = null
  lifeNumber = 0
  cable: Cable | null = null
  lease: Lease = FIRST_LEASE
  stopped = false
  events = 0
  readonly #dice: Dice
  readonly #storm: Weather
  readonly #feed: VenueFeed
  readonly #faults = new Faults()
  readonly #crowdEvery: Millis
  #offset = 0
  #stirred = false
  #memory: EngineMemory | null = null
  #storedFills: ReadonlySet<string> = new Set()
  #command: Command = 'resume'
  #crowdAway = false
  #stormy = true
  #others = 0

  constructor(seed: number, narrate: boolean) {
    this.seed = seed
    this.lines = narrate ? [] : null
    const dice = new Dice(seed, 12)
    this.#dice = dice
    this.#storm = weatherOf(seed)
    this.weather = this.#storm
    const { mailbox } = this
    const now = (): Millis => mailbox.now
    const knobs = { postOnlyCross: dice.chance(0.5) ? 'reject' : 'accept-cancel' } as const
    this.exchange = new Exchange({ now, seed, knobs })
    this.account = this.exchange.addAccount('tested', 10_000)
    this.listing = this.exchange.addMarket({
      ticker: TICKER,
      feeType: dice.chance(0.5) ? 'quadratic_with_maker_fees' : 'quadratic',
      closeAt: T0 + dice.whole(3_600_000, 20 * 86_400_000),
      canCloseEarly: this.weather.closeMoveEvery > 0 || dice.chance(0.5),
      ...(dice.chance(0.4) ? { priceRanges: TENTHS, priceLevelStructure: 'tapered_deci_cent' } : {}),
    })
    const reads = new ReadModel(this.exchange)
    reads.lagMs = this.weather.readLagMs
    const faults = this.#faults
    this.#feed = new VenueFeed(this.exchange, faults)
    const gate = new OpenGate(now)
    gate.account = this.account
    const buckets = new TokenBuckets('advanced')
    const rest = new Rest(this.exchange, gate, buckets, reads, faults)
    this.parameters = parametersOf({
      strategy: {
        size: dice.whole(2, 12) * CONTRACT,
        gamma: 0.002 * 10 ** dice.next(),
        sigma: dice.chance(0.5) ? null : dice.next() * 0.3,
        fair_value: dice.chance(0.5) ? 'mid' : 'micro',
        min_half_spread: dice.whole(0, 2) * 0.5,
        min_move_ticks: dice.whole(0, 2),
        min_move_seconds: dice.whole(0, 3),
        order_ttl_seconds: dice.whole(20, 120),
        reconcile_seconds: dice.whole(5, 30),
        stale_after_seconds: dice.whole(3, 8),
      },
      limits: {
        max_order_size: 12 * CONTRACT,
        max_position: dice.whole(12, 40) * CONTRACT,
        max_dollars_at_risk: dice.whole(5, 30),
      },
    })
    this.post = new Post({
      mailbox,
      dice: new Dice(seed, 13),
      rest,
      weather: () => this.weather,
      fillsKnown: () => this.laws.delivered.size,
      stir: () => this.stir(),
      count: (what) => this.count(what),
      arriving: (parcel) => this.laws.arriving(parcel),
      arrived: (parcel) => this.laws.arrived(parcel),
      say: (line) => this.say(line),
    })
    this.laws = new Laws(this)
    this.crowd = new Crowd(this.exchange, TICKER, {
      seed,
      fair: 0.1 + 0.8 * dice.next(),
      volatility: 0.002 * 12 ** dice.next(),
      takersPerSecond: 0.2 + dice.next(),
    })
    this.exchange.on((fact) => {
      if (fact.kind !== 'order' || fact.account !== this.account) return
      // A late order of a lost life arrives before the post can say so.
      if (fact.reason === 'SelfTradeCancel') this.count('self-trade cancels')
    })
    this.#crowdEvery = dice.whole(100, 400)
    this.#crowdStep()
    this.#plan()
    this.#birth()
  }

  get ownNow(): Millis {
    return this.mailbox.now + this.#offset
  }

  /** Plays until `until` (virtual epoch ms); false when a law broke. */
  async play(until: Millis): Promise<boolean> {
    const { mailbox, laws } = this
    for (;;) {
      const run = mailbox.take(until)
      if (run === null) return true
      run()
      if (this.#stirred) {
        this.#stirred = false
        // Promises settle within the virtual instant.
        await settled()
        this.#stirred = false
      }
      laws.check()
      if (laws.broken !== null) return false
    }
  }

  stir(): void {
    this.#stirred = true
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by)
  }

  say(line: () => string): void {
    this.lines?.push(`${String(this.mailbox.now - T0).padStart(7)} ${line()}`)
  }

  close(): void {
    this.#feed.close()
    this.life?.evict()
  }

  // --- the storm ----------------------------------------------------------------------------------

  #crowdStep(): void {
    this.exchange.tick()
    if (!this.#crowdAway) this.crowd.step(this.mailbox.now)
    this.mailbox.post(this.#crowdEvery, () => this.#crowdStep())
  }

  /** Does something again and again at random times, once in `mean` ms, while the storm lasts. */
  #often(mean: Millis, what: string, act: () => void): void {
    if (mean <= 0) return
    this.mailbox.post(this.#dice.exponential(mean), () => {
      if (!this.#stormy) return
      this.say(() => `      ~ ${what}`)
      this.count(what)
      act()
      this.#often(mean, what, act)
    })
  }

  #plan(): void {
    const { weather, exchange, crowd } = this
    const { lifecycle } = exchange
    const dice = this.#dice
    const { mailbox } = this
    this.#often(weather.cutEvery, 'disconnects', () => {
      this.cable?.cut(dice.chance(weather.silentCut))
    })
    this.#often(weather.muteEvery, 'silences', () => this.cable?.mute(dice.whole(500, 15_000)))
    this.#often(weather.endSubscriptionEvery, 'subscriptions ended', () => {
      const channel = ['orderbook_delta', 'fill', 'user_orders', 'trade'][dice.whole(0, 3)]!
      // No frame shows that there will be no more, so the book is not known to be whole any longer.
      if (channel === 'orderbook_delta' && this.cable !== null) this.cable.bookSent++
      this.#faults.endSubscription(channel, dice.chance(0.5) ? 25 : 10)
    })
    this.#often(weather.pauseEvery, 'market pauses', () => {
      lifecycle.deactivate(TICKER)
      mailbox.post(dice.whole(100, 8_000), () => lifecycle.activate(TICKER))
    })
    this.#often(weather.haltAllEvery, 'exchange pauses', () => {
      exchange.pauseTrading(true)
      mailbox.post(dice.whole(500, 10_000), () => exchange.pauseTrading(false))
    })
    this.#often(weather.shockEvery, 'price shocks', () => this.#shock())
    this.#often(weather.thinEvery, 'thin books', () => {
      crowd.thin({ levels: dice.whole(0, 1), contracts: dice.whole(1, 3) })
      mailbox.post(dice.whole(500, 8_000), () => crowd.thin(null))
    })
    this.#often(weather.gridEvery, 'grid changes', () => {
      const fine = this.listing.priceRanges.length === 1
      const cents = [{ start: 0, end: 10_000, step: PRICE_CENT }]
      lifecycle.changeGrid(TICKER, fine ? 'tapered_deci_cent' : 'linear_cent', fine ? TENTHS : cents)
    })
    this.#often(weather.closeMoveEvery, 'close moves', () => {
      lifecycle.moveClose(TICKER, mailbox.now + dice.whole(1_200_000, 86_400_000))
    })
    this.#often(weather.evictEvery, 'evictions', () => this.#evict())
    this.#offset = dice.whole(-weather.skewMs, weather.skewMs)
    this.#often(weather.jumpEvery, 'clock jumps', () => {
      this.#offset = dice.whole(-weather.skewMs, weather.skewMs)
    })
    this.#often(weather.orphanEvery, 'orders of others', () => this.#stranger())
    this.#often(weather.commandEvery, 'commands', () => {
      this.command((['pause', 'halt', 'pause'] as const)[dice.whole(0, 2)]!)
      mailbox.post(dice.whole(200, 8_000), () =>
        this.command(this.#command === 'halt' ? 'release' : 'resume'),
      )
    })
    this.#often(weather.configureEvery, 'configurations', () => {
      const { strategy, limits } = this.parameters
      const size = dice.whole(1, 12) * CONTRACT
      this.parameters = { strategy: { ...strategy, size, gamma: 0.01 * dice.next() }, limits }
      this.#tell({ type: 'configure', at: this.ownNow, parameters: this.parameters })
    })
    this.#often(weather.leaseEvery, 'leases', () => {
      const refill = dice.whole(12, 120)
      this.#grant({ refill, capacity: refill * dice.whole(1, 3), cost: COST })
    })
  }

  #shock(): void {
    const { crowd, mailbox } = this
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
    const { book, grid } = this.listing
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
    const order = this.exchange.place(this.account, {
      ticker: TICKER,
      side,
      price,
      quantity: dice.whole(1, 5) * CONTRACT,
      postOnly: true,
      clientOrderId: `${probe ? PROBE_PREFIX : 'other-'}${++this.#others}`,
      expiresAt: this.mailbox.now + dice.whole(3_000, 200_000),
    })
    if (!isRefusal(order)) this.laws.strange(order)
  }

  command(command: Command): void {
    this.#command = command === 'release' ? 'resume' : command
    this.stopped = this.#command !== 'resume'
    this.#tell({ type: 'command', at: this.ownNow, command, reason: 'operator' })
  }

  #tell(event: Event): void {
    this.life?.step(event)
  }

  #grant(lease: Lease): void {
    const { life } = this
    if (life === null) return
    this.lease = lease
    this.laws.leased(lease)
    life.lease(lease)
  }

  #evict(): void {
    const { life, cable } = this
    if (life === null) return
    life.evict()
    this.life = null
    this.post.orphan(this.lifeNumber, 0.5)
    this.lifeNumber = -1
    // The socket dies with the object, sooner or later.
    if (cable !== null) this.mailbox.post(this.#dice.whole(0, 3_000), () => cable.cut(true))
    this.mailbox.post(this.#dice.whole(0, 5_000), () => this.#birth())
  }

  #birth(): void {
    const number = ++this.#lives
    const { mailbox } = this
    this.laws.born(this.#storedFills)
    this.lease = FIRST_LEASE
    this.lifeNumber = number
    const life: Life = new Life(
      {
        number,
        ticker: TICKER,
        mailbox,
        now: () => this.ownNow,
        random: () => this.#dice.next(),
        fetcher: this.post.fetcher(number, () => life.alive),
        dial: () => this.#dial(life),
        stir: () => this.stir(),
        heard: (event) => this.#heard(event),
        decided: (event, effects) => this.#decided(event, effects, life),
        stored: (memory) => {
          const fills = new Set(this.laws.delivered)
          mailbox.post(this.#dice.whole(0, 100), () => {
            this.#memory = memory
            this.#storedFills = fills
          })
        },
        failed: (error) => {
          const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
          this.laws.fail(`the engine never throws: ${text}`)
        },
      },
      this.parameters,
      this.#memory,
    )
    this.life = life
    this.say(() => `      ~ life ${number}`)
    life.begin(this.#command)
    mailbox.post(this.#dice.whole(10, 300), () => {
      if (!life.alive) return
      const refill = this.#dice.whole(40, 120)
      this.#grant({ refill, capacity: refill * this.#dice.whole(1, 3), cost: COST })
    })
  }
  #lives = 0

  #dial(life: Life): Promise<FeedSocket> {
    const dice = this.#dice
    const { weather, mailbox } = this
    return new Promise((resolve, reject) => {
      if (dice.chance(weather.hangDial)) {
        this.count('dials hanging')
        return
      }
      const refused = dice.chance(weather.refuseDial)
      mailbox.post(dice.whole(5, 150), () => {
        if (!life.alive) return
        this.stir()
        if (refused) {
          this.count('dials refused')
          reject(new Error('Dialing sim refused: found HTTP 502'))
          return
        }
        const cable = new Cable({
          mailbox,
          dice,
          weather: () => this.weather,
          stir: () => this.stir(),
          count: (what) => this.count(what),
        })
        this.#feed.attach(cable.server, this.account)
        this.cable = cable
        resolve(cable.client)
      })
    })
  }

  #heard(event: Event): void {
    this.events++
    if (this.lines !== null && event.type !== 'clock' && event.type !== 'trade') {
      this.say(() => `> ${eventText(event)}`)
    }
    this.laws.heard(event)
  }

  #decided(event: Event, effects: readonly Effect[], life: Life): void {
    if (this.lines !== null) {
      const { phase, reason } = life.engine.conduct
      const said = phase === reason ? phase : `${phase}: ${reason}`
      if (said !== this.#phase) this.say(() => `= ${(this.#phase = said)}`)
    }
    for (const effect of effects) {
      if (effect.type === 'send') this.count(`sent ${effect.intent.kind}`)
      else if (effect.type === 'log') this.#logged(effect.event)
      if (this.lines === null) continue
      const text = effectText(effect)
      if (text !== null) this.say(() => text)
    }
    this.laws.decided(event, effects, life)
  }
  #phase = ''

  #logged(event: string): void {
    if (NOTED.has(event)) this.count(NOTED.get(event)!)
  }

  // --- the calm -----------------------------------------------------------------------------------

  /** All faults end; the exchange trades; a person releases what was halted. */
  heal(): void {
    this.#stormy = false
    this.weather = calmOf(this.#storm)
    this.say(() => '      ~ calm')
    this.exchange.pauseTrading(false)
    this.exchange.lifecycle.activate(TICKER)
    this.crowd.thin(null)
    this.cable?.mute(0)
    this.command('release')
    if (this.life !== null) this.#grant({ refill: 100, capacity: 300, cost: COST })
    for (const order of [...this.account.holding(TICKER).resting]) {
      if (order.clientOrderId.startsWith(PROBE_PREFIX)) this.exchange.withdraw(order)
    }
  }

  /** The crowd stands still, so that what is quoted can be compared with what is wanted. */
  still(): void {
    this.#crowdAway = true
  }

  /** The market closes and pays out, as at the end of its life. */
  finish(): void {
    const { lifecycle } = this.exchange
    lifecycle.close(TICKER)
    this.mailbox.post(this.#dice.whole(1_000, 5_000), () => {
      lifecycle.determine(TICKER, this.#dice.chance(0.5) ? 'yes' : 'no')
      lifecycle.settle(TICKER)
    })
  }

  /** What there is to see at the end: how hard it rained. */
  tally(): void {
    this.count('fills', this.account.fills.length)
    this.count('requests', [...this.counts].filter(([n]) => n.startsWith('sent ')).reduce((s, [, c]) => s + c, 0))
  }
}

/** Which log lines are worth counting, and under what name. */
const NOTED: ReadonlyMap<string, string> = new Map([
  ['outcome-unknown', 'unknown outcomes'],
  ['orphan-order', 'orphans adopted'],
  ['sequence-gap', 'gaps seen'],
  ['recovered', 'recoveries'],
  ['rate-limited', 'rate limits heard'],
  ['position-adopted', 'positions adopted'],
  ['ledger-differs', 'ledgers that differed'],
  ['stale', 'stale lines seen'],
  ['malformed-frame', 'malformed frames seen'],
  ['book-diverged', 'books diverged'],
  ['amend-traded', 'amends that traded'],
])

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
