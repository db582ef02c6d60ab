// One seed's world: an exchange with its crowd, a maker, the network between them and everything
// that befalls them. A storm first, in which only safety is asked for; then calm, in which the
// maker must find back to quoting, with books that are the exchange's to the last digit.

import type { Crowd } from '../../mocks/kalshi/crowd/crowd.ts'
import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import type { Faults } from '../../mocks/kalshi/faults/faults.ts'
import type { Feed as VenueFeed } from '../../mocks/kalshi/feed/feed.ts'
import type { EngineMemory } from '../../src/core/maker/engine.ts'
import { FIRST_LEASE } from '../../src/core/orders/rate-budget.ts'
import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import type { Command, Effect, Event, Lease } from '../../src/core/vocabulary/events.ts'
import type { Parameters, Strategy } from '../../src/core/vocabulary/parameters.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import type { StoredGroup } from '../../src/durable/maker/exchange/order-group.ts'
import type { FeedSocket } from '../../src/kalshi/feed/feed.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { DecisionTrace } from '../decisions/trace.ts'
import { Laws } from '../laws/laws.ts'
import { T0, TICKER } from '../market.ts'
import { effectText, eventText } from '../transcript.ts'
import { BookMute } from '../troubles/book-mute.ts'
import { Closing } from '../troubles/closing.ts'
import { Flattener } from '../troubles/flattener.ts'
import { Fuses, venueOffsetOf } from '../troubles/fuses.ts'
import { GroupTrouble } from '../troubles/group-trouble.ts'
import { besideAPerson, HandTrader } from '../troubles/hand-trader.ts'
import { HeardTroubles } from '../troubles/heard-troubles.ts'
import { HoursTrouble } from '../troubles/hours.ts'
import { lastDay, lastWeather } from '../troubles/last-day.ts'
import { Neighbour } from '../troubles/neighbour.ts'
import { RiskDesk } from '../troubles/risk-desk.ts'
import { SiblingTrouble } from '../troubles/siblings.ts'
import { StorageTrouble } from '../troubles/storage-trouble.ts'
import { Troubles } from '../troubles/troubles.ts'
import { calmOf, type Weather, weatherOf } from '../troubles/weather.ts'
import { Cable } from './cable.ts'
import { DeskLine } from './desk.ts'
import { Life } from './life.ts'
import { Mailbox } from './mailbox.ts'
import { OwnAccount } from './own-account.ts'
import { Post } from './post.ts'
import { type Model, openVenue, parametersFrom, refinedFrom } from './venue.ts'

const COST = FIRST_LEASE.cost
/** Of the calm: with the crowd about, and then without. Together they bound the time to heal. */
export const BUSY_CALM_MS = 35_000
export const QUIET_CALM_MS = 25_000

export class World {
  readonly seed: number
  readonly mailbox = new Mailbox(T0)
  readonly exchange: Exchange
  readonly account: Account
  readonly own: OwnAccount
  readonly listing: Listing
  readonly crowd: Crowd
  readonly faults: Faults
  readonly post: Post
  readonly fuses: Fuses
  readonly group: GroupTrouble
  readonly laws: Laws
  readonly counts = new Map<string, number>()
  /** The last lines of the narration: events and requests; null unless narrating. */
  readonly lines: string[] | null
  weather: Weather
  parameters: Parameters
  life: Life | null = null
  lifeNumber = 0
  cable: Cable | null = null
  lease: Lease = FIRST_LEASE
  stopped = false
  jumpedAt = 0
  events = 0
  readonly #trace: DecisionTrace | null
  readonly #dice: Dice
  readonly #storm: Weather
  readonly #feed: VenueFeed
  readonly #troubles: Troubles
  readonly #neighbour: Neighbour
  readonly #hand: HandTrader
  readonly heard: HeardTroubles
  readonly desk: DeskLine
  readonly storage: StorageTrouble
  readonly bookMute: BookMute
  readonly siblings: SiblingTrouble
  readonly hours: HoursTrouble
  readonly #riskDesk: RiskDesk
  readonly #flattener: Flattener
  readonly #closing: Closing
  readonly #crowdEvery: Millis
  /** How far the exchange's clock is ahead of the true one. */
  readonly #venueOffset: Millis
  #offset = 0
  #stirred = false
  #memory: EngineMemory | null = null
  #storedGroup: StoredGroup | null = null
  #storedFills: ReadonlySet<string> = new Set()
  #command: Command = 'resume'
  #pauseReason: 'operator' | 'flattened' = 'operator'
  #crowdAway = false
  #lives = 0
  /** The phase that was told last, when narrating. */
  #phase = ''

