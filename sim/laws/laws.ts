// What must hold after everything that happens, whatever the weather: judged on the exchange's own
// books and by counts kept here, not by what the engine believes, wherever the exchange can tell.
//
// A law that is broken is noted, not thrown: most of what happens does so inside callbacks that
// would swallow it.

import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import type { Order as VenueOrder } from '../../mocks/kalshi/matching/order.ts'
import type { EngineMemory } from '../../src/core/maker/engine.ts'
import { isOver } from '../../src/core/orders/lifecycle.ts'
import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import type { Effect, Event, IntentKind, Lease } from '../../src/core/vocabulary/events.ts'
import { CONTRACT, PRICE_ONE } from '../../src/core/vocabulary/units.ts'
import type { Life } from '../world/life.ts'
import { AccountLaws } from './account-laws.ts'
import { BrakeLaws } from './brake-laws.ts'
import { DeskLaw } from './desk-law.ts'
import { EventLaw } from './event-law.ts'
import { FlattenLaws } from './flatten-laws.ts'
import { ForeignLaws } from './foreign-laws.ts'
import { FuseLaws } from './fuse-laws.ts'
import { GroupLaw } from './group-law.ts'
import { HeardLaws } from './heard-laws.ts'
import { HoursLaw } from './hours-law.ts'
import { QuestionLaw } from './question-law.ts'
import type { Scene } from './scene.ts'
import { StorageLaw } from './storage-law.ts'
import { type Law, VenueLaws } from './venue-laws.ts'
import { WitnessLaw } from './witness-law.ts'

const PAUSE_MS = 2_000
/** Clocks jump, and frames are dated by our own. */
const CLOCK_SLACK_MS = 1_000

export class Laws {
  broken: string | null = null
  /** Times a law was looked at, by name, so that one sees that they were. */
  readonly looked = new Map<string, number>()
  /** Fills that have reached this life, and those that the stored memory has. */
  delivered = new Set<string>()
  readonly venue: VenueLaws
  readonly fuse: FuseLaws
  readonly account: AccountLaws
  readonly brakes: BrakeLaws
  readonly foreign: ForeignLaws
  readonly group: GroupLaw
  readonly flatten: FlattenLaws
  readonly #desk: DeskLaw
  readonly #storage: StorageLaw
  readonly #heard: HeardLaws
  readonly #questions: QuestionLaw
  readonly #event: EventLaw
  readonly #hours: HoursLaw
  readonly witness: WitnessLaw
  readonly #scene: Scene
  /** How many fills the maker knew of when it decided on an order, by client order id. */
  readonly #knownTo = new Map<string, number>()
  #linkUpAt = Number.POSITIVE_INFINITY
  readonly #answeredSince = new Set<string>()
  #excused = false
  #limitedUntil = 0
  #receivedAt = 0
  #rowAt = 0
  #tokens = 20
  #tokensAt = 0
  #clocks = 0
  #snapshotAt = 0
  #clocksAt = 0
  #looks = 0
  /** Fills already counted, and the contracts among them that this life placed. */
  #fillsCounted = 0
  #traded = 0

