// What a maker owes the orders that it is told to leave: no request names one, none of its own
// orders stands at their price or meets them, and the limits hold with them counted.

import type { Order as VenueOrder } from '../../mocks/kalshi/matching/order.ts'
import { exposureOf } from '../../src/core/orders/exposure.ts'
import { isForeignId } from '../../src/core/orders/foreign.ts'
import { undelivered } from '../../src/core/orders/inferred-end.ts'
import { isOver } from '../../src/core/orders/lifecycle.ts'
import { isTake } from '../../src/core/orders/taking.ts'
import type { AmendIntent, Effect, PlaceIntent } from '../../src/core/vocabulary/events.ts'
import type { Life } from '../world/life.ts'
import type { Parcel } from '../world/post.ts'
import type { Scene } from './scene.ts'
import { type Law, orderIdIn } from './venue-laws.ts'

/** The ids of the orders that a write names. */
const namedIn = ({ path, body }: Parcel): readonly string[] => {
  const listed = body?.orders
  if (!Array.isArray(listed)) return [orderIdIn(path)]
  return listed.map(({ order_id }: { order_id?: string }) => order_id ?? '')
}

export class ForeignLaws {
  readonly #scene: Scene
  readonly #law: Law

  constructor(scene: Scene, law: Law) {
    this.#scene = scene
    this.#law = law
  }

  /** Just before a write is carried out by the exchange. */
  arriving(parcel: Parcel): void {
    const { account, parameters } = this.#scene
    if (!parcel.write || parameters.strategy.foreign_orders !== 'leave') return
    for (const id of namedIn(parcel)) {
      const order = account.orders.get(id)
      if (order === undefined) continue
      const isOurs = !isForeignId(order.clientOrderId)
      this.#law('no request names an order that is left', isOurs, () => order.clientOrderId)
    }
  }

  /** What the maker sends is judged by what it had been told of, and by what rests in truth. */
  decided(effects: readonly Effect[], life: Life): void {
    if (this.#scene.parameters.strategy.foreign_orders !== 'leave') return
    for (const effect of effects) {
      if (effect.type !== 'send') continue
      const { intent } = effect
      // What takes a position off may pass orders of a person that would close it too.
      if (intent.kind === 'place' && !isTake(intent)) this.#limits(intent.side, life)
      if (intent.kind === 'place' || intent.kind === 'amend') this.#apart(intent, life)
    }
  }

  /** Foreign orders that rest, and rest at the same price as the maker knows. */
  *#known(life: Life): Generator<VenueOrder> {
    const { account, listing } = this.#scene
    const { orders } = life.engine.state.execution
    for (const order of account.holding(listing.ticker).resting) {
      if (order.subaccount !== 0 || !isForeignId(order.clientOrderId)) continue
      const known = orders.find(order.id, order.clientOrderId)
      if (known !== undefined && !isOver(known.status)) yield order
    }
  }

  #apart(intent: PlaceIntent | AmendIntent, life: Life): void {
    const { side, price } = intent
    const sent = life.engine.state.execution.orders.byClient(intent.clientOrderId)
    // A renewal that leaves an order where it stood before the other came to it.
    if (sent !== undefined && sent.status === 'amending' && sent.price === price) return
    for (const order of this.#known(life)) {
      // What takes never rests, so it shares no price.
      const isTheirs =
        order.side === side && order.price === price && !(intent.kind === 'place' && isTake(intent))
      this.#law('no quote is put at the price of an order that is left', !isTheirs, () => {
        return `${side} at ${price}, ${order.clientOrderId}`
      })
      if (order.side === side) continue
      const isMet = side === 'bid' ? price >= order.price : price <= order.price
      this.#law('no quote meets an order that is left', !isMet, () => {
        return `${side} at ${price}, ${order.clientOrderId} at ${order.price}`
      })
    }
  }

  // With everything of the side filled, those that are left too.
  #limits(side: 'bid' | 'ask', life: Life): void {
    const { ledger, execution, parameters } = life.engine.state
    let most = side === 'bid' ? ledger.position : -ledger.position
    let theirs = 0
    for (const order of this.#known(life)) if (order.side === side) theirs += order.remaining
    if (theirs === 0) return
    most += theirs
    for (const order of execution.orders.live) {
      if (order.side !== side) continue
      most += undelivered(order)
      if (!isOver(order.status) && !isForeignId(order.clientOrderId)) most += exposureOf(order)
    }
    const limit = parameters.limits.max_position
    this.#law('limits count the orders that are left', most <= limit, () => `${most} of ${limit}`)
  }
}