  constructor(seed: number, narrate: boolean, model?: Model, trace: DecisionTrace | null = null) {
    this.seed = seed
    this.#trace = trace
    this.lines = narrate ? [] : null
    const dice = new Dice(seed, 12)
    this.#dice = dice
    this.#storm = weatherOf(seed)
    this.weather = this.#storm
    const { mailbox } = this
    const fuseDice = new Dice(seed, 37)
    this.#venueOffset = venueOffsetOf(fuseDice)
    const venue = openVenue(seed, dice, this.#storm, () => this.venueNow)
    this.exchange = venue.exchange
    this.fuses = new Fuses(fuseDice, this)
    this.account = venue.account
    this.listing = venue.listing
    this.crowd = venue.crowd
    this.faults = venue.faults
    this.#feed = venue.feed
    this.group = new GroupTrouble(seed, this)
    const wanted = besideAPerson(seed, refinedFrom(seed, parametersFrom(dice), model))
    this.parameters = this.group.of(wanted)
    this.post = new Post({
      mailbox,
      dice: new Dice(seed, 13),
      strange: new Dice(seed, 33),
      rest: venue.rest,
      weather: () => this.weather,
      stir: () => this.stir(),
      count: (what) => this.count(what),
      arriving: (parcel) => {
        this.laws.venue.arriving(parcel)
        this.laws.fuse.arriving(parcel)
        this.laws.account.arriving(parcel)
        this.laws.foreign.arriving(parcel)
        this.laws.group.arriving(parcel)
        this.laws.flatten.arriving(parcel)
      },
      arrived: (parcel) => {
        this.laws.venue.arrived(parcel)
        this.laws.account.arrived(parcel)
        this.laws.flatten.arrived(parcel)
      },
      fuses: this.fuses,
      group: this.group,
      venueNow: () => this.venueNow,
      say: (line) => this.say(line),
      sent: (method, path, body) => trace?.request(method, path, body),
    })
    this.own = new OwnAccount(this.account)
    this.laws = new Laws(this)
    this.#crowdEvery = dice.whole(100, 400)
    this.#crowdStep()
    this.#troubles = new Troubles(this, dice, this.#storm)
    this.#neighbour = new Neighbour(this, new Dice(seed, 33), this.#storm.neighbourEvery)
    this.#hand = new HandTrader(this, seed)
    this.desk = new DeskLine(this, seed)
    this.storage = new StorageTrouble(this, seed)
    this.heard = new HeardTroubles(this, seed)
    this.bookMute = new BookMute(seed, this)
    this.#riskDesk = new RiskDesk(this, seed)
    this.siblings = new SiblingTrouble(this, seed)
    this.hours = new HoursTrouble(this, seed)
    this.#flattener = new Flattener(this, seed, this.#riskDesk.isHere)
    this.#closing = new Closing(this, seed)
    this.#birth()
  }

  get ownNow(): Millis {
    return this.mailbox.now + this.#offset
  }

  /** What the present socket is subscribed to. */
  get subscribed(): ReadonlySet<string> {
    return this.cable === null ? new Set() : this.#feed.channelsOf(this.cable.server)
  }

  get venueNow(): Millis {
    return this.mailbox.now + this.#venueOffset
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

  readonly count = (what: string, by = 1): void => {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by)
  }

  readonly say = (line: () => string): void => {
    this.lines?.push(`${String(this.mailbox.now - T0).padStart(7)} ${line()}`)
  }

  close(): void {
    this.#feed.close()
    this.life?.evict()
  }

  // --- the course of things
  // -----------------------------------------------------------------------

  #crowdStep(): void {
    this.exchange.tick()
    if (!this.#crowdAway) this.crowd.step(this.mailbox.now)
    this.mailbox.post(this.#crowdEvery, () => this.#crowdStep())
  }

  command(command: Command): void {
    this.#pauseReason = 'operator'
    this.#command = command === 'release' ? 'resume' : command
    this.stopped = this.#command !== 'resume'
    const { life } = this
    if (command !== 'halt') this.laws.brakes.released()
    if (command === 'release') this.desk.trusted()
    // A person who releases the maker stands in for the desk; any other wish waits for it.
    if (life?.doubtsDesk === true) {
      if (command !== 'release') return
      life.doubtsDesk = false
    }
    const tell = () => {
      if (command === 'release') {
        this.#riskDesk.released()
        this.tell({ type: 'rearm', at: this.ownNow })
      }
      if (this.storage.isFailing) this.obey('storage-failing')
      else this.tell({ type: 'command', at: this.ownNow, command, reason: 'operator' })
    }
    if (command !== 'release' || life === null) tell()
    else {
      life.release(() => {
        if (this.#command === 'resume') tell()
      })
    }
  }

  /** A person has flattened: the pause that follows it is stored, and a halt stays one. */
  flattened(): void {
    if (this.#command !== 'resume') return
    this.#command = 'pause'
    this.#pauseReason = 'flattened'
    this.stopped = true
  }

  /** What persons want of the maker. */
  get wanted(): Command {
    return this.#command
  }

  /** New knobs, applied at once. */
  configure(strategy: Partial<Strategy>): void {
    const { strategy: before, limits } = this.parameters
    this.parameters = { strategy: { ...before, ...strategy }, limits }
    this.tell({ type: 'configure', at: this.ownNow, parameters: this.parameters })
  }

  /** Sets our own clock to be wrong by so many ms. */
  setClock(offset: Millis): void {
    this.jumpedAt = this.mailbox.now
    this.#offset = offset
  }

  tell(event: Event): void {
    this.life?.step(event)
  }

  grant(lease: Lease): void {
    const { life } = this
    if (life === null) return
    this.laws.leased(lease)
    this.lease = lease
    life.lease(lease)
  }

  /** The desk has renewed the lease as it is, and knows of no halt. */
  renewed(): void {
    const { life, ownNow } = this
    if (life === null) return
    life.renewed(this.lease, ownNow)
    if (!life.doubtsDesk) return
    life.doubtsDesk = false
    this.obey('desk-answered')
  }

  /** Gives the maker the command that holds now; a halt that is only doubted holds. */
  obey(reason: 'desk-answered' | 'storage-failing' | 'storage-answered'): void {
    if (this.life?.doubtsDesk !== false) return
    const isHeld = this.storage.isFailing && this.#command === 'resume'
    const command = isHeld ? 'pause' : this.#command
    const own = this.#command === 'pause' && this.#pauseReason === 'flattened'
    const why = isHeld ? 'storage-failing' : own ? 'flattened' : reason
    this.tell({ type: 'command', at: this.ownNow, command, reason: why })
  }

  evict(): void {
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
    this.siblings.born()
    this.hours.born()
    this.laws.born(this.#storedFills, this.#memory)
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
        received: (event) => this.#received(event),
        decided: (event, effects) => this.#decided(event, effects, life),
        alarmed: () => this.storage.alarmed(),
        stored: (memory) => {
          if (!this.storage.write()) return false
          const fills = new Set(this.laws.delivered)
          mailbox.post(this.#dice.whole(0, 100), () => {
            this.#memory = memory
            this.laws.brakes.stored(memory)
            this.#storedFills = fills
          })
          return true
        },
        storedGroup: this.#storedGroup,
        keepGroup: (group) => {
          this.#storedGroup = group
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
    this.storage.born(life)
    life.begin(this.#command, this.desk.isAway)
    if (this.storage.isFailing) this.obey('storage-failing')
    this.desk.hear()
    this.#riskDesk.born()
    mailbox.post(this.#dice.whole(10, 300), () => {
      if (!life.alive) return
      const refill = this.#dice.whole(40, 120)
      this.grant({ refill, capacity: refill * this.#dice.whole(1, 3), cost: COST })
    })
  }

  #dial(life: Life): Promise<FeedSocket> {
    const dice = this.#dice
    const { weather, mailbox } = this
    return new Promise((resolve, reject) => {
      if (dice.chance(weather.hangDial)) {
        this.count('dials hanging')
        return
      }
      const refused = dice.chance(weather.refuseDial) || this.fuses.isRevoked
      mailbox.post(dice.whole(5, 150), () => {
        if (!life.alive) return
        this.stir()
        if (refused) {
          this.count('dials refused')
          reject(new Error('Dialing sim refused: found HTTP 502'))
          return
        }
        const cable: Cable = new Cable({
          mailbox,
          dice,
          weather: () => this.weather,
          stir: () => this.stir(),
          count: (what) => this.count(what),
          lagMs: (isBook) => this.heard.lagMs(cable, isBook),
          group: this.group,
        })
        this.#feed.attach(cable.server, this.account)
        this.cable = cable
        resolve(cable.client)
      })
    })
  }

  #received(event: Event): void {
    this.events++
    if (this.lines !== null && event.type !== 'clock' && event.type !== 'trade') {
      this.say(() => `> ${eventText(event)}`)
    }
    this.laws.received(event)
  }

  #decided(event: Event, effects: readonly Effect[], life: Life): void {
    if (this.lines !== null) {
      const { phase, reason } = life.engine.decider
      const said = phase === reason ? phase : `${phase}: ${reason}`
      if (said !== this.#phase) this.say(() => `= ${(this.#phase = said)}`)
    }
    this.#trace?.step(life.engine, effects, event.at)
    for (const effect of effects) {
      if (effect.type === 'send') this.count(`sent ${effect.intent.kind}`)
      else if (effect.type === 'latch') this.#latched(effect.code)
      else if (effect.type === 'log') this.#logged(effect.event)
      if (this.lines === null) continue
      const text = effectText(effect)
      if (text !== null) this.say(() => text)
    }
    this.laws.decided(event, effects, life)
  }

  /** The maker has halted itself; a person who looks after it comes by in a while. */
  #latched(code: string): void {
    this.count(`halted itself: ${code}`)
    this.#command = 'halt'
    this.stopped = true
    this.mailbox.post(this.#dice.whole(1_000, 15_000), () => {
      if (this.#command === 'halt') this.command('release')
    })
  }

  #logged(event: string): void {
    if (NOTED.has(event)) this.count(NOTED.get(event)!)
  }

  // --- the calm
  // -----------------------------------------------------------------------------------

  /** All faults end; the exchange trades; a person releases what was halted. */
  heal(): void {
    this.#troubles.end()
    this.#neighbour.end()
    this.#hand.end()
    this.desk.end()
    this.storage.end()
    this.heard.end()
    this.bookMute.end()
    this.#riskDesk.end()
    this.siblings.end()
    this.hours.end()
    this.#flattener.end()
    this.#closing.end()
    this.fuses.end()
    this.group.end()
    this.weather = calmOf(this.#storm)
    this.say(() => '      ~ calm')
    this.exchange.pauseTrading(false)
    this.exchange.lifecycle.activate(TICKER)
    this.crowd.thin(null)
    this.cable?.mute(0)
    this.command('release')
    if (this.life !== null) this.grant({ refill: 100, capacity: 300, cost: COST })
    for (const order of [...this.account.holding(TICKER).resting]) {
      if (order.clientOrderId.startsWith(PROBE_PREFIX)) this.exchange.withdraw(order)
    }
  }

  /** The crowd stands still, so that what is quoted can be compared with what is wanted. */
  still(): void {
    this.#crowdAway = true
    this.#hand.leave()
  }

  /**
   * The market closes and pays out, as at the end of its life.
   * @returns ms after which the maker must have booked it
   */
  finish(): number {
    this.weather = lastWeather(this.seed, this.weather, this.#storm)
    const determinedMs = this.#dice.whole(1_000, 5_000)
    return lastDay(this, this.seed, this.#dice.chance(0.5), determinedMs)
  }

  /** What there is to see at the end: how hard it rained. */
  tally(): void {
    this.count('fills', this.own.fills.length)
    this.count(
      'requests',
      [...this.counts].filter(([n]) => n.startsWith('sent ')).reduce((s, [, c]) => s + c, 0),
    )
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
  ['book-contradicted', 'books proved wrong'],
  ['book-confirmed', 'books believed again'],
  ['amend-traded', 'amends that traded'],
  ['flatten', 'flattenings begun'],
  ['flatten-ended', 'flattenings ended'],
  ['taker-exit', 'lots taken before the close'],
  ['taker-exit-refused', 'lots not taken: refused'],
])

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
