// The laws that only the exchange can judge: what our requests say when they arrive, and what rests
// on our account beside what is on its way.

import type { Order as VenueOrder } from '../../mocks/kalshi/matching/order.ts'
import { isOver } from '../../src/core/orders/lifecycle.ts'
import { PROBE_PREFIX } from '../../src/core/recovery/reconciliation.ts'
import {
  DOLLAR,
  PRICE_ONE,
  parsePrice,
  parseQuantity,
  type Side,
} from '../../src/core/vocabulary/units.ts'
import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'

/** Beside a reconciliation round: time for a listing, its retries, and one more. */
const FOUND_WITHIN_MS = 20_000
/** Clocks jump, and what is known of the exchange's has whole seconds. */
const CLOCK_SLACK_MS = 2_000
const OWN = 'kmm-'

const sideOf = (parcel: Parcel): Side | undefined => parcel.body?.side as Side | undefined
const isAmend = (parcel: Parcel): boolean => parcel.path.includes('/amend')
const isPlace = (parcel: Parcel): boolean =>
  parcel.method === 'POST' && /events\/orders$/.test(parcel.path)
/** The order that the path of a write names; '' where it names none. */
export const orderIdIn = (path: string): string => path.split(/[/?]/)[6] ?? ''

/** Looks at a law: `found` says what was found when it does not hold. */
export type Law = (name: string, holds: boolean, found: () => string) => void

export class VenueLaws {
  /** Longest time that an order rested unknown to a connected maker. */
  longestUnknown = 0
  readonly #scene: Scene
  readonly #law: Law
  /** How many fills the maker knew of when it decided on an order, by client order id. */
  readonly #knownTo: ReadonlyMap<string, number>
  /** Contracts of others on our account, by side: what limits cannot know in advance. */
  readonly #strange: Record<Side, number> = { bid: 0, ask: 0 }
  readonly #strangeIds = new Set<string>()
  readonly #unknownSince = new Map<string, number>()

  /** Whether a request is an order of a flattening, which takes, and only reduces. */
  readonly #takes: (parcel: Parcel) => boolean

  constructor(
    scene: Scene,
    law: Law,
    knownTo: ReadonlyMap<string, number>,
    takes: (parcel: Parcel) => boolean,
  ) {
    this.#takes = takes
    this.#scene = scene
    this.#law = law
    this.#knownTo = knownTo
  }

  /** The maker cannot know now what rests: the time that it has to find out begins anew. */
  forget(): void {
    this.#unknownSince.clear()
  }

  /** @param linkUpAt since when the maker is connected; Infinity when it is not */
  check(linkUpAt: number): void {
    this.#exposure('bid')
    this.#exposure('ask')
    this.#strangers(linkUpAt)
  }

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
    const takes = this.#takes(parcel)
    if (isPlace(parcel) && !takes) {
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
    // What an earlier life has sent is no business of the one that lives now, and what was decided
    // a minute ago cannot know the book that it meets.
    if (parcel.life !== this.#scene.lifeNumber || parcel.late !== '') return
    if (!isPlace(parcel) && !isAmend(parcel)) return
    const side = sideOf(parcel)!
    const price = parsePrice(parcel.body!.price)
    const { min_price, max_price } = parameters.limits
    const inBand = takes || (price >= min_price && price <= max_price)
    this.#law('prices stay in the band', inBand, () => `${side} at ${price}`)
    const amended = isAmend(parcel) ? account.orders.get(orderIdIn(parcel.path)) : undefined
    // Too late for an order that is gone: the exchange will say so.
    if (isAmend(parcel) && (amended === undefined || amended.level === null)) return
    for (const order of this.#resting()) {
      if (this.isStrange(order) || order.side === side) continue
      const crosses = side === 'bid' ? price >= order.price : price <= order.price
      this.#law('no order meets one of our own', !crosses, () => `${side} ${price}, ${order.price}`)
    }
    if (!takes) this.#lasts(parcel)
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
    // What takes never rests.
    if (!isPlace(parcel) || this.#takes(parcel)) return
    // It left home before its sender was lost, or its sender was told that it was refused: to the
    // one that lives now it is a stranger.
    if (parcel.life === this.#scene.lifeNumber && parcel.late !== 'refused') return
    const id = parcel.body?.client_order_id as string
    const order = this.#scene.account.clientOrderIds.get(id)
    if (order !== undefined) this.strange(order)
  }

  #lasts({ body }: Parcel): void {
    const ttl = this.#scene.parameters.strategy.order_ttl_seconds * 1000
    const lasts = Number(body!.expiration_time) * 1000 - this.#scene.venueNow
    const soon = lasts <= ttl + CLOCK_SLACK_MS
    this.#law('every order expires in time', soon, () => `${lasts} ms`)
  }

  #mostEach(): number {
    return this.#scene.parameters.limits.max_order_size
  }

  // The worst loss at settlement if this side fills, as of when the order meets the book. Only
  // where every fill was known to the maker when it decided.
  #risk(side: Side, price: number, parcel: Parcel, amended: VenueOrder | undefined): void {
    const { account, listing, own, parameters } = this.#scene
    const holding = account.holding(listing.ticker)
    const known = this.#knownTo.get(parcel.body!.client_order_id as string) === own.fills.length
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
    const shrinks = amended !== undefined && amended.price === price && size <= amended.remaining
    this.#law(
      'dollars at risk stay within their limit',
      shrinks || worst <= most,
      () => `${side}: $${worst / DOLLAR} of $${most / DOLLAR}`,
    )
  }

  *#resting(): Generator<VenueOrder> {
    for (const order of this.#scene.account.holding(this.#scene.listing.ticker).resting) yield order
  }

  /** Whether the maker cannot know of it in advance: its limits are judged without it. */
  isStrange(order: VenueOrder): boolean {
    return this.#strangeIds.has(order.id) || !order.clientOrderId.startsWith(OWN)
  }

  // Position, plus everything of ours that rests or is on its way: within the limit, always.
  #exposure(side: Side): void {
    const { account, listing, post, parameters } = this.#scene
    const sign = side === 'bid' ? 1 : -1
    let most = sign * account.position(listing.ticker)
    for (const order of this.#resting()) {
      if (order.side === side && !this.isStrange(order)) most += order.remaining
    }
    for (const parcel of post.underWay) {
      if (!parcel.arriving || !parcel.write || sideOf(parcel) !== side) continue
      if (this.#takes(parcel)) continue
      // Its sender has been told that it does not exist, or is no more.
      if (parcel.late === 'refused') continue
      if (parcel.late === 'lost' && parcel.life !== this.#scene.lifeNumber) continue
      // Whatever arrives after its own end is refused.
      const ends = Number(parcel.body?.expiration_time) * 1000
      if (parcel.late !== '' && ends <= this.#scene.mailbox.now) continue
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
      this.#law(
        'the position limit holds with all that is exposed',
        false,
        () => `${side}: ${most / 100} of ${limit / 100} contracts`,
      )
    }
  }

  // Nothing of ours rests at the exchange for long without the maker knowing of it.
  #strangers(linkUpAt: number): void {
    const { life, mailbox, parameters } = this.#scene
    const up = linkUpAt <= mailbox.now
    for (const order of this.#resting()) {
      if (order.clientOrderId.startsWith(PROBE_PREFIX)) continue
      const known = life?.engine.state.execution.orders.find(order.id, order.clientOrderId)
      if (!up || life === null || (known !== undefined && !isOver(known.status))) {
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
}
