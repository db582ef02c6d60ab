// What must hold after everything that happens, whatever the weather: judged on the exchange's own
// books and by counts kept here, not by what the engine believes, wherever the exchange can tell.
//
// A law that is broken is noted, not thrown: most of what happens does so inside callbacks that
// would swallow it.

import type { Account, Fill } from '../../mock-kalshi/account.ts'
import type { Listing } from '../../mock-kalshi/listing.ts'
import type { Order as VenueOrder } from '../../mock-kalshi/order.ts'
import type { Effect, Event, IntentKind, Lease } from '../../src/core/events.ts'
import type { Order } from '../../src/core/orders.ts'
import type { Parameters } from '../../src/core/parameters.ts'
import { PROBE_PREFIX } from '../../src/core/reconcile.ts'
import { DOLLAR, PRICE_ONE, parsePrice, parseQuantity, type Side } from '../../src/core/units.ts'
import type { Cable } from './cable.ts'
import type { Life } from './life.ts'
import type { Mailbox } from './mailbox.ts'
import type { Parcel, Post } from './post.ts'

/** What the laws look at. */
export interface Scene {
  readonly mailbox: Mailbox
  readonly account: Account
  readonly listing: Listing
  readonly post: Post
  readonly parameters: Parameters
  readonly life: Life | null
  readonly lifeNumber: number
  readonly cable: Cable | null
  readonly lease: Lease
  /** Our own clock. */
  readonly ownNow: number
  readonly stopped: boolean
}

/** Beside a reconciliation round: time for a listing, its retries, and one more. */
const FOUND_WITHIN_MS = 20_000
const PAUSE_MS = 2_000
/** Clocks jump, and frames are dated by our own. */
const CLOCK_SLACK_MS = 1_000
const OWN = 'kmm-'

const sideOf = (parcel: Parcel): Side | undefined => parcel.body?.side as Side | undefined
const isAmend = (parcel: Parcel): boolean => parcel.path.includes('/amend')
const isPlace = (parcel: Parcel): boolean =>
  parcel.method === 'POST' && /events\/orders$/.test(parcel.path)
export const orderIdIn = (path: string): string => path.split(/[/?]/)[6] ?? ''