  constructor(scene: Scene) {
    this.#scene = scene
    const law: Law = (name, holds, found) => this.#law(name, holds, found)
    this.flatten = new FlattenLaws(scene, law, this.#knownTo)
    this.venue = new VenueLaws(scene, law, this.#knownTo, this.flatten.takes)
    this.witness = new WitnessLaw(scene, law)
    this.fuse = new FuseLaws(scene, law)
    this.account = new AccountLaws(scene, law)
    this.group = new GroupLaw(scene, law)
    this.brakes = new BrakeLaws(scene, law, this.flatten.isTake)
    this.foreign = new ForeignLaws(scene, law)
    this.#desk = new DeskLaw(scene, law)
    this.#storage = new StorageLaw(scene, law)
    this.#heard = new HeardLaws(scene, law)
    this.#questions = new QuestionLaw(scene, law)
    this.#event = new EventLaw(scene, law)
    this.#hours = new HoursLaw(scene, law)
  }

  fail(text: string): void {
    this.broken ??= text
  }

  #law(name: string, holds: boolean, found: () => string): void {
    this.looked.set(name, (this.looked.get(name) ?? 0) + 1)
    if (!holds) this.fail(`${name}: ${found()}`)
  }

  /** A new life begins with what was stored; its budget is the first lease again. */
  born(delivered: ReadonlySet<string>, memory: EngineMemory | null): void {
    this.delivered = new Set(delivered)
    this.brakes.born(memory)
    this.venue.forget()
    this.account.born()
    this.flatten.born()
    this.fuse.born()
    this.#knownTo.clear()
    this.#fillsCounted = this.#scene.own.fills.length
    this.#traded = 0
    this.#linkUpAt = Number.POSITIVE_INFINITY
    this.#answeredSince.clear()
    this.#limitedUntil = 0
    this.#tokens = 20
    this.#tokensAt = 0
  }

  /** A new lease is about to begin. */
  leased(lease: Lease): void {
    this.#refill()
    this.#tokens = Math.min(this.#tokens, Math.max(lease.capacity, 4))
  }

  // --- what the maker hears and does
  // --------------------------------------------------------------

  received(event: Event): void {
    this.account.received(event)
    this.flatten.received(event)
    this.fuse.received(event)
    this.group.received(event)
    switch (event.type) {
      case 'link-up':
        this.#linkUpAt = this.#scene.mailbox.now
        this.#receivedAt = this.#scene.mailbox.now
        this.#excused = false
        this.#answeredSince.clear()
        return
      case 'link-down':
        this.#linkUpAt = Number.POSITIVE_INFINITY
        this.venue.forget()
        this.fuse.forget()
        return
      case 'answer':
        if (event.outcome.kind === 'accepted') {
          this.#answeredSince.add(event.what)
          if (event.what === 'fills') {
            for (const fill of event.outcome.value as { tradeId: string; orderId: string }[]) {
              this.delivered.add(`${fill.tradeId}/${fill.orderId}`)
            }
          }
        } else if (event.what === 'orders') {
          this.venue.forget()
          this.fuse.forget()
        } else if (event.what === 'market') this.witness.excuse()
        return
      case 'reply':
        if (event.outcome.kind === 'rejected' && event.outcome.status === 429) {
          this.#limitedUntil = event.at + PAUSE_MS
        }
        return
      case 'clock':
        if (this.#scene.mailbox.now >= this.#clocksAt + 1_000) {
          this.#clocksAt = this.#scene.mailbox.now
          this.#clocks = 0
        }
        this.#law(
          'the clock is not asked for without end',
          ++this.#clocks < 400,
          () => '400 in 1 s',
        )
        return
      case 'start':
      case 'stop':
      case 'command':
      case 'configure':
      case 'flatten':
      case 'lease':
      case 'desk':
      case 'state':
      case 'rearm':
      case 'group-triggered':
      case 'alpha':
      case 'siblings':
      case 'hours':
        return
      default:
        this.#receivedAt = this.#scene.mailbox.now
        if (event.type === 'snapshot') this.#snapshotAt = this.#scene.mailbox.now
        if (event.type === 'fill') {
          this.delivered.add(`${event.fill.tradeId}/${event.fill.orderId}`)
        }
    }
  }

  decided(event: Event, effects: readonly Effect[], life: Life): void {
    this.flatten.decided(effects, life)
    this.brakes.decided(effects, life)
    this.foreign.decided(effects, life)
    this.account.decided(effects, life)
    this.#questions.decided(effects)
    this.#event.decided(event, life)
    this.#hours.decided(event, life)
    for (const effect of effects) {
      if (effect.type === 'row') {
        const { at } = effect.row
        this.#law('rows of the tape do not go back in time', at >= this.#rowAt, () => `${at}`)
        this.#rowAt = at
      } else if (effect.type === 'send') {
        this.#spend(effect.intent.kind)
        if (effect.intent.kind === 'cancel') {
          const probe = effect.intent.clientOrderId.startsWith(PROBE_PREFIX)
          this.#law("the probe's orders are let alone", !probe, () => effect.intent.clientOrderId)
        } else {
          this.#knownTo.set(effect.intent.clientOrderId, this.delivered.size)
          this.#sent(event.at, life, this.flatten.isTake(effect.intent.clientOrderId))
        }
      }
    }
  }

