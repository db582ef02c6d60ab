// The laws about what the maker did not expect on its account. What is not ours is let alone, and
// counts for nothing. What is ours and comes late is counted and canceled at its first news.

import type { Order as VenueOrder } from '../../mocks/kalshi/matching/order.ts'
import type { Effect, Event } from '../../src/core/vocabulary/events.ts'
import type { Millis, Side } from '../../src/core/vocabulary/units.ts'
import type { Life } from '../world/life.ts'
import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'
import { type Law, orderIdIn } from './venue-laws.ts'

/** Fills of the ledger that are looked at each time: more than come between two looks. */
const FILLS_LOOKED_AT = 20
/** After the first news of a late order, its cancel is on its way. */
const CANCELED_WITHIN_MS = 3_000

export class AccountLaws {
  readonly #scene: Scene
  readonly #law: Law
  /** Creates that arrived long after they were sent, by order id. */
  readonly #late = new Map<string, VenueOrder>()
  /** When this life first heard of each that still rests. */
  readonly #heard = new Map<string, Millis>()
  /** Those among them for which it has sent a cancel. */
  readonly #canceled = new Set<string>()

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  /** A new life has heard of nothing. */
  born(): void {
    this.#heard.clear()
    this.#canceled.clear()
  }

  /** A write has been carried out by the exchange. */
  arrived({ late, body }: Parcel): void {
    if (late === '') return
    const order = this.#scene.account.clientOrderIds.get(body?.client_order_id as string)
    if (order !== undefined) this.#late.set(order.id, order)
  }

  /** Just before the maker hears of an event. */
  received(event: Event): void {
    if (this.#late.size === 0) return
    if (event.type === 'order' && event.order.status === 'resting') this.#hear(event.order.orderId)
    else if (event.type === 'fill') this.#hear(event.fill.orderId)
    else if (event.type === 'answer' && event.what === 'orders') {
      if (event.outcome.kind !== 'accepted') return
      for (const { orderId } of event.outcome.value) this.#hear(orderId)
    }
  }

  #hear(orderId: string): void {
    const late = this.#late.get(orderId)
    if (late === undefined || late.level === null || this.#heard.has(orderId)) return
    this.#heard.set(orderId, this.#scene.mailbox.now)
  }

  decided(effects: readonly Effect[], life: Life): void {
    if (this.#heard.size === 0) return
    for (const effect of effects) {
      if (effect.type !== 'send') continue
      const { intent } = effect
      if (intent.kind === 'cancel') this.#canceled.add(intent.orderId)
      else if (intent.kind === 'place') this.#counted(intent.side, intent.quantity, life)
    }
  }

  // Beside a late order that it knows of, nothing goes out that would be too much with it.
  #counted(side: Side, quantity: number, life: Life): void {
    const { ledger } = life.engine.state
    let most = (side === 'bid' ? ledger.position : -ledger.position) + quantity
    for (const id of this.#heard.keys()) {
      const order = this.#late.get(id)!
      if (order.side === side && order.level !== null) most += order.remaining
    }
    const limit = this.#scene.parameters.limits.max_position
    this.#law(
      'a late order counts in the limits',
      most <= limit,
      () => `${most / 100} of ${limit / 100} contracts`,
    )
  }

  /** After everything that happens. */
  checkLate(): void {
    const { mailbox } = this.#scene
    for (const [id, since] of this.#heard) {
      const order = this.#late.get(id)!
      if (order.level === null) this.#heard.delete(id)
      else if (!this.#canceled.has(id)) {
        const age = mailbox.now - since
        this.#law(
          'a late order is canceled at the first news of it',
          age <= CANCELED_WITHIN_MS,
          () => `${order.clientOrderId} for ${age} ms`,
        )
      }
    }
  }

  /** Just before a request is carried out. */
  arriving(parcel: Parcel): void {
    if (!parcel.write) return
    const { orders } = this.#scene.account
    for (const id of orderIdsOf(parcel)) {
      const order = orders.get(id)
      if (order === undefined) continue
      this.#law(
        "the neighbour's orders are let alone",
        order.subaccount === 0,
        () => `${parcel.method} of ${order.clientOrderId}`,
      )
    }
  }

  check(): void {
    const { account, life } = this.#scene
    for (const fill of life?.engine.state.ledger.recent(FILLS_LOOKED_AT) ?? []) {
      const order = account.orders.get(fill.orderId)
      this.#law(
        'no fill of a neighbour is counted',
        order === undefined || order.subaccount === 0,
        () => `${fill.tradeId} of ${order?.clientOrderId}`,
      )
    }
  }
}

/** The orders that a write names. */
const orderIdsOf = ({ path, body }: Parcel): string[] => {
  const listed = body?.orders
  if (!Array.isArray(listed)) return [orderIdIn(path)]
  return listed.map((row) => String((row as Record<string, unknown>).order_id))
}