export class Laws {
  broken: string | null = null
  /** Times a law was looked at, by name, so that one sees that they were. */
  readonly looked = new Map<string, number>()
  /** Longest time that an order rested unknown to a connected maker. */
  longestUnknown = 0
  /** Fills that have reached this life, and those that the stored memory has. */
  delivered = new Set<string>()
  readonly #scene: Scene
  /** Contracts of others on our account, by side: what limits cannot know in advance. */
  readonly #strange: Record<Side, number> = { bid: 0, ask: 0 }
  readonly #strangeIds = new Set<string>()
  readonly #unknownSince = new Map<string, number>()
  #linkUpAt = Number.POSITIVE_INFINITY
  readonly #answeredSince = new Set<string>()
  #limitedUntil = 0
  #heardAt = 0
  #rowAt = 0
  #tokens = 20
  #tokensAt = 0
  #clocks = 0
  #clocksAt = 0
  #looks = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  fail(text: string): void {
    this.broken ??= text
  }

  #law(name: string, holds: boolean, found: () => string): void {
    this.looked.set(name, (this.looked.get(name) ?? 0) + 1)
    if (!holds) this.fail(`${name}: ${found()}`)
  }

  /** A new life begins with what was stored; its budget is the first lease again. */
  born(delivered: ReadonlySet<string>): void {
    this.delivered = new Set(delivered)
    this.#unknownSince.clear()
    this.#linkUpAt = Number.POSITIVE_INFINITY
    this.#answeredSince.clear()
    this.#limitedUntil = 0
    this.#tokens = 20
    this.#tokensAt = 0
  }

  leased(lease: Lease): void {
    this.#refill()
    this.#tokens = Math.min(this.#tokens, Math.max(lease.capacity, 4))
  }

  // --- what the maker hears and does --------------------------------------------------------------

  heard(event: Event): void {
    switch (event.type) {
      case 'link-up':
        this.#linkUpAt = this.#scene.mailbox.now
        this.#heardAt = this.#scene.mailbox.now
        this.#answeredSince.clear()
        return
      case 'link-down':
        this.#linkUpAt = Number.POSITIVE_INFINITY
        this.#unknownSince.clear()
        return
      case 'answer':
        if (event.outcome.kind === 'accepted') {
          this.#answeredSince.add(event.what)
          if (event.what === 'fills') {
            for (const fill of event.outcome.value as { tradeId: string; orderId: string }[]) {
              this.delivered.add(`${fill.tradeId}/${fill.orderId}`)
            }
          }
        } else if (event.what === 'orders') this.#unknownSince.clear()
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
        this.#law('the clock is not asked for without end', ++this.#clocks < 400, () => '400 in 1 s')
        return
      case 'start':
      case 'stop':
      case 'command':
      case 'configure':
      case 'lease':
      case 'alpha':
        return
      default:
        this.#heardAt = this.#scene.mailbox.now
        if (event.type === 'fill') {
          this.delivered.add(`${event.fill.tradeId}/${event.fill.orderId}`)
        }
    }
  }

  decided(event: Event, effects: readonly Effect[], life: Life): void {
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
        } else this.#sent(event.at, life)
      }
    }
  }

  #sent(at: number, life: Life): void {
    const { conduct, state } = life.engine
    const scene = this.#scene
    this.#law('orders go out only while quoting', conduct.phase === 'quoting', () => conduct.phase)
    this.#law('no order while paused or halted by a person', !scene.stopped, () => 'sent')
    this.#law('no order soon after a 429', at >= this.#limitedUntil, () => `at ${at}`)
    this.#law('no order without a connection', this.#linkUpAt <= scene.mailbox.now, () => 'sent')
    const asked = ['market', 'orders', 'fills', 'position'].every((w) => this.#answeredSince.has(w))
    this.#law('no order before orders, fills and position were read', asked, () =>
      [...this.#answeredSince].join(' '),
    )
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

  // --- what the exchange sees ---------------------------------------------------------------------

  /** An order of somebody else on our account, or of a life that is over. */
  strange(order: VenueOrder): void {
    if (this.#strangeIds.has(order.id)) return
    this.#strangeIds.add(order.id)
    this.#strange[order.side] += order.initial
  }

  /** Just before a write is carried out. */
  arriving(parcel: Parcel): void {
    const { account, life, parameters } = this.#scene
    if (!parcel.write || life === null) return
    if (isPlace(parcel)) {
      const { body } = parcel
      const good =
        body?.post_only === true &&
        body.time_in_force === 'good_till_canceled' &&
        body.cancel_order_on_pause === true &&
        Number(body.expiration_time) > 0
      this.#law('every order is post-only, expires, and goes with a pause', good, () =>
        JSON.stringify(body),
      )
    }
    // What an earlier life has sent is no business of the one that lives now.
    if (parcel.life !== this.#scene.lifeNumber) return
    if (!isPlace(parcel) && !isAmend(parcel)) return
    const side = sideOf(parcel)!
    const price = parsePrice(parcel.body!.price)
    const { min_price, max_price } = parameters.limits
    const inBand = price >= min_price && price <= max_price
    this.#law('prices stay in the band', inBand, () => `${side} at ${price}`)
    const amended = isAmend(parcel) ? account.orders.get(orderIdIn(parcel.path)) : undefined
    // Too late for an order that is gone: the exchange will say so.
    if (isAmend(parcel) && (amended === undefined || amended.level === null)) return
    for (const order of this.#resting()) {
      if (this.#isStrange(order) || order.side === side) continue
      const crosses = side === 'bid' ? price >= order.price : price <= order.price
      this.#law('no order meets one of our own', !crosses, () => `${side} ${price}, ${order.price}`)
    }
    const expires = Number(parcel.body!.expiration_time) * 1000
    const ttl = parameters.strategy.order_ttl_seconds * 1000
    const soon = expires <= this.#scene.mailbox.now + ttl + CLOCK_SLACK_MS
    this.#law('every order expires in time', soon, () => `${expires - this.#scene.mailbox.now} ms`)
    if (isAmend(parcel)) {
      const left = parseQuantity(parcel.body!.count) - (amended?.filled ?? 0)
      this.#law('no order above the largest size', left <= this.#mostEach(), () => `${left}`)
    } else {
      const size = parseQuantity(parcel.body!.count)
      this.#law('no order above the largest size', size <= this.#mostEach(), () => `${size}`)
    }
    this.#risk(side, price, parcel, amended)
  }

  /** A write has been carried out by the exchange. */
  arrived(parcel: Parcel): void {
    if (!isPlace(parcel) || parcel.life === this.#scene.lifeNumber) return
    // It left home before its sender was lost: to the one that lives now it is a stranger.
    const id = parcel.body?.client_order_id as string
    const order = this.#scene.account.clientOrderIds.get(id)
    if (order !== undefined) this.strange(order)
  }

  #mostEach(): number {
    return this.#scene.parameters.limits.max_order_size
  }

  // The worst loss at settlement if this side fills, as of when the order meets the book. Only where
  // every fill was known to the maker when it decided.
  #risk(side: Side, price: number, parcel: Parcel, amended: VenueOrder | undefined): void {
    const { account, listing, parameters } = this.#scene
    const holding = account.holding(listing.ticker)
    const known = parcel.fillsKnown === account.fills.length
    if (!known || this.#strange.bid + this.#strange.ask > 0) return
    const long = holding.position >= 0
    const cost = long ? holding.cost : holding.position * PRICE_ONE + holding.cost
    const each = side === 'bid' ? price : PRICE_ONE - price
    const size = parseQuantity(parcel.body!.count) - (amended?.filled ?? 0)
    let outlay = size * each
    for (const order of this.#resting()) {
      if (order.side !== side || order === amended) continue
      outlay += order.remaining * (side === 'bid' ? order.price : PRICE_ONE - order.price)
    }
    const worst = (side === 'bid' ? cost : cost - holding.position * PRICE_ONE) + outlay
    const most = parameters.limits.max_dollars_at_risk * DOLLAR
    const shrinks =
      amended !== undefined && amended.price === price && size <= amended.remaining
    this.#law('dollars at risk stay within their limit', shrinks || worst <= most, () =>
      `${side}: $${worst / DOLLAR} of $${most / DOLLAR}`,
    )
  }

  *#resting(): Generator<VenueOrder> {
    for (const order of this.#scene.account.holding(this.#scene.listing.ticker).resting) yield order
  }

  #isStrange(order: VenueOrder): boolean {
    return this.#strangeIds.has(order.id) || !order.clientOrderId.startsWith(OWN)
  }

  // --- after every letter -------------------------------------------------------------------------

  check(): void {
    this.#exposure('bid')
    this.#exposure('ask')
    this.#strangers()
    const { life } = this.#scene
    if (life === null) return
    this.#ownOrders(life)
    this.#quiet(life)
    if (++this.#looks % 16 === 0) {
      this.#ledger(life)
      this.#bookTrue(life, false)
    }
  }

  // Position, plus everything of ours that rests or is on its way: within the limit, always.
  #exposure(side: Side): void {
    const { account, listing, post, parameters } = this.#scene
    const sign = side === 'bid' ? 1 : -1
    let most = sign * account.position(listing.ticker)
    for (const order of this.#resting()) {
      if (order.side === side && !this.#isStrange(order)) most += order.remaining
    }
    for (const parcel of post.underWay) {
      if (!parcel.arriving || !parcel.write || sideOf(parcel) !== side) continue
      if (isPlace(parcel)) most += parseQuantity(parcel.body!.count)
      else if (isAmend(parcel)) {
        const order = account.orders.get(orderIdIn(parcel.path))
        if (order === undefined || order.level === null) continue
        const total = parseQuantity(parcel.body!.count)
        most += Math.max(0, total - order.filled - order.remaining)
      }
    }
    const limit = parameters.limits.max_position + this.#strange[side]
    if (most > limit) {
      this.#law('the position limit holds with all that is exposed', false, () =>
        `${side}: ${most / 100} of ${limit / 100} contracts`,
      )
    }
  }

  // Nothing of ours rests at the exchange for long without the maker knowing of it.
  #strangers(): void {
    const { life, mailbox, parameters } = this.#scene
    const up = this.#linkUpAt <= mailbox.now
    for (const order of this.#resting()) {
      if (order.clientOrderId.startsWith(PROBE_PREFIX)) continue
      const known = life?.engine.state.execution.orders.find(order.id, order.clientOrderId)
      if (!up || life === null || (known !== undefined && known.status !== 'done')) {
        if (this.#unknownSince.size > 0) this.#unknownSince.delete(order.id)
        continue
      }
      const since = this.#unknownSince.get(order.id)
      if (since === undefined) this.#unknownSince.set(order.id, mailbox.now)
      else {
        const age = mailbox.now - since
        if (age > this.longestUnknown) this.longestUnknown = age
        const bound = parameters.strategy.reconcile_seconds * 1000 + FOUND_WITHIN_MS
        this.#law('what rests is known in time', age <= bound, () => `${order.id} for ${age} ms`)
      }
    }
  }

  #ownOrders(life: Life): void {
    let bid: Order | null = null
    let ask: Order | null = null
    for (const order of life.engine.state.execution.orders.live) {
      if (order.status === 'done' || order.adopted) continue
      if (order.side === 'bid') {
        if (bid !== null) this.#law('at most one order a side', false, () => 'two bids')
        bid = order
      } else {
        if (ask !== null) this.#law('at most one order a side', false, () => 'two asks')
        ask = order
      }
    }
    if (bid === null || ask === null) return
    const high = Math.max(bid.price, bid.nextPrice)
    const low = Math.min(ask.price, ask.nextPrice)
    if (high >= low) this.#law('own bid below own ask', false, () => `${high} and ${low}`)
  }

  // Quoting on a line that has been dead for longer than allowed.
  #quiet(life: Life): void {
    if (life.engine.conduct.phase !== 'quoting') return
    const silence = this.#scene.mailbox.now - this.#heardAt
    const most = life.engine.state.parameters.strategy.stale_after_seconds * 1000
    if (silence > most + CLOCK_SLACK_MS) {
      this.#law('silence ends quoting', false, () => `quoting after ${silence} ms of silence`)
    }
  }

  #allDelivered(): boolean {
    return this.delivered.size >= this.#scene.account.fills.length
  }

  // When no fill is missing, the maker's books are the exchange's to the last digit.
  #ledger(life: Life): void {
    if (this.#allDelivered()) this.books(life)
  }

  books(life: Life): void {
    const { account, listing } = this.#scene
    if (listing.status === 'finalized') return
    const { ledger } = life.engine.state
    const holding = account.holding(listing.ticker)
    // The ledger sells a short outright; the exchange takes a dollar a contract as cover.
    const cash = account.cash - account.deposited + Math.max(0, -holding.position) * PRICE_ONE
    const ours = [ledger.position, ledger.fees, ledger.realized, ledger.cash]
    const theirs = [holding.position, holding.fees, holding.realized, cash]
    const names = ['position', 'fees', 'realized', 'cash']
    names.forEach((name, index) => {
      this.#law(`${name} equal once all fills are in`, ours[index] === theirs[index], () =>
        `${ours[index]}, exchange ${theirs[index]}`,
      )
    })
  }

  // Where nothing is on its way and nothing was lost, the book is the exchange's.
  #bookTrue(life: Life, always: boolean): void {
    const { cable, listing } = this.#scene
    const { book } = life.engine.state
    if (cable === null || !cable.isOpen || cable.bookSent !== cable.bookHeard || !book.isLive) return
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
      this.#law(`the book is the exchange's ${when}`, same, () =>
        `${side}s ${ours.slice(0, 4).join(' ')}, exchange ${theirs.slice(0, 8).join(' ')}`,
      )
    }
  }
}

/** A fill's key, as the ledger counts it. */
export const keyOf = (fill: Fill): string => `${fill.tradeId}/${fill.order.id}`