  /** @param takes it is a flattening's, which persons and brakes ask for in any phase */
  #sent(at: number, life: Life, takes: boolean): void {
    const { decider, state } = life.engine
    const scene = this.#scene
    const quotes = takes || decider.phase === 'quoting'
    this.#law('orders go out only while quoting', quotes, () => decider.phase)
    const may = takes || !scene.stopped
    this.#law('no order while paused or halted by a person', may, () => 'sent')
    this.#law('no order soon after a 429', at >= this.#limitedUntil, () => `at ${at}`)
    this.#law('no order without a connection', this.#linkUpAt <= scene.mailbox.now, () => 'sent')
    const asked = ['market', 'orders', 'fills', 'position'].every((w) => this.#answeredSince.has(w))
    // A clock that steps back can let an answer count that was asked for just before.
    if (!asked && scene.mailbox.now < scene.jumpedAt + 5_000) this.#excused = true
    const known = asked || this.#excused
    this.#law('no order before orders, fills and position were read', known, () =>
      [...this.#answeredSince].join(' '),
    )
    if (!takes) {
      this.#desk.sent()
      this.#storage.sent()
    }
    this.#law('no order on a dark book', state.book.isLive, () => state.book.reason)
    this.#bookTrue(life, true)
  }

  #spend(kind: IntentKind): void {
    this.#refill()
    this.#tokens -= this.#scene.lease.cost[kind]
    this.#law('the budget is kept', this.#tokens > -1e-3, () => `${this.#tokens} after ${kind}`)
  }

  #refill(): void {
    const { lease, ownNow } = this.#scene
    const refill = Math.max(lease.refill, lease.cost.cancel)
    const capacity = Math.max(lease.capacity, 2 * lease.cost.cancel)
    if (this.#tokensAt > 0 && ownNow > this.#tokensAt) {
      const gained = ((ownNow - this.#tokensAt) * refill) / 1000
      this.#tokens = Math.min(capacity, this.#tokens + gained)
    }
    this.#tokensAt = Math.max(this.#tokensAt, ownNow)
  }

  // --- after every letter
  // -------------------------------------------------------------------------

  check(): void {
    this.venue.check(this.#linkUpAt)
    this.#desk.check(this.#linkUpAt)
    this.#storage.check(this.#linkUpAt)
    this.brakes.check()
    this.account.checkLate()
    const { life } = this.#scene
    if (life === null) return
    this.#ownOrders(life)
    this.#quiet(life)
    this.fuse.check(life)
    this.flatten.check(life)
    this.#heard.check(life, this.#linkUpAt)
    this.witness.check(life)
    this.group.check(life)
    if (++this.#looks % 16 === 0) {
      this.#ledger(life)
      this.#placed(life)
      this.account.check()
      this.#bookTrue(life, false)
      this.fuse.expiries(this.#linkUpAt)
    }
  }

  #ownOrders(life: Life): void {
    let high = 0
    let low = PRICE_ONE
    let bids = 0
    let asks = 0
    for (const order of life.engine.state.execution.orders.live) {
      if (isOver(order.status) || order.adopted || order.revivedAt > 0) continue
      const bit = 1 << order.level
      if (order.side === 'bid') {
        if ((bids & bit) !== 0) this.#law('at most one order a level', false, () => 'two bids')
        bids |= bit
        high = Math.max(high, order.price, order.next.price)
      } else {
        if ((asks & bit) !== 0) this.#law('at most one order a level', false, () => 'two asks')
        asks |= bit
        low = Math.min(low, order.price, order.next.price)
      }
    }
    if (high >= low) this.#law('own bid below own ask', false, () => `${high} and ${low}`)
  }

  // Quoting on a line that has been dead for longer than allowed.
  #quiet(life: Life): void {
    if (life.engine.decider.phase !== 'quoting') return
    const silence = this.#scene.mailbox.now - this.#receivedAt
    const most = life.engine.state.parameters.strategy.stale_after_seconds * 1000
    if (silence > most + CLOCK_SLACK_MS) {
      this.#law('silence ends quoting', false, () => `quoting after ${silence} ms of silence`)
    }
  }

  #allDelivered(): boolean {
    return this.delivered.size >= this.#scene.own.fills.length
  }

  // What this life has placed covers what traded of it and what still rests.
  #placed(life: Life): void {
    const { account, listing, own } = this.#scene
    const { fills } = own
    for (; this.#fillsCounted < fills.length; this.#fillsCounted++) {
      const { order, quantity } = fills[this.#fillsCounted]!
      if (this.#isPlaced(order)) this.#traded += quantity
    }
    let most = this.#traded
    for (const order of account.holding(listing.ticker).resting) {
      if (this.#isPlaced(order)) most += order.remaining
    }
    const placed = Math.round(life.engine.state.execution.counters.contracts_placed * CONTRACT)
    this.#law('contracts placed cover fills and what rests', placed >= most, () => {
      return `${placed} placed, ${most} filled or resting`
    })
  }

  /** Placed by this life, which was not told that it was refused. */
  #isPlaced(order: VenueOrder): boolean {
    return this.#knownTo.has(order.clientOrderId) && !this.venue.isStrange(order)
  }

  // When no fill is missing, the maker's books are the exchange's to the last digit.
  #ledger(life: Life): void {
    if (this.#allDelivered()) this.books(life)
  }

  books(life: Life): void {
    const { account, listing, own } = this.#scene
    if (listing.status === 'finalized') return
    const { ledger } = life.engine.state
    const holding = account.holding(listing.ticker)
    // The ledger sells a short outright; the exchange takes a dollar a contract as cover.
    const cash = own.traded + Math.max(0, -holding.position) * PRICE_ONE
    const ours = [ledger.position, ledger.fees, ledger.realized, ledger.cash]
    const theirs = [holding.position, holding.fees, holding.realized, cash]
    const names = ['position', 'fees', 'realized', 'cash']
    names.forEach((name, index) => {
      this.#law(
        `${name} equal once all fills are in`,
        ours[index] === theirs[index],
        () => `${ours[index]}, exchange ${theirs[index]}`,
      )
    })
  }

  /** After the settlement the maker holds nothing, and has what the exchange's account was paid. */
  paidOut(life: Life): void {
    const { account, listing, own } = this.#scene
    const { ledger } = life.engine.state
    const { realized, fees } = account.holding(listing.ticker)
    const ours = [ledger.position, ledger.realized, ledger.fees, ledger.cash]
    const theirs = [0, realized, fees, own.traded]
    const names = ['position', 'realized', 'fees', 'cash']
    names.forEach((name, index) => {
      this.#law(
        `${name} equal once the market has paid`,
        ours[index] === theirs[index],
        () => `${ours[index]}, exchange ${theirs[index]}`,
      )
    })
  }

  // Where nothing is on its way and nothing was lost, the book is the exchange's.
  #bookTrue(life: Life, always: boolean): void {
    const { cable, listing, bookMute, heard } = this.#scene
    const { book } = life.engine.state
    if (bookMute.concerns(this.#snapshotAt) || heard.hidesLoss(this.#snapshotAt)) return
    if (cable === null || !cable.isOpen || cable.bookSent !== cable.bookHeard || !book.isLive)
      return
    this.bookEqual(life, listing, always ? 'when an order is sent' : 'in between')
  }

  bookEqual(life: Life, listing: Listing, when: string): void {
    const { book } = life.engine.state
    for (const side of ['bid', 'ask'] as const) {
      const ours = book.depth(side, 10_000)
      const theirs = listing.book.levels(side)
      let same = ours.length * 2 === theirs.length
      for (let i = 0; same && i < ours.length; i++) {
        same = ours[i]![0] === theirs[2 * i] && ours[i]![1] === theirs[2 * i + 1]
      }
      this.#law(
        `the book is the exchange's ${when}`,
        same,
        () => `${side}s ${ours.slice(0, 4).join(' ')}, exchange ${theirs.slice(0, 8).join(' ')}`,
      )
    }
  }
}
